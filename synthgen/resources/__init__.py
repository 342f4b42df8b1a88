"""What rows are drawn from and held against, beside seeds: opened from the files that a recipe names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

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


@runtime_checkable
class Sourced(Resource, Protocol):
    """A resource whose rows come from sources, such as files, that are dealt to splits before anything is asked."""

    def sources(self) -> list[str]:
        """Return the sources' names, in order."""
        ...

    def dealt(self, splits: Mapping[str, str]) -> Resource:
        """Return the same with each source in its split: its rows then say `split`."""
        ...


def load(wanted: recipe.Resources, folders: Sequence[Path]) -> dict[str, Resource]:
    """Open the resources that a recipe names.

    Args:
        wanted: the recipe's `resources`.
        folders: where their files may lie; the first is the recipe's own.

    Raises:
        SynthgenError: a file is missing or broken.
    """
    from synthgen.resources import database, documents, places, shape, tables, tools

    found: dict[str, Resource] = {}
    if wanted.documents:
        found["documents"] = documents.load(wanted.documents, folders)
    if wanted.tables:
        found["tables"] = tables.load(wanted.tables, folders)
    if wanted.tools:
        found["tools"] = tools.load(wanted.tools, folders)
    if wanted.shape:
        found["shape"] = shape.load(wanted.shape, folders)
    if wanted.database:
        found["database"] = database.Database(places.beside(wanted.database.file, folders))
    return found
