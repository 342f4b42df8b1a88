"""Records out of texts: each gate with rows that pass and rows that fall, and a dataset made record first."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from synthgen import recipe, schema
from synthgen.errors import InputError
from synthgen.resources.shape import Shape, load
from synthgen.schema import shipped
from synthgen.types import Fault, Record, Row
from tests.command import Synthgen
from tests.openai_server import OpenAIServer

TASK = "extraction"
ROOT = shipped("templates") / TASK
KIND = schema.load(schema.find(TASK, ROOT))
NOTHING = dict.fromkeys(["tenant", "flat", "broken", "since", "urgency", "phone", "damage"])
MAIL = (
    "Hello, Omar Varga from 20C here. The oven has been cold since the 4th of May. Please come right away, a new one "
    "costs 480 euros! Ring 01632 960 114."
)
WHOLE = {
    "tenant": "Omar Varga",
    "flat": "20C",
    "broken": "oven",
    "since": "2026-05-04",
    "urgency": "now",
    "phone": "01632 960114",
    "damage": 480,
}


@cache
def tickets() -> Shape:
    """Return the example's shape."""
    return load(recipe.Shape(file="ticket.py:Ticket"), [ROOT])


def admitted(text: str, record: Any, **context: Any) -> Record | Fault:
    """Hold a row against the schema, with the example's shape."""
    return schema.admit(KIND, {"text": text, "record": record}, {"shape": tickets(), **context})


@pytest.mark.parametrize(
    ("text", "record"),
    [
        (MAIL, WHOLE),
        (MAIL, NOTHING | {"broken": "oven", "phone": "01632 960114"}),
        ("Thank you for the new benches in the yard.", NOTHING),
        ("The blinds in 3B hang. No rush at all.", NOTHING | {"broken": "blinds", "flat": "3B", "urgency": "later"}),
        ("Smoke alarms beep, 60 EUR each", NOTHING | {"broken": "smoke alarm", "damage": 60}),
    ],
)
def test_a_record_that_stands_in_the_text_passes(text: str, record: Row) -> None:
    """Values as they are, a day in words, a synonym of a value, a number with spaces, a plural, and nothing at all."""
    assert isinstance(admitted(text, record), KIND), admitted(text, record)


FALLING: list[tuple[str, str, Any]] = [
    ("record.unreadable", MAIL, []),
    ("record.unreadable", MAIL, "null"),
    ("record.unreadable", MAIL, 7),
    ("record.misfit", MAIL, {"tenant": "Omar Varga"}),
    ("record.misfit", MAIL, WHOLE | {"colour": "red"}),
    ("record.misfit", MAIL, WHOLE | {"urgency": "right away"}),
    ("record.misfit", MAIL, WHOLE | {"since": "4 May"}),
    ("record.misfit", MAIL, WHOLE | {"damage": 485}),
    ("record.ungrounded", MAIL, WHOLE | {"tenant": "Vera Dupont"}),
    ("record.ungrounded", MAIL, WHOLE | {"since": "2026-05-05"}),
    ("record.ungrounded", MAIL, WHOLE | {"damage": 490}),
    ("record.ungrounded", MAIL, WHOLE | {"urgency": "later"}),
    ("record.ungrounded", MAIL, WHOLE | {"phone": "01632 960115"}),
    ("record.missed", MAIL, WHOLE | {"phone": None}),
    ("record.missed", "Ring me, 01632 960007, about the yard.", NOTHING),
    ("record.missed", "Call +44 1632 960 008 please", NOTHING),
]


@pytest.mark.parametrize(("code", "text", "record"), FALLING, ids=[f"{one[0]} {at}" for at, one in enumerate(FALLING)])
def test_a_faulty_record_falls_with_its_code(code: str, text: str, record: Any) -> None:
    """A record that is none, does not fit, says too much or too little: each has its code."""
    found = admitted(text, record)
    assert isinstance(found, Fault), found
    assert found.reason == code, found


def test_every_code_has_three_faults() -> None:
    """Each code that the schema gives is met by three rows or more, and an ungrounded value is named."""
    met = [code for code, *_ in FALLING]
    assert {code: met.count(code) >= 3 for code in KIND.reasons} == dict.fromkeys(KIND.reasons, True)
    found = admitted(MAIL, WHOLE | {"damage": 490})
    assert isinstance(found, Fault)
    assert found.evidence == "damage: 490"


def test_a_person_may_say_it_in_other_words() -> None:
    """A seed fits the shape; whether its words hold every value is not asked."""
    assert isinstance(admitted(MAIL, WHOLE | {"tenant": "Vera Dupont"}, seed=True), KIND)
    assert isinstance(admitted(MAIL, WHOLE | {"colour": "red"}, seed=True), Fault)


MODEL = """
from pydantic import BaseModel, field_validator

class Order(BaseModel):
    product: str
    count: int

    @field_validator("count")
    @classmethod
    def is_even(cls, count: int) -> int:
        if count % 2:
            raise ValueError("they come in pairs")
        return count
""".replace(", EmailStr", "")


def test_the_validators_of_a_model_count(tmp_path: Path) -> None:
    """A pydantic model's own validators are held as well, when a record is drawn and when it is checked."""
    (tmp_path / "order.py").write_text(MODEL, encoding="utf-8")
    shape = load(recipe.Shape(file="order.py:Order"), [tmp_path])
    assert shape.misfit({"product": "socks", "count": 4}) == ""
    assert "they come in pairs" in shape.misfit({"product": "socks", "count": 3})
    assert all(shape.draw(Random(at))["count"] % 2 == 0 for at in range(20))
    with pytest.raises(ValueError, match="no record without content"):
        shape.nothing()
    assert [one["value"] for one in shape.rows()] == ["product", "count"]


def test_a_json_schema_is_a_shape_too(tmp_path: Path) -> None:
    """A file of JSON Schema is read, its references followed; the same file has the same digest."""
    text = json.dumps(
        {
            "properties": {"mail": {"$ref": "#/$defs/mail"}, "tags": {"type": "array", "items": {"type": "string"}}},
            "required": ["tags"],
            "$defs": {"mail": {"type": "string", "format": "email"}},
        }
    )
    (tmp_path / "a.schema.json").write_text(text, encoding="utf-8")
    shape = load(recipe.Shape(file="a.schema.json"), [tmp_path])
    assert shape.nothing() == {"tags": []}
    assert shape.missed({"tags": []}, "write to a.b@example.com") == ["email: a.b@example.com"]
    assert shape.missed({"tags": [], "mail": "a.b@example.com"}, "write to a.b@example.com") == []
    assert shape.digest == load(recipe.Shape(file="a.schema.json"), [tmp_path]).digest


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("a.json", "{", "this is no JSON"),
        ("a.json", "[]", "this is no JSON Schema"),
        ("a.json", '{"type": "string"}', "the shape has no properties"),
        ("a.json", '{"properties": {"a": {"type": 3}}}', "this is no JSON Schema"),
        ("a.py:Order", "Order = 3", "there is no function 'Order'"),
        ("a.py:Order", "class Order: ...", "this is no pydantic model"),
        ("a.py:Order", "import", "does not load"),
        ("none.json", None, "there is no such file"),
    ],
)
def test_a_broken_shape_is_one_message(file: str, text: str | None, said: str, tmp_path: Path) -> None:
    """Whatever is wrong with a shape is told as an error of the recipe, and never as a traceback."""
    if text is not None:
        (tmp_path / file.partition(":")[0]).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        load(recipe.Shape(file=file), [tmp_path])


def test_conversations_are_read_back() -> None:
    """A text and an answer that is a JSON object are a row; another answer is none."""
    record = KIND.model_validate({"text": MAIL, "record": WHOLE})
    read = KIND.from_messages(record.messages())
    assert read is not None
    assert KIND.model_validate(read) == record
    assert KIND.from_messages([{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]) is None
    assert (record.level(), KIND.model_validate({"text": MAIL, "record": NOTHING}).level()) == (3, 1)


def test_the_protocol_server_gives_exactly_the_rows_asked(synthgen: Synthgen, server: OpenAIServer) -> None:
    """Forty rows, one in ten with nothing in it; every record stands in its text; a second start asks nothing."""
    asked = ("--model", "test-model", "--base-url", server.url, "--rows", "40", "--json")
    done = synthgen("run", ROOT, *asked)
    assert (done.code, done.json["kept"]) == (0, 40)
    kept = pl.read_parquet("out/tickets/kept.parquet")
    records = [json.loads(one) for one in kept["record"]]
    assert sum(one == NOTHING for one in records) == 4
    assert all(tickets().ungrounded(one, text) == [] for one, text in zip(records, kept["text"], strict=True))
    before = len(server.requests)
    synthgen("run", ROOT, *asked)
    assert len(server.requests) == before
    read = synthgen("filter", "out/tickets/export/messages/train.jsonl", "--task", TASK, "--json")
    assert (read.code, read.json["kept"]) == (0, kept.filter(pl.col("split") == "train").height)
