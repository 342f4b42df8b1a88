"""Selection: exact counts, the cap, no matter in which order rows come; and the local model that tells mismatches."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from synthgen import audit, pipeline, views
from synthgen.embed import embed
from synthgen.errors import EndpointError
from synthgen.job import Job, prepare
from synthgen.model import score
from synthgen.model.local import Weights, weights
from synthgen.model.wrap import Limits
from synthgen.plan import Plan
from synthgen.recipe import Select
from synthgen.schema import shipped
from synthgen.select import MISMATCH, Row, choose, complexities, qualities, shares
from synthgen.store.ledger import Ledger
from synthgen.store.run import Run

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tests.command import Synthgen

CHOICES: tuple[tuple[str, str | None], ...] = (
    # The first stands before the colon, the second below; one row of the three is to be chosen, by score.
    ("the plainer of two good rows", "select.reserve"),
    ("a row that says what the chosen one says", "select.reserve"),
    ("a row of the chosen one's cluster", "select.reserve"),
    ("an answer that its prompt does not help", "select.mismatch"),
    ("the best row, with an answer to another prompt", "select.mismatch"),
    ("an answer that its prompt makes much less likely", "select.mismatch"),
    ("the best row", None),
    ("a row with the highest quality", None),
    ("an answer that its prompt hardly helps, which makes it the hardest", None),
    ("the only row, whose answer its prompt does not help", None),
)
"""What a row is, and the reason for which it is not chosen."""

LOST_CARD = "My card was stolen on the tram yesterday evening."
GOOD = Row("good", "all", LOST_CARD)
PLAIN = Row("plain", "all", "My card was stolen.")
LOAN = Row("loan", "all", "How much does it cost to repay the loan for my house early?")

CASES: dict[str, tuple[list[Row], int]] = {
    "the plainer of two good rows": ([PLAIN, GOOD], 1),
    "a row that says what the chosen one says": (
        [replace(GOOD, id="twin", quality=0.9), GOOD, replace(LOAN, quality=0.5)],
        2,
    ),
    "a row of the chosen one's cluster": (
        [replace(PLAIN, cluster="c", quality=0.9), replace(GOOD, cluster="c"), replace(LOAN, quality=0.1)],
        2,
    ),
    "an answer that its prompt does not help": ([replace(GOOD, ifd=1.01), replace(PLAIN, ifd=0.4)], 1),
    "the best row, with an answer to another prompt": (
        [replace(GOOD, ifd=1.2), replace(PLAIN, ifd=0.9, quality=0.1)],
        1,
    ),
    "an answer that its prompt makes much less likely": (
        [replace(GOOD, ifd=3.0), replace(PLAIN, ifd=0.4), replace(LOAN, ifd=0.2)],
        2,
    ),
    "the best row": ([GOOD, PLAIN], 1),
    "a row with the highest quality": ([replace(PLAIN, quality=1.0), replace(GOOD, quality=0.2)], 1),
    "an answer that its prompt hardly helps, which makes it the hardest": (
        [replace(PLAIN, ifd=MISMATCH), replace(GOOD, ifd=0.5)],
        1,
    ),
    "the only row, whose answer its prompt does not help": ([replace(GOOD, ifd=1.5)], 1),
}
"""The row that the case is about comes first; then the others, and how many are to be chosen."""


@pytest.mark.parametrize(("name", "reason"), CHOICES)
def test_a_row_is_chosen_or_says_why_not(name: str, reason: str | None) -> None:
    """Each case's first row has the case's verdict."""
    rows, count = CASES[name]
    assert choose(rows, {"all": count}, Select(by="score"), embed)["reason"][0] == reason


WORDS = "card loan fee rate stolen lost early late tram shop app code wait send open close house money week".split()  # noqa: SIM905
ROWS = st.lists(
    st.builds(
        Row,
        id=st.integers(0, 10**6).map(str),
        cell=st.sampled_from(["fees / train", "fees / test", "cards / train"]),
        text=st.lists(st.sampled_from(WORDS[:6]), max_size=3).map(" ".join),
        quality=st.sampled_from([0.0, 0.5, 0.8, 1.0]),
        ifd=st.sampled_from([None, 0.3, 0.9, 1.2]),
        cluster=st.sampled_from(["", "", "a", "b"]),
    ),
    max_size=24,
    unique_by=lambda row: row.id,
)
PARTS = st.builds(Select, by=st.sampled_from(["coverage", "score"]), similar=st.sampled_from([0.0, 0.3, 0.6, 0.9, 1.0]))


def _chosen(rows: list[Row], wanted: dict[str, int], part: Select, seeds: list[str] | None = None) -> list[str]:
    found = choose(rows, wanted, part, embed, seeds or [])
    return [name for name, reason in found.select("id", "reason").iter_rows() if reason is None]


EQUALS = [Row(name, "fees / train", "The same text.") for name in "dbca"]


@settings(max_examples=60)
@given(ROWS, PARTS, st.integers(0, 9), st.lists(st.sampled_from(WORDS), max_size=3), st.randoms())
@example(EQUALS, Select(by="score"), 2, [], Random(3))
@example(EQUALS, Select(by="coverage"), 2, [], Random(3))
def test_cells_are_exact_in_whatever_order_rows_come(
    rows: list[Row], part: Select, count: int, seeds: list[str], draw: Random
) -> None:
    """Each cell has the rows it wants, or all that it has; every row has one verdict; the order of rows is nothing."""
    wanted = {"fees / train": count, "fees / test": 1, "cards / train": 3}
    found = choose(rows, wanted, part, embed, seeds)
    assert found["id"].to_list() == [row.id for row in rows]
    chosen = set(_chosen(rows, wanted, part, seeds))
    have = Counter(row.cell for row in rows)
    assert Counter(row.cell for row in rows if row.id in chosen) == Counter(
        {cell: min(size, wanted[cell]) for cell, size in have.items() if wanted[cell]}
    )
    mixed = list(rows)
    draw.shuffle(mixed)
    assert set(_chosen(mixed, wanted, part, seeds)) == chosen


@settings(max_examples=60)
@given(ROWS, PARTS, st.integers(1, 9))
def test_no_row_too_similar_is_chosen_while_others_are_left(rows: list[Row], part: Select, count: int) -> None:
    """Where two chosen rows are too similar, every row left is too similar to a chosen one, or does not fit."""
    rows = [replace(row, cell="all", ifd=None) for row in rows]
    chosen = set(_chosen(rows, {"all": count}, part))
    vectors = embed([row.text for row in rows])
    near = [
        [
            _alike(rows, vectors, one, other, part.similar)
            for other in range(len(rows))
            if other != one and rows[other].id in chosen
        ]
        for one in range(len(rows))
    ]
    broken = any(any(near[one]) for one in range(len(rows)) if rows[one].id in chosen)
    assert not broken or all(any(near[one]) for one in range(len(rows)) if rows[one].id not in chosen)


def _alike(rows: list[Row], vectors: NDArray[np.float32], one: int, other: int, least: float) -> bool:
    same = rows[one].cluster != "" and rows[one].cluster == rows[other].cluster
    return same or round(float(vectors[one] @ vectors[other]), 6) > least


@settings(max_examples=40)
@given(ROWS, PARTS, st.integers(1, 9))
def test_mismatches_are_chosen_last(rows: list[Row], part: Select, count: int) -> None:
    """A row whose answer its prompt does not help is chosen only where all others of the cell are."""
    rows = [replace(row, cell="all") for row in rows]
    chosen = set(_chosen(rows, {"all": count}, part))
    odd = {row.id for row in rows if row.ifd is not None and row.ifd > MISMATCH}
    assert not odd & chosen or {row.id for row in rows} - odd <= chosen


@given(st.lists(st.sampled_from(["a", "b", "c / x"]), max_size=40), st.integers(1, 50))
def test_shares_are_exact_and_never_above_what_is_there(cells: list[str], count: int) -> None:
    """A dataset's cells share the rows by their size: all of them dealt, none above the cell's own."""
    rows = [Row(str(number), cell, "") for number, cell in enumerate(cells)]
    found, have = shares(rows, count), Counter(cells)
    assert sum(found.values()) == min(count, len(cells))
    assert all(abs(found[cell] - min(count, len(cells)) * size / len(cells)) < 1 for cell, size in have.items())
    assert all(found[cell] <= size for cell, size in have.items())


def test_coverage_takes_one_of_each_matter_and_counts_seeds_as_chosen() -> None:
    """Of three matters one row each is chosen; a matter that a seed covers already comes last."""
    texts = {
        "card": ["My card was stolen on the tram.", "My bank card was stolen.", "Somebody stole my card."],
        "loan": ["How do I repay my house loan early?", "Can I repay the loan early?", "Repaying a house loan early"],
        "app": ["The app does not open after the update.", "App will not open.", "The app crashes when I open it."],
    }
    rows = [Row(f"{name}{n}", "all", text) for name, said in texts.items() for n, text in enumerate(said)]
    part = Select(by="coverage", similar=1.0)
    assert {name[:-1] for name in _chosen(rows, {"all": 3}, part)} == set(texts)
    assert {name[:-1] for name in _chosen(rows, {"all": 2}, part, ["Somebody stole my card!"])} == {"loan", "app"}


def test_the_best_row_speaks_for_those_that_say_the_same() -> None:
    """Coverage may take any row of a cluster; the one with the highest score stands for it."""
    rows = [Row(str(n), "all", LOST_CARD, quality=quality, cluster="c") for n, quality in enumerate((0.5, 0.9, 0.7))]
    assert _chosen([*rows, LOAN], {"all": 2}, Select(by="coverage")) == ["1", "loan"]


def test_complexity_is_what_words_tell_once() -> None:
    """A longer row tells more than a shorter one, a word said again tells nothing, and no row is above 1."""
    said = ["The card was stolen.", "The card was stolen on the tram.", "The card was stolen. The card was stolen.", ""]
    short, long, twice, empty = complexities([Row(str(n), "all", text) for n, text in enumerate(said)])
    assert empty == 0 < short == twice < long == 1


def test_quality_is_the_judges_score_where_a_judge_ran() -> None:
    """The judge's scores go before the labeller's, and rows without either have none."""
    import polars as pl

    told = pl.DataFrame(
        [("a", "labels", 0.4), ("b", "labels", None), ("a", "judge", 0.9)],
        schema=["id", "check", "score"],
        orient="row",
    )
    assert qualities(told) == {"a": 0.9}
    assert qualities(told.filter(pl.col("check") == "labels")) == {"a": 0.4}
    assert qualities(told.clear()) == {}


def _job(**changes: Any) -> Job:
    named = {key.replace("__", "."): value for key, value in changes.items()}
    return prepare(shipped("templates") / "classification", {"model.name": "fake", "rows": 30, **named})


def _cells(job: Job) -> dict[tuple[str, str], int]:
    return Plan(job.recipe, job.axes, job.seeds).wanted


def test_a_run_keeps_more_and_chooses_its_rows(tmp_path: Path) -> None:
    """Each cell has its rows in the end; the others wait in rejected.parquet, and the waterfall counts them."""
    job = _job(select__pool=2)
    result = pipeline.generate(job, tmp_path / "run", Limits())
    assert (result.kept, result.target, result.short, result.missing) == (30, 30, False, {})
    name, came, went = result.waterfall[-1]
    assert (name, went) == ("select", 30)
    assert came >= 60
    kept, rejected = result.run.read("kept"), result.run.read("rejected")
    wanted = Counter({(label.split(" / ")[0], split): n for (label, split), n in _cells(job).items() if n})
    assert Counter(kept.select("label", "split").iter_rows()) == wanted
    reserve = rejected.filter(rejected["reason"] == "select.reserve")
    assert (reserve.height, set(reserve["check"])) == (came - 30, {"select"})
    assert result.reasons["select.reserve"] == came - 30


def test_filter_repeats_the_choice_and_asks_nothing(tmp_path: Path) -> None:
    """The same recipe gives the same bytes; another way to choose asks nothing; a larger pool asks more."""
    run = pipeline.generate(_job(select__pool=2), tmp_path / "run", Limits()).run
    tables = ("kept", "rejected", "verdicts")
    before = [run.table(name).read_bytes() for name in tables]
    asked = pipeline.refilter(_job(select__pool=2), run.folder).spent
    assert [run.table(name).read_bytes() for name in tables] == before
    other = pipeline.generate(_job(select__pool=2, select__by="score", select__similar=0.5), run.folder, Limits())
    assert other.spent == asked
    assert run.table("kept").read_bytes() != before[0]
    more = pipeline.generate(_job(select__pool=3), run.folder, Limits())
    assert (more.spent["requests"] or 0) > (asked["requests"] or 0)


def test_a_run_chooses_of_each_meaning_before_it_chooses_twice(tmp_path: Path) -> None:
    """The clusters that dedup names are told to the choice: a cell's rows are of as many meanings as it has."""
    changes = {"checks__dedup__semantic__least": 0.5, "select__by": "score", "select__similar": 1.0}
    run = pipeline.generate(_job(select__pool=3, **changes), tmp_path / "run", Limits()).run
    first = dict(views.clusters(run.read("verdicts")).iter_rows())
    kept, rejected = run.read("kept"), run.read("rejected")
    reserve = rejected.filter(rejected["reason"] == "select.reserve")
    waiting = [
        (json.loads(row)["label"], split, name) for name, split, row in reserve["id", "split", "row"].iter_rows()
    ]
    chosen: dict[tuple[str, str], list[str]] = {}
    others: dict[tuple[str, str], list[str]] = {}
    for found, rows in ((chosen, kept["label", "split", "id"].iter_rows()), (others, waiting)):
        for label, split, name in rows:
            found.setdefault((label, split), []).append(first[name] or name)
    assert any(len({*clusters, *others.get(cell, [])}) > len(clusters) for cell, clusters in chosen.items())
    for cell, clusters in chosen.items():
        assert len({*clusters}) == min(len(clusters), len({*clusters, *others.get(cell, [])}))


def test_without_select_nothing_is_chosen(tmp_path: Path) -> None:
    """A recipe that does not name `select` keeps the rows that come first, and no verdict speaks of it."""
    result = pipeline.generate(_job(), tmp_path / "run", Limits())
    assert "select" not in set(result.run.read("verdicts")["check"])
    assert [name for name, _, _ in result.waterfall][-1] in {"dedup", "plan"}


def test_a_short_pool_is_no_shortfall(tmp_path: Path) -> None:
    """Where requests end before the pool is full, the rows are there all the same, and a note says what was missing."""
    result = pipeline.generate(_job(select__pool=12, attempts=1), tmp_path / "run", Limits())
    assert (result.kept, result.short) == (30, False)
    assert any(note.startswith("select: the pool stayed short by ") for note in result.notes)


def _texts(path: Path, count: int) -> Path:
    draw = Random(1)
    rows = [
        {"text": f"{' '.join(draw.sample(WORDS, 6)).capitalize()} {draw.randrange(10_000)}.", "label": "ab"[n % 3 == 0]}
        for n in range(count)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_the_best_rows_of_a_dataset(tmp_path: Path, synthgen: Synthgen) -> None:
    """`filter --rows` keeps so many of somebody else's rows, labels in proportion; batches change nothing."""
    source = _texts(tmp_path / "rows.jsonl", 90)
    said = synthgen("filter", source, "--task", "classification", "--rows", 30, "--out", tmp_path / "one", "--json")
    assert (said.code, said.json["kept"]) == (0, 30)
    assert said.json["waterfall"][-1]["out"] == 30
    one = Run(tmp_path / "one")
    kept, passed = one.read("kept"), said.json["waterfall"][-1]["in"]
    labels = Counter(kept["label"])
    assert abs(labels["b"] - 30 * sum(n % 3 == 0 for n in range(90)) / passed) <= 3
    assert labels["a"] > labels["b"] > 0
    audit.audit(str(source), "classification", tmp_path / "two", None, 7, audit.Wanted(rows=30))
    assert Run(tmp_path / "two").table("kept").read_bytes() == one.table("kept").read_bytes()


def test_too_many_rows_to_choose_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, synthgen: Synthgen) -> None:
    """Above the limit the command says so in one message, and leaves no table behind."""
    monkeypatch.setattr(audit, "CHOOSABLE", 50)
    source = _texts(tmp_path / "rows.jsonl", 90)
    said = synthgen("filter", source, "--task", "classification", "--rows", 30, "--out", tmp_path / "out")
    assert said.code == 2
    assert "the best can be chosen of 50 rows at most, and the checks kept " in said.message
    assert not list((tmp_path / "out").glob("*.parquet"))


def test_a_runs_rows_stand_in_its_recipe(tmp_path: Path, synthgen: Synthgen) -> None:
    """`filter RUN --rows` is refused: a run's count is its recipe's."""
    run = pipeline.generate(_job(), tmp_path / "run", Limits()).run
    said = synthgen("filter", run.folder, "--recipe", shipped("templates") / "classification", "--rows", 3)
    assert (said.code, "leave --rows out" in said.message) == (2, True)


SEEDS = [
    json.loads(line) for line in (shipped("templates") / "instruction" / "seeds.jsonl").read_text("utf-8").splitlines()
]


def test_a_pair_is_the_last_answer_and_all_before_it() -> None:
    """The answer is the last assistant's turn; without an answer, or with nothing before it, there is no pair."""
    system, user = {"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello?"}
    answer = {"role": "assistant", "content": "Hello."}
    assert score.pair([system, user, answer]) == ("Be brief.\n\nHello?\n\n", "Hello.")  # type: ignore[list-item]
    assert score.pair([user, answer, user, answer, user]) == ("Hello?\n\nHello.\n\nHello?\n\n", "Hello.")  # type: ignore[list-item]
    assert score.pair([user]) is None  # type: ignore[list-item]
    assert score.pair([answer]) is None  # type: ignore[list-item]


@pytest.mark.local_model
def test_the_local_model_tells_an_answer_from_another_prompts(tmp_path: Path) -> None:
    """An answer's own prompt helps more than another's; none helps nothing; a very long one is read all the same."""
    asked, answers = ([row[key] for row in SEEDS[:3]] for key in ("instruction", "response"))
    with score.Scorer(weights("local", Path()), tmp_path / "log") as scorer:
        for number in range(3):
            own = scorer(score.Pair(asked[number] + "\n\n", answers[number]))
            other = scorer(score.Pair(asked[number - 1] + "\n\n", answers[number]))
            assert own.ifd < min(1.0, other.ifd)
            assert own.alone == other.alone
        nothing = scorer(score.Pair("", answers[0]))
        assert nothing.prompted == nothing.alone
        # The chain rule holds: a text's loss is that of its parts, each after what stands before it.
        whole, first = (
            scorer(score.Pair("", "one two three four five six")).alone,
            scorer(score.Pair("", "one two three")).alone,
        )
        rest = scorer(score.Pair("one two three", " four five six")).prompted
        assert abs(whole - (first + rest) / 2) < 0.02
        assert scorer(score.Pair("word " * 3000, "word word")).prompted < nothing.alone


@pytest.mark.local_model
def test_nothing_is_scored_twice(tmp_path: Path) -> None:
    """What the ledger has needs no model; what it lacks does."""
    found, pairs = weights("local", Path()), [score.Pair("Hello?\n\n", "Hello to you too.")]
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        score.measure(pairs, found, ledger)
        gone = replace(found, path=tmp_path / "gone.gguf")
        score.measure(pairs, gone, ledger)
        assert score.known(ledger, found)[pairs[0].id].ifd > 0
        with pytest.raises(EndpointError, match="the embedded model does not score"):
            score.measure([score.Pair("Hello?\n\n", "Goodbye.")], gone, ledger)


@pytest.mark.local_model
def test_a_run_orders_by_what_the_local_model_measured(tmp_path: Path) -> None:
    """With `ifd` every row of the pool has its losses in the ledger, and no mismatch is kept while others are left."""
    job = _job(rows=10, select__pool=1.1, select__ifd=True, split__validation=0, split__test=0)
    run = pipeline.generate(job, tmp_path / "run", Limits()).run
    found = weights("local", Path())
    verdicts = run.read("verdicts")
    with Ledger(run.ledger) as ledger:
        assert len(score.known(ledger, found)) == verdicts.filter(verdicts["check"] == "select").height >= 10
    assert run.read("kept").height == 10


def test_a_scorer_that_cannot_start_says_so(tmp_path: Path) -> None:
    """A file that llama.cpp cannot load ends in one message that names the log."""
    (tmp_path / "broken.gguf").write_bytes(b"GGUF broken")
    with pytest.raises(EndpointError, match="the embedded model does not score"):
        score.Scorer(Weights("broken", tmp_path / "broken.gguf", continues=True), tmp_path / "log")
