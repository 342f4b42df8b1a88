"""Steps that are taken with one kind of model alone."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from synthgen import schema
from synthgen.errors import RecipeError
from synthgen.job import prepare
from tests.command import Synthgen
from tests.openai_server import OpenAIServer

BANK = schema.shipped("templates") / "classification"

RECIPE = f"""task: classification
name: only
about: Short texts.
seeds: {BANK / "seeds.jsonl"}
rows: 4
steps:
  - {{prompt: write.j2, fills: [text]}}
  - {{prompt: chat.j2, fills: [rationale], only: instruct}}
  - {{call: own.py:why, fills: [rationale], only: base}}
vary:
  label: {{file: {BANK / "labels.jsonl"}}}
model: {{name: fake}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a recipe with a step for either kind of model."""
    made = tmp_path / "only"
    made.mkdir()
    (made / "recipe.yaml").write_text(RECIPE, encoding="utf-8")
    (made / "chat.j2").write_text("{% block user %}Why?{% endblock %}", encoding="utf-8")
    (made / "own.py").write_text("def why(given):\n    return {'rationale': 'It says so itself.'}\n", encoding="utf-8")
    return made


def _taken(folder: Path, **changes: str) -> list[str | None]:
    return [one.step.only for one in prepare(folder, {f"model.{key}": value for key, value in changes.items()}).steps]


def test_a_step_for_one_kind_of_model_is_taken_with_that_kind_alone(folder: Path) -> None:
    """An endpoint's model follows instructions; the packaged one and the fake one do not."""
    assert _taken(folder) == [None, "base"]
    assert _taken(folder, name="any", base_url="http://127.0.0.1:9/v1") == [None, "instruct"]


def test_who_is_asked_in_the_step_decides(folder: Path) -> None:
    """A step with a model of its own goes by that model, not by the recipe's."""
    text = RECIPE.replace("only: instruct", "only: instruct, model: {name: any, base_url: 'http://127.0.0.1:9/v1'}")
    (folder / "recipe.yaml").write_text(text, encoding="utf-8")
    assert _taken(folder) == [None, "instruct", "base"]


def test_rows_come_from_the_step_that_fits(folder: Path, synthgen: Synthgen, server: OpenAIServer) -> None:
    """The fake model's rows have what the function says, an endpoint's rows what the model says."""

    def reasons(out: str) -> set[str]:
        rows = pl.read_parquet(f"{out}/candidates.parquet")["row"]
        return set(rows.str.json_path_match("$.rationale").drop_nulls().to_list())

    assert synthgen("generate", folder, "--out", "a", "--rows", "4").code in {0, 3}
    assert reasons("a") == {"It says so itself."}
    asked = ("--model", "test-model", "--base-url", server.url, "--max-requests", "30")
    assert synthgen("generate", folder, "--out", "b", "--rows", "4", *asked).code in {0, 3}
    assert reasons("b")
    assert "It says so itself." not in reasons("b")


def test_a_field_that_no_step_of_this_model_fills_is_named(folder: Path) -> None:
    """Where the step that fills a required field is not taken, the run does not begin."""
    text = RECIPE.replace("fills: [text]}", "fills: [text], only: instruct}")
    (folder / "recipe.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RecipeError, match="nothing fills 'text'"):
        prepare(folder)


def test_several_rows_of_one_request_come_from_a_step_for_any_model(folder: Path) -> None:
    """`rows_per_request` needs a first step that every model takes."""
    text = RECIPE.replace("fills: [text]}", "fills: [text], only: instruct}") + "rows_per_request: 3\n"
    (folder / "recipe.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RecipeError, match="and any model"):
        prepare(folder)
