"""`--model fake`: a public, deterministic stand-in for a model, for tests and tours.

It answers from the request alone: the same request gets the same answer on every machine. Texts are built from the
words of the last example in the prompt, from its first lines (which say what is wanted), and from everyday phrases, so
that they read as nonsense but go through every check as a model's rows do: some are kept, some fall. Where the prompt
quotes a text (lines that begin with `> `), the answer is one of its sentences. What a line of the prompt lists as
`It must say: ["…", "…"]` is said too.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from typing import Any

from synthgen.types import Reply, Request

_PHRASES = (
    "since Monday morning", "for the third time", "at the station", "before lunch", "in the blue folder",
    "on my old laptop", "near the river", "with a colleague", "after the meeting", "next to the bakery",
    "until the end of May", "without any notice", "during the weekend", "because of the rain", "twice in a row",
    "from the office", "by the window", "for my daughter", "on the second floor", "as far as I know",
    "just like last year", "behind the counter", "in Lisbon", "over the phone", "at half past nine",
    "while travelling", "despite the letter", "through the website", "along with two others", "in the garden",
    "on a Sunday", "for about an hour", "with the new version", "in front of everybody", "after an update",
    "from my brother", "under the desk", "close to the airport", "for the summer", "late in the evening",
)  # fmt: skip


async def ask(request: Request) -> Reply:
    """Answer a request at once."""
    text = answer(request)
    prompt = sum(len(message["content"]) for message in request.messages) // 4
    return Reply(text=text, prompt_tokens=prompt, completion_tokens=len(text) // 4, model="fake")


def answer(request: Request) -> str:
    """Return the text of the answer: JSON that fits the request's schema, or prose where it has none."""
    draw = random.Random(request.id)  # noqa: S311 - reproducible on purpose
    asked = request.messages[-1]["content"] if request.messages else ""
    shown = [_topic(asked), *_examples(asked)]
    if request.schema is None:
        return _text(draw, [str(value) for one in shown for value in one.values()])
    return json.dumps(_value(request.schema, "", shown, draw, _must(asked)), ensure_ascii=False)


def _must(asked: str) -> list[str] | None:
    """Return what the prompt says must be said; None where it says nothing of it."""
    listed = re.findall(r"^It must say: (\[.*\])$", asked, re.MULTILINE)
    try:
        return [str(one) for one in json.loads(listed[-1])] if listed else None
    except ValueError:
        return None


def _topic(asked: str) -> dict[str, Any]:
    """Return what the first two lines say after their colons, and the sentences that the prompt quotes."""
    lines = asked.split("\n")
    quoted = " ".join(line[2:].strip() for line in lines if line.startswith("> "))
    said = {"": " ".join(line.partition(":")[2] for line in lines[:2])}
    return said | ({">": re.split(r"(?<=[.!?])\s+", quoted)} if quoted else {})


def _examples(prompt: str) -> list[dict[str, Any]]:
    found = []
    for line in prompt.split("\n"):
        start = line.find("{")
        try:
            value = json.loads(line[start:]) if start >= 0 else None
        except ValueError:
            continue
        if isinstance(value, dict) and "properties" not in value:
            found.append(value)
    return found


def _value(
    schema: dict[str, Any], name: str, shown: list[dict[str, Any]], draw: random.Random, must: list[str] | None
) -> Any:  # noqa: ANN401
    if "enum" in schema:
        return draw.choice(schema["enum"])
    if "anyOf" in schema:
        return _value(schema["anyOf"][0], name, shown, draw, must)
    kind = schema.get("type")
    if kind == "object":
        return {key: _value(part, key, shown, draw, must) for key, part in schema.get("properties", {}).items()}
    if kind == "array":
        return [_value(schema["items"], name, shown, draw, must) for _ in range(draw.randint(1, 5))]
    if kind in {"boolean", "integer", "number"}:
        return True if kind == "boolean" else draw.randint(1, 99)
    return _said(name, shown, draw, must)


def _said(name: str, shown: list[dict[str, Any]], draw: random.Random, must: Sequence[str] | None) -> str:
    """Return a sentence that the prompt quotes, where it quotes some, else a mix of words."""
    if ">" in shown[0]:
        return str(draw.choice(shown[0][">"]))
    return _text(draw, [shown[0][""], *(str(one[name]) for one in shown if one.get(name))], must)


def _text(draw: random.Random, shown: list[str], must: Sequence[str] | None = None) -> str:
    """Mix words of the topic and of the last example with everyday phrases into one sentence."""
    topic, last = (re.findall(r"[^\W\d_]{4,}", text.lower()) for text in (shown[0], shown[-1]))
    words = draw.sample(last, min(len(last), draw.randint(4, 7))) + draw.sample(topic, min(len(topic), 3))
    draw.shuffle(words)
    middle = len(words) // 2
    parts = [*words[:middle], draw.choice(_PHRASES), *words[middle:], draw.choice(_PHRASES)]
    if len(words) < 6:
        parts.insert(0, draw.choice(_PHRASES))
    said = " ".join(parts).capitalize()
    return f"{said} {draw.randint(2, 990)}." if must is None else f"{', '.join([said, *must])}."
