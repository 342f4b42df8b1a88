"""A text, and the record that is read out of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field, ValidationInfo, model_validator

from synthgen.types import JsonText, Message, Prose, Record, Row, unfit


class Extraction(Record):
    """A text with the record that it holds, in the shape that the recipe names."""

    text: Annotated[str, Prose(least=4, most=300, ends=False)] = Field(
        min_length=1, description="The text: a mail, a ticket, a note."
    )
    record: JsonText = Field(description="What the text says, in the recipe's shape; JSON text.")

    aliases: ClassVar[dict[str, tuple[str, ...]]] = {
        "text": ("document", "mail", "message", "input"),
        "record": ("json", "fields", "extracted", "output"),
    }
    reasons: ClassVar[dict[str, tuple[str, str]]] = {
        "record.unreadable": ("The record is no JSON object.", "Give an object; where nothing is said, one of nulls."),
        "record.misfit": (
            "The record does not fit the recipe's shape.",
            "Draw the record from the shape (`shape.draw`), before the text is written.",
        ),
        "record.ungrounded": (
            "A value of the record stands in the text in no way that is known.",
            "Take a larger model to write the text; give a field's other words in the shape's descriptions.",
        ),
        "record.missed": (
            "The text has an address, a link or a telephone number, and the record has none.",
            "Say in the prompt that nothing but the record's values may stand in the text.",
        ),
    }

    def wording(self) -> str:
        """Return the text alone: one text with two records is a mistake, not two rows."""
        return self.text

    def level(self) -> int:
        """Return 1 for three values or fewer, 2 for up to six, 3 for more."""
        said = _count(json.loads(self.record))
        return 1 if said <= 3 else 2 if said <= 6 else 3

    def messages(self) -> list[Message]:
        """Return the text as the user's turn, the record as the assistant's."""
        return [{"role": "user", "content": self.text}, {"role": "assistant", "content": self.record}]

    @classmethod
    def from_messages(cls, messages: Sequence[Message]) -> Row | None:
        """Return the user's turn as the text, an answer that is a JSON object as the record."""
        turns = [one for one in messages if one["role"] != "system"]
        if [one["role"] for one in turns] != ["user", "assistant"]:
            return None
        text, record = (one["content"].strip() for one in turns)
        try:
            said = json.loads(record)
        except (ValueError, RecursionError):
            return None
        return {"text": text, "record": record} if isinstance(said, dict) else None

    @model_validator(mode="after")
    def _stands_in_the_text(self, info: ValidationInfo) -> Extraction:
        """Hold the record against the recipe's shape, and where a person did not write it against the text."""
        record = json.loads(self.record)
        if not isinstance(record, dict):
            raise unfit("record.unreadable", self.record[:100])
        context = info.context or {}
        shape = context.get("shape")
        if shape is None:
            return self
        if said := shape.misfit(record):
            raise unfit("record.misfit", said)
        if context.get("seed"):
            return self
        if absent := shape.ungrounded(record, self.text):
            raise unfit("record.ungrounded", ", ".join(absent))
        if more := shape.missed(record, self.text):
            raise unfit("record.missed", ", ".join(more))
        return self


def _count(value: Any) -> int:  # noqa: ANN401 - a JSON value
    if isinstance(value, dict | list):
        return sum(map(_count, value.values() if isinstance(value, dict) else value))
    return value is not None
