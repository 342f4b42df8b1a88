"""Kept rows to files that a trainer reads: a folder a format, a file a split."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthgen import formats, schema, subsets
from synthgen.errors import InputError
from synthgen.formats import Format
from synthgen.split import NAMES
from synthgen.store.run import GROUP, Run, replacing, write_text
from synthgen.tokens import load
from synthgen.training import page
from synthgen.training.measure import Measured, measure
from synthgen.types import Record, Row

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa


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
    likely = (one for one in formats.DEFAULTS if not unfit(one, rows))
    return [*islice(likely, 1), formats.TABLE]


@dataclass(frozen=True)
class Wishes:
    """What an export has beside the rows: all that a recipe says under `training` and `subsets`.

    Args:
        model: the model that is trained, in whose tokens rows are counted.
        limit: most tokens of a row.
        sizes: how many rows each subset of the training rows has.
        order: which rows come first.
        strict: whether a size that the rows do not reach is refused; otherwise it is left out, and said.
    """

    model: str | None = None
    limit: int | None = None
    sizes: Sequence[int] = ()
    order: str = "random"
    strict: bool = True


def wished(run: Run) -> Wishes:
    """Return what the recipe of a run says; a run that fell short has no subsets larger than its rows."""
    recipe = (run.read_lock() or {}).get("recipe") or {}
    train, part = recipe.get("training") or {}, recipe.get("subsets") or {}
    sizes, order = part.get("sizes", ()), part.get("order", "random")
    return Wishes(train.get("model"), train.get("limit"), sizes, order, strict=False)


def export(
    run: Run,
    names: Sequence[str] = (),
    wishes: Wishes | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """Write the run's dataset in each format, with a job to run, and return the files.

    Args:
        run: the run.
        names: the formats, as docs/formats.md lists them; none = the schema's table, and the conversations that fit.
        wishes: None = as the run's recipe says.
        say: is told what a person should hear: rows that are too long, or that a chat template changes.

    Raises:
        InputError: a format that does not exist or does not fit, a subset that is too large, a model without a
            tokenizer, or nothing was kept.
    """
    chosen = [formats.find(name) for name in dict.fromkeys(names)]
    tables = splits(run)
    rows = rows_of(tables, kind(run))
    for one in chosen:
        _hold(one, rows)
    wishes = _within(wishes or wished(run), len(rows.get("train", [])), say)
    tokens, written = load(wishes.model), []
    parts = _parts(run, rows, wishes)
    found = {}
    if _talks(rows):
        found = {suffix: measure(_taken(rows, places), tokens, wishes.limit) for suffix, places in parts.items()}
    for one in chosen or fitting(rows):
        _clear(run, one)
        for suffix, places in parts.items():
            folder = run.export / f"{one.name}{suffix}"
            if one is formats.TABLE:
                written += [_table(tables[name][places[name]], folder / f"{name}.parquet") for name in rows]
            else:
                part = _taken(rows, places)
                written += [_lines(one, part[name], folder / f"{name}.jsonl") for name in rows]
            if suffix in found:
                written += _job(one, replace(found[suffix], folder=folder.name), folder)
        if one is formats.MESSAGES:
            written += _stages(run, rows)
    for said in (note for each in found.values() for note in each.notes()):
        say(said)
    return written


def _within(wishes: Wishes, count: int, say: Callable[[str], None]) -> Wishes:
    """Leave out the sizes that so many rows do not reach, and say so, unless they are to be refused."""
    if wishes.strict:
        return wishes
    for size in (one for one in wishes.sizes if one >= count):
        say(f"no subset of {size} rows: there are {count} to train on")
    return replace(wishes, sizes=[one for one in wishes.sizes if one < count])


def _stages(run: Run, rows: Rows) -> list[Path]:
    """Write the steps on the way to the answers, where rows have some: a folder a step, `messages-STEP`."""
    found = {name: [(one, record.stages()) for one, record in part] for name, part in rows.items()}
    steps = dict.fromkeys(step for part in found.values() for _, stages in part for step in stages)
    written = []
    for step in steps:
        for name, part in found.items():
            path = run.export / f"{formats.MESSAGES.name}-{step}" / f"{name}.jsonl"
            write_lines(path, ({"messages": stages[step]} for _, stages in part if step in stages))
            written.append(path)
    return written


def _taken(rows: Rows, places: dict[str, Sequence[int]]) -> Rows:
    return {name: [part[at] for at in places[name]] for name, part in rows.items()}


def _clear(run: Run, form: Format) -> None:
    """Remove what an earlier export wrote in this format, its subsets included: nothing old stands beside the new."""
    for old in run.export.glob(f"{form.name}*"):
        if re.fullmatch(rf"{form.name}(-\d+)?", old.name) or (form is formats.MESSAGES and old.is_dir()):
            shutil.rmtree(old)


def _job(form: Format, found: Measured, folder: Path) -> list[Path]:
    """Write the trainer's configuration and the page that tells of it."""
    made = page.files(form, found)
    for name, text in made.items():
        write_text(folder / name, text)
    return [folder / name for name in made]


def nested(run: Run, tables: Mapping[str, pl.DataFrame]) -> list[tuple[str, pl.DataFrame]]:
    """Return the subsets of the training rows that the recipe wants, each with what its name ends in: `-100`."""
    wishes = _within(wished(run), tables["train"].height if "train" in tables else 0, lambda _: None)
    if not wishes.sizes:
        return []
    rows = rows_of({"train": tables["train"]}, kind(run))
    return [
        (suffix, tables["train"][places["train"]]) for suffix, places in _parts(run, rows, wishes).items() if suffix
    ]


def _parts(run: Run, rows: Rows, wishes: Wishes) -> dict[str, dict[str, Sequence[int]]]:
    """Return the dataset and its subsets, each as the places of its rows; a subset is tested on the same rows."""
    whole: dict[str, Sequence[int]] = {name: range(len(part)) for name, part in rows.items()}
    train = rows.get("train", [])
    sizes = subsets.hold(wishes.sizes, len(train))
    if not sizes:
        return {"": whole}
    kept = run.read("kept")
    levels = dict(kept.select("id", "level").iter_rows()) if "level" in kept.columns else {}
    places = [
        subsets.Place(name, tuple(one.cell().values()), int(levels.get(name) or one.level())) for name, one in train
    ]
    order = subsets.dealt(places, wishes.order)
    return {"": whole} | {f"-{size}": whole | {"train": order[:size]} for size in sizes}


def _talks(rows: Rows) -> bool:
    """Say whether the schema makes conversations of its rows."""
    _, first = next(one for part in rows.values() for one in part)
    return type(first).messages is not Record.messages


def _table(table: pl.DataFrame, path: Path) -> Path:
    with replacing(path) as place:
        write_parquet(table, place)
    return path


def _lines(form: Format, rows: Sequence[tuple[str, Record]], path: Path) -> Path:
    write_lines(path, (form.row(row) for _, row in rows))
    return path


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
    """Write a table as every version of `datasets` reads it: plain strings and lists, row groups of 10,000 at most."""
    import polars as pl
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrow = table.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    schema = pa.schema([pa.field(one.name, _plain(one.type)) for one in arrow.schema])
    pq.write_table(arrow.cast(schema), path, row_group_size=GROUP)


def _plain(kind: pa.DataType) -> pa.DataType:
    """Return an Arrow type without the large forms of strings and lists."""
    import pyarrow as pa

    if pa.types.is_large_string(kind):
        return pa.string()
    if pa.types.is_large_list(kind) or pa.types.is_list(kind):
        return pa.list_(_plain(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(one.name, _plain(one.type)) for one in kind])
    return kind
