"""A finder: one kind of personal data or secret, where it may stand in a text, and what it then is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import polars as pl


def _all_of(match: re.Match[str]) -> tuple[int, int]:
    return match.span()


class Finder(NamedTuple):
    """One kind of data: where it may stand, and what it then is.

    Args:
        code: its code in `synthgen.reasons`.
        pattern: where it may stand.
        judge: of a match: True = it falls, False = it stands for nobody, None = it is something else.
        needs: one of these, in small letters, stands in every text with a match: the search is spared without.
        starts: with one of these any match begins: the search goes from one to the next.
        gate: what stands in every text with a match: a column is searched for it first, and for `needs` without one.
        sieve: of a table with the texts as `forms.hinted` prepares them, the rows that may have a find; it does
            instead of a search for the pattern.
        span: of a match: where what gives somebody away begins and ends.
    """

    code: str
    pattern: re.Pattern[str]
    judge: Callable[[re.Match[str]], bool | None]
    needs: tuple[str, ...] = ("",)
    starts: re.Pattern[str] | None = None
    gate: re.Pattern[str] | None = None
    sieve: Callable[[pl.DataFrame], pl.DataFrame] | None = None
    span: Callable[[re.Match[str]], tuple[int, int]] = _all_of

    def matches(self, text: str) -> Iterator[re.Match[str]]:
        """Give the matches in a text, as `finditer` does."""
        if self.starts is None:
            yield from self.pattern.finditer(text)
            return
        start = self.starts.search(text)
        while start:
            found = self.pattern.match(text, start.start())
            if found:
                yield found
            start = self.starts.search(text, found.end() if found else start.end())
