"""Which label is taken for which: counted from rows that were read; before there are any, what lies nearest.

A draft names up to two such labels, and the prompt tells the model what the row must not be. That spends the next
requests where the last ones failed. A class's nearest neighbours are what class-dependent prompts set it against (Yu et
al. 2023, AttrPrompt, drop attributes that fit a similar class as well).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from synthgen.embed import embed
from synthgen.types import Row, Seed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Mixed = tuple[str, str]
"""A row's own label and the one that it was read as; labels below the primary one are written with those above."""

MOST = 2
"""Labels that a draft is set against."""
OFTEN, SHARE = 3, 0.05
"""A label is often mistaken for another after so many times, if they are such a share of its rows."""


def name(values: Sequence[str]) -> str:
    """Return a label's name with the labels above it: what `Mixed` and drafts hold."""
    return " / ".join(values)


def labels(fields: Sequence[str], axes: Mapping[str, Sequence[Row]]) -> dict[str, Row]:
    """Return the rows of the axis that lists labels, by name; none where no axis does.

    Args:
        fields: the label fields of the task, the primary one first.
        axes: each axis's rows.
    """
    if not fields:
        return {}
    rows: Sequence[Row] = next((rows for rows in axes.values() if rows and fields[0] in rows[0]), ())
    return {name(_path(fields, row)): row for row in rows}


def _path(fields: Sequence[str], values: Mapping[str, object]) -> list[str]:
    return [str(values[field]) for field in fields if values.get(field) not in {None, ""}]


def most_mixed(counts: Mapping[Mixed, int]) -> list[tuple[str, str, int]]:
    """Return each label, one that it was read as, and how often; most often first."""
    return sorted(((own, read, rows) for (own, read), rows in counts.items()), key=lambda one: (-one[2], one))


class Confusion:
    """Counts mistakes, and says what a draft's label is to be set against.

    Args:
        fields: the label fields of the task, the primary one first.
        axes: each axis's rows.
        seeds: dealt to splits; those of test take no part.
    """

    def __init__(self, fields: Sequence[str], axes: Mapping[str, Sequence[Row]], seeds: Sequence[Seed]) -> None:
        self._fields = list(fields)
        self._rows = labels(fields, axes)
        self._names = list(self._rows)
        self._seeds = [seed for seed in seeds if seed.split != "test"]
        self._mixed: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._read: Counter[str] = Counter()

    def read(self, cell: Mapping[str, str], rows: int, mixed: Sequence[Mixed]) -> None:
        """Count the rows of a draft.

        Args:
            cell: the draft's values.
            rows: rows that were read.
            mixed: those whose label was read as another.
        """
        for above in self._above(cell):
            self._read[above] += rows
        for own, read in mixed:
            self._mixed[own][read] += 1

    def unlike(self, cell: Mapping[str, str]) -> list[str]:
        """Return up to two labels: what rows of this cell are often taken for, then what lies nearest to it.

        Of the nearest, those that are described, and only for a label that is described itself.
        """
        above = self._above(cell)
        if not above or above[-1] not in self._rows:
            return []
        own = self._names.index(above[-1])
        counts: Counter[str] = Counter()
        for one in above:
            least = max(OFTEN, SHARE * self._read[one])
            counts.update({read: times for read, times in self._mixed[one].items() if times >= least})
        found = dict.fromkeys(self._whole(own, read) for read in sorted(counts, key=lambda one: (-counts[one], one)))
        if self._rows[above[-1]].get("description"):
            found |= dict.fromkeys(
                self._names[at] for at in self._near[own] if self._rows[self._names[at]].get("description")
            )
        return [one for one in found if one and one != above[-1]][:MOST]

    def _above(self, cell: Mapping[str, str]) -> list[str]:
        """Return the names of a cell's labels, from the primary one down."""
        path = _path(self._fields, cell)
        return [name(path[: depth + 1]) for depth in range(len(path))]

    def _whole(self, own: int, read: str) -> str:
        """Return the listed label that a label is, or the nearest one below it; "" for one that is not listed."""
        if read in self._rows:
            return read
        return next((self._names[at] for at in self._near[own] if self._names[at].startswith(name([read, ""]))), "")

    @cached_property
    def _near(self) -> list[list[int]]:
        """Each listed label's others, the nearest first: by what descriptions and seeds say, or else the names."""
        import numpy as np

        said: list[list[str]] = []
        for one, row in self._rows.items():
            told = [str(row["description"])] if row.get("description") else []
            told += [seed.record.wording() for seed in self._seeds if one in self._above(_values(seed))]
            said.append(told or [one.replace("_", " ")])
        vectors = embed([text for texts in said for text in texts])
        ends = np.cumsum([len(texts) for texts in said])
        middle: NDArray[np.float32] = np.stack([part.mean(axis=0) for part in np.split(vectors, ends[:-1])])
        middle /= np.maximum(np.linalg.norm(middle, axis=1, keepdims=True), 1e-9)
        likeness = np.round(middle @ middle.T, 4)  # what differs by less is listed in the recipe's order
        return [
            [at for at in np.argsort(-row, kind="stable").tolist() if at != own] for own, row in enumerate(likeness)
        ]


def _values(seed: Seed) -> dict[str, str]:
    return {field: value for field, value in seed.record.cell().items() if value}
