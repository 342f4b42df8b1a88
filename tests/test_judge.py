"""The judge: a checklist about each surviving row, by one model or several, remembered, budgeted and paced."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from synthgen.checks import Verdict
from synthgen.checks.judge import FOLDER, NAMES, Judge, Juror, Opinion, Question
from synthgen.errors import BudgetSpentError
from synthgen.job import prepare
from synthgen.model import fake
from synthgen.model.family import family, related
from synthgen.model.open import Models
from synthgen.model.wrap import Limits
from synthgen.pipeline import Result, generate, refilter
from synthgen.prompts import find
from synthgen.recipe import Model
from synthgen.schema import load, shipped
from synthgen.store.ledger import Ledger
from synthgen.types import Candidate, Draft, Reply, Request
from tests.command import Synthgen
from tests.openai_server import OpenAIServer, question

BANK = shipped("templates") / "classification"
RECORD = load(shipped("schemas") / "classification.py")
CHECKLIST = [
    Question("q1", "Does a person speak?"),
    Question("q2", "Does the label fit?", critical=True),
    Question("q3", "Is it clear?"),
]
TEXT = "My card was swallowed by the machine at the airport."


def judge(*names: str, **more: Any) -> Judge:
    """Return a judge with the shipped prompt."""
    prompt = find("judge.j2", [FOLDER], continues=False, names=NAMES)
    jurors = [Juror(name, prompt) for name in names or ("judge",)]
    return Judge(jurors, CHECKLIST, "Messages to a bank.", {}, more.pop("bounds", (0.6, 0.8)), **more)


def row(text: str = TEXT, label: str = "card") -> Candidate:
    """Return a row."""
    record = RECORD.model_validate({"text": text, "label": label})
    return Candidate("id", Draft(0, {"split": "train"}, 0, []), [], record.model_dump(), record)


def said(*answers: tuple[str, str]) -> str:
    """Return a reply that answers the checklist."""
    return json.dumps({f"q{n}": {"answer": word, "quote": quote} for n, (word, quote) in enumerate(answers, 1)})


def verdict(reply: str | Callable[[Request], str], one: Judge | None = None) -> Verdict:
    """Return the verdict on the one row, of jurors who all say the same or what a function says."""

    async def ask(request: Request) -> Reply:
        return Reply(reply if isinstance(reply, str) else reply(request))

    one = one or judge()
    return asyncio.run(one([row()], [ask] * len(one.jurors)))[0]


YES = ("yes", "")


NOWHERE = ("no", "words that nobody wrote")
CARD, AIRPORT = ("no", "My card"), ("no", "at the airport")
ANSWERS: list[tuple[tuple[tuple[str, str], ...], str | None, float | None]] = [
    ((YES, YES, YES), None, 1.0),
    ((YES, YES, ("no", "swallowed by the machine")), "judge.doubt", 0.6667),
    ((CARD, YES, YES), "judge.doubt", 0.6667),
    ((YES, YES, ("no", "THE AIRPORT!")), "judge.doubt", 0.6667),
    ((CARD, YES, AIRPORT), "judge.low", 0.3333),
    ((CARD, YES, NOWHERE), "judge.low", 0.5),
    ((NOWHERE, YES, AIRPORT), "judge.low", 0.5),
    ((YES, ("no", "the MACHINE, at the airport"), YES), "judge.critical", 0.6667),
    ((YES, CARD, NOWHERE), "judge.critical", 0.5),
    ((CARD, AIRPORT, CARD), "judge.critical", 0.0),
    # A quote that is not in the row shows nothing: the answer does not count.
    ((YES, YES, NOWHERE), None, 1.0),
    ((YES, ("no", ""), YES), None, 1.0),
    ((YES, ("no", "My"), YES), None, 1.0),
    ((YES, NOWHERE, NOWHERE), "judge.unread", None),
    ((NOWHERE, NOWHERE, NOWHERE), "judge.unread", None),
    ((NOWHERE, ("no", ""), CARD), "judge.unread", None),
]


@pytest.mark.parametrize(("answers", "reason", "score"), ANSWERS)
def test_a_checklist_becomes_a_verdict(
    answers: tuple[tuple[str, str], ...], reason: str | None, score: float | None
) -> None:
    """The share of yes decides, a critical no decides alone, and a no counts with words of the row only."""
    assert verdict(said(*answers))[:2] == (reason, score)


def test_a_no_is_shown_with_its_quote() -> None:
    """The evidence names the question and the words that show it, a critical one first."""
    evidence = verdict(said(("no", "My card"), ("no", "swallowed"), YES))[2]
    assert evidence == 'no to "Does the label fit?": swallowed'


@pytest.mark.parametrize("reply", ["", "I would say it is fine.", '{"q1": {"answer": "maybe", "quote": ""}}', "[[["])
def test_an_answer_that_cannot_be_read_is_no_verdict(reply: str) -> None:
    """What the judge says beside the checklist falls as not judged, with what it said."""
    reason, score, evidence = verdict(reply)
    assert (reason, score) == ("judge.unread", None)
    assert evidence


@pytest.mark.parametrize(
    ("scores", "reason"),
    [
        ((1.0, 1.0, 0.2), None),
        ((1.0, 0.2, 0.2), "judge.low"),
        ((0.9, 0.7), "judge.doubt"),
        ((0.7, 0.7, 0.9), "judge.doubt"),
        ((None, None, 0.9), None),
        ((None, None), "judge.unread"),
    ],
)
def test_a_panel_decides_by_majority(scores: tuple[float | None, ...], reason: str | None) -> None:
    """Most of those who could judge decide; a tie goes to a person."""
    opinions = [Opinion(score, critical=False, evidence="why") for score in scores]
    assert judge("a", "b", "c").decide(opinions)[0] == reason


def test_a_critical_no_of_one_juror_does_not_outvote_the_panel() -> None:
    """Two jurors without a critical no outvote one who has it."""
    opinions = [Opinion(0.9, critical=True, evidence="x"), *[Opinion(0.9, critical=False, evidence=None)] * 2]
    assert judge("a", "b", "c").decide(opinions)[0] is None


def test_probabilities_count_where_the_endpoint_gives_them(server: OpenAIServer, tmp_path: Path) -> None:
    """With log-probabilities the score is the mean probability of yes; without them it is the share of yes."""
    server.answer = lambda _: said(YES, YES, ("no", "at the airport"))
    model = Model(name="test-model", base_url=server.url)
    one = judge("test-model", bounds=(0.1, 0.2))

    async def main(ledger: Ledger) -> list[Verdict]:
        async with Models(model, ledger, Limits()) as models:
            return await one([row()], [models.open(model, None).ask])

    scores = []
    for sure in (0.9, None):
        server.sure = sure
        with Ledger(tmp_path / f"{sure}") as ledger:
            scores += [score for _, score, _ in asyncio.run(main(ledger))]
    assert scores == [pytest.approx((0.9 + 0.9 + 0.1) / 3, abs=1e-3), pytest.approx(2 / 3, abs=1e-3)]


def test_the_prompt_holds_rules_row_and_reference() -> None:
    """The judge reads what the rows are, what the label means, the row, the reference, and each question."""
    asked: list[Request] = []

    async def ask(request: Request) -> Reply:
        asked.append(request)
        return Reply("A reference." if request.schema is None else said(YES, YES, YES))

    axes = {"label": [{"label": "card", "description": "All about cards."}, {"label": "loan", "description": "Loans."}]}
    one = judge(reference=True)
    one = Judge(one.jurors, one.questions, one.about, axes, one.bounds, reference=True)
    assert asyncio.run(one([row()], [ask]))[0][0] is None
    own, asked_for = asked
    assert [message["role"] for message in own.messages] == ["user"]
    text = "\n".join(message["content"] for message in asked_for.messages)
    for part in ("Messages to a bank.", "All about cards.", TEXT, "A reference.", *(one.ask for one in CHECKLIST)):
        assert part in text
    assert "Loans." not in text


def test_the_other_order_asks_the_same_questions() -> None:
    """Reversed, the last question comes first, and answers still belong to their questions."""
    seen = []

    def reply(request: Request) -> str:
        seen.append(re.findall(r"^(q\d):", request.messages[-1]["content"], re.MULTILINE))
        return said(YES, ("no", "My card"), YES)

    assert verdict(reply)[0] == verdict(reply, judge().reversed())[0] == "judge.critical"
    assert seen == [["q1", "q2", "q3"], ["q3", "q2", "q1"]]


UNASKED = ["the limit of 3 requests is reached", "the limit of $2.0 is reached", "`synthgen filter` asks no model"]


@pytest.mark.parametrize("said", UNASKED)
def test_a_spent_budget_leaves_rows_unasked(said: str) -> None:
    """A row that the budget leaves no room for falls as not asked, and says why."""

    def refuse(_: Request) -> str:
        raise BudgetSpentError(what=said, fix="raise it")

    assert verdict(refuse) == ("judge.unasked", None, said)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("gpt-4o-mini", "openai/o3"), ("google/gemma-3-27b-it", "gemini-2.5-flash"), ("gemma-3-270m-q4_k_m", "gemma2"),
        ("meta-llama/Llama-3.3-70B-Instruct", "codellama-13b"), ("mistral-small-latest", "open-mixtral-8x22b"),
    ],
)  # fmt: skip
def test_kin_is_warned_of(one: str, other: str) -> None:
    """A judge from the writer's maker gives a note, one from another maker none."""
    assert family(one) == family(other)
    assert len(related(one, [other, other])) == 1
    assert related(one, ["claude-sonnet-4-5"]) == []
    assert related(one, ["Qwen/Qwen3-32B"]) == []


# In a run


def judging(server: OpenAIServer, **more: Any) -> dict[str, Any]:
    """Return what lays the bank example over a server with a judge."""
    questions = [{"ask": one.ask, "critical": one.critical} for one in CHECKLIST]
    return {
        "model.name": "test-model", "model.base_url": server.url, "model.concurrency": 16, "rows": 40,
        "checks.judge": {"use": True, "questions": questions}, **more,
    }  # fmt: skip


def strict(body: dict[str, Any]) -> str:
    """Answer as the fake model does; as a judge, refuse every text that speaks of the colleague or the river."""
    asked = question(body)
    if '"quote"' not in json.dumps(asked.schema):
        return fake.answer(asked)
    text = json.loads(re.findall(r"^text: (.*)$", asked.messages[-1]["content"], re.MULTILINE)[0])
    bad = next((word for word in ("colleague", "river", "Lisbon", "letter") if word in text), "")
    return said(YES, ("no", bad) if bad else YES, YES)


def judged(server: OpenAIServer) -> int:
    """Return how often the judge was asked."""
    return sum('"quote"' in json.dumps(one.body) for one in server.requests)


@pytest.fixture
def finished(server: OpenAIServer, tmp_path: Path) -> Result:
    """Run the bank example with a judge."""
    server.answer = strict
    return generate(prepare(BANK, judging(server)), tmp_path / "run", Limits())


def test_only_survivors_are_judged_and_the_rest_is_topped_up(finished: Result, server: OpenAIServer) -> None:
    """Exactly the rows asked for are kept, each judged; what fell before the judge was never shown to it."""
    verdicts = finished.run.read("verdicts")
    seen = set(verdicts.filter(pl.col("check") == "judge")["id"])
    before = verdicts.filter((pl.col("check") != "judge") & pl.col("reason").is_not_null())["id"]
    assert finished.kept == 40
    assert finished.reasons["judge.critical"] > 0
    assert set(finished.run.read("kept")["id"]) <= seen
    assert not seen & set(before)
    assert judged(server) == len(seen)
    assert [name for name, _, _ in finished.waterfall][-2:] == ["dedup", "judge"] or finished.waterfall[-1][0] == "plan"


def test_the_judge_is_never_asked_twice(finished: Result, server: OpenAIServer) -> None:
    """Another start asks nothing, and filtering with another threshold asks nothing."""
    before = len(server.requests)
    kept = finished.run.table("kept").read_bytes()
    again = generate(prepare(BANK, judging(server)), finished.run.folder, Limits())
    assert (again.kept, len(server.requests)) == (40, before)
    assert finished.run.table("kept").read_bytes() == kept
    lenient = judging(server)
    lenient["checks.judge"] = {**lenient["checks.judge"], "least": 0.1, "doubt": 0.1}
    assert refilter(prepare(BANK, lenient), finished.run.folder).run.read("kept").height == 40
    assert len(server.requests) == before


def test_filter_says_of_rows_that_were_never_judged(server: OpenAIServer, tmp_path: Path) -> None:
    """A judge that is switched on later judges nothing in `filter`, which asks no model: the rows wait."""
    server.answer = strict
    plain = judging(server)
    plain["checks.judge"] = {"use": False}
    generate(prepare(BANK, plain), tmp_path / "run", Limits())
    asked = len(server.requests)
    late = refilter(prepare(BANK, judging(server)), tmp_path / "run")
    assert late.short
    assert late.reasons["judge.unasked"] > 0
    assert len(server.requests) == asked
    assert generate(prepare(BANK, judging(server)), tmp_path / "run", Limits()).kept == 40


def test_the_judge_stands_under_the_budget(server: OpenAIServer, tmp_path: Path) -> None:
    """Requests of the judge count: the limit is kept, the run says so, and a higher one ends with the same rows."""
    server.answer = strict
    job = prepare(BANK, judging(server))
    short = generate(job, tmp_path / "run", Limits(requests=50))
    assert short.short
    assert "limit" in short.stopped or "budget" in short.stopped
    assert short.spent["requests"] == 50
    full = generate(job, tmp_path / "run", Limits())
    whole = generate(job, tmp_path / "other", Limits())
    assert (full.kept, whole.kept) == (40, 40)


def test_a_judge_of_its_own_is_asked_at_its_own_address(server: OpenAIServer, tmp_path: Path) -> None:
    """A judge named in the recipe gets the judge's questions, and the writer none of them; a panel asks each."""
    server.answer = strict
    with OpenAIServer(models=("wise", "wiser"), answer=strict) as other:
        recipe = judging(server)
        recipe["checks.judge"] |= {"models": [{"name": name, "base_url": other.url} for name in other.models]}
        result = generate(prepare(BANK, recipe), tmp_path / "run", Limits())
        asked = {one.body["model"] for one in other.requests}
        seen = result.run.read("verdicts").filter(pl.col("check") == "judge").height
        assert (asked, judged(other), judged(server)) == ({"wise", "wiser"}, 2 * seen, 0)


def test_a_judge_without_questions_is_refused(synthgen: Synthgen) -> None:
    """A judge that is switched on without a checklist is an error with the key to fill."""
    assert synthgen("init", "classification", "bank").code == 0
    recipe = Path("bank/recipe.yaml")
    recipe.write_text(re.sub(r"use: false\n    questions:\n(?:      .*\n)+", "use: true\n", recipe.read_text()))
    found = synthgen("generate", "bank", "--model", "fake")
    assert found.code == 2
    assert "checks.judge: the judge has no questions" in found.message


def test_the_packaged_model_judges(tmp_path: Path) -> None:
    """The embedded model answers the checklist with probabilities, and its answers are remembered."""
    recipe = {
        "rows": 10,
        "model.name": "fake",
        "checks.judge": {
            "use": True,
            "least": 0.0,
            "questions": [{"ask": "Is this a message to a bank?"}, {"ask": "Does it name a matter?"}],
            "models": [{"name": "local"}],
        },
    }
    job = prepare(BANK, recipe)
    result = generate(job, tmp_path / "run", Limits())
    scores = result.run.read("verdicts").filter(pl.col("check") == "judge")["score"]
    assert result.kept == 10
    assert scores.null_count() == 0
    assert scores.n_unique() > 3
    assert all(0 < score < 1 for score in scores)
    spent = result.spent["requests"]
    assert generate(job, tmp_path / "run", Limits()).spent["requests"] == spent
