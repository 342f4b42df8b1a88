"""The plan: what is asked for next, and with which examples, so that every cell ends with the rows that it must have.

A cell is one combination of the values that the recipe balances, in one split. What else varies is drawn anew for each
draft. Every draw comes from the recipe's seed, the cell and the draft's index in the cell, and from nothing else: a new
seed in one cell disturbs no other.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from math import comb
from typing import Any

from synthgen import split as splits
from synthgen.confusion import Confusion, Mixed
from synthgen.recipe import Recipe
from synthgen.text import normalise
from synthgen.types import Candidate, Draft, Label, Row, Seed

AVOID, OPENINGS = 4, 6
"""Kept texts, and over-used openings, that a prompt says not to repeat."""
OPENING_WORDS = 2
USED_OFTEN = 0.08
"""Share of a cell's kept rows from which an opening is over-used, if there are three of it."""
SMALL_CELLS = 2
"""Rows that each cell's bound on requests is raised by: luck evens out over many rows, and not over one."""
FEW_SETS = 128
"""Up to so many sets of examples a cell's sets are counted out; above, an unused one is found at once."""
FIRST_GUESS = (2.0, 2.0)
"""Kept and read rows that a cell is taken to have before it has any: a prior of 1, worth two rows."""


@dataclass
class Tally:
    """What a cell has had so far."""

    values: Row
    quota: int
    asked: int = 0
    read: int = 0
    kept: int = 0
    texts: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    openings: Counter[str] = field(default_factory=Counter)
    used: set[tuple[str, ...]] = field(default_factory=set)
    shown: Counter[str] = field(default_factory=Counter)
    rows: list[str] = field(default_factory=list)
    made: Counter[str] = field(default_factory=Counter)
    """How many rows were made, or are being made, of each of its rows."""

    @property
    def needs(self) -> int:
        """Return how many rows are missing."""
        return self.quota - self.kept


class Plan:
    """What is missing, and what to ask for next.

    Args:
        recipe: the recipe.
        axes: each axis's rows: the value under the axis's name, `weight`, and what else describes it.
        seeds: dealt to splits.
    """

    def __init__(self, recipe: Recipe, axes: dict[str, list[Row]], seeds: Sequence[Seed]) -> None:
        self._recipe, self._axes = recipe, axes
        self._balance = recipe.balance
        self._wordings = {seed.id: seed.record.wording() for seed in seeds}
        self._values = {seed.id: seed.record.model_dump() for seed in seeds}
        groups = _groups(axes, recipe.balance)
        parts = splits.generated(recipe.split)
        wanted = splits.quotas(recipe.rows, {key: weight for key, (weight, _) in groups.items()}, parts)
        self.wanted = wanted
        """Rows that each cell has in the end; its quota is more where the best are chosen."""
        self.cells = {
            (group, part): Tally({**values, "split": part}, recipe.pooled(wanted[group, part]))
            for part in parts
            for group, (_, values) in groups.items()
        }
        self._evolves = {key: self._source(tally.values) for key, tally in self.cells.items()}
        self._pools = {key: self._pool(tally.values, seeds) for key, tally in self.cells.items()}
        self._in_flight: Counter[tuple[str, str]] = Counter()
        self._kept, self._read = FIRST_GUESS
        self._fields = set(type(seeds[0].record).model_fields) if seeds else set()
        self._confusion = Confusion(list(type(seeds[0].record).marked(Label)) if seeds else [], axes, seeds)

    def key(self, values: Row) -> tuple[str, str]:
        """Return the name of the cell that a draft's values belong to."""
        return _name([str(values[axis]) for axis in self._balance]), str(values["split"])

    @property
    def kept(self) -> int:
        """Return how many rows are kept, in all cells."""
        return sum(tally.kept for tally in self.cells.values())

    @property
    def evolves(self) -> bool:
        """Return whether some rows are made of other rows."""
        return any(self._evolves.values())

    def missing(self) -> dict[tuple[str, str], int]:
        """Return the cells that are short, and by how many rows."""
        return {key: tally.needs for key, tally in self.cells.items() if tally.needs > 0}

    def _yield(self, tally: Tally) -> float:
        """Return how many rows a request of this cell is likely to bring, from what cells brought so far."""
        everywhere, worth = self._kept / self._read, FIRST_GUESS[1]
        own = (tally.kept + worth * everywhere) / (tally.read + worth)
        return max(0.02, own) * self._recipe.rows_per_request

    def _lack(self, key: tuple[str, str]) -> float:
        """Return the share of its quota that a cell lacks once what is in flight has come in; 0 = ask no more."""
        tally, source = self.cells[key], self._evolves[key]
        if source and not self.cells[source].rows:  # there is nothing yet that its rows could be made of
            return 0.0
        if tally.needs <= 0 or tally.asked >= self._recipe.attempts * (tally.quota + SMALL_CELLS):
            return 0.0
        expected = tally.needs - self._in_flight[key] * self._yield(tally)
        return expected / tally.quota if expected > 0.05 else 0.0

    def block(self, size: int, number: int) -> list[Draft]:
        """Return up to `size` drafts, the neediest cells first; none where nothing is to be asked for now.

        Args:
            size: most drafts.
            number: the place in the plan of the first one.
        """
        drafts: list[Draft] = []
        lacks = {key: self._lack(key) for key in self.cells}
        while len(drafts) < size:
            key = max(lacks, key=lacks.__getitem__)
            if lacks[key] <= 0:
                break
            draft = self._draft(key, number + len(drafts))
            self.take(draft)
            lacks[key] = self._lack(key)
            drafts.append(draft)
        return drafts

    def take(self, draft: Draft) -> None:
        """Count a draft as in flight."""
        key = self.key(draft.cell)
        tally = self.cells.get(key)
        if tally is None:  # a plan made for other values of the recipe's lists
            return
        self._in_flight[key] += 1
        tally.asked += 1
        if source := self._evolves[key]:
            self.cells[source].made[draft.parent] += 1
        shown = tuple(sorted(draft.examples))
        if shown in tally.used:  # every set was used: they come round again
            tally.used.clear()
        tally.used.add(shown)
        tally.shown.update(draft.examples)

    def read(
        self, draft: Draft, candidates: Sequence[Candidate], kept: Sequence[Candidate], mixed: Sequence[Mixed] = ()
    ) -> list[Candidate]:
        """Count a draft's rows; return the kept ones that the cell still had room for.

        Args:
            draft: what was asked for.
            candidates: what came of it.
            kept: those that every check kept.
            mixed: for those whose label was read as another, the two: later drafts of the label say what it is not.
        """
        key = self.key(draft.cell)
        tally = self.cells.get(key)
        if tally is None:
            return []
        self._in_flight[key] -= 1
        tally.read += len(candidates)
        self._read += len(candidates)
        self._confusion.read(draft.cell, len(candidates), mixed)
        taken = list(kept[: max(0, tally.needs)])
        for candidate in taken:
            tally.kept += 1
            tally.rows.append(candidate.id)
            self._kept += 1
            text = candidate.record.wording() if candidate.record else ""
            tally.texts.append((text, _long_words(text)))
            tally.openings[" ".join(text.lower().split()[:OPENING_WORDS])] += 1
        return taken

    def _draft(self, key: tuple[str, str], number: int) -> Draft:
        tally = self.cells[key]
        draw = random.Random(f"{self._recipe.seed}/{key}/{tally.asked}")  # noqa: S311 - reproducible on purpose
        cell = dict(tally.values)
        for name, rows in self._axes.items():
            fitting = [row for row in rows if all(row.get(field, cell[field]) == cell[field] for field in cell)]
            if "split" in fitting[0]:  # it comes from documents: each comes once before any comes twice
                row = self._in_turn(fitting, f"{key}/{name}", tally.asked)
            else:
                row = draw.choices(fitting, [float(row.get("weight", 1)) for row in fitting])[0]
            cell |= {field: value for field, value in row.items() if field == name or field in self._fields}
        examples = self._examples(key, cell, draw)
        unlike = self._confusion.unlike(cell)
        # Where no row is wanted at the boundary, nothing is drawn: such plans stay as they are.
        border = bool(unlike) and self._recipe.boundary > 0 and draw.random() < self._recipe.boundary
        return Draft(
            number,
            {field: str(value) for field, value in cell.items()},
            tally.asked,
            examples,
            _nearest(tally.texts, [self._wordings[name] for name in examples]),
            _over_used(tally),
            unlike,
            self._parent(key, draw),
            unlike[0] if border else "",
        )

    def _in_turn(self, rows: Sequence[Row], place: str, index: int) -> Row:
        """Return the row whose turn it is, in an order that is drawn anew for each round."""
        turn, at = divmod(index, len(rows))
        draw = random.Random(f"{self._recipe.seed}/{place}/{turn}")  # noqa: S311 - reproducible on purpose
        return draw.sample(rows, len(rows))[at]

    def _source(self, values: Row) -> tuple[str, str] | None:
        """Return the cell of whose rows those of a cell with these values are made, or None."""
        for axis in self._balance:
            row = next(one for one in self._axes[axis] if str(one[axis]) == str(values[axis]))
            if row.get("evolves"):
                return self.key(values | {axis: row["evolves"]})
        return None

    def _parent(self, key: tuple[str, str], draw: random.Random) -> str:
        """Choose the kept row that a row is made of: one of which fewest were made."""
        source = self._evolves[key]
        if source is None:
            return ""
        tally = self.cells[source]
        fewest = min(tally.made[name] for name in tally.rows)
        return draw.choice([name for name in tally.rows if tally.made[name] == fewest])

    def _pool(self, values: Row, seeds: Sequence[Seed]) -> tuple[list[str], list[str]]:
        """Return the seeds of a cell's split: its own, and the first one of each other cell."""
        own: list[str] = []
        firsts: dict[str, str] = {}
        for seed in seeds:
            if seed.split != values["split"]:
                continue
            given = {axis: self._values[seed.id].get(axis, values[axis]) for axis in self._balance}
            if all(given[axis] == values[axis] for axis in given):
                own.append(seed.id)
            else:
                firsts.setdefault(_name(list(given.values())), seed.id)
        return own, list(firsts.values())

    def _examples(self, key: tuple[str, str], cell: Row, draw: random.Random) -> list[str]:
        """Choose seeds of the cell's split: its own, least shown first, in a set not used before while there is one.

        Those that have most of the draft's values in common come last, where a model imitates most. Where the
        cell has too few, the first seeds of other cells fill up in front, one a cell.
        """
        count, tally = self._recipe.examples, self.cells[key]
        own, others = self._pools[key]
        fit = {name: _in_common(self._values[name], cell) for name in own}
        if len(own) >= count:
            return sorted(_fresh(own, count, [], tally, draw, fit), key=fit.__getitem__)
        filling = _fresh(others, min(count - len(own), len(others)), own, tally, draw, {})
        return filling + sorted(draw.sample(own, len(own)), key=fit.__getitem__)


def _in_common(seed: Row, cell: Row) -> int:
    """Return how many of the draft's values a seed has."""
    return sum(1 for name, value in cell.items() if seed.get(name) == value)


def _fresh(
    names: list[str], count: int, fixed: list[str], tally: Tally, draw: random.Random, fit: Mapping[str, int]
) -> list[str]:
    """Choose `count` names that with the fixed ones make a set the cell has not used while one is left.

    Of those, the names that fit best and were shown least.
    """
    total = comb(len(names), count)
    if total > FEW_SETS:
        order = {name: (-fit.get(name, 0), tally.shown[name], draw.random()) for name in names}
        ranked = sorted(names, key=order.__getitem__)
        fresh = (list(one) for one in combinations(ranked, count) if tuple(sorted([*fixed, *one])) not in tally.used)
        chosen = next(fresh, ranked[:count])
        draw.shuffle(chosen)
        return chosen
    sets: list[tuple[str, ...]] = list(combinations(names, count))
    unused = [one for one in sets if tuple(sorted([*fixed, *one])) not in tally.used]
    unused = unused or sets
    rank = {one: (-sum(fit.get(n, 0) for n in one), sum(tally.shown[n] for n in one), draw.random()) for one in unused}
    best = min(rank, key=rank.__getitem__)
    chosen = list(best)
    draw.shuffle(chosen)
    return chosen


def _groups(axes: dict[str, list[Row]], balance: Sequence[str]) -> dict[str, tuple[float, Row]]:
    """Return each combination of balanced values: its name, its weight, and the values."""
    lists: list[dict[str, float]] = []
    for name in balance:
        weights: dict[str, float] = {}
        for row in axes[name]:
            value = str(row[name])
            weights[value] = max(weights.get(value, 0.0), float(row.get("weight", 1)))
        lists.append(weights)
    found: dict[str, tuple[float, Row]] = {}
    for values in product(*lists):
        weight = 1.0
        for chosen, weights in zip(values, lists, strict=True):
            weight *= weights[chosen]
        found[_name(values)] = (weight, dict(zip(balance, values, strict=True)))
    return found


def _name(values: Sequence[Any]) -> str:
    return " / ".join(str(value) for value in values) or "all"


def _over_used(tally: Tally) -> list[str]:
    least = max(3, USED_OFTEN * tally.kept)
    return [opening for opening, times in tally.openings.most_common(OPENINGS) if times >= least]


def _long_words(text: str) -> frozenset[str]:
    return frozenset(word for word in normalise(text).split() if len(word) > 3)


def _nearest(texts: list[tuple[str, frozenset[str]]], examples: list[str]) -> list[str]:
    """Return the kept texts that share most words with the examples: what the model is likely to say again."""
    recent = texts[-64:]
    words = frozenset[str]().union(*(_long_words(text) for text in examples))
    shared = [(len(words & own), at) for at, (_, own) in enumerate(recent)]
    return [recent[at][0] for _, at in sorted(shared, key=lambda one: (-one[0], -one[1]))[:AVOID]]
