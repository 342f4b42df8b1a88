"""What every part of the recipe is, and the part that says who writes the rows."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]


class Part(BaseModel):
    """A part of the recipe: unknown keys are refused, so that a slip of the pen is no silent default."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Price(Part):
    """What the model costs, in US dollars per million tokens."""

    input: float = Field(ge=0, description="US dollars per million prompt tokens.")
    output: float = Field(ge=0, description="US dollars per million completion tokens.")


class Model(Part):
    """Who writes the rows."""

    name: str = Field(
        "local",
        description="`local` (the packaged model), `fake` (deterministic, for tests and tours), a path that ends in "
        "`.gguf`, `hf://owner/repository/file.gguf`, or the name of a model at `base_url`.",
    )
    base_url: str | None = Field(None, description="An OpenAI-compatible endpoint; left out = OpenAI's own.")
    api_key_env: str = Field("OPENAI_API_KEY", description="The environment variable that holds the key.")
    temperature: float = Field(1.0, ge=0, le=2, description="Sampling temperature.")
    max_tokens: int = Field(400, gt=0, description="Most tokens of one reply.")
    concurrency: int = Field(64, gt=0, le=2048, description="Most requests in flight.")
    timeout: float = Field(120, gt=0, description="Seconds after which one request counts as lost.")
    price: Price | None = Field(None, description="For models that the offline price list does not know.")
    licence: str | None = Field(None, description="The model's licence and its terms for what it writes, for the card.")
