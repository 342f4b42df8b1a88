"""Masked rows: nothing found is left in them, they are rows still, and every later check sees what is published."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.audit import audit
from synthgen.checks import forms
from synthgen.checks.safety import CODES, Mask, Safety, Search
from synthgen.export import splits
from synthgen.gate import open_finds
from synthgen.job import prepare
from synthgen.model import fake
from synthgen.model.wrap import Limits
from synthgen.pipeline import Result, generate, refilter
from synthgen.recipe import Safety as SafetyPart
from synthgen.schema import shipped
from synthgen.store.run import Run
from tests.command import Synthgen
from tests.openai_server import OpenAIServer, question
from tests.test_safety import KEY, SAFETY

BANK = shipped("templates") / "classification"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Mail anna@acme.com, please.", "Mail <EMAIL>, please."),
        ("Call +49 30 90182034 or 415-736-2671.", "Call <PHONE> or <PHONE>."),
        ("See https://www.acme.com/a?b=c. Thanks.", "See <URL>. Thanks."),
        ("Send it to DE89 3704 0044 0532 0130 00 today.", "Send it to <IBAN> today."),
        ("My card 4539 1488 0343 6467 was declined.", "My card <CARD> was declined."),
        ("Mi DNI es 12345678Z y no funciona.", "Mi DNI es <NATIONAL_ID> y no funciona."),
        ("The login came from 91.198.174.192 at night.", "The login came from <IP> at night."),
        ("My password: Tr0ub4dor&3 does not work.", "My password: <SECRET> does not work."),
        ("Clone https://anna:Pa55w0rd@git.example.com/x.git.", "Clone https://anna:<SECRET>@git.example.com/x.git."),
        (f"-----BEGIN PRIVATE KEY-----\n{KEY}\n-----END PRIVATE KEY----- is it", "<SECRET> is it"),
        ("Mail anna@example.com or call 555-0123.", "Mail anna@example.com or call 555-0123."),
    ],
)
def test_a_find_becomes_its_kind(text: str, masked: str) -> None:
    """What gives somebody away is replaced, what stands around it stays, and planned fakes are left alone."""
    assert Search().mask(text)[0] == masked


@pytest.mark.parametrize("case", [case for case in SAFETY if case.falls], ids=lambda case: case.text[:40])
def test_nothing_is_found_in_a_masked_text(case: Any) -> None:
    """Every text that falls is kept once it is masked, and its code is told."""
    plain, codes = Search().mask(case.text)
    assert case.code in codes
    assert list(Search().column(pl.Series([plain]))) == []


PIECES = st.sampled_from(
    [piece for case in SAFETY for piece in (case.text, *case.text.split())]
    + ["<EMAIL>", "<SECRET>", "@", "x1", "=", ":"]
)


@given(st.lists(PIECES, max_size=12), st.sampled_from(["", " ", ", ", "\\n"]))
def test_masking_twice_is_masking_once(pieces: list[str], between: str) -> None:
    """Whatever a text is pieced together of, masking it again changes nothing, and nothing is found in it."""
    once = Search().mask(between.join(pieces))[0]
    assert Search().mask(once) == (once, [])


@given(st.lists(PIECES | st.text(max_size=6), max_size=12), st.sampled_from(["", " ", "\n"]))
def test_the_search_of_a_column_misses_nothing(pieces: list[str], between: str) -> None:
    """Whatever is found in a text, the quick search of the whole column sees first."""
    text = between.join(pieces).encode("utf-8", "replace").decode()
    if list(forms.search(text)):
        assert forms.hinted(pl.Series([text]))


def test_the_search_of_a_column_sees_each_find_alone() -> None:
    """Each word of the cases that is a find by itself is seen by the quick search, with nothing around to help."""
    words = {word for case in SAFETY for word in case.text.split() if list(forms.search(word))}
    assert len(words) > 30
    assert [word for word in words if not forms.hinted(pl.Series([word]))] == []


def test_what_the_recipe_allows_is_not_masked() -> None:
    """An allowed code and a named fake stay as they are beside what is masked."""
    mask = Mask(["text"], SafetyPart(mode="mask", allow=["safety.url"], fakes=[r"@acme\.com$"]))
    row = {"text": "See https://a.org, mail a@acme.com or b@acme.org.", "label": "b@acme.org"}
    assert mask(row) == (row | {"text": "See https://a.org, mail a@acme.com or <EMAIL>."}, ("safety.email",))


def test_lists_and_turns_are_masked_text_by_text() -> None:
    """Each turn's content and each text of a list is masked where it stands, and all else stays as it is."""
    turns = [
        {"role": "user", "content": "I am anna@acme.org.", "at": 3},
        {"role": "assistant", "content": "Thank you, I call +49 30 90182034 and +49 30 90182035.", "at": None},
    ]
    row = {"turns": turns, "notes": ["Mail b@acme.org.", "Fine."], "kept": ["c@acme.org"]}
    assert Mask(["turns", "notes"], SafetyPart(mode="mask"))(row) == (
        {
            "turns": [
                {"role": "user", "content": "I am <EMAIL>.", "at": 3},
                {"role": "assistant", "content": "Thank you, I call <PHONE> and <PHONE>.", "at": None},
            ],
            "notes": ["Mail <EMAIL>.", "Fine."],
            "kept": ["c@acme.org"],
        },
        ("safety.email", "safety.phone"),
    )


def test_a_conversation_is_masked_and_kept(synthgen: Synthgen, tmp_path: Path) -> None:
    """With `mode: mask` a conversation with an address in one turn is kept without it; else it falls."""
    seed = json.loads((shipped("templates") / "chat" / "seeds.jsonl").read_text(encoding="utf-8").split("\n")[0])
    last = next(one for one in reversed(seed["turns"]) if one["role"] == "assistant")
    last["content"] += " Please write to anna.schmidt@acme.com."
    source = tmp_path / "theirs.jsonl"
    source.write_text(json.dumps(seed) + "\n", encoding="utf-8")
    assert synthgen("init", "chat", "talks").code == 0
    (tmp_path / "talks" / "seeds.jsonl").write_text(
        "\n".join((tmp_path / "talks" / "seeds.jsonl").read_text(encoding="utf-8").split("\n")[1:]), encoding="utf-8"
    )
    for mode, kept in (("reject", 0), ("mask", 1)):
        changes = {"model.name": "fake", "checks.safety.mode": mode, "checks.labels.use": False}
        job = prepare(tmp_path / "talks", changes)
        run: Run = audit(str(source), "", tmp_path / mode, job).run
        assert run.read("kept").height == kept, run.read("verdicts").rows()
    assert run.read("kept")["turns"][0][-1]["content"].endswith("Please write to <EMAIL>.")


@pytest.mark.parametrize("wanted", [SafetyPart(), SafetyPart(mode="allow"), SafetyPart(mode="mask", use=False)])
def test_without_the_mode_rows_go_through_as_they_came(wanted: SafetyPart) -> None:
    """Only `mode: mask` of a check that is used changes a row."""
    assert Mask(["text"], wanted)({"text": "b@acme.org"}) == ({"text": "b@acme.org"}, ())


def test_allowed_finds_are_told_and_kept() -> None:
    """With `mode: allow` a row stays, and its verdict says what is in it, without giving it away."""
    table = pl.DataFrame({"prose:a": ["Mail b@acme.org.", "Fine."], "prose:b": ["Call +49 30 90182034.", None]})
    found = Safety(SafetyPart(mode="allow"))(table)
    assert found["reason"].to_list() == [None, None]
    assert found["evidence"].to_list() == ["left in: email, phone", None]


def test_a_row_that_was_not_masked_falls_in_that_mode_too() -> None:
    """Whoever forgets to mask gets a rejected row, not a published one; a masked row is told as such."""
    table = pl.DataFrame({"masked": [None, "safety.email"], "prose:text": ["Mail b@acme.org.", "Mail <EMAIL>."]})
    found = Safety(SafetyPart(mode="mask"))(table)
    assert found["reason"].to_list() == ["safety.email", None]
    assert found["evidence"].to_list() == ["text: b@a… (10 characters)", "masked: email"]


def test_verdicts_do_not_depend_on_how_the_table_is_cut() -> None:
    """One table and many small ones get the same verdicts."""
    texts = [case.text for case in SAFETY]
    random.Random(0).shuffle(texts)
    whole = Safety(SafetyPart())(pl.DataFrame({"prose:text": texts}))
    parts = [Safety(SafetyPart())(pl.DataFrame({"prose:text": texts[at : at + 7]})) for at in range(0, len(texts), 7)]
    assert whole.equals(pl.concat(parts))


# In a run


def talkative(body: dict[str, Any]) -> str:
    """Answer as the fake model does, and give an address away in every text."""
    said = json.loads(fake.answer(question(body)))
    if "text" not in said:  # the probe asks for something else
        return json.dumps(said)
    return json.dumps(said | {"text": said["text"].rstrip(".") + " Please write to anna.schmidt@acme.com."})


def talked(server: OpenAIServer, folder: Path, **more: Any) -> Result:
    """Run the bank example with a model that gives an address away in every row."""
    server.answer = talkative
    given = {"model.name": "test-model", "model.base_url": server.url, "model.concurrency": 16, "rows": 20}
    return generate(prepare(BANK, given | more), folder, Limits())


def test_a_run_masks_and_its_rows_are_kept(server: OpenAIServer, tmp_path: Path) -> None:
    """With `mode: mask` every row is kept without the address, its verdict says so, and nothing is open."""
    run = talked(server, tmp_path / "run", **{"checks.safety.mode": "mask"}).run
    kept = run.read("kept")
    assert kept.height == 20
    assert kept["text"].str.ends_with("Please write to <EMAIL>.").all()
    told = run.read("verdicts").filter(pl.col("check") == "safety")
    assert set(told["evidence"]) == {"masked: email"}
    assert open_finds(run, splits(run)) == {}


def test_another_mode_asks_nothing_anew(server: OpenAIServer, tmp_path: Path) -> None:
    """A run whose rows stayed with their finds is filtered again with `mask`, from the replies that are there."""
    more = {"checks.safety.mode": "allow"}
    run = talked(server, tmp_path / "run", **more).run
    asked = len(server.requests)
    assert {code: len(rows) for code, rows in open_finds(run, splits(run)).items()} == {"safety.email": 20}
    given = {"model.name": "test-model", "model.base_url": server.url, "model.concurrency": 16, "rows": 20}
    refilter(prepare(BANK, given | {"checks.safety.mode": "mask"}), run.folder)
    assert len(server.requests) == asked
    assert run.read("kept")["text"].str.contains("<EMAIL>", literal=True).sum() == run.read("kept").height > 0


def test_somebody_elses_rows_are_masked_before_they_are_compared(synthgen: Synthgen, tmp_path: Path) -> None:
    """`filter` masks a dataset's rows first: two that differ in their address alone are one, and the source stays."""
    assert synthgen("init", "classification", "bank").code == 0
    recipe = Path("bank/recipe.yaml")
    job = prepare(recipe, {"model.name": "fake", "checks.labels.use": False, "checks.safety.mode": "mask"})
    label = next(iter(job.axes.values()))[0]["label"]
    texts = [f"My card was declined, write to {name}@acme.com." for name in ("anna", "peter")]
    rows = [{"text": text, "label": label} for text in texts]
    source = tmp_path / "theirs.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    before = source.read_bytes()
    run: Run = audit(str(source), "", tmp_path / "out", job).run
    assert run.read("kept")["text"].to_list() == ["My card was declined, write to <EMAIL>."]
    assert run.read("verdicts").filter(pl.col("reason") == "dedup.exact").height == 1
    assert source.read_bytes() == before


def test_every_code_has_a_mask() -> None:
    """Each kind of personal data and secret is masked by a word of its own."""
    words = {code: f"<{code.removeprefix('safety.').upper()}>" for code in CODES if code != "safety.unsafe"}
    shown = {code: Search().mask(next(c.text for c in SAFETY if c.code == code and c.falls))[0] for code in words}
    assert [code for code, word in words.items() if word not in shown[code]] == []
