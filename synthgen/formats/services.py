"""What fine-tuning services take: OpenAI's two files, and Mistral's."""

from __future__ import annotations

import re
from collections.abc import Sequence

from synthgen.formats.conversation import (
    Conversation,
    ends_with_answer,
    in_turns,
    plain,
    with_rejected,
    without_rejected,
    words_or_calls,
)
from synthgen.formats.form import Format
from synthgen.types import Message, Record, Row, digest

LEAST = 10
"""OpenAI takes no file with fewer rows."""
NINE = re.compile(r"[a-zA-Z0-9]{9}")
COUNTED = re.compile(r"call_(0|[1-9]\d{0,4})")


def _turns(messages: Sequence[Message]) -> list[Row]:
    """Return turns with arguments as text; a turn that calls says nothing, and a weight stays."""
    turns = plain(messages)
    for turn, one in zip(turns, messages, strict=True):
        if turn.get("tool_calls") and not turn["content"]:
            del turn["content"]
        if "weight" in one:
            turn["weight"] = one["weight"]
    return turns


def _openai(_: Record, talk: Conversation) -> Row:
    return {"messages": _turns(talk.messages), **({"tools": list(talk.tools)} if talk.tools else {})}


def _openai_preference(_: Record, talk: Conversation) -> Row:
    turns = _turns(talk.messages)
    asked = {"messages": turns[:-1], **({"tools": list(talk.tools)} if talk.tools else {})}
    return {
        "input": asked,
        "preferred_output": turns[-1:],
        "non_preferred_output": _turns(talk.rejected or ()),
    }


def _paired(talk: Conversation) -> str:
    """Hold that each tool's turn names a call that was made before it."""
    made: set[str] = set()
    for one in talk.messages:
        made |= {str(call.get("id", "")) for call in one.get("tool_calls", [])}
        if one["role"] == "tool" and one.get("tool_call_id") not in made:
            return "a tool's turn must name a call that was made before it"
    return ""


def nine(name: str) -> str:
    """Return a call's id as Mistral wants it: nine letters and digits.

    `call_1` becomes `call00001` and is read as `call_1` again; others are named by their digest.
    """
    if found := COUNTED.fullmatch(name):
        return f"call{int(found[1]):05d}"
    return name if NINE.fullmatch(name) else digest(name, 9)


def _mistral(_: Record, talk: Conversation) -> Row:
    turns = _turns([{key: one[key] for key in one if key != "weight"} for one in talk.messages])  # type: ignore[misc, literal-required]
    for turn in turns:
        for call in turn.get("tool_calls", []):
            call["id"] = nine(str(call.get("id", "")))
        if "tool_call_id" in turn:
            turn["tool_call_id"] = nine(turn["tool_call_id"])
    return {"messages": turns, **({"tools": list(talk.tools)} if talk.tools else {})}


OPENAI = Format(
    "openai",
    "OpenAI, Azure, Together, Fireworks: supervised",
    "https://platform.openai.com/docs/guides/supervised-fine-tuning",
    (without_rejected, ends_with_answer, _paired),
    _openai,
    ("messages",),
    note="Arguments of calls are JSON text; a turn that calls has no `content`. A turn's `weight` of 0 or 1 stands "
    "here alone. OpenAI takes ten rows or more, Fireworks three; Together refuses other keys than these.",
)
OPENAI_PREFERENCE = Format(
    "openai-preference",
    "OpenAI, Azure: DPO",
    "https://platform.openai.com/docs/guides/direct-preference-optimization",
    (with_rejected, ends_with_answer, _paired),
    _openai_preference,
    ("input", "preferred_output", "non_preferred_output"),
    note="Each answer is one turn of the assistant's.",
)
MISTRAL = Format(
    "mistral",
    "Mistral's service, mistral-finetune",
    "https://docs.mistral.ai/capabilities/finetuning/text_vision_finetuning",
    (without_rejected, ends_with_answer, _paired, in_turns, words_or_calls),
    _mistral,
    ("messages",),
    note="Ids of calls have nine letters and digits: `call_1` becomes `call00001`, others are named by their digest.",
)
