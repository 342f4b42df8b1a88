"""Edits that leave a row as good as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from synthgen.faults.ground import Ground, folded, in_all, texts_of, unfolded
from synthgen.types import Row


def _other_number(text: str) -> str:
    return re.sub(r"\d\b", lambda digit: str(int(digit.group()) % 9 + 1), text)


def _other_apostrophe(text: str) -> str:
    return text.replace("'", "’") if "'" in text else text.replace("’", "'")


def _other_contraction(text: str) -> str:
    for short, long in (
        ("I'm", "I am"),
        ("don't", "do not"),
        ("can't", "cannot"),
        ("isn't", "is not"),
        ("it's", "it is"),
    ):
        if short in text or long in text:
            return text.replace(short, long) if short in text else text.replace(long, short)
    return text


def _other_spaces(text: str) -> str:
    return text.replace(" ", "  ", 1)


def _other_mark(text: str) -> str:
    return f"{text[:-1]}!" if text.endswith(".") else text


LOOK_ALIKES: dict[str, Callable[[str], str]] = {
    "number": _other_number,
    "apostrophe": _other_apostrophe,
    "contraction": _other_contraction,
    "spaces": _other_spaces,
    "mark": _other_mark,
}
"""Edits that leave a row as good as it was."""


def _numbers(values: Iterable[Any]) -> set[str]:
    return set(re.findall(r"[1-9]\d*", json.dumps(list(values), ensure_ascii=False, default=str)))


def look_alike(name: str, row: Row, ground: Ground) -> Row | None:
    """Return the row with one harmless edit in each text; None where there was nothing to edit.

    A number that a field without written text holds as well is no matter of taste: the row is left out.
    """
    flat, of_flat = unfolded(row, ground)
    rest = _numbers(value for field, value in flat.items() if field not in ground.fields)
    if name == "number" and rest & _numbers(texts_of(flat, of_flat).values()):
        return None
    found = folded(in_all(flat, of_flat, LOOK_ALIKES[name]), row)
    return found if isinstance(found, dict) else None
