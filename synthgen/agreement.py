"""How far two readers agree, and what a judge's share of yes is worth: the statistics behind `calibrate`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DRAWS = 2000
"""Resamples of a bootstrap: its 2.5th and 97.5th percentiles then stand on fifty draws each."""
Z = 1.96
"""Standard errors to each side of a 95 % interval."""


class Figure(NamedTuple):
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


def kappa(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Return how far two readers agree beyond chance (Cohen 1960): 1 always, 0 as often as chance would."""
    agreed = float((one == other).mean())
    share, mate = float(one.mean()), float(other.mean())
    chance = share * mate + (1 - share) * (1 - mate)
    # Two readers who both say the same of every row agree, but nobody knows whether they can tell rows apart.
    return (agreed - chance) / (1 - chance) if chance < 1 else 0.0


def resampled(
    statistic: Callable[[NDArray[np.bool_], NDArray[np.bool_]], float],
    one: Sequence[bool],
    other: Sequence[bool],
    seed: int = 0,
) -> Figure:
    """Return a statistic of pairs with its percentile bootstrap interval (Efron 1979)."""
    import numpy as np

    first, second = np.array(one, bool), np.array(other, bool)
    draw = np.random.default_rng(seed)
    found = [statistic(first[at], second[at]) for at in draw.integers(0, len(first), (DRAWS, len(first)))]
    low, high = np.percentile(found, [2.5, 97.5])
    return Figure(statistic(first, second), float(low), float(high))


def best_threshold(scores: Sequence[float], good: Sequence[bool]) -> float:
    """Return the score from which keeping rows gives the best F1; of several as good the lowest."""
    import numpy as np

    values, wanted = np.array(scores, float), np.array(good, bool)
    best, best_f1 = float(values.max()), -1.0
    for threshold in np.unique(values):
        kept = values >= threshold
        f1 = 2 * float((kept & wanted).sum()) / max(1, int(kept.sum() + wanted.sum()))
        if f1 > best_f1:
            best, best_f1 = float(threshold), f1
    return best


def corrected(judged: Sequence[bool], judge: Sequence[bool], people: Sequence[bool]) -> Figure:
    """Return the share of rows that people would keep, from few of their readings and many of the judge's.

    Prediction-powered inference with its own weight for the judge (PPI++, Angelopoulos et al. 2023, arXiv 2311.01453):
    right however bad the judge is, and the narrower the better it is.

    Args:
        judged: what the judge says of rows that no person read.
        judge: what it says of rows that people read; these must be drawn at random out of all.
        people: what people say of them, in the same order.
    """
    import numpy as np

    rest, own, truth = (np.array(one, float) for one in (judged, judge, people))
    count, more = len(truth), len(rest)
    spread = float(np.concatenate([rest, own]).var())
    weight = 0.0
    if more and spread and count > 1:
        weight = float(np.cov(truth, own)[0, 1]) / ((1 + count / more) * spread)
        weight = min(1.0, max(0.0, weight))
    error = truth - weight * own
    share = float(error.mean()) + (weight * float(rest.mean()) if more else 0.0)
    variance = float(error.var(ddof=1)) / count if count > 1 else 0.25
    variance += weight**2 * float(rest.var()) / more if more else 0.0
    reach = Z * sqrt(variance)
    return Figure(share, max(0.0, share - reach), min(1.0, share + reach))


def slope(lengths: Sequence[float], values: Sequence[float]) -> Figure:
    """Return by how much a value rises for each unit of length: least squares, with its interval."""
    import numpy as np

    x, y = np.array(lengths, float), np.array(values, float)
    count, spread = len(x), float(((x - x.mean()) ** 2).sum())
    if count < 3 or not spread:
        return Figure(0.0, float("-inf"), float("inf"))
    rise = float(((x - x.mean()) * (y - y.mean())).sum()) / spread
    rest = y - y.mean() - rise * (x - x.mean())
    reach = Z * sqrt(float((rest**2).sum()) / (count - 2) / spread)
    return Figure(rise, rise - reach, rise + reach)
