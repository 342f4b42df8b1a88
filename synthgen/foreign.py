"""Somebody else's dataset: which task its columns fit, and its rows as candidates, one by one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from synthgen import columns, schema, seeds
from synthgen.checks.safety import Mask
from synthgen.errors import InputError
from synthgen.job import Job
from synthgen.types import Candidate, Draft, Fault, Row

_write = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode
"""`types.canonical`, without making an encoder for each row."""


@dataclass(frozen=True)
class Source:
    """A dataset and how it is read.

    Args:
        file: the task's schema.
        reading: which column gives which field.
        rows: every row with its place.
        said: what a person should know of the guess.
    """

    file: Path
    reading: columns.Reading
    rows: Iterator[tuple[str, Row]]
    said: Sequence[str] = ()


def recognise(source: str, task: str, job: Job | None) -> Source:
    """Return a dataset, and how its columns are read.

    Args:
        source: a file, a folder of `datasets`, `hf://owner/dataset`, or `-`.
        task: whose schema the rows must fit; "" = the recipe's, or the shipped one that the columns fit.
        job: the recipe made ready, or None.

    Raises:
        InputError: the source cannot be read, or its columns fit no task.
    """
    file = job.schema if job else schema.find(task, Path()) if task else None
    kind = job.kind if job else schema.load(file) if file else None
    first, rows = columns.peek(seeds.read(source, Path()))
    if not first:
        raise InputError(what="there are no rows", where=source, fix=f"name a {seeds.KINDS} file with rows")
    if kind and file:
        return Source(file, columns.hold(kind, first, source), rows)
    task, reading = columns.guess(first, source)
    said = f"nobody said what the rows are; their columns fit the task {task}"
    return Source(schema.find(task, Path()), reading, rows, [said])


Read = tuple[Candidate, str]
"""A candidate, and its row as the tables show it."""


def candidates(found: Source, context: Mapping[str, Any], mask: Mask) -> Iterator[Read]:
    """Give each row as a candidate without a prompt, and as the tables show it.

    Args:
        found: the dataset.
        context: what rows are held against when they are validated.
        mask: masks a row before any check sees it.
    """
    reading = found.reading
    for number, (where, row) in enumerate(found.rows):
        masked: tuple[str, ...] = ()
        fields = reading(row)
        if not isinstance(fields, Fault):
            fields, masked = mask(fields)
        record = fields if isinstance(fields, Fault) else schema.admit(reading.kind, fields, context)
        # A row whose conversation cannot be read is shown as it came.
        shown = {key: row.get(key) for key in reading.turns} if isinstance(fields, Fault) else fields
        plain = columns.storable(shown)
        said = row.get("split")
        split = columns.storable(str(said)) if said else "train"
        text = _write(plain)
        # The digest of [where, plain], whose second half is written already.
        name = sha256(f"[{_write(where)},{text}]".encode()).hexdigest()[:12]
        draft = Draft(number, {"split": split}, number, [])
        if isinstance(record, Fault):
            yield Candidate(name, draft, [], plain, None, record, masked), text
        else:
            yield Candidate(name, draft, [], plain, record, masked=masked), text
