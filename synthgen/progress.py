"""Seeing: one line on standard error while rows come in."""

from __future__ import annotations

import sys
import time
from typing import Any

from synthgen.loop import Outcome
from synthgen.store.ledger import Ledger


class Progress:
    """A bar of kept rows with what an engineer watches: rates, money, how much of it is usable.

    Args:
        target: rows to keep.
        quiet: show nothing.
    """

    def __init__(self, target: int, *, quiet: bool = False) -> None:
        from tqdm import tqdm

        # A log file gets a line now and then; a person sees the bar move.
        pause = 0.2 if sys.stderr.isatty() else 20.0
        self._bar: Any = tqdm(total=target, unit="row", disable=quiet, dynamic_ncols=True, mininterval=pause, delay=1)
        self._began = time.monotonic()
        self._before: dict[str, float | None] | None = None

    def __call__(self, outcome: Outcome, ledger: Ledger) -> None:
        """Show where the run is."""
        if self._bar.disable:
            return
        spent = ledger.spent()
        if self._before is None:
            self._before = spent
        seconds = max(0.001, time.monotonic() - self._began)
        requests = (spent["requests"] or 0) - (self._before["requests"] or 0)
        tokens = (spent["completion_tokens"] or 0) - (self._before["completion_tokens"] or 0)
        read = max(1, len(outcome.candidates))
        self._bar.set_postfix_str(
            f"{requests / seconds:.1f} requests/s, {tokens / seconds:.0f} tokens/s, {_money(spent['cost'])}, "
            f"parsed {outcome.parsed / read:.0%}, kept {outcome.passed / read:.0%}",
            refresh=False,
        )
        self._bar.update(len(outcome.taken) - self._bar.n)

    def close(self, *, clear: bool = False) -> None:
        """Leave the line as it is, or take it away where a message follows that says more."""
        self._bar.leave = not clear
        self._bar.close()


def _money(cost: float | None) -> str:
    return "price unknown" if cost is None else f"${cost:.2f}"
