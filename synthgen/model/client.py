"""One request to an OpenAI-compatible endpoint, over the openai client and its aiohttp transport."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from synthgen.errors import EndpointError
from synthgen.model.wrap import PushedBackError
from synthgen.types import MODERATION, Reply, Request

if TYPE_CHECKING:
    import httpx2

MODES = ("schema", "tool", "json", "prompt")
"""How structure can be asked for, best first: native JSON schema, a tool call, JSON mode, the prompt alone."""

_BUSY = {408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529}
_OPTIONAL = ("seed", "stop", "temperature", "max_tokens", "logprobs", "top_logprobs")
_CONTENT = ("content_filter", "content_policy", "safety", "context_length", "context length", "too long")


class RefusedError(EndpointError):
    """The endpoint refuses this form of request; it may take another."""


class Endpoint:
    """An OpenAI-compatible endpoint. Use it as an async context manager.

    Args:
        base_url: its address, or None for OpenAI's own.
        api_key: its key; keyless servers take any text.
        timeout: seconds after which a request counts as lost.
        mode: one of `MODES`.
    """

    def __init__(self, base_url: str | None, api_key: str, timeout: float, mode: str = "schema") -> None:
        from openai import AsyncOpenAI, DefaultAioHttpClient

        # The policy of retries is ours (see wrap.py); the transport's own log would fill the user's terminal.
        logging.getLogger("httpx2").setLevel(logging.WARNING)
        self._client = AsyncOpenAI(
            base_url=base_url,
            api_key=api_key,
            timeout=timeout,
            max_retries=0,
            http_client=DefaultAioHttpClient(timeout=timeout),
        )
        self.base_url = str(self._client.base_url).rstrip("/") + "/"
        self.mode = mode
        self.dropped: set[str] = set()
        self.learned: Callable[[], None] = lambda: None
        """Called when a parameter is dropped: the next start need not find out again."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.close()

    async def ask(self, request: Request) -> Reply:
        """Ask once.

        Raises:
            PushedBackError: the endpoint is busy or out of reach for now.
            EndpointError: asking again cannot help: a wrong key, model or address, no money left.
        """
        import httpx2
        import openai

        moderates = MODERATION in request.parameters
        body = self.body(request)
        try:
            response = await self._client.post(
                "/moderations" if moderates else "/chat/completions",
                body=body,
                cast_to=httpx2.Response,
                options={"headers": {"Idempotency-Key": request.id}},
            )
        except openai.APIStatusError as error:
            if self._gives_up_parameter(error, body):
                return await self.ask(request)
            return self._status(error, request)
        except openai.APIConnectionError as error:
            cause = error.__cause__
            # The transport calls every lost connection a ConnectTimeout, a refused one too.
            if isinstance(cause, httpx2.TimeoutException) and not isinstance(cause, httpx2.ConnectTimeout):
                raise PushedBackError(said="no answer in time") from error
            raise PushedBackError(said=f"no connection to {self.base_url} ({cause or error})") from error
        return self._moderated(response) if moderates else self._reply(response)

    def body(self, request: Request) -> dict[str, Any]:
        """Return the JSON body that asks for the request's structure in the endpoint's mode."""
        if MODERATION in request.parameters:
            return {"model": request.model, "input": request.messages[-1]["content"]}
        body: dict[str, Any] = {"model": request.model, "messages": list(request.messages)}
        body |= {key: value for key, value in request.parameters.items() if key not in self.dropped}
        if "max_tokens" in self.dropped & request.parameters.keys():  # newer vendors' name for the same limit
            body["max_completion_tokens"] = request.parameters["max_tokens"]
        if request.schema is None:
            return body
        if self.mode == "schema":
            form = {"name": "answer", "strict": True, "schema": request.schema}
            return body | {"response_format": {"type": "json_schema", "json_schema": form}}
        if self.mode == "tool":
            tool = {"name": "answer", "description": "Give the answer.", "parameters": request.schema}
            choice = {"type": "function", "function": {"name": "answer"}}
            return body | {"tools": [{"type": "function", "function": tool}], "tool_choice": choice}
        *before, last = request.messages
        said = f"{last['content']}\n\nAnswer with JSON alone, of this JSON Schema:\n{json.dumps(request.schema)}"
        body["messages"] = [*before, {"role": last["role"], "content": said}]
        return body | ({"response_format": {"type": "json_object"}} if self.mode == "json" else {})

    def _gives_up_parameter(self, error: Any, body: dict[str, Any]) -> bool:  # noqa: ANN401 - openai.APIStatusError
        """Drop a parameter that the endpoint names as unknown, for the whole run; return whether the body had it."""
        if error.status_code not in {400, 422} or _is_about_content(_said(error)):
            return False
        said = json.dumps(error.body)
        named = [name for name in _OPTIONAL if name in body and re.search(rf"\b{name}\b", said)]
        if set(named) - self.dropped:
            self.dropped.update(named)
            self.learned()
        return bool(named)

    def _status(self, error: Any, request: Request) -> Reply:  # noqa: ANN401 - openai.APIStatusError, imported late
        status, said = error.status_code, _said(error)
        if status == 402 or (status == 429 and "insufficient_quota" in said):
            raise EndpointError(
                what=f"the account has no money left ({said})",
                where=self.base_url,
                fix="top it up, then run again",
            )
        if status in _BUSY:
            raise PushedBackError(said=f"status {status}: {said}", pause=_retry_after(error.response))
        if status in {400, 413, 422} and _is_about_content(said):
            return Reply(text=said, finish_reason="refused")
        raise refusal(status, said, self.base_url, request.model)

    def _moderated(self, response: httpx2.Response) -> Reply:
        try:
            result = response.json()["results"][0]
            result["flagged"], result["categories"].items()
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise self._foreign(response) from error
        return Reply(text=json.dumps(result), model=str(response.json().get("model") or ""))

    def _foreign(self, response: httpx2.Response) -> EndpointError:
        return EndpointError(
            what=f"this does not answer as the OpenAI protocol says: {response.text[:120]!r}",
            where=self.base_url,
            fix="check --base-url: it usually ends in /v1",
        )

    def _reply(self, response: httpx2.Response) -> Reply:
        try:
            answer = response.json()
            if isinstance(answer, dict) and answer.get("error"):
                raise PushedBackError(said=f"status 200 with an error: {json.dumps(answer['error'])[:200]}")
            choice = answer["choices"][0]
            message = choice["message"]
            calls = message.get("tool_calls") or []
            said = calls[0]["function"]["arguments"] if calls else message.get("content") or message.get("refusal")
            text, tokens = _plain(said), _tokens(choice)
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise self._foreign(response) from error
        usage = answer.get("usage") or {}
        return Reply(
            text=text,
            finish_reason="refused" if message.get("refusal") else _finish(choice),
            prompt_tokens=usage.get("prompt_tokens") or 0,
            completion_tokens=usage.get("completion_tokens") or 0,
            model=str(answer.get("model") or ""),
            tokens=tokens,
        )


def refusal(status: int, said: str, address: str, model: str) -> EndpointError:
    """Return what a status means that asking again cannot heal."""
    if status in {401, 403}:
        return EndpointError(
            what=f"the endpoint refuses the key ({said})",
            where=address,
            fix="set OPENAI_API_KEY (or the recipe's model.api_key_env) to a key of this endpoint",
        )
    if status == 404 and "model" in said.lower():
        return EndpointError(
            what=f"the endpoint has no model '{model}' ({said})",
            where=address,
            fix=f"give --model a name that `curl {address}models` lists",
        )
    if status in {404, 405}:
        return EndpointError(
            what=f"there is no chat endpoint at this address ({said})",
            where=address,
            fix="check --base-url: it usually ends in /v1",
        )
    return RefusedError(
        what=f"the endpoint refuses the request with status {status} ({said})",
        where=address,
        fix="run `synthgen probe` to see what it can do",
    )


def _tokens(choice: dict[str, Any]) -> list[list[Any]]:
    """Return each token with the likeliest in its place; nothing where the endpoint gives no log-probabilities."""
    found = (choice.get("logprobs") or {}).get("content") or []
    return [[one["token"], {top["token"]: top["logprob"] for top in one.get("top_logprobs") or [one]}] for one in found]


def _finish(choice: dict[str, Any]) -> str:
    reason = choice.get("finish_reason") or "stop"
    return "stop" if reason in {"tool_calls", "function_call"} else str(reason)


def _plain(said: Any) -> str:  # noqa: ANN401 - whatever the endpoint gave
    """Return a text that came as one, in parts, or as an object where JSON was meant."""
    if isinstance(said, list):
        return "".join(part["text"] for part in said if part.get("type") == "text")
    return said if isinstance(said, str) else json.dumps(said) if said else ""


def _is_about_content(said: str) -> bool:
    """Return whether a refusal is of what was asked, and not of how."""
    return any(word in said for word in _CONTENT)


def _said(error: Any) -> str:  # noqa: ANN401 - openai.APIStatusError, imported late
    body = error.body
    if isinstance(body, dict):
        parts = [str(body[key]) for key in ("code", "message") if body.get(key)]
        return ": ".join(parts)[:300] or json.dumps(body)[:300]
    return str(body or error.message)[:300]


def _retry_after(response: httpx2.Response) -> float:
    """Return the seconds that Retry-After asks for: a number, or a date (RFC 9110, 10.2.3)."""
    from datetime import UTC, datetime
    from email.utils import parsedate_to_datetime

    value = response.headers.get("retry-after", "")
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0
