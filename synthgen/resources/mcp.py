"""The tools of an MCP server that speaks over standard input and output: JSON-RPC 2.0, a message a line.

Only its list is asked for (Model Context Protocol, 2025-06-18: `initialize`, `tools/list`); the official package would
bring a web server along for that.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from threading import Timer
from typing import Any

from synthgen.errors import RecipeError

VERSION = "2025-06-18"


def tools(command: Sequence[str], folder: Path, seconds: float = 20) -> list[dict[str, Any]]:
    """Start a server, return what it answers to `tools/list`, and end it.

    Args:
        command: the program and its arguments.
        folder: where it is started: the recipe's folder.
        seconds: how long it may take in all.

    Raises:
        RecipeError: it does not start, is silent for too long, or speaks something else.
    """
    try:
        server = subprocess.Popen(  # noqa: S603 - the user's own command
            list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder
        )
    except OSError as error:
        raise RecipeError(
            what=f"the MCP server does not start ({error.strerror})", where=" ".join(command), fix="check the command"
        ) from error
    timer = Timer(seconds, server.kill)
    timer.start()
    try:
        me = {"name": "synthgen", "version": "1"}
        _ask(server, 0, "initialize", {"protocolVersion": VERSION, "capabilities": {}, "clientInfo": me})
        _say(server, {"jsonrpc": "2.0", "method": "notifications/initialized"})
        found: list[dict[str, Any]] = []
        cursor: dict[str, Any] = {}
        for number in range(1, 100):
            answer = _ask(server, number, "tools/list", cursor)
            found += answer["tools"]
            if not answer.get("nextCursor"):
                break
            cursor = {"cursor": answer["nextCursor"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecipeError(
            what="the MCP server did not say which tools it has",
            where=" ".join(command),
            fix=f"start it by hand: it must answer on standard output within {seconds:g} s",
        ) from error
    else:
        return found
    finally:
        timer.cancel()
        server.kill()
        server.communicate()


def _say(server: subprocess.Popen[bytes], message: dict[str, Any]) -> None:
    if server.stdin:
        server.stdin.write(json.dumps(message).encode() + b"\n")
        server.stdin.flush()


def _ask(server: subprocess.Popen[bytes], number: int, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Ask, and read until the answer of that number comes; what a server says besides is passed over."""
    _say(server, {"jsonrpc": "2.0", "id": number, "method": method, "params": parameters})
    for line in server.stdout or ():
        said = json.loads(line)
        if isinstance(said, dict) and said.get("id") == number and "method" not in said:
            return dict(said["result"])
    message = "it ended"
    raise ValueError(message)
