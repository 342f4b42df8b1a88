"""A row as a trainer sees it: turns, the tools that were offered, and the answer to steer away from."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from synthgen.types import Message, Record, Row


@dataclass(frozen=True)
class Conversation:
    """What every format is made of, and what every format is read as.

    Args:
        messages: the turns, calls of tools with their arguments as JSON text.
        tools: what the assistant was offered, in the form of OpenAI's `tools`.
        rejected: what a trainer steers away from instead of the last turn, or None.
    """

    messages: Sequence[Message]
    tools: Sequence[Row] = ()
    rejected: Sequence[Message] | None = None

    @classmethod
    def of(cls, record: Record) -> Conversation:
        """Return a record's own conversation."""
        return cls(record.messages(), record.tools(), record.rejected())

    @property
    def calls(self) -> bool:
        """Say whether a tool is offered, called or answers."""
        turns = (*self.messages, *(self.rejected or ()))
        return bool(self.tools) or any(one.get("tool_calls") or one["role"] == "tool" for one in turns)


Rule = Callable[[Conversation], str]
"""Says in a sentence why a conversation does not fit a format; "" = it fits."""


def ends_with_answer(talk: Conversation) -> str:
    """Hold that the assistant has the last turn, and somebody asked before it."""
    roles = [one["role"] for one in talk.messages]
    if not roles or roles[-1] != "assistant":
        return "the last turn must be the assistant's"
    return "" if roles[-2:-1] in (["user"], ["tool"]) else "the turn before the answer must be the user's or a tool's"


def without_rejected(talk: Conversation) -> str:
    """Hold that no answer would be lost."""
    return "there is no place for the rejected answer" if talk.rejected else ""


def with_rejected(talk: Conversation) -> str:
    """Hold that there is an answer to steer away from, of one turn of the assistant."""
    if not talk.rejected:
        return "it needs a rejected answer, and the row has none"
    return "" if [one["role"] for one in talk.rejected] == ["assistant"] else "a rejected answer must be one turn"


def without_tools(talk: Conversation) -> str:
    """Hold that no tool would be lost."""
    return "it has no tools" if talk.calls else ""


def one_question(talk: Conversation) -> str:
    """Hold that there is a question and an answer, and nothing else."""
    roles = [one["role"] for one in talk.messages]
    if "system" in roles:
        return "it has no system turn"
    return "" if roles == ["user", "assistant"] else "it has one question and one answer"


def in_turns(talk: Conversation) -> str:
    """Hold that user and assistant take turns, a system turn comes first, and each call is answered once."""
    turns = list(talk.messages)
    turns = turns[1:] if turns and turns[0]["role"] == "system" else turns
    waits, open_calls = {"user"}, 0
    for one in turns:
        if one["role"] not in waits:
            return f"a turn of {one['role']} stands where one of {' or '.join(sorted(waits))} must"
        if one["role"] == "tool":
            open_calls -= 1
            waits = {"tool"} if open_calls else {"assistant"}
        elif one.get("tool_calls"):
            open_calls, waits = len(one["tool_calls"]), {"tool"}
        else:
            waits = {"user"} if one["role"] == "assistant" else {"assistant"}
    return ""


def words_or_calls(talk: Conversation) -> str:
    """Hold that no turn both says something and calls a tool."""
    both = any(one.get("tool_calls") and one.get("content") for one in (*talk.messages, *(talk.rejected or ())))
    return "a turn has text or calls, and not both" if both else ""


def decoded(messages: Sequence[Message]) -> list[Row]:
    """Return turns with the arguments of their calls as objects."""
    return [_with_arguments(one, as_object) for one in messages]


def plain(messages: Sequence[Message]) -> list[Row]:
    """Return turns with the arguments of their calls as JSON text, as OpenAI has them."""
    return [_with_arguments(one, _text) for one in messages]


def _with_arguments(message: Message, change: Callable[[Any], Any]) -> Row:
    turn: Row = {key: value for key, value in message.items() if key != "weight"}
    turn["content"] = turn.get("content") or ""
    if calls := message.get("tool_calls"):
        turn["tool_calls"] = [
            {**call, "function": {**call["function"], "arguments": change(call["function"]["arguments"])}}
            for call in calls
        ]
    return turn


def as_object(arguments: object) -> object:
    """Return the arguments of a call as a JSON value, whichever way they are kept."""
    return json.loads(arguments) if isinstance(arguments, str) else arguments


def _text(arguments: object) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
