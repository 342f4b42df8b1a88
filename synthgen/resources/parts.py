"""What a drawn query is put together of: columns by their kind, the clauses so far, and their words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Column:
    """A column that a query can use: its `kind` is text, number, date or flag; `values` are frequent ones."""

    table: str
    name: str
    kind: str
    values: tuple[str, ...]
    repeats: bool
    """Whether each value stands in two rows or more on average."""


@dataclass
class Parts:
    """A query that is being put together, and its words."""

    tables: list[str]
    joins: str = ""
    where: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    idle: list[str] = field(default_factory=list)
    """Tables that were joined, and of which no column is used so far."""

    @property
    def filters(self) -> str:
        """Return the clause of conditions."""
        return f" WHERE {' AND '.join(self.where)}" if self.where else ""

    @property
    def words(self) -> str:
        """Return the conditions in words."""
        return f", where {' and '.join(self.said)}" if self.said else ""


def plain(name: str) -> str:
    """Return a name in words."""
    return " ".join(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ").lower().split())


def singular(name: str) -> str:
    """Return a table's name for one of its rows."""
    words = plain(name)
    if words.endswith("ies"):
        return f"{words[:-3]}y"
    return words[:-1] if words.endswith("s") and not words.endswith("ss") else words


def kind(column: Mapping[str, Any], keys: set[str]) -> str:
    """Return what a column is good for: key, text, number, date, flag or other."""
    said = column["type"]
    if column["name"] in keys:
        return "key"
    if re.match(r"(TINY|SMALL|BIG|HUGE|U)*INT|DECIMAL|DOUBLE|FLOAT|NUMERIC", said):
        return "number"
    return {"VARCHAR": "text", "DATE": "date", "TIMESTAMP": "date", "BOOLEAN": "flag"}.get(said, "other")
