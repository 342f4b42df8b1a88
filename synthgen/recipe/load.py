"""Recipes out of YAML files: what does not hold is said with its line, and with the nearest key that is known."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from synthgen.errors import RecipeError
from synthgen.recipe.whole import Recipe


def load(path: Path, changes: dict[str, Any] | None = None) -> Recipe:
    """Read a recipe, and lay the command line's changes over it.

    Args:
        path: the YAML file, or the folder that holds `recipe.yaml`.
        changes: values by key, `model.name` for one inside a part; None values are left out.

    Raises:
        RecipeError: with the line of the trouble, and the nearest known key for an unknown one.
    """
    text = read_text(path)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:  # a ValueError is a date that no calendar has
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        said = getattr(error, "problem", None) or str(error).split("\n", 1)[0]
        raise RecipeError(what=f"this is not YAML ({said})", where=where, fix="mend that line") from error
    if not isinstance(data, dict) or node is None:
        raise RecipeError(what="a recipe is a list of `key: value` lines", where=str(path), fix="run `synthgen init`")
    _refuse_doubles(node, path)
    for key, value in (changes or {}).items():
        _lay_over(data, key, value)
    try:
        return Recipe.model_validate(data)
    except ValidationError as error:
        raise _explain(error, node, path) from error


def read_text(path: Path) -> str:
    """Read a UTF-8 text file that the user named.

    Raises:
        RecipeError: it is missing, unreadable or not text.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        near = [one.name for one in path.parent.glob("*") if get_close_matches(one.name, [path.name], 1, 0.6)]
        fix = f"did you mean {path.parent / near[0]}?" if near else "check the path, or run `synthgen init`"
        raise RecipeError(what="there is no such file", where=str(path), fix=fix) from error
    except UnicodeDecodeError as error:
        raise RecipeError(what="this is not UTF-8 text", where=str(path), fix="save it as UTF-8") from error
    except OSError as error:
        raise RecipeError(
            what=f"it cannot be read ({error.strerror})",
            where=str(path),
            fix="check the path and its permissions",
        ) from error


def _lay_over(data: dict[str, Any], key: str, value: object) -> None:
    if value is None:
        return
    *parts, last = key.split(".")
    for part in parts:
        if not isinstance(data.get(part), dict):
            data[part] = {}
        data = data[part]
    data[last] = value


def _refuse_doubles(node: yaml.Node, path: Path) -> None:
    """Refuse a key that stands twice in one place: YAML would take the last and say nothing."""
    waiting, met = [node], {id(node)}
    while waiting:
        here = waiting.pop()
        if isinstance(here, yaml.MappingNode):
            keys: set[str] = set()
            for key, _ in here.value:
                if key.value in keys:
                    where = f"{path}:{key.start_mark.line + 1}"
                    raise RecipeError(
                        what=f"the key '{key.value}' stands here twice", where=where, fix="keep one of them"
                    )
                keys.add(key.value)
        below = here.value if isinstance(here, yaml.CollectionNode) else []
        parts = [part[1] if isinstance(part, tuple) else part for part in below]
        waiting += [part for part in parts if id(part) not in met]
        met |= {id(part) for part in parts}


def _explain(error: ValidationError, node: yaml.Node, path: Path) -> RecipeError:
    found = error.errors(include_url=False)
    # A misspelt key is unknown and missing at once: the slip of the pen is what helps.
    first = next((one for one in found if one["type"] == "extra_forbidden"), found[0])
    where = f"{path}:{_line(node, first['loc'])}"
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        known = _keys(first["loc"])
        near = get_close_matches(str(first["loc"][-1]), known, 1, 0.4)
        fix = f"did you mean '{near[0]}'?" if near else "known keys are " + ", ".join(known)
        return RecipeError(what=f"there is no key '{name}'", where=where, fix=fix)
    if first["type"] == "missing":
        return RecipeError(what=f"the key '{name}' is missing", where=where, fix=f"add `{first['loc'][-1]}: …`")
    said = first["msg"].removeprefix("Value error, ")
    label = f"{name}: " if name else ""
    return RecipeError(what=f"{label}{said}", where=where, fix="mend that value; docs/recipe.md lists what each takes")


def _line(node: yaml.Node, location: tuple[int | str, ...]) -> int:
    """Return the line at which the deepest part of the location that exists begins."""
    line = node.start_mark.line
    for part in location:
        found = None
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == part), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            found = (node.value[part], node.value[part])
        if found is None:
            break
        line, node = found[0].start_mark.line, found[1]
    return int(line) + 1


def _keys(location: tuple[int | str, ...]) -> list[str]:
    """Return the keys that stand where an unknown one was met."""
    kind: Any = Recipe
    for part in location[:-1]:
        fields = getattr(kind, "model_fields", None)
        if fields is not None and part in fields:
            kind = _inner(fields[part].annotation)
    return sorted(kind.model_fields)


def _inner(annotation: Any) -> Any:  # noqa: ANN401 - a type
    """Return the model inside list[...], dict[...] and ... | None, or the type itself."""
    from typing import get_args

    for inner in reversed(get_args(annotation)):
        if inner is not type(None):
            return _inner(inner)
    return annotation
