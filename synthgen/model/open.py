"""Open the recipe's model: whatever it is, what comes out is an Ask, and nothing starts before the first question."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from synthgen.errors import EndpointError
from synthgen.model import fake
from synthgen.model.local import SLOTS, LocalServer, Weights, weights
from synthgen.model.pace import Pace
from synthgen.model.price import Price
from synthgen.model.wrap import Budget, Limits, remembered, retried
from synthgen.recipe import Model
from synthgen.store.ledger import Ledger
from synthgen.types import Ask, Reply, Request, canonical

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


@asynccontextmanager
async def opened(model: Model, local: Weights | None, ledger: Ledger, limits: Limits) -> AsyncIterator[Opened]:
    """Give the model: remembered ∘ retried ∘ paced ∘ budgeted endpoint; close what was started in the end.

    Args:
        model: the recipe's model.
        local: its file, where it runs here.
        ledger: remembers replies and what the endpoint can do; a local server's log lies beside it.
        limits: hard limits on the run.
    """
    async with AsyncExitStack() as stack:
        budget = Budget(limits, Price(model), ledger)
        pace = Pace(concurrency(model, local))
        endpoint = fake.ask if model.name == "fake" else _lazily(stack, model, local, ledger)
        yield Opened(remembered(retried(budget.around(endpoint), pace), ledger), pace, budget)


def _lazily(stack: AsyncExitStack, model: Model, local: Weights | None, ledger: Ledger) -> Ask:
    """Return an endpoint that starts, or is probed, when it is first asked."""
    started: list[Ask] = []
    starting = asyncio.Lock()

    async def ask(request: Request) -> Reply:
        if not started:
            async with starting:
                if not started:
                    started.append(await _start(stack, model, local, ledger))
        return await started[0](request)

    return ask


async def _start(stack: AsyncExitStack, model: Model, local: Weights | None, ledger: Ledger) -> Ask:
    from synthgen.model.client import Endpoint
    from synthgen.model.probe import probe

    if local:
        log = ledger.path.with_name("local.log")
        server = await asyncio.to_thread(LocalServer, local, log)
        stack.enter_context(server)
        return (await stack.enter_async_context(Endpoint(server.base_url, "local", model.timeout))).ask
    endpoint = await stack.enter_async_context(Endpoint(model.base_url, key(model), model.timeout))
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
    return endpoint.ask


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
