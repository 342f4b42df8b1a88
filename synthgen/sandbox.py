"""Runs a function in a process of its own, with limits: what happens in there is data, not trouble.

The process may read the function's own folder, Python's, and what it is told; it may write into a folder that is thrown
away, and nothing else. It starts no process, opens no socket, and ends when its time or its memory is spent. Python's
audit hooks (PEP 578) refuse the rest: they hold back accidents and hostile arguments, not a function that was written
to break out.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Literal

CHILD = Path(__file__).with_name("sandboxed.py")
START = 20.0
"""Seconds that a process which is kept may take to load its packages."""

Trouble = Literal["", "failed", "slow", "memory", "refused", "died"]


@dataclass(frozen=True)
class Limits:
    """What a call may take: seconds of the clock, MiB of address space, bytes of the answer's JSON."""

    seconds: float = 5.0
    mebibytes: int = 1024
    answer: int = 1_000_000


@dataclass(frozen=True)
class Outcome:
    """What came of a call.

    Args:
        value: what the function returned, as JSON knows it.
        trouble: empty where it returned; `failed` for an exception, `slow` and `memory` for a limit, `refused` for what
            it may not do, `died` for a process that ended without an answer.
        evidence: the exception's name and text, or what was refused.
    """

    value: Any = None
    trouble: Trouble = ""
    evidence: str = ""


def call(
    function: tuple[Path, str],
    arguments: Mapping[str, Any],
    limits: Limits | None = None,
    *,
    reads: Sequence[Path] = (),
) -> Outcome:
    """Call a function in a process of its own, and return what came of it.

    Args:
        function: its file and its name.
        arguments: keyword arguments, which JSON can hold.
        limits: what it may take.
        reads: files and folders that it may read beside its own folder.
    """
    limits = limits or Limits()
    file, name = function
    with tempfile.TemporaryDirectory(prefix="synthgen-") as scratch:
        task = _task(file, limits, reads, scratch) | {"name": name, "arguments": dict(arguments)}
        child = _start(scratch)
        try:
            said, _ = child.communicate(json.dumps(task).encode(), timeout=limits.seconds + 1)
        except subprocess.TimeoutExpired:
            return Outcome(trouble="slow", evidence=f"it took more than {limits.seconds:g} s")
        finally:
            _end(child)
    return _outcome(said, child.returncode, limits)


class Kept:
    """A process that takes one call after another, so that what is slow to load is loaded once.

    What ends the process ends that call alone: the next one gets a new process. It ends with this object.

    Args:
        file: where the functions stand.
        limits: what each call may take.
        reads: files and folders that they may read beside the file's own folder.
        packages: what is imported before the doors close, since it loads what functions may not.
    """

    def __init__(self, file: Path, limits: Limits, *, reads: Sequence[Path] = (), packages: Sequence[str] = ()) -> None:
        self._limits, self._lock = limits, threading.Lock()
        self._scratch = tempfile.mkdtemp(prefix="synthgen-")
        self._task = _task(file, limits, reads, self._scratch) | {"kept": True, "packages": list(packages)}
        self._children: list[subprocess.Popen[bytes]] = []
        self._finish = weakref.finalize(self, _leave, self._children, self._scratch)

    def call(self, name: str, arguments: Mapping[str, Any], seconds: float | None = None) -> Outcome:
        """Call a function, and return what came of it; `seconds` stand instead of the limits' own."""
        limits = replace(self._limits, seconds=seconds or self._limits.seconds)
        line = json.dumps({"name": name, "arguments": dict(arguments), "seconds": limits.seconds})
        with self._lock:
            starts = not self._children
            child = self._child()
            with contextlib.suppress(BrokenPipeError):  # it is dead, which its answer will show
                _stream(child.stdin).write(f"{line}\n".encode())
                _stream(child.stdin).flush()
            said = _line(child, limits.seconds + 1 + (START if starts else 0))
            if not said.endswith(b"\n"):
                waited = child.poll() is None
                _end(child)
                self._children.clear()
                if waited:
                    return Outcome(trouble="slow", evidence=f"it took more than {limits.seconds:g} s")
        return _outcome(said, child.returncode or 0, limits)

    def _child(self) -> subprocess.Popen[bytes]:
        if not self._children:
            self._children.append(_start(self._scratch))
            stream = _stream(self._children[0].stdin)
            stream.write(f"{json.dumps(self._task)}\n".encode())
        return self._children[0]


def _task(file: Path, limits: Limits, reads: Sequence[Path], scratch: str) -> dict[str, Any]:
    return {
        "file": str(file.resolve()),
        "seconds": limits.seconds,
        "bytes": limits.mebibytes * 2**20,
        "answer": limits.answer,
        "reads": [str(one.resolve()) for one in (file.parent, *reads)],
        "scratch": os.path.realpath(scratch),
        "packages": [],
        "kept": False,
    }


def _start(scratch: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own file, with Python itself
        [sys.executable, "-I", "-B", str(CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=scratch,
        env={"PATH": "", "HOME": scratch, "LANG": "C.UTF-8"},
        start_new_session=True,
    )


def _stream(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None, "the process was started with pipes"  # noqa: S101 - says it to the type checker
    return pipe


def _line(child: subprocess.Popen[bytes], seconds: float) -> bytes:
    """Read one line of what a process says; less where it ends, or where the time does."""
    pipe, said, until = _stream(child.stdout).fileno(), b"", time.monotonic() + seconds
    while not said.endswith(b"\n"):
        ready, _, _ = select.select([pipe], [], [], max(0.0, until - time.monotonic()))
        part = os.read(pipe, 1 << 16) if ready else b""
        if not part:
            if ready:
                child.wait(1)  # its end is near, and the code says of what it died
            break
        said += part
    return said


def _leave(children: Sequence[subprocess.Popen[bytes]], scratch: str) -> None:
    for child in children:
        _end(child)
    shutil.rmtree(scratch, ignore_errors=True)


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the process and all that it may have started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    with contextlib.suppress(BrokenPipeError, ValueError):
        child.communicate()


def _outcome(said: bytes, code: int, limits: Limits) -> Outcome:
    try:
        answer = json.loads(said)
        return Outcome(answer["value"], answer["trouble"], answer["evidence"])
    except (ValueError, KeyError, TypeError):
        if -code in {signal.SIGXCPU, signal.SIGALRM}:
            return Outcome(trouble="slow", evidence=f"it took more than {limits.seconds:g} s")
        return Outcome(trouble="died", evidence=f"its process ended with {code} and gave no answer")
