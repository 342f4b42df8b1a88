"""What a person reads after a command: the waterfall, what is missing and why, the whole life of a row."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from synthgen import reasons, schema
from synthgen.errors import InputError
from synthgen.pipeline import Result
from synthgen.store.ledger import Ledger
from synthgen.store.run import Run

MOST_MIXED = 10
"""Pairs of labels that a report shows."""


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return rows as aligned text: numbers to the right, text to the left."""
    cells = [[str(value) for value in row] for row in [head, *rows]]
    widths = [max(len(row[at]) for row in cells) for at in range(len(head))]
    right = [all(isinstance(row[at], int | float) for row in rows) and bool(rows) for at in range(len(head))]
    lines = [
        "  ".join(
            value.rjust(width) if to_right else value.ljust(width)
            for value, width, to_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in cells
    ]
    return "\n".join(lines)


def of_task(run: Run) -> Mapping[str, tuple[str, str]]:
    """Return the codes that the schema of a run's task gives, each with its meaning and advice."""
    return schema.load(run.schema).reasons if run.schema.is_file() else {}


def waterfall(result: Result) -> str:
    """Return the waterfall from candidates to kept rows, and the reasons for which rows fell."""
    steps = [(name, came, came - went, went) for name, came, went in result.waterfall]
    parts = [table(("check", "rows in", "fell", "rows out"), steps)]
    if result.reasons:
        said = [(code, times, reasons.of(code, of_task(result.run)).meaning) for code, times in result.reasons.items()]
        parts.append(table(("reason", "rows", "meaning"), said))
    if result.confusion:
        parts.append(table(("label", "read as", "rows"), result.confusion[:MOST_MIXED]))
    return "\n\n".join(parts)


def summary(result: Result) -> str:
    """Return all that there is to say after a command."""
    wanted = f" of {result.target}" if result.target else ""
    parts = [waterfall(result), f"kept {result.kept}{wanted} rows in {result.run.folder}"]
    if result.review:
        rows = "1 row waits" if result.review == 1 else f"{result.review} rows wait"
        parts.append(f"{rows} for a person to decide: {result.run.table('review')}")
    if result.spent:
        parts.append(spent(result.spent))
    parts += [f"note: {note}" for note in result.notes]
    if result.short:
        parts.append(shortfall(result))
    return "\n\n".join(parts)


def spent(found: dict[str, float | None]) -> str:
    """Return what the run's replies took, in words."""
    tokens = int((found["prompt_tokens"] or 0) + (found["completion_tokens"] or 0))
    cost = "price unknown" if found["cost"] is None else f"${found['cost']:.4f}"
    return f"asked {int(found['requests'] or 0)} requests, {tokens} tokens, {cost}"


def shortfall(result: Result) -> str:
    """Return which cells are short and by how much, why rows fell, and what to change."""
    if not result.target:
        left = sum(times for code, times in result.reasons.items() if code.endswith(".unasked"))
        said = f"{left} rows fell because nobody could ask about them: {result.stopped}"
        return f"{said}\n\nraise the limit and run the same command again: nothing is asked twice"
    why = result.stopped or "cells took all the requests that the recipe's `attempts` allows"
    short = sorted(result.missing.items(), key=lambda one: -one[1])
    lines = [
        f"short by {sum(result.missing.values())} rows: {why}",
        "",
        table(("cell", "rows missing"), short[:20]),
    ]
    if len(short) > 20:
        lines.append(f"… and {len(short) - 20} more cells")
    advice = [
        f"  {code}: {reasons.of(code, of_task(result.run)).advice}"
        for code in list(result.reasons)[:3]
        if code not in {"surplus", "select.reserve"}
    ]
    if advice:
        lines += ["", "what to change:", *advice]
    if result.stopped.startswith("the limit"):
        lines += ["", "raise the limit and run the same command again: nothing is asked twice"]
    return "\n".join(lines)


def as_json(result: Result) -> dict[str, Any]:
    """Return the result for machines."""
    return {
        "folder": str(result.run.folder),
        "kept": result.kept,
        "review": result.review,
        "target": result.target,
        "missing": result.missing,
        "stopped": result.stopped,
        "waterfall": [{"check": name, "in": came, "out": went} for name, came, went in result.waterfall],
        "reasons": result.reasons,
        "confusion": [{"label": own, "read_as": read, "rows": rows} for own, read, rows in result.confusion],
        "spent": result.spent,
        "notes": result.notes,
    }


def life(run: Run, name: str) -> dict[str, Any]:
    """Return the whole life of a row: what was asked, what was said, and every verdict.

    Args:
        run: the run.
        name: the row's id, or the beginning of it.

    Raises:
        InputError: no row, or more than one, has an id that begins so.
    """
    import polars as pl

    candidates = run.read("candidates")
    found = candidates.filter(pl.col("id").str.starts_with(name))
    if found.height != 1:
        near = ", ".join(found["id"].head(5)) or ", ".join(candidates["id"].head(3))
        raise InputError(
            what=f"{found.height} rows have an id that begins with '{name}'",
            where=str(run.table("candidates")),
            fix=f"give one of the ids in kept.parquet or rejected.parquet, such as {near}",
        )
    row = found.row(0, named=True)
    verdicts = run.read("verdicts").filter(pl.col("id") == row["id"])
    kept = row["id"] in set(run.read("kept")["id"])
    if kept and run.table("review").is_file():  # doubts about a row that no check rejected
        doubts = run.read("review").filter(pl.col("id") == row["id"]).select(verdicts.columns)
        verdicts = pl.concat([verdicts, doubts], how="vertical_relaxed")
    asked: list[dict[str, Any]] = []
    if run.ledger.is_file() and row["requests"]:
        with Ledger(run.ledger) as ledger:
            for request in row["requests"]:
                reply = ledger.recall(request)
                asked.append({"id": request, "request": ledger.request(request), "reply": reply and vars(reply)})
    return {
        "id": row["id"],
        "kept": kept,
        "review": any(one and reasons.of(one).review for one in verdicts["reason"]),
        "split": row["split"],
        "row": json.loads(row["row"]),
        "cell": json.loads(row["cell"]),
        "parents": row["parents"],
        "reasons": {code: reasons.of(code, of_task(run)).meaning for code in verdicts["reason"].drop_nulls()},
        "verdicts": verdicts.drop("id").to_dicts(),
        "requests": asked,
    }


def tell(life_of: dict[str, Any]) -> str:
    """Return a row's life as text."""
    fell = next((one for one in life_of["verdicts"] if one["reason"]), None)
    if life_of["kept"]:
        end = f"kept, with a doubt: {fell['reason']}. {life_of['reasons'][fell['reason']]}" if fell else "kept"
    elif fell:
        end = f"rejected: {fell['reason']}. {life_of['reasons'][fell['reason']]}"
    else:
        end = f"surplus: {reasons.of('surplus').meaning}"
    end += " It waits for a person to decide, in review.parquet." if life_of["review"] else ""
    verdicts = [
        (
            one["check"],
            one["reason"] or "keep",
            "" if one["score"] is None else one["score"],
            one["evidence"] or "",
        )
        for one in life_of["verdicts"]
    ]
    parts = [
        f"{life_of['id']} ({life_of['split']}), {end}",
        json.dumps(life_of["row"], ensure_ascii=False, indent=2),
        table(("check", "verdict", "score", "evidence"), verdicts),
        "cell: " + json.dumps(life_of["cell"], ensure_ascii=False),
    ]
    if life_of["parents"]:
        parts.append("examples in the prompt (seeds): " + ", ".join(life_of["parents"]))
    for one in life_of["requests"]:
        messages = "\n".join(
            f"[{part['role']}]\n{part['content']}" for part in (one["request"] or {}).get("messages", [])
        )
        reply = one["reply"] or {}
        parts.append(f"request {one['id']}\n{messages}\n[reply, {reply.get('finish_reason')}]\n{reply.get('text')}")
    return "\n\n".join(parts)
