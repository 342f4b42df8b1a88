"""`paraphrase`: a model says whether a row repeats an evaluation item in other words.

No cheap rule finds human paraphrases (17 % at best, against all of the verbatim ones), and embeddings alone cannot
part "the same question" from "the same topic". So a model is asked, and only about a row's nearest items: the mechanism
of LMSYS's LLM decontaminator (Yang et al. 2023, arXiv 2311.04850), which asks about the top few neighbours.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from synthgen import parse
from synthgen.checks import Verdict
from synthgen.errors import BudgetSpentError
from synthgen.prompts import Prompt
from synthgen.types import Ask, Candidate, Fault, Request

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from synthgen.embed import Embed

NAMES = ("about", "item", "row")
"""The names that this check's prompt may use; same.j2 beside this file is the shipped one."""
NEIGHBOURS = 3
"""Items that are asked about for a row at most."""
TOKENS = 20
_SCHEMA = {
    "type": "object",
    "properties": {"same": {"type": "string", "enum": ["yes", "no"]}},
    "required": ["same"],
    "additionalProperties": False,
}


class Paraphrase:
    """The check.

    Args:
        items: each evaluation text with its place.
        least: cosine from which an item is near enough to be asked about.
        embed: makes the vectors.
        asked: the name that requests carry, and the prompt.
        about: the recipe's sentence that says what the rows are.
    """

    def __init__(
        self, items: Sequence[tuple[str, str]], least: float, embed: Embed, asked: tuple[str, Prompt], about: str
    ) -> None:
        self._items = list({text: (where, text) for where, text in items}.values())
        self._least, self._embed, self._about = least, embed, about
        self._name, self._prompt = asked
        self._vectors: NDArray[np.float32] | None = None

    async def __call__(self, candidates: Sequence[Candidate], asks: Sequence[Ask]) -> list[Verdict]:
        """Say of each row whether the model calls one of its nearest items the same."""
        texts = [one.record.wording() if one.record else "" for one in candidates]
        near = self._nearest(texts)
        return list(await asyncio.gather(*(self._one(*pair, asks[0]) for pair in zip(texts, near, strict=True))))

    def _nearest(self, texts: list[str]) -> list[list[tuple[float, int]]]:
        """Return for each text the cosines and numbers of its nearest items, the nearest first."""
        import numpy as np

        if self._vectors is None:
            self._vectors = self._embed([text for _, text in self._items])
        found = []
        for vector in self._embed(texts):
            cosines = self._vectors @ vector
            best = np.argsort(-cosines, kind="stable")[:NEIGHBOURS]
            found.append([(float(cosines[at]), int(at)) for at in best if cosines[at] >= self._least])
        return found

    async def _one(self, text: str, near: Sequence[tuple[float, int]], ask: Ask) -> Verdict:
        for cosine, number in near:
            where, item = self._items[number]
            try:
                same = await self._same(text, item, ask)
            except BudgetSpentError as error:
                return "paraphrase.unasked", round(cosine, 4), error.what
            if same:
                return "paraphrase.same", round(cosine, 4), f"{where}: {item[:120]}"
        return None, round(near[0][0], 4) if near else None, None

    async def _same(self, text: str, item: str, ask: Ask) -> bool:
        """Ask; an answer that cannot be read is no answer, and not a yes."""
        messages = tuple(self._prompt.render({"about": self._about, "row": text, "item": item}))
        parameters = {"temperature": 0, "seed": 0, "max_tokens": TOKENS}
        if self._prompt.continues:
            reply = await ask(Request(self._name, messages, parameters | {"max_tokens": 2}))
            return reply.text.strip().lower().startswith("yes")
        row = parse.rows(await ask(Request(self._name, messages, parameters, _SCHEMA)), ["same"], 1)[0]
        return not isinstance(row, Fault) and str(row["same"]).strip().lower() == "yes"
