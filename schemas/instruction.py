"""A request and the answer that a good assistant gives to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from synthgen.types import Message, Prose, Record, Row


class Instruction(Record):
    """An instruction, what it works on where there is something, and the response."""

    instruction: Annotated[str, Prose(least=3, most=150)] = Field(min_length=1, description="What is asked for.")
    input: Annotated[str | None, Prose(least=1, most=400, ends=False)] = Field(
        None, description="The text, table or list that the instruction works on; empty where there is none."
    )
    response: Annotated[str, Prose(least=3, most=400)] = Field(min_length=1, description="The answer, ready to send.")

    aliases: ClassVar[dict[str, tuple[str, ...]]] = {
        "instruction": ("prompt", "question"),
        "input": ("context",),
        "response": ("output", "completion", "answer"),
    }

    def wording(self) -> str:
        """Return the question without its answer: one question twice is one row too many."""
        return f"{self.instruction} {self.input}" if self.input else self.instruction

    def messages(self) -> list[Message]:
        """Return instruction and input as the user's turn, the response as the assistant's."""
        asked = f"{self.instruction}\n\n{self.input}" if self.input else self.instruction
        return [{"role": "user", "content": asked}, {"role": "assistant", "content": self.response}]

    @classmethod
    def from_messages(cls, messages: Sequence[Message]) -> Row | None:
        """Return the user's turn as the instruction, the assistant's as the response.

        What stands below the first blank line is the input, unless what stands above it is a greeting: fewer words
        than an instruction has, or a comma at its end.
        """
        turns = [one for one in messages if one["role"] != "system"]
        if [one["role"] for one in turns] != ["user", "assistant"]:
            return None
        asked, reply = (one["content"].strip() for one in turns)
        above, _, below = asked.partition("\n\n")
        if below.strip() and len(above.split()) >= 3 and not above.rstrip().endswith(","):
            return {"instruction": above, "input": below, "response": reply}
        return {"instruction": asked, "response": reply}
