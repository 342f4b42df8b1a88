"""Values drawn so that they fit a JSON Schema: what is true is known before any text is written about it.

An example, a value of a list, a constant is taken where the schema has one; else its format, its pattern and its bounds
are kept to, and last the name of the field is read. Names and places are common ones, addresses end in example.com
(RFC 2606), and telephone numbers are those that Ofcom keeps for fiction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from synthgen.shapes import misfit

TRIES = 50
"""Draws of one value before it is given up."""
OPTIONAL, NULL = 0.5, 0.15
"""How often a property that may be absent is there, and one that may be null is null."""
FIRST_DAY, DAYS = date(2026, 1, 5), 720
"""Dates are drawn from here on; a fixed day, so that the same draft draws the same."""

PEOPLE = (
    "Amina", "Bruno", "Carla", "Dmitri", "Elena", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Keiko", "Lars", "Maya",
    "Nadia", "Omar", "Paula", "Quentin", "Rosa", "Samuel", "Tanja", "Umar", "Vera", "Wanda", "Yusuf",
)  # fmt: skip
FAMILIES = (
    "Adler", "Bianchi", "Costa", "Dupont", "Ekberg", "Fischer", "Garcia", "Haddad", "Ivanov", "Jensen", "Kowalski",
    "Lindner", "Moreau", "Novak", "Okafor", "Petrov", "Rossi", "Santos", "Tanaka", "Varga",
)  # fmt: skip
PLACES = (
    "Lisbon", "Oslo", "Vienna", "Porto", "Prague", "Ghent", "Turin", "Leeds", "Bergen", "Graz", "Lyon", "Basel",
    "Krakow", "Malmo", "Bilbao", "Riga", "Athens", "Bremen", "Cork", "Split",
)  # fmt: skip
WORDS = (
    "amber", "basket", "cedar", "drawer", "engine", "folder", "garden", "hammer", "island", "jacket", "kettle",
    "ladder", "marble", "needle", "orchid", "pillow", "quartz", "ribbon", "saddle", "teapot", "umbrella", "velvet",
    "window",
)  # fmt: skip


def value(schema: Mapping[str, Any], draw: Random, name: str = "", optional: float = OPTIONAL) -> Any:  # noqa: ANN401 - a JSON value
    """Draw a value that fits a plain JSON Schema.

    Args:
        schema: as `shapes.plain` gives it.
        draw: for every choice.
        name: the field's name, which says what a text without a format is.
        optional: how often what may be absent is there.

    Raises:
        ValueError: in `TRIES` draws none came out that fits.
    """
    said = ""
    for _ in range(TRIES):
        found = _draw(schema, draw, name, optional)
        said = misfit(found, schema)
        if not said:
            return found
    message = f"no value for '{name or 'the schema'}' could be drawn ({said})"
    raise ValueError(message)


def _draw(schema: Mapping[str, Any], draw: Random, name: str, optional: float) -> Any:  # noqa: ANN401 - a JSON value
    for key in ("allOf", "anyOf", "oneOf"):
        if parts := schema.get(key):
            rest = {one: part for one, part in schema.items() if one != key}
            chosen = parts if key == "allOf" else [_one_of(parts, draw)]
            return _draw(_joined([rest, *chosen]), draw, name, optional)
    if "enum" in schema or "const" in schema:
        return _one_of([{"const": one} for one in schema.get("enum", [schema.get("const")])], draw)["const"]
    if shown := schema.get("examples") or ([schema["example"]] if "example" in schema else []):
        return draw.choice(shown)
    kind = schema.get("type", "object" if "properties" in schema else "string")
    if isinstance(kind, list):
        return _draw({**schema, **_one_of([{"type": one} for one in kind], draw)}, draw, name, optional)
    return _of_kind(kind, schema, draw, name, optional)


def _of_kind(kind: str, schema: Mapping[str, Any], draw: Random, name: str, optional: float) -> Any:  # noqa: ANN401
    if kind == "object":
        return _object(schema, draw, optional)
    if kind == "array":
        return _array(schema, draw, name, optional)
    if kind in {"integer", "number"}:
        return _number(schema, draw)
    if kind in {"boolean", "null"}:
        return draw.random() < 0.5 if kind == "boolean" else None
    return _text(schema, draw, name)


def _one_of(parts: list[Any], draw: Random) -> Any:  # noqa: ANN401 - one of the parts
    """Choose a part; one that is null seldom."""
    some = [one for one in parts if one.get("type") != "null" and one.get("const", 0) is not None]
    none = [one for one in parts if one not in some]
    return draw.choice(none) if not some or (none and draw.random() < NULL) else draw.choice(some)


def _joined(parts: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Return one schema for several that hold together."""
    found: dict[str, Any] = {}
    for part in parts:
        properties = {**found.get("properties", {}), **part.get("properties", {})}
        required = [*found.get("required", []), *part.get("required", [])]
        found |= part
        if properties:
            found |= {"properties": properties, "required": required}
    return found


def _object(schema: Mapping[str, Any], draw: Random, optional: float) -> dict[str, Any]:
    required = schema.get("required", [])
    return {
        name: value(part, draw, name, optional)
        for name, part in schema.get("properties", {}).items()
        if name in required or draw.random() < optional
    }


def _array(schema: Mapping[str, Any], draw: Random, name: str, optional: float) -> list[Any]:
    least = schema.get("minItems", 1)
    count = draw.randint(least, max(least, min(schema.get("maxItems", least + 2), least + 2)))
    found: list[Any] = []
    for _ in range(TRIES):
        if len(found) == count:
            break
        one = value(schema.get("items") or {"type": "string"}, draw, name.removesuffix("s"), optional)
        if one not in found:  # twice the same in one list reads as a slip
            found.append(one)
    return found


def _number(schema: Mapping[str, Any], draw: Random) -> int | float:
    whole = schema.get("type") == "integer"
    step = schema.get("multipleOf") or (1 if whole else 0.5)
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    low = (min(1, high) if high is not None else 1) if low is None else low
    high = low + 99 * step if high is None else high
    first = -(-low // step)
    found = draw.randint(int(first), max(int(first), int(high // step))) * step
    return int(found) if whole or float(found).is_integer() else round(found, 6)


def _text(schema: Mapping[str, Any], draw: Random, name: str) -> str:
    if pattern := schema.get("pattern"):
        import rstr

        return str(rstr.Rstr(draw).xeger(pattern))
    kind = schema.get("format") or next((one for part, one in BY_NAME.items() if part in name.lower()), "")
    if kind in FORMATS:
        return FORMATS[kind](draw)
    words = draw.sample(WORDS, 2)
    while len(" ".join(words)) < schema.get("minLength", 0):
        words.append(draw.choice(WORDS))
    return " ".join(words)[: schema.get("maxLength")].strip()


def _day(draw: Random) -> date:
    return FIRST_DAY + timedelta(days=draw.randrange(DAYS))


def _clock(draw: Random) -> str:
    return f"{draw.randint(7, 20):02}:{draw.choice((0, 15, 30, 45)):02}"


def _person(draw: Random) -> str:
    return f"{draw.choice(PEOPLE)} {draw.choice(FAMILIES)}"


def _moment(draw: Random) -> str:
    clock = datetime.strptime(_clock(draw), "%H:%M").replace(tzinfo=UTC).time()
    return datetime.combine(_day(draw), clock).isoformat()


FORMATS: dict[str, Callable[[Random], str]] = {
    "date": lambda draw: _day(draw).isoformat(),
    "time": lambda draw: f"{_clock(draw)}:00",
    "date-time": lambda draw: f"{_moment(draw)}+00:00",
    "naive": _moment,
    "email": lambda draw: _person(draw).lower().replace(" ", ".") + "@example.com",
    "uri": lambda draw: f"https://example.com/{draw.choice(WORDS)}",
    "uuid": lambda draw: str(UUID(int=draw.getrandbits(128), version=4)),
    "ipv4": lambda draw: f"192.0.2.{draw.randint(1, 254)}",
    "phone": lambda draw: f"01632 960{draw.randint(0, 999):03}",
    "person": _person,
    "place": lambda draw: draw.choice(PLACES),
}
"""What a text of each format is; the last three are none of JSON Schema's, and are read from names."""

BY_NAME = {
    "email": "email",
    "phone": "phone",
    "city": "place",
    "town": "place",
    "place": "place",
    "country": "place",
    "origin": "place",
    "destination": "place",
    "name": "person",
    "person": "person",
    "customer": "person",
    "author": "person",
    "date": "date",
    "url": "uri",
}
"""What a part of a field's name says of its text, where there is no format."""
