"""Texts of one piece again and again, as broken decoding makes them: each check comes to its end."""

from __future__ import annotations

import re

import pytest

from synthgen import schema, seeds
from synthgen.checks import rules, wishes
from synthgen.recipe import Checks
from synthgen.sift import Known, Sieve
from synthgen.types import Candidate, Draft, Fault, Prose
from tests.cases import ODD, within

MORE = (
    "as an ai ", "i hope this ", "you asked for ", "text 1: ", "Q: a A: ", "user: ", "[a ", "XX ", "{{a", "12. ",
    "1 ", "1, ", "1,", "the text ", "following ", "here is the ", " ,;", "sorry i can't ", "don't ", "\\n", "ÃÂ",
    "<p>", "&amp;", "Label: ", "label=", "Dear (", "| a", "a b c ", "- a\n", "a@@b ", "a@b", "a.b@", "http://",
    "a://", "%AA", "0x1f ", "49 ", "4-", "+49 ", "my password is ", "is it ", "key: ", "ab1", "AKIA", "eyJ",
    "-----", "10.0.", "I will kill ",
)  # fmt: skip
LONG = 40_000


@pytest.mark.parametrize("piece", [*ODD, *MORE], ids=repr)
def test_each_rule_comes_to_an_end(piece: str) -> None:
    """No rule's pattern, and none of what excuses it, goes back over a long text again and again."""
    long = (piece * LONG)[:LONG]
    names = ("instruction", "response")
    facts = rules.Rules(
        fields=dict.fromkeys(names, Prose()), ends=frozenset(names), language="en", required=frozenset(names)
    )
    with within(60):
        for name in names:
            for of_text in rules.OF_TEXTS:
                of_text(facts, name, long)
        for of_row in rules.OF_ROWS:
            of_row(facts, {"instruction": long, "response": "A plain answer."})
            of_row(facts, {"instruction": "What is it?", "response": long})
        for pattern in vars(wishes).values():
            if isinstance(pattern, re.Pattern):
                pattern.search(long)


@pytest.mark.parametrize("piece", [*ODD, *MORE], ids=repr)
def test_each_check_comes_to_an_end(piece: str) -> None:
    """So do the checks that a row goes through, duplicates and personal data included."""
    root = schema.shipped("templates") / "instruction"
    kind = schema.load(schema.find("instruction", root))
    sieve = Sieve(kind, Checks(), Known(seeds.load("seeds.jsonl", root, kind, {})))
    long = (piece * LONG)[:LONG]
    rows = []
    for number, (asked, answer) in enumerate(((long, "A plain answer."), ("What is it?", long))):
        record = schema.admit(kind, {"instruction": asked, "response": answer}, {})
        if not isinstance(record, Fault):
            rows.append(Candidate(str(number), Draft(number, {"split": "train"}, 0, []), [], {}, record))
    with within(60):
        for _, check in sieve.checks:
            check(sieve.table(rows))
