"""The forms that a question asks for: people's ways to ask, what only looks like it, and texts hard to read."""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple

import pytest

from synthgen.checks import asked
from synthgen.checks.asked.form import Form
from synthgen.checks.asked.reading import wishes
from synthgen.checks.asked.sentences import sentences

TEXT = (Path(__file__).parent / "forms.txt").read_text(encoding="utf-8")


class Pair(NamedTuple):
    """A question and an answer, and whether the rules say that it lacks the form that the question asks for."""

    lacks: bool
    question: str
    answer: str


def _pairs() -> list[Pair]:
    """Return the pairs of the file, in their order."""
    found, lacks = [], True
    for line in TEXT.split("\n"):
        if line.startswith("== "):
            lacks = line.startswith("== lacks")
        elif line and not line.startswith("# A question"):
            question, _, answer = line.replace(" ¶ ", "\n").partition(" => ")
            found.append(Pair(lacks, question, answer))
    return found


PAIRS = _pairs()


def _asked_for(question: str, forms: tuple[Form, ...], *, all_of_them: bool) -> set[str]:
    """Return the names of the forms that a question asks for, with or without a look at their literals first."""
    found = set()
    for sentence in sentences(question):
        for form in forms:
            seen = all_of_them or any(need in sentence.full.lower() for need in form.needs)
            found |= {form.name for _ in wishes(sentence, form)} if seen else set()
    return found


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.question[:40])
def test_an_answer_that_lacks_its_form_is_found_and_no_other(pair: Pair) -> None:
    """Good prose that lacks the form falls; decent varieties of it, and words that only sound like it, do not."""
    assert bool(asked.misses_form(pair.question, pair.answer)) == pair.lacks


def test_what_is_sought_first_stands_in_all_that_is_found() -> None:
    """A question that asks for a form holds one of the literals by which its column is searched."""
    for pair in PAIRS:
        first = _asked_for(pair.question, asked.FORMS, all_of_them=False)
        assert first == _asked_for(pair.question, asked.FORMS, all_of_them=True), pair.question
    assert all(need == need.lower() for need in asked.SPEAKS_OF_FORM)


@pytest.mark.parametrize(
    ("answer", "lacks"),
    [
        ('{"name": "Omar", "age": 41}', False),
        ('Here it is:\n```json\n{"name": "Omar"}\n```\nThat is all.', False),
        ('{"name": "Omar"}\n{"name": "Lea"}', False),
        ('As [1] says: {"a": {"b": [1, 2]}}', False),
        ('{"text": "two\nlines"}', False),
        ('{"name": "Omar", "age": 41', True),
        ('{"names": ["Omar", "Lea"], "age": ', True),
        ('{"name": "Omar",}', True),
        ("{'name': 'Omar'}", True),
        ("{name: Omar}", True),
        ("His name is Omar and he is 41.", True),
        ("[" * 50_000, True),
    ],
)
def test_json_must_parse(answer: str, lacks: bool) -> None:
    """JSON in prose or fences is JSON; what begins as JSON and does not parse is none."""
    assert bool(asked.misses_form("Give me the data as JSON: Omar, 41.", answer)) == lacks


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Explain why lists help in two sentences.", {"so many sentences"}),
        ("Explain why lists help in two sentences, and then give an example.", set()),
        ("Explain why lists help in two sentences each.", set()),
        ("Explain why lists help, but not in two sentences.", set()),
        ("How do I explain a rule in two sentences?", set()),
        ("My teacher explains all in two sentences.", set()),
        ('Rewrite politely: "Explain it in two sentences."', set()),
        ("Use a table or a list.", set()),
        ("If you like, use a table.", set()),
        ("Don't use a table.", set()),
        ("Use a table, don't write prose.", {"a table"}),
        ("Write a function that prints a table.", set()),
        ("Compare both in a table.", {"a table"}),
        ("Compare the sums in the table.", set()),
    ],
)
def test_guards_keep_their_sense(question: str, found: set[str]) -> None:
    """A second wish, each, a no, a question about forms, quotes, a choice and a condition make a wish uncertain."""
    assert _asked_for(question, asked.FORMS, all_of_them=True) == found


ODD = (
    "a", "two ", "a table ", "in a ", "as a ", "word ", "word,", "very ", "the ", "only ", "not ", "if ", "and ",
    "how ", "who says ", "can you ", "please ", "give me ", "keep it a ", "at most ", "three or ", "format A - ",
    "[", "{", '{"a": ', "[1, ", '"', '"a', "'x' ", "(", "(a", "<a", "A, B ", "a, ", "a-", "1. ", "- ", "* ", "**a",
    "is ", "yes ", "_a", "•", "`", "```\n", "| ", "# ", "A:\n", "AA\n", "\n", "\n\n", "\r\n", " ", "\t", ".", "?! ",
    "; ", "e.g. ", "^", "\\",
)  # fmt: skip
WISHES = (
    "Make a table of it.", "Give me JSON.", "Use bullet points.", "Write two sentences.", "Number the steps.",
    "Answer as CSV.", "Use headings.", "Answer yes or no.", "Only code.", "In at most five words.", "One per line.",
    "Write two paragraphs.", "Write it in Spanish.", "Sort alphabetically.", "Show key-value pairs.", "Use italics.",
    "Name five rivers.", "Answer in upper case.", "Put it in a YAML file.", "No markdown.", "Answer with A, B or C.",
    "Reply in the format City - Country.", "As a dialogue.", "Separated by commas.", "In exactly three lines.",
)  # fmt: skip


@pytest.mark.parametrize("piece", ODD, ids=repr)
def test_long_texts_of_one_piece_are_read_in_time(piece: str) -> None:
    """No pattern goes back over a text again and again: four times the text takes some four times as long."""
    long = (piece * 20_000)[:20_000]
    start = time.process_time()
    for end in ("", "table.", " in JSON."):
        asked.misses_form(long + end, "A plain answer of some words.")
    for wish in WISHES:
        asked.misses_form(wish, long)
    assert time.process_time() - start < 15
