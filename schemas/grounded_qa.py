"""A question about documents, the words that answer it, and the answer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from synthgen.types import Message, Prose, Record, Row, unfit

SYSTEM = (
    "Answer from the passages alone. Quote the words that your answer rests on, then answer in your own words. If the "
    "passages do not answer the question, say so."
)
_MARKS = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'"} | {
    "–": "-", "—": "-", "‑": "-", "−": "-", "…": "...", "\u00ad": "",
})  # fmt: skip
_ABSTAINS = re.compile(
    r"\b(?:(?:passages?|texts?|documents?|sources?|excerpts?)\b[^.!?]{0,20}"
    r"\b(?:do not|does not|don['’]t|doesn['’]t|never)\b"
    r"|(?:is|are|was|were)(?: not|n['’]t)[^.!?]{0,20} (?:said|stated|given|mentioned|covered|answered|found)\b"
    r"|(?:cannot|can['’]t|can not) be (?:answered|told|said) from"
    r"|(?:nothing|no (?:answer|information|word)) [^.!?]{0,60}\b(?:passages?|texts?|documents?)\b"
    r"|none of the (?:passages|texts|documents))",
    re.IGNORECASE,
)
_POINTS = re.compile(
    r"\b(?:according to|in|from|by|does|do|of) (?:the|this|that|these|those) (?:(?:given|above|following|provided) )?"
    r"(?:passages?|texts?|documents?|excerpts?|paragraphs?|articles?)\b(?! (?:of|for|from|with|to|I|you|we)\b)"
    r"|\b(?:mentioned|described|stated|given) (?:above|here|in the (?:passages?|texts?))\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_WORD = re.compile(r"[^\W\d_](?:[\w'’-]*[^\W_])?")
_SPELLED = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_PASSAGE = re.compile(r"\[\d+\]\n((?:>[^\n]*\n)+)\n")
SAME = 0.6
"""Share of the words of an answer's content that an answer given without the text must have to say the same."""


class GroundedQA(Record):
    """A question, passages of documents, the words that answer it, and the answer."""

    question: Annotated[str, Prose(least=3, most=60)] = Field(min_length=3, description="What is asked, in one line.")
    quote: str | None = Field(
        None, description="The words of a passage that the answer rests on; empty where no passage answers."
    )
    answer: Annotated[str, Prose(least=1, most=150)] = Field(
        min_length=1, description="The answer; where no passage answers, that the passages do not say."
    )
    passages: list[str] = Field(
        min_length=1, max_length=20, description="The texts that stand before the question, the right one among them."
    )
    oracle: Literal["shown", "hidden"] = Field(
        "shown", description="Whether the passage with the quote is among the passages (`hidden` as in RAFT)."
    )
    source: str | None = Field(None, description="The chunk that the row was made from.")

    aliases: ClassVar[dict[str, tuple[str, ...]]] = {
        "passages": ("documents", "contexts"),
        "quote": ("evidence",),
    }
    reasons: ClassVar[dict[str, tuple[str, str]]] = {
        "quote.absent": (
            "The quote does not stand in the passages, or not in the chunk that the row was made from.",
            "Ask for words copied exactly, or let a function choose the quote.",
        ),
        "quote.surplus": ("A question that nothing answers has a quote.", "Leave the quote empty there."),
        "quote.shown": (
            "The quote stands in a passage, where none should answer.",
            "Take the passages with `Documents.nearest`, which leaves out those that hold the quote.",
        ),
        "answer.invented": (
            "The answer answers what no passage answers.",
            "Say in the prompt how to say that the passages do not tell.",
        ),
        "answer.abstains": ("The answer says that there is none, and there is.", "Take a larger model for the answer."),
        "answer.unsupported": (
            "The answer has a number or a name that stands neither in the quote nor in the question.",
            "Show the answer's prompt the quote alone, lower its temperature, or take a larger model.",
        ),
        "question.points": (
            "The question speaks of a text that whoever asks has not seen.", "Ask for a reader's own question.",
        ),
        "question.closed_book": (
            "A model gives the same answer without the text.", "Ask for what only these documents say.",
        ),
    }  # fmt: skip

    def wording(self) -> str:
        """Return the question: asked twice it is one row too many."""
        return self.question

    def messages(self) -> list[Message]:
        """Return passages and question as the user's turn; the assistant quotes first and then answers.

        Passages and quote stand as Markdown quotes, `> ` before each line, so that no text can end them.
        """
        shown = [f"[{number}]\n{_quoted(text)}\n" for number, text in enumerate(self.passages, 1)]
        said = f"{_quoted(self.quote)}\n\n{self.answer}" if self.quote else self.answer
        return [
            {"role": "system", "content": SYSTEM},
            {"role": "user", "content": "\n".join([*shown, self.question])},
            {"role": "assistant", "content": said},
        ]

    @classmethod
    def from_messages(cls, messages: Sequence[Message]) -> Row | None:
        """Return the fields of a conversation that `messages` made; `source` is not in it."""
        turns = [one for one in messages if one["role"] != "system"]
        if [one["role"] for one in turns] != ["user", "assistant"]:
            return None
        asked, reply = (one["content"] for one in turns)
        passages, at = [], 0
        while found := _PASSAGE.match(asked, at):
            passages.append(_unquoted(found[1].removesuffix("\n")))
            at = found.end()
        if not passages:
            return None
        lead, _, rest = reply.partition("\n\n")
        quote = _unquoted(lead) if rest and all(line.startswith(">") for line in lead.split("\n")) else None
        shown = quote is None or any(_plain(quote) in _plain(one) for one in passages)
        row = {"question": asked[at:], "quote": quote, "answer": rest if quote else reply, "passages": passages}
        return row | {"oracle": "shown" if shown else "hidden"}

    @field_validator("question", "quote", mode="before")
    @classmethod
    def _in_one_line(cls, value: object) -> object:
        return " ".join(value.split()) if isinstance(value, str) else value

    @field_validator("answer", mode="before")
    @classmethod
    def _is_no_quote(cls, value: object) -> object:
        return value.lstrip("> \t\n") if isinstance(value, str) else value

    @model_validator(mode="after")
    def _holds(self, info: ValidationInfo) -> GroundedQA:
        context: Mapping[str, Any] = info.context or {}
        case = (context.get("cell") or {}).get("case", "")
        if found := _POINTS.search(self.question):
            raise unfit("question.points", found[0])
        if self.quote is None or case == "unanswerable":
            self._abstains()
        else:
            self._is_grounded(context)
        return self

    def _abstains(self) -> None:
        if self.quote is not None:
            raise unfit("quote.surplus", self.quote)
        if not _ABSTAINS.search(self.answer):
            raise unfit("answer.invented", self.answer)

    def _is_grounded(self, context: Mapping[str, Any]) -> None:
        quote = self.quote or ""
        chunk = context["documents"].chunk(self.source) if self.source and "documents" in context else None
        if chunk and not _stands(quote, chunk.text):
            raise unfit("quote.absent", f"not in {chunk.name}: {quote}")
        shown = any(_stands(quote, one) for one in self.passages)
        if shown != (self.oracle == "shown"):
            raise unfit("quote.shown" if shown else "quote.absent", quote)
        if _ABSTAINS.search(self.answer) and not _ABSTAINS.search(quote):
            raise unfit("answer.abstains", self.answer)
        if alien := _facts(self.answer) - _known(f"{quote} {self.question}"):
            raise unfit("answer.unsupported", ", ".join(sorted(alien)))
        closed = (context.get("notes") or {}).get("closed")
        if closed and _same(str(closed), self.answer, self.question):
            raise unfit("question.closed_book", str(closed))


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n"))


def _unquoted(text: str) -> str:
    return "\n".join(line.removeprefix(">").removeprefix(" ") for line in text.split("\n"))


def _plain(text: str) -> str:
    """Return a text with its spaces and typographic marks made one."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_MARKS).split())


def _stands(quote: str, text: str) -> bool:
    """Say whether a quote stands in a text, whole words only."""
    return bool(re.search(rf"(?<!\w){re.escape(_plain(quote))}(?!\w)", _plain(text)))


def _numbers(text: str) -> set[str]:
    """Return the numbers, without the marks of thousands; `1.50` and `1,5` are one."""
    found = set()
    for one in _NUMBER.findall(text):
        plain = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", one).replace(",", ".")
        found.add(plain.rstrip("0").rstrip(".") if "." in plain else plain.lstrip("0") or "0")
    return found


def _facts(text: str) -> set[str]:
    """Return a text's numbers, and the words that it writes with a capital letter within a sentence."""
    plain = _plain(text)
    names = set()
    for sentence in re.split(r"(?<=[.!?:])\s+|\n", plain):
        words = _WORD.findall(sentence)
        names |= {_stem(word) for word in words[1:] if word[0].isupper() and word not in {"I", "I'm", "I'd", "I'll"}}
    return _numbers(plain) | names


def _known(text: str) -> set[str]:
    """Return all that supports a fact: every word, every number, and numbers that are spelled."""
    plain = _plain(text)
    words = {_stem(word) for word in chain(_WORD.findall(plain), re.findall(r"[^\W\d_]+", plain))}
    return words | _numbers(plain) | {str(at) for at, word in enumerate(_SPELLED) if word in words}


def _stem(word: str) -> str:
    """Return a name in small letters without the mark of possession."""
    return re.sub(r"'s?$", "", word.lower())


def _same(one: str, answer: str, question: str) -> bool:
    """Say whether a text says what the answer says beyond the question: all its facts, or most of its words."""
    if facts := _facts(answer) - _known(question):
        return facts <= _known(one)

    def content(text: str) -> set[str]:
        return {word[:5] for word in map(_stem, _WORD.findall(_plain(text))) if len(word) > 3}

    beyond = content(answer) - content(question)
    return bool(beyond) and len(beyond & content(one)) >= SAME * len(beyond)
