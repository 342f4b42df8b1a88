"""The steps of a row: prompts, functions, conversations and samples, in a run against a real server."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
import yaml

from tests.openai_server import OpenAIServer, question

if TYPE_CHECKING:
    from tests.command import Synthgen

SUM = '''
"""A sum in words and what it comes to."""

from __future__ import annotations

from typing import Annotated

from synthgen.types import Message, Prose, Record


class Sum(Record):
    """A sum in words and what it comes to."""

    text: Annotated[str, Prose(most=60, ends=False)]
    answer: str

    def wording(self) -> str:
        """Return the sum."""
        return self.text

    def messages(self) -> list[Message]:
        """Return the sum, then what it comes to."""
        return [{"role": "user", "content": self.text}, {"role": "assistant", "content": self.answer}]
'''
THINGS = [
    "apple",
    "boat",
    "candle",
    "door",
    "engine",
    "fence",
    "garden",
    "hammer",
    "island",
    "jacket",
    "kettle",
    "ladder",
    "mirror",
    "needle",
]


def folder(tmp_path: Path, functions: str = "", **changes: Any) -> Path:
    """Write a task of sums, whose recipe has these keys changed, and return its folder."""
    made = tmp_path / "sums"
    made.mkdir(exist_ok=True)
    (made / "sum.py").write_text(SUM, encoding="utf-8")
    (made / "own.py").write_text(functions, encoding="utf-8")
    seeds = [
        {"text": f"{word.title()} {number} and {number + 5} {word}s", "answer": str(2 * number + 5)}
        for number, word in enumerate(THINGS)
    ]
    (made / "seeds.jsonl").write_text("".join(json.dumps(seed) + "\n" for seed in seeds), encoding="utf-8")
    (made / "ask.j2").write_text("{% block user %}Ask {{ cell }} {{ record }}{% endblock %}", encoding="utf-8")
    (made / "answer.j2").write_text("{% block user %}Answer {{ record.text }}{% endblock %}", encoding="utf-8")
    recipe = {
        "task": "sum.py",
        "name": "sums",
        "about": "Sums of things that lie about.",
        "seeds": "seeds.jsonl",
        "rows": 6,
        "steps": [{"prompt": "ask.j2", "fills": ["text"]}, {"prompt": "answer.j2", "fills": ["answer"]}],
        "split": {"validation": 0, "test": 0},
        "checks": {"dedup": {"near": 0.95}},
    }
    (made / "recipe.yaml").write_text(yaml.safe_dump(recipe | changes), encoding="utf-8")
    return made


def run(synthgen: Synthgen, server: OpenAIServer, made: Path, *more: str) -> dict[str, Any]:
    """Run a task against the server, and return what the run says of itself."""
    most = () if "--max-requests" in more else ("--max-requests", "150")
    done = synthgen("run", made, "--model", "test-model", "--base-url", server.url, "--json", *most, *more)
    assert done.code in {0, 3}, done.err
    return done.json


DRAWN = """
def drawn(given):
    number = given.draw.randint(1, 999)
    things = given.draw.sample(THINGS, 3)
    text = f"{number} {things[0]}s and {number + 1} {things[1]}s by the {things[2]}"
    return {"text": text, "sum": str(2 * number + 1)}
"""
DRAWS = f"THINGS = {THINGS!r}\n{DRAWN}"


def test_a_function_draws_the_same_again_and_notes_are_not_kept(synthgen: Synthgen, tmp_path: Path) -> None:
    """What a function notes a later prompt sees and no row keeps; the same recipe draws the same rows."""

    def answer(body: dict[str, Any]) -> str:
        return json.dumps({"answer": question(body).messages[-1]["content"].partition("Sum ")[2]})

    steps = [{"call": "own.py:drawn", "fills": ["text"], "notes": ["sum"]}, {"prompt": "say.j2", "fills": ["answer"]}]
    made = folder(tmp_path, DRAWS, steps=steps)
    (made / "say.j2").write_text("{% block user %}Sum {{ record.sum }}{% endblock %}", encoding="utf-8")
    found = []
    for name in ("first", "second"):
        with OpenAIServer(answer=answer) as server:
            assert run(synthgen, server, made, "--out", name)["kept"] == 6
        found.append(pl.read_parquet(f"{name}/kept.parquet"))
    rows = found[0].to_dicts()
    assert found[0].equals(found[1])
    assert "sum" not in found[0].columns
    assert all(int(row["text"].split()[0]) * 2 + 1 == int(row["answer"]) for row in rows)


REFUSED: list[tuple[str, str | None]] = [
    ("raise ValueError('no such product')", "call.refused"),
    ("raise ValueError('out of stock')", "call.refused"),
    ("int('many')", "call.refused"),
    ("pass", None),
    ("str('ValueError')", None),
    ("[] or None", None),
]


@pytest.mark.parametrize(("line", "code"), REFUSED)
def test_a_value_error_says_that_the_row_is_none(
    synthgen: Synthgen, tmp_path: Path, server: OpenAIServer, line: str, code: str | None
) -> None:
    """A row falls where a function raises ValueError, with what it says; later steps are not asked for it."""
    head, _, tail = DRAWS.partition("    number =")
    steps = [
        {"call": "own.py:drawn", "fills": ["text"], "notes": ["sum"]},
        {"prompt": "answer.j2", "fills": ["answer"]},
    ]
    made = folder(tmp_path, f"{head}    {line}\n    number ={tail}", steps=steps)
    done = run(synthgen, server, made)
    assert done["kept"] == (0 if code else 6)
    assert set(done["reasons"]) >= ({code} if code else set())
    assert ("call.refused" in done["reasons"]) == bool(code)
    assert (len(server.requests) == 0) == bool(code)


def test_a_function_that_fails_stops_the_run_with_its_file(synthgen: Synthgen, tmp_path: Path) -> None:
    """Any other error of a function, and one that gives the wrong names, is one message that names the file."""
    steps = [{"call": "own.py:drawn", "fills": ["text", "answer"]}]
    made = folder(tmp_path, "def drawn(given):\n    return {}['no']\n", steps=steps)
    done = synthgen("run", made, "--model", "fake")
    assert done.code == 2
    assert "the function 'own.py:drawn' failed (KeyError: 'no')" in done.message
    made = folder(tmp_path, "def drawn(given):\n    return {'text': 'a'}\n", steps=steps)
    done = synthgen("run", made, "--model", "fake", "--out", "other")
    assert done.code == 2
    assert "the function 'own.py:drawn' gives text" in done.message
    assert "return a dict with text, answer" in done.message


DIVIDED: list[tuple[list[str], str | None]] = [
    (["4", "5", "6", "7", "8"], "samples.divided"),
    (["4", "4", "5", "5", "6"], "samples.divided"),
    (["4", "", "", "", ""], "samples.divided"),
    (["4", "4", "4", "5", "6"], None),
    (["4", "4 ", "4.", "9", "9"], None),
    (["Four", "four", "FOUR", "5", "6"], None),
]


@pytest.mark.parametrize(("said", "code"), DIVIDED, ids=lambda one: str(one)[:30])
def test_most_samples_must_agree(synthgen: Synthgen, tmp_path: Path, said: list[str], code: str | None) -> None:
    """Three of five that say the same give the first of them; fewer give no row, and what was heard is told."""
    asked: Counter[str] = Counter()

    def answer(body: dict[str, Any]) -> str:
        text = question(body).messages[-1]["content"]
        if not text.startswith("Answer"):
            return json.dumps(
                {"text": f"What do {' '.join(THINGS[:4])} {body.get('seed', 0)} come to {body.get('seed', 0) * 7}?"}
            )
        asked[text] += 1
        return json.dumps({"answer": said[asked[text] - 1]}) if said[asked[text] - 1] else "no"

    steps = [
        {"prompt": "ask.j2", "fills": ["text"]},
        {"prompt": "answer.j2", "fills": ["answer"], "samples": 5, "agree": "answer"},
    ]
    made = folder(tmp_path, steps=steps, rows=1)
    with OpenAIServer(answer=answer) as server:
        done = run(synthgen, server, made, "--max-requests", "24")
    assert ("samples.divided" in done["reasons"]) == bool(code)
    if code:
        fell = pl.read_parquet("out/sums/rejected.parquet").filter(pl.col("reason") == code)
        assert (
            "of 5 say" in pl.read_parquet("out/sums/verdicts.parquet").filter(pl.col("reason") == code)["evidence"][0]
        )
        assert fell.height >= 1
    else:
        assert done["kept"] == 1
        assert pl.read_parquet("out/sums/kept.parquet")["answer"][0].strip(". ").lower() in {"4", "four"}


def test_a_step_is_taken_only_where_it_fits(synthgen: Synthgen, tmp_path: Path) -> None:
    """`when` chooses the step by what varies: each row is written by the prompt for its value."""

    def answer(body: dict[str, Any]) -> str:
        text = question(body).messages[-1]["content"]
        kind = "hard" if text.startswith("Hard") else "easy"
        words = " ".join(THINGS[(body.get("seed", 0) + step) % len(THINGS)] for step in (0, 3, 5))
        return json.dumps({"text": f"{kind} {words} {body.get('seed', 0)}", "answer": "1"})

    steps = [
        {"prompt": "ask.j2", "fills": ["text", "answer"], "when": {"kind": ["easy"]}},
        {"prompt": "hard.j2", "fills": ["text", "answer"], "when": {"kind": ["hard"]}},
    ]
    vary = {"kind": {"values": [{"value": "easy"}, {"value": "hard"}]}}
    made = folder(tmp_path, steps=steps, vary=vary, balance=["kind"])
    (made / "hard.j2").write_text("{% block user %}Hard one{% endblock %}", encoding="utf-8")
    with OpenAIServer(answer=answer) as server:
        assert run(synthgen, server, made)["kept"] == 6
    assert Counter(text.split()[0] for text in pl.read_parquet("out/sums/kept.parquet")["text"]) == {
        "easy": 3,
        "hard": 3,
    }


def test_a_step_asks_a_model_of_its_own(synthgen: Synthgen, tmp_path: Path) -> None:
    """A step's model and temperature are asked in its place, at its own address."""

    def text(body: dict[str, Any]) -> str:
        words = " ".join(THINGS[(body.get("seed", 0) + step) % len(THINGS)] for step in (0, 3, 5))
        return json.dumps({"text": f"{words} {body.get('seed', 0)}"})

    with (
        OpenAIServer(answer=text) as first,
        OpenAIServer(answer=lambda _: json.dumps({"answer": "1"}), models=("solver",)) as second,
    ):
        model = {"name": "solver", "base_url": second.url}
        steps = [
            {"prompt": "ask.j2", "fills": ["text"], "temperature": 1.3},
            {"prompt": "answer.j2", "fills": ["answer"], "model": model},
        ]
        assert run(synthgen, first, folder(tmp_path, steps=steps))["kept"] == 6
        assert {one.body["model"] for one in second.requests} == {"solver"}
        asked = [one.body for one in first.requests if "Ask" in one.body["messages"][-1]["content"]]
        assert {one["temperature"] for one in asked} == {1.3}
        assert {one["model"] for one in asked} == {"test-model"}


def test_rows_are_made_of_kept_rows(synthgen: Synthgen, tmp_path: Path) -> None:
    """A level that evolves another sees a kept row of it in the same split, and each has its level in the table."""

    def answer(body: dict[str, Any]) -> str:
        said = question(body).messages[-1]["content"]
        if said.startswith("Harder"):
            return json.dumps({"text": f"{said.removeprefix('Harder ')} times {body.get('seed', 0)}", "answer": "2"})
        words = " ".join(THINGS[(body.get("seed", 0) + step) % len(THINGS)] for step in (0, 3, 5))
        return json.dumps({"text": f"{words} {body.get('seed', 0)}", "answer": "1"})

    steps = [
        {"prompt": "ask.j2", "fills": ["text", "answer"], "when": {"level": ["1"]}},
        {"prompt": "harder.j2", "fills": ["text", "answer"], "when": {"level": ["2"]}},
    ]
    vary = {"level": {"values": [{"value": "1"}, {"value": "2", "evolves": "1"}]}}
    made = folder(tmp_path, steps=steps, vary=vary, balance=["level"], checks={"dedup": {"near": 1.0}})
    (made / "harder.j2").write_text("{% block user %}Harder {{ parent.text }}{% endblock %}", encoding="utf-8")
    with OpenAIServer(answer=answer) as server:
        assert run(synthgen, server, made)["kept"] == 6
    kept = pl.read_parquet("out/sums/kept.parquet")
    easy = set(kept.filter(pl.col("level") == 1)["text"])
    hard = kept.filter(pl.col("level") == 2)["text"].to_list()
    assert (len(easy), len(hard)) == (3, 3)
    assert {text.partition(" times ")[0] for text in hard} <= easy
