"""Whether an answer has to do with its question: the bound that seeds set, by whichever embedder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from synthgen import schema
from synthgen.checks import related
from synthgen.checks.related import FAR, HALF_WAY, LONG, MOST_SEEDS, SEEDS, Relation, learnt, placed
from synthgen.embed import Remembered, embed
from synthgen.recipe import Checks
from synthgen.sift import Known, Sieve
from synthgen.types import Candidate, Draft, Record, Seed

TOPICS = "trains bridges bread gardens violins rivers chess bees glass salt maps clocks wool ferries owls".split()  # noqa: SIM905
ANSWER = (
    "Look after {0} each spring, as {0} suffer most in winter, and write down what was done to them in all those {1} "
    "years, so that whoever comes after you knows of it."
)
PAIRS = [
    (f"How are {one} kept in good order for {years} years?", ANSWER.format(one, years))
    for one in TOPICS
    for years in ("ten", "twenty")
]
OFF = "Peel two ripe mangoes, fry each side of them until it is golden, and serve them with cold cream."


class Counting:
    """The packaged embedder under another name, which writes down what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: list[str]) -> NDArray[np.float32]:
        """Return one vector a text."""
        self.asked += texts
        return embed(texts)


COSINES = st.lists(st.integers(-100, 100), min_size=SEEDS, max_size=3 * SEEDS)


@given(COSINES, COSINES, st.floats(0.1, 10), st.floats(-3, 3))
def test_the_bound_moves_as_the_embedders_scale_does(
    own: Sequence[int], others: Sequence[int], scale: float, shift: float
) -> None:
    """Cosines that are all stretched and moved alike leave every verdict as it was, of long answers and short ones."""
    first, second = np.array(own) / 100, np.array(others) / 100
    middle, near = np.median(second), np.quantile(second, related.MOST_OTHERS)
    plain, moved = placed(first, second), placed(first * scale + shift, second * scale + shift)
    assert moved.cosine == pytest.approx(plain.cosine * scale + shift, abs=1e-9)
    assert moved.short == pytest.approx(plain.short * scale + shift, abs=1e-9)
    assume(abs(plain.cosine - middle - FAR * (near - middle)) > 1e-9)
    assert moved.shared == plain.shared


@given(COSINES, COSINES)
def test_the_bound_spares_nineteen_of_twenty_seeds(own: Sequence[int], others: Sequence[int]) -> None:
    """However near strange answers are, about a twentieth of the seeds lies below the bound, and no more."""
    found = placed(np.array(own) / 100, np.array(others) / 100)
    assert (np.array(own) / 100 < found.cosine - 1e-9).sum() <= 0.05 * (len(own) - 1) + 1
    assert found.short <= found.cosine


def test_the_bound_lies_half_way_between_seeds_and_strange_pairs() -> None:
    """Below what the seeds reach, above the middle strange answer, and never above the nearest strange ones."""
    others = np.linspace(-0.1, 0.3, 101)
    near = 0.97 * 0.4 - 0.1
    assert placed(np.full(20, 0.4), others)[:3] == pytest.approx((0.25, 1, 0.1 + HALF_WAY * (near - 0.1)))
    assert placed(np.full(20, 0.9), others).cosine == pytest.approx(near)
    assert placed(np.full(20, 0.14), others)[:3] == pytest.approx((0.12, 0, 0.12))
    assert placed(np.full(20, 0.05), others)[:3] == pytest.approx((0.05, 0, 0.05))


def test_fewer_than_twenty_seeds_keep_the_packaged_embedder() -> None:
    """Nineteen seeds say nothing of a named embedder's scale: it is not even asked, and the bound is the fixed one."""
    named = Counting()
    assert learnt(PAIRS[: SEEDS - 1], named) == Relation() == Relation(0.02, 0, 0.02, embed)
    assert named.asked == []
    assert learnt(PAIRS[:SEEDS], named).embed is named


def test_limits_are_known_of_the_packaged_embedder_alone() -> None:
    """Seeds that are very near their questions move the packaged embedder's bound to .15, and .06 for short answers."""
    assert learnt(PAIRS) == (0.15, 1, 0.06, embed)
    assert learnt(PAIRS, Counting()).cosine > 0.15
    assert learnt([(question, OFF) for question, _ in PAIRS]).cosine >= 0.02


def test_a_named_embedder_sees_some_of_very_many_seeds() -> None:
    """Of very many seeds only so many are embedded, from all over the list."""
    named = Counting()
    learnt([(f"{question} {number}", f"{number}") for number in range(50) for question, _ in PAIRS], named)
    assert MOST_SEEDS < len(named.asked) <= 2 * MOST_SEEDS
    assert named.asked[-1] == "49"


def test_short_answers_are_held_to_less() -> None:
    """An answer of nineteen words may be further from its question than one of twenty, and shares no word by luck."""
    relation = Relation(0.3, 1, 0.1)
    assert related.bound(relation, "word " * LONG) == relation
    assert related.bound(relation, "word " * (LONG - 1)) == (0.1, 0, 0.1, embed)


def _rows(kind: type[Record], pairs: Sequence[tuple[str, str]]) -> list[Record]:
    """Return pairs as rows of a task: with a question and an answer, or as conversations."""
    if "turns" not in kind.model_fields:
        return [kind.model_validate({"instruction": one, "response": two}) for one, two in pairs]
    turns = [[{"role": "user", "content": one}, {"role": "assistant", "content": two}] for one, two in pairs]
    return [kind.model_validate({"turns": one}) for one in turns]


@pytest.mark.parametrize("task", ["instruction", "chat"])
@pytest.mark.parametrize("named", [True, False])
def test_the_recipes_embedder_is_asked_for_no_more_than_is_needed(task: str, *, named: bool) -> None:
    """It sees the seeds, and of the rows those that share too few words and broke no other rule; in turns as well."""
    kind = schema.load(schema.find(task, schema.shipped("templates") / task))
    rows = _rows(kind, [PAIRS[0], (PAIRS[2][0], OFF), (PAIRS[4][0], f"As an AI model I cannot. {OFF}")])
    seeds = [Seed(str(number), row, "") for number, row in enumerate(_rows(kind, PAIRS[6:]))]
    look = Counting()
    checks = Checks.model_validate({"embedder": "here" if named else None, "quality": {"language": "en"}})
    sieve = Sieve(kind, checks, Known(seeds, embed=Remembered(look)))
    table = sieve.table([Candidate(row.wording(), Draft(0, {"split": "train"}, 0, []), [], {}, row) for row in rows])
    found = dict(sieve.checks)["quality"](table)["reason"].to_list()
    assert found[1] == "quality.unrelated"
    known = {text for pair in PAIRS[6:] for text in pair}
    assert set(look.asked) - known == ({PAIRS[2][0], OFF} if named else set())
    assert (known <= set(look.asked)) is named
