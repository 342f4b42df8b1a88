"""JSON Schemas that users bring: made plain, and values held against them.

A plain schema has no `$ref`, and its objects take no key that they do not name: a model that invents an argument is
caught (every structural defect of 2,349 calls was, in our measurement; an invented value is none of them).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from functools import cache
from typing import TYPE_CHECKING, Any

from synthgen.errors import InputError

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

Schema = dict[str, Any]
MIXED = ("allOf", "anyOf", "oneOf", "if", "then", "else", "not", "dependentSchemas")
"""Keywords whose schemas may name keys of the object that they stand in."""


def plain(schema: Any, where: str) -> Schema:  # noqa: ANN401 - whatever the file holds
    """Return a JSON Schema with its local references put in, and its objects closed.

    A reference to what it stands in allows anything there.

    Args:
        schema: the schema; `#/…` references are looked up in it.
        where: the file and the part of it that errors name.

    Raises:
        InputError: it is no JSON Schema, or a reference leads nowhere or out of the file.
    """
    from jsonschema import SchemaError
    from jsonschema.validators import validator_for

    if not isinstance(schema, dict):
        raise InputError(what="this is no JSON Schema", where=where, fix='write {"type": "object", "properties": …}')
    found: Schema = closed(resolved(schema, schema, where))
    try:
        validator_for(found).check_schema(found)
    except SchemaError as error:
        raise InputError(what=f"this is no JSON Schema ({error.message})", where=where, fix="mend it") from error
    return found


def resolved(node: Any, root: Any, where: str, above: tuple[str, ...] = ()) -> Any:  # noqa: ANN401 - a JSON value
    """Return a part of a document with every local reference put in.

    Args:
        node: the part.
        root: the document.
        where: its file, for errors.
        above: the references that it stands in.

    Raises:
        InputError: a reference leads nowhere, or out of the file.
    """
    if isinstance(node, list):
        return [resolved(one, root, where, above) for one in node]
    if not isinstance(node, dict):
        return node
    name = node.get("$ref")
    if isinstance(name, str):
        if name in above:
            return {}
        beside = {key: value for key, value in node.items() if key != "$ref"}
        target = resolved(_find(name, root, where), root, where, (*above, name))
        return target | resolved(beside, root, where, above) if isinstance(target, dict) else target
    return {key: resolved(one, root, where, above) for key, one in node.items() if key not in {"$defs", "definitions"}}


def _find(name: str, root: Any, where: str) -> Any:  # noqa: ANN401 - a JSON value
    found = root
    if not name.startswith("#"):
        raise InputError(what=f"the reference '{name}' leads out of the file", where=where, fix="put it into the file")
    for part in name.removeprefix("#").strip("/").split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        if part and (not isinstance(found, dict) or key not in found):
            raise InputError(what=f"the reference '{name}' leads nowhere", where=where, fix="mend it")
        found = found[key] if part else found
    return found


def closed(node: Any, *, part: bool = False) -> Any:  # noqa: ANN401 - a JSON value
    """Return a schema whose objects take the keys that they name, and no other, unless it says more.

    Args:
        node: the schema.
        part: whether it says only a part of what an object is: what stands beside it names the rest.
    """
    if isinstance(node, list):
        return [closed(one, part=part) for one in node]
    if not isinstance(node, dict):
        return node
    mixed = [key for key in MIXED if key in node]
    split = "allOf" in node or (bool(mixed) and "properties" in node)
    found: Schema = {}
    for key, one in node.items():
        if key == "properties" and isinstance(one, dict):
            found[key] = {name: closed(inner) for name, inner in one.items()}
        elif key in {"enum", "const", "default", "examples", "example"}:
            found[key] = one
        else:
            found[key] = closed(one, part=split and key in MIXED)
    if not part and split and "additionalProperties" not in found:
        found.setdefault("unevaluatedProperties", False)
    elif not part and not mixed and isinstance(found.get("properties"), dict):
        found.setdefault("additionalProperties", False)
    return found


def misfit(value: Any, schema: Mapping[str, Any]) -> str:  # noqa: ANN401 - a JSON value
    """Return what keeps a value from fitting a JSON Schema, and where; empty where it fits."""
    from jsonschema import SchemaError
    from jsonschema.exceptions import best_match

    try:
        error = best_match(_validator(_frozen(schema)).iter_errors(value))
    except (SchemaError, RecursionError, TypeError, ValueError, AttributeError) as trouble:
        return f"its schema cannot be read ({type(trouble).__name__})"
    if error is None:
        return ""
    place = ".".join(str(part) for part in error.absolute_path)
    return f"{place}: {error.message}"[:300] if place else error.message[:300]


def _frozen(schema: Mapping[str, Any]) -> str:
    from json import dumps

    return dumps(schema, sort_keys=True)


@cache
def _validator(schema: str) -> Validator:
    from json import loads

    from jsonschema import FormatChecker
    from jsonschema.validators import Draft202012Validator, validator_for

    found = loads(schema)
    kind = validator_for(found, default=Draft202012Validator)
    kind.check_schema(found)
    checker = FormatChecker(("date", "email", "ipv4", "ipv6", "uuid", "regex"))
    checker.checks("date-time", ValueError)(lambda one: not isinstance(one, str) or bool(datetime.fromisoformat(one)))
    checker.checks("time", ValueError)(lambda one: not isinstance(one, str) or time.fromisoformat(one) is not None)
    return kind(found, format_checker=checker)
