"""Pairs of answers: two that differ, compared in both orders, exactly as many as were asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
import yaml

from synthgen import schema
from synthgen.model import fake
from synthgen.types import Fault, Record
from tests.openai_server import OpenAIServer, question
from tests.test_steps import run

if TYPE_CHECKING:
    from tests.command import Synthgen

GARDEN = Path(__file__).parent.parent / "templates" / "preference"
KIND = schema.load(schema.find("preference", GARDEN))
PROMPT = "How deep do I sow beans?"
GOOD = "Sow them three centimetres deep, when the soil has twelve degrees, and water once."


@pytest.mark.parametrize(
    ("chosen", "other", "code"),
    [
        (GOOD, "Beans grow on poles or as bushes, and both have fans.", None),
        (GOOD, "Sow them thirty centimetres deep, when the soil is frozen, and never water.", None),
        (
            GOOD,
            GOOD + " Bush beans stand closer than pole beans; neither likes cold, wet, heavy ground.",
            None,
        ),
        (GOOD, GOOD, "answers.same"),
        (GOOD, GOOD.upper().replace(",", ";"), "answers.same"),
        (GOOD, " ".join(reversed(GOOD.strip(".").split())), "answers.same"),
        (PROMPT, GOOD, "answers.echo"),
        (GOOD, "how deep do I sow beans", "answers.echo"),
        (GOOD, "How deep do I sow beans?!", "answers.echo"),
    ],
)
def test_two_answers_differ_from_each_other_and_from_the_prompt(chosen: str, other: str, code: str | None) -> None:
    """Answers of the same words, and an answer that is the prompt, fall; answers that differ in sense stay."""
    found = schema.admit(KIND, {"prompt": PROMPT, "chosen": chosen, "rejected_answer": other}, {})
    assert (found.reason if isinstance(found, Fault) else None) == code


def test_a_pair_gives_both_conversations() -> None:
    """The chosen answer ends the conversation; the rejected one stands in its place."""
    row: Record = KIND.model_validate({"prompt": PROMPT, "chosen": GOOD, "rejected_answer": "No idea."})
    assert [one["content"] for one in row.messages()] == [PROMPT, GOOD]
    assert [one["content"] for one in row.rejected() or []] == ["No idea."]


def _garden(folder: Path, **checks: Any) -> Path:
    recipe = yaml.safe_load((GARDEN / "recipe.yaml").read_text(encoding="utf-8"))
    recipe["checks"] |= checks
    recipe |= {"seeds": str(GARDEN / "seeds.jsonl"), "rows": 20}
    recipe["vary"]["flaw"]["file"] = str(GARDEN / "flaws.jsonl")
    folder.mkdir()
    (folder / "recipe.yaml").write_text(yaml.safe_dump(recipe), encoding="utf-8")
    return folder


def test_ties_and_lost_pairs_are_topped_up(synthgen: Synthgen, tmp_path: Path) -> None:
    """The chosen answer must win in both orders; what does not is dropped, and the rows come out in full."""

    def answer(body: dict[str, Any]) -> str:
        asked = question(body)
        if "better" not in (asked.schema or {}).get("properties", {}):
            return fake.answer(asked)
        said = asked.messages[-1]["content"]
        first, _, second = said.partition("Second answer:")
        request = first.partition("The request:")[2].partition("First answer:")[0]
        draw = sum(map(ord, request)) % 4
        if draw == 0:
            return json.dumps({"better": "first"})  # whatever stands first: a tie
        longer = "first" if len(first.partition("First answer:")[2]) >= len(second.partition("Which")[0]) else "second"
        return json.dumps({"better": longer})

    # The fake model's words have nothing to do with each other.
    salad: dict[str, Any] = {"pair": {"use": True}, "quality": {"language": "en", "allow": ["quality.unrelated"]}}
    with OpenAIServer(answer=answer) as server:
        done = run(synthgen, server, _garden(tmp_path / "garden", **salad), "--max-requests", "600")
    assert done["kept"] == 20
    verdicts = pl.read_parquet("out/garden/verdicts.parquet").filter(pl.col("check") == "pair")
    assert {"pair.tie", "pair.lost"} <= set(verdicts["reason"].drop_nulls())
    kept = pl.read_parquet("out/garden/kept.parquet")
    assert sorted(kept.group_by("flaw").len()["len"]) == [4, 4, 4, 4, 4]
