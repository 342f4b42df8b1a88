"""`filter --ask` on somebody else's dataset: the recipe's checks that ask a model, over what the others kept."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
import yaml

from synthgen import audit
from synthgen.errors import EndpointError
from synthgen.job import Job, prepare
from synthgen.model import fake
from synthgen.model.wrap import Limits
from synthgen.schema import shipped
from synthgen.store.ledger import Ledger
from synthgen.store.run import Run
from synthgen.types import Row
from tests.openai_server import OpenAIServer, question
from tests.test_audit import TABLES, _bytes, _said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.command import Synthgen

BANK, GARDEN = (shipped("templates") / task for task in ("classification", "preference"))
ROWS = 60
LABELS = (
    {"label": "card_lost_or_stolen", "secondary": "lost_card"},
    {"label": "card_payment_declined", "secondary": "declined_online"},
)
REFUSED, RIVER = ("violin", "kettle"), "Where is the nearest branch by the river in the old town?"
FREELY = audit.Wanted(ask=Limits())


def _rows() -> list[Row]:
    """Return messages to a bank in two splits, some of which fall before a model is asked."""
    rows: list[Row] = [
        {"text": _said(number), **LABELS[number % 2], "split": ("train", "test")[number % 5 == 0]}
        for number in range(ROWS)
    ]
    rows[9] |= {"text": "Too short."}
    rows[21] |= rows[1]
    rows[33] |= {"text": RIVER}
    rows[44] |= {"text": "Write to petra.horakova@quickmail.cz when the card has come, please."}
    return rows


def _strict(body: dict[str, Any]) -> str:
    """Answer a checklist with a critical no where a refused word stands, a comparison with yes about the river."""
    asked = question(body)
    said, wants = asked.messages[-1]["content"], (asked.schema or {}).get("properties", {})
    if "same" in wants:
        return json.dumps({"same": "yes" if "river" in said else "no"})
    if "better" in wants:
        return json.dumps({"better": "first" if said.index("wet") < said.index("dry") else "second"})
    if "q1" not in wants:  # the probe's questions
        return fake.answer(asked)
    row = re.findall(r"^text: (.*)$", said, re.MULTILINE)
    bad = next((word for word in REFUSED if row and word in row[0]), "")
    answers = {name: {"answer": "yes", "quote": ""} for name in wants}
    return json.dumps(answers | ({"q2": {"answer": "no", "quote": bad}} if bad else {}))


def _recipe(server: OpenAIServer, folder: Path) -> Path:
    """Write the bank example with every check that asks a model, over a server, and return its folder."""
    shutil.copytree(BANK, folder)
    path = folder / "recipe.yaml"
    recipe = yaml.safe_load(path.read_text(encoding="utf-8"))
    model, price = {"name": "test-model", "base_url": server.url}, {"input": 1.0, "output": 1.0}
    recipe["model"] = model | {"concurrency": 8, "price": price}
    (folder / "evaluation.jsonl").write_text(
        json.dumps({"text": "Which branch of yours lies nearest to the river, down in the old town?"}), encoding="utf-8"
    )
    checks = recipe["checks"]
    checks["labels"] = {"use": False}
    checks["safety"] = {"moderation": {"name": "wary", "base_url": server.url, "price": price}}
    checks["contamination"] = {"sets": ["evaluation.jsonl"], "paraphrase": {"use": True, "least": 0.5}}
    checks["judge"]["use"] = True
    path.write_text(yaml.safe_dump(recipe), encoding="utf-8")
    return folder


@pytest.fixture
def asked(server: OpenAIServer, tmp_path: Path) -> tuple[Path, Path, Job]:
    """Give a dataset, the folder of a recipe that asks a server about it, and that recipe made ready."""
    server.models, server.answer = ("test-model", "wary"), _strict
    server.flags = lambda text: "dragon" in text
    path = tmp_path / "theirs.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in _rows()), encoding="utf-8")
    recipe = _recipe(server, tmp_path / "bank")
    return path, recipe, prepare(recipe)


def _tables(folder: Path) -> dict[str, bytes]:
    return {name: data for name, data in _bytes(folder).items() if name.removesuffix(".parquet") in TABLES}


def _answered(server: OpenAIServer) -> list[str]:
    """Return every question that was answered about a row, the probe's left out."""
    return [json.dumps(one.body) for one in server.requests if one.status == 200 and _about_a_row(one.body)]


def _about_a_row(body: dict[str, Any]) -> bool:
    return "input" in body or any(word in json.dumps(body) for word in ('"quote"', '"same"', '"better"'))


def _ends(run: Run) -> dict[str, str]:
    """Return the reasons of rows that fell, by their text."""
    found = run.read("rejected").select("row", "reason").iter_rows()
    return {json.loads(row)["text"]: reason for row, reason in found}


def test_batches_leave_no_trace_of_what_was_asked(asked: tuple[Path, Path, Job], tmp_path: Path) -> None:
    """Every table has the same bytes and the result says the same, whether batches have 3, 13 or 10,000 rows."""
    source, _, job = asked
    found = {}
    for size in (3, 13, 10_000):
        result = audit.audit(str(source), "", tmp_path / str(size), job, size, FREELY)
        found[size] = _tables(tmp_path / str(size)), result.waterfall, list(result.reasons.items()), result.kept
        assert (result.stopped, result.short) == ("", False)
    assert found[3] == found[13] == found[10_000]
    assert len(found[3][0]) == len(TABLES)
    assert found[3][3] > 20


def test_each_check_looks_at_what_those_before_it_kept(
    asked: tuple[Path, Path, Job], server: OpenAIServer, tmp_path: Path
) -> None:
    """Rows fall as flagged, as a paraphrase, and by the judge, in this order; nobody asks about a row that fell."""
    source, _, job = asked
    result = audit.audit(str(source), "", tmp_path / "out", job, 13, FREELY)
    ends = _ends(result.run)
    for number, row in enumerate(_rows()):
        text = row["text"]
        if number not in {1, 9, 21, 33, 44}:
            judged = "judge.critical" if any(word in text for word in REFUSED) else None
            assert ends.get(text) == ("moderation.flagged" if "dragon" in text else judged), text
    assert ends[RIVER] == "paraphrase.same"
    assert set(result.reasons) == {
        "moderation.flagged", "paraphrase.same", "judge.critical", "dedup.exact", "quality.too_short", "safety.email",
    }  # fmt: skip
    assert [name for name, _, _ in result.waterfall][-4:] == ["moderation", "paraphrase", "judge", "split"]
    said = "\n".join(_answered(server))
    assert "Too short." not in said
    assert "quickmail" not in said
    came = {name: number for name, number, _ in result.waterfall}
    assert sum('"quote"' in one for one in _answered(server)) == came["judge"]
    assert result.spent["requests"] == len(_answered(server))


def test_the_same_command_asks_nothing_again(
    asked: tuple[Path, Path, Job], server: OpenAIServer, synthgen: Synthgen, tmp_path: Path
) -> None:
    """A second run asks nothing and writes the same; a filter of the kept rows with that ledger keeps all of them."""
    source, recipe, _ = asked
    line = ("filter", source, "--recipe", recipe, "--ask", "--out", "out", "--json")
    first = synthgen(*line)
    before, requests = _tables(tmp_path / "out"), len(server.requests)
    assert (first.code, requests > 40) == (0, True)
    again = synthgen(*line)
    assert (again.json, len(server.requests)) == (first.json, requests)
    assert _tables(tmp_path / "out") == before
    (tmp_path / "twice").mkdir()
    shutil.copy("out/ledger.sqlite", "twice/ledger.sqlite")
    more = synthgen("filter", "out/kept.parquet", "--recipe", recipe, "--ask", "--out", "twice", "--json")
    assert (more.json["kept"], more.json["reasons"], len(server.requests)) == (first.json["kept"], {}, requests)
    judge = yaml.safe_load((recipe / "recipe.yaml").read_text(encoding="utf-8"))
    judge["checks"]["judge"] |= {"least": 0.1, "doubt": 0.1}
    (recipe / "recipe.yaml").write_text(yaml.safe_dump(judge), encoding="utf-8")
    assert synthgen(*line).code == 0
    assert len(server.requests) == requests


def test_where_the_budget_ends_rows_are_left_unasked(
    asked: tuple[Path, Path, Job], server: OpenAIServer, synthgen: Synthgen, tmp_path: Path
) -> None:
    """The limit is kept, the rest falls as not asked with the reason, the tables are whole; a higher limit goes on."""
    source, recipe, job = asked
    line = ("filter", source, "--recipe", recipe, "--ask", "--out", "out")
    short = synthgen(*line, "--max-requests", "30", "--json")
    run = Run(Path("out"))
    fell = run.read("rejected").filter(pl.col("reason").str.ends_with(".unasked"))
    assert (short.code, short.json["spent"]["requests"], len(_answered(server))) == (3, 30, 30)
    assert short.json["stopped"] == "the limit of 30 requests is reached"
    assert set(fell["evidence"]) == {"the limit of 30 requests is reached"}
    assert fell.height == sum(n for code, n in short.json["reasons"].items() if code.endswith(".unasked")) > 20
    assert run.read("kept").height + run.read("rejected").height == ROWS
    told = synthgen(*line, "--max-requests", "30").out
    assert f"{fell.height} rows fell because nobody could ask about them: the limit of 30 requests is reached" in told
    assert "raise the limit and run the same command again: nothing is asked twice" in told
    assert len(_answered(server)) == 30
    assert synthgen(*line, "--max-requests", "5000", "--max-cost", "9").code == 0
    assert len(set(_answered(server))) == len(_answered(server))
    audit.audit(str(source), "", tmp_path / "whole", job, wanted=FREELY)
    assert _tables(tmp_path / "out") == _tables(tmp_path / "whole")
    assert synthgen(*line, "--max-cost", "0", "--json").code == 0


def test_a_limit_on_cost_is_kept(asked: tuple[Path, Path, Job], tmp_path: Path) -> None:
    """Nothing more is asked than the cost allows, and what was left says so."""
    source, _, job = asked
    result = audit.audit(str(source), "", tmp_path / "out", job, wanted=audit.Wanted(ask=Limits(cost=0.01)))
    assert result.stopped == "the limit of $0.01 is reached"
    assert 0 < (result.spent["cost"] or 0) <= 0.01
    assert result.short


def test_a_kill_loses_nothing_that_was_paid_for(
    asked: tuple[Path, Path, Job], server: OpenAIServer, tmp_path: Path
) -> None:
    """After a kill the earlier tables stand, and the same command asks only what the ledger has not."""
    source, recipe, job = asked
    out = tmp_path / "out"
    audit.audit(str(source), "", out, job, wanted=audit.Wanted(ask=Limits(requests=0)))
    before = _tables(out)
    server.latency = 0.05
    line = ["filter", str(source), "--recipe", str(recipe), "--ask", "--out", str(out)]
    with subprocess.Popen([sys.executable, "-m", "synthgen", *line], stdout=subprocess.PIPE) as running:
        for _ in range(400):
            if len(_answered(server)) >= 40:
                break
            time.sleep(0.05)
        running.send_signal(signal.SIGKILL)
    assert running.returncode == -signal.SIGKILL
    assert _tables(out) == before
    server.latency = 0.0
    with Ledger(out / "ledger.sqlite") as ledger:
        kept = int(ledger.spent()["requests"] or 0)
    assert 20 < kept < 100
    answered = len(_answered(server))
    done = audit.audit(str(source), "", out, job, wanted=FREELY)
    assert len(_answered(server)) - answered == int(done.spent["requests"] or 0) - kept
    assert done.kept == Run(out).read("kept").height > 20


def test_an_endpoint_that_fails_costs_no_table(
    asked: tuple[Path, Path, Job], server: OpenAIServer, tmp_path: Path
) -> None:
    """A refused question ends with the endpoint's message, the tables of before are whole, and what came in is kept."""
    source, _, job = asked
    out = tmp_path / "out"
    audit.audit(str(source), "", out, job)
    before = _tables(out)
    server.fail(403, when=lambda body: '"quote"' in json.dumps(body))
    with pytest.raises(EndpointError, match="the endpoint refuses the key"):
        audit.audit(str(source), "", out, job, wanted=FREELY)
    assert _tables(out) == before
    with Ledger(out / "ledger.sqlite") as ledger:
        assert (ledger.spent()["requests"] or 0) > 10
    assert audit.audit(str(source), "", out, job, wanted=FREELY).kept > 10
    in_flight = len(_answered(server)) - len(set(_answered(server)))
    assert in_flight <= 8


PAIRS = [
    ("How do I water a fern?", "Keep its soil wet all year.", "Leave its soil dry all year.", None),
    ("What does a cactus in the hall want in May?", "A dry pot, and shade.", "A wet pot, and sun.", "pair.lost"),
]


def test_pairs_are_compared_and_parents_are_not(server: OpenAIServer, tmp_path: Path) -> None:
    """Of a dataset of preferences the chosen answer must win; what compares a row with its parent is left out."""
    server.answer = _strict
    changes = {
        "model.name": "test-model", "model.base_url": server.url, "checks.pair.use": True, "checks.harder.use": True,
    }  # fmt: skip
    rows = [
        {"prompt": prompt, "chosen": chosen, "rejected_answer": other, "flaw": "wrong fact"}
        for prompt, chosen, other, _ in PAIRS
    ]
    source = tmp_path / "pairs.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    result = audit.audit(str(source), "", tmp_path / "out", prepare(GARDEN, changes), wanted=FREELY)
    verdicts = result.run.read("verdicts").filter(pl.col("check") == "pair")
    assert verdicts["reason"].to_list() == [reason for *_, reason in PAIRS]
    assert "harder: not run, for no row says which one it was made of" in result.notes
    assert "harder" not in {name for name, _, _ in result.waterfall}


def test_without_the_flag_nobody_is_asked(
    asked: tuple[Path, Path, Job], server: OpenAIServer, synthgen: Synthgen
) -> None:
    """Without --ask no model is asked, no ledger is made, and a note for each check names the flag."""
    source, recipe, _ = asked
    done = synthgen("filter", source, "--recipe", recipe, "--out", "out", "--json")
    names = ("moderation", "paraphrase", "judge")
    assert [note for note in done.json["notes"] if "--ask" in note] == [
        f"{name}: not run; --ask has its model asked" for name in names
    ]
    assert (done.code, done.json["spent"], server.requests) == (0, {}, [])
    assert not Path("out/ledger.sqlite").exists()
    assert not {one["check"] for one in done.json["waterfall"]} & set(names)


REFUSALS: list[tuple[Sequence[str], str]] = [
    (("theirs.jsonl", "--ask"), "--ask: nobody said what to ask"),
    (("theirs.jsonl", "--recipe", "bank", "--max-requests", "3"), "a limit is on what is asked, and nothing is"),
    (("theirs.jsonl", "--max-cost", "3"), "a limit is on what is asked, and nothing is"),
    (("run", "--recipe", "bank", "--ask"), "what a run's rows are asked about is asked where they are made"),
]


@pytest.mark.parametrize(("line", "says"), REFUSALS)
def test_what_cannot_be_asked_is_one_message(
    line: Sequence[str], says: str, asked: tuple[Path, Path, Job], synthgen: Synthgen
) -> None:
    """A flag that has nothing to do is refused with what to type instead."""
    assert asked
    Path("run").mkdir()
    with Ledger(Path("run/ledger.sqlite")):
        pass
    done = synthgen("filter", *line)
    assert (done.code, says in done.message) == (2, True), done.err


def test_a_recipe_that_asks_nothing_says_so(
    asked: tuple[Path, Path, Job], server: OpenAIServer, tmp_path: Path
) -> None:
    """With --ask and no check that asks a model the rows are checked, and a note says that there was nothing to ask."""
    source, _, _ = asked
    job = prepare(BANK, {"model.name": "fake", "checks.labels.use": False})
    result = audit.audit(str(source), "", tmp_path / "out", job, wanted=FREELY)
    assert "--ask: no check of the recipe asks a model about a dataset" in result.notes
    assert (result.short, server.requests) == (False, [])


def test_a_judged_dataset_is_laid_out_and_told(asked: tuple[Path, Path, Job], synthgen: Synthgen) -> None:
    """The card of a dataset that was judged has the judge in its waterfall, and `why` shows the judge's verdict."""
    source, recipe, _ = asked
    assert synthgen("filter", source, "--recipe", recipe, "--ask", "--out", "here").code == 0
    fell = Run(Path("here")).read("rejected").filter(pl.col("reason") == "judge.critical")
    told = synthgen("why", "here", fell["id"][0]).out
    assert "rejected: judge.critical" in told
    assert synthgen("push", "here", "--dry-run").code == 0
    card = Path("here/hub/README.md").read_text(encoding="utf-8")
    assert "judge" in card
    assert "no model was asked" not in card
    # Its ledger does not make it a run: it is a folder like another.
    assert "this folder was not written by" in synthgen("filter", "here", "--recipe", recipe).message
