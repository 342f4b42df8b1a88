"""The looser patterns by which whole columns are searched: they never hide what the rules would find."""

from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.checks import absent, endings, forms, leaks, loosened, numbers, patterns, refusals, voice
from synthgen.checks.quality import Quality
from synthgen.checks.rules import Rules
from synthgen.types import Prose

PATTERNS = {
    "begun": endings.BEGUN,
    "candidates": leaks.CANDIDATES,
    "fields": leaks.FIELDS,
    "voice": voice.ASSISTANT_VOICE,
    "opening": voice.OPENING,
    "offer": voice.OFFER,
    "last offer": voice.LAST_OFFER,
    "placeholder": patterns.PLACEHOLDER,
    "tokens": leaks.TOKENS,
    "code": patterns.CODE,
    "code line": patterns.CODE_LINE,
    "quoted": patterns.QUOTED,
    "plain refusal": refusals.PLAIN,
    "refusal": refusals.REFUSAL,
    "declined": refusals.DECLINED,
    **{f"absent {number}": pattern for number, pattern in enumerate(absent.ABSENT_PARTS)},
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


GATES = {
    **{f"signed {number}": (one, patterns.SIGNED) for number, (_, one) in enumerate(patterns.PLACEHOLDER_PARTS)},
    "points": (absent.ABSENT_PARTS[0], re.compile("|".join(absent.POINTS), re.IGNORECASE)),
    **{
        f"{one.code} {number}": (one.pattern, forms.NUMBERED)
        for number, one in enumerate(forms.FINDERS)
        if one.code not in {"safety.secret", "safety.email", "safety.url"}
    },
    **{f"{one.rule} {one.form}": (re.compile(one.form, re.IGNORECASE), forms.NUMBERED) for one in numbers.NATIONAL_IDS},
}
"""Patterns, and what a column is searched for before them."""
BETWEEN = [" ", "`x`", "“so he said”", "«x»", "'it is so'"]
"""What is taken out of a text before placeholders are sought in it: a space stands in its place."""


@pytest.mark.parametrize("name", GATES)
def test_what_is_sought_first_stands_in_all_that_is_found(name: str) -> None:
    """What a pattern finds holds what a column is searched for first, though code and quotes stand for its spaces."""
    pattern, gate = GATES[name]
    between = BETWEEN if name.startswith("signed") else BETWEEN[:1]

    @settings(max_examples=40, deadline=None)
    @given(st.from_regex(pattern), st.sampled_from(between))
    def holds(text: str, piece: str) -> None:
        found = pattern.search(text.encode("utf-8", "replace").decode())
        assert not found or _met(gate, [found.group().replace(" ", piece)]) == [True]

    holds()


@settings(max_examples=200, deadline=None)
@given(_words(patterns.PLACEHOLDER) | st.lists(st.from_regex(patterns.PLACEHOLDER), max_size=3).map(" ".join))
def test_placeholders_are_the_same_piece_by_piece(text: str) -> None:
    """Searched branch by branch, where its literals stand, a text has the placeholder that the whole pattern finds."""
    one, whole = patterns.blank(text), patterns.PLACEHOLDER.search(text)
    assert (one and one.span()) == (whole and whole.span())


@pytest.mark.parametrize("number", [number for number, one in enumerate(forms.FINDERS) if one.starts])
def test_finds_are_the_same_from_start_to_start(number: int) -> None:
    """Tried only where it may begin, a pattern is met where a search of the whole text meets it."""
    finder = forms.FINDERS[number]

    @settings(max_examples=200, deadline=None)
    @given(_words(finder.pattern) | st.lists(st.from_regex(finder.pattern), max_size=3).map(" ".join))
    def holds(text: str) -> None:
        spans = [one.span() for one in finder.matches(text)]
        assert spans == [one.span() for one in finder.pattern.finditer(text)]

    holds()


SIGNS = (
    "<a>", "</b>", "<", ">", "&nbsp;", "&amp;lt;", "&", "`", "```", "$$", "\\(", "\\)", " ", "  ", "\n", "\t", "word",
    "Ünter", "....", "aaaaaaaaaaaaaaaaaaa", "qwer asdf sdfg xcvbn", "0x1f, 0x2e,", "\u200b", "\x1f", "’", "→ x", "here",
    "[NAME]", "%s", "insert name", "the cat sat on it.", "the cat sat", "'so it is'", "\u00a0", "12 1234 5678 90",
    "call 01 23", "es ist nicht gut",
)  # fmt: skip


def test_texts_of_signs_get_the_same_verdicts() -> None:
    """Texts of tags, code, keys, spaces of all kinds and figures get the verdicts of reading each of them."""
    draw = Random(3)
    texts = ["".join(draw.choices(SIGNS, k=draw.randint(1, 14))) for _ in range(3000)]
    texts.append("Here <averylongtagname and its many words>`x y z`<anotherlongtag with words in it>")
    texts.append("Here <averylongtagname `>` and its many words in one tag alone>")
    facts = Rules({"text": Prose(2, 100)}, frozenset({"text"}), language="en", required=frozenset({"text"}))
    table = pl.DataFrame({"prose:text": texts})
    whole = Quality(facts, screened=False)(table).rows()
    assert Quality(facts)(table).rows() == whole
    codes = {one[0] for one in whole}
    assert {"quality.symbols", "quality.placeholder", "quality.repetition", "quality.language", None} <= codes


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
