"""What a judge is worth: agreement with its interval, a threshold of one half on the other, and an honest bar."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.agreement import best_threshold, corrected, kappa, resampled, slope
from synthgen.schema import shipped
from synthgen.store.run import Run
from tests.command import Synthgen
from tests.openai_server import OpenAIServer
from tests.test_judge import strict

BANK = shipped("templates") / "classification"
BOTH = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60)


def of(one: list[bool], other: list[bool]) -> float:
    """Return kappa of two lists."""
    return kappa(np.array(one), np.array(other))


# The statistics


def test_kappa_is_cohens() -> None:
    """The textbook's table of 20, 5, 10 and 15 has a kappa of 0.4."""
    one = [True] * 25 + [False] * 25
    other = [True] * 20 + [False] * 5 + [True] * 10 + [False] * 15
    assert of(one, other) == pytest.approx(0.4)


@given(BOTH)
def test_kappa_knows_no_order_and_no_sides(pairs: list[tuple[bool, bool]]) -> None:
    """Readers may change places, and yes may be called no; nobody agrees more than always."""
    one, other = map(list, zip(*pairs, strict=True))
    assert of(one, other) == pytest.approx(of(other, one))
    assert of(one, other) == pytest.approx(of([not x for x in one], [not x for x in other]))
    assert of(one, other) <= 1
    assert of(one, one) == (1 if len(set(one)) == 2 else 0)


@pytest.mark.parametrize(("rows", "least", "most"), [(30, 0.40, 0.75), (100, 0.22, 0.40), (200, 0.15, 0.30)])
def test_few_readings_give_a_wide_interval(rows: int, least: float, most: float) -> None:
    """Thirty readings leave kappa anywhere within a half; two hundred within a quarter."""
    draw = np.random.default_rng(3)
    truth = draw.random(rows) < 0.5
    other = np.where(draw.random(rows) < 0.75, truth, ~truth)
    figure = resampled(kappa, truth.tolist(), other.tolist())
    assert figure.low < figure.value < figure.high
    assert least < figure.high - figure.low < most


def test_the_threshold_is_the_one_that_keeps_the_good_rows() -> None:
    """Where a score parts good from bad, the threshold lies between them."""
    assert best_threshold([0.1, 0.4, 0.6, 0.9], [False, False, True, True]) == 0.6
    assert best_threshold([0.1, 0.4, 0.6, 0.9], [True, True, True, True]) == 0.1


def test_corrected_shares_cover_the_truth_and_are_narrower() -> None:
    """Over 400 draws the interval holds the true share in 93 of 100 or more, and a good judge narrows it."""
    draw = np.random.default_rng(1)
    held, narrow = 0, []
    for _ in range(400):
        truth = draw.random(1000) < 0.7
        judge = np.where(draw.random(1000) < 0.85, truth, ~truth)
        plain = corrected([], judge[:100].tolist(), truth[:100].tolist())
        figure = corrected(judge[100:].tolist(), judge[:100].tolist(), truth[:100].tolist())
        held += figure.low <= 0.7 <= figure.high
        narrow.append((figure.high - figure.low) / (plain.high - plain.low))
    assert held >= 0.93 * 400
    assert np.mean(narrow) < 0.9


def test_a_useless_judge_does_no_harm() -> None:
    """A judge that says yes to everything leaves the share that people gave."""
    figure = corrected([True] * 900, [True] * 100, [True] * 60 + [False] * 40)
    assert figure.value == pytest.approx(0.6)


def test_the_slope_is_the_rise_with_length() -> None:
    """A value that rises by a tenth for each unit has that slope; a flat one has none."""
    lengths = list(range(20))
    assert slope(lengths, [0.1 * one for one in lengths]).value == pytest.approx(0.1)
    assert slope(lengths, [0.5] * 20).value == 0


# The command


@pytest.fixture
def judged(server: OpenAIServer, synthgen: Synthgen) -> Path:
    """Make a judged run of the bank example, with its recipe in the folder `bank`."""
    server.answer = strict
    assert synthgen("init", "classification", "bank").code == 0
    recipe = Path("bank/recipe.yaml")
    text = recipe.read_text(encoding="utf-8").replace("judge:\n    use: false", "judge:\n    use: true")
    # The test's judge answers three questions.
    lines = [line for line in text.split("\n") if "name the matter itself" not in line]
    recipe.write_text("\n".join(lines), encoding="utf-8")
    said = synthgen(
        "generate", "bank", "--model", "test-model", "--base-url", server.url, "--rows", "60", "--out", "run"
    )
    assert said.code == 0, said.err
    return Path("run")


def fill(sheet: Path, wrong: int) -> None:
    """Write on a sheet what the test's judge says of each row, but for the first `wrong` rows."""
    with sheet.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows):
        good = not any(word in row["text"] for word in ("colleague", "river", "Lisbon", "letter"))
        row["keep"] = "yes" if good != (number < wrong) else "No"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_a_sheet_is_laid_out_and_read_back(judged: Path, synthgen: Synthgen, server: OpenAIServer) -> None:
    """The first call writes a sheet without the judge's verdicts, the second one measures; a third asks nothing new."""
    command = ("calibrate", judged, "sheet.csv", "--recipe", "bank")
    laid = synthgen(*command)
    assert (laid.code, "judged rows" in laid.out) == (0, True)
    with Path("sheet.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    seen = pl.read_parquet(judged / "verdicts.parquet").filter(pl.col("check") == "judge")
    assert {row["id"] for row in rows} == set(seen["id"])
    assert set(rows[0]) == {"id", "keep", "text", "label", "secondary"}
    assert {row["keep"] for row in rows} == {""}
    fill(Path("sheet.csv"), 5)
    found = synthgen(*command, "--json")
    assert found.code == 0, found.err
    figures = found.json
    assert figures["readings"] == len(rows)
    assert 0 < figures["agreement"][0] < 1
    assert figures["agreement"][1] < figures["agreement"][0] < figures["agreement"][2]
    assert figures["swapped"] == [60, 0]
    assert figures["planted"]["wrong_label_uniform"]["asked"] == 20
    assert not figures["calibrated"]
    assert any("readings; 100 are needed" in one for one in figures["short"])
    asked = len(server.requests)
    assert synthgen(*command, "--json").json == figures
    assert len(server.requests) == asked


def test_the_card_says_what_the_judge_is_worth(judged: Path, synthgen: Synthgen) -> None:
    """Before it is calibrated the card says that it is not; then it shows the figures, and why they do not do."""
    assert synthgen("push", judged, "--dry-run").code == 0
    assert "**not calibrated**: nobody held it" in (judged / "hub" / "README.md").read_text(encoding="utf-8")
    command = ("calibrate", judged, "sheet.csv", "--recipe", "bank")
    synthgen(*command)
    fill(Path("sheet.csv"), 3)
    said = synthgen(*command)
    assert "not calibrated: " in said.out
    assert synthgen("push", judged, "--dry-run").code == 0
    card = (judged / "hub" / "README.md").read_text(encoding="utf-8")
    assert "kappa of the judge with people" in card
    assert "**not calibrated**: " in card


@pytest.mark.parametrize(
    ("sheet", "message"),
    [
        ("id,keep\n", "0 readings are of judged rows"),
        ("keep,text\nyes,a\n", "the row has no id"),
        ("id,keep\nabc,perhaps\n", "'perhaps' is neither yes nor no"),
        ("id,keep\nabc,yes\n", "0 readings are of judged rows"),
    ],
)
def test_a_sheet_that_says_nothing_is_refused(judged: Path, synthgen: Synthgen, sheet: str, message: str) -> None:
    """A sheet without ids, without answers or with other answers gives one message."""
    Path("sheet.csv").write_text(sheet, encoding="utf-8")
    said = synthgen("calibrate", judged, "sheet.csv", "--recipe", "bank")
    assert said.code == 2
    assert message in said.message


def test_a_run_without_a_judge_has_nothing_to_calibrate(synthgen: Synthgen) -> None:
    """Neither a run nor a recipe without a judge can be calibrated, and both say what to do."""
    assert synthgen("generate", BANK, "--model", "fake", "--rows", "20", "--out", "plain").code == 0
    assert "no row of this run was judged" in synthgen("calibrate", "plain", "new.csv", "--recipe", BANK).message
    Path("sheet.csv").write_text("id,keep\na,yes\n", encoding="utf-8")
    assert "no judge to calibrate" in synthgen("calibrate", "plain", "sheet.csv", "--recipe", BANK).message


def test_the_budget_leaves_questions_out_and_keeps_the_figures(
    judged: Path, synthgen: Synthgen, server: OpenAIServer
) -> None:
    """With no request left, what needs no model is measured all the same."""
    command = ("calibrate", judged, "sheet.csv", "--recipe", "bank")
    synthgen(*command)
    fill(Path("sheet.csv"), 3)
    asked = len(server.requests)
    figures: dict[str, Any] = synthgen(*command, "--max-requests", "0", "--json").json
    assert figures["planted"] == {}
    assert figures["agreement"][0] > 0
    assert len(server.requests) == asked
    assert json.loads(Run(judged).calibration.read_text(encoding="utf-8"))["planted"] == {}
