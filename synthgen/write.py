"""One draft to its candidates: the steps taken one by one, models asked, functions called, the answers read."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from pydantic_core import PydanticCustomError

from synthgen import confusion, parse, schema
from synthgen.checks.safety import Mask
from synthgen.errors import RecipeError
from synthgen.recipe import Recipe
from synthgen.steps import Ready, Voice
from synthgen.types import Ask, Candidate, Draft, Fault, Given, Label, Prose, Record, Reply, Request, Row, Seed, digest


@dataclass
class _Way:
    """One row on its way through the steps: what was asked for it, and what it has so far."""

    draft: Draft
    ask: Ask
    requests: list[str]
    record: Row


@dataclass
class Writer:
    """Writes candidates for drafts.

    Args:
        recipe: the recipe.
        kind: the task's schema.
        axes: each axis's rows.
        seeds: by id.
        steps: made ready.
        resources: what the recipe's resources hold, by name.
        rows: rows written before, by id, of which others can be made.
    """

    recipe: Recipe
    kind: type[Record]
    axes: dict[str, list[Row]]
    seeds: Mapping[str, Seed]
    steps: Sequence[Ready]
    resources: Mapping[str, Any] = field(default_factory=dict)
    rows: dict[str, Candidate] = field(default_factory=dict)
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
        steps = [one for one in self.steps if one.fits(draft.cell)]
        if not steps:
            return [
                self._candidate(_Way(draft, ask, [], {}), 0, Fault("call.refused", "no step fits the row's values"))
            ]
        wanted = self.recipe.rows_per_request
        if wanted == 1:
            return [await self._finish(_Way(draft, ask, [], {}), 0, steps)]
        first = self.request(draft, steps[0], {})
        rows = self._read(steps[0], steps[0].voices[0], await ask(first), wanted)
        going = [self._finish(_Way(draft, ask, [first.id], {}), at, steps[1:], row) for at, row in enumerate(rows)]
        return list(await asyncio.gather(*going))

    async def _finish(self, way: _Way, at: int, steps: Sequence[Ready], got: Row | Fault | None = None) -> Candidate:
        """Take one row through the steps that are left, and hold it against its schema."""
        way.record |= {} if isinstance(got, Fault) else got or {}
        for ready in steps:
            if isinstance(got, Fault):
                break
            got = await self._take(ready, way)
            way.record |= {} if isinstance(got, Fault) else got
        if isinstance(got, Fault):
            return self._candidate(way, at, got)
        if self.resources:  # running a query or a tool takes its time, and others need not wait for it
            return await asyncio.to_thread(self._candidate, way, at, None)
        return self._candidate(way, at, None)

    def _candidate(self, way: _Way, at: int, fault: Fault | None) -> Candidate:
        draft = way.draft
        name = digest([way.requests[0], at] if way.requests else [sorted(draft.cell.items()), draft.index, at], 12)
        known = self.kind.model_fields
        whole = {key: value for key, value in (draft.cell | way.record).items() if key in known}
        before = self.rows.get(draft.parent)
        parent = before.record if before else None
        if fault:
            return Candidate(name, draft, way.requests, whole, None, fault, parent=parent)
        whole, masked = self._mask(whole)
        notes = {key: value for key, value in way.record.items() if key not in known}
        context = {"axes": self.axes, **self.resources, "cell": draft.cell, "notes": notes}
        record = schema.admit(self.kind, whole, context)
        if isinstance(record, Fault):
            return Candidate(name, draft, way.requests, whole, None, record, masked, parent)
        return Candidate(name, draft, way.requests, whole, record, masked=masked, parent=parent)

    async def _take(self, ready: Ready, way: _Way) -> Row | Fault:
        """Take one step; return what it gives."""
        if ready.function:  # where there are resources it may run a tool or a query, and others need not wait for it
            return await asyncio.to_thread(self._call, ready, way) if self.resources else self._call(ready, way)
        if ready.step.speakers:
            return await self._talk(ready, way)
        requests = [self.request(way.draft, ready, way.record, sample=at) for at in range(ready.step.samples)]
        way.requests += [one.id for one in requests]
        replies = await asyncio.gather(*(way.ask(one) for one in requests))
        rows = [self._read(ready, ready.voices[0], reply, 1)[0] for reply in replies]
        return rows[0] if len(rows) == 1 else _agreed(rows, ready.step.agree or "", ready.step.least)

    def _call(self, ready: Ready, way: _Way) -> Row | Fault:
        """Call a function of the user's own; a ValueError is its way to say that the row is none."""
        step, draft = ready.step, way.draft
        draw = Random(f"{self.recipe.seed}/{sorted(draft.cell.items())}/{draft.index}/{step.call}")  # noqa: S311 - reproducible on purpose
        examples = [self.seeds[name].record.model_dump() for name in draft.examples]
        given = Given(draw, draft.cell, self._detail(draft.cell), dict(way.record), examples, self.resources)
        try:
            got = ready.function(given) if ready.function else {}
        except PydanticCustomError as error:  # `unfit`: a code of the schema's own
            return Fault(error.type if error.type in self.kind.reasons else "call.refused", error.message())
        except ValueError as error:
            return Fault("call.refused", str(error))
        except Exception as error:
            raise RecipeError(
                what=f"the function '{step.call}' failed ({type(error).__name__}: {error})",
                where=str(ready.file),
                fix="mend it; a ValueError says that a row is none",
            ) from error
        if not isinstance(got, dict) or set(got) != set(step.gives):
            said = ", ".join(map(str, got)) if isinstance(got, dict) else type(got).__name__
            raise RecipeError(
                what=f"the function '{step.call}' gives {said or 'nothing'}",
                where=str(ready.file),
                fix=f"return a dict with {', '.join(step.gives)}",
            )
        return got

    async def _talk(self, ready: Ready, way: _Way) -> Row | Fault:
        """Write a conversation turn by turn."""
        (name,) = ready.step.fills
        turns: list[Row] = []
        for number in range(int(way.draft.cell[ready.step.turns])):
            voice = ready.voices[number % len(ready.voices)]
            request = self.request(way.draft, ready, way.record | {name: turns}, voice=voice)
            way.requests.append(request.id)
            said = self._read(ready, voice, await way.ask(request), 1)[0]
            if isinstance(said, Fault):
                return said
            turns = [*turns, {"role": voice.role, "content": str(said["content"]).strip()}]
        return {name: turns}

    def request(
        self, draft: Draft, ready: Ready, record: Row, *, voice: Voice | None = None, sample: int = 0
    ) -> Request:
        """Return a step's request.

        Args:
            draft: what is to be written.
            ready: the step.
            record: what earlier steps filled and noted.
            voice: who is asked, where several speak.
            sample: the how-manieth time the same is asked, from 0.
        """
        voice = voice or ready.voices[0]
        prompt = voice.prompt
        first = ready is self.steps[0] and not prompt.continues
        rows = self.recipe.rows_per_request if first else 1
        likely = rows > 1 and self.recipe.probabilities
        messages = prompt.render(self._said(draft, record) | {"rows": rows, "probabilities": likely})
        parameters = self._parameters(ready, voice, draft, rows)
        if sample:
            parameters["seed"] = int(digest([parameters["seed"], sample], 7), 16)
        gives = _answers(ready)
        if prompt.continues:
            parameters["stop"] = ["\n\n" if len(gives) > 1 else "\n"]
            return Request(voice.writing.name, tuple(messages), parameters)
        place = (self.steps.index(ready), rows)
        if place not in self._schemas:
            self._schemas[place] = schema.answer_schema(self.kind, gives, rows, probabilities=likely)
        return Request(voice.writing.name, tuple(messages), parameters, self._schemas[place])

    def _said(self, draft: Draft, record: Row) -> dict[str, Any]:
        """Return what a prompt may use."""
        before = self.rows.get(draft.parent)
        return {
            "about": self.recipe.about,
            "avoid": draft.avoid,
            "axes": self.axes,
            "boundary": self._labels.get(draft.boundary, {}),
            "cell": draft.cell,
            "detail": self._detail(draft.cell),
            "examples": [self.seeds[name].record.model_dump() for name in draft.examples],
            "openings": draft.openings,
            "others": self._others(draft.cell),
            "parent": before.data if before else {},
            "record": record,
            "unlike": [self._labels[name] for name in draft.unlike if name in self._labels],
        }

    def _parameters(self, ready: Ready, voice: Voice, draft: Draft, rows: int) -> dict[str, Any]:
        model = voice.writing.model
        place = [self.recipe.seed, sorted(draft.cell.items()), draft.index]
        return {
            "temperature": model.temperature if ready.step.temperature is None else ready.step.temperature,
            "max_tokens": model.max_tokens * rows,
            "seed": int(digest(place, 7), 16),
        }

    def _detail(self, cell: Mapping[str, str]) -> dict[str, Row]:
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

    def _read(self, ready: Ready, voice: Voice, reply: Reply, wanted: int) -> list[Row | Fault]:
        if voice.prompt.continues:
            return parse.continued(reply, _answers(ready))
        return parse.rows(reply, _answers(ready), wanted)


def _answers(ready: Ready) -> list[str]:
    """Return the names of what one answer gives: a turn's is its content."""
    return ["content"] if ready.step.speakers else ready.step.gives


def _agreed(rows: Sequence[Row | Fault], name: str, least: float) -> Row | Fault:
    """Return the first row that says what most say.

    Samples that cannot be read agree with nobody (self-consistency: Wang et al. 2023, arXiv 2203.11171).
    """
    said = [None if isinstance(row, Fault) else " ".join(str(row[name]).lower().split()).rstrip(".") for row in rows]
    counts = Counter(one for one in said if one is not None)
    if not counts:
        return next(row for row in rows if isinstance(row, Fault))
    most, times = counts.most_common(1)[0]
    if times < least * len(rows):
        heard = "; ".join(f"{count} of {len(rows)} say '{one}'" for one, count in counts.most_common(3))
        return Fault("samples.divided", heard)
    return rows[said.index(most)]
