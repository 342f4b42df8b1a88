"""Trees of topics: read from a file, grown by a model, and drawn from in a run."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
import yaml

from synthgen.errors import RecipeError
from synthgen.topics import leaves, read, text
from tests.openai_server import OpenAIServer, question
from tests.test_steps import THINGS, folder, run

if TYPE_CHECKING:
    from tests.command import Synthgen

TREE = """
Household:
  Cleaning: [floors, windows]
  Repairs:
    Plumbing: [dripping taps]
    Wiring:
Travel: trains
"""


def test_a_tree_gives_its_leaves_with_their_paths(tmp_path: Path) -> None:
    """Lists, tables, single names and names with nothing below are all leaves, each with the way to it."""
    path = tmp_path / "topics.yaml"
    path.write_text(TREE, encoding="utf-8")
    assert [row["path"] for row in read(path, "topic")] == [
        "Household > Cleaning > floors",
        "Household > Cleaning > windows",
        "Household > Repairs > Plumbing > dripping taps",
        "Household > Repairs > Wiring",
        "Travel > trains",
    ]
    assert [row["topic"] for row in read(path, "topic")] == ["floors", "windows", "dripping taps", "Wiring", "trains"]


def test_a_tree_reads_back_as_it_was_written(tmp_path: Path) -> None:
    """What `text` writes, `read` reads: the same leaves on the same ways."""
    tree = yaml.safe_load(TREE)
    path = tmp_path / "topics.yaml"
    path.write_text(text(tree), encoding="utf-8")
    assert [tuple(row["path"].split(" > ")) for row in read(path, "topic")] == list(leaves(tree))


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("a: [b", "the tree is no YAML"),
        ("", "the tree has no leaf"),
        ("[]", "the tree has no leaf"),
        ("a: [x]\nb: [x]", "the tree has 'x' twice"),
        (None, "there is no such file"),
    ],
)
def test_what_is_no_tree_is_told(tmp_path: Path, content: str | None, part: str) -> None:
    """A missing or broken file, an empty tree and a leaf that stands twice are each one message."""
    path = tmp_path / "topics.yaml"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(RecipeError, match=part):
        read(path, "topic")


def names(body: dict[str, Any]) -> str:
    """Name three topics below what is asked about; one of them stands in every list."""
    said = question(body).messages[-1]["content"]
    _, found, path = said.partition("Topic: ")
    below = path.split("\n")[0].split(" > ")[-1] if found else "top"
    return json.dumps({"topics": [f"{below} one", f"{below} two", "Everywhere"]})


def test_a_model_grows_a_tree_that_a_recipe_draws_from(synthgen: Synthgen, tmp_path: Path) -> None:
    """Level by level, no name twice; the file is not overwritten, and rows are balanced over its leaves."""
    made = folder(tmp_path)
    words = ("topics", made, "--branches", "3", "--model", "test-model")
    with OpenAIServer(answer=names) as server:
        done = synthgen(*words, "--base-url", server.url)
        assert done.code == 0, done.err
        asked = len(server.requests)
        assert synthgen(*words, "--base-url", server.url).code == 2
        (made / "topics.yaml").unlink()
        assert synthgen(*words, "--base-url", server.url).code == 0
        assert len(server.requests) == asked
    rows = read(made / "topics.yaml", "topic")
    below = [row["path"] for row in rows if row["path"].startswith("top one")]
    assert below == ["top one > top one one", "top one > top one two"]
    assert (made / "topics.yaml").read_text(encoding="utf-8").count("Everywhere:") == 1

    def answer(body: dict[str, Any]) -> str:
        said = question(body).messages[-1]["content"]
        row = " ".join(THINGS[(body.get("seed", 0) + step) % len(THINGS)] for step in (0, 3, 5))
        topic = said.split("'topic': '")[-1].split("'")[0]
        return json.dumps({"text": f"{row} {body.get('seed', 0)}", "answer": topic})

    steps = [{"prompt": "ask.j2", "fills": ["text", "answer"]}]
    vary = {"topic": {"file": "topics.yaml"}}
    made = folder(tmp_path, steps=steps, vary=vary, balance=["topic"], rows=2 * len(rows))
    with OpenAIServer(answer=answer) as server:
        assert run(synthgen, server, made)["kept"] == 2 * len(rows)
    kept = Counter(pl.read_parquet("out/sums/kept.parquet")["answer"])
    assert kept == {row["topic"]: 2 for row in rows}


def test_a_model_that_names_nothing_is_told(synthgen: Synthgen, tmp_path: Path) -> None:
    """Prose instead of names gives one message and writes no tree."""
    made = folder(tmp_path)
    with OpenAIServer(answer=lambda _: "I would rather not.") as server:
        done = synthgen("topics", made, "--model", "test-model", "--base-url", server.url)
    assert done.code == 2
    assert "the model named no topic" in done.message
    assert not (made / "topics.yaml").exists()
