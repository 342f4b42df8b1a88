"""The other checks that ask a model: moderation by the endpoint, and evaluation texts in other words."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from synthgen.checks.judge import FOLDER
from synthgen.checks.moderation import Moderation
from synthgen.checks.paraphrase import NAMES, NEIGHBOURS, Paraphrase
from synthgen.checks.unsafe import moderated
from synthgen.embed import embed
from synthgen.errors import BudgetSpentError, EndpointError
from synthgen.job import prepare
from synthgen.model import fake
from synthgen.model.wrap import Limits
from synthgen.pipeline import generate
from synthgen.prompts import find
from synthgen.schema import load, shipped
from synthgen.types import Candidate, Draft, Reply, Request
from tests.openai_server import OpenAIServer, question

BANK = shipped("templates") / "classification"
RECORD = load(shipped("schemas") / "classification.py")
ITEMS = [
    ("set.jsonl:1", "How long does a transfer to another bank take?"),
    ("set.jsonl:2", "Why was my card swallowed by the cash machine?"),
    ("set.jsonl:3", "What do you charge for an overdraft?"),
    ("set.jsonl:4", "Which tram goes to the zoo on Sundays?"),
    ("set.jsonl:5", "Can I raise the limit of my card?"),
]


def changes(server: OpenAIServer, **more: Any) -> dict[str, Any]:
    """Return what lays the bank example over a server."""
    return {"model.name": "test-model", "model.base_url": server.url, "model.concurrency": 16, "rows": 30, **more}


def rows(*texts: str) -> list[Candidate]:
    """Return rows with these texts."""
    records = [RECORD.model_validate({"text": text, "label": "card"}) for text in texts]
    draft = Draft(0, {"split": "train"}, 0, [])
    return [Candidate(str(n), draft, [], one.model_dump(), one) for n, one in enumerate(records)]


# Moderation

MODERATED: list[tuple[bool, list[str], str | None]] = [
    (True, ["violence"], "moderation.flagged"),
    (True, ["hate", "harassment"], "moderation.flagged"),
    (True, [], "moderation.flagged"),
    (False, [], None),
    (False, ["violence"], None),
    (False, ["sexual"], None),
]
UNASKED = ["the limit of 3 requests is reached", "the limit of $2.0 is reached", "`synthgen filter` asks no model"]


def spent(said: str) -> Any:
    """Return a model that the budget leaves no room to ask."""

    async def ask(_: Request) -> Reply:
        raise BudgetSpentError(what=said, fix="raise it")

    return ask


@pytest.mark.parametrize(("flagged", "categories", "code"), MODERATED)
def test_the_endpoints_flag_decides(flagged: bool, categories: list[str], code: str | None) -> None:
    """What the endpoint flags falls, whatever categories it names; what it only scores stays."""
    result = {"flagged": flagged, "categories": dict.fromkeys(categories, True), "category_scores": {"violence": 0.4}}

    async def ask(request: Request) -> Reply:
        assert request.messages[-1]["content"].startswith("A text.")
        return Reply(json.dumps(result))

    assert asyncio.run(Moderation("wary", moderated)(rows("A text."), [ask]))[0][0] == code


@pytest.mark.parametrize("said", UNASKED)
def test_rows_that_nobody_could_ask_about_wait(said: str) -> None:
    """A row falls as not asked, with the reason, where the budget leaves no room for moderation or comparison."""
    found = asyncio.run(Moderation("wary", moderated)(rows("A text."), [spent(said)]))
    assert found == [("moderation.unasked", None, said)]
    prompt = find("same.j2", [FOLDER], continues=False, names=NAMES)
    check = Paraphrase(ITEMS, 0.0, embed, ("judge", prompt), "Messages to a bank.")
    reason, _, evidence = asyncio.run(check(rows("A text."), [spent(said)]))[0]
    assert (reason, evidence) == ("paraphrase.unasked", said)


def test_moderation_reads_what_the_other_checks_kept(server: OpenAIServer, tmp_path: Path) -> None:
    """Flagged rows fall with the category, the cells are topped up, and another start asks nothing."""
    server.models = ("test-model", "wary")
    server.flags = lambda text: "river" in text or "colleague" in text or "letter" in text
    wary = {"name": "wary", "base_url": server.url}
    job = prepare(BANK, changes(server, rows=60, **{"checks.safety": {"moderation": wary}}))
    result = generate(job, tmp_path / "run", Limits())
    fell = result.run.read("verdicts").filter(pl.col("reason") == "moderation.flagged")
    moderated = [one for one in server.requests if one.path.endswith("/moderations")]
    assert (result.kept, fell.height > 0) == (60, True)
    assert set(fell["evidence"]) == {"moderation: violence"}
    assert not any("river" in text for text in result.run.read("kept")["text"])
    assert {one.body["model"] for one in moderated} == {"wary"}
    assert [name for name, _, _ in result.waterfall if name in {"dedup", "moderation"}] == ["dedup", "moderation"]
    asked = len(server.requests)
    assert generate(job, tmp_path / "run", Limits()).kept == 60
    assert len(server.requests) == asked


def test_a_moderation_that_is_none_is_one_message(server: OpenAIServer, tmp_path: Path) -> None:
    """An address that answers chats in the place of moderation stops the run with what it said."""
    server.fail(200, times=1, body={"choices": []}, when=lambda body: "input" in body)
    there = {"name": "test-model", "base_url": server.url}
    with pytest.raises(EndpointError, match="does not answer as the OpenAI protocol says"):
        generate(prepare(BANK, changes(server, **{"checks.safety": {"moderation": there}})), tmp_path / "run", Limits())


# Paraphrases


def verdicts(says: dict[str, str], *texts: str, least: float = 0.3) -> tuple[list[Any], list[Request]]:
    """Return the verdicts on texts, of a model that says the same of all that it is asked about an item."""
    asked: list[Request] = []

    async def ask(request: Request) -> Reply:
        asked.append(request)
        text = request.messages[-1]["content"]
        return Reply(next((answer for item, answer in says.items() if item in text), '{"same": "no"}'))

    prompt = find("same.j2", [FOLDER], continues=False, names=NAMES)
    check = Paraphrase(ITEMS, least, embed, ("judge", prompt), "Messages to a bank.")
    return asyncio.run(check(rows(*texts), [ask])), asked


COMPARED: list[tuple[str, str | None]] = [
    ('{"same": "yes"}', "paraphrase.same"),
    ('{"Same": "Yes"}', "paraphrase.same"),
    ('```json\n{"same": "yes"}\n```', "paraphrase.same"),
    ('{"same": "no"}', None),
    ("", None),
    ("They are much the same.", None),
    ('{"other": "yes"}', None),
]


@pytest.mark.parametrize(("answer", "code"), COMPARED)
def test_a_row_falls_where_the_model_says_yes(answer: str, code: str | None) -> None:
    """A yes rejects the row; a no, and an answer that cannot be read, let it pass."""
    found, _ = verdicts({"swallowed by the cash machine": answer}, "The cash machine ate my card, why?")
    assert found[0][0] == code


def test_a_paraphrase_falls_with_its_item() -> None:
    """The evidence names the item's place and text."""
    found, _ = verdicts({"swallowed by the cash machine": '{"same": "yes"}'}, "The cash machine ate my card, why?")
    assert found[0][2] == "set.jsonl:2: Why was my card swallowed by the cash machine?"


def test_only_the_nearest_items_are_asked_about() -> None:
    """A row without a near item costs nothing; others cost a few requests at most, the nearest first."""
    found, asked = verdicts({}, "Penguins dive deeper than anybody thought.", least=0.6)
    assert (found, asked) == ([(None, None, None)], [])
    _, asked = verdicts({}, "Why was my bank card swallowed by a machine?", least=0.0)
    assert len(asked) == NEIGHBOURS
    assert "cash machine" in asked[0].messages[-1]["content"]


def test_a_run_asks_about_the_survivors(server: OpenAIServer, tmp_path: Path) -> None:
    """In a run the model is asked about near items, what it calls the same falls, and the rows come out in full."""

    def answer(body: dict[str, Any]) -> str:
        asked = question(body)
        if "same" in (asked.schema or {}).get("properties", {}):
            return json.dumps({"same": "yes" if "river" in asked.messages[-1]["content"] else "no"})
        return fake.answer(asked)

    server.answer = answer
    evaluation = tmp_path / "evaluation.jsonl"
    evaluation.write_text("".join(json.dumps({"text": text}) + "\n" for _, text in ITEMS), encoding="utf-8")
    part = {"sets": [str(evaluation)], "paraphrase": {"use": True, "least": 0.2}}
    result = generate(prepare(BANK, changes(server, **{"checks.contamination": part})), tmp_path / "run", Limits())
    seen = result.run.read("verdicts").filter(pl.col("check") == "paraphrase")
    assert result.kept == 30
    assert not any("river" in text for text in result.run.read("kept")["text"])
    assert seen["reason"].drop_nulls().unique().to_list() in ([], ["paraphrase.same"])
    assert seen["score"].drop_nulls().len() > 0


def test_the_packaged_model_compares(tmp_path: Path) -> None:
    """The packaged model answers whether two texts are the same, and a run with it ends."""
    evaluation = tmp_path / "evaluation.jsonl"
    evaluation.write_text("".join(json.dumps({"text": text}) + "\n" for _, text in ITEMS), encoding="utf-8")
    part = {"sets": [str(evaluation)], "paraphrase": {"use": True, "least": 0.4, "model": {"name": "local"}}}
    job = prepare(BANK, {"model.name": "fake", "rows": 10, "checks.contamination": part})
    result = generate(job, tmp_path / "run", Limits())
    assert result.run.read("verdicts").filter(pl.col("check") == "paraphrase").height >= 10
