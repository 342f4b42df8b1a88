"""What rows are drawn from and held against, beside seeds: opened from the files that a recipe names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from synthgen import recipe
from synthgen.types import Row


class Resource(Protocol):
    """One of them, made ready."""

    @property
    def digest(self) -> str:
        """The digest of all that decides what rows come of it."""
        ...

    def rows(self) -> list[Row]:
        """Return the parts that a recipe can vary, each with its name as `value`, and what describes it."""
        ...


def load(wanted: recipe.Resources, folders: Sequence[Path]) -> dict[str, Resource]:
    """Open the resources that a recipe names.

    Args:
        wanted: the recipe's `resources`.
        folders: where their files may lie; the first is the recipe's own.

    Raises:
        SynthgenError: a file is missing or broken.
    """
    held: dict[str, Resource] = {}
    if wanted.database:
        from synthgen.resources.database import Database

        held["database"] = Database(beside(wanted.database.file, folders))
    return held


def beside(name: str, folders: Sequence[Path]) -> Path:
    """Return the file in the first folder that has it; where none has it, where it should be."""
    places = [folder / name for folder in folders]
    return next((place for place in places if place.is_file()), places[0])
