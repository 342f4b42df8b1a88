"""Texts in the one form in which they are compared, and the pieces they are compared by."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from zlib import crc32

GRAM = 5
_NO_WORD = re.compile(r"[\W_]+")


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
