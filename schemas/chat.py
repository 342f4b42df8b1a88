"""A conversation, and what was decided on the way to its answer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from synthgen.types import Label, Message, Prose, Record, Row, unfit

LEAST, MOST = 2, 12
"""Turns of a conversation, the system prompt not counted."""
_VOICE = re.compile(
    r"\bhow (?:can|may) I (?:help|assist) you\b|\bas an AI\b|\b(?:I['’]m|I am) (?:here|happy|glad) to (?:help|assist)\b"
    r"|\bI(?:['’]d| would) be (?:happy|glad|pleased) to (?:help|assist)\b|\bthank you for (?:contacting|reaching out|"
    r"your (?:message|order|patience|inquiry|enquiry|purchase))\b|\bis there anything else I can (?:help|assist|do)\b"
    r"|\b(?:we|I) apologi[sz]e for (?:the|any) (?:inconvenience|delay|trouble)\b",
    re.IGNORECASE,
)


class Turn(BaseModel):
    """One turn of a conversation."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    role: Literal["system", "user", "assistant"]
    content: str = Field(min_length=1)


class Chat(Record):
    """A conversation of 2 to 12 turns, with the steps of a customer-service chain where it has them."""

    turns: Annotated[list[Turn], Prose(least=8, most=2000)] = Field(
        min_length=1, description="The turns, each with `role` and `content`; a system prompt may stand first."
    )
    moderation: Literal["clean", "flagged"] | None = Field(
        None, description="What moderation says of the customer's first message."
    )
    primary: Annotated[str | None, Label()] = Field(None, description="The primary category of the matter.")
    secondary: Annotated[str | None, Label()] = Field(None, description="The category below the primary one.")
    products: list[str] = Field(
        default_factory=list, description="The products that it is about, as the catalogue names them."
    )

    aliases: ClassVar[dict[str, tuple[str, ...]]] = {}
    reasons: ClassVar[dict[str, tuple[str, str]]] = {
        "chat.roles": (
            "The turns do not go to and fro between user and assistant, or the assistant has not the last word.",
            "Write it turn by turn with `speakers`, an even number of turns.",
        ),
        "chat.length": ("The conversation has fewer than 2 or more than 12 turns.", "Vary `turns` from 2 to 12."),
        "chat.repeats": (
            "A turn says what an earlier one said.", "Tell each speaker what was said, or ask for fewer turns.",
        ),
        "chat.voice": (
            "A user's turn is in the voice of an assistant.", "Give the user a model or a prompt of its own.",
        ),
        "category.unknown": ("The category is none of the table's.", "List the categories in the prompt."),
        "product.unknown": (
            "The catalogue has no product of that name.", "List the names in the prompt, or let a function pick.",
        ),
        "product.unnamed": (
            "Nobody in the conversation names a product that it is said to be about.", "Name it in the user's prompt.",
        ),
    }  # fmt: skip

    def wording(self) -> str:
        """Return what the user says: the same questions twice are one conversation too many."""
        return " ".join(one.content for one in self.turns if one.role == "user")

    def messages(self) -> list[Message]:
        """Return the turns."""
        return [{"role": one.role, "content": one.content} for one in self.turns]

    def stages(self) -> dict[str, list[Message]]:
        """Return moderation, category and products as questions of their own about the user's first message."""
        if self.moderation is None and self.primary is None:
            return {}
        first = next(one.content for one in self.turns if one.role == "user")
        category = json.dumps({"primary": self.primary, "secondary": self.secondary}, ensure_ascii=False)
        named = all(_named(one, first) for one in self.products)
        told = {
            "moderation": ("Is this message clean or flagged?", self.moderation),
            "category": ("Sort this message into its primary and secondary category.", self.primary and category),
            "products": (
                "Which products of the catalogue is this message about?",
                json.dumps(self.products, ensure_ascii=False) if named else None,
            ),
        }
        turns = ("system", "user", "assistant")
        return {
            name: [{"role": role, "content": text} for role, text in zip(turns, (asked, first, said), strict=True)]
            for name, (asked, said) in told.items()
            if said
        }

    @classmethod
    def from_messages(cls, messages: Sequence[Message]) -> Row | None:
        """Return a conversation as turns; None where there are tools in it."""
        if not all(one["role"] in {"system", "user", "assistant"} and one["content"] for one in messages):
            return None
        return {"turns": [{"role": one["role"], "content": one["content"]} for one in messages]}

    @model_validator(mode="after")
    def _holds(self, info: ValidationInfo) -> Chat:
        talk = self.turns[1:] if self.turns[0].role == "system" else self.turns
        if not LEAST <= len(talk) <= MOST:
            raise unfit("chat.length", f"{len(talk)} turns")
        if [one.role for one in talk] != ["user", "assistant"] * (len(talk) // 2):
            raise unfit("chat.roles", ", ".join(one.role for one in talk))
        said = [_plain(one.content) for one in talk]
        if again := next((talk[at].content for at, one in enumerate(said) if one in said[:at]), None):
            raise unfit("chat.repeats", again)
        if voice := next(
            (found[0] for one in talk if one.role == "user" and (found := _VOICE.search(one.content))), None
        ):
            raise unfit("chat.voice", voice)
        self._about(info.context or {})
        return self

    def _about(self, context: Mapping[str, Any]) -> None:
        """Hold the products against the catalogue and against what is said."""
        tables = context.get("tables")
        whole = "\n".join(one.content for one in self.turns)
        for product in self.products:
            if tables and "catalogue" in tables.held and not tables.look_up("catalogue", "name", product):
                raise unfit("product.unknown", product)
            if not _named(product, whole):
                raise unfit("product.unnamed", product)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _named(product: str, text: str) -> bool:
    """Say whether a text names a product: all words of its name, in their order."""
    return f" {_plain(product)} " in f" {_plain(text)} "
