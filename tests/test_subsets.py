"""Subsets of growing size: each is a part of the next, cells stay level, and the same rows come every time."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen import export, schema, seeds
from synthgen.errors import InputError
from synthgen.store.run import Run
from synthgen.subsets import Place, dealt, hold
from tests.command import Synthgen
from tests.test_formats import laid, rows_in

PLACES = st.lists(
    st.builds(Place, st.text("abcdef0123456789", min_size=4, max_size=6), st.tuples(st.sampled_from("xyz")),
              st.integers(1, 4)),
    min_size=1, max_size=40, unique_by=lambda one: one.id,
)  # fmt: skip
ORDERS = st.sampled_from(["random", "difficulty"])


@given(rows=PLACES, order=ORDERS)
def test_every_head_is_level(rows: list[Place], order: str) -> None:
    """All rows stand in the order once, and in each head of it cells that have rows left differ by one at most."""
    found = dealt(rows, order)
    assert sorted(found) == list(range(len(rows)))
    whole = Counter(one.cell for one in rows)
    for size in range(1, len(rows) + 1):
        taken = Counter(rows[at].cell for at in found[:size])
        left = [taken[cell] for cell in whole if taken[cell] < whole[cell]]
        assert not left or max(taken.values()) - min(left) <= 1


@given(rows=PLACES, order=ORDERS, draw=st.randoms())
def test_order_hangs_on_the_rows_alone(rows: list[Place], order: str, draw: object) -> None:
    """The same rows in another order are dealt the same."""
    mixed = list(rows)
    draw.shuffle(mixed)  # type: ignore[attr-defined]
    assert [rows[at] for at in dealt(rows, order)] == [mixed[at] for at in dealt(mixed, order)]


@given(rows=PLACES)
def test_easy_rows_come_first(rows: list[Place]) -> None:
    """In order of difficulty each cell gives its rows level by level."""
    found = [rows[at] for at in dealt(rows, "difficulty")]
    for cell in {one.cell for one in rows}:
        levels = [one.level for one in found if one.cell == cell]
        assert levels == sorted(levels)


def test_sizes_that_cannot_be_taken() -> None:
    """Sizes are put in order, each once; one that reaches the whole, or none, is refused with its number."""
    assert hold([30, 10, 10], 31) == [10, 30]
    for sizes, wrong in (([10, 31], 31), ([0], 0)):
        with pytest.raises(InputError, match=f"a subset of {wrong} cannot be taken of 31 training rows"):
            hold(sizes, 31)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Give a run that kept the seeds of a task that has labels."""
    kind = schema.load(schema.find("classification", Path()))
    folder = schema.shipped("templates") / "classification"
    return laid(tmp_path / "run", [one.record for one in seeds.load("seeds.jsonl", folder, kind, {})])


def test_subsets_as_files(run: Run, synthgen: Synthgen) -> None:
    """Each subset is a folder of its own whose rows are the head of the next, with all rows to be tested on."""
    assert synthgen("export", run.folder, "--format", "messages", "--subsets", "10,20").code == 0
    ten, twenty, whole = (rows_in(run.export / f"messages{name}" / "train.jsonl") for name in ("-10", "-20", ""))
    assert (len(ten), twenty[:10]) == (10, ten)
    assert len(twenty) == 20
    assert all(one in whole for one in twenty)
    tests = [rows_in(run.export / f"messages{name}" / "test.jsonl") for name in ("-10", "-20", "")]
    assert tests[0] == tests[1] == tests[2]
    assert synthgen("export", run.folder, "--format", "messages", "--subsets", "12").code == 0
    assert sorted(path.name for path in run.export.iterdir()) == ["messages", "messages-12"]
    said = synthgen("export", run.folder, "--subsets", "10,ten")
    assert "'ten' is no number of rows" in said.message
    assert "cannot be taken" in synthgen("export", run.folder, "--subsets", "5000").message


def test_harder_rows_wait(run: Run) -> None:
    """The level that a run kept decides what stands in the smallest subset."""
    kept = run.read("kept")
    levels = [2 if at % 2 else 1 for at in range(kept.height)]
    run.write("kept", kept.with_columns(pl.Series("level", levels)))
    export.export(run, ["parquet"], export.Wishes(sizes=[8], order="difficulty"))
    found = pl.read_parquet(run.export / "parquet-8" / "train.parquet")["id"]
    assert [int(one.removeprefix("row")) % 2 for one in found] == [0] * 8


def test_a_recipe_says_it_too(synthgen: Synthgen, tmp_path: Path) -> None:
    """A run writes the subsets of its recipe; one that its rows do not reach is left out, and said."""
    assert synthgen("init", "classification", tmp_path / "bank").code == 0
    recipe = tmp_path / "bank" / "recipe.yaml"
    recipe.write_text(recipe.read_text("utf-8") + "\nsubsets: {sizes: [10, 900]}\ntraining: {limit: 5}\n", "utf-8")
    done = synthgen("run", tmp_path / "bank", "--model", "fake", "--rows", "40")
    assert done.code == 0
    assert "synthgen: no subset of 900 rows: there are " in done.err
    assert "rows have more than 5 tokens, none was cut" in done.err
    names = sorted(path.name for path in Path("out/bank/export").iterdir())
    assert names == ["messages", "messages-10", "parquet", "parquet-10"]
