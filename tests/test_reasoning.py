"""Problems with steps and an answer: each gate, sums that are run safely, and runs with exactly the rows asked."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from synthgen import schema
from synthgen.model import fake
from synthgen.types import Fault, Record
from tests.command import Synthgen
from tests.openai_server import Body, OpenAIServer, question

SUMS = schema.shipped("templates") / "reasoning"
KIND: type[Record] = schema.load(schema.find("reasoning", SUMS))
RUN: Callable[[str], Any] = sys.modules[KIND.__module__].run

ASKED = "A stall sells 23 bags with 8 apples each and then gives 4 apples away. How many apples are gone?"
STEPS = "23 * 8 = 184 apples are sold.\n184 + 4 = 188 apples are gone."


def _admit(row: dict[str, Any], **notes: object) -> str | None:
    """Return the code that a row falls with, or None; what it does not say is that of a good row."""
    whole = {"question": ASKED, "steps": STEPS, "answer": "188", "expression": "23 * 8 + 4"} | row
    found = schema.admit(KIND, whole, {"notes": notes})
    return found.reason if isinstance(found, Fault) else None


ANSWERS: list[tuple[str | None, str]] = [
    (None, "188"),
    (None, "188.0"),
    (None, "$188"),
    (None, "188 apples"),
    (None, "376/2"),
    ("answer.wrong", "187"),
    ("answer.wrong", "184"),
    ("answer.wrong", "1,880"),
    ("answer.wrong", "-188"),
    ("answer.wrong", "all of them"),
]


@pytest.mark.parametrize(("code", "answer"), ANSWERS)
def test_the_answer_is_what_the_sum_gives(code: str | None, answer: str) -> None:
    """A unit, a currency, a point, a fraction are only ways of writing; another number is wrong."""
    assert _admit({"answer": answer}) == code


@pytest.mark.parametrize(
    ("sum_", "answer", "holds"),
    [
        ("1000 + 250", "1,250", True),
        ("3 / 4", "0.75", True),
        ("3 / 4", "75%", True),
        ("15 * 1", "15 percent", True),
        ("10 / 3", "3.33", True),
        ("5 / 2", "2 1/2", True),
        ("2 ** 10", "1024", True),
        ("10 / 3", "3", False),
        ("10 / 3", "3.34", False),
        ("3 / 4", "7.5", False),
        ("1000 + 250", "1.25", False),
    ],
)
def test_numbers_are_read_as_people_write_them(sum_: str, answer: str, holds: bool) -> None:
    """Commas, fractions, percent, and a value rounded to two digits or more are read as what they are."""
    row = {"question": "Here is a sum for you?", "steps": f"It is {answer}", "answer": answer, "expression": sum_}
    found = _admit(row)
    assert (found != "answer.wrong") is holds


@pytest.mark.parametrize(
    "sum_",
    [
        "__import__('os').system('true')",
        "9 ** 9 ** 9",
        "10 ** 17",
        "2 ** (1 / 2)",
        "1 / 0",
        "(" * 90 + "1" + ")" * 90 + " + " + "1 + " * 40 + "1",
        "1 if 1 else 2",
        "[1][0]",
        "'a' * 3",
        "x + 1",
        "1_0 + ",
        "True + 1",
        "1e999 * 2",
        "9" * 150 + " * 9",
        "{{ 7 * 7 }}",
    ],
)
def test_a_sum_that_is_none_is_not_run(sum_: str) -> None:
    """Names, calls, towers of powers and what is no arithmetic fall as `answer.sum`, at once."""
    began = time.monotonic()
    assert RUN(sum_) is None
    assert _admit({"expression": sum_}) == "answer.sum"
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("code", "expected", "answer"),
    [
        (None, "188", "188"),
        (None, "Tuesday", " tuesday."),
        (None, "1/2", "0.5"),
        ("answer.wrong", "189", "188"),
        ("answer.wrong", "Tuesday", "Wednesday"),
        ("answer.wrong", "12", "none"),
    ],
)
def test_a_function_of_the_recipe_may_say_what_is_expected(code: str | None, expected: str, answer: str) -> None:
    """What a step notes as `expected` counts, with or without a sum, as a number or as a text."""
    row = {"expression": None, "answer": answer, "steps": f"So it is {answer}"}
    assert _admit(row, expected=expected) == code


LINES: list[tuple[str | None, str]] = [
    (None, STEPS),
    (None, "23 bags x 8 apples = 184 apples\n184 apples + 4 = $188"),
    (None, "1,000 / 4 = 250 is only by the way.\nThe answer is 188."),
    (None, "23 × 8 = 184, and 184 − (−4) is more: 188"),
    (None, "15% of 80 = 12, and 10 / 3 = 3.33, and x = 5.\nIt is 188"),
    ("steps.wrong", "23 * 8 = 194.\n194 - 6 = 188."),
    ("steps.wrong", "23 * 8 = 184.\n184 + 4 = 189, so about 188."),
    ("steps.wrong", "(23 + 1) * 8 = 190, less 2 is 188"),
    ("steps.wrong", "15% of 80 = 15.\nIt is 188"),
    ("steps.unfinished", "23 * 8 = 184"),
    ("steps.unfinished", "188 is the answer.\nThis was easy."),
    ("steps.unfinished", "We multiply and then we add."),
    ("steps.unfinished", ""),
]


@pytest.mark.parametrize(("code", "steps"), LINES)
def test_steps_are_right_and_come_to_the_answer(code: str | None, steps: str) -> None:
    """Each sum that a step claims is run, and the last step names the answer."""
    assert _admit({"steps": steps}) == code


QUESTIONS: list[tuple[str | None, str, str]] = [
    (None, ASKED, "23 * 8 + 4"),
    (None, "Eight apples are in each of 23 bags; four more lie beside them. How many are there?", "23 * 8 + 4"),
    (None, "A dozen eggs cost $6, half of that is for the farmer. How much is that?", "6 / 2"),
    (None, "The 1,200 seats are sold to 15%. How many are sold?", "1200 * 15 / 100"),
    ("question.numbers", "A stall sells bags with 8 apples each and gives 4 away. How many?", "23 * 8 + 4"),
    ("question.numbers", "A stall sells 23 bags with 9 apples each and gives 4 away. How many?", "23 * 8 + 4"),
    ("question.numbers", "On 12 May a stall sells 23 bags with 8 apples each and 4 more. How many?", "23 * 8 + 4"),
    ("question.numbers", "How many apples are gone in the end, please?", "23 * 8 + 4"),
]


@pytest.mark.parametrize(("code", "asked", "sum_"), QUESTIONS)
def test_the_question_has_the_numbers_of_the_sum(code: str | None, asked: str, sum_: str) -> None:
    """A number that is lost, changed or added falls; words, commas and percent are read."""
    value = RUN(sum_)
    row = {"question": asked, "expression": sum_, "answer": f"{float(value):g}", "steps": f"It is {float(value):g}"}
    assert _admit(row) == code


def test_rows_of_others_are_read() -> None:
    """A reply that ends with `Answer:` or with GSM8K's `####` gives steps and answer; what we write comes back."""
    reply = "He sells 48/2 = <<48/2=24>>24 clips.\nTogether 48+24 = <<48+24=72>>72 clips.\n#### 72"
    row = KIND.from_messages([{"role": "user", "content": "How many?"}, {"role": "assistant", "content": reply}])
    assert row is not None
    record = KIND.model_validate(row)
    assert record.model_dump()["steps"] == "He sells 48/2 = 24 clips.\nTogether 48+24 = 72 clips."
    assert KIND.model_validate(KIND.from_messages(record.messages())) == record
    assert KIND.from_messages([{"role": "user", "content": "How many?"}]) is None
    assert KIND.from_messages([{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "No."}]) is None


@pytest.mark.parametrize(
    ("level", "sum_"), [(1, "8 * 23"), (2, "8 * 23 + 4"), (3, "8 * 23 * (100 - 4) / 100"), (4, "1 + 2 + 3 + 4 + 5 * 6")]
)
def test_the_level_is_the_number_of_operations(level: int, sum_: str) -> None:
    """One, two, three or four, more; without a sum the steps' own sums are counted."""
    lines = "\n".join(["1 + 1 = 2"] * {1: 1, 2: 2, 3: 4, 4: 5}[level])
    rows: list[dict[str, Any]] = [{"expression": sum_}, {"expression": None, "steps": lines}]
    assert [KIND.model_construct(None, **row).level() for row in rows] == [level, level]


class Solver:
    """A model that asks the clumsy words, and knows for each question the sum that it came from."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        self.asked: dict[str, int] = {}

    def __call__(self, body: Body) -> str:
        """Answer as the fake model does; of the first questions one is solved wrongly, one differently each time."""
        asked = question(body)
        text, wants = asked.messages[-1]["content"], (asked.schema or {}).get("properties", {})
        if "steps" not in wants:
            said = fake.answer(asked)
            if "question" in wants:
                self.known[json.loads(said)["question"]] = text.partition("The sum:\n")[2].partition("\n\n")[0]
            return said
        problem = text.partition("Problem: ")[2].partition("\n\n")[0]
        time_ = self.asked[problem] = self.asked.get(problem, 0) + 1
        value = float(RUN(self.known[problem]))
        place = list(self.asked).index(problem)
        value += {0: 1, 1: time_}.get(place, 0)
        return json.dumps({"steps": f"I add it all up, and it is {value:g}.", "answer": f"{value:g}"})


def test_exactly_the_rows_asked_with_solvers_that_agree(synthgen: Synthgen, tmp_path: Path) -> None:
    """Solvers who see the question alone must agree with each other and with the sum; the rest is asked anew."""
    folder = tmp_path / "sums"
    shutil.copytree(SUMS, folder)
    with OpenAIServer(answer=Solver()) as server:
        done = synthgen("run", folder, "--model", "test-model", "--base-url", server.url, "--rows", "20", "--json")
    assert (done.code, done.json["kept"]) == (0, 20), done.err
    assert done.json["reasons"]["answer.wrong"] >= 1
    assert done.json["reasons"]["samples.divided"] >= 1
    kept = pl.read_parquet("out/sums/kept.parquet")
    assert sorted(kept["level"].value_counts()["count"]) == [5, 5, 5, 5]
    for row in kept.iter_rows(named=True):
        record = KIND.model_validate({name: row[name] for name in KIND.model_fields})
        assert record.level() == row["level"]


def test_steps_of_the_function_hold_with_a_model_that_solves_nothing(synthgen: Synthgen) -> None:
    """With the fake model the example's function gives the steps: they are right, and of their level."""
    done = synthgen("run", SUMS, "--model", "fake", "--rows", "20", "--json")
    assert (done.code, done.json["kept"]) == (0, 20)
    for row in pl.read_parquet(Path(done.json["folder"]) / "kept.parquet").iter_rows(named=True):
        record = KIND.model_validate({name: row[name] for name in KIND.model_fields})
        assert record.level() == row["level"]
        assert len(row["steps"].split("\n")) >= 2
