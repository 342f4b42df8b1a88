"""`constraint`: what an answer was told to keep to is checked by code.

The rules are those that code decides without doubt, as in IFEval (Zhou et al. 2023, arXiv 2311.07911) and AutoIF (Dong
et al. 2024, arXiv 2406.13542); no code that a model wrote is run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from synthgen.checks import Verdict, verdicts
from synthgen.text import normalise

if TYPE_CHECKING:
    import polars as pl


def _words(text: str) -> int:
    return len(text.split())


def _sentences(text: str) -> int:
    return len([one for one in re.split(r"(?<=[.!?])[\"')\]]*(?:\s+|$)", text.strip()) if one.strip()])


def _paragraphs(text: str) -> int:
    return len([one for one in re.split(r"\n\s*\n", text.strip()) if one.strip()])


def _bullets(text: str) -> int:
    return len(re.findall(r"^\s*(?:[-*•]|\d+[.)])\s+\S", text, re.MULTILINE))


def _is_json(text: str) -> bool:
    try:
        json.loads(re.sub(r"\A```(?:json)?\s*|\s*```\Z", "", text.strip()))
    except ValueError:
        return False
    return True


def _has(text: str, word: object) -> bool:
    return f" {normalise(str(word))} " in f" {normalise(text)} "


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else [value]


RULES: dict[str, Callable[[str, Any], bool]] = {
    "most_words": lambda text, number: _words(text) <= int(number),
    "least_words": lambda text, number: _words(text) >= int(number),
    "sentences": lambda text, number: _sentences(text) == int(number),
    "most_sentences": lambda text, number: _sentences(text) <= int(number),
    "paragraphs": lambda text, number: _paragraphs(text) == int(number),
    "bullets": lambda text, number: _bullets(text) == int(number),
    "least_bullets": lambda text, number: _bullets(text) >= int(number),
    "most_letters": lambda text, number: len(text) <= int(number),
    "includes": lambda text, words: all(_has(text, word) for word in _listed(words)),
    "avoids": lambda text, words: not any(_has(text, word) for word in _listed(words)),
    "without": lambda text, marks: not any(str(mark) in text for mark in _listed(marks)),
    "begins": lambda text, start: text.lstrip().lower().startswith(str(start).lower()),
    "ends": lambda text, end: text.rstrip().lower().endswith(str(end).lower()),
    "small_letters": lambda text, _: text == text.lower(),
    "capital_letters": lambda text, _: text == text.upper(),
    "digits": lambda text, wanted: bool(re.search(r"\d", text)) == bool(wanted),
    "questions": lambda text, wanted: text.count("?") == int(wanted),
    "quoted": lambda text, _: len(text.strip()) > 2 and text.strip()[0] + text.strip()[-1] in {'""', "“”", "''"},
    "json": lambda text, _: _is_json(text),
    "matches": lambda text, pattern: bool(re.search(str(pattern), text)),
    "numbered": lambda text, number: len(re.findall(r"^\s*\d+[.)]\s+\S", text, re.MULTILINE)) == int(number),
}
"""Each rule by name: a text and the rule's value to whether the text keeps to it."""


def broken(text: str, holds: Mapping[str, Any]) -> list[str]:
    """Return the rules that a text breaks, each with its value.

    Args:
        text: an answer.
        holds: rules by name, with their values.
    """
    return [f"{name}: {value}" for name, value in holds.items() if not RULES[name](text, value)]


def trouble(holds: object) -> str:
    """Return what is wrong with rules as a recipe has them, or nothing."""
    if not isinstance(holds, dict) or not holds:
        return "it is no table of rules with values"
    for name, value in holds.items():
        if name not in RULES:
            return f"there is no rule '{name}'; known are {', '.join(RULES)}"
        try:
            RULES[name]("a b.", value)
        except (ValueError, TypeError, re.error) as error:
            return f"'{name}' cannot have the value {value!r} ({error})"
    return ""


class Constraints:
    """The check. It reads the columns `cell`, `asked`, `answer` and `steered_from`.

    Args:
        axes: for an axis, its values that carry rules, with the rules.
    """

    def __init__(self, axes: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> None:
        self._axes = axes

    def __call__(self, table: pl.DataFrame) -> pl.DataFrame:
        """Say of each row whether its constraint is asked for and kept, and broken by the answer to steer away from."""
        columns = table.select("cell", "asked", "answer", "steered_from")
        return verdicts([self._verdict(*row) for row in columns.iter_rows()])

    def _verdict(self, cell: str, asked: str, answer: str, other: str | None) -> Verdict:
        values = json.loads(cell)
        for axis, constraints in self._axes.items():
            value = values.get(axis, "")
            if value not in constraints:
                continue
            if normalise(value) not in normalise(asked):
                return "constraint.unsaid", None, value
            if found := broken(answer, constraints[value]):
                return "constraint.broken", None, "; ".join(found)
            if other is not None and not broken(other, constraints[value]):
                return "constraint.kept", None, value
        return None, None, None
