"""The nouns: what every step hands to the next one.

Nothing here knows a task, a model's vendor or a file format.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from random import Random
from typing import Annotated, Any, ClassVar, NotRequired, TypedDict

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

Row = dict[str, Any]
"""One row as JSON knows it: field name to value."""


class Message(TypedDict):
    """One turn of a conversation, as OpenAI's chat API has it: `role` is system, user, assistant or tool.

    An assistant's turn may have `tool_calls`, each `{"id", "type": "function", "function": {"name", "arguments"}}` with
    the arguments as JSON text; a tool's turn names the call that it answers in `tool_call_id`. An
    assistant's `weight` of 0 says that a trainer that knows of weights should not learn the turn.
    """

    role: str
    content: str
    tool_calls: NotRequired[list[dict[str, Any]]]
    tool_call_id: NotRequired[str]
    name: NotRequired[str]
    weight: NotRequired[int]


def canonical(value: object) -> str:
    """Write a JSON value in the one form that digests are taken of: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def unfit(code: str, evidence: str) -> PydanticCustomError:
    """Return what a schema raises where a row has a fault with a code of its own, such as `quote.absent`.

    The code stands in the schema's `reasons`.
    """
    return PydanticCustomError(code, "{evidence}", {"evidence": evidence})


def misfit(value: object, schema: Mapping[str, Any]) -> str:
    """Return what keeps a value from fitting a JSON Schema, and where; empty where it fits."""
    from synthgen import shapes

    return shapes.misfit(value, schema)


def _as_json(value: object) -> object:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, allow_nan=False)


def _is_json(text: str) -> str:
    return json.dumps(json.loads(text), ensure_ascii=False, allow_nan=False)


JsonText = Annotated[str, BeforeValidator(_as_json), AfterValidator(_is_json)]
"""A field of free form, kept as JSON text: tables give all rows one type, and would fill absent keys with nulls.

It is spelt in one way, so that a row comes back the same out of formats that hold the value itself.
"""


def digest(value: object, length: int = 16) -> str:
    """Return the first `length` hexadecimal digits of the SHA-256 of the value's canonical form."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()[:length]


@dataclass(frozen=True)
class Prose:
    """Marks a field of a Record that is written text: what the quality rules read.

    Args:
        least: fewer words than this are too short for the task.
        most: more words than this are too long for the task.
        ends: whether the text must end as a sentence ends.
    """

    least: int = 1
    most: int = 400
    ends: bool = True


@dataclass(frozen=True)
class Label:
    """Marks a field of a Record that names a class: what balance counts and the labeller predicts."""


class Record(BaseModel):
    """One row of a dataset. A task's schema is a subclass: its fields, and how the row is used.

    Validation takes a context: what the recipe's `resources` name, each under its own name, the draft's `cell` and the
    steps' `notes` while rows are generated, `"seed": True` where a person gave the row (what only sounds wrong is right
    there), and `"axes": {name: [rows]}`. Where an axis lists values for fields that
    the record has, the record's values must stand together in one of the axis's rows.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        str_strip_whitespace=True,
        allow_inf_nan=False,
        coerce_numbers_to_str=True,
    )

    aliases: ClassVar[dict[str, tuple[str, ...]]] = {}
    """For a field the names, in small letters, that others give to its column; the likeliest first."""

    reasons: ClassVar[dict[str, tuple[str, str]]] = {}
    """The codes that the schema gives with `unfit`: what each means, and what helps where it falls many rows."""

    def wording(self) -> str:
        """Return what the search for near-duplicates compares."""
        raise NotImplementedError

    def messages(self) -> list[Message]:
        """Return the conversation that a trainer sees."""
        raise NotImplementedError

    def stages(self) -> dict[str, list[Message]]:
        """Return the steps that led to the answer, each a conversation that can be trained by itself; by name."""
        return {}

    def tools(self) -> list[dict[str, Any]]:
        """Return the tools that the assistant is offered, in the form of OpenAI's `tools`."""
        return []

    def rejected(self) -> list[Message] | None:
        """Return what a trainer steers away from, instead of the last turn of `messages`; None where there is none."""
        return None

    def level(self) -> int:
        """Return how hard the row is, from 1; what a recipe varies as `level` counts instead of this."""
        return 1

    def prose(self, name: str) -> str | None:
        """Return a field as one text: the texts of a list, or of a conversation's turns, stand one below the other.

        System prompts are left out: the same one stands in many rows, and that is no fault.
        """
        value = getattr(self, name)
        if not isinstance(value, list):
            return None if value is None else str(value)
        said = (one for one in value if getattr(one, "role", "") != "system")
        return "\n".join(str(getattr(one, "content", one)) for one in said)

    @classmethod
    def from_messages(cls, messages: Sequence[Message]) -> Row | None:  # noqa: ARG003 - for the tasks that have it
        """Return the fields of a conversation, so that `messages` gives it again; None where it is not one row."""
        return None

    @classmethod
    @cache  # asked for each row, and a schema does not change once it is written: nobody changes what it gives
    def marked(cls, mark: type) -> dict[str, Any]:
        """Return the fields that carry a mark of this type, with the mark."""
        return {
            name: found for name, info in cls.model_fields.items() for found in info.metadata if isinstance(found, mark)
        }

    @classmethod
    def from_conversation(
        cls, messages: Sequence[Message], tools: Sequence[Row] = (), rejected: Sequence[Message] | None = None
    ) -> Row | None:
        """Return the fields of a conversation with its tools and its rejected answer; None where it is not one row.

        Fields called `tools` and `rejected` take these. A schema that keeps them otherwise says so here.
        """
        found = cls.from_messages(messages)
        if found is None:
            return None
        more: Row = {"tools": list(tools)} if tools else {}
        more |= {"rejected": rejected[-1]["content"]} if rejected else {}
        return {name: value for name, value in more.items() if name in cls.model_fields} | found

    def cell(self) -> dict[str, str]:
        """Return what balance counts: the label fields and their values."""
        return {name: getattr(self, name) or "" for name in self.marked(Label)}

    @classmethod
    @cache
    def _texts(cls) -> tuple[tuple[str, bool], ...]:
        """Return the fields that are texts, and whether each is required."""
        texts = {
            name: one.is_required()
            for name, one in cls.model_fields.items()
            if one.annotation in {str, str | None}
            and not any(isinstance(mark, BeforeValidator) for mark in one.metadata)
        }
        return tuple(texts.items())

    @model_validator(mode="before")
    @classmethod
    def _coerce(cls, row: Any, info: ValidationInfo) -> Any:  # noqa: ANN401 - whatever a model or a file gave
        """Take what is nearly right: a text in a list of one, an empty text for none, a label in other letters."""
        if not isinstance(row, dict):
            return row
        plain = dict(row)
        for name, required in cls._texts():
            value = plain.get(name)
            if isinstance(value, list) and len(value) == 1:
                value = plain[name] = value[0]
            if value == "" and not required:
                plain[name] = None
        for name in cls.marked(Label):
            if isinstance(plain.get(name), str):
                plain[name] = _as_known(plain[name], name, (info.context or {}).get("axes", {}))
        return plain

    @model_validator(mode="after")
    def _known_values(self, info: ValidationInfo) -> Record:
        axes: Mapping[str, Sequence[Row]] = (info.context or {}).get("axes", {})
        for rows in axes.values():
            shared = sorted(set(rows[0]) & set(type(self).model_fields)) if rows else []
            here = {name: getattr(self, name) for name in shared}
            given = {name: value for name, value in here.items() if value is not None}
            if given and not any(all(row.get(k) == v for k, v in given.items()) for row in rows):
                raise ValueError(_unknown_value(given, rows))
        return self


def _as_known(value: str, name: str, axes: Mapping[str, Sequence[Row]]) -> str:
    if not axes:
        return value

    def letters(text: str) -> str:
        return "".join(mark for mark in text.lower() if mark.isalnum())

    known = [str(row[name]) for rows in axes.values() for row in rows if row.get(name)]
    if value in known:
        return value
    return next((one for one in known if letters(one) == letters(value)), value)


def _unknown_value(given: Mapping[str, str], rows: Sequence[Row]) -> str:
    from difflib import get_close_matches

    for name, value in given.items():
        known = list(dict.fromkeys(str(row.get(name)) for row in rows))
        if value not in known:
            near = get_close_matches(str(value), known, 1, 0.4)
            hint = f"the nearest is '{near[0]}'" if near else "known are " + ", ".join(known[:12])
            return f"{name} '{value}' is not in the recipe's list; {hint}"
    return " and ".join(f"{name} '{value}'" for name, value in given.items()) + " do not go together"


@dataclass(frozen=True)
class Seed:
    """A Record that a person gave, with its place and the split that it was dealt to."""

    id: str
    record: Record
    where: str
    split: str = "train"


MODERATION = "moderation"
"""A parameter of requests that go to the endpoint's moderation, which answers with one result as JSON."""


@dataclass(frozen=True)
class Request:
    """One question to a model; `id` is the digest of all that decides the answer.

    Args:
        model: the model's name as the endpoint knows it.
        messages: the conversation so far.
        parameters: temperature, max_tokens, seed, stop.
        schema: JSON Schema of the wanted answer, or None for plain text.
    """

    model: str
    messages: tuple[Message, ...]
    parameters: dict[str, Any] = field(default_factory=dict)
    schema: dict[str, Any] | None = None

    @property
    def content(self) -> dict[str, Any]:
        """Return the documented canonical content, of which `id` is the digest."""
        return {
            "model": self.model,
            "messages": list(self.messages),
            "parameters": self.parameters,
            "schema": self.schema,
        }

    @cached_property
    def canonical(self) -> bytes:
        """Return the canonical content as it is digested and kept."""
        return canonical(self.content).encode()

    @cached_property
    def id(self) -> str:
        """Return 32 hexadecimal digits that name this request wherever it is asked."""
        return hashlib.sha256(self.canonical).hexdigest()[:32]


@dataclass(frozen=True)
class Reply:
    """What the model said, and what it took: tokens, cost in US dollars (None = unknown), seconds."""

    text: str
    finish_reason: str = "stop"
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None
    seconds: float = 0.0
    model: str = ""
    tokens: list[list[Any]] = field(default_factory=list)
    """Where they were asked for: the text's tokens, each as [token, {the likeliest in its place: log-probability}]."""


Ask = Callable[[Request], Awaitable[Reply]]
"""A model is a callable; every wrapper around it has this same shape."""


@dataclass(frozen=True)
class Draft:
    """What is to be asked for: one place in the plan, before any model was asked.

    Args:
        number: position in the plan, from 0.
        cell: field and axis values that the row must have, `split` among them.
        index: how many drafts this cell had before.
        examples: ids of the seeds that the prompt shows.
        avoid: texts that the prompt tells the model not to repeat.
        openings: first words that are used too often.
        unlike: labels that the row's own is easily taken for, each with those above it.
        parent: id of the kept row that this one is made of, where the recipe has such rows.
        boundary: the label that a careless reader would take the row for, where it is to lie at the boundary.
    """

    number: int
    cell: dict[str, str]
    index: int
    examples: list[str]
    avoid: list[str] = field(default_factory=list)
    openings: list[str] = field(default_factory=list)
    unlike: list[str] = field(default_factory=list)
    parent: str = ""
    boundary: str = ""

    @property
    def level(self) -> int | None:
        """Return the level that was planned, where the recipe varies it."""
        said = self.cell.get("level", "")
        return int(said) if said.isdecimal() else None


@dataclass(frozen=True)
class Given:
    """What a function that is a step of the recipe gets.

    Args:
        draw: for every choice; the same draft draws the same again.
        cell: the draft's values, `split` among them.
        detail: for each axis the row that the value comes from, with all that describes it.
        record: what earlier steps filled and noted.
        examples: the seeds that the draft shows, as their fields.
        resources: what the recipe's `resources` name, by name.
    """

    draw: Random
    cell: Mapping[str, str]
    detail: Mapping[str, Row]
    record: Row
    examples: Sequence[Row]
    resources: Mapping[str, Any]


@dataclass(frozen=True)
class Fault:
    """Why a reply or a row is no Record: a reason's code and what shows it."""

    reason: str
    evidence: str


@dataclass(frozen=True)
class Candidate:
    """A row with its lineage. `record` is None where `fault` says why there is none; `masked` lists kinds of finds.

    `parent` is the row that it was made of, where there is one.
    """

    id: str
    draft: Draft
    requests: list[str]
    data: Row
    record: Record | None
    fault: Fault | None = None
    masked: tuple[str, ...] = ()
    parent: Record | None = None

    @property
    def level(self) -> int:
        """Return how hard the row is: as planned, or as its record says."""
        return self.draft.level or (self.record.level() if self.record else 1)

    @property
    def split(self) -> str:
        """Return the split that the row was planned for."""
        return self.draft.cell.get("split", "train")
