"""The labeller on the shipped seeds: how often it is right, what it catches, and each row judged alone."""

from __future__ import annotations

import random
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthgen import schema, seeds
from synthgen.checks.labels import Labeller, Labels
from synthgen.recipe import Checks
from synthgen.recipe import Labels as LabelsPart
from synthgen.sift import Known, Sieve
from synthgen.types import Record, Row, Seed

if TYPE_CHECKING:
    import pytest


@cache
def _seeds() -> tuple[type[Record], list[Seed], list[Row]]:
    root = schema.shipped("templates") / "classification"
    kind = schema.load(schema.find("classification", root))
    described = [row for _, row in seeds.read("labels.jsonl", root)]
    return kind, seeds.load("seeds.jsonl", root, kind, {}), described


def _pairs() -> tuple[list[str], list[str]]:
    known = _seeds()[1]
    return [seed.record.wording() for seed in known], [str(getattr(seed.record, "label", "")) for seed in known]


def _table(texts: list[str], labels: list[str]) -> pl.DataFrame:
    return pl.DataFrame({"text": texts, "label": labels})


def _held_out(flipped: list[str] | None = None) -> list[str | None]:
    """Judge each seed with a labeller that learned from all the others."""
    texts, labels = _pairs()
    given = flipped or labels
    found: list[str | None] = []
    for at in range(len(texts)):
        rest = [(text, [label]) for n, (text, label) in enumerate(zip(texts, labels, strict=True)) if n != at]
        found += Labels(rest, 0.0)(_table(texts[at : at + 1], given[at : at + 1]))["reason"].to_list()
    return found


def test_the_labeller_reads_three_of_four_seeds_that_it_has_not_seen(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Left out one at a time, at least 75 % of the shipped seeds are read as what they are."""
    found = _held_out()
    right = found.count(None) / len(found)
    with capsys.disabled():
        print(f" [leave-one-out accuracy {right:.3f} on {len(found)} seeds]", end="")
    assert right >= 0.75


def test_rows_under_a_wrong_label_are_mostly_caught(capsys: pytest.CaptureFixture[str]) -> None:
    """Of forty unseen rows whose labels were flipped at random, at least nine of ten fall."""
    texts, labels = _pairs()
    draw = random.Random(3)
    chosen = set(draw.sample(range(len(texts)), 40))
    names = sorted(set(labels))
    flipped = [draw.choice([n for n in names if n != one]) if at in chosen else one for at, one in enumerate(labels)]
    found = _held_out(flipped)
    caught = sum(found[at] == "labels.disagree" for at in chosen)
    with capsys.disabled():
        print(f" [flipped labels caught {caught}/40]", end="")
    assert caught >= 36


def test_a_verdict_does_not_depend_on_the_rows_beside_it() -> None:
    """Rows alone, in order, and mixed get the same probabilities to the last bit."""
    texts, labels = _pairs()
    labeller = Labeller(texts[::2], labels[::2])
    whole = labeller(texts)
    order = list(range(len(texts)))
    random.Random(1).shuffle(order)
    assert np.array_equal(np.concatenate([labeller([text]) for text in texts]), whole)
    assert np.array_equal(labeller([texts[at] for at in order]), whole[order])
    assert np.array_equal(np.concatenate([labeller(texts[at : at + 7]) for at in range(0, len(texts), 7)]), whole)


def test_two_labellers_of_the_same_seeds_are_one() -> None:
    """The fit draws nothing: the same seeds give the same probabilities, and each row's sum to one."""
    texts, labels = _pairs()
    one, two = Labeller(texts, labels)(texts), Labeller(texts, labels)(texts)
    assert np.array_equal(one, two)
    assert np.allclose(one.sum(axis=1), 1, atol=1e-5)


def test_a_label_that_nothing_is_known_of_passes_unread() -> None:
    """Where no seed has the row's label there is nothing to disagree with, and the verdict says so."""
    texts, labels = _pairs()
    check = Labels([(text, [label]) for text, label in zip(texts, labels, strict=True)], 0.9)
    row = check(_table(["Do you sell gift vouchers?"], ["gift_vouchers"])).row(0, named=True)
    assert row["reason"] is None
    assert "not checked" in row["evidence"]


def test_one_seed_a_label_is_too_little_to_learn_from() -> None:
    """With a label of one seed or with one label alone there is no check, and the sieve says why."""
    kind, known, _ = _seeds()
    labels = _pairs()[1]
    lone = [known[labels.index(name)] for name in sorted(set(labels))]
    same = [seed for seed, label in zip(known, labels, strict=True) if label == labels[0]]
    for few in (lone, same):
        sieve = Sieve(kind, Checks(), Known(few))
        assert [name for name, _ in sieve.checks] == ["validate", "quality", "safety", "dedup"]
        assert [note for note in sieve.notes if note.startswith("labels: not checked")] == sieve.notes != []


def test_the_check_is_switched_off_in_the_recipe() -> None:
    """`checks.labels.use: false` leaves the check out and says so."""
    kind, known, described = _seeds()
    sieve = Sieve(kind, Checks(labels=LabelsPart(use=False)), Known(known, described=described))
    assert "labels" not in [name for name, _ in sieve.checks]
    assert sieve.notes == ["labels: not checked, switched off in the recipe"]


def test_seeds_of_the_test_split_teach_the_labeller_nothing() -> None:
    """What is measured on test seeds must not have chosen the rows: no label is known from them alone."""
    kind, known, _ = _seeds()
    hidden = _pairs()[1][0]
    dealt = [
        Seed(
            seed.id,
            seed.record,
            seed.where,
            "test" if getattr(seed.record, "label", "") == hidden else "train",
        )
        for seed in known
    ]
    check = dict(Sieve(kind, Checks(), Known(dealt)).checks)["labels"]
    row = check(_table(["My card was stolen."], [hidden])).row(0, named=True)
    assert "not checked" in row["evidence"]
