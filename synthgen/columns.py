"""Somebody else's columns: which of them gives which field of a task, guessed from the first rows and said aloud."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from math import isfinite
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from synthgen import schema
from synthgen.errors import InputError
from synthgen.formats.conversation import Conversation, as_object
from synthgen.formats.read import PAIRS, SHAPES, Shape, given, talk
from synthgen.types import Fault, Message, Record, Row

SAMPLE = 100
"""The guess is made from so many of the first rows."""

NAMED = {"instruction/output": "Alpaca"}
OUR_OWN = {"split"}

_Placed = tuple[str, Row]


@dataclass(frozen=True)
class Reading:
    """How a table is read: each field's column, or the columns that hold turns of a conversation.

    Args:
        kind: the task's schema.
        form: the format's name, as people know it.
        fields: the column of each field that has one.
        shape: how columns hold a conversation between them, where they do.
        turns: those columns, with what else of a conversation stands beside them.
        beside: the column of each required field that stands beside the conversation, such as its tools.
        unused: columns of the first rows that no field takes.
        system: whether the first rows have system turns, which no field takes either.
        rank: how sure the guess is; 0 = all required fields stand there by their own names.
        most: whether most of the first rows give all required fields.
    """

    kind: type[Record]
    form: str
    fields: dict[str, str] = field(default_factory=dict)
    shape: Shape | None = None
    turns: tuple[str, ...] = ()
    beside: dict[str, str] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    system: bool = False
    rank: int = 0
    most: bool = False

    def __call__(self, row: Row) -> Row | Fault:
        """Return the row's fields, or why its conversation gives none."""
        if self.shape is None:
            return {name: row[column] for name, column in self.fields.items() if given(row.get(column))}
        said = self.shape.read(row, self.shape.columns)
        if isinstance(said, str):
            return Fault("validate.schema", said)
        found = self.kind.from_conversation(said.messages, said.tools, said.rejected)
        if found is None:
            roles = [one["role"] for one in said.messages]
            shown = ", ".join(roles[:8]) + (", …" if len(roles) > 8 else "")
            turns = "one turn" if len(roles) == 1 else f"{len(roles)} turns"
            return Fault("validate.schema", f"{self.turns[0]}: {turns} ({shown}) do not make one row of this task")
        found |= {name: row[column] for name, column in self.beside.items() if given(row.get(column))}
        if lost := _lost(self.kind, said, found):
            return Fault("validate.schema", f"{self.turns[0]}: {lost}")
        return found

    def columns(self) -> set[str]:
        """Return the columns that are read."""
        return {*self.fields.values(), *self.turns, *self.beside.values()}

    def tell(self) -> str:
        """Return in a sentence what is read from where, and what is not used."""
        if self.turns:
            names = ", ".join(name for name, info in self.kind.model_fields.items() if info.is_required())
            read = dict.fromkeys([*self.turns, *self.beside.values()])
            said = f"read as {self.form}: {names} ← {' + '.join(read)}"
        else:
            said = f"read as {self.form}: " + ", ".join(f"{name} ← {column}" for name, column in self.fields.items())
        left = [*self.unused[:12], *([f"{len(self.unused) - 12} more"] if len(self.unused) > 12 else [])]
        left += ["system turns"] if self.system else []
        return said + (f"; not used: {', '.join(left)}" if left else "")


def peek(rows: Iterable[_Placed]) -> tuple[list[Row], Iterator[_Placed]]:
    """Return the first rows, and all of them."""
    rest = iter(rows)
    first = list(islice(rest, SAMPLE))
    return [row for _, row in first], chain(first, rest)


def recognise(kind: type[Record], first: Sequence[Row]) -> Reading | None:
    """Return how these rows are best read as records of a task, or None where a required field has no column.

    Args:
        kind: the task's schema.
        first: the first rows; their order does not matter, nor does the order of their columns.
    """
    names, turns = _by_names(kind, first), list(_by_turns(kind, first))
    # A question and its answer are surer read as turns, though the columns have names that are known: the schema
    # then parts what it put together.
    pairs = [one for one in turns if names and one.turns in PAIRS and set(one.turns) == names.columns()]
    found = [replace(pairs[0], rank=names.rank), *turns] if names and names.rank and pairs else [names, *turns]
    found = [one for one in found if one]
    return max(found, key=lambda one: (one.most, _makes_records(one, first), -one.rank), default=None)


def hold(kind: type[Record], first: Sequence[Row], source: str) -> Reading:
    """Return how these rows are read as records of a task.

    Raises:
        InputError: there is no column for a required field.
    """
    reading = recognise(kind, first)
    if reading is None:
        needed = [name for name, info in kind.model_fields.items() if info.is_required()]
        lacks = [name for name in needed if name not in _places(kind, first)]
        raise InputError(
            what=f"there is no column for '{lacks[0]}' (found: {_list(first)})",
            where=source,
            fix=f"rename the columns to {', '.join(needed)}, or give another --task",
        )
    return reading


def guess(first: Sequence[Row], source: str) -> tuple[str, Reading]:
    """Return the shipped task that most of these rows fit, and how they are read.

    Raises:
        InputError: no task fits, or several do.
    """
    read = {task: recognise(schema.load(schema.find(task, Path())), first) for task in schema.tasks()}
    fit = {task: one for task, one in read.items() if one and one.most}
    surest = min((one.rank for one in fit.values()), default=0)
    fit = {task: one for task, one in fit.items() if one.rank == surest}
    widest = max((len(one.fields) for one in fit.values()), default=0)
    fit = {task: one for task, one in fit.items() if len(one.fields) == widest}
    if len(fit) != 1:
        fits = f"fit {' and '.join(fit)}" if fit else "fit no task"
        raise InputError(
            what=f"nobody said what the rows are, and their columns {fits} (found: {_list(first)})",
            where=source,
            fix=f"give --task {' or --task '.join(fit or schema.tasks())}, or --recipe",
        )
    return next(iter(fit.items()))


def storable(value: Any) -> Any:  # noqa: ANN401 - whatever a table holds
    """Return a value as JSON can keep it: what is no JSON becomes text, what is no character a question mark."""
    if isinstance(value, str) and value.isascii():
        return value
    if isinstance(value, dict):
        return {storable(str(key)): storable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [storable(one) for one in value]
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float) and isfinite(value):
        return value
    return str(value).encode("utf-8", "replace").decode("utf-8")


def _list(first: Sequence[Row]) -> str:
    names = sorted({str(name) for row in first for name in row})
    return ", ".join(names[:20]) + (", …" if len(names) > 20 else "")


def _required(kind: type[Record]) -> list[str]:
    return [name for name, info in kind.model_fields.items() if info.is_required()]


def _unused(first: Sequence[Row], used: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name for row in first for name in row} - set(used) - OUR_OWN))


def _places(kind: type[Record], first: Sequence[Row]) -> dict[str, str]:
    """Return each field's column: its own name or another known one, in any letters, that most rows give."""
    there = sorted({name for row in first for name in row})
    taken: set[str] = set(kind.model_fields) & set(there)
    places = {}
    for name in kind.model_fields:
        known = (name, *kind.aliases.get(name, ()))
        # A conversation is no text: those columns are read as turns.
        counts = {
            column: sum(given(row.get(column)) and (column == name or not talk(row[column])) for row in first)
            for one in known
            for column in sorted((c for c in there if c.strip().lower() == one), key=lambda c: (c != one, c))
            if column == name or column not in taken
        }
        counts = {column: times for column, times in counts.items() if times or column == name}
        often = [column for column, times in counts.items() if times * 2 > len(first)]
        column = next(iter(often), None) or max(counts, key=lambda one: counts[one], default=None)
        if column is not None:
            places[name] = column
            taken.add(column)
    return places


def _by_names(kind: type[Record], first: Sequence[Row]) -> Reading | None:
    places, required = _places(kind, first), _required(kind)
    if not all(name in places for name in required):
        return None
    form = "/".join(places[name] for name in required)
    covered = sum(all(given(row.get(places[name])) for name in required) for row in first)
    return Reading(
        kind,
        NAMED.get(form.lower(), form),
        places,
        unused=_unused(first, places.values()),
        rank=0 if all(places[name] == name for name in required) else 1,
        most=covered * 2 > len(first),
    )


def _by_turns(kind: type[Record], first: Sequence[Row]) -> Iterator[Reading]:
    """Give each way in which the rows are conversations, where the task can be read from one."""
    if not _own(kind, "from_messages") and not _own(kind, "from_conversation"):
        return
    there = {name for row in first for name in row}
    places = _places(kind, first)
    for shape in SHAPES:
        if not there.issuperset(shape.columns) or (shape.rejected and not _own(kind, "rejected")):
            continue
        said = [one for row in first if not isinstance(one := shape.read(row, shape.columns), str)]
        made = [kind.from_conversation(one.messages, one.tools, one.rejected) for one in said]
        rows = [row for row in made if row is not None]
        lacks = {name for name in _required(kind) if not any(given(row.get(name)) for row in rows)}
        beside = {name: places[name] for name in sorted(lacks & places.keys())} if rows else {}
        covered = sum(all(name in beside or given(row.get(name)) for name in _required(kind)) for row in rows)
        more = (name for name in shape.more if name in there and (name != "tools" or _own(kind, "tools")))
        turns = (*shape.columns, *more)
        yield Reading(
            kind,
            _form(shape.columns, first),
            shape=shape,
            turns=turns,
            beside=beside,
            unused=_unused(first, (*turns, *beside.values())),
            system=_drops_system(kind, said),
            rank=2,
            most=covered * 2 > len(first),
        )


def _own(kind: type[Record], method: str) -> bool:
    """Say whether a schema has a method of its own."""
    return getattr(getattr(kind, method), "__func__", getattr(kind, method)) is not getattr(
        getattr(Record, method), "__func__", getattr(Record, method)
    )


def _makes_records(reading: Reading, first: Sequence[Row]) -> bool:
    """Say whether most of the first rows are the task's, as far as can be said without what a recipe gives."""
    made = (reading(row) for row in first)
    return sum(not isinstance(one, Fault | None) and _record(reading.kind, one) is not None for one in made) * 2 > len(
        first
    )


def _record(kind: type[Record], row: Row) -> Record | None:
    try:
        return kind.model_validate(row, context={})
    except ValidationError:
        return None


def _lost(kind: type[Record], said: Conversation, found: Row) -> str:
    """Return what of a conversation with tools the row does not keep; looked at where there is any."""
    number = next((at for at, one in enumerate(said.messages, 1) if one.get("tool_calls") or one["role"] == "tool"), 0)
    record = _record(kind, found) if number else None  # a row that is none falls later, with its own reason
    if record is None or _called(record.messages()) == _called(said.messages):
        return ""
    return f"turn {number} calls a tool, or is a tool's, and no field of this task keeps it"


def _called(turns: Sequence[Message]) -> list[tuple[str, list[tuple[str, Any]]]]:
    """Return who speaks in each turn, and what is called there with which arguments."""
    return [
        (
            one["role"],
            [
                (call["function"]["name"], as_object(call["function"]["arguments"]))
                for call in one.get("tool_calls", [])
            ],
        )
        for one in turns
    ]


def _drops_system(kind: type[Record], said: Sequence[Conversation]) -> bool:
    """Say whether there are system turns that no field takes."""
    first = next((one for one in said if any(turn["role"] == "system" for turn in one.messages)), None)
    row = kind.from_conversation(first.messages, first.tools, first.rejected) if first else None
    record = _record(kind, row) if row else None
    return first is not None and not (record and any(turn["role"] == "system" for turn in record.messages()))


def _form(columns: tuple[str, ...], first: Sequence[Row]) -> str:
    """Return the name by which people know this form of conversation."""
    talks = [found for row in first if (found := talk(row.get(columns[0])))]
    if len(columns) > 1:
        named = "/".join(columns)
        return NAMED.get(named, named) + (" of chat messages" if len(talks) * 2 > len(first) else "")
    theirs = sum(any("from" in turn for turn in one) for one in talks)
    return "ShareGPT" if theirs * 2 > len(talks) else "chat messages"
