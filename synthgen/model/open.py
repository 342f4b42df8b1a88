"""Open the recipe's models: whatever one is, what comes out is an Ask, and nothing starts before the first question."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from synthgen.errors import EndpointError
from synthgen.model import fake
from synthgen.model.local import SLOTS, LocalServer, Weights, weights
from synthgen.model.pace import Pace
from synthgen.model.price import Price
from synthgen.model.wrap import Budget, Limits, remembered, retried
from synthgen.recipe import Model
from synthgen.store.ledger import Ledger
from synthgen.types import Ask, Reply, Request, canonical

if TYPE_CHECKING:
    from synthgen.model.client import Endpoint

ENDPOINT = "endpoint"
"""How the ledger's facts on endpoints begin."""


@dataclass(frozen=True)
class Opened:
    """A model ready to be asked, and the parts of it that a display or a stop looks at."""

    ask: Ask
    pace: Pace
    budget: Budget


def find_weights(model: Model, root: Path) -> Weights | None:
    """Return the model's file where it is one that runs here, else None."""
    here = model.name == "local" or model.name.endswith(".gguf")
    return weights(model.name, root) if here and model.base_url is None else None


def concurrency(model: Model, local: Weights | None) -> int:
    """Return the most requests in flight: a local server has so many slots and no more."""
    return min(model.concurrency, SLOTS) if local else model.concurrency


class Models:
    """The models of a run, under one budget. Use it as an async context manager: it closes what was started.

    Args:
        writer: the recipe's model, with whose price a limit on cost is kept where a reply came without one.
        ledger: remembers replies and what an endpoint can do; a local server's log lies beside it.
        limits: hard limits on the run.
    """

    def __init__(self, writer: Model, ledger: Ledger, limits: Limits) -> None:
        self._budget = Budget(limits, Price(writer), ledger)
        self._ledger = ledger
        self._stack = AsyncExitStack()
        self._opened: dict[tuple[Model, Weights | None], Opened] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def open(self, model: Model, local: Weights | None, *, probes: bool = True) -> Opened:
        """Return a model: remembered ∘ retried ∘ paced ∘ budgeted endpoint; the same one for the same model.

        Args:
            model: as the recipe gives it.
            local: its file, where it runs here.
            probes: whether it answers chats, and so must first be asked what it can do.

        Raises:
            EndpointError: there is a limit on cost, and nobody knows the model's price.
        """
        known = self._opened.get((model, local))
        if known is None:
            pace = Pace(concurrency(model, local))
            endpoint = fake.ask if model.name == "fake" else _lazily(lambda: self._start(model, local, probes=probes))
            within = self._budget.around(endpoint, Price(model))
            known = Opened(remembered(retried(within, pace), self._ledger), pace, self._budget)
            self._opened[model, local] = known
        return known

    async def _start(self, model: Model, local: Weights | None, *, probes: bool) -> Ask:
        from synthgen.model.client import Endpoint

        if local:
            log = self._ledger.path.with_name("local.log")
            server = await asyncio.to_thread(LocalServer, local, log)
            self._stack.enter_context(server)
            return (await self._stack.enter_async_context(Endpoint(server.base_url, "local", model.timeout))).ask
        endpoint = await self._stack.enter_async_context(Endpoint(model.base_url, key(model), model.timeout))
        if probes:
            await _learn(endpoint, model, self._ledger)
        return endpoint.ask


def _lazily(start: Callable[[], Awaitable[Ask]]) -> Ask:
    """Return an endpoint that starts, or is probed, when it is first asked."""
    started: list[Ask] = []
    starting = asyncio.Lock()

    async def ask(request: Request) -> Reply:
        if not started:
            async with starting:
                if not started:
                    started.append(await start())
        return await started[0](request)

    return ask


async def _learn(endpoint: Endpoint, model: Model, ledger: Ledger) -> None:
    """Find out what an endpoint can do, or recall it from an earlier start."""
    from synthgen.model.probe import probe

    fact = f"{ENDPOINT} {model.name} at {endpoint.base_url}"

    def learn() -> None:
        ledger.learn(fact, canonical({"mode": endpoint.mode, "dropped": sorted(endpoint.dropped)}))

    if known := ledger.facts(fact):
        found = json.loads(known[fact])
        endpoint.mode, endpoint.dropped = found["mode"], set(found["dropped"])
    else:
        await probe(endpoint, model.name)
        learn()
    endpoint.learned = learn


def notes(ledger: Ledger) -> list[str]:
    """Return what a run had to leave out of its requests because the endpoint refuses it."""
    learnt = [json.loads(value)["dropped"] for value in ledger.facts(ENDPOINT).values()]
    return [f"left out of requests, because the endpoint refuses it: {name}" for names in learnt for name in names]


def key(model: Model) -> str:
    """Return the endpoint's key from the environment; an endpoint with an address of its own may need none.

    Raises:
        EndpointError: there is none, and OpenAI needs one.
    """
    found = os.environ.get(model.api_key_env, "").strip()
    if not found and model.base_url is None:
        raise EndpointError(
            what=f"there is no key for the model '{model.name}'",
            where=f"environment variable {model.api_key_env}",
            fix=f"type `export {model.api_key_env}=…`, give --base-url, or use `--model local`",
        )
    if not (found.isascii() and found.isprintable()):
        raise EndpointError(
            what="the key has characters that no key has",
            where=f"environment variable {model.api_key_env}",
            fix="copy the key again, without quotation marks or line breaks",
        )
    return found or "none"
