"""The public lock file: paths, names, keys and private addresses go; what decides the rows stays, and comes back."""

from __future__ import annotations

import pytest

from synthgen.public import public, restored

OUT = [
    ("seeds", "/home/anna/work/seeds.jsonl", "seeds.jsonl"),
    ("seeds", "~/seeds.jsonl", "seeds.jsonl"),
    ("seeds", "../anna/seeds.jsonl", "seeds.jsonl"),
    ("call", "/srv/anna/own.py:check", "own.py:check"),
    ("name", "C:\\Users\\anna\\model.gguf", "model.gguf"),
    ("about", "Rows out of /home/anna/notes.txt, shortened.", "Rows out of notes.txt, shortened."),
    ("base_url", "https://anna:secret@host.example.com/v1?api_key=k", "https://host.example.com/v1"),
    ("base_url", "http://10.1.2.3:8000/v1", "http://private-address/v1"),
    ("base_url", "http://gpu-7:8000/v1", "http://private-address/v1"),
    ("base_url", "http://llm.corp/v1", "http://private-address/v1"),
    ("embedder", "https://host.example.com/v1#small", "https://host.example.com/v1#small"),
]
STAY = [
    ("seeds", "data/seeds.jsonl"),
    ("seeds", "hf://owner/seeds"),
    ("about", "/r/askscience answers, put in other words."),
    ("ask", "/ or - as a separator: is there one?"),
    ("base_url", "https://api.mistral.ai/v1"),
    ("base_url", "http://127.0.0.1:8000/v1"),
    ("name", "meta-llama/Llama-3.1-8B"),
    ("seed", 7),
]


@pytest.mark.parametrize(("key", "own", "shown"), OUT)
def test_what_is_nobody_elses_business_goes(key: str, own: str, shown: str) -> None:
    """Of a path outside the recipe's folder the last part stays; users, keys, questions and inner hosts go."""
    lock = {"recipe": {"part": [{key: own}]}}
    assert public(lock) == {"recipe": {"part": [{key: shown}]}}
    assert public(public(lock)) == public(lock)
    assert lock == {"recipe": {"part": [{key: own}]}}


@pytest.mark.parametrize(("key", "value"), STAY)
def test_what_decides_the_rows_stays(key: str, value: object) -> None:
    """Paths inside the recipe's folder, public addresses, names of models, sentences and numbers stay as they are."""
    assert public({"recipe": {key: value}}) == {"recipe": {key: value}}


def test_ones_own_paths_come_back() -> None:
    """Where one's own recipe shows as the public one does, its paths take their places; what differs stays public."""
    own = {"seeds": "/home/anna/seeds.jsonl", "rows": 10, "steps": [{"prompt": "../a/write.j2"}]}
    shown = {"seeds": "seeds.jsonl", "rows": 20, "steps": [{"prompt": "write.j2"}]}
    assert restored(shown, own) == own | {"rows": 20}
    assert restored({"seeds": "others.jsonl"}, own) == {"seeds": "others.jsonl"}
