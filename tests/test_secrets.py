"""Secrets that people tell in sentences are found and masked to the letter, and talk about secrets passes."""

from __future__ import annotations

import re

import polars as pl
import pytest

from synthgen.checks import forms, hints
from synthgen.checks.safety import Search
from tests.cases import within
from tests.secret_texts import HARMLESS, TOLD

MANY = 2 * hints.SMALL
"""Rows from which on a column is searched by patterns, not row by row."""


def masked(text: str) -> str:
    """Return a text with a mark for what stands in brackets."""
    return re.sub("⟦.*?⟧", "<SECRET>", text)


def plain(text: str) -> str:
    """Return a text without brackets as masking leaves it."""
    return Search().mask(text.replace("⟦", "").replace("⟧", ""))[0]


def alarms(text: str) -> list[str]:
    """Return what shows each secret that is found in a text."""
    return [one.shown() for one in forms.search(text) if one.code == "safety.secret"]


@pytest.mark.parametrize("text", TOLD)
def test_what_is_told_is_masked_and_no_more(text: str) -> None:
    """The secret goes, to the letter, and what stands around it stays."""
    assert plain(text) == masked(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_talk_of_secrets_passes(text: str) -> None:
    """Rules, mishaps, other numbers and placeholders are no secrets."""
    assert alarms(text) == []


def test_there_are_enough_of_both() -> None:
    """There are sixty ways to tell a secret and sixty look-alikes, each once."""
    assert min(len(set(TOLD)), len(set(HARMLESS))) >= 60


@pytest.mark.parametrize("text", TOLD)
def test_evidence_shows_the_noun_and_nothing_of_the_secret(text: str) -> None:
    """What shows a find says what it is of, and has no letter of the secret."""
    secrets = re.findall("⟦(.*?)⟧", text)
    shown = alarms(text.replace("⟦", "").replace("⟧", ""))
    assert len(shown) == len(secrets)
    said = [one.removesuffix(" characters)") for one in shown]
    assert not any(part in one for one in said for secret in secrets for part in (secret[:3], secret[-3:]))


def test_a_large_column_and_a_small_one_get_the_same_finds() -> None:
    """Whether rows are looked at one by one or by the patterns of a whole column, the same are found."""
    texts = [text.replace("⟦", "").replace("⟧", "") for text in TOLD + HARMLESS]
    alone = [list(Search().column(pl.Series([text]))) for text in texts]
    together = dict(Search().column(pl.Series(texts + ["Nothing stands here."] * MANY)))
    assert [[hit for _, hits in one for hit in hits] for one in alone] == [
        together.get(n, []) for n in range(len(texts))
    ]


def test_several_secrets_are_masked_in_one_go() -> None:
    """A list of codes, an old and a new password, a login and a key: all of them go."""
    text = "Old PIN 4471, new PIN 9035; backup codes: 55182093, 77410926. Key: API key b7c1e09af34d4e21."
    plain, codes = Search().mask(text)
    wanted = "Old PIN <SECRET>, new PIN <SECRET>; backup codes: <SECRET>, <SECRET>. Key: API key <SECRET>."
    assert (plain, codes) == (wanted, ["safety.secret"])


@pytest.mark.parametrize(
    "piece",
    [
        "password ", "PIN ", "the code of the door ", "a1-", "a-b-", "Ab1!", " 1 2 3 4", "'a b", '"', "password: ",
        "key_", "admin / ", "x@y.zz / ", "log in as ", "security question ", "answer ", "recovery phrase ", "abc ",
        "my password: abc ", "user a, ", "PIN 1234 and ", "a=", "curl -u a:", "it is ", "&a=", "?password=", "((", "..",
    ],
)  # fmt: skip
def test_a_long_text_of_one_piece_comes_to_an_end(piece: str) -> None:
    """No pattern goes back over a long text again and again."""
    with within(60):
        list(Search().column(pl.Series([piece * (100_000 // len(piece)) + "X1y2Z3!"])))
