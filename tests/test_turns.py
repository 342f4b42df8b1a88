"""Quality of conversations: each question and its answer is looked at by itself."""

from __future__ import annotations

from typing import Any

import pytest

from synthgen import schema
from synthgen.checks import turns
from synthgen.recipe import Checks
from synthgen.sift import Known, Sieve
from synthgen.types import Candidate, Draft, Record

LATER = "It comes with the morning post on Thursday, in a box this time, so that no bulb can be torn out of the bag."
GOOD = (
    "Hello, my order of tulip bulbs came with a torn bag, and half of them are dry.",
    "That should not happen. I have put a new bag of bulbs on its way to you, and you may throw the dry ones away. "
    + LATER,
    "Thanks! Do I have to send the torn bag back?",
    "No, you may keep the torn bag, or use it for peat and leaves in the garden.",
)
GERMAN = "Die neuen Zwiebeln sind heute auf den Weg gegangen und sollten am Donnerstag bei Ihnen ankommen."
SIGNS = "@@## %% ~~ ^^ && {} [] || $$ %% ## @@ ~~ ^^ && {} || $$ ##"


def _kind() -> type[Record]:
    return schema.load(schema.find("chat", schema.shipped("templates") / "chat"))


def _verdicts(*talks: tuple[str, ...], one_by_one: bool = False) -> list[tuple[str | None, str | None]]:
    kind = _kind()
    checks = Checks.model_validate({"quality": {"language": "en"}, "dedup": {"semantic": {"most": 0}}})
    sieve = Sieve(kind, checks, Known())
    candidates = []
    for number, talk in enumerate(talks):
        said = [{"role": ("user", "assistant")[at % 2], "content": text} for at, text in enumerate(talk)]
        row: dict[str, Any] = {"turns": said}
        record = kind.model_validate(row)
        candidates.append(Candidate(str(number), Draft(number, {"split": "train"}, 0, []), [], row, record))
    check = dict(sieve.checks)["quality"]
    tables = [sieve.table([one]) for one in candidates] if one_by_one else [sieve.table(candidates)]
    return [pair for table in tables for pair in check(table).select("reason", "evidence").rows()]


def _with(at: int, text: str) -> tuple[str, ...]:
    return (*GOOD[:at], text, *GOOD[at + 1 :])


FAULTS = [
    ("quality.refusal", "exchange 2, assistant", 3, "I'm sorry, but I can't help with that request."),
    ("quality.refusal", "exchange 1, assistant", 1, "Well, I would rather not discuss that, let's talk about roses."),
    ("quality.language", "exchange 2, assistant", 3, GERMAN),
    ("quality.symbols", "exchange 2, user", 2, SIGNS),
    ("quality.placeholder", "turns", 3, "Send it to [your address here] by Friday, and we pay the postage for it."),
    (
        "quality.unrelated",
        "exchange 2, assistant",
        3,
        "The treaty of 1648 ended the war between princes and emperor.",
    ),
]


@pytest.mark.parametrize(("code", "where", "at", "text"), FAULTS, ids=lambda value: str(value)[:24])
def test_a_fault_in_one_turn_is_found_and_its_place_named(code: str, where: str, at: int, text: str) -> None:
    """One bad turn among good ones makes the conversation fall, alone or among others, with the exchange's number."""
    talks = [GOOD, _with(at, text), GOOD] * 20
    for one_by_one in (False, True):
        found = _verdicts(*talks, one_by_one=one_by_one)
        assert [reason for reason, _ in found] == [None, code, None] * 20
        assert str(found[1][1]).startswith(where)


ASKED = ("Please answer my next question in German, for my aunt reads along.", "With pleasure, ask away.")
LOOK_ALIKES = [
    (GOOD[0], GOOD[1], "Write that again for my aunt, in three sentences.", "Bulbs come. They come soon. In a box."),
    ("Write me a list of three bulbs.", "- tulips\n- crocuses\n- daffodils", *GOOD[2:]),
    _with(2, "ok thanks"),
    _with(2, "I cannot log in to my account, and the button does not work either."),
    (*GOOD[:2], "Thanks!", "You are welcome."),
    (*ASKED, *GOOD[:2], "When do the new bulbs come?", GERMAN),
]


@pytest.mark.parametrize("talk", LOOK_ALIKES, ids=lambda talk: talk[-2][:20])
def test_what_only_looks_like_a_fault_of_a_turn_is_kept(talk: tuple[str, ...]) -> None:
    """A brief turn, a user who cannot do a thing, and a language that was asked for turns ago are no faults."""
    for one_by_one in (False, True):
        assert {reason for reason, _ in _verdicts(*[talk] * 50, one_by_one=one_by_one)} <= {None}


def test_exchanges_know_what_was_said_before() -> None:
    """Each answer stands with its question and all that led to it; a system prompt is not part of what was said."""
    talk = [("system", "You sell seeds."), *zip(("user", "assistant") * 2, GOOD, strict=True)]
    record = _kind().model_validate({"turns": [{"role": role, "content": text} for role, text in talk]})
    found = turns.exchanges(record.turns)  # type: ignore[attr-defined]
    assert found == [
        {"user": GOOD[0], "assistant": GOOD[1], "before": None},
        {"user": GOOD[2], "assistant": GOOD[3], "before": "\n".join(GOOD[:2])},
    ]


@pytest.mark.parametrize("task", schema.tasks())
def test_only_conversations_have_exchanges(task: str) -> None:
    """Of the shipped tasks only `chat` has a field of turns."""
    kind = schema.load(schema.find(task, schema.shipped("templates") / task))
    assert turns.field_of(kind) == ("turns" if task == "chat" else None)
