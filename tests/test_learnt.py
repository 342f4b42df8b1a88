"""What is learnt of wordings: refusals and an assistant's voice in words that no pattern knows."""

from __future__ import annotations

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import labelled
from synthgen.checks import hashed, learnt

WORDINGS = (learnt.REFUSAL, learnt.VOICE, learnt.VOICE_OF_ANSWERS)
SAYING = (
    (learnt.REFUSAL, "My answer to this has to be a firm no, for such a text could hurt somebody."),
    (learnt.REFUSAL, "Nothing like this is going to be written by me, as such content could do harm."),
    (learnt.VOICE, "The parcel never came. The customer's irritation is evident, although the wording remains civil."),
    (learnt.VOICE, "Where is my refund? Realism was the priority here, hence the missing comma."),
    (
        learnt.VOICE_OF_ANSWERS,
        "Cut it back in spring. This explanation was kept short because no length was requested.",
    ),
)
OTHER = (
    (learnt.REFUSAL, "My neighbour will not tell me what is in the letter that you sent to him."),
    (learnt.REFUSAL, "I can't comply with your request for a passport copy, mine is at the embassy."),
    (learnt.VOICE, "Your agent gave me an example of such a bill, and its wording was polite."),
    (learnt.VOICE, 'Your mail says "This message expresses the frustration of a customer", which made me laugh.'),
    (learnt.VOICE, '"This message expresses the frustration of a customer in a realistic tone."'),
    (learnt.VOICE_OF_ANSWERS, "In the letter, give one example and keep its tone polite."),
)
PIECES = [
    *(part for _, text in (*SAYING, *OTHER) for part in text.split(". ")),
    "", " ", "\n", "Thanks.", "\u212a", "İ", "“", "a" * 300,
]  # fmt: skip


@pytest.mark.parametrize(("wording", "text"), SAYING, ids=lambda value: str(value)[:30])
def test_what_says_it_is_told(wording: learnt.Wording, text: str) -> None:
    """A text that says it in words of its own is told, and its part is shown."""
    (told,) = wording.told([text]).values()
    assert told.score >= wording.least
    assert told.part.rstrip(".") in text


@pytest.mark.parametrize(("wording", "text"), OTHER, ids=lambda value: str(value)[:30])
def test_what_only_uses_the_words_is_not(wording: learnt.Wording, text: str) -> None:
    """People who use the same words, and who quote what somebody else said, say nothing of the kind."""
    assert wording.told([text]) == {}


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=4).map(" ".join), min_size=1, max_size=6))
def test_a_text_is_told_alone_as_among_others(texts: list[str]) -> None:
    """No text's score hangs on those beside it, and whatever is told has a sign that a column is searched for."""
    for wording in WORDINGS:
        among = wording.told(texts)
        assert {at: told for at, text in enumerate(texts) for told in wording.told([text]).values()} == among
        (flags,) = learnt.may([wording], hashed.Words(pl.Series(texts)))
        assert all(flags[at] for at in among)


@pytest.mark.parametrize("wording", WORDINGS, ids=lambda one: one.file.stem)
def test_no_pair_lies_across_two_texts(wording: learnt.Wording) -> None:
    """The last word of a text and the first one of the next are no pair, though they are the weightiest there is."""
    weights = wording.learnt.weights
    first, second = max((name for name in weights if " " in name), key=weights.__getitem__).split(" ")
    texts = [f"So much for {first}", f"{second} came later"]
    alone = [wording.told([text], -99.0, signed=False)[0] for text in texts]
    assert list(wording.told(texts, -99.0, signed=False).values()) == alone


def test_signs_let_few_texts_in() -> None:
    """Of the labelled set's good messages one in six has a sign, or fewer, so that few texts are read."""
    good = [one["row"]["text"] for one in labelled.rows() if not one["kind"] and one["task"] == "classification"]
    for flags in learnt.may([learnt.REFUSAL, learnt.VOICE], hashed.Words(pl.Series(good))):
        assert 0 < flags.mean() <= 1 / 6


@pytest.mark.parametrize("wording", WORDINGS, ids=lambda one: one.file.stem)
def test_file_holds_weights_of_words_and_pairs(wording: learnt.Wording) -> None:
    """A file has at most 5,000 weights, each of one or two words as they are compared, and signs are among them."""
    found = json.loads(wording.file.read_text(encoding="utf-8"))
    assert set(found) == {"bias", "weights", "signs"}
    assert len(found["weights"]) <= 5_000
    assert set(found["signs"]) <= set(found["weights"])
    assert {len(name.split(" ")) for name in found["weights"]} == {1, 2}
