"""Functions that an assistant can call: which there are, arguments that fit them, and what calling them gives."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

from synthgen import recipe, sampling, sandbox, seeds
from synthgen.errors import RecipeError
from synthgen.grounding import made_up, spellings, ungrounded
from synthgen.resources import listing, mcp, places, signatures
from synthgen.resources.listing import Tool
from synthgen.sandbox import Limits, Outcome
from synthgen.shapes import misfit
from synthgen.text import normalise
from synthgen.types import Row, canonical, digest

ANSWER = 20_000
"""Bytes of JSON that a call may give: more is no answer that a model is trained on."""
LINK_TRIES = 3
"""Calls of a tool until one succeeds, from which it is learnt what its answers hold."""


@dataclass(frozen=True)
class Link:
    """What one tool's answer holds is another one's argument of the same name."""

    first: str
    second: str
    name: str


@dataclass
class Tools:
    """The tools of a recipe.

    Args:
        tools: by name.
        limits: what one call may take.
        run_file: the Python file whose functions are run, if any.
        recorded: the results of calls by tool, each with its arguments.
        code: the text of the file of functions.
        typed: the functions whose arguments are made of JSON first.
    """

    tools: Mapping[str, Tool]
    limits: Limits = field(default_factory=Limits)
    run_file: Path | None = None
    recorded: Mapping[str, Sequence[tuple[Row, Any]]] = field(default_factory=dict)
    code: str = ""
    typed: frozenset[str] = frozenset()
    _known: dict[str, Outcome] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """The digest of the tools, of what runs them, and of what was recorded."""
        said = [[one.name, one.description, one.parameters] for one in self.tools.values()]
        return digest([said, self.code, sorted(self.recorded.items())])

    def rows(self) -> list[Row]:
        """Return each tool's name as `value`, with its description."""
        return [{"value": one.name, "description": one.description} for one in self.tools.values()]

    @property
    def runs(self) -> bool:
        """Return whether calls can be run, or their results are recorded."""
        return self.run_file is not None or bool(self.recorded)

    def offered(self, names: Iterable[str]) -> list[Row]:
        """Return tools as OpenAI's `tools` has them."""
        return [self.tools[name].offered for name in names]

    def draw(self, name: str, draw: Random, fixed: Mapping[str, Any] | None = None) -> Row:
        """Draw arguments that fit a tool; where answers are recorded, of the calls that they answer.

        Args:
            name: the tool.
            draw: for every choice.
            fixed: arguments that are known already.

        Raises:
            ValueError: nothing that fits comes out.
        """
        fixed = fixed or {}
        if self.recorded:
            known = [one for one, _ in self.recorded.get(name, []) if fixed.items() <= one.items()]
            if not known:
                message = f"no call of {name} is recorded that has {json.dumps(fixed)}"
                raise ValueError(message)
            return draw.choice(known)
        parameters = self.tools[name].parameters
        found: Row = {**sampling.value(parameters, draw, name), **fixed}
        if said := misfit(found, parameters):
            raise ValueError(said)
        return found

    def alike(self, name: str, most: int) -> list[str]:
        """Return the tools that are most easily taken for this one: those that share most words with it."""
        own = self._words(name)
        rest = sorted(
            (one for one in self.tools if one != name), key=lambda one: (-_shared(own, self._words(one)), one)
        )
        return rest[:most]

    def _words(self, name: str) -> set[str]:
        tool = self.tools[name]
        said = f"{name} {tool.description} {' '.join(tool.parameters['properties'])}".replace("_", " ")
        return {word for word in normalise(said).split() if len(word) > 3}

    @cached_property
    def links(self) -> list[Link]:
        """Which tool's answers hold what other tools need: learnt from a call of each, always the same."""
        found = []
        for first in self.tools:
            keys: dict[str, Any] = {}
            for at in range(LINK_TRIES):
                try:
                    outcome = self.run(first, self.draw(first, Random(f"{first}/{at}")))
                except ValueError:
                    continue
                if not outcome.trouble:
                    keys = held(outcome.value)
                    break
            found += [
                Link(first, second.name, name)
                for second in self.tools.values()
                for name in second.parameters.get("required", [])
                if second.name != first and name in keys and name not in self.tools[first].parameters["properties"]
            ]
        return found

    def run(self, name: str, arguments: Row) -> Outcome:
        """Call a tool, once for the same arguments: in a process of its own, or by what was recorded."""
        key = canonical([name, arguments])
        if key not in self._known:
            self._known[key] = self._run(name, arguments)
        return self._known[key]

    def _run(self, name: str, arguments: Row) -> Outcome:
        if self.recorded:
            same = [result for one, result in self.recorded.get(name, []) if canonical(one) == canonical(arguments)]
            return (
                Outcome(same[0]) if same else Outcome(trouble="failed", evidence="no answer is recorded for this call")
            )
        if self.run_file is None:
            return Outcome(trouble="failed", evidence="nothing runs the tools: give resources.tools.run or answers")
        if name not in self.tools:
            return Outcome(trouble="failed", evidence=f"there is no tool '{name}'")
        if name not in self.typed:
            return sandbox.call((self.run_file, name), arguments, self.limits)
        task = {"file": str(self.run_file.resolve()), "name": name, "arguments": arguments}
        return sandbox.call((Path(signatures.__file__), "run"), task, self.limits, reads=[self.run_file.parent])

    def said(self, arguments: Row, draw: Random) -> Row:
        """Return arguments as a person would write them: a date in words, an amount with its zeros."""
        return {key: _spelt(one, draw) for key, one in arguments.items()}

    def ungrounded(self, name: str, arguments: Row, text: str) -> list[str]:
        """Return the arguments that a text does not hold; values of a list and defaults need not be said."""
        tool = self.tools.get(name)
        return ungrounded(arguments, tool.parameters if tool else {}, text, implied=True)

    def unsupported(self, answer: str, known: str) -> list[str]:
        """Return the numbers of an answer that stand nowhere in what is known."""
        return made_up(answer, known)


def load(wanted: recipe.Tools, folders: Sequence[Path]) -> Tools:
    """Open the tools that a recipe names.

    Raises:
        SynthgenError: a file is missing or broken, or a tool has no function to run.
    """
    path = _find(wanted.file, folders)
    found = (
        listing.read(path) if path else listing.of_document(mcp.tools(wanted.command, folders[0]), wanted.command[0])
    )
    known = {one.name: one for one in found}
    where = str(path or wanted.command[0])
    if unknown := [name for name in wanted.names if name not in known]:
        raise RecipeError(what=f"there is no tool '{unknown[0]}'", where=where, fix="there are " + ", ".join(known))
    tools = {name: known[name] for name in wanted.names or known}
    if not tools:
        raise RecipeError(what="there are no tools in it", where=where, fix="name a file that has some")
    runs = _find(wanted.run, folders) or (path if path and path.suffix == ".py" and not wanted.answers else None)
    if runs and runs != path:
        known = {one.name: one for one in listing.read(runs)}
        if absent := [name for name in tools if name not in known]:
            raise RecipeError(what=f"no function '{absent[0]}' runs that tool", where=str(runs), fix="write it there")
    code = runs.read_text(encoding="utf-8") if runs else ""
    typed = frozenset(name for name in tools if known[name].typed)
    limits = Limits(wanted.seconds, wanted.mebibytes, ANSWER)
    return Tools(tools, limits, runs, _recorded(wanted, folders), code, typed)


def _recorded(wanted: recipe.Tools, folders: Sequence[Path]) -> dict[str, list[tuple[Row, Any]]]:
    path = _find(wanted.answers, folders)
    found: dict[str, list[tuple[Row, Any]]] = {}
    for where, row in seeds.read(path.name, path.parent) if path else ():
        if not isinstance(row.get("name"), str) or not isinstance(row.get("arguments"), dict) or "result" not in row:
            raise RecipeError(
                what="this is no recorded call", where=where, fix='write {"name": …, "arguments": {…}, "result": …}'
            )
        found.setdefault(row["name"], []).append((row["arguments"], row["result"]))
    return found


def _find(name: str | None, folders: Sequence[Path]) -> Path | None:
    return places.beside(name, folders) if name else None


def held(result: object) -> Row:
    """Return the texts and numbers of a result by name; of a list, those of its first item."""
    first = result[0] if isinstance(result, list) and result else result
    if not isinstance(first, dict):
        return {}
    return {key: one for key, one in first.items() if isinstance(one, str | int | float) and not isinstance(one, bool)}


def _spelt(value: Any, draw: Random) -> Any:  # noqa: ANN401 - a JSON value
    if isinstance(value, dict):
        return {key: _spelt(one, draw) for key, one in value.items()}
    if isinstance(value, list):
        return [_spelt(one, draw) for one in value]
    ways = spellings(value)
    return draw.choice(ways) if ways else value


def _shared(one: set[str], two: set[str]) -> float:
    return len(one & two) / (len(one | two) or 1)
