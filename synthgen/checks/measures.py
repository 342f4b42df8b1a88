"""Whether an answer has a form: words, sentences, lines and items counted, first and last words and signs sought.

Each function gets what was found of the wish in the question, with its numbers and words as groups, and the answer; it
says whether the answer misses the form. Where people count loosely (words in hyphens, a long answer), some are allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from synthgen.checks import language
from synthgen.text import normalise

_NAMES = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()  # noqa: SIM905
NUMBERS = {name: at for at, name in enumerate(_NAMES, 1)} | {"a single": 1, "a": 1, "twenty": 20, "thirty": 30}
TONGUES = {"german": "de", "french": "fr", "spanish": "es", "italian": "it", "dutch": "nl", "portuguese": "pt"}


def _number(found: re.Match[str]) -> int:
    said = found["n"].lower()
    return NUMBERS.get(said) or int(said)


def _words(answer: str) -> int:
    return sum(any(one.isalnum() for one in word) for word in answer.split())


def _sentences(answer: str) -> int:
    plain = re.sub(r"\b(?:[A-Za-z]|Mr|Mrs|Dr|St|vs|etc|e\.g|i\.e|Inc)\.|(?<=\d)\.(?=\d)", " ", answer)
    return len(re.findall(r"[.!?…]+[\"”’)\]]*(?=\s|$)", plain)) or 1


def _lines(answer: str) -> int:
    return max(sum(bool(line.strip()) for line in answer.split("\n")), len(re.split(r"\s/\s", answer.strip())))


def one_word(_: re.Match[str], answer: str) -> bool:
    """Say whether there are more words than one; a yes or no may have a word more."""
    return _words(answer) > 2 and not re.match(r"\W*(?:yes|no)\b", answer, re.IGNORECASE)  # "No, it isn't."


def yes_or_no(found: re.Match[str], answer: str) -> bool:
    """Say whether neither word is met, or much beside it where it alone was wanted."""
    words = normalise(answer).split()
    wanted = {"yes", "no", "yeah", "nope"} if found["yes"] else {"true", "false"}
    return wanted.isdisjoint(words) or (bool(found["only"]) and len(words) > 4)


def a_number(_: re.Match[str], answer: str) -> bool:
    """Say whether there is no number, in digits or as a word, or a sentence around it."""
    return not (re.search(r"\d", answer) or set(normalise(answer).split()) & set(NUMBERS)) or _words(answer) > 4


def most_words(found: re.Match[str], answer: str) -> bool:
    """Say whether there are a fifth more words than allowed, and one."""
    return _words(answer) > _number(found) * 1.2 + 1


def exact_words(found: re.Match[str], answer: str) -> bool:
    """Say whether the count of words differs, with parts of words in hyphens counted either way."""
    wanted, hyphens = _number(found), len(re.findall(r"\w-\w", answer))
    return not wanted <= _words(answer) + hyphens <= wanted + hyphens + (wanted > 20) * wanted // 10


def exact_sentences(found: re.Match[str], answer: str) -> bool:
    """Say whether there are fewer sentences, or more; half as many again pass where not asked exactly."""
    wanted, met = _number(found), _sentences(answer)
    return met < wanted or met > wanted + max(1, wanted // 2) * (not found["exactly"])


def paragraphs(found: re.Match[str], answer: str) -> bool:
    """Say whether there are fewer paragraphs."""
    return _number(found) > 1 and _lines(answer) < _number(found)


def many_lines(found: re.Match[str], answer: str) -> bool:
    """Say whether there are fewer lines; a haiku has three, a limerick five."""
    wanted = 3 if "haiku" in found.group().lower() else 5 if "limerick" in found.group().lower() else _number(found)
    return _lines(answer) < wanted


def items(found: re.Match[str], answer: str) -> bool:
    """Say whether a list, or an enumeration in one sentence, has another number of items."""
    wanted, lines = _number(found), [line for line in answer.split("\n") if line.strip()]
    if len(lines) > 1:
        items = [line for line in lines if not line.rstrip().endswith(":")]
        marked = [line for line in items if re.match(r"\s*(?:[-*•–]|\d+[.):])", line)]
        return len(marked or items) != wanted
    tail = re.split(r":|\bsuch as\b|\bare\b", answer)[-1]
    count = len([one for one in re.split(r",\s*(?:and |or )?|;\s*|\s+and\s+|(?<=\D)[.]\s+", tail) if one.strip(" .")])
    return bool(found["lines"]) or (count != wanted and tail.count(",") >= 2)


def one_a_line(_: re.Match[str], answer: str) -> bool:
    """Say whether several items stand in one line."""
    return _lines(answer) == 1 and answer.count(",") + answer.count(" and ") > 0


def characters(found: re.Match[str], answer: str) -> bool:
    """Say whether there are more characters."""
    return len(answer.strip()) > _number(found)


def upper(_: re.Match[str], answer: str) -> bool:
    """Say whether a fifth of the letters are small; a name may keep its own."""
    letters = [one for one in answer if one.isalpha()]
    return sum(one.isupper() for one in letters) < 0.8 * len(letters)


def lower(_: re.Match[str], answer: str) -> bool:
    """Say whether the answer begins with a capital."""
    return bool(re.search(r"^\W*[A-Z]", answer)) and len(re.findall(r"[A-Z]", answer)) > 0


def forbidden(found: re.Match[str], answer: str) -> bool:
    """Say whether a sign, letter or word is met that was to be left out."""
    signs = {
        "comma": ",",
        "exclamation mark": "!",
        "question mark": "?",
        "hyphen": "-",
        "dash": "-",
        "digit": "0123456789",
    }
    if found["sign"]:
        return any(one in answer for one in signs[found["sign"].lower()])
    if found["letter"]:
        return found["letter"].lower() in answer.lower()
    return bool(re.search(rf"\b{re.escape(found['said'].strip())}\b", answer, re.IGNORECASE))


def _plain(text: str) -> str:
    return text.strip().strip("\"'“”«»‘’*_ ").lower()


def begins(found: re.Match[str], answer: str) -> bool:
    """Say whether the answer begins otherwise."""
    if found["letter"]:
        return not _plain(answer).startswith(found["letter"].lower())
    return not _plain(answer).startswith(_plain(found["said"]).rstrip(".,!:"))


def ends(found: re.Match[str], answer: str) -> bool:
    """Say whether the answer ends otherwise."""
    signs = {"question": "?", "exclamation": "!"}
    if found["sign"]:
        return not _plain(answer).endswith(signs[found["sign"].split()[0].lower()])
    return not _plain(answer).rstrip(".!?, ").endswith(_plain(found["said"]).rstrip(".!?, "))


def includes(found: re.Match[str], answer: str) -> bool:
    """Say whether the word is missing."""
    return found["said"].strip().lower() not in answer.lower()


def not_in(pattern: str) -> Callable[[re.Match[str], str], bool]:
    """Return what says whether nothing in an answer matches a pattern."""
    sought = re.compile(pattern, re.MULTILINE | re.IGNORECASE)
    return lambda _, answer: not sought.search(answer)


def listed(_: re.Match[str], answer: str) -> bool:
    """Say whether two lines or more are items of a list."""
    return len(re.findall(r"^\s*(?:[-*•–▪]|\d+[.)])\s+\S", answer, re.MULTILINE)) > 1


def _enumerated(answer: str) -> list[str]:
    """Return the items of a list, one a line or between commas, without their marks and articles."""
    lines = [line for line in answer.split("\n") if line.strip() and not line.rstrip().endswith(":")]
    parts = lines if len(lines) > 1 else re.split(r",\s*(?:and |or )?|;\s*|\s+and\s+", answer.rsplit(":", 1)[-1])
    return [re.sub(r"^\W*(?:\d+[.)]\s*)?(?:(?:the|an?) )?", "", part.strip(" .!").lower()) for part in parts]


def unsorted(_: re.Match[str], answer: str) -> bool:
    """Say whether three short items or more are out of the alphabet's order."""
    items = _enumerated(answer)
    return len(items) > 2 and all(0 < len(one.split()) <= 3 for one in items) and items != sorted(items)


def unordered(found: re.Match[str], answer: str) -> bool:
    """Say whether three numbers or more are out of order."""
    numbers = [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", answer)]
    down = found["down"] is not None
    return (
        len(numbers) > 2
        and all(len(one.split()) <= 2 for one in _enumerated(answer))
        and numbers != sorted(numbers, reverse=down)
    )


def fewer_items(found: re.Match[str], answer: str) -> bool:
    """Say whether a list has another number of items, or a text too few commas and ends for so many."""
    marked = re.findall(r"^(?:[-*•–]|\d+[.):])\s", answer, re.MULTILINE)
    if len(marked) > 1:
        return len(marked) != _number(found)
    parts = re.split(r"[,;\n]|[.!?]\s|\b(?:and|or|also|as well as|plus)\b|&|/", answer.strip())
    return len([one for one in parts if one.strip()]) < _number(found)


def least(found: re.Match[str], answer: str) -> bool:
    """Say whether there are fewer words, by a tenth, or fewer sentences, lines or paragraphs."""
    unit = found["unit"].lower()
    met = {"words": _words, "sentences": _sentences}.get(unit, _lines)(answer)
    return met < _number(found) * (0.9 if unit == "words" else 1)


def between(found: re.Match[str], answer: str) -> bool:
    """Say whether the words are a tenth fewer than the least, or more than the most."""
    return not int(found["low"]) * 0.9 <= _words(answer) <= int(found["high"]) * 1.1 + 1


def a_letter(_: re.Match[str], answer: str) -> bool:
    """Say whether there is more than a letter."""
    return len(_plain(answer).strip(".)( ")) > 1


def only_that(_: re.Match[str], answer: str) -> bool:
    """Say whether there are more words than the longest names have."""
    return _words(answer) > 6


def digits(_: re.Match[str], answer: str) -> bool:
    """Say whether there is a digit."""
    return bool(re.search(r"\d", answer))


def tongue(found: re.Match[str], answer: str) -> bool:
    """Say whether the answer reads as English, and not as the language that was asked for."""
    words = normalise(answer).split()
    own = language.shares(words, TONGUES[found["tongue"].lower()]).own
    english = language.shares(words, "en").own
    return len(words) >= 5 and english >= 0.3 and own < english / 2
