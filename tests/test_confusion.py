"""Which labels are mixed up: what lies nearest, what was mistaken, and what later prompts and reports say of it."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from synthgen import card, schema
from synthgen.confusion import OFTEN, Confusion, most_mixed
from synthgen.export import splits
from synthgen.job import Job, prepare
from synthgen.plan import Plan
from synthgen.sift import Known, Sieve
from synthgen.store.ledger import Ledger
from synthgen.store.run import Run
from synthgen.types import Candidate, Draft, Label
from synthgen.write import Writer

if TYPE_CHECKING:
    from tests.command import Synthgen

LOST = {"label": "card_lost_or_stolen", "secondary": "lost_card"}


@cache
def _job() -> Job:
    return prepare(schema.shipped("templates") / "classification", {"model.name": "fake"})


def _confusion() -> Confusion:
    job = _job()
    return Confusion(list(job.kind.marked(Label)), job.axes, job.seeds)


def _plan() -> Plan:
    job = _job()
    return Plan(job.recipe, job.axes, job.seeds)


def test_before_anything_is_read_a_label_is_set_against_its_nearest() -> None:
    """A lost card's neighbours are the stolen card and the one that follows, of 28 others."""
    assert set(_confusion().unlike(LOST)) == {
        "card_lost_or_stolen / stolen_card",
        "card_lost_or_stolen / replacement_card",
    }


def test_labels_without_a_description_are_set_against_nothing_until_they_are_mixed_up() -> None:
    """Names alone say too little to guess from; a counted mistake needs no description."""
    job = _job()
    rows = [{name: row[name] for name in ("label", "secondary")} for row in job.axes["label"]]
    confusion = Confusion(list(job.kind.marked(Label)), {"label": rows}, job.seeds)
    assert confusion.unlike(LOST) == []
    read = "account_access / locked_out"
    confusion.read(LOST, OFTEN, [("card_lost_or_stolen / lost_card", read)] * OFTEN)
    assert confusion.unlike(LOST) == [read]


def test_what_is_often_mistaken_comes_first() -> None:
    """Two mistakes change nothing; with the third the label leads; a label that is seldom mistaken drops out again."""
    confusion = _confusion()
    nearest = confusion.unlike(LOST)
    pair = ("card_lost_or_stolen / lost_card", "account_access / locked_out")
    confusion.read(LOST, 10, [pair] * (OFTEN - 1))
    assert confusion.unlike(LOST) == nearest
    confusion.read(LOST, 1, [pair])
    assert confusion.unlike(LOST) == [pair[1], nearest[0]]
    confusion.read(LOST, 100, [])
    assert confusion.unlike(LOST) == nearest


def test_a_primary_label_stands_for_the_nearest_one_below_it() -> None:
    """Read as the primary label `account_access`, a row is set against one of the labels below that."""
    confusion = _confusion()
    confusion.read(LOST, OFTEN, [("card_lost_or_stolen", "account_access")] * OFTEN)
    first = confusion.unlike(LOST)[0]
    assert first.startswith("account_access / ")
    assert first in {f"{row['label']} / {row['secondary']}" for row in _job().axes["label"]}


def test_seeds_of_the_test_split_have_no_say() -> None:
    """What the test is made of decides nothing that is asked for: with them or without, neighbours are the same."""
    job = _job()
    fields = list(job.kind.marked(Label))
    odd = [replace(seed, record=seed.record.model_copy(update={"text": "x y z"})) for seed in job.seeds]
    changed = [new if old.split == "test" else old for new, old in zip(odd, job.seeds, strict=True)]
    assert changed != list(job.seeds)
    one, other = Confusion(fields, job.axes, job.seeds), Confusion(fields, job.axes, changed)
    assert [one.unlike(row) for row in job.axes["label"]] == [other.unlike(row) for row in job.axes["label"]]


def test_the_same_mistakes_give_the_same_drafts() -> None:
    """Two plans that read the same rows ask for the same; mistakes reach the drafts of that label's next block."""
    found = []
    for _ in range(2):
        plan = _plan()
        for draft in (first := plan.block(60, 0)):
            mixed = [("card_lost_or_stolen", "account_access")] if draft.cell["label"] == LOST["label"] else []
            plan.read(draft, [Candidate("a", draft, [], {}, None)], [], mixed)
        found.append((first, plan.block(60, 60)))
    assert found[0] == found[1]
    before, after = found[0]
    assert not any(one.startswith("account_access") for draft in before for one in _unlike(draft))
    assert all(_unlike(draft)[0].startswith("account_access") for draft in after if _unlike(draft))


def _unlike(draft: Draft) -> list[str]:
    return draft.unlike if draft.cell["label"] == LOST["label"] else []


def test_the_prompt_says_what_the_text_must_not_be_mistaken_for() -> None:
    """A chat model reads the two labels with their descriptions; a base model's pattern stays as it was."""
    job = _job()
    draft = next(draft for draft in _plan().block(80, 0) if draft.cell["label"] == LOST["label"])
    seeds = {seed.id: seed for seed in job.seeds}
    writer = Writer(job.recipe, job.kind, job.axes, seeds, job.steps)
    said = writer.request(draft, job.steps[0], {}).messages[-1]["content"]
    rows = {f"{row['label']} / {row['secondary']}": row for row in job.axes["label"]}
    assert len(draft.unlike) == 2
    for name in draft.unlike:
        row = rows[name]
        line = f"- {row['label']}, {row['secondary']}: ".replace("_", " ") + row["description"]
        assert line in said.splitlines()


def test_a_plan_that_was_kept_before_there_was_such_a_field_still_loads(synthgen: Synthgen) -> None:
    """An old ledger's drafts have no `unlike`: they load with none, and the run goes on from there."""
    synthgen("init", "classification", "bank")
    synthgen("generate", "bank", "--model", "fake", "--rows", "20")
    path = Path("out/bank/ledger.sqlite")
    with sqlite3.connect(path) as database:
        for number, text in database.execute("SELECT number, draft FROM plan").fetchall():
            draft = json.loads(text)
            assert len(draft.pop("unlike")) == 2
            database.execute("UPDATE plan SET draft = ? WHERE number = ?", (json.dumps(draft), number))
    database.close()
    with Ledger(path) as ledger:
        assert all(draft.unlike == [] for _, drafts in ledger.planned() for draft in drafts)
    assert synthgen("generate", "bank", "--model", "fake", "--rows", "20").code == 0


def test_the_sieve_hands_over_which_label_was_read() -> None:
    """Own and read label come as data, for rows whose primary or secondary label disagrees, and for no other."""
    job = _job()
    sieve = Sieve(job.kind, job.recipe.checks, Known(job.seeds, described=job.described()))
    texts = [
        ("My wallet was stolen on the bus, please cancel the card.", "fees_and_charges", None),
        ("My wallet was stolen on the bus, please cancel the card.", "card_lost_or_stolen", "lost_card"),
        ("My handbag and both cards were stolen at the market today.", "card_lost_or_stolen", "stolen_card"),
    ]
    rows = [
        Candidate(
            str(at),
            Draft(at, {"split": "train"}, at, []),
            [],
            {},
            job.kind.model_validate({"text": text, "label": label, "secondary": secondary}),
        )
        for at, (text, label, secondary) in enumerate(texts)
    ]
    assert sieve(rows) == [False, False, True]
    mixed = [
        ("fees_and_charges", "card_lost_or_stolen"),
        ("card_lost_or_stolen / lost_card", "card_lost_or_stolen / stolen_card"),
    ]
    assert sieve.mixed_of_last(rows) == mixed
    assert sieve.mixed_of_last(rows[2:]) == []
    assert "read_as" not in sieve.verdicts().columns
    assert most_mixed(sieve.confusion) == sorted((*pair, 1) for pair in mixed)


def test_a_run_sets_later_drafts_against_what_was_mixed_up(synthgen: Synthgen) -> None:
    """In a run drafts of one label are first set against its nearest, and later against what it was taken for."""
    synthgen("init", "classification", "bank")
    synthgen("generate", "bank", "--model", "fake", "--rows", "400")
    confusion = _confusion()
    with Ledger(Path("out/bank/ledger.sqlite")) as ledger:
        drafts = [draft for _, block in ledger.planned() for draft in block]
    assert drafts[0].unlike == confusion.unlike(drafts[0].cell)
    assert any(draft.unlike != confusion.unlike(draft.cell) for draft in drafts)


@pytest.mark.parametrize("command", ["generate", "filter"])
def test_the_report_and_the_card_show_the_pairs(synthgen: Synthgen, command: str) -> None:
    """What was mixed up most stands under the waterfall, in JSON, in the run's folder and on the card."""
    synthgen("init", "classification", "bank")
    said = synthgen("generate", "bank", "--model", "fake", "--rows", "60", "--json").json
    if command == "filter":
        said = synthgen("filter", "out/bank", "--recipe", "bank", "--json").json
    pairs = said["confusion"]
    assert pairs
    assert sum(one["rows"] for one in pairs) == said["reasons"]["labels.disagree"]
    assert json.loads(Path("out/bank/confusion.json").read_text("utf-8")) == [list(one.values()) for one in pairs]
    first = pairs[0]
    run = Run(Path("out/bank"))
    cells = (first["label"], first["read_as"], first["rows"])
    assert f"| {cells[0]} | {cells[1]} | {cells[2]} |" in card.render(run, splits(run)).splitlines()
    told = synthgen("filter", "out/bank", "--recipe", "bank").out
    line = next(line for line in told.splitlines() if line.startswith(first["label"]))
    assert line.split("  ")[-1].strip() == str(first["rows"])
