"""Embedders by name: the packaged one, a folder, an endpoint; and none is asked twice for the same text."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import Whitespace

from synthgen.embed import CACHE, Remembered, embed, find
from synthgen.errors import EndpointError, RecipeError, SynthgenError
from synthgen.recipe import Checks, Dedup, Labels, Model, Semantic
from synthgen.sift import Known, Sieve
from synthgen.types import Candidate, Draft
from tests.openai_server import OpenAIServer

VOCABULARY = ["[UNK]", "my", "card", "was", "lost", "fee", "why"]
TEXTS = ["My card was lost", "why my fee", "", "???", "My card was lost", "lost was card my"]


@pytest.fixture
def static(tmp_path: Path) -> Path:
    """Make a folder with a model2vec model of seven words."""
    tokenizer = Tokenizer(WordLevel({word: at for at, word in enumerate(VOCABULARY)}, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = Lowercase(), Whitespace()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    rows = np.random.default_rng(0).standard_normal((len(VOCABULARY), 8)).astype(np.float32)
    save_file({"embeddings": rows}, tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "model2vec", "normalize": True}))
    return tmp_path


def _length_one(vectors: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> bool:
    lengths = np.linalg.norm(vectors, axis=1)
    return bool(np.all((abs(lengths - 1) < 1e-6) | (lengths == 0)))


def test_a_folder_of_a_static_model_is_read(static: Path) -> None:
    """A text's vector is the mean of its words' vectors, of length one; unknown words count for nothing."""
    find_in = find(str(static), Path(), Model())
    found = find_in(TEXTS)
    rows = np.random.default_rng(0).standard_normal((len(VOCABULARY), 8)).astype(np.float32)
    mean = rows[[1, 2, 3, 4]].mean(axis=0)
    assert np.allclose(found[0], mean / np.linalg.norm(mean), atol=1e-6)
    assert _length_one(found)
    assert not found[2:4].any()
    assert np.allclose(found[0], found[5], atol=1e-6)


@pytest.mark.parametrize("own", [True, False])
def test_a_vector_is_the_same_whichever_texts_stand_beside_it(static: Path, *, own: bool) -> None:
    """Together and one by one give the same bits, by the packaged model and by a folder's."""
    model = find(str(static), Path(), Model()).inner if own else embed
    texts = [" ".join(VOCABULARY[1 : 2 + number % 6] * (number % 5 + 1)) for number in range(100)]
    assert (model(texts) == np.concatenate([model([text]) for text in texts])).all()


def test_a_folder_without_a_model_says_what_to_do(tmp_path: Path) -> None:
    """A missing folder, an empty one, a broken one, one whose package is missing: each error names the next step."""
    with pytest.raises(RecipeError, match="a folder that is not there"):
        find("nowhere", tmp_path, Model())
    with pytest.raises(RecipeError, match="without a model"):
        find(".", tmp_path, Model())
    (tmp_path / "modules.json").write_text("[]")
    with pytest.raises(RecipeError, match="not installed") as caught:
        find(".", tmp_path, Model())
    assert "synthgen-data[sentences]" in caught.value.fix
    (tmp_path / "model.safetensors").write_bytes(b"no weights")
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(RecipeError, match="weights cannot be read"):
        find(".", tmp_path, Model())
    save_file({"embeddings": np.zeros((1, 2), np.float32)}, tmp_path / "model.safetensors")
    with pytest.raises(RecipeError, match="tokenizer cannot be read"):
        find(".", tmp_path, Model())


def test_nothing_is_embedded_twice() -> None:
    """Two checks that want the same texts cost one round, and what is remembered stays small."""
    asked: list[str] = []

    def counting(texts: list[str]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        asked.extend(texts)
        return embed(texts)

    remembered = Remembered(counting, most=3)
    assert (remembered(TEXTS) == embed(TEXTS)).all()
    remembered(TEXTS[-1:])
    assert asked == list(dict.fromkeys(TEXTS))
    remembered(TEXTS[:1] + TEXTS[1:2])
    assert asked[-1] == TEXTS[1]
    assert remembered([]).shape == (0, 256)


def test_an_endpoint_is_asked_once_for_each_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Vectors come back in the order of the texts, are kept on disk, and are not asked for again by a new process."""
    monkeypatch.setenv("THE_KEY", "secret")
    model = Model(api_key_env="THE_KEY")
    with OpenAIServer(key="secret") as server:
        found = find(f"{server.url}#test-model", Path(), model, tmp_path)(TEXTS)
        again = find(f"{server.url}#test-model", Path(), model, tmp_path)([*TEXTS[::-1], "fee"])
    assert (found == again[5::-1]).all()
    assert _length_one(found)
    assert (tmp_path / CACHE).is_file()
    assert [request.body["input"] for request in server.requests] == [
        [TEXTS[0], TEXTS[1], " ", "???", TEXTS[5]],
        ["fee"],
    ]
    assert {request.body["encoding_format"] for request in server.requests} == {"float"}


def test_an_endpoint_that_cannot_be_asked_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong key, no model, a dead address, an answer that is none, a spoilt cache: an error with a next step."""
    monkeypatch.setenv("OPENAI_API_KEY", "wrong")
    with pytest.raises(RecipeError, match="without its model"):
        find("http://127.0.0.1:9/v1", Path(), Model())
    with OpenAIServer(key="secret") as server, pytest.raises(EndpointError, match="status 401") as caught:
        find(f"{server.url}#test-model", Path(), Model(), tmp_path)(["a"])
    assert "OPENAI_API_KEY" in caught.value.fix
    with OpenAIServer() as server:
        server.fail(200, body={"data": []})
        with pytest.raises(EndpointError, match="not a vector for each"):
            find(f"{server.url}#test-model", Path(), Model(), tmp_path)(["a"])
    (tmp_path / CACHE).write_bytes(b"this is no database at all" * 10)
    with pytest.raises(SynthgenError, match="cache of embeddings"):
        find(f"{server.url}#test-model", Path(), Model(), tmp_path)(["a"])


def test_the_sieve_hands_one_embedder_to_labels_and_dedup(static: Path) -> None:
    """With the recipe's embedder the labeller and the clusters see its vectors, and each text is embedded once."""
    from synthgen import schema, seeds

    root = schema.shipped("templates") / "classification"
    kind = schema.load(schema.find("classification", root))
    known = seeds.load("seeds.jsonl", root, kind, {})
    asked: list[str] = []

    def counting(texts: list[str]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        asked.extend(texts)
        return find(str(static), Path(), Model()).inner(texts)

    checks = Checks(labels=Labels(least=0.0), dedup=Dedup(semantic=Semantic(most=1, least=0.5)))
    sieve = Sieve(kind, checks, Known(known[:40], embed=Remembered(counting)))
    rows = [
        Candidate(seed.id + "x", Draft(n, {"split": "train"}, n, []), [], {}, seed.record)
        for n, seed in enumerate(known[40:])
    ]
    sieve(rows)
    assert "labels" in dict(sieve.checks)
    assert len(asked) == len(set(asked)) > 40
