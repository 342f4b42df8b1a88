"""Diversity: figures that move the right way, and stand beside the seeds' in the card."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from synthgen import card, publish
from synthgen.diversity import compression, distinct, figures, opening, vendi
from synthgen.export import splits
from synthgen.job import prepare
from synthgen.model.wrap import Limits
from synthgen.pipeline import generate
from synthgen.schema import shipped

VARIED = [
    "My card was stolen on the tram.",
    "How high is the fee abroad?",
    "The loan is too dear.",
    "I forgot my password.",
]
SAME = ["My card was stolen on the tram."] * 4


def test_each_figure_tells_varied_from_repeated_texts() -> None:
    """Four different texts score as more varied than one text four times, by every figure."""
    assert distinct(VARIED, 2) > distinct(SAME, 2)
    assert compression(VARIED) < compression(SAME)
    assert vendi(VARIED) > 2 > vendi(SAME) > 0.99
    assert opening(VARIED) == 0.25 < opening(SAME) == 1.0


def test_vendi_score_of_different_and_equal_texts() -> None:
    """The score is 1 for equal texts, whatever their number, and never above the number of texts."""
    assert abs(vendi(SAME * 5) - 1) < 1e-6
    assert vendi(VARIED) <= len(VARIED)


@given(st.lists(st.text(max_size=40), max_size=8), st.lists(st.text(max_size=40), max_size=8))
def test_figures_bear_any_texts(seeds: list[str], kept: list[str]) -> None:
    """No text, however odd, and no empty list breaks a figure."""
    assert [one.name for one in figures(seeds, kept)] == [one.name for one in figures(VARIED, SAME)]


def test_same_rows_have_the_seeds_figures() -> None:
    """Kept rows that are the seeds have the seeds' figures: nothing but the texts decides."""
    assert all(one.seeds == one.kept for one in figures(VARIED, VARIED))


def test_card_shows_the_figures_beside_the_seeds(tmp_path: Path) -> None:
    """A run's card has a table of diversity with the seeds in the first column of figures."""
    job = prepare(shipped("templates") / "classification", {"model.name": "fake", "rows": 20})
    run = generate(job, tmp_path / "run", Limits()).run
    publish.build(run)
    text = card.render(run, splits(run))
    assert "| figure | seeds | kept | meaning |" in text
    assert "| Vendi score | " in text
