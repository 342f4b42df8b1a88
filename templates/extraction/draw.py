"""Draws the record first: what the text must say, and what it must not."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from synthgen.types import Given, Row

SAID = {"gaps": (1, 1), "plain": (2, 4)}
"""Fewest and most values that a text says, by case; a case that is not named keeps what was drawn."""


def record(given: Given) -> Row:
    """Draw a record for the row's case; the text is written for it afterwards, so that the record is right."""
    shape, draw, case = given.resources["shape"], given.draw, given.cell["case"]
    found: Any = shape.nothing() if case == "nothing" else shape.draw(draw)
    if case in SAID:
        found = _with_gaps(shape, found, draw.randint(*SAID[case]), draw)
    said = shape.said(found, draw if case == "odd spelling" else None)
    must = [value for _, value in said]
    return {
        "record": found,
        "said": _line(said),
        "decoy": _decoy(shape, found, draw) if case == "two candidates" else "",
        "facts": json.dumps(must, ensure_ascii=False),
        "shown": [_shown(shape, one) for one in given.examples],
    }


def _with_gaps(shape: Any, record: Row, most: int, draw: Random) -> Row:  # noqa: ANN401 - the recipe's shape
    """Return the record with null for all but so many of its values, where the shape lets them be null."""
    found = dict(record)
    there = [name for name, one in found.items() if one is not None]
    for name in draw.sample(there, max(len(there) - most, 0)):
        without = {**found, name: None}
        found = found if shape.misfit(without) else without
    return found


def _decoy(shape: Any, record: Row, draw: Random) -> str:  # noqa: ANN401 - the recipe's shape
    """Return a second value for a field, which the text names as the wrong one."""
    for name in draw.sample(sorted(record), len(record)):
        other = shape.draw(draw).get(name)
        if isinstance(record[name], str) and isinstance(other, str) and other != record[name]:
            return f"{name.replace('_', ' ')} {other}"
    return ""


def _line(said: list[tuple[str, str]]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in said) or "nothing"


def _shown(shape: Any, example: Row) -> Row:  # noqa: ANN401 - the recipe's shape
    """Return a seed as the prompts show it."""
    return {"said": _line(shape.said(json.loads(example["record"]), None)), "text": example["text"]}
