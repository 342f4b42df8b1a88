"""Secrets by their own form: key files, tokens of known issuers, logins in addresses; and what others look like.

What only the words around it give away ("the alarm code is …") is for `synthgen.checks.told`.
"""

from __future__ import annotations

import re
from enum import Enum

_TOKENS = (
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b"  # Amazon
    r"|gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,}|glpat-[\w-]{20,}"  # GitHub, GitLab
    r"|xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-\d-[A-Za-z0-9-]{10,}|hooks\.slack\.com/services/T\w{8,}"  # Slack
    r"|AIza[\w-]{35}|GOCSPX-[\w-]{20,}|ya29\.[\w-]{20,}"  # Google
    r"|(?<!-)sk-(?=[\w-]*\d)(?:[a-z]+\d*-)*\w[\w-]{19,}|hf_[A-Za-z0-9]{20,}"  # OpenAI, Anthropic; Hugging Face
    r"|[sr]k_live_[A-Za-z0-9]{16,}|npm_[A-Za-z0-9]{36}|pypi-AgE[\w-]{30,}|SG\.[\w-]{22}\.[\w-]{43}"
    r"|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"  # JSON web token, RFC 7519
)
FORMED = re.compile(
    r"(?P<block>-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----[^-]{0,300}?[A-Za-z0-9+/]{24})"
    rf"|(?<![A-Za-z0-9])(?P<token>{_TOKENS})"
    r"|://[^\s/:@]+:(?P<login>[^\s/@]{6,})@"
)
NEEDS = tuple(
    """
    -----begin :// akia asia abia acca ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- xox xapp- hooks.slack aiza gocspx-
    ya29. sk- hf_ k_live_ npm_ pypi- sg. eyj
    """.split()  # noqa: SIM905
)
"""One of these, in small letters, stands in each text in which `FORMED` is met."""

_BLANK = re.compile(
    r"^[$%{<\[(]|[()\[\]{}*•…]|\.\.\.|xxx|your|example|change.?me|placeholder|redacted|insert|dummy|^os\.|^env\."
    r"|^process\.|^(?:https?|ftp)://",
    re.IGNORECASE,
)
_KINDS = tuple(map(re.compile, (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^\w./-]")))
_INNER_SIGN = re.compile(r"\w[!$%&@#?*+=~^]+\w")
_KEY_END = re.compile(r"[^-]*(?:-----END [A-Z0-9 ]+-----)?")


class Shape(Enum):
    """What a word that may be a secret looks like."""

    FIGURES = "4711"
    GROUPS = "9KD2-77XM"
    WORDS = "seven grey herons"
    HYPHENS = "purple-otter-sings"
    MIXED = "raspberry1"
    STRONG = "Gr4vel!path"


_FIGURES = re.compile(
    r"[#*]?[0-9]{4,10}|[0-9]{3} [0-9]{3}|[0-9]{4} [0-9]{4}|[0-9]{3,6}-[0-9]{3,6}|[0-9](?:[ -][0-9]){3,5}"
    r"|[0-9]{2}(?:[ -][0-9]{2}){1,3}"
)
_JOINED = re.compile(r"[^\W\d_]{2,24}(?:-[^\W\d_]{2,24}){2,7}")
_GRAMMAR = re.compile(
    r"\b(?:a|an|and|as|at|by|for|from|in|is|it|not|of|off|on|or|out|per|the|to|up|with|you|your)\b",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"\b(?:wrong|incorrect|invalid|valid|weak|strong|short|long|expired|refused|rejected|required|blocked|locked|unknown"
    r"|missing|again|pass|your|my|their|please|must|should|cannot|is|are|was|not|the|password|passphrase|pin|code|token|key"
    r"|optional|string|none|null|true|false|hidden|secret|forgotten|lost|stolen|gone|changed|unchanged|reset|same"
    r"|manager|recovery|protection|policy|still|very|too|least|hard|easy|empty|here|below|above|attached|no|yes|test)\b",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\d+[-–+]?(?:char|digit|letter|word|day|hour|month|min|bit|time|step|factor|sec|stelli)\w*"
    r"|\d[\d.,]*[-–]?[a-z]{1,3}"
    r"|(?:wpa|sha|md|aes|rsa|ed|oauth|mp|ipv|web|covid|fido|log|debug|utf|base|argon|bcrypt|pbkdf|hmac|rs|hs|es|iso|rfc"
    r"|ios|win|windows|android|iphone|ipad|keepass|galaxy|gpt|llama|qwen|python|http|https|tls|ssl|id|page|line|chapter"
    r"|step|word|office|excel)[-_ ]?\d[\w.-]*|[12]password|[2-9]fa|u2f|x\.?509|pkcs.*"
    r"|[\d.:/+-]+|/.*|\w*:\w*:.*|[\w.+-]+@[\w-]+\.[a-z.]{2,}|[$%]?[A-Z_]+|\$\w+|(?-i:[a-z_]+\.[a-z_.]+)|(?-i:[a-z_]\w*)(?:\.[a-z_]\w*){2,}"
    r"|.*&(?:quot|amp|nbsp|lt|gt|#\d+)"
    r"|.*\.(?:py|js|json|ya?ml|txt|md|pdf|png|jpe?g|env|cfg|conf|ini|xml|html?|csv|sql|sh|exe|zip|docx?)",
    re.IGNORECASE,
)


def shape(value: str) -> Shape | None:
    """Return what a word looks like that may be a secret; None = it is a date, a file, a size, a name or the like."""
    if _FIGURES.fullmatch(value):
        return Shape.FIGURES
    if blank(value) or _OTHER.fullmatch(value):
        return None
    if _JOINED.fullmatch(value):
        return None if _GRAMMAR.search(value) or _SAID.search(value) else Shape.HYPHENS
    return _mixed(value)


def _mixed(value: str) -> Shape | None:
    small, large, digit, sign = kinds(value)
    if digit and large and not small and not sign and len(value) >= 5:
        return Shape.GROUPS
    if len(value) < 6 or not (small or large):
        return None
    if not digit:
        return Shape.STRONG if small and large and _INNER_SIGN.search(value) else None
    return Shape.STRONG if sign or (small and large) or "-" in value or "_" in value else Shape.MIXED


def words(value: str) -> bool:
    """Return whether plain words may be a secret: not "too short" or "your password", which say something of one."""
    return len(value) >= 3 and not _SAID.search(value)


def blank(value: str) -> bool:
    """Return whether something stands for a secret and is none: `<your-key>`, `$NAME`, `********`."""
    return bool(_BLANK.search(value))


def kinds(value: str) -> tuple[bool, bool, bool, bool]:
    """Return whether a text has small letters, capitals, digits, and signs that rarely stand in a word."""
    small, large, digit, sign = (kind.search(value) is not None for kind in _KINDS)
    return small, large, digit, sign


def formed(match: re.Match[str]) -> bool | None:
    """Judge a match of `FORMED`: of a login in an address, whether the password looks like one."""
    if match["token"]:
        return not match["token"].endswith("EXAMPLE")  # as in Amazon's documentation
    if not match["login"]:
        return True
    if blank(match["login"]):
        return None
    met = kinds(match["login"])
    return True if sum(met) >= 3 or (met[2] and (met[0] or met[1])) else None


def whole(match: re.Match[str]) -> tuple[int, int]:
    """Return where the secret stands in a match of `FORMED`: a key file goes on to its end."""
    if match["login"]:
        return match.span("login")
    if match["block"] and (rest := _KEY_END.match(match.string, match.end())):
        return match.start(), rest.end()
    return match.span()
