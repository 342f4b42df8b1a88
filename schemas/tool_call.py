"""A request, the tools that an assistant is offered, the calls that it makes, and what it says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, ValidationInfo, model_validator

from synthgen.types import JsonText, Message, Prose, Record, Row, canonical, misfit, unfit

COUNTS = {"single": (1, 1), "parallel": (2, 8), "chained": (2, 8), "none": (0, 0), "ask": (0, 0)}
"""Fewest and most calls of each kind."""


class ToolCall(Record):
    """A request with tools, and what a good assistant makes of it: calls, or an answer."""

    question: Annotated[str, Prose(least=3, most=150)] = Field(min_length=1, description="What the user asks for.")
    offered: JsonText = Field(description="The tools that are offered, as OpenAI's `tools`; JSON text.")
    calls: JsonText = Field("[]", description="The calls, each with `name` and `arguments`; JSON text.")
    results: JsonText = Field("[]", description="What running the calls gave, one for each; JSON text, may be empty.")
    answer: Annotated[str | None, Prose(least=2, most=150)] = Field(
        None, description="What the assistant says: after the results, or in the place of a call."
    )
    kind: Literal["single", "parallel", "chained", "none", "ask"] | None = Field(
        None, description="What the row shows; `none` = no tool fits, `ask` = something that a call needs is missing."
    )

    aliases: ClassVar[dict[str, tuple[str, ...]]] = {
        "question": ("query", "request"),
        "calls": ("answers", "tool_calls", "function_calls"),
        "offered": ("tools", "functions"),
    }
    reasons: ClassVar[dict[str, tuple[str, str]]] = {
        "call.unreadable": (
            "Tools, calls or results are not the lists that they should be.",
            "Compare with the table of fields on the task's page.",
        ),
        "call.unknown": ("A call names a function that is not offered.", "Offer it, or ask for calls of what is."),
        "call.misfit": (
            "A call's arguments do not fit the tool's JSON Schema; what it does not name is not allowed.",
            "Draw the arguments from the schema (`tools.draw`), before the text is written.",
        ),
        "call.count": ("There are more or fewer calls than the row's kind has.", "See the step that draws the calls."),
        "call.double": ("The same call stands there twice.", "See the step that draws the calls."),
        "call.failed": (
            "Running a call went wrong: an error, too much time or memory, or something that may not be done.",
            "See its evidence; mend the function, or narrow what its parameters take.",
        ),
        "call.otherwise": (
            "Running a call gives another result than the row has.",
            "A function that rows are made with must answer the same each time.",
        ),
        "call.unlinked": (
            "No argument of a chained call comes out of an earlier result.",
            "See the step that draws the calls.",
        ),
        "call.ungrounded": (
            "An argument stands neither in the request nor in an earlier result.",
            "Take a larger model to write the request; say in the prompt that every value must be in it.",
        ),
        "call.unanswered": (
            "There is neither a call nor an answer, or the results are left without one.",
            "Fill `answer` in a step of its own.",
        ),
        "call.silent": ("The answer should ask for what is missing, and asks nothing.", "Say so in the prompt."),
        "call.unsupported": (
            "The answer has a number that stands in no result and not in the request.",
            "Lower the temperature of the step that answers; show it the results.",
        ),
    }

    def wording(self) -> str:
        """Return the request: one request twice is one row too many."""
        return self.question

    def level(self) -> int:
        """Return 1 for one call or none, 2 for several at once, 3 where one needs what another gave."""
        return {"parallel": 2, "ask": 2, "chained": 3}.get(self.kind or "", 1)

    def tools(self) -> list[Row]:
        """Return the tools as they are written down."""
        found: list[Row] = json.loads(self.offered)
        return found

    def messages(self) -> list[Message]:
        """Return the request, the calls with their results, and the answer.

        Where there is no answer, what follows the last call is left out. Chained calls have a turn each.
        """
        calls, results = json.loads(self.calls), json.loads(self.results)
        turns: list[Message] = [{"role": "user", "content": self.question}]
        groups = [[number] for number in range(len(calls))] if self.kind == "chained" else [list(range(len(calls)))]
        for group in groups if calls else []:
            made = [_written(number, calls[number]) for number in group]
            turns.append({"role": "assistant", "content": "", "tool_calls": made})
            turns += [
                {
                    "role": "tool",
                    "content": json.dumps(results[number], ensure_ascii=False),
                    "tool_call_id": _id(number),
                }
                for number in group
                if number < len(results)
            ]
        if self.answer:
            return [*turns, {"role": "assistant", "content": self.answer}]
        while turns[-1]["role"] == "tool":
            turns.pop()
        return turns

    @classmethod
    def from_messages(cls, messages: Sequence[Message]) -> Row | None:
        """Return the fields of one request, its calls and their results; the tools stand in a column of their own."""
        turns = [one for one in messages if one["role"] != "system"]
        if len(turns) < 2 or [one["role"] == "user" for one in turns].count(True) != 1 or turns[0]["role"] != "user":
            return None
        made = [one.get("tool_calls", []) for one in turns if one["role"] == "assistant" and one.get("tool_calls")]
        calls = [call for group in made for call in group]
        gave = {one.get("tool_call_id"): one["content"] for one in turns if one["role"] == "tool"}
        last = turns[-1]
        return {
            "question": turns[0]["content"],
            "calls": [_read(one) for one in calls],
            "results": [_value(gave[one.get("id")]) for one in calls if one.get("id") in gave],
            "answer": last["content"] if last["role"] == "assistant" and not last.get("tool_calls") else None,
            "kind": "chained" if len(made) > 1 else "parallel" if len(calls) > 1 else "single" if calls else None,
        }

    @model_validator(mode="after")
    def _calls_fit(self) -> ToolCall:
        """Hold the calls against the tools that the row itself offers."""
        offered, calls, results = self._lists()
        for one in calls:
            if one["name"] not in offered:
                raise unfit("call.unknown", f"{one['name']} is none of {', '.join(offered)}")
            if said := misfit(one["arguments"], offered[one["name"]]):
                raise unfit("call.misfit", f"{one['name']}: {said}")
        written = [canonical(one) for one in calls]
        if twice := next((one for one in written if written.count(one) > 1), None):
            raise unfit("call.double", twice)
        least, most = COUNTS.get(self.kind or "", (0, 100))
        if not least <= len(calls) <= most:
            raise unfit("call.count", f"{len(calls)} calls in a row of the kind {self.kind}")
        if self.kind == "chained" and results and not _linked(calls, results):
            raise unfit("call.unlinked", written[-1])
        if not self.answer and (not calls or len(results) == len(calls) > 0):
            raise unfit("call.unanswered", f"{len(calls)} calls, {len(results)} results")
        if self.kind == "ask" and "?" not in (self.answer or ""):
            raise unfit("call.silent", str(self.answer))
        return self

    @model_validator(mode="after")
    def _calls_run(self, info: ValidationInfo) -> ToolCall:
        """Hold a row that is no seed against the recipe's tools: what they give, and what the request says."""
        context = info.context or {}
        tools = context.get("tools")
        if tools is None or context.get("seed"):
            return self
        _, calls, results = self._lists()
        for number, one in enumerate(calls):
            if tools.runs:
                outcome = tools.run(one["name"], one["arguments"])
                if outcome.trouble:
                    raise unfit("call.failed", f"{one['name']}: {outcome.trouble}, {outcome.evidence}")
                if number < len(results) and canonical(results[number]) != canonical(outcome.value):
                    raise unfit("call.otherwise", f"{one['name']} gives {canonical(outcome.value)[:200]}")
            said = "\n".join([self.question, *map(canonical, results[:number] if self.kind == "chained" else [])])
            if absent := tools.ungrounded(one["name"], one["arguments"], said):
                raise unfit("call.ungrounded", f"{one['name']}: {', '.join(absent)}")
        known = f"{self.question}\n{self.calls}\n{self.results}"
        if made_up := tools.unsupported(self.answer or "", known):
            raise unfit("call.unsupported", ", ".join(made_up))
        return self

    def _lists(self) -> tuple[dict[str, Row], list[Row], list[Any]]:
        """Return the schemas of the offered tools by name, the calls, and the results."""
        tools, calls, results = (json.loads(one) for one in (self.offered, self.calls, self.results))
        try:
            functions = [one.get("function", one) for one in tools]
            offered = {one["name"]: dict(one.get("parameters") or {}) for one in functions}
            fine = all(isinstance(one["arguments"], dict) and isinstance(one["name"], str) for one in calls)
        except (TypeError, KeyError, AttributeError, ValueError):
            fine, offered = False, {}
        if not fine or not isinstance(results, list) or not isinstance(calls, list) or len(results) > len(calls):
            raise unfit("call.unreadable", f"{self.calls[:100]} of {self.offered[:100]} gave {self.results[:100]}")
        return offered, calls, results


def _id(number: int) -> str:
    return f"call_{number + 1}"


def _written(number: int, call: Row) -> Row:
    arguments = json.dumps(call["arguments"], ensure_ascii=False)
    return {"id": _id(number), "type": "function", "function": {"name": call["name"], "arguments": arguments}}


def _read(call: Row) -> Row:
    function = call.get("function") or {}
    return {"name": function.get("name"), "arguments": _value(function.get("arguments"))}


def _value(text: Any) -> Any:  # noqa: ANN401 - a JSON value
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return text


def _linked(calls: Sequence[Row], results: Sequence[Any]) -> bool:
    """Return whether each call after the first has an argument out of an earlier result, and not of the first call."""
    return all(
        any(
            value in set(_scalars(results[:number]))
            for value in _scalars(calls[number]["arguments"])
            if not isinstance(value, bool)
        )
        for number in range(1, len(calls))
    )


def _scalars(value: Any) -> Iterator[Any]:  # noqa: ANN401 - a JSON value
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _scalars(one)
    else:
        yield value
