"""The checks that ask a model, made ready from the recipe: moderation, paraphrases of evaluation texts, the judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from synthgen import prompts
from synthgen.checks import AskingCheck, judge, pairwise, paraphrase
from synthgen.checks.moderation import Moderation
from synthgen.checks.unsafe import moderated
from synthgen.embed import embed
from synthgen.model.local import Weights
from synthgen.model.open import find_weights
from synthgen.planned import wider
from synthgen.prompts import Prompt
from synthgen.recipe import Comparison, Model, Recipe
from synthgen.types import Row


@dataclass(frozen=True)
class Asking:
    """A check that asks a model.

    Args:
        name: the check's name.
        check: the check.
        models: whom it asks, with their files where they run here.
        chats: whether these answer chats.
    """

    name: str
    check: AskingCheck
    models: Sequence[tuple[Model, Weights | None]]
    chats: bool = True


def of_recipe(
    recipe: Recipe, folders: Sequence[Path], axes: dict[str, list[Row]], evaluation: Sequence[tuple[str, str]]
) -> list[Asking]:
    """Return the recipe's checks that ask a model, in the order in which they run: the cheap ones first.

    Args:
        recipe: the recipe.
        folders: where its prompts may lie; the first is the recipe's own.
        axes: each axis's rows.
        evaluation: the evaluation texts with their places.

    Raises:
        SynthgenError: a prompt or a model's file is missing.
    """
    found = []
    if model := recipe.checks.safety.moderation:
        found.append(Asking("moderation", Moderation(model.name, moderated), [(model, None)], chats=False))
    part = recipe.checks.contamination.paraphrase
    if part.use and evaluation:
        models = _models([part.model or recipe.model], folders)
        ((name, prompt),) = _asked(models, part.prompt, folders, paraphrase.NAMES)
        check = paraphrase.Paraphrase(evaluation, part.least, embed, (name, prompt), recipe.about)
        found.append(Asking("paraphrase", check, models))
    if recipe.checks.harder.use:
        models, compares = _compares(recipe, recipe.checks.harder, folders, "harder.j2")
        found.append(Asking("harder", pairwise.Harder(compares, wider(axes)), models))
    if recipe.checks.pair.use:
        models, compares = _compares(recipe, recipe.checks.pair, folders, "pairwise.j2")
        found.append(Asking("pair", pairwise.Pair(compares), models))
    if recipe.checks.judge.use:
        found.append(_judge(recipe, folders, axes))
    return found


def _compares(
    recipe: Recipe, part: Comparison, folders: Sequence[Path], prompt: str
) -> tuple[list[tuple[Model, Weights | None]], pairwise.Pairwise]:
    models = _models([part.model or recipe.model], folders)
    ((name, found),) = _asked(models, part.prompt or prompt, folders, pairwise.NAMES)
    return models, pairwise.Pairwise(name, found, recipe.about, part.rules)


def _judge(recipe: Recipe, folders: Sequence[Path], axes: dict[str, list[Row]]) -> Asking:
    part = recipe.checks.judge
    models = _models(part.models or [recipe.model], folders)
    jurors = [judge.Juror(*one) for one in _asked(models, part.prompt, folders, judge.NAMES)]
    questions = [judge.Question(f"q{number}", one.ask, one.critical) for number, one in enumerate(part.questions, 1)]
    check = judge.Judge(jurors, questions, recipe.about, axes, (part.doubt, part.least), part.reference)
    return Asking("judge", check, models)


def _models(models: Sequence[Model], folders: Sequence[Path]) -> list[tuple[Model, Weights | None]]:
    return [(model, find_weights(model, folders[0])) for model in models]


def _asked(
    models: Sequence[tuple[Model, Weights | None]], prompt: str, folders: Sequence[Path], names: Sequence[str]
) -> list[tuple[str, Prompt]]:
    """Return for each model the name that requests carry, and the prompt that it takes."""
    places = [*folders, judge.FOLDER]
    return [
        (
            local.name if local else model.name,
            prompts.find(prompt, places, continues=bool(local and local.continues), names=names),
        )
        for model, local in models
    ]
