"""What a fault is, what it is planted with, and the ways of changing a row's texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from synthgen.types import Prose, Reply, Row


@dataclass(frozen=True)
class Ground:
    """What a fault is planted with.

    Args:
        fields: the task's fields of written text.
        required: fields that every row must have.
        labels: the fields that name a class, primary first.
        known: labels that go together, a row each.
        nearest: for each primary label, the one that it is mixed up with most.
        seeds: the seeds' rows.
        prompt: the prompt's own lines.
        language: ISO 639-1 code that texts must be in, or None.
        fills: the fields that replies hold.
    """

    fields: dict[str, Prose]
    required: frozenset[str] = frozenset()
    labels: list[str] = field(default_factory=list)
    known: list[Row] = field(default_factory=list)
    nearest: dict[str, str] = field(default_factory=dict)
    seeds: list[Row] = field(default_factory=list)
    prompt: list[str] = field(default_factory=list)
    language: str | None = None
    fills: list[str] = field(default_factory=list)


Plant = Callable[[Row, Random, Ground], Row | Reply | None]
"""A good row to a bad row or a bad reply; None where this row has no place for the fault."""


@dataclass(frozen=True)
class Fault:
    """One kind of fault.

    Args:
        plant: makes it.
        checks: the checks that are there to catch it; any of them counts.
        means: what is planted, in words.
        decided: whether a rule decides it, so that less than 95 in 100 caught is a failure and no matter of degree.
        copies: whether it repeats the row that it was made of, which must then be known.
        needs: what it cannot do without: label, nearest, language, seeds, prompt.
        whole: whether it takes a list or a conversation as it stands; else it is planted in the last text of it.
    """

    plant: Plant
    checks: tuple[str, ...]
    means: str
    decided: bool = False
    copies: bool = False
    needs: tuple[str, ...] = ()
    whole: bool = False

    def __call__(self, row: Row, draw: Random, ground: Ground) -> Row | Reply | None:
        """Return a copy of the row with the fault, or a reply that has it; None where the row has no place for it."""
        if self.whole:
            return self.plant(row, draw, ground)
        flat, of_flat = unfolded(row, ground)
        return folded(self.plant(flat, draw, of_flat), row)

    def left_out(self, ground: Ground, checks: Iterable[str]) -> str:
        """Return why this fault does not fit the run, empty where it does."""
        lacks = {
            "label": "the task has no label" if not ground.labels else "there is no second label",
            "nearest": "there is no second label with seeds",
            "language": "the recipe names no language",
            "seeds": "there are no seeds",
            "prompt": "the prompt has no lines of its own",
            "safety": "the run has no check 'safety'",
            "question": "the task has no required field of written text",
            "answer": "the task has no second required field of written text",
        }
        there = {
            "label": len({row[ground.labels[0]] for row in ground.known}) > 1 if ground.labels else False,
            "nearest": bool(ground.nearest),
            "language": bool(ground.language),
            "seeds": bool(ground.seeds),
            "prompt": bool(ground.prompt),
            "safety": "safety" in set(checks),
            "question": bool(ground.required & set(ground.fields)),
            "answer": len(ground.required & set(ground.fields)) > 1,
        }
        if not ground.labels and "label" in self.needs:
            return lacks["label"]
        return next((lacks[need] for need in self.needs if not there[need]), "")


def last_of(value: Any) -> str | None:  # noqa: ANN401 - whatever a field holds
    """Return the last text of a list or of a conversation: what a trainer learns to say."""
    last = value[-1] if isinstance(value, list) and value else None
    said = last.get("content") if isinstance(last, dict) else last
    return said if isinstance(said, str) else None


def unfolded(row: Row, ground: Ground) -> tuple[Row, Ground]:
    """Return a row with the last text of a list in the list's place; how long it must be, nobody has said."""
    found = {name: said for name in ground.fields if (said := last_of(row.get(name))) is not None}
    if not found:
        return row, ground
    bounds = {name: replace(prose, least=1) if name in found else prose for name, prose in ground.fields.items()}
    return {**row, **found}, replace(ground, fields=bounds)


def folded(planted: Row | Reply | None, row: Row) -> Row | Reply | None:
    """Put what was planted in the last text of a list back into the list."""
    if not isinstance(planted, dict):
        return planted
    folded = dict(planted)
    for name, whole in row.items():
        if isinstance(whole, list) and name in planted and not isinstance(planted[name], list):
            last = {**whole[-1], "content": planted[name]} if isinstance(whole[-1], dict) else planted[name]
            folded[name] = [*whole[:-1], last]
    return folded


def texts_of(row: Row, ground: Ground) -> dict[str, str]:
    """Return the row's written texts that are not empty, by field."""
    return {name: row[name] for name in ground.fields if isinstance(row.get(name), str) and row[name].strip()}


def in_one(
    row: Row,
    draw: Random,
    ground: Ground,
    change: Callable[[str], str | None],
    fits: Callable[[str], bool] | None = None,
) -> Row | None:
    """Return the row with one of its texts changed: the first, in a drawn order, that can be."""
    names = [name for name in texts_of(row, ground) if fits is None or fits(name)]
    for name in draw.sample(names, len(names)):
        changed = change(row[name])
        if changed is not None and changed != row[name]:
            return {**row, name: changed}
    return None


def in_all(row: Row, ground: Ground, change: Callable[[str], str]) -> Row | None:
    """Return the row with each of its texts changed."""
    changed = {**row, **{name: change(text) for name, text in texts_of(row, ground).items()}}
    return changed if changed != row else None


def put_into(text: str, what: str, draw: Random) -> str:
    """Put words into a text, between two of its own."""
    words = text.split(" ")
    at = draw.randint(1, max(1, len(words) - 1))
    return " ".join([*words[:at], what, *words[at:]])
