"""The main job end to end: exact counts, nothing asked twice, the same bytes after any interruption, no leaks."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from synthgen.card import leakage
from synthgen.export import splits
from synthgen.job import prepare
from synthgen.model.wrap import Limits
from synthgen.pipeline import Result, generate, refilter
from synthgen.schema import shipped
from synthgen.store.run import Run
from tests.openai_server import OpenAIServer

BANK = shipped("templates") / "classification"
LABELS = 10
GENERATED = {"validation": 0.1, "test": 0.1}


def changes(server: OpenAIServer, **more: Any) -> dict[str, Any]:
    """Return what lays the example recipe over a test server."""
    return {"model.name": "test-model", "model.base_url": server.url, "model.concurrency": 32, "rows": 120, **more}


def chats(server: OpenAIServer) -> list[Any]:
    """Return the requests for rows: the probe's own question carries no seed."""
    return [one for one in server.requests if one.path.endswith("/chat/completions") and "seed" in one.body]


def bytes_of(run: Run) -> dict[str, str]:
    """Return the digests of a run's tables."""
    names = ("candidates", "verdicts", "kept", "rejected")
    return {name: sha256(run.table(name).read_bytes()).hexdigest() for name in names}


@pytest.fixture(scope="module")
def five_hundred(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, OpenAIServer]:
    """Run the bank example for 500 rows once: generated validation and test splits."""
    folder = tmp_path_factory.mktemp("five") / "run"
    with OpenAIServer() as server:
        job = prepare(BANK, changes(server, rows=500, split=GENERATED))
        result = generate(job, folder, Limits())
        first = bytes_of(result.run)
        asked = len(chats(server))
        again = generate(job, folder, Limits())
        assert (again.kept, len(chats(server)), bytes_of(again.run)) == (500, asked, first)
    return result, server


def test_five_hundred_rows_are_kept_and_balanced(five_hundred: tuple[Result, OpenAIServer]) -> None:
    """Exactly the rows asked for are kept, and labels differ by one row at most; a second run asks nothing."""
    result, _ = five_hundred
    counts = Counter(result.run.read("kept")["label"].to_list())
    assert (result.kept, sum(counts.values()), len(counts)) == (500, 500, LABELS)
    assert max(counts.values()) - min(counts.values()) <= 1


def test_nothing_crosses_splits(five_hundred: tuple[Result, OpenAIServer]) -> None:
    """No parent seed and no near-duplicate spans two splits, and every label is in every split."""
    result, _ = five_hundred
    tables = splits(result.run)
    assert leakage(result.run, tables) == {"seeds": 0, "pairs": 0, "rows": 500}
    assert {name: table["label"].n_unique() for name, table in tables.items()} == dict.fromkeys(
        ("train", "validation", "test"), LABELS
    )


def test_no_request_is_sent_twice(five_hundred: tuple[Result, OpenAIServer]) -> None:
    """Every request carries its id as Idempotency-Key, and no id was sent twice."""
    _, server = five_hundred
    keys = [one.idempotency_key for one in chats(server)]
    assert len(set(keys)) == len(keys)


def test_every_candidate_has_a_life(five_hundred: tuple[Result, OpenAIServer]) -> None:
    """Each candidate is either kept or rejected with a reason, and has a verdict from each check it reached."""
    result, _ = five_hundred
    candidates, kept, rejected = (result.run.read(name) for name in ("candidates", "kept", "rejected"))
    assert sorted(candidates["id"]) == sorted([*kept["id"], *rejected["id"]])
    assert rejected["reason"].null_count() == 0
    verdicts = result.run.read("verdicts")
    reached = verdicts.group_by("id").agg(pl.col("check"), pl.col("reason"))
    for checks, reasons in reached.select("check", "reason").iter_rows():
        full = ["validate", "quality", "safety", "labels", "dedup"]
        fell = [reason is not None for reason in reasons]
        assert checks == full[: len(checks)]
        assert fell.index(True) == len(checks) - 1 if any(fell) else len(checks) == len(full)


def test_filter_twice_is_filter_once_and_asks_nothing(five_hundred: tuple[Result, OpenAIServer]) -> None:
    """Filtering a run anew gives the bytes that generating gave, whole table or micro-batches."""
    result, server = five_hundred
    asked = len(server.requests)
    before = bytes_of(result.run)
    job = prepare(BANK, changes(server, rows=500, split=GENERATED))
    refilter(job, result.run.folder)
    assert bytes_of(result.run) == before
    stricter = prepare(BANK, changes(server, rows=500, **{"split": GENERATED, "checks.labels.least": 0.5}))
    assert refilter(stricter, result.run.folder).kept < 500
    refilter(job, result.run.folder)
    assert bytes_of(result.run) == before
    assert len(server.requests) == asked


def test_more_rows_change_no_earlier_verdict(tmp_path: Path) -> None:
    """Asking for more rows leaves every verdict on earlier rows as it was, and asks only for what is missing."""
    with OpenAIServer() as server:
        first = generate(prepare(BANK, changes(server, rows=60)), tmp_path / "run", Limits())
        verdicts, asked = first.run.read("verdicts"), {one.idempotency_key for one in chats(server)}
        second = generate(prepare(BANK, changes(server, rows=90)), tmp_path / "run", Limits())
        assert second.kept == 90
        later = second.run.read("verdicts")
        assert (
            later.filter(pl.col("id").is_in(verdicts["id"].implode()))
            .sort("id", "check")
            .equals(verdicts.sort("id", "check"))
        )
        assert len({one.idempotency_key for one in chats(server)}) == len(chats(server))
        assert asked < {one.idempotency_key for one in chats(server)}


def _start(folder: Path, server: OpenAIServer) -> subprocess.Popen[bytes]:
    code = (
        "import json, sys; from pathlib import Path; from synthgen.job import prepare;"
        "from synthgen.model.wrap import Limits; from synthgen.pipeline import generate;"
        "generate(prepare(Path(sys.argv[1]), json.loads(sys.argv[2])), Path(sys.argv[3]), Limits())"
    )
    given = json.dumps(changes(server, **{"model.concurrency": 8}))
    # Byte code is written, so that the next of many starts is quicker.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", code, str(BANK), given, str(folder)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, env=environment)


def _answered(folder: Path) -> set[str]:
    path = folder / "ledger.sqlite"
    if not path.exists():
        return set()
    with sqlite3.connect(path) as database:
        try:
            found = {name for (name,) in database.execute("SELECT id FROM replies")}
        except sqlite3.OperationalError:  # killed before the tables were there
            found = set()
    database.close()
    return found


def test_killed_at_twenty_moments_the_bytes_are_the_same(tmp_path: Path) -> None:
    """A run killed at twenty random moments and started again ends as an uninterrupted one; no reply is asked twice."""
    draw = random.Random(11)
    with OpenAIServer(latency=0.03) as server:
        whole = _start(tmp_path / "whole", server)
        assert (whole.wait(120), whole.communicate()[1]) == (0, b"")
        kills = 0
        while True:
            known, sent = _answered(tmp_path / "killed"), len(server.requests)
            run = _start(tmp_path / "killed", server)
            goal = len(known) + draw.randint(1, 12)
            # Kill once some more replies came in, or at a moment of the start or the end.
            while kills < 20 and run.poll() is None and len(server.requests) - sent < goal - len(known):
                time.sleep(0.005)
            if kills < 20 and run.poll() is None:
                time.sleep(draw.random() * 0.05)
                run.send_signal(signal.SIGKILL)
                kills += 1
            assert run.wait(120) in {0, -signal.SIGKILL}, run.communicate()
            run.communicate()
            asked = {one.idempotency_key for one in server.requests[sent:] if "seed" in one.body}
            assert not asked & known
            if run.returncode == 0:
                break
    assert kills == 20
    assert bytes_of(Run(tmp_path / "killed")) == bytes_of(Run(tmp_path / "whole"))


def test_budget_is_hard_and_the_run_goes_on(tmp_path: Path) -> None:
    """A limit on requests is never passed, leaves a valid dataset and exit by shortfall, and a higher one goes on."""
    with OpenAIServer() as server:
        job = prepare(BANK, changes(server))
        short = generate(job, tmp_path / "run", Limits(requests=30))
        assert (len(chats(server)), short.short, short.stopped) == (30, True, "the limit of 30 requests is reached")
        assert short.run.read("kept").height == short.kept > 0
        full = generate(job, tmp_path / "run", Limits())
        assert full.kept == 120
        keys = [one.idempotency_key for one in chats(server)]
        assert len(set(keys)) == len(keys)


def test_hopeless_runs_stop_early(tmp_path: Path) -> None:
    """A model that writes prose instead of the structure ends the run after the first rows, with advice."""
    with OpenAIServer(
        answer=lambda body: '{"ready": true}' if "seed" not in body else "I would rather talk."
    ) as server:
        job = prepare(BANK, changes(server, rows=400, **{"model.concurrency": 4}))
        result = generate(job, tmp_path / "run", Limits())
        assert result.short
        assert "could be read" in result.stopped
        assert len(chats(server)) < 100
        assert result.reasons == {"reply.not_json": result.waterfall[0][1]}


def test_rows_in_one_request(tmp_path: Path) -> None:
    """Several rows a request come apart into rows of their own, and the counts are still exact."""
    with OpenAIServer() as server:
        job = prepare(BANK, changes(server, rows_per_request=3))
        result = generate(job, tmp_path / "run", Limits())
        assert result.kept == 120
        assert len(chats(server)) < result.waterfall[0][1]


def test_instruction_takes_two_steps(tmp_path: Path) -> None:
    """The second step's prompt holds what the first step wrote, and both requests stand in the row's lineage."""
    with OpenAIServer() as server:
        job = prepare(shipped("templates") / "instruction", changes(server, rows=30))
        result = generate(job, tmp_path / "run", Limits())
        kept = result.run.read("kept")
        assert kept.height == 30
        asked = [one.body["messages"][-1]["content"] for one in chats(server)]
        assert all(any(f"Request: {text}" in content for content in asked) for text in kept["instruction"])
        assert set(result.run.read("candidates")["requests"].list.len()) == {2}


def test_interrupt_keeps_what_came_in(tmp_path: Path) -> None:
    """Ctrl-C ends with code 130, says how to go on, and the next start asks nothing again."""
    with OpenAIServer(latency=0.05) as server:
        command = [sys.executable, "-m", "synthgen", "generate", str(BANK), "--model", "test-model"]
        command += ["--base-url", server.url, "--out", str(tmp_path / "run")]
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        while len(server.requests) < 20 and run.poll() is None:
            time.sleep(0.01)
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=60)
        assert run.returncode == 130
        assert "Run the same command to go on" in said
        assert "Traceback" not in said
        known, sent = _answered(tmp_path / "run"), len(server.requests)
        assert known
        assert subprocess.run(command, capture_output=True, check=False).returncode == 0
        assert not {one.idempotency_key for one in server.requests[sent:]} & known
