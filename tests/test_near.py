"""Large tables: MinHash proposes, exact comparison decides, and nothing depends on how rows are cut into tables."""

from __future__ import annotations

from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen import split
from synthgen.minhash import bands
from synthgen.near import Near, Twin
from synthgen.text import Packed, grams, hashes, normalise, pack

LETTERS = st.text("ab C,_-! é’１ß手карта\u00a0İﬁ", max_size=14)
ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def _pack(texts: list[str]) -> Packed:
    return pack(pl.Series(texts, dtype=pl.String))


def _sifted(near: Near, texts: list[str], size: int) -> list[Twin | None]:
    """Sift texts in parts of a size, keeping what has no twin; return the twins."""
    found: list[Twin | None] = []

    def decide(_: int, twin: Twin | None) -> bool:
        found.append(twin)
        return twin is None

    for at in range(0, len(texts), size):
        near.sift(_pack(texts[at : at + size]), decide)
    return found


def _words(draw: Random, count: int) -> list[str]:
    return ["".join(draw.choices(ALPHABET, k=draw.randint(2, 9))) for _ in range(count)]


def _planted(rows: int, seed: int) -> tuple[list[str], list[int | None]]:
    """Return texts of some thirty words, a third of them made of an earlier one, and which that was."""
    draw = Random(seed)
    texts: list[str] = []
    made_of: list[int | None] = []
    for number in range(rows):
        if number % 3 == 2:
            made_of.append(draw.randrange(number))
            words = texts[made_of[-1] or 0].split()
            for word in _words(draw, draw.choice([1, 2, 4])):
                words[draw.randrange(len(words))] = word
        else:
            made_of.append(None)
            words = _words(draw, draw.randint(25, 35))
        texts.append(" ".join(words))
    return texts, made_of


@settings(deadline=None)
@given(st.lists(LETTERS, max_size=20))
def test_many_texts_are_normalised_as_one_is(texts: list[str]) -> None:
    """A packed column holds the normal form of each text, whatever stands beside it."""
    packed = _pack(texts)
    assert [packed.text(at).decode() for at in range(len(packed))] == [normalise(text) for text in texts]


@settings(deadline=None)
@given(st.lists(LETTERS, max_size=20))
def test_many_texts_have_the_grams_of_each(texts: list[str]) -> None:
    """Hashes in bulk tell grams apart and join equal ones, in every script, as the sets of single texts do."""
    found, begins = hashes(_pack(texts))
    sets = [set(found[begins[at] : begins[at + 1]].tolist()) for at in range(len(texts))]
    alone = [set(hashes(_pack([text]))[0].tolist()) for text in texts]
    assert sets == alone
    singly = [grams(normalise(text)) for text in texts]
    assert [[len(a & b) for b in sets] for a in sets] == [[len(a & b) for b in singly] for a in singly]


@pytest.mark.parametrize("size", [1, 7, 700, 3000])
def test_parts_of_any_size_get_the_twins_of_the_whole(size: int) -> None:
    """Before, at and after the switch from the index to MinHash a text's twin does not depend on its neighbours."""
    texts, _ = _planted(3000 if size > 1 else 600, 1)
    whole = _sifted(Near(0.6, exact=200), texts, len(texts))
    assert _sifted(Near(0.6, exact=200), texts, size) == whole
    assert sum(twin is not None for twin in whole) > len(texts) // 5


def test_more_rows_change_no_earlier_twin() -> None:
    """What is said of the first thousand texts is the same when two thousand more follow."""
    texts, _ = _planted(3000, 2)
    assert _sifted(Near(0.6, exact=300), texts, 4096)[:1000] == _sifted(Near(0.6, exact=300), texts[:1000], 4096)


def test_min_hash_finds_what_the_index_finds() -> None:
    """Of the twins that the index finds, MinHash finds 97 in 100 or more, with the same number and similarity."""
    texts, _ = _planted(4000, 3)
    near, exact = Near(0.6, exact=0), Near(0.6)
    near.add(_pack(texts[:2000]))
    exact.add(_pack(texts[:2000]))
    found, wanted = near.nearest(_pack(texts[2000:])), exact.nearest(_pack(texts[2000:]))
    twins = [(one, two) for one, two in zip(found, wanted, strict=True) if two]
    assert len(twins) > 150
    assert sum(one == two for one, two in twins) >= 0.97 * len(twins)
    assert not [one for one, two in zip(found, wanted, strict=True) if one and not two]


def test_a_thousand_equal_rows_are_one_row() -> None:
    """Equal texts in one block all fall to the first."""
    texts = ["Why was I charged a fee for my second account?"] * 1500
    assert _sifted(Near(0.6, exact=0), texts, 2000) == [None, *[Twin(0, 1.0)] * 1499]


@pytest.mark.parametrize(("least", "recall"), [(0.3, 0.98), (0.5, 0.98), (0.6, 0.98), (0.8, 0.98), (0.95, 0.98)])
def test_bands_follow_the_threshold(least: float, recall: float) -> None:
    """At the threshold itself the bands find the share of pairs that they promise, with the places there are."""
    count, length = bands(least)
    assert count * length <= 256
    assert 1 - (1 - least**length) ** count >= recall


def test_splits_of_many_rows_do_not_leak() -> None:
    """Each planted copy of a test row is given up, in validation and train; the other rows stay."""
    texts, _ = _planted(300, 5)
    bases = texts[::3]
    rows = [(f"t{n}", "test", "", text) for n, text in enumerate(bases)]
    rows += [(f"v{n}", "validation", "", text + " please") for n, text in enumerate(bases[:30])]
    rows += [(f"r{n}", "train", "", "well now " + text) for n, text in enumerate(bases[:60])]
    others, _ = _planted(180, 6)
    rows += [(f"o{n}", "train", "", text) for n, text in enumerate(others[::3])]
    table = pl.DataFrame(rows[::-1], schema=["id", "split", "label", "text"], orient="row")
    found = split.leaks(table, 0.6)
    assert {name for name, _, _ in found} == {f"v{n}" for n in range(30)} | {f"r{n}" for n in range(60)}
    assert {twin for _, twin, _ in found} == {f"t{n}" for n in range(60)}
