"""`moderation`: an endpoint's moderation (`/v1/moderations`, as OpenAI has it) reads what the other checks kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from synthgen.checks import Verdict
from synthgen.errors import BudgetSpentError
from synthgen.types import MODERATION, Ask, Candidate, Request


@dataclass(frozen=True)
class Moderation:
    """The check.

    Args:
        name: the moderation model's name.
        read: one result to a verdict.
    """

    name: str
    read: Callable[[Mapping[str, Any]], Verdict]

    async def __call__(self, candidates: Sequence[Candidate], asks: Sequence[Ask]) -> list[Verdict]:
        """Say of each row whether the endpoint flags it."""
        return list(await asyncio.gather(*(self._one(one, asks[0]) for one in candidates)))

    async def _one(self, candidate: Candidate, ask: Ask) -> Verdict:
        values = candidate.record.model_dump(mode="json").values() if candidate.record else ()
        text = "\n".join(value for value in values if isinstance(value, str))
        request = Request(self.name, ({"role": "user", "content": text},), {MODERATION: True})
        try:
            reply = await ask(request)
        except BudgetSpentError as error:
            return "moderation.unasked", None, error.what
        reason, score, evidence = self.read(json.loads(reply.text))
        return "moderation.flagged" if reason else None, score, evidence
