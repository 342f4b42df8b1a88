"""Days and times of day as people write them: found again in a text, and written in several ways."""

from __future__ import annotations

import re
from datetime import date, datetime, time

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
HOURS = ("twelve", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")


def spellings(word: str) -> list[str]:
    """Return ways in which people write a day, a time or a moment in ISO 8601; nothing for another text."""
    if day := _date(word):
        month = MONTHS[day.month - 1].capitalize()
        figures = f"{day.day}.{day.month}.{day.year}"
        short = f"{day.day} {month[:3]} {day.year}"
        return [word, f"{day.day} {month} {day.year}", f"{month} {day.day}, {day.year}", short, figures]
    if clock := _time(word):
        return [f"{clock:%H:%M}", f"{clock.hour % 12 or 12}:{clock:%M} {'am' if clock.hour < 12 else 'pm'}"]
    if moment := _datetime(word):
        return [f"{one} at {moment:%H:%M}" for one in spellings(moment.date().isoformat())]
    return []


def found(word: str, words: str) -> tuple[str, bool] | None:
    """Return what a value is (`date`, `time` or `moment`), and whether it stands in a text; None for another text.

    A day without its year is the same day; with another year it is not.

    Args:
        word: the value, in ISO 8601.
        words: the normalised text, with a space at both ends.
    """
    if day := _date(word):
        return "date", _dated(day, words)
    if clock := _time(word):
        return "time", _timed(clock, words)
    if moment := _datetime(word):
        return "moment", _dated(moment.date(), words) and _timed(moment.time(), words)
    return None


def _date(word: str) -> date | None:
    try:
        return date.fromisoformat(word) if re.fullmatch(r"\d{4}-\d\d-\d\d", word) else None
    except ValueError:
        return None


def _time(word: str) -> time | None:
    try:
        return time.fromisoformat(word) if re.fullmatch(r"\d\d:\d\d(:\d\d.*)?", word) else None
    except ValueError:
        return None


def _datetime(word: str) -> datetime | None:
    try:
        return datetime.fromisoformat(word) if re.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*", word) else None
    except ValueError:
        return None


def _dated(day: date, words: str) -> bool:
    month, number = MONTHS[day.month - 1], f"0?{day.day}(?:st|nd|rd|th)?"
    names = f"(?:{month}|{month[:3]}|{month[:4]})"
    years = f"(?:{day.year}|{day.year % 100:02})"
    year = rf"(?: {years}(?= )|(?! \d{{4}} ))"
    ways = (
        rf"{number}(?: of)? {names}{year}",
        rf"{names}(?: the)? {number}{year}",
        f"(?:0?{day.day} 0?{day.month}|0?{day.month} 0?{day.day}) {years}",
        f"{day.year} 0?{day.month} 0?{day.day}",
    )
    return re.search(f" (?:{'|'.join(ways)}) ", words) is not None


def _timed(clock: time, words: str) -> bool:
    hour, half = clock.hour, clock.hour % 12 or 12
    end = "a ?m" if hour < 12 else "p ?m"
    name = HOURS[half % 12]
    ways = [rf"0?{hour} {clock.minute:02}", rf"0?{half} {clock.minute:02} ?(?:{end}|in the \w+|tonight)"]
    if clock.minute == 0:
        ways += [f"0?{half} ?{end}", f"0?(?:{hour}|{half}) (?:uhr|o clock|sharp)", f"{name} o clock", f"{hour} ?h"]
        ways += ["noon", "midday"] if hour == 12 else ["midnight"] if hour == 0 else []
    past = {15: "quarter past", 30: "half past"}.get(clock.minute)
    ways += [f"{past} (?:{name}|{half})"] if past else []
    ways += [f"quarter to (?:{HOURS[(half + 1) % 12]}|{half % 12 + 1})"] if clock.minute == 45 else []
    return re.search(f" (?:{'|'.join(ways)}) ", words) is not None
