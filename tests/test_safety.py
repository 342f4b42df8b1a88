"""Personal data and secrets fall, look-alikes and planned fakes do not, and no evidence gives a find away."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from synthgen import recipe, schema, seeds
from synthgen.checks import numbers
from synthgen.checks.safety import Safety
from synthgen.errors import RecipeError
from synthgen.reasons import REASONS
from synthgen.recipe import Checks, Labels
from synthgen.recipe import Safety as SafetyPart
from synthgen.sift import Known, Sieve
from synthgen.types import Prose
from tests.cases import Case, cases
from tests.test_safety_unsafe import UNSAFE

KEY = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ"
"""The beginning that every key file of OpenSSH shares: no key."""

SAFETY = [
    *cases(
        "safety.email",
        [
            "Write to anna.schmidt@gmail.com please.",
            "My address is j.o'neill+bank@mail.acme.co.uk, use that.",
            "Mail (peter_77@web.de) never came.",
            "Send it to INFO@BÜRO-KLEIN.DE.",
            "From: lena@posteo.net; nothing since then.",
        ],
        [
            "Write to anna.schmidt@example.com please.",
            "The user anna@corp.example cannot log in.",
            "Clone git@github.com:acme/tools.git and build it.",
            "Copy it with scp to deploy@build.acme.com:/srv/www now.",
            "The picture icon@2x.png is blurred.",
            "Follow me @anna_s or ping @team.",
            "Mail to root@localhost and admin@printer.local fails.",
            "Install left-pad@1.3.0 with npm.",
        ],
    ),
    *cases(
        "safety.phone",
        [
            "Call me on +49 30 90182034 tomorrow.",
            "My number is +1 (212) 736-5000.",
            "Ring 0049 89 1234567 after six.",
            "You can reach me at 415-736-2671.",
            "It is (0151) 23456789, thanks.",
            "Please phone 020 7123 4567.",
            "Mon numéro est le 06 12 34 56 78.",
            "I changed it to +33612345678 last week.",
            "Text me: 98765 43210, any time.",
            "The hotline 0800 123 4567 never answers.",
        ],
        [
            "I paid €1,250 and then 1.250,00 € again.",
            "It was sent on 01.02.2024 and 2024-03-05 10:30.",
            "My order 0123 456 7890 is late.",
            "The shipment under the number 0031 0515 2299 6644 1 is lost.",
            "Call me about ticket 48392011 please.",
            "The server 192.168.100.200 is down.",
            "IBAN DE89 3704 0044 0532 0130 01 is refused.",
            "We have 10 000 000 users and 12.5 % more each year.",
            "Open from 08.30-17.00, break 12:30-13:15.",
            "Version 10.0.19045.3803 crashes.",
            "My account number 0532 013 000 is new.",
            "I called you at 10:30 about 1250000 euros.",
            "The balance is +1250 or -35 today.",
            "The 555-0123 line and 212-555-0199 are in the film.",
            "Ofcom keeps 020 7946 0958 and +44 7700 900123 free.",
            "The error 0x80070057 came 3 times in 2023-2024.",
        ],
    ),
    *cases(
        "safety.card",
        [
            "My card 4539 1488 0343 6467 was declined.",
            "Card 4539148803436467, valid 12/27.",
            "It is 5425-2334-3010-9903 and new.",
            "The Amex 3741 012345 67893 is lost.",
            "Take 4539 1488 0343 6467 123 now.",
            "My 6011 2087 5423 1890 17 no, 2221 0000 0000 0009.",
        ],
        [
            "My card 4539 1488 0343 6468 was declined.",
            "I used 4242 4242 4242 4242 in the test shop.",
            "It ends with XXXX XXXX XXXX 6467.",
            "The parcel 9400 1000 0000 0000 0000 00 is lost.",
            "I paid 4 539 148 803 436 467 dollars.",
            "The time stamp 1709630000123 is odd.",
            "The order 4539-1488 and 0343-6467 came.",
        ],
    ),
    *cases(
        "safety.iban",
        [
            "Send it to DE89 3704 0044 0532 0130 00 today.",
            "My IBAN is GB29NWBK60161331926819.",
            "Use fr14 2004 1010 0505 0001 3m02 606 please.",
            "NL91ABNA0417164300 is my account.",
            "It is NO93-8601-1117-947, yes.",
        ],
        [
            "Send it to DE89 3704 0044 0532 0130 01 today.",
            "My IBAN begins with GB29 NWBK.",
            "The IBAN DE89 3704 0044 0532 0130 is too short.",
            "Part number XX89370400440532013000 is out of stock.",
            "My BIC is COBADEFFXXX.",
        ],
    ),
    *cases(
        "safety.national_id",
        [
            "My SSN is 536-22-8145.",
            "My social security number is 536228145.",
            "Steuer-ID 86 095 742 719, is it right?",
            "Mi DNI es 12345678Z y no funciona.",
            "El NIE X1234567L no vale.",
            "Codice fiscale RSSMRA85T10A562S.",
            "NIR 2 69 05 49 588 157 80.",
            "Mijn BSN is 111222333.",
            "My NINO is HK 30 17 52 C, is it in your books?",
            "CPF 529.982.247-25 foi recusado.",
            "PESEL 44051401359 jest zły.",
            "ID 11010519491231002X is mine.",
        ],
        [
            "The SSN 078-05-1120 was printed on a wallet.",
            "The part 000-22-8145 is out of stock.",
            "Steuer-ID 86 095 742 718, is it right?",
            "Mi DNI es 12345678A y no funciona.",
            "The serial RSSMRA85T10A562T is wrong.",
            "The code 111222333 is for the door.",
            "CPF 529.982.247-24 foi recusado.",
            "PESEL 44051401358 jest zły.",
            "It weighs 536-228 kg and costs 1,145.",
        ],
    ),
    *cases(
        "safety.ip",
        [
            "The login came from 91.198.174.192 at night.",
            "Ping 151.101.1.69:443 and see.",
            "My address is 2a00:1450:4001:82b::200e here.",
            "Requests from 5.9.12.34, many of them.",
            "It says [2606:4700::6810:84e5] refused.",
        ],
        [
            "The login came from 192.0.2.15, 198.51.100.7 and 203.0.113.9.",
            "Open 192.168.0.1, 10.0.0.1, 172.16.5.4 or 127.0.0.1.",
            "Ping 2001:db8::1, fe80::1 and ::1.",
            "Install version 1.2.3.4 or v5.9.12.34.",
            "We went from version 5.9.12.34 to 5.9.12.35.",
            "Use the DNS servers 8.8.8.8 and 1.1.1.1.",
            "The mask is 255.255.255.0, and 224.0.0.1 is multicast.",
            "At 12:30:45 std::vector in 00:1a:2b:3c:4d:5e broke.",
            "There is no host 300.400.500.600.",
        ],
    ),
    *cases(
        "safety.url",
        [
            "See https://www.acme.com/help for that.",
            "Log in at http://login.bank.de:8443/a?b=c now.",
            "Go to www.acme.co.uk and click.",
            "Get it from ftp://files.acme.net/x.zip.",
        ],
        [
            "See https://www.example.com/help for that.",
            "Log in at http://login.bank.example:8443/a?b=c now.",
            "Open http://localhost:8080/ or http://intranet/wiki.",
            "The scheme https:// is missing.",
            "See https://shop.test and https://no.invalid/x.",
            "Read README.md and config.yaml first.",
        ],
    ),
    *cases(
        "safety.secret",
        [
            f"-----BEGIN OPENSSH PRIVATE KEY-----\n{KEY}",
            "Our key is AKIA" + "Q3EGRT5TYUN2WXYZ" + " since May.",
            "Use ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8" + " to clone.",
            "The bot has xoxb-" + "123456789012-abcdefGHIJKL",
            "Maps wants AIza" + "SyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q",
            "Set sk-proj-" + "a1B2c3D4e5F6g7H8i9J0k1L2m3",
            "Log in with hf_" + "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH",
            "Bearer eyJ" + "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
            "My password: Tr0ub4dor&3 does not work.",
            "The password is hunter2!x and I am locked out.",
            "DB_PASSWORD=s3cr3tPa55 in the file.",
            '{"api_key": "9f8e7d6c5b4a39281706"}',
            "Clone https://anna:Pa55w0rd@git.example.com/x.git.",
            "Our wi-fi key is " + "qT72mmzLp4 and it fails.",
            "The router key: " + "hG5kk21Qx, on the label below.",
            'pw = "' + 'Birne77!kern" is in the file.',
            "I typed the password Kirsche!88kern twice.",
            "Then I chose zR4!mmP9q as my new password for it.",
        ],
        [
            "The file must begin with -----BEGIN PRIVATE KEY-----, is that so?",
            "Amazon writes AKIA" + "IOSFODNN7EXAMPLE in its guide.",
            "The password is case-sensitive and long.",
            "Password: at least 12 characters, one digit.",
            "Set API_KEY=$OPENAI_KEY_2 or api_key: <your-key>.",
            "password = os.environ['PW_1'] is in the code.",
            "My password: ******** is hidden.",
            "The token: a word or part of one.",
            "Use hf_hub_download from the library.",
            "The sk-learn-like-interface-of-this-library is nice.",
            "The key is under the mat, and the secret is out.",
            "password: your-password-123",
            "The wi-fi key is printed below the router.",
            "I forgot the password again!! What now?",
            "Is Windows11 as the password prompt says out of date?",
            "The password question-and-answer page is gone.",
        ],
    ),
]


def _check(text: str, check: Safety | None = None) -> tuple[str | None, str | None]:
    found = (check or Safety(SafetyPart()))(pl.DataFrame({"prose:text": [text]}))
    return found["reason"][0], found["evidence"][0]


@pytest.mark.parametrize("case", SAFETY, ids=lambda case: f"{case.code}-{case.falls}-{case.text[:30]}")
def test_each_find_falls_and_no_look_alike(case: Case) -> None:
    """What has the form and the check digits falls with its code; a look-alike falls with none."""
    assert _check(case.text)[0] == (case.code if case.falls else None)


def test_every_code_has_four_finds_and_four_look_alikes() -> None:
    """No code of this check stands without texts that hold it in place."""
    for code in (code for code in REASONS if code.startswith("safety.")):
        told = [case.falls for case in [*SAFETY, *UNSAFE] if case.code == code]
        assert (told.count(True) >= 4, told.count(False) >= 4) == (True, True), code


@pytest.mark.parametrize("case", [case for case in SAFETY if case.falls], ids=lambda case: case.text[:40])
def test_evidence_holds_no_whole_find(case: Case) -> None:
    """The evidence names the field and shows four characters at most of what was found, of a password none."""
    evidence = _check(case.text)[1] or ""
    assert evidence.startswith("text: ")
    shown = evidence.removeprefix("text: ").split("…")[0]
    assert len(shown) <= 4 or shown == "a private key" or shown.rstrip("\"'").endswith((" ", ":", "=", ": ", "is "))


@pytest.mark.parametrize("secret", ["Tr0ub4dor&3", "hunter2!x", "s3cr3tPa55", "9f8e7d6c5b4a39281706", "Pa55w0rd", KEY])
def test_evidence_of_a_secret_shows_nothing_of_it(secret: str) -> None:
    """Not even two characters of a password or a key stand in the evidence."""
    text = next(case.text for case in SAFETY if secret in case.text and case.falls)
    evidence = _check(text)[1] or ""
    assert secret[:2] not in evidence
    assert secret[-2:] not in evidence


def test_fakes_of_the_recipe_pass() -> None:
    """A pattern of the recipe lets through what it matches inside, and nothing beside it."""
    check = Safety(SafetyPart(fakes=[r"@acme\.com$", r"(?i)^de89 ?3704"]))
    assert _check("Mail anna@acme.com for DE89 3704 0044 0532 0130 00.", check)[0] is None
    assert _check("Mail anna@acme.com or anna@acme.org.", check)[0] == "safety.email"


def test_a_code_that_is_allowed_passes_and_hides_no_other() -> None:
    """With safety.url allowed links pass, digits in them are no phone numbers, and an e-mail address still falls."""
    check = Safety(SafetyPart(allow=["safety.url"]))
    assert _check("See https://www.acme.com/call/0151-23456789 now.", check)[0] is None
    assert _check("See https://www.acme.com or mail anna@acme.com.", check)[0] == "safety.email"


@pytest.mark.parametrize("card", sorted(numbers.TEST_CARDS))
def test_a_published_test_card_would_fall_were_it_not_listed(card: str) -> None:
    """Each listed card is right by prefix, length and Luhn, and passes."""
    assert numbers.card(card)
    assert _check(f"I paid with {card} there.")[0] is None


def test_every_field_of_written_text_is_read() -> None:
    """A find in any field is evidence under that field's name; an empty field is none."""
    table = pl.DataFrame({"prose:a": ["Fine.", None], "prose:b": [None, "Mail anna@acme.com."]})
    found = Safety(SafetyPart())(table)
    assert found["reason"].to_list() == [None, "safety.email"]
    assert found["evidence"].to_list() == [None, "b: anna… (13 characters)"]


def test_the_check_stands_after_quality_and_can_be_switched_off() -> None:
    """The recipe's `use` decides whether the sieve has the check."""
    root = schema.shipped("templates") / "instruction"
    kind = schema.load(schema.find("instruction", root))
    known = seeds.load("seeds.jsonl", root, kind, {})
    assert [name for name, _ in Sieve(kind, Checks(), Known(known)).checks] == [
        "validate",
        "quality",
        "safety",
        "dedup",
    ]
    off = Checks(safety=SafetyPart(use=False), labels=Labels(use=False))
    assert [name for name, _ in Sieve(kind, off, Known(known)).checks] == ["validate", "quality", "dedup"]


@pytest.mark.parametrize("task", schema.tasks())
def test_no_shipped_seed_holds_personal_data(task: str) -> None:
    """The templates' seeds pass without anything allowed."""
    root = schema.shipped("templates") / task
    kind = schema.load(schema.find(task, root))
    records = [seed.record for seed in seeds.load("seeds.jsonl", root, kind, {})]
    table = pl.DataFrame(
        {
            f"prose:{name}": pl.Series([one.prose(name) for one in records], dtype=pl.String)
            for name in kind.marked(Prose)
        }
    )
    found = Safety(SafetyPart())(table)
    assert found.filter(pl.col("reason").is_not_null()).rows() == []


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (
            "fakes: ['[']",
            "checks.safety.fakes: '[' is no regular expression (unterminated character set at position 0)",
        ),
        ("allow: [safety.mail]", "checks.safety.allow: there is no code 'safety.mail'; known are safety.email, "),
    ],
)
def test_a_broken_pattern_and_an_unknown_code_are_errors(tmp_path: Path, line: str, what: str) -> None:
    """A slip of the pen in the recipe is told with its line, and lets nothing through in silence."""
    path = tmp_path / "recipe.yaml"
    text = (schema.shipped("templates") / "classification" / "recipe.yaml").read_text("utf-8")
    assert "\nchecks:" in text
    path.write_text(text.replace("\nchecks:", f"\nchecks:\n  safety:\n    {line}"), "utf-8")
    with pytest.raises(RecipeError) as caught:
        recipe.load(path)
    assert caught.value.what.startswith(what)
