"""What the card says beside the rows: a picture, every model with its terms, contamination, how to train."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from synthgen import card, publish
from synthgen.card.distribution import draw
from synthgen.card.facts import contamination, models
from synthgen.card.terms import FAMILIES, UNKNOWN, terms
from synthgen.publish import layout
from synthgen.store.run import Run

SVG = "{http://www.w3.org/2000/svg}"


def test_the_picture_is_sound_and_has_the_rows() -> None:
    """Each label has a bar a split as wide as its rows, and their number; whatever a label says, the SVG is sound."""
    labels = [("a <b> & \x00 'c'", [30, 10]), ("x" * 80, [5, 0])]
    text = draw(["train", "test"], labels, [3, 3, 12])
    root = ET.fromstring(text)  # noqa: S314 - made here
    said = [one.text for one in root.iter(f"{SVG}text")]
    assert {"train", "test", "a <b> &  'c'", "x" * 29 + "…", "40", "5"} <= set(said)
    bars = [float(one.get("width", 0)) for one in root.iter(f"{SVG}rect") if one.get("height") == "14"]
    assert bars[0] == pytest.approx(3 * bars[1], abs=0.2)
    assert bars[2:] == pytest.approx([bars[1] / 2, 0], abs=0.2)
    assert draw(["train", "test"], labels, [3, 3, 12]) == text


@pytest.mark.parametrize("words", [[], [0], [5] * 3, [1, 4000]])
def test_any_lengths_can_be_drawn(words: list[int]) -> None:
    """No text, empty ones, equal ones and one that is far longer than the rest all give a sound picture."""
    ET.fromstring(draw(["train"], [("all", [len(words)])], words))  # noqa: S314 - made here


def test_the_card_shows_its_picture(bank: Run) -> None:
    """The picture lies beside the card, which names it, and no library's mark stands in it."""
    assert f"]({card.PICTURE})" in (bank.hub / "README.md").read_text(encoding="utf-8")
    assert (bank.hub / card.PICTURE).read_text(encoding="utf-8").startswith("<svg ")


@pytest.mark.parametrize(
    ("name", "maker"),
    [
        ("gpt-5-mini", "OpenAI"), ("openai/gpt-oss-20b", "OpenAI"), ("o3", "OpenAI"), ("claude-sonnet-4", "Anthropic"),
        ("gemini-2.5-flash", "Google"), ("gemma-3-270m-q4_k_m", "Google"), ("local", "Google"),
        ("meta-llama/Llama-3.1-8B-Instruct", "Meta"), ("Qwen/Qwen2.5-72B-Instruct", "Alibaba"), ("qwen3-8b", "Alibaba"),
        ("deepseek-chat", "DeepSeek"), ("microsoft/phi-4", "Microsoft"), ("SmolLM2-135M", "Hugging Face"),
        ("mistral-small-latest", "Mistral AI"), ("command-r-plus", "Cohere"),
        ("fake", "unknown"), ("gpt-neo-2.7B", "unknown"), ("gpt2", "unknown"), ("gemma-9-new", "unknown"),
        ("", "unknown"),
    ],
)  # fmt: skip
def test_terms_are_those_of_the_models_family(name: str, maker: str) -> None:
    """A known family has its maker's terms, with a link; a model that only sounds like one is unknown, and says so."""
    found = terms(name)
    assert found.maker == maker
    assert (found == UNKNOWN) == (maker == "unknown")
    assert found.link.startswith("https://") or found == UNKNOWN


def test_narrow_families_come_before_wide_ones() -> None:
    """The open GPT and the large Qwen have terms of their own, not those of their makers' other models."""
    assert "Apache" in terms("gpt-oss-120b").training
    assert "compete" in terms("gpt-4o").training
    assert "Built with Qwen" in terms("qwen2.5-72b-instruct").training
    assert "Apache" in terms("qwen2.5-7b-instruct").training
    assert all(found.training and found.name for _, found in FAMILIES)


def test_every_model_that_was_asked_stands_in_the_card(bank: Run, tmp_path: Path) -> None:
    """Writer, a step's own model, judge, moderation and paraphrase each have a line; one that is off has none."""
    run = Run(shutil.copytree(bank.folder, tmp_path / "bank"))
    lock: dict[str, Any] = yaml.safe_load(run.lock.read_text(encoding="utf-8"))
    part = lock["recipe"]
    part["steps"][0]["model"] = {"name": "gpt-5-mini", "licence": "by contract"}
    part["checks"]["judge"] |= {"use": False, "models": [{"name": "claude-x"}]}
    part["checks"]["safety"]["moderation"] = {"name": "omni-moderation-latest"}
    part["checks"]["contamination"]["paraphrase"] |= {"use": True, "model": {"name": "/home/anna/qwen3.gguf"}}
    run.lock.write_text(yaml.safe_dump(lock), encoding="utf-8")
    assert [(one["work"], one["model"]) for one in models(lock)][:3] == [
        ("writes", "fake"), ("writes in step 1", "gpt-5-mini"), ("moderates", "omni-moderation-latest"),
    ]  # fmt: skip
    text = card.render(run, publish.published(run))
    assert "| `gpt-5-mini` | writes in step 1 | by contract | [OpenAI: Services Agreement](https://openai.com/" in text
    assert "| `qwen3.gguf` | compares with evaluation texts | not given | [Alibaba: " in text
    assert "anna" not in text
    assert "claude-x` | judges" not in text
    assert "**no legal advice**" in text


def test_contamination_is_said_both_ways(bank: Run) -> None:
    """Without evaluation sets the card says that nothing was looked for; with them it has the sets, rows and falls."""
    assert "No evaluation set was named" in (bank.hub / "README.md").read_text(encoding="utf-8")
    told = pl.DataFrame({"check": ["contamination"] * 3, "reason": [None, "contamination.hit", None]})
    lock = {"recipe": {"checks": {"contamination": {"sets": ["mmlu.jsonl"], "paraphrase": {"use": True}}}}}
    assert contamination(lock, told) == {"sets": ["mmlu.jsonl"], "rows": 3, "fell": 1, "paraphrase": True}


def test_the_card_says_how_to_load_train_and_make_it_anew(bank: Run) -> None:
    """With the config of conversations comes a line for TRL; with a recipe, the command that makes the rows anew."""
    text = card.render(bank, publish.published(bank), card.Place("owner/bank", {"default": ("data", ["train"])}))
    assert 'load_dataset("owner/bank")' in text
    assert "synthgen reproduce hf://owner/bank " in text
    assert "trl sft" not in text
    publish.build(bank, "owner/bank")
    assert "--dataset_name owner/bank --dataset_config messages" in (bank.hub / "README.md").read_text(encoding="utf-8")


TOOLS = """
from synthgen.types import Message, Record


class Called(Record):
    text: str

    def wording(self) -> str:
        return self.text

    def messages(self) -> list[Message]:
        return [{"role": "user", "content": self.text}, {"role": "assistant", "content": "", "tool_calls": [{}]}]
"""


def test_the_config_of_conversations_has_every_row_or_is_left_out(bank: Run, tmp_path: Path) -> None:
    """`messages` has each row as the schema says it to a trainer; where messages call tools there is no such config."""
    run = Run(shutil.copytree(bank.folder, tmp_path / "bank"))
    tables = publish.published(run)
    default, talks = layout.configs(run, tables)
    found = talks.tables["train"]["messages"].to_list()
    assert [talk[-1]["role"] for talk in found] == ["assistant"] * tables["train"].height
    assert all(row in talk[0]["content"] for row, talk in zip(tables["train"]["text"], found, strict=True))
    run.schema.write_text(TOOLS, encoding="utf-8")
    bare = {name: table.select("id", "text") for name, table in tables.items()}
    assert [one.name for one in layout.configs(run, bare)] == [default.name] == ["default"]
