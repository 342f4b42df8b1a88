"""The recipe itself: everything that a run depends on."""

from __future__ import annotations

from math import ceil
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from synthgen.recipe.checks import Checks
from synthgen.recipe.model import Model, Part, Share
from synthgen.recipe.publish import Publish
from synthgen.recipe.resources import Resources
from synthgen.recipe.steps import Step
from synthgen.recipe.training import Subsets, Training


class Value(BaseModel):
    """One value of an axis. Further keys describe it to the prompt, or fill the record's fields of that name.

    The key `evolves` names another value of the axis: a row with this value is made of a kept row with that one, and
    must be harder, or with `wider: true` new. The key `holds` lists rules that code checks in the answer.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    value: str = Field(description="The value itself.")
    weight: float = Field(1.0, gt=0, description="How often it is drawn, relative to the others.")


class Axis(Part):
    """What one thing that varies can be: a list, a file, a resource's rows, or (all left out) what seeds show."""

    values: list[Value] = Field(default_factory=list, description="The values, weighted.")
    file: str | None = Field(
        None,
        description="JSONL, CSV or Parquet with a column of the axis's name, or `value`; `weight` is optional.",
    )

    resource: str | None = Field(
        None, description="The resource whose parts are drawn: each of its tools, or each chunk of its documents."
    )
    hidden: bool = Field(
        False, description="Whether rows must not say the value: a persona shapes a row and stays out of it."
    )

    @model_validator(mode="after")
    def _one_source(self) -> Axis:
        if sum(map(bool, (self.values, self.file, self.resource))) > 1:
            message = "give values, a file or a resource, and one of them only"
            raise ValueError(message)
        return self


class Split(Part):
    """How rows are dealt to train, validation and test. Seeds are dealt first; rows follow their seeds."""

    validation: Share = Field(0.1, description="Share of the rows for validation.")
    test: Share = Field(0.1, description="Share of the rows (and of the seeds) for test.")
    test_rows: str | None = Field(
        None,
        description="Where test rows come from: left out = generated, `seeds` = the seeds dealt to test, "
        "or a file of real rows.",
    )

    @model_validator(mode="after")
    def _train_remains(self) -> Split:
        if self.validation + self.test >= 1:
            message = "validation and test together must leave something for train"
            raise ValueError(message)
        return self


class Select(Part):
    """The best of what the checks kept. Changing this asks the model nothing, but for a larger pool."""

    pool: float = Field(1.5, gt=1, le=100, description="Rows to keep before choosing, as a multiple of `rows`.")
    by: Literal["coverage", "score"] = Field(
        "coverage",
        description="`coverage` (rows that lie near all others, seeds count as chosen) or `score` (quality "
        "times complexity); docs/selection.md has the formulas.",
    )
    similar: Share = Field(
        0.9, description="Cosine to a chosen row above which a row is passed over while others are left."
    )
    ifd: bool = Field(
        False,
        description="Whether the local model measures how much each prompt helps its answer: it must be "
        "installed, and takes about a second a row. Rows whose prompt does not help are passed over.",
    )


class Recipe(Part):
    """Everything that a run depends on."""

    task: str = Field(description="A shipped task's name, or a schema file (`my_task.py`) beside the recipe.")
    name: str | None = Field(None, description="The run's name; left out = the recipe's folder.")
    about: str = Field(description="One sentence that tells the model and the reader what the rows are.")
    seeds: str = Field(
        description="A JSONL, CSV or Parquet file, a folder saved by `datasets`, `hf://owner/dataset`, or `-` for "
        "JSONL on standard input."
    )
    licence: str | None = Field(None, description="The dataset's licence for the card, as the Hub names it.")
    rows: int = Field(300, gt=0, description="Rows to keep, all splits together (a real test set comes on top).")
    seed: int = Field(0, description="Drives every draw.")
    steps: list[Step] = Field(min_length=1, description="The questions, in order; later ones see earlier fields.")
    resources: Resources = Field(
        default_factory=Resources, description="What rows are drawn from and held against, beside seeds."
    )
    rows_per_request: int = Field(1, gt=0, le=50, description="How many rows the first step asks for at once.")
    probabilities: bool = Field(
        False,
        description="Whether the model gives with each of several rows how likely it is to come up (verbalised "
        "sampling): it then says the unlikely ones too. The figures themselves are not kept.",
    )
    boundary: Share = Field(
        0.0, description="Share of the rows that lie at the boundary: a careless reader would take another label."
    )
    vary: dict[str, Axis] = Field(default_factory=dict, description="What varies from row to row, by name.")
    balance: list[str] = Field(default_factory=list, description="Axes over which kept rows are counted out evenly.")
    examples: int = Field(4, ge=0, le=50, description="Seeds that one prompt shows.")
    split: Split = Field(default_factory=Split, description="Train, validation and test.")
    model: Model = Field(default_factory=Model, description="Who writes the rows.")
    checks: Checks = Field(default_factory=Checks, description="The checks and their thresholds.")
    select: Select | None = Field(None, description="Left out = rows are kept as they come, and none is chosen.")
    publish: Publish = Field(default_factory=Publish, description="What a push takes along, and in what files.")
    training: Training = Field(default_factory=Training, description="What is trained on the rows.")
    subsets: Subsets | None = Field(None, description="Left out = the training rows are exported as a whole alone.")
    attempts: int = Field(
        12, gt=0, description="Requests that a cell may take for each of its rows, and for two rows more."
    )

    @model_validator(mode="after")
    def _known_axes(self) -> Recipe:
        for name in self.balance:
            if name not in self.vary:
                message = f"balance names '{name}', which is not under vary"
                raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _evolving_is_balanced(self) -> Recipe:
        for name, axis in self.vary.items():
            evolving = [one for one in axis.values if one.model_extra and one.model_extra.get("evolves")]
            if evolving and name not in self.balance:
                message = f"vary.{name} has rows that are made of others (`evolves`), so balance must name '{name}'"
                raise ValueError(message)
            known = {one.value for one in axis.values}
            for one in evolving:
                if str((one.model_extra or {})["evolves"]) not in known - {one.value}:
                    message = f"vary.{name}: '{one.value}' evolves what is no other value of it"
                    raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _rows_of_one_request(self) -> Recipe:
        first = self.steps[0]
        if self.rows_per_request > 1 and (first.prompt is None or first.samples > 1 or first.only):
            message = "rows_per_request needs a first step with a prompt, one sample of it, and any model"
            raise ValueError(message)
        if self.probabilities and self.rows_per_request == 1:
            message = "probabilities are given to several rows: set rows_per_request to 5"
            raise ValueError(message)
        return self

    def pooled(self, rows: int) -> int:
        """Return how many rows to keep where so many are wanted in the end."""
        return ceil(rows * self.select.pool - 1e-9) if self.select else rows
