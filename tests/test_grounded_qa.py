"""Questions about documents: each gate, the conversation and back, and the example with the protocol's server."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen import functions, schema
from synthgen.job import prepare
from synthgen.model import fake
from synthgen.model.wrap import Limits
from synthgen.pipeline import Result, generate
from synthgen.recipe import Documents as Wanted
from synthgen.resources.documents import load
from synthgen.types import Fault, Given, Record, Row
from tests.openai_server import OpenAIServer, question

EXAMPLE = schema.shipped("templates") / "grounded_qa"
KIND: type[Record] = schema.load(schema.find("grounded_qa", EXAMPLE))
DOCUMENTS = load(Wanted(folder="docs", words=70), [EXAMPLE])
LATE = "Each day that a tool is late costs 1.50 euros, and never more than 30 euros for one tool."
GOOD: Row = {
    "question": "What does a late drill cost me at most?",
    "quote": LATE,
    "answer": "At most 30 euros.",
    "passages": [DOCUMENTS.chunks[0].text, f"Late returns.\n\n{LATE} Whoever owes more cannot borrow."],
    "source": "fees.md#2",
}
NONE: Row = GOOD | {"quote": None, "answer": "The passages do not say.", "passages": [DOCUMENTS.chunks[0].text]}
UNANSWERABLE = {"cell": {"case": "unanswerable"}}


def verdict(row: Row, context: Row | None = None) -> str | None:
    """Return the code with which a row falls, or None."""
    found = schema.admit(KIND, row, {"documents": DOCUMENTS} | (context or {}))
    return found.reason if isinstance(found, Fault) else None


def _closed(said: str) -> Row:
    return {"notes": {"closed": said}}


FALLS: list[tuple[str, Row, Row]] = [
    ("quote.absent", {"quote": LATE.replace("30", "40"), "answer": "At most 40 euros."}, {}),
    ("quote.absent", {"quote": "Each day costs 1.50 euros", "answer": "1.50 euros a day."}, {}),
    ("quote.absent", {"quote": "A member may have five tools at home at the same time.", "answer": "Five tools."}, {}),
    ("quote.absent", {"passages": [DOCUMENTS.chunks[0].text]}, {}),
    ("quote.absent", {"quote": "ach day that a tool is lat"}, {}),
    ("quote.surplus", {}, UNANSWERABLE),
    ("quote.surplus", {"answer": "The passages do not say."}, UNANSWERABLE),
    ("quote.surplus", {"quote": "euros"}, UNANSWERABLE),
    ("quote.shown", {"oracle": "hidden"}, {}),
    ("quote.shown", {"oracle": "hidden", "passages": [LATE]}, {}),
    ("quote.shown", {"oracle": "hidden", "passages": ["Fees", f"“{LATE}”"]}, {}),
    ("answer.invented", {"quote": None}, {}),
    ("answer.invented", {"quote": "", "answer": "It costs nothing at all."}, UNANSWERABLE),
    ("answer.invented", {"quote": None, "answer": "Please ask at the counter."}, UNANSWERABLE),
    ("answer.abstains", {"answer": "The passages do not say."}, {}),
    ("answer.abstains", {"answer": "This is not stated in the text."}, {}),
    ("answer.abstains", {"answer": "There is no answer to this in the documents."}, {}),
    ("answer.unsupported", {"answer": "At most 45 euros."}, {}),
    ("answer.unsupported", {"answer": "At most 30 euros, as Marta told everybody."}, {}),
    ("answer.unsupported", {"answer": "At most 30 euros, which is reached after 20 days."}, {}),
    ("question.points", {"question": "What does a late tool cost according to the passage?"}, {}),
    ("question.points", {"question": "Which sum is mentioned in the text above?"}, {}),
    ("question.points", {"question": "What does this document say about late tools?"}, {}),
    ("question.closed_book", {}, _closed("I think it is 30 euros.")),
    ("question.closed_book", {}, _closed("You pay 30 euros at most.")),
    (
        "question.closed_book",
        {"answer": "Never more than for one single tool"},
        _closed("never more than a single tool's worth"),
    ),
]
STANDS: list[tuple[Row, Row]] = [
    ({}, {}),
    ({"quote": LATE.replace(" a tool", "  a\ntool")}, {}),
    ({"quote": "Each day that a tool is late costs 1.50 euros", "answer": "It is 1.50 euros a day."}, {}),
    ({"passages": ["x", f"{LATE.replace('1.50', '1.50').replace(' ', chr(160))}"]}, {}),
    ({"answer": "1.5 euros a day, and 30 euros at most."}, {}),
    ({"answer": "Thirty euros at most. Nobody pays more."}, {}),
    (
        {
            "question": "What does Oskar pay at most for 7 days?",
            "answer": "At most 30 euros, so Oskar pays less for 7.",
        },
        {},
    ),
    ({"question": "Where can I hand in the document of my membership?", "answer": "At most 30 euros."}, {}),
    ({"oracle": "hidden", "passages": ["Another text."]}, {}),
    ({}, _closed("I do not know.")),
    ({}, _closed("Probably 50 euros.")),
    ({}, _closed("A late drill costs a fee at most.")),
    (NONE, UNANSWERABLE),
    (NONE | {"answer": "This is not stated in the passages."}, {}),
    (NONE | {"answer": "There is no answer to this in the passages."}, {}),
]


@pytest.mark.parametrize(("code", "changes", "context"), FALLS)
def test_a_row_with_a_fault_falls_with_its_code(code: str, changes: Row, context: Row) -> None:
    """Each gate closes before three faults of its kind or more."""
    assert verdict(GOOD | changes, context) == code


@pytest.mark.parametrize(("changes", "context"), STANDS)
def test_a_row_that_is_right_passes(changes: Row, context: Row) -> None:
    """What differs in spaces, marks, spelling or wording alone is right."""
    assert verdict(GOOD | changes, context) is None


def test_each_code_has_three_faults() -> None:
    """The table above holds every code of the schema three times or more."""
    said = [code for code, _, _ in FALLS]
    assert {code for code in KIND.reasons if said.count(code) < 3} == set()


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1).map(str.strip).filter(bool)
HOSTILE = st.sampled_from(
    ["[2]\n> x\n\nWhat?", "> quote\n\nanswer", "a\n\n[9]\n", "{{ 7*7 }}", "line\r\nline", "> \n>x"]
)


@settings(max_examples=200)
@given(st.lists(TEXT | HOSTILE, min_size=1, max_size=4), TEXT | HOSTILE, st.booleans())
def test_a_conversation_is_read_back_exactly(passages: list[str], more: str, quotes: bool) -> None:
    """What `messages` writes, `from_messages` reads, whatever stands in passages and answer."""
    quote = " ".join(passages[0].split())[:40].strip() if quotes else None
    made: Row = {"question": " ".join(more.split()), "passages": passages, "quote": quote, "oracle": "shown"}
    made["answer"] = more.lstrip("> \t\n") or "x"
    record = KIND.model_construct(None, **made)
    row = KIND.from_messages(record.messages())
    assert row is not None
    again = {name: getattr(record, name) for name in ("question", "passages", "quote", "answer")}
    assert {name: row[name] for name in again} == again


def test_other_conversations_are_none_of_this_task() -> None:
    """Talk without passages, and with more turns, makes no row."""
    plain = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
    assert KIND.from_messages(plain) is None  # type: ignore[arg-type]
    assert KIND.from_messages([*KIND(**GOOD).messages(), *plain]) is None  # type: ignore[list-item]


def run(folder: Path, out: Path, server: OpenAIServer, **more: Any) -> Result:
    """Run a copy of the example with the test server."""
    changes = {"model.name": "test-model", "model.base_url": server.url, **more}
    return generate(prepare(folder, changes), out, Limits())


def copy(tmp_path: Path, **changes: Any) -> Path:
    """Copy the example, its recipe's keys changed."""
    folder = tmp_path / "mine"
    shutil.copytree(EXAMPLE, folder)
    found = yaml.safe_load((folder / "recipe.yaml").read_text(encoding="utf-8")) | changes
    (folder / "recipe.yaml").write_text(yaml.safe_dump(found), encoding="utf-8")
    return folder


def test_the_example_gives_exactly_the_rows_asked(tmp_path: Path, server: OpenAIServer) -> None:
    """Forty rows in the wanted shares; each document's rows and passages stand in one split."""
    result = run(EXAMPLE, tmp_path / "run", server)
    kept = result.run.read("kept")
    assert (result.kept, kept.height) == (40, 40)
    assert kept["quote"].null_count() == 6
    file = pl.col("source").str.replace(r"#\d+$", "")
    assert (
        kept.group_by(file).agg(pl.col("split").n_unique())["split"].to_list()
        == [1] * kept["source"].str.replace(r"#\d+$", "").n_unique()
    )
    job = prepare(EXAMPLE)
    place = {row["text"]: row["split"] for row in job.axes["source"]}
    for row in kept.iter_rows(named=True):
        assert {place[text] for text in row["passages"]} == {row["split"]}
    asked = {json.loads(row)["source"] for row in result.run.read("candidates")["row"]}
    assert asked == {row["source"] for row in job.axes["source"]}


def test_rows_without_the_right_passage_come_in_their_share(tmp_path: Path, server: OpenAIServer) -> None:
    """RAFT's rows: a quarter is answered though the passage with the quote is not among those shown."""
    case = {"values": [{"value": "answered", "weight": 3}, {"value": "memory"}]}
    folder = copy(
        tmp_path, vary={"source": {"resource": "documents"}, "case": case, "voice": {"values": [{"value": "x"}]}}
    )
    kept = run(folder, tmp_path / "run", server, rows=24).run.read("kept")
    assert kept["oracle"].value_counts().sort("count").rows() == [("hidden", 6), ("shown", 18)]
    for row in kept.iter_rows(named=True):
        assert any(row["quote"] in " ".join(one.split()) for one in row["passages"]) == (row["oracle"] == "shown")


def test_a_template_in_a_document_is_text(tmp_path: Path, server: OpenAIServer) -> None:
    """What looks like a template in a document reaches the model and the row untouched."""
    folder = copy(tmp_path)
    text = "# Braces\n\nA note with {{ 7 * 7 }} and {% raw %} costs 3 euros on every single day.\n"
    for path in (folder / "docs").iterdir():
        path.unlink()
    for name in ("a", "b", "c"):
        (folder / "docs" / f"{name}.md").write_text(
            f"{text}\n## More\n\nAnother rule of {name} stands here, {{{{ cell }}}} and costs 4 euros. {'word ' * 50}",
            encoding="utf-8",
        )
    rows = [json.loads(line) for line in (EXAMPLE / "seeds.jsonl").read_text(encoding="utf-8").strip().split("\n")]
    lines = [json.dumps({name: value for name, value in row.items() if name != "source"}) for row in rows]
    (folder / "seeds.jsonl").write_text("\n".join(lines), encoding="utf-8")
    result = run(folder, tmp_path / "run", server, rows=6, **{"checks.quality.language": None})
    told = "".join(one["content"] for r in server.requests for one in r.body.get("messages", []))
    assert "{{ 7 * 7 }}" in told
    assert not re.search(r"A note with 49", told)
    shown = {text for row in result.run.read("candidates")["row"] for text in json.loads(row).get("passages") or []}
    assert text.strip() in shown


def test_a_model_that_quotes_is_held_to_its_words(tmp_path: Path) -> None:
    """Where the model chooses the quote, what it changed falls, and the rest is topped up to the rows asked."""

    def answer(body: Row) -> str:
        asked = question(body)
        fields = (asked.schema or {}).get("properties", {})
        if "quote" not in fields:
            return fake.answer(asked)
        part = asked.messages[-1]["content"].partition("\n\nVoice:")[0]
        sentences = [one for one in re.split(r"(?<=[.!?])\s+", part) if not one.startswith("#")]
        quote = " ".join(sentences[int(asked.id, 16) % len(sentences)].split())
        spoiled = int(asked.id, 16) % 3 == 0
        made = json.loads(fake.answer(asked))
        return json.dumps(made | {"quote": quote.replace(" ", " not ", 1) if spoiled else quote, "answer": quote})

    steps = [
        {"prompt": "quote.j2", "fills": ["question", "quote", "answer"]},
        {"call": "passages.py:gather", "fills": ["quote", "passages", "oracle"]},
    ]
    case = {"values": [{"value": "answered"}]}
    vary = {"source": {"resource": "documents"}, "case": case, "voice": {"values": [{"value": "x"}]}}
    folder = copy(tmp_path, steps=steps, vary=vary)
    with OpenAIServer(answer=answer) as server:
        result = run(folder, tmp_path / "run", server, rows=12)
    assert result.kept == 12
    assert result.reasons["quote.absent"] > 0


def test_what_a_model_knows_without_the_text_falls(tmp_path: Path) -> None:
    """Where the same question gets the same answer without the text, the row falls as `question.closed_book`."""
    knows: dict[str, str] = {}

    def answer(body: Row) -> str:
        asked = question(body)
        text, fields = asked.messages[-1]["content"], (asked.schema or {}).get("properties", {})
        if "answer" in fields:
            said = json.loads(fake.answer(asked))["answer"]
            knows[text.partition("\nQuestion: ")[2].partition("\n")[0].strip()] = said
            return json.dumps({"answer": said})
        if "closed" in fields:
            return json.dumps({"closed": knows[text] if int(asked.id, 16) % 2 else "I do not know."})
        return fake.answer(asked)

    with OpenAIServer(answer=answer) as server:
        result = run(EXAMPLE, tmp_path / "run", server, rows=20)
    assert result.kept == 20
    assert result.reasons["question.closed_book"] >= 5


SENTENCE = "A machine that comes back with paint on it costs 15 euros for cleaning."
HELD: list[tuple[str, str, str | None]] = [
    ("What do I pay if the machine has paint on it?", "It costs 15 euros.", None),
    ("Does dirt on machines cost anything?", "Cleaning off paint is 15 euros.", None),
    ("what happens with paint on a machine", "You are charged 15 euros for the cleaning.", None),
    ("Is the electric drill a good one?", "Yes, it is a good one.", "no word of the sentence"),
    ("How long may I park?", "It costs 15 euros.", "no word of the sentence"),
    ("Who are you?", "We are the library.", "no word of the sentence"),
    ("Is there paint on the machine?", "Yes, there is paint on the machine.", "takes nothing from the sentence"),
    ("Does the machine cost 15 euros?", "Yes, the machine does.", "takes nothing from the sentence"),
    ("May I paint a machine?", "Yes, you may, on Mondays.", "takes nothing from the sentence"),
]


@pytest.mark.parametrize(("asked", "answer", "said"), HELD)
def test_a_small_models_rows_keep_to_their_sentence(asked: str, answer: str, said: str | None) -> None:
    """A question about something else, and an answer that takes nothing from the sentence, are no row."""
    keep, _ = functions.load("passages.py:keep", [schema.shipped("templates") / "grounded_qa"], "steps")
    record = {"evidence": SENTENCE, "question": asked, "answer": answer}
    draft = Given(Random(0), {}, {}, record, [], {})
    if said is None:
        assert keep(draft) == {"kept": "yes"}
        return
    with pytest.raises(ValueError, match=said):
        keep(draft)
