"""The form that a text asks for, where code can tell, and whether an answer has it.

Forms are those that IFEval (Zhou et al. 2023) counts: JSON, lists, tables, numbers of words and sentences. English,
and only what is plainly said: a request that is hard to read asks for nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from synthgen.checks import shape

SPEAKS_OF_FORM = ("json", "bullet", "number", "table", "tabular", "sentence", "words", *shape.SPEAKS)

_SAY = (
    "respond|reply|answer|return|output|format|give|write|provide|list|present|produce"
    "|print|express|represent|convert|generate"
    "|create|show|send|put|structure|summari[sz]e|describe|explain|tell|state|name|define"
    "|compare|make|use|keep|organi[sz]e|arrange"
    "|outline|limit|suggest|recommend|propose"
)
_SAID = rf"(?:^|[.!?:;\n]\s*|,\s*(?:and )?|\bplease |\band )(?:(?:only|briefly|just) )?(?:{_SAY})\b"
_UNSURE = re.compile(
    (
        r"\b(?:then|also|afterwards|followed by|as well as|along with|plus|each|every|per"
        r"|both|no|not|without|never|don['’]?t)\b"
    ),
    re.IGNORECASE,
)
"""A second wish, or one for each of several things, makes the first uncertain; so does a no."""
_MORE_TASKS = re.compile(
    (
        r"^\W*(?:and|then|also|after|finally|next|in addition|additionally|for each|(?:please"
        rf" )?(?!keep|use|make|limit)(?:{_SAY}))\b"
    ),
    re.IGNORECASE,
)
"""So does another task in a later sentence."""
_COUNTS = {"one": 1, "a single": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_COUNT = rf"(?P<count>{'|'.join(_COUNTS)}|\d{{1,4}})"


def _pattern(said: str) -> re.Pattern[str]:
    return re.compile(rf"{_SAID}[^.!?\n]{{0,120}}?(?:{said})", re.IGNORECASE)


_JSON = _pattern(
    r"\b(?:as|in|to|into|using) (?:(?:an?|the|one|valid|strict|plain|single|only) )*json"
    r"(?: (?:object|array|format|list))?"
    r"(?=[.,;:!?)]|\s*$|\s+(?:with|only|and nothing|containing|using)\b)"
)
_BULLETS = _pattern(r"\b(?:as|in|into|using|with) (?:[\w-]+ ){0,3}?(?:bullet(?:ed)?[ -](?:points?|lists?)|bullets)\b")
_NUMBERED = _pattern(r"\b(?:as|in|into|using|with) (?:[\w-]+ ){0,2}?numbered (?:list|steps|points|items)\b")
_TABLE = _pattern(
    r"\b(?:as|in|into|using) (?:an? |the )?(?:(?:markdown|simple|small|short|two-column"
    r"|three-column|comparison) )*table\b"
    r"(?=[.,;:!?)]|\s*$|\s+with\b)"
)
_SENTENCES = _pattern(
    rf"\b(?:in|into|to|with|using) (?:just |only |exactly |at most |no more than )?{_COUNT}"
    r" (?:short |clear |simple )?sentences?\b"
)
_MOST_WORDS = _pattern(
    r"(?:\b(?:in|into|to|with|using|it|answer|reply|response)(?: to)? (?:at most|no more"
    r" than|under|fewer than|less than|up to|max(?:imum)?|not more than"
    rf"|below|within) {_COUNT} words\b|\b(?:in|within|to) (?:about )?(?P<also>\d{{1,4}})"
    rf" words or (?:less|fewer)\b|\bwithin (?P<within>\d{{1,4}}) words\b)"
)
_ITEM = re.compile(r"^\s*(?:[-*•–—·▪◦‣+]|\(?\d{1,2}[.):]|\(?[a-z][.)])\s*\S", re.MULTILINE)
_NUMBER = re.compile(r"(?:^|\s)\*{0,2}\(?\d{1,2}[.):]\*{0,2}\s*\S|\bstep \d", re.IGNORECASE)
_INLINE = re.compile(r"(?:^|\s)(?:[-*•–—·▪◦‣]|\(?\d{1,2}[.):])\s+\S")
_STOP = re.compile(
    r"(?<!\b[A-Z])(?<!\b[Mm]r)(?<!\b[DdMm]rs)(?<!\b[DdSs][rt])(?<!e\.g)(?<!i\.e)(?<!etc)"
    r"(?<!\d)[.!?…]+[\"”')\]]*(?:\s+(?=[\"“A-Z\d¿¡])|\s*$)"
)
_FENCE = re.compile(r"^\s*```", re.MULTILINE)


def misses_form(question: str, answer: str) -> str:
    """Return which form the question asks for and the answer has not, or nothing."""
    parts = [part for part in re.split(r"(?<=[.!?])\s+|\n+", question) if part]
    for number, part in enumerate(parts):
        if _UNSURE.search(part) or any(_MORE_TASKS.search(later) for later in parts[number + 1 :]):
            continue
        for asked, judge in _FORMS:
            if (found := asked.search(part)) and (said := judge(found, answer)):
                return said
    return shape.misses(question, answer)


def open_fence(text: str) -> str:
    """Return where a block of code begins that never ends, or nothing."""
    fences = [found.start() for found in _FENCE.finditer(text)] if "```" in text else []
    return f"never closed: {text[fences[-1] :].strip()[:40]}" if len(fences) % 2 else ""


def _no_json(_: re.Match[str], answer: str) -> str:
    decoder = json.JSONDecoder()
    for found in re.finditer(r"[{\[]", answer):
        try:
            decoder.raw_decode(answer, found.start())
        except (ValueError, RecursionError):
            continue
        return ""
    try:
        json.loads(answer)
    except (ValueError, RecursionError):
        return "asked for JSON"
    return ""


def _no_bullets(_: re.Match[str], answer: str) -> str:
    return "" if _ITEM.search(answer) or _INLINE.search(answer) or "<li>" in answer else "asked for a list"


def _no_numbers(_: re.Match[str], answer: str) -> str:
    words = re.search(r"\bfirst(?:ly)?\b", answer, re.IGNORECASE)
    return "" if words or _NUMBER.search(answer) or "<ol" in answer else "asked for a numbered list"


def _no_table(_: re.Match[str], answer: str) -> str:
    rows = sum(
        "|" in line or "\t" in line or ";" in line or line.count(",") > 1 or "   " in line.strip()
        for line in answer.split("\n")
    )
    return "" if rows >= 2 or "<t" in answer or "CREATE TABLE" in answer.upper() else "asked for a table"


def _count(found: re.Match[str]) -> int:
    said = next(one for one in found.groups() if one).lower()
    return _COUNTS.get(said) or int(said)


def _many_sentences(found: re.Match[str], answer: str) -> str:
    most, met = _count(found), len(_STOP.findall(answer.strip())) or 1
    return f"{met} sentences, asked for {most}" if met > most + max(1, most // 2) else ""


def _many_words(found: re.Match[str], answer: str) -> str:
    most, met = _count(found), len(answer.split())
    return f"{met} words, asked for {most} at most" if met > most * 1.2 + 2 else ""


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str], str]], ...] = (
    (_JSON, _no_json),
    (_BULLETS, _no_bullets),
    (_NUMBERED, _no_numbers),
    (_TABLE, _no_table),
    (_SENTENCES, _many_sentences),
    (_MOST_WORDS, _many_words),
)
