"""TRL's own forms: conversations, prompts with completions, prompts with a chosen and a rejected answer."""

from __future__ import annotations

from synthgen.formats.conversation import (
    Conversation,
    decoded,
    ends_with_answer,
    with_rejected,
    without_rejected,
)
from synthgen.formats.form import Format
from synthgen.types import Record, Row

SOURCE = "https://huggingface.co/docs/trl/dataset_formats"


def offered(talk: Conversation) -> Row:
    """Return the tools as a column, where there are any."""
    return {"tools": list(talk.tools)} if talk.tools else {}


def _messages(_: Record, talk: Conversation) -> Row:
    return {"messages": decoded(talk.messages), **offered(talk)}


def _prompt_completion(_: Record, talk: Conversation) -> Row:
    turns = decoded(talk.messages)
    return {"prompt": turns[:-1], "completion": turns[-1:], **offered(talk)}


def _preference(_: Record, talk: Conversation) -> Row:
    turns = decoded(talk.messages)
    return {"prompt": turns[:-1], "chosen": turns[-1:], "rejected": decoded(talk.rejected or ()), **offered(talk)}


MESSAGES = Format(
    "messages",
    "TRL, Unsloth, transformers' chat templates",
    SOURCE,
    (without_rejected, ends_with_answer),
    _messages,
    ("messages",),
    note="Arguments of calls are objects, and so are tools; `datasets` 5 keeps them as they are. TRL learns every "
    "turn of the assistant's where the template marks them (`assistant_only_loss`).",
)
PROMPT_COMPLETION = Format(
    "prompt-completion",
    "TRL, which then trains on the last answer alone",
    SOURCE,
    (without_rejected, ends_with_answer),
    _prompt_completion,
    ("prompt", "completion"),
    note="The completion is the last turn; TRL learns nothing else of the row.",
)
PREFERENCE = Format(
    "chosen-rejected",
    "TRL: DPO, and rewards",
    SOURCE,
    (with_rejected, ends_with_answer),
    _preference,
    ("prompt", "chosen", "rejected"),
    note="`chosen` and `rejected` are lists of one turn each.",
)
