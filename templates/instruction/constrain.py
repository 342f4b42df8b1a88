"""Puts the constraint behind the request."""

from __future__ import annotations

from synthgen.types import Given, Row


def say(given: Given) -> Row:
    """Return the request with its constraint as the last sentence."""
    asked = str(given.record["instruction"]).strip()
    end = "" if asked.endswith((".", "?", "!")) else "."
    return {"instruction": f"{asked}{end} {given.cell['constraint']}"}
