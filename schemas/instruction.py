"""A request and the answer that a good assistant gives to it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from synthgen.types import Message, Prose, Record


class Instruction(Record):
    """An instruction, what it works on where there is something, and the response."""

    instruction: Annotated[str, Prose(least=3, most=150)] = Field(min_length=1, description="What is asked for.")
    input: Annotated[str | None, Prose(least=1, most=400, ends=False)] = Field(
        None, description="The text, table or list that the instruction works on; empty where there is none."
    )
    response: Annotated[str, Prose(least=3, most=400)] = Field(min_length=1, description="The answer, ready to send.")

    def wording(self) -> str:
        """Return the question without its answer: one question twice is one row too many."""
        return f"{self.instruction} {self.input}" if self.input else self.instruction

    def messages(self) -> list[Message]:
        """Return instruction and input as the user's turn, the response as the assistant's."""
        asked = f"{self.instruction}\n\n{self.input}" if self.input else self.instruction
        return [{"role": "user", "content": asked}, {"role": "assistant", "content": self.response}]
