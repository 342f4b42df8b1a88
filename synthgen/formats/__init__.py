"""What trainers read: each format as one frozen noun, written from a record and read back as a conversation."""

from __future__ import annotations

from synthgen.errors import InputError
from synthgen.formats import chat, frameworks, plain, services
from synthgen.formats.conversation import Conversation
from synthgen.formats.form import TABLE, Format

FORMATS: tuple[Format, ...] = (
    chat.MESSAGES,
    chat.PROMPT_COMPLETION,
    chat.PREFERENCE,
    services.OPENAI,
    services.OPENAI_PREFERENCE,
    services.MISTRAL,
    frameworks.SHAREGPT,
    frameworks.LLAMA_FACTORY,
    frameworks.AXOLOTL,
    plain.ALPACA,
    plain.QUESTION_ANSWER,
    TABLE,
)
"""Every format, in the order of the page docs/formats.md."""

MESSAGES = chat.MESSAGES
DEFAULTS = (MESSAGES, chat.PREFERENCE)
"""What is written where nobody said a format: the first of these that fits."""

__all__ = ["DEFAULTS", "FORMATS", "MESSAGES", "TABLE", "Conversation", "Format", "find"]


def find(name: str) -> Format:
    """Return a format by its name.

    Raises:
        InputError: there is none of that name.
    """
    found = next((one for one in FORMATS if one.name == name), None)
    if found is None:
        raise InputError(
            what=f"there is no format '{name}'",
            where="--format",
            fix="formats are " + ", ".join(one.name for one in FORMATS),
        )
    return found
