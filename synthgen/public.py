"""The lock file as everybody may read it: no path of a machine, no user name, no key, no address of a private network.

What decides the rows stays: thresholds, seeds of draws, digests. A path inside the recipe's folder stays too; of any
other only the last part does.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any
from urllib.parse import urlsplit, urlunsplit

_OUTSIDE = re.compile(r"(?:file:|/|~|[A-Za-z]:[\\/]|\\\\)\S|.*(?:^|[\\/])\.\.(?:[\\/]|$)")
"""A text that begins as a path outside the recipe's folder does, or climbs out of it."""
_HOME = re.compile(r"(?:file://)?(?:/home|/Users|/root|/mnt|[A-Za-z]:\\Users)(?:[/\\][^\s'\"`<>|,;:()]+)+")
_PROSE = {"about", "ask", "description", "licence"}
"""Keys whose values are sentences: one may begin with a slash."""
_INNER = (".local", ".internal", ".lan", ".corp", ".intranet", ".home.arpa", ".localdomain")
PRIVATE = "private-address"
"""Stands in the place of an address that only one's own network knows."""


def public(lock: Mapping[str, Any]) -> dict[str, Any]:
    """Return a lock file's content without what is nobody else's business.

    Args:
        lock: the lock file's content; it is not changed.
    """
    return {name: _shown(value, name) for name, value in lock.items()}


def restored(shown: Any, own: Any, key: str = "") -> Any:  # noqa: ANN401 - a tree of YAML
    """Return a public tree with the paths and addresses of one's own tree, where they are what was left out.

    Args:
        shown: a public recipe.
        own: the recipe as it lies here.
        key: the key under which both stand.
    """
    if isinstance(shown, dict) and isinstance(own, dict):
        return {name: restored(value, own.get(name), name) for name, value in shown.items()}
    if isinstance(shown, list) and isinstance(own, list) and len(shown) == len(own):
        return [restored(one, other, key) for one, other in zip(shown, own, strict=True)]
    return own if isinstance(own, str) and shown != own and _shown(own, key) == shown else shown


def _shown(value: Any, key: str) -> Any:  # noqa: ANN401 - a tree of YAML
    if isinstance(value, Mapping):
        return {name: _shown(inner, str(name)) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(one, key) for one in value]
    return _text(value, key) if isinstance(value, str) else value


def _text(value: str, key: str) -> str:
    if re.match(r"https?://", value) and not re.search(r"\s", value):
        return _address(value)
    if key not in _PROSE and _OUTSIDE.match(value):
        return _last(value)
    return _HOME.sub(lambda found: _last(found[0]), value)


def _last(path: str) -> str:
    """Return the last part of a path; a function's name behind a colon is part of it."""
    kind = PureWindowsPath if "\\" in path else PurePosixPath
    return kind(path.removeprefix("file://")).name or "path"


def _address(value: str) -> str:
    """Return an address without a user's name, a key or a question; one of a private network is left out."""
    try:
        parts = urlsplit(value)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # no address at all: nothing of it is known to be harmless
        return f"http://{PRIVATE}"
    host = PRIVATE if _inner(host) else host
    fragment = "" if "key" in parts.fragment or "token" in parts.fragment else parts.fragment
    place = f"{host}:{port}" if port and host != PRIVATE else host
    return urlunsplit((parts.scheme, place, parts.path, "", fragment))


def _inner(host: str) -> bool:
    """Say whether a host is known on one's own network only."""
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return (host != "localhost" and "." not in host) or host.endswith(_INNER)
    return not found.is_loopback and not found.is_global
