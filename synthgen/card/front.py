"""A card's metadata, and how ours is laid into a card that stands: what a user wrote there stays."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from synthgen import export
from synthgen.store.run import Run
from synthgen.types import Label

if TYPE_CHECKING:
    import polars as pl

BEGIN, END = "<!-- synthgen: begin -->", "<!-- synthgen: end -->"
VERSIONS = "synthgen_versions"
"""The key of the metadata that holds what each push changed."""
_FRONT = re.compile(r"---\n(.*?\n)?---[ \t]*(?:\n|\Z)", re.DOTALL)
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


@dataclass(frozen=True)
class Place:
    """What a card says of the repository that it stands in.

    Args:
        repository: `owner/name`, where it is known.
        configs: each config's folder and splits, by its name, the default one first.
        versions: what each push changed, as the metadata hold it, the newest last.
        left_out: what stays here, in sentences.
    """

    repository: str | None = None
    configs: Mapping[str, tuple[str, Sequence[str]]] = field(default_factory=dict)
    versions: Sequence[Mapping[str, Any]] = ()
    left_out: Sequence[str] = ()


def metadata(run: Run, tables: Mapping[str, pl.DataFrame], place: Place) -> dict[str, Any]:
    """Return the keys of the card's metadata that synthgen writes."""
    lock = run.read_lock() or {}
    rows = sum(table.height for table in tables.values())
    recipe = lock.get("recipe", {})
    language = recipe.get("checks", {}).get("quality", {}).get("language")
    labelled = bool(export.kind(run).marked(Label))
    said = {"language": [language] if language else None, "license": recipe.get("licence")}
    found: dict[str, Any] = {
        "pretty_name": run.folder.name,
        "task_categories": ["text-classification"] if labelled else ["text-generation"],
        "tags": ["synthetic", "synthgen"] if lock else ["synthgen"],
        "size_categories": [next((name for most, name in _SIZES if rows < most), "n>1M")],
        "configs": [
            {
                "config_name": name,
                **({"default": True} if at == 0 else {}),
                "data_files": [{"split": split, "path": f"{folder}/{split}-*.parquet"} for split in splits],
            }
            for at, (name, (folder, splits)) in enumerate((place.configs or {"default": ("data", [*tables])}).items())
        ],
    }
    if place.versions:
        found[VERSIONS] = [dict(one) for one in place.versions]
    return {name: value for name, value in said.items() if value} | found


def merge(standing: str, own: str) -> str:
    """Return our card laid into one that stands: text around our block, tags and keys that are not ours stay.

    `dataset_info` goes: it describes the files that a push replaces, and `datasets` would hold the new ones against it.

    Args:
        standing: the card in the repository.
        own: the card that `render` made.
    """
    front, body = parts(standing)
    own_front, own_body = parts(own)
    front.pop("dataset_info", None)
    if isinstance(front.get("tags"), list):
        own_front["tags"] = [*front["tags"], *(tag for tag in own_front.get("tags", []) if tag not in front["tags"])]
    merged = yaml.safe_dump(front | own_front, sort_keys=False, allow_unicode=True)
    before, begins, rest = body.rpartition(BEGIN)
    _, ends, after = rest.partition(END)
    if begins and ends:
        body = before + own_body.strip("\n") + after
    else:
        body = f"{body.rstrip()}\n\n{own_body.strip()}\n" if body.strip() else own_body
    return f"---\n{merged}---\n{body}"


def parts(text: str) -> tuple[dict[str, Any], str]:
    """Return a card's metadata and its text; what is no metadata is text."""
    found = _FRONT.match(text)
    try:
        loaded = (yaml.safe_load(found[1] or "") or {}) if found else None
    except (yaml.YAMLError, ValueError):  # a ValueError is a date that no calendar has
        loaded = None
    return (loaded, text[found.end() :]) if found and isinstance(loaded, dict) else ({}, text)
