"""Self-confidence: what the other rows say of a row's label, who is named to a person, and that nobody is rejected."""

from __future__ import annotations

import json
import random
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from synthgen.checks import confidence
from synthgen.checks.confidence import LEAST_ROWS, SHARE, Folds, self_confidence, suspects
from synthgen.embed import Embed, embed
from synthgen.store.run import Run
from tests.test_labels import _pairs

if TYPE_CHECKING:
    from tests.command import Synthgen

WEATHER = """It will rain in the afternoon and clear up by night.
A cold front brings snow to the hills on Friday.
The sun comes out after the morning fog.
Strong wind and thunder are forecast for the coast.
Temperatures fall below zero, with frost in the valleys.
Clouds and drizzle stay over the north until Sunday.
A heat wave is expected next week, up to 38 degrees.
Hail damaged roofs during the storm last night.
The sky stays clear, with light breeze from the west.
Rain showers move in from the sea this evening.
There is a warning of black ice and snow drifts.
Humid air makes thunderstorms likely tomorrow."""
COOKING = """Chop the onions and fry them in butter until golden.
Let the dough rest for an hour before you bake the bread.
Stir the soup and season it with salt and pepper.
Roast the chicken with garlic and lemon for ninety minutes.
Whisk the eggs with sugar and fold in the flour.
Boil the pasta, then toss it with tomato sauce.
Grate the cheese over the potatoes and put them in the oven.
Simmer the lentils with carrots and celery.
Melt the chocolate slowly and add the cream.
Marinate the beef in soy sauce and ginger overnight.
Serve the salad with olive oil and vinegar.
Knead the pizza dough and spread it thin."""
FOOTBALL = """The striker scored twice in the second half.
A late penalty gave the home team the win.
The goalkeeper saved three shots before the break.
The coach brought on two midfielders after the goal.
The match ended in a draw after extra time.
The defender was sent off for a second yellow card.
Fans cheered as the captain lifted the cup.
The league leaders lost away for the first time this season.
The referee gave a free kick at the edge of the box.
The winger crossed and the header hit the post.
The club signed a new player before the transfer deadline.
They won the final four to two on penalties."""
ROWS = [
    (text, label)
    for label, texts in (("weather", WEATHER), ("cooking", COOKING), ("football", FOOTBALL))
    for text in texts.splitlines()
]
SUSPECTS: list[tuple[str, str, str | None]] = [
    ("Heavy rain and strong wind reach the hills tonight.", "cooking", "labels.suspect"),
    ("Fry the onions and the garlic in olive oil.", "football", "labels.suspect"),
    ("The team scored a late goal and won the match.", "weather", "labels.suspect"),
    ("Heavy rain and strong wind reach the hills tonight.", "weather", None),
    ("Fry the onions and the garlic in olive oil.", "cooking", None),
    ("The team scored a late goal and won the match.", "football", None),
]


def _table(rows: list[tuple[str, str]]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "id": [f"r{at}" for at in range(len(rows))],
            "text": [text for text, _ in rows],
            "label": [label for _, label in rows],
        }
    )


@pytest.mark.parametrize(("text", "label", "code"), SUSPECTS, ids=lambda one: str(one)[:30])
def test_a_row_under_another_label_is_suspect_and_one_under_its_own_is_not(
    text: str, label: str, code: str | None
) -> None:
    """Among 36 plain rows a text under a foreign label is named, with the label that it reads as; else it is not."""
    table = _table([*ROWS, (text, label)])
    found = {one.id: one for one in suspects(lambda: [table], embed)}
    assert ("labels.suspect" if "r36" in found else None) == code
    if code:
        assert found["r36"].reads_as != label
        assert found["r36"].likelihood > found["r36"].confidence


@cache
def _flipped() -> tuple[list[tuple[str, str]], set[str]]:
    """Return the written rows four times over, in other words each time, a tenth of the labels flipped."""
    draw = random.Random(5)
    names = sorted({label for _, label in ROWS})
    rows = [
        (" ".join(draw.sample(text.split(), len(text.split()) - 1)), label) for _ in range(4) for text, label in ROWS
    ]
    bad = set(draw.sample(range(len(rows)), len(rows) // 10))
    mixed = [
        (text, draw.choice([name for name in names if name != label])) if at in bad else (text, label)
        for at, (text, label) in enumerate(rows)
    ]
    return mixed, {f"r{at}" for at in bad}


def test_flipped_labels_are_told_from_right_ones(capsys: pytest.CaptureFixture[str]) -> None:
    """With a tenth of the labels flipped at random, flipped rows stand below others: AUC .95 or more."""
    rows, bad = _flipped()
    table = _table(rows)
    own = self_confidence(table["id"].to_list(), table["text"].to_list(), table["label"].to_list(), embed)
    flipped = np.array([name in bad for name in table["id"]])
    auc = float(np.mean(own[flipped][:, None] < own[~flipped][None, :]))
    with capsys.disabled():
        print(f" [AUC {auc:.3f}]", end="")
    assert auc >= 0.95


def test_no_model_has_seen_the_row_that_it_is_asked_about() -> None:
    """Under labels drawn by lot, rows are no surer of their own than chance: a model that knew them would be."""
    texts, _ = _pairs()
    draw = random.Random(2)
    labels = [draw.choice("abc") for _ in texts]
    own = self_confidence([str(at) for at in range(len(texts))], texts, labels, embed)
    assert float(own.mean()) < 0.45


def test_order_and_parts_of_a_table_change_nothing() -> None:
    """The same rows in another order, and in many parts, give the same suspects to the last digit."""
    table = _table(_flipped()[0])
    whole = suspects(lambda: [table], embed)
    mixed = table.sample(fraction=1.0, shuffle=True, seed=4)
    assert whole
    assert suspects(lambda: mixed.iter_slices(17), embed) == whole


def test_at_most_a_share_of_a_label_is_named_the_most_doubtful_first() -> None:
    """Where half of the labels are wrong, a person still gets at most 15 % of each, in the order of doubt."""
    rows = _flipped()[0]
    labels = [label for _, label in rows]
    table = _table([(text, labels[at - 1] if at % 2 else label) for at, (text, label) in enumerate(rows)])
    found = suspects(lambda: [table], embed)
    counts = dict(table["label"].value_counts().iter_rows())
    for label, rows_of in counts.items():
        named = sum(one.label == label for one in found)
        assert named <= SHARE * rows_of
    assert [one.confidence for one in found] == sorted(one.confidence for one in found)


def test_labels_with_few_rows_take_no_part() -> None:
    """A label with nine rows is neither doubted nor offered; with one label left there is nobody to ask."""
    few = [row for row in ROWS if row[1] == "cooking"][: LEAST_ROWS - 1]
    weather = [row for row in ROWS if row[1] == "weather"]
    football = [row for row in ROWS if row[1] == "football"]
    table = _table([*few, *weather, *football, ("Bake the dough and grate the cheese.", "football")])
    assert all("cooking" not in {one.label, one.reads_as} for one in suspects(lambda: [table], embed))
    assert suspects(lambda: [_table([*few, *weather])], embed) == []


def test_of_a_large_table_a_sample_is_learnt_and_every_row_is_scored(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a sample of 70 rows out of 144, the rows outside it are judged as well."""
    rows, bad = _flipped()
    table = _table(rows)
    learnt: list[int] = []

    class Watched(Folds):
        def __init__(self, ids: list[str], texts: list[str], labels: list[str], embed: Embed) -> None:
            learnt.append(len(ids))
            super().__init__(ids, texts, labels, embed)

    monkeypatch.setattr(confidence, "SAMPLE", 70)
    monkeypatch.setattr(confidence, "Folds", Watched)
    found = {one.id for one in suspects(lambda: [table], embed)}
    sampled = set(sorted(table["id"], key=confidence._place)[:70])
    assert learnt == [70]
    assert (found & bad) - sampled


def _lines(**names: str) -> str:
    """Return the written rows and three under foreign labels as JSON lines, the labels under other names."""
    rows = [*ROWS, *((text, label) for text, label, code in SUSPECTS if code)]
    return "".join(json.dumps({"text": text, "label": names.get(label, label)}) + "\n" for text, label in rows)


def test_filter_names_suspects_to_a_person_and_keeps_them(synthgen: Synthgen, tmp_path: Path) -> None:
    """Without a seed, doubtful rows are kept and in review.parquet; the same command gives the same bytes."""
    Path("rows.jsonl").write_text(_lines(), encoding="utf-8")
    done = synthgen("filter", "rows.jsonl", "--task", "classification", "--out", "found", "--json")
    run = Run(tmp_path / "found")
    review = run.read("review").filter(pl.col("reason") == "labels.suspect")
    kept = run.read("kept")
    assert review.height == 3
    assert set(review["id"]) <= set(kept["id"])
    assert done.json["review"] == review.height
    assert json.loads(review["row"][0])["text"] in kept["text"].to_list()
    told = synthgen("why", "found", review["id"][0])
    assert "labels.suspect" in told.out
    assert "kept, with a doubt" in told.out
    before = {path.name: path.read_bytes() for path in (tmp_path / "found").glob("*.parquet")}
    synthgen("filter", "rows.jsonl", "--task", "classification", "--out", "found")
    assert {path.name: path.read_bytes() for path in (tmp_path / "found").glob("*.parquet")} == before


def test_what_filter_kept_is_kept_when_it_is_filtered_again(synthgen: Synthgen, tmp_path: Path) -> None:
    """Doubts reject nothing, so that filtering the kept rows once more keeps every one of them."""
    Path("rows.jsonl").write_text(_lines(), encoding="utf-8")
    synthgen("filter", "rows.jsonl", "--task", "classification", "--out", "once")
    once = Run(tmp_path / "once").read("kept")
    once.drop("id").write_parquet("kept_once.parquet")
    synthgen("filter", "kept_once.parquet", "--task", "classification", "--out", "twice")
    assert Run(tmp_path / "twice").read("kept")["text"].to_list() == once["text"].to_list()


def test_the_recipe_switches_the_list_off(synthgen: Synthgen, tmp_path: Path) -> None:
    """With `checks.labels.review: false` nobody is named."""
    synthgen("init", "classification", "bank")
    recipe = Path("bank/recipe.yaml")
    text = recipe.read_text(encoding="utf-8")
    found = []
    for word in ("true", "false"):
        recipe.write_text(text.replace("secondary: true", f"use: false\n    review: {word}"), encoding="utf-8")
        lines = _lines(weather="fees_and_charges", cooking="account_access", football="loan_or_mortgage")
        Path("rows.jsonl").write_text(lines, encoding="utf-8")
        synthgen("filter", "rows.jsonl", "--recipe", "bank", "--out", word)
        found.append(Run(tmp_path / word).read("review").filter(pl.col("reason") == "labels.suspect").height)
    assert found[0] > 0
    assert found[1] == 0
