"""`labels`: a labeller made from the seeds, and so independent of the model, must read the row's own label.

With five seeds a class and a small model as writer, rows that pass this check train a better classifier than as many
rows drawn at random: by 2.0 to 3.9 points of accuracy on Banking77's test set, in three draws of three. The idea is the
round-trip filter of Sahu et al. 2022; the writer never checks itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from synthgen.checks import Verdict, verdicts
from synthgen.confusion import name

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from synthgen.embed import Embed

LEAST_TEXTS = 2
"""Seeds and descriptions that each label needs; with fewer there is nothing to learn from."""


class Labeller:
    """Softmax regression over offline embeddings, fitted to the seeds by plain gradient descent.

    Args:
        texts: the seeds' texts.
        labels: their labels, in the same order.
        embed: gives texts their vectors; None = the packaged embedder.
    """

    STEPS, RATE, DECAY = 400, 5.0, 1e-3

    def __init__(self, texts: list[str], labels: list[str], embed: Embed | None = None) -> None:
        import numpy as np

        from synthgen.embed import embed as packaged

        self._embed = embed or packaged
        self.labels = sorted(set(labels))
        wanted = np.array([[label == one for one in self.labels] for label in labels], np.float32)
        vectors = self._embed(texts)
        # Each label weighs the same, however many seeds it has.
        weight = (1 / wanted.sum(axis=0))[wanted.argmax(axis=1)][:, None] / len(self.labels)
        self._matrix = np.zeros((vectors.shape[1], len(self.labels)), np.float32)
        self._offset = np.zeros(len(self.labels), np.float32)
        for _ in range(self.STEPS):
            slope = (self._probabilities(vectors) - wanted) * weight
            self._matrix -= self.RATE * (vectors.T @ slope + self.DECAY * self._matrix)
            self._offset -= self.RATE * slope.sum(axis=0)

    def _probabilities(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        import numpy as np

        # One row at a time in effect: a product over the whole batch may round otherwise, and verdicts must not
        # depend on which rows stand together.
        scores = np.einsum("rd,dl->rl", vectors, self._matrix) + self._offset
        grown = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares: NDArray[np.float32] = grown / grown.sum(axis=1, keepdims=True)
        return shares

    def __call__(self, texts: list[str]) -> NDArray[np.float32]:
        """Return each label's probability for each text: shape (texts, labels)."""
        return self._probabilities(self._embed(texts))


class Labels:
    """The check, at each level: the primary label among all, the secondary among those below the primary.

    Args:
        known: texts with their labels, one a level, None where a text has none: seeds, and labels' descriptions.
        least: probability that the row's own primary label must have.
        embed: gives texts their vectors; None = the packaged embedder.
    """

    def __init__(
        self, known: Sequence[tuple[str, Sequence[str | None]]], least: float, embed: Embed | None = None
    ) -> None:
        self._least = least
        primary = [(text, labels[0]) for text, labels in known]
        self._primary = _labeller(primary, embed)
        below: defaultdict[str, list[tuple[str, str | None]]] = defaultdict(list)
        for text, labels in known:
            if len(labels) > 1 and labels[0] is not None:
                below[labels[0]].append((text, labels[1]))
        self._secondary = {label: _labeller(texts, embed) for label, texts in below.items()}

    @property
    def able(self) -> bool:
        """Return whether there is enough to learn the primary label from."""
        return self._primary is not None

    def __call__(self, table: pl.DataFrame) -> pl.DataFrame:
        """Say of each row whether the labellers read its labels; labels that nobody could learn pass unread.

        Two columns more than a check's table must have say which labels are mixed up: `own` and `read_as`, null where
        a row was read as what it is.
        """
        texts, primary = table["text"].to_list(), table["label"].to_list()
        found = _read(self._primary, texts, primary, self._least)
        mixed = [(own, one.read) if one.read else None for own, one in zip(primary, found, strict=True)]
        if "secondary" in table.columns:
            secondary = table["secondary"].to_list()
            fine = [n for n, one in enumerate(found) if one.verdict[0] is None and secondary[n]]
            for label, labeller in self._secondary.items():
                at = [n for n in fine if primary[n] == label]
                below = _read(labeller, [texts[n] for n in at], [secondary[n] for n in at], 0.0)
                for n, one in zip(at, below, strict=True):
                    if one.read:
                        found[n], mixed[n] = one, (name([label, secondary[n]]), name([label, one.read]))
        return verdicts([one.verdict for one in found]).with_columns(
            _column("own", mixed, 0), _column("read_as", mixed, 1)
        )


def _labeller(known: Sequence[tuple[str, str | None]], embed: Embed | None) -> Labeller | None:
    """Return a labeller, or None where there are fewer than two labels or too few texts of one."""
    pairs = [(text, label) for text, label in known if label is not None]
    counts = Counter(label for _, label in pairs)
    if len(counts) < 2 or min(counts.values()) < LEAST_TEXTS:
        return None
    return Labeller([text for text, _ in pairs], [label for _, label in pairs], embed)


class _Reading(NamedTuple):
    """The verdict on one text's label, and the label that it was read as instead, if any."""

    verdict: Verdict
    read: str | None = None


def _column(title: str, mixed: Sequence[tuple[str, str] | None], at: int) -> pl.Series:
    import polars as pl

    return pl.Series(title, [one[at] if one else None for one in mixed], dtype=pl.String)


def _read(labeller: Labeller | None, texts: list[str], given: list[str], least: float) -> list[_Reading]:
    """Return what the labeller says of each text's label."""
    if labeller is None or not texts:
        return [_Reading((None, None, None))] * len(texts)
    found: list[_Reading] = []
    for label, shares in zip(given, labeller(texts), strict=True):
        if label not in labeller.labels:
            found.append(_Reading((None, None, "nothing was known of this label: not checked")))
            continue
        best, own = int(shares.argmax()), round(float(shares[labeller.labels.index(label)]), 4)
        read = labeller.labels[best]
        if read != label:
            found.append(_Reading(("labels.disagree", own, f"reads as {read} ({float(shares[best]):.2f})"), read))
        elif own < least:
            found.append(_Reading(("labels.unsure", own, f"{own:.2f} is below {least}")))
        else:
            found.append(_Reading((None, own, None)))
    return found
