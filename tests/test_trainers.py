"""What trainers themselves say of the exports: their own code runs on them, in an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from synthgen import export, formats, schema
from synthgen.formats import Conversation
from synthgen.tokens import load
from tests.samples import CALLING, PREFERRED, SAMPLES
from tests.test_formats import laid, shipped
from tests.tiny import tiny

PYTHON = Path(sys.prefix) / "trainers" / "bin" / "python"
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Exported:
    """Every sample and every shipped task in every format that fits, and the small model that is trained."""

    root: Path
    model: Path

    def folders(self, name: str) -> dict[str, Path]:
        """Return the folders of one format, by sample."""
        return {path.parent.parent.name: path for path in sorted(self.root.glob(f"*/export/{name}"))}

    def ask(self, what: str, *names: str) -> dict[str, Any]:
        """Have a trainer's code run on all exports of these formats."""
        return ask(self, what, [one for name in names for one in self.folders(name).values()])


def ask(exported: Exported, what: str, folders: list[Path]) -> dict[str, Any]:
    """Run a trainer's code in its environment, and return what it says of each folder."""
    done = run(exported, what, folders)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.strip().split("\n")[-1])
    assert list(found) == [str(one.resolve()) for one in folders]
    return found


def run(exported: Exported, what: str, folders: list[Path]) -> subprocess.CompletedProcess[str]:
    """Run a trainer's code in its environment, away from the network and from this environment's packages."""
    assert PYTHON.is_file(), "the trainers are not installed: `make test` does it, or `make .venv/trainers/ready`"
    own = {"HF_HOME": str(exported.root / "cache"), "PATH": os.environ["PATH"], "HOME": str(exported.root)}
    line = [str(PYTHON), str(HERE / "trainer.py"), what, str(exported.model), *map(str, folders)]
    return subprocess.run(line, capture_output=True, text=True, env=own, check=False, timeout=600)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """Export everything once."""
    root = tmp_path_factory.mktemp("trainers")
    model = tiny(root / "tiny")
    for name in (*SAMPLES, *schema.tasks()):
        records: list[Any] = SAMPLES.get(name) or shipped(name)[:6]
        made = laid(root / name, records)
        fit = [one.name for one in formats.FORMATS if not any(one.fits(record) for record in records)]
        export.export(made, fit, export.Wishes(model=str(model)))
    return Exported(root, model)


def rows(folder: Path) -> list[Any]:
    """Return the rows of a folder's training file."""
    return [json.loads(line) for line in (folder / "train.jsonl").read_text("utf-8").split("\n")[:-1]]


def talks(folder: Path) -> list[Conversation]:
    """Return the conversations of a folder's training rows."""
    found = [formats.find(folder.name).read(row) for row in rows(folder)]
    assert not any(isinstance(one, str) for one in found)
    return found  # type: ignore[return-value]


def test_trl_trains_on_each_export(exported: Exported) -> None:
    """`trl sft` and `trl dpo` take three steps with the configuration beside the rows; no row is lost or changed."""
    found = exported.ask("trl", "messages", "prompt-completion", "chosen-rejected")
    assert len(found) >= 2 * (len(SAMPLES) - 1 + 2) + 1
    tokens = load(str(exported.model))
    for name, said in found.items():
        assert said["steps"] == 3, name
        assert all(0 < loss < 50 for loss in said["losses"]), name
        expected = talks(Path(name))
        assert len(said["texts"]) == len(expected), name
        for text, talk in zip(said["texts"], expected, strict=True):
            assert text.strip() == tokens.render(talk.messages, talk.tools).strip(), name


def test_arguments_reach_the_model_without_nulls(exported: Exported) -> None:
    """Calls with arguments of different shapes stand in TRL's text as they are written, with no key added."""
    tokens = load(str(exported.model))
    for record, text in zip(CALLING, (tokens.render(one.messages(), one.tools()) for one in CALLING), strict=True):
        for call in json.loads(record.calls):
            assert f"<|call|>{call['name']}{json.dumps(call['arguments'])}" in text
        assert text.count("null") == record.calls.count("null")


def test_mistrals_validator_takes_each_row(exported: Exported) -> None:
    """mistral-common's validator for fine-tuning finds nothing, and it does find the ids of another format."""
    for name, said in exported.ask("mistral", "mistral").items():
        assert said["rows"] == len(rows(Path(name)))
    done = run(exported, "mistral", [exported.folders("openai")["calling"]])
    assert done.returncode == 1
    assert "call_1" in done.stderr


def test_llama_factory_takes_each_row(exported: Exported) -> None:
    """LLaMA-Factory's parser takes the configuration, and its converter gives each row as it was, none skipped."""
    found = exported.ask("llama_factory", "llama-factory")
    assert {Path(name).parent.parent.name for name in found} == {*SAMPLES, *schema.tasks()}
    for name, said in found.items():
        expected = talks(Path(name))
        assert len(said["rows"]) == len(expected)
        for row, talk in zip(said["rows"], expected, strict=True):
            system = [one["content"] for one in talk.messages if one["role"] == "system"]
            assert row["_system"] == "".join(system)
            assert json.loads(row["_tools"] or "[]") == talk.tools
            answers = [talk.messages[-1], *(talk.rejected or [])]
            assert [one["content"] for one in row["_response"]] == [
                one["content"] or _calls(one) for one in answers
            ]  # fmt: skip
            assert row["_prompt"][0]["content"] == talk.messages[len(system)]["content"]


def _calls(turn: Any) -> str:
    calls = [
        {"name": call["function"]["name"], "arguments": json.loads(call["function"]["arguments"])}
        for call in turn["tool_calls"]
    ]
    return json.dumps(calls if len(calls) > 1 else calls[0], ensure_ascii=False)


@pytest.fixture(scope="module")
def axolotl(exported: Exported) -> dict[str, Any]:
    """Ask Axolotl once."""
    return exported.ask("axolotl", "axolotl")


def test_axolotl_takes_each_row(exported: Exported, axolotl: dict[str, Any]) -> None:
    """Axolotl's schema takes the configuration, and its strategies give each row, learning the assistant's turns."""
    tokens = load(str(exported.model))
    assert len(axolotl) == len(SAMPLES) + len(schema.tasks())
    for name, said in axolotl.items():
        expected = talks(Path(name))
        assert len(said["texts"]) == len(expected)
        if "learnt" not in said:
            assert [one["prompt"] for one in said["texts"]] == [
                tokens.render(one.messages[:-1]) + "<|assistant|>" for one in expected
            ]
            continue
        for text, learnt, talk in zip(said["texts"], said["learnt"], expected, strict=True):
            assert text.strip() == tokens.render(talk.messages, talk.tools).strip(), name
            for one in talk.messages:
                if one["role"] != "tool":  # what a tool said may stand in the answer too
                    assert (one["content"] in learnt) == (one["role"] == "assistant"), name


def test_both_answers_reach_dpo(exported: Exported, axolotl: dict[str, Any]) -> None:
    """Axolotl's DPO sees the chosen and the rejected answer of each row."""
    said = axolotl[str(exported.folders("axolotl")["preferred"].resolve())]
    kept = [PREFERRED[0], *PREFERRED[2:]]
    assert [(one["chosen"], one["rejected"]) for one in said["texts"]] == [
        (f"{record.good}<|end|>", f"{record.rejected_answer}<|end|>") for record in kept
    ]
