"""Conversations: each gate, the steps as rows of their own, and the chain with the protocol's server."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from synthgen import export, schema
from synthgen.job import prepare
from synthgen.model import fake
from synthgen.model.wrap import Limits
from synthgen.pipeline import Result, generate
from synthgen.resources import tables
from synthgen.store.run import Run
from synthgen.types import Fault, Record, Row
from tests.openai_server import OpenAIServer, question

EXAMPLE = schema.shipped("templates") / "chat"
KIND: type[Record] = schema.load(schema.find("chat", EXAMPLE))
TABLES = tables.load({"catalogue": "catalogue.jsonl", "categories": "categories.jsonl"}, [EXAMPLE])
ASKS = "Is the Aurora Tent big enough for three of us?"
ANSWERS = "Yes, it sleeps three people and weighs 3.2 kilograms."


def talk(*said: str, roles: str = "") -> list[Row]:
    """Return turns: to and fro, or with the roles that the letters u, a and s stand for."""
    names = {"u": "user", "a": "assistant", "s": "system"}
    letters = roles or "ua" * len(said)
    return [{"role": names[letter], "content": text} for letter, text in zip(letters, said, strict=False)]


def numbered(count: int) -> list[Row]:
    """Return so many turns that all differ."""
    return talk(*(f"Turn number {n} says something of its own." for n in range(count)))


GOOD: Row = {
    "turns": talk(ASKS, ANSWERS),
    "moderation": "clean",
    "primary": "advice",
    "secondary": "choosing",
    "products": ["Aurora Tent"],
}


def verdict(changes: Row) -> str | None:
    """Return the code with which a row falls, or None."""
    found = schema.admit(KIND, GOOD | changes, {"tables": TABLES})
    return found.reason if isinstance(found, Fault) else None


NO: Row = {"products": []}
FALLS: list[tuple[str, Row]] = [
    ("chat.length", NO | {"turns": talk(ASKS)}),
    ("chat.length", NO | {"turns": numbered(14)}),
    ("chat.length", NO | {"turns": talk("You help.", ASKS, roles="su")}),
    ("chat.roles", NO | {"turns": talk(ASKS, ANSWERS, roles="au")}),
    ("chat.roles", NO | {"turns": talk(ASKS, "And how heavy is it?", ANSWERS, roles="uua")}),
    ("chat.roles", NO | {"turns": talk(ASKS, ANSWERS, "Thanks a lot!", roles="uau")}),
    ("chat.roles", NO | {"turns": talk(ASKS, "You help.", ANSWERS, roles="usa")}),
    ("chat.repeats", {"turns": talk(ASKS, ANSWERS, "And how heavy?", ANSWERS)}),
    ("chat.repeats", {"turns": talk(ASKS, ASKS)}),
    ("chat.repeats", {"turns": talk(ASKS, ANSWERS, "is the aurora tent big enough for three of us", "Yes, it is.")}),
    ("chat.voice", {"turns": talk("Hello, how can I help you with the Aurora Tent?", ANSWERS)}),
    ("chat.voice", {"turns": talk("Thank you for contacting us about the Aurora Tent.", ANSWERS)}),
    ("chat.voice", {"turns": talk(ASKS, ANSWERS, "Is there anything else I can do for you?", "No, thanks.")}),
    ("product.unknown", {"products": ["Aurora Tents"]}),
    ("product.unknown", {"products": ["Tent"]}),
    ("product.unknown", {"products": ["Aurora Tent", "Borealis Tent"]}),
    ("product.unnamed", {"products": ["Ember Stove"]}),
    ("product.unnamed", {"products": ["Aurora Tent", "Glow Lantern"]}),
    ("product.unnamed", {"turns": talk("Is the tent called Aurora big enough?", ANSWERS)}),
]
STANDS: list[Row] = [
    {},
    NO | {"turns": numbered(2)},
    NO | {"turns": numbered(12)},
    {"turns": talk("You help.", ASKS, ANSWERS, roles="sua")},
    {"turns": talk(ASKS, ANSWERS, "And how heavy is it?", "It weighs 3.2 kilograms.")},
    {"turns": talk(ASKS, ANSWERS + " Is there anything else I can do for you?")},
    {"turns": talk("How can I reach you about the Aurora Tent?", ANSWERS)},
    {"turns": talk("Thank you for nothing, the Aurora Tent leaks.", ANSWERS)},
    {"products": ["aurora  tent"]},
    {"turns": talk("Is it big enough?", "Yes, the aurora-tent sleeps three.")},
    {"products": ["Aurora Tent", "Ember Stove"], "turns": talk(ASKS, "Yes, and the Ember Stove fits into it.")},
]


@pytest.mark.parametrize(("code", "changes"), FALLS)
def test_a_row_with_a_fault_falls_with_its_code(code: str, changes: Row) -> None:
    """Each gate closes before three faults of its kind or more."""
    assert verdict(changes) == code


@pytest.mark.parametrize("changes", STANDS)
def test_a_row_that_is_right_passes(changes: Row) -> None:
    """Conversations of any allowed length and wording pass."""
    assert verdict(changes) is None


def test_each_code_has_three_faults() -> None:
    """The tables hold every code of the schema three times or more; the chain's test has those of categories."""
    said = [code for code, _ in FALLS]
    assert {code for code in KIND.reasons if said.count(code) < 3} == {"category.unknown"}


def test_a_conversation_is_read_back_exactly() -> None:
    """What `messages` writes of a seed, `from_messages` reads as the same turns; talk with tools is none."""
    for line in (EXAMPLE / "seeds.jsonl").read_text(encoding="utf-8").strip().split("\n"):
        record = KIND.model_validate_json(line)
        row = KIND.from_messages(record.messages())
        assert row is not None
        assert KIND.model_validate(row).messages() == record.messages()
    assert KIND.from_messages([{"role": "tool", "content": "3"}]) is None


def test_steps_are_rows_of_their_own() -> None:
    """Moderation, category and products are questions about the first message, where it shows the answer."""
    steps = KIND(**GOOD).stages()
    assert {name: turns[-1]["content"] for name, turns in steps.items()} == {
        "moderation": "clean",
        "category": '{"primary": "advice", "secondary": "choosing"}',
        "products": '["Aurora Tent"]',
    }
    assert {turns[1]["content"] for turns in steps.values()} == {ASKS}
    unnamed = GOOD | {"turns": talk("Is it big enough?", "Yes, the Aurora Tent is.")}
    assert set(KIND(**unnamed).stages()) == {"moderation", "category"}
    assert KIND.model_validate({"turns": GOOD["turns"]}).stages() == {}
    assert schema.load(schema.find("instruction", EXAMPLE)).stages.__qualname__ == "Record.stages"


def run(recipe: Path, out: Path, server: OpenAIServer, **more: Any) -> Result:
    """Run a recipe with the test server."""
    changes = {"model.name": "test-model", "model.base_url": server.url, **more}
    return generate(prepare(recipe, changes), out, Limits())


def stages(done: Run) -> dict[str, int]:
    """Export twice, and return how many training and test rows each folder of conversations has."""
    for _ in range(2):
        files = export.export(done, ["messages"])
    rows = [path for path in files if path.suffix == ".jsonl"]
    counts: Counter[str] = Counter()
    for path in rows:
        counts[path.parent.name] += len(path.read_text("utf-8").splitlines())
    return dict(counts)


def test_the_example_gives_exactly_the_rows_asked(tmp_path: Path, server: OpenAIServer) -> None:
    """Forty conversations, of several lengths, balanced over categories, each with its category's instructions."""
    done = run(EXAMPLE, tmp_path / "run", server).run
    kept = done.read("kept")
    assert kept.height == 40
    assert stages(done) == {"messages": 40, "messages-moderation": 40, "messages-category": 40, "messages-products": 10}
    assert kept["primary"].value_counts()["count"].to_list() == [10] * 4
    assert set(kept["turns"].list.len().to_list()) >= {3, 5}
    rules = {(row["primary"], row["secondary"]): row["instructions"] for row in TABLES.table("categories")}
    for row in kept.filter(pl.col("moderation") == "clean").iter_rows(named=True):
        assert row["turns"][0]["content"].endswith(rules[row["primary"], row["secondary"]])
    names = {row["name"] for row in TABLES.table("catalogue")}
    assert set(kept["products"].explode().drop_nulls().to_list()) <= names
    told = "\n".join(one["content"] for got in server.requests for one in got.body.get("messages", []))
    assert "> The Aurora Tent sleeps three people" in told


def reply(body: Row) -> str:
    """Answer each step of the chain over given messages; some answers name what no table has."""
    asked = question(body)
    text, fields = asked.messages[-1]["content"], (asked.schema or {}).get("properties", {})
    if "primary" in fields:
        wrong = "newsletter" in text.partition("\n")[0]
        return json.dumps({"primary": "account", "secondary": "sign_off" if wrong else "sign_in"})
    if "products" in fields:
        message, _, listed = text.partition("\n\n")
        named = [line for line in listed.split("\n") if line and line in message]
        return json.dumps({"products": [*named, "Borealis Tent"] if "Compass" in message else named})
    return fake.answer(asked)


def test_the_chain_over_messages_looks_up_what_it_says(tmp_path: Path) -> None:
    """Each step is a model's but the look-up: what the catalogue and the categories lack falls with its code."""
    with OpenAIServer(answer=reply) as server:
        result = run(EXAMPLE / "chain.yaml", tmp_path / "run", server)
        told = [one["content"] for got in server.requests for one in got.body.get("messages", [])]
    assert result.kept == 10
    assert set(result.reasons) >= {"product.unknown", "category.unknown"}
    assert min(result.reasons[name] for name in ("product.unknown", "category.unknown")) >= 3
    kept = result.run.read("kept")
    lamp = kept.filter(pl.col("products").list.contains("Lumen Headlamp"))["turns"].to_list()[0]
    assert "Lumen Headlamp" in lamp[-1]["content"]
    assert not any("Borealis" in text and "catalogue says" in text for text in told)


def test_a_conversation_can_be_written_at_once(tmp_path: Path) -> None:
    """One prompt gives all turns; those that break the form fall, and the rest is topped up to the rows asked."""

    def answer(body: Row) -> str:
        asked = question(body)
        if "turns" not in (asked.schema or {}).get("properties", {}):
            return fake.answer(asked)
        prompt, number = asked.messages[-1]["content"], int(asked.id, 16)
        product = prompt.partition("Product: ")[2].partition("\n")[0]
        said = [json.loads(fake.answer(asked))["turns"][0]["content"] + f" {product} {n}." for n in range(4)]
        return json.dumps({"turns": talk(*said, roles="uaau" if number % 3 == 0 else "uaua")})

    folder = tmp_path / "mine"
    shutil.copytree(EXAMPLE, folder)
    found = yaml.safe_load((folder / "recipe.yaml").read_text(encoding="utf-8"))
    found["steps"][2] = {"prompt": "whole.j2", "fills": ["turns"]}
    found["checks"]["labels"]["use"] = False
    found["checks"]["quality"]["allow"] = ["quality.repetition"]
    (folder / "recipe.yaml").write_text(yaml.safe_dump(found), encoding="utf-8")
    with OpenAIServer(answer=answer) as server:
        result = run(folder, tmp_path / "run", server, rows=12)
    assert result.kept == 12
    assert result.reasons["chat.roles"] >= 3
    assert set(result.run.read("kept")["turns"].list.len().to_list()) == {5}
