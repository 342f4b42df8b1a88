"""Check digits: what tells a card, an IBAN or a national id from any other number of that length.

Cards: Luhn, and the issuers' prefixes after ISO/IEC 7812-1 and the card networks' own lists. IBAN: ISO 13616, SWIFT's
registry of lengths, MOD 97-10 of ISO 7064. National ids: each country's own rules. The rules are python-stdnum's; what
stands here is where a number may stand in a text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import NamedTuple

IBAN_LENGTHS = {
    15: "NO", 16: "BE", 18: "DK FI FK FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK", 21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL", 24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST AO CV GW MZ", 26: "IS TR DZ IR", 27: "BI DJ FR GR IT MC MR SM CF CG CM GA GQ KM MG TD",
    28: "AL AZ BY CY DO GT HN HU LB NI PL SV BF BJ CI MA ML NE SN TG", 29: "BR EG PS QA UA", 30: "JO KW MU YE",
    31: "MT SC", 32: "LC", 33: "RU",
}  # fmt: skip
"""Length of an IBAN to the countries that have it: SWIFT's registry, and the African countries and Iran, whose banks
use the form although the registry does not list them."""

_NETWORKS: tuple[tuple[int, int, tuple[int, ...]], ...] = (
    (4, 4, (13, 16, 19)),  # Visa
    (51, 55, (16,)), (2221, 2720, (16,)),  # Mastercard
    (34, 34, (15,)), (37, 37, (15,)),  # American Express
    (6011, 6011, (16, 17, 18, 19)), (644, 659, (16, 17, 18, 19)),  # Discover
    (300, 305, (14, 16, 19)), (36, 36, (14, 16, 19)), (38, 39, (14, 16, 19)),  # Diners Club
    (3528, 3589, (16, 17, 18, 19)), (2131, 2131, (15,)), (1800, 1800, (15,)),  # JCB, and its old prefixes
    (62, 62, (16, 17, 18, 19)),  # UnionPay
    (2200, 2204, (16, 17, 18, 19)),  # Mir
    (50, 50, (12, 13, 14, 15, 16, 17, 18, 19)), (56, 58, (12, 13, 14, 15, 16, 17, 18, 19)),  # Maestro
    (6304, 6304, (12, 13, 14, 15, 16, 17, 18, 19)), (6759, 6763, (12, 13, 14, 15, 16, 17, 18, 19)),
)  # fmt: skip

_PUBLISHED = """
4242424242424242 4000056655665556 5555555555554444 2223003122003222 5200828282828210 5105105105105100 378282246310005
371449635398431 6011111111111117 6011000990139424 6011981111111113 3056930009020004 36227206271667 6555900000604105
3566002020360505 6200000000000005 6200000000000047 6205500000000000004 4000000000000002 4000000000009995
4000000000000069 4000000000000127 4000000000000119 4000000000003220
4111111111111111 4012888888881881 4222222222222 30569309025904 38520000023237 3530111333300000
"""
TEST_CARDS = frozenset(_PUBLISHED.split())
"""Cards that nobody owns: Stripe's documentation ("Testing"), and in the last line PayPal's (Payflow, test cards)."""

SPECIMEN_IDS = frozenset({"078051120", "219099999"})
"""Numbers that the US Social Security Administration declared void, for they were printed in advertisements."""


class NationalId(NamedTuple):
    """A country's number for its people.

    Args:
        form: how it is written.
        rule: python-stdnum's module that knows the check digit, or "" where there is none.
        words: what must stand before it where form and rule alone would take other numbers as well.
    """

    form: str
    rule: str
    words: str = ""


NATIONAL_IDS = (
    NationalId(r"[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]", "it.codicefiscale"),
    NationalId(r"[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z\d]\d", "mx.curp"),
    NationalId(r"[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]", "cn.ric"),
    NationalId(r"[12] ?\d\d ?(?:0[1-9]|1[0-2]|[2-9]\d) ?\d\d ?\d{3} ?\d{3} ?\d\d", "fr.nir"),
    NationalId(r"756\.\d{4}\.\d{4}\.\d\d", "ch.ssn"),
    NationalId(r"\d{3}\.\d{3}\.\d{3}-\d\d", "br.cpf"),
    NationalId(r"\d\d\.\d\d\.\d\d-\d{3}\.\d\d", "be.nn"),
    NationalId(r"\d{6}-\d{7}", "kr.rrn"),
    NationalId(r"\d{6}[-+A]\d{3}[\dA-FHJ-NPR-Y]", "fi.hetu"),
    NationalId(r"[1-9]\d(?: \d{3}){3}|[1-9]\d{10}", "de.idnr"),
    NationalId(r"\d{11}", "pl.pesel"),
    NationalId(r"\d{6} ?\d{5}", "no.fodselsnummer"),
    NationalId(r"[1-8]\d{12}", "ro.cnp", r"cnp|cod(?:ul)? numeric"),
    NationalId(r"\d{13}", "za.idnr", r"\bid\b|identity"),
    NationalId(r"[1-9]\d{10}", "tr.tckimlik", r"kimlik|tckn"),
    NationalId(r"(?:\d{8}|[XYZ]-?\d{7})-?[A-HJ-NP-TV-Z]", "es.dni"),
    NationalId(r"[XYZ]-?\d{7}-?[A-HJ-NP-TV-Z]", "es.nie"),
    NationalId(r"\d{6}/\d{3,4}", "cz.rc"),
    NationalId(r"\d{7}[A-W][A-IW]?", "ie.pps", r"\bpps"),
    NationalId(r"(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}", ""),  # United States
    NationalId(r"(?!000|666|9)\d{3} ?(?!00)\d\d ?(?!0000)\d{4}", "", r"\bssn|social security"),
    NationalId(r"[A-CEGHJ-PR-TW-Z]{2} ?\d\d ?\d\d ?\d\d ?[A-D]", "", r"national insurance|\bnino\b|\bni n"),
    NationalId(r"(?:\d\d)?\d{6}[-+]\d{4}", "se.personnummer", r"personnummer|personal (?:id|number)"),
    NationalId(r"\d{6}-?\d{4}", "dk.cpr", r"\bcpr\b"),
    NationalId(r"\d{4} ?\d{6}", "at.vnr", r"svnr|sozialversicherung|versicherungsnummer"),
    NationalId(r"\d{3} ?\d{3} ?\d{4}", "gb.nhs", r"\bnhs\b"),
    NationalId(r"\d{4} ?\d{4} ?\d{4}", "in_.aadhaar", r"aadha+r"),
    NationalId(r"[A-Z]{5}\d{4}[A-Z]", "in_.pan", r"\bpan\b"),
    NationalId(r"\d{3}[ -]?\d{3}[ -]?\d{3}", "ca.sin", r"\bsin\b|social insurance"),
    NationalId(r"\d{3} ?\d{3} ?\d{3}", "au.tfn", r"\btfn\b|tax file"),
    NationalId(r"\d{9}", "nl.bsn", r"\bbsn\b|burgerservice"),
    NationalId(r"\d{9}", "pt.nif", r"\bnif\b|contribuinte"),
)
"""Longer forms first: one number may have the form of several, and each is tried."""


@cache
def _rule(name: str) -> Callable[[str], bool]:
    found: Callable[[str], bool] = import_module(f"stdnum.{name}").is_valid
    return found


def luhn(digits: str) -> bool:
    """Say whether the last digit is the one that Luhn's rule gives."""
    return _rule("luhn")(digits)


def card(digits: str) -> bool:
    """Say whether a network issues cards with this prefix and length, and the check digit is right."""
    known = any(
        low <= int(digits[: len(str(low))]) <= high and len(digits) in lengths for low, high, lengths in _NETWORKS
    )
    return known and luhn(digits)


def iban(text: str) -> bool:
    """Say whether an IBAN's check digits are right."""
    return _rule("iso7064.mod_97_10")(text[4:] + text[:4])


def national_id(text: str, before: str) -> bool:
    """Say whether a number is a national id, by its form, its check digit and, where these say too little, the words.

    Args:
        text: the number as it stands.
        before: the text just before it.
    """
    for form, rule, words in NATIONAL_IDS:
        said = re.fullmatch(form, text, re.IGNORECASE) and (not words or re.search(words, before, re.IGNORECASE))
        if said and (not rule or _rule(rule)(text.upper())):
            return True
    return False
