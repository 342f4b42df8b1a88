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
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from synthgen.checks import loosened, numbers

if TYPE_CHECKING:
    import polars as pl


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

_TOKENS = (
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b"  # Amazon
    r"|gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,}|glpat-[\w-]{20,}"  # GitHub, GitLab
    r"|xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-\d-[A-Za-z0-9-]{10,}|hooks\.slack\.com/services/T\w{8,}"  # Slack
    r"|AIza[\w-]{35}|GOCSPX-[\w-]{20,}|ya29\.[\w-]{20,}"  # Google
    r"|(?<!-)sk-(?=[\w-]*\d)(?:[a-z]+\d*-)*\w[\w-]{19,}|hf_[A-Za-z0-9]{20,}"  # OpenAI, Anthropic; Hugging Face
    r"|[sr]k_live_[A-Za-z0-9]{16,}|npm_[A-Za-z0-9]{36}|pypi-AgE[\w-]{30,}|SG\.[\w-]{22}\.[\w-]{43}"
    r"|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"  # JSON web token, RFC 7519
)
SECRET = re.compile(
    r"(?P<block>-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----[^-]{0,300}?[A-Za-z0-9+/]{24})"
    rf"|(?<![A-Za-z0-9])(?P<token>{_TOKENS})"
    r"|://[^\s/:@]+:(?P<login>[^\s/@]{6,})@"
    r"|(?i:pass(?:word|wd|phrase|code)|(?<![a-z])(?:pwd|pass|secret|token|kennwort|passwort"
    r"|mot de passe|contraseña|(?:wi-?fi|wlan|network|router|alarm|door|gate) code"
    r"|pw|psk|api[ _-]?key|pass ?key|(?:wi-?fi|wlan|network|router|wpa2?|security|license"
    r"|account)[ _-]key"
    r"|(?:access|auth|secret|client|bearer)[ _-]?(?:access[ _-]?)?(?:key|token|secret)))"
    r"[\"']?(?: ?(?:=>|:=|[:=]) ?| (?:is|was|of|to|reads|lautet|ist|est|es|set to|changed to)(?: now| still)?:?"
    r" | (?=[\"'`“]?\S{1,30}[!#$%&@?*^+=~]\w)(?=\S*\d)(?=\S{8})"
    r"| (?=[a-z]{4,}\d{2,}\b|[A-Za-z]{1,6}-\d{2,}-))"
    r"[\"'`“]?(?P<value>[^\s\"'`“”<>,;]{6,})"
    r"|(?i:\b(?:admin|root|administrator)) ?[/:] ?(?P<beside>[^\s\"'`“”<>,;/]{6,})"
    r"|(?P<words>(?i:\b(?:recovery|seed|backup) (?:phrase|words?)\b[^.!?\n]{0,12}?[: ](?:[a-z]{3,8} ){11}[a-z]{3,8}\b))"
    r"|(?P<told>(?<![^\s\"'`“(])[^\s\"'`“”<>,;]{8,40})[\"'`”]?,? (?:(?i:(?:is|was|as"
    r"|for) (?:that|this|my|the|our|a|your)"
    r" (?:\w+ ){0,2}(?:pass ?(?:word|code|phrase)|kennwort|passwort|(?:wi-?fi|api|secret) key)))\b",
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
        needs: one of these, in small letters, stands in every text with a match: the search is spared without.
        starts: with one of these any match begins: the search goes from one to the next.
    """

    code: str
    pattern: re.Pattern[str]
    judge: Callable[[re.Match[str]], bool | None]
    needs: tuple[str, ...] = ("",)
    starts: re.Pattern[str] | None = None

    def matches(self, text: str) -> Iterator[re.Match[str]]:
        """Give the matches in a text, as `finditer` does."""
        if self.starts is None:
            yield from self.pattern.finditer(text)
            return
        start = self.starts.search(text)
        while start:
            found = self.pattern.match(text, start.start())
            if found:
                yield found
            start = self.starts.search(text, found.end() if found else start.end())


def _before(match: re.Match[str]) -> str:
    return match.string[max(0, match.start() - 48) : match.start()]


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _secret(match: re.Match[str]) -> bool | None:
    if match["block"]:
        return True
    if match["token"]:
        return not match["token"].endswith("EXAMPLE")  # as in Amazon's documentation
    if match["words"]:
        return True
    value = (match["login"] or match["value"] or match["beside"] or match["told"]).rstrip(".!?)")
    if len(value) < 6 or _NO_SECRET.search(value):
        return None
    kinds = (str.islower, str.isupper, str.isdigit, lambda one: not one.isalnum() and one not in "-_./")
    met = [any(kind(one) for one in value) for kind in kinds]
    if (match["told"] or match["beside"]) and not (met[2] and met[3]):
        return None
    least = 3 if match["told"] or match["beside"] else 2
    return True if (met[2] and sum(met) >= least and (met[0] or met[1])) or sum(met) >= 3 else None


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
    if _OTHER_NUMBER.search(before):
        return None
    formed = not match["bare"] and (not match["trunk"] or 9 <= len(digits) <= 12)
    named = _CALLS.search(before) or _LINE.match(match.string, match.end())
    return True if formed or named else None


_DIGITS, _DIGIT, _DIALLED = tuple("0123456789"), re.compile(r"\d"), re.compile(r"[\d+(]")
_KEY_WORDS = """
code contraseña passe root admin recovery seed backup
-----begin :// pass pw psk secret token kennwort key akia asia abia acca ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- xox
xapp- hooks.slack aiza gocspx- ya29. sk- hf_ k_live_ npm_ pypi- sg. eyj
"""
FINDERS = (
    Finder("safety.secret", SECRET, _secret, tuple(_KEY_WORDS.split())),
    Finder("safety.email", EMAIL, _email, ("@",)),
    Finder("safety.url", URL, _url, ("://", "www.")),
    Finder("safety.iban", IBAN, _iban, _DIGITS),
    Finder("safety.ip", IPV4, _ip, (".",), _DIGIT),
    Finder("safety.ip", IPV6, _ip, (":",)),
    Finder("safety.card", CARD, _card, _DIGITS, _DIGIT),
    Finder("safety.national_id", NATIONAL_ID, _national_id, _DIGITS),
    Finder("safety.phone", PHONE, _phone, _DIGITS, _DIALLED),
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
        if self.code == "safety.secret" and self.match["token"] is None:
            return f"{text[: self.start - self.match.start()][-24:]}… ({self.end - self.start} characters)"
        return f"{text[: min(4, len(text) // 3)]}… ({len(text)} characters)"


_KEY_END = re.compile(r"[^-]*(?:-----END [A-Z0-9 ]+-----)?")


def _span(code: str, match: re.Match[str]) -> tuple[int, int]:
    """Return where what gives somebody away stands in a match: of a login the password, of a key file all of it."""
    groups = match.groupdict()
    for name in ("login", "value", "beside", "told"):
        if groups.get(name):
            return match.span(name)
    if groups.get("block"):
        rest = _KEY_END.match(match.string, match.end())
        return match.start(), rest.end() if rest else match.end()
    kept = match.group().rstrip(".,;:!?)") if code == "safety.url" else match.group()
    return match.start(), match.start() + len(kept)


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
        for match in list(one.matches(text)):
            found = one.judge(match)
            if found:
                yield Find(one.code, *_span(one.code, match), match)
            if found is not None:
                text = text[: match.start()] + "\0" * len(match.group()) + text[match.end() :]


NUMBERED = re.compile(
    r"\d(?:[ ./()A-Z-]{0,3}\d){5}|\d{4}[A-Z]|\d\.\d{1,3}\.\d|0\d{1,5}(?:[ ./-]|\) ?)\d\d|:[0-9A-F]{0,4}:"
    r"|[A-Z]{2}\d\d(?:[ -]?[A-Z0-9]){6}",
    re.IGNORECASE,
)
"""What any find by a form of digits holds: a column is searched for it first, which is one search in place of six."""


def hinted(texts: pl.Series) -> dict[int, list[Finder]]:
    """Return the rows of a column in which something may be found, each with the finders that may find it."""
    import polars as pl

    text, plain = pl.col("text"), pl.col("plain")
    table = texts.rename("text").to_frame().with_row_index("at").with_columns(folds=loosened.folded(text))
    table = table.with_columns(plain=loosened.column(text).str.replace_all("\\n", "  ", literal=True))
    gates = [f"(?i){'|'.join(map(re.escape, one.needs))}" for one in FINDERS[:3]] + [loosened.loosened(NUMBERED)]
    tables = [table.filter(pl.col("folds") | plain.str.contains(gate)) for gate in gates]
    found: dict[int, list[Finder]] = {}
    for number, finder in enumerate(FINDERS):
        few = tables[min(number, 3)]
        for at in few.filter(pl.col("folds") | plain.str.contains(loosened.loosened(finder.pattern)))["at"]:
            found.setdefault(at, []).append(finder)
    return found
