"""Tasks as they lie in `schemas/` and `templates/`: find them, load them, admit rows to them."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError, create_model

from synthgen.errors import SchemaError
from synthgen.reasons import REASONS
from synthgen.types import Fault, Record, Row, digest


def shipped(folder: str) -> Path:
    """Return `templates` or `schemas`: inside an installed wheel, or at the top of a checkout."""
    package = Path(__file__).parent
    inside = package / folder
    return inside if inside.is_dir() else package.parent / folder


def tasks() -> list[str]:
    """Return the names of the tasks that ship with synthgen."""
    return sorted(path.stem for path in shipped("schemas").glob("*.py"))


def find(task: str, root: Path) -> Path:
    """Return the file that holds a task's schema.

    Args:
        task: a shipped task's name, or the path of a schema file relative to `root`.
        root: the recipe's folder.

    Raises:
        SchemaError: no such task; the nearest known one is named.
    """
    path = root / task if task.endswith(".py") else shipped("schemas") / f"{task}.py"
    if path.is_file():
        return path
    near = get_close_matches(task, tasks(), 1, 0.5)
    hint = f"did you mean '{near[0]}'?" if near else "known tasks are " + ", ".join(tasks())
    raise SchemaError(what=f"there is no task '{task}'", where=str(path), fix=hint)


def load(path: Path) -> type[Record]:
    """Load the one Record subclass of a schema file.

    Raises:
        SchemaError: the file does not run, or holds no Record or several.
    """
    name = f"synthgen_schema_{digest(str(path.resolve()))}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise SchemaError(what="this is not a Python file", where=str(path), fix="name a file that ends in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise SchemaError(
            what=f"the schema does not load ({type(error).__name__}: {error})",
            where=str(path),
            fix="mend the file, or set `task` to one of " + ", ".join(tasks()),
        ) from error
    found = [
        kind
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Record) and kind.__module__ == name
    ]
    if len(found) != 1:
        raise SchemaError(
            what=f"the schema must hold one subclass of Record and holds {len(found)}",
            where=str(path),
            fix="keep one class that derives from synthgen.types.Record",
        )
    if taken := sorted(code for code in found[0].reasons if code in REASONS or code.endswith(".unasked")):
        raise SchemaError(
            what=f"the code '{taken[0]}' belongs to the checks",
            where=str(path),
            fix="give the schema's own reason another name; none of them ends in .unasked",
        )
    return found[0]


def admit(kind: type[Record], row: Row, context: Mapping[str, Any]) -> Record | Fault:
    """Return the row as a Record, or the fault that keeps it from being one, field by field.

    Args:
        kind: the task's schema.
        row: field names to values.
        context: what the row is held against: `axes`, the recipe's resources by name, and the draft's `cell`.
    """
    try:
        return kind.model_validate(row, context=dict(context))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)
        if coded := next((one for one in first if one["type"] in kind.reasons), None):
            return Fault(coded["type"], coded["msg"])
        said = "; ".join(
            f"{'.'.join(str(part) for part in one['loc']) or 'row'}: {one['msg'].removeprefix('Value error, ')}"
            for one in first[:3]
        )
        return Fault("validate.schema", said)


def answer_schema(kind: type[Record], fills: list[str], rows: int, *, probabilities: bool = False) -> dict[str, Any]:
    """Return the JSON Schema of a reply that fills these fields: one object, or `rows` of them in a list.

    It keeps to what endpoints' strict modes take: every key required, no other key allowed.

    Args:
        kind: the task's schema.
        fills: its fields, and notes.
        rows: how many rows one reply has.
        probabilities: whether each says how likely it is to come up.
    """
    fields: dict[str, Any] = {}
    for name in fills:
        info = kind.model_fields.get(name)  # a note is none of the record's fields, and a text
        fields[name] = (info.annotation if info else str, ...)
    if probabilities:
        fields["probability"] = (float, ...)
    one = create_model("Answer", **fields)
    whole: type[BaseModel] = create_model("Answers", rows=(list[one], ...)) if rows > 1 else one
    return dict(_strict(_inline(whole.model_json_schema())))


def _inline(schema: dict[str, Any]) -> dict[str, Any]:
    parts = schema.pop("$defs", {})

    def walk(node: Any) -> Any:  # noqa: ANN401 - a JSON value
        if isinstance(node, dict):
            if "$ref" in node:
                return walk(parts[node["$ref"].rsplit("/", 1)[1]])
            return {key: walk(value) for key, value in node.items()}
        return [walk(item) for item in node] if isinstance(node, list) else node

    return dict(walk(schema))


def _strict(node: Any) -> Any:  # noqa: ANN401 - a JSON value
    """Close every object, require every key, and drop the keywords that strict modes refuse."""
    refused = {"title", "default", "minLength", "maxLength", "pattern", "uniqueItems", "format"}
    if isinstance(node, list):
        return [_strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    clean = {
        key: {name: _strict(part) for name, part in value.items()} if key == "properties" else _strict(value)
        for key, value in node.items()
        if key not in refused
    }
    if clean.get("type") == "object" and "properties" in clean:
        clean |= {"required": list(clean["properties"]), "additionalProperties": False}
    return clean
