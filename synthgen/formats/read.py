"""Rows back to conversations: the formats written here, and others' spellings of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, TypedDict

from synthgen.formats.conversation import Conversation
from synthgen.types import Message, Row

TALKS = ("messages", "conversations", "conversation")
PAIRS = (("prompt", "completion"), ("prompt", "response"), ("question", "answer"))
ROLES = {
    "human": "user", "gpt": "assistant", "bot": "assistant", "model": "assistant", "developer": "system",
    "function_call": "assistant", "observation": "tool", "function": "tool",
}  # fmt: skip
BETWEEN = "\n</tool_response>\n<tool_response>\n"
"""What LLaMA-Factory puts between the results of calls that were made in one turn."""
NINE = re.compile(r"call(\d{5})")

Found = Conversation | str


class AlpacaRow(TypedDict):
    """Alpaca's own columns."""

    instruction: str
    input: str
    output: str


ASKED, GIVEN, SAID = AlpacaRow.__annotations__


@dataclass(frozen=True)
class Shape:
    """Columns that hold a conversation between them.

    Args:
        columns: all of them must be there.
        read: a row with them to its conversation, or to what keeps it from being one.
        more: columns that are read where they are there.
        rejected: whether there is an answer to steer away from.
    """

    columns: tuple[str, ...]
    read: Callable[[Row, tuple[str, ...]], Found]
    more: tuple[str, ...] = ()
    rejected: bool = False


def conversation(row: Row, columns: Sequence[str]) -> Found:
    """Return the conversation of a row that has these columns, or what keeps it from being one."""
    shape = next((one for one in SHAPES if one.columns[: len(columns)] == tuple(columns) and _has(row, one)), None)
    return shape.read(row, shape.columns) if shape else f"{columns[0]}: Field required"


def _has(row: Row, shape: Shape) -> bool:
    return all(given(row.get(name)) for name in shape.columns)


def given(value: object) -> bool:
    """Say whether there is a value: tables of numbers write NaN where there is none."""
    return value is not None and not (isinstance(value, float) and not isfinite(value))


def talk(value: object) -> list[Row] | None:
    """Return a list of turns, or None where the value is none; a table of texts holds it as JSON."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = _json(value)
    if not isinstance(value, list) or not value or not all(isinstance(turn, dict) for turn in value):
        return None
    return value if any("role" in turn or "from" in turn for turn in value) else None


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _whole(row: Row, columns: tuple[str, ...]) -> Found:
    """Read a column that holds all turns."""
    turns = _turns(row.get(columns[0]), columns[0])
    return turns if isinstance(turns, str) else _numbered(Conversation(turns, _tools(row.get("tools"))))


def _pair(row: Row, columns: tuple[str, ...]) -> Found:
    """Read what was asked and what was answered, each a text or turns."""
    said: list[Message] = []
    for column, role in zip(columns, ("user", "assistant"), strict=True):
        turns = _turns(row.get(column), column, role)
        if isinstance(turns, str):
            return turns
        said += turns
    return _numbered(Conversation(said, _tools(row.get("tools"))))


def _alpaca(row: Row, columns: tuple[str, ...]) -> Found:
    asked, more, said = (row.get(name) for name in (ASKED, GIVEN, SAID))
    asked = f"{asked}\n\n{more}" if given(more) and more != "" else asked
    return _pair({columns[0]: asked, columns[1]: said}, columns)


def _preference(row: Row, columns: tuple[str, ...]) -> Found:
    """Read what was asked, and two answers to it."""
    parts: list[list[Message]] = []
    for column, role in zip(columns, ("user", "assistant", "assistant"), strict=True):
        value = row.get(column)
        turns = _turns([value] if isinstance(value, dict) else value, column, role)
        if isinstance(turns, str):
            return turns
        parts.append(turns)
    asked, chosen, rejected = parts
    return _numbered(Conversation([*asked, *chosen], _tools(row.get("tools")), rejected))


def _whole_preference(row: Row, columns: tuple[str, ...]) -> Found:
    """Read two conversations that are the same but for their last turns."""
    parts = [_turns(row.get(column), column) for column in columns]
    if wrong := next((one for one in parts if isinstance(one, str)), None):
        return wrong
    chosen, rejected = (list(one) for one in parts if not isinstance(one, str))
    if chosen[:-1] != rejected[:-1]:
        return f"{columns[1]}: the turns before the last are not those of {columns[0]}"
    return _numbered(Conversation(chosen, _tools(row.get("tools")), rejected[-1:]))


def _openai_preference(row: Row, columns: tuple[str, ...]) -> Found:
    asked = row.get(columns[0])
    asked = _json(asked) if isinstance(asked, str) else asked
    if not isinstance(asked, dict):
        return f"{columns[0]}: this is no object with messages"
    names = ("messages", *columns[1:])
    return _preference({**row, "messages": asked.get("messages"), "tools": asked.get("tools")}, names)


SHAPES: tuple[Shape, ...] = (
    *(Shape((name, "chosen", "rejected"), _preference, ("tools",), rejected=True) for name in (*TALKS, "prompt")),
    Shape(("input", "preferred_output", "non_preferred_output"), _openai_preference, rejected=True),
    Shape(("chosen", "rejected"), _whole_preference, ("tools",), rejected=True),
    *(Shape((name,), _whole, ("tools",)) for name in TALKS),
    *(Shape(pair, _pair, ("tools",)) for pair in PAIRS),
    Shape((ASKED, SAID), _alpaca, (GIVEN,)),
)
"""Every shape, those with more columns first."""


def _tools(value: object) -> list[Row]:
    value = _json(value) if isinstance(value, str) else value
    return [_bare(one) for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _bare(value: Any) -> Any:  # noqa: ANN401 - a JSON value
    """Return a tool without the keys of nothing that a table gives to every tool; in a schema few may mean nothing."""
    if isinstance(value, dict):
        return {key: _bare(one) for key, one in value.items() if one is not None or key in {"default", "const"}}
    return [_bare(one) for one in value] if isinstance(value, list) else value


def _turns(value: object, column: str, role: str = "") -> list[Message] | str:
    """Return a column's turns; where a role is told, a text is one turn of it."""
    found = talk(value)
    if found is None and role and isinstance(value, str | int | float) and given(value):
        return [{"role": role, "content": str(value)}]
    if found is None:
        return f"{column}: {'this is no list of turns with role and content' if given(value) else 'Field required'}"
    said: list[Message] = []
    for number, turn in enumerate(found, 1):
        for one in _turn(turn):
            if isinstance(one, str):
                return f"{column}: turn {number} {one}"
            said.append(one)
    return said


def _turn(turn: Row) -> Iterator[Message | str]:
    """Give one turn; more than one where results of several calls stand in one, a text where it is none."""
    theirs = turn.get("role") or turn.get("from")
    if not isinstance(theirs, str):
        yield "has no role"
        return
    content = turn.get("content")
    content = turn.get("value") if content is None else content
    calls = _calls(turn, theirs, content)
    if calls is None:
        yield "calls a tool that has no name"
        return
    if isinstance(content, list):
        parts: list[Any] = [part.get("text") if isinstance(part, dict) else part for part in content]
        content = "".join(parts) if all(isinstance(part, str) for part in parts) else None
    content = "" if calls and (content is None or theirs == "function_call") else content
    if not isinstance(content, str):
        yield "has no text"
        return
    role = ROLES.get(theirs, theirs)
    for part in content.split(BETWEEN) if role == "tool" else [content]:
        said: Message = {"role": role, "content": part}
        if calls:
            said["tool_calls"] = calls
        if isinstance(turn.get("tool_call_id"), str):
            said["tool_call_id"] = turn["tool_call_id"]
        if isinstance(turn.get("name"), str):
            said["name"] = turn["name"]
        if turn.get("weight") in (0, 1):
            said["weight"] = turn["weight"]
        yield said


def _calls(turn: Row, role: str, content: object) -> list[Row] | None:
    """Return the calls of a turn with arguments as JSON text; none where there are none, None where one is broken."""
    if role == "function_call":
        listed = _json(content) if isinstance(content, str) else content
        listed = listed if isinstance(listed, list) else [listed]
    else:
        listed = turn.get("tool_calls") or ([turn["function_call"]] if turn.get("function_call") else [])
        listed = _json(listed) if isinstance(listed, str) else listed
    if not isinstance(listed, list):
        return None
    calls = []
    for one in listed:
        function = one.get("function", one) if isinstance(one, dict) else None
        if not isinstance(function, dict) or not isinstance(function.get("name"), str):
            return None
        arguments = function.get("arguments")
        text = arguments if isinstance(arguments, str) else json.dumps(arguments or {}, ensure_ascii=False)
        name = {"id": one["id"]} if isinstance(one.get("id"), str) else {}
        calls.append({**name, "type": "function", "function": {"name": function["name"], "arguments": text}})
    return calls


def _numbered(found: Conversation) -> Conversation:
    """Give calls without a name one, in their order, to their results too; read Mistral's as ours."""
    waiting: list[str] = []
    number = 0
    for one in (*found.messages, *(found.rejected or ())):
        for call in one.get("tool_calls", []):
            number += 1
            call["id"] = _ours(call.get("id") or f"call_{number}")
            waiting.append(call["id"])
        if one["role"] == "tool":
            one["tool_call_id"] = _ours(one.get("tool_call_id") or (waiting[0] if waiting else ""))
            waiting = [name for name in waiting if name != one["tool_call_id"]]
    return found


def _ours(name: str) -> str:
    """Return a call's name as it was before Mistral's rule of nine letters."""
    found = NINE.fullmatch(name)
    return f"call_{int(found[1])}" if found else name
