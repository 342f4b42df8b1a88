"""Where in a column a secret may be told: a few searches in polars that let through all that `told` may find.

Texts are in small letters, and characters beyond ASCII are all one (`loosened.column`). What is sought here is looser
than what is found later; it must never be less, or the verdict on a row would hang on how many stand beside it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from synthgen.checks import loosened

if TYPE_CHECKING:
    import polars as pl

_EDGE, _END = r"(?:^|[^a-z])", r"(?:[^a-z]|$)"
_FREE = r"[^\s\"“”`<>,;(){}\[\]|]"
_SIGNED = (
    rf"(?:[a-z]{_FREE}*[0-9]|[0-9]{_FREE}*[a-z]|[\w\x00][!$%&@#?*+=~^]+[\w\x00]"
    r"|[a-z\x00]-[a-z\x00]+-[a-z\x00])"
)
"""What stands in each word of letters with figures, signs or joints in them."""
_FIGURES = "[0-9][ -]?[0-9][ -]?[0-9]"
_QUOTE = "[\"'`*_\\x00]"
_QUOTED = rf"(?:[^a-z0-9]{_QUOTE}[a-z\x00][a-z0-9_ \x00-]*{_QUOTE}(?:[^a-z0-9]|$))"
_IS = "is|was|are|as|will|has|remains|became|for|still|now|also|really|actually|currently"
_THEN = rf"(?:[^a-z]{{0,5}}(?:{_IS}|my|the|your|his|her|our|its|their|an?|this|that|one) |[^a-z]{{0,3}},? as )"
"""What stands between a word and a noun that explains it."""
_EXPLAINED = rf"{_FIGURES}(?:{_THEN}|(?s:.*)(?:that|this|which|it)(?:'|\x00)?(?:s| is| was) (?:the|my|our|your) )"
_ENTERED = (
    r"(?:typ(?:e|ed|ing)|enter(?:ed|ing)?|key(?:ed)?|punch(?:ed)?|press(?:ed)?|tap(?:ped)?|use|used|using|input|try"
    r"|tried|say|then|with)(?: in)? [^a-z]{0,3}[0-9]"
)
_WORDED = "(?:secret|code) (?:word|answ|ques|phras)"

_SAID_OF_PASS = "|".join(
    (
        _SIGNED,
        r"(?:one.time|voice ?mail|phone|banking).?pass",
        rf"pass[^.!?]*(?:[0-9]{{4}}|{_QUOTED})",
        r"pass(?s:.*)(?:'s|\x00s| is| was| are| reads|go|namely|follows)(?: now| still| just| simply)?:? " + _QUOTE,
        rf"[a-z0-9\x00]{_QUOTE}[)]?{_THEN}(?:[^.!?\n]|[.!?][^ ])*pass",
        r"(?:user|log-?in|account)(?:[^.!?]|[.!?][^ ])*password",
        r"pass ?phrase(?: is|:) |(?:,|\n) ?pass|(?:service|customer|spoken) pass|(?:my|our) [a-z0-9_\x00 ]*: ",
        r"password(?s:.*)(?: is|:) [^a-z]?[a-z\x00]*[^a-z]?,? \(?(?:all|in|one|no|with a) ",
    )
)
_PASS = (
    rf"pass ?(?:w|phrase|key)|{_EDGE}pass(?:[^a-z ]| [^a-z]| (?:{_IS}|were|be|been|being|reads?|says?|equals|stays"
    r"|lautet|ist|est|es|of|to|set|reset|changed)[^a-z])"
)
_KEY = (
    r"(?:api|access|secret|licen[sc]e|account|security|recovery|cryption|master|backup|activation|signing|product"
    r"|webhook|private|ssh|app|deploy|admin|storage|client|consumer|wpa.?)[ _-]key|[_a-z-]keys?(?:[^a-z]|$)"
    r"|wifi|wi-fi|wlan|network|router|hotspot"
)
_OPENED = (
    rf"{_EDGE}(?:alarm|door|gate|garage|entrance|entry|key ?pad|key ?safe|lock(?:er|ed|s|box)?|padlock|safe|vault"
    r"|voice ?mail|mailbox|sim|sms|two.factor|[2m]fa|log(?:ged|ging)? ?in|sign(?:ed|ing)? in|(?:dis)?arm(?:s|ed)?|lift"
    rf"|shed|barrier|intercom){_END}|unlock|verif|text message|authenticator|wi-?fi|wlan|hotspot|guest network"
    r"|pass ?code|(?:entry|access|ing|box|mail|pad|security|authentication|auth|in|time|otp|recovery|backup|rescue"
    r"|reset|pairing|parental|control|network|router|up|elevator|cellar|master|secret|telephone|transaction|guest"
    r"|activation)[ _-]code"
)
_PADS = (
    r"key ?pad|key ?safe|lock ?box|padlock|alarm[\"'`*_]{0,3} ?[:=|\x00>-]|combination|locks? with |locked with "
    rf"|(?:parental|child|combination|number|bike) lock|{_ENTERED}"
)
_LOGIN = (
    rf"(?:(?:log|sign)(?:ged|ed)?[ -]?in|(?:admin|administrator|root|guest) ?[/:])(?s:.*){_SIGNED}"
    rf"|{_SIGNED} for (?:the|my|our) [^.!?]*log-?in"
)

_COMMON = "pass|code|key|token|secret"
_OF_COMMON: tuple[tuple[str, ...], ...] = (
    ("pass", _PASS, _SAID_OF_PASS),
    ("code", rf"code(?s:.*){_FIGURES}|{_EXPLAINED}|{_SIGNED}", _OPENED),
    ("key", rf"key[^.!?]*(?:[0-9]{{4}}|{_FREE}*{_SIGNED})|{_SIGNED}{_FREE}*(?:[^.!?\n]|[.!?][^ ])*key", _KEY),
    ("token", rf"(?:token|secret)[^.!?;]*{_FREE}*{_SIGNED}"),
    ("secret", rf"(?:token|secret)[^.!?;]*{_FREE}*{_SIGNED}"),
    ("secret", _WORDED),
    ("code", _WORDED),
)
_WAYS: tuple[tuple[str, ...], ...] = (
    (
        rf"(?:pin|puk|otp|tan)(?:s|[0-9]|code|number|{_END})",
        rf"{_EDGE}(?:pin|puk|otp|m?tan)(?s:.*){_FIGURES}|{_EXPLAINED}",
    ),
    ("lock|alarm|door|gate|garage|safe|vault|voice|pad", _PADS),
    ("logged in|sign in|sign-in|signed in|admin|root|guest|log in|login|log-in", _LOGIN),
    ("curl|mysql|sshpass|docker l|psk|kennwort|contrase|bearer|credential|open with|opens with|opened with",),
    ("pw",),
    (
        "security |memorable|safe w|magic w|recovery |seed |backup ",
        "memorable|(?:security|safe|magic|recovery|seed|backup) (?:word|answ|ques|phras)",
    ),
    ("@", rf"@[\w.-]+ ?[/|](?s:.*){_SIGNED}"),
)
"""Ways in which a secret is told: what stands in the text by each, the cheapest to look for first."""
FIRST = (
    *_COMMON.split("|"),
    *(
        "pin",
        "puk",
        "otp",
        "tan",
        "pw",
        "@",
        "lock",
        "alarm",
        "door",
        "gate",
        "garage",
        "safe",
        "vault",
        "voice",
        "pad",
    ),
    *("logged in", "sign in", "sign-in", "signed in", "admin", "root", "guest", "log in", "login", "log-in", "curl"),
    *("mysql", "sshpass", "docker l", "psk", "kennwort", "contrase", "bearer", "credential", "open", "memorable"),
    *("security ", "magic w", "recovery ", "seed ", "backup "),
)
"""One of these, in small letters, stands in each text in which a secret may be told."""
SMALL = 500
"""Texts up to which a look at each is cheaper than to make all these patterns."""


def sieve(table: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of a table in which a secret may be told: `low` is the text in small letters of ASCII."""
    import polars as pl

    if table.height <= SMALL:
        met = [text is not None and any(one in text for one in FIRST) for text in table["low"]]
        return table.filter(pl.col("folds") | pl.Series(met, dtype=pl.Boolean))
    texts = table.select("at", "low")
    common = _having(texts, (_COMMON,))
    found = [table.filter(pl.col("folds")).select("at", "low")]
    found += [_having(texts, way) for way in _WAYS] + [_having(common, way) for way in _OF_COMMON]
    return table.filter(pl.col("at").is_in(pl.concat(found)["at"].implode()))


def _having(texts: pl.DataFrame, forms: tuple[str, ...]) -> pl.DataFrame:
    """Return the texts that have each of these forms.

    Polars keeps 32 patterns ready, and makes any other one anew for each table: a lone word is sought without.
    """
    import polars as pl

    low = pl.col("low").str
    for form in forms:
        lone = form.isalpha() or form == "@"
        texts = texts.filter(low.contains_any([form]) if lone else low.contains(_of_polars(form)))
    return texts


@cache
def _of_polars(form: str) -> str:
    return loosened.loosened(re.compile(form))
