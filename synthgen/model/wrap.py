"""The wrappers around a model: each takes an Ask and gives an Ask.

remembered ∘ budgeted ∘ retried(paced endpoint)
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, replace

from synthgen.errors import BudgetSpentError, EndpointError
from synthgen.model.pace import Pace
from synthgen.model.price import Price, reserve
from synthgen.store.ledger import Ledger
from synthgen.types import Ask, Reply, Request

FIRST_WAIT, LONGEST_WAIT, TRIES = 0.5, 30.0, 7
LONGEST_PAUSE = 600.0
"""Seconds of Retry-After that a run sits out; with more it ends and says so."""


class PushedBackError(Exception):
    """The endpoint is busy or out of reach for now: worth another try.

    Args:
        said: what it said, for the message after the last try.
        pause: seconds that it asked for (Retry-After), or 0.
    """

    def __init__(self, said: str, pause: float = 0.0) -> None:
        super().__init__(said)
        self.said, self.pause = said, pause


@dataclass(frozen=True)
class Limits:
    """Hard limits on a run, over all its starts: US dollars, tokens, requests; None is no limit."""

    cost: float | None = None
    tokens: int | None = None
    requests: int | None = None


def remembered(ask: Ask, ledger: Ledger) -> Ask:
    """Answer from the ledger where it can; else ask, and have the reply on disk before anybody sees it."""
    in_flight: dict[str, asyncio.Task[Reply]] = {}

    async def kept(request: Request) -> Reply:
        reply = await ask(request)
        await ledger.keep(request, reply)
        return reply

    async def remember(request: Request) -> Reply:
        if known := ledger.recall(request.id):
            return known
        task = in_flight.get(request.id)
        if task is None:
            task = in_flight[request.id] = asyncio.create_task(kept(request))
            task.add_done_callback(lambda _: in_flight.pop(request.id))
        return await task

    return remember


class Budget:
    """Keeps a run under its limits: the most that each request in flight can take is reserved first.

    Args:
        limits: what the user allows, over all starts of the run.
        price: prices what earlier starts took without a price.
        ledger: what was spent so far.
    """

    def __init__(self, limits: Limits, price: Price, ledger: Ledger) -> None:
        spent = ledger.spent()
        self._limits = limits
        self.requests = int(spent["requests"] or 0)
        prompt, completion = int(spent["prompt_tokens"] or 0), int(spent["completion_tokens"] or 0)
        self.tokens = prompt + completion
        # Replies of an earlier start may have come before the recipe had a price.
        self.cost = (price.of(prompt, completion) if spent["cost"] is None else spent["cost"]) or 0.0
        self._held_tokens, self._held_cost = 0, 0.0
        self._in_flight, self._came_in = 0, asyncio.Event()
        self._closed = False

    def close(self) -> None:
        """Let no further request start; those in flight come in and are kept."""
        self._closed = True
        self._came_in.set()

    async def _room(self, tokens: int, cost: float) -> None:
        """Return once there is room; a request in flight may take less than is held back for it."""
        while self._full(self._in_flight + 1, self._held_tokens + tokens, self._held_cost + cost):
            if spent := self._full(1, tokens, cost):
                raise BudgetSpentError(
                    what=f"the limit of {spent} is reached",
                    fix="raise the limit and run the same command again",
                )
            self._came_in.clear()
            await self._came_in.wait()

    def _full(self, requests: int, tokens: int, cost: float) -> str | None:
        limits = self._limits
        if self._closed:
            return "this run"
        if limits.requests is not None and self.requests + requests > limits.requests:
            return f"{limits.requests} requests"
        if limits.tokens is not None and self.tokens + tokens > limits.tokens:
            return f"{limits.tokens} tokens"
        if limits.cost is not None and self.cost + cost > limits.cost:
            return f"${limits.cost}"
        return None

    def around(self, ask: Ask, price: Price) -> Ask:
        """Return a model with the limits around it.

        Raises:
            EndpointError: a limit on cost, and nobody knows the model's price.
        """
        if self._limits.cost is not None and price.of(1, 1) is None:
            raise EndpointError(
                what=f"nobody knows the price of the model '{price.model}', so a limit on cost cannot be kept",
                fix="give `price` under the model in the recipe, or use --max-requests",
            )

        async def within(request: Request) -> Reply:
            prompt, completion = reserve(request)
            cost = price.of(prompt, completion) or 0.0
            await self._room(prompt + completion, cost)
            self._in_flight += 1
            self._held_tokens += prompt + completion
            self._held_cost += cost
            try:
                reply = await ask(request)
            finally:
                self._held_tokens -= prompt + completion
                self._in_flight -= 1
                # Nothing in flight holds nothing: what rounding leaves would be waited for without end.
                self._held_cost = self._held_cost - cost if self._in_flight else 0.0
                self._came_in.set()
            reply = replace(reply, cost=price.of(reply.prompt_tokens, reply.completion_tokens))
            self.requests += 1
            self.tokens += reply.prompt_tokens + reply.completion_tokens
            self.cost += reply.cost or 0.0
            return reply

        return within


def retried(ask: Ask, pace: Pace, tries: int = TRIES) -> Ask:
    """Ask in the endpoint's own pace, and again after a push-back: exponential waits with full jitter.

    The waits follow "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015); Retry-After is a lower bound.

    Args:
        ask: one request to the endpoint.
        pace: shared by all requests to it.
        tries: after so many the endpoint counts as down.

    Raises:
        EndpointError: the endpoint pushed back every time.
    """

    async def retry(request: Request) -> Reply:
        said = ""
        for attempt in range(tries):
            async with pace.turn() as started:
                try:
                    reply = await ask(request)
                    pace.answered()
                    return replace(reply, seconds=round(time.monotonic() - started, 4))
                except PushedBackError as error:
                    said = error.said
                    if error.pause > LONGEST_PAUSE:
                        raise EndpointError(
                            what=f"the endpoint wants a pause of {error.pause / 60:.0f} minutes ({said})",
                            fix="run the same command again then: every reply so far is kept",
                        ) from error
                    pace.pushed_back(started, error.pause)
                    wait = min(LONGEST_WAIT, FIRST_WAIT * 2**attempt) * random.random()  # noqa: S311 - jitter
            if attempt + 1 < tries:
                await asyncio.sleep(wait)
        raise EndpointError(
            what=f"the endpoint did not answer in {tries} tries ({said}); every reply so far is kept",
            fix="wait or check the endpoint, then run the same command again",
        )

    return retry
