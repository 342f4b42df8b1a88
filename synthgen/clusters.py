"""Kept texts in clusters of one meaning: each round the first text that was kept of it, its leader.

Leader clustering (Hartigan 1975): a text joins the nearest leader if that is near enough, else it leads a cluster of
its own. It looks back only, so that a later text moves no earlier one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from synthgen.minhash import grown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from synthgen.embed import Embed

LEADERS = 50_000
"""Leaders up to which texts are compared by meaning."""
SLICE = 4096
"""Leaders compared at a time."""
ROUNDING = 1e-4
"""How far off a product of whole matrices may be: what it finds is computed again, pair by pair."""


class Place(NamedTuple):
    """Where a text stands: its leader's number (None = it would lead a cluster of its own), and the cosine to it."""

    leader: int | None
    cosine: float | None


class Clusters:
    """The leaders so far.

    Args:
        embed: texts to vectors of length one.
        least: cosine from which a text joins a leader.
        most: texts that a cluster may have.
        tell: is told once, when there are so many leaders that nothing more is compared.
    """

    limit = LEADERS

    def __init__(self, embed: Embed, least: float, most: int, tell: Callable[[str], None] = lambda _: None) -> None:
        self.embed, self.least, self.most, self._tell = embed, least, most, tell
        self.names: list[str] = []
        self.sizes: list[int] = []
        self._vectors: dict[str, NDArray[np.float32]] = {}
        self._numbers: defaultdict[str, list[int]] = defaultdict(list)

    @property
    def full(self) -> bool:
        """Return whether there are too many leaders to compare more texts with."""
        return len(self.names) >= self.limit

    def part(self, texts: Sequence[str], labels: Sequence[str]) -> Part:
        """Return texts ready to be placed one after the other; texts of two labels are of two meanings."""
        return Part(self, [] if self.full else texts, labels)

    def lead(self, name: str, label: str, vector: NDArray[np.float32] | None) -> None:
        """Begin a cluster."""
        if vector is not None and not self.full:
            own = self._numbers[label]
            if label not in self._vectors:
                self._vectors[label] = vector[None].repeat(8, axis=0)
            self._vectors[label] = grown(self._vectors[label], len(own) + 1)
            self._vectors[label][len(own)] = vector
            own.append(len(self.names))
        self.names.append(name)
        self.sizes.append(1)
        if len(self.names) == self.limit:
            self._tell(f"dedup: there are {self.limit} clusters; texts after that are not compared by meaning")

    def near(self, vectors: NDArray[np.float32], label: str) -> list[list[tuple[int, float]]]:
        """Return for each text the leaders that are near enough, with the cosine, in their order."""
        import numpy as np

        found: list[list[tuple[int, float]]] = [[] for _ in vectors]
        numbers = self._numbers.get(label, [])
        for start in range(0, len(numbers), SLICE):
            theirs = self._vectors[label][start : min(start + SLICE, len(numbers))]
            ours, others = np.nonzero(vectors @ theirs.T >= self.least - ROUNDING)
            for own, other, cosine in _cosines(vectors, theirs, ours, others):
                if cosine >= self.least:
                    found[own].append((numbers[start + other], cosine))
        return found


class Part:
    """Some texts, with what is near each of them.

    Args:
        clusters: the leaders before them.
        texts: the texts; none = they are not compared.
        labels: a label each.
    """

    def __init__(self, clusters: Clusters, texts: Sequence[str], labels: Sequence[str]) -> None:
        self._clusters, self._labels = clusters, labels
        self._vectors = clusters.embed(list(texts)) if texts else None
        self._before: dict[int, list[tuple[int, float]]] = {}
        self._among: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
        self._led: dict[int, int] = {}
        by_label: defaultdict[str, list[int]] = defaultdict(list)
        for place in range(len(texts)):
            by_label[labels[place]].append(place)
        for label, places in by_label.items():
            self._compare(label, places)

    def _compare(self, label: str, places: list[int]) -> None:
        import numpy as np

        if self._vectors is None:
            return
        own = self._vectors[places]
        self._before |= dict(zip(places, self._clusters.near(own, label), strict=True))
        later, earlier = np.nonzero(np.tril(own @ own.T, -1) >= self._clusters.least - ROUNDING)
        for one, two, cosine in _cosines(own, own, later, earlier):
            if cosine >= self._clusters.least:
                self._among[places[one]].append((places[two], cosine))

    def __call__(self, place: int) -> Place:
        """Return where a text stands; the texts before it must have been placed."""
        if self._vectors is None or self._clusters.full:
            return Place(None, None)
        near = list(self._before.get(place, ()))
        near += [(self._led[other], cosine) for other, cosine in self._among.get(place, ()) if other in self._led]
        return Place(*max(near, key=lambda one: (one[1], -one[0]))) if near else Place(None, None)

    def keep(self, place: int, name: str, where: Place) -> str:
        """Take a text into its cluster; return its leader's name."""
        if where.leader is not None:
            self._clusters.sizes[where.leader] += 1
            return self._clusters.names[where.leader]
        self._led[place] = len(self._clusters.names)
        self._clusters.lead(name, self._labels[place], None if self._vectors is None else self._vectors[place])
        return name


def _cosines(
    ours: NDArray[np.float32], theirs: NDArray[np.float32], first: NDArray[np.intp], second: NDArray[np.intp]
) -> list[tuple[int, int, float]]:
    """Return each pair with its cosine, a pair at a time in effect: the same bits whichever pairs stand together."""
    import numpy as np

    found: list[tuple[int, int, float]] = []
    for at in range(0, len(first), SLICE):
        one, two = first[at : at + SLICE], second[at : at + SLICE]
        cosines = (ours[one].astype(np.float64) * theirs[two]).sum(axis=1)
        found += zip(one.tolist(), two.tolist(), cosines.tolist(), strict=True)
    return found
