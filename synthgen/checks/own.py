"""A check of the user's own: a function in a file beside the recipe, table in, verdicts out."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthgen.checks import Check
from synthgen.errors import RecipeError
from synthgen.types import digest

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
    file, _, name = reference.partition(":")
    path = root / file
    spec = importlib.util.spec_from_file_location(f"synthgen_own_{digest(str(path.resolve()))}", path)
    if not path.is_file() or spec is None or spec.loader is None:
        raise RecipeError(
            what="there is no such file of checks",
            where=str(path),
            fix="name it as `my_checks.py:function` in checks.own",
        )
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise RecipeError(
            what=f"the file does not load ({type(error).__name__}: {error})", where=str(path), fix="mend it"
        ) from error
    function: Callable[[pl.DataFrame], Any] | None = getattr(module, name, None)
    if not callable(function):
        raise RecipeError(what=f"there is no function '{name}'", where=str(path), fix="check its name in checks.own")
    return f"own.{name}", _guarded(f"own.{name}", function, path)


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
