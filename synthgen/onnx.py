"""Transformers that make vectors without PyTorch: the ONNX files that sentence-transformers' repositories carry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthgen.embed import KEY, of_length_one
from synthgen.errors import RecipeError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONGEST = 256
"""Tokens of a text that a model looks at, where its folder names no other number."""
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
"""What a tokenizer gives of a text."""
OF_TEXT, OF_TOKENS = "sentence_embedding", ("last_hidden_state", "token_embeddings")
"""Names of outputs: one vector of the text, or one of each token."""
MODULES = ("Transformer", "Pooling", "Normalize")
"""What is done here: the file, then the mean or the first of its tokens' vectors, then length one."""


def file_in(path: Path) -> Path | None:
    """Return a folder's ONNX file: of several, `model.onnx` or else the first by name.

    None where there is none, or where the model has a further module that only sentence-transformers knows.
    """
    files = [*path.glob("onnx/*.onnx"), *path.glob("*.onnx")]
    if not files or any(one["type"].rpartition(".")[2] not in MODULES for one in _settings(path / "modules.json", [])):
        return None
    return min(files, key=lambda file: (file.name != "model.onnx", file.name, file.parent == path))


class Onnx:
    """A transformer in an ONNX file.

    Each text goes alone: padding may change the last bits, and quantised files may round by all that they are given.

    Args:
        file: the ONNX file.
        tokenizer: its tokenizer, of the package `tokenizers`.
        path: the folder with the model's settings.

    Raises:
        RecipeError: the package that runs it is missing, or it is no model that makes vectors of texts.
    """

    def __init__(self, file: Path, tokenizer: Any, path: Path) -> None:  # noqa: ANN401 - the package has no types
        self._session = _session(file)
        self._inputs = {one.name: "int32" if "int32" in one.type else "int64" for one in self._session.get_inputs()}
        outputs = [one.name for one in self._session.get_outputs()]
        self._output = next((name for name in (OF_TEXT, *OF_TOKENS) if name in outputs), "")
        if not self._output or not set(self._inputs) <= set(INPUTS):
            raise _unknown(file, f"takes {', '.join(self._inputs)} and gives {', '.join(outputs)}")
        self._first = self._output != OF_TEXT and _takes_first(path / "1_Pooling" / "config.json")
        longest = _settings(path / "sentence_bert_config.json", {}).get("max_seq_length")
        self._tokenizer = tokenizer
        self._tokenizer.enable_truncation(max_length=longest or LONGEST)
        self._width = len(self._vector(tokenizer.encode("a")))

    def __call__(self, texts: list[str]) -> NDArray[np.float32]:
        """Return one vector of length one a text."""
        import numpy as np

        found = np.zeros((len(texts), self._width), np.float32)
        for at, tokens in enumerate(self._tokenizer.encode_batch(texts)):
            if tokens.ids:
                found[at] = self._vector(tokens)
        return of_length_one(found)

    def _vector(self, tokens: Any) -> NDArray[np.float32]:  # noqa: ANN401 - the package has no types
        import numpy as np

        given = dict(zip(INPUTS, (tokens.ids, tokens.attention_mask, tokens.type_ids), strict=True))
        feed = {name: np.array([given[name]], kind) for name, kind in self._inputs.items()}
        (found,) = self._session.run([self._output], feed)
        of_text: NDArray[np.float32] = found[0].astype(np.float32)
        if self._output == OF_TEXT:
            return of_text
        mean: NDArray[np.float32] = of_text[np.array(tokens.attention_mask, np.bool_)].mean(axis=0)
        return of_text[0] if self._first else mean


def _session(file: Path) -> Any:  # noqa: ANN401 - the package has no types
    try:
        import onnxruntime
    except ImportError as error:
        raise RecipeError(
            what=f"{KEY} names an ONNX model, and the package that runs it is not installed",
            where=str(file),
            fix='pip install "synthgen-data[onnx]", or name a model2vec folder',
        ) from error
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # what is wrong is said by the exception
    try:
        return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the package's own have no class in common
        if not type(error).__module__.startswith("onnxruntime"):
            raise
        raise _unread(file, error) from error


def _takes_first(path: Path) -> bool:
    """Return whether the first token's vector stands for the text; else the mean of all does."""
    settings: dict[str, Any] = _settings(path, {})
    named = {key for key, value in settings.items() if key.startswith("pooling_mode_") and value is True}
    modes = {f"pooling_mode_{settings['pooling_mode']}"} if "pooling_mode" in settings else named
    if not modes <= {"pooling_mode_cls", "pooling_mode_cls_token", "pooling_mode_mean", "pooling_mode_mean_tokens"}:
        raise _unknown(path, f"asks for {', '.join(sorted(modes))}")
    return any("cls" in mode for mode in modes)


def _settings(path: Path, default: Any) -> Any:  # noqa: ANN401 - JSON is of any type
    try:
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else default
    except (OSError, ValueError) as error:
        raise _unread(path, error) from error


def _unread(path: Path, error: Exception) -> RecipeError:
    return RecipeError(
        what=f"the embedder's model cannot be read ({error})", where=str(path), fix="download the model once more"
    )


def _unknown(path: Path, why: str) -> RecipeError:
    return RecipeError(
        what=f"the embedder's model {why}",
        where=str(path),
        fix="name one that takes texts, and whose vectors are the mean or the first of its tokens'",
    )
