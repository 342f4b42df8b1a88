"""What models' makers say of training on what their models write: a table of families. It is no legal advice.

`read` is the day on which a line was held against a copy of the maker's page or licence; where it is empty, the line is
common knowledge that nobody held against the page. Terms change, and a maker's models have several: a card says so,
and sends its reader to the link.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_DAY = "2026-11-28"


class Terms(NamedTuple):
    """One family's terms: whose, under what name, what they say of training in short, where they stand, when read."""

    maker: str
    name: str
    training: str
    link: str
    read: str = ""


_APACHE = "Apache-2.0: sets no condition on what the model writes"
_MIT = "MIT: sets no condition on what the model writes"
_COMPETE = "output may not be used to develop models that compete with the provider's"

FAMILIES: tuple[tuple[str, Terms], ...] = (
    (
        r"gpt-oss",
        Terms("OpenAI", "Apache-2.0 and a usage policy", _APACHE, "https://huggingface.co/openai/gpt-oss-20b"),
    ),
    (
        r"(chat)?gpt-[3-9]|o[1-9]\b",
        Terms("OpenAI", "Services Agreement", _COMPETE, "https://openai.com/policies/services-agreement/", _DAY),
    ),
    (
        r"claude",
        Terms(
            "Anthropic",
            "Commercial Terms of Service",
            "output may not be used to train competing models; others, such as classifiers, are allowed",
            "https://support.claude.com/en/articles/12326764-can-i-use-my-outputs-to-train-an-ai-model",
            _DAY,
        ),
    ),
    (
        r"gemini",
        Terms("Google", "Gemini API Additional Terms", _COMPETE, "https://ai.google.dev/gemini-api/terms", _DAY),
    ),
    (
        r"gemma-?([1-3]|7b)",
        Terms(
            "Google",
            "Gemma Terms of Use",
            "output is free, but a model trained on it to perform as Gemma does counts as a derivative of Gemma: "
            "the terms and their use policy go with it",
            "https://ai.google.dev/gemma/terms",
            _DAY,
        ),
    ),
    (
        r"(meta-)?(code)?llama",
        Terms(
            "Meta",
            "Llama Community License",
            "from 3.1 on, a model that is trained on output and given to others must have `Llama` first in its "
            "name and show `Built with Llama`; earlier ones forbid improving other large models",
            "https://www.llama.com/llama3_1/license/",
        ),
    ),
    (
        r"qwen-?2(\.5)?-(72b|3b)",
        Terms(
            "Alibaba",
            "Qwen License",
            "a model trained on output and given to others must show `Built with Qwen` or `Improved using Qwen`",
            "https://huggingface.co/Qwen/Qwen2.5-72B-Instruct/blob/main/LICENSE",
            _DAY,
        ),
    ),
    (r"qwen-?(2|3)|qwq", Terms("Alibaba", "mostly Apache-2.0", _APACHE, "https://huggingface.co/Qwen")),
    (
        r"deepseek",
        Terms(
            "DeepSeek",
            "MIT since V3-0324 and R1",
            _MIT + "; earlier weights and the API have terms of their own",
            "https://huggingface.co/deepseek-ai",
        ),
    ),
    (r"phi-?[34]", Terms("Microsoft", "MIT", _MIT, "https://huggingface.co/microsoft/phi-4/blob/main/LICENSE")),
    (r"smollm", Terms("Hugging Face", "Apache-2.0", _APACHE, "https://huggingface.co/HuggingFaceTB")),
    (
        r"(open-)?(mistral|mixtral|ministral|magistral|codestral|devstral|pixtral)",
        Terms(
            "Mistral AI",
            "Apache-2.0, Research License, or terms of service, by model",
            "depends on the model and on how it was reached: read its own page",
            "https://legal.mistral.ai/terms",
        ),
    ),
    (
        r"command-(a|r)|aya-",
        Terms(
            "Cohere",
            "CC-BY-NC-4.0 for weights, terms of use for the API",
            "no commercial use of the weights",
            "https://cohere.com/terms-of-use",
        ),
    ),
)
"""From the narrow to the wide: the first that the name begins with counts."""

UNKNOWN = Terms("unknown", "unknown", "unknown: look for the model's licence before you train on these rows", "")


def terms(name: str) -> Terms:
    """Return the terms of the family that a model's name shows, or `UNKNOWN`.

    Args:
        name: a model's name, as a recipe or an endpoint has it: `gpt-5-mini`, `meta-llama/Llama-3.1-8B`, `x.gguf`.
    """
    plain = name.lower().rsplit("/", 1)[-1].replace("_", "-")
    plain = "gemma-3" if plain == "local" else plain  # the packaged model
    return next((found for pattern, found in FAMILIES if re.match(pattern, plain)), UNKNOWN)
