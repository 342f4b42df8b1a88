"""Python functions as tools: a file that the sandbox loads, so that nothing of the user's tools runs beside us.

It imports nothing of synthgen.
"""

from __future__ import annotations

import importlib.util
import inspect
import sys
from collections.abc import Callable
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints


def _functions(file: str) -> dict[str, Callable[..., Any]]:
    """Return the functions that a file defines and does not hide behind an underscore."""
    spec = importlib.util.spec_from_file_location("tools_of_the_recipe", file)
    if spec is None or spec.loader is None:
        message = "this is no Python file"
        raise ImportError(message)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    found = inspect.getmembers(module, inspect.isfunction)
    own = [(name, one) for name, one in found if one.__module__ == spec.name and not name.startswith("_")]
    return dict(sorted(own, key=lambda one: one[1].__code__.co_firstlineno))


def describe(file: str) -> list[dict[str, Any]]:
    """Return each function's name, description and the JSON Schema of its parameters.

    Types come from its signature, meanings from `Field` or the docstring (reST, Google or numpy style).
    """
    return [_described(name, one) for name, one in _functions(file).items()]


def _described(name: str, function: Callable[..., Any]) -> dict[str, Any]:
    from docstring_parser import parse
    from pydantic import create_model

    hints = get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {
        key: (hints.get(key, Any), ... if one.default is inspect.Parameter.empty else one.default)
        for key, one in inspect.signature(function).parameters.items()
        if one.kind in {inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY}
    }
    said = parse(function.__doc__ or "")
    found: dict[str, Any] = dict(create_model(name, **fields).model_json_schema())
    parameters = {key: one for key, one in found.items() if key not in {"title", "description"}}
    meanings = {one.arg_name: one.description for one in said.params}
    for key, part in parameters.get("properties", {}).items():
        part.pop("title", None)
        if meanings.get(key):
            part.setdefault("description", " ".join(str(meanings[key]).split()))
    about = " ".join(filter(None, [said.short_description, said.long_description]))
    typed = not all(map(_of_json, (hints.get(key, Any) for key in fields)))
    return {"name": name, "description": " ".join(about.split()), "parameters": parameters, "typed": typed}


def _of_json(hint: Any) -> bool:  # noqa: ANN401 - a type
    """Return whether JSON holds the values of a type as Python does: dates and models it does not."""
    if get_origin(hint) is Annotated:
        return _of_json(get_args(hint)[0])
    if get_origin(hint) is Literal:
        return True
    if inner := get_args(hint):
        return all(map(_of_json, inner))
    return hint in {str, int, float, bool, list, dict, Any, type(None)}


def run(file: str, name: str, arguments: dict[str, Any]) -> Any:  # noqa: ANN401 - whatever the function returns
    """Call a function whose parameters are of Python's own types, such as dates: they are made of JSON first."""
    from pydantic import validate_call
    from pydantic_core import to_jsonable_python

    return to_jsonable_python(validate_call(_functions(file)[name])(**arguments))
