"""The forms that a question asks for: people's ways to ask, what only looks like it, and texts hard to read."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from synthgen.checks import asked
from synthgen.checks.asked.form import Form
from synthgen.checks.asked.reading import wishes
from synthgen.checks.asked.sentences import sentences
from tests.cases import ODD, within

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


NAMES = {
    "given": ("a table", "a simple two-column table", "a bulleted list", "a list of bullet points", "a numbered list",
              "a checklist", "a JSON object", "valid JSON", "a CSV file", "an XML document",
              "an HTML page", "a YAML file"),
    "linked": ("as a table", "in a Markdown table", "using a bulleted list", "as bullet points", "as a numbered list",
               "as JSON", "as a JSON array", "as CSV", "as XML", "in one sentence",
               "in two short sentences", "in ten words",
               "in at most 12 words", "in no more than 15 words", "in exactly nine words"),
}  # fmt: skip
WAYS = {
    "given": (
        "Give me {} for the two stoves.", "Can you create {} about the two stoves?", "I need {} on the two stoves.",
        "I'd like {} with the two stoves.", "Please provide {} comparing the stoves.", "Use {} to show the stoves.",
        "Let me see {} on the stoves.", "Put together {} on stoves.", "Write me {} on stoves.",
        "I want {} about stoves.",
    ),
    "linked": (
        "Describe the stoves {}.", "Answer {}: what are stoves?", "What are stoves? Please respond {}.",
        "Your answer must be given {}. What are stoves?", "What are stoves ({})?", "What are stoves, {}?",
        "Could you explain {} what stoves are?", "I want you to explain stoves {}.", "Explain how stoves work {}.",
        "I'd like the answer {}. What are stoves?", "Rewrite the text {}.", "Stoves and what they need, {} please.",
    ),
}  # fmt: skip
TALK = (
    "How do I make {}?", "Don't use {}. What are stoves?", "What is {} good for?", "Use {} or plain prose.",
    "If you like, use {}.", "My boss wants {} of the stoves. What should I tell him?", "Our app returns {}. Why?",
    "Tell me how to make {} in Word.", "Describe the stoves without {}.", "Why do people use {}?", "Is {} of use?",
    "Write a program that prints {}.", "Explain how to convert a text to {}.", "Write a story about {}.",
    "Somebody sent me {} about stoves. How do I open it?", "Rather than {}, give me your opinion.", "I hate {}. Why?",
)  # fmt: skip
PROSE = (
    "One is heavy and old. It came from the north. The other is light. It was made later. Both cost little. Who knows?"
)


@pytest.mark.parametrize("way", WAYS["given"] + WAYS["linked"])
def test_a_way_to_ask_is_known_of_each_form(way: str) -> None:
    """Whatever the form is, a way to ask for one asks for it."""
    names = NAMES["given" if way in WAYS["given"] else "linked"]
    assert [name for name in names if not asked.misses_form(way.format(name), PROSE)] == []


@pytest.mark.parametrize("way", TALK)
def test_talk_of_a_form_asks_for_none(way: str) -> None:
    """Whatever the form is, talk of one asks for nothing."""
    assert [name for name in NAMES["given"] if asked.misses_form(way.format(name), PROSE)] == []


WISHES = (
    "Make a table of it.", "Give me JSON.", "Use bullet points.", "Write two sentences.", "Number the steps.",
    "Answer as CSV.", "Use headings.", "Answer yes or no.", "Only code.", "In at most five words.", "One per line.",
    "Write two paragraphs.", "Write it in Spanish.", "Sort alphabetically.", "Show key-value pairs.", "Use italics.",
    "Name five rivers.", "Answer in upper case.", "Put it in a YAML file.", "No markdown.", "Answer with A, B or C.",
    "Reply in the format City - Country.", "As a dialogue.", "Separated by commas.", "In exactly three lines.",
)  # fmt: skip


@pytest.mark.parametrize("piece", ODD, ids=repr)
def test_long_texts_of_one_piece_come_to_an_end(piece: str) -> None:
    """No pattern goes back over a text again and again, which would take hours: an alarm wakes who waits for that."""
    long = (piece * 20_000)[:20_000]
    with within(120):
        for end in ("", "table.", " in JSON."):
            asked.misses_form(long + end, "A plain answer of some words.")
        for wish in WISHES:
            asked.misses_form(wish, long)
