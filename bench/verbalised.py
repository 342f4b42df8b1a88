"""What several rows in one request, and their probabilities, do to diversity for the same number of tokens.

    python bench/verbalised.py model.gguf                  # a chat model that runs here
    python bench/verbalised.py NAME https://host/v1        # any other

Verbalised sampling (Zhang et al. 2025, arXiv 2510.01171) reports 1.6 to 2.1 times the diversity in creative writing,
more with larger models. Here: messages to a bank, every row that could be read, no check; as many written tokens each.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import polars as pl

from synthgen.diversity import compression, distinct, opening, vendi
from synthgen.job import prepare
from synthgen.model.wrap import Limits
from synthgen.pipeline import generate
from synthgen.store.ledger import Ledger

ROOT = Path(__file__).parent.parent
REQUESTS = 24
"""Requests of the first way; the others make a third as many, for five rows each, and are cut at its tokens."""
LONGEST = 120
"""Tokens of a row, from which a small model only repeats itself."""
WAYS: dict[str, dict[str, object]] = {
    "one row a request": {},
    "five rows a request": {"rows_per_request": 5},
    "five, with probabilities": {"rows_per_request": 5, "probabilities": True},
}


def written(name: str, address: str | None, way: dict[str, object], tokens: int | None) -> tuple[list[str], int]:
    """Return the texts that one way of asking gives, and the tokens that were written.

    Args:
        name: the model.
        address: where it is served, or nothing.
        way: the recipe's keys.
        tokens: most tokens to count; None = as many as were written.
    """
    changes = {
        "model.name": name,
        "model.base_url": address,
        "model.temperature": 1.0,
        "model.max_tokens": LONGEST * int(str(way.get("rows_per_request", 1))),
        "rows": 20 * REQUESTS,
        "split": {"validation": 0, "test": 0},
        "checks.dedup.near": 1.0,
        "checks.labels.use": False,
        **way,
    }
    requests = REQUESTS // 3 if way else REQUESTS
    with tempfile.TemporaryDirectory() as folder:
        run = generate(
            prepare(ROOT / "templates" / "classification", changes), Path(folder), Limits(None, None, requests)
        ).run
        rows = [json.loads(row) for row in pl.read_parquet(run.table("candidates"))["row"]]
        with Ledger(run.ledger) as ledger:
            spent = int(ledger.spent()["completion_tokens"] or 0)
    texts = [row["text"] for row in rows if row.get("text")]
    if tokens is None:
        return texts, spent
    return texts[: max(2, len(texts) * tokens // max(tokens, spent))], min(tokens, spent)


def main() -> None:
    """Print the table."""
    name, address = (*sys.argv[1:], None, None)[:2]
    if name is None:
        raise SystemExit(__doc__)
    print("| way | rows | tokens a row | distinct-2 | compression ratio | Vendi score | commonest opening |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    most = None
    for way, keys in WAYS.items():
        texts, tokens = written(name, address, keys, most)
        most = most or tokens
        figures = (distinct(texts, 2), compression(texts), vendi(texts), opening(texts))
        shown = " | ".join(f"{figure:.2f}" for figure in figures)
        print(f"| {way} | {len(texts)} | {tokens / max(1, len(texts)):.0f} | {shown} |", flush=True)


if __name__ == "__main__":
    main()
