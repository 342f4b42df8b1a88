"""Kept rows to files that a trainer reads: a folder a format, a file a split."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthgen import formats, schema
from synthgen.errors import InputError
from synthgen.formats import Format
from synthgen.split import NAMES
from synthgen.store.run import Run, replacing
from synthgen.types import Record, Row

if TYPE_CHECKING:
    import polars as pl


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


Rows = dict[str, list[tuple[str, Record]]]
"""For each split its rows: id and record."""


def rows_of(tables: dict[str, pl.DataFrame], record: type[Record]) -> Rows:
    """Return the rows of tables as records of a schema, with their ids."""

    def made(row: dict[str, Any]) -> Record:
        return record.model_validate({name: row[name] for name in record.model_fields if row.get(name) is not None})

    return {
        name: [(str(row.get("id") or ""), made(row)) for row in table.iter_rows(named=True)]
        for name, table in tables.items()
    }


def unfit(form: Format, rows: Rows) -> list[tuple[str, str]]:
    """Return the ids of the rows that a format does not fit, each with the reason."""
    return [(name, said) for part in rows.values() for name, one in part if (said := form.fits(one))]


def fitting(rows: Rows) -> list[Format]:
    """Return what is written where nobody said a format: the table, and the first conversation that fits all rows."""
    likely = (one for one in map(formats.find, ("messages", "preference")) if not unfit(one, rows))
    return [*islice(likely, 1), formats.TABLE]


def export(run: Run, names: Sequence[str] = ()) -> list[Path]:
    """Write the run's dataset in each format, and return the files.

    Args:
        run: the run.
        names: the formats, as docs/formats.md lists them; none = the schema's table, and the conversations that fit.

    Raises:
        InputError: a format that does not exist or does not fit, or nothing was kept.
    """
    chosen = [formats.find(name) for name in dict.fromkeys(names)]
    tables = splits(run)
    rows = rows_of(tables, kind(run))
    for one in chosen:
        _hold(one, rows)
    written = []
    for one in chosen or fitting(rows):
        folder = run.export / one.name
        if folder.is_dir():
            shutil.rmtree(folder)
        for name, part in rows.items():
            path = folder / f"{name}.{one.suffix}"
            if one is formats.TABLE:
                with replacing(path) as place:
                    write_parquet(tables[name], place)
            else:
                write_lines(path, (one.row(row) for _, row in part))
            written.append(path)
    return written


def _hold(form: Format, rows: Rows) -> None:
    """Refuse a format that would lose rows."""
    lost = unfit(form, rows)
    if not lost:
        return
    count = sum(map(len, rows.values()))
    fit = [one.name for one in formats.FORMATS if not unfit(one, rows)]
    raise InputError(
        what=f"the format {form.name} does not fit {len(lost)} of {count} rows: {lost[0][1]}",
        where=f"row {lost[0][0]}",
        fix="formats that fit are " + ", ".join(fit),
    )


def write_lines(path: Path, rows: Iterable[Row]) -> None:
    """Write rows as JSON, one a line."""
    with replacing(path) as place, place.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


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
