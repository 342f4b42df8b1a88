"""The ledger: what was planned and paid for is there again, whatever happens to process, file and disk."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from synthgen.errors import StoreError
from synthgen.store.ledger import Ledger
from synthgen.types import Draft, Reply, Request

TEXTS = [
    "",
    "plain",
    "two\nlines\r\n",
    "\u2028 and \x85 and \x00",
    "naïve 日本語 🦉",
    '{"a": "b"}',
    "x" * 100_000,
]


def asked(number: int) -> Request:
    """Return one of many different requests."""
    return Request("m", ({"role": "user", "content": f"Question {number}"},), {"seed": number}, {"type": "object"})


def replied(number: int) -> Reply:
    """Return one of many different replies."""
    return Reply(TEXTS[number % len(TEXTS)], "length", number, 2 * number, number / 100, 0.25, "model")


def drafts(start: int, end: int) -> list[Draft]:
    """Return the drafts of one block."""
    return [
        Draft(at, {"split": "train", "label": "ü"}, at // 2, ["seed"], ["avoid"], ["The"]) for at in range(start, end)
    ]


def keep(ledger: Ledger, *numbers: int) -> None:
    """Keep replies that come in together."""

    async def main() -> None:
        await asyncio.gather(*(ledger.keep(asked(number), replied(number)) for number in numbers))

    asyncio.run(main())


def child(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a process of its own that can import what stands here."""
    paths = os.pathsep.join([*sys.path, str(Path(__file__).parent.parent)])
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": paths},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def trouble(path: Path) -> str:
    """Return what is said when a ledger cannot be opened."""
    with pytest.raises(StoreError) as caught:
        Ledger(path)
    assert caught.value.exit_code == 5
    return str(caught.value)


def test_replies_come_back(tmp_path: Path) -> None:
    """Every reply comes back as it was kept, at once and after another start, with its request's content."""
    path = tmp_path / "new" / "folder" / "ledger.sqlite"
    numbers = range(20)
    with Ledger(path) as ledger:
        keep(ledger, *reversed(numbers))
        assert [ledger.recall(asked(number).id) for number in numbers] == [replied(number) for number in numbers]
    with Ledger(path) as ledger:
        assert [ledger.recall(asked(number).id) for number in numbers] == [replied(number) for number in numbers]
        assert [ledger.request(asked(number).id) for number in numbers] == [asked(number).content for number in numbers]
        assert ledger.recall(asked(99).id) is None
        assert ledger.request(asked(99).id) is None


def test_plan_comes_back_in_its_order(tmp_path: Path) -> None:
    """Blocks come back in their order, each with its drafts and with the number of blocks read before it."""
    with Ledger(tmp_path / "ledger") as ledger:
        asyncio.run(ledger.plan(0, 0, drafts(0, 3)))
        asyncio.run(ledger.plan(1, 0, drafts(3, 12)))
        asyncio.run(ledger.plan(2, 1, drafts(12, 13)))
    with Ledger(tmp_path / "ledger") as ledger:
        assert ledger.planned() == [(0, drafts(0, 3)), (0, drafts(3, 12)), (1, drafts(12, 13))]
        # A prompt may list the values of a cell: in another order it would be another question.
        assert {tuple(one.cell) for _, block in ledger.planned() for one in block} == {("split", "label")}


def test_block_is_planned_whole_or_not_at_all(tmp_path: Path) -> None:
    """A block that cannot be kept leaves nothing behind, and the ledger goes on working."""
    with Ledger(tmp_path / "ledger") as ledger:
        asyncio.run(ledger.plan(0, 0, drafts(0, 3)))
        with pytest.raises(StoreError):
            asyncio.run(ledger.plan(1, 0, [*drafts(3, 5), *drafts(2, 3)]))
        keep(ledger, 1)
        asyncio.run(ledger.plan(1, 0, drafts(3, 4)))
        assert ledger.planned() == [(0, drafts(0, 3)), (0, drafts(3, 4))]


def test_spent_adds_up(tmp_path: Path) -> None:
    """What was spent is the sum over all replies, and a cost that is unknown once is unknown in sum."""
    with Ledger(tmp_path / "ledger") as ledger:
        keep(ledger, 1, 2, 3)
        spent = ledger.spent()
        assert spent.pop("cost") == pytest.approx(0.06)
        assert spent == {"requests": 3, "prompt_tokens": 6, "completion_tokens": 12}
        asyncio.run(ledger.keep(asked(4), Reply("unpriced")))
        assert ledger.spent()["cost"] is None


def test_facts_come_back(tmp_path: Path) -> None:
    """What a start learns, the next one knows, in its last form."""
    with Ledger(tmp_path / "ledger") as ledger:
        assert ledger.facts("mode") == {}
        ledger.learn("mode", "tool")
        ledger.learn("mode", "schema")
    with Ledger(tmp_path / "ledger") as ledger:
        assert ledger.facts("mode") == {"mode": "schema"}


def test_stopped_run_loses_no_reply_that_came_in(tmp_path: Path) -> None:
    """Replies that wait for the disk when a run is stopped are written before the ledger is closed."""

    async def main(ledger: Ledger) -> None:
        tasks = []
        for number in range(6):
            tasks.append(asyncio.create_task(ledger.keep(asked(number), replied(number))))
            await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), Ledger(tmp_path / "ledger") as ledger:
        asyncio.run(main(ledger))
    with Ledger(tmp_path / "ledger") as ledger:
        assert [ledger.recall(asked(number).id) for number in range(6)] == [replied(number) for number in range(6)]


def test_held_by_another_process(tmp_path: Path) -> None:
    """A second process is told that the folder is in use, and gets in once the first one is done."""
    path = tmp_path / "ledger"
    holding = """
import pathlib, sys
from synthgen.store.ledger import Ledger
with Ledger(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""
    with child(holding, path) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        said = trouble(path)
        _, errors = process.communicate("")
    assert (process.returncode, errors) == (0, "")
    assert said == (
        f"{path}: another synthgen is at work in this run's folder\n  next: wait until it is done, or use another --out"
    )
    with Ledger(path) as ledger:
        assert ledger.planned() == []


def test_no_ledger(tmp_path: Path) -> None:
    """A file that is no ledger is said to be damaged, and is left as it is."""
    path = tmp_path / "ledger"
    path.write_bytes(b"something else " * 1000)
    assert trouble(path) == (
        f"{path}: the ledger is damaged (file is not a database)"
        "\n  next: bring it back from a copy, or start again with another --out"
    )
    assert path.read_bytes() == b"something else " * 1000


@pytest.mark.parametrize("damage", ["overwritten", "cut off"])
def test_damaged_ledger(tmp_path: Path, damage: str) -> None:
    """A ledger with a damaged middle or a lost end is said to be damaged when it is opened."""
    path = tmp_path / "ledger"
    with Ledger(path) as ledger:
        keep(ledger, *range(200))
    whole = path.read_bytes()
    half = len(whole) // 2
    path.write_bytes(whole[:half] + (b"\xff" * half if damage == "overwritten" else b""))
    said = trouble(path)
    assert said.startswith(f"{path}: the ledger is damaged (")
    assert said.endswith(")\n  next: bring it back from a copy, or start again with another --out")
    assert len(said) < 300


@pytest.mark.parametrize("column", ["reply", "request"])
def test_damaged_value(tmp_path: Path, column: str) -> None:
    """A value that is no longer what was kept is said to be damaged when it is read, and is no traceback."""
    path = tmp_path / "ledger"
    with Ledger(path) as ledger:
        keep(ledger, 1)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(f"UPDATE replies SET {column} = ?", ("{" if column == "reply" else b"{",))  # noqa: S608
    with pytest.raises(StoreError, match="the ledger is damaged"), Ledger(path) as ledger:
        ledger.request(asked(1).id)


def test_other_format(tmp_path: Path) -> None:
    """A ledger of another format is refused with both formats named."""
    path = tmp_path / "ledger"
    with Ledger(path):
        pass
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE facts SET value = '7' WHERE name = 'format'")
    assert trouble(path) == (
        f"{path}: the ledger has format 7, and this synthgen reads 1"
        "\n  next: use the synthgen that wrote it, or another --out"
    )


def test_folder_that_cannot_be(tmp_path: Path) -> None:
    """A folder that cannot be made is an error that names it."""
    (tmp_path / "file").write_text("here")
    path = tmp_path / "file" / "run" / "ledger"
    assert trouble(path) == f"{path}: the folder cannot be written (Not a directory)\n  next: use another --out"


def test_ledger_that_is_a_folder(tmp_path: Path) -> None:
    """A folder in the ledger's place is an error and no traceback."""
    said = f"{tmp_path}: the folder cannot be written (unable to open database file)\n  next: use another --out"
    assert trouble(tmp_path) == said


def test_failed_opening_leaves_the_file_free(tmp_path: Path) -> None:
    """A ledger that could not be opened does not keep its file locked."""
    path = tmp_path / "ledger"
    with Ledger(path):
        pass
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE facts SET value = '7' WHERE name = 'format'")
    with pytest.raises(StoreError) as held:
        Ledger(path)
    with closing(sqlite3.connect(path, timeout=0.1)) as database, database:
        database.execute("UPDATE facts SET value = '1' WHERE name = 'format'")
    assert "format 7" in held.value.what
    with Ledger(path) as ledger:
        assert ledger.facts("format") == {"format": "1"}


def test_disk_full(tmp_path: Path) -> None:
    """A disk that takes no more ends with one message, and every reply counted before is there afterwards."""
    path = tmp_path / "ledger"
    filling = """
import asyncio, json, pathlib, resource, sys
from synthgen.errors import StoreError
from synthgen.store.ledger import Ledger
from tests.test_ledger import asked, replied

counted = []

async def keep(ledger, number):
    await ledger.keep(asked(number), replied(number))
    counted.append(number)

async def fill(ledger):
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
    for start in range(0, 10_000, 10):
        async with asyncio.TaskGroup() as group:
            for number in range(start, start + 10):
                group.create_task(keep(ledger, number))

said = set()
try:
    with Ledger(pathlib.Path(sys.argv[1])) as ledger:
        asyncio.run(fill(ledger))
except* StoreError as errors:
    said = {str(error) for error in errors.exceptions}
json.dump([counted, sorted(said)], sys.stdout)
"""
    with child(filling, path) as process:
        output, errors = process.communicate()
    assert (process.returncode, errors) == (0, "")
    counted, said = json.loads(output)
    assert len(counted) >= 10
    assert len(said) == 1
    assert said[0].startswith(f"{path}: the disk did not take what was to be written (")
    assert said[0].endswith("; every reply counted so far is kept\n  next: make room, then run the same command again")
    with Ledger(path) as ledger:
        assert [ledger.recall(asked(number).id) for number in counted] == [replied(number) for number in counted]
        keep(ledger, 10_001)
