"""One draft to its candidates: prompts rendered, the model asked step by step, the answers read."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from synthgen import confusion, parse, schema
from synthgen.checks.safety import Mask
from synthgen.prompts import Prompt
from synthgen.recipe import Recipe, Step
from synthgen.types import Ask, Candidate, Draft, Fault, Label, Prose, Record, Reply, Request, Row, Seed, digest


@dataclass
class Writer:
    """Writes candidates for drafts.

    Args:
        recipe: the recipe.
        kind: the task's schema.
        axes: each axis's rows.
        seeds: by id.
        prompts: one for each step.
        model: the name that requests carry.
    """

    recipe: Recipe
    kind: type[Record]
    axes: dict[str, list[Row]]
    seeds: Mapping[str, Seed]
    prompts: Sequence[Prompt]
    model: str
    _schemas: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)
    _values: dict[str, list[str]] = field(default_factory=dict)
    _labels: dict[str, Row] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """List each axis's values once, and the labels by name; make ready what masks rows."""
        self._labels = confusion.labels(list(self.kind.marked(Label)), self.axes)
        self._mask = Mask(self.kind.marked(Prose), self.recipe.checks.safety)
        self._values = {name: list(dict.fromkeys(str(row[name]) for row in rows)) for name, rows in self.axes.items()}

    async def __call__(self, draft: Draft, ask: Ask) -> list[Candidate]:
        """Ask for a draft's rows, step by step; rows of one draft go their ways side by side."""
        wanted = self.recipe.rows_per_request
        first = self.request(draft, 0, {})
        rows = self._read(0, await ask(first), wanted)
        going = [self._finish(draft, ask, [first.id], row, at) for at, row in enumerate(rows)]
        return list(await asyncio.gather(*going)) if len(self.recipe.steps) > 1 else [await one for one in going]

    async def _finish(self, draft: Draft, ask: Ask, asked: list[str], row: Row | Fault, at: int) -> Candidate:
        """Take one row through the steps that are left."""
        requests, data = list(asked), {} if isinstance(row, Fault) else dict(row)
        for number in range(1, len(self.recipe.steps)):
            if isinstance(row, Fault):
                break
            request = self.request(draft, number, data)
            requests.append(request.id)
            row = self._read(number, await ask(request), 1)[0]
            if not isinstance(row, Fault):
                data |= row
        name = digest([requests[0], at], 12)
        whole = {key: value for key, value in draft.cell.items() if key in self.kind.model_fields} | data
        if isinstance(row, Fault):
            return Candidate(name, draft, requests, whole, None, row)
        whole, masked = self._mask(whole)
        record = schema.admit(self.kind, whole, self.axes)
        if isinstance(record, Fault):
            return Candidate(name, draft, requests, whole, None, record, masked)
        return Candidate(name, draft, requests, whole, record, masked=masked)

    def request(self, draft: Draft, number: int, record: Row) -> Request:
        """Return the request of one step of a draft.

        Args:
            draft: what is to be written.
            number: the step, from 0.
            record: the fields that earlier steps filled.
        """
        step, prompt = self.recipe.steps[number], self.prompts[number]
        rows = self.recipe.rows_per_request if number == 0 and not prompt.continues else 1
        messages = prompt.render(
            {
                "about": self.recipe.about,
                "avoid": draft.avoid,
                "axes": self.axes,
                "cell": draft.cell,
                "detail": self._detail(draft.cell),
                "examples": [self.seeds[name].record.model_dump() for name in draft.examples],
                "openings": draft.openings,
                "others": self._others(draft.cell),
                "record": record,
                "rows": rows,
                "unlike": [self._labels[name] for name in draft.unlike if name in self._labels],
            }
        )
        parameters = self._parameters(step, draft, rows)
        if prompt.continues:
            parameters["stop"] = ["\n\n" if len(step.fills) > 1 else "\n"]
            return Request(self.model, tuple(messages), parameters)
        answer = self._schemas.get((number, rows))
        if answer is None:
            answer = self._schemas[number, rows] = schema.answer_schema(self.kind, step.fills, rows)
        return Request(self.model, tuple(messages), parameters, answer)

    def _parameters(self, step: Step, draft: Draft, rows: int) -> dict[str, Any]:
        model = self.recipe.model
        place = [self.recipe.seed, sorted(draft.cell.items()), draft.index]
        return {
            "temperature": model.temperature if step.temperature is None else step.temperature,
            "max_tokens": model.max_tokens * rows,
            "seed": int(digest(place, 7), 16),
        }

    def _detail(self, cell: dict[str, str]) -> dict[str, Row]:
        """Return for each axis the row that the cell's values come from, with all that describes it."""
        return {
            name: next(
                (row for row in rows if all(str(row[key]) == cell[key] for key in row.keys() & cell.keys())),
                rows[0],
            )
            for name, rows in self.axes.items()
        }

    def _others(self, cell: dict[str, str]) -> dict[str, list[str]]:
        """Return for each axis the values that the cell does not have."""
        return {name: [value for value in values if value != cell[name]] for name, values in self._values.items()}

    def _read(self, number: int, reply: Reply, wanted: int) -> list[Row | Fault]:
        fills = self.recipe.steps[number].fills
        if self.prompts[number].continues:
            return parse.continued(reply, fills)
        return parse.rows(reply, fills, wanted if number == 0 else 1)
