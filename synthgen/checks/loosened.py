r"""Patterns of Python made looser and put into the patterns of polars: what they do not meet, the first cannot match.

A screen of whole columns may let through too much and never too little. So each piece of a pattern becomes one that
meets at least as much: looks ahead and behind are left out, long counts have no end, and `\b` stays only beside a plain
letter. Characters beyond ASCII are all one, in the pattern and in the text (`column`): the two engines do not agree on
which of them are letters, and classes of so many characters take long to build. Letters that Python takes for one of
ASCII regardless of case (`folded`) are for the caller to let through.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

BEYOND, ASCII = r"\x00", 128
"""What stands for every character from this number on."""
FOLDS = ("\u017f", "\u212a", "\u0131", "\u0130")
"""Letters that Python's IGNORECASE takes for s, k and i."""
LONGEST = 6
"""Counts up to which they stay: longer ones make large automata, and rarely keep a text back."""
_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}
_NARROW = {
    "w": "0-9A-Za-z_",
    "W": r"\x01-/:-@\[-\^`{-\x7f",
    "s": r"\t-\r\x1c-\x20",
    "S": r"\x01-\x08\x0e-\x1b\x21-\x7f",
    "d": "0-9",
    "D": r"\x01-/:-\x7f",
}
"""What a class of characters meets in ASCII: what brackets that are negated may leave out."""
_WIDE = {name: narrow + BEYOND for name, narrow in _NARROW.items()}
"""What a class meets at most."""
_COUNT = re.compile(r"\{(\d*)(,?)(\d*)\}")
_REPEATED = re.compile(r"(?:[?*+]|\{\d*,?\d*\})[?+]?")
_LOOK = re.compile(r"\(\?<?[=!]")
_OPEN = re.compile(r"\((?:\?P<\w+>|\?(-?[a-z]*):)?")
_SAME = re.compile(r"\(\?P=\w+\)|\\[1-9]")
_LETTER = re.compile(r"[0-9A-Za-z](?![?*{])")
_AFTER_LETTER = re.compile(r"(?<!\\)[0-9A-Za-z]$")
_LONG = {"x": 2, "u": 4, "U": 8}
"""Digits of characters that are written by their number."""


def column(texts: pl.Expr, *, breaks: bool = False) -> pl.Expr:
    r"""Return the texts in which to search: with one mark for every character beyond ASCII.

    Args:
        texts: the texts.
        breaks: whether a line break as JSON writes it (`\n`) becomes two spaces: it is no letter of the word behind it.
    """
    import polars as pl

    beyond = texts.str.len_bytes() != texts.str.len_chars()
    met = beyond | texts.str.contains("\\n", literal=True) if breaks else beyond
    # They are few, and to write all anew is slow.
    changed = where(met, texts).str.replace_all(r"[^\x00-\x7f]", "\x00")
    changed = changed.str.replace_all("\\n", "  ", literal=True) if breaks else changed
    return pl.when(met).then(changed).otherwise(texts)


def of(texts: pl.Series) -> pl.Series:
    """Return `column` of a series."""
    import polars as pl

    return texts.to_frame("text").select(column(pl.col("text"))).to_series()


def folded(texts: pl.Expr) -> pl.Expr:
    """Return which texts hold a letter that Python takes for one of ASCII: they are to be read in any case."""
    return texts.str.contains("|".join(FOLDS)).fill_null(value=False)


def where(condition: pl.Expr, texts: pl.Expr) -> pl.Expr:
    """Return the texts that meet a condition, and "" for the others: polars searches the text behind a null as well."""
    import polars as pl

    return pl.when(condition).then(texts).otherwise(pl.lit(""))


@cache
def loosened(pattern: re.Pattern[str]) -> str:
    """Return a pattern for polars that is met, in a text as `column` gives it, wherever this one is in the text."""
    flags = "".join(letter for letter, flag in _FLAGS.items() if pattern.flags & flag)
    body = _body(pattern.pattern, multiline=bool(pattern.flags & re.MULTILINE))
    return f"(?{flags}:{body})" if flags else f"(?:{body})"


def _body(source: str, *, multiline: bool) -> str:
    parts, at = [], 0
    while at < len(source):
        start, one = at, source[at]
        at = _next(source, start)
        if _LOOK.match(source, start):
            at = _past_count(source, at)
        elif same := _SAME.match(source, start):
            parts.append(r"[\x00-\x7f]*")
            at = _past_count(source, same.end())
        elif opened := _OPEN.match(source, start):
            parts.append(f"(?{opened[1] or ''}:")
            at = opened.end()
        elif one == "[":
            parts.append(_brackets(source[start + 1 : at - 1]))
        elif count := _COUNT.match(source, start):
            parts.append(_counted(count))
            at = count.end()
        elif one == "\\" and source[start + 1] == "b":
            beside = _AFTER_LETTER.search(source[max(0, start - 2) : start]) or _begins_with_letter(source, at)
            parts.append(r"(?-u:\b)" if beside else "")
        elif one == "\\" and source[start + 1] in _WIDE:
            parts.append(f"[{_WIDE[source[start + 1]]}]")
        else:
            parts.append(r"\n?$" if one == "$" and not multiline else _character(source, start))
    return "".join(parts)


def _character(source: str, at: int) -> str:
    """Return a single character, escaped or not, in the writing of polars."""
    one, end = source[at], _past_character(source, at)
    if end - at > 2:
        number = int(source[at + 2 : end], 16)
        return rf"\x{number:02x}" if number < ASCII else BEYOND
    if one == "\\":
        return BEYOND if source[at + 1] == "0" else source[at:end]
    return one if ord(one) < ASCII else BEYOND


def _brackets(inside: str) -> str:
    """Return brackets that meet at least as much as these, of which the inside is given."""
    negated = inside.startswith("^")
    parts, at = "", int(negated)
    known = _NARROW if negated else _WIDE
    while at < len(inside):
        start, at = at, _past_character(inside, at)
        if inside[start] == "\\" and inside[start + 1] in known:
            parts += known[inside[start + 1]]
            continue
        first = last = _in_brackets(inside, start)
        if inside[at : at + 1] == "-" and at + 1 < len(inside):
            last, at = _in_brackets(inside, at + 1), _past_character(inside, at + 1)
        if last != BEYOND:
            parts += first if first == last else f"{first}-{last}"
            continue
        parts += ("" if negated else BEYOND) + ("" if first == BEYOND else rf"{first}-\x7f")
    return f"[^{parts}]" if negated else f"[{parts}]"


def _in_brackets(inside: str, at: int) -> str:
    one = _character(inside, at)
    return "\\" + one if one in {"[", "&", "~", "^", "-"} else one


def _counted(count: re.Match[str]) -> str:
    least = int(count[1] or 0)
    most = int(count[3]) if count[3] else None if count[2] else least
    if most is None or most > LONGEST:
        return f"{{{min(least, LONGEST)},}}"
    return f"{{{least},{most}}}"


def _begins_with_letter(source: str, at: int) -> bool:
    """Return whether what comes next begins with a letter or digit of ASCII in any case."""
    if _LETTER.match(source, at):
        return True
    opened = _OPEN.match(source, at)
    if not opened or _LOOK.match(source, at):
        return False
    end = _next(source, at)
    if source[end : end + 1] in {"?", "*", "{"}:
        return False
    starts = [opened.end(), *_branches(source, opened.end(), end - 1)]
    return all(_begins_with_letter(source, start) for start in starts)


def _branches(source: str, at: int, end: int) -> list[int]:
    """Return where the second and further branches between two places begin."""
    found = []
    while at < end:
        if source[at] == "|":
            found.append(at + 1)
        at = _next(source, at)
    return found


def _next(source: str, at: int) -> int:
    """Return where the piece that begins here ends: a group, brackets or a character."""
    end = _past_character(source, at)
    if source[at] == "(":
        while source[end] != ")":
            end = _next(source, end)
        return end + 1
    if source[at] == "[":
        end += source[end] == "^"
        end += source[end] == "]"
        while source[end] != "]":
            end = _past_character(source, end)
        return end + 1
    return end


def _past_character(source: str, at: int) -> int:
    return at + (2 + _LONG.get(source[at + 1], 0) if source[at] == "\\" else 1)


def _past_count(source: str, at: int) -> int:
    """Return where the count behind a piece ends: what is left out leaves out its count."""
    count = _REPEATED.match(source, at)
    return count.end() if count else at


def without(texts: pl.Series, pattern: re.Pattern[str], instead: str = " ") -> pl.Series:
    """Return texts with a space, or the like, for all that a pattern finds; polars reads it as Python does."""
    at = of(texts).str.contains(loosened(pattern)).arg_true()
    put = texts.gather(at).str.replace_all(_as_it_is(pattern), instead)
    return texts.clone().scatter(at, put) if len(at) else texts


def _as_it_is(pattern: re.Pattern[str]) -> str:
    """Return a pattern that polars reads as Python does, in texts that are not strange."""
    flags = ("m" if pattern.flags & re.MULTILINE else "") + ("s" if pattern.flags & re.DOTALL else "")
    return f"(?{flags}:{pattern.pattern})" if flags else pattern.pattern
