"""Text that went to pieces: more signs than letters, after Gopher's rules (Rae et al. 2021).

Gopher drops a web page where a tenth of the words are `#` or `…`, or a fifth have no letter. On one short text such
bounds hit tables, sums and chat, so that the share of letters is counted instead, in what is left when code, logs,
tables and rules are set aside: letters, digits and emoji must be half of it or more. Mathematical signs, drawings and
dashes count on neither side.
"""

from __future__ import annotations

import re
import unicodedata

LEAST_VISIBLE = 10
"""Characters from which a share says something: `???!!!` is an answer in a chat."""
LEAST_SHARE = 0.5
SCREEN_SHARE = 0.25
"""A text that falls has this share of signs or more among all its visible characters: see `broken`."""

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|\$\$.*?\$\$|\\\(.*?\\\)", re.DOTALL)
_LINE = re.compile(
    r"[;{}]\s*$|^\s*[{}\[\]<]|\w\(|\w\[|=>|->|</|\\\w|\w (?:[=!<>:]=|=) \w"  # code, patterns, data
    r"|\|.*\||\t|^\W*$|^\s*(?:\W{1,4}\s*)?[\d\s.,:/+*x×÷=()%€$£-]+$"  # tables, rules, sums
    r"|\w+://|^\s*[~$>#]\s"  # links, a shell's lines
)
_CHAT = re.compile(r"[!?.…]+|[:;=][-']?[()\[\]]+")
"""Marks that stand in for one: `?!?!` and `:-(`."""
_NEUTRAL = frozenset("+=<>^~|-–—_•·*")


def broken(text: str) -> str:
    """Return the share of letters where a text has too few, or nothing.

    What is left without code and tables must be half of the visible characters or more. With more signs than letters in
    that half, a quarter of all visible characters or more are signs: the search of a whole column relies on it.
    """
    visible = _visible(text)
    if len(visible) < LEAST_VISIBLE:
        return ""
    kinds = [_kind(one) for one in visible]
    if "letter" not in kinds:
        return "no letter"
    lines = (line for line in _CODE.sub(" ", text).split("\n") if not _LINE.search(line))
    plain = _visible(_CHAT.sub(lambda run: run.group()[:1], "\n".join(lines)))
    counted = [kind for one in plain if (kind := _kind(one)) != "neutral"]
    if len(plain) < max(LEAST_VISIBLE, len(visible) / 2) or len(counted) < LEAST_VISIBLE:
        return ""
    share = counted.count("letter") / len(counted)
    return f"{share:.0%} letters and digits" if share < LEAST_SHARE else ""


def _visible(text: str) -> str:
    return "".join(text.split())


def _kind(one: str) -> str:
    """Return whether a character is a letter (digit, emoji), a sign, or counts on neither side."""
    if one.isalnum() or "\U0001f000" <= one <= "\U0001faff" or "☀" <= one <= "➿":
        return "letter"
    category = unicodedata.category(one)
    if category[0] in "MC":  # marks on letters, joiners of emoji
        return "letter" if category[0] == "M" else "neutral"
    return "neutral" if one in _NEUTRAL or category in {"Sm", "So", "Sk"} else "sign"
