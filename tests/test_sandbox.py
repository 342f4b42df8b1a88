"""The sandbox: a function's answer comes out, and nothing else does."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from synthgen.sandbox import Kept, Limits, Outcome, call

TOOLS = """
import os, socket, subprocess, sys, time
from pathlib import Path

def double(number): return {"twice": number * 2}
def fails(): raise KeyError("no such city")
def leaves(): sys.exit(3)
def prints(): print("{}"); os.write(1, b"junk"); return "said"
def loops():
    while True: pass
def sleeps(): time.sleep(60)
def ignores():
    import signal
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    while True: time.sleep(1)
def eats(): return len("x" * 8 * 2**30)
def forks():
    while True: os.fork()
def starts(): return subprocess.run(["/bin/true"]).returncode
def system(): return os.system("true")
def connects(): socket.create_connection(("127.0.0.1", 9)); return 1
def dies(): os.abort()
def odd(): return object()
COUNT = []
def counts(): COUNT.append(1); return len(COUNT)
def infinite(): return float("inf")
def much(): return "x" * 2_000_000
def writes(path): Path(path).write_text("owned")
def removes(path): Path(path).unlink()
def renames(path): Path("mine").write_text("owned"); os.rename("mine", path)
def links(path): os.symlink(path, "way"); return Path("way").read_text()
def reads(path): return Path(path).read_text()
def lists(path): return os.listdir(path)
def swallows(path):
    try: Path(path).write_text("owned")
    except Exception: pass
    return "fine"
def scratches(): Path("mine").write_text("own"); return Path("mine").read_text()
def native():
    import ctypes
    return ctypes.CDLL(None).getpid()
"""


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """Give a file of functions, in a folder of its own."""
    file = tmp_path / "tools" / "tools.py"
    file.parent.mkdir()
    file.write_text(TOOLS, encoding="utf-8")
    return file


def test_what_a_function_returns_comes_out(tools: Path) -> None:
    """The value is given as JSON knows it, whatever the function prints, and its own folders can be used."""
    assert call((tools, "double"), {"number": 4}) == Outcome({"twice": 8})
    assert call((tools, "prints"), {}) == Outcome("said")
    assert call((tools, "scratches"), {}) == Outcome("own")
    (tools.parent / "data.txt").write_text("beside", encoding="utf-8")
    assert call((tools, "reads"), {"path": str(tools.parent / "data.txt")}) == Outcome("beside")


@pytest.mark.parametrize(
    ("name", "trouble", "evidence"),
    [
        ("fails", "failed", "KeyError: 'no such city'"),
        ("leaves", "failed", "SystemExit: 3"),
        ("odd", "failed", "TypeError"),
        ("infinite", "failed", "ValueError"),
        ("much", "failed", "it gave 2000"),
        ("loops", "slow", "more than 1 s"),
        ("sleeps", "slow", "more than 1 s"),
        ("ignores", "slow", "more than 1 s"),
        ("eats", "memory", "more than 1024 MiB"),
        ("forks", "refused", "os.fork"),
        ("starts", "refused", "subprocess.Popen"),
        ("system", "refused", "os.system"),
        ("connects", "refused", "socket."),
        ("native", "failed", "ImportError"),
        ("dies", "died", "-6"),
    ],
)
def test_what_goes_wrong_in_there_is_told(tools: Path, name: str, trouble: str, evidence: str) -> None:
    """An error, a loop, a sleep, a fork, a socket, a crash, and hunger for memory: each ends as its kind of trouble."""
    began = time.monotonic()
    found = call((tools, name), {}, Limits(seconds=1))
    assert (found.value, found.trouble) == (None, trouble)
    assert evidence in found.evidence
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("name", ["writes", "removes", "renames", "links", "reads", "lists", "swallows"])
def test_nothing_outside_changes_or_is_read(tools: Path, tmp_path: Path, name: str) -> None:
    """A path that climbs out is refused, also where the function swallows errors, and the file stays as it was."""
    outside = tmp_path / "outside" / "kept.txt"
    outside.parent.mkdir()
    outside.write_text("kept", encoding="utf-8")
    path = outside.parent if name == "lists" else tools.parent / ".." / "outside" / "kept.txt"
    found = call((tools, name), {"path": str(path)})
    assert (found.value, found.trouble) == (None, "refused")
    assert outside.read_text(encoding="utf-8") == "kept"
    assert sorted(one.name for one in tmp_path.rglob("*")) == ["kept.txt", "outside", "tools", "tools.py"]


def test_more_can_be_opened_for_reading(tools: Path, tmp_path: Path) -> None:
    """What the caller names may be read, and still not be written."""
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "a.txt").write_text("more", encoding="utf-8")
    path = str(tmp_path / "more" / "a.txt")
    assert call((tools, "reads"), {"path": path}, reads=[tmp_path / "more"]) == Outcome("more")
    assert call((tools, "writes"), {"path": path}, reads=[tmp_path / "more"]).trouble == "refused"


def test_a_kept_process_takes_one_call_after_another(tools: Path) -> None:
    """Errors and refusals cost that call alone; a loop or a crash ends the process, and the next call gets another."""
    kept = Kept(tools, Limits(seconds=1))
    for name, trouble in (
        ("double", ""),
        ("fails", "failed"),
        ("system", "refused"),
        ("loops", "slow"),
        ("sleeps", "slow"),
        ("dies", "died"),
        ("much", "failed"),
    ):
        assert kept.call(name, {"number": 4} if name == "double" else {}).trouble == trouble, name
        assert kept.call("double", {"number": 5}) == Outcome({"twice": 10}), name


def test_a_kept_process_is_one_and_ends_with_its_owner(tools: Path) -> None:
    """What a call leaves in the process is there for the next; once the owner is gone, process and folder are too."""
    kept = Kept(tools, Limits(seconds=2), packages=["decimal"])
    assert kept.call("counts", {}) == Outcome(1)
    assert kept.call("counts", {}) == Outcome(2)
    (child,), scratch = kept._children, Path(kept._scratch)
    assert scratch.is_dir()
    del kept
    assert child.poll() is not None
    assert not scratch.exists()


def test_a_call_can_have_a_time_of_its_own(tools: Path) -> None:
    """`seconds` of a call stand instead of the limits', for that call alone."""
    kept = Kept(tools, Limits(seconds=0.3))
    assert kept.call("sleeps", {}, seconds=0.6).evidence == "it took more than 0.6 s"
    assert kept.call("sleeps", {}).evidence == "it took more than 0.3 s"
