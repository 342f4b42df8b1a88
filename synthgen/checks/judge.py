"""`judge`: a model answers a checklist of yes/no questions about each row that every other check kept.

The form follows what was measured on LLMBar's adversarial pairs (Zeng et al. 2024) with GPT-4: rules in the prompt
raise its agreement with people from 73.1 to 80.8 %, a reference that it wrote itself to 82.8 %; with free reasoning
before the answer it is 76.6 %. So: the task's rules and, if wanted, a reference stand in the prompt; there is no room
for reasoning; each "no" carries a quote, and where the quote does not stand in the row, the answer does not count.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import exp
from pathlib import Path
from typing import Any

from synthgen import parse
from synthgen.checks import Verdict
from synthgen.errors import BudgetSpentError
from synthgen.prompts import Prompt
from synthgen.text import normalise
from synthgen.types import Ask, Candidate, Fault, Record, Reply, Request, Row

FOLDER = Path(__file__).parent
"""Where the prompts lie that a recipe need not bring: judge.j2 and its twin for models that carry a pattern on."""
NAMES = ("about", "detail", "questions", "record", "reference")
"""The names that a judge's prompt may use."""
ANSWERED = 0.5
"""Share of the questions that must have an answer that counts; below, the row was not judged."""
ANSWER_TOKENS, REFERENCE_TOKENS = 80, 600
ALTERNATIVES = 10
"""Tokens in place of the answer whose probability is asked for."""
MAJORITY = 0.5
NO_QUOTE = 3
"""A quote of fewer characters shows nothing."""


@dataclass(frozen=True)
class Question:
    """One line of the checklist: a question that a good row answers with yes.

    Args:
        name: q1, q2 … in the recipe's order.
        ask: the question.
        critical: whether a single "no" is enough to reject the row.
    """

    name: str
    ask: str
    critical: bool = False


@dataclass(frozen=True)
class Juror:
    """A model that judges.

    Args:
        name: the name that requests carry.
        prompt: what it is asked with.
    """

    name: str
    prompt: Prompt


@dataclass(frozen=True)
class Answer:
    """What one juror says to one question.

    Args:
        question: which.
        yes: the probability of "yes"; 1 or 0 where the endpoint gives no probabilities.
        quote: the words of the row that show a "no"; None = nobody asked for them.
    """

    question: Question
    yes: float
    quote: str | None = None


@dataclass(frozen=True)
class Opinion:
    """What one juror makes of a row.

    Args:
        score: the mean probability of "yes" over the questions that have an answer that counts; None = not judged.
        critical: whether a critical question has a "no".
        evidence: the first "no" with its quote, or why there is no score.
    """

    score: float | None
    critical: bool
    evidence: str | None


@dataclass(frozen=True)
class Judge:
    """The check. With several jurors the majority decides, and a tie goes to a person.

    Args:
        jurors: who judges.
        questions: the checklist.
        about: the recipe's sentence that says what the rows are.
        axes: each axis's rows, for what a label means.
        bounds: scores from which a row goes to a person, and from which it is kept.
        reference: whether a juror first writes an answer of its own to compare with.
    """

    jurors: Sequence[Juror]
    questions: Sequence[Question]
    about: str
    axes: dict[str, list[Row]]
    bounds: tuple[float, float]
    reference: bool = False

    async def __call__(self, candidates: Sequence[Candidate], asks: Sequence[Ask]) -> list[Verdict]:
        """Say of each row whether the jurors' answers let it pass.

        Args:
            candidates: rows that every other check kept.
            asks: one a juror: remembered, budgeted and paced.
        """
        return list(await asyncio.gather(*(self._verdict(one.record, asks) for one in candidates if one.record)))

    async def _verdict(self, record: Record, asks: Sequence[Ask]) -> Verdict:
        try:
            found = await self.opinions(record, asks)
        except BudgetSpentError as error:
            return "judge.unasked", None, error.what
        return self.decide(found)

    async def opinions(self, record: Record, asks: Sequence[Ask]) -> list[Opinion]:
        """Return what each juror makes of a row.

        Raises:
            BudgetSpentError: the budget leaves no room for the question.
        """
        going = (self._answers(juror, record, ask) for juror, ask in zip(self.jurors, asks, strict=True))
        return [_opinion(answers, record) for answers in await asyncio.gather(*going)]

    def decide(self, opinions: Sequence[Opinion]) -> Verdict:
        """Return the verdict of the majority of those who could judge."""
        doubt, least = self.bounds
        heard = [one for one in opinions if one.score is not None]
        if not heard:
            return "judge.unread", None, opinions[0].evidence
        score = round(sum(one.score or 0.0 for one in heard) / len(heard), 4)
        against = [one for one in heard if one.critical or (one.score or 0.0) < least]
        share = len(against) / len(heard)
        if share < MAJORITY:
            return None, score, None
        said = next((one.evidence for one in against if one.evidence), None)
        if share == MAJORITY:
            return "judge.doubt", score, f"the jurors are divided; {said}"
        if sum(one.critical for one in against) * 2 > len(heard):
            return "judge.critical", score, said
        return ("judge.doubt" if score >= doubt else "judge.low"), score, said

    def reversed(self) -> Judge:
        """Return the same judge with its questions in the other order: a verdict should not hang on it."""
        return replace(self, questions=list(reversed(self.questions)))

    async def _answers(self, juror: Juror, record: Record, ask: Ask) -> list[Answer] | Fault:
        if juror.prompt.continues:
            requests = [self._request(juror, record, [question]) for question in self.questions]
            replies = await asyncio.gather(*(ask(request) for request in requests))
            return [one for pair in zip(self.questions, replies, strict=True) if (one := _continued(*pair))]
        reference = (await ask(_asked_itself(juror, record))).text if self.reference else ""
        return _checklist(await ask(self._request(juror, record, self.questions, reference)), self.questions)

    def _request(self, juror: Juror, record: Record, questions: Sequence[Question], reference: str = "") -> Request:
        row = {name: value for name, value in record.model_dump(mode="json").items() if value is not None}
        messages = juror.prompt.render(
            {
                "about": self.about,
                "detail": self._detail(row),
                "questions": [vars(question) for question in questions],
                "record": row,
                "reference": reference,
            }
        )
        parameters = {"temperature": 0, "seed": 0, "logprobs": True, "top_logprobs": ALTERNATIVES}
        if juror.prompt.continues:
            return Request(juror.name, tuple(messages), parameters | {"max_tokens": 2})
        parameters["max_tokens"] = ANSWER_TOKENS * len(questions)
        return Request(juror.name, tuple(messages), parameters, _schema(questions))

    def _detail(self, row: Row) -> dict[str, Row]:
        """Return for each axis the line that the row's values stand in, with what describes it."""
        found = {}
        for name, lines in self.axes.items():
            shared = [key for key in lines[0] if key in row]
            fitting = (line for line in lines if shared and all(line[key] == row[key] for key in shared))
            if line := next(fitting, None):
                found[name] = line
        return found


def _opinion(answers: list[Answer] | Fault, record: Record) -> Opinion:
    if isinstance(answers, Fault):
        return Opinion(None, critical=False, evidence=f"{answers.reason}: {answers.evidence}")
    row = normalise(" ".join(str(value) for value in record.model_dump(mode="json").values() if value is not None))
    counted = [one for one in answers if one.yes >= MAJORITY or one.quote is None or _stands_in(one.quote, row)]
    asked = max(1, len(answers))
    if len(counted) < ANSWERED * asked:
        return Opinion(None, critical=False, evidence="most answers say no with a quote that is not in the row")
    against = [one for one in counted if one.yes < MAJORITY]
    first = next((one for one in against if one.question.critical), against[0] if against else None)
    said = f'no to "{first.question.ask}"' + (f": {first.quote}" if first.quote else "") if first else None
    critical = any(one.question.critical for one in against)
    return Opinion(sum(one.yes for one in counted) / len(counted), critical, said)


def _stands_in(quote: str, row: str) -> bool:
    plain = normalise(quote)
    return len(plain) >= NO_QUOTE and plain in row


def _asked_itself(juror: Juror, record: Record) -> Request:
    """Return the row's own question, for the juror to answer."""
    messages = list(record.messages())
    while messages and messages[-1]["role"] == "assistant":
        messages.pop()
    return Request(juror.name, tuple(messages), {"temperature": 0, "seed": 0, "max_tokens": REFERENCE_TOKENS})


def _schema(questions: Sequence[Question]) -> dict[str, Any]:
    answer = {
        "type": "object",
        "properties": {"answer": {"type": "string", "enum": ["yes", "no"]}, "quote": {"type": "string"}},
        "required": ["answer", "quote"],
        "additionalProperties": False,
    }
    names = [question.name for question in questions]
    return {
        "type": "object",
        "properties": dict.fromkeys(names, answer),
        "required": names,
        "additionalProperties": False,
    }


def _checklist(reply: Reply, questions: Sequence[Question]) -> list[Answer] | Fault:
    """Read a reply that answers the whole checklist."""
    row = parse.rows(reply, [question.name for question in questions], 1)[0]
    if isinstance(row, Fault):
        return row
    found = []
    for question in questions:
        said = row[question.name]
        word = str(said.get("answer") if isinstance(said, dict) else said).strip().lower()
        if word not in {"yes", "no"}:
            return Fault("reply.not_json", f"{question.name}: neither yes nor no: {said}")
        at = re.search(rf'"{question.name}"\s*:\s*{{\s*"answer"\s*:\s*"', reply.text)
        likely = _probability(reply, at.end()) if at else None
        yes = float(word == "yes") if likely is None else likely
        found.append(Answer(question, yes, str(said.get("quote") or "") if isinstance(said, dict) else ""))
    return found


def _continued(question: Question, reply: Reply) -> Answer | None:
    """Read a reply that carries `Answer:` on."""
    likely = _probability(reply, len(reply.text) - len(reply.text.lstrip()))
    if likely is not None:
        return Answer(question, likely)
    word = re.match(r"\W*(yes|no)\b", reply.text, re.IGNORECASE)
    return Answer(question, float(word.group(1).lower() == "yes")) if word else None


def _probability(reply: Reply, at: int) -> float | None:
    """Return the probability of "yes" against "no" in the token that holds a place of the text, or None."""
    if "".join(token for token, _ in reply.tokens).strip() != reply.text.strip():
        return None
    end = 0
    for token, alternatives in reply.tokens:
        end += len(token)
        if end > at:
            yes, no = (_mass(alternatives, word.startswith) for word in ("yes", "no"))
            return yes / (yes + no) if yes + no else None
    return None


def _mass(alternatives: dict[str, float], begins: Callable[[str], bool]) -> float:
    """Return the probability of all tokens that a word begins with."""
    found = ((token.strip(' "\n').lower(), value) for token, value in alternatives.items())
    return sum(exp(value) for token, value in found if token and begins(token))
