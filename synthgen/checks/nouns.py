"""Nouns that name a secret, and where they stand in a text."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

WINDOW = 120
"""Characters before and behind a word in which its name is sought."""

_QUALIFIED = re.compile(
    r"(?<![a-z])(?:alarm|door|gate|garage|entry|entrance|access|(?:un)?lock(?:ing)?|lock ?box|safe|vault|voice ?mail"
    r"|mailbox|key ?pad|key ?(?:box|safe)|locker|padlock|(?:dis)?arm(?:ing)?|security|verification"
    r"|authenticat(?:ion|or)|auth|intercom|log-?in|sign-?in|one[ -]time|sms|[2m]fa|two[ -]factor|t?otp|recovery"
    r"|backup|rescue|reset|activation|pairing|parental(?: control)?|child ?lock|wi-?fi|wlan|network|router|hotspot"
    r"|set-?up|lift|elevator|cellar|barrier|master|secret|telephone|transaction|guest)[ _-]\Z",
    re.IGNORECASE,
)
"""What makes a code one that opens something."""
_SPOKEN = re.compile(r"(?:one[ -]time|voice ?mail|phone|banking)[ -]\Z", re.IGNORECASE)
"""What makes a password one that may be of figures."""
_TYPED = re.compile(
    r"(?<![a-z])(?:api|wi-?fi|wlan|network|router|wpa[23]?|access|secret|licen[sc]e|account|security|recovery"
    r"|encryption|decryption|master|backup|activation|hotspot|signing|product|webhook|private|ssh|app|deploy|admin"
    r"|storage|client|consumer)[ _-]?\Z",
    re.IGNORECASE,
)
"""What makes a key one that is typed."""
_OTHERS = (
    r"order|claim|policy|tracking|parcel|shipment|booking|reservation|reference|ref|ticket|case|invoice|bill|meter"
    r"|serial|model|version|build|firmware|error|fault|status|product|article|item|part|voucher|discount|promo\w*"
    r"|coupon|gift(?: card)?|referral|sort|post(?:al)?|zip|country|area|diall?ing|flight|train|bus|room|flat|apartment"
    r"|house|floor|page|line|port|year|phone|mobile|ending(?: in)?|ends in|ends with|digits|amount|fee|price|cost"
    r"|tariff|bar|qr|isbn|iso|rfc|section|account|customer|client|contract|member\w*|payment|batch|colou?r|dress"
    r"|source|currency|swift|tax|patient|employee|staff|department|exit|http|response|return|date|birth|building|morse"
    r"|machine|byte|penal|civil|quote|quoting"
)
OTHER = re.compile(rf"\b(?:{_OTHERS})(?: (?:number|no\.?|code|id|nr\.?))?[ :#]*\Z", re.IGNORECASE)
"""What says of the word behind it that it is no secret."""
ANOTHER = re.compile(rf"\b(?:{_OTHERS}|card)\b[^.!?]{{0,12}}\b(?:number|no\.|id|is)\b", re.IGNORECASE)
"""What says that something else was spoken of in between."""
_COMPOUND = (
    r"(?![a-z]|-[a-z]|[ -](?:managers?|fields?|prompts?|page|polic(?:y|ies)|hints?|resets?|rules?|strength|box|form"
    r"|screen|dialog|letters?|pads?|block|changes?|length|generator|requirements?|protect\w*|limits?|bucket|counts?"
    r"|budget|files?|types?|holder|ring|chain|reader|check(?:er)?|entry|attempts?|expir\w*|link|mail|e-?mail|format"
    r"|database|leak|breach|list|store|management|sharing|settings?|questions?|window|size|panel|algorithms?"
    r"|hash(?:es)?|history|age|guidelines|advice|button|errors?|problems?|issues?|request|input|mask|lock|area)\b)"
)
NOUN = re.compile(
    r"(?:(?P<word>pass ?(?:words?|wort|wd|phrases?|keys?)|(?<![a-z])(?:pwd?s?|psk|kennwort|mot de passe|contraseña"
    r"|(?:security|memorable|safe|secret|magic|code) words?|bearer))|(?P<both>pass ?codes?)"
    r"|(?P<figures>(?<![a-z])(?:pin[12]?(?:[ -]?(?:number|code))?|puk[12]?(?:[ -]?(?:number|code))?|(?-i:m?TAN)|otp)s?)"
    r"|(?P<token>(?<![<a-z])(?:tokens?|secret|credentials))|(?P<login>(?<![a-z])log-?in(?: details| data)?)"
    r"|(?P<code>(?<![a-z])(?:codes?|combination))|(?P<key>(?:(?-i:(?<=[a-z])K)|(?<![a-z])k)eys?)"
    r"|(?P<pad>(?<![a-z])(?:key ?pad|lock ?box|key ?safe|padlock"
    r"|(?:parental|child|combination|number|bike) lock))|(?P<short>(?<![a-z])pass)|(?P<alarm>(?<![a-z])alarm))"
    + _COMPOUND,
    re.IGNORECASE,
)
_BEGINS = """
pass pin puk mtan tan otp pw psk kennwort mot contraseña security memorable safe magic bearer token secret credentials
login log-in code combination key lock padlock parental child number bike alarm
""".split()  # noqa: SIM905
"""With one of these any noun begins."""
DEVICE = re.compile(
    r"\b(?:alarm|door|gate|garage|entrance|entry|key ?pad|key ?safe|lock(?:er|ed|s|box)?|padlock|safe|vault|voice ?mail"
    r"|mailbox|wi-?fi|wlan|hotspot|guest network|sim|sms|text message|authenticator|two-factor|2fa|log(?:ged|ging)? ?in"
    r"|sign(?:ed|ing)? in|unlock\w*|(?:dis)?arm(?:s|ed)?|lift|shed|barrier|intercom|verif\w+)\b",
    re.IGNORECASE,
)
"""What a plain code may open."""
ENTRY = re.compile(
    r"\b(?:alarm|door|gate|garage|key ?pad|key ?safe|lock(?:er|ed|s|box)?|padlock|safe|vault|voice ?mail|unlock\w*)\b",
    re.IGNORECASE,
)
"""Where one types figures."""
_PARTS = """
alarm door gate garage entr pad lock safe vault mail fi wlan hotspot network sim sms text auth factor 2fa in arm lift
shed barrier intercom verif
""".split()  # noqa: SIM905
_NETWORK = re.compile(r"\b(?:wi-?fi|wlan|network|router|hotspot)\b", re.IGNORECASE)


class Noun(NamedTuple):
    """A noun that names a secret.

    Args:
        kind: `word` (a password), `typed` (a key), `figures` (a PIN), `both`, or one that needs more to speak for it.
        start: where it begins.
        end: where it ends.
    """

    kind: str
    start: int
    end: int


def opened(text: str) -> bool:
    """Return whether a text speaks of what a code opens: a door, an alarm, a login."""
    plain = text.lower()
    return any(begin in plain for begin in _PARTS) and bool(DEVICE.search(text))


def before(text: str, at: int) -> list[Noun]:
    """Return the nouns that end shortly before a place, the nearest first."""
    nouns, ends = _nouns(text)
    return list(nouns[bisect_left(ends, at - WINDOW) : bisect_right(ends, at)][::-1])


def behind(text: str, at: int) -> list[Noun]:
    """Return the nouns that end shortly behind a place, the nearest first."""
    nouns, ends = _nouns(text)
    return [one for one in nouns[bisect_right(ends, at) : bisect_right(ends, at + WINDOW)] if one.start >= at]


@lru_cache(maxsize=2)
def _nouns(text: str) -> tuple[tuple[Noun, ...], list[int]]:
    """Return the nouns of a text, and where each ends: candidates of one text ask one after the other."""
    found: list[Noun] = []
    for start in _starts(text):
        match = NOUN.match(text, start)
        if match and (not found or start >= found[-1].end) and (one := _noun(match)):
            found.append(one)
    return tuple(found), [one.end for one in found]


def _starts(text: str) -> list[int]:
    """Return where nouns may begin, in order."""
    plain, found = text.lower(), set[int]()
    if len(plain) != len(text):
        plain = text
    for begin in _BEGINS:
        at = plain.find(begin)
        while at >= 0:
            found.add(at)
            at = plain.find(begin, at + 1)
    return sorted(found)


def _noun(match: re.Match[str]) -> Noun | None:
    kind = _KINDS.get(match.lastgroup or "", _as_it_is)(match)
    return Noun(kind, *match.span()) if kind else None


def _as_it_is(match: re.Match[str]) -> str:
    return match.lastgroup or ""


def _ahead(match: re.Match[str]) -> str:
    return match.string[max(0, match.start() - 24) : match.start()]


def _code(match: re.Match[str]) -> str | None:
    ahead, around = _ahead(match), slice(max(0, match.start() - WINDOW), match.end() + WINDOW // 2)
    if match[0].lower() == "combination":
        return "code" if ENTRY.search(match.string[around]) else None
    if _QUALIFIED.search(ahead):
        return "both"
    return "code" if not OTHER.search(ahead) and opened(match.string[around]) else None


def _key(match: re.Match[str]) -> str | None:
    ahead = _ahead(match)
    if _TYPED.search(ahead):
        return "typed"
    if ahead.endswith(("_", "-")) or ahead[-1:].islower():  # `my_key`, `myKey`
        return "token"
    return "key" if _NETWORK.search(match.string, max(0, match.start() - WINDOW), match.start()) else None


def _word(match: re.Match[str]) -> str:
    return "spoken" if _SPOKEN.search(_ahead(match)) else "word"


def _figures(match: re.Match[str]) -> str:
    return "several" if match[0].lower() in {"pins", "puks"} else "figures"


_KINDS: dict[str, Callable[[re.Match[str]], str | None]]
_KINDS = {"code": _code, "key": _key, "word": _word, "figures": _figures}
"""By the noun, what says its kind; None = it names nothing that is secret."""
