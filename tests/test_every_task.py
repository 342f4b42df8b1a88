"""Every task through every tool: what `init`, `run`, `filter`, `why` and `selftest` promise, they promise for all."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from synthgen import cli, schema
from synthgen.faults import FAULTS
from synthgen.job import prepare
from synthgen.selftest import selftest
from synthgen.store.run import Run
from synthgen.types import Prose

if TYPE_CHECKING:
    from tests.command import Synthgen

TASKS, ROWS = schema.tasks(), 20
CHEAP = {"schema_unknown_field", "empty_reply"}
"""Faults that any row of any task has a place for."""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Copy each task's example and run it once with the fake model; tests that write copy the folder."""
    top, made = tmp_path_factory.mktemp("tasks"), {}
    for task in TASKS:
        cli.synthgen.main(["init", task, str(top / task)], standalone_mode=False)
        line = ["run", str(top / task), "--model", "fake", "--rows", str(ROWS), "--out", str(top / "out" / task)]
        with pytest.raises(SystemExit) as end:
            cli.main([*line, "--json"])
        assert end.value.code == 0, task
        made[task] = top / "out" / task
    return made


@cache
def _tables(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.parquet"))}


def _recipe(folder: Path) -> Path:
    return folder.parent.parent / folder.name


@pytest.mark.parametrize("task", TASKS)
def test_the_example_is_copied_whole(task: str, synthgen: Synthgen) -> None:
    """`init` copies an example for every task, whole and editable, and says what to type next."""
    done = synthgen("init", task, task)
    assert done.code == 0
    source = schema.shipped("templates") / task
    names = [path.relative_to(source).as_posix() for path in sorted(source.rglob("*")) if path.is_file()]
    assert [path.relative_to(task).as_posix() for path in sorted(Path(task).rglob("*")) if path.is_file()] == names
    assert done.out.split("\n\n")[0].split("\n") == [f"{task}/{name}" for name in names]
    assert f"then run `synthgen run {task}`" in done.out


FAKE, BASE = {"model.name": "fake"}, {"model.name": "local"}
INSTRUCT = {"model.name": "gpt-4.1-mini", "model.base_url": "http://127.0.0.1:9/v1"}
# What lies beside an example's own recipe may be made for models that follow instructions alone.
RECIPES = [
    (path, changes)
    for path in sorted(schema.shipped("templates").glob("*/*.yaml"))
    for changes in (FAKE, INSTRUCT, *([BASE] if path.name == "recipe.yaml" else []))
]


@pytest.mark.parametrize(
    ("path", "changes"), RECIPES, ids=[f"{path.parent.name}/{path.name} {one['model.name']}" for path, one in RECIPES]
)
def test_every_recipe_that_ships_is_made_ready(path: Path, changes: dict[str, str]) -> None:
    """Each recipe of each example, the further ones too, loads with all that it names, whichever model is to write."""
    job = prepare(path, changes)
    assert job.recipe.task == path.parent.name
    assert job.seeds
    assert job.steps


@pytest.mark.parametrize("task", TASKS)
def test_a_seed_that_lacks_a_field_is_named(task: str, ran: dict[str, Path], synthgen: Synthgen) -> None:
    """A seed without a field that its task needs ends with one message that names file, line and field."""
    folder = Path(shutil.copytree(_recipe(ran[task]), "copy"))
    kind = schema.load(schema.find(task, Path()))
    needed = next(name for name, field in kind.model_fields.items() if field.is_required())
    first, *others = (folder / "seeds.jsonl").read_text(encoding="utf-8").split("\n")
    broken = json.dumps({name: value for name, value in json.loads(first).items() if name != needed})
    (folder / "seeds.jsonl").write_text("\n".join([broken, *others]), encoding="utf-8")
    done = synthgen("generate", folder, "--model", "fake", "--out", "out")
    assert (done.code, "seeds.jsonl:1: " in done.message, needed in done.message) == (2, True, True), done.message
    assert not Path("out").exists()


@pytest.mark.parametrize("task", TASKS)
def test_somebody_elses_rows_that_lack_a_field_fall_for_it(task: str, synthgen: Synthgen) -> None:
    """A row of a dataset without a field that its task needs falls as no row of it, and the others are kept."""
    path = schema.shipped("templates") / task / "seeds.jsonl"
    kind = schema.load(schema.find(task, Path()))
    needed = next(name for name, field in kind.model_fields.items() if field.is_required())
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").strip().split("\n")[:4]]
    rows[1][needed] = None
    Path("theirs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    found = synthgen("filter", "theirs.jsonl", "--task", task, "--out", "out", "--json").json
    fell = Run(Path("out")).read("rejected")
    assert fell.filter(pl.col("check") == "validate").height == 1, found["reasons"]
    assert found["kept"] >= 2


@pytest.mark.parametrize("task", TASKS)
def test_a_dataset_of_which_nothing_is_kept_has_all_its_tables(task: str, synthgen: Synthgen) -> None:
    """Where every row falls, after the schema or at it, the tables are there, with the columns and no rows."""
    path = schema.shipped("templates") / task / "seeds.jsonl"
    row = json.loads(path.read_text(encoding="utf-8").split("\n")[0])
    Path("theirs.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    recipe = Path(shutil.copytree(path.parent, "own"))  # whose seed the row is
    found = synthgen("filter", "theirs.jsonl", "--recipe", recipe, "--out", "out", "--json").json
    kept = Run(Path("out")).read("kept")
    assert (found["kept"], kept.height) == (0, 0)
    assert set(schema.load(schema.find(task, Path())).model_fields) <= set(kept.columns)


@pytest.mark.parametrize("task", TASKS)
def test_the_example_runs_to_its_end(task: str, ran: dict[str, Path]) -> None:
    """The copy gives exactly the rows asked for, each of them a row of its schema, with a card and every export."""
    run, kind = Run(ran[task]), schema.load(schema.find(task, Path()))
    kept = run.read("kept")
    assert kept.height == ROWS
    folders = {"parquet"}
    for row in kept.iter_rows(named=True):
        record = kind.model_validate({name: row[name] for name in kind.model_fields if row[name] is not None})
        assert record.messages()[-1]["role"] == "assistant"
        folders |= (
            {"chosen-rejected"} if record.rejected() else {"messages", *(f"messages-{one}" for one in record.stages())}
        )
    rejected = run.read("rejected")
    assert set(rejected["id"]).isdisjoint(kept["id"])
    assert rejected["reason"].null_count() == 0
    assert (run.hub / "README.md").is_file()
    assert {path.name for path in run.export.iterdir()} == folders


@pytest.mark.parametrize("task", TASKS)
def test_the_shipped_seeds_are_kept_by_filter(task: str, synthgen: Synthgen) -> None:
    """`filter` knows the task by its columns alone; of its seeds it keeps all but one of thirty, none for its form.

    Without seeds to learn from, it cannot know that questions may end without a mark.
    """
    path = schema.shipped("templates") / task / "seeds.jsonl"
    found = synthgen("filter", path, "--json").json
    rows = len(path.read_text(encoding="utf-8").strip().split("\n"))
    assert f"their columns fit the task {task}" in "\n".join(found["notes"])
    assert rows - found["kept"] <= rows / 30
    assert set(found["reasons"]) <= {"quality.cut_off", "quality.unrelated"}


@pytest.mark.parametrize("task", TASKS)
def test_what_a_run_kept_filter_keeps(task: str, ran: dict[str, Path], synthgen: Synthgen) -> None:
    """The run filtered again with its recipe has the same tables, to the byte."""
    folder = ran[task]
    before = _tables(folder)
    copy = Path(shutil.copytree(folder, "run"))
    done = synthgen("filter", copy, "--recipe", _recipe(folder), "--json")
    assert (done.code, done.json["kept"]) == (0, ROWS)
    assert _tables(copy.resolve()) == before


@pytest.mark.parametrize("task", TASKS)
def test_a_finished_run_asks_nothing_again(task: str, ran: dict[str, Path], synthgen: Synthgen) -> None:
    """The same command a second time finds every reply in the ledger, may ask nothing, and writes the same."""
    copy = Path(shutil.copytree(ran[task], "run"))
    line = (
        "generate",
        _recipe(ran[task]),
        "--model",
        "fake",
        "--rows",
        str(ROWS),
        "--out",
        copy,
        "--max-requests",
        "0",
    )
    done = synthgen(*line, "--json")
    assert (done.code, done.json["kept"], done.json["stopped"]) == (0, ROWS, "")
    assert _tables(copy.resolve()) == _tables(ran[task])


@pytest.mark.parametrize("task", TASKS)
def test_why_tells_a_kept_and_a_rejected_row(task: str, ran: dict[str, Path], synthgen: Synthgen) -> None:
    """A kept row is told with its verdicts and every prompt that was asked; a rejected one with what its code means."""
    run = Run(ran[task])
    name = run.read("kept")["id"][0]
    told = synthgen("why", run.folder, name)
    assert (told.code, f"{name} (" in told.out, "), kept" in told.out) == (0, True, True)
    whole = synthgen("why", run.folder, name, "--json").json
    assert all(one["request"]["messages"] and one["reply"]["text"] for one in whole["requests"])
    assert [one["check"] for one in whole["verdicts"]][:2] == ["validate", "quality"]
    for name, reason in run.read("rejected").select("id", "reason").head(1).iter_rows():
        told = synthgen("why", run.folder, name)
        assert told.code == 0
        assert reason in told.out


@pytest.mark.parametrize("task", TASKS)
def test_selftest_plants_or_says_why_not(task: str, ran: dict[str, Path]) -> None:
    """Each kind of fault is planted in rows of every task or left out with a reason; kept rows are kept again."""
    folder = shutil.copytree(ran[task], ran[task].parent / f"{task} tested", dirs_exist_ok=True)
    found = selftest(prepare(_recipe(ran[task]), {"model.name": "fake", "rows": ROWS}), Run(folder))
    planted = {one.kind: one for one in found.faults}
    assert set(planted) | set(found.left_out) == set(FAULTS)
    assert all(found.left_out.values())
    assert set(planted) >= CHEAP
    assert found.kept.fell == 0
    assert all(planted[kind].caught == planted[kind].planted for kind in CHEAP)
    assert {kind for kind, one in planted.items() if FAULTS[kind].checks == ("dedup",) and not one.caught} <= {
        "near_duplicate_typo"
    }
    kind = schema.load(schema.find(task, Path()))
    texts = {"refusal", "placeholder", "repetition", "personal_email", "secret_key"}
    assert texts <= set(planted), "every task has a written text to plant these in"
    assert kind.marked(Prose)


def _killed(line: list[str], ledger: Path) -> int:
    """Start a command, kill it once it has something to lose, and return how it ended."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment) as running:
        for _ in range(12_000):
            wal = ledger.with_name(ledger.name + "-wal")
            if running.poll() is not None or (wal.exists() and wal.stat().st_size > 60_000):
                break
            time.sleep(0.002)
        running.send_signal(signal.SIGKILL)
    return running.returncode


def test_a_killed_run_with_resources_gives_the_same_bytes(ran: dict[str, Path], tmp_path: Path) -> None:
    """A run that draws from a database and is killed on its way ends, started again, with the same bytes."""
    task = next(name for name in TASKS if "database" in (_recipe(ran[name]) / "recipe.yaml").read_text("utf-8"))
    out = tmp_path / "out"
    line = ["generate", str(_recipe(ran[task])), "--model", "fake", "--rows", str(ROWS), "--out", str(out)]
    ended = _killed([sys.executable, "-m", "synthgen", *line], out / "ledger.sqlite")
    assert ended == -signal.SIGKILL
    assert not (out / "kept.parquet").exists()
    with pytest.raises(SystemExit) as end:
        cli.main([*line, "--json"])
    assert end.value.code == 0
    before = _tables(ran[task])
    assert {name: data for name, data in _tables(out).items() if name in before} == before


@pytest.mark.parametrize("task", TASKS)
def test_no_row_of_a_run_is_a_seed_again(task: str, ran: dict[str, Path]) -> None:
    """What a run keeps is new: no kept row has the wording of a seed of the example."""
    kind = schema.load(schema.find(task, Path()))
    lines = (schema.shipped("templates") / task / "seeds.jsonl").read_text(encoding="utf-8").strip().split("\n")
    seeds = {kind.model_validate(json.loads(line)).wording() for line in lines}
    for row in pl.read_parquet(ran[task] / "kept.parquet").iter_rows(named=True):
        data = {name: row[name] for name in kind.model_fields if row[name] is not None}
        assert kind.model_validate(data).wording() not in seeds
