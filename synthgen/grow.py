"""`synthgen topics`: a model grows a tree of topics, level by level, and a person edits it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from synthgen import parse, prompts, recipe, topics
from synthgen.errors import InputError
from synthgen.model.open import Models, find_weights
from synthgen.model.wrap import Limits
from synthgen.store.ledger import Ledger
from synthgen.store.run import write_text
from synthgen.text import normalise
from synthgen.types import Ask, Reply, Request, digest

NAMES = ("about", "branches", "path", "siblings")
"""The names that the prompts may use."""
LETTERS = 60
"""A longer answer is a sentence and no topic."""
TOKENS = 30
"""Most tokens that one topic's name takes."""


@dataclass
class _Node:
    """A topic, with those below it."""

    name: str
    path: tuple[str, ...]
    below: list[_Node] = field(default_factory=list)

    def tree(self) -> Any:  # noqa: ANN401 - names to trees, or a list of leaves
        """Return what stands below as YAML has it."""
        if any(one.below for one in self.below):
            return {one.name: one.tree() for one in self.below}
        return [one.name for one in self.below]


@dataclass(frozen=True)
class _Grower:
    """What is asked for each topic.

    Args:
        found: the recipe.
        prompt: for its model.
        name: the name that requests carry.
        branches: topics below each.
        ask: remembered, budgeted and paced.
    """

    found: recipe.Recipe
    prompt: prompts.Prompt
    name: str
    branches: int
    ask: Ask

    async def grow(self, node: _Node, siblings: Sequence[str]) -> None:
        """Ask for the topics below one."""
        values = {
            "about": self.found.about,
            "branches": self.branches,
            "path": topics.BETWEEN.join(node.path),
            "siblings": siblings,
        }
        parameters: dict[str, Any] = {
            "temperature": self.found.model.temperature,
            "max_tokens": self.branches * TOKENS,
            "seed": int(digest([self.found.seed, *node.path], 7), 16),
        }
        wanted = {"type": "array", "items": {"type": "string"}}
        structure: dict[str, Any] | None = {
            "type": "object",
            "properties": {"topics": wanted},
            "required": ["topics"],
            "additionalProperties": False,
        }
        if self.prompt.continues:
            parameters["stop"], structure = ["\n"], None
        reply = await self.ask(Request(self.name, tuple(self.prompt.render(values)), parameters, structure))
        node.below = [_Node(name, (*node.path, name)) for name in self._read(reply)][: self.branches]

    def _read(self, reply: Reply) -> list[str]:
        """Return the names in a reply; what is none is left out, for a person reads the tree anyway."""
        if self.prompt.continues:
            said: Sequence[Any] = re.split(r"[;,]", reply.text)
        else:
            row = parse.rows(reply, ["topics"], 1)[0]
            said = row["topics"] if isinstance(row, dict) and isinstance(row["topics"], list) else []
        names = [" ".join(str(one).split()).strip(" .:;-") for one in said]
        return [one for one in names if one and len(one) <= LETTERS]


def grow(path: Path, changes: dict[str, Any], shape: tuple[int, int], out: Path | None, limits: Limits) -> Path:
    """Grow a tree of topics for a recipe, and return the file that it is written to.

    What the model said is remembered beside that file: a command that was stopped goes on, and the same command
    asks nothing twice.

    Args:
        path: the recipe, or its folder.
        changes: what the command line lays over it.
        shape: how deep the tree is, and how many topics stand below each.
        out: the file; None = `topics.yaml` beside the recipe.
        limits: hard limits on what is asked.

    Raises:
        SynthgenError: the file is there already, or the model cannot be asked or names no topic.
    """
    path = path / "recipe.yaml" if path.is_dir() else path
    found = recipe.load(path, changes)
    out = out or path.parent / "topics.yaml"
    if out.exists():
        raise InputError(what="there is a tree already", where=str(out), fix="edit it, or name another --out")
    with Ledger(out.with_suffix(".sqlite")) as ledger:
        root = asyncio.run(_grown(found, path.parent, shape, ledger, limits))
    if not root.below:
        raise InputError(
            what="the model named no topic", where=str(path), fix="take a larger model, or write the tree by hand"
        )
    write_text(out, topics.text(root.tree()))
    return out


async def _grown(found: recipe.Recipe, root: Path, shape: tuple[int, int], ledger: Ledger, limits: Limits) -> _Node:
    depth, branches = shape
    weights = find_weights(found.model, root)
    continues = bool(weights and weights.continues)
    prompt = prompts.find("topics.j2", [root, Path(__file__).parent], continues=continues, names=NAMES)
    top = _Node("", ())
    async with Models(found.model, ledger, limits) as models:
        name = weights.name if weights else found.model.name
        grower = _Grower(found, prompt, name, branches, models.open(found.model, weights).ask)
        level, known = [top], set[str]()
        for _ in range(depth):
            names = [one.name for one in level if one.name]
            await asyncio.gather(*(grower.grow(one, [name for name in names if name != one.name]) for one in level))
            level = _new(level, known)
    return top


def _new(level: Sequence[_Node], known: set[str]) -> list[_Node]:
    """Take out of a level's topics those that the tree has already, and return the others."""
    for node in level:
        kept = []
        for one in node.below:
            if normalise(one.name) not in known:
                known.add(normalise(one.name))
                kept.append(one)
        node.below = kept
    return [one for node in level for one in node.below]
