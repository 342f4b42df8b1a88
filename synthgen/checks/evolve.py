"""`evolve`: a row that was made of another must say something new and, where it was to be deeper, be harder.

Evol-Instruct (Xu et al. 2023, arXiv 2304.12244) describes an eliminator that its released code lacks. What code can
tell: an evolved row that brings no new word of content says the same; one that is shorter or demands less than its
parent is easier; one that is much longer (that paper's prompts allow 10 to 20 words more) is another task in one.
Whether a row that passes is harder to think about only a model can say: `checks.harder`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from synthgen.checks import Verdict, verdicts
from synthgen.text import normalise

if TYPE_CHECKING:
    import polars as pl

NEW = 2
"""Words of content that an evolved row must have and its parent has not."""
GROWTH, ROOM = 1.6, 25
"""An evolved row may have so many times its parent's words, and so many more."""
CONTENT = 4
"""Words of fewer letters say little of what a text is about."""
_DEMAND = re.compile(
    r"\b(?:must|should|without|only|exactly|at (?:least|most)|no more than|(?:fewer|less|more) than|between|under|"
    r"within|avoid|except|unless|if|when|while|before|after|both|each|every|compare|explain|justify|why|how|list|"
    r"then|first|second|finally|also|including|include|assum\w+|given|using|instead|rather than|step by step|"
    r"because|so that|and)\b|\d+|[,;:?]",
    re.IGNORECASE,
)


def demands(text: str) -> int:
    """Return how many marks of a demand a text has: conditions, limits, numbers, orders of steps, further questions."""
    return len(_DEMAND.findall(text))


def told(text: str, before: str, *, wider: bool) -> tuple[str, str] | None:
    """Return the code and the evidence with which an evolved text falls, or None.

    Args:
        text: what was made.
        before: what it was made of.
        wider: whether it was to be another task of the same field instead of a harder one.
    """
    plain, old = normalise(text).split(), normalise(before).split()
    new = [word for word in dict.fromkeys(plain) if word not in set(old) and (len(word) >= CONTENT or word.isdigit())]
    if len(new) < NEW:
        return "evolve.same", f"new: {', '.join(new) or 'nothing'}"
    if len(plain) > GROWTH * len(old) + ROOM:
        return "evolve.longer", f"{len(plain)} words, made of {len(old)}"
    here, there = demands(text), demands(before)
    if not wider and (len(plain), here) <= (len(old), there):
        return "evolve.easier", f"{len(plain)} words and {here} demands, made of {len(old)} and {there}"
    if not wider and (here < there or (here == there and len(plain) < len(old))):
        return "evolve.easier", f"{here} demands, made of {there}"
    return None


class Evolve:
    """The check. It reads the columns `cell`, `parent` and `parent_text`.

    Args:
        wider: for an axis the values whose rows are to be wider instead of harder.
    """

    def __init__(self, wider: Mapping[str, frozenset[str]]) -> None:
        self._wider = wider

    def __call__(self, table: pl.DataFrame) -> pl.DataFrame:
        """Say of each row that was made of another whether it is new, and harder."""
        import json

        found: list[Verdict] = []
        for text, cell, parent, before in table.select("text", "cell", "parent", "parent_text").iter_rows():
            if before is None:
                found.append((None, None, None))
                continue
            values = json.loads(cell)
            wider = any(values.get(axis) in these for axis, these in self._wider.items())
            fell = told(text, before, wider=wider)
            found.append((fell[0], None, f"row {parent}: {fell[1]}") if fell else (None, None, f"row {parent}"))
        return verdicts(found)
