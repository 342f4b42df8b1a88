"""The forms of personal data and secrets: where they stand in a text, and which of them stand for nobody.

What stands for nobody is no find: the domains of RFC 2606, RFC 6761, RFC 6762, RFC 8375 and RFC 9476 (example.com,
.test, .local, .alt …), the addresses of RFC 5737, RFC 3849 and RFC 9637, private, loopback and multicast ones and
public name servers, the phone numbers that NANPA (555-0100 to 555-0199), Ofcom (020 7946 0xxx, 07700 900xxx …), ARCEP
(01 99 00 xx xx …) and the Bundesnetzagentur (030 23125 xxx …) keep for fiction, and the cards that payment services
publish for tests. Cards, IBANs and national ids count only with the right check digit (`synthgen.checks.numbers`);
phone numbers follow E.123 and E.164.

Not sought: names, postal addresses, domains without `https://` or `www.`, and what is spelt out
("jo at example dot com").
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from synthgen.checks import finder, loosened, numbers, secrets, told

if TYPE_CHECKING:
    import polars as pl


Finder = finder.Finder

_HOST = r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,24}(?![\w-]|\.[^\W\d_])"
_RESERVED = re.compile(
    r"(?:^|\.)(?:example\.(?:com|net|org)|example|test|invalid|localhost|local|internal|alt|home\.arpa)$", re.IGNORECASE
)
EMAIL = re.compile(rf"(?<![\w.%+-])[^\W_][\w.%+'-]{{0,63}}@({_HOST})(?!:[\w~./-])", re.IGNORECASE)
URL = re.compile(
    rf"(?:(?:https?|ftps?|wss?)://|(?<![\w.@/-])(?=www\.))({_HOST})(?::\d+)?(?:[/?#][^\s\"'<>]*)?", re.IGNORECASE
)
IPV4 = re.compile(r"(?<![\w.-])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w]|\.\d|-\d)")
IPV6 = re.compile(r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])", re.IGNORECASE)
_VERSION = re.compile(
    r"\b(?:v|ver|version|updated?|upgraded?|downgraded?|patch|release|firmware|build"
    r"|driver|section|chapter|clause|paragraph|article|step)s?\b[\s.:#=(]*"
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
    r"(?<![\w.,€$£+-])[1-6](?:\d{11,18}|\d{3}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?"
    r"|\d{3}([ -])\d{6}\2\d{4,5}|\d{3}([ -])\d{3}\3\d{3}\3\d{3})(?!\w|[.,]\d)"
)
_CARD_SAID = re.compile(
    r"\b(?:cards?|credit|debit|visa|master ?card|amex|maestro|cc|kreditkarte|karte|carte|tarjeta|carta)\b"
    r"[^!?\n\d]{0,24}$",
    re.IGNORECASE,
)

_EDGE, _END = r"(?<![\w.,€$£/+-])", r"(?![\w%€$£]|[.,:/-]\d)"
NATIONAL_ID = re.compile(
    _EDGE + r"(?=[A-Z]{0,6}[ -]?\d)(?:" + "|".join(one.form for one in numbers.NATIONAL_IDS) + ")" + _END, re.IGNORECASE
)

PHONE = re.compile(
    r"(?<![\w.€$£+/-])(?<!\d,)(?:"
    r"(?P<plus>\+ ?[1-9](?:[ ./()-]{0,3}\d){6,14})"
    r"|(?P<zeros>00[1-9]\d{0,2}(?=[ ./()-])(?:[ ./()-]{0,3}\d){6,13})"
    r"|(?P<nanp>(?:1[-. ])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[-. ])[2-9]\d\d[-. ]\d{4})"
    r"|(?P<area>\(0?[1-9]\d{1,4}\)[ /-]?\d{3,5}(?:[ -]?\d{2,5}){1,2})"
    r"|(?P<trunk>0[1-9]\d{0,4}(?:[ ./-]|\) ?)\d{2,8}(?:[ .-]\d{2,5}){0,4})"
    r"|(?P<bare>\d(?:[ .-]?\d){6,13}))(?: ?(?:x|ext\.? ?)\d{1,6})?" + _END
)
_CALLS = re.compile(
    r"\b(?:call(?:s|ed|ing)?|(?:tele|smart|cell)?phone(?:d|s)?|tel|mobile|cell|fax|whats ?app|sms|text|dial(?:l?ed)?"
    r"|ring|rang|hotline|handy|handynummer|mobil|telefon(?:nummer)?|anrufen|rufnummer|téléphone|portable|teléfono"
    r"|móvil|telefono|celular"
    r"|(?:reach|answer(?:ing|s|ed)?)(?: \w+)? (?:at|on)|messages? (?:to|on|from)|registered|desk|my number)\b"
    r"[^!?\n\d]{0,24}$",
    re.IGNORECASE,
)
_LINE = re.compile(r"\W{0,3}(?:fax|office|mobile|cell|desk|home phone|work phone)\b", re.IGNORECASE)
_OTHER_NUMBER = re.compile(
    r"(?:\b(?:order|invoice|ticket|case|reference|ref|tracking|parcel|shipment|account|acct"
    r"|customer (?:no|number|id)|contract|policy|booking|transaction|serial|error|code|id|iban|bic|sort|model|part"
    r"|isbn|version|build|article|item|amount|sum|total"
    r"|konto|bestell\w*|rechnung\w*|kunden\w*|auftrag\w*)\b(?:[\w\s]{0,12} the number)?|#|№)[^!?\n\d]{0,16}$",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?<!\d)(?:\d{1,2}([./-])\d{1,2}\1(?:19|20)\d\d|(?:19|20)\d\d([./-])\d\d?\2\d\d?)(?!\d)")
_AMOUNT = re.compile(
    r"\s?(?:[%€$£¥]|(?:euros?|eur|dollars?|usd|pounds?|gbp|chf|yen|jpy|francs?|crowns?|rupees?|cents?|percent|bytes?"
    r"|[kmgt]b|ms|seconds?"
    r"|minutes?|hours?|days?|years?|km|kg|people|users?|customers?|members?|visitors?|rows?|records?|times)\b)",
    re.IGNORECASE,
)
_FICTION = re.compile(
    r"^1?(?:[2-9]\d\d)?55501\d\d$"  # NANPA
    r"|^(?:00)?(?:44)?0?(?:1(?:1[3-8]|[2-6]1)4960|2079460|1632960|1914980|2896496|2920180|3069990|7700900|8081570"
    r"|9098790)"
    r"\d{3}$"  # Ofcom
    r"|^(?:00)?(?:33)?0?(?:19900|26191|35301|46571|53649|63998)\d{4}$"  # ARCEP, decision 2018-0881
    r"|^(?:00)?(?:49)?0?(?:3023125|4066969|6990009|8999998|2214710)\d{3}$"  # Bundesnetzagentur, notice 148/2021
)


def _before(match: re.Match[str]) -> str:
    return match.string[max(0, match.start() - 48) : match.start()]


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _email(match: re.Match[str]) -> bool | None:
    # git@github.com is a login, and icon@2x.png a file.
    if match.group().lower().startswith("git@") or re.match(r"\dx\.", match[1]):
        return None
    return not _RESERVED.search(match[1])


def _url(match: re.Match[str]) -> bool:
    return not _RESERVED.search(match[1])


def _url_span(match: re.Match[str]) -> tuple[int, int]:
    return match.start(), match.start() + len(match.group().rstrip(".,;:!?)"))


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
    return True if _CARD_SAID.search(_before(match)) and numbers.luhn(digits) else None


def _national_id(match: re.Match[str]) -> bool | None:
    if _digits(match.group()) in numbers.SPECIMEN_IDS:
        return False
    return True if numbers.national_id(match.group(), _before(match)) else None


def _phone(match: re.Match[str]) -> bool | None:
    digits, before = _digits(match.group()), _before(match)
    if _AMOUNT.match(match.string, match.end()) or _DATE.search(match.group()):
        return None
    if _FICTION.search(digits):
        return False
    digits = _digits(match.group().lower().partition("x")[0])  # without the extension
    if match["plus"]:
        return True if 8 <= len(digits) <= 15 else None
    formed = not match["bare"] and (not match["trunk"] or 9 <= len(digits) <= 12)
    if not formed and not _CALLS.search(before) and not _LINE.match(match.string, match.end()):
        return None
    return None if _OTHER_NUMBER.search(before) else True


NUMBERED = re.compile(
    r"\d(?:[ ./()A-Z-]{0,3}\d){5}|\d{4}[A-Z]|\d\.\d{1,3}\.\d|0\d{1,5}(?:[ ./-]|\) ?)\d\d|:[0-9A-F]{0,4}:"
    r"|[A-Z]{2}\d\d(?:[ -]?[A-Z0-9]){6}",
    re.IGNORECASE,
)
"""What any find by a form of digits holds: a column is searched for it first, which is one search in place of six."""
_DIGITS, _DIGIT, _DIALLED = tuple("0123456789"), re.compile(r"\d"), re.compile(r"[\d+(]")
FINDERS = (
    Finder("safety.secret", secrets.FORMED, secrets.formed, secrets.NEEDS, span=secrets.whole),
    *told.FINDERS,
    Finder("safety.email", EMAIL, _email, ("@",)),
    Finder("safety.url", URL, _url, ("://", "www."), span=_url_span),
    Finder("safety.iban", IBAN, _iban, _DIGITS, gate=NUMBERED),
    Finder("safety.ip", IPV4, _ip, (".",), _DIGIT, NUMBERED),
    Finder("safety.ip", IPV6, _ip, (":",), gate=NUMBERED),
    Finder("safety.card", CARD, _card, _DIGITS, _DIGIT, NUMBERED),
    Finder("safety.national_id", NATIONAL_ID, _national_id, _DIGITS, gate=NUMBERED),
    Finder("safety.phone", PHONE, _phone, _DIGITS, _DIALLED, NUMBERED),
)
"""In the order of search: what one has judged is hidden from the next, so that no IBAN holds a phone number."""


class Find(NamedTuple):
    """Something that was found: its code, and where what gives it away begins and ends."""

    code: str
    start: int
    end: int
    match: re.Match[str]

    def shown(self) -> str:
        """Return what shows the find without giving it away: its beginning, and of a password nothing."""
        text = self.match.group()
        if self.match.groupdict().get("block"):
            return "a private key"
        if self.code == "safety.secret" and not self.match.groupdict().get("token"):
            return f"{told.name(self.match)} … ({self.end - self.start} characters)"
        return f"{text[: min(4, len(text) // 3)]}… ({len(text)} characters)"


def search(text: str, finders: Iterable[Finder] = FINDERS) -> Iterator[Find]:
    """Give each find in a text, kind by kind; what one kind has taken for its own, the next does not see.

    Args:
        text: what is searched.
        finders: those to ask, in the order of `FINDERS`: the others are known to find nothing.
    """
    # A line break as JSON writes it is no letter of the word behind it.
    text = text.replace("\\n", "  ")
    plain = text.lower()
    for one in finders:
        if not any(need in plain for need in one.needs):
            continue
        judged = []
        for match in one.matches(text):
            found = one.judge(match)
            if found:
                yield Find(one.code, *one.span(match), match)
            if found is not None:
                judged.append(match.span())
        text = _hidden(text, judged)


def _hidden(text: str, spans: Iterable[tuple[int, int]]) -> str:
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], "\0" * (end - start)]
        at = end
    return "".join(parts) + text[at:]


def hinted(texts: pl.Series) -> dict[int, list[Finder]]:
    """Return the rows of a column in which something may be found, each with the finders that may find it."""
    import polars as pl

    text, plain = pl.col("text"), pl.col("plain")
    table = texts.rename("text").to_frame().with_row_index("at").with_columns(folds=loosened.folded(text))
    table = table.with_columns(plain=loosened.column(text, breaks=True))
    table = table.with_columns(low=plain.str.to_lowercase())
    few: dict[object, pl.DataFrame] = {}
    found: dict[int, list[Finder]] = {}
    for one in FINDERS:
        if (key := one.sieve or one.gate or one.needs) not in few:
            few[key] = one.sieve(table) if one.sieve else table.filter(pl.col("folds") | _gate(one))
        met = pl.lit(value=True) if one.sieve else pl.col("folds") | plain.str.contains(loosened.loosened(one.pattern))
        for at in few[key].filter(met)["at"]:
            found.setdefault(at, []).append(one)
    return found


def _gate(one: Finder) -> pl.Expr:
    """Return in which texts stands what stands in each with a match."""
    import polars as pl

    if one.gate:
        return pl.col("plain").str.contains(loosened.loosened(one.gate))
    if len(one.needs) <= 2:
        return pl.any_horizontal(pl.col("low").str.contains_any([need]) for need in one.needs)
    return pl.col("low").str.contains("|".join(map(re.escape, one.needs)))
