"""What training frameworks take: ShareGPT's turns, the same for LLaMA-Factory, and Axolotl's."""

from __future__ import annotations

import json
from collections.abc import Sequence

from synthgen.formats.conversation import (
    Conversation,
    decoded,
    ends_with_answer,
    in_turns,
    plain,
    with_rejected,
    without_rejected,
    without_tools,
    words_or_calls,
)
from synthgen.formats.form import Format
from synthgen.formats.read import BETWEEN
from synthgen.types import Message, Record, Row

FROM = {"system": "system", "user": "human", "assistant": "gpt", "tool": "observation"}


def theirs(messages: Sequence[Message]) -> list[Row]:
    """Return turns as ShareGPT has them: calls are JSON in a turn of their own kind, results of one turn are joined."""
    turns: list[Row] = []
    for one in decoded(messages):
        if calls := one.get("tool_calls"):
            said = [{"name": call["function"]["name"], "arguments": call["function"]["arguments"]} for call in calls]
            value = json.dumps(said if len(said) > 1 else said[0], ensure_ascii=False)
            turns.append({"from": "function_call", "value": value})
        elif one["role"] == "tool" and turns and turns[-1]["from"] == "observation":
            turns[-1]["value"] += BETWEEN + one["content"]
        else:
            turns.append({"from": FROM[one["role"]], "value": one["content"]})
    return turns


def _offered(talk: Conversation) -> Row:
    return {"tools": json.dumps(list(talk.tools), ensure_ascii=False)} if talk.tools else {}


def _sharegpt(_: Record, talk: Conversation) -> Row:
    return {"conversations": theirs(talk.messages), **_offered(talk)}


def _llama_factory(_: Record, talk: Conversation) -> Row:
    if not talk.rejected:
        return {"conversations": theirs(talk.messages), **_offered(talk)}
    *asked, chosen = theirs(talk.messages)
    return {"conversations": asked, "chosen": chosen, "rejected": theirs(talk.rejected)[0], **_offered(talk)}


def _axolotl(_: Record, talk: Conversation) -> Row:
    if not talk.rejected:
        return {"messages": plain(talk.messages), **_offered(talk)}
    *asked, chosen = plain(talk.messages)
    return {"messages": asked, "chosen": chosen, "rejected": plain(talk.rejected)[0]}


def _told_apart(talk: Conversation) -> str:
    """Hold that results, which are joined and lose the names of their calls, can be told apart again."""
    calls: list[str] = []
    for one in talk.messages:
        calls += [str(call.get("id", "")) for call in one.get("tool_calls", [])]
        if one["role"] == "tool":
            if BETWEEN in one["content"]:
                return "a tool's result must not hold the mark between results"
            if not calls or calls.pop(0) != one.get("tool_call_id"):
                return "results must come in the order of their calls"
    return ""


def _one_rejected(talk: Conversation) -> str:
    """Hold that a rejected answer, where there is one, is one turn."""
    return with_rejected(talk) if talk.rejected else ""


def _plain_preference(talk: Conversation) -> str:
    """Hold that a row with a rejected answer has no tools: Axolotl's DPO reads role and content alone."""
    return f"with a rejected answer {without_tools(talk)}" if talk.rejected and without_tools(talk) else ""


SHAREGPT = Format(
    "sharegpt",
    "Axolotl, LLaMA-Factory, Unsloth, older trainers",
    "https://llamafactory.readthedocs.io/en/latest/getting_started/data_preparation.html",
    (without_rejected, ends_with_answer, in_turns, words_or_calls, _told_apart),
    _sharegpt,
    ("conversations",),
    note="Calls are JSON under `function_call`, tools are JSON text; results of several calls in one turn are joined "
    "as LLaMA-Factory joins them.",
)
LLAMA_FACTORY = Format(
    "llama-factory",
    "LLaMA-Factory, with its dataset_info.json",
    "https://llamafactory.readthedocs.io/en/latest/getting_started/data_preparation.html",
    (_one_rejected, ends_with_answer, in_turns, words_or_calls, _told_apart),
    _llama_factory,
    ("conversations",),
    note="ShareGPT's turns. Its `openai` formatting is not used: release 0.9.5 adds a sentence of its own to the "
    "system turn there, and writes arguments that are text as text within text. Rows with a rejected answer have "
    "`chosen` and `rejected`, each one turn.",
)
AXOLOTL = Format(
    "axolotl",
    "Axolotl, with its YAML",
    "https://docs.axolotl.ai/docs/dataset-formats/conversation.html",
    (_one_rejected, _plain_preference, ends_with_answer),
    _axolotl,
    ("messages",),
    note="Arguments and tools are JSON text, which Axolotl reads whichever version of `datasets` it is installed with.",
)
