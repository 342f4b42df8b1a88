"""A recipe's steps made ready: their prompts and functions loaded, and who is asked in each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthgen import functions, prompts
from synthgen.errors import RecipeError
from synthgen.model.local import Weights
from synthgen.model.open import find_weights
from synthgen.prompts import Prompt
from synthgen.recipe import Model, Recipe, Step


@dataclass(frozen=True)
class Writing:
    """A model that writes.

    Args:
        model: as the recipe gives it.
        weights: its file, where it runs here.
    """

    model: Model
    weights: Weights | None

    @property
    def name(self) -> str:
        """Return the name that requests carry."""
        return self.weights.name if self.weights else self.model.name

    @property
    def follows(self) -> bool:
        """Return whether it follows instructions: a base model does not, nor does `fake`."""
        return not self.weights.continues if self.weights else self.model.name != "fake"


@dataclass(frozen=True)
class Voice:
    """A prompt, and who answers it; in a conversation as `role`."""

    prompt: Prompt
    writing: Writing
    role: str = ""


@dataclass(frozen=True)
class Ready:
    """A step that can be taken: it has one voice, several that speak by turns, or a function."""

    step: Step
    voices: Sequence[Voice] = ()
    function: Callable[..., Any] | None = None
    file: Path = Path()

    def fits(self, cell: Mapping[str, str]) -> bool:
        """Return whether a draft with these values takes the step."""
        return all(cell.get(name) in values for name, values in self.step.when.items())

    def sources(self) -> list[str]:
        """Return the texts of the files that decide what the step gives."""
        return [self.file.read_text(encoding="utf-8")] if self.function else [one.prompt.source for one in self.voices]


def of_recipe(recipe: Recipe, folders: Sequence[Path]) -> list[Ready]:
    """Load all that the recipe's steps name.

    Args:
        recipe: the recipe.
        folders: where prompts and functions may lie; the first is the recipe's own.

    Raises:
        SynthgenError: a prompt, a function or a model's file is missing or broken, or two models have one name.
    """
    chats = {True: "instruct", False: "base"}
    found = [
        _ready(step, recipe.model, folders)
        for step in recipe.steps
        if step.only in {None, chats[_writing(step.model or recipe.model, folders[0]).follows]}
    ]
    writers(found)
    return found


def writers(steps: Sequence[Ready]) -> dict[str, Writing]:
    """Return who is asked in the steps, by the names that requests carry.

    Raises:
        RecipeError: two of them have one name, and lie at different addresses: replies are kept by name.
    """
    found: dict[str, Writing] = {}
    for voice in (voice for step in steps for voice in step.voices):
        known = found.setdefault(voice.writing.name, voice.writing)
        if known.model.base_url != voice.writing.model.base_url:
            raise RecipeError(
                what=f"two models at different addresses are called '{voice.writing.name}'",
                where="recipe: steps",
                fix="serve one of them under another name",
            )
    return found


def _ready(step: Step, model: Model, folders: Sequence[Path]) -> Ready:
    if step.call:
        function, file = functions.load(step.call, folders, "the step's call")
        return Ready(step, function=function, file=file)
    asked = [(step.prompt, step.model or model, "")] if step.prompt else []
    asked += [(one.prompt, one.model or step.model or model, one.role) for one in step.speakers]
    return Ready(step, [_voice(name, who, role, folders) for name, who, role in asked if name])


def _writing(model: Model, root: Path) -> Writing:
    return Writing(model, find_weights(model, root))


def _voice(name: str, model: Model, role: str, folders: Sequence[Path]) -> Voice:
    writing = _writing(model, folders[0])
    prompt = prompts.find(name, folders, continues=bool(writing.weights and writing.weights.continues))
    return Voice(prompt, writing, role)
