"""`reproduce`: from the lock file on the Hub, a recipe and a ledger the same bytes come out, or what differs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from synthgen.schema import shipped
from synthgen.store.run import Run
from tests.hub_server import Repository
from tests.hubs import READER, Hub, committed, environment, standing


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    """Give the recipe's folder: its recipe names another model and other rows than the run had."""
    return Path(shutil.copytree(shipped("templates") / "classification", tmp_path / "recipe"))


class Reproduce:
    """Types the command as a user does."""

    def __init__(self, hub: Hub, home: Path, recipe: Path, ledger: Path) -> None:
        self.hub, self.home, self.recipe, self.ledger = hub, home, recipe, ledger

    def __call__(self, source: str = "hf://owner/bank", *more: str, token: str | None = None) -> tuple[int, str, str]:
        """Return the exit code, and what was printed."""
        command = [sys.executable, "-m", "synthgen", "reproduce", source, "--recipe", str(self.recipe), *more]
        if "--ledger" not in more:
            command += ["--ledger", str(self.ledger)]
        done = subprocess.run(
            command, env=environment(self.hub.url, self.home, token), capture_output=True, text=True, check=False
        )
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout, done.stderr


@pytest.fixture
def reproduce(hub: Hub, home: Path, recipe: Path, bank: Run) -> Reproduce:
    """Give the command."""
    return Reproduce(hub, home, recipe, bank.folder)


@pytest.fixture
def repository(hub: Hub, bank: Run) -> Repository:
    """Give the repository as a push leaves it."""
    return standing(hub, bank)


def test_the_same_bytes_come_out(repository: Repository, reproduce: Reproduce, bank: Run) -> None:
    """From a run's folder or its ledger's file, at main or at a tag, all files are the same; the run is not touched."""
    before = {path: path.read_bytes() for path in bank.folder.rglob("*") if path.is_file()}
    repository.tags["v1"] = repository.branches["main"][-1].identifier
    code, out, _ = reproduce("hf://owner/bank@v1", "--ledger", str(bank.ledger), "--json")
    found = json.loads(out)
    assert (code, found["same"]) == (0, True)
    assert set(found["files"]) == {
        *(
            f"{folder}/{name}-00000-of-00001.parquet"
            for folder in ("data", "messages")
            for name in ("train", "validation", "test")
        ),
        "recipe.lock.yaml",
    }
    assert {path: path.read_bytes() for path in bank.folder.rglob("*") if path.is_file()} == before
    code, out, _ = reproduce()
    assert (code, out.split("\n")[0].split(": ")[1]) == (0, "the same bytes")


def test_other_rows_are_named_by_file_and_digest(repository: Repository, reproduce: Reproduce) -> None:
    """Where a data file on the Hub has other bytes, or there is one more, they are named, and the exit code is 3."""
    files = repository.branches["main"][-1].files
    extra = "data/train-00001-of-00002.parquet"
    committed(repository, {"data/test-00000-of-00001.parquet": files["data/train-00000-of-00001.parquet"], extra: b"x"})
    code, out, _ = reproduce("hf://owner/bank", "--json")
    found = json.loads(out)
    assert (code, found["same"]) == (3, False)
    assert [name for name, (_, same) in found["files"].items() if not same] == [
        "data/test-00000-of-00001.parquet", extra,
    ]  # fmt: skip


def test_other_inputs_are_named_and_nothing_is_made(repository: Repository, reproduce: Reproduce, recipe: Path) -> None:
    """With another prompt and other seeds both are named with their digests, and the exit code is 3."""
    assert repository.gated is False
    prompt = recipe / "write.j2"
    prompt.write_text(prompt.read_text(encoding="utf-8") + "\nBe brief.", encoding="utf-8")
    seeds = (recipe / "seeds.jsonl").read_text(encoding="utf-8").strip().split("\n")
    (recipe / "seeds.jsonl").write_text("\n".join(seeds[1:]) + "\n", encoding="utf-8")
    code, out, _ = reproduce()
    assert code == 3
    assert "not made anew, for what it is made of differs" in out
    assert [line.split()[0] for line in out.strip().split("\n")[3:]] == ["seeds", "prompts"]


def test_paths_that_were_left_out_are_found_here(hub: Hub, reproduce: Reproduce, bank: Run, recipe: Path) -> None:
    """Where the recipe names its seeds by a path of this machine, the Hub has its last part, and it is found anyway."""
    from synthgen.job import prepare
    from synthgen.pipeline import refilter

    seeds = recipe.parent / "elsewhere.jsonl"
    (recipe / "seeds.jsonl").rename(seeds)
    text = (recipe / "recipe.yaml").read_text(encoding="utf-8").replace("seeds: seeds.jsonl", f"seeds: {seeds}")
    (recipe / "recipe.yaml").write_text(text, encoding="utf-8")
    run = Run(shutil.copytree(bank.folder, recipe.parent / "run"))
    refilter(prepare(recipe, {"model.name": "fake", "rows": 60, "publish.real": "test"}), run.folder)
    repository = standing(hub, run)
    lock = repository.branches["main"][-1].files["recipe.lock.yaml"].decode()
    assert "seeds: elsewhere.jsonl\n" in lock
    assert str(recipe.parent) not in lock + hub.card()
    assert reproduce()[0] == 0


@pytest.mark.parametrize(
    ("source", "more", "code", "said"),
    [
        ("owner", (), 2, "'owner' names no dataset on a Hub"),
        ("hf://owner/none", (), 6, "there is no such dataset on "),
        ("hf://owner/bank@v9", (), 6, "the dataset has no revision 'v9'"),
        ("hf://owner/bank", ("--ledger", "nowhere"), 2, "there is no ledger"),
    ],
)
def test_what_is_not_there_gets_one_message(
    repository: Repository, reproduce: Reproduce, source: str, more: tuple[str, ...], code: int, said: str
) -> None:
    """A source, a dataset, a revision or a ledger that is not there is named, with its own exit code."""
    assert repository.tags == {}
    found, out, error = reproduce(source, *more, token=READER)
    assert (found, out) == (code, "")
    assert said in error
    assert error.count("\n  next: ") == 1


NO_LOCKS = [b"", b"[1]", b"recipe: 5", b"recipe: {task: 5}", b"a: [", b"\xff\xfe", b"recipe: {}\ndigests: [1]"]


@pytest.mark.parametrize("lock", NO_LOCKS)
def test_a_lock_file_that_is_none_gets_one_message(repository: Repository, reproduce: Reproduce, lock: bytes) -> None:
    """Whatever stands in the place of the lock file, one message says that it cannot be read."""
    committed(repository, {"recipe.lock.yaml": lock})
    code, out, error = reproduce()
    assert (code in {2, 6}, out) == (True, "")
    assert error.count("\n  next: ") == 1


def test_a_gated_dataset_is_said_to_be_one(repository: Repository, reproduce: Reproduce, tmp_path: Path) -> None:
    """Who was not let in reads that the dataset is gated, not that a token may not write."""
    repository.gated = "manual"
    reproduce.home = tmp_path / "home"  # no file that somebody downloaded before
    code, _, error = reproduce(token=READER)
    assert code == 6
    assert "the dataset is gated" in error


def test_a_ledger_that_is_none_gets_one_message(repository: Repository, reproduce: Reproduce, tmp_path: Path) -> None:
    """A file that is no ledger is refused with one message."""
    assert repository.tags == {}
    (tmp_path / "ledger.sqlite").write_bytes(b"no database at all, but long enough to look like one" * 40)
    code, _, error = reproduce("hf://owner/bank", "--ledger", str(tmp_path / "ledger.sqlite"))
    assert code in {2, 5}
    assert error.count("\n  next: ") == 1
