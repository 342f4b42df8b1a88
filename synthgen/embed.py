"""Texts as vectors of length one: by wordllama's static embeddings, which come inside its wheel, or by a named model.

A text has the same vector to the last bit whichever texts stand beside it: verdicts depend on it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from synthgen.recipe import Model

KEY = "checks.embedder"
"""The recipe's key that names a model."""
Embed = Callable[[list[str]], "NDArray[np.float32]"]
"""Texts to one vector of length one a text: shape (texts, dimensions). A text without a direction has zeros."""
CACHE = "embeddings.sqlite"
"""The file beside a run's ledger that keeps what an endpoint answered."""
REMEMBERED = 16_384
"""Vectors kept, so that a second check need not make them again."""


@cache
def _model() -> Any:  # noqa: ANN401 - the package has no types
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


def of_length_one(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return vectors of length one; those of zeros stay."""
    import numpy as np

    lengths = np.sqrt((vectors.astype(np.float64) ** 2).sum(axis=1, keepdims=True))
    found: NDArray[np.float32] = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return found


class Remembered:
    """An embedder with a small memory: several checks want the vectors of the same texts.

    Args:
        inner: the embedder.
        most: vectors kept; the oldest go first.
    """

    def __init__(self, inner: Embed = embed, most: int = REMEMBERED) -> None:
        self.inner, self._most = inner, most
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def __call__(self, texts: list[str]) -> NDArray[np.float32]:
        """Return one vector a text."""
        import numpy as np

        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if new or not texts:
            made = self.inner(new)
            if not texts:
                return made
            self._vectors.update(zip(new, made, strict=True))
        found = np.stack([self._vectors[text] for text in texts])
        for text in list(self._vectors)[: max(0, len(self._vectors) - self._most)]:
            del self._vectors[text]
        return found

    def __deepcopy__(self, memo: object) -> Remembered:
        """Return itself: what it remembers is the same for every sieve."""
        return self


def find(name: str | None, root: Path, model: Model, folder: Path | None = None) -> Remembered:
    """Return the embedder of that name.

    Args:
        name: None = the packaged one; a folder of a model2vec, ONNX or sentence-transformers model; or an
            OpenAI-compatible endpoint and its model, `https://host/v1#model`.
        root: the recipe's folder, from which paths go.
        model: the recipe's model: its key and its limit of time hold for the endpoint too.
        folder: where an endpoint's vectors are kept, so that nothing is asked twice; None = in memory alone.

    Raises:
        SynthgenError: there is no such folder, or it holds no model that can be read.
    """
    if name is None:
        return Remembered()
    if name.startswith(("http://", "https://")):
        from synthgen.embedders import Endpoint

        return Remembered(Endpoint(name, model, folder / CACHE if folder else None))
    from synthgen.embedders import of_folder

    return Remembered(of_folder(root / name))
