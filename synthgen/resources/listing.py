"""Tools out of the forms in which they are written down: OpenAI's, MCP's, OpenAPI's, and Python functions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthgen import sandbox
from synthgen.errors import RecipeError
from synthgen.recipe import read_text
from synthgen.resources import signatures
from synthgen.shapes import Schema, plain, resolved

METHODS = ("get", "post", "put", "patch", "delete")
LOADING = sandbox.Limits(seconds=20)
"""What reading a file of functions may take."""


@dataclass(frozen=True)
class Tool:
    """A function that an assistant can call.

    Args:
        name: its name.
        description: what it is for.
        parameters: a plain JSON Schema of an object.
        typed: whether it is a Python function some of whose parameters are no plain JSON, such as dates.
    """

    name: str
    description: str
    parameters: Schema
    typed: bool = False

    @property
    def offered(self) -> dict[str, Any]:
        """Return it as OpenAI's `tools` has it. Examples are for drawing values, and a model is not shown them."""
        return {
            "type": "function",
            "function": {"name": self.name, "description": self.description, "parameters": _bare(self.parameters)},
        }


def _bare(node: Any) -> Any:  # noqa: ANN401 - a JSON value
    if isinstance(node, list):
        return [_bare(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {
        key: {name: _bare(part) for name, part in one.items()} if key == "properties" else _bare(one)
        for key, one in node.items()
        if key not in {"examples", "example", "title"}
    }


def read(path: Path) -> list[Tool]:
    """Return the tools of a file, in its order.

    Raises:
        RecipeError: it is missing, or none of the forms.
        InputError: a schema in it is none.
    """
    if path.suffix == ".py":
        return [_tool(one, one.get("parameters"), str(path)) for one in _of_functions(path)]
    return of_document(_parsed(path), str(path))


def of_document(document: Any, where: str) -> list[Tool]:  # noqa: ANN401 - whatever the file holds
    """Return the tools of OpenAI's list, of MCP's answer to `tools/list`, or of an OpenAPI document.

    Raises:
        RecipeError: it is none of them.
        InputError: a schema in it is none.
    """
    if isinstance(document, dict) and "paths" in document:
        return [_tool(one, one["parameters"], where) for one in _operations(document, where)]
    if isinstance(document, dict):
        document = document.get("result", document)
        document = document.get("tools") if isinstance(document, dict) else None
    if not isinstance(document, list) or not all(isinstance(one, dict) for one in document):
        raise RecipeError(
            what="these are no tools",
            where=where,
            fix="give OpenAI's `tools` as a JSON list, MCP's answer to `tools/list`, or an OpenAPI document",
        )
    functions = [one["function"] if isinstance(one.get("function"), dict) else one for one in document]
    return [_tool(one, one.get("parameters", one.get("inputSchema")), where) for one in functions]


def _tool(said: dict[str, Any], parameters: Any, where: str) -> Tool:  # noqa: ANN401 - whatever the file holds
    name = said.get("name")
    if not isinstance(name, str) or not re.fullmatch(r"[\w.-]{1,64}", name):
        raise RecipeError(
            what=f"a tool's name is {name!r}", where=where, fix="use letters, digits, `_` and `-`, 64 at most"
        )
    found = plain(parameters or {}, f"{where}: {name}")
    return Tool(
        name,
        str(said.get("description") or ""),
        {"type": "object", "properties": {}} | found,
        said.get("typed") is True,
    )


def _parsed(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    import yaml

    text = read_text(path)
    try:
        return yaml.safe_load(text) if path.suffix in {".yaml", ".yml"} else json.loads(text)
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        said = str(error).split("\n", 1)[0]
        raise RecipeError(what=f"it cannot be read ({said})", where=str(path), fix="mend it") from error


def _of_functions(path: Path) -> list[dict[str, Any]]:
    read_text(path)
    inside = Path(signatures.__file__), "describe"
    outcome = sandbox.call(inside, {"file": str(path.resolve())}, LOADING, reads=[path.parent])
    if outcome.trouble:
        raise RecipeError(
            what=f"its functions cannot be read ({outcome.trouble}: {outcome.evidence})", where=str(path), fix="mend it"
        )
    found: list[dict[str, Any]] = outcome.value
    return found


def _operations(document: dict[str, Any], where: str) -> Iterator[dict[str, Any]]:
    """Give each operation of an OpenAPI document: its parameters and the properties of its body are one object."""
    whole = resolved(document, document, where)
    paths = whole["paths"] if isinstance(whole["paths"], dict) else {}
    for path, item in paths.items():
        for method in METHODS:
            if not isinstance(item, dict) or not isinstance(item.get(method), dict):
                continue
            operation = item[method]
            name = operation.get("operationId") or f"{method}{path}"
            about = operation.get("summary") or ""
            yield {
                "name": re.sub(r"[^\w-]+", "_", str(name)).strip("_")[:64],
                "description": " ".join(f"{about}. {operation.get('description') or ''}".strip(" .").split()) or name,
                "parameters": _parameters(item, operation),
            }


def _parameters(item: dict[str, Any], operation: dict[str, Any]) -> Schema:
    properties: dict[str, Any] = {}
    required: list[str] = []
    for one in [*item.get("parameters", []), *operation.get("parameters", [])]:
        if one.get("in") not in {"path", "query"}:
            continue
        part = {key: one[key] for key in ("description", "example") if key in one}
        properties[one["name"]] = _nullable(part | one.get("schema", {}))
        required += [one["name"]] if one.get("required") and one["name"] not in required else []
    body = operation.get("requestBody", {})
    schema = _nullable(body.get("content", {}).get("application/json", {}).get("schema", {}))
    inner = {name: one for name, one in schema.get("properties", {}).items() if not one.get("readOnly")}
    if inner and not inner.keys() & properties.keys():
        properties |= inner
        required += [name for name in schema.get("required", []) if name in inner]
    elif schema:
        properties["body"] = schema
        required += ["body"] if body.get("required") else []
    return {"type": "object", "properties": properties, "required": required}


def _nullable(node: Any) -> Any:  # noqa: ANN401 - a JSON value
    """Write what OpenAPI 3.0 says with `nullable` as JSON Schema does."""
    if isinstance(node, list):
        return [_nullable(one) for one in node]
    if not isinstance(node, dict):
        return node
    found = {key: _nullable(one) for key, one in node.items() if key != "nullable"}
    if node.get("nullable") is True and isinstance(found.get("type"), str):
        found["type"] = [found["type"], "null"]
    return found
