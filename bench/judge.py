"""What a judge is worth on rows of which the truth is known: the bank's seeds, and the same with another label.

    python bench/judge.py                                  # the packaged model
    python bench/judge.py NAME https://host/v1             # any other

Half the rows are good by construction, half are bad. Kappa comes with its interval, beside that of a coin.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from synthgen.agreement import kappa, resampled
from synthgen.checks.judge import Judge
from synthgen.job import Job, prepare
from synthgen.model.open import Models
from synthgen.model.wrap import Limits
from synthgen.store.ledger import Ledger
from synthgen.types import Candidate, Draft

ROOT = Path(__file__).parent.parent
PAIRS = 50


def rows(job: Job) -> tuple[list[Candidate], list[bool]]:
    """Return seeds as they are, and under another label, with the truth."""
    draw = Random(0)  # noqa: S311 - reproducible on purpose
    found, truth = [], []
    lines = list(job.axes["label"])
    for seed in draw.sample(list(job.seeds), PAIRS):
        own = seed.record.model_dump()
        other = draw.choice([line for line in lines if line["label"] != own["label"]])
        for record, good in ((own, True), (own | {name: other.get(name) for name in ("label", "secondary")}, False)):
            found.append(Candidate(seed.id, Draft(0, {}, 0, []), [], record, job.kind.model_validate(record)))
            truth.append(good)
    return found, truth


async def judged(job: Job, ledger: Ledger, candidates: list[Candidate]) -> tuple[list[float], list[float]]:
    """Return the judge's scores, and those with the questions in the other order."""
    asking = job.asks("judge")
    assert asking is not None
    assert isinstance(asking.check, Judge)
    async with Models(job.recipe.model, ledger, Limits()) as models:
        asks = [models.open(model, local).ask for model, local in asking.models]
        found = [await judge(candidates, asks) for judge in (asking.check, asking.check.reversed())]
    no_score = {"judge.critical", "judge.unread"}
    one, other = ([0.0 if reason in no_score else score or 0.0 for reason, score, _ in part] for part in found)
    return one, other


def main() -> None:
    """Print the figures."""
    name, address = (*sys.argv[1:], None, None)[:2]
    judge = {"use": True, "models": [{"name": name or "local", "base_url": address}]}
    recipe = prepare(ROOT / "templates" / "classification", {"model.name": "fake"}).recipe
    judge["questions"] = [one.model_dump() for one in recipe.checks.judge.questions]
    job = prepare(ROOT / "templates" / "classification", {"model.name": "fake", "checks.judge": judge})
    candidates, truth = rows(job)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, Ledger(Path(folder) / "ledger") as ledger:
        scores, turned = asyncio.run(judged(job, ledger, candidates))
    taken = time.monotonic() - started
    least = job.recipe.checks.judge.least
    for cut in (least, sorted(scores)[len(scores) // 2]):
        said = [score >= cut for score in scores]
        figure = resampled(kappa, said, truth)
        flips = sum((one >= cut) != (other >= cut) for one, other in zip(scores, turned, strict=True))
        print(
            f"threshold {cut:.2f}: kappa {figure.value:.2f} ({figure.low:.2f} to {figure.high:.2f}), keeps "
            f"{sum(said)} of {len(said)}, {flips} verdicts change with the questions' order"
        )
    coin = Random(1)  # noqa: S311 - reproducible on purpose
    figure = resampled(kappa, [coin.random() < 0.5 for _ in truth], truth)
    print(f"a coin: kappa {figure.value:.2f} ({figure.low:.2f} to {figure.high:.2f})")
    print(f"{len(candidates)} rows judged twice in {taken:.0f} s")


if __name__ == "__main__":
    main()
