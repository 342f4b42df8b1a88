"""The tables of a run, laid out anew from what is in memory: candidates, verdicts, kept, rejected."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from synthgen.diversity import Figure
from synthgen.store.run import Run, write_text
from synthgen.types import Candidate, Record, Seed, canonical

if TYPE_CHECKING:
    import polars as pl


def write(run: Run, candidates: Sequence[Candidate], verdicts: pl.DataFrame, kept: Sequence[str]) -> None:
    """Write all tables of a run; the same rows and verdicts always make the same bytes.

    Args:
        run: the folder.
        candidates: every row that was read, in the order of the plan.
        verdicts: every verdict.
        kept: ids of the rows that make the dataset.
    """
    import polars as pl

    run.write("candidates", _lineage(candidates))
    run.write("verdicts", verdicts)
    taken = set(kept)
    rows = [_row(one.id, one.split, one.record) for one in candidates if one.id in taken and one.record]
    kind = next((type(one.record) for one in candidates if one.record), None)
    run.write("kept", table(rows, kind))
    fallen = verdicts.filter(pl.col("reason").is_not_null())
    lost = pl.DataFrame(
        [{"id": one.id, "split": one.split, "row": canonical(one.data)} for one in candidates if one.id not in taken],
        schema={"id": pl.String, "split": pl.String, "row": pl.String},
    )
    rejected = lost.join(fallen, on="id", how="left", maintain_order="left").with_columns(
        check=pl.col("check").fill_null("plan"), reason=pl.col("reason").fill_null("surplus")
    )
    run.write("rejected", rejected)


def write_test(run: Run, test: Sequence[Seed]) -> None:
    """Write the rows of a real test set, where there is one."""
    if test:
        run.write("test", table([_row(one.id, "test", one.record) for one in test], type(test[0].record)))
    else:
        run.table("test").unlink(missing_ok=True)


def write_figures(run: Run, figures: Sequence[Figure]) -> None:
    """Write how varied the kept rows are, beside the seeds."""
    rows = [(one.name, one.seeds, one.kept, one.meaning) for one in figures]
    write_text(run.figures, json.dumps(rows, ensure_ascii=False, indent=1) + "\n")


def table(rows: list[dict[str, Any]], kind: type[Record] | None) -> pl.DataFrame:
    """Return rows as a table: id, split, and the schema's fields in their order."""
    import polars as pl

    fields = list(kind.model_fields) if kind else []
    columns: dict[str, Any] = {"id": pl.String, "split": pl.String} | dict.fromkeys(fields)
    frame = pl.DataFrame(rows, schema=columns, infer_schema_length=None)
    # A column without any value has no type of its own; text is what every reader takes.
    return frame.with_columns(pl.col(name).cast(pl.String) for name, kind in frame.schema.items() if kind == pl.Null)


def _row(name: str, split: str, record: Record) -> dict[str, Any]:
    return {"id": name, "split": split, **record.model_dump(mode="json")}


def _lineage(candidates: Sequence[Candidate]) -> pl.DataFrame:
    import polars as pl

    columns: dict[str, Any] = {
        "id": pl.String, "number": pl.Int64, "split": pl.String, "cell": pl.String, "requests": pl.List(pl.String),
        "parents": pl.List(pl.String), "row": pl.String,
    }  # fmt: skip
    rows = [
        (
            one.id,
            one.draft.number,
            one.split,
            canonical(one.draft.cell),
            one.requests,
            one.draft.examples,
            canonical(one.data),
        )
        for one in candidates
    ]
    return pl.DataFrame(rows, schema=columns, orient="row")


def reasons(verdicts: pl.DataFrame) -> dict[str, int]:
    """Return how many rows fell for each reason, most first."""
    import polars as pl

    return dict(Counter(verdicts.filter(pl.col("reason").is_not_null())["reason"].to_list()).most_common())


def waterfall(verdicts: pl.DataFrame, candidates: int, kept: int) -> list[tuple[str, int, int]]:
    """Return for each check, in order, how many rows came in and how many went on; `plan` is the room in the cells."""
    import polars as pl

    found: list[tuple[str, int, int]] = []
    for (name,), part in verdicts.group_by(["check"], maintain_order=True):
        found.append((str(name), len(part), part.filter(pl.col("reason").is_null()).height))
    last = found[-1][2] if found else candidates
    return [*found, ("plan", last, kept)] if last != kept else found
