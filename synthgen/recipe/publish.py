"""The recipe's part that says what a push takes along, and how it is cut into files."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from synthgen.recipe.model import Part


class Publish(Part):
    """What a push takes along beside the generated rows, and how large its files are. Nothing here asks the model."""

    real: Literal["none", "test", "seeds"] = Field(
        "none",
        description="Rows that people gave, and that go up: `none`; `test` (a real test split); or `seeds` (that, and "
        "the seeds as a config of their own). Documents, prompts and tools never go up.",
    )
    rows_per_file: int = Field(100_000, gt=0, description="Most rows of one Parquet file.")
    megabytes_per_file: float = Field(
        500, gt=0, description="Most megabytes of one Parquet file, counted before compression; a row is never cut."
    )
