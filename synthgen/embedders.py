"""Embedders that a recipe names: a folder with a model's files, or an OpenAI-compatible endpoint."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthgen import onnx
from synthgen.embed import KEY, of_length_one
from synthgen.errors import EndpointError, RecipeError, StoreError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from synthgen.embed import Embed
    from synthgen.recipe import Model

BATCH = 256
"""Texts that one request carries."""
LONGEST = 512
"""Tokens of a text that a static model looks at: model2vec's own limit."""


def of_folder(path: Path) -> Embed:
    """Return the model that a folder holds.

    Raises:
        RecipeError: there is no such folder, no known model in it, or the package that reads it is missing.
    """
    if not path.is_dir():
        raise RecipeError(
            what=f"{KEY} names a folder that is not there",
            where=str(path),
            fix="give the folder of a model2vec, ONNX or sentence-transformers model, or leave the key out",
        )
    if (path / "tokenizer.json").is_file():
        if (path / "model.safetensors").is_file() and _is_static(path):
            return Static(path)
        if file := onnx.file_in(path):
            return onnx.Onnx(file, _tokenizer(path / "tokenizer.json"), path)
    if (path / "modules.json").is_file():
        return _sentences(path)
    raise RecipeError(
        what=f"{KEY} names a folder without a model that can be read",
        where=str(path),
        fix="a folder has tokenizer.json, and model.safetensors (model2vec) or onnx/model.onnx",
    )


def _is_static(path: Path) -> bool:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path / "model.safetensors", framework="numpy") as file:
            return "embeddings" in file.keys()  # noqa: SIM118 - not a mapping
    except (OSError, SafetensorError) as error:
        raise RecipeError(
            what=f"the embedder's weights cannot be read ({error})",
            where=str(path / "model.safetensors"),
            fix="download the model once more",
        ) from error


def _tokenizer(path: Path) -> Any:  # noqa: ANN401 - the package has no types
    """Return a tokenizer that leaves texts as long as they are."""
    from tokenizers import Tokenizer

    try:
        found = Tokenizer.from_str(path.read_text(encoding="utf-8"))
    except Exception as error:  # the tokenizers package raises Exception itself
        if type(error) is not Exception and not isinstance(error, OSError | ValueError):
            raise
        raise RecipeError(
            what=f"the embedder's tokenizer cannot be read ({error})",
            where=str(path),
            fix="download the model once more",
        ) from error
    found.no_padding()
    found.no_truncation()
    return found


class Static:
    """A model2vec model: the mean of its tokens' vectors (Minish Lab 2024). Nothing but the folder is needed.

    Args:
        path: the folder.

    Raises:
        RecipeError: a file in it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        import numpy as np
        from safetensors.numpy import load_file

        tensors = load_file(path / "model.safetensors")
        self._rows: NDArray[np.float32] = tensors["embeddings"].astype(np.float32)
        self._row_of, self._weights = tensors.get("mapping"), tensors.get("weights")
        self._tokenizer = _tokenizer(path / "tokenizer.json")
        unknown = json.loads(self._tokenizer.to_str())["model"].get("unk_token")
        self._unknown = self._tokenizer.token_to_id(unknown) if unknown else None

    def __call__(self, texts: list[str]) -> NDArray[np.float32]:
        """Return one vector of length one a text."""
        import numpy as np

        found = np.zeros((len(texts), self._rows.shape[1]), np.float32)
        for at, one in enumerate(self._tokenizer.encode_batch(texts, add_special_tokens=False)):
            tokens = np.array([token for token in one.ids if token != self._unknown][:LONGEST], np.int64)
            if not len(tokens):
                continue
            rows = self._rows[tokens if self._row_of is None else self._row_of[tokens]]
            if self._weights is not None:
                rows = rows * self._weights[tokens][:, None].astype(np.float32)
            found[at] = rows.mean(axis=0)
        return of_length_one(found)


def _sentences(path: Path) -> Embed:
    """Return a sentence-transformers model; each text goes alone, since padding would change the last bits."""
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise RecipeError(
            what=f"{KEY} names a sentence-transformers model, and that package is not installed",
            where=str(path),
            fix='pip install "synthgen-data[sentences]", or name a model2vec folder',
        ) from error
    model = SentenceTransformer(str(path), device="cpu")

    def embed(texts: list[str]) -> NDArray[np.float32]:
        import numpy as np

        found = model.encode(texts, batch_size=1, show_progress_bar=False, convert_to_numpy=True)
        return of_length_one(np.asarray(found, np.float32).reshape(len(texts), -1))

    return embed


class Endpoint:
    """An OpenAI-compatible `/embeddings` endpoint, which is asked once for each text and cached on disk.

    Args:
        name: its address and its model, `https://host/v1#model`.
        model: the recipe's model: the name of the key's variable, and the limit of time.
        cache: the file in which vectors are kept; None = in memory alone.

    Raises:
        RecipeError: the address names no model.
    """

    def __init__(self, name: str, model: Model, cache: Path | None = None) -> None:
        self.address, _, self.model = name.partition("#")
        if not self.model:
            raise RecipeError(
                what=f"{KEY} names an endpoint without its model", where=name, fix=f"write `{name}#model-name`"
            )
        self._key = os.environ.get(model.api_key_env, "").strip() or "none"
        self._variable, self._timeout = model.api_key_env, model.timeout
        self._cache = cache
        self._database: sqlite3.Connection | None = None

    def __call__(self, texts: list[str]) -> NDArray[np.float32]:
        """Return one vector of length one a text.

        Raises:
            EndpointError: it cannot be asked, or does not answer with vectors.
            StoreError: the cache cannot be used.
        """
        import numpy as np

        if not texts:
            return np.zeros((0, 1), np.float32)
        with self._open() as database:
            names = [sha256(f"{self.address}#{self.model}\n{text}".encode()).hexdigest() for text in texts]
            known: dict[str, bytes] = {}
            for name in names:
                row = database.execute("SELECT vector FROM vectors WHERE name = ?", (name,)).fetchone()
                if row:
                    known[name] = row[0]
            new = [(name, text) for name, text in dict(zip(names, texts, strict=True)).items() if name not in known]
            for at in range(0, len(new), BATCH):
                part = new[at : at + BATCH]
                vectors = self._ask([text for _, text in part])
                rows = [(name, vector.tobytes()) for (name, _), vector in zip(part, vectors, strict=True)]
                database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
                database.commit()  # what was paid for stays, whatever comes next
                known |= dict(rows)
        return np.stack([np.frombuffer(known[name], np.float32) for name in names])

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            if self._cache:
                self._cache.parent.mkdir(parents=True, exist_ok=True)
            database = self._database = self._database or sqlite3.connect(self._cache or ":memory:")
            database.execute("CREATE TABLE IF NOT EXISTS vectors (name TEXT PRIMARY KEY, vector BLOB NOT NULL) STRICT")
            yield database
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                what=f"the cache of embeddings cannot be used ({error})",
                where=str(self._cache or "memory"),
                fix="delete the file; what was in it is asked again",
            ) from error

    def _ask(self, texts: list[str]) -> NDArray[np.float32]:
        import numpy as np
        import openai

        client = openai.OpenAI(base_url=self.address, api_key=self._key, timeout=self._timeout, max_retries=3)
        try:
            with client:
                answer = client.embeddings.create(
                    model=self.model, input=[text or " " for text in texts], encoding_format="float"
                )
            rows = sorted(answer.data, key=lambda one: one.index)
            found = np.array([one.embedding for one in rows], np.float32)
            if found.ndim != 2 or len(found) != len(texts):
                raise ValueError(len(found))  # noqa: TRY301 - not what the protocol says either
        except openai.APIStatusError as error:
            said = error.body.get("message") if isinstance(error.body, dict) else None
            raise self._trouble(f"status {error.status_code}: {said or error.message}"[:200]) from error
        except openai.OpenAIError as error:
            raise self._trouble(str(error)[:200]) from error
        except (ValueError, TypeError, AttributeError) as error:
            said = f"{len(texts)} texts went out, and what came back is not a vector for each"
            raise self._trouble(said) from error
        return of_length_one(found)

    def _trouble(self, said: str) -> EndpointError:
        return EndpointError(
            what=f"the embedder cannot be asked ({said})",
            where=f"{self.address}#{self.model}",
            fix=f"check {KEY}, and the key in {self._variable}; what was answered is kept",
        )
