"""The further recipes of the instruction example, run to their end against a server that does as it is told."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from tests.openai_server import OpenAIServer, question
from tests.test_steps import run

if TYPE_CHECKING:
    from tests.command import Synthgen

SUPPORT = Path(__file__).parent.parent / "templates" / "instruction"
THINGS = (
    "laptop",
    "printer",
    "calendar",
    "headset",
    "badge",
    "monitor",
    "database",
    "invoice",
    "archive",
    "keyboard",
    "router",
)
TROUBLES = ("does not start", "lost its settings", "asks for a code", "is slow today", "shows an error", "stays black")
MORE = (
    "if it must work without the network until Friday",
    "when only 2 of 5 colleagues are concerned",
    "and explain each step",
    "while the old version has to stay installed",
    "without losing the files of the last 30 days",
    "and list what to check first",
)


def pick(seed: int, *lists: tuple[str, ...]) -> list[str]:
    """Return one of each list, by a number."""
    return [one[(seed // 7**at) % len(one)] for at, one in enumerate(lists)]


def helpful(body: dict[str, Any]) -> str:
    """Write requests, harder ones out of simple ones, and answers that keep to the request's last sentence."""
    asked = question(body)
    said, wants = asked.messages[-1]["content"], set((asked.schema or {}).get("properties", {}))
    seed = body.get("seed", 0)
    if "The request:" in said:
        parent = json.loads(said.split("The request:")[1].strip().split("\n")[0])["instruction"]
        return json.dumps({"instruction": f"{parent.rstrip('.?')}, {pick(seed, MORE)[0]}?"})
    if "instruction" in wants:
        thing, trouble, other = pick(seed, THINGS, TROUBLES, THINGS[::-1])
        return json.dumps({"instruction": f"My {thing} {trouble} since the move of the {other} number {seed % 997}."})
    request = said.rpartition("Request:")[2]
    words = re.findall(r"[A-Za-z]{4,}", request)[:6]
    return json.dumps({"response": f"Restart the {' and the '.join(words[:3])} first; then write to the desk again."})


def test_levels_come_out_as_asked_with_parents_of_their_split(synthgen: Synthgen) -> None:
    """Exactly the rows asked, by level; each harder row names a kept one, and nobody says who the persona was."""
    with OpenAIServer(answer=helpful) as server:
        done = run(synthgen, server, SUPPORT / "evolve.yaml", "--max-requests", "2000")
    assert done["kept"] == 60
    kept = pl.read_parquet("out/support-levels/kept.parquet")
    assert dict(kept.group_by("level").len().iter_rows()) == {1: 30, 2: 15, 3: 15}
    verdicts = pl.read_parquet("out/support-levels/verdicts.parquet").filter(pl.col("check") == "evolve")
    named = verdicts.filter(pl.col("reason").is_null() & pl.col("evidence").is_not_null())
    parents = dict(named.select("id", pl.col("evidence").str.strip_prefix("row ")).iter_rows())
    places = dict(kept.select("id", "split").iter_rows())
    levels = dict(kept.select("id", "level").iter_rows())
    made = kept.filter(pl.col("level") > 1)["id"].to_list()
    assert all(places[parents[one]] == places[one] and levels[parents[one]] == levels[one] - 1 for one in made)


def test_a_request_that_got_no_harder_falls_with_its_parent(synthgen: Synthgen) -> None:
    """A model that gives the parent back, or a shorter text, has these rows fall, each with the parent's id."""

    def lazy(body: dict[str, Any]) -> str:
        said = question(body).messages[-1]["content"]
        if "The request:" not in said or body.get("seed", 0) % 3:
            return helpful(body)
        parent = json.loads(said.split("The request:")[1].strip().split("\n")[0])["instruction"]
        short = "Who repairs printers nowadays here?" if body["seed"] % 2 else parent
        return json.dumps({"instruction": short})

    with OpenAIServer(answer=lazy) as server:
        done = run(synthgen, server, SUPPORT / "evolve.yaml", "--max-requests", "2000")
    assert done["kept"] == 60
    fell = pl.read_parquet("out/support-levels/verdicts.parquet").filter(pl.col("reason").str.starts_with("evolve."))
    known = set(pl.read_parquet("out/support-levels/kept.parquet")["id"])
    assert set(fell["reason"]) == {"evolve.same", "evolve.easier"}
    assert {said.split()[1].rstrip(":") for said in fell["evidence"]} <= known


def test_constraints_are_kept_by_every_row(synthgen: Synthgen) -> None:
    """Each constraint has as many rows as the others; requests end with it, and answers keep to it."""

    def answer(body: dict[str, Any]) -> str:
        said = question(body).messages[-1]["content"].rpartition("Request:")[2].strip()
        if "Write the answer." not in said:
            return helpful(body)
        one = json.loads(helpful(body))["response"].replace(",", "")
        if "two sentences" in said:
            one = one.replace("; then", ". Then")
        if body["seed"] % 2:
            one = one.replace(" first", " with a click first")
        return json.dumps({"response": one})

    with OpenAIServer(answer=answer) as server:
        done = run(synthgen, server, SUPPORT / "constraints.yaml", "--max-requests", "2000")
    assert done["kept"] == 40
    assert done["reasons"].get("constraint.broken", 0) > 0, done["reasons"]
    kept = pl.read_parquet("out/support-constraints/kept.parquet")
    rows = kept.filter(pl.col("instruction").str.ends_with("Answer in exactly two sentences."))
    assert rows.height == 8
    assert all(text.count(". ") == 1 for text in rows["response"])


def test_answers_that_people_wrote_get_their_requests(synthgen: Synthgen) -> None:
    """Each text of the list is the answer of one row, letter for letter."""
    texts = [json.loads(line)["text"] for line in (SUPPORT / "answers.jsonl").read_text("utf-8").strip().split("\n")]

    def answer(body: dict[str, Any]) -> str:
        said = question(body).messages[-1]["content"].rpartition("The answer:")[2]
        words = re.findall(r"[A-Za-z]{5,}", said)[:5]
        return json.dumps({"instruction": f"What about {' and '.join(words)} on floor {body.get('seed', 0) % 99}?"})

    with OpenAIServer(answer=answer) as server:
        assert run(synthgen, server, SUPPORT / "answers_first.yaml")["kept"] == 10
    assert sorted(pl.read_parquet("out/support-answers-first/kept.parquet")["response"]) == sorted(texts)
