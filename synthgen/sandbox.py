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
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

CHILD = Path(__file__).with_name("sandboxed.py")

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
        task = {
            "file": str(file.resolve()),
            "name": name,
            "arguments": dict(arguments),
            "seconds": limits.seconds,
            "bytes": limits.mebibytes * 2**20,
            "answer": limits.answer,
            "reads": [str(one.resolve()) for one in (file.parent, *reads)],
            "scratch": os.path.realpath(scratch),
        }
        child = subprocess.Popen(  # noqa: S603 - our own file, with Python itself
            [sys.executable, "-I", "-B", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=scratch,
            env={"PATH": "", "HOME": scratch, "LANG": "C.UTF-8"},
            start_new_session=True,
        )
        try:
            said, _ = child.communicate(json.dumps(task).encode(), timeout=limits.seconds + 1)
        except subprocess.TimeoutExpired:
            return Outcome(trouble="slow", evidence=f"it took more than {limits.seconds:g} s")
        finally:
            _end(child)
    return _outcome(said, child.returncode, limits)


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the process and all that it may have started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.communicate()


def _outcome(said: bytes, code: int, limits: Limits) -> Outcome:
    try:
        answer = json.loads(said)
        return Outcome(answer["value"], answer["trouble"], answer["evidence"])
    except (ValueError, KeyError, TypeError):
        if -code in {signal.SIGXCPU, signal.SIGALRM}:
            return Outcome(trouble="slow", evidence=f"it took more than {limits.seconds:g} s")
        return Outcome(trouble="died", evidence=f"its process ended with {code} and gave no answer")
