"""The order of the steps: generate, filter, export; each reads like the line it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from synthgen import columns, lock, schema, seeds, views
from synthgen.checks.contamination import Contamination
from synthgen.diversity import figures
from synthgen.errors import InputError
from synthgen.job import Job
from synthgen.loop import Loop, Outcome
from synthgen.model.open import Models, notes
from synthgen.model.wrap import Limits
from synthgen.plan import Plan
from synthgen.recipe import Checks
from synthgen.sift import Known, Sieve
from synthgen.store.ledger import Ledger
from synthgen.store.run import Run, write_text
from synthgen.types import Candidate, Draft, Fault, Row, digest
from synthgen.write import Writer


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

    @property
    def short(self) -> bool:
        """Return whether fewer rows were kept than asked for."""
        return self.kept < self.target


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
        finally:
            # However the run ends, what was read is laid out, and the same command goes on from the ledger.
            _lay_out(job, run, parts)
        return _result(run, parts, ledger)


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
        asyncio.run(parts.loop.replay())
        _lay_out(job, run, parts)
        return _result(run, parts, ledger)


@dataclass(frozen=True)
class _Parts:
    loop: Loop
    plan: Plan
    sieve: Sieve


def _parts(job: Job, ledger: Ledger, seen: Callable[[Outcome], None]) -> _Parts:
    plan = Plan(job.recipe, job.axes, job.seeds)
    sieve = sieve_of(job)
    writer = Writer(job.recipe, job.kind, job.axes, {seed.id: seed for seed in job.seeds}, job.prompts, job.model)
    return _Parts(Loop(plan, writer, sieve, ledger, seen), plan, sieve)


def _lay_out(job: Job, run: Run, parts: _Parts) -> None:
    outcome = parts.loop.outcome
    views.write(run, outcome.candidates, parts.sieve.verdicts(), outcome.taken)
    views.write_test(run, job.test)
    taken = set(outcome.taken)
    kept = [one.record.wording() for one in outcome.candidates if one.id in taken and one.record]
    views.write_figures(run, figures([seed.record.wording() for seed in job.seeds], kept) if kept else [])


def sieve_of(job: Job) -> Sieve:
    """Return a fresh sieve with the checks of a job: it has kept nothing yet."""
    more = list(job.own)
    if job.evaluation:
        contamination = Contamination(job.evaluation)
        more.insert(0, ("contamination", contamination))
    known = Known([*job.seeds, *job.test], job.phrases(), job.described(), more)
    sieve = Sieve(job.kind, job.recipe.checks, known)
    if job.evaluation:
        hit = [seed for seed in job.seeds if contamination.of([seed.record.wording()])[0]]
        said = f" ({', '.join(seed.where for seed in hit[:3])} …)" if hit else ""
        sieve.notes.append(f"contamination: {len(hit)} of {len(job.seeds)} seeds repeat an evaluation text{said}")
    return sieve


async def _ask(job: Job, ledger: Ledger, loop: Loop, limits: Limits) -> None:
    async with Models(job.recipe.model, ledger, limits) as models:
        await loop.run(models.open(job.recipe.model, job.weights))


def _result(run: Run, parts: _Parts, ledger: Ledger) -> Result:
    outcome, plan = parts.loop.outcome, parts.plan
    return Result(
        run=run,
        waterfall=views.waterfall(parts.sieve.verdicts(), len(outcome.candidates), len(outcome.taken)),
        reasons=dict(outcome.reasons.most_common()),
        kept=plan.kept,
        target=sum(tally.quota for tally in plan.cells.values()),
        missing={" / ".join(key): short for key, short in plan.missing().items()},
        stopped=outcome.stopped,
        spent=ledger.spent(),
        notes=[*parts.sieve.notes, *notes(ledger)],
    )


def audit(source: str, task: str, folder: Path, job: Job | None) -> Result:
    """Put a dataset that somebody else made through the checks; the source is never changed.

    Args:
        source: a file, a folder of `datasets`, `hf://owner/dataset`, or `-`.
        task: whose schema the rows must fit; "" = the recipe's, or the shipped one that the columns fit.
        folder: where kept and rejected rows go.
        job: seeds and thresholds to hold the rows against, or None.
    """
    import polars as pl

    file = job.schema if job else schema.find(task, Path()) if task else None
    kind = job.kind if job else schema.load(file) if file else None
    first, rows = columns.peek(seeds.read(source, Path()))
    if not first:
        raise InputError(what="there are no rows", where=source, fix=f"name a {seeds.KINDS} file with rows")
    said = []
    if kind is None or file is None:
        task, reading = columns.guess(first, source)
        file, kind = schema.find(task, Path()), reading.kind
        said.append(f"nobody said what the rows are; their columns fit the task {task}")
    else:
        reading = columns.hold(kind, first, source)
    candidates = [
        _foreign(number, where, row, reading, job.axes if job else {}) for number, (where, row) in enumerate(rows)
    ]
    checks = job.recipe.checks if job else Checks()
    sieves = [sieve_of(job) if job else Sieve(kind, checks, Known()) for _ in {one.split for one in candidates}]
    kept = _split_by_split(candidates, sieves)
    kept = sieves[-1].without_leaks(kept, checks.dedup.near)
    verdicts = pl.concat(sieve.verdicts() for sieve in sieves)
    run = Run(folder)
    write_text(run.schema, file.read_text(encoding="utf-8"))
    views.write(run, candidates, verdicts, [one.id for one in kept])
    return Result(
        run=run,
        waterfall=views.waterfall(verdicts, len(candidates), len(kept)),
        reasons=views.reasons(verdicts),
        kept=len(kept),
        target=0,
        missing={},
        stopped="",
        spent={},
        notes=[reading.tell(), *said, *sieves[0].notes],
    )


def _split_by_split(candidates: list[Candidate], sieves: list[Sieve]) -> list[Candidate]:
    """Return what each split's own sieve keeps: a twin in another split is a leak, and not the later row's fault."""
    names = dict.fromkeys(one.split for one in candidates)
    kept: set[str] = set()
    for name, sieve in zip(names, sieves, strict=True):
        part = [one for one in candidates if one.split == name]
        kept |= {one.id for one, keep in zip(part, sieve(part), strict=True) if keep}
    return [one for one in candidates if one.id in kept]


def _foreign(number: int, where: str, row: Row, reading: columns.Reading, axes: dict[str, list[Row]]) -> Candidate:
    """Return a row of somebody else's as a candidate without a prompt."""
    fields = reading(row)
    record = fields if isinstance(fields, Fault) else schema.admit(reading.kind, fields, axes)
    # A row whose conversation cannot be read is shown as it came.
    shown = {key: row.get(key) for key in reading.turns} if isinstance(fields, Fault) else fields
    plain = columns.storable(shown)
    draft = Draft(number, {"split": columns.storable(str(row.get("split") or "train"))}, number, [])
    name = digest([where, plain], 12)
    if isinstance(record, Fault):
        return Candidate(name, draft, [], plain, None, record)
    return Candidate(name, draft, [], plain, record)
