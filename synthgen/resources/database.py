"""A database that rows are drawn from and held against: anybody's queries run in a sandbox, read-only, with limits."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import permutations
from pathlib import Path
from random import Random
from typing import Any, Literal

from synthgen.errors import RecipeError
from synthgen.resources.drawn import Drawn, Sketches
from synthgen.sandbox import Kept, Limits, Outcome
from synthgen.types import Row

ENGINE = Path(__file__).with_name("engine.py")
SECONDS = 1.0
"""What a query may take of the clock (SynSQL-2.5M has the same limit: Li et al. 2025, arXiv 2503.02240)."""
OPENING = 60.0
"""Seconds that opening may take: a file of statements is run, a SQLite file copied."""
MEBIBYTES = 3072
"""Address space of the process; DuckDB maps far more than it holds, and has a limit of its own on what it holds."""
ROWS = 1000
"""Rows that a query may give."""
FEW = 8
"""A column with so few values has them listed beside it: whoever writes a query has to know how they are spelt."""
SUFFIXES = (".sql", ".duckdb", ".sqlite")

Trouble = Literal["", "fails", "forbidden", "slow"]


@dataclass(frozen=True)
class Answer:
    """What came of a query.

    Args:
        trouble: empty where it ran; `fails` where it does not parse or run, `forbidden` for what is no single SELECT or
            reaches for files, `slow` for one that takes too long, too much memory, or gives too many rows.
        evidence: the engine's error, or the limit.
        columns: their names.
        rows: what it gave; numbers are floats of nine digits, so that 3 and 3.00 are one.
    """

    trouble: Trouble = ""
    evidence: str = ""
    columns: list[str] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Return whether there are no rows, or nothing but nulls in them."""
        return all(value is None for row in self.rows for value in row)

    def same(self, other: Answer) -> bool:
        """Return whether both have the same rows, in any order of rows and of columns."""
        if len(self.columns) != len(other.columns) or len(self.rows) != len(other.rows):
            return False
        own = Counter(map(repr, self.rows))
        places = range(len(self.columns))
        orders: Any = permutations(places) if len(places) <= 5 else [tuple(places)]
        return any(own == Counter(repr([row[at] for at in order]) for row in other.rows) for order in orders)


class Database:
    """A database, opened to be read.

    Args:
        path: a file of statements (`.sql`), or a DuckDB or SQLite file.

    Raises:
        RecipeError: it is missing, of another kind, broken, or empty.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        if path.suffix not in SUFFIXES:
            raise RecipeError(
                what="this is no database that can be opened", where=str(path), fix=f"name one of {', '.join(SUFFIXES)}"
            )
        if not path.is_file():
            raise RecipeError(what="there is no such database", where=str(path), fix="check resources.database.file")
        limits = Limits(seconds=SECONDS, mebibytes=MEBIBYTES, answer=8_000_000)
        self._process = Kept(ENGINE, limits, reads=[path], packages=["duckdb"])
        self._known: dict[str, Answer] = {}
        found = self._process.call("describe", {"file": str(path.resolve())}, OPENING)
        if found.trouble or not found.value["tables"]:
            said = found.evidence.partition("\n")[0] if found.trouble else "it has no tables"
            raise RecipeError(what=f"the database does not open ({said})", where=str(path), fix="mend the file")
        self._told: dict[str, Any] = found.value

    @cached_property
    def digest(self) -> str:
        """The digest of the file."""
        return hashlib.sha256(self._path.read_bytes()).hexdigest()[:16]

    def rows(self) -> list[Row]:
        """Return the tables, each with its columns."""
        return [
            {"value": one["name"], "description": ", ".join(column["name"] for column in one["columns"])}
            for one in self._told["tables"]
        ]

    @cached_property
    def schema(self) -> str:
        """The tables as statements that make them; columns with few values have these beside them."""
        return "\n".join(_statement(one, self._told["links"]) for one in self._told["tables"])

    def run(self, query: str) -> Answer:
        """Run somebody's query and return what came of it; the same query runs once."""
        if query not in self._known:
            arguments = {"file": str(self._path.resolve()), "query": query, "most": ROWS}
            self._known[query] = _answer(self._process.call("ask", arguments))
        return self._known[query]

    def sample(self, draw: Random, level: int = 1) -> Drawn:
        """Return a query that gives rows, of the shape that the level stands for, and how it reads in words.

        Args:
            draw: for every choice.
            level: 1 to 4: one table; a join, groups or three columns; two or three such things; more.

        Raises:
            ValueError: the tables have no such query.
        """
        return self._sketches.draw(draw, level)

    @cached_property
    def _sketches(self) -> Sketches:
        return Sketches(self._told["tables"], self._told["links"], self._told["words"], self.run)


def _answer(outcome: Outcome) -> Answer:
    if not outcome.trouble:
        return Answer(**outcome.value)
    kinds: Mapping[str, Trouble] = {"failed": "fails", "refused": "forbidden"}
    return Answer(kinds.get(outcome.trouble, "slow"), outcome.evidence)


def _statement(table: Mapping[str, Any], links: Sequence[Mapping[str, Any]]) -> str:
    lines = []
    for column in table["columns"]:
        key = " PRIMARY KEY" if table["keys"] == [column["name"]] else " NOT NULL" if column["needed"] else ""
        listed = _listed(column, table["rows"])
        lines.append((f"{column['name']} {column['type']}{key}", f" -- {listed}" if listed else ""))
    if len(table["keys"]) > 1:
        lines.append((f"PRIMARY KEY ({', '.join(table['keys'])})", ""))
    lines += [
        (f"FOREIGN KEY ({', '.join(one['columns'])}) REFERENCES {one['to']} ({', '.join(one['keys'])})", "")
        for one in links
        if one["table"] == table["name"]
    ]
    last = len(lines) - 1
    body = "\n".join(f"  {text}{',' if at < last else ''}{remark}" for at, (text, remark) in enumerate(lines))
    return f"CREATE TABLE {table['name']} (\n{body}\n);"


def _listed(column: Mapping[str, Any], rows: int) -> str:
    """Return the values of a column of text that has few of them, and each more than once."""
    values = [value for value, _ in column["values"]]
    if column["type"] != "VARCHAR" or not 1 < len(values) <= FEW or rows < 2 * len(values):
        return ""
    return ", ".join(f"'{' '.join(value.split())[:40]}'" for value in sorted(values))
