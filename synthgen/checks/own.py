"""A check of the user's own: a function in a file beside the recipe, table in, verdicts out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthgen import functions
from synthgen.checks import Check
from synthgen.errors import RecipeError

if TYPE_CHECKING:
    import polars as pl


def load(reference: str, root: Path) -> tuple[str, Check]:
    """Load `file.py:function`, and return the check's name and the check.

    The function gets the candidates that earlier checks kept, as a polars table with the columns id, split, text, label
    and `prose:FIELD`, and returns a series of texts, one a row, in order: null keeps the row, a text is why it falls.

    Args:
        reference: the file, relative to the recipe's folder, and the function's name.
        root: the recipe's folder.

    Raises:
        RecipeError: there is no such file or function, or it does not load.
    """
    function, path = functions.load(reference, [root], "checks.own")
    name = f"own.{reference.partition(':')[2]}"
    return name, _guarded(name, function, path)


def _guarded(name: str, function: Callable[[pl.DataFrame], Any], path: Path) -> Check:
    def check(table: pl.DataFrame) -> pl.DataFrame:
        import polars as pl

        try:
            said = pl.Series(function(table), dtype=pl.String)
        except Exception as error:
            raise RecipeError(
                what=f"the check '{name}' failed ({type(error).__name__}: {error})", where=str(path), fix="mend it"
            ) from error
        if len(said) != table.height:
            raise RecipeError(
                what=f"the check '{name}' said something of {len(said)} rows and got {table.height}",
                where=str(path),
                fix="return one value a row, in order; null keeps the row",
            )
        return pl.DataFrame({"said": said}).select(
            reason=pl.when(pl.col("said").is_not_null()).then(pl.lit(name)),
            score=pl.lit(None, pl.Float64),
            evidence=pl.col("said"),
        )

    return check
