"""A text and the class that it belongs to."""

from __future__ import annotations

import json
from typing import Annotated

from pydantic import Field

from synthgen.types import Label, Message, Prose, Record


class Classification(Record):
    """A text with a primary label, an optional secondary one, and an optional reason."""

    text: Annotated[str, Prose(least=3, most=120)] = Field(min_length=1, description="The text to classify.")
    label: Annotated[str, Label()] = Field(min_length=1, description="The primary label.")
    secondary: Annotated[str | None, Label()] = Field(None, description="The label below the primary one.")
    rationale: Annotated[str | None, Prose(least=3, most=80)] = Field(
        None, description="Why the text has this label, in one sentence."
    )

    def wording(self) -> str:
        """Return the text alone: two rows with one text and two labels are twins."""
        return self.text

    def messages(self) -> list[Message]:
        """Return the text as the user's turn; the answer is the label, or JSON where there is more to say."""
        answer = {"label": self.label, "secondary": self.secondary, "rationale": self.rationale}
        said = {name: value for name, value in answer.items() if value is not None}
        reply = self.label if len(said) == 1 else json.dumps(said, ensure_ascii=False)
        return [{"role": "user", "content": self.text}, {"role": "assistant", "content": reply}]
