"""A model is a callable: what stands between a Request and its Reply, asked of a real server on loopback."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from synthgen.errors import BudgetSpentError, EndpointError
from synthgen.model import fake
from synthgen.model.client import MODES, Endpoint
from synthgen.model.open import Models
from synthgen.model.pace import Pace
from synthgen.model.price import Price, reserve
from synthgen.model.probe import probe
from synthgen.model.wrap import Limits, PushedBackError, remembered, retried
from synthgen.recipe import Model
from synthgen.recipe import Price as OwnPrice
from synthgen.store.ledger import Ledger
from synthgen.types import Reply, Request
from tests.openai_server import DROPPED, OpenAIServer, error, question, unsupported

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

MODEL = "test-model"
ALWAYS = 10**6
SCHEMA = {
    "type": "object",
    "properties": {"text": {"type": "string"}, "stars": {"type": "integer"}},
    "required": ["text", "stars"],
}
QUOTA = error("You exceeded your current quota.", "insufficient_quota")
FILTERED = error("The prompt was filtered.", "content_filter")
PAGE = "<!doctype html><title>Welcome</title>"


def asked(text: str, schema: dict[str, Any] | None = None, **parameters: Any) -> Request:
    """Return a request with one message."""
    return Request(MODEL, ({"role": "user", "content": text},), parameters, schema)


def many(number: int) -> list[Request]:
    """Return so many different requests."""
    return [asked(f"Question {at}") for at in range(number)]


def ask(url: str, *requests: Request, mode: str = "schema", timeout: float = 5) -> list[Reply]:
    """Ask an endpoint once for each request, one after the other."""

    async def main() -> list[Reply]:
        async with Endpoint(url, "none", timeout, mode) as endpoint:
            return [await endpoint.ask(request) for request in requests]

    return asyncio.run(main())


def ask_retried(url: str, requests: list[Request], pace: Pace, tries: int = 7) -> list[Reply]:
    """Ask all at once, in a pace, and again after push-backs."""

    async def main() -> list[Reply]:
        async with Endpoint(url, "none", 5) as endpoint:
            steady = retried(endpoint.ask, pace, tries)
            return await asyncio.gather(*(steady(request) for request in requests))

    return asyncio.run(main())


def run(
    model: Model, path: Path, requests: list[Request], limits: Limits | None = None
) -> list[Reply | BudgetSpentError]:
    """Ask all at once as a run does; give each reply or end of the budget, and raise the first error."""

    async def one(ask: Callable[[Request], Coroutine[Any, Any, Reply]], request: Request) -> Reply | BudgetSpentError:
        try:
            return await ask(request)
        except BudgetSpentError as spent:
            return spent

    async def main(ledger: Ledger) -> list[Reply | BudgetSpentError]:
        async with Models(model, ledger, limits or Limits()) as models, asyncio.TaskGroup() as group:
            ready = models.open(model, None)
            tasks = [group.create_task(one(ready.ask, request)) for request in requests]  # type: ignore[arg-type]
        return [task.result() for task in tasks]

    with Ledger(path) as ledger:
        try:
            return asyncio.run(main(ledger))
        except ExceptionGroup as group:
            raise group.exceptions[0] from None


def at(server: OpenAIServer, **more: Any) -> Model:
    """Return the recipe's model at a server."""
    return Model(name=MODEL, base_url=server.url, **more)


# How structure is asked for


@pytest.mark.parametrize(
    ("features", "mode", "requests"),
    [
        ({"json_schema", "tools", "json_object"}, "schema", 1),
        ({"tools", "json_object"}, "tool", 2),
        ({"json_object"}, "json", 3),
        (set(), "prompt", 4),
    ],
)
def test_probe_finds_the_best_mode(features: set[str], mode: str, requests: int) -> None:
    """The probe asks once for each form that is better than the one it finds, and once for that."""

    async def main(url: str) -> str:
        async with Endpoint(url, "none", 5) as endpoint:
            return await probe(endpoint, MODEL)

    with OpenAIServer(features=features) as server:
        assert asyncio.run(main(server.url)) == mode
        assert len(server.requests) == requests


def test_probe_sees_that_a_schema_is_ignored() -> None:
    """An endpoint that takes a JSON schema and answers prose is asked by a tool call."""

    def answer(body: dict[str, Any]) -> str:
        return "I am ready!" if "response_format" in body else '{"ready": true}'

    async def main(url: str) -> str:
        async with Endpoint(url, "none", 5) as endpoint:
            return await probe(endpoint, MODEL)

    with OpenAIServer(answer=answer) as server:
        assert asyncio.run(main(server.url)) == "tool"


def test_mode_is_learnt_once_for_a_run(tmp_path: Path) -> None:
    """A second start of a run asks the endpoint nothing about itself."""
    with OpenAIServer(features={"tools"}) as server:
        run(at(server), tmp_path / "ledger", [asked("one", SCHEMA)])
        assert server.statuses == [400, 200, 200]
        run(at(server), tmp_path / "ledger", [asked("two", SCHEMA)])
        assert server.statuses == [400, 200, 200, 200]


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_asks_the_same_question(server: OpenAIServer, mode: str) -> None:
    """Whatever the form in which structure is asked for, the question and so the answer stay the same."""
    request = asked("Write a review.", SCHEMA, temperature=0.5, seed=7)
    (reply,) = ask(server.url, request, mode=mode)
    assert question(server.requests[0].body) == request
    assert reply.text == fake.answer(request)
    assert set(json.loads(reply.text)) == {"text", "stars"}
    assert reply.finish_reason == "stop"
    assert reply.prompt_tokens > 0
    assert reply.completion_tokens > 0


def test_prose_is_asked_for_without_a_form(server: OpenAIServer) -> None:
    """A request without a schema carries its messages and parameters and nothing else."""
    request = asked("Say something.", temperature=1.0)
    assert ask(server.url, request)[0].text == fake.answer(request)
    assert server.requests[0].body == {"model": MODEL, "messages": [*request.messages], "temperature": 1.0}


def test_idempotency_key_is_the_request_id(server: OpenAIServer) -> None:
    """A request carries its id as its Idempotency-Key, and a second try of it carries the same."""
    server.fail(500)
    request = asked("hello")
    ask_retried(server.url, [request], Pace(1))
    assert [one.idempotency_key for one in server.requests] == [request.id, request.id]


# What cannot be healed by asking again


@pytest.mark.parametrize(
    ("status", "headers", "body", "message"),
    [
        (
            429,
            {},
            QUOTA,
            (
                "the account has no money left (insufficient_quota: You exceeded your current quota.)"
                "\n  next: top it up, then run again"
            ),
        ),
        (
            402,
            {},
            {"error": {"message": "Insufficient Balance"}},
            "the account has no money left (Insufficient Balance)\n  next: top it up, then run again",
        ),
        (
            200,
            {"Content-Type": "text/html"},
            PAGE,
            (
                f"this does not answer as the OpenAI protocol says: '{PAGE}'"
                "\n  next: check --base-url: it usually ends in /v1"
            ),
        ),
        (
            200,
            {},
            "It works!",
            (
                "this does not answer as the OpenAI protocol says: 'It works!'"
                "\n  next: check --base-url: it usually ends in /v1"
            ),
        ),
        (
            429,
            {"Retry-After": "3600"},
            error("Come back tomorrow.", "rate_limit_exceeded"),
            (
                "the endpoint does not answer (status 429: rate_limit_exceeded: Come back tomorrow.)"
                "\n  next: check that it runs and that --base-url is right, then run the same command again"
            ),
        ),
    ],
    ids=["quota", "balance", "page", "text", "tomorrow"],
)
def test_hopeless_answers_end_the_run(
    server: OpenAIServer,
    tmp_path: Path,
    status: int,
    headers: dict[str, str],
    body: dict[str, Any] | str,
    message: str,
) -> None:
    """What no second try can heal costs at most three requests, and the message says what to type."""
    server.fail(status, ALWAYS, headers, body)
    with pytest.raises(EndpointError) as caught:
        run(at(server), tmp_path / "ledger", many(20))
    assert str(caught.value) == f"{server.url}/: {message}"
    assert len(server.requests) <= 3


def test_wrong_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong key costs at most three requests, and the message names the variable to set."""
    monkeypatch.setenv("OPENAI_API_KEY", "wrong")
    with OpenAIServer(key="right") as server:
        with pytest.raises(EndpointError) as caught:
            run(at(server), tmp_path / "ledger", many(20))
        assert str(caught.value) == (
            f"{server.url}/: the endpoint refuses the key (invalid_api_key: Incorrect API key provided.)"
            "\n  next: set OPENAI_API_KEY (or the recipe's model.api_key_env) to a key of this endpoint"
        )
        assert len(server.requests) <= 3
        assert server.requests[0].authorization == "Bearer wrong"


def test_right_key_from_a_variable_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key comes from the variable that the recipe names, and spaces around it do no harm."""
    monkeypatch.setenv("OPENAI_API_KEY", "wrong")
    monkeypatch.setenv("MY_KEY", " right\n")
    with OpenAIServer(key="right") as server:
        run(at(server, api_key_env="MY_KEY"), tmp_path / "ledger", many(3))
        assert server.statuses == [200] * 4


@pytest.mark.parametrize("key", ["“right”", "right\nright"])
def test_key_that_no_header_can_carry(
    server: OpenAIServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    """A key copied with quotation marks or line breaks is an error with a way out, and asks nothing."""
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(EndpointError) as caught:
        run(at(server), tmp_path / "ledger", many(3))
    assert str(caught.value) == (
        "environment variable OPENAI_API_KEY: the key has characters that no key has"
        "\n  next: copy the key again, without quotation marks or line breaks"
    )
    assert server.requests == []


def test_no_key_for_openai(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenAI's own endpoint without a key is an error before anything is asked."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(EndpointError, match="export OPENAI_API_KEY="):
        run(Model(name="gpt-4o-mini"), tmp_path / "ledger", many(3))


def test_wrong_model(tmp_path: Path) -> None:
    """A model that is not there costs at most three requests, and the message says how to list others."""
    with OpenAIServer(models=("another",)) as server:
        with pytest.raises(EndpointError) as caught:
            run(at(server), tmp_path / "ledger", many(20))
        said = f"The model `{MODEL}` does not exist or you do not have access to it."
        assert str(caught.value) == (
            f"{server.url}/: the endpoint has no model '{MODEL}' (model_not_found: {said})"
            f"\n  next: give --model a name that `curl {server.url}/models` lists"
        )
        assert len(server.requests) <= 3


def test_wrong_path(server: OpenAIServer, tmp_path: Path) -> None:
    """An address without its /v1 is told so."""
    address = server.url.removesuffix("/v1")
    with pytest.raises(EndpointError) as caught:
        run(Model(name=MODEL, base_url=address), tmp_path / "ledger", many(20))
    assert str(caught.value) == (
        f"{address}/: there is no chat endpoint at this address (404: Not Found)"
        "\n  next: check --base-url: it usually ends in /v1"
    )


def test_dead_address(tmp_path: Path) -> None:
    """An address at which nobody listens is said within seconds, with the system's own word for it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    started = time.monotonic()
    with pytest.raises(EndpointError) as caught:
        run(Model(name=MODEL, base_url=f"http://127.0.0.1:{port}/v1"), tmp_path / "ledger", many(20))
    said = str(caught.value)
    assert f"no connection to http://127.0.0.1:{port}/v1/ (Cannot connect to host 127.0.0.1:{port}" in said
    assert said.endswith("next: check that it runs and that --base-url is right, then run the same command again")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"choices": []},
        {"choices": [{"message": None}]},
        {"choices": [{"message": {"tool_calls": [{}]}}]},
        {"choices": [{"message": {"content": [{"type": "text"}]}}]},
    ],
)
def test_answers_that_break_the_protocol(server: OpenAIServer, body: Any) -> None:
    """JSON that is no chat completion is an error that shows it, and no traceback."""
    server.fail(200, body=json.dumps(body), headers={"Content-Type": "application/json"})
    with pytest.raises(EndpointError, match="this does not answer as the OpenAI protocol says"):
        ask(server.url, asked("hello"))


def test_text_in_parts(server: OpenAIServer) -> None:
    """A text that comes in parts is put together, without what is no text."""
    parts = [
        {"type": "thinking", "thinking": "Hm."},
        {"type": "text", "text": "Good "},
        {"type": "text", "text": "day"},
    ]
    server.fail(200, body={"choices": [{"message": {"content": parts}}]})
    assert ask(server.url, asked("hello"))[0].text == "Good day"


# What the endpoint refuses of one request


@pytest.mark.parametrize(
    "body",
    [
        FILTERED,
        error("'max_tokens' is too large: this model's maximum context length is 300 tokens.", "too_large"),
    ],
)
def test_refused_content_is_a_reply(server: OpenAIServer, body: dict[str, Any]) -> None:
    """A refusal of what was asked ends that request alone, and takes no parameter from the others."""
    server.fail(400, body=body)
    refused, fine = ask(server.url, asked("one", max_tokens=9), asked("two", max_tokens=9))
    assert (refused.finish_reason, fine.finish_reason) == ("refused", "stop")
    assert body["error"]["message"] in refused.text
    assert server.requests[1].body["max_tokens"] == 9
    assert server.statuses == [400, 200]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, unsupported("seed")),
        (
            422,
            {"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "Extra inputs", "input": 1}]},
        ),
    ],
)
def test_unsupported_parameter_is_dropped_once(server: OpenAIServer, status: int, body: dict[str, Any]) -> None:
    """A parameter that a refusal names is left out from then on, and the others stay."""
    server.fail(status, ALWAYS, body=body, when=lambda sent: "seed" in sent)
    ask(server.url, asked("one", seed=1, temperature=0.5), asked("two", seed=2, temperature=0.5))
    assert server.statuses == [status, 200, 200]
    assert [one.body.get("temperature") for one in server.requests] == [0.5] * 3


def test_unsupported_parameter_in_many_requests_at_once(server: OpenAIServer) -> None:
    """Requests that were in flight together when a parameter was dropped are all answered."""
    server.latency = 0.05
    server.fail(400, ALWAYS, body=unsupported("seed"), when=lambda sent: "seed" in sent)
    replies = ask_retried(server.url, [asked(f"{at}", seed=at) for at in range(16)], Pace(16))
    assert len(replies) == 16
    assert server.statuses.count(400) <= 8


def test_newer_name_of_max_tokens(server: OpenAIServer) -> None:
    """An endpoint that wants max_completion_tokens gets the limit so, and none where there was none."""
    refusal = unsupported("max_tokens", instead="max_completion_tokens")
    server.fail(400, ALWAYS, body=refusal, when=lambda sent: "max_tokens" in sent)
    ask(server.url, asked("one", max_tokens=50), asked("two", max_tokens=60), asked("three"))
    assert server.statuses == [400, 200, 200, 200]
    sent = [(one.body.get("max_tokens"), one.body.get("max_completion_tokens")) for one in server.requests]
    assert sent == [(50, None), (None, 50), (None, 60), (None, None)]


# Asking again


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (429, None),
        (500, None),
        (503, "busy"),
        (200, error("The upstream failed.", "upstream")),
        (DROPPED, None),
    ],
)
def test_passing_troubles_are_retried(server: OpenAIServer, status: int, body: dict[str, Any] | str | None) -> None:
    """A push-back, a broken server, an error under status 200 and a lost connection are asked again."""
    server.fail(status, body=body)
    request = asked("hello")
    (reply,) = ask_retried(server.url, [request], Pace(1))
    assert reply.text == fake.answer(request)
    assert server.statuses == [status, 200]


def test_slow_answers_are_retried() -> None:
    """A request that takes longer than the timeout counts as lost."""
    with OpenAIServer(latency=2) as server, pytest.raises(PushedBackError, match=r"^no answer in time$"):
        ask(server.url, asked("hello"), timeout=0.1)


def test_giving_up_says_so(server: OpenAIServer) -> None:
    """After the last try the error names the last trouble, and that nothing is lost."""
    server.fail(500, ALWAYS)
    with pytest.raises(EndpointError) as caught:
        ask_retried(server.url, [asked("hello")], Pace(1), tries=2)
    assert str(caught.value) == (
        "the endpoint did not answer in 2 tries (status 500: ordered: Ordered: status 500.); "
        "every reply so far is kept\n  next: wait or check the endpoint, then run the same command again"
    )
    assert server.statuses == [500, 500]


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_waited_for(server: OpenAIServer, form: str) -> None:
    """Nothing starts before the time that Retry-After names, in either of its forms."""
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    server.fail(429, headers={"Retry-After": "1" if form == "seconds" else date})
    ask_retried(server.url, many(3), Pace(1))
    first, *others = server.requests
    assert [one.status for one in server.requests] == [429, 200, 200, 200]
    assert all(0.9 < one.started - first.started < 4 for one in others)


# The pace


def test_pace_grows_to_the_most() -> None:
    """An endpoint that keeps up has as many requests in flight as the recipe allows, and never more."""
    pace = Pace(40)
    with OpenAIServer(latency=0.1) as server:
        requests = many(200)
        replies = ask_retried(server.url, requests, pace)
        assert [reply.text for reply in replies] == [fake.answer(request) for request in requests]
        assert server.most_in_flight == 40
        assert server.requests[7].in_flight == 8
        assert pace.limit == 40


def test_pace_settles_at_what_the_endpoint_takes() -> None:
    """An endpoint with room for few gets few at a time, though many are allowed, and loses none."""
    pace = Pace(64)
    with OpenAIServer(latency=0.04, capacity=12) as server:
        requests = many(300)
        replies = ask_retried(server.url, requests, pace)
        assert [reply.text for reply in replies] == [fake.answer(request) for request in requests]
        settled = [one.in_flight for one in server.requests[len(server.requests) // 2 :]]
        assert 5 <= statistics.median(settled) <= 13
        assert max(settled) <= 16
        assert server.statuses.count(200) == 300
        assert server.statuses.count(429) < 100


# The memory


def test_known_request_is_not_asked_again(server: OpenAIServer, tmp_path: Path) -> None:
    """The same request, now and at the next start of the run, costs one call."""
    requests = [asked("one"), asked("two")]
    first = run(at(server), tmp_path / "ledger", requests)
    calls = len(server.requests)
    assert run(at(server), tmp_path / "ledger", requests * 2) == first * 2
    assert len(server.requests) == calls == 3  # one of them was the probe


def test_twins_in_flight_are_one_call(tmp_path: Path) -> None:
    """Two equal requests at the same time cost one call, and both get its reply."""
    with OpenAIServer(latency=0.1) as server:
        replies = run(at(server), tmp_path / "ledger", [asked("same")] * 5 + [asked("other")])
        assert len(set(map(str, replies))) == 2
        assert len({one.idempotency_key for one in server.requests}) == len(server.requests) == 3


def test_twin_gets_the_error_too(tmp_path: Path) -> None:
    """Where the one call fails, its twin fails with it, and a later try is a new call."""
    calls = []

    async def failing(request: Request) -> Reply:
        calls.append(request.id)
        await asyncio.sleep(0)
        raise EndpointError(what="broken")

    async def main(ledger: Ledger) -> list[Reply | BaseException]:
        remembering = remembered(failing, ledger)
        twins = await asyncio.gather(*(remembering(asked("same")) for _ in range(2)), return_exceptions=True)
        return [*twins, *await asyncio.gather(remembering(asked("same")), return_exceptions=True)]

    with Ledger(tmp_path / "ledger") as ledger:
        outcome = asyncio.run(main(ledger))
        assert [str(one) for one in outcome] == ["broken"] * 3
        assert len(calls) == 2
        assert ledger.spent()["requests"] == 0


def test_reply_is_on_disk_before_it_is_seen(tmp_path: Path) -> None:
    """A process that is killed in the moment in which it sees a reply has that reply at its next start."""
    child = """
import asyncio, os, pathlib, signal, sys
from synthgen.model import fake
from synthgen.model.wrap import remembered
from synthgen.store.ledger import Ledger
from tests.test_model import many

async def main():
    ask = remembered(fake.ask, Ledger(pathlib.Path(sys.argv[1])))
    await asyncio.gather(*map(ask, many(50)))
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""
    path = tmp_path / "ledger"
    done = subprocess.run([sys.executable, "-c", child, str(path)], env=_environment(), check=False)
    assert done.returncode == -signal.SIGKILL
    with Ledger(path) as ledger:
        found = [ledger.recall(request.id) for request in many(50)]
    assert [reply.text if reply else None for reply in found] == [fake.answer(request) for request in many(50)]


def _environment() -> dict[str, str]:
    import os
    from pathlib import Path

    root = str(Path(__file__).parent.parent)
    return {**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, root])}


# The budget


def test_limit_on_requests_is_hard(server: OpenAIServer, tmp_path: Path) -> None:
    """No request beyond the limit is sent, over all starts of a run; the probe is not one of them."""
    outcome = run(at(server), tmp_path / "ledger", many(30), Limits(requests=10))
    assert sum(isinstance(one, Reply) for one in outcome) == 10
    assert len(server.requests) == 11
    (message,) = {str(one) for one in outcome if isinstance(one, BudgetSpentError)}
    assert message == ("the limit of 10 requests is reached\n  next: raise the limit and run the same command again")
    again = run(at(server), tmp_path / "ledger", many(30), Limits(requests=10))
    assert [one for one in again if isinstance(one, Reply)] == [one for one in outcome if isinstance(one, Reply)]
    assert len(server.requests) == 11


def test_limit_on_tokens_is_hard(tmp_path: Path) -> None:
    """All replies together stay under the limit, and use it up: only one more could be too many."""
    requests = [asked(f"Question {at}", max_tokens=100) for at in range(60)]
    held = sum(reserve(requests[0]))
    with OpenAIServer(latency=0.05, answer=lambda _: "word" * 100) as server:
        outcome = run(at(server), tmp_path / "ledger", requests, Limits(tokens=held * 4))
    replies = [one for one in outcome if isinstance(one, Reply)]
    assert held * 3 < sum(one.prompt_tokens + one.completion_tokens for one in replies) <= held * 4
    (message,) = {one.what for one in outcome if isinstance(one, BudgetSpentError)}
    assert message == f"the limit of {held * 4} tokens is reached"


def test_limit_on_cost_is_hard(server: OpenAIServer, tmp_path: Path) -> None:
    """What all replies together cost stays under the limit, over all starts of a run."""
    model = at(server, price=OwnPrice(input=1000, output=2000))
    requests = [asked(f"Question {at}", max_tokens=100) for at in range(200)]
    for limit in (1.0, 1.5):
        run(model, tmp_path / "ledger", requests, Limits(cost=limit))
    with Ledger(tmp_path / "ledger") as ledger:
        spent = ledger.spent()
    assert 1.2 < (spent["cost"] or 0) <= 1.5
    price = ((spent["prompt_tokens"] or 0) * 1000 + (spent["completion_tokens"] or 0) * 2000) / 1e6
    assert spent["cost"] == pytest.approx(price)


def test_limit_on_cost_counts_what_was_asked_without_a_price(server: OpenAIServer, tmp_path: Path) -> None:
    """Replies that came before the recipe had a price are priced when a limit on cost is set."""
    run(at(server), tmp_path / "ledger", many(20))
    calls = len(server.requests)
    price = OwnPrice(input=1000, output=2000)
    (outcome,) = run(at(server, price=price), tmp_path / "ledger", [asked("new")], Limits(cost=0.1))
    assert isinstance(outcome, BudgetSpentError)
    assert len(server.requests) == calls


def test_limit_on_cost_needs_a_price(server: OpenAIServer, tmp_path: Path) -> None:
    """A limit on cost for a model of which nobody knows the price is an error before anything is asked."""
    with pytest.raises(EndpointError) as caught:
        run(at(server), tmp_path / "ledger", many(3), Limits(cost=1))
    assert str(caught.value) == (
        f"nobody knows the price of the model '{MODEL}', so a limit on cost cannot be kept"
        "\n  next: give `price` under the model in the recipe, or use --max-requests"
    )
    assert server.requests == []


def test_prices() -> None:
    """A model that runs here is free, a recipe's price goes first, and the offline list knows the common."""
    own = OwnPrice(input=3, output=5)
    assert Price(Model(name="fake")).of(10**6, 10**6) == 0
    assert Price(Model(name="gpt-4o-mini", price=own)).of(10**6, 10**6) == 8
    assert Price(Model(name="gpt-4o-mini")).of(10**6, 0) == pytest.approx(0.15)
    assert Price(Model(name="no-such-model")).of(1, 1) is None


# A request's name

_JSON = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
_PARAMETERS = st.dictionaries(st.text(), _JSON, max_size=4)


def _turned(value: Any) -> Any:
    """Return the same value with the keys of every object in the other order."""
    if isinstance(value, dict):
        return {key: _turned(value[key]) for key in reversed(value)}
    return [_turned(one) for one in value] if isinstance(value, list) else value


@given(st.text(), _PARAMETERS)
@settings(max_examples=60, deadline=None)
def test_id_does_not_see_the_order_of_keys(text: str, parameters: dict[str, Any]) -> None:
    """A request has one id, in whichever order its parameters were written."""
    message = asked(text).messages
    assert Request(MODEL, message, parameters).id == Request(MODEL, message, _turned(parameters)).id


@given(st.text(), _PARAMETERS, st.text(), _PARAMETERS)
@settings(max_examples=60, deadline=None)
def test_id_sees_every_difference(text: str, parameters: dict[str, Any], other: str, others: dict[str, Any]) -> None:
    """Requests of different content have different ids, wherever they differ."""
    assume((text, parameters) != (other, others))
    message = asked(text).messages
    names = [
        Request(MODEL, message, parameters).id,
        Request(MODEL, asked(other).messages, others).id,
        Request(MODEL, message, parameters, SCHEMA).id,
        Request(f"{MODEL}!", message, parameters).id,
        Request(MODEL, message * 2, parameters).id,
    ]
    assert len(set(names)) == len(names)


def test_id_is_the_same_everywhere() -> None:
    """The id is the digest of the documented form: a change of it would forget every reply ever paid for."""
    assert asked("hello", SCHEMA, seed=1, temperature=0.5).id == "1b693c7e74910c834f2dd04704e5ddfb"


# What the suite stands on


def test_the_network_is_shut(attempts: list[str]) -> None:
    """A test that looks beyond loopback fails, and is told what it looked for."""
    with pytest.raises(RuntimeError, match="no network beyond loopback"):
        socket.create_connection(("192.0.2.1", 80), 0.1)
    assert attempts == ["192.0.2.1"]
    attempts.clear()
