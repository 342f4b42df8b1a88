"""What goes up: configs, their splits, and the files that they are cut into; what stays, and why."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import ValidationError

from synthgen import card, export
from synthgen.card import Place
from synthgen.errors import StoreError
from synthgen.public import public
from synthgen.recipe import Publish
from synthgen.store.run import Run, replacing, write_text

if TYPE_CHECKING:
    import polars as pl

LOCK = "recipe.lock.yaml"
FOLDERS = {"default": "data", "messages": "messages", "seeds": "seeds"}
"""Each config's folder in the repository; a subset of the training rows has one of its own name, `train-100`."""
OURS = re.compile(rf"(?:{'|'.join(FOLDERS.values())}|train-\d+)/(?:train|validation|test)-\d{{5}}-of-\d{{5}}\.parquet")
"""Names of files that a push makes: an earlier push's that this one does not have are deleted."""


def is_ours(name: str) -> bool:
    """Say whether a file in a repository is a data file that a push made."""
    return bool(OURS.fullmatch(name))


@dataclass(frozen=True)
class Config:
    """One way to load the dataset: its name, its folder in the repository, a table a split."""

    name: str
    folder: str
    tables: Mapping[str, pl.DataFrame]


def wishes(run: Run) -> Publish:
    """Return the recipe's part `publish`, as the run has it; a dataset that was checked without one has the defaults.

    Raises:
        StoreError: the lock file is damaged there.
    """
    recipe = (run.read_lock() or {}).get("recipe") or {}
    try:
        return Publish.model_validate(recipe.get("publish") or {})
    except ValidationError as error:
        raise StoreError(
            what="what the lock file says of publishing is damaged",
            where=str(run.lock),
            fix=f"run `synthgen filter {run.folder} --recipe RECIPE`",
        ) from error


def published(run: Run) -> dict[str, pl.DataFrame]:
    """Return the dataset as it is published, a table a split: rows that people gave stay unless the recipe says so.

    Raises:
        InputError: nothing was kept.
    """
    tables = export.splits(run)
    if run.table("test").is_file() and wishes(run).real == "none":
        real = set(run.read("test")["id"])
        import polars as pl

        tables = {name: table.filter(~pl.col("id").is_in(list(real))) for name, table in tables.items()}
    return {name: table for name, table in tables.items() if table.height}


def given(run: Run) -> dict[str, pl.DataFrame]:
    """Return the seeds that the recipe wants published, a table a split; none where it does not.

    Raises:
        StoreError: the recipe wants them, and the run's folder does not have them yet.
    """
    if wishes(run).real != "seeds":
        return {}
    if not run.table("seeds").is_file():
        raise StoreError(
            what="the recipe wants the seeds published, and they were not laid out",
            where=str(run.table("seeds")),
            fix=f"run `synthgen filter {run.folder} --recipe RECIPE`",
        )
    seeds = run.read("seeds")
    return {str(name): part.drop("split") for (name,), part in seeds.group_by(["split"], maintain_order=True)}


def left_out(run: Run) -> list[str]:
    """Return what stays with the maker, in sentences."""
    lock, real = run.read_lock(), wishes(run).real
    if lock is None:
        return []
    said = []
    if run.table("test").is_file() and real == "none":
        rows = run.read("test").height
        said.append(f"{rows} real test rows: `publish: {{real: test}}` in the recipe takes them along.")
    if real != "seeds":
        rows = (lock.get("seeds") or {}).get("rows", 0)
        said.append(f"{rows} seeds: `publish: {{real: seeds}}` in the recipe takes them along.")
    return [*said, "Prompts, documents, tools and databases, model replies, and who read or reviewed rows."]


def configs(run: Run, tables: Mapping[str, pl.DataFrame]) -> list[Config]:
    """Return every config of the published dataset, the default one first.

    Args:
        run: the run.
        tables: what is published, a table a split.
    """
    found = [Config("default", FOLDERS["default"], tables)]
    talks = {name: _conversations(run, table) for name, table in tables.items()}
    whole = {name: table for name, table in talks.items() if table is not None}
    if len(whole) == len(talks):
        found.append(Config("messages", FOLDERS["messages"], whole))
    found += [
        Config(f"train{suffix}", f"train{suffix}", {"train": part}) for suffix, part in export.nested(run, tables)
    ]
    seeds = given(run)
    return [*found, Config("seeds", FOLDERS["seeds"], seeds)] if seeds else found


def _conversations(run: Run, table: pl.DataFrame) -> pl.DataFrame | None:
    """Return rows as conversations; None where messages have more than role and content.

    Columns would give every message all the keys that one of them has.
    """
    import polars as pl

    rows = export.rows_of({"": table}, export.kind(run))[""]
    talks = [list(record.messages()) for _, record in rows]
    if not all(set(one) == {"role", "content"} and isinstance(one["content"], str) for talk in talks for one in talk):
        return None
    turn = pl.Struct({"role": pl.String, "content": pl.String})
    return pl.DataFrame({"messages": talks}, schema={"messages": pl.List(turn)})


def build(run: Run, repository: str | None = None) -> list[Path]:
    """Write `hub/`: Parquet for each config and split, the card, its picture, the lock file. Return the files.

    Args:
        run: the run.
        repository: `owner/name`, where it is known: the card says how to load it.

    Raises:
        InputError: nothing was kept.
    """
    tables = published(run)
    found = lay_out(run, tables)
    write_card(run, tables, place(run, found, repository))
    return sorted(path for path in run.hub.rglob("*") if path.is_file())


def lay_out(run: Run, tables: Mapping[str, pl.DataFrame]) -> list[Config]:
    """Write all of `hub/` but the card; return the configs.

    Args:
        run: the run.
        tables: what is published, a table a split.
    """
    if run.hub.is_dir():
        shutil.rmtree(run.hub)
    found, part = configs(run, tables), wishes(run)
    for config in found:
        for split, table in config.tables.items():
            for name, rows in _shards(split, table, part):
                with replacing(run.hub / config.folder / name) as path:
                    export.write_parquet(rows, path)
    write_text(run.hub / card.PICTURE, card.picture(run, tables))
    lock = run.read_lock()
    if lock is not None:  # a dataset that somebody else made was checked without a recipe
        write_text(run.hub / LOCK, yaml.safe_dump(public(lock), sort_keys=False, allow_unicode=True, width=100))
    return found


def place(
    run: Run, found: Sequence[Config], repository: str | None, versions: Sequence[Mapping[str, Any]] = ()
) -> Place:
    """Return what the card says of the repository.

    Args:
        run: the run.
        found: the configs.
        repository: `owner/name`, where it is known.
        versions: what each push changed.
    """
    return Place(repository, {one.name: (one.folder, [*one.tables]) for one in found}, versions, left_out(run))


def write_card(run: Run, tables: Mapping[str, pl.DataFrame], where: Place) -> str:
    """Write the card, and return it."""
    text = card.render(run, tables, where)
    write_text(run.hub / "README.md", text)
    return text


def _shards(split: str, table: pl.DataFrame, part: Publish) -> Iterator[tuple[str, pl.DataFrame]]:
    """Give the files that a split is cut into: as few as hold its rows and bytes, of nearly one size."""
    least = max(ceil(table.height / part.rows_per_file), ceil(table.estimated_size("mb") / part.megabytes_per_file))
    number = max(1, min(least, table.height))
    ends = [table.height * at // number for at in range(number + 1)]
    for at in range(number):
        yield f"{split}-{at:05d}-of-{number:05d}.parquet", table.slice(ends[at], ends[at + 1] - ends[at])
