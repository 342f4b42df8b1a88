"""What the rows are for: the model that is trained on them, and subsets of growing size."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from synthgen.recipe.model import Part


class Training(Part):
    """The model that is trained on the rows. It is not asked anything, and no row changes with it."""

    model: str | None = Field(
        None,
        description="A model on the Hub (`owner/name`) or a folder with its `tokenizer.json`: rows are counted in its "
        "tokens. Left out = tokens are estimated.",
    )
    limit: int | None = Field(
        None, gt=0, description="Most tokens of a row; those with more are named, and none is cut."
    )


class Subsets(Part):
    """Subsets of the training rows, each a part of the next, balanced over the labels."""

    sizes: list[Annotated[int, Field(gt=0)]] = Field(min_length=1, description="How many rows each subset has.")
    order: Literal["random", "difficulty"] = Field(
        "random", description="Which rows come first: any, or the easiest of each label."
    )
