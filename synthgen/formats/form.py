"""The shape of a format, and the one that is no conversation: the table of a schema's own fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from synthgen.formats import read
from synthgen.formats.conversation import Conversation, Rule
from synthgen.types import Record, Row


@dataclass(frozen=True)
class Format:
    """One way in which a trainer reads rows.

    Args:
        name: what `--format` takes, and the name of its folder.
        readers: who reads it.
        source: where its rules stand.
        rules: what a conversation must be.
        write: one row of the file.
        columns: the keys of a row, by which it is told from other formats when it is read.
        suffix: of its files.
        note: what a person should know of it.
    """

    name: str
    readers: str
    source: str
    rules: tuple[Rule, ...]
    write: Callable[[Record, Conversation], Row]
    columns: tuple[str, ...] = ()
    suffix: str = "jsonl"
    note: str = ""

    def fits(self, record: Record) -> str:
        """Return in a sentence why a record does not fit, or "" where it does."""
        if not self.rules:
            return ""
        talk = Conversation.of(record)
        return next((said for rule in self.rules if (said := rule(talk))), "")

    def row(self, record: Record) -> Row:
        """Return a record as one row of the file. It must fit."""
        return self.write(record, Conversation.of(record)) if self.rules else self.write(record, Conversation(()))

    def read(self, row: Row) -> Conversation | str:
        """Return the conversation of a row, or what keeps it from being one."""
        return read.conversation(row, self.columns)


TABLE = Format(
    "parquet",
    "datasets, pandas, polars, DuckDB, the Hub's viewer",
    "https://huggingface.co/docs/datasets/loading",
    rules=(),
    write=lambda record, _: record.model_dump(exclude_none=True),
    suffix="parquet",
    note="The schema's own fields, with the row's id. Fields of free form are JSON text, so that no key is filled with "
    "nulls.",
)
