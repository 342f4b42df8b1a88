"""Tables of rows in: JSONL, CSV, Parquet, standard input, a folder of `datasets`, a dataset on the Hub."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import count
from math import isfinite
from pathlib import Path
from typing import Any

from synthgen import schema
from synthgen.errors import SeedError
from synthgen.types import Fault, Record, Row, Seed, digest

KINDS = ".jsonl, .csv or .parquet"


def read(source: str, root: Path) -> Iterator[tuple[str, Row]]:
    """Give each row of a table with its place (`file:line`, or `source row N`).

    Args:
        source: a path relative to `root`, `-` for JSONL on standard input, or `hf://owner/dataset`.
        root: the folder that relative paths start from.

    Raises:
        SeedError: the table cannot be read; a broken line is named.
    """
    if source == "-":
        yield from _json_lines(sys.stdin.buffer.read(), "standard input")
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


def load(source: str, root: Path, kind: type[Record], axes: dict[str, list[Row]]) -> list[Seed]:
    """Read seeds and hold each against the task's schema.

    Raises:
        SeedError: there are none, or one does not fit; file, line and field are named.
    """
    found: dict[str, Seed] = {}
    for where, row in read(source, root):
        record = schema.admit(kind, _fields(kind, row, where), axes)
        if isinstance(record, Fault):
            raise SeedError(what=record.evidence, where=where, fix="mend that row, or the recipe's list of values")
        name = digest(record.model_dump(), 12)
        found.setdefault(name, Seed(name, record, where))
    if not found:
        raise SeedError(what="there are no seeds", where=source, fix="give at least ten; thirty are better")
    return list(found.values())


def _given(value: object) -> bool:
    """Say whether there is a value: tables of numbers write NaN where there is none."""
    return value is not None and not (isinstance(value, float) and not isfinite(value))


def _fields(kind: type[Record], row: Row, where: str) -> Row:
    """Return the columns that the schema has. Others are no trouble, unless one is a field's name misspelt."""
    absent = [name for name in kind.model_fields if name not in row]
    for name in row.keys() - kind.model_fields.keys():
        if near := get_close_matches(str(name), absent, 1, 0.75):
            raise SeedError(
                what=f"the column '{name}' is none of the task's fields",
                where=where,
                fix=f"did you mean '{near[0]}'?",
            )
    return {name: value for name, value in row.items() if name in kind.model_fields and _given(value)}


def _jsonl(path: Path) -> Iterator[tuple[str, Row]]:
    return _json_lines(_bytes(path), str(path))


def _json_lines(data: bytes, name: str) -> Iterator[tuple[str, Row]]:
    # Split at \n alone: str.splitlines also splits at U+2028 and U+0085, which stand inside strings.
    for number, line in zip(count(1), data.split(b"\n"), strict=False):
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

    try:
        text = _bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SeedError(what="this is not UTF-8 text", where=str(path), fix="save it as UTF-8") from error
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
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


def _parquet(path: Path) -> Iterator[tuple[str, Row]]:
    import polars as pl

    try:
        table = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        said = str(error).split("\n", 1)[0]
        raise SeedError(what=f"this is not Parquet ({said})", where=str(path), fix="write it anew") from error
    for number, row in enumerate(table.iter_rows(named=True), 1):
        yield f"{path} row {number}", row


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
        for number, row in enumerate(table, 1):
            yield f"{name} {split} row {number}".replace("  ", " "), dict(row)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SeedError(
            what=f"it cannot be read ({error.strerror})", where=str(path), fix="check its permissions"
        ) from error
