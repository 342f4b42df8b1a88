"""Pairs: a verdict counts only where it stands in both orders."""

from __future__ import annotations

import asyncio
import json

import pytest

from synthgen.checks.judge import FOLDER
from synthgen.checks.pairwise import NAMES, Pairwise
from synthgen.prompts import find
from synthgen.types import Reply, Request


def judged(first: str, second: str) -> str:
    """Return the verdict of a judge that says one thing in the first order and another in the second."""
    said = {"first": first, "second": second}

    async def ask(request: Request) -> Reply:
        text = request.messages[-1]["content"]
        return Reply(said["first" if text.index("apples") < text.index("pears") else "second"])

    pairwise = Pairwise("judge", find("pairwise.j2", [FOLDER], continues=False, names=NAMES), "Fruit.", "Name a fruit.")
    return asyncio.run(pairwise("Which fruit?", "apples", "pears", ask))


@pytest.mark.parametrize(
    ("first", "second", "better"),
    [
        ("first", "second", "one"),
        ("second", "first", "other"),
        ("first", "first", "tie"),
        ("second", "second", "tie"),
        ("first", "neither", "tie"),
        ("neither", "neither", "tie"),
    ],
)
def test_only_a_verdict_that_stands_in_both_orders_counts(first: str, second: str, better: str) -> None:
    """A judge that prefers a place, or cannot tell, makes a tie; one that prefers an answer decides."""
    assert judged(json.dumps({"better": first}), json.dumps({"better": second})) == better


@pytest.mark.parametrize("broken", ["", "The first one, of course!", '{"worse": "first"}'])
def test_an_answer_that_cannot_be_read_is_a_tie(broken: str) -> None:
    """Where one of the two answers cannot be read, nothing is decided."""
    assert judged(json.dumps({"better": "first"}), broken) == "tie"
