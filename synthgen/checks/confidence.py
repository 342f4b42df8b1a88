"""Self-confidence: how likely a row's own label is to a model of the table's other rows, and which rows are doubtful.

The check of labels asks the seeds; this asks the rows that were kept, when there are enough of them. It looks at the
whole table, and so it rejects nothing: what it doubts goes to a person. The idea and the rule are confident learning's
(Northcutt, Jiang and Chuang 2021, as cleanlab has them). cleanlab itself needs scikit-learn, 200 MB; the model here is
thirty lines. With a tenth of the labels flipped at random, a row's self-confidence tells flipped rows from others
with AUC .97 on 692 questions of 16 topics (`bench/labels.py`); with twenty rows a label it is .76 to .87.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from heapq import nsmallest
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from synthgen.embed import Embed

    Numbers = NDArray[np.float32]

FOLDS = 5
LEAST_ROWS = 10
"""Rows that a label needs to be looked at; labels with fewer take no part."""
MOST_LABELS = 500
"""The commonest labels alone take part: memory and time grow with their number."""
SAMPLE = 20_000
"""Rows that the models are fitted to: more make it slower, and no surer."""
CHUNK = 5_000
"""Rows that are scored at once."""
SHARE = 0.15
"""Most of a label's rows that a person is asked about: beyond, the label itself is in doubt."""

Tables = Callable[[], Iterable["pl.DataFrame"]]
"""Gives a dataset's rows part by part, the same each time: columns id, text, label."""


class Suspect(NamedTuple):
    """A row that another label may fit better.

    Args:
        id: the row.
        label: its own label.
        confidence: the own label's probability.
        reads_as: the likelier label.
        likelihood: that label's probability.
    """

    id: str
    label: str
    confidence: float
    reads_as: str
    likelihood: float

    @property
    def evidence(self) -> str:
        """Return what shows it, in words."""
        return f"the other rows read it as {self.reads_as} ({self.likelihood:.2f}, {self.label} {self.confidence:.2f})"


class Folds:
    """Models of which each has not seen a fifth of the rows.

    Args:
        ids: names of the rows; with the same names and texts the folds are the same, in whatever order rows come.
        texts: their texts.
        labels: their labels, of at least two kinds.
        embed: gives texts their vectors.
    """

    def __init__(self, ids: Sequence[str], texts: Sequence[str], labels: Sequence[str], embed: Embed) -> None:
        import numpy as np

        self.labels = sorted(set(labels))
        number = {label: at for at, label in enumerate(self.labels)}
        # Sorted, so that sums are added up in one order, and dealt label by label, so that no model lacks one.
        order = sorted(range(len(ids)), key=lambda at: (number[labels[at]], _place(ids[at]), ids[at]))
        own = np.array([number[labels[at]] for at in order])
        fold = _turns(own)
        vectors = embed([texts[at] for at in order])
        self._embed = embed
        self._models = [_fit(vectors[fold != one], own[fold != one], len(self.labels)) for one in range(FOLDS)]
        self._fold = {ids[at]: int(one) for at, one in zip(order, fold, strict=True)}
        found = self(ids, texts)
        given = np.array([number[label] for label in labels])
        mine = found[np.arange(len(given)), given]
        self.average = np.array([mine[given == one].mean() for one in range(len(self.labels))], np.float32)
        """Each label's self-confidence, averaged over its rows: from there on a row passes for one of that label."""

    def __call__(self, ids: Sequence[str], texts: Sequence[str]) -> Numbers:
        """Return each label's probability by a model that has not seen the row: shape (rows, labels)."""
        import numpy as np

        found = np.zeros((len(ids), len(self.labels)), np.float32)
        for start in range(0, len(ids), CHUNK):
            part = slice(start, start + CHUNK)
            vectors = self._embed(list(texts[part]))
            fold = np.array([self._fold.get(name, _place(name) % FOLDS) for name in ids[part]])
            for one, model in enumerate(self._models):
                found[part][fold == one] = _probabilities(vectors[fold == one], model)
        return found


def self_confidence(ids: Sequence[str], texts: Sequence[str], labels: Sequence[str], embed: Embed) -> Numbers:
    """Return the probability of each row's own label by a model that has not seen the row.

    Args:
        ids: names of the rows, from which their folds come.
        texts: their texts.
        labels: their labels; every one should have at least `FOLDS` rows.
        embed: gives texts their vectors.
    """
    import numpy as np

    if len(set(labels)) < 2:
        return np.ones(len(ids), np.float32)
    folds = Folds(ids, texts, labels, embed)
    number = {label: at for at, label in enumerate(folds.labels)}
    own: Numbers = folds(ids, texts)[np.arange(len(ids)), [number[label] for label in labels]]
    return own


def suspects(tables: Tables, embed: Embed) -> list[Suspect]:
    """Return the rows whose labels a person should look at, most doubtful first.

    A row is doubtful if its own label is less likely than for the average row of that label, and another one likelier
    than its own and at least as likely as for the average row of that other label. Of each label at most `SHARE` is
    named.

    Args:
        tables: the dataset. It is gone through twice, and held in memory up to `SAMPLE` rows.
        embed: gives texts their vectors.
    """
    counts: Counter[str] = Counter()
    for table in tables():
        counts.update(table["label"].drop_nulls().to_list())
    known = {label: times for label, times in counts.most_common(MOST_LABELS) if label and times >= LEAST_ROWS}
    if len(known) < 2:
        return []
    folds = Folds(*_sample(tables, known), embed)
    most = {label: max(1, int(SHARE * times)) for label, times in known.items()}
    found: defaultdict[str, list[Suspect]] = defaultdict(list)
    for table in tables():
        for part in table.iter_slices(CHUNK):
            for one in _doubtful(folds, _rows(part, known)):
                found[one.label].append(one)
            for label, ones in found.items():
                found[label] = nsmallest(most[label], ones, key=_doubt)
    return sorted((one for ones in found.values() for one in ones), key=_doubt)


def _doubt(one: Suspect) -> tuple[float, str]:
    return one.confidence, one.id


def _rows(table: pl.DataFrame, known: Mapping[str, int]) -> list[tuple[str, str, str]]:
    """Return id, text and label of the rows that take part."""
    return [row for row in table.select("id", "text", "label").iter_rows() if row[2] in known and row[1]]


def _sample(tables: Tables, known: Mapping[str, int]) -> tuple[list[str], list[str], list[str]]:
    """Return ids, texts and labels of the rows to fit to: those whose names have the least digests."""
    chosen: list[tuple[str, str, str]] = []
    for table in tables():
        for part in table.iter_slices(SAMPLE):
            chosen += _rows(part, known)
            if len(chosen) > SAMPLE:
                chosen = nsmallest(SAMPLE, chosen, key=lambda row: (_place(row[0]), row[0]))
    return [row[0] for row in chosen], [row[1] for row in chosen], [row[2] for row in chosen]


def _doubtful(folds: Folds, rows: Sequence[tuple[str, str, str]]) -> list[Suspect]:
    """Return the doubtful ones of some rows: confident learning's rule."""
    import numpy as np

    number = {label: at for at, label in enumerate(folds.labels)}
    rows = [row for row in rows if row[2] in number]  # a sample may miss a rare label
    found = folds([row[0] for row in rows], [row[1] for row in rows])
    own = np.array([number[row[2]] for row in rows], dtype=np.int64)
    at = np.arange(len(rows))
    confidence = found[at, own]
    others = np.where(found >= folds.average, found, 0)
    others[at, own] = 0
    best = others.argmax(axis=1) if rows else own
    doubtful = (confidence < folds.average[own]) & (others[at, best] > confidence)
    return [
        Suspect(
            rows[n][0],
            rows[n][2],
            round(float(confidence[n]), 4),
            folds.labels[best[n]],
            round(float(others[n, best[n]]), 4),
        )
        for n in np.flatnonzero(doubtful)
    ]


def _place(name: str) -> int:
    """Return a number that depends on a row's name alone."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big")


def _turns(own: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return each row's fold: the rows of a label, which stand together, are dealt in turn."""
    import numpy as np

    starts = np.searchsorted(own, own)
    turns: NDArray[np.int64] = (np.arange(len(own)) - starts) % FOLDS
    return turns


STEPS, DECAY = 60, 3e-4


def _fit(vectors: Numbers, own: NDArray[np.int64], labels: int) -> Numbers:
    """Fit a softmax regression; return its matrix, the offsets in the last row.

    Each step divides the slope by a bound of the curvature that no step changes (Böhning 1992), with Nesterov's
    momentum: on embeddings, whose directions differ much in size, sixty such steps go further than thousands of plain
    ones.
    """
    import numpy as np

    rows, width = vectors.shape
    held = np.concatenate([vectors, np.ones((rows, 1), np.float32)], axis=1)
    decay = np.array([DECAY] * width + [1e-6], np.float32)
    wanted = np.zeros((rows, labels), np.float32)
    wanted[np.arange(rows), own] = 1
    bound = np.linalg.inv((held.T @ held / (2 * rows)).astype(np.float64) + np.diag(decay)).astype(np.float32)
    matrix = ahead = np.zeros((width + 1, labels), np.float32)
    for step in range(STEPS):
        slope = held.T @ (_probabilities(vectors, ahead) - wanted) / rows + decay[:, None] * ahead
        moved = ahead - bound @ slope
        matrix, ahead = moved, moved + step / (step + 3) * (moved - matrix)
    return matrix


def _probabilities(vectors: Numbers, matrix: Numbers) -> Numbers:
    import numpy as np

    scores = vectors @ matrix[:-1] + matrix[-1]
    scores -= scores.max(axis=1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=1, keepdims=True)
    shares: Numbers = scores
    return shares
