"""Check digits: what tells a card, an IBAN or a national id from any other number of that length.

Sources: Luhn and the issuers' prefixes after ISO/IEC 7812-1 and the card networks' own lists; IBAN after ISO 13616 and
SWIFT's registry of lengths, with MOD 97-10 of ISO 7064; MOD 11,10 (Germany) and MOD 11-2 (China) of ISO 7064; the
others after the offices that issue them: Ministerio del Interior (DNI, NIE), Agenzia delle Entrate (codice fiscale),
INSEE (NIR), Rijksdienst voor Identiteitsgegevens (BSN), Receita Federal (CPF), Ministerstwo Cyfryzacji (PESEL).
"""

from __future__ import annotations

from collections import Counter

IBAN_LENGTHS = {
    15: "NO", 16: "BE", 18: "DK FI FK FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK", 21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL", 24: "AD CZ ES MD PK SA SE SK TN VG",
    25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
    29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
}  # fmt: skip
"""Length of an IBAN to the countries that have it."""

_NETWORKS: tuple[tuple[int, int, tuple[int, ...]], ...] = (
    (4, 4, (13, 16, 19)),  # Visa
    (51, 55, (16,)), (2221, 2720, (16,)),  # Mastercard
    (34, 34, (15,)), (37, 37, (15,)),  # American Express
    (6011, 6011, (16, 17, 18, 19)), (644, 659, (16, 17, 18, 19)),  # Discover
    (300, 305, (14, 16, 19)), (36, 36, (14, 16, 19)), (38, 39, (14, 16, 19)),  # Diners Club
    (3528, 3589, (16, 17, 18, 19)),  # JCB
    (62, 62, (16, 17, 18, 19)),  # UnionPay
    (2200, 2204, (16, 17, 18, 19)),  # Mir
    (50, 50, (13, 14, 15, 16, 17, 18, 19)), (56, 58, (13, 14, 15, 16, 17, 18, 19)),  # Maestro
    (6759, 6763, (13, 14, 15, 16, 17, 18, 19)),
)  # fmt: skip

_PUBLISHED = """
4242424242424242 4000056655665556 5555555555554444 2223003122003222 5200828282828210 5105105105105100 378282246310005
371449635398431 6011111111111117 6011000990139424 6011981111111113 3056930009020004 36227206271667 6555900000604105
3566002020360505 6200000000000005 6200000000000047 6205500000000000004 4000000000000002 4000000000009995
4000000000000069 4000000000000127 4000000000000119
4111111111111111 4012888888881881 4222222222222 30569309025904 38520000023237 3530111333300000
"""
TEST_CARDS = frozenset(_PUBLISHED.split())
"""Cards that nobody owns: Stripe's documentation ("Testing"), and in the last line PayPal's (Payflow, test cards)."""

SPECIMEN_IDS = frozenset({"078051120", "219099999"})
"""Numbers that the US Social Security Administration declared void, for they were printed in advertisements."""


def luhn(digits: str) -> bool:
    """Say whether the last digit is the one that Luhn's rule gives."""
    doubled = (sum(divmod(2 * int(one), 10)) for one in digits[-2::-2])
    return (sum(map(int, digits[::-2])) + sum(doubled)) % 10 == 0


def card(digits: str) -> bool:
    """Say whether a network issues cards with this prefix and length, and the check digit is right."""
    known = any(
        low <= int(digits[: len(str(low))]) <= high and len(digits) in lengths for low, high, lengths in _NETWORKS
    )
    return known and luhn(digits)


def iban(text: str) -> bool:
    """Say whether an IBAN's check digits are right."""
    return int("".join(str(int(one, 36)) for one in text[4:] + text[:4])) % 97 == 1


def german_tax_id(digits: str) -> bool:
    """Steuer-Identifikationsnummer: one digit of the first ten comes twice or thrice, MOD 11,10."""
    times = Counter(digits[:10]).most_common(2)
    product = 10
    for one in digits[:10]:
        product = ((int(one) + product) % 10 or 10) * 2 % 11
    return times[0][1] in {2, 3} and times[1][1] == 1 and (11 - product) % 10 == int(digits[10])


def spanish_id(text: str) -> bool:
    """DNI and NIE: the letter is the number modulo 23."""
    number = str("XYZ".find(text[0])) + text[1:-1] if text[0] in "XYZ" else text[:-1]
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == text[-1]


_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)


def italian_id(text: str) -> bool:
    """Codice fiscale: the last letter is a sum of values, by odd and even place, modulo 26."""
    values = [int(one) if one.isdigit() else ord(one) - ord("A") for one in text[:15]]
    return chr(ord("A") + (sum(_ODD[one] for one in values[::2]) + sum(values[1::2])) % 26) == text[15]


def french_id(digits: str) -> bool:
    """NIR: the last two digits are 97 less the number modulo 97."""
    return 97 - int(digits[:13]) % 97 == int(digits[13:])


def dutch_id(digits: str) -> bool:
    """BSN: the eleven-test."""
    return _weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0 and int(digits) > 0


def brazilian_id(digits: str) -> bool:
    """CPF: two check digits modulo 11."""
    first = _weighted(digits[:9], range(10, 1, -1)) * 10 % 11 % 10
    second = _weighted(digits[:10], range(11, 1, -1)) * 10 % 11 % 10
    return len(set(digits)) > 1 and digits[9:] == f"{first}{second}"


def polish_id(digits: str) -> bool:
    """PESEL: a date of birth, and a weighted sum modulo 10."""
    dated = 1 <= int(digits[2:4]) % 20 <= 12 and 1 <= int(digits[4:6]) <= 31
    return dated and _weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0


def chinese_id(text: str) -> bool:
    """Resident identity number: MOD 11-2."""
    return "10X98765432"[_weighted(text[:17], [2 ** (17 - at) % 11 for at in range(17)]) % 11] == text[17]


def _weighted(digits: str, weights: range | tuple[int, ...] | list[int]) -> int:
    return sum(int(one) * weight for one, weight in zip(digits, weights, strict=True))
