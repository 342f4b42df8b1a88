"""`calibrate`: what a run's judge is worth, measured on rows that people read.

Thirty readings do not calibrate a judge: with a kappa of .50 they show anything between .25 and .75, a hundred .37
to .61 (PandaLM's 999 rows with recorded verdicts). So every figure comes with its interval, the threshold is chosen
on one half of the readings and reported on the other, and below the bar nothing is called calibrated.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import log2
from pathlib import Path
from random import Random
from typing import Any

from synthgen import lock, report, schema, seeds
from synthgen.agreement import Figure, best_threshold, corrected, kappa, resampled, slope
from synthgen.asking import Asking
from synthgen.checks.judge import Judge
from synthgen.errors import BudgetSpentError, InputError
from synthgen.faults import FAULTS
from synthgen.job import Job
from synthgen.model.open import Models
from synthgen.model.wrap import Limits
from synthgen.selftest import ground_of, kept_rows
from synthgen.store.ledger import Ledger
from synthgen.store.run import Run, write_text
from synthgen.types import Ask, Candidate, Draft, Fault

LEAST_ROWS = 100
"""Readings that the bar asks for: with fewer, kappa's interval is wider than a quarter."""
LEAST_KAPPA = 0.4
"""What kappa's lower bound must reach: from .41 on agreement is called moderate (Landis and Koch 1977)."""
SWAPPED, PLANTED = 100, 20
"""Rows that are judged again in the other order, and rows of each kind of fault."""
YES, NO = {"yes", "keep", "true", "1", "y"}, {"no", "reject", "false", "0", "n"}


@dataclass(frozen=True)
class Planted:
    """Faults of one kind that the judge was shown, and how many it refused."""

    asked: int
    refused: int


@dataclass(frozen=True)
class Calibration:
    """What the judge is worth.

    Args:
        readings: rows that a person read and the judge judged.
        unjudged: rows that a person read and the judge never saw: they fell before it.
        agreement: kappa between the judge's verdicts and people's.
        people: share that people keep.
        judge: share that the judge keeps.
        threshold: the score from which one half of the readings is kept best (F1).
        held_out: kappa at that threshold on the other half.
        length: kappa of a reader who keeps the longer rows, its cut chosen and reported in the same way.
        accepted: share of all judged rows that people would keep, by prediction-powered inference.
        slopes: by how much the judge's score, and people's verdict, rise when a row doubles in length.
        swapped: rows judged again with the questions in the other order, and verdicts that changed.
        planted: by kind of fault.
        short: what is missing to call the judge calibrated; nothing = it is.
        of: digests of what was measured: the recipe's, its checks', the kept rows'.
    """

    readings: int
    unjudged: int
    agreement: Figure
    people: float
    judge: float
    threshold: float
    held_out: Figure
    length: Figure
    accepted: Figure
    slopes: Mapping[str, Figure]
    swapped: tuple[int, int]
    planted: Mapping[str, Planted]
    short: Sequence[str]
    of: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """Return it for machines."""
        return asdict(self) | {"calibrated": not self.short}


def lay_out(run: Run, path: Path, rows: int, seed: int = 0) -> int:
    """Write a sheet of judged rows, drawn at random, for a person to fill in; return how many there are.

    The judge's own verdict is not on it: it would lead the reader.
    """
    import polars as pl

    judged = _judged(run)
    names = sorted(judged)
    chosen = set(Random(seed).sample(names, min(rows, len(names))))  # noqa: S311 - reproducible on purpose
    table = run.read("candidates").filter(pl.col("id").is_in(list(chosen)))
    data = [(name, json.loads(row)) for name, row in table.select("id", "row").iter_rows()]
    fields = list(dict.fromkeys(field for _, row in data for field in row))
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(["id", "keep", *fields])
    for name, row in data:
        values = (row.get(field) for field in fields)
        writer.writerow([name, "", *(one if isinstance(one, str) else json.dumps(one) for one in values)])
    write_text(path, sheet.getvalue())
    return len(data)


def calibrate(job: Job, run: Run, readings: Path, limits: Limits) -> Calibration:
    """Hold the judge's verdicts against people's, and ask it about swapped questions and planted faults.

    The outcome is also written to the run's folder, for the card. What the judge is asked is remembered, paced and
    budgeted as in a run.

    Args:
        job: the run's recipe made ready.
        run: the run.
        readings: a table with the columns `id` and `keep` (yes or no).
        limits: hard limits on the run, over all its starts.

    Raises:
        SynthgenError: there is no judge, the readings cannot be read, or the folder holds a run of another recipe.
    """
    asking = job.asks("judge")
    if asking is None:
        raise InputError(
            what="the recipe has no judge to calibrate", where="recipe: checks.judge", fix="set `use: true` there"
        )
    lock.check(job, run)
    people = _readings(readings)
    scores = _judged(run)
    pairs = [(scores[name], keep, name) for name, keep in people.items() if name in scores]
    if len(pairs) < 4 or len({keep for _, keep, _ in pairs}) < 2:
        raise InputError(
            what=f"{len(pairs)} readings are of judged rows, or all of them say the same: nothing can be measured",
            where=str(readings),
            fix=f"fill in more rows; {LEAST_ROWS} or more make the figures worth something",
        )
    lengths = _lengths(run)
    with Ledger(run.ledger) as ledger:
        swapped, planted = asyncio.run(_ask(job, asking, kept_rows(job, run), ledger, limits))
    found = _measured(job, pairs, scores, lengths)
    of = lock.stamp(job.digests, job.recipe.checks.model_dump(mode="json"), run.read("kept")["id"].to_list())
    done = Calibration(
        **found, unjudged=len(people) - len(pairs), swapped=swapped, planted=planted, of=of, short=_short(found)
    )
    write_text(run.calibration, json.dumps(done.as_json(), ensure_ascii=False, indent=1))
    return done


def _measured(
    job: Job, pairs: Sequence[tuple[float, bool, str]], scores: Mapping[str, float], lengths: Mapping[str, float]
) -> dict[str, Any]:
    """Return the figures that need no model."""
    least = job.recipe.checks.judge.least
    judge, people = [score >= least for score, _, _ in pairs], [keep for _, keep, _ in pairs]
    # Ids are digests: their order is as good as a draw.
    ordered = sorted(pairs, key=lambda one: one[2])
    read = {name for _, _, name in pairs}
    doubled = [log2(max(1.0, lengths[name])) for _, _, name in pairs]

    def held_out(value: Mapping[str, float]) -> tuple[float, Figure]:
        chosen, other = ordered[::2], ordered[1::2]
        threshold = best_threshold([value[name] for _, _, name in chosen], [keep for _, keep, _ in chosen])
        kept = [value[name] >= threshold for _, _, name in other]
        return threshold, resampled(kappa, kept, [keep for _, keep, _ in other])

    threshold, agreement = held_out(scores)
    return {
        "readings": len(pairs),
        "agreement": resampled(kappa, judge, people),
        "people": sum(people) / len(people),
        "judge": sum(judge) / len(judge),
        "threshold": threshold,
        "held_out": agreement,
        "length": held_out(lengths)[1],
        "accepted": corrected([one >= least for name, one in scores.items() if name not in read], judge, people),
        "slopes": {
            "judge": slope(doubled, [score for score, _, _ in pairs]),
            "people": slope(doubled, [float(keep) for keep in people]),
        },
    }


def _short(found: Mapping[str, Any]) -> list[str]:
    """Return what is missing to call the judge calibrated."""
    agreement, length = found["agreement"], found["length"]
    said = []
    if found["readings"] < LEAST_ROWS:
        said.append(f"{found['readings']} readings; {LEAST_ROWS} are needed")
    if agreement.low < LEAST_KAPPA:
        said.append(f"kappa may be as low as {agreement.low:.2f}; {LEAST_KAPPA} is needed")
    if agreement.low <= length.value:
        said.append(f"a reader who keeps the longer rows may do as well (kappa {length.value:.2f})")
    return said


async def _ask(
    job: Job, asking: Asking, rows: Sequence[Candidate], ledger: Ledger, limits: Limits
) -> tuple[tuple[int, int], dict[str, Planted]]:
    """Have kept rows judged in the other order, and rows with planted faults; the budget may leave some out."""
    judge = asking.check
    assert isinstance(judge, Judge)  # noqa: S101 - for the types: it is the check of that name
    async with Models(job.recipe.model, ledger, limits) as models:
        asks = [models.open(model, local).ask for model, local in asking.models]
        again = rows[:SWAPPED]
        before = await _refused(judge, again, asks)
        after = await _refused(judge.reversed(), again, asks)
        both = [pair for pair in zip(before, after, strict=True) if None not in pair]
        planted = {}
        for kind, faulty in _planted(job, rows).items():
            said = [one for one in await _refused(judge, faulty, asks) if one is not None]
            if said:
                planted[kind] = Planted(len(said), sum(said))
    return (len(both), sum(one != other for one, other in both)), planted


async def _refused(judge: Judge, rows: Sequence[Candidate], asks: Sequence[Ask]) -> list[bool | None]:
    """Return of each row whether the judge refuses it; None where nobody could ask."""

    async def one(row: Candidate) -> bool | None:
        try:
            return judge.decide(await judge.opinions(row.record, asks))[0] is not None if row.record else None
        except BudgetSpentError:
            return None

    return list(await asyncio.gather(*(one(row) for row in rows)))


def _planted(job: Job, rows: Sequence[Candidate]) -> dict[str, list[Candidate]]:
    """Return copies of kept rows with faults that show in the row itself, by kind."""
    ground = ground_of(job, rows)
    found: dict[str, list[Candidate]] = {}
    for kind, fault in FAULTS.items():
        if fault.copies or not {"labels", "quality"} & set(fault.checks) or fault.left_out(ground, ("safety",)):
            continue
        draw = Random(f"calibrate {kind}")  # noqa: S311 - reproducible on purpose
        for row in draw.sample(list(rows), min(PLANTED, len(rows))):
            planted = fault(dict(row.data), draw, ground)
            record = schema.admit(job.kind, planted, job.context) if isinstance(planted, dict) else None
            if record is not None and not isinstance(record, Fault) and isinstance(planted, dict):
                found.setdefault(kind, []).append(Candidate(row.id, Draft(0, {}, 0, []), [], planted, record))
    return found


def _judged(run: Run) -> dict[str, float]:
    """Return the judge's score of each row that it judged; one with a critical "no" has 0.

    Raises:
        InputError: no row was judged.
    """
    import polars as pl

    asked = run.read("verdicts").filter((pl.col("check") == "judge") & pl.col("score").is_not_null())
    if asked.is_empty():
        raise InputError(
            what="no row of this run was judged",
            where=str(run.table("verdicts")),
            fix="set checks.judge.use in the recipe and run `synthgen generate` again",
        )
    critical = pl.col("reason").fill_null("") == "judge.critical"
    found = asked.select("id", score=pl.when(critical).then(0.0).otherwise("score"))
    return dict(found.iter_rows())


def _readings(path: Path) -> dict[str, bool]:
    """Return what people said, by id; rows that nobody filled in are left out."""
    found: dict[str, bool] = {}
    for where, row in seeds.read(path.name, path.parent):
        name, said = row.get("id"), str(row.get("keep") if row.get("keep") is not None else "").strip().lower()
        if not name or not isinstance(name, str):
            raise InputError(what="the row has no id", where=where, fix="give the columns id and keep")
        if said in YES | NO:
            found[name] = said in YES
        elif said:
            raise InputError(what=f"'{said}' is neither yes nor no", where=where, fix="write yes or no under keep")
    return found


def _lengths(run: Run) -> dict[str, float]:
    """Return each candidate's words in its written texts."""
    rows = run.read("candidates").select("id", "row").iter_rows()
    return {
        name: float(sum(len(value.split()) for value in json.loads(row).values() if isinstance(value, str)))
        for name, row in rows
    }


def tell(found: Calibration) -> str:
    """Return a calibration as text."""

    def shown(one: Figure) -> str:
        return f"{one.value:.2f} ({one.low:.2f} to {one.high:.2f})"

    rows, flips = found.swapped
    lines = [
        ("readings of judged rows", found.readings),
        ("kappa with people", shown(found.agreement)),
        (f"kappa at {found.threshold:.2f}, chosen on one half, on the other", shown(found.held_out)),
        ("kappa of keeping the longer rows", shown(found.length)),
        ("people keep, the judge keeps", f"{found.people:.2f}, {found.judge:.2f}"),
        ("people would keep of all judged rows", shown(found.accepted)),
        ("the judge's score for a row of double length", shown(found.slopes["judge"])),
        ("people's verdict for a row of double length", shown(found.slopes["people"])),
        ("verdicts that change with the questions' order", f"{flips} of {rows}"),
    ]
    parts = [report.table(("figure", "value (95 % interval)"), lines)]
    if found.planted:
        caught = [(kind, one.asked, one.refused) for kind, one in found.planted.items()]
        parts.append(report.table(("planted fault", "judged", "refused"), caught))
    parts.append("not calibrated: " + "; ".join(found.short) if found.short else "calibrated")
    return "\n\n".join(parts)
