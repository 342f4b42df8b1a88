"""What a command left behind, and its one message."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

MESSAGE = re.compile(r"synthgen: (?P<what>[^\n]+)\n  next: (?P<fix>[^\n]+)\n")
BAR = re.compile(r"[^\n]*%\|[^\n]*\n?")


@dataclass(frozen=True)
class Said:
    """What a command left behind: its exit code, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Return the one JSON object on standard output."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    @property
    def message(self) -> str:
        """Return the one message on standard error, below a bar that may stand there."""
        found = MESSAGE.fullmatch(BAR.sub("", self.err.replace("\r", "")).lstrip("\n"))
        assert found, self.err
        assert self.out == ""
        return found[0]


Synthgen = Callable[..., Said]
