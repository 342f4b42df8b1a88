"""The order of the steps: generate, filter, export; each reads like the line it is."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from synthgen import doubts, embed, lock, select, views
from synthgen.asking import opened
from synthgen.checks.contamination import Contamination
from synthgen.confusion import most_mixed
from synthgen.diversity import figures
from synthgen.errors import InputError
from synthgen.job import Job
from synthgen.loop import Loop, Outcome
from synthgen.model import score
from synthgen.model.family import related
from synthgen.model.local import Weights
from synthgen.model.open import Models, find_weights, notes
from synthgen.model.wrap import Limits
from synthgen.plan import Plan
from synthgen.recipe import Model
from synthgen.sift import Known, Sieve
from synthgen.steps import writers
from synthgen.store.ledger import Ledger
from synthgen.store.run import Run
from synthgen.types import Candidate, Reply, Request
from synthgen.write import Writer

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Result:
    """What a command did: where it lies, and what there is to say of it."""

    run: Run
    waterfall: list[tuple[str, int, int]]
    """Check, rows that came in, rows that went on."""
    reasons: dict[str, int]
    kept: int
    target: int
    missing: dict[str, int]
    stopped: str
    spent: dict[str, float | None]
    notes: list[str]
    review: int = 0
    """Rows that wait for a person."""
    confusion: Sequence[tuple[str, str, int]] = ()
    """A row's label, the one that it was read as, and how often; most often first."""

    @property
    def short(self) -> bool:
        """Return whether fewer rows were kept than asked for, or a dataset's rows were left that nobody asked about."""
        return self.kept < self.target or bool(self.stopped and not self.target)


def generate(
    job: Job, folder: Path | None, limits: Limits, seen: Callable[[Outcome, Ledger], None] | None = None
) -> Result:
    """Fill the recipe's cells: plan, ask, read, sift, until every cell has its rows.

    Args:
        job: the recipe made ready.
        folder: the run's folder; None = `out/<name>`.
        limits: hard limits on what the run may take.
        seen: called after each block of rows.

    Raises:
        SynthgenError: a broken input, endpoint or disk. What was answered is kept; the same command goes on.
    """
    run = Run(folder or Path("out") / job.name)
    lock.check(job, run)
    with Ledger(run.ledger) as ledger:
        lock.write(job, run)
        parts = _parts(job, ledger, (lambda outcome: seen(outcome, ledger)) if seen else (lambda _: None))
        try:
            asyncio.run(_ask(job, ledger, parts.loop, limits))
            _measure(parts, ledger)
        finally:
            # However the run ends, what was read is laid out, and the same command goes on from the ledger.
            best = _lay_out(job, run, parts, ledger)
        return _result(run, parts, ledger, best)


def refilter(job: Job, folder: Path) -> Result:
    """Put a run's candidates through the checks again, with the recipe's thresholds of now; ask the model nothing."""
    run = Run(folder)
    lock.check(job, run)
    if not run.ledger.is_file():
        raise InputError(
            what="there is no run to filter",
            where=str(run.folder),
            fix="run `synthgen generate RECIPE` first",
        )
    with Ledger(run.ledger) as ledger:
        lock.write(job, run)
        parts = _parts(job, ledger, lambda _: None)
        asyncio.run(parts.loop.replay([len(one.models) for one in job.asking]))
        _measure(parts, ledger)
        best = _lay_out(job, run, parts, ledger)
        return _result(run, parts, ledger, best)


@dataclass(frozen=True)
class _Parts:
    loop: Loop
    plan: Plan
    sieve: Sieve
    scorer: Weights | None = None
    """The model that measures how much a prompt helps its answer, where the recipe wants that."""


@dataclass(frozen=True)
class _Best:
    """The rows of the dataset, every verdict, and the reasons for which rows were not chosen."""

    ids: Sequence[str]
    verdicts: pl.DataFrame
    reasons: Mapping[str, int]
    notes: Sequence[str] = ()


def _parts(job: Job, ledger: Ledger, seen: Callable[[Outcome], None]) -> _Parts:
    plan = Plan(job.recipe, job.axes, job.seeds)
    sieve = sieve_of(job, ledger.path.parent)
    if judge := job.asks("judge"):
        sieve.notes += related(job.model, [local.name if local else model.name for model, local in judge.models])
    writer = Writer(job.recipe, job.kind, job.axes, {seed.id: seed for seed in job.seeds}, job.steps, job.resources)
    loop = Loop(plan, writer, sieve, ledger, seen)
    wants = job.recipe.select is not None and job.recipe.select.ifd
    return _Parts(loop, plan, sieve, job.weights or find_weights(Model(), job.root) if wants else None)


def _measure(parts: _Parts, ledger: Ledger) -> None:
    """Measure how much each kept row's prompt helps its answer, where the recipe wants that."""
    if parts.scorer:
        pairs = [score.pair(one.record.messages()) for one in _taken(parts) if one.record]
        score.measure([one for one in pairs if one], parts.scorer, ledger)


def _taken(parts: _Parts) -> list[Candidate]:
    """Return the rows that every check kept, and for which the cells had room."""
    taken = set(parts.loop.outcome.taken)
    return [one for one in parts.loop.outcome.candidates if one.id in taken]


def _choose(job: Job, parts: _Parts, ledger: Ledger) -> _Best:
    """Return the best of the kept rows, where the recipe wants that, else all of them."""
    import polars as pl

    verdicts, part = parts.sieve.verdicts(), job.recipe.select
    if part is None:
        return _Best(parts.loop.outcome.taken, verdicts, {})
    quality = select.qualities(verdicts)
    cluster = {name: first or name for name, first in views.clusters(verdicts).iter_rows()}
    losses = score.known(ledger, parts.scorer) if parts.scorer else {}
    rows = []
    for one in _taken(parts):
        if one.record:
            pair = score.pair(one.record.messages()) if losses else None
            found = losses.get(pair.id) if pair else None
            cell = " / ".join(parts.plan.key(one.draft.cell))
            text = one.record.wording()
            ifd, first = (found.ifd if found else None), cluster.get(one.id, "")
            rows.append(select.Row(one.id, cell, text, quality.get(one.id, 1.0), ifd, first))
    wanted = {" / ".join(key): count for key, count in parts.plan.wanted.items()}
    # What is measured on seeds dealt to test must not have chosen the rows.
    texts = [seed.record.wording() for seed in job.seeds if seed.split != "test"]
    told = select.choose(rows, wanted, part, parts.sieve.embed, texts)
    chosen = told.filter(pl.col("reason").is_null())["id"].to_list()
    odd = len({row.id for row in rows if row.ifd and row.ifd > select.MISMATCH} & set(chosen))
    said = [f"select: {odd} chosen rows have an answer that is likelier without its prompt: their cells had no others"]
    short = sum(parts.plan.missing().values())
    pool = [f"select: the pool stayed short by {short} rows, so that there was less to choose from"]
    notes = (said if odd else []) + (pool if short else [])
    return _Best(chosen, pl.concat([verdicts, told]), views.reasons(told), notes)


def _lay_out(job: Job, run: Run, parts: _Parts, ledger: Ledger) -> _Best:
    outcome = parts.loop.outcome
    best = _choose(job, parts, ledger)
    views.write(run, outcome.candidates, best.verdicts, best.ids)
    if job.recipe.checks.labels.review:
        doubts.add(run, job.kind, parts.sieve.embed)
    views.write_confusion(run, most_mixed(parts.sieve.confusion))
    views.write_test(run, job.test)
    views.write_seeds(run, job.seeds if job.recipe.publish.real == "seeds" else [])
    taken = set(best.ids)
    kept = [one.record.wording() for one in outcome.candidates if one.id in taken and one.record]
    views.write_figures(run, figures([seed.record.wording() for seed in job.seeds], kept) if kept else [])
    return best


def sieve_of(job: Job, folder: Path | None = None) -> Sieve:
    """Return a fresh sieve with the checks of a job: it has kept nothing yet.

    Args:
        job: whose checks.
        folder: the run's; what an embedder's endpoint answered is kept there.
    """
    more = list(job.own)
    if job.evaluation:
        contamination = Contamination(job.evaluation)
        more.insert(0, ("contamination", contamination))
    known = Known(
        [*job.seeds, *job.test],
        job.phrases(),
        job.described(),
        more,
        [(one.name, one.check) for one in job.asking],
        embed.find(job.recipe.checks.embedder, job.root, job.recipe.model, folder),
        job.planned,
    )
    sieve = Sieve(job.kind, job.recipe.checks, known)
    if job.evaluation:
        hit = [seed for seed in job.seeds if contamination.of([seed.record.wording()])[0]]
        said = f" ({', '.join(seed.where for seed in hit[:3])} …)" if hit else ""
        sieve.notes.append(f"contamination: {len(hit)} of {len(job.seeds)} seeds repeat an evaluation text{said}")
    return sieve


async def _ask(job: Job, ledger: Ledger, loop: Loop, limits: Limits) -> None:
    async with Models(job.recipe.model, ledger, limits) as models:
        asks = opened(models, job.asking)
        own = models.open(job.recipe.model, job.weights)
        writing = {name: models.open(one.model, one.weights).ask for name, one in writers(job.steps).items()}

        async def ask(request: Request) -> Reply:
            return await writing[request.model](request)

        await loop.run(replace(own, ask=ask), asks)


def _result(run: Run, parts: _Parts, ledger: Ledger, best: _Best) -> Result:
    outcome, plan = parts.loop.outcome, parts.plan
    lacks = {key: count - plan.cells[key].kept for key, count in plan.wanted.items()}
    return Result(
        run=run,
        waterfall=views.waterfall(best.verdicts, len(outcome.candidates), len(best.ids)),
        reasons=dict((outcome.reasons + Counter(best.reasons)).most_common()),
        kept=len(best.ids),
        target=sum(plan.wanted.values()),
        missing={" / ".join(key): short for key, short in lacks.items() if short > 0},
        stopped=outcome.stopped,
        spent=ledger.spent(),
        notes=[*parts.sieve.notes, *best.notes, *notes(ledger)],
        review=run.read("review").height,
        confusion=most_mixed(parts.sieve.confusion),
    )
