"""`dedup`: a row says what a seed or an earlier kept row said.

Texts are normalised (NFKC, lower case, letters and digits only), then compared by the Jaccard similarity of
their sets of character 5-grams. The measure and the threshold 0.6 come from a comparison on planted near-duplicates
among hard same-intent rows: precision .80 and recall .89, against .61/.95 for ROUGE-L 0.7 (Self-Instruct, Wang
et al. 2022) and .69/.75 for sentence embeddings.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from synthgen.checks import verdicts

if TYPE_CHECKING:
    import polars as pl

GRAM = 5


def normalise(text: str) -> str:
    """Return the text's letters and digits in lower case, words a space apart: NFKC first, accents kept."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return " ".join("".join(mark if mark.isalnum() else " " for mark in plain).split())


def grams(text: str) -> frozenset[int]:
    """Return the hashes of the character 5-grams of a normalised text; a shorter text is its own only gram."""
    from zlib import crc32

    parts = (text[at : at + GRAM] for at in range(max(1, len(text) - GRAM + 1)))
    return frozenset(crc32(part.encode("utf-8", "surrogatepass")) for part in parts)


class Twin(NamedTuple):
    """The nearest earlier text: its id, its label, and the similarity."""

    id: str
    label: str
    similarity: float


class Index:
    """Texts met so far, searchable by similarity: exact, by an inverted index with prefix filtering.

    Two sets with Jaccard similarity t share an element among the first |A| - ceil(t |A|) + 1 of each in any one
    order (Chaudhuri et al. 2006; PPJoin, Xiao et al. 2008). The order here is that of the hashes.

    Args:
        least: similarity from which two texts are twins.
    """

    def __init__(self, least: float) -> None:
        self._least = least
        self._texts: dict[str, int] = {}
        self._entries: list[tuple[str, str, frozenset[int]]] = []
        self._by_gram: defaultdict[int, list[int]] = defaultdict(list)

    def _prefix(self, found: frozenset[int]) -> list[int]:
        from math import ceil

        size = len(found)
        return sorted(found)[: size - ceil(self._least * size - 1e-9) + 1]

    def add(self, name: str, label: str, text: str) -> None:
        """Take in a text under an id and a label."""
        plain = normalise(text)
        found = grams(plain)
        number = len(self._entries)
        self._texts.setdefault(plain, number)
        self._entries.append((name, label, found))
        for gram in self._prefix(found):
            self._by_gram[gram].append(number)

    def nearest(self, text: str) -> Twin | None:
        """Return the most similar text met so far, if it is a twin; the earliest of several as near."""
        plain = normalise(text)
        if (same := self._texts.get(plain)) is not None:
            name, label, _ = self._entries[same]
            return Twin(name, label, 1.0)
        found = grams(plain)
        maybe = {number for gram in self._prefix(found) for number in self._by_gram.get(gram, ())}
        best: Twin | None = None
        most = 0.0
        for number in sorted(maybe):
            name, label, other = self._entries[number]
            shared = len(found & other)
            similarity = shared / (len(found) + len(other) - shared)
            if similarity >= self._least and similarity > most:
                most = similarity
                # A near twin is never called exact: 1.0 is for equal texts.
                best = Twin(name, label, min(similarity, 0.9999))
        return best


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
        return reason, round(twin.similarity, 4), f"{what} {twin.id} ({twin.label})" if twin.label else f"{what} {twin.id}"
