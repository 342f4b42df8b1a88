"""`safety`: personal data that has a form, and secrets, on each field of written text.

What stands for nobody passes: the domains of RFC 2606, RFC 6761 and RFC 6762 (example.com, .test, .local …), the
addresses of RFC 5737, RFC 3849 and RFC 9637, private, loopback and multicast ones and public name servers, the phone
numbers that NANPA (555-0100 to 555-0199) and Ofcom (020 7946 0xxx, 07700 900xxx …) keep for fiction, and the cards that
payment services publish for tests. Cards, IBANs and most national ids count only with the right check digit
(`synthgen.checks.numbers`); phone numbers follow E.123 and E.164. National ids: the US social security number (which
has no check digit) and, with one, those of Germany, Spain, Italy, France, the Netherlands (after the word BSN), Brazil,
Poland and China.

Not sought: names, postal addresses, unsafe content, domains without `https://` or `www.`, and what is spelt out
("jo at example dot com").
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from synthgen.checks import Verdict, numbers, verdicts

if TYPE_CHECKING:
    import polars as pl

HINT = re.compile(
    # One class in front makes the search quick; the looks behind then say which character it was.
    r"[@=:\d_.Aw-](?:(?<=[@=])|(?<=:)(?://|[0-9a-fA-F]{0,4}:|[\s\"'`“]{0,3}\S{6})|(?<=w)(?:ww\.|ord\W{1,3}\S)"
    r"|(?<=\d)(?:(?:[ ./()-]{0,3}\d){5}|\d{0,2}\.\d{1,3}\.\d|[A-Za-z]\d\d[A-Za-z]\d{3})"
    r"|(?<=_)\w{16}|(?<=-)(?:[\w-]{10}|---)|(?<=A)(?:KIA|SIA|BIA|CCA|Iza)|(?<=\.)(?:eyJ|[\w-]{20}))"
)
"""Where this finds nothing, nothing below would: a clean text costs this one search."""

_HOST = r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,24}(?![\w-]|\.[^\W\d_])"
_RESERVED = re.compile(
    r"(?:^|\.)(?:example\.(?:com|net|org)|example|test|invalid|localhost|local|internal|home\.arpa)$", re.IGNORECASE
)
EMAIL = re.compile(rf"(?<![\w.%+-])[^\W_][\w.%+'-]{{0,63}}@({_HOST})(?!:[\w~./-])", re.IGNORECASE)
URL = re.compile(
    rf"(?:(?:https?|ftps?|wss?)://|(?<![\w.@/-])(?=www\.))({_HOST})(?::\d+)?(?:[/?#][^\s\"'<>]*)?", re.IGNORECASE
)
IPV4 = re.compile(r"(?<![\w.-])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w]|\.\d|-\d)")
IPV6 = re.compile(r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])", re.IGNORECASE)
_VERSION = re.compile(
    r"\b(?:v|ver|version|release|firmware|build|driver|section|chapter|clause|paragraph|article|step)s?\b[\s.:#=(]*"
    r"(?:(?:number|no|is|to|from)\b[\s.:#]*)?(?:[\0\d.]+ (?:to|and|or) )?$|§ *$",
    re.IGNORECASE,
)
_RESOLVERS = "8.8.8.8 8.8.4.4 1.1.1.1 1.0.0.1 9.9.9.9 149.112.112.112 208.67.222.222 208.67.220.220".split()  # noqa: SIM905
_UNICAST, _DOCUMENTATION = ipaddress.ip_network("2000::/3"), ipaddress.ip_network("3fff::/20")

IBAN = re.compile(
    r"(?<![A-Z0-9])(?=[A-Z]{2}\d)(?:"
    + "|".join(
        rf"(?:{countries.replace(' ', '|')})\d\d(?:[ -]?[A-Z0-9]){{{length - 4}}}"
        for length, countries in numbers.IBAN_LENGTHS.items()
    )
    + r")(?![A-Z0-9])",
    re.IGNORECASE,
)
CARD = re.compile(
    r"(?<![\w.,€$£+-])[2-6](?:\d{12,18}|\d{3}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?"
    r"|\d{3}([ -])\d{6}\2\d{4,5}|\d{3}([ -])\d{3}\3\d{3}\3\d{3})(?!\w|[.,]\d)"
)

_EDGE, _END = r"(?<![\w.,€$£/+-])", r"(?![\w%€$£]|[.,:/-]\d)"
_IDS: tuple[tuple[str, Callable[[str], bool], str], ...] = (
    (r"(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}", lambda _: True, ""),
    (r"(?!000|666|9)\d{3} ?(?!00)\d\d ?(?!0000)\d{4}", lambda _: True, "ssn|social security"),
    (r"\d{9}", numbers.dutch_id, "bsn|burgerservice"),
    (r"[1-9]\d(?: \d{3}){3}|[1-9]\d{10}", numbers.german_tax_id, ""),
    (r"(?:\d{8}|[XYZ]-?\d{7})-?[A-HJ-NP-TV-Z]", numbers.spanish_id, ""),
    (r"[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]", numbers.italian_id, ""),
    (r"[12] ?\d\d ?(?:0[1-9]|1[0-2]|[2-9]\d) ?\d\d ?\d{3} ?\d{3} ?\d\d", numbers.french_id, ""),
    (r"\d{3}\.\d{3}\.\d{3}-\d\d", numbers.brazilian_id, ""),
    (r"\d{11}", numbers.polish_id, ""),
    (r"[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]", numbers.chinese_id, ""),
)
"""Form, check, and the words that must stand before it where the form alone says too little."""
NATIONAL_ID = re.compile(
    _EDGE + r"(?=[A-Z]{0,6}-?\d)(?:" + "|".join(form for form, _, _ in _IDS) + ")" + _END, re.IGNORECASE
)

PHONE = re.compile(
    r"(?<![\w.,€$£+/-])(?:"
    r"(?P<plus>\+ ?[1-9](?:[ ./()-]{0,3}\d){6,14})"
    r"|(?P<zeros>00[1-9]\d{0,2}(?=[ ./()-])(?:[ ./()-]{0,3}\d){6,13})"
    r"|(?P<nanp>(?:1[-. ])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[-. ])[2-9]\d\d[-. ]\d{4})"
    r"|(?P<area>\(0?[1-9]\d{1,4}\)[ /-]?\d{3,5}(?:[ -]?\d{2,5}){1,2})"
    r"|(?P<trunk>0[1-9]\d{0,4}(?:[ ./-]|\) ?)\d{2,8}(?:[ .-]\d{2,5}){0,4})"
    r"|(?P<bare>\d(?:[ .-]?\d){6,13}))" + _END
)
_CALLS = re.compile(
    r"\b(?:call(?:s|ed|ing)?|(?:tele|smart|cell)?phone(?:d|s)?|tel|mobile|cell|fax|whats ?app|sms|text|dial(?:l?ed)?|ring|rang"
    r"|hotline|handy|handynummer|mobil|telefon(?:nummer)?|anrufen|rufnummer|téléphone|portable|teléfono|móvil|telefono|celular)\b"
    r"[^!?\n\d]{0,24}$",
    re.IGNORECASE,
)
_OTHER_NUMBER = re.compile(
    r"(?:\b(?:order|invoice|ticket|case|reference|ref|tracking|parcel|shipment|account|acct|customer (?:no|number|id)|contract|policy|booking"
    r"|transaction|serial|error|code|id|iban|bic|sort|model|part|isbn|version|build|article|item|amount|sum|total"
    r"|konto|bestell\w*|rechnung\w*|kunden\w*|auftrag\w*)\b|#|№)[^!?\n\d]{0,16}$",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?<!\d)(?:\d{1,2}([./-])\d{1,2}\1(?:19|20)\d\d|(?:19|20)\d\d([./-])\d\d?\2\d\d?)(?!\d)")
_AMOUNT = re.compile(
    r"\s?(?:[%€$£¥]|(?:euros?|eur|dollars?|usd|pounds?|gbp|chf|yen|jpy|francs?|crowns?|rupees?|cents?|percent|bytes?|[kmgt]b|ms|seconds?"
    r"|minutes?|hours?|days?|years?|km|kg|people|users?|customers?|members?|visitors?|rows?|records?|times)\b)",
    re.IGNORECASE,
)
_FICTION = re.compile(
    r"^1?(?:[2-9]\d\d)?55501\d\d$"
    r"|^(?:44|0044|0|440)(?:2079460\d{3}|1632960\d{3}|7700900\d{3}|1(?:1[3-8]|[2-6]1)4960\d{3}|8081570\d{3}|3069990\d{3})$"
)

_TOKENS = (
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b"  # Amazon
    r"|gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,}|glpat-[\w-]{20,}"  # GitHub, GitLab
    r"|xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-\d-[A-Za-z0-9-]{10,}|hooks\.slack\.com/services/T\w{8,}"  # Slack
    r"|AIza[\w-]{35}|GOCSPX-[\w-]{20,}|ya29\.[\w-]{20,}"  # Google
    r"|(?<!-)sk-(?=[\w-]*\d)(?:[a-z]+\d*-)*\w[\w-]{19,}|hf_[A-Za-z0-9]{30,}"  # OpenAI, Anthropic; Hugging Face
    r"|[sr]k_live_[A-Za-z0-9]{16,}|npm_[A-Za-z0-9]{36}|pypi-AgE[\w-]{30,}|SG\.[\w-]{22}\.[\w-]{43}"
    r"|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"  # JSON web token, RFC 7519
)
SECRET = re.compile(
    r"(?P<block>-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----[^-]{0,300}?[A-Za-z0-9+/]{24})"
    rf"|(?<![A-Za-z0-9])(?P<token>{_TOKENS})"
    r"|://[^\s/:@]+:(?P<login>[^\s/@]{6,})@"
    r"|(?i:pass(?:word|wd|phrase|code)|(?<![a-z])(?:pwd|pass|secret|token|kennwort|passwort|api[ _-]?key"
    r"|(?:access|auth|secret|client|bearer)[ _-]?(?:access[ _-]?)?(?:key|token|secret)))"
    r"[\"']?(?: ?(?:=>|:=|[:=]) ?| (?:is|was)(?: now)?:? )[\"'`“]?(?P<value>[^\s\"'`“”<>,;]{6,})",
)
_NO_SECRET = re.compile(
    r"^[$%{<\[(]|[()\[\]{}*•…]|\.\.\.|xxx|your|example|change.?me|placeholder|redacted|insert|dummy|^os\.|^env\."
    r"|^\d+[-–+]?(?:char|digit|letter|word|day|hour|month|min|bit)|^(?:https?|ftp)://|^[\d.:/-]+$",
    re.IGNORECASE,
)


class Finder(NamedTuple):
    """One kind of data: where it may stand, and what it then is.

    Args:
        code: its code in `synthgen.reasons`.
        pattern: where it may stand.
        judge: of a match: True = it falls, False = it stands for nobody, None = it is something else.
    """

    code: str
    pattern: re.Pattern[str]
    judge: Callable[[re.Match[str]], bool | None]


def _before(match: re.Match[str]) -> str:
    return match.string[max(0, match.start() - 48) : match.start()]


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _secret(match: re.Match[str]) -> bool | None:
    if match["block"]:
        return True
    if match["token"]:
        return not match["token"].endswith("EXAMPLE")  # as in Amazon's documentation
    value = (match["login"] or match["value"]).rstrip(".!?)")
    if len(value) < 6 or _NO_SECRET.search(value):
        return None
    kinds = (str.islower, str.isupper, str.isdigit, lambda one: not one.isalnum() and one not in "-_./")
    met = [any(kind(one) for one in value) for kind in kinds]
    return True if (met[2] and (met[0] or met[1])) or sum(met) >= 3 else None


def _email(match: re.Match[str]) -> bool | None:
    # git@github.com is a login, and icon@2x.png a file.
    if match.group().lower().startswith("git@") or re.match(r"\dx\.", match[1]):
        return None
    return not _RESERVED.search(match[1])


def _url(match: re.Match[str]) -> bool:
    return not _RESERVED.search(match[1])


def _iban(match: re.Match[str]) -> bool:
    return numbers.iban(re.sub(r"[ -]", "", match.group()).upper())


def _ip(match: re.Match[str]) -> bool | None:
    if _VERSION.search(_before(match)):
        return False
    try:
        found = ipaddress.ip_address(match.group())
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address):
        return found in _UNICAST and found.is_global and found not in _DOCUMENTATION
    return found.is_global and not found.is_multicast and str(found) not in _RESOLVERS


def _card(match: re.Match[str]) -> bool | None:
    digits = _digits(match.group())
    for one in (digits, digits[:16]):  # the code from its back may follow
        if numbers.card(one):
            return one not in numbers.TEST_CARDS
    return None


def _national_id(match: re.Match[str]) -> bool | None:
    text, before = re.sub(r"[ .-]", "", match.group()).upper(), _before(match)
    if text in numbers.SPECIMEN_IDS:
        return False
    for form, right, words in _IDS:  # one number may have the form of two
        formed = re.fullmatch(form, match.group(), re.IGNORECASE) and right(text)
        if formed and re.search(words, before, re.IGNORECASE):
            return True
    return None


def _phone(match: re.Match[str]) -> bool | None:
    digits, before = _digits(match.group()), _before(match)
    if _AMOUNT.match(match.string, match.end()) or _DATE.search(match.group()):
        return None
    if _FICTION.search(digits):
        return False
    if match["plus"]:
        return True if 8 <= len(digits) <= 15 else None
    if _OTHER_NUMBER.search(before):
        return None
    formed = not match["bare"] and (not match["trunk"] or 9 <= len(digits) <= 12)
    return True if formed or _CALLS.search(before) else None


FINDERS = (
    Finder("safety.secret", SECRET, _secret),
    Finder("safety.email", EMAIL, _email),
    Finder("safety.url", URL, _url),
    Finder("safety.iban", IBAN, _iban),
    Finder("safety.ip", IPV4, _ip),
    Finder("safety.ip", IPV6, _ip),
    Finder("safety.card", CARD, _card),
    Finder("safety.national_id", NATIONAL_ID, _national_id),
    Finder("safety.phone", PHONE, _phone),
)
"""In the order of search: what one has judged is hidden from the next, so that no IBAN holds a phone number."""


class Safety:
    """The check: the first thing found is a row's reason.

    Args:
        allow: codes to leave out.
        fakes: further patterns of planned fakes, sought inside what was found.
    """

    def __init__(self, allow: Iterable[str] = (), fakes: Sequence[str] = ()) -> None:
        self._allow = frozenset(allow)
        self._fakes = [re.compile(one) for one in fakes]

    def __call__(self, table: pl.DataFrame) -> pl.DataFrame:
        """Say of each row whether one of its texts holds personal data or a secret."""
        names = [name for name in table.columns if name.startswith("prose:")]
        return verdicts([self._row(names, row) for row in table.select(names).iter_rows()])

    def _row(self, names: Sequence[str], texts: Iterable[str | None]) -> Verdict:
        for name, text in zip(names, texts, strict=True):
            if text and HINT.search(text) and (found := self._first(text)):
                return found[0], None, f"{name.removeprefix('prose:')}: {found[1]}"
        return None, None, None

    def _first(self, text: str) -> tuple[str, str] | None:
        for code, pattern, judge in FINDERS:
            for match in list(pattern.finditer(text)):
                found = judge(match)
                fake = code in self._allow or any(one.search(match.group()) for one in self._fakes)
                if found and not fake:
                    return code, masked(match)
                if found is not None:
                    text = text[: match.start()] + "\0" * len(match.group()) + text[match.end() :]
        return None


def masked(match: re.Match[str]) -> str:
    """Return what shows a find without giving it away: its beginning, and of a password nothing."""
    groups, text = match.groupdict(), match.group()
    if groups.get("block"):
        return "a private key"
    if value := groups.get("value") or groups.get("login"):
        return f"{text[: text.rindex(value)][-24:]}… ({len(value)} characters)"
    return f"{text[: min(4, len(text) // 3)]}… ({len(text)} characters)"
