"""What a reply costs, from the recipe's own price or the offline list of genai-prices."""

from __future__ import annotations

from synthgen.recipe import Model
from synthgen.types import Request

CHARACTERS_A_TOKEN = 3
"""Fewer than any common tokenizer needs for English: what is reserved must not be too little."""


class Price:
    """Prices one model's replies.

    Args:
        model: the recipe's model; `local`, `.gguf` and `fake` models cost nothing.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self.model = model.name
        self.free = is_free(model)

    def of(self, prompt_tokens: int, completion_tokens: int) -> float | None:
        """Return US dollars, or None where nobody knows the price."""
        if self.free:
            return 0.0
        if own := self._model.price:
            return (prompt_tokens * own.input + completion_tokens * own.output) / 1e6
        from genai_prices import Usage, calc_price

        try:
            usage = Usage(input_tokens=prompt_tokens, output_tokens=completion_tokens)
            return float(
                calc_price(usage, model_ref=self._model.name, provider_api_url=self._model.base_url).total_price
            )
        except LookupError:
            return None


def is_free(model: Model) -> bool:
    """Return whether the model runs here and so costs nothing."""
    return model.name in {"local", "fake"} or model.name.endswith(".gguf")


def reserve(request: Request) -> tuple[int, int]:
    """Return the most prompt and completion tokens that a request can take: what is held back while it is in flight."""
    letters = sum(len(message["content"].encode()) for message in request.messages)
    schema = len(str(request.schema)) if request.schema else 0
    return (letters + schema) // CHARACTERS_A_TOKEN + 64, int(request.parameters.get("max_tokens", 0))
