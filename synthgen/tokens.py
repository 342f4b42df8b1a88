"""Rows in a model's own tokens: counted with its tokenizer and its chat template, or estimated where none is named."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthgen.errors import InputError
from synthgen.formats.conversation import Conversation, decoded
from synthgen.types import Message

if TYPE_CHECKING:
    import jinja2
    from tokenizers import Tokenizer

FILES = ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "config.json")
BYTES = 4
"""Bytes of UTF-8 that an estimate counts as one token: OpenAI's rule of thumb for English, and more for other scripts
(https://help.openai.com/en/articles/4936856-what-are-tokens-and-how-to-count-them)."""
TURN = 4
"""Tokens that an estimate adds for the marks around a turn."""


@dataclass(frozen=True)
class Tokens:
    """What counts rows.

    Args:
        name: the model, "" where tokens are estimated.
        counter: the model's tokenizer.
        settings: its `tokenizer_config.json`.
        template: its chat template, where it has one.
        shape: its `config.json`, where it is there.
    """

    name: str = ""
    counter: Tokenizer | None = None
    settings: Mapping[str, Any] | None = None
    template: str = ""
    shape: Mapping[str, Any] | None = None

    def tell(self) -> str:
        """Return in a sentence how tokens are counted."""
        if self.counter is None:
            return f"estimated: {BYTES} bytes of text are one token, and each turn has {TURN} more"
        return f"counted with the tokenizer of {self.name}" + (
            " and its chat template" if self.template else f"; it has no chat template, so each turn has {TURN} more"
        )

    def count(self, talk: Conversation) -> int:
        """Return the tokens of a row; of two answers the longer one counts.

        Raises:
            InputError: the chat template refuses the conversation.
        """
        ways = [talk.messages, *([[*talk.messages[:-1], *talk.rejected]] if talk.rejected else [])]
        return max(self._one(way, talk.tools) for way in ways)

    def _one(self, messages: Sequence[Message], tools: Sequence[Any]) -> int:
        if self.counter is None:
            return -(-len(_written(messages, tools).encode()) // BYTES) + TURN * len(messages)
        if not self.template:
            return len(self.counter.encode(_written(messages, tools)).ids) + TURN * len(messages)
        text = self.render(messages, tools)
        return len(self.counter.encode(text, add_special_tokens=False).ids)

    def render(self, messages: Sequence[Message], tools: Sequence[Any] = ()) -> str:
        """Return a conversation as the model sees it.

        Raises:
            InputError: the chat template refuses the conversation.
        """
        import jinja2

        marks = {name: _mark(value) for name, value in (self.settings or {}).items() if name.endswith("_token")}
        try:
            return self._compiled.render(
                messages=decoded(messages), tools=list(tools) or None, add_generation_prompt=False, **marks
            )
        except (jinja2.TemplateError, TypeError) as error:
            raise InputError(
                what=f"the chat template of {self.name} refuses a row ({error})",
                where=self.name,
                fix="export another format, or name another model",
            ) from error

    def loses(self, talk: Conversation) -> str:
        """Return what of a conversation does not stand in the rendered text to the letter, or ""."""
        if not self.template:
            return ""
        text = self.render(talk.messages, talk.tools)
        for number, one in enumerate(talk.messages, 1):
            if one["content"].strip() not in text:
                return f"turn {number} ({one['role']}) is not in the rendered text as it is written"
            for call in one.get("tool_calls", []):
                if call["function"]["name"] not in text:
                    return f"turn {number} calls {call['function']['name']}, and the rendered text does not"
        return ""

    @cached_property
    def _compiled(self) -> jinja2.Template:
        return compiled(self.template, self.name)


def _mark(value: object) -> object:
    """Return a special token as templates get it: its text."""
    return value.get("content") if isinstance(value, Mapping) else value


def _written(messages: Sequence[Message], tools: Sequence[Any]) -> str:
    """Return all that a conversation says, without a template."""
    parts = [json.dumps(list(tools), ensure_ascii=False)] if tools else []
    for one in messages:
        parts += [one["content"], *(json.dumps(call["function"]) for call in one.get("tool_calls", []))]
    return "\n".join(parts)


def compiled(template: str, name: str) -> jinja2.Template:
    """Return a chat template, compiled as `transformers` does it.

    Raises:
        InputError: it is no template.
    """
    import jinja2
    from jinja2.ext import loopcontrols
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    rooms = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[_generation(), loopcontrols]
    )

    def refuse(message: str) -> None:
        raise jinja2.TemplateError(message)

    def to_json(value: Any, ensure_ascii: bool = False, indent: int | None = None, **_: Any) -> str:  # noqa: ANN401
        return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent)

    rooms.filters["tojson"] = to_json
    rooms.globals["raise_exception"] = refuse
    rooms.globals["strftime_now"] = lambda form: form  # a count must not hang on the day
    try:
        return rooms.from_string(template)
    except jinja2.TemplateError as error:
        raise InputError(
            what=f"the chat template does not compile ({error})", where=name, fix="name another model"
        ) from error


def _generation() -> type[Any]:
    """Return what lets a template mark the assistant's own words with `{% generation %}`; the words stay."""
    from jinja2 import nodes
    from jinja2.ext import Extension
    from jinja2.parser import Parser

    class Generation(Extension):
        """A mark that changes nothing of the text."""

        tags = {"generation"}  # noqa: RUF012 - as jinja2 declares it

        def parse(self, parser: Parser) -> list[nodes.Node]:
            """Return what stands between the marks."""
            next(parser.stream)
            return parser.parse_statements(("name:endgeneration",), drop_needle=True)

    return Generation


def load(model: str | None) -> Tokens:
    """Return what counts in a model's tokens, or what estimates them where no model is named.

    Args:
        model: a folder with `tokenizer.json`, or `owner/name` on the Hub (`HF_ENDPOINT` names another one).

    Raises:
        InputError: there is no tokenizer of this name.
    """
    if not model:
        return Tokens()
    from tokenizers import Tokenizer

    found = _files(model)
    if "tokenizer.json" not in found:
        raise InputError(
            what="there is no tokenizer.json",
            where=model,
            fix="name another model, or leave it out: tokens are estimated",
        )
    try:
        counter = Tokenizer.from_file(str(found["tokenizer.json"]))
        settings, shape = (
            json.loads(found[name].read_text(encoding="utf-8")) if name in found else {}
            for name in ("tokenizer_config.json", "config.json")
        )
    except Exception as error:  # the tokenizer's own reader raises nothing narrower
        raise InputError(
            what=f"the tokenizer cannot be read ({error})", where=model, fix="fetch it anew, or name another model"
        ) from error
    template = settings.get("chat_template") or ""
    if isinstance(template, list):
        template = next((one["template"] for one in template if one.get("name") == "default"), "")
    if "chat_template.jinja" in found:
        template = found["chat_template.jinja"].read_text(encoding="utf-8")
    return Tokens(model, counter, settings, template, shape)


def _files(model: str) -> dict[str, Path]:
    folder = Path(model)
    if folder.is_dir():
        return {name: folder / name for name in FILES if (folder / name).is_file()}
    from httpx2 import HTTPError
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

    found = {}
    for name in FILES:
        try:
            found[name] = Path(hf_hub_download(model, name))
        except (HTTPError, OSError, ValueError, RuntimeError) as error:
            # Out of reach counts as one that is not there, in the Hub's own tree of errors.
            if isinstance(error, EntryNotFoundError) and not isinstance(error, LocalEntryNotFoundError):
                continue
            said = str(error).split("\n", 1)[0]
            raise InputError(
                what=f"the tokenizer is out of reach ({said})",
                where=model,
                fix="name a folder with its tokenizer.json, check HF_ENDPOINT, or leave the model out",
            ) from error
    return found
