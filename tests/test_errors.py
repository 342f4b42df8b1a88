"""What a user gets to see when something does not hold: one message that says what, where, and what to type next."""

from __future__ import annotations

import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from synthgen.schema import shipped
from tests.command import Said, Synthgen
from tests.openai_server import DROPPED, OpenAIServer

FAKE = ["--model", "fake"]


def started(*arguments: str | Path, limit: int | None = None) -> Said:
    """Run a command line in a process of its own; with a limit, no file of its can grow past so many bytes."""
    environment = {name: value for name, value in os.environ.items() if name != "OPENAI_API_KEY"}
    done = subprocess.run(
        [sys.executable, "-m", "synthgen", *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) if limit else None,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Said(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """Copy the classification example."""
    return shutil.copytree(shipped("templates") / "classification", tmp_path / "bank")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a small finished run; tests copy it."""
    folder = tmp_path_factory.mktemp("finished") / "run"
    done = started("generate", shipped("templates") / "classification", *FAKE, "--rows", "20", "--out", folder)
    assert done.code == 0, done.err
    return folder


def edit(file: Path, old: str, new: str) -> None:
    """Put one text in the place of another, which must be there."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


# Each case: its name, the file to spoil and how (old text, new text; "" = the whole file), what the message has.
RECIPES: dict[str, tuple[str, str, str, str]] = {
    "broken YAML": ("recipe.yaml", "rows: 80", "rows: [80", "recipe.yaml:"),
    "unknown key": ("recipe.yaml", "rows: 80", "row: 80", "there is no key 'row'\n  next: did you mean 'rows'?"),
    "wrong kind of value": ("recipe.yaml", "rows: 80", "rows: many", "recipe.yaml:7: rows: "),
    "missing key": ("recipe.yaml", "seeds: seeds.jsonl\n", "", "the key 'seeds' is missing"),
    "recipe is a list": ("recipe.yaml", "", "- a\n", "a recipe is a list of `key: value` lines"),
    "empty seeds": ("seeds.jsonl", "", "\n", "seeds.jsonl: there are no seeds"),
    "broken line in seeds": ("seeds.jsonl", '{"text": "I', '{"text: "I', "seeds.jsonl:1: this line is not JSON"),
    "seed with an unknown label": ("seeds.jsonl", '"card_lost_or_stolen"', '"card_eaten"', "seeds.jsonl:1: "),
    "seed without a field": ("seeds.jsonl", '"text": "I', '"words": "I', "seeds.jsonl:1: text: Field required"),
    "seeds that are not there": ("recipe.yaml", "seeds.jsonl", "seed.jsonl", "seed.jsonl: there is no such file"),
    "seeds of an unknown kind": ("recipe.yaml", "seeds: seeds.jsonl", "seeds: write.j2", "'.j2' files are not read"),
    "unknown task": ("recipe.yaml", "task: classification", "task: clasification", "did you mean 'classification'?"),
    "undefined name in a prompt": ("write.j2", "{{ about }}", "{{ abuot }}", ": the prompt uses 'abuot'"),
    "broken prompt": ("write.j2", "{% endblock %}", "{% endblok %}", ": the prompt is broken"),
    "missing prompt": ("recipe.yaml", "write.j2", "wirte.j2", "there is no prompt 'wirte.j2'"),
    "prompt without a user block": ("write.j2", "{% block user %}", "{% block usr %}", "no block named user"),
    "unknown field": ("recipe.yaml", "fills: [text]", "fills: [txt]", "a step fills 'txt', which the task"),
    "nothing fills a field": ("recipe.yaml", "fills: [text]", "fills: [rationale]", "nothing fills 'text'"),
    "fewer rows than cells": ("recipe.yaml", "rows: 80", "rows: 9", "9 rows cannot be balanced over 10"),
    "unknown axis": ("recipe.yaml", "balance: [label]", "balance: [topic]", "balance names 'topic', which is"),
    "unknown language": ("recipe.yaml", "language: en", "language: xx", "xx"),
    "empty axis file": ("labels.jsonl", "", "", "labels.jsonl: the file has no rows"),
}  # fmt: skip


@pytest.mark.parametrize("name", RECIPES)
def test_recipe_that_does_not_hold(name: str, synthgen: Synthgen, bank: Path, tmp_path: Path) -> None:
    """A recipe, seed or prompt that does not hold ends with exit 2 and one message with the place, before any row."""
    file, old, new, says = RECIPES[name]
    if old:
        edit(bank / file, old, new)
    else:
        (bank / file).write_text(new, encoding="utf-8")
    done = synthgen("generate", bank, *FAKE, "--out", tmp_path / "run")
    assert says in done.message
    assert done.code == 2
    assert not (tmp_path / "run" / "kept.parquet").exists()


def test_csv_with_a_ragged_line(synthgen: Synthgen, bank: Path) -> None:
    """A line of a CSV file that has more columns than its head is named."""
    (bank / "seeds.csv").write_text("text,label\nmy card, it is gone,card_lost_or_stolen\n", encoding="utf-8")
    edit(bank / "recipe.yaml", "seeds: seeds.jsonl", "seeds: seeds.csv")
    done = synthgen("generate", bank, *FAKE)
    assert done.code == 2
    assert "seeds.csv:2: this line does not have 2 columns" in done.message


OWN_CODE = (
    "from typing import ClassVar\nfrom synthgen.types import Record\n\n\nclass Ticket(Record):\n    text: str\n"
    "    reasons: ClassVar[dict[str, tuple[str, str]]] = {{'{}': ('It is none.', 'Mend it.')}}\n"
)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("class Ticket(Record)\n", "the schema does not load (SyntaxError"),
        ("import nothing_of_that_name\n", "the schema does not load (ModuleNotFoundError"),
        ("x = 1\n", "the schema must hold one subclass of Record and holds 0"),
        (OWN_CODE.format("split.leak"), "the code 'split.leak' belongs to the checks"),
        (OWN_CODE.format("ticket.unasked"), "the code 'ticket.unasked' belongs to the checks"),
    ],
)
def test_broken_schema_file(source: str, says: str, synthgen: Synthgen, bank: Path) -> None:
    """A user's schema file that does not run, or holds no Record, is named."""
    (bank / "ticket.py").write_text(source, encoding="utf-8")
    edit(bank / "recipe.yaml", "task: classification", "task: ticket.py")
    done = synthgen("generate", bank, *FAKE)
    assert done.code == 2
    assert f"ticket.py: {says}" in done.message


# Each case: its name, the arguments ("{bank}", "{tmp}", "{run}" stand for folders), the exit code, what is said.
COMMANDS: dict[str, tuple[str, int, str]] = {
    "missing recipe": ("generate {tmp}/none.yaml", 2, "none.yaml: there is no such file"),
    "folder without a recipe": ("generate {tmp}", 2, "recipe.yaml: there is no such file"),
    "out below a file": ("generate {bank} --model fake --out {bank}/seeds.jsonl/run", 5, "cannot be written"),
    "out is a file": ("generate {bank} --model fake --out {bank}/seeds.jsonl", 5, "cannot be written"),
    "run below a file": ("run {bank} --model fake --out {bank}/seeds.jsonl/run", 5, "cannot be written"),
    "no key": ("generate {bank} --model gpt-5-mini", 4, "there is no key for the model 'gpt-5-mini'"),
    "no key, probing": ("probe --model gpt-5-mini", 4, "there is no key for the model 'gpt-5-mini'"),
    "model file that is not there": ("generate {bank} --model none.gguf", 4, "none.gguf: there is no such model file"),
    "model file of another kind": ("generate {bank} --model seeds.gguf", 4, "seeds.gguf: this is not a GGUF file"),
    "empty model file": ("generate {bank} --model empty.gguf", 4, "empty.gguf: this is not a GGUF file"),
    "model that ends after its mark": ("generate {bank} --model mark.gguf", 4, "the embedded server"),
    "cost without a price": (
        "generate {bank} --model none-of-that-name --base-url http://127.0.0.1:9/v1 --max-cost 1",
        4,
        "nobody knows the price of the model",
    ),
    "unknown row": ("why {run} zzz", 2, "0 rows have an id that begins with 'zzz'"),
    "too short an id": ("why {run} ''", 2, "rows have an id that begins with ''"),
    "why without a run": ("why {tmp} abc", 2, "candidates.parquet: there is no table of candidates"),
    "export without a run": ("export {tmp}", 2, "kept.parquet: there is no table of kept"),
    "unknown format": ("export {run} --format nonsense", 2, "there is no format 'nonsense'"),
    "push without a run": ("push {tmp} --dry-run", 2, "kept.parquet: there is no table of kept"),
    "push to nowhere": ("push {run}", 2, "nobody said where to push"),
    "filter without a task": ("filter {bank}/labels.jsonl", 2, "nobody said what the rows are, and their columns"),
    "filter of an empty file": ("filter {tmp}/empty.jsonl --task classification", 2, "empty.jsonl: there are no rows"),
    "filter of nothing": ("filter {tmp}/none.jsonl --task classification", 2, "none.jsonl: there is no such file"),
    "filter with an unknown task": ("filter {bank}/seeds.jsonl --task nonsense", 2, "there is no task 'nonsense'"),
    "filter of a run without a recipe": ("filter {run}", 2, "a run is filtered with a recipe"),
    "filter with another recipe": (
        "filter {run} --recipe {bank} --json",
        5,
        "the folder holds a run of another recipe",
    ),
    "filter of a folder of files": ("filter {bank} --task classification", 2, "this folder was not written by"),
    "filter into a file": (
        "filter {bank}/seeds.jsonl --task classification --out {bank}/labels.jsonl",
        5,
        "cannot be written",
    ),
    "init into a full folder": ("init classification {bank}", 2, "bank: there is something already"),
    "init onto a file": ("init classification {bank}/seeds.jsonl", 2, "there is something already"),
    "init below a file": ("init classification {bank}/seeds.jsonl/new", 5, "it cannot be written"),
    "init of an unknown task": ("init clasification new", 2, "did you mean 'classification'?"),
    "init of a path": ("init .. new", 2, "there is no task '..'"),
    "run folder of another recipe": (
        "generate {bank} --model fake --rows 20 --out {run}",
        5,
        "the folder holds a run of another recipe (about",
    ),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_command_that_cannot_be_done(name: str, synthgen: Synthgen, bank: Path, finished: Path, tmp_path: Path) -> None:
    """A command that cannot be done says why in one message, with the exit code that the help promises."""
    line, code, says = COMMANDS[name]
    (tmp_path / "empty.jsonl").touch()
    (bank / "seeds.gguf").write_bytes((bank / "seeds.jsonl").read_bytes())
    (bank / "empty.gguf").touch()
    (bank / "mark.gguf").write_bytes(b"GGUF")
    edit(bank / "recipe.yaml", "retail bank", "bank")
    run = shutil.copytree(finished, tmp_path / "run")
    parts = [part.format(bank=bank, tmp=tmp_path, run=run).replace("''", "") for part in line.split(" ")]
    done = synthgen(*parts)
    assert says in done.message
    assert done.code == code


@pytest.mark.parametrize(
    ("server", "address", "says"),
    [
        (OpenAIServer(key="right"), "", "the endpoint refuses the key"),
        (OpenAIServer(models=("another",)), "", "the endpoint has no model 'test-model'"),
        (OpenAIServer(), "/wrong", "there is no chat endpoint at this address"),
    ],
    ids=["wrong key", "wrong model", "wrong path"],
)
def test_wrong_endpoint_costs_three_requests_at_most(
    server: OpenAIServer, address: str, says: str, synthgen: Synthgen, bank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong key, model or path ends within ten seconds and three requests, with one message, and shows no key."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-wrongKeyOfAUser")
    with server:
        began = time.monotonic()
        done = synthgen("generate", bank, "--model", "test-model", "--base-url", server.url + address)
        assert says in done.message
        assert server.url in done.message
        assert "sk-wrongKeyOfAUser" not in done.err
        assert (done.code, len(server.requests) <= 3, time.monotonic() - began < 10) == (4, True, True)


def test_dead_address_is_given_up_soon(synthgen: Synthgen, bank: Path) -> None:
    """Where nothing listens, or every connection is dropped, the message comes within ten seconds."""
    began = time.monotonic()
    done = synthgen("generate", bank, "--model", "test-model", "--base-url", "http://127.0.0.1:9/v1")
    assert "http://127.0.0.1:9/v1/: the endpoint does not answer" in done.message
    assert done.code == 4
    with OpenAIServer() as server:
        server.fail(DROPPED, times=99)
        assert "the endpoint does not answer" in synthgen("probe", "--model", "x", "--base-url", server.url).message
        assert len(server.requests) <= 3
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("address", ["127.0.0.1:9", "nonsense"])
def test_address_that_is_none(address: str, synthgen: Synthgen, bank: Path) -> None:
    """An address that is no http address gets a message and no traceback."""
    done = synthgen("generate", bank, "--model", "test-model", "--base-url", address)
    assert "the endpoint" in done.message
    assert done.code == 4


def test_half_a_ledger(synthgen: Synthgen, finished: Path, tmp_path: Path) -> None:
    """A ledger that was cut off is refused with exit 5, and is left as it was."""
    run = shutil.copytree(finished, tmp_path / "run")
    data = (run / "ledger.sqlite").read_bytes()
    (run / "ledger.sqlite").write_bytes(data[: len(data) // 2])
    recipe = shipped("templates") / "classification"
    done = synthgen("generate", recipe, *FAKE, "--rows", "20", "--out", run)
    assert "ledger.sqlite: the ledger is damaged" in done.message
    assert done.code == 5
    assert (run / "ledger.sqlite").read_bytes() == data[: len(data) // 2]


def test_half_a_table_and_half_a_lock_file(synthgen: Synthgen, finished: Path, tmp_path: Path) -> None:
    """A table and a lock file that were cut off are named, and the same command that made them is what helps."""
    run = shutil.copytree(finished, tmp_path / "run")
    (run / "kept.parquet").write_bytes((run / "kept.parquet").read_bytes()[:100])
    done = synthgen("export", run)
    assert "kept.parquet: the table is damaged" in done.message
    assert done.code == 5
    (run / "recipe.lock.yaml").write_text("digests: [", encoding="utf-8")
    recipe = shipped("templates") / "classification"
    again = ["generate", recipe, *FAKE, "--rows", "20", "--out", run]
    done = synthgen(*again)
    assert "recipe.lock.yaml: the lock file is damaged" in done.message
    assert done.code == 5
    (run / "recipe.lock.yaml").unlink()
    assert synthgen(*again).code == 0
    assert synthgen("export", run).code == 0


def test_ledger_that_another_process_holds(synthgen: Synthgen, finished: Path, tmp_path: Path) -> None:
    """Two runs in one folder do not mix: the second is told to wait."""
    run = shutil.copytree(finished, tmp_path / "run")
    other = sqlite3.connect(run / "ledger.sqlite")
    other.execute("BEGIN EXCLUSIVE")
    done = synthgen("generate", shipped("templates") / "classification", *FAKE, "--rows", "20", "--out", run)
    other.close()
    assert "another synthgen is at work in this run's folder" in done.message
    assert done.code == 5


def test_disk_that_is_full_for_the_ledger(bank: Path, tmp_path: Path) -> None:
    """A disk that is full when replies are to be kept ends with exit 5 and one message; the same command goes on."""
    edit(bank / "recipe.yaml", "language: en", "language: null")  # a detector of languages writes files of its own
    command: list[str | Path] = ["generate", bank, *FAKE, "--out", tmp_path / "run"]
    done = started(*command, limit=100_000)
    assert "ledger.sqlite: the disk did not take what was to be written" in done.message
    assert done.code == 5
    assert (tmp_path / "run" / "ledger.sqlite").stat().st_size > 0
    assert started(*command).code == 0


def test_disk_that_is_full_for_the_tables(bank: Path, finished: Path, tmp_path: Path) -> None:
    """A disk that is full when tables are to be written leaves the earlier ones whole, and no half of a new one."""
    run = shutil.copytree(finished, tmp_path / "run")
    edit(bank / "recipe.yaml", "language: en", "language: null")
    before = {path.name: path.read_bytes() for path in run.glob("*.parquet")}
    done = started("filter", run, "--recipe", bank, limit=4_000)
    assert "candidates.parquet: it cannot be written (File too large)" in done.message
    assert done.code == 5
    done = started("export", run, limit=500)
    assert "it cannot be written (File too large)" in done.message
    assert done.code == 5
    assert {path.name: path.read_bytes() for path in run.glob("*.parquet")} == before
    assert [path.name for path in run.rglob("*.part")] == []


def test_process_of_its_own_says_the_same(bank: Path, tmp_path: Path) -> None:
    """As a user starts it: exit code, one message on standard error, nothing on standard output."""
    edit(bank / "recipe.yaml", "rows: 80", "row: 80")
    done = started("run", bank, *FAKE, "--out", tmp_path / "run", "--json")
    assert (done.code, done.out) == (2, "")
    assert done.err == (f"synthgen: {bank}/recipe.yaml:7: there is no key 'row'\n  next: did you mean 'rows'?\n")
    assert json.loads(started("probe", "--model", "fake", "--json").out)["model"] == "fake"
