"""How varied rows are, always beside the same figures for the seeds; never a gate: junk looks varied too.

Measured on Banking77: real rows have a Vendi score of 36, raw rows of a small model 48. A score above the seeds' asks
for a look at what was kept, not for applause.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from synthgen.embed import embed
from synthgen.text import normalise, windows

SAMPLE = 1000
"""Texts that the costlier figures are taken of, evenly drawn."""
OPENING_WORDS = 3


class Figure(NamedTuple):
    """One figure: its name, its value for the seeds and for the kept rows, and what it says."""

    name: str
    seeds: float
    kept: float
    meaning: str


def figures(seeds: Sequence[str], kept: Sequence[str]) -> list[Figure]:
    """Return every figure for the seeds and for as many kept rows as there are seeds, where length would mislead.

    Args:
        seeds: the seeds' texts.
        kept: the kept rows' texts.
    """
    fair = _evenly(kept, len(seeds))
    said = [
        ("words, in the middle", median_words(seeds), median_words(kept), "length of a text"),
        ("distinct-1", distinct(seeds, 1), distinct(fair, 1), "share of different words; kept at the seeds' number"),
        ("distinct-2", distinct(seeds, 2), distinct(fair, 2), "share of different pairs of words; likewise"),
        (
            "compression ratio",
            compression(seeds),
            compression(fair),
            "how much repeats; lower is more varied; likewise",
        ),
        ("Vendi score", vendi(_evenly(seeds)), vendi(fair), "number of texts that differ, in effect; likewise"),
        (
            "commonest opening",
            opening(seeds),
            opening(kept),
            f"share of rows with the same first {OPENING_WORDS} words",
        ),
    ]
    return [Figure(name, round(first, 3), round(second, 3), meaning) for name, first, second, meaning in said]


def _evenly(texts: Sequence[str], most: int = SAMPLE) -> list[str]:
    """Return at most so many texts, evenly spaced."""
    most = min(most, SAMPLE)
    return list(texts) if len(texts) <= most else [texts[number * len(texts) // most] for number in range(most)]


def median_words(texts: Sequence[str]) -> float:
    """Return the words of the text in the middle by length."""
    from statistics import median

    return float(median(len(text.split()) for text in texts)) if texts else 0.0


def distinct(texts: Sequence[str], size: int) -> float:
    """Return the share of different runs of `size` words among all (Li et al. 2016)."""
    runs = [run for text in texts for run in windows(normalise(text).split(), size)]
    return len(set(runs)) / len(runs) if runs else 0.0


def compression(texts: Sequence[str]) -> float:
    """Return the bytes of all texts over their bytes when compressed (Shaib et al. 2024)."""
    whole = "\n".join(texts).encode()
    return len(whole) / len(zlib.compress(whole, 9)) if whole else 0.0


def vendi(texts: Sequence[str]) -> float:
    """Return the exponential of the entropy of the similarity kernel's eigenvalues (Friedman & Dieng 2023)."""
    import numpy as np

    if not texts:
        return 0.0
    vectors = embed(list(texts)).astype(np.float64)
    # The kernel X X' / n has the eigenvalues of X' X / n, and zeros: 256 of them, however many texts.
    shares = np.linalg.eigvalsh(vectors.T @ vectors / len(texts))
    shares = shares[shares > 1e-12]
    return float(np.exp(-(shares * np.log(shares)).sum()))


def opening(texts: Sequence[str]) -> float:
    """Return the share of texts that begin with the commonest first words."""
    counts = Counter(tuple(normalise(text).split()[:OPENING_WORDS]) for text in texts)
    return counts.most_common(1)[0][1] / len(texts) if texts else 0.0
