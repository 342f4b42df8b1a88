"""Tables of rows in: JSONL, CSV, Parquet, standard input, a folder of `datasets`, a dataset on the Hub."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO

from synthgen import columns, schema
from synthgen.errors import SeedError
from synthgen.types import Fault, Record, Row, Seed, digest

KINDS = ".jsonl, .csv or .parquet"
BATCH = 1_000
"""Rows that are taken from a table of columns at a time."""


def read(source: str, root: Path) -> Iterator[tuple[str, Row]]:
    """Give each row of a table with its place (`file:line`, or `source row N`); no table is in memory whole.

    Args:
        source: a path relative to `root`, `-` for JSONL on standard input, or `hf://owner/dataset`.
        root: the folder that relative paths start from.

    Raises:
        SeedError: the table cannot be read; a broken line is named.
    """
    if source == "-":
        yield from _json_lines(sys.stdin.buffer, "standard input")
        return
    if source.startswith("hf://"):
        yield from _from_hub(source)
        return
    path = root / source
    if not path.exists():
        raise SeedError(what="there is no such file", where=str(path), fix=f"name a {KINDS} file, or `-`")
    if path.is_dir():
        yield from _from_folder(path)
        return
    reader = {".jsonl": _jsonl, ".csv": _csv, ".parquet": _parquet}.get(path.suffix)
    if reader is None:
        raise SeedError(what=f"'{path.suffix}' files are not read", where=str(path), fix=f"save it as {KINDS}")
    yield from reader(path)


def load(source: str, root: Path, kind: type[Record], context: Mapping[str, Any]) -> list[Seed]:
    """Read seeds and hold each against the task's schema.

    Args:
        source: as for `read`.
        root: the folder that relative paths start from.
        kind: the task's schema.
        context: what rows are held against, as `schema.admit` takes it.

    Raises:
        SeedError: there are none, or one does not fit; file, line and field are named.
    """
    found: dict[str, Seed] = {}
    first, rows = columns.peek(read(source, root))
    reading = columns.recognise(kind, first) or columns.Reading(kind, "", {name: name for name in kind.model_fields})
    for where, row in rows:
        fields = _fields(reading, row, where)
        record = fields if isinstance(fields, Fault) else schema.admit(kind, fields, {**context, "seed": True})
        if isinstance(record, Fault):
            raise SeedError(what=record.evidence, where=where, fix="mend that row, or the recipe's list of values")
        name = digest(record.model_dump(), 12)
        found.setdefault(name, Seed(name, record, where))
    if not found:
        raise SeedError(what="there are no seeds", where=source, fix="give at least ten; thirty are better")
    return list(found.values())


def _fields(reading: columns.Reading, row: Row, where: str) -> Row | Fault:
    """Return the fields that a row has. Other columns are no trouble, unless one is a field's name misspelt."""
    absent = [name for name in reading.kind.model_fields if reading.fields.get(name, name) not in row]
    absent = [] if reading.turns else absent
    for name in sorted(row.keys() - reading.columns()):
        if near := get_close_matches(str(name), absent, 1, 0.75):
            raise SeedError(
                what=f"the column '{name}' is none of the task's fields",
                where=where,
                fix=f"did you mean '{near[0]}'?",
            )
    return reading(row)


def _jsonl(path: Path) -> Iterator[tuple[str, Row]]:
    with _opened(path) as file:
        yield from _json_lines(file, str(path))


def _json_lines(lines: Iterable[bytes], name: str) -> Iterator[tuple[str, Row]]:
    # A file of bytes ends its lines at \n alone: U+2028 and U+0085, which stand inside strings, end none.
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{name}:{number}"
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise SeedError(what=f"this line is not JSON ({error})", where=where, fix="mend or delete it") from error
        if not isinstance(row, dict):
            raise SeedError(what="this line is not an object", where=where, fix='write {"field": "value", …}')
        yield where, row


def _csv(path: Path) -> Iterator[tuple[str, Row]]:
    import csv
    import io

    with _opened(path) as file:
        reader = csv.DictReader(io.TextIOWrapper(file, "utf-8-sig", newline=""), strict=True)
        try:
            for row in reader:
                if None in row or None in row.values():
                    raise SeedError(
                        what=f"this line does not have {len(reader.fieldnames or [])} columns as the first one has",
                        where=f"{path}:{reader.line_num}",
                        fix="quote values that hold commas",
                    )
                yield f"{path}:{reader.line_num}", {key: value for key, value in row.items() if value != ""}
        except csv.Error as error:
            raise SeedError(
                what=f"this is not CSV ({error})", where=f"{path}:{reader.reader.line_num}", fix="mend it"
            ) from error
        except UnicodeDecodeError as error:
            raise SeedError(what="this is not UTF-8 text", where=str(path), fix="save it as UTF-8") from error


def _parquet(path: Path) -> Iterator[tuple[str, Row]]:
    import polars as pl
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    number = count(1)
    try:
        with _opened(path) as data, ParquetFile(data) as file:
            classes = _classes(path)
            for batch in file.iter_batches(BATCH):
                for row in pl.DataFrame(batch).iter_rows(named=True):
                    yield f"{path} row {next(number)}", _named(row, classes)
    except (pa.ArrowException, pl.exceptions.PolarsError, OSError) as error:
        said = str(error).split("\n", 1)[0]
        raise SeedError(what=f"this is not Parquet ({said})", where=str(path), fix="write it anew") from error


def _classes(path: Path) -> dict[str, list[str]]:
    """Return the names of each column of classes that `datasets` wrote down in a Parquet file."""
    import polars as pl

    try:
        features = json.loads(pl.read_parquet_metadata(path)["huggingface"])["info"]["features"]
        found = {name: one.get("names") for name, one in features.items() if one.get("_type") == "ClassLabel"}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {name: [str(one) for one in names] for name, names in found.items() if isinstance(names, list)}


def _named(row: Row, classes: dict[str, list[str]]) -> Row:
    """Return a row with the names of its classes in the place of their numbers; -1 stands for none."""
    for name, names in classes.items():
        number = row.get(name)
        if isinstance(number, int) and number < len(names):
            row[name] = names[number] if number >= 0 else None
    return row


def _from_folder(path: Path) -> Iterator[tuple[str, Row]]:
    import datasets

    try:
        loaded = datasets.load_from_disk(str(path))
    except (FileNotFoundError, ValueError) as error:
        raise SeedError(
            what="this folder was not written by `Dataset.save_to_disk`",
            where=str(path),
            fix=f"name a {KINDS} file",
        ) from error
    yield from _tables(loaded, str(path))


def _from_hub(source: str) -> Iterator[tuple[str, Row]]:
    import datasets
    import huggingface_hub.errors as hub
    from httpx2 import HTTPError

    name = source.removeprefix("hf://").removeprefix("datasets/")
    try:
        loaded = datasets.load_dataset(name)
    except (
        datasets.exceptions.DatasetNotFoundError,
        datasets.exceptions.DatasetGenerationError,
        hub.HfHubHTTPError,
        hub.OfflineModeIsEnabled,
        HTTPError,
        ConnectionError,
        FileNotFoundError,
        ValueError,
    ) as error:
        said = str(error).split("\n", 1)[0]
        raise SeedError(
            what=f"the dataset cannot be loaded ({said})",
            where=source,
            fix="check the name, HF_TOKEN and HF_ENDPOINT",
        ) from error
    yield from _tables(loaded, source)


def _tables(loaded: Any, name: str) -> Iterator[tuple[str, Row]]:  # noqa: ANN401 - a Dataset or a DatasetDict
    parts = loaded if isinstance(loaded, dict) else {"": loaded}
    for split, table in parts.items():
        classes = {key: list(one.names) for key, one in table.features.items() if type(one).__name__ == "ClassLabel"}
        names, place = table.column_names, f"{name} {split}".rstrip()
        rows = (row for part in table.iter(BATCH) for row in zip(*(part[key] for key in names), strict=True))
        for number, row in enumerate(rows, 1):
            yield f"{place} row {number}", _named(dict(zip(names, row, strict=True)), classes)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise SeedError(
            what=f"it cannot be read ({error.strerror})", where=str(path), fix="check its permissions"
        ) from error
