"""A prompt with two answers: the one to give, and one to steer away from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from synthgen.types import Message, Prose, Record, Row, unfit

SHARED = 0.9
"""Share of words in common from which two answers are one: nothing can be learnt from the difference."""


class Preference(Record):
    """A prompt with a chosen and a rejected answer, and what is wrong with the rejected one where that was planned."""

    prompt: Annotated[str, Prose(least=3, most=200)] = Field(min_length=1, description="What is asked.")
    chosen: Annotated[str, Prose(least=3, most=400)] = Field(min_length=1, description="The answer to give.")
    rejected_answer: Annotated[str, Prose(least=2, most=400)] = Field(
        min_length=1, description="The answer to steer away from."
    )
    flaw: str | None = Field(None, description="What is wrong with the rejected answer, where that was planned.")

    aliases: ClassVar[dict[str, tuple[str, ...]]] = {
        "prompt": ("question", "instruction"),
        "rejected_answer": ("rejected",),
    }
    reasons: ClassVar[dict[str, tuple[str, str]]] = {
        "answers.same": (
            "Both answers say the same.",
            "Let two models or temperatures that differ more write them, or plant a flaw.",
        ),
        "answers.echo": ("An answer is the prompt again.", "Show more examples; take a larger model."),
    }

    def wording(self) -> str:
        """Return the prompt: one prompt twice is one row too many."""
        return self.prompt

    def messages(self) -> list[Message]:
        """Return the prompt as the user's turn, the chosen answer as the assistant's."""
        return [{"role": "user", "content": self.prompt}, {"role": "assistant", "content": self.chosen}]

    def rejected(self) -> list[Message]:
        """Return the rejected answer, in the place of the chosen one."""
        return [{"role": "assistant", "content": self.rejected_answer}]

    @classmethod
    def from_messages(cls, messages: Sequence[Message]) -> Row | None:
        """Return nothing: a conversation alone has no second answer."""
        del messages
        return None

    @classmethod
    def from_conversation(
        cls, messages: Sequence[Message], tools: Sequence[Row] = (), rejected: Sequence[Message] | None = None
    ) -> Row | None:
        """Return the prompt and both answers."""
        if tools or not rejected or [one["role"] for one in messages] != ["user", "assistant"]:
            return None
        asked, chosen = (one["content"] for one in messages)
        return {"prompt": asked, "chosen": chosen, "rejected_answer": rejected[-1]["content"]}

    @model_validator(mode="after")
    def _two_answers(self) -> Preference:
        asked, *answers = (_words(text) for text in (self.prompt, self.chosen, self.rejected_answer))
        both = set(answers[0]) | set(answers[1])
        shared = len(set(answers[0]) & set(answers[1])) / max(1, len(both))
        if answers[0] == answers[1] or (shared >= SHARED and len(answers[0]) == len(answers[1])):
            raise unfit("answers.same", f"{shared:.0%} of the words are in both")
        if asked in answers:
            raise unfit("answers.echo", self.prompt[:80])
        return self


def _words(text: str) -> list[str]:
    return "".join(mark if mark.isalnum() else " " for mark in text.lower()).split()
