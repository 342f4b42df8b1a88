"""Faults of a row among others, of its label and its form, and data that belongs to somebody."""

from __future__ import annotations

import json
from random import Random

from synthgen.faults.ground import Fault, Ground, in_all, in_one, put_into, texts_of
from synthgen.types import Reply, Row

GREETINGS = (
    "Hello, {}",
    "Hi there, {}",
    "Good morning, {}",
    "{} Thanks!",
    "{} Thank you in advance.",
    "{} Best regards.",
)


def _exact_duplicate(row: Row, draw: Random, ground: Ground) -> Row | None:
    def same(text: str) -> str:
        plain = text.lower() if draw.random() < 0.5 else text[0].swapcase() + text[1:]
        plain = plain.replace(", ", " ").replace(" - ", " ")
        return f"{plain[:-1]}!" if plain.endswith(".") else f"{plain} !"

    return in_all(row, ground, same)


def _typo(row: Row, draw: Random, ground: Ground) -> Row | None:
    def misspell(text: str) -> str:
        letters = list(text)
        places = [at for at in range(1, len(text) - 1) if text[at].isalpha() and text[at + 1].isalpha()]
        for at in sorted(draw.sample(places, min(len(places), max(1, len(text) // 25)))):
            kind = draw.randrange(3)
            if kind == 0:
                letters[at], letters[at + 1] = letters[at + 1], letters[at]
            else:
                letters[at] = "" if kind == 1 else letters[at] * 2
        return "".join(letters)

    return in_all(row, ground, misspell)


def _greeting(row: Row, draw: Random, ground: Ground) -> Row | None:
    greeting = draw.choice(GREETINGS)
    return in_all(row, ground, greeting.format)


def _seed_copy(row: Row, draw: Random, ground: Ground) -> Row | None:
    seed = draw.choice(ground.seeds)
    return {name: value for name, value in seed.items() if value is not None} if seed != row else None


def _labelled(row: Row, ground: Ground, wanted: Row) -> Row:
    """Return the row under other labels that go together; a label that it does not carry stays away."""
    return {**row, **{name: wanted[name] for name in ground.labels if row.get(name) and wanted.get(name)}}


def _wrong_label(row: Row, draw: Random, ground: Ground) -> Row | None:
    primary = ground.labels[0]
    others = sorted({str(one[primary]) for one in ground.known} - {row.get(primary)})
    chosen = draw.choice(others)
    return _labelled(row, ground, draw.choice([one for one in ground.known if one[primary] == chosen]))


def _nearest_label(row: Row, draw: Random, ground: Ground) -> Row | None:
    primary = ground.labels[0]
    others = [one for one in ground.known if one[primary] == ground.nearest.get(row.get(primary, ""))]
    return _labelled(row, ground, draw.choice(others)) if others else None


def _label_conflict(row: Row, draw: Random, ground: Ground) -> Row | None:
    same = _exact_duplicate(row, draw, ground)
    return _wrong_label(same, draw, ground) if same else None


def _unknown_field(row: Row, draw: Random, _: Ground) -> Row:
    return {**row, draw.choice(("comment", "explanation", "confidence_score")): "high"}


def _wrong_type(row: Row, draw: Random, ground: Ground) -> Row | None:
    names = list(texts_of(row, ground))
    name = draw.choice(names) if names else None
    return {**row, name: {"value": row[name]}} if name else None


def _unknown_label(row: Row, draw: Random, ground: Ground) -> Row:
    primary = ground.labels[0]
    return {**row, primary: f"{row[primary]}_{draw.choice(('misc', 'other', 'general'))}"}


def _said(row: Row, ground: Ground) -> str:
    return json.dumps({name: row[name] for name in ground.fills if row.get(name) is not None}, ensure_ascii=False)


def _cut_json(row: Row, draw: Random, ground: Ground) -> Reply:
    said = _said(row, ground)
    return Reply(said[: draw.randint(len(said) // 3, len(said) - 4)], draw.choice(("length", "stop")))


def _prose_reply(row: Row, _: Random, ground: Ground) -> Reply:
    return Reply(" ".join(texts_of(row, ground).values()).translate({ord(mark): None for mark in "{}[]"}))


def _empty_reply(_row: Row, draw: Random, _ground: Ground) -> Reply:
    return Reply(draw.choice(("", " ", "\n\n")))


def _personal_email(row: Row, draw: Random, ground: Ground) -> Row | None:
    who = f"{draw.choice(('anna', 'jonas', 'mira'))}.{''.join(draw.choices('bcdfgklmnrst', k=7))}{draw.randint(10, 99)}"
    where = draw.choice(("gmail.com", "outlook.com", "gmx.net"))
    return in_one(row, draw, ground, lambda text: put_into(text, f"({who}@{where})", draw))


def _card_number(row: Row, draw: Random, ground: Ground) -> Row | None:
    digits = [4, *(draw.randrange(10) for _ in range(14))]
    total = sum(digit if at % 2 else digit * 2 - 9 * (digit > 4) for at, digit in enumerate(digits))
    number = "".join(map(str, [*digits, -total % 10]))
    shown = draw.choice((number, " ".join(number[at : at + 4] for at in range(0, 16, 4))))
    return in_one(row, draw, ground, lambda text: put_into(text, shown, draw))


def _secret_key(row: Row, draw: Random, ground: Ground) -> Row | None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    lower = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
    made = {"AKIA": (letters, 16), "ghp_": (lower, 36), "hf_": (lower[:50], 34)}
    begins = draw.choice(sorted(made))
    key = begins + "".join(draw.choices(made[begins][0], k=made[begins][1]))
    return in_one(row, draw, ground, lambda text: put_into(text, key, draw))


FAULTS: dict[str, Fault] = {
    "exact_duplicate": Fault(
        _exact_duplicate, ("dedup",), "A kept row in other case and punctuation.", decided=True, copies=True
    ),
    "near_duplicate_typo": Fault(_typo, ("dedup",), "A kept row with a typo every 25 characters.", copies=True),
    "near_duplicate_greeting": Fault(_greeting, ("dedup",), "A kept row with a greeting or a closing.", copies=True),
    "seed_copy": Fault(_seed_copy, ("quality", "dedup"), "A seed, word for word.", decided=True, needs=("seeds",)),
    "wrong_label_uniform": Fault(_wrong_label, ("labels",), "Any other label.", needs=("label",)),
    "wrong_label_nearest": Fault(
        _nearest_label, ("labels",), "The label that is most easily mixed up with it.", needs=("label", "nearest")
    ),
    "label_conflict": Fault(
        _label_conflict, ("labels", "dedup"), "A kept row under another label.", decided=True, copies=True,
        needs=("label",),
    ),
    "schema_unknown_field": Fault(_unknown_field, ("validate",), "A field that the task has not.", decided=True),
    "schema_wrong_type": Fault(_wrong_type, ("validate",), "An object where a text belongs.", decided=True),
    "schema_unknown_label": Fault(
        _unknown_label, ("validate",), "A label that is in no list.", decided=True, needs=("label",)
    ),
    "cut_json": Fault(_cut_json, ("validate", "quality"), "A reply that stops in the middle of its JSON.", whole=True),
    "prose_reply": Fault(_prose_reply, ("validate",), "A reply in prose instead of JSON.", decided=True),
    "empty_reply": Fault(_empty_reply, ("validate",), "A reply that says nothing.", decided=True),
    "personal_email": Fault(_personal_email, ("safety",), "Somebody's e-mail address.", needs=("safety",)),
    "card_number": Fault(_card_number, ("safety",), "A card number with its check digit.", needs=("safety",)),
    "secret_key": Fault(_secret_key, ("safety",), "A key of a cloud, a code host or a hub.", needs=("safety",)),
}  # fmt: skip
"""By name."""
