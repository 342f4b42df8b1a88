"""Formats: for each task and each format that fits, what is written is read back as the same rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen import columns, export, formats, schema, seeds, views
from synthgen.errors import InputError
from synthgen.formats.conversation import decoded
from synthgen.formats.services import nine
from synthgen.store.run import Run
from synthgen.types import Fault, Record, digest
from tests.command import Synthgen
from tests.samples import CALLING, PREFERRED, SAMPLES, TALKING, WEATHER, Calling, Preferred

NAMES = [one.name for one in formats.FORMATS]


def shipped(task: str) -> list[Record]:
    """Return the seeds of a shipped task."""
    kind = schema.load(schema.find(task, Path()))
    folder = schema.shipped("templates") / task
    return [one.record for one in seeds.load("seeds.jsonl", folder, kind, {})]


def laid(folder: Path, records: list[Any]) -> Run:
    """Return a run that kept these records."""
    run = Run(folder)
    kind = type(records[0])
    rows = [
        {"id": f"row{at}", "split": "test" if at == 1 else "train", **one.model_dump()}
        for at, one in enumerate(records)
    ]
    run.write("kept", views.table(rows, kind))
    if kind.__module__ == "tests.samples":
        run.schema.write_text(
            f"from tests.samples import {kind.__name__} as Known\n\n\nclass Again(Known):\n    pass\n"
        )
    else:
        run.schema.write_text(
            Path(str(__import__("sys").modules[kind.__module__].__file__)).read_text("utf-8"), "utf-8"
        )
    return run


def back(folder: Path, kind: type[Record]) -> list[Any]:
    """Return what `filter` reads of a folder's files."""
    found = []
    for path in sorted([*folder.glob("*.jsonl"), *folder.glob("*.parquet")], reverse=True):  # train, then test
        first, rows = columns.peek(seeds.read(str(path), Path()))
        reading = columns.hold(kind, first, str(path))
        for _, row in rows:
            fields = reading(row)
            found.append(fields if isinstance(fields, Fault) else schema.admit(kind, fields, {}))
    return found


def rows_in(path: Path) -> list[Any]:
    """Return the rows of a JSONL file."""
    return [json.loads(line) for line in path.read_text("utf-8").split("\n")[:-1]]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("sample", [*SAMPLES, *schema.tasks()])
def test_written_and_read_back(sample: str, name: str, tmp_path: Path) -> None:
    """Each format that fits gives the same records again; one that does not says why, and writes nothing."""
    records: list[Any] = SAMPLES.get(sample) or shipped(sample)
    run = laid(tmp_path, records)
    form = formats.find(name)
    reasons = {said for one in records if (said := form.fits(one))}
    if reasons:
        with pytest.raises(InputError, match=f"the format {name} does not fit"):
            export.export(run, [name])
        assert not run.export.exists()
        return
    export.export(run, [name])
    expected = [*(one for at, one in enumerate(records) if at != 1), records[1]]
    found = back(run.export / name, type(records[0]))
    assert [formats.Conversation.of(one) for one in found] == [formats.Conversation.of(one) for one in expected]
    beside = {key for one, other in zip(found, expected, strict=True) for key in _differ(one, other)}
    assert not beside or name != "parquet"
    assert beside == BESIDE.get(sample, set()) or name == "parquet"


BESIDE = {
    "chat": {"moderation", "primary", "secondary", "products"},
    "preference": {"flaw"},
    "tool_call": {"kind"},
    "grounded_qa": {"source"},
    "reasoning": {"expression"},
}
"""What a task keeps beside its conversation, so that only its table can give it back."""


def _differ(one: Record, other: Record) -> set[str]:
    return {name for name in type(one).model_fields if getattr(one, name) != getattr(other, name)}


def test_each_format_is_listed_once() -> None:
    """Names differ, and each format says who reads it and where its rules stand."""
    assert len(set(NAMES)) == len(NAMES)
    assert all(one.readers and one.source.startswith("https://") for one in formats.FORMATS)


ILL = [
    ("chosen-rejected", CALLING[0], "it needs a rejected answer, and the row has none"),
    ("alpaca", CALLING[0], "it has no tools"),
    ("question-answer", TALKING[0], "it has no system turn"),
    ("messages", PREFERRED[0], "there is no place for the rejected answer"),
    ("messages", CALLING[0], ""),
    ("mistral", CALLING[1], ""),
]


@pytest.mark.parametrize(("name", "record", "says"), ILL)
def test_what_does_not_fit_says_why(name: str, record: Record, says: str) -> None:
    """A format that would lose something says so in one sentence."""
    assert formats.find(name).fits(record) == says


def _talk(*turns: dict[str, Any]) -> formats.Conversation:
    return formats.Conversation([{"content": "x", **turn} for turn in turns])  # type: ignore[typeddict-item]


CALL = {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}
USER, DONE = {"role": "user"}, {"role": "assistant"}
TWO = {"role": "assistant", "content": "", "tool_calls": [CALL, {**CALL, "id": "b"}]}


@pytest.mark.parametrize(
    ("talk", "says"),
    [
        (_talk(USER), "the last turn must be the assistant's"),
        (_talk(USER, DONE, DONE), "the turn before the answer must be the user's or a tool's"),
        (_talk(USER, {"role": "tool", "tool_call_id": "a"}, DONE), "a tool's turn must name a call"),
        (_talk(USER, DONE, {"role": "system"}, USER, DONE), "a turn of system stands where one of user must"),
        (_talk(USER, TWO, {"role": "tool", "tool_call_id": "a"}, DONE), "a turn of assistant stands where one of tool"),
        (_talk(USER, {**TWO, "content": "Wait."}), "a turn has text or calls, and not both"),
    ],
)
def test_rules_of_conversations(talk: formats.Conversation, says: str) -> None:
    """Conversations out of order fall by the rule that they break, in the strictest format."""
    rules = formats.find("mistral").rules
    assert next(said for rule in rules if (said := rule(talk))).startswith(says)


def test_results_that_cannot_be_told_apart() -> None:
    """ShareGPT has no names for calls: results in another order, or with the mark between them, do not fit."""
    first, second = ({"role": "tool", "tool_call_id": name} for name in "ab")
    (rule,) = formats.find("sharegpt").rules[-1:]
    assert rule(_talk(USER, TWO, first, second, DONE)) == ""
    assert rule(_talk(USER, TWO, second, first, DONE)) == "results must come in the order of their calls"
    marked = {**first, "content": "1\n</tool_response>\n<tool_response>\n2"}
    assert rule(_talk(USER, TWO, marked, second, DONE)) == "a tool's result must not hold the mark between results"


def test_names_of_calls_for_mistral() -> None:
    """Nine letters and digits, the same each time; those that count are read as they were."""
    assert [nine("call_1"), nine("abcDEF123"), nine("call_x-9")] == ["call00001", "abcDEF123", digest("call_x-9", 9)]
    talk = formats.find("mistral").read(formats.find("mistral").row(CALLING[0]))
    assert isinstance(talk, formats.Conversation)
    assert list(talk.messages) == CALLING[0].messages()


def test_a_weight_is_openais_alone() -> None:
    """OpenAI's file carries what should not be learnt, and it comes back; other files leave it out."""
    record = TALKING[0]
    turns = record.messages()
    turns[2]["weight"] = 0
    weighted = type(record).model_validate({"messages_said": turns})
    row = formats.find("openai").row(weighted)
    assert [one.get("weight") for one in row["messages"]] == [None, None, 0, None, None]
    assert formats.find("openai").read(row) == formats.Conversation(turns, [])
    for name in ("messages", "mistral", "axolotl"):
        assert not any("weight" in one for one in formats.find(name).row(weighted)["messages"])


ROWS = {
    "messages": {"messages": [{"role": "user", "content": "What time is it?"}, {"role": "assistant", "content": "",
        "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "clock", "arguments": {}}}]},
        {"role": "tool", "content": "12:30", "tool_call_id": "call_1"},
        {"role": "assistant", "content": "Half past twelve."}]},
    "openai": {"messages": [{"role": "user", "content": "What time is it?"}, {"role": "assistant",
        "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "clock", "arguments": "{}"}}]},
        {"role": "tool", "content": "12:30", "tool_call_id": "call_1"},
        {"role": "assistant", "content": "Half past twelve."}]},
    "sharegpt": {"conversations": [{"from": "human", "value": "What time is it?"},
        {"from": "function_call", "value": '{"name": "clock", "arguments": {}}'},
        {"from": "observation", "value": "12:30"}, {"from": "gpt", "value": "Half past twelve."}]},
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_rows_to_the_letter(name: str) -> None:
    """A row with a call has exactly the keys of its format, its arguments as object or as text."""
    row = formats.find(name).row(CALLING[3])
    del row["tools"]
    assert row == ROWS[name]


def test_two_answers_to_the_letter() -> None:
    """Each format for preferences has prompt and both answers under its own keys."""
    asked = [{"role": "user", "content": "How do I reset device 1?"}]
    good, bad = ({"role": "assistant", "content": said} for said in ("Hold its key for 1 seconds.", "No idea."))
    expected = {
        "chosen-rejected": {"prompt": asked, "chosen": [good], "rejected": [bad]},
        "openai-preference": {
            "input": {"messages": asked}, "preferred_output": [good], "non_preferred_output": [bad],
        },
        "axolotl": {"messages": asked, "chosen": good, "rejected": bad},
        "llama-factory": {
            "conversations": [{"from": "human", "value": "How do I reset device 1?"}],
            "chosen": {"from": "gpt", "value": "Hold its key for 1 seconds."},
            "rejected": {"from": "gpt", "value": "No idea."},
        },
    }  # fmt: skip
    assert {name: formats.find(name).row(PREFERRED[0]) for name in expected} == expected


def test_whole_conversations_with_two_ends() -> None:
    """Two conversations that part at the last turn are read as one with a rejected answer; others are not."""
    chosen, rejected = PREFERRED[0].messages(), [PREFERRED[0].messages()[0], *PREFERRED[0].rejected()]
    reading = columns.recognise(Preferred, [{"chosen": chosen, "rejected": rejected}])
    assert reading is not None
    assert reading({"chosen": chosen, "rejected": rejected}) == PREFERRED[0].model_dump()
    apart = [{"role": "user", "content": "Else?"}, *PREFERRED[0].rejected()]
    assert reading({"chosen": chosen, "rejected": apart}) == Fault(
        "validate.schema", "rejected: the turns before the last are not those of chosen"
    )


def test_calls_are_never_lost_in_silence() -> None:
    """A task that has no place for calls refuses a conversation with them, and says which turn."""
    kind = schema.load(schema.find("instruction", Path()))
    turns = CALLING[1].messages()
    turns[1]["content"] = "I send it now, twice, as you wish."
    plain = [{"role": "user", "content": "Say it again."}, {"role": "assistant", "content": "Well, so be it."}]
    reading = columns.recognise(kind, [{"messages": plain}, {"messages": plain}, {"messages": turns}])
    assert reading is not None
    said = "messages: turn 2 calls a tool, or is a tool's, and no field of this task keeps it"
    assert reading({"messages": turns}) == Fault("validate.schema", said)


def test_tables_with_nulls_are_read_without_them(tmp_path: Path) -> None:
    """A Parquet file of conversations, whose type gives each turn every key, is read as if it had none of the nulls."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [formats.find("openai").row(one) for one in CALLING[:4]]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "train.parquet")
    assert back(tmp_path, Calling) == CALLING[:4]


def test_what_is_written_where_nobody_said(tmp_path: Path) -> None:
    """Without a format the table is written, and the first kind of conversation that fits all rows."""
    for name, first in (("calling", "messages"), ("preferred", "chosen-rejected"), ("talking", "messages")):
        run = laid(tmp_path / name, SAMPLES[name])
        export.export(run)
        assert sorted(path.name for path in run.export.iterdir()) == sorted([first, "parquet"])


def test_one_message_where_a_format_does_not_fit(tmp_path: Path, synthgen: Synthgen) -> None:
    """The command says how many rows do not fit, why, and which formats do; no file changes."""
    run = laid(tmp_path / "run", [*CALLING])
    done = synthgen("export", run.folder, "--format", "messages", "--format", "alpaca")
    assert (done.code, done.out) == (2, "")
    assert "row row0: the format alpaca does not fit 5 of 5 rows: it has no tools\n" in done.message
    assert "next: formats that fit are messages, prompt-completion, openai, mistral, sharegpt" in done.message
    assert not run.export.exists()
    assert synthgen("export", run.folder, "--format", "messages", "--format", "mistral").code == 0
    line = (run.export / "mistral" / "train.jsonl").read_text(encoding="utf-8").split("\n")[0]
    assert json.loads(line)["messages"][1]["tool_calls"][0]["id"] == "call00001"


ROLES = {"system", "user", "assistant", "tool"}
KEYS = {"role", "content", "tool_calls", "tool_call_id", "name", "weight"}


def openai_faults(turns: list[Any], tools: list[Any]) -> list[str]:
    """Return what OpenAI's published rules for a supervised row find in one."""
    made: list[str] = []
    found = [] if turns and turns[-1]["role"] == "assistant" else ["the last turn is not the assistant's"]
    for turn in turns:
        calls = turn.get("tool_calls", [])
        found += [f"key {name}" for name in turn if name not in KEYS]
        found += [] if turn["role"] in ROLES else [f"role {turn['role']}"]
        found += [] if isinstance(turn.get("content"), str) or calls else ["no content"]
        found += ["a weight on another turn"] if "weight" in turn and turn["role"] != "assistant" else []
        found += [f"weight {turn['weight']}"] if turn.get("weight") not in {None, 0, 1} else []
        for call in calls:
            made.append(call["id"])
            arguments = call["function"]["arguments"]
            found += [] if isinstance(arguments, str) and isinstance(json.loads(arguments), dict) else ["arguments"]
            names = [one["function"]["name"] for one in tools]
            found += [] if call["function"]["name"] in names else ["a tool that is not offered"]
        if turn["role"] == "tool":
            found += [] if turn.get("tool_call_id") in made else ["an answer to no call"]
    return found


@pytest.mark.parametrize("sample", [*SAMPLES, *schema.tasks()])
def test_openais_published_rules(sample: str) -> None:
    """Each row of OpenAI's files has the keys, roles, ids and texts that its rules ask for, and no other."""
    records: list[Any] = SAMPLES.get(sample) or shipped(sample)
    for name, keys in (
        ("openai", {"messages", "tools"}),
        ("openai-preference", {"input", "preferred_output", "non_preferred_output"}),
    ):
        form = formats.find(name)
        for row in (form.row(one) for one in records if not form.fits(one)):
            assert set(row) <= keys
            asked = row.get("input", row)
            for answer in (row.get("preferred_output", []), row.get("non_preferred_output", [])):
                assert openai_faults([*asked["messages"], *answer], asked.get("tools", [])) == []


def test_openais_rules_find_faults() -> None:
    """The rules that the test above goes by find what is wrong in other formats' rows."""
    row = formats.find("messages").row(CALLING[0])
    assert openai_faults(row["messages"], row["tools"]) == ["arguments", "arguments"]
    assert openai_faults(row["messages"][:3], [])[0] == "the last turn is not the assistant's"


@pytest.mark.parametrize("name", ["messages", "openai", "mistral", "sharegpt", "axolotl", "prompt-completion"])
def test_arguments_survive_load_dataset(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls of different shapes come out of `load_dataset`, and out of the Parquet it writes, with no key added."""
    import datasets

    monkeypatch.setattr("datasets.config.HF_UPDATE_DOWNLOAD_COUNTS", False)
    rows = [formats.find(name).row(one) for one in CALLING]
    export.write_lines(tmp_path / "train.jsonl", rows)
    cache = str(tmp_path / "cache")
    loaded = datasets.load_dataset("json", data_files=str(tmp_path / "train.jsonl"), split="train", cache_dir=cache)
    loaded.to_parquet(str(tmp_path / "train.parquet"))
    again = datasets.load_dataset("parquet", data_files=str(tmp_path / "train.parquet"), split="train", cache_dir=cache)
    for table in (loaded, again):
        assert [json.dumps(row) for row in table] == [json.dumps(row) for row in rows]


SAID = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | SAID, lambda inner: st.lists(inner) | st.dictionaries(SAID, inner)
)
TALKS = st.builds(
    lambda asked, calls, results, answer: Calling.model_validate(
        {
            "request": f"Do {asked}.", "tools_offered": [WEATHER], "answer": f"Done {answer}.",
            "calls": [{"name": "weather", "arguments": one} for one in calls],
            "results": [f"{results} {at}." for at, _ in enumerate(calls)],
        }
    ),
    SAID, st.lists(st.dictionaries(SAID, VALUES, max_size=3), max_size=3), SAID, SAID,
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@given(record=TALKS)
def test_any_conversation_comes_back(name: str, record: Calling) -> None:
    """Whatever texts and arguments are, a format that takes them gives the same conversation again."""
    form = formats.find(name)
    if form is formats.TABLE or form.fits(record):
        return
    found, expected = form.read(json.loads(json.dumps(form.row(record)))), formats.Conversation.of(record)
    assert isinstance(found, formats.Conversation)
    assert decoded(found.messages) == decoded(expected.messages)
    assert list(found.tools) == list(expected.tools)
