"""The inside of the sandbox: a script that Python starts alone, and that reads what to call from standard input.

It imports nothing of synthgen.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

READABLE = ("/usr", "/lib", "/lib64", "/opt", "/dev/null", "/dev/urandom", "/proc/self", "/etc/localtime", "/etc/ssl")
"""What Python and its packages read of a machine; nothing of a user's lies there."""

READS = {"open": 0, "os.listdir": 0, "os.scandir": 0, "os.chdir": 0, "os.walk": 0, "glob.glob": 0}
"""Events that read, and where in their arguments the path stands."""

WRITES = {
    "os.remove": (0,),
    "os.rename": (0, 1),
    "os.rmdir": (0,),
    "os.mkdir": (0,),
    "os.link": (0, 1),
    "os.symlink": (0, 1),
    "os.truncate": (0,),
    "os.chmod": (0,),
    "os.chown": (0,),
    "os.utime": (0,),
    "os.setxattr": (0,),
    "os.removexattr": (0,),
}
"""Events that change something, and where in their arguments the paths stand."""

NEVER = (
    "os.fork",
    "os.forkpty",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "os.kill",
    "os.killpg",
    "subprocess.",
    "pty.",
    "socket.",
    "ctypes.",
    "signal.pthread_kill",
    "sys.addaudithook",
    "os.startfile",
)
"""Beginnings of events that are refused always."""


class RefusedError(BaseException):
    """Something that may not be done here; no `except Exception` of the function's own swallows it."""


def guard(reads: list[str], scratch: str) -> Callable[[str, tuple[Any, ...]], None]:
    """Return the audit hook that refuses all but reading some folders and writing one.

    Args:
        reads: files and folders that may be read.
        scratch: the folder that may be written.
    """
    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.dirname(os.__file__)}  # noqa: PTH120 - pathlib is slow to start
    readable = tuple(os.path.realpath(one) for one in (*prefixes, *READABLE, *reads, *sys.path) if one)

    def within(path: object, roots: tuple[str, ...]) -> bool:
        if isinstance(path, int) or path is None:
            return True  # a file that is open already, or the folder that it stands in
        real = os.path.realpath(os.fsdecode(path))  # type: ignore[arg-type]
        return any(real == root or real.startswith(root + os.sep) for root in roots)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(NEVER):
            raise RefusedError(event)
        if event == "import" and arguments[0] == "_ctypes":
            raise ImportError(arguments[0])
        if event in WRITES and not all(within(arguments[at], (scratch,)) for at in WRITES[event]):
            raise RefusedError(event, str(arguments[WRITES[event][0]]))
        if event in READS:
            flags = arguments[2] if event == "open" and isinstance(arguments[2], int) else 0
            writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
            if not within(arguments[0], (scratch,) if writes else (*readable, scratch)):
                raise RefusedError("writing" if writes else "reading", os.fsdecode(arguments[0]))

    return hook


def load(file: str) -> ModuleType:
    """Load the function's file, once in a process.

    Raises:
        ImportError: it is no Python file.
    """
    if module := sys.modules.get("sandboxed_function"):
        return module
    spec = importlib.util.spec_from_file_location("sandboxed_function", file)
    if spec is None or spec.loader is None:
        message = f"{file} is no Python file"
        raise ImportError(message)
    sys.modules["sandboxed_function"] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(task: dict[str, Any]) -> dict[str, Any]:
    """Load the function, call it, and return what came of it."""
    try:
        value = getattr(load(task["file"]), task["name"])(**task["arguments"])
        answer = {"value": value, "trouble": "", "evidence": ""}
        size = len(json.dumps(answer, allow_nan=False))
    except RefusedError as error:
        return {"value": None, "trouble": "refused", "evidence": " ".join(error.args)}
    except MemoryError:
        return {"value": None, "trouble": "memory", "evidence": f"it took more than {task['bytes'] >> 20} MiB"}
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the function raises is what we are asked to tell
        return {"value": None, "trouble": "failed", "evidence": f"{type(error).__name__}: {error}"[:500]}
    if size > task["answer"]:
        return {"value": None, "trouble": "failed", "evidence": f"it gave {size} bytes of JSON"}
    return answer


def limit(task: dict[str, Any]) -> None:
    """Take on the limits; a process that is kept has a clock for each call, and none for all of them."""
    seconds = resource.RLIM_INFINITY if task["kept"] else int(task["seconds"]) + 1
    for kind, value in (
        (resource.RLIMIT_AS, task["bytes"]),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 64 * 2**20),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(kind, (value, value))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def main() -> None:
    """Read the task, take on the limits, and write what came of it where only we can.

    A process that is kept reads one call a line, and answers each with a line, until there are no more.
    """
    out, source = os.dup(1), os.fdopen(os.dup(0), "rb")
    task = json.loads(source.readline())
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    limit(task)
    for name in task["packages"]:
        importlib.import_module(name)
    sys.addaudithook(guard(task["reads"], task["scratch"]))
    for line in source if task["kept"] else [b"{}"]:
        call = task | json.loads(line)
        signal.setitimer(signal.ITIMER_REAL, call["seconds"])
        os.write(out, json.dumps(run(call), allow_nan=False).encode() + b"\n")
        signal.setitimer(signal.ITIMER_REAL, 0)
    os._exit(0)


if __name__ == "__main__":
    main()
