"""A small HTTP server on loopback that speaks the OpenAI protocol: a endpoint that does what a test orders.

It answers what `--model fake` answers, whatever the form in which structure is asked for: the same question
gets the same text as a JSON schema, as a tool call, in JSON mode and by the prompt alone.

    python tests/openai_server.py --latency 0.1

runs it alone, for benchmarks: the first line of its output is its address, and it stops when its input ends.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
import threading
import time
from dataclasses import dataclass, field
from math import log
from typing import TYPE_CHECKING, Any, Self

from aiohttp import web

from synthgen.model import fake
from synthgen.types import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Body = dict[str, Any]

FEATURES = frozenset({"json_schema", "tools", "json_object"})
DROPPED = 0
"""The status of a fault that closes the connection instead of answering."""
_SCHEMA_BELOW = "\n\nAnswer with JSON alone, of this JSON Schema:\n"
_STRUCTURE = {"model", "messages", "response_format", "tools", "tool_choice"}


@dataclass
class Received:
    """One request as it came in; its `status` stays 0 where nobody got an answer.

    Args:
        path: where it went.
        body: its JSON.
        idempotency_key: the header of that name, or nothing.
        authorization: the header of that name, or nothing.
        started: when it came in, on the monotonic clock.
        in_flight: how many were in flight then, this one among them.
        status: what it was answered with.
    """

    path: str
    body: Body
    idempotency_key: str
    authorization: str
    started: float
    in_flight: int
    status: int = 0


@dataclass
class _Fault:
    status: int
    times: int
    headers: dict[str, str]
    body: Body | str | None
    when: Callable[[Body], bool] | None


class _RefusedError(Exception):
    """A request that is answered with an error in OpenAI's form."""

    def __init__(self, status: int, body: Body, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.status, self.body, self.headers = status, body, headers


@dataclass
class OpenAIServer:
    """The server. Use it as a context manager; it serves in a thread of its own.

    Args:
        latency: seconds that each answer takes; what is refused is refused at once.
        key: the one key it takes, or None to take any and none.
        models: the models it has.
        features: the forms of asking for structure that it knows, of `FEATURES`; it refuses the others.
        capacity: with more requests than this in flight it answers 429; None = it never does.
        answer: gives the text for a request's body, in the place of the fake model.
        flags: says whether moderation flags a text; None = it flags none.
        sure: how sure the model is of each "yes" and "no" where log-probabilities are asked for; None = it gives none.
        port: where it listens; 0 = a free port.
        records: whether it keeps each request; a benchmark has no need to.
    """

    latency: float = 0.0
    key: str | None = None
    models: tuple[str, ...] = ("test-model",)
    features: frozenset[str] | set[str] = FEATURES
    capacity: int | None = None
    answer: Callable[[Body], str] | None = None
    flags: Callable[[str], bool] | None = None
    sure: float | None = None
    port: int = 0
    records: bool = True
    requests: list[Received] = field(default_factory=list, init=False)
    most_in_flight: int = field(default=0, init=False)
    _in_flight: int = field(default=0, init=False)
    _faults: list[_Fault] = field(default_factory=list, init=False)

    @property
    def url(self) -> str:
        """Return what a user gives as --base-url."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def statuses(self) -> list[int]:
        """Return the status of each request, in their order."""
        return [request.status for request in self.requests]

    def fail(
        self,
        status: int,
        times: int = 1,
        headers: dict[str, str] | None = None,
        body: Body | str | None = None,
        when: Callable[[Body], bool] | None = None,
    ) -> None:
        """Order a fault; of several that fit a request, the one that was ordered first is had first.

        Args:
            status: the status to answer with, 200 too; `DROPPED` closes the connection without a word.
            times: how many requests get it.
            headers: of the answer, such as Retry-After.
            body: JSON, or text/plain where it is a text; None = an error in OpenAI's form.
            when: whether a request's body is one to fail; None = every one.
        """
        self._faults.append(_Fault(status, times, headers or {}, body, when))

    def __enter__(self) -> Self:
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready)), daemon=True)
        self._thread.start()
        if not ready.wait(10):
            said = "the server did not start"
            raise RuntimeError(said)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _serve(self, ready: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_post("/v1/moderations", self._chat)
        app.router.add_post("/v1/embeddings", self._chat)
        app.router.add_get("/v1/models", self._models)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", self.port, backlog=1024).start()
            self.port = runner.addresses[0][1]
            ready.set()
            await self._stop.wait()
        finally:
            await runner.cleanup()

    async def _models(self, request: web.Request) -> web.Response:
        if refused := self._wrong_key(request):
            return web.json_response(refused.body, status=refused.status)
        data = [{"id": name, "object": "model", "created": 0, "owned_by": "tests"} for name in self.models]
        return web.json_response({"object": "list", "data": data})

    async def _chat(self, request: web.Request) -> web.Response:
        text = await request.read()
        self._in_flight += 1
        received = self._receive(request, text)
        try:
            answer = await self._answer(request, received)
        except _RefusedError as refused:
            answer = web.json_response(refused.body, status=refused.status, headers=refused.headers)
        finally:
            self._in_flight -= 1
        received.status = DROPPED if request.transport is None or request.transport.is_closing() else answer.status
        return answer

    def _receive(self, request: web.Request, text: bytes) -> Received:
        try:
            body = json.loads(text)
        except ValueError:
            body = {}
        received = Received(
            path=request.path,
            body=body,
            idempotency_key=request.headers.get("Idempotency-Key", ""),
            authorization=request.headers.get("Authorization", ""),
            started=time.monotonic(),
            in_flight=self._in_flight,
        )
        self.most_in_flight = max(self.most_in_flight, self._in_flight)
        if self.records:
            self.requests.append(received)
        return received

    async def _answer(self, request: web.Request, received: Received) -> web.Response:
        body = received.body
        if fault := self._fault(body):
            return _faulty(fault, request)
        if refused := self._wrong_key(request) or self._wrong_form(body) or self._too_many(received):
            raise refused
        if self.latency:
            await asyncio.sleep(self.latency)
        if received.path.endswith("/embeddings"):
            return web.json_response(_vectors(body))
        if received.path.endswith("/moderations"):
            return web.json_response(_moderation(body, flagged=bool(self.flags and self.flags(body["input"]))))
        asked = question(body)
        text = self.answer(body) if self.answer else fake.answer(asked)
        completion = _completion(body, asked, text)
        if self.sure is not None and body.get("logprobs"):
            completion["choices"][0]["logprobs"] = {"content": _tokens(text, self.sure)}
        return web.json_response(completion)

    def _fault(self, body: Body) -> _Fault | None:
        for fault in self._faults:
            if fault.times > 0 and (fault.when is None or fault.when(body)):
                fault.times -= 1
                return fault
        return None

    def _wrong_key(self, request: web.Request) -> _RefusedError | None:
        if self.key is None or request.headers.get("Authorization") == f"Bearer {self.key}":
            return None
        return _RefusedError(401, error("Incorrect API key provided.", "invalid_api_key"))

    def _wrong_form(self, body: Body) -> _RefusedError | None:
        if "messages" not in body and "input" not in body:
            return _RefusedError(400, error("Missing required parameter: 'messages'.", "missing", "messages"))
        if body.get("model") not in self.models:
            said = f"The model `{body.get('model')}` does not exist or you do not have access to it."
            return _RefusedError(404, error(said, "model_not_found"))
        form = body.get("response_format", {}).get("type")
        if form and form not in self.features:
            return _RefusedError(400, unsupported("response_format", f"of type '{form}'"))
        if "tools" in body and "tools" not in self.features:
            return _RefusedError(400, unsupported("tools"))
        return None

    def _too_many(self, received: Received) -> _RefusedError | None:
        if self.capacity is None or received.in_flight <= self.capacity:
            return None
        return _RefusedError(429, error("Rate limit reached.", "rate_limit_exceeded"))


def error(message: str, code: str, parameter: str | None = None) -> Body:
    """Return an error in OpenAI's form."""
    kind = "insufficient_quota" if code == "insufficient_quota" else "invalid_request_error"
    return {"error": {"message": message, "type": kind, "param": parameter, "code": code}}


def unsupported(name: str, detail: str = "", instead: str = "") -> Body:
    """Return the error that names a parameter which the model does not take.

    Args:
        name: the parameter.
        detail: what of it is not supported; nothing = all of it.
        instead: the parameter to use in its place.
    """
    said = f"Unsupported parameter: '{name}' {detail}".strip() + " is not supported with this model."
    return error(f"{said} Use '{instead}' instead." if instead else said, "unsupported_parameter", name)


def question(body: Body) -> Request:
    """Return the Request that a body carries, in whichever form it asks for structure."""
    *before, last = body["messages"]
    schema = body.get("response_format", {}).get("json_schema", {}).get("schema")
    if tools := body.get("tools"):
        schema = tools[0]["function"]["parameters"]
    asked, found, text = last["content"].rpartition(_SCHEMA_BELOW)
    if found:
        last, schema = {"role": last["role"], "content": asked}, json.loads(text)
    parameters = {name: value for name, value in body.items() if name not in _STRUCTURE}
    return Request(body["model"], (*before, last), parameters, schema)


def _vectors(body: Body) -> Body:
    """Return an embedding for each text: how often each letter of the alphabet stands in it."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    counts = [[float(text.lower().count(letter)) for letter in letters] for text in body["input"]]
    data = [{"object": "embedding", "index": at, "embedding": one} for at, one in enumerate(counts)]
    return {
        "object": "list",
        "data": data[::-1],
        "model": body["model"],
        "usage": {"prompt_tokens": 1, "total_tokens": 1},
    }


def _faulty(fault: _Fault, request: web.Request) -> web.Response:
    if fault.status == DROPPED:
        if request.transport:
            request.transport.close()
        return web.Response()
    if isinstance(fault.body, str):
        return web.Response(text=fault.body, status=fault.status, headers=fault.headers)
    body = fault.body or error(f"Ordered: status {fault.status}.", "ordered")
    return web.json_response(body, status=fault.status, headers=fault.headers)


def _completion(body: Body, asked: Request, text: str) -> Body:
    message: Body = {"role": "assistant", "content": text}
    finish = "stop"
    if "tools" in body:
        function = {"name": body["tools"][0]["function"]["name"], "arguments": text}
        message = {"role": "assistant", "content": None}
        message["tool_calls"] = [{"id": "call_1", "type": "function", "function": function}]
        finish = "tool_calls"
    prompt, completion = sum(len(one["content"]) for one in body["messages"]) // 4, len(text) // 4
    return {
        "id": f"chatcmpl-{asked.id}",
        "object": "chat.completion",
        "created": 0,
        "model": body["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
        },
    }


def _moderation(body: Body, *, flagged: bool) -> Body:
    """Return an answer of OpenAI's moderation."""
    names = ("harassment", "hate", "illicit", "self-harm", "sexual", "violence")
    result = {
        "flagged": flagged,
        "categories": {name: flagged and name == "violence" for name in names},
        "category_scores": {name: 0.93 if flagged and name == "violence" else 0.01 for name in names},
    }
    return {"id": "modr-1", "model": body["model"], "results": [result]}


def _tokens(text: str, sure: float) -> list[Body]:
    """Return a text's tokens as OpenAI gives them: words, and what stands between them."""
    found = []
    for token in re.findall(r"\w+|\W", text):
        tops = [{"token": token, "logprob": log(sure)}]
        if token in {"yes", "no"}:
            tops.append({"token": "no" if token == "yes" else "yes", "logprob": log(1 - sure)})
        found.append({"token": token, "logprob": log(sure), "top_logprobs": tops})
    return found


def main() -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(description="Serve the fake model over the OpenAI protocol on loopback.")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds that each answer takes")
    parser.add_argument("--port", type=int, default=0, help="where to listen; 0 = a free port")
    given = parser.parse_args()
    with OpenAIServer(latency=given.latency, port=given.port, records=False) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
