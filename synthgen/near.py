"""Texts met so far, searchable for one that says nearly the same: by Jaccard similarity of character 5-grams.

Up to `EXACT` texts an inverted index finds every twin. From there on only pairs that MinHash proposes are compared,
each of them exactly. Which of the two answers depends on how many texts were kept before and on nothing else, so that
the answer is the same however texts are cut into parts.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from synthgen.minhash import Table, grown, signatures
from synthgen.text import Packed, hashes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EXACT = 50_000
"""Texts up to which the search is exact."""
GRAMS = 300_000
"""Grams of those texts up to which it is: so many have 5,000 texts of a dozen words.

Among a million grams a look-up by the index takes twenty times as long as by MinHash, and finds no more."""
BLOCK = 1024
"""Texts looked at together: few enough for a processor's cache."""
PART = 1 << 19
"""Grams compared at a time."""


class Twin(NamedTuple):
    """The nearest text met so far: its number, in the order of being kept, and the similarity; 1 = equal texts."""

    number: int
    similarity: float


Decide = Callable[[int, "Twin | None"], bool]
"""Is told a text's place and its twin, and says whether the text is kept."""


class Near:
    """Texts met so far.

    Args:
        least: similarity from which two texts are twins.
        exact: texts up to which the search is exact.
    """

    def __init__(self, least: float, exact: int = EXACT) -> None:
        import numpy as np

        self._least, self._exact = least, exact
        self._shelf = Shelf()
        self._grams = 0
        self._known: dict[int, int] = {}
        self._having: list[array[int]] = []
        self._times = np.zeros(1024, np.int32)
        self._table: Table | None = None

    def __len__(self) -> int:
        return len(self._shelf)

    def sift(self, texts: Packed, decide: Decide) -> None:
        """Look each text up among those kept before it, of these texts too, and keep it if `decide` says so."""
        at = self._one_by_one(texts, decide, keep=True)
        for block in self._blocks(texts, at):
            self._sift(block, at, decide)
            at += len(block)

    def nearest(self, texts: Packed) -> list[Twin | None]:
        """Return each text's twin among those kept so far."""
        found: list[Twin | None] = []
        if not self._exactly:
            for block in self._blocks(texts, 0):
                found += block.nearest()
            return found

        def note(_: int, twin: Twin | None) -> bool:
            found.append(twin)
            return False

        self._one_by_one(texts, note, keep=False)
        return found

    def add(self, texts: Packed) -> None:
        """Keep texts without looking them up."""
        import numpy as np

        at = 0
        while at < len(texts) and self._exactly:
            for plain, grams in _each(texts.part(at, min(at + BLOCK, len(texts)))):
                if self._exactly:
                    self._take(plain, grams, self._places(grams))
                    at += 1
        for block in self._blocks(texts, at):
            self._keep(block, np.arange(len(block)))

    @property
    def _exactly(self) -> bool:
        return len(self._shelf) < self._exact and self._grams < GRAMS

    def _one_by_one(self, texts: Packed, decide: Decide, *, keep: bool) -> int:
        """Look up texts as long as the search is exact; return at which text it ceases to be."""
        at = 0
        while at < len(texts) and self._exactly:
            for plain, grams in _each(texts.part(at, min(at + BLOCK, len(texts)))):
                if not self._exactly:
                    return at
                places = self._places(grams)
                if decide(at, self._look_up(plain, grams, places)) and keep:
                    self._take(plain, grams, places)
                at += 1
        return at

    def _places(self, grams: NDArray[np.uint64]) -> list[int | None]:
        """Return where the index lists the texts that have each gram; None = no text has it."""
        return list(map(self._known.get, grams.tolist()))

    def _take(self, plain: bytes, grams: NDArray[np.uint64], places: list[int | None]) -> None:
        import numpy as np

        number, having = len(self._shelf), self._having
        self._shelf.append(plain)
        own: list[int] = []
        for gram, known in zip(grams.tolist(), places, strict=True):
            if known is None:
                self._known[gram] = len(having)
                own.append(len(having))
                having.append(array("i", (number,)))
            else:
                own.append(known)
                having[known].append(number)
        self._grams += len(own)
        self._times = grown(self._times, len(having))
        self._times[np.array(own, np.intp)] += 1

    def _look_up(self, plain: bytes, grams: NDArray[np.uint64], known: list[int | None]) -> Twin | None:
        """Return the nearest text by the index, the earliest of several as near.

        A twin lacks (1 - least) |A| of a text's grams at most, so it has the rest of any part of them. Looked at are
        the rarest three fifths, whose lists are short; what they leave is compared in full.
        """
        import numpy as np

        size = len(grams)
        may_lack = int((1 - self._least) * size + 1e-9)
        looked_at = min(size, max(ceil(0.6 * size), may_lack + 1))
        # Grams that no text has are the rarest of all.
        met = [at for at in known if at is not None]
        room = looked_at - (size - len(met))
        if room < looked_at - may_lack or room <= 0:
            return None
        places = np.array(met)
        rarest = places[np.argpartition(self._times[places], room - 1)[:room]].tolist()
        times = np.bincount(np.frombuffer(b"".join([self._having[at] for at in rarest]), np.int32))
        numbers = np.flatnonzero(times >= looked_at - may_lack)
        if not len(numbers):
            return None
        own = (grams, np.array([0, size]))
        similar = jaccard(own, hashes(self._shelf.texts.take(numbers)), np.zeros_like(numbers), np.arange(len(numbers)))
        return self._best(numbers, similar, plain)

    def _best(self, numbers: NDArray[np.intp], similar: NDArray[np.float64], plain: bytes) -> Twin | None:
        best = similar.max()
        if best < self._least:
            return None
        # The same grams may make two texts: the one that is equal comes first.
        likeliest = numbers[similar == best]
        if best == 1:
            for number in likeliest:
                if self._shelf[int(number)] == plain:
                    return Twin(int(number), 1.0)
        return Twin(int(likeliest[0]), min(float(best), 0.9999))

    def _sift(self, block: _Block, start: int, decide: Decide) -> None:
        """Look up a block of texts, the earlier of them included."""
        import numpy as np

        before, among = block.nearest(), block.among()
        first = len(self._shelf)
        numbers: dict[int, int] = {}
        for place, one in enumerate(before):
            twin = one
            for other, similarity in among.get(place, ()):
                if other in numbers and (twin is None or similarity > twin.similarity):
                    twin = Twin(numbers[other], similarity)
            if decide(start + place, twin):
                numbers[place] = first + len(numbers)
        self._keep(block, np.fromiter(numbers, np.intp))

    def _keep(self, block: _Block, places: NDArray[np.intp]) -> None:
        self._shelf.add(block.texts.take(places))
        block.table.add(block.found[places], block.keys[places])

    def _blocks(self, texts: Packed, start: int) -> Iterator[_Block]:
        """Give the texts from one on in blocks; while one is looked at, another thread makes the next."""
        if start >= len(texts):
            return
        table = self._of_all()
        parts = (texts.part(at, min(at + BLOCK, len(texts))) for at in range(start, len(texts), BLOCK))
        with ThreadPoolExecutor(1) as another:
            ahead = another.submit(_Block, next(parts), table, self._shelf, self._least)
            for part in parts:
                ready = ahead.result()
                ahead = another.submit(_Block, part, table, self._shelf, self._least)
                yield ready
            yield ahead.result()

    def _of_all(self) -> Table:
        """Return the table of all texts kept so far; from the first call on there is no index."""
        if self._table is None:
            self._table = Table(self._least)
            self._known, self._having = {}, []
            for at in range(0, len(self._shelf), BLOCK):
                part = self._shelf.texts.part(at, min(at + BLOCK, len(self._shelf)))
                found = signatures(*hashes(part))
                self._table.add(found, self._table.keys(found))
        return self._table


class _Block:
    """Some texts with their signatures."""

    def __init__(self, texts: Packed, table: Table, shelf: Shelf, least: float) -> None:
        self.texts, self.table, self._shelf, self._least = texts, table, shelf, least
        self._grams, self._begins = hashes(texts)
        self.found = signatures(self._grams, self._begins)
        self.keys = table.keys(self.found)

    def __len__(self) -> int:
        return len(self.texts)

    def nearest(self) -> list[Twin | None]:
        """Return each text's twin among those kept before the block."""
        import numpy as np

        found: list[Twin | None] = [None] * len(self.texts)
        pairs = self.table.near(self.found, self.keys)
        if not len(pairs):
            return found
        known, places = np.unique(pairs[:, 1], return_inverse=True)
        theirs = self._shelf.texts.take(known)
        similar = self._similar(pairs[:, 0], places, theirs)
        for (place, number), one in zip(pairs.tolist(), similar.tolist(), strict=True):
            best = found[place]
            if one >= self._least and (best is None or one > best.similarity):
                found[place] = Twin(number, one)
        return found

    def among(self) -> dict[int, list[tuple[int, float]]]:
        """Return for each place the earlier places in the block that are near it, with their similarities."""
        pairs = self.table.among(self.found, self.keys)
        found: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
        if len(pairs):
            similar = self._similar(pairs[:, 0], pairs[:, 1], self.texts)
            for (place, other), one in zip(pairs.tolist(), similar.tolist(), strict=True):
                if one >= self._least:
                    found[place].append((other, one))
        return found

    def _similar(self, ours: NDArray[np.intp], theirs: NDArray[np.intp], texts: Packed) -> NDArray[np.float64]:
        """Return the Jaccard similarity of each pair; 1 is for equal texts alone."""
        import numpy as np

        one, two = (self._grams, self._begins), hashes(texts)
        found = jaccard(one, two, ours, theirs)
        for at in np.flatnonzero(found == 1):
            if self.texts.text(int(ours[at])) != texts.text(int(theirs[at])):
                found[at] = 0.9999
        return np.where(found == 1, 1, np.minimum(found, 0.9999))


Grams = tuple["NDArray[np.uint64]", "NDArray[np.int64]"]


def jaccard(one: Grams, two: Grams, ours: NDArray[np.intp], theirs: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the Jaccard similarity of the sets of grams of each pair (text of `one`, text of `two`)."""
    import numpy as np

    sizes = np.diff(one[1])[ours] + np.diff(two[1])[theirs]
    order = np.argsort(sizes, kind="stable")
    found = np.zeros(len(order))
    at = 0
    while at < len(order):
        part = order[at : at + max(1, PART // int(sizes[order[at]]))]
        while len(part) > 1 and len(part) * int(sizes[part[-1]]) > 2 * PART:
            part = part[: len(part) // 2]
        found[part] = _jaccard(_padded(*one, ours[part]), _padded(*two, theirs[part]))
        at += len(part)
    return found


def _padded(grams: NDArray[np.uint64], begins: NDArray[np.int64], numbers: NDArray[np.intp]) -> NDArray[np.uint64]:
    """Return the grams of some texts, a row each, sorted; what stands there twice, and the room left, is 0."""
    import numpy as np

    sizes = begins[numbers + 1] - begins[numbers]
    columns = np.arange(sizes.max())
    inside = columns < sizes[:, None]
    found = np.where(inside, grams[np.where(inside, begins[numbers][:, None] + columns, 0)] | np.uint64(1), 0)
    found.sort(axis=1)
    again = found[:, 1:] == found[:, :-1]
    found[:, 1:][again] = 0
    return found


def _jaccard(one: NDArray[np.uint64], two: NDArray[np.uint64]) -> NDArray[np.float64]:
    import numpy as np

    whole = np.concatenate([one, two], axis=1)
    whole.sort(axis=1)
    shared = ((whole[:, 1:] == whole[:, :-1]) & (whole[:, 1:] != 0)).sum(axis=1)
    similar: NDArray[np.float64] = shared / ((whole != 0).sum(axis=1) - shared)
    return similar


def _each(texts: Packed) -> list[tuple[bytes, NDArray[np.uint64]]]:
    """Return each text with its set of grams."""
    import numpy as np

    grams, begins = hashes(texts)
    return [(texts.text(at), np.unique(grams[begins[at] : begins[at + 1]])) for at in range(len(texts))]


class Shelf:
    """Texts end to end in one buffer that grows: a text takes its bytes and 8 more."""

    def __init__(self) -> None:
        import numpy as np

        self._data = np.zeros(1 << 16, np.uint8)
        self._ends = np.zeros(1 << 10, np.int64)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: int) -> bytes:
        return self.texts.text(number)

    @property
    def texts(self) -> Packed:
        """Return all texts; nothing is copied."""
        return Packed(self._data, self._ends[: self._count + 1])

    def append(self, text: bytes) -> None:
        """Add one text."""
        import numpy as np

        self.add(Packed(np.frombuffer(text, np.uint8), np.array([0, len(text)])))

    def add(self, texts: Packed) -> None:
        """Add texts."""
        start = self._ends[self._count]
        self._ends = grown(self._ends, self._count + len(texts) + 1)
        self._data = grown(self._data, int(start + texts.ends[-1]))
        self._data[start : start + texts.ends[-1]] = texts.data
        self._ends[self._count + 1 : self._count + len(texts) + 1] = start + texts.ends[1:]
        self._count += len(texts)
