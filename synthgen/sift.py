"""The sieve: candidates through the checks in their order, both halves out, and every verdict kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from copy import copy, deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synthgen import split as splits
from synthgen.checks import AskingCheck, Check, Verdict, verdicts
from synthgen.checks.dedup import Dedup
from synthgen.checks.labels import LEAST_TEXTS, Labels
from synthgen.checks.quality import Quality, bounded, ending_fields
from synthgen.checks.rules import Rules
from synthgen.checks.safety import CODES, Safety, mask
from synthgen.checks.turns import EXCHANGES, Exchange, Turns, exchanges, facts_of, field_of
from synthgen.checks.validate import validate
from synthgen.clusters import Clusters
from synthgen.confusion import Mixed
from synthgen.embed import Embed, Remembered
from synthgen.recipe import Checks
from synthgen.types import Ask, Candidate, Label, Prose, Record, Row, Seed, canonical

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Known:
    """What rows are held against.

    Args:
        seeds: what the labeller learns from and what rows must not repeat.
        prompt: the prompt's own lines, which no row may repeat.
        described: rows of the label's axis that describe what a label means.
        more: the recipe's further checks by name; they run before dedup.
        asking: the recipe's checks that ask a model, by name; they look at what every other check kept.
        embed: gives texts their vectors; None = the packaged embedder.
        planned: checks that hold a row against what was planned for it, by name.
    """

    seeds: Sequence[Seed] = ()
    prompt: Sequence[str] = ()
    described: Sequence[Row] = ()
    more: Sequence[tuple[str, Check]] = ()
    asking: Sequence[tuple[str, AskingCheck]] = ()
    embed: Embed | None = None
    planned: Sequence[tuple[str, Check]] = ()


class Sieve:
    """Runs the checks. Order: those that see one row alone first, then dedup, which remembers what was kept.

    Args:
        kind: the task's schema.
        checks: thresholds.
        known: what rows are held against.
    """

    def __init__(self, kind: type[Record], checks: Checks, known: Known) -> None:
        self.kind = kind
        self.asking = known.asking
        self.prose, self._turns = list(kind.marked(Prose)), field_of(kind)
        records = [seed.record for seed in known.seeds]
        labels = [self.label(record) for record in records]
        texts = [record.wording() for record in records]
        written = [{name: record.prose(name) for name in self.prose} for record in records]
        rules = Rules(
            fields=bounded(kind.marked(Prose), checks.quality.words),
            ends=ending_fields(kind.marked(Prose), written),
            prompt=list(known.prompt),
            seeds=written,
            language=checks.quality.language,
            allow=frozenset(checks.quality.allow),
            required=frozenset(name for name in self.prose if kind.model_fields[name].is_required()),
            masks=tuple(map(mask, CODES)) if checks.safety.mode == "mask" else (),
            embed=known.embed if checks.embedder else None,
        )
        self.checks: list[tuple[str, Check]] = [("validate", validate), ("quality", self._quality(rules, records))]
        if checks.safety.use:
            self.checks.append(("safety", Safety(checks.safety)))
        self.embed = known.embed or Remembered()
        why = self._labels(known, checks)
        self.notes = [f"labels: not checked, {why}"] if why else []
        self._planned = bool(known.planned)
        self.checks += [*known.planned, *known.more]
        before = [(seed.id, label, text) for seed, label, text in zip(known.seeds, labels, texts, strict=True)]
        semantic = checks.dedup.semantic
        clusters = Clusters(self.embed, semantic.least, semantic.most, self.notes.append) if semantic.most else None
        self.checks.append(("dedup", Dedup(checks.dedup.near, before, clusters)))
        self._verdicts: list[pl.DataFrame] = []
        self._last: list[str] = []
        self._mixed: dict[str, Mixed] = {}
        self.confusion: Counter[Mixed] = Counter()
        """How often a row's own label was read as another, in all calls."""

    def _quality(self, rules: Rules, seeds: Sequence[Record]) -> Check:
        """Return the check of quality; of conversations it sees each exchange as well."""
        if self._turns is None:
            return Quality(rules)
        told = [one for seed in seeds for one in exchanges(getattr(seed, self._turns))]
        return Turns(Quality(rules), Quality(facts_of(rules, rules.fields[self._turns], told)))

    def _labels(self, known: Known, checks: Checks) -> str:
        """Add the check of labels where it can run; return why not where it cannot.

        Seeds dealt to test take no part: what is measured on them must not have chosen the rows.
        """
        names = list(self.kind.marked(Label))[: 2 if checks.labels.secondary else 1]
        if not names:
            return "the task has no label"
        if not checks.labels.use:
            return "switched off in the recipe"
        texts: list[tuple[str, list[str | None]]] = [
            (seed.record.wording(), [getattr(seed.record, name) for name in names])
            for seed in known.seeds
            if seed.split != "test"
        ]
        texts += [(row["description"], [row.get(name) for name in names]) for row in known.described]
        check = Labels(texts, checks.labels.least, self.embed)
        if not check.able:
            return (
                f"it needs two labels or more, and {LEAST_TEXTS} seeds or descriptions of each outside the test split"
            )
        self.checks.append(("labels", check))
        return ""

    def label(self, record: Record | None) -> str:
        """Return the record's primary label, empty where the task has none."""
        name = next(iter(self.kind.marked(Label)), None)
        return str(getattr(record, name)) if record and name else ""

    def table(self, candidates: Sequence[Candidate]) -> pl.DataFrame:
        """Return the table that the checks read."""
        import polars as pl

        records = [one.record for one in candidates]
        columns: dict[str, pl.Series] = {
            "id": pl.Series([one.id for one in candidates], dtype=pl.String),
            "split": pl.Series([one.split for one in candidates], dtype=pl.String),
            "fault": pl.Series([one.fault.reason if one.fault else None for one in candidates], dtype=pl.String),
            "evidence": pl.Series([one.fault.evidence if one.fault else None for one in candidates], dtype=pl.String),
            "text": pl.Series([record.wording() if record else None for record in records], dtype=pl.String),
            "label": pl.Series([self.label(record) for record in records], dtype=pl.String),
            "masked": pl.Series([", ".join(one.masked) or None for one in candidates], dtype=pl.String),
        }
        for name in list(self.kind.marked(Label))[1:2]:
            values = [getattr(record, name) if record else None for record in records]
            columns["secondary"] = pl.Series(values, dtype=pl.String)
        for name in self.prose:
            values = [record.prose(name) if record else None for record in records]
            columns[f"prose:{name}"] = pl.Series(values, dtype=pl.String)
        if self._turns is not None:
            told = [exchanges(getattr(record, self._turns)) if record else None for record in records]
            columns[EXCHANGES] = pl.Series(
                told, dtype=pl.List(pl.Struct(dict.fromkeys(Exchange.__annotations__, pl.String)))
            )
        return pl.DataFrame(columns | (_of_plan(candidates) if self._planned else {}))

    def __call__(self, candidates: Sequence[Candidate]) -> list[bool]:
        """Say of each candidate whether it is kept; a check sees only what the checks before it kept."""
        import polars as pl

        table = self.table(candidates)
        self._last, self._mixed = [], {}
        for name, check in self.checks:
            if table.is_empty():
                break
            found = check(table)
            if "read_as" in found.columns:  # the check of labels says which label it read instead
                misread = zip(table["id"], found["own"], found["read_as"], strict=True)
                self._mixed |= {one: (own, read) for one, own, read in misread if read}
                found = found.drop("own", "read_as")
            self._verdicts.append(found.with_columns(id=table["id"], check=pl.lit(name)))
            table = table.filter(found["reason"].is_null())
            self._last += [reason for reason in found["reason"] if reason]
        self.confusion.update(self._mixed.values())
        kept = set(table["id"])
        return [one.id in kept for one in candidates]

    async def asked(
        self, candidates: Sequence[Candidate], passed: Sequence[bool], asks: Sequence[Sequence[Ask]]
    ) -> list[bool]:
        """Have the checks that ask a model look at what passed; say again of each candidate whether it is kept.

        They come after dedup, so that no near-duplicate is paid for: a row whose twin they refuse has fallen too.

        Args:
            candidates: the rows of one call.
            passed: what that call said of them.
            asks: the models of each of these checks.
        """
        import polars as pl

        survivors = [one for one, keep in zip(candidates, passed, strict=True) if keep]
        for (name, check), models in zip(self.asking, asks, strict=True):
            if not survivors:
                break
            found = verdicts(await check(survivors, models)).with_columns(
                id=pl.Series([one.id for one in survivors], dtype=pl.String), check=pl.lit(name)
            )
            self._verdicts.append(found)
            self._last += [reason for reason in found["reason"] if reason]
            survivors = [one for one, reason in zip(survivors, found["reason"], strict=True) if reason is None]
        kept = {one.id for one in survivors}
        return [one.id in kept for one in candidates]

    def fork(self) -> Sieve:
        """Return a sieve that remembers what this one kept, with no verdicts: what it takes, this one does not know."""
        twin = copy(self)
        twin.checks = [(name, deepcopy(check) if isinstance(check, Dedup) else check) for name, check in self.checks]
        twin._verdicts, twin._last = [], []  # noqa: SLF001 - the same class
        twin.confusion = Counter()
        return twin

    def without_leaks(self, kept: Sequence[Candidate], least: float) -> list[Candidate]:
        """Give up train rows that nearly repeat a row of another split; each gets a verdict of the check `split`."""
        import polars as pl

        found = {name: (twin, score) for name, twin, score in splits.leaks(self.table(kept), least)}
        names = [one.id for one in kept]
        rows: list[Verdict] = [
            ("split.leak", found[n][1], f"row {found[n][0]}") if n in found else (None, None, None) for n in names
        ]
        self._verdicts.append(verdicts(rows).with_columns(id=pl.Series(names, dtype=pl.String), check=pl.lit("split")))
        return [one for one in kept if one.id not in found]

    def mixed_of_last(self, candidates: Sequence[Candidate]) -> list[Mixed]:
        """Return own and read label of those of the last call's candidates whose label was read as another."""
        return [self._mixed[one.id] for one in candidates if one.id in self._mixed]

    def reasons_of_last(self) -> list[str]:
        """Return the reasons for which rows of the last call fell."""
        return self._last

    def take_verdicts(self) -> pl.DataFrame:
        """Return every verdict since they were taken last, and forget them."""
        found = self.verdicts()
        self._verdicts = []
        return found

    def verdicts(self) -> pl.DataFrame:
        """Return every verdict so far: columns id, check, reason (null = keep), score, evidence."""
        import polars as pl

        columns = {
            "id": pl.String,
            "check": pl.String,
            "reason": pl.String,
            "score": pl.Float64,
            "evidence": pl.String,
        }
        if not self._verdicts:
            return pl.DataFrame(schema=columns)
        return pl.concat(part.select(*columns) for part in self._verdicts)


def _of_plan(candidates: Sequence[Candidate]) -> dict[str, pl.Series]:
    """Return the columns that the checks of what was planned read."""
    import polars as pl

    spoken = [one.record.messages() if one.record else [] for one in candidates]
    others = [one.record.rejected() if one.record else None for one in candidates]
    columns: dict[str, list[str | None]] = {
        "cell": [canonical(one.draft.cell) for one in candidates],
        "parent": [one.draft.parent or None for one in candidates],
        "parent_text": [one.parent.wording() if one.parent else None for one in candidates],
        "asked": ["\n".join(turn["content"] for turn in turns[:-1]) for turns in spoken],
        "answer": [turns[-1]["content"] if turns else "" for turns in spoken],
        "steered_from": ["\n".join(turn["content"] for turn in turns) if turns else None for turns in others],
    }
    return {name: pl.Series(values, dtype=pl.String) for name, values in columns.items()}
