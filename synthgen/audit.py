"""`filter` on a dataset that somebody else made: rows in, batch by batch, through the checks, and out at once.

A batch is forgotten when it is written: memory holds one of them, and what the checks remember of kept rows. Nothing
that is written depends on where a batch ends.
"""

from __future__ import annotations

import gc
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from synthgen import doubts, foreign, gate, select, views
from synthgen import split as splits
from synthgen.asking import Inquiry
from synthgen.checks.safety import Mask
from synthgen.confusion import most_mixed
from synthgen.errors import InputError
from synthgen.job import Job
from synthgen.loop import UNASKED
from synthgen.model.open import notes
from synthgen.model.wrap import Limits
from synthgen.pipeline import Result, sieve_of
from synthgen.recipe import Checks, Select
from synthgen.sift import Known, Sieve
from synthgen.store.ledger import Ledger
from synthgen.store.run import Growing, Run, write_text
from synthgen.types import Candidate, Label, Prose, Record

if TYPE_CHECKING:
    import polars as pl

BATCH = 50_000
"""Rows that are in memory at once: patterns are made ready for each batch anew, some 0.2 seconds each time."""
CHOOSABLE = 100_000
"""Kept rows up to which the best are chosen: they are all in memory then, with their vectors."""


@dataclass(frozen=True)
class Wanted:
    """What a person wants of a dataset beside what the recipe says.

    Args:
        rows: how many of the kept rows to choose, the best ones; None = all are kept.
        ask: limits under which the recipe's checks ask their models; None = no model is asked.
    """

    rows: int | None = None
    ask: Limits | None = None


_CHECKED = Wanted()


def audit(
    source: str, task: str, folder: Path, job: Job | None, batch: int = BATCH, wanted: Wanted = _CHECKED
) -> Result:
    """Put a dataset that somebody else made through the checks; the source is never changed.

    Args:
        source: a file, a folder of `datasets`, `hf://owner/dataset`, or `-`.
        task: whose schema the rows must fit; "" = the recipe's, or the shipped one that the columns fit.
        folder: where kept and rejected rows go.
        job: seeds and thresholds to hold the rows against, or None.
        batch: rows that are read, checked and written at a time.
        wanted: how many rows to choose, and whether models are asked.

    Raises:
        InputError: the source cannot be read, or its columns fit no task.
        EndpointError: a model cannot be asked. Every reply so far is kept; the same command goes on.
        StoreError: the folder cannot be written. What was there before still is.
    """
    found = foreign.recognise(source, task, job)
    run = Run(folder)
    checks = job.recipe.checks if job else Checks()
    sieve = sieve_of(job, folder) if job else Sieve(found.reading.kind, checks, Known())
    mask = Mask(found.reading.kind.marked(Prose), checks.safety)
    read = foreign.candidates(found, job.context if job else {}, mask)
    tables = ("candidates", "verdicts", "rejected", "review", "kept")
    with (
        _inquiry(sieve, job, run, wanted.ask) as inquiry,
        _light(),
        run.growing(tables) as grown,
        run.passing("passed") as passed,
    ):
        laid = _Laid(sieve, grown, passed, inquiry)
        while part := list(islice(read, batch)):
            laid.take(part)
        how = (job.recipe.select if job else None) or Select()
        best = _Best(wanted.rows, how, _texts(job)) if wanted.rows else None
        kept = laid.finish(checks.dedup.near, found.reading.kind, best)
        write_text(run.schema, found.file.read_text(encoding="utf-8"))
        gate.remember(run, checks.safety)
        spent = inquiry.ledger.spent() if inquiry else {}
        sieve.notes += notes(inquiry.ledger) if inquiry else []
    doubtful = doubts.add(run, found.reading.kind, sieve.embed) if checks.labels.review else 0
    mixed = laid.mixed()
    views.write_confusion(run, mixed)
    return Result(
        run=run,
        waterfall=[(name, came, came - laid.fell[name]) for name, came in laid.came.items()],
        reasons=dict(laid.reasons.most_common()),
        kept=kept,
        target=0,
        missing={},
        stopped=laid.unasked,
        spent=spent,
        notes=[found.reading.tell(), *found.said, *sieve.notes],
        review=laid.review + doubtful,
        confusion=mixed,
    )


@dataclass(frozen=True)
class _Best:
    """What is to be chosen of the kept rows: how many, how, and the texts that are covered already."""

    rows: int
    part: Select
    seeds: Sequence[str]


@contextmanager
def _inquiry(sieve: Sieve, job: Job | None, run: Run, limits: Limits | None) -> Iterator[Inquiry | None]:
    """Give what asks the models of the sieve's checks where somebody wants that, else nobody, and note what is not run.

    Raises:
        InputError: somebody wants that, and no recipe says what is asked.
    """
    if limits is None:
        sieve.notes += [f"{name}: not run; --ask has its model asked" for name, _ in sieve.asking]
        yield None
        return
    if job is None:
        raise InputError(
            what="nobody said what to ask", where="--ask", fix="give the --recipe whose checks ask a model"
        )
    asking = [one for one in job.asking if not one.parents]
    sieve.notes += [
        f"{one.name}: not run, for no row says which one it was made of" for one in job.asking if one.parents
    ]
    sieve.notes += [] if asking else ["--ask: no check of the recipe asks a model about a dataset"]
    sieve.asking = [(one.name, one.check) for one in asking]
    with Ledger(run.ledger) as ledger, Inquiry(asking, job.recipe.model, ledger, limits) as inquiry:
        yield inquiry


def _texts(job: Job | None) -> list[str]:
    """Return the seeds' texts; those dealt to test choose no rows, for something is measured on them."""
    return [seed.record.wording() for seed in job.seeds if seed.split != "test"] if job else []


@contextmanager
def _light() -> Iterator[None]:
    """Have Python look for lost objects among the rows alone, not among all that was imported: a third of the time."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


class _Laid:
    """What the sieve said of the rows so far, laid out in tables, and counted.

    Args:
        sieve: fresh; each split gets a twin of it, for a row's twin in another split is a leak and not its own fault.
        tables: candidates, verdicts, rejected, review and kept.
        passed: rows that every check kept, until it is known which of them leak.
        inquiry: asks models about what the checks kept; None = nobody does.
    """

    def __init__(
        self, sieve: Sieve, tables: dict[str, Growing], passed: Growing, inquiry: Inquiry | None = None
    ) -> None:
        self._fresh, self._tables, self._passed, self._inquiry = sieve, tables, passed, inquiry
        self._sieves: dict[str, Sieve] = {}
        self.came: Counter[str] = Counter()
        self.fell: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.review = 0
        self.unasked = ""
        """Why nobody could ask about some rows, if so."""

    def take(self, part: Sequence[foreign.Read]) -> None:
        """Put a batch through the sieves of its splits, and write what came of it."""
        import polars as pl

        shown = views.lineage([one for one, _ in part], [text for _, text in part])
        self._tables["candidates"].add(shown)
        keeps: set[str] = set()
        found = []
        for name in dict.fromkeys(one.split for one, _ in part):
            if name not in self._sieves:
                self._sieves[name] = self._fresh.fork()
            sieve = self._sieves[name]
            mine = [one for one, _ in part if one.split == name]
            keep = sieve(mine)
            if self._inquiry:
                keep = self._inquiry(sieve, mine, keep)
            keeps |= {one.id for one, kept in zip(mine, keep, strict=True) if kept}
            found.append(sieve.take_verdicts())
        # Row by row, so that the table is the same wherever batches end.
        places = shown.select("id").with_row_index("place")
        verdicts = pl.concat(found).join(places, on="id", how="left").sort("place", maintain_order=True).drop("place")
        kept = [one for one, _ in part if one.id in keeps]
        quality = select.qualities(verdicts)
        scores = pl.Series("quality", [quality.get(one.id, 1.0) for one in kept if one.record], dtype=pl.Float64)
        self._passed.add(views.clustered(self._waiting(kept), verdicts).with_columns(scores))
        self._write(verdicts, shown.filter(~pl.col("id").is_in(keeps)))

    def _waiting(self, kept: Sequence[Candidate]) -> pl.DataFrame:
        import polars as pl

        records = [(one, one.record) for one in kept if one.record]
        label = next(iter(self._fresh.kind.marked(Label)), "")
        rows = [
            (one.id, one.split, str(getattr(record, label, "")), record.wording(), record.model_dump_json(), one.level)
            for one, record in records
        ]
        columns = dict.fromkeys(("id", "split", "label", "text", "row"), pl.String)
        return pl.DataFrame(rows, schema=columns | {"level": pl.Int64}, orient="row")

    def _write(self, verdicts: pl.DataFrame, lost: pl.DataFrame) -> None:
        """Write verdicts, and the rows that fell by them."""
        self._tables["verdicts"].add(verdicts)
        if self._inquiry and not self.unasked:
            left = verdicts.filter(verdicts["reason"].str.ends_with(f".{UNASKED}"))
            self.unasked = str(left["evidence"][0]) if left.height else ""
        for check, reason, times in verdicts.group_by("check", "reason", maintain_order=True).len().iter_rows():
            self.came[check] += times
            if reason is not None:
                self.fell[check] += times
                self.reasons[reason] += times
        rejected = views.rejected(lost.select("id", "split", "row"), verdicts)
        self._tables["rejected"].add(rejected)
        waiting = views.review(rejected)
        self._tables["review"].add(waiting)
        self.review += waiting.height

    def mixed(self) -> list[tuple[str, str, int]]:
        """Return each label, one that it was read as, and how often; most often first."""
        return most_mixed(sum((sieve.confusion for sieve in self._sieves.values()), Counter()))

    def finish(self, near: float, kind: type[Record], best: _Best | None = None) -> int:
        """Give up the rows that leak between splits, write the best of the others as kept; return how many those are.

        Raises:
            InputError: the best are to be chosen of too many rows.
        """
        import polars as pl

        leaks: list[tuple[str, str, float, str]] = []
        if len(self._sieves) > 1:
            texts = pl.concat(self._passed.again("id", "split", "label", "text"))
            leaks = [(name, "split.leak", score, f"row {twin}") for name, twin, score in splits.leaks(texts, near)]
        names = {"id": pl.String, "reason": pl.String, "score": pl.Float64, "evidence": pl.String}
        found = pl.DataFrame(leaks, schema=names, orient="row")
        chosen = self._choose(found["id"], best) if best else None
        types, kept, odd = views.types(kind), 0, []
        columns = {"cluster": pl.String, "level": pl.Int64}
        own = [name for name in columns if name not in kind.model_fields]
        more = []
        for part in self._passed.again("id", "split", "row", "cluster", "level"):
            said = part.select("id").join(found, on="id", how="left", maintain_order="left")
            verdicts = said.select("id", pl.lit("split").alias("check"), "reason", "score", "evidence")
            self._write(verdicts, part.filter(said["reason"].is_not_null()))
            left = part.filter(said["reason"].is_null())
            if chosen is not None:
                told = left.select("id").join(chosen, on="id", how="left", maintain_order="left")
                self._write(told.select(verdicts.columns), left.filter(told["reason"].is_not_null()))
                left = left.filter(told["reason"].is_null())
            kept += left.height
            if types is None:
                rows = left.select("id", "split", "row").iter_rows()
                odd += [{"id": one, "split": split, **json.loads(row)} for one, split, row in rows]
                more.append(left.select(own))
            elif left.height:  # else it has no types that the table of no rows could be joined to
                fields = pl.col("row").str.json_decode(pl.Struct(types))
                self._tables["kept"].add(left.select("id", "split", fields, *own).unnest("row"))
        if types is None or not kept:
            empty = pl.DataFrame(schema={name: columns[name] for name in own})
            self._tables["kept"].add(pl.concat([views.table(odd, kind), pl.concat([empty, *more])], how="horizontal"))
        return kept

    def _choose(self, leaks: pl.Series, best: _Best) -> pl.DataFrame:
        """Return a verdict on each row that does not leak: whether it is among the best."""
        import polars as pl

        passed = self._passed.again("id", "split", "label", "text", "quality", "cluster")
        found = [part.filter(~pl.col("id").is_in(leaks.implode())) for part in passed]
        count = sum(part.height for part in found)
        if count > CHOOSABLE:
            raise InputError(
                what=f"the best can be chosen of {CHOOSABLE:,} rows at most, and the checks kept {count:,}",
                fix="leave --rows out, or filter a part of the rows",
            )
        rows = [
            select.Row(name, f"{label} / {split}" if label else split, text, quality, cluster=cluster)
            for part in found
            for name, split, label, text, quality, cluster in part.iter_rows()
        ]
        return select.choose(rows, select.shares(rows, best.rows), best.part, self._fresh.embed, best.seeds)
