"""The dataset's card: how it was made, what fell and why, balance, splits, cost, limits."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import yaml

from synthgen import __version__, export, gate, reasons, report, views
from synthgen import split as splits
from synthgen.checks.safety import CODES, name_of
from synthgen.errors import StoreError
from synthgen.lock import stamp
from synthgen.store.ledger import Ledger
from synthgen.store.run import Run
from synthgen.types import Label, Record

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

BEGIN, END = "<!-- synthgen: begin -->", "<!-- synthgen: end -->"
_FRONT = re.compile(r"---\n(.*?\n)?---[ \t]*(?:\n|\Z)", re.DOTALL)
SAMPLES = 6
MOST_LABELS = 40
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def render(run: Run, tables: dict[str, pl.DataFrame], repository: str | None = None) -> str:
    """Return the card of a run as Markdown with its metadata in front.

    Args:
        run: the run.
        tables: its dataset, a table a split.
        repository: `owner/name`, where it is known.
    """
    from pathlib import Path

    from jinja2 import Environment, StrictUndefined

    source = (Path(__file__).parent / "card.md.j2").read_text(encoding="utf-8")
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)  # noqa: S701 - Markdown
    environment.filters["cell"] = lambda value: str(value).replace("|", "\\|").replace("\n", " ")
    body = environment.from_string(source).render(
        _facts(run, tables) | {"repository": repository or f"OWNER/{run.folder.name}"}
    )
    # A row may say anything: were it one of our marks, the next push would cut the card there.
    body = body.replace("<!-- synthgen:", "<!-- synthgen :")
    front = yaml.safe_dump(metadata(run, tables), sort_keys=False, allow_unicode=True)
    return f"---\n{front}---\n{BEGIN}\n{body.strip()}\n{END}\n"


def metadata(run: Run, tables: dict[str, pl.DataFrame]) -> dict[str, Any]:
    """Return the keys of the card's metadata that synthgen writes."""
    lock = run.read_lock() or {}
    rows = sum(table.height for table in tables.values())
    recipe = lock.get("recipe", {})
    language = recipe.get("checks", {}).get("quality", {}).get("language")
    labelled = bool(export.kind(run).marked(Label))
    said = {"language": [language] if language else None, "license": recipe.get("licence")}
    found: dict[str, Any] = {
        "pretty_name": run.folder.name,
        "task_categories": ["text-classification"] if labelled else ["text-generation"],
        "tags": ["synthetic", "synthgen"] if lock else ["synthgen"],
        "size_categories": [next((name for most, name in _SIZES if rows < most), "n>1M")],
        "configs": [
            {
                "config_name": "default",
                "default": True,
                "data_files": [{"split": name, "path": f"data/{name}-*.parquet"} for name in tables],
            }
        ],
    }
    return {name: value for name, value in said.items() if value} | found


def merge(standing: str, own: str) -> str:
    """Return our card laid into one that stands: text around our block, tags and keys that are not ours stay.

    `dataset_info` goes: it describes the files that a push replaces, and `datasets` would hold the new ones against it.

    Args:
        standing: the card in the repository.
        own: the card that `render` made.
    """
    front, body = _parts(standing)
    own_front, own_body = _parts(own)
    front.pop("dataset_info", None)
    if isinstance(front.get("tags"), list):
        own_front["tags"] = [*front["tags"], *(tag for tag in own_front.get("tags", []) if tag not in front["tags"])]
    merged = yaml.safe_dump(front | own_front, sort_keys=False, allow_unicode=True)
    before, begins, rest = body.rpartition(BEGIN)
    _, ends, after = rest.partition(END)
    if begins and ends:
        body = before + own_body.strip("\n") + after
    else:
        body = f"{body.rstrip()}\n\n{own_body.strip()}\n" if body.strip() else own_body
    return f"---\n{merged}---\n{body}"


def _parts(text: str) -> tuple[dict[str, Any], str]:
    """Return a card's metadata and its text; what is no metadata is text."""
    found = _FRONT.match(text)
    try:
        loaded = (yaml.safe_load(found[1] or "") or {}) if found else None
    except (yaml.YAMLError, ValueError):  # a ValueError is a date that no calendar has
        loaded = None
    return (loaded, text[found.end() :]) if found and isinstance(loaded, dict) else ({}, text)


def leakage(run: Run, tables: dict[str, pl.DataFrame]) -> dict[str, int]:
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


def _balance(tables: dict[str, pl.DataFrame], record: type[Record]) -> dict[str, Any]:
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


def _safety(run: Run, tables: dict[str, pl.DataFrame], verdicts: pl.DataFrame) -> dict[str, Any]:
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


def _facts(run: Run, tables: dict[str, pl.DataFrame]) -> dict[str, Any]:
    lock = run.read_lock() or {}
    record = export.kind(run)
    verdicts = run.read("verdicts")
    kept = run.read("kept").height
    if run.ledger.is_file():
        with Ledger(run.ledger) as ledger:
            spent = report.spent(ledger.spent())
    else:
        spent = "nothing: no model was asked"
    first = next(iter(tables.values()))
    return {
        "name": run.folder.name,
        "version": __version__,
        "recipe": lock.get("recipe") or {},
        "recipe_text": yaml.safe_dump(lock.get("recipe") or {}, sort_keys=False, allow_unicode=True).strip(),
        "model": lock.get("model") or {},
        "seeds": lock.get("seeds") or {},
        "splits": {name: table.height for name, table in tables.items()},
        "real_test": run.table("test").is_file(),
        "kept": kept,
        "waterfall": views.waterfall(verdicts, run.read("candidates").height, kept),
        "safety": _safety(run, tables, verdicts),
        "reasons": [
            (code, times, reasons.of(code, record.reasons).meaning) for code, times in views.reasons(verdicts).items()
        ],
        "confusion": _confusion(run),
        "balance": _balance(tables, record),
        "leakage": leakage(run, tables),
        "selftest": _measured(run, run.selftest, lock),
        "calibration": _measured(run, run.calibration, lock),
        "diversity": json.loads(run.figures.read_text(encoding="utf-8")) if run.figures.is_file() else [],
        "spent": spent,
        "fields": {name: info.description or "" for name, info in record.model_fields.items()},
        "samples": [
            json.dumps(row, ensure_ascii=False) for row in first.head(SAMPLES).drop("id").iter_rows(named=True)
        ],
    }
