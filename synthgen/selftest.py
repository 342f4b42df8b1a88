"""`selftest`: faults planted in copies of a run's own rows, through the run's own checks, and what was caught counted.

A copy with a fault meets a sieve that knows half of the kept rows, and not the row that it was made of: a model would
have written the fault instead of that row. Otherwise the search for duplicates would catch every small fault. Only
faults that are copies (duplicates, the same text under another label) meet a sieve that knows every kept row.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from math import sqrt
from random import Random
from typing import Any

from synthgen import lock, parse, report, schema
from synthgen.errors import InputError
from synthgen.faults import FAULTS
from synthgen.faults.ground import Ground
from synthgen.faults.look_alikes import LOOK_ALIKES, look_alike
from synthgen.job import Job
from synthgen.pipeline import sieve_of
from synthgen.sift import Sieve
from synthgen.store.run import Run, write_text
from synthgen.types import Candidate, Draft, Fault, Label, Prose, Record, Reply, Row

MOST = 200
"""Copies of each kind at most: the share caught is then known to three points or better."""
DECIDED = 0.95
"""What a kind that a rule decides must reach."""
SHOWN = 3


@dataclass(frozen=True)
class Caught:
    """What became of the faults of one kind.

    Args:
        kind: its name in `FAULTS`.
        checks: the checks that are there to catch it.
        decided: whether a rule decides it.
        planted: copies with the fault.
        reached: copies that came as far as the first of `checks`.
        caught: copies that fell, for whatever reason.
        by_check: copies that fell for one of `checks`.
        reasons: for which reasons, most first.
        missed: a few of the rows that were kept in spite of it.
    """

    kind: str
    checks: tuple[str, ...]
    decided: bool
    planted: int
    reached: int
    caught: int
    by_check: int
    reasons: dict[str, int]
    missed: list[Row]

    @property
    def rate(self) -> float:
        """Return the share that fell."""
        return self.caught / self.planted

    @property
    def low(self) -> bool:
        """Return whether a rule should have decided this and did not."""
        return self.decided and self.by_check < DECIDED * self.reached

    def as_json(self) -> dict[str, Any]:
        """Return it for machines."""
        low, high = interval(self.caught, self.planted)
        return {
            "kind": self.kind,
            "means": FAULTS[self.kind].means,
            "checks": list(self.checks),
            "decided": self.decided,
            "planted": self.planted,
            "reached": self.reached,
            "caught": self.caught,
            "by_check": self.by_check,
            "rate": round(self.rate, 4),
            "interval": [round(low, 4), round(high, 4)],
            "reasons": self.reasons,
            "missed": self.missed,
        }


@dataclass(frozen=True)
class Spared:
    """Good rows that had to be kept: how many there were, and for which reasons some fell."""

    rows: int
    reasons: dict[str, int]

    @property
    def fell(self) -> int:
        """Return how many fell."""
        return sum(self.reasons.values())

    def as_json(self) -> dict[str, Any]:
        """Return it for machines."""
        return {"rows": self.rows, "fell": self.fell, "reasons": self.reasons}


@dataclass(frozen=True)
class SelfTest:
    """What a run's checks catch, and what they must not.

    Args:
        folder: the run's folder.
        seed: what the draws came from.
        faults: one a kind.
        left_out: kinds that do not fit the run, with the reason.
        kept: the kept rows once more.
        look_alikes: kept rows with one harmless edit, by edit; what falls as a duplicate counts as kept.
        of: digests of what was tested: the recipe's, its checks', the kept rows'.
    """

    folder: str
    seed: int
    faults: list[Caught]
    left_out: dict[str, str]
    kept: Spared
    look_alikes: dict[str, Spared]
    of: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return it for machines."""
        return {
            "folder": self.folder,
            "seed": self.seed,
            "faults": [one.as_json() for one in self.faults],
            "left_out": self.left_out,
            "kept": self.kept.as_json(),
            "look_alikes": {name: one.as_json() for name, one in self.look_alikes.items()},
            "of": self.of,
        }


def selftest(job: Job, run: Run, seed: int = 0) -> SelfTest:
    """Plant every kind of fault in copies of a run's kept rows, and count what the job's checks catch.

    The outcome is also written to the run's folder, for the card. No model is asked.

    Args:
        job: the run's recipe made ready; its checks may have other thresholds than the run had.
        run: the run.
        seed: drives every draw.

    Raises:
        SynthgenError: the folder holds a run of another recipe, or no kept row.
    """
    lock.check(job, run)
    rows = kept_rows(job, run)
    if not rows:
        raise InputError(
            what="the run has no kept row to plant faults in",
            where=str(run.table("kept")),
            fix="run `synthgen generate RECIPE` first",
        )
    done = measure(job, rows, str(run.folder), seed)
    write_text(run.selftest, json.dumps(done.as_json() | {"folder": run.folder.name}, ensure_ascii=False, indent=1))
    return done


def measure(job: Job, rows: Sequence[Candidate], folder: str, seed: int) -> SelfTest:
    """Plant every kind of fault in copies of these rows, which must be good ones, and count what is caught.

    Args:
        job: whose checks are measured.
        rows: the good rows.
        folder: where they came from.
        seed: drives every draw.
    """
    bench = _Bench(job, rows, seed)
    faults, left_out = [], {}
    for kind, fault in FAULTS.items():
        why = fault.left_out(bench.ground, (name for name, _ in bench.whole.checks)) or _wanted(job, fault.checks)
        found = None if why else bench.plant(kind)
        if found:
            faults.append(found)
        else:
            left_out[kind] = why or "no row has a place for it"
    of = lock.stamp(job.digests, job.recipe.checks.model_dump(mode="json"), [one.id for one in rows])
    alike = {name: spared for name in LOOK_ALIKES if (spared := bench.spare(name)).rows}
    return SelfTest(folder, seed, faults, left_out, bench.kept, alike, of)


def _wanted(job: Job, checks: Sequence[str]) -> str:
    """Return why the recipe wants rows with a fault that only these checks look for, empty where it does not."""
    if job.recipe.checks.safety.mode == "allow" and tuple(checks) == ("safety",):
        return "the recipe leaves personal data in (checks.safety.mode: allow)"
    return ""


class _Bench:
    """The sieves that know the kept rows, and the rows to plant faults in."""

    def __init__(self, job: Job, rows: Sequence[Candidate], seed: int) -> None:
        self._job, self._rows, self._seed = job, rows, seed
        fresh = sieve_of(job)
        # Each half is known to one sieve and planted in before the other.
        self._halves = [fresh.fork() for _ in range(2)]
        for number, half in enumerate(self._halves):
            half(rows[number::2])
        self.whole = fresh
        self._passed = self.whole(rows)
        self.kept = Spared(len(rows), dict(_fell(self.whole)))
        self.ground = ground_of(job, rows)
        self._numbers = count()

    def plant(self, kind: str) -> Caught | None:
        """Plant one kind of fault in as many rows as there are, or as are enough."""
        fault = FAULTS[kind]
        found: list[tuple[int, Candidate]] = []
        for at, row in self._drawn(kind):
            if fault.copies and not self._passed[at]:  # nobody knows the row that this would repeat
                continue
            planted = fault(dict(row), self._draw(kind, at), self.ground)
            if planted is not None:
                found.append((at, self._candidate(planted, row)))
        if not found:
            return None
        reasons: Counter[str] = Counter()
        by_check, earlier, missed = 0, 0, []
        for sieve, part in self._against(found, copies=fault.copies):
            passed = sieve(part)
            missed += [one.data for one, keep in zip(part, passed, strict=True) if keep]
            reasons.update(_fell(sieve))
            by_check += sum(_fell(sieve, fault.checks).values())
            earlier += sum(_fell(sieve, self._before(fault.checks)).values())
        caught = sum(reasons.values())
        ranked = dict(sorted(reasons.items(), key=lambda one: (-one[1], one[0])))
        return Caught(
            kind,
            fault.checks,
            fault.decided,
            len(found),
            len(found) - earlier,
            caught,
            by_check,
            ranked,
            missed[:SHOWN],
        )

    def _before(self, checks: Sequence[str]) -> list[str]:
        """Return the checks that stand before the first of these."""
        names = [name for name, _ in self.whole.checks]
        return names[: min((names.index(name) for name in checks if name in names), default=0)]

    def spare(self, name: str) -> Spared:
        """Make one harmless edit in each row, and count what falls for anything but repeating a row."""
        edited = [(at, look_alike(name, row, self.ground)) for at, row in self._drawn(name)]
        found = [(at, self._candidate(row, row)) for at, row in edited if row is not None]
        reasons: Counter[str] = Counter()
        for sieve, part in self._against(found, copies=False):
            sieve(part)
            reasons.update({code: n for code, n in _fell(sieve).items() if not code.startswith("dedup.")})
        return Spared(len(found), dict(reasons))

    def _drawn(self, kind: str) -> list[tuple[int, Row]]:
        """Return the rows to work on, with their places."""
        places = range(len(self._rows))
        drawn = self._draw(kind, -1).sample(places, min(MOST, len(places)))
        return [(at, self._rows[at].data) for at in sorted(drawn)]

    def _draw(self, kind: str, at: int) -> Random:
        name = self._rows[at].id if at >= 0 else ""
        return Random(f"{self._seed} {kind} {name}")  # noqa: S311 - reproducible on purpose

    def _against(
        self, found: Sequence[tuple[int, Candidate]], *, copies: bool
    ) -> Iterator[tuple[Sieve, list[Candidate]]]:
        """Give each sieve with the rows that it is to judge; it starts from the kept rows each time."""
        if copies:
            yield self.whole.fork(), [one for _, one in found]
            return
        for number, half in enumerate(self._halves):
            yield half.fork(), [one for at, one in found if at % 2 != number]

    def _candidate(self, planted: Row | Reply, row: Row) -> Candidate:
        """Return a row or a reply as the candidate that it would have become."""
        number = next(self._numbers)
        draft = Draft(number, {"split": "train"}, number, [])
        name = f"planted {number}"
        if isinstance(planted, Reply):
            read = parse.rows(planted, self.ground.fills, 1)[0]
            if isinstance(read, Fault):
                return Candidate(name, draft, [], {"reply": planted.text}, None, read)
            planted = {**row, **read}
        record = schema.admit(self._job.kind, planted, self._job.context)
        if isinstance(record, Fault):
            return Candidate(name, draft, [], planted, None, record)
        return Candidate(name, draft, [], planted, record)


def _fell(sieve: Sieve, checks: Sequence[str] | None = None) -> Counter[str]:
    """Return for which reasons rows fell, at these checks or at any."""
    import polars as pl

    fallen = sieve.verdicts().filter(pl.col("reason").is_not_null())
    if checks is not None:
        fallen = fallen.filter(pl.col("check").is_in(list(checks)))
    return Counter(fallen["reason"].to_list())


def kept_rows(job: Job, run: Run) -> list[Candidate]:
    """Return a run's kept rows as the candidates that they were."""
    found = []
    for number, row in enumerate(run.read("kept").iter_rows(named=True)):
        data = {name: row[name] for name in job.kind.model_fields if row.get(name) is not None}
        draft = Draft(number, {"split": row["split"]}, number, [])
        record = schema.admit(job.kind, data, job.context)
        fault = record if isinstance(record, Fault) else None
        found.append(Candidate(row["id"], draft, [], data, record if isinstance(record, Record) else None, fault))
    return found


def ground_of(job: Job, rows: Sequence[Candidate]) -> Ground:
    """Return what faults are planted with in these rows."""
    kind = job.kind
    labels = list(kind.marked(Label))
    records = [seed.record.model_dump(mode="json") for seed in job.seeds]
    listed = next((rows for rows in job.axes.values() if labels and labels[0] in rows[0]), records) if labels else []
    together = [{name: row.get(name) for name in labels} for row in listed if row.get(labels[0])]
    filled = {name for step in job.recipe.steps for name in step.fills}
    return Ground(
        fields=kind.marked(Prose),
        required=frozenset(name for name, info in kind.model_fields.items() if info.is_required()),
        labels=labels,
        known=[dict(pairs) for pairs in dict.fromkeys(tuple(one.items()) for one in together)],
        nearest=_nearest(job, labels[0], rows) if labels else {},
        seeds=records,
        prompt=job.phrases(),
        language=job.recipe.checks.quality.language,
        fills=[name for name in kind.model_fields if name in filled],
    )


def _nearest(job: Job, label: str, rows: Sequence[Candidate]) -> dict[str, str]:
    """Return for each label the one that a labeller made from the seeds gives its rows most of the rest of."""
    from synthgen.checks.labels import Labeller

    known = [(seed.record.wording(), str(getattr(seed.record, label))) for seed in job.seeds if seed.split != "test"]
    if len({name for _, name in known}) < 2:
        return {}
    labeller = Labeller([text for text, _ in known], [name for _, name in known])
    records = [one.record for one in rows if one.record]
    shares = labeller([record.wording() for record in records])
    nearest = {}
    for at, name in enumerate(labeller.labels):
        own = [number for number, record in enumerate(records) if getattr(record, label) == name]
        if own:
            mixed = shares[own].mean(axis=0)
            mixed[at] = -1
            nearest[name] = labeller.labels[int(mixed.argmax())]
    return nearest


def interval(hits: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927): honest where all or none of a few rows were caught."""
    z, share = 1.96, hits / of
    middle, reach = share + z * z / (2 * of), z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


def tell(found: SelfTest) -> str:
    """Return a selftest as text."""
    head = ("fault", "planted", "caught", "by its check", "rate", "95 % interval", "check")
    lines = []
    for one in found.faults:
        low, high = interval(one.caught, one.planted)
        sure = f"{low:.2f} to {high:.2f}"
        rate = f"{one.rate:.2f}"
        lines.append((one.kind, one.planted, one.caught, one.by_check, rate, sure, " or ".join(one.checks)))
    parts = [report.table(head, lines), _judgement(found)]
    if found.left_out:
        parts.append(report.table(("left out", "why"), list(found.left_out.items())))
    spared = {"kept rows, once more": found.kept} | {f"other {name}": one for name, one in found.look_alikes.items()}
    good = [(name, one.rows, one.fell, ", ".join(one.reasons)) for name, one in spared.items()]
    parts.append(report.table(("good rows", "rows", "false alarms", "reasons"), good))
    return "\n\n".join(parts)


def _judgement(found: SelfTest) -> str:
    low = [one.kind for one in found.faults if one.low]
    if low:
        return "a rule should decide these, and their check catches fewer than 95 in 100: " + ", ".join(low)
    decided = sum(1 for one in found.faults if one.decided)
    return f"each of the {decided} kinds that a rule decides is caught by its check, 95 in 100 or more"
