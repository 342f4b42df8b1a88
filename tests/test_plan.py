"""Splits and plan: rows are counted out, draws are reproducible, and a new seed disturbs no other cell."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from functools import cache
from math import comb
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from synthgen import schema
from synthgen import split as splits
from synthgen.plan import AVOID, SMALL_CELLS, Plan
from synthgen.recipe import Recipe, Split, Step
from synthgen.types import Candidate, Draft, Record, Row, Seed

SHARES = st.sampled_from([0.0, 0.05, 0.1, 0.2, 0.3, 0.45])
SPLITS = st.builds(
    Split, validation=SHARES, test=SHARES, test_rows=st.sampled_from([None, None, "seeds", "rows.jsonl"])
)
GROUPS = ("fees", "cards", "fraud")


@cache
def _kind() -> type[Record]:
    return schema.load(schema.find("classification", schema.shipped("templates")))


def _seed(number: int, label: str, words: str = "") -> Seed:
    text = words or f"Seed {number} about {label} says something."
    return Seed(f"s{number}", _kind().model_validate({"text": text, "label": label}), f"seeds.jsonl:{number}")


def _recipe(**changes: Any) -> Recipe:
    base: dict[str, Any] = {
        "task": "classification",
        "about": "Messages to a bank.",
        "seeds": "seeds.jsonl",
        "rows": 60,
        "steps": [Step(prompt="write.j2", fills=["text"])],
        "vary": {"label": {}, "tone": {}},
        "balance": ["label"],
        "examples": 2,
    }
    return Recipe.model_validate(base | changes)


AXES: dict[str, list[Row]] = {
    "label": [{"label": label} for label in GROUPS],
    "tone": [{"tone": "calm", "weight": 3}, {"tone": "angry", "weight": 1}],
}


def _dealt(count: int, split: Split, labels: tuple[str, ...] = GROUPS) -> list[Seed]:
    seeds = [_seed(n, labels[n % len(labels)]) for n in range(count)]
    return splits.deal(seeds, split, [str(getattr(seed.record, "label", "")) for seed in seeds])


def _plan(recipe: Recipe, seeds: list[Seed], axes: dict[str, list[Row]] | None = None) -> Plan:
    return Plan(recipe, axes or AXES, seeds)


def _good(draft: Draft, text: str) -> Candidate:
    record = _kind().model_validate({"text": text, "label": draft.cell["label"]})
    return Candidate(f"c{draft.number}", draft, [], {}, record)


def _run(plan: Plan, count: int) -> list[Draft]:
    """Ask and fail `count` times: a plan whose rows all fall goes on asking for the same cells."""
    drafts: list[Draft] = []
    while len(drafts) < count and (block := plan.block(min(8, count - len(drafts)), len(drafts))):
        drafts += block
        for draft in block:
            plan.read(draft, [], [])
    return drafts


@settings(deadline=None)
@given(st.integers(1, 400), st.lists(st.sampled_from([0.5, 1.0, 1.0, 2.0, 3.7]), min_size=1, max_size=9), SPLITS)
def test_quotas_are_exact_and_fair(rows: int, weights: list[float], split: Split) -> None:
    """All rows are dealt out, each group has its weight's share to within a row, no split is left out."""
    parts = splits.generated(split)
    groups = {f"g{n}": weight for n, weight in enumerate(weights)}
    found = splits.quotas(rows, groups, parts)
    assert set(found) == {(group, part) for group in groups for part in parts}
    assert sum(found.values()) == rows
    assert min(found.values()) >= 0
    for group, weight in groups.items():
        total = sum(found[group, part] for part in parts)
        assert abs(total - rows * weight / sum(weights)) < 1
        assert total < len(parts) or all(found[group, part] for part in parts)


@settings(deadline=None)
@given(st.integers(1, 400), st.integers(1, 12), SPLITS)
def test_groups_of_one_weight_differ_by_at_most_a_row(rows: int, groups: int, split: Split) -> None:
    """Without weights no group has two rows more than another."""
    parts = splits.generated(split)
    found = splits.quotas(rows, {f"g{n}": 1.0 for n in range(groups)}, parts)
    totals = [sum(found[f"g{n}", part] for part in parts) for n in range(groups)]
    assert max(totals) - min(totals) <= 1


def test_many_small_groups_keep_the_shares_of_the_splits() -> None:
    """What rounding owes a split in one group it gets in the next, so that the whole keeps the shares."""
    found = splits.quotas(105, {f"g{n}": 1.0 for n in range(10)}, splits.generated(Split()))
    totals = Counter[str]()
    for (_, part), count in found.items():
        totals[part] += count
    assert totals.total() == 105
    assert abs(totals["validation"] - 10.5) <= 1
    assert abs(totals["test"] - 10.5) <= 1


@settings(deadline=None)
@given(st.lists(st.sampled_from(GROUPS), min_size=1, max_size=40), SPLITS, st.sampled_from(GROUPS))
def test_a_seed_at_the_end_moves_no_other(labels: list[str], split: Split, last: str) -> None:
    """Seeds are dealt in order, each group by itself: one added at the end finds the rest in place."""
    seeds = [_seed(n, label) for n, label in enumerate([*labels, last])]
    before = splits.deal(seeds[:-1], split, labels)
    after = splits.deal(seeds, split, [*labels, last])
    assert after[:-1] == before
    assert [seed.id for seed in after] == [seed.id for seed in seeds]


@settings(deadline=None)
@given(st.lists(st.sampled_from(GROUPS), min_size=1, max_size=40), SPLITS)
def test_a_group_with_seeds_enough_has_one_in_each_split(labels: list[str], split: Split) -> None:
    """A group with as many seeds as splits has one in each of them; a test set from a file takes none."""
    dealt = splits.deal([_seed(n, label) for n, label in enumerate(labels)], split, labels)
    wanted = set(splits.shares(split)) - ({"test"} if split.test_rows == "rows.jsonl" else set())
    for label in set(labels):
        got = {seed.split for seed, one in zip(dealt, labels, strict=True) if one == label}
        assert got <= wanted
        assert labels.count(label) < len(wanted) or got == wanted


@settings(deadline=None, max_examples=60)
@given(st.integers(3, 30), st.integers(0, 4), st.integers(3, 60), SPLITS)
def test_a_draft_shows_seeds_of_its_own_split_alone(count: int, examples: int, rows: int, split: Split) -> None:
    """No prompt shows a seed of another split or one twice, and the cell's own stand last."""
    seeds = _dealt(count, split)
    place = {seed.id: seed.split for seed in seeds}
    label = {seed.id: str(getattr(seed.record, "label", "")) for seed in seeds}
    for draft in _run(_plan(_recipe(examples=examples, rows=rows, split=split), seeds), 40):
        assert {place[name] for name in draft.examples} <= {draft.cell["split"]}
        assert len(set(draft.examples)) == len(draft.examples) <= examples
        pool = [name for name in place if place[name] == draft.cell["split"]]
        own = [name for name in pool if label[name] == draft.cell["label"]]
        shown = [name for name in draft.examples if label[name] == draft.cell["label"]]
        assert len(shown) == min(examples, len(own))
        assert draft.examples[len(draft.examples) - len(shown) :] == shown


@pytest.mark.parametrize(("count", "examples"), [(6, 2), (9, 3), (11, 3), (5, 5), (4, 1), (3, 4)])
def test_no_set_of_examples_comes_again_while_another_is_left(count: int, examples: int) -> None:
    """A cell goes through all sets of its seeds before one comes again, and then begins anew."""
    labels = ("fees",)
    split = Split(validation=0, test=0)
    recipe = _recipe(examples=examples, rows=40, split=split, attempts=20)
    sets = comb(count, min(examples, count))
    drafts = _run(_plan(recipe, _dealt(count, split, labels), {**AXES, "label": [{"label": "fees"}]}), 2 * sets + 3)
    shown = [tuple(sorted(draft.examples)) for draft in drafts]
    assert len(shown) == 2 * sets + 3
    assert len(set(shown[:sets])) == len(set(shown[sets : 2 * sets])) == sets


@settings(deadline=None, max_examples=40)
@example(12, 3, 13, 8)
@given(st.integers(1, 14), st.integers(1, 5), st.integers(1, 24), st.integers(0, 9))
def test_a_cells_seeds_are_shown_equally_often(count: int, examples: int, asked: int, seed: int) -> None:
    """No seed of a cell is shown three times more than another; after all sets each came equally often."""
    split = Split(validation=0, test=0)
    recipe = _recipe(examples=min(examples, count), rows=40, split=split, seed=seed)
    sets = comb(count, min(examples, count))
    plan = _plan(recipe, _dealt(count, split, ("fees",)), {**AXES, "label": [{"label": "fees"}]})
    shown = Counter({f"s{n}": 0 for n in range(count)})
    for draft in _run(plan, min(asked, sets)):
        shown.update(draft.examples)
        assert max(shown.values()) - min(shown.values()) <= 2
    assert asked < sets or len(set(shown.values())) == 1


def _by_cell(drafts: list[Draft], without: str) -> dict[tuple[str, str], list[tuple[dict[str, str], list[str]]]]:
    found: defaultdict[tuple[str, str], list[tuple[dict[str, str], list[str]]]] = defaultdict(list)
    for draft in drafts:
        if draft.cell["label"] != without:
            found[draft.cell["label"], draft.cell["split"]].append((draft.cell, draft.examples))
    return dict(found)


@settings(deadline=None, max_examples=40)
@given(st.integers(9, 40), st.integers(1, 4), st.sampled_from(GROUPS), st.integers(0, 9))
def test_a_new_seed_disturbs_no_other_label(count: int, examples: int, label: str, seed: int) -> None:
    """A seed added to one label leaves values and examples of the other labels' drafts as they were."""
    split = Split(validation=0.2, test=0.2)
    recipe = _recipe(examples=examples, split=split, seed=seed)
    seeds = [_seed(n, GROUPS[n % 3]) for n in range(count)]
    more = [*seeds, _seed(999, label)]
    drafts = [
        _run(_plan(recipe, splits.deal(known, split, [str(getattr(s.record, "label", "")) for s in known])), 60)
        for known in (seeds, more)
    ]
    assert _by_cell(drafts[0], label) == _by_cell(drafts[1], label)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=30), st.integers(0, 99))
def test_the_plan_does_not_depend_on_how_it_is_cut(sizes: list[int], seed: int) -> None:
    """Blocks of any size give the same drafts while nothing has been read, and so does a new plan."""
    seeds = _dealt(24, Split())
    total = sum(sizes)
    whole = _plan(_recipe(rows=200, seed=seed), seeds).block(total, 0)
    plan = _plan(_recipe(rows=200, seed=seed), seeds)
    parts: list[Draft] = []
    for size in sizes:
        parts += plan.block(size, len(parts))
    assert parts == whole
    assert [draft.number for draft in whole] == list(range(len(whole)))


def test_what_becomes_of_one_cell_changes_no_draw_of_another() -> None:
    """A cell's drafts are the same whether another cell fills at once or never, at whatever place in the plan."""
    seeds = _dealt(24, Split())
    runs: list[list[tuple[int, dict[str, str], list[str]]]] = []
    for fills in (True, False):
        plan, count = _plan(_recipe(rows=30), seeds), 0
        fees: list[tuple[int, dict[str, str], list[str]]] = []
        while block := plan.block(4, count):
            count += len(block)
            for draft in block:
                good = [_good(draft, f"Text {draft.number}.")] if fills and draft.cell["label"] != "fees" else []
                plan.read(draft, good, good)
                if draft.cell["label"] == "fees" and draft.cell["split"] == "train":
                    fees.append((draft.index, draft.cell, draft.examples))
        runs.append(fees)
    assert len(runs[0]) > 20
    assert runs[0] == runs[1]


def test_weights_are_respected() -> None:
    """A value of triple weight is drawn about three times as often, and a balanced one exactly so."""
    axes = {**AXES, "label": [{"label": "fees", "weight": 3}, {"label": "cards", "weight": 1}]}
    recipe = _recipe(rows=400, split=Split(validation=0, test=0), attempts=1)
    plan = _plan(recipe, _dealt(20, Split(validation=0, test=0), ("fees", "cards")), axes)
    assert {key[0]: tally.quota for key, tally in plan.cells.items()} == {"fees": 300, "cards": 100}
    tones = Counter(draft.cell["tone"] for draft in plan.block(400, 0))
    assert 0.68 < tones["calm"] / tones.total() < 0.82


def test_values_that_belong_together_are_drawn_together() -> None:
    """A label's row brings the label below it, and a draft's values always stand in one row of the list."""
    rows: list[Row] = [
        {"label": "fees", "secondary": "account_fee", "description": "A fee."},
        {"label": "fees", "secondary": "overdraft_fee"},
        {"label": "cards", "secondary": "lost_card"},
    ]
    plan = _plan(_recipe(), _dealt(24, Split(), ("fees", "cards")), {**AXES, "label": rows})
    drawn = {(draft.cell["label"], draft.cell["secondary"]) for draft in plan.block(60, 0)}
    assert drawn == {(row["label"], row["secondary"]) for row in rows}
    assert all("description" not in draft.cell for draft in plan.block(4, 60))


def test_seeds_that_fit_a_draft_better_come_first_and_stand_last() -> None:
    """Where a draft wants a label below the label, a seed of it is shown, next to where the model goes on."""
    rows: list[Row] = [{"label": "fees", "secondary": name} for name in ("account_fee", "overdraft_fee")]
    seeds = [
        Seed(f"{row['secondary']}{n}", _kind().model_validate({"text": f"Text {n} {row}.", **row}), "here")
        for n in range(3)
        for row in rows
    ]
    axes = {**AXES, "label": rows}
    recipe = _recipe(split=Split(validation=0, test=0), examples=2)
    for draft in _plan(recipe, seeds, axes).block(9, 0):
        assert draft.examples[-1].startswith(draft.cell["secondary"])


def _filled(texts: list[str]) -> Draft:
    """Return the draft that follows after these texts were kept in its cell."""
    recipe = _recipe(rows=100, split=Split(validation=0, test=0), vary={"label": {}})
    seeds = [
        _seed(0, "fees", "The overdraft interest seems wrong."),
        _seed(1, "fees", "Overdraft interest again?"),
    ]
    plan = _plan(recipe, seeds, {"label": [{"label": "fees"}]})
    for number, text in enumerate(texts):
        (draft,) = plan.block(1, number)
        good = _good(draft, text)
        assert plan.read(draft, [good], [good]) == [good]
    return plan.block(1, len(texts))[0]


def test_openings_that_come_too_often_are_named() -> None:
    """Two first words are named in the draft from the third kept row that they begin, rarer ones not."""
    assert _filled(["Why do I pay?", "why do you ask?"]).openings == []
    assert _filled(["Why do I pay?", "why do you ask?", "What is it?", "WHY DO they charge?"]).openings == ["why do"]


def test_kept_texts_that_are_near_the_examples_are_named() -> None:
    """A draft names the few kept texts that share most words with its examples, once there are any."""
    assert _filled([]).avoid == []
    near = "My overdraft interest is far too high."
    far = [f"Paper letter number {n} was late." for n in range(8)]
    found = _filled([near, *far]).avoid
    assert found[0] == near
    assert len(found) == AVOID


def test_a_full_cell_takes_no_more_and_is_not_asked_for() -> None:
    """Rows beyond the quota are not taken, and a plan whose cells are full plans nothing."""
    recipe = _recipe(rows=3, split=Split(validation=0, test=0))
    plan = _plan(recipe, _dealt(9, Split(validation=0, test=0)))
    drafts = plan.block(50, 0)
    for draft in drafts:
        good = [_good(draft, f"Text {n}.") for n in range(2)]
        assert len(plan.read(draft, good, good)) <= 1
    assert (plan.kept, plan.missing(), plan.block(5, 50)) == (3, {}, [])


def test_a_cell_that_never_yields_is_given_up() -> None:
    """A cell whose rows all fall is asked for a bounded number of times, and what is missing is known."""
    recipe = _recipe(rows=3, split=Split(validation=0, test=0), attempts=2)
    drafts = _run(_plan(recipe, _dealt(9, Split(validation=0, test=0))), 1000)
    assert len(drafts) == 3 * 2 * (1 + SMALL_CELLS)


def test_a_draft_of_a_cell_that_is_gone_is_left_alone() -> None:
    """A draft of an earlier list of values counts for nothing and breaks nothing."""
    plan = _plan(_recipe(), _dealt(9, Split()))
    draft = plan.block(1, 0)[0]
    gone = replace(draft, cell={**draft.cell, "label": "cheese"})
    plan.take(gone)
    assert plan.read(gone, [], [_good(gone, "Cheese please.")]) == []
