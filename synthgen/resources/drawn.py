"""Draws queries over a database's own tables and values, so that each gives rows: the truth first, its question later.

Shapes follow the synthesis of SynSQL-2.5M (Li et al. 2025, arXiv 2503.02240): a level of complexity, the number of
columns from a geometric distribution with p = 0.6, values from the data, joins along foreign keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any, NamedTuple

from synthgen.resources.parts import Column, Parts, kind, plain, singular

ATTEMPTS = 60
"""Queries that are tried before the tables are said to have none of a level."""
MOST_ROWS = 60
"""Rows above which a query says too little to be asked for."""
GEOMETRIC = 0.6
OFTEN_WHERE, OFTEN_TOP, OFTEN_SECOND = 0.75, 0.35, 0.3


class Shape(NamedTuple):
    """What a query has: joins, groups, a bound on groups, a query inside, three columns or more."""

    joins: int = 0
    group: bool = False
    having: bool = False
    inner: bool = False
    wide: bool = False


LEVELS: dict[int, tuple[Shape, ...]] = {
    1: (Shape(),),
    2: (Shape(joins=1), Shape(group=True), Shape(wide=True)),
    3: (
        Shape(joins=1, group=True), Shape(joins=1, wide=True), Shape(inner=True), Shape(joins=2),
        Shape(group=True, having=True),
    ),
    4: (
        Shape(joins=2, group=True, having=True), Shape(joins=1, group=True, inner=True), Shape(joins=2, inner=True),
        Shape(joins=1, inner=True, wide=True), Shape(group=True, having=True, inner=True),
    ),
}  # fmt: skip
"""A join, groups, a bound on groups and three columns count 1 each, a query inside 2: 0, 1, 2 or 3, and 4 or more."""


@dataclass(frozen=True)
class Drawn:
    """A query, and how it reads in plain words."""

    query: str
    reading: str


class Sketches:
    """Queries over some tables.

    Args:
        tables: as the engine describes them.
        links: foreign keys.
        words: names that have to be quoted.
        run: runs a query.
    """

    def __init__(
        self,
        tables: Sequence[Mapping[str, Any]],
        links: Sequence[Mapping[str, Any]],
        words: Sequence[str],
        run: Callable[[str], Any],
    ) -> None:
        self._words, self._run = frozenset(words), run
        self._links = [one for one in links if one["to"] != one["table"]]
        self._columns: dict[str, list[Column]] = {}
        self._keys = {one["name"]: list(one["keys"]) for one in tables}
        for one in (one for one in tables if one["rows"]):
            keys = {*one["keys"], *(name for link in links if link["table"] == one["name"] for name in link["columns"])}
            self._columns[one["name"]] = [
                Column(one["name"], column["name"], is_a, values, one["rows"] >= 2 * len(values))
                for column in one["columns"]
                if (is_a := kind(column, keys)) not in {"key", "other"}
                and (values := tuple(value for value, _ in column["values"]))
            ]

    def draw(self, draw: Random, level: int) -> Drawn:
        """Return a query of a level that gives some rows.

        Raises:
            ValueError: none was found.
        """
        for _ in range(ATTEMPTS):
            shape = draw.choice(LEVELS[max(1, min(level, 4))])
            try:
                drawn = self._sketch(draw, shape)
            except LookupError:  # these tables have no such thing: another shape may fit them
                continue
            if drawn is None:
                continue
            answer = self._run(drawn.query)
            if not answer.trouble and not answer.empty and answer.rows != [[0.0]] and len(answer.rows) <= MOST_ROWS:
                return drawn
        message = f"the tables give no query of level {level}"
        raise ValueError(message)

    def _sketch(self, draw: Random, shape: Shape) -> Drawn | None:
        parts = self._from(draw, shape.joins)
        if shape.inner:
            self._inner(draw, parts)
        if shape.group:
            return self._grouped(draw, parts, having=shape.having, deep=shape.inner)
        listed = shape.wide or draw.random() < 0.6
        return self._list(draw, parts, wide=shape.wide) if listed else self._total(draw, parts)

    @cached_property
    def _paths(self) -> dict[int, list[list[Mapping[str, Any]]]]:
        """Chains of links from many rows to one, by length: no row is counted twice along them."""
        found: dict[int, list[list[Mapping[str, Any]]]] = {0: [], 1: [[one] for one in self._links], 2: []}
        for first in self._links:
            reached = {first["table"], first["to"]}
            for second in self._links:
                if second is not first and second["table"] in reached and second["to"] not in reached:
                    found[2].append([first, second])
        return found

    def _from(self, draw: Random, joins: int) -> Parts:
        if not joins:
            return Parts([draw.choice([name for name, columns in self._columns.items() if columns])])
        path = draw.choice(self._paths[joins])
        parts = Parts([path[0]["table"]])
        for link in path:
            pairs = zip(link["columns"], link["keys"], strict=True)
            on = " AND ".join(f"{self._at(link['table'], own)} = {self._at(link['to'], its)}" for own, its in pairs)
            parts.joins += f" JOIN {self._quoted(link['to'])} ON {on}"
            parts.tables.append(link["to"])
        # What lies between two tables is needed for the way alone.
        parts.idle = [link["to"] for link in path if link["to"] not in {one["table"] for one in path}]
        return parts

    def _quoted(self, name: str) -> str:
        if re.fullmatch(r"[a-z_][a-z0-9_]*", name) and name not in self._words:
            return name
        return '"' + name.replace('"', '""') + '"'

    def _at(self, table: str, name: str) -> str:
        return f"{self._quoted(table)}.{self._quoted(name)}"

    def _name(self, parts: Parts, column: Column) -> str:
        return self._at(column.table, column.name) if parts.joins else self._quoted(column.name)

    def _said(self, parts: Parts, column: Column) -> str:
        words, table = plain(column.name), singular(column.table)
        return words if column.table == parts.tables[0] or words.startswith(table) else f"{table} {words}"

    def _some(self, draw: Random, parts: Parts, kinds: set[str], tables: Sequence[str] = ()) -> Column:
        """Draw a column that the query does not use yet, of all its tables or of some.

        Raises:
            LookupError: there is none.
        """
        free = [
            one
            for table in tables or parts.tables
            for one in self._columns.get(table, ())
            if one.kind in kinds and f"{one.table}.{one.name}" not in parts.used
        ]
        found = draw.choice(free)
        parts.used.add(f"{found.table}.{found.name}")
        if found.table in parts.idle:
            parts.idle.remove(found.table)
        return found

    def _from_clause(self, parts: Parts) -> str:
        return f" FROM {self._quoted(parts.tables[0])}{parts.joins}"

    def _filter(self, draw: Random, parts: Parts, tables: Sequence[str] = ()) -> None:
        """Add a condition with a value out of the data."""
        column = self._some(draw, parts, {"text", "number", "date", "flag"}, tables)
        name, said = self._name(parts, column), self._said(parts, column)
        values = sorted(column.values, key=float) if column.kind == "number" else sorted(column.values)
        inner = values[1:-1] if column.kind in {"number", "date"} else values  # the ends let all or nothing through
        value = draw.choice(inner or values)
        if column.kind == "text":
            text = value.replace("'", "''")
            parts.where.append(f"{name} = '{text}'")
            parts.said.append(f"the {said} is '{value}'")
        elif column.kind == "flag":
            parts.where.append(name if value == "true" else f"NOT {name}")
            parts.said.append(f"{said} is {'yes' if value == 'true' else 'no'}")
        elif column.kind == "number":
            sign, words = draw.choice([(">", "more than"), ("<", "less than"), (">=", "at least"), ("<=", "at most")])
            number = f"{float(value):.10g}"
            parts.where.append(f"{name} {sign} {number}")
            parts.said.append(f"the {said} is {words} {number}")
        else:
            self._dated(draw, parts, (name, said), value[:10])

    def _dated(self, draw: Random, parts: Parts, column: tuple[str, str], day: str) -> None:
        name, said = column
        sign, words = draw.choice([("=", "in the year"), (">=", "on or after"), ("<", "before")])
        parts.where.append(f"year({name}) = {day[:4]}" if sign == "=" else f"{name} {sign} DATE '{day}'")
        parts.said.append(f"the {said} is {words} {day[:4] if sign == '=' else day}")

    def _inner(self, draw: Random, parts: Parts) -> None:
        """Add a condition that needs a query inside: above or below the average, or with or without rows elsewhere."""
        table = parts.tables[0]
        below = [one for one in self._links if one["to"] == table and len(one["columns"]) == 1]
        if below and draw.random() < 0.5:
            link, has = draw.choice(below), draw.random() < 0.4
            own, theirs = self._at(table, link["keys"][0]), self._quoted(link["columns"][0])
            parts.where.append(
                f"{own if parts.joins else self._quoted(link['keys'][0])} {'IN' if has else 'NOT IN'} "
                f"(SELECT {theirs} FROM {self._quoted(link['table'])} WHERE {theirs} IS NOT NULL)"
            )
            parts.said.append(f"the {singular(table)} has {'some' if has else 'no'} {plain(link['table'])}")
            return
        column = self._some(draw, parts, {"number"})
        sign, words = draw.choice([(">", "above"), ("<", "below")])
        inside = f"SELECT avg({self._quoted(column.name)}) FROM {self._quoted(column.table)}"
        parts.where.append(f"{self._name(parts, column)} {sign} ({inside})")
        parts.said.append(f"the {self._said(parts, column)} is {words} the average of all {plain(column.table)}")

    def _filters(self, draw: Random, parts: Parts) -> None:
        """Add the conditions; each table that was joined is there for one of them, or for a column."""
        for table in list(parts.idle):
            self._filter(draw, parts, [table])
        if not parts.where and draw.random() < OFTEN_WHERE:
            self._filter(draw, parts)
        if parts.where and draw.random() < OFTEN_SECOND:
            self._filter(draw, parts)

    def _list(self, draw: Random, parts: Parts, *, wide: bool) -> Drawn | None:
        count = 1
        while draw.random() > GEOMETRIC and count < 3:
            count += 1
        count = count + 2 if wide else min(count, 2)
        first = [parts.tables[0] if draw.random() < 0.5 else parts.tables[-1]]
        columns = [self._some(draw, parts, {"text", "number", "date"}, () if at else first) for at in range(count)]
        self._filters(draw, parts)
        names = ", ".join(self._name(parts, one) for one in columns)
        said = [self._said(parts, one) for one in columns]
        listed = f"{', '.join(said[:-1])} and {said[-1]}" if len(said) > 1 else said[0]
        query = f"SELECT {names}{self._from_clause(parts)}{parts.filters}"
        if draw.random() < OFTEN_TOP:
            order = self._some(draw, parts, {"number", "date"})
            query += " ORDER BY " + self._name(parts, order)
            ways = ("latest", "earliest") if order.kind == "date" else ("highest", "lowest")
            return self._top(draw, parts, query, f"the {listed}", (*ways, self._said(parts, order)))
        return Drawn(query, f"Show the {listed} of the {plain(parts.tables[0])}{parts.words}.")

    def _top(self, draw: Random, parts: Parts, query: str, listed: str, words: tuple[str, str, str]) -> Drawn | None:
        """Keep the first few of a query that says its order, where it is clear which these are: no tie at the end."""
        name = query.rpartition(" ORDER BY ")[2]
        high = draw.random() < 0.5
        most = draw.choice([1, 1, 2, 3, 5])
        ends = f" {'DESC' if high else 'ASC'} LIMIT "
        # The same rows by their order alone: everything between the columns and the order stays.
        met = self._run(f"SELECT {name}{query[query.index(' FROM ') :]}{ends}{most + 1}").rows
        if len(met) <= most or met[most - 1] == met[most] or met[0] == [None]:
            return None
        which = f"the {f'{most} ' if most > 1 else 'one '}with the {words[0] if high else words[1]} {words[2]}"
        return Drawn(
            f"{query}{ends}{most}", f"Show {listed} of the {plain(parts.tables[0])}{parts.words}, only {which}."
        )

    def _aggregate(self, draw: Random, parts: Parts) -> tuple[str, str]:
        if draw.random() < 0.4:
            return "count(*)", f"the number of {plain(parts.tables[0])}"
        column = self._some(draw, parts, {"number"}, parts.tables[:1])
        name, words = draw.choice([("avg", "average"), ("sum", "total"), ("max", "highest"), ("min", "lowest")])
        return f"{name}({self._name(parts, column)})", f"the {words} {self._said(parts, column)}"

    def _total(self, draw: Random, parts: Parts) -> Drawn:
        number, said = self._aggregate(draw, parts)
        self._filters(draw, parts)
        of = "" if said.startswith("the number") else f" of the {plain(parts.tables[0])}"
        query = f"SELECT {number}{self._from_clause(parts)}{parts.filters}"
        return Drawn(query, f"Find {said}{of}{parts.words}.")

    def _grouped(self, draw: Random, parts: Parts, *, having: bool, deep: bool) -> Drawn | None:
        by = self._some(draw, parts, {"text"}, parts.tables[-1:])
        if not parts.joins and not by.repeats:
            return None
        number, said = self._aggregate(draw, parts)
        for table in list(parts.idle):
            self._filter(draw, parts, [table])
        if not deep and not parts.where and draw.random() < 0.4:
            self._filter(draw, parts)
        name, words = self._name(parts, by), self._said(parts, by)
        query = f"SELECT {name}, {number}{self._from_clause(parts)}{parts.filters} GROUP BY {name}"
        told = f"For each {words} of the {plain(parts.tables[0])}{parts.words}, find {said}"
        if having:
            least = draw.randint(2, 6)
            bound = f" HAVING count(*) >= {least}"
            return Drawn(query + bound, f"{told}, only where there are at least {least} {plain(parts.tables[0])}.")
        if draw.random() < OFTEN_TOP:
            by_number = ("largest", "smallest", said.removeprefix("the "))
            return self._top(draw, parts, f"{query} ORDER BY {number}", f"the {words} and {said}", by_number)
        return Drawn(query, f"{told}.")
