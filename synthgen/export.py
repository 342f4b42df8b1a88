"""Kept rows to files that a trainer reads: chat messages as JSONL and as Parquet, a file a split."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthgen import schema
from synthgen.errors import InputError
from synthgen.split import NAMES
from synthgen.store.run import Run, replacing
from synthgen.types import Record

if TYPE_CHECKING:
    import polars as pl

FORMATS = ("messages", "parquet")


def splits(run: Run) -> dict[str, pl.DataFrame]:
    """Return the dataset of a run, a table a split: kept rows, and the real test set where there is one.

    Raises:
        InputError: nothing was kept.
    """
    import polars as pl

    kept = run.read("kept")
    known = schema.load(run.schema).model_fields if run.schema.is_file() else {}
    tables = [kept.drop([name for name in ("cluster", "level") if name not in known], strict=False)]
    if run.table("test").is_file():
        tables.append(run.read("test"))
    whole = pl.concat(tables, how="diagonal") if tables[0].width > 2 else tables[-1]
    found = {name: whole.filter(pl.col("split") == name).drop("split") for name in NAMES}
    found = {name: table for name, table in found.items() if table.height}
    if not found or run.read("kept").is_empty():
        raise InputError(
            what="no row was kept, so there is nothing to export",
            where=str(run.table("kept")),
            fix="run `synthgen why` on a rejected row, change the recipe, and generate again",
        )
    return found


def kind(run: Run) -> type[Record]:
    """Return the schema of a run's task.

    Raises:
        InputError: the folder holds no run with a recipe.
    """
    if not run.schema.is_file():
        raise InputError(
            what="this folder holds no run",
            where=str(run.folder),
            fix="name the folder that `synthgen run` made",
        )
    return schema.load(run.schema)


def export(run: Run, formats: tuple[str, ...] = FORMATS) -> list[Path]:
    """Write the run's dataset in each format, and return the files.

    Args:
        run: the run.
        formats: `messages` = one JSON object a line, `{"messages": [...]}`, with `tools` where there are some;
            `parquet` = the schema's fields.

    Raises:
        InputError: a format that does not exist, or nothing was kept.
    """
    if unknown := sorted(set(formats) - set(FORMATS)):
        raise InputError(
            what=f"there is no format '{unknown[0]}'", where="--format", fix="formats are " + ", ".join(FORMATS)
        )
    tables, record = splits(run), kind(run)
    written = []
    for form in formats:
        folder = run.export / form
        if folder.is_dir():
            shutil.rmtree(folder)
        for name, table in tables.items():
            path = folder / f"{name}.{'jsonl' if form == 'messages' else 'parquet'}"
            with replacing(path) as part:
                if form == "messages":
                    part.write_text("".join(_lines(table, record)), encoding="utf-8")
                else:
                    write_parquet(table, part)
            written.append(path)
    return written


def _lines(table: pl.DataFrame, record: type[Record]) -> Iterator[str]:
    for row in table.iter_rows(named=True):
        one = _record(row, record)
        tools = one.tools()
        said = {"messages": one.messages()} | ({"tools": tools} if tools else {})
        yield json.dumps(said, ensure_ascii=False) + "\n"


def conversation(row: dict[str, Any], record: type[Record]) -> list[Any]:
    """Return one row of a table as the conversation that a trainer sees."""
    return list(_record(row, record).messages())


def _record(row: dict[str, Any], record: type[Record]) -> Record:
    return record.model_validate({name: row[name] for name in record.model_fields if row.get(name) is not None})


def write_parquet(table: pl.DataFrame, path: Path) -> None:
    """Write a table as every version of `datasets` reads it: plain string columns, row groups of 10,000 at most."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrow = table.to_arrow()
    plain = [
        pa.field(field.name, pa.string() if field.type in {pa.large_string(), pa.string_view()} else field.type)
        for field in arrow.schema
    ]
    pq.write_table(arrow.cast(pa.schema(plain)), path, row_group_size=10_000)
