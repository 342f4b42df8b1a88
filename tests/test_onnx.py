"""Transformers in ONNX files: all-MiniLM-L6-v2 itself, and tiny ones written byte by byte."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from synthgen.embed import Embed, find
from synthgen.errors import RecipeError
from synthgen.onnx import Onnx, file_in
from synthgen.recipe import Model

TEXTS = ["My card was lost in the park.", "Somebody has stolen my bank card!", "How tall is the tower?", "", "a"]
Folder = Callable[..., Path]


def load(path: Path) -> Embed:
    """Return the embedder of a folder."""
    return find(str(path), Path(), Model()).inner


@pytest.fixture
def copy(minilm: Path, tmp_path: Path) -> Folder:
    """Give a function that lays out all-MiniLM-L6-v2 with further files."""

    def made(**files: object) -> Path:
        (tmp_path / "onnx").mkdir()
        for name in ("tokenizer.json", "onnx/model.onnx"):
            (tmp_path / name).symlink_to(minilm / name)
        for name, value in files.items():
            path = tmp_path / name.replace("__", "/")
            path.parent.mkdir(exist_ok=True)
            path.with_suffix(".json").write_text(json.dumps(value))
        return tmp_path

    return made


def test_a_vector_is_the_same_alone_and_among_others(minilm: Path) -> None:
    """Together and one by one give the same bits, of length one, though a text beside them is much longer."""
    model = load(minilm)
    texts = [*TEXTS, "card " * 200]
    found = model(texts)
    assert (found == np.concatenate([model([text]) for text in texts])).all()
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)
    assert model([]).shape == (0, 384)


def test_meanings_are_told_apart(minilm: Path) -> None:
    """What says the same in other words is nearer than what has a word in common."""
    pairs = [
        ("My card was lost in the park.", "Somebody has stolen my bank card!", "The park is closed on Mondays."),
        ("How do I bake bread?", "Give me a recipe for a loaf.", "How do I change a tyre?"),
        ("The flight was late.", "Our plane landed an hour behind schedule.", "The late king was mourned."),
    ]
    model = load(minilm)
    for text, same, other in pairs:
        one, two, three = model([text, same, other])
        assert one @ two > one @ three + 0.2


def _tokens(folder: Path, text: str) -> NDArray[np.float32]:
    """Return the vectors of a text's tokens, as the model's file gives them."""
    import onnxruntime

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    one = tokenizer.encode(text)
    session = onnxruntime.InferenceSession(folder / "onnx" / "model.onnx")
    feed = {"input_ids": [one.ids], "attention_mask": [one.attention_mask], "token_type_ids": [one.type_ids]}
    found: NDArray[np.float32] = session.run(["last_hidden_state"], feed)[0][0]
    return found


@pytest.mark.parametrize(
    ("pooling", "first"),
    [
        (None, False),
        ({"pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True, "include_prompt": True}, False),
        ({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}, True),
        ({"pooling_mode": "cls"}, True),
        ({"pooling_mode": "mean"}, False),
    ],
)
def test_the_folder_says_whether_the_first_token_or_the_mean_is_taken(
    copy: Folder, pooling: dict[str, object] | None, *, first: bool
) -> None:
    """`1_Pooling/config.json` may ask for CLS, in either of its forms; else it is the mean."""
    folder = copy(**{"1_Pooling__config": pooling} if pooling else {})
    tokens = _tokens(folder, TEXTS[0])
    wanted = tokens[0] if first else tokens.mean(axis=0)
    (found,) = load(folder)(TEXTS[:1])
    assert np.allclose(found, wanted / np.linalg.norm(wanted), atol=1e-5)


@pytest.mark.parametrize(("longest", "words"), [(None, 254), (8, 6)])
def test_long_texts_are_cut_where_the_folder_says(copy: Folder, longest: int | None, words: int) -> None:
    """A text is read to its 256th token, the two marks around it among them, or to the folder's own last one."""
    model = load(copy(sentence_bert_config={"max_seq_length": longest, "do_lower_case": False}))
    whole, cut, shorter = model(["card " * 300, "card " * words, "card " * (words - 1)])
    assert (whole == cut).all()
    assert (whole != shorter).any()


def test_what_cannot_be_used_says_what_to_do(copy: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package, of a file that is no model, with another pooling: each error names the next step."""
    folder = copy()
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "onnxruntime", None)
        with pytest.raises(RecipeError, match="the package that runs it is not installed") as caught:
            load(folder)
    assert caught.value.fix == 'pip install "synthgen-data[onnx]", or name a model2vec folder'
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode_max_tokens": true}')
    with pytest.raises(RecipeError, match="asks for pooling_mode_max_tokens"):
        load(folder)
    (folder / "1_Pooling" / "config.json").write_text("{")
    with pytest.raises(RecipeError, match="model cannot be read"):
        load(folder)
    (folder / "onnx" / "model.onnx").unlink()
    (folder / "onnx" / "model.onnx").write_bytes(b"version https://git-lfs.github.com/spec/v1")
    with pytest.raises(RecipeError, match="model cannot be read") as caught:
        load(folder)
    assert (caught.value.where, caught.value.fix) == (
        str(folder / "onnx" / "model.onnx"),
        "download the model once more",
    )
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(RecipeError, match="tokenizer cannot be read"):
        load(folder)


def test_of_several_files_the_plain_one_is_taken(tmp_path: Path) -> None:
    """`model.onnx` comes first, in `onnx/` or at the top; else the first by name; none where a module follows."""
    (tmp_path / "onnx").mkdir()
    assert file_in(tmp_path) is None
    for name in ("onnx/model_qint8_arm64.onnx", "onnx/encoder.onnx", "model.onnx", "onnx/model.onnx"):
        (tmp_path / name).write_bytes(b"")
        assert file_in(tmp_path) == tmp_path / name
    modules = [{"type": f"sentence_transformers.models.{name}"} for name in ("Transformer", "Pooling", "Normalize")]
    (tmp_path / "modules.json").write_text(json.dumps(modules))
    assert file_in(tmp_path) == tmp_path / "onnx" / "model.onnx"
    (tmp_path / "modules.json").write_text(json.dumps([*modules, {"type": "sentence_transformers.models.Dense"}]))
    assert file_in(tmp_path) is None


def _number(value: int) -> bytes:
    """Return a number as protobuf writes it, seven bits a byte."""
    return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + _number(value >> 7)


def _field(number: int, value: int | str | bytes) -> bytes:
    """Return a field of a protobuf message."""
    if isinstance(value, int):
        return _number(number << 3) + _number(value)
    data = value.encode() if isinstance(value, str) else value
    return _number(number << 3 | 2) + _number(len(data)) + data


def _named(name: str, kind: int, *sizes: str) -> bytes:
    """Return an input or output of a graph."""
    shape = b"".join(_field(1, _field(2, size)) for size in sizes)
    return _field(1, name) + _field(2, _field(1, _field(1, kind) + _field(2, shape)))


def _attribute(name: str, kind: int, value: bytes) -> bytes:
    return _field(5, _field(1, name) + value + _field(20, kind))


ROWS = np.array([[1, 0], [0, 1], [3, 4]], np.float32)
"""The vectors of the tiny models' three tokens."""
KINDS = {
    "Identity": b"",  # the tokens' vectors as they are
    "ReduceMax": _attribute("axes", 7, _field(8, 1)) + _attribute("keepdims", 2, _field(3, 0)),  # largest of a text
    "Softmax": _attribute("axis", 2, _field(3, 0)),  # as shares of all texts that are given together
}


def _tiny(folder: Path, asks: str, gives: dict[str, str]) -> Path:
    """Write a folder with a model that looks a token's row up, and makes outputs of these kinds of it."""
    rows = _field(1, 3) + _field(1, 2) + _field(2, 1) + _field(8, "rows") + _field(9, ROWS.tobytes())
    node = _field(1, "rows") + _field(1, asks) + _field(2, "tokens") + _field(4, "Gather")
    graph = _field(1, node) + _field(2, "tiny") + _field(5, rows) + _field(11, _named(asks, 6, "batch", "length"))
    for name, kind in gives.items():
        graph += _field(1, _field(1, "tokens") + _field(2, name) + _field(4, kind) + KINDS[kind])
        graph += _field(12, _named(name, 1, "batch", *[] if kind == "ReduceMax" else ["length"], "width"))
    (folder / "model.onnx").write_bytes(_field(1, 8) + _field(7, graph) + _field(8, _field(1, "") + _field(2, 13)))
    tokenizer = Tokenizer(WordLevel({"one": 0, "two": 1, "three": 2}, unk_token="one"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.enable_padding(pad_id=2, length=4)  # as some repositories have it
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def test_a_vector_of_the_whole_text_is_taken_where_the_model_gives_one(tmp_path: Path) -> None:
    """`sentence_embedding` goes before the tokens; a model gets the inputs that it names, as 32-bit numbers too."""
    gives = {"token_embeddings": "Identity"}
    found = load(_tiny(tmp_path, "input_ids", gives))(["one two", "three", ""])
    assert np.allclose(found, np.array([[0.5**0.5, 0.5**0.5], [0.6, 0.8], [0, 0]]), atol=1e-6)
    found = load(_tiny(tmp_path, "input_ids", gives | {"sentence_embedding": "ReduceMax"}))(["one three", ""])
    assert np.allclose(found, np.array([[0.6, 0.8], [0, 0]]), atol=1e-6)


def test_no_text_is_given_beside_another(tmp_path: Path) -> None:
    """Where a model's numbers depend on all that it is given, as those of quantised files do, a text is alone."""
    found = load(_tiny(tmp_path, "input_ids", {"token_embeddings": "Softmax"}))(["one two", "three three"])
    assert np.allclose(found, 0.5**0.5, atol=1e-6)


def test_a_model_of_something_else_is_refused(tmp_path: Path) -> None:
    """A model that wants more than a text, or gives no vector of one, is named with what it takes and gives."""
    for asks, gives in (("pixels", "token_embeddings"), ("input_ids", "logits")):
        with pytest.raises(RecipeError, match=f"takes {asks} and gives {gives}"):
            load(_tiny(tmp_path, asks, {gives: "Identity"}))


def test_a_static_model_goes_first(tmp_path: Path) -> None:
    """A model2vec repository has an ONNX file as well, which is not needed."""
    from safetensors.numpy import save_file

    folder = _tiny(tmp_path, "input_ids", {"token_embeddings": "Identity"})
    assert isinstance(load(folder), Onnx)
    save_file({"embeddings": ROWS}, folder / "model.safetensors")
    assert not isinstance(load(folder), Onnx)
