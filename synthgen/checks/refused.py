"""Refusals in words that no pattern knows: a logistic regression over the vector of a text's beginning.

Only a beginning in which one sentence has a first person or an assistant, a negation or a no in other words, and a verb
or matter of answering is looked at; one in twenty texts of customers has such a sentence, so that few are embedded.

The weights stand in `refused.json`, made by `bench/refused.py` from sentences written for it
(`bench/data/refusals.txt`), the read half of the labelled set, the examples' seeds, and real mails, which refuse
nothing. On the unread half of the labelled set patterns alone find .71 of the refusals, and .92 with this; 2 of 2,374
good texts fall for it that it has not learnt from (mails, answers of MT-Bench and PyRIT, the unread half).
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from synthgen.embed import embed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WEIGHTS = Path(__file__).parent / "refused.json"
FIRST = 300
"""Characters of a text that are looked at."""
LEAST = 2.0
"""Log-odds from which a text is a refusal."""
WHO = re.compile(
    r"\bi\b|\bi['’](?:m|d|ll|ve)\b|\bme\b|\bmy\b|\bthis assistant\b|\bthe assistant\b|\bthe model\b", re.IGNORECASE
)
NOT = re.compile(
    r"n['’]t\b|\bnot\b|\bcannot\b|\bcant\b|\bwont\b|\bdont\b|\bunable\b|\bsorry\b|\bdeclin|\brefus|\bafraid\b|\bunfortunately\b"
    r"|\bregret|\brather\b|\bno\b|\bnothing\b|\bnever\b|\bwithout\b|\bbeyond\b|\boutside\b|\bagainst\b|\bstop\b|\bleave\b"
    r"|\black\b|\bneither\b|\bnor\b|\bsooner\b",
    re.IGNORECASE,
)
WHAT = re.compile(
    r"\b(?:help|assist|answer|writ|creat|generat|produc|giv|provid|offer|tell|say|discuss|talk|topic|subject|request|text|message"
    r"|example|content|rule|guideline|polic|advice|opinion|story|question|instruction|conversation|continue|comfortable|allow"
    r"|permit|able|legal|illegal|harm|safe|access|know|do\b|role|play|train|model)",
    re.IGNORECASE,
)
ELSEWHERE = re.compile(r"\b(?:app|online|button|screen|pages?|keyboard|(?:web ?)?site|portal|inbox)\b", re.IGNORECASE)
"""Where customers cannot do a thing either, and say so in the same words."""
PARTS = (WHO, NOT, WHAT)
"""What a sentence of a refusal has, each of them."""
BOTH = re.compile(
    rf"(?:{WHO.pattern})[^.!?\n]*(?:{NOT.pattern})|(?:{NOT.pattern})[^.!?\n]*(?:{WHO.pattern})", re.IGNORECASE
)
"""The first two of them in one sentence, in either order."""


@cache
def _weights() -> tuple[NDArray[np.float64], float]:
    import numpy as np

    *found, bias = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return np.array(found), bias


def may_refuse(text: str) -> bool:
    """Return whether a sentence at the beginning has all that a refusal has."""
    begun = text[:FIRST]
    if not all(part.search(begun) for part in PARTS):
        return False
    sentences = re.split(r"[.!?\n]", begun)
    return any(all(part.search(one) for part in PARTS) and not ELSEWHERE.search(one) for one in sentences)


def scores(texts: list[str]) -> list[float]:
    """Return the log-odds that each text refuses, to four digits, so that no batch changes a verdict."""
    weights, bias = _weights()
    vectors = embed([text[:FIRST] for text in texts]).astype("float64")
    found: list[float] = [round(float((one * weights).sum()) + bias, 4) for one in vectors]
    return found
