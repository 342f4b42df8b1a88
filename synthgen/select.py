"""Selection: the best rows of those that every check kept, each cell by itself; the others stay in reserve.

It is the one step that sees the whole table. It comes after every check and changes no verdict of theirs. The same kept
rows give the same choice, in whatever order they come.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, log2
from typing import TYPE_CHECKING

from synthgen import recipe
from synthgen import split as splits
from synthgen.embed import Embed
from synthgen.text import normalise

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

POINTS = 2048
"""Rows of a cell that are to be covered: all, or so many, drawn by id. More change little and cost much."""
CELLS = 64_000_000
"""Cosines of rows to points that are in memory: of 100,000 rows each is held against 640 points."""
SLICE = 64
"""Points whose gains are computed at a time."""
EXACT = 5
"""Decimals of a gain that count: a product of matrices is not exact to the last bit."""
MISMATCH = 1.0
"""IFD above which the answer is likelier without its prompt than with it (Li et al. 2024)."""


@dataclass(frozen=True)
class Row:
    """A kept row that can be chosen.

    Args:
        id: its name; it decides between equals.
        cell: what counts are kept for.
        text: what it says.
        quality: the judge's score, or the labeller's probability, from 0 to 1.
        ifd: loss of the answer with its prompt over the loss without, where it was measured.
        cluster: rows of one cluster say the same; empty = of none.
    """

    id: str
    cell: str
    text: str
    quality: float = 1.0
    ifd: float | None = None
    cluster: str = ""


def choose(
    rows: Sequence[Row], wanted: Mapping[str, int], part: recipe.Select, embed: Embed, seeds: Sequence[str] = ()
) -> pl.DataFrame:
    """Say of each row whether it is chosen: columns id, check, reason (null = chosen), score, evidence.

    Args:
        rows: every row that the checks kept.
        wanted: rows to choose of each cell; where it has no more, all are chosen.
        part: how to choose.
        embed: gives texts their vectors.
        seeds: texts that are covered already.
    """
    import polars as pl

    cells: defaultdict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.id):
        cells[row.cell].append(row)
    given = embed(list(seeds)) if seeds and part.by == "coverage" else None
    said: dict[str, tuple[str | None, float, str | None]] = {}
    for name, cell in cells.items():
        count = wanted.get(name, 0)
        said |= _Cell(cell, part, embed([row.text for row in cell]), given).choose(count)
    columns = {"id": pl.String, "check": pl.String, "reason": pl.String, "score": pl.Float64, "evidence": pl.String}
    told = [(row.id, "select", *said[row.id]) for row in rows]
    return pl.DataFrame(told, schema=columns, orient="row")


def qualities(verdicts: pl.DataFrame) -> dict[str, float]:
    """Return the quality of rows: the judge's score where a judge ran, else the labeller's probability.

    Args:
        verdicts: columns id, check, score; others beside them.
    """
    import polars as pl

    for check in ("judge", "labels"):
        found = verdicts.filter((pl.col("check") == check) & pl.col("score").is_not_null())
        if found.height:
            return dict(found.select("id", "score").iter_rows())
    return {}


def shares(rows: Sequence[Row], count: int) -> dict[str, int]:
    """Return how many of `count` rows each cell has, by the rows that it brings (largest remainders)."""
    sizes = Counter(row.cell for row in sorted(rows, key=lambda row: row.id))
    weights = {name: float(size) for name, size in sizes.items()}
    found = splits.quotas(min(count, len(rows)), weights, {"": 1.0})
    return {name: found[name, ""] for name in sizes}


def complexities(rows: Sequence[Row]) -> list[float]:
    """Return how much each row of a cell has to say, from 0 to 1.

    IFD where every row has one. Else ln(1 + bits) / ln(1 + most bits), where bits is the sum over a row's different
    words of -log2 (rows with the word / (rows + 1)): what the words tell under the rows' own unigrams. A word said
    twice tells nothing new, and the logarithm lets no row win by length alone. Rare junk scores high: it is no judge.
    """
    known = [row.ifd for row in rows if row.ifd is not None]
    if known and len(known) == len(rows):
        return [min(one, MISMATCH) for one in known]
    words = [set(normalise(row.text).split()) for row in rows]
    among = Counter(word for one in words for word in one)
    bits = [sum(-log2(among[word] / (len(rows) + 1)) for word in sorted(one)) for one in words]
    most = log(1 + max(bits, default=0.0)) or 1.0
    return [log(1 + one) / most for one in bits]


def _scores(rows: Sequence[Row]) -> list[float]:
    """Return quality x complexity (DEITA's evol score, Liu et al. 2024)."""
    return [round(row.quality * one, 6) for row, one in zip(rows, complexities(rows), strict=True)]


class _Cell:
    """One cell's choice.

    Args:
        rows: its rows, by id.
        part: how to choose.
        vectors: one of length one a row.
        given: the seeds' vectors.
    """

    def __init__(
        self, rows: Sequence[Row], part: recipe.Select, vectors: NDArray[np.float32], given: NDArray[np.float32] | None
    ) -> None:
        import numpy as np

        self._rows, self._part, self._vectors = rows, part, vectors
        self._scores = np.array(_scores(rows))
        self._mismatch = np.array([row.ifd is not None and row.ifd > MISMATCH for row in rows])
        names = {row.cluster: number for number, row in enumerate(rows) if row.cluster}
        self._clusters = np.array([names.get(row.cluster, -1) for row in rows])
        self._taken = np.zeros(len(rows), bool)
        self._near = np.full(len(rows), -1)
        self._cosine = np.zeros(len(rows), np.float32)
        self._cover = _Cover(vectors, given, self._scores) if part.by == "coverage" else None

    def choose(self, count: int) -> dict[str, tuple[str | None, float, str | None]]:
        """Choose so many rows; return what there is to say of each."""
        for _ in range(min(count, len(self._rows))):
            self._take(self._next())
        return {row.id: self._say(number) for number, row in enumerate(self._rows)}

    def _next(self) -> int:
        """Return the next row: of those that are like no chosen one, else of all that fit their prompt, else of all."""
        import numpy as np

        left = ~self._taken
        tiers = (left & ~self._mismatch & (self._near < 0), left & ~self._mismatch, left)
        fresh, _, _ = tiers
        able = next(tier for tier in tiers if tier.any())
        if self._cover is None:
            return int(np.flatnonzero(able)[self._scores[able].argmax()])
        found = self._cover.best(able)
        if not fresh[found]:
            return found
        # Of the rows that say the same the best one speaks for all.
        alike = np.flatnonzero(fresh & self._alike(found, self._cosines(found)))
        return int(alike[self._scores[alike].argmax()])

    def _alike(self, number: int, cosines: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Return which rows are too similar to one, itself among them."""
        found: NDArray[np.bool_] = cosines > self._part.similar
        if (cluster := self._clusters[number]) >= 0:
            found |= self._clusters == cluster
        found[number] = True
        return found

    def _cosines(self, number: int) -> NDArray[np.float32]:
        cosines: NDArray[np.float32] = (self._vectors @ self._vectors[number]).round(6)
        return cosines

    def _take(self, number: int) -> None:
        cosines = self._cosines(number)
        new = self._alike(number, cosines) & (self._near < 0) & ~self._taken
        self._near[new], self._cosine[new] = number, cosines[new]
        self._taken[number] = True
        if self._cover is not None:
            self._cover.take(number)

    def _say(self, number: int) -> tuple[str | None, float, str | None]:
        row, score = self._rows[number], float(self._scores[number])
        if self._taken[number]:
            return None, score, None
        if self._mismatch[number]:
            return "select.mismatch", row.ifd or 0.0, "the answer is likelier without its prompt"
        twin = self._near[number]
        like = f"cosine {self._cosine[number]:.2f} to row {self._rows[twin].id}" if twin >= 0 else None
        return "select.reserve", score, like


class _Cover:
    """What the chosen rows cover of a cell, and how much each further one would add: facility location.

    The sum over the points of the cosine to the nearest chosen row, or seed; each time the row is taken that adds most,
    which is within 1 - 1/e of the best choice (Nemhauser, Wolsey & Fisher 1978). A taken row changes the gains through
    the points that it covers better alone, and only those are computed anew.

    Args:
        vectors: the cell's, one a row.
        given: the seeds', which cover from the start.
        scores: decide between rows that add the same.
    """

    def __init__(
        self, vectors: NDArray[np.float32], given: NDArray[np.float32] | None, scores: NDArray[np.float64]
    ) -> None:
        import numpy as np

        rows = len(vectors)
        most = max(1, min(rows, POINTS, CELLS // rows))
        points = vectors[[number * rows // most for number in range(most)]]
        self._cosines = points @ vectors.T
        self._covered = np.zeros(most, np.float32)
        if given is not None:
            self._covered = np.maximum(self._covered, (points @ given.T).max(axis=1))
        self._gains = np.zeros(rows)
        nothing = np.full(most, np.inf, np.float32)
        self._add(np.arange(most), nothing, self._covered)
        # Less than the last decimal that counts: it decides between equals only.
        self._ties = scores / max(scores.max(initial=0.0), 1.0) * 10.0 ** -(EXACT + 1)

    def _add(self, points: NDArray[np.intp], before: NDArray[np.float32], after: NDArray[np.float32]) -> None:
        """Put what rows would add to some points with the new cover in place of what they would have with the old."""
        import numpy as np

        for start in range(0, len(points), SLICE):
            some = points[start : start + SLICE]
            new = np.maximum(self._cosines[some] - after[some, None], 0)
            new -= np.maximum(self._cosines[some] - before[some, None], 0)
            self._gains += new.sum(axis=0, dtype=np.float64)

    def best(self, able: NDArray[np.bool_]) -> int:
        """Return the row that adds most, of those that are able; of equals the best one, then the first."""
        import numpy as np

        numbers = np.flatnonzero(able)
        return int(numbers[(self._gains[numbers].round(EXACT) + self._ties[numbers]).argmax()])

    def take(self, number: int) -> None:
        """Count a row as chosen."""
        import numpy as np

        before = self._covered
        self._covered = np.maximum(before, self._cosines[:, number])
        self._add(np.flatnonzero(self._covered > before), before, self._covered)
