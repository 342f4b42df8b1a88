"""Write the generated pages: the recipe's keys, the commands' help, the reasons. `--check` only compares."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, get_args

import click
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from synthgen import schema
from synthgen.cli import SETTINGS, synthgen
from synthgen.reasons import REASONS
from synthgen.recipe import Recipe

HERE = Path(__file__).parent
MARK = "<!-- Written by `make docs`; edit the code it comes from. -->\n\n"


def recipe() -> str:
    """Return the page of the recipe: a table for each of its parts, from the pydantic models."""
    lines = [
        "# The recipe",
        "",
        "A recipe is a YAML file; everything that a run depends on stands in it. Unknown keys are errors, and the",
        "nearest known key is named. Paths are relative to the recipe's folder.",
        "",
    ]
    waiting: list[tuple[str, type[BaseModel]]] = [("", Recipe)]
    while waiting:
        path, kind = waiting.pop(0)
        lines += [f"## {f'`{path}`' if path else 'Top level'}", "", (kind.__doc__ or "").split("\n\n")[0], ""]
        lines += ["| key | type | default | meaning |", "|---|---|---|---|"]
        for name, field in kind.model_fields.items():
            inner = _model_in(field.annotation)
            if inner is not None:
                waiting.append((f"{path}.{name}".lstrip("."), inner))
            lines.append(
                f"| `{name}` | {_type(field.annotation)} | {_default(field)} | {(field.description or '').strip()} |"
            )
        lines.append("")
    return "\n".join(lines)


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - a type
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part)) is not None), None)


def _type(annotation: Any) -> str:  # noqa: ANN401 - a type
    parts = [part for part in get_args(annotation) if part is not type(None)]
    origin = getattr(annotation, "__origin__", None)
    if origin is list:
        inner = _type(parts[0])
        return "list, below" if inner == "below" else f"list of {inner}"
    if origin is dict:
        return f"name → {_type(parts[1])}"
    if parts:
        return _type(parts[0])
    names = {"str": "text", "int": "whole number", "float": "number", "bool": "true or false"}
    name = getattr(annotation, "__name__", str(annotation))
    return names.get(name, "below")


def _default(field: Any) -> str:  # noqa: ANN401 - pydantic's FieldInfo
    if field.is_required():
        return "required"
    value = field.default if field.default is not PydanticUndefined else field.default_factory()
    if value is None or isinstance(value, BaseModel) or value in ([], {}):
        return "none" if not isinstance(value, BaseModel) else "as below"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def commands() -> str:
    """Return the page of the commands: each one's help as the terminal shows it."""
    parts = ["# Commands\n"]
    named: list[tuple[str, click.Command]] = [("synthgen", synthgen)]
    named += [(f"synthgen {name}", command) for name, command in sorted(synthgen.commands.items())]
    for name, command in named:
        context = click.Context(command, info_name=name, terminal_width=100, **SETTINGS)
        parts.append(f"## {name}\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


def reasons() -> str:
    """Return the page of the reasons: every verdict's code, what it means, what to change."""
    lines = [
        "# Reasons",
        "",
        "Every candidate that is not kept has one of these codes; `synthgen why RUN ID` shows it with its evidence.",
        "Where a person should decide, the row also waits in `review.parquet`.",
        "",
        "| code | meaning | what helps | a person decides |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{code}` | {one.meaning} | {one.advice} | {'yes' if one.review else ''} |" for code, one in REASONS.items()
    ]
    for task in schema.tasks():
        own = schema.load(schema.find(task, HERE)).reasons
        lines += [f"| `{code}` | {meaning} ({task}) | {advice} |  |" for code, (meaning, advice) in own.items()]
    return "\n".join(lines) + "\n"


PAGES = {"recipe.md": recipe, "commands.md": commands, "reasons.md": reasons}


def main() -> int:
    """Write the pages, or say which ones are out of date."""
    stale = []
    for name, make in PAGES.items():
        path, text = HERE / name, MARK + make()
        if "--check" in sys.argv:
            stale += [name] if not path.is_file() or path.read_text(encoding="utf-8") != text else []
        else:
            path.write_text(text, encoding="utf-8")
    if stale:
        sys.stderr.write(f"out of date: {', '.join(stale)}; run `make docs`\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
