"""What a form is: the words that ask for it, where they must stand, and what an answer lacks without it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, NamedTuple

Found = re.Match[str]
Judge = Callable[[Found, str], bool]
"""What was found of a wish, and the answer, to whether that lacks the form."""
Place = Literal["given", "format", "linked", "anywhere"]
"""Where a form's words must stand: given or linked (of a "format" one may ask how it is written), or linked alone, or
anywhere in a request."""
NEXT = (
    r"(?=[\s\"”*)]*(?:[,:;!?(–—-]|\.(?!\w)|$)|[\s)]+(?:with|for|of|that|which|who|using|containing|and|only|please|pls|plz|thanks|to|in"
    r"|from|showing|about|on|without|so|where|listing|describing|comparing|giving|covering|including|summari[sz]ing|representing"
    r"|like|should|must|would|at|as|under|by|what|how|why|here|now|when|max|the|your|all|each|instead|below|above|along|together|but"
    r"|before|after|then|not|no|into|between|among|per|it|we|you|also|too|again|out|back|w|\w+ing)\b)"
)
"""What may come after a form's name: it is no part of another name."""
STOP = r"(?=[.:!,;?)]|\s*$)"
"""Here a wish ends."""


class Form(NamedTuple):
    """A form that may be asked for.

    Args:
        name: what it is called in evidence.
        said: its words in a question; what a group `other` finds is something else of that name.
        lacks: whether an answer lacks it.
        needs: one of these, in small letters, stands in every sentence that asks for it.
        place: where its words must stand.
        whole: whether it says something of the whole answer, so that a second wish makes it uncertain.
    """

    name: str
    said: re.Pattern[str]
    lacks: Judge
    needs: tuple[str, ...]
    place: Place = "given"
    whole: bool = False


def form(name: str, said: str | tuple[str, ...], needs: str, lacks: Judge, place: Place = "given") -> Form:
    """Return a form that an answer must have somewhere.

    Args:
        name: what it is called in evidence.
        said: its words as a pattern; or its names, each of them whole.
        needs: with a bar between them.
        lacks: whether an answer lacks it.
        place: where its words must stand.
    """
    words = said if isinstance(said, str) else rf"\b(?:{'|'.join(said)})\b{NEXT}"
    return Form(name, re.compile(words, re.IGNORECASE), lacks, tuple(needs.split("|")), place)


def whole(name: str, said: str, needs: str, lacks: Judge, place: Place = "anywhere") -> Form:
    """Return a form that says something of the whole answer."""
    return form(name, said, needs, lacks, place)._replace(whole=True)
