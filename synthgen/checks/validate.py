"""`validate`: a row is a Record of its task, or has the fault that kept it from being one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


def validate(table: pl.DataFrame) -> pl.DataFrame:
    """Turn each row's fault, found when the reply was read, into a verdict."""
    import polars as pl

    return table.select(
        reason=pl.col("fault"), score=pl.lit(None, pl.Float64), evidence=pl.col("evidence").cast(pl.String)
    )
