"""The dataset's card: how it was made, what fell and why, balance, splits, safety, cost, terms, limits, a picture."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from synthgen import export
from synthgen.card.distribution import draw
from synthgen.card.facts import SAMPLES, balance, facts, leakage, lengths
from synthgen.card.front import BEGIN, END, VERSIONS, Place, merge, metadata, parts
from synthgen.store.run import Run

if TYPE_CHECKING:
    import polars as pl

__all__ = ["BEGIN", "END", "PICTURE", "SAMPLES", "VERSIONS", "Place", "leakage", "merge", "parts", "picture", "render"]
PICTURE = "distribution.svg"
"""The file beside the card that it shows."""


def render(run: Run, tables: Mapping[str, pl.DataFrame], place: Place | None = None) -> str:
    """Return the card of a run as Markdown with its metadata in front.

    Args:
        run: the run.
        tables: what is published, a table a split.
        place: the repository that the card stands in, where it is known.
    """
    from jinja2 import Environment, StrictUndefined

    place = place or Place()
    source = (Path(__file__).parent / "card.md.j2").read_text(encoding="utf-8")
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)  # noqa: S701 - Markdown
    environment.filters["cell"] = lambda value: str(value).replace("|", "\\|").replace("\n", " ")
    body = environment.from_string(source).render(facts(run, tables, place) | {"picture": PICTURE})
    # A row may say anything: were it one of our marks, the next push would cut the card there.
    body = body.replace("<!-- synthgen:", "<!-- synthgen :")
    front = yaml.safe_dump(metadata(run, tables, place), sort_keys=False, allow_unicode=True)
    return f"---\n{front}---\n{BEGIN}\n{body.strip()}\n{END}\n"


def picture(run: Run, tables: Mapping[str, pl.DataFrame]) -> str:
    """Return the picture that the card shows: rows of each label and split, words a text.

    Args:
        run: the run.
        tables: what is published, a table a split.
    """
    record = export.kind(run)
    return draw([*tables], balance(tables, record)["rows"], lengths(tables, record))
