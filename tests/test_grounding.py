"""Values drawn from JSON Schemas, and found again in texts as people write them."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen import sampling, shapes
from synthgen.errors import InputError
from synthgen.grounding import Text, made_up, rule, spellings, synonyms, ungrounded

URGENCY = {"enum": ["now", "this week"], "description": "How soon. now: urgent, at once; this week: in a few days"}
FITTING = {"description": "false: out of order, broken"}


@pytest.mark.parametrize(
    ("value", "schema", "text", "name"),
    [
        ("2026-05-03", {}, "See you on the 3rd of May.", "date"),
        ("2026-05-03", {}, "due 03/05/2026, not later", "date"),
        ("2026-05-03", {}, "May 3, 2026, 01632 960079", "date"),
        ("14:30:00", {}, "let us say 2:30pm", "time"),
        ("14:45", {}, "at quarter to three", "time"),
        ("2026-05-03T14:30:00", {}, "on 3 May at half past two", "moment"),
        (12.5, {}, "it cost 12,50 EUR", "number"),
        (1250, {}, "1.250,00 euros", "number"),
        (20000, {}, "about 20k", "number"),
        (25, {}, "twenty-five of us", "number"),
        ("AB-1234", {}, "order ab1234", "squeezed"),
        ("01632 960123", {}, "ring +44 1632 960123", "telephone"),
        ("a.b@example.com", {}, "write to A.B@example.com", "wording"),
        ("Lisbon", {}, "from LISBON to Porto", "wording"),
        ("printers do not start", {}, "the printer does not start", "words"),
        ("now", URGENCY, "this is urgent", "listed"),
        ("this week", URGENCY, "come in a few days", "listed"),
        (True, {}, "please gift-wrap it", "yes or no"),
        (False, {}, "no wrapping, please", "yes or no"),
        (None, {}, "", "nothing"),
    ],
)
def test_a_value_is_found_as_people_write_it(value: Any, schema: dict[str, Any], text: str, name: str) -> None:
    """Days, times, amounts, numbers of things, telephones, synonyms: each is found by the rule of its name."""
    assert rule(value, schema, Text(text), "gift_wrap") == name


@pytest.mark.parametrize(
    ("value", "schema", "text"),
    [
        ("2026-05-03", {}, "on May 3, 2025"),
        ("2026-05-03", {}, "on 4 May 2026"),
        ("14:30", {}, "at 2:30am"),
        ("2026-05-03T14:30:00", {}, "on 3 May 2026 at noon"),
        (3, {}, "on 2026-05-03"),
        (9, {}, "at 9:30 sharp"),
        (2, {}, "it takes 2.5 hours"),
        (1250, {}, "1,251 euros"),
        ("AB-1234", {}, "order ab1235"),
        ("01632 960123", {}, "ring 01632 960124"),
        ("a.b@example.com", {}, "write to b@example.com"),
        ("Lisbon", {}, "from Oslo to Porto"),
        ("printers do not start", {}, "the fridge hums"),
        ("now", URGENCY, "come in a few days"),
        (True, {}, "two books, please"),
        (False, FITTING, "the gift wrap is fine"),
    ],
)
def test_a_value_that_is_not_there_is_not_found(value: Any, schema: dict[str, Any], text: str) -> None:
    """Another day, another year, another number, a number inside a date or a time: none of them counts."""
    assert rule(value, schema, Text(text), "gift_wrap") is None


def test_a_value_of_a_list_and_a_default_may_be_implied() -> None:
    """Where the caller says so, a value of a list, a default and a yes or no need not be said; other values must."""
    schema = {"properties": {"unit": {"enum": ["c", "f"]}, "days": {"default": 3}, "loud": {}, "city": {}}}
    record = {"unit": "c", "days": 3, "loud": True, "city": "Oslo"}
    assert ungrounded(record, schema, "what about it?", implied=True) == ["city: 'Oslo'"]
    assert len(ungrounded(record, schema, "what about it?")) == 4


def test_lists_and_nested_objects_are_looked_into() -> None:
    """Each value is named with its place, under the alternative of the schema that it fits."""
    schema = {
        "properties": {"items": {"items": {"properties": {"n": {"anyOf": [{"type": "integer"}, {"type": "null"}]}}}}}
    }
    assert ungrounded({"items": [{"n": 2}, {"n": 7}, {"n": None}]}, schema, "two") == ["items[1].n: 7"]
    assert synonyms("now", URGENCY) == ["urgent", "at once"]


@given(
    st.one_of(
        st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(str),
        st.times().map(lambda one: f"{one:%H:%M}"),
        st.integers(0, 10**6),
        st.integers(0, 10**6).map(lambda one: one / 100),
        st.text(st.sampled_from("abcdefgh "), min_size=3, max_size=30).filter(lambda one: len(one.strip()) > 2),
    )
)
def test_what_is_spelt_is_found_again(value: Any) -> None:
    """Whatever way of writing a value is offered to a prompt, the rule finds the value in it."""
    for said in spellings(value):
        assert rule(value, {}, Text(f"so, {said}, as ever")) is not None, said


def test_a_number_out_of_nowhere_is_told() -> None:
    """A number of an answer counts where it stands in what is known, in its form or within a date; others are told."""
    known = '{"price": 12.5, "day": "2026-05-03", "left": 1200}'
    assert made_up("On 3 May 2026 it costs 12,50, and 1,200 are left.", known) == []
    assert made_up("It costs 13.50 and takes 4 days.", known) == ["13.50", "4"]
    result = '[{"amount": 440.29, "day": "2026-05-03"}]'
    assert made_up("The amount is 440,000.00.", result) == ["440,000.00"]
    assert made_up("It is 440.29 on 3 May.", result) == []


SCHEMAS: list[dict[str, Any]] = [
    {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{4}$"},
    {"type": "string", "minLength": 40},
    {"type": "string", "maxLength": 5},
    *({"type": "string", "format": one} for one in ("date", "time", "date-time", "email", "uri", "uuid", "ipv4")),
    {"type": "integer", "minimum": 5, "maximum": 8},
    {"type": "integer", "exclusiveMinimum": 5, "exclusiveMaximum": 7},
    {"type": "number", "multipleOf": 0.25, "maximum": 2},
    {"type": "number", "maximum": -4},
    {"enum": ["a", None, 3]},
    {"const": {"a": 1}},
    {"type": ["string", "null"]},
    {"anyOf": [{"type": "integer"}, {"type": "null"}]},
    {"allOf": [{"properties": {"a": {"type": "integer"}}, "required": ["a"]}, {"properties": {"b": {"enum": [1]}}}]},
    {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 3, "uniqueItems": True},
    {"type": "object", "properties": {"when": {"type": "string", "format": "date"}, "who": {}}, "required": ["when"]},
    {"type": "string", "examples": ["only this"]},
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
def test_what_is_drawn_fits_and_is_drawn_again(schema: dict[str, Any]) -> None:
    """Values fit their schema, are the same for the same draw, and examples are what is taken where there are some."""
    plain = shapes.plain(schema, "here")
    found = [sampling.value(plain, Random(at)) for at in range(40)]
    assert [shapes.misfit(one, plain) for one in found] == [""] * 40
    assert found == [sampling.value(plain, Random(at)) for at in range(40)]
    if "examples" in schema:
        assert set(found) == {"only this"}


def test_what_cannot_be_drawn_is_said() -> None:
    """A schema that nothing fits ends in an error that names the field, not in a value that does not fit."""
    with pytest.raises(ValueError, match="no value for 'size' could be drawn"):
        sampling.value({"type": "integer", "minimum": 5, "maximum": 4}, Random(1), "size")


def test_references_are_put_in_and_objects_closed() -> None:
    """Local references are followed, also in a circle; what an object does not name it does not take."""
    tree = {"properties": {"name": {"type": "string"}, "below": {"type": "array", "items": {"$ref": "#"}}}}
    plain = shapes.plain(tree, "here")
    assert plain["properties"]["below"]["items"]["properties"]["below"]["items"] == {}
    assert "unexpected" in shapes.misfit({"name": "a", "size": 1}, plain)
    ref = shapes.plain({"properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"enum": [1]}}}, "here")
    assert shapes.misfit({"a": 2}, ref).startswith("a: 2 is not one of")
    for broken in ({"$ref": "#/$defs/y"}, {"$ref": "other.json"}, {"type": "nonsense"}, ["no"]):
        with pytest.raises(InputError):
            shapes.plain(broken, "here")
    assert "cannot be read" in shapes.misfit(1, {"type": "nonsense"})


@pytest.mark.parametrize(
    ("value", "schema"),
    [("2026-02-30", "date"), ("25:00", "time"), ("2026-05-03 at two", "date-time"), ("nobody", "email")],
)
def test_formats_count(value: str, schema: str) -> None:
    """A text that has a format must keep to it."""
    assert shapes.misfit(value, {"type": "string", "format": schema})
