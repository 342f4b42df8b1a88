"""Growing subsets of the training rows: each smaller one is the head of each larger one, and cells stay level.

With them the amount of data can be varied and nothing else: what a model gains from more rows then shows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from synthgen.errors import InputError
from synthgen.types import digest


@dataclass(frozen=True)
class Place:
    """What decides where a row stands: its id, the cell that balance counts, and how hard it is."""

    id: str
    cell: tuple[str, ...] = ()
    level: int = 1


def dealt(rows: Sequence[Place], order: str = "random", seed: int = 0) -> list[int]:
    """Return the positions of all rows in the order in which they are taken.

    The cells give one row each in turn, as long as they have some: in the head of any length they differ by one at
    most. A row's place hangs on its own id alone, not on where it stood.

    Args:
        rows: the training rows.
        order: `random`, or `difficulty` (each cell gives its easiest rows first).
        seed: draws another order.
    """
    cells: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        cells[row.cell].append(at)

    def place(at: int) -> tuple[int, str, int]:
        return (rows[at].level if order == "difficulty" else 0, digest([seed, rows[at].id]), at)

    turns = [sorted(cells[cell], key=place) for cell in sorted(cells, key=lambda cell: (digest([seed, *cell]), cell))]
    return [at for turn in zip_longest(*turns) for at in turn if at is not None]


def hold(sizes: Sequence[int], rows: int) -> list[int]:
    """Return the sizes, each once, the smallest first.

    Raises:
        InputError: a size is not below the number of training rows.
    """
    found = sorted(set(sizes))
    if found and not 0 < found[0] <= found[-1] < rows:
        wrong = found[0] if found[0] < 1 else found[-1]
        raise InputError(
            what=f"a subset of {wrong} cannot be taken of {rows} training rows",
            where="subsets",
            fix=f"give sizes from 1 to {rows - 1}",
        )
    return found
