"""Tables: rows that a step's function or a schema looks up, such as a catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from synthgen import seeds
from synthgen.resources import places
from synthgen.text import normalise
from synthgen.types import Row, digest


@dataclass(frozen=True)
class Tables:
    """The tables of a recipe.

    Args:
        held: each table's rows by the table's name.
    """

    held: Mapping[str, Sequence[Row]]

    @property
    def digest(self) -> str:
        """The digest of every row."""
        return digest({name: list(rows) for name, rows in self.held.items()})

    def rows(self) -> list[Row]:
        """Return the rows that have a name: those with a column `value`."""
        return [row for rows in self.held.values() for row in rows if row.get("value")]

    def table(self, name: str) -> Sequence[Row]:
        """Return a table's rows.

        Raises:
            ValueError: the recipe names no such table.
        """
        if name not in self.held:
            message = f"there is no table '{name}' under resources.tables"
            raise ValueError(message)
        return self.held[name]

    def look_up(self, name: str, column: str, value: str) -> Row | None:
        """Return the first row of a table whose column has a value, or None.

        Case, spaces and marks do not count; nothing is guessed beyond that.

        Args:
            name: the table.
            column: where to look.
            value: what to look for.
        """
        wanted = normalise(value)
        return next((row for row in self.table(name) if wanted and normalise(str(row.get(column, ""))) == wanted), None)


def load(wanted: Mapping[str, str], folders: Sequence[Path]) -> Tables:
    """Read tables.

    Args:
        wanted: each table's file by the table's name.
        folders: where they may lie; the first is the recipe's own.

    Raises:
        SynthgenError: a file is missing, leads out of the recipe's folder, or is no table.
    """
    held = {}
    for name, file in wanted.items():
        path = places.find(file, folders, f"resources.tables.{name}")
        held[name] = [row for _, row in seeds.read(path.name, path.parent)]
    return Tables(held)
