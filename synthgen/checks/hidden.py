"""`hidden`: what only shapes a row, such as a persona, must not be said in it.

Texts written for a persona like to begin with it ("As a geologist, I …"; Persona Hub, Ge et al. 2024, arXiv
2406.20094): a model that is trained on them learns to introduce itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from synthgen.checks import Verdict, verdicts
from synthgen.text import normalise, windows

if TYPE_CHECKING:
    import polars as pl

RUN = 4
"""So many words of the hidden text in a row give it away."""
_ARTICLE = re.compile(r"^(?:an?|the|some(?:one|body)|people)\s+")


def said(text: str, value: str) -> str:
    """Return the words by which a text gives a hidden value away, or nothing.

    Args:
        text: what was written.
        value: what must not be said.
    """
    plain, words = f" {normalise(text)} ", normalise(value).split()
    core = _ARTICLE.sub("", " ".join(words))
    head = (
        core.split()[:2]
        if core.split()[:1] and core.split()[0] in {"new", "young", "old", "senior"}
        else core.split()[:1]
    )
    runs = [" ".join(run) for run in windows(words, min(RUN, len(words)))] if len(words) > 1 else []
    introduced = [
        f"{lead} {article} {' '.join(head)}" for lead in ("as", "i am", "i m", "im") for article in ("a", "an", "the")
    ]
    return next((run for run in [*runs, *introduced] if head and f" {run} " in plain), "")


class Hidden:
    """The check. It reads the column `cell` and every column `prose:FIELD`.

    Args:
        axes: the axes whose values must not be said.
    """

    def __init__(self, axes: Sequence[str]) -> None:
        self._axes = axes

    def __call__(self, table: pl.DataFrame) -> pl.DataFrame:
        """Say of each row whether a hidden value stands in it."""
        prose = [name for name in table.columns if name.startswith("prose:")]
        found: list[Verdict] = []
        for cell, *texts in table.select("cell", *prose).iter_rows():
            values = json.loads(cell)
            shown = [said(text, values[axis]) for axis in self._axes if axis in values for text in texts if text]
            first = next((one for one in shown if one), None)
            found.append(("hidden.said", None, first) if first else (None, None, None))
        return verdicts(found)
