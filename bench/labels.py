"""How well the labellers read: out-of-fold self-confidence on flipped labels, and secondary labels left out.

Rows: questions of 16 topics (the package `chatterbot-corpus`, 692 of them), where it is installed; what the fake
model writes for the classification example and its checks keep; the messages of five services in `tests/data`. Labels
are flipped in a tenth of the rows, at random or to the nearest label, in three draws. Nothing is learnt from the seeds.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import polars as pl
import yaml

from synthgen.checks.confidence import LEAST_ROWS, self_confidence, suspects
from synthgen.checks.labels import Labeller
from synthgen.embed import embed
from synthgen.job import prepare
from synthgen.model.wrap import Limits
from synthgen.pipeline import generate
from synthgen.store.run import Run

ROOT = Path(__file__).parent.parent
DRAWS, FLIPPED = 3, 0.1
Rows = list[tuple[str, str]]
"""Texts and their labels."""


def sets() -> Iterator[tuple[str, Rows]]:
    """Give each set of rows, without the labels of which there are too few."""
    if found := find_spec("chatterbot_corpus"):
        folder = Path(str(found.origin)).parent / "data" / "english"
        rows: dict[str, tuple[str, str]] = {}
        for path in sorted(folder.glob("*.yml")):
            for turns in yaml.safe_load(path.read_text(encoding="utf-8"))["conversations"]:
                text = str(turns[0])
                if len(text.split()) > 2:
                    rows.setdefault(text.lower(), (text, path.stem))
        yield "questions of 16 topics", list(rows.values())
    job = prepare(ROOT / "templates" / "classification", {"model.name": "fake", "rows": 400})
    with tempfile.TemporaryDirectory() as folder_of_run:
        kept = generate(job, Path(folder_of_run) / "run", Limits()).run.read("kept")
    yield "rows of the fake model", list(kept.select("text", "label").iter_rows())
    yield "messages of five services", list(_messages())


def _messages() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "tests" / "data" / "written").glob("messages_*.txt")):
        label = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("#"):
                label = f"{path.stem}: {line[1:].split('|')[0].strip()}"
            elif line and not line.startswith("@"):
                yield line, label


def confident(title: str, rows: Rows) -> Iterator[str]:
    """Give a line of the table for each way of flipping."""
    counts = Counter(label for _, label in rows)
    rows = [row for row in rows if counts[row[1]] >= LEAST_ROWS]
    texts, labels = [text for text, _ in rows], [label for _, label in rows]
    names = sorted(set(labels))
    nearest = _nearest(texts, labels, names)
    for kind in ("random", "nearest"):
        figures = []
        for number in range(DRAWS):
            draw = np.random.default_rng(number)
            bad = np.zeros(len(rows), bool)
            bad[draw.choice(len(rows), int(FLIPPED * len(rows)), replace=False)] = True
            given = [
                label if not flip else nearest[label] if kind == "nearest" else str(draw.choice(_others(names, label)))
                for label, flip in zip(labels, bad, strict=True)
            ]
            figures.append(_figures(texts, given, bad))
        auc, precision, recall, share = np.mean(figures, axis=0)
        yield (
            f"| {title} | {len(rows)} | {len(names)} | {kind} | {auc:.3f} | {share:.3f} | {precision:.2f} | "
            f"{recall:.2f} |"
        )


def _others(names: list[str], label: str) -> list[str]:
    return [name for name in names if name != label]


def _figures(texts: list[str], given: list[str], bad: np.ndarray) -> tuple[float, float, float, float]:
    """Return AUC of self-confidence; precision and recall of what is named; the share of rows that is named."""
    ids = [f"r{at}" for at in range(len(texts))]
    own = self_confidence(ids, texts, given, embed)
    auc = float(np.mean(own[bad][:, None] < own[~bad][None, :]))
    table = pl.DataFrame({"id": ids, "text": texts, "label": given})
    named = {one.id for one in suspects(lambda: [table], embed)}
    hit = sum(flip and name in named for name, flip in zip(ids, bad, strict=True))
    return auc, hit / max(1, len(named)), hit / int(bad.sum()), len(named) / len(texts)


def _nearest(texts: list[str], labels: list[str], names: list[str]) -> dict[str, str]:
    vectors = embed(texts)
    own = np.array([names.index(label) for label in labels])
    middle = np.stack([vectors[own == at].mean(axis=0) for at in range(len(names))])
    middle /= np.linalg.norm(middle, axis=1, keepdims=True)
    likeness = middle @ middle.T
    np.fill_diagonal(likeness, -1)
    return {name: names[int(likeness[at].argmax())] for at, name in enumerate(names)}


def secondary() -> Iterator[str]:
    """Give a line for each margin by which another secondary label must be likelier: one seed is left out at a time."""
    job = prepare(ROOT / "templates" / "classification", {"model.name": "fake"})
    told = [(row["description"], row["label"], row["secondary"]) for row in job.axes["label"]]
    seeds = [(one.record.wording(), *one.record.cell().values()) for one in job.seeds]
    ratios: list[tuple[bool, float]] = []
    for at, (text, label, own) in enumerate(seeds):
        rest = [row for n, row in enumerate([*seeds, *told]) if n != at and row[1] == label]
        labeller = Labeller([row[0] for row in rest], [row[2] for row in rest])
        shares = dict(zip(labeller.labels, labeller([text])[0].tolist(), strict=True))
        for given, share in shares.items():
            best = max(other for name, other in shares.items() if name != given)
            ratios.append((given == own, best / share))
    for margin in (1, 1.5, 2, 3, 4, 6):
        false = np.mean([ratio > margin for right, ratio in ratios if right])
        caught = np.mean([ratio > margin for right, ratio in ratios if not right])
        yield f"| {margin} | {false:.2f} | {caught:.2f} |"


def steering() -> Iterator[str]:
    """Give what the fake model's run took, and how many drafts were set against what had been mixed up."""
    job = prepare(ROOT / "templates" / "classification", {"model.name": "fake", "rows": 400})
    with tempfile.TemporaryDirectory() as folder:
        result = generate(job, Path(folder) / "run", Limits())
        mixed = sum(rows for *_, rows in result.confusion)
        asked = Run(Path(folder) / "run").read("candidates").height
    yield f"{result.kept} rows kept of {asked}; {mixed} rows read as another label, {len(result.confusion)} pairs."


def main() -> None:
    """Print the tables."""
    print("| rows | how many | labels | flipped to | AUC | named | precision | recall |")
    print("|---|---:|---:|---|---:|---:|---:|---:|")
    for title, rows in sets():
        if len([one for one, times in Counter(label for _, label in rows).items() if times >= LEAST_ROWS]) < 2:
            continue
        for line in confident(title, rows):
            print(line, flush=True)
    print("\n| times as likely | right rows that fall | wrong rows that fall |\n|---:|---:|---:|")
    print("\n".join(secondary()))
    print()
    print("\n".join(steering()))


if __name__ == "__main__":
    main()
