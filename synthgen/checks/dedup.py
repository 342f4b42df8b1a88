"""`dedup`: a row says what a seed or an earlier kept row said.

Texts are normalised (NFKC, lower case, letters and digits only), then compared by the Jaccard similarity of
their sets of character 5-grams. The measure and the threshold 0.6 come from a comparison on planted near-duplicates
among hard same-intent rows: precision .80 and recall .89, against .61/.95 for ROUGE-L 0.7 (Self-Instruct, Wang
et al. 2022) and .69/.75 for sentence embeddings.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import chain
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from synthgen.checks import verdicts
from synthgen.text import grams, normalise

if TYPE_CHECKING:
    import polars as pl

LONG = 500
"""Entries from which one count in numpy is quicker than looking at the rarest first."""


class Twin(NamedTuple):
    """The nearest earlier text: its id, its label, and the similarity."""

    id: str
    label: str
    similarity: float


class Index:
    """Texts met so far, searchable by similarity: an inverted index, exact.

    For each 5-gram it holds the numbers of the texts that have it. One count over the lists of a text's grams gives
    what it shares with every text met so far, in about a tenth of a millisecond among thousands.

    Args:
        least: similarity from which two texts are twins.
    """

    def __init__(self, least: float) -> None:
        self._least = least
        self._texts: dict[str, int] = {}
        self._names: list[tuple[str, str]] = []
        self._sizes = array("i")
        self._having: defaultdict[int, array[int]] = defaultdict(lambda: array("i"))

    def add(self, name: str, label: str, text: str) -> None:
        """Take in a text under an id and a label."""
        plain = normalise(text)
        found = grams(plain)
        number = len(self._names)
        self._texts.setdefault(plain, number)
        self._names.append((name, label))
        self._sizes.append(len(found))
        for gram in found:
            self._having[gram].append(number)

    def nearest(self, text: str) -> Twin | None:
        """Return the most similar text met so far, if it is a twin; the earliest of several as near."""
        import numpy as np

        plain = normalise(text)
        if (same := self._texts.get(plain)) is not None:
            return Twin(*self._names[same], 1.0)
        found = grams(plain)
        if not self._maybe(found):
            return None
        having = [np.frombuffer(self._having[gram], np.int32) for gram in found if gram in self._having]
        shared = np.bincount(np.concatenate(having), minlength=len(self._names))
        similar = shared / (np.frombuffer(self._sizes, np.int32) + len(found) - shared)
        best = int(similar.argmax())
        if similar[best] < self._least:
            return None
        # A near twin is never called exact: 1.0 is for equal texts.
        return Twin(*self._names[best], min(float(similar[best]), 0.9999))

    def _maybe(self, found: frozenset[int]) -> bool:
        """Return whether any text can be a twin, from the rarest grams alone.

        A twin lacks (1 - least) |A| of a text's grams at most, so it has the rest of any part of them. Looked at are
        the rarest three fifths, whose lists are short.
        """
        size = len(found)
        may_lack = int((1 - self._least) * size + 1e-9)
        looked_at = min(size, max(ceil(0.6 * size), may_lack + 1))
        having = sorted((self._having[gram] for gram in found if gram in self._having), key=len)
        # Grams that no text has are the rarest of all.
        short = having[: max(0, looked_at - (size - len(having)))]
        if sum(map(len, short)) > LONG:
            return True
        times = Counter(chain.from_iterable(short))
        return bool(times) and max(times.values()) >= looked_at - may_lack


class Dedup:
    """The check, with its memory of what was kept.

    It runs after the checks that see one row alone, so that what it remembers is what is kept: a row that falls
    for another reason takes no good twin with it.

    Args:
        least: similarity from which two texts are twins.
        seeds: id, label and text of each seed.
    """

    def __init__(self, least: float, seeds: Iterable[tuple[str, str, str]]) -> None:
        self._index = Index(least)
        self._seeds = set()
        for name, label, text in seeds:
            self._seeds.add(name)
            self._index.add(name, label, text)

    def __call__(self, table: pl.DataFrame) -> pl.DataFrame:
        """Say of each row whether it repeats a seed or a row that was kept before it."""
        return verdicts([self._one(*row) for row in table.select("id", "label", "text").iter_rows()])

    def _one(self, name: str, label: str, text: str) -> tuple[str | None, float | None, str | None]:
        twin = self._index.nearest(text)
        if twin is None:
            self._index.add(name, label, text)
            return None, None, None
        if twin.label != label:
            reason = "dedup.conflict"
        elif twin.id in self._seeds:
            reason = "dedup.seed"
        else:
            reason = "dedup.exact" if twin.similarity == 1.0 else "dedup.near"
        what = "seed" if twin.id in self._seeds else "row"
        return (
            reason,
            round(twin.similarity, 4),
            f"{what} {twin.id} ({twin.label})" if twin.label else f"{what} {twin.id}",
        )
