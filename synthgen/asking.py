"""The checks that ask a model, made ready from the recipe: moderation, paraphrases of evaluation texts, the judge."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from synthgen import prompts
from synthgen.checks import AskingCheck, judge, pairwise, paraphrase
from synthgen.checks.moderation import Moderation
from synthgen.checks.unsafe import moderated
from synthgen.embed import embed
from synthgen.model.local import Weights
from synthgen.model.open import Models, find_weights
from synthgen.model.wrap import Limits
from synthgen.planned import wider
from synthgen.prompts import Prompt
from synthgen.recipe import Comparison, Model, Recipe
from synthgen.store.ledger import Ledger
from synthgen.types import Ask, Candidate, Row

if TYPE_CHECKING:
    from synthgen.sift import Sieve


@dataclass(frozen=True)
class Asking:
    """A check that asks a model.

    Args:
        name: the check's name.
        check: the check.
        models: whom it asks, with their files where they run here.
        chats: whether these answer chats.
        parents: whether it looks only at rows that were made of another, which somebody else's never say.
    """

    name: str
    check: AskingCheck
    models: Sequence[tuple[Model, Weights | None]]
    chats: bool = True
    parents: bool = False


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
        found.append(Asking("harder", pairwise.Harder(compares, wider(axes)), models, parents=True))
    if recipe.checks.pair.use:
        models, compares = _compares(recipe, recipe.checks.pair, folders, "pairwise.j2")
        found.append(Asking("pair", pairwise.Pair(compares), models))
    if recipe.checks.judge.use:
        found.append(_judge(recipe, folders, axes))
    return found


def opened(models: Models, asking: Sequence[Asking]) -> list[list[Ask]]:
    """Return the models of each check, ready to be asked.

    Raises:
        EndpointError: there is a limit on cost, and nobody knows the price of one of them.
    """
    return [[models.open(model, local, probes=one.chats).ask for model, local in one.models] for one in asking]


class Inquiry:
    """Has checks ask their models about one batch of rows after the other, for a caller that waits for each.

    Use it as a context manager: all batches share one event loop, one pace and one budget.

    Args:
        asking: the checks.
        writer: the recipe's model, with whose price a limit on cost is kept where a reply came without one.
        ledger: remembers every reply, so that nothing is asked twice.
        limits: hard limits on all that is asked, over all starts.

    Raises:
        EndpointError: there is a limit on cost, and nobody knows the price of one of the models.
    """

    def __init__(self, asking: Sequence[Asking], writer: Model, ledger: Ledger, limits: Limits) -> None:
        self.ledger = ledger
        self._models = Models(writer, ledger, limits)
        self._asks = opened(self._models, asking)
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._runner.run(self._models.__aexit__(kind, error, trace))
        finally:
            self._runner.close()

    def __call__(self, sieve: Sieve, candidates: Sequence[Candidate], passed: Sequence[bool]) -> list[bool]:
        """Say again of each candidate whether it is kept; see `Sieve.asked`.

        Raises:
            SynthgenError: an endpoint or the disk failed; every reply so far is kept.
        """
        return self._runner.run(sieve.asked(candidates, passed, self._asks))


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
