"""What the checks catch of planted faults, and what of good rows falls with them: precision and recall a kind.

Two kinds of good rows: what the fake model writes for each template, kept by the template's own checks; and the
classification example's seeds, which people wrote, in twenty parts: each meets checks made from the nineteen others.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from synthgen.job import Job, prepare
from synthgen.model.wrap import Limits
from synthgen.pipeline import generate
from synthgen.selftest import Caught, SelfTest, interval, measure, selftest
from synthgen.types import Candidate, Draft, Seed

ROOT = Path(__file__).parent.parent
ROWS, PARTS = 240, 20


def generated(task: str) -> SelfTest:
    """Plant faults in the rows that the fake model writes for a template."""
    job = prepare(ROOT / "templates" / task, {"model.name": "fake", "rows": ROWS})
    with tempfile.TemporaryDirectory() as folder:
        return selftest(job, generate(job, Path(folder) / "run", Limits()).run)


def written(task: str) -> Iterable[SelfTest]:
    """Plant faults in each part of a template's seeds, held against checks that never saw that part."""
    job = prepare(ROOT / "templates" / task, {"model.name": "fake"})
    for part in range(PARTS):
        rest = [seed for number, seed in enumerate(job.seeds) if number % PARTS != part]
        own = [seed for number, seed in enumerate(job.seeds) if number % PARTS == part]
        data = [{name: value for name, value in seed.record.model_dump(mode="json").items() if value} for seed in own]
        rows = [
            Candidate(seed.id, Draft(number, {"split": "train"}, number, []), [], row, seed.record)
            for number, (seed, row) in enumerate(zip(own, data, strict=True))
        ]
        yield measure(_knowing(job, rest), rows, task, part)


def _knowing(job: Job, seeds: list[Seed]) -> Job:
    return replace(job, seeds=[replace(seed, split="train") for seed in seeds], test=[])


def table(found: list[SelfTest]) -> str:
    """Return precision and recall a kind as a Markdown table.

    A check's recall is of the rows that reached it; its false alarms are the good rows that fell for the same reasons.
    """
    alarms: Counter[str] = Counter()
    for one in found:
        for spared in (one.kept, *one.look_alikes.values()):
            alarms.update(spared.reasons)
    kinds: dict[str, list[Caught]] = {}
    for one in found:
        for fault in one.faults:
            kinds.setdefault(fault.kind, []).append(fault)
    lines = [
        "| fault | planted | recall, any reason | recall, its check | 95 % interval | precision of its check |",
        "|---|---:|---:|---:|---|---:|",
    ]
    for kind, parts in kinds.items():
        planted, caught = sum(part.planted for part in parts), sum(part.caught for part in parts)
        reached, by_check = sum(part.reached for part in parts), sum(part.by_check for part in parts)
        codes = {code for part in parts for code in part.reasons if _of(code, part.checks)}
        false = sum(alarms[code] for code in codes)
        low, high = interval(by_check, reached) if reached else (0.0, 1.0)
        precision = f"{by_check / (by_check + false):.2f}" if by_check + false else "none fell"
        any_reason, own = f"{caught / planted:.2f}", f"{by_check / max(1, reached):.2f}"
        lines.append(f"| {kind} | {planted} | {any_reason} | {own} | {low:.2f} to {high:.2f} | {precision} |")
    good = sum(spared.rows for one in found for spared in (one.kept, *one.look_alikes.values()))
    said = ", ".join(f"`{code}` {times}" for code, times in alarms.most_common()) or "none"
    plain, lost = sum(one.kept.rows for one in found), sum(one.kept.fell for one in found)
    total = sum(part.planted for parts in kinds.values() for part in parts)
    end = (
        f"{total} rows with a fault; {good} good rows ({plain} as they were, of which {lost} fell, the others with a "
        f"harmless edit). Good rows that fell: {said}."
    )
    return "\n".join([*lines, "", end])


def _of(code: str, checks: tuple[str, ...]) -> bool:
    """Return whether a reason is one of these checks'; a reply's faults are told by `validate`."""
    return code.partition(".")[0].replace("reply", "validate") in checks


def main() -> None:
    """Print a table for each example, and one for its seeds."""
    for task in ("classification", "instruction"):
        print(f"### {task}: rows of the fake model\n\n{table([generated(task)])}\n")
    print(f"### classification: rows that people wrote\n\n{table(list(written('classification')))}")


if __name__ == "__main__":
    main()
