"""What an endpoint can do, learnt once at the start of a run: so a wrong key costs one request, not three hundred."""

from __future__ import annotations

import asyncio
import json

from synthgen.errors import EndpointError
from synthgen.model.client import MODES, Endpoint, RefusedError
from synthgen.model.wrap import PushedBackError
from synthgen.types import Message, Request

TRIES = 3
LONGEST_PAUSE = 20.0
_SCHEMA = {
    "type": "object",
    "properties": {"ready": {"type": "boolean"}},
    "required": ["ready"],
    "additionalProperties": False,
}


def question(model: str) -> Request:
    """Return the small request that the probe asks."""
    messages: tuple[Message] = ({"role": "user", "content": 'Answer with {"ready": true} and nothing else.'},)
    return Request(model, messages, {"max_tokens": 256, "temperature": 0}, _SCHEMA)


async def probe(endpoint: Endpoint, model: str) -> str:
    """Return the best of `MODES` that the endpoint follows, and leave the endpoint in it.

    Raises:
        EndpointError: a wrong key, model or address (after one request), or no connection (after three).
    """
    for mode in MODES:
        endpoint.mode = mode
        try:
            text = await _ask(endpoint, model)
        except RefusedError:
            if mode == MODES[-1]:
                raise
            continue
        if mode == MODES[-1] or _follows(text):
            break
    return endpoint.mode


async def _ask(endpoint: Endpoint, model: str) -> str:
    for attempt in range(TRIES):
        try:
            return (await endpoint.ask(question(model))).text
        except PushedBackError as error:
            if attempt + 1 == TRIES or error.pause > LONGEST_PAUSE:
                raise EndpointError(
                    what=f"the endpoint does not answer ({error.said})",
                    where=endpoint.base_url,
                    fix="check that it runs and that --base-url is right, then run the same command again",
                ) from error
            await asyncio.sleep(max(error.pause, 0.5 * 2**attempt))
    raise AssertionError("unreachable")  # noqa: EM101 - the loop above returns or raises


def _follows(text: str) -> bool:
    try:
        answer = json.loads(text)
    except ValueError:
        return False
    return isinstance(answer, dict) and isinstance(answer.get("ready"), bool)
