"""`contamination`: a row repeats an item of an evaluation set that the recipe names.

The rule adapts to the item's length, because one rule for all misses most: on Banking77's test set (9 words in the
middle) a common 13-gram finds 24 % of verbatim leaks, a normalised whole-item substring all of them; on GSM8K (44
words) both find all. Items of 13 words and more leak where half of their words stand in common 8-grams (the mechanism
of Tülu 3, Lambert et al. 2024); shorter ones where the whole item stands in the row, or four fifths of its character
5-grams do. Nothing here finds a leak in other words: on human paraphrases these rules find one in six at most.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from synthgen.checks import Verdict, verdicts
from synthgen.text import grams, normalise, windows

if TYPE_CHECKING:
    import polars as pl

LONG = 13
"""Words from which an item is long enough for 8-grams."""
SHORT = 4
"""Words below which an item is too common to be sought inside a row: it must be the row."""
RUN, COVERED, CONTAINED = 8, 0.5, 0.8


class Item(NamedTuple):
    """One text of an evaluation set, with the name of the set and its place there."""

    where: str
    text: str


class Contamination:
    """The check.

    Args:
        items: every text of the evaluation sets.
    """

    def __init__(self, items: Iterable[Item]) -> None:
        self._where: list[str] = []
        self._words: list[list[str]] = []
        self._whole: dict[str, int] = {}
        self._runs: defaultdict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(list)
        self._beginnings: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        self._having: defaultdict[int, array[int]] = defaultdict(lambda: array("i"))
        self._sizes: list[int] = []
        for item in items:
            self._add(item)

    def _add(self, item: Item) -> None:
        plain = normalise(item.text)
        if not plain or plain in self._whole:
            return
        number, words = len(self._where), plain.split()
        self._where.append(item.where)
        self._words.append(words)
        self._whole[plain] = number
        found = grams(plain)
        self._sizes.append(len(found))
        if len(words) >= LONG:
            for at, run in enumerate(windows(words, RUN)):
                self._runs[run].append((number, at))
        elif len(words) >= SHORT:
            self._beginnings[tuple(words[:SHORT])].append(number)
            for gram in found:
                self._having[gram].append(number)

    def __call__(self, table: pl.DataFrame) -> pl.DataFrame:
        """Say of each row whether one of its texts repeats an item."""
        names = [name for name in table.columns if name.startswith("prose:")]
        return verdicts([self.of(row) for row in table.select("text", *names).iter_rows()])

    def of(self, texts: Iterable[str | None]) -> Verdict:
        """Return the verdict on a row's texts."""
        for text in dict.fromkeys(text for text in texts if text):
            plain = normalise(text)
            for reason, number, score in self._hits(plain):
                return reason, round(score, 4), f"{self._where[number]}: {' '.join(self._words[number])[:120]}"
        return None, None, None

    def _hits(self, plain: str) -> Iterator[tuple[str, int, float]]:
        """Give reason, item and share for each rule that fires, certain ones first."""
        words = plain.split()
        if plain in self._whole:
            yield "contamination.verbatim", self._whole[plain], 1.0
        for at, beginning in enumerate(windows(words, SHORT)):
            for number in self._beginnings.get(beginning, ()):
                if words[at : at + len(self._words[number])] == self._words[number]:
                    yield "contamination.verbatim", number, 1.0
        yield from self._overlaps(words)
        shared = Counter(chain.from_iterable(self._having.get(gram, ()) for gram in grams(plain)))
        for number, times in shared.items():
            if times >= CONTAINED * self._sizes[number]:
                yield "contamination.near", number, times / self._sizes[number]

    def _overlaps(self, words: list[str]) -> Iterator[tuple[str, int, float]]:
        covered: defaultdict[int, set[int]] = defaultdict(set)
        for run in windows(words, RUN):
            for number, place in self._runs.get(run, ()):
                covered[number].update(range(place, place + RUN))
        for number, places in covered.items():
            share = len(places) / len(self._words[number])
            if share >= COVERED:
                yield "contamination.overlap", number, share
