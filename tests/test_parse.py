"""Replies to rows: what is nearly right is read, and what is not is one fault with a reason."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen import parse, schema
from synthgen.types import Fault, Record, Reply, Row

TEXT = {"text": "My card is gone."}


def _kind() -> type[Record]:
    return schema.load(schema.find("classification", schema.shipped("templates")))


@pytest.mark.parametrize(
    "said",
    [
        '{"text": "My card is gone."}',
        '```json\n{"text": "My card is gone."}\n```',
        '```\n{"text": "My card is gone."}\n```\nI hope that this helps!',
        'Here it is:\n\n{"text": "My card is gone."}',
        '{"text": "My card is gone.",}',
        '{"text": "My card is gone."',
        "{'text': 'My card is gone.'}",
        '{text: "My card is gone."}',
        '\ufeff {"text": "My card is gone."}',
        '{"Text": "My card is gone."}',
        '{" TEXT ": "My card is gone."}',
        '{"text": "My card is gone.", "label": "fees", "reason": null}',
    ],
)
def test_json_is_read_through_fences_prose_and_slips(said: str) -> None:
    """One object is found in fences or prose, mended, its keys read in any case, and other keys left out."""
    assert parse.rows(Reply(said), ["text"], 1) == [TEXT]


@pytest.mark.parametrize(
    "said",
    [
        "My card is gone.",
        '"My card is gone."',
        "null",
        "42",
        '["My card is gone."]',
        '{"text": NaN}',
        '{"text": "a", "n": Infinity}',
        '{"text": "a", "n": -Infinity}',
        '{"text": 1e999}',
        '{"text": "a lone \\ud83d surrogate"}',
        "[" * 5000,
        '{"text": ' * 5000,
    ],
    ids=lambda said: said[:40],
)
def test_what_is_no_row_is_one_fault_that_shows_the_reply(said: str) -> None:
    """Prose, other JSON, what JSON does not know and endless brackets are one fault with short evidence."""
    (found,) = parse.rows(Reply(said), ["text"], 1)
    assert isinstance(found, Fault)
    assert found.reason == "reply.not_json"
    assert 0 < len(found.evidence) <= 300


def test_a_lone_surrogate_is_no_text() -> None:
    """A reply that UTF-8 cannot hold is refused before it is read."""
    assert parse.rows(Reply('{"text": "\ud83d"}'), ["text"], 1) == [
        Fault("reply.not_text", "a lone surrogate, which is no character")
    ]


def _several(count: int, cut: str = "") -> str:
    whole = json.dumps({"rows": [{"text": f"Text {n}."} for n in range(count)]})
    return whole[: whole.rindex(cut)] if cut else whole


def test_the_last_row_of_a_cut_reply_is_given_up() -> None:
    """Of several rows the ones before the cut are whole; the last one goes, even if it looks whole."""
    two = [{"text": "Text 0."}, {"text": "Text 1."}]
    assert parse.rows(Reply(_several(3, "xt 2."), "length"), ["text"], 3) == two
    assert parse.rows(Reply(_several(3, "]}"), "length"), ["text"], 3) == two
    assert parse.rows(Reply(_several(3), "stop"), ["text"], 3) == [*two, {"text": "Text 2."}]


def test_more_rows_than_wanted_are_left() -> None:
    """A reply brings at most the rows that were asked for, cut off or not; fewer are taken as they are."""
    assert len(parse.rows(Reply(_several(9)), ["text"], 4)) == 4
    assert len(parse.rows(Reply(_several(9, "8."), "length"), ["text"], 4)) == 4
    assert len(parse.rows(Reply(_several(2)), ["text"], 4)) == 2


def test_a_single_row_that_is_cut_is_a_fault_that_shows_its_end() -> None:
    """A single row that ran into the limit is not mended: the evidence is where it stopped."""
    said = '{"text": "' + "My card is gone. " * 40
    assert parse.rows(Reply(said, "length"), ["text"], 1) == [Fault("reply.cut_off", said[-200:])]
    assert parse.continued(Reply(said, "length"), ["text"]) == [Fault("reply.cut_off", said[-200:])]


def test_only_one_row_of_several_cut_leaves_nothing() -> None:
    """A reply cut off inside its first row has no row at all."""
    (found,) = parse.rows(Reply(_several(1, "0."), "length"), ["text"], 3)
    assert isinstance(found, Fault)
    assert found.reason == "reply.empty"


def test_each_bad_row_among_several_is_its_own_fault() -> None:
    """A row without a field and a row that is no object are faults in their places; the others stand."""
    said = json.dumps({"rows": [{"text": "One."}, {"message": "Two."}, "Three.", {"TEXT": "Four."}]})
    found = parse.rows(Reply(said), ["text"], 4)
    assert [one.reason if isinstance(one, Fault) else one for one in found] == [
        {"text": "One."},
        "validate.schema",
        "reply.not_json",
        {"text": "Four."},
    ]


def test_a_missing_field_is_named() -> None:
    """The fault says which field the answer lacks and shows the answer."""
    assert parse.rows(Reply('{"instruction": "Why?"}'), ["instruction", "response"], 1) == [
        Fault("validate.schema", 'response: the answer does not have it: {"instruction": "Why?"}')
    ]


@pytest.mark.parametrize("wanted", [1, 3])
def test_a_reply_without_rows_where_several_were_asked_for(wanted: int) -> None:
    """A single object is a row where one was wanted, and no list of rows where three were."""
    found = parse.rows(Reply('{"text": "My card is gone."}'), ["text"], wanted)
    assert found == [TEXT] if wanted == 1 else found[0].reason == "reply.not_json"  # type: ignore[union-attr]


AXES: dict[str, list[Row]] = {
    "label": [
        {"label": "fees_and_charges", "secondary": "account_fee"},
        {"label": "lost_card", "secondary": "stolen_card"},
    ]
}


@pytest.mark.parametrize(
    ("row", "field", "value"),
    [
        ({"text": ["One text."]}, "text", "One text."),
        ({"text": 12}, "text", "12"),
        ({"text": 12.5}, "text", "12.5"),
        ({"text": "  One text.\n"}, "text", "One text."),
        ({"label": "Fees and charges"}, "label", "fees_and_charges"),
        ({"label": "FEES-AND-CHARGES "}, "label", "fees_and_charges"),
        ({"label": ["lost card"]}, "label", "lost_card"),
        ({"secondary": "Account fee"}, "secondary", "account_fee"),
        ({"secondary": ""}, "secondary", None),
        ({"rationale": ""}, "rationale", None),
        ({"rationale": ["It names a fee."]}, "rationale", "It names a fee."),
    ],
    ids=str,
)
def test_a_value_that_is_nearly_right_is_taken(row: Row, field: str, value: str | None) -> None:
    """A list of one, a number, a label in other letters, an empty text for none become what is wanted."""
    base = {"text": "A text.", "label": "lost_card" if row.get("label") else "fees_and_charges"}
    found = schema.admit(_kind(), {**base, **row}, {"axes": AXES})
    assert not isinstance(found, Fault)
    assert getattr(found, field) == value


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            {"label": "fees_and_charge"},
            "label 'fees_and_charge' is not in the recipe's list; the nearest is 'fees_and_charges'",
        ),
        (
            {"secondary": "stolen_card"},
            "label 'fees_and_charges' and secondary 'stolen_card' do not go together",
        ),
        ({"text": ["One.", "Two."]}, "text: Input should be a valid string"),
        ({"text": True}, "text: Input should be a valid string"),
        ({"text": "  "}, "text: String should have at least 1 character"),
        ({"mood": "calm"}, "mood: Extra inputs are not permitted"),
    ],
    ids=str,
)
def test_a_value_that_does_not_fit_is_named(row: Row, said: str) -> None:
    """The fault names the field, what is wrong with it, and the nearest value of the recipe's list."""
    found = schema.admit(_kind(), {"text": "A text.", "label": "fees_and_charges", **row}, {"axes": AXES})
    assert isinstance(found, Fault)
    assert found.reason == "validate.schema"
    assert said in found.evidence


def test_one_field_carried_on_is_the_whole_reply() -> None:
    """A pattern of one field takes the reply as it is, without the spaces around it."""
    assert parse.continued(Reply(" My card is gone.\n\nPlease help.\n"), ["text"]) == [
        {"text": "My card is gone.\n\nPlease help."}
    ]


def test_several_fields_carried_on_stand_on_lines_of_their_names() -> None:
    """After the first value each field begins a line with its name; the last may have several lines."""
    said = " How do I print?\nInput: page 1\nResponse: Press the button:\n1. Print.\n"
    assert parse.continued(Reply(said), ["instruction", "input", "response"]) == [
        {"instruction": "How do I print?", "input": "page 1", "response": "Press the button:\n1. Print."}
    ]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply("How do I print? Press the button."), "reply.not_json"),
        (Reply("How do I print?\nAnswer: press."), "reply.not_json"),
        (Reply("  \n"), "reply.empty"),
        (Reply("How?\nResponse: Pre", "length"), "reply.cut_off"),
        (Reply("", "content_filter"), "reply.refused"),
        (Reply("How\ud800?\nResponse: so."), "reply.not_text"),
    ],
    ids=lambda one: ascii(one)[:40],
)
def test_a_pattern_that_is_not_carried_on_is_a_fault(reply: Reply, reason: str) -> None:
    """A reply that does not keep to the pattern, or is empty, cut, refused or no text, is one fault."""
    (found,) = parse.continued(reply, ["instruction", "response"])
    assert isinstance(found, Fault)
    assert found.reason == reason


CHARACTERS = st.text(st.characters(exclude_categories=["Cs"]))
ROWS = st.fixed_dictionaries({"text": CHARACTERS, "label": CHARACTERS})


@settings(deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=6), st.booleans(), st.sampled_from([None, 2]))
def test_any_row_of_texts_survives(rows: list[Row], ascii_only: bool, indent: int | None) -> None:
    """Whatever characters texts hold, a whole reply gives back the rows that were written, one or several."""
    value: Row = {"rows": rows} if len(rows) > 1 else rows[0]
    said = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert parse.rows(Reply(said), ["text", "label"], len(rows)) == rows


@settings(deadline=None)
@given(st.text(max_size=60), st.sampled_from(["stop", "length", "content_filter"]), st.integers(1, 3))
def test_any_reply_gives_something(said: str, finish: str, wanted: int) -> None:
    """No reply, whatever it holds, breaks the reader, and each is at least one row or fault."""
    for found in (
        parse.rows(Reply(said, finish), ["text"], wanted),
        parse.continued(Reply(said, finish), ["text"]),
    ):
        assert found
        assert all(isinstance(one, (dict, Fault)) for one in found)
