"""Who made a model: models favour their own texts (Panickssery et al. 2024), so a run says when kin judges kin."""

from __future__ import annotations

import re
from collections.abc import Sequence

_FAMILIES = {
    "claude": "Anthropic", "command": "Cohere", "aya": "Cohere", "deepseek": "DeepSeek", "gemini": "Google",
    "gemma": "Google", "gpt": "OpenAI", "chatgpt": "OpenAI", "o": "OpenAI", "grok": "xAI", "llama": "Meta",
    "codellama": "Meta", "meta": "Meta", "mistral": "Mistral", "mixtral": "Mistral", "ministral": "Mistral",
    "magistral": "Mistral", "codestral": "Mistral", "devstral": "Mistral", "pixtral": "Mistral", "open": "Mistral",
    "qwen": "Qwen", "qwq": "Qwen", "phi": "Microsoft", "smollm": "SmolLM", "kimi": "Moonshot", "glm": "Zhipu",
    "nova": "Amazon", "granite": "IBM", "nemotron": "NVIDIA", "olmo": "OLMo", "yi": "01.AI",
}  # fmt: skip


def family(name: str) -> str:
    """Return who made a model, by its name; the name itself where that is not known."""
    plain = name.lower().rsplit("/", 1)[-1].removesuffix(".gguf")
    word = re.match(r"[a-z]*", plain)
    return _FAMILIES.get(word.group() if word else "", plain)


def related(writer: str, jurors: Sequence[str]) -> list[str]:
    """Return a warning for each judge that comes from the writer's maker: models favour what their kin wrote."""
    return [
        f"judge: {juror} judges what {writer} wrote, and both are {family(writer)}'s: models favour their kin's texts; "
        "name another under checks.judge.models"
        for juror in dict.fromkeys(jurors)
        if family(juror) == family(writer)
    ]
