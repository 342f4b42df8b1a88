"""Write the generated pages: the recipe's keys, the commands' help, the reasons. `--check` only compares."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any, cast, get_args

import click
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from synthgen import columns, schema, seeds
from synthgen.cli import SETTINGS, synthgen
from synthgen.formats import FORMATS, Format
from synthgen.reasons import REASONS
from synthgen.recipe import Recipe
from synthgen.types import Fault, Message, Record

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


class Example(Record):
    """A row that shows what a format does with calls, or with a rejected answer."""

    turns: list[dict[str, Any]]
    offered: list[dict[str, Any]] = []  # noqa: RUF012 - pydantic copies it
    other: list[dict[str, Any]] | None = None

    def messages(self) -> list[Message]:
        """Return the turns."""
        return cast("list[Message]", self.turns)

    def tools(self) -> list[dict[str, Any]]:
        """Return the tools."""
        return self.offered

    def rejected(self) -> list[Message] | None:
        """Return the other answer."""
        return cast("list[Message] | None", self.other)


CALLS = Example(
    turns=[
        {"role": "user", "content": "How warm is it in Oslo?"},
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "warm", "arguments": '{"in": "Oslo"}'}}
            ],
        },
        {"role": "tool", "content": "12", "tool_call_id": "call_1"},
        {"role": "assistant", "content": "It is 12 °C."},
    ],
    offered=[{"type": "function", "function": {"name": "warm", "parameters": {"type": "object"}}}],
)
ASKED = Example(turns=[{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "Because."}])
TWO = ASKED.model_copy(update={"other": [{"role": "assistant", "content": "No idea."}]})


def formats() -> str:
    """Return the page of the formats: what each is, an example, and which task fits which."""
    lines = [
        "# Formats",
        "",
        "`synthgen export RUN --format NAME` writes `RUN/export/NAME`, a file a split; `--format` may stand several",
        "times. A format that would lose something is refused with the reason, and no row is left out. Whatever is",
        "written, `synthgen filter` reads back.",
        "",
        "## Which task fits which format",
        "",
        "Each task's seeds are written and read back: `same` = the same rows. Otherwise it says why the format does",
        "not fit, or which fields no conversation holds: those are in the table alone.",
        "",
    ]
    tasks = {task: _seeds(task) for task in schema.tasks()}
    lines += ["| format | " + " | ".join(tasks) + " |", "|---" * (len(tasks) + 1) + "|"]
    notes: list[str] = []

    def short(said: str) -> str:
        """Return what stands in the table, with the number of the note that says the rest."""
        if said == "same":
            return said
        if said not in notes:
            notes.append(said)
        return f"{'same' if said.startswith('same') else 'no'} ({notes.index(said) + 1})"

    for form in FORMATS:
        found = (short(there_and_back(form, rows)) for rows in tasks.values())
        lines.append(f"| `{form.name}` | " + " | ".join(found) + " |")
    lines += ["", *(f"{number}. {said}" for number, said in enumerate(notes, 1))]
    for form in FORMATS:
        lines += ["", f"## {form.name}", "", f"Read by {form.readers}. {form.note}", ""]
        lines += [f"- {(rule.__doc__ or '').split('.')[0].removeprefix('Hold that ').strip()}" for rule in form.rules]
        lines += ["", f"[Rules]({form.source})", ""]
        if shown := next((one for one in (CALLS, TWO, ASKED) if form.rules and not form.fits(one)), None):
            lines += ["```json", json.dumps(form.row(shown), ensure_ascii=False), "```"]
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


def _seeds(task: str) -> list[Record]:
    kind = schema.load(schema.find(task, HERE))
    return [one.record for one in seeds.load("seeds.jsonl", schema.shipped("templates") / task, kind, {})]


def there_and_back(form: Format, records: list[Record]) -> str:
    """Return what becomes of a task's rows in a format: `same`, or why not."""
    reasons = Counter(said for one in records if (said := form.fits(one)))
    if reasons:
        (said, count), *_ = reasons.most_common()
        return said if count == len(records) else f"{count} of {len(records)}: {said}"
    rows = [json.loads(json.dumps(form.row(one))) for one in records]
    reading = columns.recognise(type(records[0]), rows)
    if reading is None:
        return "written; not read back"
    read = [one if isinstance(one, Fault) else schema.admit(reading.kind, one, {}) for one in map(reading, rows)]
    if wrong := next((one for one in read if isinstance(one, Fault)), None):
        return f"written; not read back ({wrong.evidence})"
    pairs = [(one.model_dump(), cast("Record", other).model_dump()) for one, other in zip(records, read, strict=True)]
    beside = [name for name in type(records[0]).model_fields if any(one[name] != other[name] for one, other in pairs)]
    return f"same, without {', '.join(f'`{name}`' for name in beside)}" if beside else "same"


PAGES = {"formats.md": formats, "recipe.md": recipe, "commands.md": commands, "reasons.md": reasons}


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
