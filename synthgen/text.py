"""Texts in the one form in which they are compared, and the pieces they are compared by; singly and by the thousand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

GRAM = 5
_NO_WORD = re.compile(r"[\W_]+")
_SPACE, _PLAIN = 0x20, 0x80
_MIX, _MIX_MORE = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93
"""Odd multipliers of 64 bits: the golden ratio (Knuth), and one that Pelle Evensen found by search."""


@lru_cache(maxsize=8192)
def normalise(text: str) -> str:
    """Return the text's letters and digits in lower case, words a space apart: NFKC first, accents kept."""
    return _NO_WORD.sub(" ", unicodedata.normalize("NFKC", text).lower()).strip()


def grams(plain: str) -> frozenset[int]:
    """Return the hashes of the character 5-grams of a normalised text; a shorter text is its own only gram."""
    parts = (plain[at : at + GRAM] for at in range(max(1, len(plain) - GRAM + 1)))
    return frozenset(crc32(part.encode("utf-8", "surrogatepass")) for part in parts)


def windows(words: Sequence[str], size: int) -> Iterable[tuple[str, ...]]:
    """Return each run of `size` words, in their order."""
    return zip(*(words[at:] for at in range(size)), strict=False)


@dataclass(frozen=True)
class Packed:
    """Normalised texts end to end, as UTF-8: text n is `data[ends[n] : ends[n + 1]]`."""

    data: NDArray[np.uint8]
    ends: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ends) - 1

    def part(self, start: int, stop: int) -> Packed:
        """Return the texts from one number up to another; the bytes are shared."""
        ends = self.ends[start : stop + 1]
        return Packed(self.data[ends[0] : ends[-1]], ends - ends[0])

    def text(self, number: int) -> bytes:
        """Return one text."""
        return self.data[self.ends[number] : self.ends[number + 1]].tobytes()

    def take(self, numbers: NDArray[np.intp]) -> Packed:
        """Return the texts of these numbers, in this order."""
        import numpy as np

        sizes = self.ends[numbers + 1] - self.ends[numbers]
        ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
        places = np.arange(ends[-1]) + np.repeat(self.ends[numbers] - ends[:-1], sizes)
        return Packed(self.data[places], ends)


def pack(texts: pl.Series) -> Packed:
    """Return a column of texts normalised, as `normalise` does it: ASCII in bulk, other texts one by one."""
    import numpy as np
    import polars as pl
    import pyarrow as pa

    other = texts.str.len_bytes() != texts.str.len_chars()
    if other.any():
        at = other.arg_true()
        texts = texts.scatter(at, [normalise(text) for text in texts.gather(at).to_list()])
    column = texts.cast(pl.String).to_arrow().cast(pa.large_string())
    _, places, values = column.buffers()
    begins = np.frombuffer(memoryview(places or bytes(8)), np.int64)[column.offset : column.offset + len(texts) + 1]
    raw = np.frombuffer(memoryview(values or b""), np.uint8)[begins[0] : begins[-1]]
    return _single_spaced(_letters().take(raw), begins - begins[0])


def _single_spaced(data: NDArray[np.uint8], ends: NDArray[np.int64]) -> Packed:
    """Leave one space between words and none around them."""
    import numpy as np

    word = data != _SPACE
    keep = word.copy()
    keep[:-1] |= word[1:]  # of a run of spaces the last stays ...
    last = ends[1:][ends[1:] > ends[:-1]] - 1
    keep[last] = word[last]  # ... unless the text ends with it
    data, ends = _kept(data, keep, ends)
    first = ends[:-1][ends[1:] > ends[:-1]]
    leading = first[data[first] == _SPACE]
    if not len(leading):
        return Packed(data, ends)
    keep = np.ones(len(data), np.bool_)
    keep[leading] = False
    return Packed(*_kept(data, keep, ends))


def _kept(
    data: NDArray[np.uint8], keep: NDArray[np.bool_], ends: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    import numpy as np

    dropped = np.flatnonzero(~keep)
    return data[keep], ends - np.searchsorted(dropped, ends)


@cache
def _letters() -> NDArray[np.uint8]:
    """Return for each byte what stands in its place: ASCII letters and digits in lower case, spaces for the rest."""
    import numpy as np

    signs = (chr(byte).lower() if chr(byte).isalnum() else " " for byte in range(_PLAIN))
    return np.array([*map(ord, signs), *range(_PLAIN, 256)], np.uint8)


def hashes(texts: Packed) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return the hashes of all texts' character 5-grams end to end, and where each text's begin and end.

    A gram that stands in a text twice is there twice; a shorter text is its own only gram. A hash has 64 bits: five
    ASCII characters have one of their own, of others two in 2 ** 32 at most are mixed up.
    """
    import numpy as np

    data, ends = texts.data, texts.ends
    if data.max(initial=0) < _PLAIN:
        padded = np.concatenate([data, np.zeros(8, np.uint8)])
        plain: NDArray[np.uint64] = np.ndarray(len(data), "<u8", padded, strides=(1,))
        return _of_texts(_mixed(plain & np.uint64(2 ** (8 * GRAM) - 1)), padded, ends)
    codes, ends = _characters(data, ends)
    codes = np.concatenate([codes, np.zeros(GRAM, np.uint64)])
    found = np.zeros(len(codes) - GRAM, np.uint64)
    for place in range(GRAM):
        found += codes[place : place + len(found)] << np.uint64(8 * place)
    return _of_texts(_mixed(found), codes, ends)


def _characters(data: NDArray[np.uint8], ends: NDArray[np.int64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return a number for each character, ASCII's own for ASCII, and where texts end in characters."""
    import numpy as np

    begins = np.concatenate([np.zeros(1, np.int64), np.cumsum((data & 0xC0) != _PLAIN)])
    signs = data.tobytes().decode("utf-8", "surrogatepass").encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(signs, np.uint32).astype(np.uint64)
    return np.where(codes < _PLAIN, codes, _mixed(codes)), begins[ends]


def _of_texts(
    found: NDArray[np.uint64], codes: NDArray[np.uint8] | NDArray[np.uint64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Leave out the runs that reach into the next text."""
    import numpy as np

    sizes = np.diff(ends)
    keep = np.ones(len(found), np.bool_)
    whole = ends[1:][sizes >= GRAM]
    for back in range(1, GRAM):
        keep[whole - back] = False
    for number in np.flatnonzero(sizes < GRAM):
        start, stop = ends[number], ends[number + 1]
        keep[start:stop] = False
        if stop > start:
            keep[start] = True
            own = codes[start:stop].astype(np.uint64) << (np.arange(stop - start, dtype=np.uint64) * np.uint64(8))
            found[start] = _mixed(own.sum(keepdims=True, dtype=np.uint64))[0]
    counts = np.maximum(sizes - GRAM + 1, 1)
    begins = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    found = found[keep]
    if (empty := np.flatnonzero(sizes == 0)).size:
        found = np.insert(found, begins[empty] - np.arange(len(empty)), 0)
    return found, begins


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return numbers spread over 64 bits, each to one of its own."""
    import numpy as np

    mixed = numbers * np.uint64(_MIX)
    mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(_MIX_MORE)
    mixed ^= mixed >> np.uint64(32)
    return mixed
