"""Somebody else's columns: each known format is read as its task's fields, said aloud, and refused in one message."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synthgen import audit, cli, columns, export, schema, seeds, views
from synthgen.errors import InputError, SeedError
from synthgen.store.run import Run
from synthgen.types import Fault, Message, Record, Row

CLASSES = schema.load(schema.find("classification", Path()))
ORDERS = schema.load(schema.find("instruction", Path()))
KINDS = {"classification": CLASSES, "instruction": ORDERS}

ASKED = [
    ("List three ways to back up a laptop, please.", None, "Use a disk, a server or a cloud."),
    ("Sort these words by their length.", "pear, fig, banana", "They are fig, pear and banana."),
    ("Why does my printer show a blinking light?", None, "It is out of paper, so add some."),
]
SAID = [("Somebody took my card on the bus.", "card"), ("What does a paper statement cost?", "fees")]


def _turns(asked: str, said: str) -> list[Message]:
    return [{"role": "user", "content": asked}, {"role": "assistant", "content": said}]


def _theirs(asked: str, said: str) -> list[Row]:
    return [
        {"from": "system", "value": "Be kind."},
        {"from": "human", "value": asked},
        {"from": "gpt", "value": said},
    ]


def _talks(pairs: Sequence[tuple[str, str]]) -> dict[str, list[Row]]:
    """Write pairs of a question and its answer in each format of conversations."""
    return {
        "chat messages": [{"messages": _turns(*one)} for one in pairs],
        "ShareGPT": [{"conversations": _theirs(*one)} for one in pairs],
        "prompt/completion": [{"prompt": asked, "completion": said} for asked, said in pairs],
        "prompt/response": [{"prompt": asked, "response": said} for asked, said in pairs],
        "question/answer": [{"question": asked, "answer": said} for asked, said in pairs],
        "prompt/completion of chat messages": [
            {"prompt": _turns(*one)[:1], "completion": _turns(*one)[1:]} for one in pairs
        ],
    }


def _whole(asked: str, given: str | None) -> str:
    return f"{asked}\n\n{given}" if given else asked


FORMATS: list[tuple[str, str, list[Row]]] = [
    *(("classification", form, rows) for form, rows in _talks(SAID).items()),
    *(
        ("classification", f"{text}/{label}", [{text: one, label: two, "id": 7} for one, two in SAID])
        for text, label in [
            ("text", "label"), ("sentence", "category"), ("utterance", "intent"), ("query", "class"),
            ("message", "topic"), ("Text", "Label"),
        ]
    ),
    *(
        ("instruction", form, rows)
        for form, rows in _talks([(_whole(one, two), three) for one, two, three in ASKED]).items()
        if form not in {"prompt/completion", "prompt/response", "question/answer"}
    ),
    *(
        ("instruction", f"{asked}/{said}", [{asked: one, "context": two, said: three} for one, two, three in ASKED])
        for asked, said in [("prompt", "completion"), ("prompt", "response"), ("question", "answer")]
    ),
    ("instruction", "Alpaca", [{"instruction": one, "input": two or "", "output": three} for one, two, three in ASKED]),
    ("instruction", "instruction/response", [{"instruction": a, "input": b, "response": c} for a, b, c in ASKED]),
]  # fmt: skip
FIELDS = {
    "classification": [{"text": one, "label": two} for one, two in SAID],
    "instruction": [
        {"instruction": one, "response": three} | ({"input": two} if two else {}) for one, two, three in ASKED
    ],
}


def _write(rows: list[Row], path: Path) -> Path:
    if path.suffix == ".parquet":
        pl.DataFrame(rows).write_parquet(path)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def _read(source: Path, kind: type[Record]) -> Iterator[Row | Fault]:
    """Give each row of a file as a record's fields, as `filter` reads it."""
    first, rows = columns.peek(seeds.read(str(source), Path()))
    reading = columns.hold(kind, first, str(source))
    for _, row in rows:
        fields = reading(row)
        record = fields if isinstance(fields, Fault) else schema.admit(kind, fields, {})
        yield record if isinstance(record, Fault) else record.model_dump(exclude_none=True)


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
@pytest.mark.parametrize(("task", "form", "rows"), FORMATS, ids=[f"{task} {form}" for task, form, _ in FORMATS])
def test_each_format_gives_the_same_records(task: str, form: str, rows: list[Row], suffix: str, tmp_path: Path) -> None:
    """Each known format is read as the task's fields and named, by `filter` as by a recipe's seeds; no byte changes."""
    path = _write(rows, tmp_path / f"theirs.{suffix}")
    before = sha256(path.read_bytes()).hexdigest()
    assert list(_read(path, KINDS[task])) == FIELDS[task]
    result = audit.audit(str(path), task, tmp_path / "out", None)
    assert result.notes[0].startswith(f"read as {form}: ")
    assert result.waterfall[0] == ("validate", len(rows), len(rows))
    found = seeds.load(path.name, tmp_path, KINDS[task], {})
    assert [seed.record.model_dump(exclude_none=True) for seed in found] == FIELDS[task]
    assert sha256(path.read_bytes()).hexdigest() == before


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1).map(str.strip).filter(bool)
WORDS = st.lists(st.text("abcdefgh?.", min_size=1), min_size=3, max_size=6).map(" ".join)
RECORDS = st.one_of(
    st.builds(
        CLASSES, text=TEXT, label=WORDS, secondary=st.none() | TEXT, rationale=st.none() | TEXT
    ),
    st.builds(ORDERS, instruction=WORDS, input=st.none() | TEXT, response=TEXT),
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records=st.lists(RECORDS, min_size=1, max_size=4))
def test_export_and_back(records: list[Record], tmp_path: Path) -> None:
    """What `export` writes of kept rows, as messages or as a table, is read as the same records again."""
    records = [one for one in records if type(one) is type(records[0])]
    kind = type(records[0])
    task = next(name for name, known in KINDS.items() if known is kind)
    run = Run(tmp_path / "run")
    rows = [{"id": str(at), "split": "train", **one.model_dump()} for at, one in enumerate(records)]
    run.write("kept", views.table(rows, kind))
    run.schema.write_text(schema.find(task, Path()).read_text(encoding="utf-8"), encoding="utf-8")
    for path in (one for one in export.export(run) if one.stem == "train"):
        assert list(_read(path, kind)) == [one.model_dump(exclude_none=True) for one in records]


@given(asked=TEXT, more=TEXT, said=TEXT)
def test_a_conversation_is_never_lost(asked: str, more: str, said: str) -> None:
    """Whatever a question has for paragraphs, the record that is read from it gives the same conversation again."""
    turns = ORDERS.model_validate({"instruction": f"{asked}\n\n{more}", "response": said}).messages()
    fields = ORDERS.from_messages([{"role": "system", "content": "Be kind."}, *turns])
    assert fields is not None
    assert ORDERS.model_validate(fields).messages() == turns


def test_the_guess_does_not_hang_on_the_order_of_rows(tmp_path: Path) -> None:
    """Rows the other way round, with their keys the other way round, are read the same."""
    rows: list[Row] = [{"query": f"Where is card {at}?", "topic": "card"} for at in range(9)]
    rows += [{"id": 1}, {"message": "Where is it?", "intent": "card"}, {"text": "x", "class": 3}]
    turned = [dict(reversed(row.items())) for row in reversed(rows)]
    assert columns.recognise(CLASSES, rows) == columns.recognise(CLASSES, turned)
    task, reading = columns.guess(rows, "x")
    assert (task, reading.fields) == ("classification", {"text": "query", "label": "topic"})
    assert reading.unused == ("class", "id", "intent", "message", "text")
    read = _read(_write(rows, tmp_path / "a.jsonl"), CLASSES)
    assert next(read) == {"text": "Where is card 0?", "label": "card"}


def test_filter_says_what_it_guessed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --task the notes name the format, each field's column, what is not used, and the task."""
    rows = [
        {"instruction": a, "input": b or "", "output": c, "id": 1, "split": "train"} for a, b, c in ASKED
    ]  # fmt: skip
    path = _write(rows, tmp_path / "theirs.jsonl")
    monkeypatch.setattr("sys.argv", ["synthgen", "filter", str(path), "--json", "--out", str(tmp_path / "out")])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 0
    said = json.loads(capsys.readouterr().out)
    assert said["notes"][:2] == [
        "read as Alpaca: instruction ← instruction, input ← input, response ← output; not used: id",
        "nobody said what the rows are; their columns fit the task instruction",
    ]
    assert said["kept"] == 3


@pytest.mark.parametrize(
    ("names", "task"),
    [
        ("instruction response sentence topic", "instruction"),
        ("prompt completion", "instruction"),
        ("question answer id", "instruction"),
        ("text label prompt response context", "classification"),
        ("Category Message", "classification"),
    ],
)
def test_the_surest_task_is_guessed(names: str, task: str) -> None:
    """A task's own field names are surer than others' names for them, and those surer than turns."""
    assert columns.guess([dict.fromkeys(names.split(), "some text")], "x")[0] == task


def test_a_greeting_is_no_instruction() -> None:
    """A question is split at its first blank line, unless a greeting stands above it."""
    for above, split in [("Sort these words, please.", True), ("Hi team,", False), ("Hello dear support,", False)]:
        fields = ORDERS.from_messages(_turns(f"{above}\n\npear, fig", "fig, pear")) or {}
        assert fields.get("input") == ("pear, fig" if split else None)


def test_conversations_as_text_in_a_table(tmp_path: Path) -> None:
    """A CSV file holds conversations as JSON in a column of texts; an answer that looks like a list is a text."""
    rows = [{"messages": json.dumps(_turns(*one))} for one in SAID]
    pl.DataFrame(rows).write_csv(tmp_path / "a.csv")
    assert list(_read(tmp_path / "a.csv", CLASSES)) == FIELDS["classification"]
    path = _write([{"prompt": "Count to two, please.", "completion": "[1, 2]"}], tmp_path / "b.jsonl")
    assert list(_read(path, ORDERS)) == [{"instruction": "Count to two, please.", "response": "[1, 2]"}]


def test_system_turns_are_named_as_left_out(tmp_path: Path) -> None:
    """A note says that system turns are not used."""
    path = _write(_talks(SAID)["ShareGPT"], tmp_path / "theirs.jsonl")
    notes = audit.audit(str(path), "classification", tmp_path / "out", None).notes
    assert notes[0] == "read as ShareGPT: text, label ← conversations; not used: system turns"


@pytest.mark.parametrize(
    ("rows", "task", "says"),
    [
        (_talks(SAID)["chat messages"], "", "columns fit chat and classification and instruction (found: messages)"),
        ([{"foo": "a", "bar": "b"}], "", "their columns fit no task (found: bar, foo)"),
        ([{"txet": "a", "label": "b"}], "classification", "there is no column for 'text' (found: label, txet)"),
        ([{"messages": "none"}], "instruction", ""),
    ],
)
def test_columns_that_say_nothing(
    rows: list[Row], task: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Columns that fit several tasks or none end with exit code 2 and one message that lists them."""
    path = _write(rows, tmp_path / "theirs.jsonl")
    line = ["synthgen", "filter", str(path), "--out", str(tmp_path / "out"), *(["--task", task] if task else [])]
    monkeypatch.setattr("sys.argv", line)
    with pytest.raises(SystemExit) as end:
        cli.main()
    printed = capsys.readouterr()
    assert end.value.code == (2 if says else 0)
    if says:
        assert says in printed.err
        assert printed.err.count("\n") == 2
        assert not (tmp_path / "out").exists()


BROKEN: list[Any] = [
    _turns("Why is the sky blue?", "Because of the air.") * 2,
    [], None, "no list", [1, 2], [None], {"role": "user"}, 3.5,
    [{"role": "user", "content": "Alone, I am."}],
    [{"role": None, "content": "x"}, {"role": "assistant", "content": "y"}],
    [{"role": "user", "content": {"a": 1}}, {"role": "assistant", "content": "y"}],
    [{"role": "user", "content": "Call it."}, {"role": "assistant", "content": "", "tool_calls": [{"id": 1}]}],
    [{"role": "user", "content": "\ud800"}, {"role": "assistant", "content": "y"}],
    [{"role": "user", "content": ""}, {"role": "assistant", "content": ""}],
]  # fmt: skip


@pytest.mark.parametrize("task", KINDS)
def test_broken_rows_are_candidates_with_a_fault(task: str, tmp_path: Path) -> None:
    """Conversations of several turns, none, or of something else fall with what is wrong; the good rows stay."""
    good = [{"messages": _turns(_whole(one, two), three)} for one, two, three in ASKED]
    path = _write([*({"messages": one} for one in BROKEN), {"id": float("nan")}, *good], tmp_path / "mixed.jsonl")
    result = audit.audit(str(path), task, tmp_path / "out", None)
    count = len(BROKEN) + 1
    assert result.waterfall[0] == ("validate", count + len(good), len(good))
    assert result.reasons["validate.schema"] == count
    said = Run(tmp_path / "out").read("rejected")["evidence"].to_list()
    assert said[0] == "messages: 4 turns (user, assistant, user, assistant) do not make one row of this task"
    assert "messages: Field required" in said
    assert "messages: turn 2 calls a tool that has no name" in said
    assert "messages: this is no list of turns with role and content" in said


def test_broken_values_of_plain_columns(tmp_path: Path) -> None:
    """Values of any kind in a column of texts are faults or texts, and never a traceback."""
    values: list[Any] = [float("nan"), {"a": float("inf")}, "\ud800", True, [], ["a", "b"], None]
    rows = [{"query": value, "topic": "card", "split": "\ud800"} for value in values]
    rows += [{"query": "Where is my card?", "topic": 3}] * 9
    result = audit.audit(str(_write(rows, tmp_path / "a.jsonl")), "", tmp_path / "out", None)
    assert result.reasons["validate.schema"] == len(values)
    assert Run(tmp_path / "out").read("kept")["label"].to_list() == ["3"]


@pytest.mark.parametrize("kind", ["folder", "parquet"])
def test_numbered_classes_are_read_by_name(kind: str, tmp_path: Path) -> None:
    """A column of classes gives their names, from a folder of `datasets` as from the Parquet that it writes."""
    datasets = pytest.importorskip("datasets")
    features = datasets.Features(text=datasets.Value("string"), label=datasets.ClassLabel(names=["card", "fees"]))
    table = datasets.Dataset.from_dict({"text": ["a b c", "d e f", "g h i"], "label": [1, 0, -1]}, features=features)
    path = tmp_path / ("folder" if kind == "folder" else "theirs.parquet")
    if kind == "folder":
        table.save_to_disk(str(path))
    else:
        table.to_parquet(str(path))
    first, second, none = _read(path, CLASSES)
    assert (first, second) == ({"text": "a b c", "label": "fees"}, {"text": "d e f", "label": "card"})
    assert none == Fault("validate.schema", "label: Field required")


def test_seeds_keep_their_strictness(tmp_path: Path) -> None:
    """A misspelt column is still an error beside a foreign one, and a conversation of four turns names its line."""
    _write([{"sentence": "Where is my card?", "label": "card", "secondery": "x"}], tmp_path / "a.jsonl")
    with pytest.raises(SeedError, match="the column 'secondery' is none of the task's fields"):
        seeds.load("a.jsonl", tmp_path, CLASSES, {})
    _write([{"messages": _turns(*SAID[0])}, {"messages": _turns(*SAID[1]) * 2}], tmp_path / "b.jsonl")
    with pytest.raises(SeedError, match="messages: 4 turns") as caught:
        seeds.load("b.jsonl", tmp_path, CLASSES, {})
    assert caught.value.where.endswith("b.jsonl:2")


def test_a_schema_without_turns_is_read_by_its_names_alone() -> None:
    """A user's own schema that says nothing of foreign columns takes its own, and refuses conversations."""

    class Ticket(Record):
        subject: str

    assert columns.recognise(Ticket, [{"subject": "x"}]) is not None
    with pytest.raises(InputError, match="there is no column for 'subject'"):
        columns.hold(Ticket, [{"messages": _turns("a", "b")}], "x")
