"""Texts that must fall with a reason's code, and look-alikes that must not."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple


class Case(NamedTuple):
    """A text in a field of a task, and the code that it must fall with, or None."""

    code: str
    text: str
    falls: bool
    field: str = "text"


def cases(code: str, faults: list[str], fine: list[str], field: str = "text") -> list[Case]:
    """Return the cases of one code: those that must fall, and the look-alikes."""
    return [Case(code, one, falls=True, field=field) for one in faults] + [
        Case(code, one, falls=False, field=field) for one in fine
    ]


ODD = (
    "a", "two ", "a table ", "in a ", "as a ", "word ", "word,", "very ", "the ", "only ", "not ", "if ", "and ",
    "how ", "who says ", "can you ", "please ", "give me ", "keep it a ", "at most ", "three or ", "format A - ",
    "[", "{", '{"a": ', "[1, ", '"', '"a', "'x' ", "(", "(a", "<a", "A, B ", "a, ", "a-", "1. ", "- ", "* ", "**a",
    "is ", "yes ", "_a", "•", "`", "```\n", "| ", "# ", "A:\n", "AA\n", "\n", "\n\n", "\r\n", " ", "\t", ".", "?! ",
    "; ", "e.g. ", "^", "\\",
)  # fmt: skip
"""Pieces of which a long text may be made, to the harm of a pattern that goes back over it again and again."""


def _woken(*_: object) -> None:
    raise TimeoutError


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Wake whoever waits for what would take hours."""
    before = signal.signal(signal.SIGALRM, _woken)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
