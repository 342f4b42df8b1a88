"""`quality` of a conversation: the rules of the whole first, then those of each question and its answer.

Read as one text, a conversation hides what is wrong with one turn: a refusal stands behind the first 300 characters,
and a turn of signs or in another language is outweighed by the others. So each answer is judged as the answer to the
turn before it. What was said earlier counts as asked for: "and now in German" holds for the answers after it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, TypedDict, get_args

from synthgen.checks import quality, rules
from synthgen.types import Prose, Record

if TYPE_CHECKING:
    import polars as pl

EXCHANGES = "exchanges"
"""The table's column of them."""


class Exchange(TypedDict):
    """A question and its answer, with all that was said before, where something was."""

    user: str
    assistant: str
    before: str | None


@cache
def field_of(kind: type[Record]) -> str | None:
    """Return a schema's field of written text that holds a conversation's turns; None where there is none."""
    for name in kind.marked(Prose):
        one = get_args(kind.model_fields[name].annotation)
        if one and {"role", "content"} <= set(getattr(one[0], "model_fields", ())):
            return name
    return None


def exchanges(turns: Sequence[Any]) -> list[Exchange]:
    """Return each answer of a conversation with the question before it; turns have a `role` and a `content`."""
    found: list[Exchange] = []
    said: list[str] = []
    user = ""
    for turn in turns:
        if turn.role == "assistant" and user:
            found.append({"user": user, "assistant": turn.content, "before": "\n".join(said[:-1]) or None})
        if turn.role != "system":
            said.append(turn.content)
        user = turn.content if turn.role == "user" else ""
    return found


def facts_of(facts: rules.Rules, turns: Prose, seeds: Sequence[Exchange]) -> rules.Rules:
    """Return what the rules need to know of exchanges.

    Args:
        facts: what they know of the run's rows.
        turns: the bounds of the whole conversation: a turn may be as long, and as short as one word.
        seeds: the seeds' exchanges. Without any, users may leave the marks at their ends away.
    """
    fields = {name: Prose(1, turns.most, ends=turns.ends) for name in Exchange.__annotations__}
    ends = quality.ending_fields(fields, [dict(one) for one in seeds])
    return rules.Rules(
        fields=fields,
        ends=ends if seeds else ends & {"assistant"},
        prompt=facts.prompt,
        seeds=[{"user": one["user"], "assistant": one["assistant"]} for one in seeds],
        language=facts.language,
        allow=facts.allow,
        required=frozenset({"user", "assistant"}),
        masks=facts.masks,
        context=frozenset({"before"}),
        embed=facts.embed,
    )


class Turns:
    """The check: what `whole` says of a row, and of those it keeps the first exchange that breaks a rule.

    Args:
        whole: the check of whole rows.
        each: the check of exchanges.
    """

    def __init__(self, whole: quality.Quality, each: quality.Quality) -> None:
        self.whole, self.each = whole, each

    def __call__(self, table: pl.DataFrame) -> pl.DataFrame:
        """Say of each row whether it or one of its exchanges breaks a rule."""
        import polars as pl

        found = self.whole(table).with_row_index("at")
        texts = table.select(EXCHANGES).with_row_index("at").filter(found["reason"].is_null())
        texts = texts.explode(EXCHANGES).drop_nulls(EXCHANGES).unnest(EXCHANGES)
        texts = texts.rename({name: f"prose:{name}" for name in Exchange.__annotations__})
        said = self.each(texts).with_columns(at=texts["at"], turn=pl.int_range(1, pl.len() + 1).over(texts["at"]))
        evidence = pl.format("exchange {}, {}", "turn", "evidence").alias("evidence")
        first = said.filter(pl.col("reason").is_not_null()).unique("at", keep="first", maintain_order=True)
        first = first.select("at", "reason", "score", evidence)
        return found.update(first, on="at").drop("at")
