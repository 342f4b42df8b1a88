"""Somebody else's columns: which of them gives which field of a task, guessed from the first rows and said aloud."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from math import isfinite
from pathlib import Path
from typing import Any

from synthgen import schema
from synthgen.errors import InputError
from synthgen.types import Fault, Message, Record, Row

SAMPLE = 100
"""The guess is made from so many of the first rows."""

TALKS = ("messages", "conversations", "conversation")
PAIRS = (("prompt", "completion"), ("prompt", "response"), ("question", "answer"))
ROLES = {"human": "user", "gpt": "assistant", "bot": "assistant", "model": "assistant", "developer": "system"}
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
        turns: one column with a whole conversation, or two with what was asked and what was answered.
        beside: the column of each required field that stands beside the conversation, such as its tools.
        unused: columns of the first rows that no field takes.
        system: whether the first rows have system turns, which no field takes either.
        rank: how sure the guess is; 0 = all required fields stand there by their own names.
        most: whether most of the first rows give all required fields.
    """

    kind: type[Record]
    form: str
    fields: dict[str, str] = field(default_factory=dict)
    turns: tuple[str, ...] = ()
    beside: dict[str, str] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    system: bool = False
    rank: int = 0
    most: bool = False

    def __call__(self, row: Row) -> Row | Fault:
        """Return the row's fields, or why its conversation gives none."""
        if not self.turns:
            return {name: row[column] for name, column in self.fields.items() if given(row.get(column))}
        said = _conversation(row, self.turns)
        if isinstance(said, str):
            return Fault("validate.schema", said)
        found = _of_turns(self.kind, said)
        if isinstance(found, str):
            return Fault("validate.schema", f"{self.turns[0]}: {found}")
        if found is None:
            roles = [one["role"] for one in said]
            shown = ", ".join(roles[:8]) + (", …" if len(roles) > 8 else "")
            turns = "one turn" if len(roles) == 1 else f"{len(roles)} turns"
            return Fault("validate.schema", f"{self.turns[0]}: {turns} ({shown}) do not make one row of this task")
        return found | {name: row[column] for name, column in self.beside.items() if given(row.get(column))}

    def columns(self) -> set[str]:
        """Return the columns that are read."""
        return {*self.fields.values(), *self.turns, *self.beside.values()}

    def tell(self) -> str:
        """Return in a sentence what is read from where, and what is not used."""
        if self.turns:
            names = ", ".join(name for name, info in self.kind.model_fields.items() if info.is_required())
            said = f"read as {self.form}: {names} ← {' + '.join([*self.turns, *self.beside.values()])}"
        else:
            said = f"read as {self.form}: " + ", ".join(f"{name} ← {column}" for name, column in self.fields.items())
        left = [*self.unused[:12], *([f"{len(self.unused) - 12} more"] if len(self.unused) > 12 else [])]
        left += ["system turns"] if self.system else []
        return said + (f"; not used: {', '.join(left)}" if left else "")


def given(value: object) -> bool:
    """Say whether there is a value: tables of numbers write NaN where there is none."""
    return value is not None and not (isinstance(value, float) and not isfinite(value))


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
    found = [one for one in (_by_names(kind, first), *_by_turns(kind, first)) if one]
    return max(found, key=lambda one: (one.most, -one.rank), default=None)


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
            column: sum(given(row.get(column)) and (column == name or not _talk(row[column])) for row in first)
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
    if getattr(kind.from_messages, "__func__", None) is getattr(Record.from_messages, "__func__", None):
        return
    there = {name for row in first for name in row}
    places = _places(kind, first)
    for columns in (*((name,) for name in TALKS), *PAIRS):
        if not there.issuperset(columns):
            continue
        said = [one for row in first if not isinstance(one := _conversation(row, columns), str)]
        rows = [row for one in said if isinstance(row := _of_turns(kind, one), dict)]
        lacks = {name for name in _required(kind) if not any(given(row.get(name)) for row in rows)}
        beside = {name: places[name] for name in sorted(lacks & places.keys())} if rows else {}
        covered = sum(all(name in beside or given(row.get(name)) for name in _required(kind)) for row in rows)
        yield Reading(
            kind,
            _form(columns, first),
            turns=columns,
            beside=beside,
            unused=_unused(first, (*columns, *beside.values())),
            system=any(turn["role"] == "system" for one in said for turn in one),
            rank=2,
            most=covered * 2 > len(first),
        )


def _of_turns(kind: type[Record], said: Sequence[Message]) -> Row | str | None:
    """Return a conversation's fields, None where it is not one row, or what no task can read that offers no tools."""
    if kind.tools is Record.tools:
        called = next((number for number, one in enumerate(said, 1) if one.get("tool_calls")), None)
        if called:
            return f"turn {called} calls a tool"
    return kind.from_messages(said)


def _form(columns: tuple[str, ...], first: Sequence[Row]) -> str:
    """Return the name by which people know this form of conversation."""
    talks = [talk for row in first if (talk := _talk(row.get(columns[0])))]
    if len(columns) == 2:
        return "/".join(columns) + (" of chat messages" if len(talks) * 2 > len(first) else "")
    theirs = sum(any("from" in turn for turn in talk) for talk in talks)
    return "ShareGPT" if theirs * 2 > len(talks) else "chat messages"


def _talk(value: object) -> list[Row] | None:
    """Return a list of turns, or None where the value is none; a table of texts holds it as JSON."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    if not isinstance(value, list) or not value or not all(isinstance(turn, dict) for turn in value):
        return None
    return value if any("role" in turn or "from" in turn for turn in value) else None


def _conversation(row: Row, columns: tuple[str, ...]) -> list[Message] | str:
    """Return a row's turns, or what keeps them from being a conversation."""
    said: list[Message] = []
    for column, role in zip(columns, ("user", "assistant"), strict=False):
        value = row.get(column)
        talk = _talk(value)
        if talk is None and len(columns) == 2 and isinstance(value, str | int | float) and given(value):
            said.append({"role": role, "content": str(value)})
            continue
        if talk is None:
            return f"{column}: {'this is no list of turns with role and content' if given(value) else 'Field required'}"
        for number, turn in enumerate(talk, 1):
            one = _turn(turn)
            if isinstance(one, str):
                return f"{column}: turn {number} {one}"
            said.append(one)
    return said


def _turn(turn: Row) -> Message | str:
    role = turn.get("role") or turn.get("from")
    content = turn.get("content")
    content = turn.get("value") if content is None else content
    if not isinstance(role, str):
        return "has no role"
    calls = turn.get("tool_calls") or []
    if turn.get("function_call") or not isinstance(calls, list) or not all(isinstance(one, dict) for one in calls):
        return "calls a tool in another way than `tool_calls`"
    if content is None and calls:
        content = ""
    if isinstance(content, list):
        parts: list[Any] = [part.get("text") if isinstance(part, dict) else part for part in content]
        content = "".join(parts) if all(isinstance(part, str) for part in parts) else None
    if not isinstance(content, str):
        return "has no text"
    said: Message = {"role": ROLES.get(role, role), "content": content}
    if calls:
        said["tool_calls"] = calls
    if isinstance(turn.get("tool_call_id"), str):
        said["tool_call_id"] = turn["tool_call_id"]
    return said
