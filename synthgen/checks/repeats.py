"""Syllables, words, runs of words, sentences and items that come again and again.

The measures follow Gopher's (Rae et al. 2021), which count repeated lines and n-grams of web pages; on short texts a
share alone says little, so that a run must also come several times. Code, links and figures do not count.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby, pairwise

from synthgen.checks import patterns
from synthgen.text import normalise, windows

AGAIN = 3
"""Repeated words that any repetition has: four in a row, a run of words twice, a sentence twice."""
IN_A_ROW, OF_TEXT, SAID_AGAIN = 0.04, 0.2, 0.1
"""Shares of a text's words that words in a row, runs of words and repeated sentences must be."""
RUN, COVERED, LEAST_COVERED = 4, 0.35, 6
"""Words of a run, the share of a text's words that runs which were there before must hold, and how many at least."""
DOUBLED, SHARE_DOUBLED = 4, 0.15
"""Words that are written twice, and the share of the text's words that they must be."""
ITEMS = 4
"""Lines from which on it counts that half of them are others once more."""
FEW, SHARE_FEW = 10, 0.25
"""Words from which on a text can be stuck, and the share of different ones that it then has at most."""
BABBLE = re.compile(r"([^\W\d_]{2,4}?)\1{7,}|([^\W\d_xX])\2{15,}", re.IGNORECASE)
"""One syllable eight times or more, or one letter sixteen times, in sixteen letters at least."""
LINK = re.compile(r"\b\w+://\S+")
MARK_OF_ITEM = re.compile(r"^[\s\d.)*•-]+")


def repeated(text: str) -> str:
    """Return what comes again and again in a text, or nothing."""
    plain = LINK.sub(" ", patterns.CODE.sub(" ", text))
    words = normalise(plain).split()
    again = len(words) - len(set(words))
    if again < AGAIN:
        return ""
    for one, run in ((word, sum(1 for _ in group)) for word, group in groupby(words)):
        least = 6 if one.isdigit() else 4  # 8.8.8.8 is an address
        if run >= max(least, IN_A_ROW * len(words)):
            return " ".join([one] * run)
    return _run(words, again) or (_sentence_twice(plain, len(words)) if again >= 4 else "") or _items(plain)


def _run(words: list[str], again: int) -> str:
    doubled = [one for one, two in pairwise(words) if one == two and one.isalpha()]
    if len(doubled) >= max(DOUBLED, SHARE_DOUBLED * len(words)):
        return f"twice each: {' '.join(doubled[:5])}"
    # "I called on Monday, I called on Tuesday, I called on Friday": three words thrice are a figure of speech.
    for size, least in ((3, 4), (5, 3)) if again >= 9 else ():
        for phrase, times in Counter(windows(words, size)).most_common():
            if times < least or times * size < OF_TEXT * len(words):
                break
            if not _figures(phrase):
                return " ".join(phrase)
    return _covered(words)


def _covered(words: list[str]) -> str:
    """Return a run of words that is there more than once, where such runs are a third of the text."""
    seen: set[tuple[str, ...]] = set()
    covered: set[int] = set()
    last = ""
    for at, run in enumerate(windows(words, RUN)):
        if run in seen and not _figures(run):
            covered.update(range(at, at + RUN))
            last = " ".join(run)
        seen.add(run)
    much = len(covered) >= max(LEAST_COVERED, COVERED * len(words)) or (len(words) >= 2 * FEW and _few(words))
    return last if much else ""


def _items(text: str) -> str:
    """Return a line that is there more than once, where half of the lines are such."""
    lines = [one for line in text.split("\n") if (one := MARK_OF_ITEM.sub("", line))]
    if len(lines) < ITEMS or len(set(lines)) * 2 > len(lines):
        return ""
    return Counter(lines).most_common(1)[0][0]


def stuck(text: str) -> bool:
    """Return whether a text is hardly more than the same few words, which not even a song is."""
    words = normalise(text).split()
    return len(words) >= FEW and _few(words)


def _few(words: list[str]) -> bool:
    return len(set(words)) <= SHARE_FEW * len(words)


def _figures(run: tuple[str, ...]) -> bool:
    """Return whether a run of words is figures and single letters, as in tables and sums."""
    return sum((len(word) < 2 and word not in "ai") or not word.isalpha() for word in run) * 2 >= len(run)


def _sentence_twice(text: str, words: int) -> str:
    """Return a sentence that comes again, where such are a tenth of the text or more."""
    found = (normalise(part) for part in re.split(r"[.!?]+(?:\s|$)|\n+", text))
    sentences = Counter(one for one in found if len(one.split()) >= 4 and not _figures(tuple(one.split())))
    twice = [(one, times) for one, times in sentences.items() if times > 1]
    if sum((times - 1) * len(one.split()) for one, times in twice) < SAID_AGAIN * words:
        return ""
    return twice[0][0] if twice else ""
