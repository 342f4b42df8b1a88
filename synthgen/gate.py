"""What stands before a push: every text that would go up is searched once more, and open finds keep it down.

All fields of all rows are read, a real test set's and given seeds' too, whether the check `safety` ran or not. No flag
opens the gate: a find goes by masking, by mending, or by its code in the recipe's `checks.safety.allow`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from synthgen.checks.safety import CODES, Search
from synthgen.errors import InputError, StoreError
from synthgen.recipe import Safety
from synthgen.store.run import Run, write_text

if TYPE_CHECKING:
    import polars as pl

SHOWN = 3
"""Rows that a refusal names for each code."""
_OURS = {"id", "split"}
_TOLD = {"safety.url", "safety.ip", "safety.unsafe"}
"""What a recipe may say of itself: an endpoint's address, a judge's question."""


def remember(run: Run, wanted: Safety) -> None:
    """Keep what was wanted of a dataset that has no lock file, so that a push knows it."""
    write_text(run.safety, wanted.model_dump_json(indent=1) + "\n")


def wanted(run: Run) -> Safety:
    """Return `checks.safety` as the run's rows were checked with it.

    Raises:
        StoreError: the file that says so is damaged.
    """
    path = run.safety
    lock = run.read_lock()
    try:
        if lock is not None:
            return Safety.model_validate(((lock.get("recipe") or {}).get("checks") or {}).get("safety") or {})
        return Safety.model_validate_json(path.read_text(encoding="utf-8")) if path.is_file() else Safety()
    except ValidationError as error:
        where = str(path if lock is None else run.lock)
        raise StoreError(
            what="what it says of safety is damaged", where=where, fix="run `synthgen filter` again"
        ) from error


def found(tables: Mapping[str, pl.DataFrame], search: Search) -> dict[str, list[str]]:
    """Return the rows with finds, as `split/id`, by the code of what was found, in the order of search.

    Args:
        tables: the dataset, a table a split.
        search: what to look for.
    """
    met: dict[str, dict[str, None]] = {}
    for split, table in tables.items():
        for place, texts in _texts(table):
            for at, hits in search.column(texts):
                for hit in hits:
                    met.setdefault(hit.code, {})[f"{split}/{place[at]}"] = None
    return {code: list(met[code]) for code in CODES if code in met}


def _texts(table: pl.DataFrame) -> Iterator[tuple[list[str], pl.Series]]:
    """Give each column's texts with the id of the row that each stands in; lists and structures leaf by leaf."""
    import polars as pl

    ids = [str(one) for one in table["id"]] if "id" in table.columns else [str(at) for at in range(table.height)]
    for column in table:
        if column.name in _OURS:
            continue
        if column.dtype == pl.String:
            yield ids, column
        else:
            leaves = [
                (name, leaf) for name, value in zip(ids, column.to_list(), strict=True) for leaf in _leaves(value)
            ]
            yield [name for name, _ in leaves], pl.Series([leaf for _, leaf in leaves], dtype=pl.String)


def _leaves(value: Any) -> Iterator[str]:  # noqa: ANN401 - whatever a cell holds
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _leaves(key)
            yield from _leaves(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _leaves(one)
    elif isinstance(value, str | int) and not isinstance(value, bool):
        yield str(value)


def open_finds(run: Run, tables: Mapping[str, pl.DataFrame]) -> dict[str, list[str]]:
    """Return what keeps a push down: rows by code, the recipe's own texts among them."""
    import polars as pl

    said = wanted(run)
    met = found(tables, Search(said.allow, said.fakes))
    recipe = (run.read_lock() or {}).get("recipe") or {}
    texts = list(_leaves(recipe))
    own = {"recipe": pl.DataFrame({"id": [run.lock.name] * len(texts), "text": pl.Series(texts, dtype=pl.String)})}
    for code, rows in found(own, Search({*said.allow, *_TOLD}, said.fakes)).items():
        met.setdefault(code, []).extend(rows)
    return met


def told(met: Mapping[str, list[str]]) -> str:
    """Return in words what is open: each code, how many rows, and the first of them."""
    return ", ".join(
        f"{code} in {len(rows)} {'row' if len(rows) == 1 else 'rows'} ({', '.join(rows[:SHOWN])}"
        f"{', …' if len(rows) > SHOWN else ''})"
        for code, rows in met.items()
    )


def allowed(run: Run, tables: Mapping[str, pl.DataFrame]) -> dict[str, int]:
    """Return how many rows hold what the recipe's allow list lets through, by code."""
    said = wanted(run)
    met = found(tables, Search(set(CODES) - set(said.allow), said.fakes)) if said.allow else {}
    return {code: len(rows) for code, rows in met.items()}


def hold(run: Run, tables: Mapping[str, pl.DataFrame]) -> None:
    """Refuse a push whose texts hold what nobody allowed.

    Raises:
        InputError: with the codes, how many rows, the first of them, and what to do.
    """
    met = open_finds(run, tables)
    if not met:
        return
    again = f"`synthgen filter {run.folder} --recipe RECIPE`" if run.lock.is_file() else "`synthgen filter` as before"
    raise InputError(
        what="nothing was pushed, for the rows still hold " + told(met),
        where=str(run.folder),
        fix=f"set `mode: mask` under checks.safety in the recipe, or name what may stay ({', '.join(met)}) under "
        f"checks.safety.allow, which the card then says; run {again}, and push again. Seeds and real test rows are not "
        "masked: mend them in their own file",
    )
