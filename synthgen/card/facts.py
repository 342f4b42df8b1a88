"""All that a card says of a run: counts, shares, what was measured, who wrote it, what it may be used for."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from synthgen import __version__, export, gate, reasons, report, views
from synthgen import split as splits
from synthgen.card.front import Place
from synthgen.card.terms import terms
from synthgen.checks.safety import CODES, name_of
from synthgen.errors import StoreError
from synthgen.lock import stamp
from synthgen.public import public
from synthgen.store.ledger import Ledger
from synthgen.store.run import Run
from synthgen.types import Label, Record

if TYPE_CHECKING:
    import polars as pl

SAMPLES = 6
MOST_LABELS = 40


def leakage(run: Run, tables: Mapping[str, pl.DataFrame]) -> dict[str, int]:
    """Return what crosses splits: parent seeds, and near-duplicates at the recipe's threshold; both should be 0."""
    import polars as pl

    lock = run.read_lock() or {}
    least = lock.get("recipe", {}).get("checks", {}).get("dedup", {}).get("near", 0.6)
    kept = pl.concat([table.with_columns(split=pl.lit(name)) for name, table in tables.items()], how="diagonal")
    record = export.kind(run)
    rows = [_known(row, record) for row in kept.iter_rows(named=True)]
    compared = kept.select("id", "split").with_columns(
        text=pl.Series([row.wording() for row in rows]), label=pl.lit("", pl.String)
    )
    parents = run.read("candidates").filter(pl.col("id").is_in(kept["id"].implode())).explode("parents")
    spread = parents.drop_nulls("parents").group_by("parents").agg(pl.col("split").n_unique())
    return {
        "seeds": spread.filter(pl.col("split") > 1).height,
        "pairs": len(splits.leaks(compared, least)),
        "rows": kept.height,
    }


def _known(row: dict[str, Any], record: type[Record]) -> Record:
    return record.model_validate({name: row[name] for name in record.model_fields if row.get(name) is not None})


def balance(tables: Mapping[str, pl.DataFrame], record: type[Record]) -> dict[str, Any]:
    """Return rows of each label in each split, most rows first."""
    import polars as pl

    name = next(iter(record.marked(Label)), None)
    if name is None:
        return {"field": "", "rows": [("all", [table.height for table in tables.values()])], "more": 0}
    labels = pl.concat([table[name] for table in tables.values()]).value_counts(sort=True)[name].to_list()
    rows = [(label, [table.filter(pl.col(name) == label).height for table in tables.values()]) for label in labels]
    return {"field": name, "rows": rows[:MOST_LABELS], "more": max(0, len(rows) - MOST_LABELS)}


def _measured(run: Run, path: Path, lock: dict[str, Any]) -> dict[str, Any] | None:
    """Return what `selftest` or `calibrate` found, where that was measured on these very rows and checks."""
    if not path.is_file() or not lock:
        return None
    try:
        found = dict(json.loads(path.read_text(encoding="utf-8")))
    except ValueError as error:
        raise StoreError(
            what="the file is damaged", where=str(path), fix=f"delete it, or run `synthgen {path.stem}` again"
        ) from error
    checks = lock.get("recipe", {}).get("checks", {})
    of = stamp(lock.get("digests", {}), checks, run.read("kept")["id"].to_list())
    return found if found.get("of") == of else None


def _safety(run: Run, tables: Mapping[str, pl.DataFrame], verdicts: pl.DataFrame) -> dict[str, Any]:
    """Return what was looked for, what fell, what was masked in kept rows, what stays on purpose, and what is open."""
    import polars as pl

    ran = verdicts.filter(pl.col("check") == "safety")
    kept = pl.concat([table["id"] for table in tables.values()])
    notes = ran.filter(pl.col("id").is_in(kept.implode()) & pl.col("evidence").str.starts_with("masked: "))["evidence"]
    names = Counter(name for said in notes for name in said.removeprefix("masked: ").split(", "))
    return {
        "ran": ran.height > 0,
        "sought": [name_of(code) for code in CODES if code != "safety.unsafe"],
        "fell": dict(Counter(sorted(ran["reason"].drop_nulls()))),
        "masked": dict(sorted(names.items())),
        "left": gate.allowed(run, tables),
        "open": gate.open_finds(run, tables),
        "wanted": gate.wanted(run),
    }


def _confusion(run: Run) -> list[tuple[str, str, int]]:
    """Return the pairs of labels that were mixed up most."""
    if not run.confusion.is_file():
        return []
    try:
        found = json.loads(run.confusion.read_text(encoding="utf-8"))
    except ValueError as error:
        raise StoreError(
            what="the file is damaged", where=str(run.confusion), fix="delete it, or run the same command again"
        ) from error
    return [(own, read, rows) for own, read, rows in found[: report.MOST_MIXED]]


def models(lock: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return every model that a run asked: what it did, its name, its licence as the recipe gives it, its terms."""
    recipe, checks = lock.get("recipe") or {}, (lock.get("recipe") or {}).get("checks") or {}
    own = dict(lock.get("model") or {})
    found = [("writes", own)] if own else []
    for at, step in enumerate(recipe.get("steps") or [], 1):
        named = [step.get("model"), *(one.get("model") for one in step.get("speakers") or [])]
        found += [(f"writes in step {at}", one) for one in named if one]
    for name in ("judge", "safety", "contamination"):
        found += [(_WORK[name], one) for one in _asked(name, checks.get(name) or {})]
    rows = []
    for work, name, licence in dict.fromkeys(
        (work, one.get("name") or "", one.get("licence") or "") for work, one in found
    ):
        told = terms(name)
        rows.append({"work": work, "model": name, "licence": licence, **told._asdict()})
    return rows


_WORK = {"judge": "judges", "safety": "moderates", "contamination": "compares with evaluation texts"}


def _asked(name: str, part: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the models that a check asks, where it runs and names its own."""
    if name == "judge":
        return list(part.get("models") or []) if part.get("use") else []
    if name == "safety":
        return [part["moderation"]] if part.get("moderation") else []
    inner = part.get("paraphrase") or {}
    return [inner["model"]] if inner.get("use") and inner.get("model") else []


def contamination(lock: Mapping[str, Any], verdicts: pl.DataFrame) -> dict[str, Any]:
    """Return the evaluation sets that were named, the rows that came before the check, and those that fell."""
    import polars as pl

    ran = verdicts.filter(pl.col("check") == "contamination")
    asked = ((lock.get("recipe") or {}).get("checks") or {}).get("contamination") or {}
    return {
        "sets": asked.get("sets") or [],
        "rows": ran.height,
        "fell": ran["reason"].drop_nulls().len(),
        "paraphrase": bool((asked.get("paraphrase") or {}).get("use")),
    }


def lengths(tables: Mapping[str, pl.DataFrame], record: type[Record]) -> list[int]:
    """Return the words of each row's text."""
    rows = (row for table in tables.values() for row in table.iter_rows(named=True))
    return [len(_known(row, record).wording().split()) for row in rows]


def facts(run: Run, tables: Mapping[str, pl.DataFrame], place: Place) -> dict[str, Any]:
    """Return all that the card's template fills in.

    Args:
        run: the run.
        tables: what is published, a table a split.
        place: the repository that the card stands in.
    """
    own = run.read_lock() or {}
    lock = public(own)
    record = export.kind(run)
    verdicts = run.read("verdicts")
    kept = run.read("kept").height
    return {
        "name": run.folder.name,
        "repository": place.repository or f"OWNER/{run.folder.name}",
        "configs": [*place.configs] or ["default"],
        "versions": [*reversed(place.versions)],
        "left_out": place.left_out,
        "version": __version__,
        "recipe": lock.get("recipe") or {},
        "recipe_text": yaml.safe_dump(lock.get("recipe") or {}, sort_keys=False, allow_unicode=True).strip(),
        "models": models(lock),
        "seeds": lock.get("seeds") or {},
        "splits": {name: table.height for name, table in tables.items()},
        "real_test": run.table("test").is_file(),
        "kept": kept,
        "waterfall": views.waterfall(verdicts, run.read("candidates").height, kept),
        "safety": _safety(run, tables, verdicts),
        "contamination": contamination(lock, verdicts),
        "reasons": [
            (code, times, reasons.of(code, record.reasons).meaning) for code, times in views.reasons(verdicts).items()
        ],
        "confusion": _confusion(run),
        "balance": balance(tables, record),
        "leakage": leakage(run, export.splits(run)),
        "selftest": _measured(run, run.selftest, own),
        "calibration": _measured(run, run.calibration, own),
        "diversity": json.loads(run.figures.read_text(encoding="utf-8")) if run.figures.is_file() else [],
        "spent": _spent(run),
        "fields": {name: info.description or "" for name, info in record.model_fields.items()},
        "samples": _samples(tables),
    }


def _spent(run: Run) -> str:
    if not run.ledger.is_file():
        return "nothing: no model was asked"
    with Ledger(run.ledger) as ledger:
        return report.spent(ledger.spent())


def _samples(tables: Mapping[str, pl.DataFrame]) -> list[str]:
    first = next(iter(tables.values()))
    return [json.dumps(row, ensure_ascii=False) for row in first.head(SAMPLES).drop("id").iter_rows(named=True)]
