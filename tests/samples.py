"""Rows of every shape that a format may meet: calls of tools, two answers, many turns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pydantic import Field

from synthgen.types import JsonText, Message, Record, Row

Call = dict[str, Any]


class Calling(Record):
    """A request, tools, what is called, what came of it, and the answer."""

    request: str = Field(min_length=1)
    tools_offered: JsonText
    calls: JsonText = "[]"
    results: list[str] = Field(default_factory=list)
    answer: str | None = None

    def wording(self) -> str:
        """Return the request."""
        return self.request

    def tools(self) -> list[Row]:
        """Return the tools that are offered."""
        return list(json.loads(self.tools_offered))

    def messages(self) -> list[Message]:
        """Return the request, the calls with their results, and the answer."""
        said: list[Message] = [{"role": "user", "content": self.request}]
        calls: list[Any] = [
            {"id": f"call_{at}", "type": "function", "function": {**call, "arguments": json.dumps(call["arguments"])}}
            for at, call in enumerate(json.loads(self.calls), 1)
        ]
        if calls:
            said.append({"role": "assistant", "content": "", "tool_calls": calls})
        said += [
            {"role": "tool", "content": result, "tool_call_id": call["id"]}
            for result, call in zip(self.results, calls, strict=False)
        ]
        return [*said, {"role": "assistant", "content": self.answer}] if self.answer else said

    @classmethod
    def from_conversation(
        cls,
        messages: Sequence[Message],
        tools: Sequence[Row] = (),
        rejected: Sequence[Message] | None = None,  # noqa: ARG003 - there is none
    ) -> Row | None:
        """Return the fields again."""
        calls = [
            {"name": call["function"]["name"], "arguments": json.loads(call["function"]["arguments"])}
            for one in messages
            for call in one.get("tool_calls", [])
        ]
        last = messages[-1]
        return {
            "request": messages[0]["content"],
            "tools_offered": list(tools),
            "calls": calls,
            "results": [one["content"] for one in messages if one["role"] == "tool"],
            "answer": last["content"] if last["role"] == "assistant" and not last.get("tool_calls") else None,
        }


class Preferred(Record):
    """A question, a good answer and a bad one."""

    question: str = Field(min_length=1)
    good: str = Field(min_length=1)
    rejected_answer: str = Field(min_length=1)

    def wording(self) -> str:
        """Return the question."""
        return self.question

    def messages(self) -> list[Message]:
        """Return question and good answer."""
        return [{"role": "user", "content": self.question}, {"role": "assistant", "content": self.good}]

    def rejected(self) -> list[Message]:
        """Return the bad answer."""
        return [{"role": "assistant", "content": self.rejected_answer}]

    @classmethod
    def from_conversation(
        cls,
        messages: Sequence[Message],
        tools: Sequence[Row] = (),  # noqa: ARG003 - there are none
        rejected: Sequence[Message] | None = None,
    ) -> Row | None:
        """Return the fields again."""
        if len(messages) != 2 or not rejected:
            return None
        asked, good = (one["content"] for one in messages)
        return {"question": asked, "good": good, "rejected_answer": rejected[-1]["content"]}


class Talking(Record):
    """Many turns, the first one perhaps the system's."""

    messages_said: JsonText

    def wording(self) -> str:
        """Return the turns."""
        return self.messages_said

    def messages(self) -> list[Message]:
        """Return the turns."""
        return list(json.loads(self.messages_said))

    @classmethod
    def from_messages(cls, messages: Sequence[Message]) -> Row | None:
        """Return the turns again."""
        return {"messages_said": list(messages)}


def tool(name: str, **properties: str) -> Row:
    """Return a tool with texts or numbers as its parameters."""
    kinds = {key: {"type": kind} for key, kind in properties.items()}
    parameters = {"type": "object", "properties": kinds, "required": sorted(kinds)}
    return {
        "type": "function",
        "function": {"name": name, "description": f"Does {name}.", "parameters": parameters},
    }


WEATHER, MAIL, CLOCK = tool("weather", city="string"), tool("send_mail", to="string", copies="integer"), tool("clock")

CALLING = [
    Calling.model_validate(row)
    for row in [
        {
            "request": "How warm is it in Oslo, and in Bergen?",
            "tools_offered": [WEATHER, CLOCK],
            "calls": [
                {"name": "weather", "arguments": {"city": "Oslo"}},
                {"name": "weather", "arguments": {"city": "Bergen"}},
            ],
            "results": ["12 °C", '{"celsius": 9}'],
            "answer": "It is 12 °C in Oslo and 9 °C in Bergen.",
        },
        {
            "request": "Send the plan to Ann, twice.",
            "tools_offered": [MAIL],
            "calls": [{"name": "send_mail", "arguments": {"to": "Ann", "copies": 2}}],
        },
        {"request": "Thank you!", "tools_offered": [WEATHER, MAIL], "answer": "You are welcome."},
        {
            "request": "What time is it?",
            "tools_offered": [CLOCK],
            "calls": [{"name": "clock", "arguments": {}}],
            "results": ["12:30"],
            "answer": "Half past twelve.",
        },
        {
            "request": "Send it with all of this.",
            "tools_offered": [MAIL],
            "calls": [
                {"name": "send_mail", "arguments": {"to": ["a", "b"], "more": {"deep": [None, 1.5, {"x": True}]}}}
            ],
        },
    ]
]  # fmt: skip

PREFERRED = [
    Preferred(
        question=f"How do I reset device {at}?", good=f"Hold its key for {at} seconds.", rejected_answer="No idea."
    )
    for at in range(1, 7)
]  # fmt: skip

TALKING = [
    Talking.model_validate({"messages_said": turns})
    for turns in [
        [
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": "My card is lost."},
            {"role": "assistant", "content": "When did you see it last?"},
            {"role": "user", "content": "On the bus."},
            {"role": "assistant", "content": "It is blocked now."},
        ],
        [{"role": "user", "content": "Hello!"}, {"role": "assistant", "content": "Hello! ¿Qué tal?\n\nFine?"}],
    ]
]

SAMPLES: dict[str, list[Any]] = {"calling": CALLING, "preferred": PREFERRED, "talking": TALKING}
