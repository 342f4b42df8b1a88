"""The steps of a row: questions to a model, functions of the user's own, and turns of a conversation."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from synthgen.recipe.model import Model, Part, Share


class Speaker(Part):
    """One side of a conversation that is written turn by turn."""

    role: Literal["user", "assistant"] = Field(description="Who speaks.")
    prompt: str = Field(description="The prompt's file; `record` holds the turns so far.")
    model: Model | None = Field(None, description="Who writes these turns; left out = the step's model.")


class Step(Part):
    """A step on the way to a row: a question to a model, a function, or a conversation."""

    prompt: str | None = Field(
        None, description="The prompt's file, beside the recipe or in the task's template folder."
    )
    call: str | None = Field(
        None,
        description="Instead of a prompt: a function, as `file.py:function`, that returns the fields. It asks no "
        "model: it draws a record, looks a product up, or puts fields together.",
    )
    speakers: list[Speaker] = Field(
        default_factory=list,
        description="Instead of a prompt: who speaks by turns, the first one first. What they say fills the step's one "
        "field with turns of `role` and `content`.",
    )
    turns: str = Field("turns", description="Where there are speakers: what varies and says how many turns there are.")
    fills: list[str] = Field(default_factory=list, description="The record's fields that the answer gives.")
    notes: list[str] = Field(
        default_factory=list,
        description="Texts that the answer gives for later steps (`record.NAME`) and that the row does not keep.",
    )
    when: dict[str, list[str]] = Field(
        default_factory=dict,
        description="The step is taken only where what varies has one of these values: `{level: ['2', '3']}`.",
    )
    only: Literal["instruct", "base"] | None = Field(
        None,
        description="The step is taken only with a model that follows instructions (`instruct`), or only with one that "
        "does not (`base`): a base model, which carries patterns on, or `fake`.",
    )
    model: Model | None = Field(None, description="Who is asked in this step; left out = the recipe's model.")
    temperature: float | None = Field(None, ge=0, le=2, description="Instead of the model's, for this step.")
    samples: int = Field(1, ge=1, le=50, description="How often the same is asked; most rows want 1.")
    agree: str | None = Field(
        None,
        description="Where there are several samples: what they must agree on. The first that says what most of them "
        "say counts.",
    )
    least: Share = Field(0.6, description="Share of the samples that must agree.")

    @model_validator(mode="after")
    def _one_kind(self) -> Step:
        if sum(map(bool, (self.prompt, self.call, self.speakers))) != 1:
            message = "a step has one of `prompt`, `call` and `speakers`"
            raise ValueError(message)
        if not self.fills and not self.notes:
            message = "a step gives something: name it in `fills` or `notes`"
            raise ValueError(message)
        if self.speakers and (len(self.fills) != 1 or self.notes):
            message = "speakers fill one field, and note nothing"
            raise ValueError(message)
        if self.samples > 1 and (self.prompt is None or self.agree not in self.gives):
            message = "several samples need a prompt, and `agree` to name what they must agree on"
            raise ValueError(message)
        return self

    @property
    def gives(self) -> list[str]:
        """Return the names of all that the step gives."""
        return [*self.fills, *self.notes]
