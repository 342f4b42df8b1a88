"""Doubts: kept rows whose labels a person should look at, once the whole table is there; none of them is rejected.

A verdict looks back and never ahead, and this looks at all rows at once. So it says nothing that a later row could
change: the row stays in `kept`, and `review.parquet` names it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthgen.checks.confidence import suspects
from synthgen.embed import Embed
from synthgen.store.run import GROUP, Run
from synthgen.types import Label, Record

if TYPE_CHECKING:
    import polars as pl


def add(run: Run, kind: type[Record], embed: Embed) -> int:
    """Add the doubtful ones of a run's kept rows to those that wait for a person; return how many they are.

    Args:
        run: its tables are written, and `review` is as the checks left it.
        kind: the task's schema.
        embed: gives texts their vectors.

    Raises:
        StoreError: a table is damaged, or the folder cannot be written.
    """
    import polars as pl

    label = next(iter(kind.marked(Label)), None)
    if label is None:
        return 0
    found = suspects(lambda: _rows(run, kind, label), embed)
    if not found:
        return 0
    said = pl.DataFrame(
        [(one.id, "labels", "labels.suspect", one.confidence, one.evidence) for one in found],
        schema={"id": pl.String, "check": pl.String, "reason": pl.String, "score": pl.Float64, "evidence": pl.String},
        orient="row",
    )
    rows = pl.scan_parquet(run.table("candidates")).select("id", "split", "row")
    rows = rows.filter(pl.col("id").is_in(said["id"].implode())).unique("id", keep="first")
    waiting = run.read("review")
    whole = said.join(rows.collect(), on="id", maintain_order="left").select(waiting.columns)
    run.write("review", pl.concat([waiting, whole]))
    return whole.height


def _rows(run: Run, kind: type[Record], label: str) -> Iterator[pl.DataFrame]:
    """Give the kept rows part by part: id, what is compared, and the label."""
    import polars as pl
    from pyarrow.parquet import ParquetFile

    with ParquetFile(run.table("kept")) as file:
        for batch in file.iter_batches(GROUP):
            rows = batch.to_pylist()
            fields = ({name: row[name] for name in kind.model_fields} for row in rows)
            texts = [kind.model_validate(one).wording() for one in fields]
            yield pl.DataFrame(
                {"id": [row["id"] for row in rows], "text": texts, "label": [row[label] for row in rows]},
                schema={"id": pl.String, "text": pl.String, "label": pl.String},
            )
