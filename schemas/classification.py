"""A text and the class that it belongs to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from synthgen.types import Label, Message, Prose, Record, Row


class Classification(Record):
    """A text with a primary label, an optional secondary one, and an optional reason."""

    text: Annotated[str, Prose(least=3, most=120)] = Field(min_length=1, description="The text to classify.")
    label: Annotated[str, Label()] = Field(min_length=1, description="The primary label.")
    secondary: Annotated[str | None, Label()] = Field(None, description="The label below the primary one.")
    rationale: Annotated[str | None, Prose(least=3, most=80)] = Field(
        None, description="Why the text has this label, in one sentence."
    )

    aliases: ClassVar[dict[str, tuple[str, ...]]] = {
        "text": ("sentence", "utterance", "query", "message"),
        "label": ("category", "intent", "class", "topic"),
    }

    def wording(self) -> str:
        """Return the text alone: two rows with one text and two labels are twins."""
        return self.text

    def messages(self) -> list[Message]:
        """Return the text as the user's turn; the answer is the label, or JSON where there is more to say."""
        answer = {"label": self.label, "secondary": self.secondary, "rationale": self.rationale}
        said = {name: value for name, value in answer.items() if value is not None}
        reply = self.label if len(said) == 1 else json.dumps(said, ensure_ascii=False)
        return [{"role": "user", "content": self.text}, {"role": "assistant", "content": reply}]

    @classmethod
    def from_messages(cls, messages: Sequence[Message]) -> Row | None:
        """Return the user's turn as the text; the answer is the label, or JSON that has one."""
        turns = [one for one in messages if one["role"] != "system"]
        if [one["role"] for one in turns] != ["user", "assistant"]:
            return None
        asked, reply = (one["content"] for one in turns)
        try:
            said = json.loads(reply)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict) or "label" not in said or not said.keys() <= cls.model_fields.keys() - {"text"}:
            said = {"label": reply}
        return {"text": asked, **said}
