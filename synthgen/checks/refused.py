"""Refusals in words that no pattern knows: a logistic regression over the vector of a text's beginning.

Only a beginning in which one sentence has a first person or an assistant, a negation or a no in other words, and a verb
or matter of answering is looked at; one in twenty texts of customers has such a sentence, so that few are embedded.

The weights stand in `refused.json`, made by `bench/refused.py` from sentences written for it
(`bench/data/refusals.txt`), the labelled set but for its unread rows, the examples' seeds, and real mails, which refuse
nothing. Of the set's unread refusals patterns alone find .50, and .83 with this; 5 of 2,125 good texts fall for it that
it has not learnt from (mails, answers of MT-Bench and PyRIT, unread look-alikes).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from synthgen.checks import patterns
from synthgen.embed import embed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WEIGHTS = Path(__file__).parent / "refused.json"
FIRST = 300
"""Characters of a text that are looked at."""
LEAST = 1.8
"""Log-odds from which a text is a refusal."""
_WHO = frozenset(("i", "i'm", "i'd", "i'll", "i've", "me", "my"))
_WHO_SAID = ("this assistant", "the assistant", "the model")
_NOT = frozenset(
    "not cannot cant wont dont unable sorry afraid unfortunately rather no nothing never without beyond outside "  # noqa: SIM905
    "against stop leave lack neither nor sooner".split()
)
_NOT_BEGUN = ("declin", "refus", "regret")
_WHAT = tuple(
    "help assist answer writ creat generat produc giv provid offer tell say discuss talk topic subject request text "  # noqa: SIM905
    "message example content rule guideline polic advice opinion story question instruction conversation continue "
    "comfortable allow permit able legal illegal harm safe access know role play train model explain describ support "
    "encourag capabilit translat proceed comply recommend predict endors summari scope decline impersonat simulat "
    "speculat engag".split()
)
_ELSEWHERE = frozenset(
    "app online button screen page pages keyboard site website portal inbox".split()  # noqa: SIM905 - words
)
"""Where customers cannot do a thing either, and say so in the same words."""


def _any_of(whole: Iterable[str], begun: Iterable[str] = ()) -> str:
    """Return a pattern that meets each of these words, or words that begin so."""
    words = (re.escape(one).replace("'", "['’]") for one in sorted(whole))
    return "|".join([*(rf"\b{one}\b" for one in words), *(rf"\b{re.escape(one)}" for one in sorted(begun))])


_FIRST, _SECOND = _any_of([*_WHO, *_WHO_SAID]), rf"n['’]t\b|{_any_of(_NOT, _NOT_BEGUN)}"
HINTS = (
    re.compile(rf"(?:{_FIRST})[^.!?\n]*(?:{_SECOND})|(?:{_SECOND})[^.!?\n]*(?:{_FIRST})", re.IGNORECASE),
    re.compile(_any_of(["do"], _WHAT), re.IGNORECASE),
)
"""What every text has of which `may_refuse` is true: a column is searched for them first."""


@cache
def _weights() -> tuple[NDArray[np.float64], float]:
    import numpy as np

    *found, bias = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return np.array(found), bias


def may_refuse(text: str) -> bool:
    """Return whether a sentence at the beginning has all that a refusal has, and speaks of no page or button."""
    return not patterns.all_quoted(text) and any(
        map(_has_all, re.split(r"[.!?\n]", text[:FIRST].lower().replace("’", "'")))
    )


def _has_all(sentence: str) -> bool:
    words = re.findall(r"[\w']+", sentence)
    return (
        (not _WHO.isdisjoint(words) or any(one in sentence for one in _WHO_SAID))
        and any(one in _NOT or one.endswith("n't") or one.startswith(_NOT_BEGUN) for one in words)
        and any(one == "do" or one.startswith(_WHAT) for one in words)
        and _ELSEWHERE.isdisjoint(words)
    )


def scores(texts: list[str]) -> list[float]:
    """Return the log-odds that each text refuses, to four digits, so that no batch changes a verdict."""
    weights, bias = _weights()
    vectors = embed([text[:FIRST] for text in texts]).astype("float64")
    found: list[float] = [round(float((one * weights).sum()) + bias, 4) for one in vectors]
    return found
