"""Whether a value stands in a text, as people write it: each way in which it may has a name.

On 1,756 calls such a rule caught 94 % of invented texts, on 879 calls 98 % of changed numbers, and it was wrong about
11 % of good calls: it decides where the text was written for the value, and elsewhere it should only make a judge look.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from synthgen import calendar
from synthgen.text import normalise

SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
LARGE = {"k": 1_000, "thousand": 1_000, "m": 1_000_000, "million": 1_000_000, "hundred": 100, "dozen": 12}
SHARE = 0.75
"""Of the words of a text of four words or more so many must stand there; of a shorter one, all."""

_NUMBER = re.compile(
    r"(?<![\w.,])\d+(?:[.,'’]\d+|[ \u00a0\u202f]\d{3}(?!\d))*\s*(k|m|thousand|million|hundred|dozen)?\b", re.IGNORECASE
)
_DECIMAL = re.compile(r"(?<=[:\[,] )-?\d+\.\d+(?=[,\]}])")
"""A number with decimals as JSON writes it."""
_CLOCK = re.compile(r"\b\d{1,2}[:.]\d\d(?=\s*(?:[ap]\.?m|uhr|h\b|o.?clock)|:|\b)(?<=:\d\d)", re.IGNORECASE)
_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w")
_LINK = re.compile(r"https?://\S+")
_PHONE = re.compile(r"(?<![\w.])\+?\(?\d[\d ()/-]{7,}\d(?!\w)")
_NO = re.compile(r"\b(no|not|never|without|don|doesn|isn|needn|n't|nothing|none)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Text:
    """A text that values are sought in."""

    raw: str

    @cached_property
    def words(self) -> str:
        """The normalised text, with a space at both ends."""
        return f" {normalise(self.raw)} "

    @cached_property
    def squeezed(self) -> str:
        """Its letters and digits alone."""
        return self.words.replace(" ", "")

    @cached_property
    def digits(self) -> str:
        """Its digits, where only what stands inside telephone numbers parts them."""
        return re.sub(r"(?<=\d)[ ()/.\-]+(?=\d)", "", self.raw)

    @cached_property
    def numbers(self) -> frozenset[float]:
        """Every number that it says, in digits or in words; dates and times of day are none."""
        bare = _DAY.sub(" ", _CLOCK.sub(" ", self.raw))
        found = {float(one) for match in _NUMBER.finditer(bare) for one in _read_number(match)}
        said = self.words.split()
        found |= {float(SMALL.index(word)) for word in said if word in SMALL}
        for word, after in zip(said, [*said[1:], ""], strict=True):
            if word in TENS:
                found |= {float(TENS[word]), float(TENS[word] + (SMALL.index(after) if after in SMALL[1:10] else 0))}
            if after in LARGE and word in {*SMALL, "a"}:
                found.add(float(LARGE[after] * (1 if word == "a" else SMALL.index(word))))
        return frozenset(found | ({0.5} if "half" in said else set()))


def _read_number(match: re.Match[str]) -> Iterator[float]:
    """Give what a number in digits may mean: a comma or a full stop parts thousands, or the fraction."""
    plain = re.sub(r"[ \u00a0\u202f'’]", "", match[0][: match.start(1) - match.start()] if match[1] else match[0])
    times = LARGE[match[1].lower()] if match[1] else 1
    for text in (plain.replace(",", ""), plain.replace(".", "").replace(",", ".")):
        try:
            yield float(text) * times
            if match[1]:
                yield float(text)
        except ValueError:
            continue


def leaves(value: Any, schema: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any, Mapping[str, Any]]]:  # noqa: ANN401
    """Give each value that holds no others, with its place and the schema that it falls under."""
    schema = _branch(value, schema)
    if isinstance(value, dict):
        for name, one in value.items():
            part = schema.get("properties", {}).get(name, schema.get("additionalProperties"))
            yield from leaves(one, part if isinstance(part, dict) else {}, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from leaves(one, schema.get("items") or {}, f"{path}[{number}]")
    else:
        yield path, value, schema


def _branch(value: object, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the alternative of a schema that a value fits, with what stands beside the alternatives."""
    from synthgen.shapes import misfit

    for key in ("anyOf", "oneOf"):
        fitting = [one for one in schema.get(key, []) if not misfit(value, one)]
        if fitting:
            return {**{name: part for name, part in schema.items() if name != key}, **fitting[0]}
    return schema


def ungrounded(value: Any, schema: Mapping[str, Any], text: str, *, implied: bool = False) -> list[str]:  # noqa: ANN401
    """Return each value that stands in no known way in a text, as `place: value`.

    Args:
        value: a JSON value.
        schema: its plain JSON Schema.
        text: the text.
        implied: whether a value of a list, a default and a yes or no need not be said.
    """
    sought = Text(text)
    return [
        f"{path}: {one!r}"
        for path, one, part in leaves(value, schema)
        if rule(one, part, sought, path, implied=implied) is None
    ]


def made_up(text: str, known: str) -> list[str]:
    """Return the numbers in digits of a text that stand neither as numbers nor as digits in what is known."""
    there = Text(known)
    # A date or a code may be said in pieces; 440.29 in a result is no 440.
    digits = {float(run) for run in re.findall(r"\d+", _DECIMAL.sub("", known))} | there.numbers
    found = []
    for match in _NUMBER.finditer(text):
        ways = set(_read_number(match))
        runs = {float(run) for run in re.findall(r"\d+", match[0])}
        if not ways & digits and not runs <= digits:
            found.append(match[0].strip())
    return found


def rule(value: object, schema: Mapping[str, Any], text: Text, path: str = "", *, implied: bool = False) -> str | None:
    """Return the name of the way in which a value stands in a text; None where it does not.

    The ways are: nothing (null or empty), implied, listed (a value of a list or one of its synonyms), yes or no,
    number, date, time, moment, telephone, wording (letter by letter but for case and marks), squeezed (marks left out
    of a number such as AB-1234), words (all words, or of four and more three in four).
    """
    listed = "enum" in schema or "const" in schema
    if value is None or value == "":
        return "nothing"
    if implied and (listed or isinstance(value, bool) or value == schema.get("default")):
        return "implied"
    if isinstance(value, bool):
        return _yes_or_no(value, schema, text, path)
    if isinstance(value, int | float):
        return "number" if abs(float(value)) in text.numbers else None
    return _listed(str(value), schema, text) if listed else _worded(str(value), text)


def synonyms(word: str, schema: Mapping[str, Any]) -> list[str]:
    """Return what a schema's description gives as other words for a value: `high: urgent, at once; low: no hurry`."""
    for part in re.split(r"[;\n]|\.\s", str(schema.get("description", ""))):
        name, colon, rest = part.strip().rpartition(":")
        if colon and normalise(name) in {normalise(word), normalise(word.replace("_", " "))}:
            return [plain for one in rest.split(",") if (plain := one.strip(" `'\"."))]
    return []


def spellings(value: object) -> list[str]:
    """Return ways in which people write a value, each of which is found again; the plainest first."""
    word = str(value)
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, int | float):
        words = [SMALL[int(value)]] if value in range(2, len(SMALL)) else []
        cents = [f"{value:.2f}"] if isinstance(value, float) and round(value, 2) == value else []
        return [word, *words, *cents, *([f"{value:,}"] if value > 999 else [])]
    return calendar.spellings(word) or [word]


def others(kind: str, text: str) -> list[str]:
    """Return what a text has of a kind that can be told by its form: `email`, `uri` or `phone`."""
    found: list[str] = {"email": _EMAIL, "uri": _LINK, "phone": _PHONE}[kind].findall(text)
    return found


def _yes_or_no(value: bool, schema: Mapping[str, Any], text: Text, path: str) -> str | None:
    """A yes is said by the field's name or a synonym of `true`; a no by a negation, or by silence."""
    name = path.rpartition(".")[2]
    said = [
        one for one in normalise(name.replace("_", " ")).split() if len(one) > 2 and one not in {"has", "was", "are"}
    ]
    ways = [*synonyms("true", schema), *synonyms("yes", schema)]
    told = any(_says(text, one) for one in ways) or any(f" {_stem(one)}" in text.words for one in said)
    if value:
        return "yes or no" if told else None
    no = any(_says(text, one) for one in [*synonyms("false", schema), *synonyms("no", schema)])
    return "yes or no" if no or not told or _NO.search(text.raw) else None


def _says(text: Text, phrase: str) -> bool:
    sought = normalise(phrase.replace("_", " "))
    return f" {sought} " in text.words if sought else phrase in text.raw


def _stem(word: str) -> str:
    """Return a word without its ending, so that its plural and its other forms are found."""
    return word if len(word) < 5 else word[: max(4, len(word) - 2)]


def _listed(word: str, schema: Mapping[str, Any], text: Text) -> str | None:
    return "listed" if any(_says(text, one) for one in (word, *synonyms(word, schema))) else None


def _worded(word: str, text: Text) -> str | None:
    if told := calendar.found(word, text.words):
        return told[0] if told[1] else None
    return _written(word, text)


def _written(word: str, text: Text) -> str | None:
    if "@" in word or "://" in word:
        return "wording" if word.casefold() in text.raw.casefold() else None
    plain = normalise(word)
    if _says(text, word):
        return "wording"
    if re.fullmatch(r"\+?[\d\s()/.-]{7,}", word):
        digits = re.sub(r"\D", "", word)
        return "telephone" if digits[-9:].lstrip("0") in text.digits else None
    if any(mark.isdigit() for mark in plain) and len(plain) > 4:
        return "squeezed" if plain.replace(" ", "") in text.squeezed else None
    words = [one for one in plain.split() if len(one) > 2 or one.isdigit()]
    met = sum(f" {one} " in text.words if one.isdigit() else f" {_stem(one)}" in text.words for one in words)
    least = SHARE if len(words) > 3 else 1.0
    return "words" if words and met >= least * len(words) else None
