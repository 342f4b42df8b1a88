"""How many requests are in flight: it grows until the endpoint pushes back, and then gives way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

START = 8


class Pace:
    """A limit on requests in flight that learns: slow start, then additive increase, multiplicative decrease.

    The rule is TCP's (Jacobson 1988, RFC 5681), with a request in the place of a segment: each answer raises the
    limit by one until the first push-back, and by one a round afterwards; a push-back halves it, once for all
    requests that were in flight together.

    Args:
        most: the limit is never above this.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.limit = float(min(START, most))
        self._in_flight = 0
        self._gentle = False
        self._closed_until = 0.0
        self._halved_at = 0.0
        self._free = asyncio.Event()
        self._queue: asyncio.Lock = asyncio.Lock()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[float]:
        """Wait for a place, in the order of asking; give the time at which the request starts."""
        async with self._queue:
            while True:
                pause = self._closed_until - time.monotonic()
                if pause > 0:
                    await asyncio.sleep(pause)
                elif self._in_flight >= int(self.limit):
                    self._free.clear()
                    await self._free.wait()
                else:
                    break
            self._in_flight += 1
        try:
            yield time.monotonic()
        finally:
            self._in_flight -= 1
            self._free.set()

    def answered(self) -> None:
        """Raise the limit: the endpoint kept up."""
        self.limit = min(self.most, self.limit + (1 / self.limit if self._gentle else 1))

    def pushed_back(self, started: float, pause: float) -> None:
        """Halve the limit, and start nothing for `pause` seconds.

        Args:
            started: when the request that was pushed back had started.
            pause: seconds, as Retry-After says, or 0.
        """
        self._gentle = True
        now = time.monotonic()
        self._closed_until = max(self._closed_until, now + pause)
        if started >= self._halved_at:
            self.limit, self._halved_at = max(1.0, self.limit / 2), now
