"""What choosing is worth: the chosen rows against random choices of the same size, in one run.

The pool comes from the templates' recipes and the fake model, three times the rows that are wanted. Coverage is the
mean cosine of every pool row to its nearest chosen one of the same cell. `--full` adds the time at the largest size
that `synthgen filter --rows` takes.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Collection, Sequence
from pathlib import Path
from statistics import mean

from synthgen.diversity import distinct, vendi
from synthgen.embed import embed
from synthgen.job import prepare
from synthgen.model.wrap import Limits
from synthgen.pipeline import generate
from synthgen.recipe import Select
from synthgen.select import Row, choose

ROOT = Path(__file__).parent.parent
TASKS, ROWS, POOL, DRAWS = ("classification", "instruction"), 200, 3, 20
SIZES = ((1_000, 500), (10_000, 1_000))
FULL = (100_000, 1_000)


def pool(task: str, folder: Path) -> tuple[list[Row], list[str]]:
    """Return every row that a run of the fake model keeps before it chooses, and the seeds' texts."""
    import polars as pl

    changes = {"model.name": "fake", "rows": ROWS, "select.pool": POOL}
    job = prepare(ROOT / "templates" / task, changes)
    run = generate(job, folder / task, Limits()).run
    pooled = run.read("verdicts").filter(pl.col("check") == "select")["id"]
    rows = []
    for name, split, cell, row in (
        run.read("candidates")
        .filter(pl.col("id").is_in(pooled.implode()))
        .select("id", "split", "cell", "row")
        .iter_rows()
    ):
        place = " / ".join([*(json.loads(cell)[axis] for axis in job.recipe.balance), split])
        rows.append(Row(name, place, job.kind.model_validate(json.loads(row)).wording()))
    return rows, [seed.record.wording() for seed in job.seeds if seed.split != "test"]


def covered(rows: Sequence[Row], chosen: Collection[str]) -> float:
    """Return the mean cosine of each row to the nearest chosen one of its cell."""
    vectors = embed([row.text for row in rows])
    cells: defaultdict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        cells[row.cell].append(number)
    best: list[float] = []
    for numbers in cells.values():
        taken = [number for number in numbers if rows[number].id in chosen]
        if taken:
            best += (vectors[numbers] @ vectors[taken].T).max(axis=1).tolist()
    return mean(best)


def figures(rows: Sequence[Row], chosen: Collection[str]) -> tuple[float, float, float]:
    """Return coverage, distinct-2 and the Vendi score of a choice."""
    texts = [row.text for row in rows if row.id in chosen]
    return covered(rows, chosen), distinct(texts, 2), vendi(texts)


def wanted(rows: Sequence[Row]) -> dict[str, int]:
    """Return a third of each cell."""
    cells = [row.cell for row in rows]
    return {cell: max(1, cells.count(cell) // POOL) for cell in dict.fromkeys(cells)}


def at_random(rows: Sequence[Row], counts: dict[str, int], draw: random.Random) -> set[str]:
    """Return as many rows of each cell, drawn at random."""
    found: set[str] = set()
    for cell, count in counts.items():
        found |= set(draw.sample([row.id for row in rows if row.cell == cell], count))
    return found


def compare(task: str, folder: Path) -> None:
    """Print the table of one task."""
    rows, seeds = pool(task, folder)
    counts = wanted(rows)
    print(f"\n{task}: {sum(counts.values())} of {len(rows)} rows in {len(counts)} cells\n")
    print("| chosen | coverage | distinct-2 | Vendi | ms |\n|---|---:|---:|---:|---:|")
    draw = random.Random(7)  # noqa: S311 - reproducible on purpose
    drawn = [figures(rows, at_random(rows, counts, draw)) for _ in range(DRAWS)]
    for name, pick in (("at random, mean", mean), ("at random, best", max)):
        found = [pick(one[at] for one in drawn) for at in range(3)]
        print(f"| {name} of {DRAWS} | {found[0]:.3f} | {found[1]:.3f} | {found[2]:.1f} | |")
    for name, part, given in (
        ("coverage", Select(by="coverage"), seeds),
        ("coverage, no seeds", Select(by="coverage"), []),
        ("score", Select(by="score"), seeds),
    ):
        began = time.perf_counter()
        told = choose(rows, counts, part, embed, given)
        took = (time.perf_counter() - began) * 1000
        one = figures(rows, set(told.filter(told["reason"].is_null())["id"]))
        print(f"| by {name} | {one[0]:.3f} | {one[1]:.3f} | {one[2]:.1f} | {took:.0f} |")


def timed() -> None:
    """Print the seconds for one large cell."""
    print("\n| rows in one cell | chosen | by | seconds | of them vectors |\n|---:|---:|---|---:|---:|")
    draw = random.Random(7)  # noqa: S311 - the same
    words = (ROOT / "templates" / TASKS[0] / "seeds.jsonl").read_text(encoding="utf-8").lower().split()
    for size, count in [*SIZES, *([FULL] if "--full" in sys.argv else [])]:
        rows = [Row(str(number), "all", " ".join(draw.sample(words, 12))) for number in range(size)]
        began = time.perf_counter()
        vectors = embed([row.text for row in sorted(rows, key=lambda row: row.id)])
        half = time.perf_counter() - began
        for by in ("coverage", "score"):
            began = time.perf_counter()
            choose(rows, {"all": count}, Select(by=by), lambda _, made=vectors: made)  # type: ignore[misc]
            print(
                f"| {size:,} | {count:,} | {by} | {half + time.perf_counter() - began:.1f} | {half:.1f} |", flush=True
            )


def main() -> None:
    """Print every table."""
    with tempfile.TemporaryDirectory() as folder:
        for task in TASKS:
            compare(task, Path(folder))
    timed()


if __name__ == "__main__":
    main()
