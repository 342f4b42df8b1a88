"""The tables of a run, laid out anew from what is in memory: candidates, verdicts, kept, rejected."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from synthgen.diversity import Figure
from synthgen.reasons import REASONS
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

    run.write("candidates", lineage(candidates, [canonical(one.data) for one in candidates]))
    run.write("verdicts", verdicts)
    taken = set(kept)
    own = [(one, one.record) for one in candidates if one.id in taken and one.record]
    kind = next((type(one.record) for one in candidates if one.record), None)
    rows = clustered(table([_row(one.id, one.split, record) for one, record in own], kind), verdicts)
    run.write("kept", levelled(rows, [one.level for one, _ in own]))
    lost = pl.DataFrame(
        [(one.id, one.split, canonical(one.data)) for one in candidates if one.id not in taken],
        schema={"id": pl.String, "split": pl.String, "row": pl.String},
        orient="row",
    )
    fallen = rejected(lost, verdicts)
    run.write("rejected", fallen)
    run.write("review", review(fallen))


def clusters(verdicts: pl.DataFrame) -> pl.DataFrame:
    """Return the kept rows that joined a cluster: `id`, and `cluster`, the id of the first row of the same meaning."""
    import polars as pl

    said = pl.col("evidence").str.strip_prefix("cluster ")
    named = verdicts.filter((pl.col("check") == "dedup") & pl.col("reason").is_null())
    return named.select("id", cluster=said)


def clustered(kept: pl.DataFrame, verdicts: pl.DataFrame) -> pl.DataFrame:
    """Return kept rows with the column `cluster`: the id of the first row that was kept of the same meaning."""
    import polars as pl

    if "cluster" in kept.columns:  # the task has a field of that name
        return kept
    found = kept.join(clusters(verdicts), on="id", how="left", maintain_order="left")
    return found.with_columns(pl.col("cluster").fill_null(pl.col("id")))


def levelled(kept: pl.DataFrame, levels: Sequence[int]) -> pl.DataFrame:
    """Return kept rows with the column `level`: how hard each is, from 1."""
    import polars as pl

    if "level" in kept.columns:  # the task has a field of that name
        return kept
    return kept.with_columns(level=pl.Series(levels, dtype=pl.Int64))


def rejected(lost: pl.DataFrame, verdicts: pl.DataFrame) -> pl.DataFrame:
    """Return rows that are not kept, each with the verdict by which it fell; one without had no room in its cell.

    Args:
        lost: columns id, split, row.
        verdicts: those of these rows, others beside them.
    """
    import polars as pl

    fallen = verdicts.filter(pl.col("reason").is_not_null())
    return lost.join(fallen, on="id", how="left", maintain_order="left").with_columns(
        check=pl.col("check").fill_null("plan"), reason=pl.col("reason").fill_null("surplus")
    )


def review(fallen: pl.DataFrame) -> pl.DataFrame:
    """Return those of the rejected rows about which a person should decide."""
    import polars as pl

    asking = [code for code, one in REASONS.items() if one.review]
    return fallen.filter(pl.col("reason").is_in(asking)).select(
        "id", "split", "check", "reason", "score", "evidence", "row"
    )


def write_test(run: Run, test: Sequence[Seed]) -> None:
    """Write the rows of a real test set, where there is one."""
    if test:
        run.write("test", table([_row(one.id, "test", one.record) for one in test], type(test[0].record)))
    else:
        run.table("test").unlink(missing_ok=True)


def write_confusion(run: Run, pairs: Sequence[tuple[str, str, int]]) -> None:
    """Write which labels were read as which, and how often."""
    write_text(run.confusion, json.dumps(pairs, ensure_ascii=False, indent=1) + "\n")


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


def types(kind: type[Record]) -> dict[str, Any] | None:
    """Return the column's type of each field, or None where a field is no text, number, truth, model or list of them.

    A table that is written batch by batch needs them before its last row is known.
    """
    found = {name: _type(info.annotation) for name, info in kind.model_fields.items()}
    return found if all(found.values()) else None


def _type(annotation: Any) -> Any:  # noqa: ANN401 - a type of Python's to one of polars'
    import polars as pl

    plain = {str: pl.String, bool: pl.Boolean, int: pl.Int64, float: pl.Float64}
    if annotation in plain:
        return plain[annotation]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        parts = {name: _type(info.annotation) for name, info in annotation.model_fields.items()}
        return pl.Struct(parts) if all(parts.values()) else None
    inner = [one for one in get_args(annotation) if one is not NoneType]
    if len(inner) == 1 and get_origin(annotation) in {list, Union, UnionType}:
        one = _type(inner[0])
        return pl.List(one) if one and get_origin(annotation) is list else one
    if get_origin(annotation) is Literal and all(isinstance(one, str) for one in inner):
        return pl.String
    return None


def _row(name: str, split: str, record: Record) -> dict[str, Any]:
    return {"id": name, "split": split, **record.model_dump(mode="json")}


def lineage(candidates: Sequence[Candidate], rows: Sequence[str]) -> pl.DataFrame:
    """Return candidates as a table, with their rows as text."""
    import polars as pl

    columns: dict[str, Any] = {
        "id": pl.String, "number": pl.Int64, "split": pl.String, "cell": pl.String, "requests": pl.List(pl.String),
        "parents": pl.List(pl.String), "row": pl.String,
    }  # fmt: skip
    cells: dict[tuple[tuple[str, str], ...], str] = {}
    lines = []
    for one, row in zip(candidates, rows, strict=True):
        key = tuple(one.draft.cell.items())
        if key not in cells:
            cells[key] = canonical(one.draft.cell)
        lines.append((one.id, one.draft.number, one.split, cells[key], one.requests, one.draft.examples, row))
    return pl.DataFrame(lines, schema=columns, orient="row")


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
    # Rows are chosen among those for which the cells had room.
    chosen = [found.pop()] if found and found[-1][0] == "select" else []
    room = chosen[0][1] if chosen else kept
    last = found[-1][2] if found else candidates
    return [*found, *([("plan", last, room)] if last != room else []), *chosen]
