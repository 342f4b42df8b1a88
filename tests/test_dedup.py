"""Near-duplicates: the index finds what comparing all with all finds, however rows are cut into tables."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from synthgen import schema, seeds
from synthgen.checks.dedup import Dedup
from synthgen.near import Near, Twin
from synthgen.recipe import Checks, Labels
from synthgen.sift import Known, Sieve
from synthgen.text import Packed, grams, normalise, pack
from synthgen.types import Candidate, Draft

WORDS = st.sampled_from(["my", "card", "bank", "fee", "was", "lost", "here", "why", "Überweisung", "карта", "手数料"])
TEXTS = st.lists(WORDS, max_size=7).map(" ".join) | st.text("ab ", max_size=14)
LABELS = st.sampled_from(["fees", "cards"])
LEAST = st.sampled_from([0.1, 0.25, 1 / 3, 0.5, 0.6, 2 / 3, 0.75, 0.8, 0.9, 1.0])


class Line(NamedTuple):
    """A row as the check sees it."""

    id: str
    label: str
    text: str


TABLES = st.lists(st.tuples(LABELS, TEXTS), max_size=14).map(
    lambda pairs: [Line(f"r{n}", label, text) for n, (label, text) in enumerate(pairs)]
)


def _jaccard(one: str, two: str) -> float:
    a, b = grams(normalise(one)), grams(normalise(two))
    return len(a & b) / len(a | b)


def _verdicts(check: Dedup, rows: list[Line]) -> list[tuple[str | None, float | None, str | None]]:
    table = pl.DataFrame(rows, schema={"id": pl.String, "label": pl.String, "text": pl.String}, orient="row")
    return check(table).rows()


def _brute(known: list[Line], text: str, least: float) -> Twin | None:
    """Find the twin by comparing with every text."""
    places = range(len(known))
    if (same := next((at for at in places if normalise(known[at].text) == normalise(text)), None)) is not None:
        return Twin(same, 1.0)
    near = max(places, key=lambda at: _jaccard(known[at].text, text), default=None)
    if near is None or _jaccard(known[near].text, text) < least:
        return None
    return Twin(near, min(_jaccard(known[near].text, text), 0.9999))


def _pack(lines: list[str]) -> Packed:
    return pack(pl.Series(lines, dtype=pl.String))


@settings(deadline=None, max_examples=400)
@given(TABLES, TEXTS, LEAST)
@example([Line("r0", "fees", "aaaaaa"), Line("r1", "fees", "aaaaaaa")], "aaaaaaaa", 0.6)
@example([Line("r0", "fees", "abcdef")], "abcdefg", 2 / 3)
@example([Line("r0", "fees", "!!"), Line("r1", "fees", "a")], "??", 0.6)
def test_the_index_finds_what_comparing_with_all_finds(known: list[Line], text: str, least: float) -> None:
    """The index gives the same twin and similarity as brute force, the earliest of equals."""
    index = Near(least)
    index.add(_pack([line.text for line in known]))
    assert index.nearest(_pack([text])) == [_brute(known, text, least)]


@settings(deadline=None)
@given(TABLES, TABLES, LEAST, st.integers(1, 7))
def test_small_tables_get_the_verdicts_of_one_large_table(
    known: list[Line], rows: list[Line], least: float, size: int
) -> None:
    """However rows are cut into tables, each gets the same verdict: it looks back and never ahead."""
    known = [line._replace(id=f"s{line.id}") for line in known]
    whole, parts = Dedup(least, known), Dedup(least, known)
    cut = [rows[at : at + size] for at in range(0, len(rows), size)]
    assert [one for part in cut for one in _verdicts(parts, part)] == _verdicts(whole, rows)


@settings(deadline=None)
@given(TABLES, TABLES, LEAST)
def test_to_sift_twice_is_to_sift_once(known: list[Line], rows: list[Line], least: float) -> None:
    """What was kept is kept again in full by a fresh check."""
    known = [line._replace(id=f"s{line.id}") for line in known]
    once = [
        line for line, verdict in zip(rows, _verdicts(Dedup(least, known), rows), strict=True) if verdict[0] is None
    ]
    assert _verdicts(Dedup(least, known), once) == [(None, None, None)] * len(once)


@settings(deadline=None)
@given(st.text(max_size=30))
def test_normalising_twice_is_normalising_once(text: str) -> None:
    """A normalised text is letters and digits, a space apart, and its own normal form."""
    plain = normalise(text)
    assert normalise(plain) == plain
    assert all(mark.isalnum() or mark == " " for mark in plain)


SEED = Line("s1", "fees", "Why was I charged a fee of 15 euros for my café account?")
EXACT = [
    "why was i charged a fee of 15 euros for my café account",
    "  Why was I charged -- a fee of 15 euros, for my café account?!?!",
    "WHY WAS I CHARGED A FEE OF 15 EUROS FOR MY CAFÉ ACCOUNT?",
    "Why was I charged a fee of １５ euros for my café account?",
    unicodedata.normalize("NFD", SEED.text),
    "“Why was I charged a fee of 15 euros\u00a0for my café account?”",
]
NEAR = [
    "Why was I chraged a fee of 15 euros for my café account?",
    "Hello, why was I charged a fee of 15 euros for my café account?",
    "Why was I charged a fee of 15 euros for my café account? Thanks!",
    "Why was I charged a fee of 25 euros for my café account?",
    "Why was I charged the fee of 15 euros for my cafe account?",
]
OTHER = [
    "Your price list says that accounts are free, so why did I pay 15 euros?",
    "Why was my card declined at the café?",
    "Is there a fee for a second account?",
]


@pytest.mark.parametrize("text", EXACT)
def test_other_case_marks_and_letter_forms_are_the_same_text(text: str) -> None:
    """Case, punctuation, spaces and Unicode forms do not make a new row."""
    check = Dedup(0.6, [])
    assert _verdicts(check, [SEED, Line("r1", "fees", text)]) == [
        (None, None, None),
        ("dedup.exact", 1.0, "row s1 (fees)"),
    ]


@pytest.mark.parametrize("text", NEAR)
def test_a_slip_or_a_greeting_makes_a_near_text_and_no_new_one(text: str) -> None:
    """A typo, a greeting, a thanks or another amount leaves the text near, with a similarity below 1."""
    reason, score, evidence = _verdicts(Dedup(0.6, []), [SEED, Line("r1", "fees", text)])[1]
    assert (reason, evidence) == ("dedup.near", "row s1 (fees)")
    assert score is not None
    assert 0.6 <= score < 1


@pytest.mark.parametrize("text", OTHER)
def test_the_same_topic_in_other_words_is_a_new_text(text: str) -> None:
    """Rows of one intent are not near each other only for that."""
    assert _verdicts(Dedup(0.6, [SEED]), [Line("r1", "fees", text)]) == [(None, None, None)]


@pytest.mark.parametrize(("text", "score"), [(EXACT[0], 1.0), (NEAR[1], None)])
def test_the_evidence_names_the_seed_that_a_row_repeats(text: str, score: float | None) -> None:
    """A row that repeats a seed says which, exact or near; a task without labels gives the id alone."""
    reason, found, evidence = _verdicts(Dedup(0.6, [SEED]), [Line("r1", "fees", text)])[0]
    assert (reason, evidence) == ("dedup.seed", "seed s1 (fees)")
    assert score in {None, found}
    bare = SEED._replace(label="")
    assert _verdicts(Dedup(0.6, [bare]), [Line("r1", "", text)])[0][2] == "seed s1"


@pytest.mark.parametrize("text", [EXACT[0], NEAR[1]])
def test_one_text_under_two_labels_is_a_conflict(text: str) -> None:
    """The later of two labels falls as a conflict that names the earlier, against seeds and rows alike."""
    row = Line("r1", "cards", text)
    assert _verdicts(Dedup(0.6, [SEED]), [row])[0][::2] == ("dedup.conflict", "seed s1 (fees)")
    assert _verdicts(Dedup(0.6, []), [SEED, row])[1][::2] == ("dedup.conflict", "row s1 (fees)")


def test_a_twin_that_fell_is_not_remembered() -> None:
    """Only kept rows count: a chain of small steps away from a seed is cut where it leaves the seed."""
    words = SEED.text.split()
    rows = [Line(f"r{n}", "fees", " ".join(["well", "now", "listen", "here"][:n] + words[n:])) for n in range(5)]
    found = _verdicts(Dedup(0.6, [SEED]), rows)
    assert {evidence for reason, _, evidence in found if reason} == {"seed s1 (fees)"}


def test_grams_are_of_characters_in_every_script() -> None:
    """Two Russian texts are as near as Latin ones of as many letters, not nearer for longer bytes."""
    assert _jaccard("abcdefgh", "abcdefxy") == _jaccard("абвгдежз", "абвгдеюя") == 2 / 6
    assert len(grams("手数料は高い")) == 2


def test_the_whole_sieve_cut_in_any_way_keeps_the_same_rows() -> None:
    """All checks together keep the same rows of one large table, of tables of seven, and of what was kept."""
    root = schema.shipped("templates") / "classification"
    kind = schema.load(schema.find("classification", root))
    known = seeds.load("seeds.jsonl", root, kind, {})
    texts = [(seed.record.wording(), str(getattr(seed.record, "label", ""))) for seed in known]
    changed = [(f"{text.rstrip('.!?')} and I need it today.", label) for text, label in texts]
    mixed = [pair for both in zip(changed, texts, strict=True) for pair in both]
    rows = [
        Candidate(
            f"c{n}",
            Draft(n, {"split": "train"}, n, []),
            [],
            {},
            kind.model_validate({"text": text, "label": label}),
        )
        for n, (text, label) in enumerate(mixed)
    ]

    def kept(of: list[Candidate], size: int) -> list[str]:
        sieve = Sieve(kind, Checks(labels=Labels(use=False)), Known(known[::2]))
        flags = [flag for at in range(0, len(of), size) for flag in sieve(of[at : at + size])]
        return [one.id for one, flag in zip(of, flags, strict=True) if flag]

    whole = kept(rows, len(rows))
    assert 10 < len(whole) < len(rows)
    assert kept(rows, 7) == kept(rows, 1) == whole
    assert kept([row for row in rows if row.id in whole], 5) == whole
