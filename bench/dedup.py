"""Near-duplicates at scale: rows a second, memory, recall, and how many times the bare MinHash library's own time.

    python bench/dedup.py [ROWS ...] [--full]

`--full` takes 10,000, 100,000 and 1,000,000 rows, else 10,000 and 100,000. Rows are made of English words and of words
put together from their parts, drawn by Zipf's law, 40 in a row; one in ten is an earlier row with one word in twelve
changed. A process for each size reads them from Parquet, puts them through the check that `synthgen filter` uses, and
writes what cluster each row is in; then, in the same process, rensa alone makes signatures of sets of 5-grams that are
there already, with as many places, and says which rows share a band: this is the bare time. It is measured in
two ways, all rows at once and in blocks that come one after the other, as rows come to the check; and once for
sets of words with 128 places, as in its own README.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import planted
import polars as pl

from synthgen import minhash
from synthgen.checks.dedup import Dedup
from synthgen.clusters import Clusters
from synthgen.embed import embed
from synthgen.recipe import Dedup as Recipe
from synthgen.text import hashes, pack

RECIPE = Recipe()
BLOCK = 50_000
CHANGED = 12


def words() -> list[str]:
    """Return some 70,000 words, the commonest first."""
    import wordllama

    path = next(Path(wordllama.__file__).parent.rglob("*tokenizer*.json"))
    known = json.loads(path.read_text(encoding="utf-8"))["model"]["vocab"]
    begins = [word[1:] for word in known if word[0] == "▁" and word[1:].isascii() and word[1:].islower()]
    begins = [word for word in begins if len(word) > 1 and word.isalpha()]
    ends = [word for word in known if word.isascii() and word.isalpha() and word.islower() and 1 < len(word) < 6]
    draw = np.random.default_rng(0)
    first, last = draw.integers(0, len(begins), 60_000), draw.integers(0, len(ends), 60_000)
    return begins + [begins[one] + ends[two] for one, two in zip(first, last, strict=True)]


def make(rows: int, path: Path) -> None:
    """Write rows with planted near-duplicates: columns id, label, text, twin (the row that it was made of, or -1)."""
    known = np.array(words(), dtype=object)
    weights = 1 / (np.arange(len(known)) + 10.0)
    bounds = np.cumsum(weights / weights.sum())
    draw = np.random.default_rng(1)

    def drawn(count: int) -> list[str]:
        return list(known[np.minimum(np.searchsorted(bounds, draw.random(count)), len(known) - 1)])

    texts: list[list[str]] = []
    twins = []
    for number in range(rows):
        if number > 100 and draw.random() < 0.1:
            twins.append(int(draw.integers(0, number)))
            text = list(texts[twins[-1]])
            for word in drawn(max(1, len(text) // CHANGED)):
                text[int(draw.integers(0, len(text)))] = word
        else:
            twins.append(-1)
            text = drawn(int(draw.integers(30, 51)))
        texts.append(text)
    lines = [" ".join(text).capitalize() + "." for text in texts]
    names = [f"r{number}" for number in range(rows)]
    pl.DataFrame({"id": names, "label": [""] * rows, "text": lines, "twin": twins}).write_parquet(path)


def measure(path: Path, *, meanings: bool) -> dict[str, float]:
    """Time the check on a file, then rensa alone; return the figures."""
    started = time.perf_counter()
    semantic = RECIPE.semantic
    clusters = Clusters(embed, semantic.least, semantic.most) if meanings else None
    table = pl.read_parquet(path, columns=["id", "label", "text"])
    found = Dedup(RECIPE.near, [], clusters)(table)
    said = pl.col("evidence").str.split(" ").list.get(1).fill_null(pl.col("id"))
    table.select("id").hstack(found).select("id", "reason", cluster=said).write_parquet(path.with_suffix(".out"))
    took = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    twins = pl.read_parquet(path, columns=["twin"])["twin"].to_numpy() >= 0
    fell = (found["reason"].is_not_null() & (found["reason"] != "dedup.crowded")).fill_null(value=False).to_numpy()
    figures = {"seconds": took, "rows": float(len(twins)), "GiB": memory}
    figures |= {"recall": (fell & twins).sum() / twins.sum(), "precision": (fell & twins).sum() / fell.sum()}
    return figures | ({} if meanings else bare(table["text"]))


def bare(texts: pl.Series) -> dict[str, float]:
    """Return rensa's own seconds on sets of hashes that are there already."""
    from rensa import RMinHash, RMinHashLSH

    count, length = minhash.bands(RECIPE.near)
    places = count * length
    found = [hashes(pack(texts.slice(at, BLOCK))) for at in range(0, len(texts), BLOCK)]
    seconds = {}
    started = time.perf_counter()
    index = RMinHashLSH(RECIPE.near, places, count)
    for number, (grams, begins) in enumerate(found):
        part = RMinHash.digest_matrix_from_flat_token_hashes(grams, begins.astype(np.uint64), places, 42)
        index.insert_matrix_and_query_duplicate_flags(part, number * BLOCK)
    seconds["in blocks"] = time.perf_counter() - started
    del index
    seconds["at once"] = _at_once(found, places, count)
    split = [texts.slice(at, BLOCK).str.split(" ") for at in range(0, len(texts), BLOCK)]
    of_words = [
        (one.explode().hash().to_numpy(), np.concatenate([[0], np.cumsum(one.list.len().to_numpy())])) for one in split
    ]
    seconds["words"] = _at_once(of_words, 128, 32)
    return seconds


def _at_once(found: list[tuple[np.ndarray, np.ndarray]], places: int, bands: int) -> float:
    from rensa import RMinHash, RMinHashLSH

    sizes = np.cumsum([0] + [len(one) for one, _ in found])
    begins = np.concatenate(
        [begins[:-1] + start for (_, begins), start in zip(found, sizes, strict=False)] + [sizes[-1:]]
    )
    tokens, begins = np.concatenate([one for one, _ in found]), begins.astype(np.uint64)
    started = time.perf_counter()
    whole = RMinHash.digest_matrix_from_flat_token_hashes(tokens, begins, places, 42)
    RMinHashLSH(RECIPE.near, places, bands).query_duplicate_flags_matrix_one_shot(whole)
    return time.perf_counter() - started


def scale(sizes: list[int]) -> str:
    """Return the figures for each size as a Markdown table."""
    lines = [
        (
            "| rows | meanings | rows/s | seconds | bare, at once | ratio | bare, in blocks | ratio | bare, words "
            "| peak GiB | recall | precision |"
        ),
        "|---:|---|" + "---:|" * 10,
    ]
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            path = Path(folder) / f"{size}.parquet"
            make(size, path)
            for meanings in (False, True):
                words = [sys.executable, __file__, "--measure", str(path), *(["--meanings"] if meanings else [])]
                done = subprocess.run(words, capture_output=True, text=True, check=True)
                lines.append(_line(json.loads(done.stdout), "capped" if meanings else "off"))
                sys.stdout.write(lines[-1] + "\n")
                sys.stdout.flush()
    return "\n".join(lines)


def _line(found: dict[str, float], meanings: str) -> str:
    took, rows = found["seconds"], found["rows"]
    bare = [f"{found[name]:.1f}" if name in found else "" for name in ("at once", "in blocks", "words")]
    ratios = [f"{took / found[name]:.1f}" if name in found else "" for name in ("at once", "in blocks")]
    cells = [f"{rows:,.0f}", meanings, f"{rows / took:,.0f}", f"{took:.1f}", bare[0], ratios[0], bare[1], ratios[1]]
    cells += [bare[2], f"{found['GiB']:.2f}", f"{found['recall']:.3f}", f"{found['precision']:.4f}"]
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", type=int, help="sizes to measure")
    parser.add_argument("--full", action="store_true", help="a million rows too")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--meanings", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(given.measure, meanings=given.meanings)))
        return
    print(f"### Planted near-duplicates\n\n{planted.table()}\n\n### Many rows\n")
    print(scale(given.rows or [10_000, 100_000, *([1_000_000] if given.full else [])]))


if __name__ == "__main__":
    main()
