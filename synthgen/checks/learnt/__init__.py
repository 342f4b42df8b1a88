"""What a text's words say together, learnt from written examples: more ways to refuse and to chat than anybody lists.

A `Wording` is a logistic regression over the words and the pairs of words of a text or of each of its sentences, which
is hard to beat on short texts (Wang and Manning, Baselines and Bigrams, ACL 2012). Pairs are counted, weighed by how
rare they are, and divided by the root of the number of words. The weights lie beside this file; `bench/learnt.py`
makes them of sentences written for it (`bench/data`), and says what they find that they have not learnt from.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from synthgen.checks import hashed, loosened, patterns, refusals

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]

LEAST_WORDS = 4
"""Words that a part counts as at least."""
SIZES = (1, 2)
"""Words in a row that are weighed together."""
DIGITS = 100
"""Weights are whole hundredths, so that their sum is the same in any order, and no batch changes a verdict."""
_ENDS = r"[.!?…:)\]]\s+"
_ALL_QUOTED = r"""^\s*["“„«][^"]*["”“»]\s*$"""


class Told(NamedTuple):
    """What a wording says of a text: the log-odds of its likeliest part, and that part."""

    score: float
    part: str


class Learnt(NamedTuple):
    """What a file holds.

    Args:
        bias: log-odds of a part of which no word or pair is known.
        weights: of words, and of pairs with a space between them.
        signs: those of them of which a part needs one: few texts have any, so that few are read.
    """

    bias: float
    weights: dict[str, float]
    signs: list[str]


class Wording:
    """One thing that texts may say.

    Args:
        name: of the file of weights.
        least: log-odds from which a part says it.
        first: characters that are looked at, as one part; None = each sentence of the whole text is a part.
    """

    def __init__(self, name: str, least: float, first: int | None = None) -> None:
        self.file = Path(__file__).parent / f"{name}.json"
        self.least, self.first = least, first

    @cached_property
    def learnt(self) -> Learnt:
        """What the file holds."""
        return Learnt(**json.loads(self.file.read_text(encoding="utf-8")))

    def signs(self, size: int) -> hashed.Hashes:
        """Return the hashes of the signs of so many words."""
        return _hashes([one for one in self.learnt.signs if one.count(" ") == size - 1], size)

    @cached_property
    def _tables(self) -> list[_Table]:
        return [_Table(self.learnt, size) for size in SIZES]

    def parts(self, texts: pl.Series) -> pl.Series:
        """Return what of each text is looked at: not what somebody else said, nor words for somebody to say."""
        texts = texts.set(texts.str.contains(_ALL_QUOTED), "")
        if self.first is not None:
            return texts.str.slice(0, self.first).reshape((-1, 1)).arr.to_list()
        plain = loosened.without(texts, patterns.QUOTED, ' "." ')
        return plain.str.replace_all(_ENDS, "\n").str.split("\n")

    def told(self, texts: Sequence[str], least: float | None = None, *, signed: bool = True) -> dict[int, Told]:
        """Return what is said of the texts that say it, by their number.

        Args:
            texts: of them.
            least: log-odds from which they do; None = the wording's own.
            signed: whether a part needs a sign.
        """
        import numpy as np
        import polars as pl

        parts = self.parts(pl.Series(texts, dtype=pl.String))
        flat, text = parts.explode(), np.repeat(np.arange(len(parts)), parts.list.len().to_numpy())
        words = hashed.Words(flat)
        total, signs = np.zeros(len(flat), np.int64), np.zeros(len(flat), np.int64)
        for size, table in zip(SIZES, self._tables, strict=True):
            rows, last = words.rows[: max(0, len(words.rows) - size + 1)], words.rows[size - 1 :]
            at = table.find(words.runs(size)[rows == last])
            total += np.bincount(last[rows == last], table.weights[at], len(flat)).astype(np.int64)
            signs += np.bincount(last[rows == last], table.signs[at], len(flat)).astype(np.int64)
        scores = (total / DIGITS / np.sqrt(np.maximum(words.counts, LEAST_WORDS)) + self.learnt.bias).round(4)
        saying = (scores >= (self.least if least is None else least)) & ((signs > 0) | (not signed))
        found: dict[int, Told] = {}
        for part in saying.nonzero()[0].tolist():
            told = Told(float(scores[part]), str(flat[part]).strip())
            found[int(text[part])] = max(told, found.get(int(text[part]), told))
        return found


class _Table:
    """Hashes of words or pairs, what each weighs, and whether it is a sign; the last place is for all others."""

    def __init__(self, learnt: Learnt, size: int) -> None:
        import numpy as np

        names = [one for one in learnt.weights if one.count(" ") == size - 1]
        hashes = _hashes(names, size)
        order = hashes.argsort()
        self._hashes: hashed.Hashes = hashes[order]
        weights = np.rint(np.array([learnt.weights[one] for one in names]) * DIGITS).astype(np.int64)
        self.weights = np.append(weights[order], 0)
        self.signs = np.append(np.isin(np.array(names), learnt.signs)[order], 0)

    def find(self, hashes: hashed.Hashes) -> NDArray[np.intp]:
        """Return the place of each hash; the last one for what is not known."""
        import numpy as np

        at = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        return np.where(self._hashes[at] == hashes, at, len(self._hashes))


def _hashes(names: Sequence[str], size: int) -> hashed.Hashes:
    """Return the hash of each run of so many words."""
    return hashed.runs_of(hashed.of_words(word for one in names for word in one.split(" ")), size)[::size]


@cache
def _known(wordings: tuple[Wording, ...]) -> list[hashed.Known]:
    return [hashed.Known(*(one.signs(size) for one in wordings)) for size in SIZES]


def may(wordings: Sequence[Wording], words: hashed.Words) -> list[Flags]:
    """Return for each of these, two at most, the texts that may say it: those with a sign of it."""
    found = [words.having(size, known) for size, known in zip(SIZES, _known(tuple(wordings)), strict=True)]
    return [one | two for one, two in zip(*found, strict=True)][: len(wordings)]


# The bounds are those at which one to four in a thousand mails fall that were not learnt from (`docs/checks.md`).
REFUSAL = Wording("refusal", least=2.5, first=refusals.FIRST)
"""That its writer declines, or makes an excuse."""
VOICE = Wording("voice", least=2.5)
"""That a chat model wrote it, where somebody's message should stand."""
VOICE_OF_ANSWERS = Wording("voice_of_answers", least=2.5)
"""That it is about the answer, its request or its model, and no part of the answer."""
