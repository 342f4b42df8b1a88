"""Checks: each takes a table of candidates and gives one verdict a row, in order.

A table has the columns `id`, `split`, `fault`, `evidence`, `text` (what is compared), `label`, and one column
`prose:FIELD` for each field of written text; of conversations also `exchanges`, each answer with its question. A
verdict looks back, never ahead: it may know rows that were kept before, in this call or an earlier one, so that many
small tables get the verdicts that one large table gets.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from synthgen.types import Ask, Candidate

if TYPE_CHECKING:
    import polars as pl

Check = Callable[["pl.DataFrame"], "pl.DataFrame"]
"""Table of candidates to table of verdicts: columns reason (null = keep), score, evidence."""

Verdict = tuple[str | None, float | None, str | None]
"""Reason (None = keep), score, evidence."""

AskingCheck = Callable[[Sequence[Candidate], Sequence[Ask]], Awaitable[list[Verdict]]]
"""Candidates, and the models that the check asks (remembered, budgeted and paced), to one verdict a row, in order."""


def verdicts(rows: Sequence[Verdict]) -> pl.DataFrame:
    """Return a table of verdicts from its rows: reason (None = keep), score, evidence."""
    import polars as pl

    return pl.DataFrame(rows, schema={"reason": pl.String, "score": pl.Float64, "evidence": pl.String}, orient="row")


def sparse(found: Mapping[int, Verdict], height: int) -> pl.DataFrame:
    """Return a table of verdicts of so many rows, from those that are not empty, by row."""
    import polars as pl

    reasons: list[str | None] = [None] * height
    evidence: list[str | None] = [None] * height
    for at, (reason, _, said) in found.items():
        reasons[at], evidence[at] = reason, said
    table = {"reason": pl.Series(reasons, dtype=pl.String), "evidence": pl.Series(evidence, dtype=pl.String)}
    return pl.DataFrame(table).select("reason", pl.lit(None, dtype=pl.Float64).alias("score"), "evidence")
