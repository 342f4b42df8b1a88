"""Texts that must fall with a reason's code, and look-alikes that must not."""

from __future__ import annotations

from typing import NamedTuple


class Case(NamedTuple):
    """A text in a field of a task, and the code that it must fall with, or None."""

    code: str
    text: str
    falls: bool
    field: str = "text"


def cases(code: str, faults: list[str], fine: list[str], field: str = "text") -> list[Case]:
    """Return the cases of one code: those that must fall, and the look-alikes."""
    return [Case(code, one, falls=True, field=field) for one in faults] + [
        Case(code, one, falls=False, field=field) for one in fine
    ]
