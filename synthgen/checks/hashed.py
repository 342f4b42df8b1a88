"""A column of texts as hashes of its words: what runs, repeats and shares of words are found by, in all rows at once.

Words are those of `synthgen.text.normalise`; hashes have 64 bits, and are equal within one process only.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from functools import cache, cached_property
from typing import TYPE_CHECKING

from synthgen.checks import loosened
from synthgen.text import normalise

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]
    Hashes = NDArray[np.uint64]

STRANGE = "[^\\x00-\\x7fÀ-ÖØ-öø-įĴ-ľŁ-ňŊ-ž×÷’‘“”„–—…€£\U0001f300-\U0001faff]"
"""A text without one of these has the same words for polars as for Python: no need of Unicode's compatible forms."""
_NO_WORDS = r" *(?:_|[^\w ])[\W_]*| {2,}"
"""What lies between words and is no single space, which stays as it is."""
_SHARED = 128
"""The bit of a slot that several known hashes have."""
MOST_WORDS = (1 << 16) - 1
"""A text of more words is read whole."""


class Words:
    """A column's words in their compared form, as hashes.

    Args:
        texts: the column; null is no word.
    """

    def __init__(self, texts: pl.Series) -> None:
        import numpy as np
        import polars as pl

        self.texts, self.text = texts, _normalised(texts)
        lists = self.text.str.split(" ")
        self.counts: NDArray[np.int64] = (
            pl.select(pl.when(self.text == "").then(0).otherwise(lists.list.len()).cast(pl.Int64))
            .to_series()
            .to_numpy()
        )
        one = lists.list.explode() if len(lists) else pl.Series([], dtype=pl.String)
        self.words = one.filter(one != "")
        self.hashes: Hashes = self.words.hash().to_numpy()
        self.rows: NDArray[np.int64] = np.repeat(np.arange(len(texts)), self.counts)

    @cached_property
    def plain(self) -> pl.Series:
        """The texts as patterns are sought in them (`loosened`)."""
        return loosened.of(self.texts)

    @cached_property
    def folds(self) -> Flags:
        """Which texts are to be read in any case."""
        import polars as pl

        found: Flags = self.texts.to_frame("text").select(loosened.folded(pl.col("text"))).to_series().to_numpy()
        return found

    def only(self, flags: Flags) -> Words:
        """Return the same texts with those of their words alone that have a flag."""
        import numpy as np

        few = copy(self)
        few.words, few.hashes, few.rows = self.words.filter(flags), self.hashes[flags], self.rows[flags]
        few.counts = np.bincount(few.rows, minlength=len(self.counts))
        return few

    def letters(self) -> pl.Series:
        """Return how many letters and digits the words of each row have."""
        import polars as pl

        return self.text.str.len_chars().cast(pl.Int64) - pl.Series((self.counts - 1).clip(0))

    def shares(self, known: Known, sets: int) -> list[NDArray[np.float64]]:
        """Return for each of the first sets, four at most, the share of each row's words that is in it."""
        import numpy as np

        # Sixteen bits a set count them all in one pass; no row has that many words, or see `MOST_WORDS`.
        weights = np.array(
            [sum(1 << 16 * number for number in range(sets) if bits >> number & 1) for bits in range(1 << sets)],
            np.uint64,
        )
        total = np.zeros(len(self.hashes) + 1, np.uint64)
        np.cumsum(weights[known.of(self.hashes)], out=total[1:])
        ends = np.cumsum(self.counts)
        met = total[ends] - total[ends - self.counts]
        size = np.maximum(1, self.counts)
        return [(met >> np.uint64(16 * number) & np.uint64(MOST_WORDS)) / size for number in range(sets)]

    def runs(self, size: int) -> Hashes:
        """Return a hash for each run of words, over the borders of rows too."""
        return runs_of(self.hashes, size)

    def having(self, size: int, known: Known) -> list[Flags]:
        """Return for each of the first two sets of known runs of so many words the rows that have one."""
        at = self.rows[: max(0, len(self.rows) - size + 1)]
        bits = known.of(self.runs(size))
        return [self._flags(at[(bits & one) != 0]) for one in (1, 2)]

    def repeating(self) -> Flags:
        """Return the rows with four words in a row twice, three of them four times, or words that are doubled."""
        import numpy as np

        three = by_row(self.rows[: max(0, len(self.rows) - 2)], self.runs(3))
        three.sort()
        flags, near = self._flags(_rows_with(three, 4)), self._flags(_rows_with(three, 2))[self.rows]
        hashes, rows = self.hashes[near], self.rows[near]
        last = max(0, len(hashes) - 3)
        four = by_row(rows[:last], runs_of(hashes, 4))
        four.sort()
        same = np.ones(last, np.bool_)
        for at in range(1, 4):
            same &= hashes[:last] == hashes[at : last + at]
        twice = self.hashes[1:] == self.hashes[:-1]
        twice &= self.rows[1:] == self.rows[:-1]
        doubled = np.bincount(self.rows[1:][twice], minlength=len(flags)) >= 3 if len(self.rows) else flags
        return flags | self._flags(_rows_with(four, 2)) | self._flags(rows[:last][same]) | doubled

    def _flags(self, rows: NDArray[np.int64]) -> Flags:
        import numpy as np

        flags = np.zeros(len(self.counts), np.bool_)
        flags[rows] = True
        return flags


class Known:
    """Hashes to look up, each with bits that say in which sets it is.

    A table holds one hash a slot; the few that find theirs taken are looked up one by one.

    Args:
        sets: what is known, seven sets at most: the first has the lowest bit.
    """

    def __init__(self, *sets: Hashes) -> None:
        import numpy as np

        bits: dict[int, int] = {}
        for number, hashes in enumerate(sets):
            for one in hashes.tolist():
                bits[one] = bits.get(one, 0) | 1 << number
        known = np.array(list(bits), np.uint64)
        self._mask = np.uint64((1 << max(16, len(bits).bit_length() + 5)) - 1)
        self._hashes = np.zeros(int(self._mask) + 1, np.uint64)
        self._bits = np.zeros(int(self._mask) + 1, np.uint8)
        self._hashes[known & self._mask] = known
        at = self._hashes != 0
        self._bits[at] = [bits[one] for one in self._hashes[at].tolist()]
        self._lost = {one: bits[one] for one in known[self._hashes[known & self._mask] != known].tolist()}
        lost = np.array(list(self._lost), np.uint64)
        self._bits[lost & self._mask] |= _SHARED

    def of(self, hashes: Hashes) -> NDArray[np.uint8]:
        """Return the bits of each hash; 0 for what is not known."""
        import numpy as np

        slots = hashes & self._mask
        same, bits = self._hashes[slots] == hashes, self._bits[slots]
        at = np.flatnonzero((bits >= _SHARED) & ~same)
        bits &= _SHARED - 1
        bits *= same
        bits[at] = [self._lost.get(one, 0) for one in hashes[at].tolist()]
        return np.asarray(bits)


def by_row(rows: NDArray[np.int64], hashes: Hashes) -> Hashes:
    """Return keys that are equal where row and hash are: 24 bits of row, 40 of hash."""
    import numpy as np

    return np.asarray((rows.astype(np.uint64) << np.uint64(40)) | (hashes >> np.uint64(24)))


def _rows_with(keys: Hashes, times: int) -> NDArray[np.int64]:
    """Return the rows of sorted keys that are there so many times."""
    import numpy as np

    if len(keys) < times:
        return np.zeros(0, np.int64)
    often = keys[times - 1 :][keys[times - 1 :] == keys[: len(keys) - times + 1]]
    return np.asarray((often >> np.uint64(40)).astype(np.int64))


def of_words(words: Iterable[str]) -> Hashes:
    """Return the hashes of words."""
    import polars as pl

    found: Hashes = pl.Series(list(words), dtype=pl.String).hash().to_numpy()
    return found


def beyond(texts: pl.Expr) -> pl.Expr:
    """Return the texts that have characters beyond ASCII, and "" for the others: to search these costs nothing."""
    return loosened.where(texts.str.len_bytes() != texts.str.len_chars(), texts)


def _normalised(texts: pl.Series) -> pl.Series:
    """Return a column's texts in their compared form, as `normalise` gives it; null is no word."""
    import polars as pl

    table = texts.fill_null("").rename("text").to_frame()
    text = pl.col("text")
    plain = table.select(
        text.str.to_lowercase().str.replace_all(_NO_WORDS, " ").str.strip_chars(" "),
        odd=beyond(text).str.contains(STRANGE),
    )
    odd = plain["odd"].arg_true()
    if not len(odd):
        return plain["text"]
    return plain["text"].scatter(odd, [normalise(one) for one in table["text"].gather(odd)])


@cache
def _multiplier() -> np.uint64:
    import numpy as np

    return np.uint64(0x9E3779B97F4A7C15)


def runs_of(hashes: Hashes, size: int) -> Hashes:
    """Return a hash for each run of this many words in a row."""
    import numpy as np

    many = max(0, len(hashes) - size + 1)
    found = np.zeros(many, np.uint64)
    for at in range(size):
        found = found * _multiplier() + hashes[at : at + many]
    return found
