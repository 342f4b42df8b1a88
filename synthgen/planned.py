"""The checks that hold a row against what was planned: that it evolved, keeps its constraint, hides its persona."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from synthgen.checks import Check
from synthgen.checks.constraints import Constraints, trouble
from synthgen.checks.evolve import Evolve
from synthgen.checks.hidden import Hidden
from synthgen.errors import RecipeError
from synthgen.recipe import Axis
from synthgen.types import Row


def wider(axes: Mapping[str, Sequence[Row]]) -> dict[str, frozenset[str]]:
    """Return for each axis the values whose rows are to be wider than what they are made of, not harder."""
    found = {name: frozenset(str(row[name]) for row in rows if row.get("wider")) for name, rows in axes.items()}
    return {name: values for name, values in found.items() if values}


def of_axes(vary: Mapping[str, Axis], axes: Mapping[str, Sequence[Row]]) -> list[tuple[str, Check]]:
    """Return the checks that what varies asks for, by name.

    Args:
        vary: as the recipe has it.
        axes: each axis's rows.

    Raises:
        RecipeError: a constraint's rules are none.
    """
    found: list[tuple[str, Check]] = []
    if any(row.get("evolves") for rows in axes.values() for row in rows):
        found.append(("evolve", Evolve(wider(axes))))
    if hidden := [name for name, axis in vary.items() if axis.hidden]:
        found.append(("hidden", Hidden(hidden)))
    constraints = {name: _rules(name, rows) for name, rows in axes.items() if any("holds" in row for row in rows)}
    if constraints:
        found.append(("constraint", Constraints(constraints)))
    return found


def _rules(name: str, rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """Return an axis's values that carry rules, with the rules."""
    found = {str(row[name]): row["holds"] for row in rows if row.get("holds")}
    for value, holds in found.items():
        if wrong := trouble(holds):
            raise RecipeError(
                what=f"the rules of '{value}' do not hold: {wrong}",
                where=f"recipe: vary.{name}",
                fix="write them as `holds: {most_words: 50, without: ','}`; docs/constraints.md lists them",
            )
    return found
