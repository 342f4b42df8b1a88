"""A run's folder: where each file lies, and how tables are written there, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from synthgen.errors import InputError, StoreError

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Run:
    """The folder `out/<run>/`. Every file but the ledger is a view that the same command makes again."""

    folder: Path

    @property
    def lock(self) -> Path:
        """What ran: the resolved recipe, digests and versions."""
        return self.folder / "recipe.lock.yaml"

    @property
    def schema(self) -> Path:
        """The task's schema, as it was: rows can be read for as long as the folder is kept."""
        return self.folder / "schema.py"

    @property
    def ledger(self) -> Path:
        """What cost something: replies."""
        return self.folder / "ledger.sqlite"

    @property
    def figures(self) -> Path:
        """How varied the kept rows are, beside the seeds."""
        return self.folder / "diversity.json"

    @property
    def hub(self) -> Path:
        """Exactly what a push uploads."""
        return self.folder / "hub"

    @property
    def export(self) -> Path:
        """Ready-to-train files, a folder a format."""
        return self.folder / "export"

    @property
    def selftest(self) -> Path:
        """What the checks caught of faults that were planted in the run's own rows."""
        return self.folder / "selftest.json"

    def table(self, name: str) -> Path:
        """Return the path of candidates, verdicts, kept or rejected."""
        return self.folder / f"{name}.parquet"

    def read(self, name: str) -> pl.DataFrame:
        """Read one of the run's tables.

        Raises:
            InputError: this is no run's folder, or the table was not made yet.
        """
        import polars as pl

        path = self.table(name)
        if not path.is_file():
            raise InputError(
                what=f"there is no table of {name}",
                where=str(path),
                fix="run `synthgen generate RECIPE` first",
            )
        try:
            return pl.read_parquet(path)
        except (pl.exceptions.PolarsError, OSError) as error:
            raise StoreError(
                what="the table is damaged", where=str(path), fix="delete it and run the same command again"
            ) from error

    def write(self, name: str, table: pl.DataFrame) -> None:
        """Write one of the run's tables."""
        # In two steps, because polars calls a full disk a broken file.
        data = BytesIO()
        table.write_parquet(data, row_group_size=10_000)
        with replacing(self.table(name)) as path:
            path.write_bytes(data.getvalue())

    def read_lock(self) -> dict[str, Any] | None:
        """Return what ran, or None where nothing did."""
        if not self.lock.is_file():
            return None
        try:
            return dict(yaml.safe_load(self.lock.read_text(encoding="utf-8")))
        except (yaml.YAMLError, OSError, TypeError, ValueError) as error:
            raise StoreError(
                what="the lock file is damaged",
                where=str(self.lock),
                fix="delete it and run the same command again",
            ) from error

    def changes(self) -> dict[str, Any]:
        """Return the model and the rows that the run was made with; a command line may have laid them over."""
        asked = (self.read_lock() or {}).get("recipe") or {}
        model = asked.get("model") or {}
        return {
            "rows": asked.get("rows"),
            "model.name": model.get("name"),
            "model.base_url": model.get("base_url"),
        }


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path to write to; it takes the place of `path` once it is whole.

    Raises:
        StoreError: the folder cannot be written, or the disk is full.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        os.replace(part, path)  # noqa: PTH105 - atomic on one file system, and says so
    except OSError as error:
        raise StoreError(
            what=f"it cannot be written ({error.strerror or error}); what was there before still is",
            where=str(path),
            fix="make room or choose another --out, then run the same command again",
        ) from error
    finally:
        if part.exists():
            part.unlink()


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    with replacing(path) as part:
        part.write_text(text, encoding="utf-8")
