"""`selftest`: faults planted in a run's own rows are faults, and what is said of catching them is so."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from synthgen import cli, lock, schema
from synthgen.errors import InputError, StoreError
from synthgen.faults import FAULTS
from synthgen.faults.ground import Ground
from synthgen.faults.look_alikes import LOOK_ALIKES, look_alike
from synthgen.job import Job, prepare
from synthgen.model.wrap import Limits
from synthgen.pipeline import generate
from synthgen.publish import build
from synthgen.selftest import DECIDED, SelfTest, interval, selftest, tell
from synthgen.store.run import Run
from synthgen.types import Prose, Reply, Row

BANK, SUPPORT = (schema.shipped("templates") / task for task in ("classification", "instruction"))
DOCUMENTED = {"folder", "seed", "faults", "left_out", "kept", "look_alikes", "of"}
A_KIND = {
    "kind", "means", "checks", "decided", "planted", "reached", "caught", "by_check", "rate", "interval", "reasons",
    "missed",
}  # fmt: skip
ROW: Row = {
    "text": "My card, which I got in May, isn't taken at the till since Monday 14. What can I do about it now?",
    "label": "declined",
    "secondary": "in_store",
}
GROUND = Ground(
    fields={"text": Prose(least=3, most=120)},
    required=frozenset({"text", "label"}),
    labels=["label", "secondary"],
    known=[{"label": "declined", "secondary": "in_store"}, {"label": "lost", "secondary": "stolen"}],
    nearest={"declined": "lost", "lost": "declined"},
    seeds=[{"text": "Somebody took my purse with both cards out of my bag on the tram.", "label": "lost"}],
    prompt=["Label:", "Write as many different people would, with other words."],
    language="en",
    fills=["text"],
)

PAIR: Row = {**ROW, "reply": "The till at that shop takes cards of one kind only: yours is of the other kind."}
WITH_ANSWER = replace(
    GROUND, fields={"text": Prose(least=3, most=120), "reply": Prose()}, required=frozenset({"text", "label", "reply"})
)


def made(source: Path, rows: int, folder: Path) -> tuple[Job, Run]:
    """Run an example with the fake model."""
    job = prepare(source, {"model.name": "fake", "rows": rows})
    return job, generate(job, folder, Limits()).run


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> tuple[Job, Run]:
    """Give a run of the classification example."""
    return made(BANK, 60, tmp_path_factory.mktemp("selftest") / "bank")


@pytest.fixture(scope="module")
def found(bank: tuple[Job, Run]) -> SelfTest:
    """Give what a selftest says of that run."""
    return selftest(*bank)


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("seed", range(8))
def test_every_fault_changes_its_row(kind: str, seed: int) -> None:
    """A fault gives another row or a reply, the same one for the same draw, and leaves the row it was made of alone."""
    before = json.dumps(ROW)
    row, ground = (PAIR, WITH_ANSWER) if "answer" in FAULTS[kind].needs else (ROW, GROUND)
    planted, again = (FAULTS[kind].plant(row, Random(seed), ground) for _ in range(2))
    assert planted is not None
    assert planted != row
    assert planted == again
    assert json.dumps(ROW) == before
    if kind.startswith("wrong_label"):
        assert isinstance(planted, dict)
        assert planted == {**ROW, "label": "lost", "secondary": "stolen"}
    assert isinstance(planted, Reply) == kind.endswith(("_json", "_reply"))


TALK: Row = {
    "turns": [
        {
            "role": "user",
            "content": "My card, which I got in May, is not taken at the till. What can I do about it now?",
        },
        {
            "role": "assistant",
            "content": "Please try another till first, and write to us again if that one refuses it.",
        },
    ],
    "label": "declined",
}
TALKS = replace(
    GROUND,
    fields={"turns": Prose(least=8, most=200)},
    required=frozenset({"turns", "label"}),
    seeds=[{"turns": [{"role": "assistant", "content": GROUND.seeds[0]["text"]}], "label": "lost"}],
    fills=["turns"],
)


@pytest.mark.parametrize("kind", [name for name, fault in FAULTS.items() if not fault.copies and name != "seed_copy"])
def test_a_conversation_gets_its_fault_in_the_last_turn(kind: str) -> None:
    """A text's fault is planted in the last turn, and the list stays one; how long one turn must be nobody has said."""
    planted = FAULTS[kind](TALK, Random(0), TALKS)
    if "answer" in FAULTS[kind].needs or kind == "too_short":
        assert planted is None
    elif isinstance(planted, dict) and "label" not in FAULTS[kind].needs and kind != "schema_unknown_field":
        assert planted["turns"][0] == TALK["turns"][0]
        assert planted["turns"][1]["role"] == "assistant"
        assert planted["turns"][1]["content"] != TALK["turns"][1]["content"]
    elif isinstance(planted, dict):
        assert planted["turns"] == TALK["turns"]
    else:
        assert isinstance(planted, Reply)


def test_look_alikes_keep_what_a_row_says() -> None:
    """A harmless edit changes letters and marks, and neither label nor number of words by more than a contraction."""
    text = f"I'm here. {ROW['text'][:-1]}."
    for name in LOOK_ALIKES:
        edited = look_alike(name, {**ROW, "text": text}, GROUND)
        assert edited is not None, name
        assert (edited["label"], edited["secondary"]) == ("declined", "in_store")
        assert 0 <= len(edited["text"].split()) - len(text.split()) <= 1


@pytest.mark.parametrize("record", ["2024-05-14", 14, [{"day": 14}]], ids=str)
def test_a_number_that_a_record_holds_is_left_alone(record: object) -> None:
    """Where a number of the text stands in the row's record too, another one would be a fault and no look-alike."""
    assert look_alike("number", ROW | {"record": record}, GROUND) is None
    assert look_alike("number", ROW | {"record": "the 3rd of May 1420"}, GROUND) is not None


def test_what_a_rule_decides_is_caught(found: SelfTest) -> None:
    """On the classification example each kind that a rule decides falls, 95 in 100 or more, and the text says so."""
    assert len(found.faults) >= 14
    assert {one.kind for one in found.faults} | set(found.left_out) == set(FAULTS)
    for one in found.faults:
        assert one.planted >= 30, one.kind
        assert one.by_check <= one.caught <= one.planted
        assert sum(one.reasons.values()) == one.caught
        if one.decided:
            assert one.by_check >= DECIDED * one.reached > 0, (one.kind, one.missed)
            assert not one.low
    said = tell(found)
    assert f"each of the {sum(one.decided for one in found.faults)} kinds that a rule decides is caught" in said
    assert all(one.kind in said for one in found.faults)


def test_kept_rows_are_kept_again(found: SelfTest) -> None:
    """The kept rows themselves raise no false alarm; one in twenty of the harmlessly edited ones at most does."""
    assert (found.kept.rows, found.kept.fell) == (60, 0)
    rows = sum(one.rows for one in found.look_alikes.values())
    assert rows >= 60
    assert sum(one.fell for one in found.look_alikes.values()) <= rows / 20
    assert "kept rows, once more" in tell(found)


def test_same_run_same_figures(bank: tuple[Job, Run]) -> None:
    """A selftest says the same of a run each time, to the byte; another seed draws other faults."""
    job, run = bank
    before = {path.name: path.read_bytes() for path in run.folder.glob("*.parquet")}
    one, first = selftest(job, run).as_json(), run.selftest.read_bytes()
    assert (selftest(job, run).as_json(), run.selftest.read_bytes()) == (one, first)
    assert selftest(job, run, 1).as_json()["seed"] == 1
    assert {path.name: path.read_bytes() for path in run.folder.glob("*.parquet")} == before


def test_faults_that_do_not_fit_are_left_out(tmp_path: Path) -> None:
    """A task without labels has no fault of labels, and a text says why; what its seeds do not show is told as low."""
    found = selftest(*made(SUPPORT, 20, tmp_path / "run"))
    labels = [kind for kind, fault in FAULTS.items() if "label" in fault.needs]
    assert len(labels) == 4
    assert all(found.left_out[kind] == "the task has no label" for kind in labels)
    assert not set(labels) & {one.kind for one in found.faults}
    said = tell(found)
    assert "wrong_label_uniform" in said.split("left out")[1]
    # Its seeds' questions often end without a mark, and only questions are held against the seeds' words.
    assert {one.kind for one in found.faults if one.low} <= {"truncated", "example_leak"}


def test_check_that_is_switched_off_shows(bank: tuple[Job, Run], found: SelfTest) -> None:
    """Without a rule the rate of its kind drops, the text names the kind, and no other kind of a rule suffers."""
    _, run = bank
    before = {one["kind"]: one for one in found.as_json()["faults"]}
    blind = prepare(BANK, {"model.name": "fake", "rows": 60, "checks.quality.allow": ["quality.placeholder"]})
    told = selftest(blind, run)
    after = {one["kind"]: one for one in told.as_json()["faults"]}
    assert before["placeholder"]["rate"] >= DECIDED > 0.6 > after["placeholder"]["rate"]
    assert after["placeholder"]["by_check"] < before["placeholder"]["by_check"]
    assert after["placeholder"]["missed"]
    assert after["refusal"] == before["refusal"]
    assert "their check catches fewer than 95 in 100: placeholder\n" in tell(told)


def test_labels_without_a_labeller_are_not_caught(bank: tuple[Job, Run]) -> None:
    """With the check of labels switched off a wrong label goes through, and the figures do not hide it."""
    _, run = bank
    off = prepare(BANK, {"model.name": "fake", "rows": 60, "checks.labels.use": False})
    (wrong,) = (one for one in selftest(off, run).faults if one.kind == "wrong_label_uniform")
    assert (wrong.planted, wrong.caught, wrong.rate) == (60, 0, 0.0)


def test_card_shows_the_table(bank: tuple[Job, Run], tmp_path: Path) -> None:
    """The card has a table of what the checks catch, and only where it was counted on these rows and checks."""
    job, source = bank
    run = Run(shutil.copytree(source.folder, tmp_path / "run"))
    run.selftest.unlink(missing_ok=True)
    card = run.hub / "README.md"
    build(run)
    assert "## What the checks catch" not in card.read_text(encoding="utf-8")
    selftest(job, run)
    build(run)
    text = card.read_text(encoding="utf-8")
    assert "## What the checks catch" in text
    assert "| refusal | 60 | 60 | 60 |" in text
    selftest(prepare(BANK, {"model.name": "fake", "rows": 60, "checks.labels.use": False}), run)
    build(run)
    assert "## What the checks catch" not in card.read_text(encoding="utf-8")
    run.selftest.write_text("{", encoding="utf-8")
    with pytest.raises(StoreError, match=r"the file is damaged"):
        build(run)


def test_command_speaks_to_people_and_machines(
    bank: tuple[Job, Run], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`selftest RUN --recipe` prints tables and exits with 0; --json prints one object with the documented keys."""

    def said(*more: str) -> str:
        line = ["synthgen", "selftest", str(bank[1].folder), "--recipe", str(BANK), *more]
        monkeypatch.setattr(sys, "argv", line)
        cli.main()
        return capsys.readouterr().out

    assert said().startswith("fault ")
    found = json.loads(said("--json"))
    assert set(found) == DOCUMENTED
    assert all(set(one) == A_KIND for one in found["faults"])
    assert set(found["kept"]) == {"rows", "fell", "reasons"}
    assert all(name in (Path(__file__).parent.parent / "docs" / "checks.md").read_text() for name in DOCUMENTED)


def test_a_run_catches_what_the_table_says(found: SelfTest) -> None:
    """Each kind is caught on the classification example's rows at the documented rate, to five points."""
    page = (Path(__file__).parent.parent / "docs" / "checks.md").read_text(encoding="utf-8")
    part = page.partition("#### classification: rows of the fake model")[2].partition("####")[0]
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line.startswith("|")
    ]
    said = {row[0]: float(row[2]) for row in cells[2:]}
    assert set(said) == {one.kind for one in found.faults}
    caught = {one.kind: one.rate for one in found.faults}
    assert {kind: rate for kind, rate in caught.items() if abs(rate - said[kind]) > 0.05} == {}


def test_what_the_recipe_leaves_in_is_not_missed(bank: tuple[Job, Run]) -> None:
    """Where the recipe allows personal data, none is planted, and the reason is given."""
    job = prepare(BANK, {"model.name": "fake", "rows": 60, "checks.safety.mode": "allow"})
    said = selftest(job, bank[1])
    kinds = {"personal_email", "card_number", "secret_key"}
    assert not kinds & {one.kind for one in said.faults}
    assert {said.left_out[kind] for kind in kinds} == {"the recipe leaves personal data in (checks.safety.mode: allow)"}


def test_other_recipe_and_empty_run_are_refused(bank: tuple[Job, Run], tmp_path: Path) -> None:
    """A run of another recipe, and one without a kept row, get a message instead of figures."""
    job, run = bank
    with pytest.raises(StoreError, match="another recipe"):
        selftest(prepare(SUPPORT, {"model.name": "fake"}), run)
    empty = Run(shutil.copytree(run.folder, tmp_path / "run"))
    empty.write("kept", empty.read("kept").head(0))
    with pytest.raises(InputError, match="no kept row"):
        selftest(job, empty)


def test_stamp_tells_runs_apart() -> None:
    """Another recipe, another threshold or another row has another stamp."""
    stamps = [
        lock.stamp({"task": "a"}, {"near": 0.6}, ["1"]),
        lock.stamp({"task": "b"}, {"near": 0.6}, ["1"]),
        lock.stamp({"task": "a"}, {"near": 0.7}, ["1"]),
        lock.stamp({"task": "a"}, {"near": 0.6}, ["2"]),
    ]
    assert len({json.dumps(one) for one in stamps}) == len(stamps)


@pytest.mark.parametrize(("hits", "of", "low", "high"), [(60, 60, 0.94, 1.0), (0, 60, 0.0, 0.06), (30, 60, 0.38, 0.62)])
def test_interval_is_wilsons(hits: int, of: int, low: float, high: float) -> None:
    """The interval of a share is known where all, none or half were caught."""
    found = interval(hits, of)
    assert (round(found[0], 2), round(found[1], 2)) == (low, high)
