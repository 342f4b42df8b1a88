"""The command line as people and machines use it: JSON that parses, exit codes, the life of a row, other's datasets."""

from __future__ import annotations

import io
import json
import re
import shutil
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from synthgen import __version__, cli, schema
from synthgen.store.run import Run
from tests.command import Synthgen
from tests.openai_server import OpenAIServer

BANK = schema.shipped("templates") / "classification"
RESULT = {
    "folder", "kept", "target", "missing", "stopped", "waterfall", "reasons", "spent", "notes", "review", "confusion",
}  # fmt: skip
SPENT = {"requests", "prompt_tokens", "completion_tokens", "cost"}
COMMANDS = [
    "calibrate", "export", "filter", "generate", "init", "probe", "push", "reproduce", "run", "selftest", "topics",
    "why",
]  # fmt: skip


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Do it all once, with the fake model; tests that write copy the folder."""
    folder = tmp_path_factory.mktemp("cli") / "bank"
    with pytest.MonkeyPatch.context() as patch:
        printed = io.StringIO()
        patch.setattr(sys, "stdout", printed)
        with pytest.raises(SystemExit) as end:
            cli.main(["run", str(BANK), "--model", "fake", "--out", str(folder), "--json"])
        assert end.value.code == 0
    (folder / "said.json").write_text(printed.getvalue(), encoding="utf-8")
    return folder


def test_run_tells_machines_what_it_did(finished: Path) -> None:
    """`run --json` prints one object with the counts, the waterfall, the spending, and every file that it wrote."""
    said = json.loads((finished / "said.json").read_text(encoding="utf-8"))
    assert set(said) == RESULT | {"files"}
    assert (said["folder"], said["kept"], said["target"], said["missing"]) == (str(finished), 80, 80, {})
    assert said["waterfall"][-1]["out"] == 80
    assert [set(step) for step in said["waterfall"]] == [{"check", "in", "out"}] * len(said["waterfall"])
    assert set(said["spent"]) == SPENT
    files = [Path(name).relative_to(finished).as_posix() for name in said["files"]]
    parts = ["train", "validation", "test"]
    assert sorted(files) == sorted(
        [f"export/messages/{name}" for name in ("JOB.md", "sft.yaml", *(f"{name}.jsonl" for name in parts))]
        + [f"export/parquet/{name}" for name in ("JOB.md", *(f"{name}.parquet" for name in parts))]
        + [f"hub/{config}/{name}-00000-of-00001.parquet" for config in ("data", "messages") for name in parts[:2]]
        + ["hub/README.md", "hub/distribution.svg", "hub/recipe.lock.yaml"]
    )
    assert all(Path(name).is_file() for name in said["files"])


def test_exported_files_hold_the_rows(finished: Path, synthgen: Synthgen, tmp_path: Path) -> None:
    """Each format has a file a split with that split's rows, and --format writes the one asked for alone."""
    folder = shutil.copytree(finished, tmp_path / "run")
    shutil.rmtree(folder / "export")
    done = synthgen("export", folder, "--format", "messages")
    assert (done.code, len(done.out.splitlines())) == (0, 5)
    assert sorted(path.name for path in (folder / "export").iterdir()) == ["messages"]
    hub = pl.read_parquet(folder / "hub" / "data" / "train-*.parquet")
    lines = (folder / "export" / "messages" / "train.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    turns = [json.loads(line)["messages"] for line in lines]
    assert [one[0] for one in turns] == [{"role": "user", "content": text} for text in hub["text"]]
    assert [one[1]["role"] for one in turns] == ["assistant"] * hub.height


@pytest.mark.parametrize("command", ["generate", "run"])
def test_shortfall_is_said_aloud(command: str, synthgen: Synthgen) -> None:
    """Fewer rows than asked for exit with 3, a table of the cells that lack rows, and what to do about it."""
    line = [command, str(BANK), "--model", "fake", "--max-requests", "15", "--out", "short"]
    done = synthgen(*line)
    assert done.code == 3
    found = Run(Path("short")).read("kept").height
    assert f"kept {found} of 80 rows" in done.out
    assert f"short by {80 - found} rows: the limit of 15 requests is reached" in done.out
    assert re.search(r"cell +rows missing\n[a-z_]+ / (train|validation|test) +\d+\n", done.out)
    assert "run the same command again: nothing is asked twice" in done.out
    again = synthgen(*line, "--json")
    assert again.code == 3
    assert set(again.json) == RESULT | {"files"}
    assert sum(again.json["missing"].values()) == 80 - found
    assert again.json["spent"]["requests"] == 15
    assert bool(again.json["files"]) == (command == "run")


def test_same_command_goes_on_to_the_end(synthgen: Synthgen) -> None:
    """After a limit the same command with a higher one ends as if there had been none."""
    line = ["generate", str(BANK), "--model", "fake", "--rows", "20", "--out"]
    assert synthgen(*line, "twice", "--max-tokens", "4000").code == 3
    assert synthgen(*line, "twice").code == synthgen(*line, "once").code == 0
    assert (Path("twice") / "kept.parquet").read_bytes() == (Path("once") / "kept.parquet").read_bytes()


def test_why_tells_the_life_of_a_kept_row(finished: Path, synthgen: Synthgen) -> None:
    """`why` shows a kept row with its prompt, the reply, the seeds in the prompt, and the verdict of each check."""
    row = Run(finished).read("kept").row(0, named=True)
    done = synthgen("why", finished, row["id"][:8])
    assert done.code == 0
    assert f"{row['id']} ({row['split']}), kept\n" in done.out
    for part in (
        row["text"],
        "[system]\n",
        "[user]\n",
        "[reply, stop]\n",
        "examples in the prompt (seeds): ",
        "cell: {",
    ):
        assert part in done.out
    assert re.search(r"validate +keep", done.out)
    assert re.search(r"dedup +keep", done.out)
    found = synthgen("why", finished, row["id"], "--json").json
    assert set(found) == {"id", "kept", "split", "row", "cell", "parents", "verdicts", "requests", "review", "reasons"}
    assert (found["kept"], found["row"]["text"]) == (True, row["text"])
    assert [one["check"] for one in found["verdicts"]] == ["validate", "quality", "safety", "labels", "dedup"]
    (asked,) = found["requests"]
    assert set(asked) == {"id", "request", "reply"}
    assert [message["role"] for message in asked["request"]["messages"]] == ["system", "user"]
    assert json.loads(asked["reply"]["text"])["text"] == row["text"]


def test_why_tells_the_life_of_a_rejected_row(finished: Path, synthgen: Synthgen) -> None:
    """`why` shows a rejected row with the reason, what it means, and the evidence; and one that had no room left."""
    rejected = Run(finished).read("rejected")
    row = rejected.filter(pl.col("reason") != "surplus").row(0, named=True)
    done = synthgen("why", finished, row["id"])
    assert done.code == 0
    assert f"{row['id']} ({row['split']}), rejected: {row['reason']}. " in done.out
    assert row["evidence"] in done.out
    assert "[reply, stop]\n" in done.out
    assert synthgen("why", finished, row["id"], "--json").json["verdicts"][-1]["reason"] == row["reason"]
    spare = rejected.filter(pl.col("reason") == "surplus").row(0, named=True)
    assert f"{spare['id']} ({spare['split']}), surplus: " in synthgen("why", finished, spare["id"]).out


THEIRS: list[dict[str, Any]] = [
    {"text": "Somebody took my card out of my coat on the bus, please stop it.", "label": "card", "split": "train"},
    {"text": "How much do you charge for a paper statement by post?", "label": "fees", "split": "train"},
    {"text": "I would like to open a savings account for my daughter.", "label": "account", "split": "train"},
    {"text": "How much do you charge for a paper statement by post?", "label": "fees", "split": "train"},
    {"text": "ok", "label": "fees", "split": "train"},
    {"text": "Where is the row that has no label at all, I wonder?", "label": None, "split": "train"},
    {"text": "I would like to open a savings account for my daughter!", "label": "account", "split": "test"},
]
FELL = {1: "kept", 2: "split.leak", 3: "dedup", 4: "quality", 5: "validate.schema", 0: "kept", 6: "kept"}


def theirs(kind: str) -> Path:
    """Write somebody else's dataset as a file of a kind."""
    path = Path(f"theirs.{kind}")
    table = pl.DataFrame(THEIRS)
    if kind == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in THEIRS), encoding="utf-8")
    elif kind == "csv":
        table.write_csv(path)
    else:
        table.write_parquet(path)
    return path


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
def test_somebody_elses_dataset_is_checked_and_left_alone(kind: str, synthgen: Synthgen) -> None:
    """`filter` keeps good rows and rejects each bad one for its reason, in any kind of file, and never writes to it."""
    path = theirs(kind)
    before = sha256(path.read_bytes()).hexdigest()
    done = synthgen("filter", path, "--task", "classification", "--json")
    assert done.code == 0
    assert set(done.json) == RESULT | {"files"}
    assert done.json["waterfall"][0]["in"] == len(THEIRS)
    run = Run(Path("out/filter-theirs"))
    kept, rejected = run.read("kept"), run.read("rejected")
    assert [(row["text"], row["split"]) for row in kept.iter_rows(named=True)] == [
        (THEIRS[number]["text"], THEIRS[number]["split"]) for number in (0, 1, 6)
    ]
    reasons = {json.loads(row["row"])["text"]: row["reason"] for row in rejected.iter_rows(named=True)}
    assert len(rejected) == 4
    for number, reason in FELL.items():
        if reason not in {"kept", "dedup"}:
            assert reasons[THEIRS[number]["text"]].startswith(reason)
    assert any(reason.startswith("dedup.") for reason in reasons.values())
    assert sha256(path.read_bytes()).hexdigest() == before
    assert sorted(one.name for one in Path().iterdir()) == ["out", path.name]
    assert synthgen("export", run.folder).code == 0


def test_checked_dataset_is_laid_out_for_the_hub(synthgen: Synthgen) -> None:
    """What `filter` kept of somebody else's dataset gets a card that says who did not write it, and no lock file."""
    assert synthgen("filter", theirs("jsonl"), "--task", "classification", "--out", "here").code == 0
    done = synthgen("push", "here", "--dry-run", "--json")
    assert done.code == 0
    assert [Path(name).name.split("-")[0] for name in done.json] == [
        "README.md", "test", "train", "distribution.svg", "test", "train"
    ]  # fmt: skip
    card = Path("here/hub/README.md").read_text(encoding="utf-8")
    assert "Rows that somebody else made, checked by synthgen" in card
    assert "- Labels were not checked.\n" in card
    assert "- Looked for in every row, by form alone: " in card
    assert "names of persons" in card
    for untrue in ("Synthetic data", "- synthetic\n", "written by a model", "is generated", "checked by a labeller"):
        assert untrue not in card


def test_dataset_on_standard_input(synthgen: Synthgen, monkeypatch: pytest.MonkeyPatch) -> None:
    """`filter -` reads JSON Lines from standard input, and --out says where the tables go."""
    data = "".join(json.dumps(row) + "\n" for row in THEIRS).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    done = synthgen("filter", "-", "--task", "classification", "--out", "here")
    assert done.code == 0
    assert "kept 3 rows in here" in done.out
    assert Run(Path("here")).read("kept").height == 3


def test_why_tells_the_life_of_somebody_elses_row(synthgen: Synthgen) -> None:
    """`why` works on a dataset that was checked: no prompt was there, but a verdict from each check."""
    assert synthgen("filter", theirs("jsonl"), "--task", "classification", "--out", "here").code == 0
    rejected = Run(Path("here")).read("rejected").filter(pl.col("reason") == "split.leak")
    done = synthgen("why", "here", rejected["id"][0])
    assert done.code == 0
    assert "rejected: split.leak" in done.out
    assert "request " not in done.out


def test_run_is_filtered_with_the_thresholds_of_now(finished: Path, synthgen: Synthgen) -> None:
    """`filter RUN --recipe` takes the run's model and rows, the recipe's thresholds of now, and can be taken back."""
    run = Run(shutil.copytree(finished, Path("run")))
    before = run.table("kept").read_bytes()
    recipe = shutil.copytree(BANK, Path("bank"))
    assert synthgen("filter", "run", "--recipe", recipe).code == 0
    assert run.table("kept").read_bytes() == before
    text = (recipe / "recipe.yaml").read_text(encoding="utf-8")
    assert "least: 0.3" in text
    (recipe / "recipe.yaml").write_text(text.replace("least: 0.3", "least: 0.6"), encoding="utf-8")
    done = synthgen("filter", "run", "--recipe", recipe, "--json")
    assert done.code == 3
    assert done.json["kept"] == run.read("kept").height < 80
    assert done.json["target"] == 80
    (recipe / "recipe.yaml").write_text(text, encoding="utf-8")
    assert synthgen("filter", "run", "--recipe", recipe).code == 0
    assert run.table("kept").read_bytes() == before
    refused = synthgen("filter", "run", "--recipe", recipe, "--out", "elsewhere")
    assert (refused.code, refused.err) == (
        2,
        "synthgen: run: a run's tables stay in its folder\n  next: leave --out out\n",
    )


def test_probe_tells_what_a_model_can_do(synthgen: Synthgen) -> None:
    """`probe` prints the way of asking for structure that an endpoint follows, as text and as JSON."""
    assert synthgen("probe", "--model", "fake").out.startswith("model: fake\n")
    with OpenAIServer(features={"tools"}) as server:
        found = synthgen("probe", "--model", "test-model", "--base-url", server.url, "--json").json
    assert set(found) == {"model", "address", "structure", "not taken", "seconds"}
    assert (found["model"], found["structure"]) == ("test-model", "tool")


def test_dry_run_lists_what_would_go(finished: Path, synthgen: Synthgen) -> None:
    """`push --dry-run` lists every file of hub/ with its size, as text and as JSON."""
    folder = shutil.copytree(finished, Path("run"))
    done = synthgen("push", folder, "--dry-run")
    assert done.code == 0
    listed = synthgen("push", folder, "--dry-run", "--json").json
    assert listed == {str(path): path.stat().st_size for path in (folder / "hub").rglob("*") if path.is_file()}
    assert [line.split()[1] for line in done.out.splitlines()] == list(listed)


def test_help_names_every_command(synthgen: Synthgen) -> None:
    """`synthgen` alone prints its help and leaves with 2; --help prints it with 0, each command has one of its own."""
    alone, asked = synthgen(), synthgen("--help")
    assert (alone.code, asked.code) == (2, 0)
    for text in (alone.err, asked.out):
        assert [line.split()[0] for line in text.split("Commands:\n")[1].splitlines()] == COMMANDS
    assert "Exit codes: 0 done, 2 something" in asked.out
    assert "\\b" not in asked.out
    for command in COMMANDS:
        shown = synthgen(command, "--help")
        assert shown.code == 0
        assert f"synthgen {command} [OPTIONS]" in shown.out.split("\n")[0]
    assert synthgen("--version").out == f"synthgen, version {__version__}\n"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("nonsense", "No such command 'nonsense'"),
        ("genrate x", "No such command 'genrate'"),
        ("generate", "Missing argument 'RECIPE'"),
        ("generate x --row 3", "No such option"),
        ("generate x --rows many", "'many' is not a valid integer"),
        ("generate x --rows 0", "0 is not in the range"),
        ("--nonsense", "No such option"),
    ],
)
def test_wrong_line_is_told_in_one_message(line: str, says: str, synthgen: Synthgen) -> None:
    """An unknown command or option, or a value of the wrong kind, exits with 2 and says so; nothing is printed."""
    done = synthgen(*line.split())
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert "Traceback" not in done.err
