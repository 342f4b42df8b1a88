"""Tokens: counted as the model's own tokenizer and template do, and what is too long or changed is named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from synthgen import export, tokens
from synthgen.formats import Conversation
from synthgen.training import costs
from synthgen.training.measure import Measured, measure
from tests.command import Synthgen
from tests.samples import CALLING, PREFERRED, SAMPLES, TALKING
from tests.test_formats import laid
from tests.tiny import TEMPLATE, tiny


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Give the folder of a model whose tokens are bytes."""
    return tiny(tmp_path / "tiny")


def test_a_template_is_rendered_and_counted(model: Path) -> None:
    """Marks count one each, every byte of text one; of two answers the longer counts."""
    found = tokens.load(str(model))
    talk = Conversation([{"role": "user", "content": "Hé"}, {"role": "assistant", "content": "Yes"}])
    assert found.render(talk.messages) == "<|user|>Hé<|end|>\n<|assistant|>Yes<|end|>\n"
    assert found.count(talk) == len("Hé".encode()) + len("Yes") + 4 + 2
    longer = Conversation(talk.messages, rejected=[{"role": "assistant", "content": "Yes, yes"}])
    assert found.count(longer) - found.count(talk) == len(", yes")


def test_without_a_model_tokens_are_estimated() -> None:
    """The rule is four bytes a token and four tokens a turn, and it is said to be an estimate."""
    found = tokens.load(None)
    talk = Conversation([{"role": "user", "content": "12345678"}])
    assert (found.count(talk), found.tell().split(":")[0]) == (2 + 4, "estimated")
    script = Conversation([{"role": "user", "content": "日本語です"}])
    assert found.count(script) == 4 + 4


def test_without_a_template_texts_are_counted(model: Path) -> None:
    """A model that has no chat template counts the texts, and says so."""
    settings = json.loads((model / "tokenizer_config.json").read_text("utf-8"))
    del settings["chat_template"]
    (model / "tokenizer_config.json").write_text(json.dumps(settings), "utf-8")
    found = tokens.load(str(model))
    assert found.count(Conversation([{"role": "user", "content": "12345678"}])) == 8 + 4
    assert "it has no chat template" in found.tell()


@pytest.mark.parametrize("name", SAMPLES)
def test_a_template_keeps_what_is_written(name: str, model: Path) -> None:
    """Every turn and call of every sample stands in the rendered text; arguments have no key added."""
    found = tokens.load(str(model))
    for record in SAMPLES[name]:
        talk = Conversation.of(record)
        assert found.loses(talk) == ""
        for one in talk.messages:
            for call in one.get("tool_calls", []):
                assert call["function"]["name"] + call["function"]["arguments"] in found.render(talk.messages)


@pytest.mark.parametrize(
    ("template", "says"),
    [
        (TEMPLATE.replace("{{ message.content }}", "{{ message.content | upper }}"), "turn 1 (system) is not in the"),
        ("{% for m in messages[1:] %}{{ m.content }}{% endfor %}", "turn 1 (system) is not in the rendered text"),
    ],
)
def test_a_template_that_changes_rows_is_named(template: str, says: str, model: Path, tmp_path: Path) -> None:
    """A template that drops or changes turns is found, and the job's page lists the rows."""
    (model / "chat_template.jinja").write_text(template, "utf-8")
    found = tokens.load(str(model))
    assert found.loses(Conversation.of(TALKING[0])).startswith(says)
    run = laid(tmp_path / "run", TALKING)
    export.export(run, ["messages"], export.Wishes(model=str(model)))
    page = (run.export / "messages" / "JOB.md").read_text("utf-8")
    assert f"| `row0` | {says}" in page


def test_rows_over_the_limit_are_named_and_kept(model: Path, tmp_path: Path, synthgen: Synthgen) -> None:
    """Rows with more tokens than the limit stand on the page with their number; the file has all of them."""
    run = laid(tmp_path / "run", CALLING)
    line = ["export", str(run.folder), "--format", "messages", "--model", str(model), "--limit", "300"]
    done = synthgen(*line)
    assert done.code == 0
    page = (run.export / "messages" / "JOB.md").read_text("utf-8")
    counts = {f"row{at}": tokens.load(str(model)).count(Conversation.of(one)) for at, one in enumerate(CALLING)}
    over = {name: count for name, count in counts.items() if count > 300}
    assert 0 < len(over) < len(counts)
    assert f"{len(over)} rows have more than 300 tokens. None was cut:" in page
    assert all(f"| `{name}` | {count:,} |" in page for name, count in over.items())
    assert len((run.export / "messages" / "train.jsonl").read_text("utf-8").splitlines()) == len(CALLING) - 1
    assert f"{len(over)} rows have more than 300 tokens" in done.err


BROKEN: list[tuple[str, str, str]] = [
    ("tokenizer.json", "{", "the tokenizer cannot be read"),
    ("tokenizer_config.json", "[", "the tokenizer cannot be read"),
    ("chat_template.jinja", "{% if %}", "the chat template does not compile"),
    ("chat_template.jinja", "{{ raise_exception('No system turns, please.') }}", "refuses a row (No system turns, pl"),
    ("chat_template.jinja", "{{ messages[0].content + 1 }}", "refuses a row"),
]


@pytest.mark.parametrize(("name", "text", "says"), BROKEN)
def test_a_broken_model_is_one_message(
    name: str, text: str, says: str, model: Path, tmp_path: Path, synthgen: Synthgen
) -> None:
    """What is wrong with a tokenizer or its template ends in one message, and no file is written."""
    (model / name).write_text(text, "utf-8")
    run = laid(tmp_path / "run", TALKING)
    done = synthgen("export", run.folder, "--model", str(model))
    assert done.code == 2
    assert says in done.message
    assert not run.export.exists()


def test_a_model_that_is_nowhere(tmp_path: Path, synthgen: Synthgen, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without a tokenizer, and a Hub that is out of reach, are one message each."""
    run = laid(tmp_path / "run", TALKING)
    done = synthgen("export", run.folder, "--model", str(tmp_path))
    assert (done.code, "there is no tokenizer.json" in done.message) == (2, True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    done = synthgen("export", run.folder, "--model", "nobody/nothing")
    assert (done.code, "the tokenizer is out of reach" in done.message) == (2, True)


def _measured(lengths: list[int], **more: Any) -> Measured:
    return Measured({"train": len(lengths)}, lengths, "counted", "me/small-1.5B", **more)


def test_settings_follow_from_the_rows() -> None:
    """Length is the 99th percentile in steps of 64, epochs fall with the rows, pairs are gone through once."""
    few, many = _measured([100] * 99 + [5_000]), _measured([100] * 2_500)
    assert (few.length, few.longer, few.epochs, few.batch, few.steps) == (128, 1, 5, 8, 65)
    assert (many.epochs, many.batch, many.steps) == (2, 16, 314)
    assert (_measured([100], pairs=True).epochs, _measured([100], limit=120).length) == (1, 120)
    assert measure({"train": [("a", PREFERRED[0])]}, tokens.load(None)).pairs


def test_what_a_job_takes() -> None:
    """The table takes a model's size from its name, and its numbers are what the formulas below it give."""
    assert [costs.billions(one) for one in ("a/Qwen3-4B-Instruct", "b/smol-135M", "gpt-5-mini", "c/x-1.5b-it")] == [
        4.0, 0.135, None, 1.5,
    ]  # fmt: skip
    assert costs.memory(8) == (128, 16 + 1.28, 4 + 1.28)
    assert costs.hours(1, 1_000_000_000) == pytest.approx(6e18 / (989e12 * 0.35) / 3600)
    text = costs.table(_measured([1_000] * 1_000))
    assert "| 1.5 B | 24.0 | 3.2 | 1.0 |" in text
    assert "- tokens = 1,000,000 × 3 epochs = 3,000,000" in text
    assert costs.table(Measured({}, [10], "")).count(" B | ") == len(costs.SIZES)


def test_a_tokenizer_of_a_hub(model: Path, tmp_path: Path) -> None:
    """`owner/name` is taken from the Hub that HF_ENDPOINT names, as the folder would be; what is absent is left out."""
    site = tmp_path / "site" / "me" / "tiny" / "resolve" / "main"
    site.parent.mkdir(parents=True)
    model.rename(site)

    class Served(SimpleHTTPRequestHandler):
        """Files with the two headers that a Hub sends along."""

        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments, directory=str(tmp_path / "site"))

        def end_headers(self) -> None:
            """Name the commit and the file's version."""
            self.send_header("X-Repo-Commit", "0" * 40)
            self.send_header("ETag", f'"{self.path[-30:]}"')
            super().end_headers()

        def send_error(self, code: int, *_: Any) -> None:
            """Say that a file is not there as a Hub says it."""
            self.send_response(code)
            self.send_header("X-Error-Code", "EntryNotFound")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Served) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        code = (
            "from synthgen.tokens import load; found = load('me/tiny'); print(found.tell(), found.shape['vocab_size'])"
        )
        clean = os.environ | {
            "HF_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
            "HF_HOME": str(tmp_path / "home"),
        }
        done = subprocess.run([sys.executable, "-c", code], env=clean, capture_output=True, text=True, check=False)
        server.shutdown()
    assert done.returncode == 0, done.stderr
    assert done.stdout == "counted with the tokenizer of me/tiny and its chat template 264\n"
