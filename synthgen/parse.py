"""Replies to rows: ask for structure, read it once, and let what cannot be read be a fault with a reason."""

from __future__ import annotations

import json
import re
from typing import Any, Never

from synthgen.types import Fault, Reply, Row

EVIDENCE = 200
"""Characters of a bad reply that the verdict shows."""


def rows(reply: Reply, fills: list[str], wanted: int) -> list[Row | Fault]:
    """Read the rows out of a reply to a request that had a schema.

    A reply that was cut off loses its last row (the released Alpaca code does the same: what stands before the cut is
    whole). A reply that holds fewer rows than wanted gives one fault for the reply, not one for each.

    Args:
        reply: what the model said.
        fills: the fields that each row must have.
        wanted: how many rows were asked for; more than one come as `{"rows": [...]}`.
    """
    if unusable := _unusable(reply):
        return [unusable]
    cut = reply.finish_reason == "length"
    if cut and wanted == 1:
        return [Fault("reply.cut_off", reply.text[-EVIDENCE:])]
    value = _json(reply.text)
    if isinstance(value, Fault):
        return [value]
    found = value.get("rows") if wanted > 1 and isinstance(value, dict) else [value]
    if not isinstance(found, list):
        return [Fault("reply.not_json", f"no list of rows in: {reply.text[:EVIDENCE]}")]
    found = (found[:-1] if cut else found)[:wanted]
    if not found:
        return [Fault("reply.empty", reply.text[:EVIDENCE])]
    return [_fields(one, fills) if isinstance(one, dict) else Fault("reply.not_json", str(one)) for one in found]


def continued(reply: Reply, fills: list[str]) -> list[Row | Fault]:
    """Read the one row out of a reply that carries a pattern on: `value`, then `Field: value` lines for the rest."""
    if unusable := _unusable(reply):
        return [unusable]
    if reply.finish_reason == "length":
        return [Fault("reply.cut_off", reply.text[-EVIDENCE:])]
    titles = [name.replace("_", " ").capitalize() for name in fills]
    pattern = r"\n".join(rf"{title}:\s*(.*?)\s*" for title in titles).removeprefix(f"{titles[0]}:")
    match = re.fullmatch(pattern, reply.text.strip(), re.DOTALL)
    if match is None:
        return [Fault("reply.not_json", f"not the pattern of {', '.join(fills)}: {reply.text[:EVIDENCE]}")]
    return [dict(zip(fills, match.groups(), strict=True))]


def _unusable(reply: Reply) -> Fault | None:
    if reply.finish_reason in {"content_filter", "refused"}:
        return Fault("reply.refused", reply.text[:EVIDENCE])
    if not reply.text.strip():
        return Fault("reply.empty", f"finish reason {reply.finish_reason}")
    try:
        reply.text.encode("utf-8")
    except UnicodeEncodeError:
        return Fault("reply.not_text", "a lone surrogate, which is no character")
    return None


def _json(text: str) -> Any:  # noqa: ANN401 - a JSON value
    try:
        return _whole(text)
    except ValueError:
        pass
    except RecursionError:  # a model that says `[` without end
        return Fault("reply.not_json", text[:EVIDENCE])
    from json_repair import repair_json

    # Only from the first bracket on: the repair makes a string of prose, and prose is a fault.
    start = re.search(r"[{\[]", text)
    if start is None:
        return Fault("reply.not_json", text[:EVIDENCE])
    try:
        return _whole(repair_json(text[start.start() :], ensure_ascii=False))
    except (ValueError, RecursionError):
        return Fault("reply.not_json", text[:EVIDENCE])


def _whole(text: str) -> Any:  # noqa: ANN401 - a JSON value
    value = json.loads(text, parse_constant=_refuse)
    # An escaped lone surrogate, and a number too large for a float (1e999), show only here.
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    return value


def _refuse(name: str) -> Never:
    message = f"{name} is no JSON"
    raise ValueError(message)


def _fields(row: Row, fills: list[str]) -> Row | Fault:
    """Keep the wanted fields, matching keys without regard to case."""
    by_name = {str(key).strip().lower(): value for key, value in row.items()}
    missing = [name for name in fills if name.lower() not in by_name]
    if missing:
        return Fault("validate.schema", f"{missing[0]}: the answer does not have it: {json.dumps(row)[:EVIDENCE]}")
    return {name: by_name[name.lower()] for name in fills}
