"""Evaluation sets and a user's own checks: what no row may repeat, and what the user says of rows."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.checks.contamination import LONG, SHORT, Contamination, Item
from synthgen.errors import RecipeError
from synthgen.job import prepare
from synthgen.model.wrap import Limits
from synthgen.pipeline import generate
from synthgen.schema import shipped
from tests.cases import Case, cases

SHORT_ITEM = "What is the daily limit for cash withdrawals?"
LONG_ITEM = (
    "I ordered a new card three weeks ago and it still has not arrived at my address, although your app "
    "says that it was delivered on the second of March."
)
TINY_ITEM = "block my card"
CHECK = Contamination(
    [Item("eval.jsonl:1", SHORT_ITEM), Item("eval.jsonl:2", LONG_ITEM), Item("eval.jsonl:3", TINY_ITEM)]
)


OWN_WORDS = [
    "Is there a daily limit when I take cash out abroad?",
    "I ordered a new card and it has not come yet.",
    "My parcel was delivered on the second of March, but the card in it was bent and does not work in any shop.",
]
CONTAMINATION = [
    *cases(
        "contamination.verbatim",
        [
            SHORT_ITEM,
            "what is the daily limit, for cash withdrawals",
            f"Hello team! {SHORT_ITEM} Thanks a lot.",
            "Block my card!",
        ],
        [*OWN_WORDS, "Please block my card, it was stolen on the tram."],
    ),
    *cases(
        "contamination.near",
        [
            "What is the daily limit for cash withdrawls?",
            "What's the daily limit for cash withdrawals?",
            "What is teh daily limit for cash withdrawals? Please tell me.",
        ],
        [*OWN_WORDS, "What is the fee for cash withdrawals?"],
    ),
    *cases(
        "contamination.overlap",
        [
            f"Dear bank, {LONG_ITEM} Please help.",
            LONG_ITEM.replace("three weeks", "two weeks").replace("March", "May"),
            LONG_ITEM[: len(LONG_ITEM) * 3 // 4],
        ],
        [*OWN_WORDS, "My card still has not arrived, and the app says that it was delivered."],
    ),
]


@pytest.mark.parametrize("case", CONTAMINATION, ids=lambda case: f"{case.code}: {case.text[:30]}")
def test_leaks_fall_and_look_alikes_stay(case: Case) -> None:
    """Verbatim, greeted, cut and slightly changed evaluation texts fall; rows on the same matter in own words stay."""
    found, score, evidence = CHECK.of([case.text])
    if not case.falls:
        assert (found, score, evidence) == (None, None, None)
        return
    assert found == case.code
    assert score is not None
    assert (evidence or "").startswith("eval.jsonl:")


WORDS = st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta", "zeta", "theta"]), min_size=SHORT, max_size=40)


@given(item=WORDS, before=WORDS, after=WORDS)
def test_a_whole_item_is_found_wherever_it_stands(item: list[str], before: list[str], after: list[str]) -> None:
    """Whatever surrounds it, an item that stands whole in a row is found, at any length from four words on."""
    check = Contamination([Item("set", " ".join(item))])
    reason, _, _ = check.of([" ".join([*before, *item, *after])])
    assert reason == (
        "contamination.verbatim" if len(item) < LONG or not (before or after) else "contamination.overlap"
    )


def _recipe(folder: Path, **checks: Any) -> Path:
    shutil.copytree(shipped("templates") / "classification", folder)
    text = (folder / "recipe.yaml").read_text(encoding="utf-8")
    (folder / "recipe.yaml").write_text(text.split("checks:")[0] + f"checks: {json.dumps(checks)}\n", encoding="utf-8")
    return folder


def test_a_recipe_names_evaluation_sets(tmp_path: Path) -> None:
    """Rows that repeat a named set fall and are topped up, and seeds that repeat it are reported."""
    plain = generate(prepare(_recipe(tmp_path / "plain"), {"model.name": "fake", "rows": 20}), tmp_path / "a", Limits())
    leaked = plain.run.read("kept")["text"][0]
    recipe = _recipe(tmp_path / "guarded", contamination={"sets": ["eval.jsonl"]})
    seed = json.loads((recipe / "seeds.jsonl").read_text(encoding="utf-8").split("\n")[0])["text"]
    rows = [{"question": {"text": leaked}, "answer": 4}, {"question": seed}]
    (recipe / "eval.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    result = generate(prepare(recipe, {"model.name": "fake", "rows": 20}), tmp_path / "b", Limits())
    assert result.kept == 20
    assert result.reasons["contamination.verbatim"] == 1
    assert leaked not in result.run.read("kept")["text"].to_list()
    assert any(note.startswith("contamination: 1 of 60 seeds") for note in result.notes)


OWN = """
import polars as pl

def no_numbers(table):
    said = pl.when(pl.col("text").str.contains("9[0-9]")).then(pl.lit("a number in the nineties"))
    return table.select(said).to_series()

def too_few(table):
    return [None]

def breaks(table):
    return table["no such column"]
"""


def test_a_users_own_check_takes_part(tmp_path: Path) -> None:
    """A function beside the recipe gets the table and says why rows fall; its code is `own.` and its name."""
    recipe = _recipe(tmp_path / "recipe", own=["mine.py:no_numbers"])
    (recipe / "mine.py").write_text(OWN, encoding="utf-8")
    result = generate(prepare(recipe, {"model.name": "fake", "rows": 60}), tmp_path / "run", Limits())
    assert result.kept == 60
    assert result.reasons["own.no_numbers"] > 0
    assert not result.run.read("kept").filter(pl.col("text").str.contains("9[0-9]")).height


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("mine.py:absent", "there is no function 'absent'"),
        ("other.py:no_numbers", "there is no such file of functions"),
        ("mine.py:too_few", "said something of 1 rows"),
        ("mine.py:breaks", "failed (ColumnNotFoundError"),
    ],
)
def test_a_users_own_check_that_fails_says_so(tmp_path: Path, reference: str, said: str) -> None:
    """A check that is not there, breaks, or says too little ends in one message that names its file."""
    recipe = _recipe(tmp_path / "recipe", own=[reference])
    (recipe / "mine.py").write_text(OWN, encoding="utf-8")
    with pytest.raises(RecipeError) as caught:
        generate(prepare(recipe, {"model.name": "fake", "rows": 20}), tmp_path / "run", Limits())
    assert said in caught.value.what
    assert "mine.py" in caught.value.where or "other.py" in caught.value.where
