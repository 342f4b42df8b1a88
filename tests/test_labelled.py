"""The labelled set, and what the checks must find in it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from bench import labelled
from tests.data import make

RECALL, PRECISION = 0.95, 0.97
"""What a rule must reach."""
SLACK = 0.02


class Reached(NamedTuple):
    """What was measured where that is less; the test holds it, but for `SLACK`."""

    recall: float
    precision: float
    why: str


EXCEPTIONS: dict[str, Reached] = {
    "quality.unrelated": Reached(0.68, 0.75, "the packaged embedder does not tell a far answer from a strange one"),
    "safety.unsafe": Reached(0.67, 1.00, "harm in plain words passes; a list of blunt forms finds no more"),
}

KINDS = sorted({labelled.family(row["kind"]) for row in labelled.rows() if row["kind"]} - {"labels"})


def test_set_is_what_its_maker_makes() -> None:
    """The files are put together from the written texts, byte for byte."""
    for name, text in make.make().items():
        assert (make.ROOT / name).read_text(encoding="utf-8") == text, f"run {make.ROOT / 'make.py'}"


def test_set_is_large_and_whole() -> None:
    """There are enough rows of each kind, look-alikes of each, and every twin is there; all of it is small."""
    rows = [row for row in labelled.rows() if not row["seed"]]
    names = {row["id"] for row in labelled.rows()}
    kinds = Counter(labelled.family(row["kind"]) for row in rows if row["kind"])
    alike = Counter(row["look_alike"] for row in rows if row["look_alike"])
    assert len(rows) >= 1500
    assert len(names) == len(labelled.rows())
    assert len(kinds) >= 14
    assert min(kinds.values()) >= 30
    assert alike.total() >= 300
    assert not any(row["kind"] and row["look_alike"] for row in rows)
    assert all(row["twin"] in names for row in rows if row["twin"])
    assert sum(path.stat().st_size for path in make.ROOT.rglob("*") if path.is_file()) < 3_000_000


@pytest.mark.parametrize("kind", KINDS)
def test_rules_find_their_fault_and_spare_the_rest(kind: str) -> None:
    """Each rule finds 95 of 100 of its faults, and 97 of 100 that it rejects are such, but for known exceptions."""
    (figure,) = [one for one in labelled.by_rules()[0] if one.kind == kind]
    known = EXCEPTIONS.get(kind)
    recall, precision = (known.recall - SLACK, known.precision - SLACK) if known else (RECALL, PRECISION)
    assert figure.recall >= min(recall, RECALL)
    assert figure.precision >= min(precision, PRECISION)


def test_a_better_embedder_finds_what_is_unrelated(minilm: Path) -> None:
    """With all-MiniLM-L6-v2 in `checks.embedder` the rule finds 93 of 100, and as many of what it rejects are such."""
    (figure,) = [one for one in labelled.by_rules(str(minilm))[0] if one.kind == "quality.unrelated"]
    assert figure.recall >= 0.93 - SLACK
    assert figure.precision >= 0.93 - SLACK


def test_duplicates_are_told_apart() -> None:
    """Duplicates and rows that only look so are told apart with an F1 of .85."""
    (figure,) = [one for one in labelled.by_rules()[0] if one.kind == "dedup"]
    assert figure.f1 >= 0.85


def test_labeller_ranks_flipped_labels_low() -> None:
    """The seeds' labeller gives flipped labels lower scores than right ones; six seeds of a label know no better."""
    figure, score = labelled.by_labels()
    assert figure.recall >= 0.85 - SLACK
    assert score >= 0.84 - SLACK


def test_auc_counts_pairs() -> None:
    """AUC is the share of pairs in the right order, ties by half."""
    assert labelled.auc([0.1, 0.5], [0.5, 0.9]) == pytest.approx(0.875)


def test_figure_of_a_rule_that_finds_nothing() -> None:
    """A rule that finds nothing has recall 0 and F1 0, and no false alarm."""
    figure = labelled.Figure("quality.refusal", {"a": False, "b": False}, 2, 0, [])
    assert (figure.recall, figure.precision, figure.f1) == (0.0, 1.0, 0.0)
