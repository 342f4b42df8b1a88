"""A cap on rows of one meaning: the first lead, so many may follow, the next fall; other labels are other meanings."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.checks.dedup import Dedup
from synthgen.clusters import Clusters
from synthgen.embed import embed
from tests.cases import Case, cases

LEADER = "Please cancel my debit card today because I lost it on the train"
CROWDED = cases(
    "dedup.crowded",
    [
        "I lost my debit card on the train today, so please cancel it",
        "On the train I lost my debit card today, please cancel it",
        "Today I lost it on the train, so cancel my debit card please",
    ],
    [
        "Please cancel my credit card, somebody stole it at the airport",
        "My debit card was declined on the train today",
        "please raise the limit of my debit card today because I travel by train",
        "How long does a new debit card take to arrive?",
    ],
)
Verdict = tuple[str | None, float | None, str | None]


def _check(most: int, near: float = 1.0) -> Dedup:
    return Dedup(near, [], Clusters(embed, 0.95, most))


def _verdicts(check: Dedup, texts: list[str], labels: list[str] | None = None, first: int = 0) -> list[Verdict]:
    names = [f"r{number + first}" for number in range(len(texts))]
    table = pl.DataFrame({"id": names, "label": labels or [""] * len(texts), "text": texts}, schema_overrides=_TYPES)
    return check(table).rows()


_TYPES = {"id": pl.String, "label": pl.String, "text": pl.String}


@pytest.mark.parametrize("case", CROWDED, ids=lambda case: case.text[:30])
def test_the_same_in_other_words_crowds(case: Case) -> None:
    """Where a cluster may have one row, the same in another order falls, and another wish in like words does not."""
    (_, _, first), (reason, score, evidence) = _verdicts(_check(1, 0.6), [LEADER, case.text])
    assert first == "cluster r0"
    assert reason == ("dedup.crowded" if case.falls else None)
    assert evidence == ("cluster r0" if case.falls else "cluster r1")
    assert score is None if not case.falls else (score is not None and score >= 0.95)


def test_a_cluster_has_room_for_so_many() -> None:
    """Of four rows of one meaning three are kept in the first one's cluster, and the fourth falls."""
    found = _verdicts(_check(3), [LEADER, *(case.text for case in CROWDED if case.falls)])
    assert [(reason, evidence) for reason, _, evidence in found] == [
        *[(None, "cluster r0")] * 3,
        ("dedup.crowded", "cluster r0"),
    ]
    assert [score is None for _, score, _ in found] == [True, False, False, False]


def test_another_label_is_another_meaning() -> None:
    """Rows of two labels stand in clusters of their own, however near they are."""
    found = _verdicts(_check(1), [LEADER, CROWDED[0].text], ["loss", "theft"])
    assert [evidence for _, _, evidence in found] == ["cluster r0", "cluster r1"]


def test_a_row_that_fell_leads_and_fills_nothing() -> None:
    """A twin takes no room in its cluster, and a crowded row is remembered neither as a leader nor as a twin."""
    others = [case.text for case in CROWDED if case.falls]
    found = _verdicts(_check(2), [LEADER, LEADER + "!", others[0], others[1], others[1] + "."])
    assert [reason for reason, _, _ in found] == [None, "dedup.exact", None, "dedup.crowded", "dedup.crowded"]


def test_too_many_leaders_are_said_and_not_hidden() -> None:
    """Past the limit a text leads a cluster of its own, uncompared, and one note says so."""
    told: list[str] = []
    clusters = Clusters(embed, 0.95, 1, told.append)
    clusters.limit = 2
    texts = [LEADER, "How long does a new debit card take to arrive?", CROWDED[0].text, CROWDED[1].text]
    found = _verdicts(Dedup(1.0, [], clusters), texts)
    assert [evidence for _, _, evidence in found] == [f"cluster r{number}" for number in range(4)]
    assert told == ["dedup: there are 2 clusters; texts after that are not compared by meaning"]


WORDS = st.sampled_from(["please", "cancel", "my", "debit", "card", "today", "lost", "train", "the", "fee", "why"])


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=9).map(" ".join), max_size=25), st.integers(1, 6))
def test_small_tables_get_the_clusters_of_one_large_table(texts: list[str], size: int) -> None:
    """However rows are cut into tables, each has the same cluster, score and verdict, to the last bit."""
    whole, parts = _check(2), _check(2)
    cut = [
        verdict for at in range(0, len(texts), size) for verdict in _verdicts(parts, texts[at : at + size], None, at)
    ]
    assert cut == _verdicts(whole, texts)
