"""Draws the calls first: which tools are offered, which are called with what, and what they answer."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from synthgen.types import Given, Row, unfit

OFFERED = (2, 5)
"""Fewest and most tools that a row offers."""


def calls(given: Given) -> Row:
    """Draw what a row is about; its request is written for it afterwards, so that the calls are right."""
    tools, draw, kind = given.resources["tools"], given.draw, given.cell["kind"]
    planned = _chain(tools, draw) if kind == "chained" else _plan(tools, draw, kind)
    names = [name for name, _ in planned]
    offered = _offered(tools, draw, names, without=names[0] if kind == "none" else "")
    missing = _left_out(tools, draw, *planned[0]) if kind == "ask" else ""
    told = [(name, {key: one for key, one in arguments.items() if key != missing}) for name, arguments in planned]
    made = [] if kind in {"none", "ask"} else planned
    results = [] if not tools.runs else [_run(tools, name, arguments) for name, arguments in made]
    first = told[:1] if kind == "chained" else told  # what the second call needs comes out of the first one
    said = [(name, tools.said(arguments, draw)) for name, arguments in first]
    return {
        "offered": tools.offered(offered),
        "calls": [{"name": name, "arguments": arguments} for name, arguments in made],
        "results": results,
        "wish": _wish([*said, *((name, {}) for name, _ in told[len(first) :])]),
        "facts": json.dumps([str(one) for _, arguments in said for one in arguments.values()], ensure_ascii=False),
        "missing": missing.replace("_", " "),
        "found": "; ".join(_line(one) for one in results),
        "shown": [_shown(one) for one in given.examples],
    }


def _plan(tools: Any, draw: Random, kind: str) -> list[tuple[str, Row]]:  # noqa: ANN401 - the recipe's tools
    """Draw one call, or for parallel ones two of the same tool or of two tools."""
    first = draw.choice(list(tools.tools))
    names = [first]
    if kind == "parallel":
        names.append(first if draw.random() < 0.6 else draw.choice([one for one in tools.tools if one != first]))
    planned: list[tuple[str, Row]] = []
    while len(planned) < len(names):
        one = (names[len(planned)], tools.draw(names[len(planned)], draw))
        if one not in planned:
            planned.append(one)
    return planned


def _chain(tools: Any, draw: Random) -> list[tuple[str, Row]]:  # noqa: ANN401 - the recipe's tools
    """Draw a call, and one that needs what the first one answers."""
    if not tools.links:
        message = "no tool's answer holds what another one needs; leave out the kind `chained`"
        raise ValueError(message)
    link = draw.choice(tools.links)
    arguments = tools.draw(link.first, draw)
    answer = _run(tools, link.first, arguments)
    one = answer[0] if isinstance(answer, list) else answer
    return [(link.first, arguments), (link.second, tools.draw(link.second, draw, {link.name: one[link.name]}))]


def _offered(tools: Any, draw: Random, names: list[str], without: str) -> list[str]:  # noqa: ANN401 - the recipe's tools
    """Return the tools that are offered: those called, those easily taken for them, and others, in any order."""
    wanted = draw.randint(*OFFERED)
    found = [one for one in dict.fromkeys(names) if one != without]
    alike = [] if without else tools.alike(names[0], 2)
    rest = [one for one in tools.tools if one not in {*found, *alike, without}]
    more = [*(one for one in alike if one not in found), *draw.sample(rest, len(rest))]
    if without:
        near = tools.alike(without, 2)  # one of those could do what is asked
        more = [one for one in more if one not in near] or more
    found += more[: max(wanted - len(found), 1)]
    return draw.sample(found, len(found))


def _left_out(tools: Any, draw: Random, name: str, arguments: Row) -> str:  # noqa: ANN401 - the recipe's tools
    required = [one for one in tools.tools[name].parameters.get("required", []) if one in arguments]
    if not required:
        message = f"{name} needs nothing that could be left out"
        raise ValueError(message)
    return draw.choice(required)


def _run(tools: Any, name: str, arguments: Row) -> Any:  # noqa: ANN401 - whatever the tool gives
    outcome = tools.run(name, arguments)
    if outcome.trouble:
        raise unfit("call.failed", f"{name}: {outcome.trouble}, {outcome.evidence}")
    return outcome.value


def _line(value: Any) -> str:  # noqa: ANN401 - a JSON value
    if isinstance(value, list):
        return " / ".join(map(_line, value))
    if isinstance(value, dict):
        return ", ".join(f"{key.replace('_', ' ')} {one}" for key, one in value.items())
    return str(value)


def _wish(calls: list[tuple[str, Row]]) -> str:
    return " and ".join(
        f"{name.replace('_', ' ')} ({_line(arguments)})".replace(" ()", "") for name, arguments in calls
    )


def _shown(example: Row) -> Row:
    """Return a seed as the prompts show it."""
    made = [(one["name"], one["arguments"]) for one in json.loads(example["calls"])]
    told = made[:1] if example["kind"] == "chained" else made
    return {
        "wish": _wish([*told, *((name, {}) for name, _ in made[len(told) :])]),
        "found": "; ".join(_line(one) for one in json.loads(example["results"])),
        "question": example["question"],
        "answer": example["answer"],
    }
