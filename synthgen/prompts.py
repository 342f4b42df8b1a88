"""Prompts: Jinja2 files that turn a draft into the messages of a request.

A prompt for chat models has the blocks `system` (optional) and `user`. Beside it may stand a twin whose
name ends in `.continue.j2`, for base models that carry a pattern on instead of following instructions: its text ends
where the model is to go on, and each field of an example stands on a line `Field: value`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateSyntaxError,
    UndefinedError,
    meta,
    nodes,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from synthgen.errors import PromptError
from synthgen.types import Message

KNOWN = (
    "about", "avoid", "axes", "boundary", "cell", "detail", "examples", "openings", "others", "parent", "probabilities",
    "record", "rows", "unlike",
)  # fmt: skip
"""The names that a prompt may use; docs/prompts.md says what each holds."""

_ENVIRONMENT = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined, loader=BaseLoader(), trim_blocks=True, lstrip_blocks=True, autoescape=False
)
_ENVIRONMENT.filters["words"] = lambda value: str(value).replace("_", " ")
_ENVIRONMENT.filters["line"] = lambda value: " ".join(str(value).split())


class Prompt:
    """One prompt file, compiled and held against the names that it may use.

    Args:
        path: the file, whose name every error carries.
        source: its text.
        names: what it may use.

    Raises:
        PromptError: its syntax is broken, or it uses another name.
    """

    def __init__(self, path: Path, source: str, names: Sequence[str] = KNOWN) -> None:
        self.path, self.source, self._names = path, source, names
        try:
            tree = _ENVIRONMENT.parse(source)
            self._template: Template = _ENVIRONMENT.from_string(source)
        except TemplateSyntaxError as error:
            where = f"{path}:{error.lineno}"
            raise PromptError(what=f"the prompt is broken ({error.message})", where=where, fix="mend it") from error
        unknown = meta.find_undeclared_variables(tree) - set(names)
        if unknown:
            name = min(unknown)
            raise self._undefined(name, min(one.lineno for one in tree.find_all(nodes.Name) if one.name == name))

    @property
    def continues(self) -> bool:
        """Return whether this prompt is for models that carry a pattern on."""
        return self.path.name.endswith(".continue.j2")

    def _undefined(self, name: str, line: int) -> PromptError:
        near = get_close_matches(name, self._names, 1, 0.4)
        fix = f"did you mean '{near[0]}'? " if near else ""
        return PromptError(
            what=f"the prompt uses '{name}', which is not defined",
            where=f"{self.path}:{line}",
            fix=f"{fix}known names are {', '.join(self._names)}",
        )

    def render(self, values: dict[str, Any]) -> list[Message]:
        """Return the messages that the prompt makes of these values.

        Raises:
            PromptError: a value that the prompt reaches for is not there.
        """
        context = self._template.new_context(values)
        try:
            if self.continues:
                return [{"role": "user", "content": "".join(self._template.root_render_func(context)).rstrip()}]
            return [
                {"role": role, "content": "".join(self._template.blocks[role](context)).strip()}
                for role in ("system", "user")
                if role in self._template.blocks
            ]
        except UndefinedError as error:
            raise PromptError(
                what=f"the prompt cannot be rendered ({error.message})",
                where=str(self.path),
                fix="check the names after the dot; docs/prompts.md lists what each holds",
            ) from error
        except (TemplateError, TypeError, ValueError) as error:
            raise PromptError(
                what=f"the prompt cannot be rendered ({error})",
                where=str(self.path),
                fix="mend the expression",
            ) from error

    def phrases(self) -> list[str]:
        """Return the prompt's own lines, without what Jinja2 puts in: a row that repeats one leaks the prompt."""
        parts = (value for _, kind, value in _ENVIRONMENT.lex(self.source) if kind == "data")
        return [line.strip() for part in parts for line in part.split("\n") if line.strip()]


def find(name: str, folders: Iterable[Path], *, continues: bool, names: Sequence[str] = KNOWN) -> Prompt:
    """Find a prompt's file, its `.continue.j2` twin where the model wants one, and compile it.

    Raises:
        PromptError: there is no such file in any of the folders, or it has no `user` block.
    """
    wanted = f"{name.removesuffix('.j2')}.continue.j2" if continues else name
    places = [folder / wanted for folder in folders]
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        why = "this model carries patterns on and needs a prompt made for that" if continues else "it is missing"
        raise PromptError(what=f"there is no prompt '{wanted}': {why}", where=str(places[0]), fix="write that file")
    try:
        prompt = Prompt(path, path.read_text(encoding="utf-8"), names)
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(what=f"it cannot be read ({error})", where=str(path), fix="save it as UTF-8") from error
    if not continues and "user" not in prompt._template.blocks:  # noqa: SLF001 - the same module
        raise PromptError(
            what="the prompt has no block named user",
            where=str(path),
            fix="write {% block user %} … {% endblock %}",
        )
    return prompt
