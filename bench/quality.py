"""Rows a second of each check that reads one row alone, and of all together, beside a bare loop over the same rows.

There are as many rows as `synthgen filter` reads at a time, each of 40 words of this project's own sentences (its
documentation and docstrings), drawn and joined: varied English with numbers, brackets and names, among them what a rule
must read to let it pass. Seeds, prompt and language are those of the classification example. The bare loop is one
`re.search` a row that finds nothing. Beside the time that passes stands the time that processors work: it says the same
on a busy machine.
"""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from synthgen.checks import rules
from synthgen.checks.quality import Quality
from synthgen.job import prepare
from synthgen.sift import Known, Sieve

if TYPE_CHECKING:
    import polars as pl

ROOT = Path(__file__).parent.parent
ROWS, WORDS, TIMES, FEWER = 50_000, 40, 5, 25
OF_ONE_ROW = ("validate", "quality", "safety")


def sentences() -> list[str]:
    """Return the sentences of the documentation and of the package's docstrings."""
    texts = [re.sub(r"[|#*`]", " ", path.read_text("utf-8")) for path in sorted(ROOT.glob("docs/*.md"))]
    for path in sorted(ROOT.glob("synthgen/**/*.py")):
        nodes = ast.walk(ast.parse(path.read_text("utf-8")))
        documented = (node for node in nodes if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef))
        texts.extend(ast.get_docstring(node) or "" for node in documented)
    parts = (part for text in texts for part in re.split(r"(?<=[.!?])\s+", text))
    return [" ".join(words) for part in parts if 5 <= len(words := part.split()) <= 30]


def table() -> pl.DataFrame:
    """Return the table of rows that the checks read."""
    import polars as pl

    draw, known, texts = Random(7), sentences(), []  # noqa: S311 - reproducible
    for number in range(ROWS):
        words: list[str] = [str(number)]
        while len(words) < WORDS:
            words += draw.choice(known).split()
        texts.append(" ".join(words[:WORDS]).rstrip(",;:(") + ".")
    empty = pl.Series([None] * ROWS, dtype=pl.String)
    columns = {"text": texts, "prose:text": texts, "prose:rationale": empty, "fault": empty, "evidence": empty}
    return pl.DataFrame(columns).with_columns(id=pl.col("text"), split=pl.lit("train"), label=pl.lit(""))


class Took(NamedTuple):
    """Seconds that passed, and seconds that processors worked."""

    passed: float
    worked: float

    def __mul__(self, times: object) -> Took:
        """Return the time of so many times as much."""
        assert isinstance(times, int)
        return Took(self.passed * times, self.worked * times)


def took(what: Callable[[], object]) -> Took:
    """Return the least times of a few runs: other work on the machine only adds to them."""
    found = []
    for _ in range(TIMES):
        start, worked = time.perf_counter(), time.process_time()
        what()
        found.append((time.perf_counter() - start, time.process_time() - worked))
    return Took(min(one for one, _ in found), min(two for _, two in found))


def main() -> None:
    """Print a table: check, rows a second, how many bare loops it costs."""
    job, rows = prepare(ROOT / "templates" / "classification", {"model.name": "fake"}), table()
    checks = dict(Sieve(job.kind, job.recipe.checks, Known(job.seeds, job.phrases())).checks)
    texts, few = rows["text"].to_list(), ROWS // FEWER
    nothing, quality = re.compile("qqqq"), checks["quality"]
    assert isinstance(quality, Quality)
    facts, plain = quality.facts, Quality(quality.facts, screened=False)
    taken = {"bare loop": took(lambda: [nothing.search(text) for text in texts])}
    taken |= {name: took(partial(checks[name], rows)) for name in OF_ONE_ROW}
    both = [taken[name] for name in OF_ONE_ROW]
    taken["all three"] = Took(sum(one.passed for one in both), sum(one.worked for one in both))
    taken["quality, each text read"] = took(partial(plain, rows.head(few))) * FEWER
    for rule in rules.OF_TEXTS:
        read = partial(lambda judge: [judge(facts, "text", text) for text in texts[:few]], rule)
        taken[f"- {rule.__name__.replace('_', ' ')}"] = took(read) * FEWER
    bare = taken["bare loop"]
    print(f"| {ROWS:,} rows of {WORDS} words | rows a second | rows a second of work | bare loops of work |")
    print("|---|---:|---:|---:|")
    for name, one in taken.items():
        print(f"| {name} | {ROWS / one.passed:,.0f} | {ROWS / one.worked:,.0f} | {one.worked / bare.worked:.1f} |")
    assert quality(rows.head(few)).equals(plain(rows.head(few)))


if __name__ == "__main__":
    main()
