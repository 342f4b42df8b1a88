"""Takes the answer from the list of texts that people wrote."""

from __future__ import annotations

from synthgen.types import Given, Row


def whole(given: Given) -> Row:
    """Return the text of the source that was drawn."""
    return {"response": given.detail["source"]["text"]}
