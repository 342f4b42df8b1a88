"""What makes rows varied: boundary pairs, several rows with their probabilities, and answers first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import yaml

from synthgen.job import prepare
from synthgen.plan import Plan
from tests.openai_server import OpenAIServer, question
from tests.test_steps import THINGS, folder, run

if TYPE_CHECKING:
    from tests.command import Synthgen

BANK = Path(__file__).parent.parent / "templates" / "classification"


def _drafts(share: float) -> Any:
    job = prepare(BANK, {"model.name": "fake", "rows": 400, "boundary": share})
    return Plan(job.recipe, job.axes, job.seeds).block(400, 0)


def test_a_share_of_the_rows_lies_at_the_boundary() -> None:
    """With 0.25 a quarter of the drafts names the nearest other label; with 0 none does, and nothing else changes."""
    drafts, plain = _drafts(0.25), _drafts(0.0)
    bordered = [draft for draft in drafts if draft.boundary]
    assert 0.18 <= len(bordered) / len(drafts) <= 0.32
    assert all(draft.boundary == draft.unlike[0] for draft in bordered)
    assert not any(draft.boundary for draft in plain)
    assert [draft.cell for draft in plain] == [draft.cell for draft in drafts]


def test_the_prompt_says_which_label_it_must_look_like(synthgen: Synthgen, server: OpenAIServer) -> None:
    """A draft at the boundary has its prompt say so, with the label that a careless reader would take."""
    job = yaml.safe_load((BANK / "recipe.yaml").read_text(encoding="utf-8"))
    job |= {"boundary": 1.0, "rows": 20, "seeds": str(BANK / "seeds.jsonl"), "split": {"validation": 0, "test": 0}}
    job["vary"]["label"]["file"] = str(BANK / "labels.jsonl")
    made = Path("bordered")
    made.mkdir()
    (made / "recipe.yaml").write_text(yaml.safe_dump(job), encoding="utf-8")
    run(synthgen, server, made)
    asked = [question(one.body).messages[-1]["content"] for one in server.requests]
    asked = [one for one in asked if one.startswith("Label:")]
    assert asked
    assert all("Write it at the boundary: a careless reader would file it under" in one for one in asked)


def test_several_rows_come_with_their_probabilities(synthgen: Synthgen, tmp_path: Path) -> None:
    """The model must give a probability for each row of a request; no table keeps it."""
    structures = []

    def answer(body: dict[str, Any]) -> str:
        asked = question(body)
        one = (asked.schema or {}).get("properties", {}).get("rows", {}).get("items", {})
        structures.append(one.get("properties", {}))
        seed = body.get("seed", 0)
        words = [f"{THINGS[at]} {THINGS[(at + seed) % 14]} {THINGS[(at * 3 + 1) % 14]} {seed + at}" for at in range(5)]
        return json.dumps({"rows": [{"text": text, "answer": "1", "probability": 0.1} for text in words]})

    steps = [{"prompt": "ask.j2", "fills": ["text", "answer"]}]
    made = folder(tmp_path, steps=steps, rows_per_request=5, probabilities=True)
    prompt = "{% block user %}{{ rows }} {{ probabilities }} {{ cell }}{% endblock %}"
    (made / "ask.j2").write_text(prompt, encoding="utf-8")
    with OpenAIServer(answer=answer) as server:
        assert run(synthgen, server, made)["kept"] == 6
        assert any("5 True" in question(one.body).messages[-1]["content"] for one in server.requests)
    assert {"type": "number"} in [one.get("probability") for one in structures]
    assert "probability" not in pl.read_parquet("out/sums/kept.parquet").columns


def test_probabilities_of_single_rows_are_refused(synthgen: Synthgen, tmp_path: Path) -> None:
    """One row a request has nothing to be compared with: the recipe is told so."""
    done = synthgen("run", folder(tmp_path, probabilities=True), "--model", "fake")
    assert done.code == 2
    assert "set rows_per_request to 5" in done.message


def test_an_answer_can_stand_first(synthgen: Synthgen, tmp_path: Path) -> None:
    """A function takes the answer from what varies, and the model is asked only for what it would answer."""
    answers = [f"{10 + at} {word}s" for at, word in enumerate(THINGS[:6])]

    def answer(body: dict[str, Any]) -> str:
        said = question(body).messages[-1]["content"]
        shown = next((one for one in answers if one in said), "none")
        return json.dumps({"text": f"Which sum of {' '.join(reversed(THINGS[:4]))} gives {shown}, by the way?"})

    steps = [{"call": "own.py:first", "fills": ["answer"]}, {"prompt": "ask.j2", "fills": ["text"]}]
    vary = {"source": {"values": [{"value": f"source {at}", "body": one} for at, one in enumerate(answers)]}}
    first = "def first(given):\n    return {'answer': given.detail['source']['body']}\n"
    made = folder(tmp_path, first, steps=steps, vary=vary, balance=["source"], checks={"dedup": {"near": 0.99}})
    with OpenAIServer(answer=answer) as server:
        assert run(synthgen, server, made)["kept"] == 6
    kept = pl.read_parquet("out/sums/kept.parquet")
    assert sorted(kept["answer"]) == sorted(answers)
    assert all(row["answer"] in row["text"] for row in kept.to_dicts())
