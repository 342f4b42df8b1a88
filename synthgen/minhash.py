"""MinHash signatures and their bands, for texts by the thousand: which pairs are worth comparing at all.

A signature has 256 places. Each of a text's grams goes to one place by its hash, and the least hash at a place stays
(one permutation hashing, Li et al. 2012); places that are empty after some rounds borrow from others in an order that
is the same for every text (optimal densification, Shrivastava 2017). Two texts agree at a place about as often as their
Jaccard similarity says. Bands of places that agree whole make two texts a candidate pair (Broder 1997).

Why it is our own: rensa 0.5 makes signatures about as fast, but gives them away as lists of Python's numbers only
(forty seconds for a million), and its index answers whether a row has a candidate, not which.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Kind = TypeVar("Kind", bound=np.generic)

PLACES = 256
RECALL = 0.98
"""Share of pairs at the threshold itself that the bands must find, as far as places suffice."""
_EMPTY = 0xFFFFFFFF
_ENOUGH, _MOST_ROUNDS, _BORROWS = 512, 32, 64
"""Gram hashes that a signature looks at if it can; most rounds; tries at borrowing."""
_NONE = -1


def bands(least: float) -> tuple[int, int]:
    """Return how many bands of how many places: the longest that find pairs at the threshold often enough.

    At .6 that is 51 bands of 5, which find .984 of the pairs at .6 and .9999 at .7.
    """
    for length in range(16, 1, -1):
        count = PLACES // length
        if 1 - (1 - least**length) ** count >= RECALL:
            return count, length
    return PLACES, 1


def signatures(grams: NDArray[np.uint64], begins: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Return the signature of each text: shape (texts, 256).

    Args:
        grams: hashes of all texts' grams end to end.
        begins: where each text's begin and end.
    """
    import numpy as np

    sizes = np.diff(begins)
    rounds = np.clip(-(-_ENOUGH // sizes), 2, _MOST_ROUNDS)
    whole = np.full(len(sizes) * PLACES, _EMPTY, np.uint32)
    base = np.repeat(np.arange(len(sizes), dtype=np.int64) * PLACES, sizes)
    for number in range(int(rounds.max(initial=0))):
        if number >= rounds.min():
            still = np.repeat(rounds > number, np.diff(begins) if number == rounds.min() else sizes)
            grams, base, sizes = grams[still], base[still], sizes * (rounds > number)
        found = whole if number == 0 else np.full_like(whole, _EMPTY)
        salted = grams * np.uint64(_salt(number))
        at = (salted >> np.uint64(56)).view(np.int64)
        at += base
        np.minimum.at(found, at, salted.astype(np.uint32) & np.uint32(_EMPTY - 1))
        if number:
            np.copyto(whole, found, where=whole == _EMPTY)
    return _borrowed(whole).reshape(-1, PLACES)


def _salt(number: int) -> int:
    """Return an odd multiplier for each round: powers of one."""
    return int(pow(0xDA942042E4DD58B5, number + 1, 2**64))


def _borrowed(whole: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Fill empty places from others of the same text."""
    import numpy as np

    empty = np.flatnonzero(whole == _EMPTY)
    filled = whole.copy()
    for order in _orders():
        if not len(empty):
            break
        found = whole[(empty & ~(PLACES - 1)) + order[empty & (PLACES - 1)]]
        filled[empty] = found
        empty = empty[found == _EMPTY]
    return filled


@cache
def _orders() -> list[NDArray[np.int64]]:
    """Return from where each place borrows, try by try; the last tries are the neighbours one after the other."""
    import numpy as np

    draw = np.random.default_rng(0)
    turned = [np.roll(np.arange(PLACES), -step) for step in range(1, PLACES)]
    return [draw.integers(0, PLACES, PLACES) for _ in range(_BORROWS)] + turned


class Table:
    """Signatures met so far, by their bands: hash tables with chains, in flat arrays.

    A text takes 256 bytes and 8 more a band.

    Args:
        least: similarity from which two texts are twins.
    """

    def __init__(self, least: float) -> None:
        import numpy as np

        self._least = least
        self._bands, self._length = bands(least)
        self._count = 0
        self._bits = 16
        self._brief = np.zeros((1024, PLACES), np.uint8)
        self._keys = np.zeros((1024, self._bands), np.uint32)
        self._next = np.full((1024, self._bands), _NONE, np.int32)
        self._heads = np.full(self._bands << self._bits, _NONE, np.int32)

    def keys(self, found: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """Return each signature's bands, a number each: shape (texts, bands)."""
        import numpy as np

        used = found[:, : self._bands * self._length].reshape(len(found), self._bands, self._length)
        total = np.zeros((len(found), self._bands), np.uint64)
        for place in range(self._length):
            total += used[:, :, place] * np.uint64(_salt(40 + place))
        total ^= total >> np.uint64(29)
        total *= np.uint64(_salt(60))
        return (total >> np.uint64(32)).astype(np.uint32)

    def add(self, found: NDArray[np.uint32], keys: NDArray[np.uint32]) -> None:
        """Take texts in, with their signatures and bands."""
        import numpy as np

        start, self._count = self._count, self._count + len(found)
        self._brief = grown(self._brief, self._count)
        self._keys = grown(self._keys, self._count)
        self._next = grown(self._next, self._count)
        self._brief[start : self._count] = found
        self._keys[start : self._count] = keys
        if self._count > 1 << self._bits:
            self._bits = self._count.bit_length()
            self._heads = np.full(self._bands << self._bits, _NONE, np.int32)
            for at in range(0, self._count, 1 << 14):
                self._chain(at, min(at + (1 << 14), self._count))
        else:
            self._chain(start, self._count)

    def _slots(self, keys: NDArray[np.uint32]) -> NDArray[np.int64]:
        import numpy as np

        bases = np.arange(self._bands, dtype=np.int64) << self._bits
        slots: NDArray[np.int64] = (keys >> np.uint32(32 - self._bits)) + bases
        return slots

    def _chain(self, start: int, stop: int) -> None:
        """Put texts at the heads of their chains. Of several for one slot one wins; the others go once more."""
        import numpy as np

        slots = self._slots(self._keys[start:stop]).ravel()
        own = np.repeat(np.arange(start, stop, dtype=np.int32), self._bands)
        after = self._next[start:stop].reshape(-1)
        waiting = np.arange(len(slots))
        while len(waiting):
            after[waiting] = self._heads[slots[waiting]]
            self._heads[slots[waiting]] = own[waiting]
            waiting = waiting[self._heads[slots[waiting]] != own[waiting]]

    def near(self, found: NDArray[np.uint32], keys: NDArray[np.uint32]) -> NDArray[np.int64]:
        """Return the pairs (text, number of a text met so far) worth comparing: shape (pairs, 2), in order."""
        import numpy as np

        current = self._heads[self._slots(keys)].ravel()
        place = np.flatnonzero(current != _NONE)
        current = current[place]
        flat, pairs = keys.ravel(), []
        while len(place):
            at = current.astype(np.int64) * self._bands + place % self._bands
            same = self._keys.reshape(-1)[at] == flat[place]
            pairs.append((place[same] // self._bands) << 32 | current[same])
            current = self._next.reshape(-1)[at]
            going = current != _NONE
            place, current = place[going], current[going]
        return self._likely(_unique(pairs), found.astype(np.uint8), self._brief)

    def among(self, found: NDArray[np.uint32], keys: NDArray[np.uint32]) -> NDArray[np.int64]:
        """Return the pairs (text, earlier text) of these texts that are worth comparing: shape (pairs, 2), in order."""
        import numpy as np

        flat = keys.ravel()
        bands = np.tile(np.arange(self._bands, dtype=np.uint32), len(keys))
        slots = (flat ^ (bands * np.uint32(0x9E3779B1))) >> np.uint32(12)
        own = np.arange(len(flat), dtype=np.int32)
        last = np.empty(1 << 20, np.int32)
        last[slots] = own
        # Only where a slot was taken twice can two bands be the same.
        lost = np.flatnonzero(last[slots] != own)
        full = np.zeros(1 << 20, np.bool_)
        full[slots[lost]] = True
        at = np.flatnonzero(full[slots])
        marks = bands[at].astype(np.uint64) << np.uint64(32) | flat[at]
        order = np.argsort(marks, kind="stable")
        texts = at[order] // self._bands
        return self._likely(_unique(_pairs_of_runs(marks[order], texts)), *[found.astype(np.uint8)] * 2)

    def _likely(
        self, pairs: NDArray[np.int64], ours: NDArray[np.uint8], theirs: NDArray[np.uint8]
    ) -> NDArray[np.int64]:
        """Leave out pairs whose signatures agree at fewer places than half of what twins would."""
        import numpy as np

        both = np.stack([pairs >> 32, pairs & 0xFFFFFFFF], axis=1)
        keep = np.zeros(len(both), np.bool_)
        for at in range(0, len(both), 8192):
            one, two = both[at : at + 8192].T
            keep[at : at + 8192] = (ours[one] == theirs[two]).sum(axis=1) >= self._least / 2 * PLACES
        return both[keep]


def _pairs_of_runs(marks: NDArray[np.uint64], texts: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return for runs of equal marks every pair of their texts, which stand in order: the later one first."""
    import numpy as np

    pairs: list[NDArray[np.int64]] = []
    apart = 1
    while True:
        same = np.flatnonzero(marks[apart:] == marks[:-apart])
        if not len(same):
            return pairs
        pairs.append(texts[same + apart] << 32 | texts[same])
        apart += 1


def _unique(parts: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    import numpy as np

    return np.unique(np.concatenate(parts)) if parts else np.zeros(0, np.int64)


def grown(array: NDArray[Kind], rows: int) -> NDArray[Kind]:
    """Return the array with room for so many rows: twice as much each time; the room is zeros."""
    import numpy as np

    if rows <= len(array):
        return array
    more = np.zeros((max(rows, len(array) * 2), *array.shape[1:]), array.dtype)
    more[: len(array)] = array
    return more
