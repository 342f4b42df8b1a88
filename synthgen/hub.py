"""Talking to a Hub: asked again where it is busy, and its refusals put so that one knows what to type."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from synthgen.errors import PublishError

T = TypeVar("T")
TRIES = 4
FIRST_WAIT = 1.0


def retried(call: Callable[[], T]) -> T:
    """Call the Hub again where it is busy: its client does not do so for every call."""
    from httpx2 import HTTPError

    for attempt in range(TRIES):
        try:
            return call()
        except HTTPError as error:
            if _status(error) == 409:  # it exists already: an earlier try got through
                return None  # type: ignore[return-value]
            if not passes(set(), error) or attempt + 1 == TRIES:
                raise
            time.sleep(FIRST_WAIT * 2**attempt)
    raise AssertionError("unreachable")  # noqa: EM101 - the loop above returns or raises


def http_error() -> type[Exception]:
    """Return the class of what the Hub's client raises; imported late, for it is heavy."""
    from httpx2 import HTTPError

    return HTTPError


def _status(error: Exception) -> int:
    """Return the status that the Hub answered with, or 0 where no answer came."""
    return int(getattr(getattr(error, "response", None), "status_code", 0))


def passes(more: set[int], error: Exception) -> bool:
    """Say whether asking again can help: the Hub is busy, or its answer got lost on the way."""
    from httpx2 import ConnectError

    return not isinstance(error, ConnectError) and _status(error) in {0, 408, 429, 500, 502, 503, 504} | more


def explained(where: str, call: Callable[[], T]) -> T:
    """Call, and say what a Hub's refusal means and what to type next."""
    import huggingface_hub.errors as hub
    from httpx2 import HTTPError

    try:
        return call()
    except hub.LocalTokenNotFoundError as error:
        raise no_token(where) from error
    except hub.GatedRepoError as error:
        raise PublishError(
            what="the dataset is gated, and the token's owner was not let in", where=where, fix="ask for access first"
        ) from error
    except hub.HfHubHTTPError as error:
        raise _refusal(where, error) from error
    except (hub.HFValidationError, ValueError) as error:
        said = str(error).split("\n", 1)[0]
        raise PublishError(what=f"the Hub cannot take this ({said})", where=where, fix="name it owner/name") from error
    except (HTTPError, ConnectionError, OSError, RuntimeError) as error:
        said = str(error).split("\n", 1)[0]
        raise PublishError(
            what=f"the Hub is out of reach ({said})",
            where=where,
            fix="check HF_ENDPOINT and the network, then push again: nothing is half done",
        ) from error


def _refusal(where: str, error: Any) -> PublishError:  # noqa: ANN401 - HfHubHTTPError, imported late
    status = _status(error)
    said = (error.server_message or str(error)).split("\n", 1)[0]
    if status == 401:
        return no_token(where)
    if status == 403:
        return PublishError(
            what=f"the token may not write here ({said})",
            where=where,
            fix="make a token with write access to this owner, and set HF_TOKEN to it",
        )
    if status == 412:
        return PublishError(
            what="somebody else keeps pushing to the repository",
            where=where,
            fix="push again later",
        )
    return PublishError(
        what=f"the Hub answered with status {status} ({said})",
        where=where,
        fix="push again later",
    )


def no_token(where: str) -> PublishError:
    """Return what to say where the Hub knows no token."""
    return PublishError(
        what="the Hub wants a token, and there is none that it knows",
        where=where,
        fix="run `hf auth login`, or set HF_TOKEN; `--dry-run` needs none",
    )
