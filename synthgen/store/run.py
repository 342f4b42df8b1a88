"""A run's folder: where each file lies, and how tables are written there, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from io import BufferedWriter, BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from synthgen.errors import InputError, StoreError

if TYPE_CHECKING:
    import polars as pl
    from pyarrow.parquet import ParquetWriter

GROUP = 10_000
"""Rows in a row group: what the Hub's viewer takes at most."""


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
    def safety(self) -> Path:
        """What `filter` was told of safety when it checked a dataset that somebody else made."""
        return self.folder / "safety.json"

    @property
    def generated(self) -> bool:
        """Return whether rows were generated here; `filter` may keep what it asked about a dataset in a ledger too."""
        return self.ledger.is_file() and (self.lock.is_file() or not self.safety.is_file())

    @property
    def figures(self) -> Path:
        """How varied the kept rows are, beside the seeds."""
        return self.folder / "diversity.json"

    @property
    def confusion(self) -> Path:
        """Which labels the check of labels read as which, and how often."""
        return self.folder / "confusion.json"

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

    @property
    def calibration(self) -> Path:
        """What the judge is worth, held against people's readings."""
        return self.folder / "calibrate.json"

    def table(self, name: str) -> Path:
        """Return the path of candidates, verdicts, kept, rejected or review."""
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
        table.write_parquet(data, row_group_size=GROUP)
        with replacing(self.table(name)) as path:
            path.write_bytes(data.getvalue())

    @contextmanager
    def growing(self, names: Sequence[str]) -> Iterator[dict[str, Growing]]:
        """Give tables that are written as they grow; all of them take their places at the end, or none.

        Raises:
            StoreError: the folder cannot be written, or the disk is full.
        """
        with ExitStack() as places:
            tables = {name: Growing(places.enter_context(replacing(self.table(name)))) for name in names}
            for table in tables.values():
                places.callback(table.abandon)
            yield tables
            for table in tables.values():
                table.close()

    @contextmanager
    def passing(self, name: str) -> Iterator[Growing]:
        """Give a table that holds rows on their way, and is gone at the end."""
        path = self.folder / f".{name}.parquet.part"
        table = Growing(path)
        try:
            yield table
        finally:
            table.abandon()
            path.unlink(missing_ok=True)

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


class Growing:
    """A table that is written as it grows, in row groups of one size: the bytes do not say how it grew.

    Args:
        path: the file, made when the first rows come; they also give the columns and their types.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: list[pl.DataFrame] = []
        self._rows = 0
        self._file: BufferedWriter | None = None
        self._writer: ParquetWriter | None = None

    def add(self, rows: pl.DataFrame) -> None:
        """Take rows in, and write them as soon as they fill a row group."""
        import polars as pl

        self._waiting.append(rows)
        self._rows += rows.height
        if self._rows < GROUP:
            return
        whole = pl.concat(self._waiting)
        while whole.height >= GROUP:
            self._write(whole.head(GROUP))
            whole = whole.slice(GROUP)
        self._waiting, self._rows = [whole], whole.height

    def _write(self, rows: pl.DataFrame) -> None:
        import polars as pl
        from pyarrow.parquet import ParquetWriter

        table = rows.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
        with writing(self._path):
            if self._file is None or self._writer is None:
                # A file of Python's: its errors are the disk's own, and what the disk takes in part is written on.
                self._file = self._path.open("wb")
                self._writer = ParquetWriter(self._file, table.schema, compression="zstd")
            self._writer.write_table(table, row_group_size=GROUP)

    def close(self) -> None:
        """Write what waits, and the table's end."""
        import polars as pl

        if self._waiting and (self._rows or self._writer is None):
            self._write(pl.concat(self._waiting))
        self._waiting, self._rows = [], 0
        if self._file is not None and self._writer is not None:
            with writing(self._path):
                self._writer.close()
                self._file.close()

    def abandon(self) -> None:
        """Let go of a table that was not closed; its file is no table then."""
        if self._file is None or self._file.closed:
            return
        if self._writer is not None:
            self._writer.is_open = False  # else it writes the table's end when Python forgets it
        # The disk may be full, and nobody reads what could not be written.
        with suppress(OSError):
            self._file.close()

    def again(self, *columns: str) -> Iterator[pl.DataFrame]:
        """End the table, and give its rows a row group at a time, if it ever had any."""
        import polars as pl
        from pyarrow.parquet import ParquetFile

        self.close()
        if self._writer is None:
            return
        with ParquetFile(self._path) as file:
            for number in range(file.num_row_groups):
                yield pl.DataFrame(file.read_row_group(number, columns=list(columns)))


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path to write to; it takes the place of `path` once it is whole.

    Raises:
        StoreError: the folder cannot be written, or the disk is full.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            yield part
            os.replace(part, path)  # noqa: PTH105 - atomic on one file system, and says so
    finally:
        if part.exists():
            part.unlink()


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Say in one message that a file cannot be written.

    Args:
        path: the file, or the hidden one (`.NAME.part`) that takes its place later.

    Raises:
        StoreError: the folder cannot be written, or the disk is full.
    """
    try:
        yield
    except OSError as error:
        raise StoreError(
            what=f"it cannot be written ({error.strerror or error}); what was there before still is",
            where=str(path.with_name(path.name.removeprefix(".").removesuffix(".part"))),
            fix="make room or choose another --out, then run the same command again",
        ) from error


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    with replacing(path) as part:
        part.write_text(text, encoding="utf-8")
