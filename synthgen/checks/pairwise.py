"""Which of two answers is better, asked both ways round: a judge that changes its mind with the order says nothing.

Of GPT-4's verdicts on LLMBar's adversarial pairs (Zeng et al. 2024) those that survive the swap are right in 87 %, on
the 88 % of pairs where one does; a weak judge is below chance there. So an inconsistent pair is a tie, never a guess.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from synthgen import parse
from synthgen.checks import Verdict
from synthgen.errors import BudgetSpentError
from synthgen.prompts import Prompt
from synthgen.types import Ask, Candidate, Fault, Message, Request, Row

NAMES = ("about", "first", "prompt", "rules", "second")
"""The names that a prompt for pairs may use; pairwise.j2 beside this file is the shipped one."""
TOKENS = 40
_SCHEMA = {
    "type": "object",
    "properties": {"better": {"type": "string", "enum": ["first", "second", "neither"]}},
    "required": ["better"],
    "additionalProperties": False,
}

Better = Literal["one", "other", "tie"]


@dataclass(frozen=True)
class Pairwise:
    """A judge of pairs.

    Args:
        name: the name that requests carry.
        prompt: shows `about`, `prompt`, `rules`, and the two answers as `first` and `second`.
        about: the recipe's sentence that says what the rows are.
        rules: what a good answer must have, or nothing.
    """

    name: str
    prompt: Prompt
    about: str
    rules: str = ""

    async def __call__(self, prompt: str, one: str, other: str, ask: Ask) -> Better:
        """Return which of two answers to a prompt is better in both orders; anything else is a tie.

        Args:
            prompt: what both answer.
            one: an answer.
            other: another.
            ask: remembered, budgeted and paced.
        """
        orders = [self._request(prompt, first, second) for first, second in ((one, other), (other, one))]
        replies = await asyncio.gather(*(ask(request) for request in orders))
        rows = [parse.rows(reply, ["better"], 1)[0] for reply in replies]
        said = ["neither" if isinstance(row, Fault) else str(row["better"]).strip().lower() for row in rows]
        if said == ["first", "second"]:
            return "one"
        return "other" if said == ["second", "first"] else "tie"

    def _request(self, prompt: str, first: str, second: str) -> Request:
        values: Row = {"about": self.about, "prompt": prompt, "rules": self.rules, "first": first, "second": second}
        parameters = {"temperature": 0, "seed": 0, "max_tokens": TOKENS}
        return Request(self.name, tuple(self.prompt.render(values)), parameters, _SCHEMA)


@dataclass(frozen=True)
class Pair:
    """`pair`: of the two answers of a row, the chosen one must win in both orders; a tie is no preference.

    Args:
        judge: who compares.
    """

    judge: Pairwise

    async def __call__(self, candidates: Sequence[Candidate], asks: Sequence[Ask]) -> list[Verdict]:
        """Say of each row with two answers whether the chosen one is the better one."""
        return list(await asyncio.gather(*(self._verdict(one, asks[0]) for one in candidates)))

    async def _verdict(self, candidate: Candidate, ask: Ask) -> Verdict:
        record = candidate.record
        other = record.rejected() if record else None
        if record is None or other is None:
            return None, None, None
        *before, chosen = record.messages()
        try:
            better = await self.judge(_spoken(before), chosen["content"], _spoken(other), ask)
        except BudgetSpentError as error:
            return "pair.unasked", None, error.what
        if better == "one":
            return None, None, None
        return (
            ("pair.lost", None, "the other answer won in both orders")
            if better == "other"
            else (
                "pair.tie",
                None,
                "no answer won in both orders",
            )
        )


@dataclass(frozen=True)
class Harder:
    """`harder`: a row that was made of another must be the harder one in both orders.

    Args:
        judge: who compares; its rules say what harder means.
        wider: for an axis the values whose rows are to be wider instead, which nobody compares.
    """

    judge: Pairwise
    wider: dict[str, frozenset[str]]

    async def __call__(self, candidates: Sequence[Candidate], asks: Sequence[Ask]) -> list[Verdict]:
        """Say of each row that was made of another whether it is harder."""
        return list(await asyncio.gather(*(self._verdict(one, asks[0]) for one in candidates)))

    async def _verdict(self, candidate: Candidate, ask: Ask) -> Verdict:
        record, parent, cell = candidate.record, candidate.parent, candidate.draft.cell
        if record is None or parent is None or any(cell.get(axis) in these for axis, these in self.wider.items()):
            return None, None, None
        try:
            better = await self.judge("", record.wording(), parent.wording(), ask)
        except BudgetSpentError as error:
            return "harder.unasked", None, error.what
        name = f"row {candidate.draft.parent}"
        return (None, None, name) if better == "one" else ("harder.denied", None, name)


def _spoken(messages: Sequence[Message]) -> str:
    return "\n\n".join(one["content"] for one in messages)
