"""Check digits and ranges: each number is right by its own rule, and what nobody owns passes."""

from __future__ import annotations

import re

import polars as pl
import pytest
from stdnum import numdb

from synthgen.checks import numbers
from synthgen.checks.safety import Search

RIGHT = {
    "it.codicefiscale": "Codice fiscale RSSMRA85T10A562S.",
    "mx.curp": "Mi CURP es BOXW310820HNERXN09.",
    "cn.ric": "ID 11010519491231002X is mine.",
    "fr.nir": "NIR 2 69 05 49 588 157 80.",
    "ch.ssn": "AHV 756.9217.0769.85, bitte.",
    "br.cpf": "CPF 529.982.247-25 foi recusado.",
    "be.nn": "Mijn nummer is 85.07.30-033.28.",
    "kr.rrn": "It is 971013-9019902 here.",
    "fi.hetu": "HETU 131052-308T on väärin.",
    "de.idnr": "Steuer-ID 86 095 742 719, is it right?",
    "pl.pesel": "PESEL 44051401359 jest zły.",
    "no.fodselsnummer": "Fødselsnummer 15108695088 mangler.",
    "ro.cnp": "CNP 1630615123457 nu merge.",
    "za.idnr": "My ID is 7503305044089.",
    "tr.tckimlik": "TC Kimlik 17291716060 olmuyor.",
    "es.dni": "Mi DNI es 12345678Z y no funciona.",
    "es.nie": "El NIE X1234567L no vale.",
    "cz.rc": "Rodné číslo 710319/2745 nesedí.",
    "ie.pps": "My PPS number is 6433435F.",
    "se.personnummer": "Mitt personnummer är 880320-0016.",
    "dk.cpr": "CPR 211062-5629 er forkert.",
    "at.vnr": "SVNR 1237 010180 stimmt nicht.",
    "gb.nhs": "My NHS number is 943 476 5870.",
    "in_.aadhaar": "Aadhaar 2341 2341 2346 is rejected.",
    "in_.pan": "My PAN is ACUPA7085R.",
    "ca.sin": "My SIN is 123 456 782.",
    "au.tfn": "TFN 123 456 782 is mine.",
    "nl.bsn": "Mijn BSN is 111222333.",
    "pt.nif": "O meu NIF 501964843 falha.",
}
"""For each rule a text with a number that is right by it."""
NO_DIGIT = {"dk.cpr", "in_.pan"}
"""Rules without a check digit: Denmark gave it up in 2007, India's PAN never had one."""


def codes(text: str) -> list[str]:
    """Return the codes of what is found in a text."""
    return [hit.code for _, hits in Search().column(pl.Series([text])) for hit in hits]


@pytest.mark.parametrize("rule", sorted({one.rule for one in numbers.NATIONAL_IDS if one.rule}))
def test_each_countrys_number_falls(rule: str) -> None:
    """A number that is right by a country's rule is found where its form and words stand."""
    assert codes(RIGHT[rule]) == ["safety.national_id"]


@pytest.mark.parametrize("text", [text for rule, text in RIGHT.items() if rule not in NO_DIGIT])
def test_one_wrong_digit_saves_it(text: str) -> None:
    """With another digit at one place the same text holds no national id, at four of five places at least."""
    places = [at for at, mark in enumerate(text) if mark.isdigit()]
    wrong = [text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :] for at in places]
    assert sum("safety.national_id" in codes(one) for one in wrong) <= len(places) // 5


@pytest.mark.parametrize(
    "text",
    [
        "The order 1710215123457 is late.",
        "Part 123 456 782 is out of stock.",
        "The code 211062-5629 opens the door.",
        "The number 6433435F is on the box.",
        "Model ACUPA7085R does not start.",
        "We sold 2341 2341 2346 of them.",
    ],
)
def test_weak_forms_need_their_word(text: str) -> None:
    """A number that many other numbers look like counts only behind the word for it."""
    assert "safety.national_id" not in codes(text)


def test_lengths_of_ibans_are_the_registrys() -> None:
    """Every country in python-stdnum's copy of SWIFT's registry has the same length here."""
    ours = {country: length for length, some in numbers.IBAN_LENGTHS.items() for country in some.split()}
    registry = numdb.get("iban")
    theirs = {}
    for country in (one + other for one in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for other in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"):
        parts = [facts for prefix, facts in registry.info(f"{country}00") if prefix == country]
        if parts:
            theirs[country] = 4 + sum(int(part[:-1].rstrip("!")) for part in _parts(parts[0]["bban"]))
    assert len(theirs) > 80
    assert theirs == {country: ours.get(country) for country in theirs}


def _parts(form: str) -> list[str]:
    return re.findall(r"\d+!?[nace]", form)


@pytest.mark.parametrize(
    "number",
    [
        "212-555-0134", "+1 415 555 0199",
        "0113 496 0123", "0161 496 0999", "020 7946 0123", "01632 960123", "0191 498 0123", "028 9649 6123",
        "029 2018 0123", "03069 990123", "07700 900123", "0808 157 0123", "0909 879 0123", "+44 20 7946 0958",
        "01 99 00 12 34", "02 61 91 12 34", "03 53 01 12 34", "04 65 71 12 34", "05 36 49 12 34", "+33 6 39 98 12 34",
        "030 23125123", "040 66969123", "069 90009123", "089 99998123", "0221 4710123", "+49 30 23125 123",
    ],
)  # fmt: skip
def test_numbers_kept_for_fiction_pass(number: str) -> None:
    """The ranges of NANPA, Ofcom, ARCEP and the Bundesnetzagentur are nobody's."""
    assert codes(f"Please call {number} now.") == []


@pytest.mark.parametrize(
    "number", ["0113 497 0123", "020 7947 0123", "0191 499 0123", "01 98 00 12 34", "030 23126123"]
)
def test_the_numbers_beside_them_fall(number: str) -> None:
    """One range further lives somebody."""
    assert codes(f"Please call {number} now.") == ["safety.phone"]
