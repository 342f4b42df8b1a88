"""The looser patterns by which whole columns are searched: they never hide what the rules would find."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.checks import asked, forms, loosened, patterns, refusals
from synthgen.checks.quality import Quality
from synthgen.checks.rules import Rules
from synthgen.types import Prose

PATTERNS = {
    "voice": patterns.ASSISTANT_VOICE,
    "opening": patterns.OPENING,
    "placeholder": patterns.PLACEHOLDER,
    "tokens": patterns.TOKENS,
    "code": patterns.CODE,
    "code line": patterns.CODE_LINE,
    "quoted": patterns.QUOTED,
    "plain refusal": refusals.PLAIN,
    "refusal": refusals.REFUSAL,
    "declined": refusals.DECLINED,
    **{f"absent {number}": pattern for number, pattern in enumerate(asked.ABSENT_PARTS)},
    **{f"{one.code} {number}": one.pattern for number, one in enumerate(forms.FINDERS)},
}
DATA = Path(__file__).parent / "data" / "labelled.jsonl"
ODD = [
    "\n",
    "\x1c",
    "\x85",
    "\u2028",
    "\u00a0",
    "’",
    "é",
    "ſ",
    "K",
    "İ",
    "ı",
    "²",
    "①",
    "e\u0301",
    "\x00",
    "_",
    "卡",
    "\\n",
]


def _labelled() -> list[str]:
    """Return every text of the labelled set."""
    lines = DATA.read_text(encoding="utf-8").split("\n")
    rows = [json.loads(line)["row"] for line in lines if line]
    return [value for row in rows if isinstance(row, dict) for value in row.values() if isinstance(value, str)]


def _met(pattern: re.Pattern[str], texts: list[str]) -> list[bool]:
    """Return for each text whether the looser pattern is met in it, or a letter that only Python folds is."""
    text = pl.col("text")
    met = loosened.column(text).str.contains(loosened.loosened(pattern)) | loosened.folded(text)
    return pl.DataFrame({"text": texts}, schema={"text": pl.String}).select(met).to_series().to_list()


def _words(pattern: re.Pattern[str]) -> st.SearchStrategy[str]:
    """Return texts made of the words and signs that stand in a pattern, in any order and case."""
    plain = re.sub(r"\\[a-zA-Z]|\(\?\W?[a-z]*", " ", pattern.pattern)
    own = sorted({*re.findall(r"[^\W_]+", plain), *re.findall(r"[^\w\s\\|()?]", plain)})
    pieces = st.sampled_from(own) | st.sampled_from([*own, *ODD]) | st.sampled_from(["i", "a", "7", "2024", " ", "."])
    return st.lists(pieces.flatmap(lambda one: st.sampled_from([one, one.upper()])), max_size=14).flatmap(
        lambda parts: st.sampled_from(["", " "]).map(lambda between: between.join(parts))
    )


@pytest.mark.parametrize("name", PATTERNS)
def test_looser_patterns_meet_what_is_found(name: str) -> None:
    """What a pattern finds, made of its own words or by its own form, its looser form meets."""
    pattern = PATTERNS[name]

    @settings(max_examples=60, deadline=None)
    @given(st.lists(_words(pattern) | st.from_regex(pattern), min_size=1, max_size=8))
    def holds(texts: list[str]) -> None:
        whole = [text.encode("utf-8", "replace").decode() for text in texts]
        found = [pattern.search(text) is not None for text in whole]
        assert [
            text for text, one, met in zip(whole, found, _met(pattern, whole), strict=True) if one and not met
        ] == []

    holds()


@pytest.mark.parametrize("name", PATTERNS)
def test_looser_patterns_meet_what_the_labelled_set_has(name: str) -> None:
    """In every text of the labelled set that a pattern finds something in, its looser form is met."""
    texts = _labelled()
    found = [PATTERNS[name].search(text) is not None for text in texts]
    met = _met(PATTERNS[name], texts)
    assert [text for text, one, other in zip(texts, found, met, strict=True) if one and not other] == []


@pytest.mark.parametrize("name", ["voice", "opening", "placeholder", "tokens", "refusal", "declined"])
def test_looser_patterns_keep_most_texts_back(name: str) -> None:
    """A screen that lets all through hides nothing either: of clean texts it meets one in twenty at most."""
    lines = DATA.read_text(encoding="utf-8").split("\n")
    clean = [row["row"] for line in lines if line and not (row := json.loads(line)).get("kind")]
    texts = [row["text"] for row in clean if "text" in row]
    assert len(texts) > 300
    assert sum(_met(PATTERNS[name], texts)) <= len(texts) / 20


def test_the_labelled_set_gets_the_same_verdicts() -> None:
    """Searched first or read one by one, the texts of the labelled set get the same verdicts, with masks too."""
    masks = ("<EMAIL>", "[NAME]")
    texts = _labelled()
    texts += [f"`{text[:9]}` {text} {masks[len(text) % 2]} 'for' [DATE]" for text in texts[::7]]
    facts = Rules(
        {"text": Prose(2, 100)}, frozenset({"text"}), language="en", required=frozenset({"text"}), masks=masks
    )
    table = pl.DataFrame({"prose:text": texts})
    assert Quality(facts)(table).rows() == Quality(facts, screened=False)(table).rows()


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        (r"(?<!\w)\bcat\b(?= on)", r"(?:(?-u:\b)cat(?-u:\b))"),
        (r"\b(?:a|[bc])\b", r"(?:(?:a|[bc]))"),
        (r"[^\w’]{0,40}$", r"(?:[^0-9A-Za-z_]{0,}\n?$)"),
        (r"(?P<tag>[à-ü+-])(?P=tag)é", r"(?:(?:[\x00+\-])[\x00-\x7f]*\x00)"),
    ],
)
def test_each_piece_becomes_a_wider_one(source: str, wanted: str) -> None:
    """Looks go, counts end nowhere, and every character beyond ASCII is one and the same."""
    assert loosened.loosened(re.compile(source)) == wanted
