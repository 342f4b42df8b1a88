"""Numbers with right check digits, and secrets of the forms that issuers use: all drawn by chance, none is anyone's."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from random import Random
from string import ascii_letters, ascii_uppercase, digits

IBANS = {
    "AT": "n16",
    "BE": "n12",
    "CH": "n17",
    "CZ": "n20",
    "DE": "n18",
    "DK": "n14",
    "ES": "n20",
    "FI": "n14",
    "FR": "n23",
    "GB": "a4n14",
    "HU": "n24",
    "IE": "a4n14",
    "IT": "a1n22",
    "LT": "n16",
    "NL": "a4n10",
    "NO": "n11",
    "PL": "n24",
    "PT": "n21",
    "SE": "n20",
}
"""What follows the two check digits (ISO 13616): n = digits, a = capital letters, and how many."""

CODICE_ODD = dict(
    zip(digits + ascii_uppercase, [1, 0, 5, 7, 9, 13, 15, 17, 19, 21] * 2 + [2, 4, 18, 20, 11, 3], strict=False)
) | dict(zip("QRSTUVWXYZ", [6, 8, 12, 14, 16, 10, 22, 25, 24, 23], strict=True))
"""What a character at an odd place counts in an Italian codice fiscale."""


def some(random: Random, marks: str, size: int) -> str:
    """Return as many characters as wanted, out of these."""
    return "".join(random.choice(marks) for _ in range(size))


def card(random: Random) -> str:
    """Return a card's number with the right last digit (ISO/IEC 7812-1), in one of the ways people write it."""
    prefix, size = random.choice([("4", 16), ("4", 16), ("53", 16), ("51", 16), ("2412", 16), ("37", 15), ("6011", 16)])
    body = prefix + some(random, digits, size - 1 - len(prefix))
    total = 0
    for place, digit in enumerate(reversed(body)):
        twice = int(digit) * (2 if place % 2 == 0 else 1)
        total += twice - 9 if twice > 9 else twice
    number = body + str(-total % 10)
    parts = (4, 10) if size == 15 else (4, 8, 12)
    mark = random.choice([" ", " ", "-", ""])
    return mark.join(number[start:end] for start, end in zip((0, *parts), (*parts, None), strict=True))


def iban(random: Random, country: str) -> str:
    """Return an IBAN with the right check digits (ISO 13616), in groups of four or in one."""
    form, body = IBANS[country], ""
    if form.startswith("a"):
        body, form = some(random, ascii_uppercase, int(form[1])), form[2:]
    body += some(random, digits, int(form[1:]))
    value = int("".join(str(int(mark, 36)) for mark in body + country + "00"))
    whole = f"{country}{98 - value % 97:02}{body}"
    return whole if random.random() < 0.4 else " ".join(whole[at : at + 4] for at in range(0, len(whole), 4))


def _weighted(number: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(number, weights, strict=True))


def _us(random: Random) -> str:
    return f"{random.randint(101, 665)}-{random.randint(10, 99)}-{random.randint(1000, 9999)}"


def _de(random: Random) -> str:
    """Draw ten digits of which one comes twice, then the check digit of ISO 7064, MOD 11,10."""
    drawn = random.sample(digits, 9)
    drawn.insert(random.randrange(3, 9), drawn[0])
    drawn = drawn if drawn[0] != "0" else drawn[::-1]
    product = 10
    for digit in drawn:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    whole = "".join(drawn) + str((11 - product) % 10)
    return f"{whole[:2]} {whole[2:5]} {whole[5:8]} {whole[8:]}" if random.random() < 0.5 else whole


def _es(random: Random, first: str = "") -> str:
    number = some(random, digits, 7 if first else 8)
    value = int(str("XYZ".index(first)) + number) if first else int(number)
    return first + number + "TRWAGMYFPDXBNJZSQVHLCKE"[value % 23]


def _it(random: Random) -> str:
    letters = some(random, "BCDFGLMNPRSTV", 6)
    body = f"{letters}{random.randint(50, 99)}{random.choice('ABCDEHLMPRST')}{random.randint(1, 28):02}H501"
    total = sum(
        CODICE_ODD[mark] if place % 2 == 0 else (int(mark) if mark in digits else ascii_uppercase.index(mark))
        for place, mark in enumerate(body)
    )
    return body + ascii_uppercase[total % 26]


def _fr(random: Random) -> str:
    body = f"{random.randint(1, 2)}{random.randint(50, 99)}{random.randint(1, 12):02}75{some(random, digits, 6)}"
    return f"{body[0]} {body[1:3]} {body[3:5]} {body[5:7]} {body[7:10]} {body[10:]} {97 - int(body) % 97:02}"


def _nl(random: Random) -> str:
    while True:
        body = str(random.randint(1, 7)) + some(random, digits, 7)
        last = _weighted(body, range(9, 1, -1)) % 11
        if last < 10:
            return f"{body}{last}"


def _br(random: Random) -> str:
    body = some(random, digits, 9)
    for _ in range(2):
        body += str(_weighted(body, range(len(body) + 1, 1, -1)) * 10 % 11 % 10)
    return f"{body[:3]}.{body[3:6]}.{body[6:9]}-{body[9:]}"


def _pl(random: Random) -> str:
    body = f"{random.randint(50, 99)}{random.randint(1, 12):02}{random.randint(1, 28):02}{some(random, digits, 4)}"
    return body + str(-_weighted(body, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10)


def _uk(random: Random) -> str:
    return f"{some(random, 'ABCEHJKLMPRST', 2)} " + " ".join(some(random, digits, 2) for _ in range(3)) + " B"


IDS: dict[str, Callable[[Random], str]] = {
    "us": _us,
    "de": _de,
    "es": _es,
    "nie": lambda random: _es(random, random.choice("XYZ")),
    "it": _it,
    "fr": _fr,
    "nl": _nl,
    "br": _br,
    "pl": _pl,
    "uk": _uk,
}
"""National ids: SSN, Steuer-ID, DNI, NIE, codice fiscale, NIR, BSN, CPF, PESEL, national insurance number."""


def _jwt(random: Random) -> str:
    head, body = {"alg": "HS256", "typ": "JWT"}, {"sub": some(random, digits, 8), "exp": 1790000000}
    parts = [base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in (head, body)]
    return ".".join([*parts, some(random, ascii_letters + digits, 43)])


def _pem(random: Random) -> str:
    lines = [some(random, ascii_letters + digits + "+/", 64) for _ in range(3)]
    return "\n".join(["-----BEGIN PRIVATE KEY-----", *lines, "-----END PRIVATE KEY-----"])


SECRETS: dict[str, Callable[[Random], str]] = {
    "aws": lambda random: "AKIA" + some(random, ascii_uppercase + "234567", 16),
    "awssecret": lambda random: some(random, ascii_letters + digits + "+/", 40),
    "github": lambda random: "ghp_" + some(random, ascii_letters + digits, 36),
    "gitlab": lambda random: "glpat-" + some(random, ascii_letters + digits, 20),
    "google": lambda random: "AIza" + some(random, ascii_letters + digits, 35),
    "hex": lambda random: some(random, "0123456789abcdef", 40),
    "hf": lambda random: "hf_" + some(random, ascii_letters, 34),
    "jwt": _jwt,
    "openai": lambda random: "sk-proj-" + some(random, ascii_letters + digits, 48),
    "pem": _pem,
    "slack": lambda random: (
        f"xoxb-{some(random, digits, 12)}-{some(random, digits, 12)}-{some(random, ascii_letters, 24)}"
    ),
    "stripe": lambda random: "sk_live_" + some(random, ascii_letters + digits, 24),
    "word": lambda random: some(random, ascii_letters, 4) + some(random, digits, 3) + some(random, ascii_letters, 4),
}
"""Forms of secrets by name; `word` is a password of letters and digits."""


def draw(name: str, random: Random) -> str:
    """Return what a slot such as `card`, `iban DE`, `id us` or `secret:aws` stands for."""
    what, _, form = name.replace(":", " ").partition(" ")
    if what == "card":
        return card(random)
    if what == "iban":
        return iban(random, form)
    return (IDS if what == "id" else SECRETS)[form](random)
