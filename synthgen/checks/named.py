"""What a sentence says of a word: whether the nouns before and behind it make it a secret.

Nouns that name secrets are those of `synthgen.checks.nouns`. Which shapes will do depends on what a noun names and on
how plainly it is said: figures alone go with what is made of figures, and plain words need to be in quotes.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from synthgen.checks import nouns, secrets

Shape = secrets.Shape
MARKS = "\"'“”‘’`«»*_"
"""Quotes, and signs that make letters bold: they stand around a word and are no part of it."""

_IS = (
    r"(?:is|was|are|were|(?:will|should|must|may|used to) be|be|been|being"
    r"|ends up being|reads?|says?|equals|remains|stays|lautet|ist|est|es|of|(?:re)?set to"
    r"|changed to)(?:,? (?:now|still|currently|actually|just|simply|probably|maybe|perhaps|either|again|always|also"
    r"|called|the|this|set to|reset to|changed to|something like|as follows)){0,3}"
)
_ADJACENT = re.compile(
    r" (?:no\.? |number |nr\.? |(?:that |which )?(?:you|i|we|he|she|they) (?:\w{1,12} ){1,3})?", re.IGNORECASE
)
_COLON = re.compile(r"(?P<gap>[^:=;.!?\n|]{0,56}?)[\"'”’`*_]{0,3}(?: ?(?:=>|:=|[:=]|->|→|[–—])| [|-](?= ))\s{0,3}")
_COPULA = re.compile(
    r"(?P<gap>[^:;,.!?\n]{0,56}?)(?:,? (?:which|that|and it)|, (?:by the way|i think|i believe|as you know),)?"
    rf"(?:['’]s|[ ]{_IS}):? ",
    re.IGNORECASE,
)
_TO = re.compile(r"[^:;,.!?\n]{0,56}? (?:to|from) ", re.IGNORECASE)
_COMMA = re.compile(r"(?P<gap>(?!['’])[^:;.!?\n,()\"“”`]{0,56}), ")
_BRACKET = re.compile(r"(?P<gap>[^:;.!?\n,()]{0,40}) \(")
_PRONOUN = re.compile(
    r"(?:[^\n]{0,90}[ ,;.?!])?(?:it|this|mine|here|they)(?:['’]s| is| was| are| reads)(?: now| still| just| simply)?:? "
    r"|[^\n]{0,90}\b(?:here (?:it is|you go)|namely|as follows|i\.e\.|, so),?:? ",
    re.IGNORECASE,
)
_PLACED = re.compile(
    r"\Z| ?(?:number|no\.?|code|here|now|itself|there|for|of|on|to|in|at|from|with|by|behind|under|between|since|after"
    r"|that|which|who|i|you|we|he|she|they|my|your|our|his|her|the|as)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"\b(?:and|but|or|so|because|while|when|if|though|although|yet|not|never|cannot|has|have|does|do|did|is|are"
    r"|blocked)\b|n['’]t\b",
    re.IGNORECASE,
)
_CHANGED = re.compile(r"\b(?:re)?(?:set|chang\w+|updat\w+|switch\w*|alter\w*)\b[^.!?\n]{0,60}\Z", re.IGNORECASE)
_CLOSED = re.compile(r"[,.;:!?)\]]|\s*\Z|\s[-–—]|\n| (?:and|but|or|if|in case|when|so|for|then|yet)\b")
_CLOCK = re.compile(r"[0-2]\d(?:00|15|30|45)")
_EARLIER = re.compile(
    r"(?<!\S)(?=[^\s,;.!?]*\d)[^\s,;.!?]{4,40}(?:,|,? (?:and|or|then|to|not|instead of)|,? (?:and|but) (?:the |my )?"
    r"(?:new|old|other|current|second)(?: one| password| pin| code)?(?: is| was)?) \Z",
    re.IGNORECASE,
)
_LISTED = (
    ", ",
    " and ",
    " or ",
    " then ",
    " to ",
    " not ",
    " is ",
    " was ",
    " one ",
    " password ",
    " pin ",
    " code ",
    " of ",
)
_AS = re.compile(
    r"\)?(?:(?:(?P<verb>,? (?:is|was|are|as|will be|has been|remains|became|for)| =)|,| [-–—]| \()"
    r"(?: (?:still|now|also|really|actually|currently))?"
    r" (?:my|the|your|his|her|our|its|their|an?|this|that|one of (?:my|the|your))|(?P<role>,? as))(?: [\w'’-]+){0,3} ",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[,.;:)!?]|\Z|\n| (?:from|of|for|to|on|in|at|we|i|you|that|which|with)\b", re.IGNORECASE)
_SAYS_SO = re.compile(
    r"[^.!?\n]{0,50}\b(?:it|that|this|which)(?:['’]?s| is| was) (?:the|my|our|your) (?:[\w-]+ ){0,2}", re.IGNORECASE
)
_SET = re.compile(
    r"\b(?:set|changed?|reset|chose|choose|picked|pick|typed?|enter(?:ed)?|used?|using|tried|try|wrote|write|put|made"
    r"|rejects?|rejected|refuses?|refused|accepts?|accepted|takes?|took|says?|said|with)"
    r"(?: (?:it|this|that|them|mine|in|as))?(?: to)? \Z",
    re.IGNORECASE,
)
_WITH = re.compile(r"\b(?:with|using|used?|enter(?:ed)?|typ(?:e|ed)|by)(?: the| this| my| our)? \Z", re.IGNORECASE)
_STOP = re.compile(r"[.!?] |\n")
_AND = re.compile(r"(?: and|,| or| with) (?:then )?(?:my|the|a|your|our) ", re.IGNORECASE)
_FOR = re.compile(r" for (?:the|my|our) (?:\w+ ){0,2}", re.IGNORECASE)
_ASKED = re.compile(r"\b(?:is|was|isn['’]t|use|take|would) \Z", re.IGNORECASE)
_GOOD = re.compile(r" (?:be )?an? (?:\w+ ){0,2}", re.IGNORECASE)
_ANY = re.compile(r"\b(?:an?|any|every|each|no|strong|good|weak|wrong|bad|safe) (?:\w+ )?\Z", re.IGNORECASE)

_SIGNED = {Shape.MIXED, Shape.STRONG}
JOINED = {Shape.HYPHENS, *_SIGNED}
_CODES = {Shape.FIGURES, Shape.GROUPS, *JOINED}
_CLEAR = {
    "word": set(Shape),
    "spoken": set(Shape),
    "typed": {Shape.GROUPS, Shape.FIGURES, *JOINED},
    "both": _CODES,
    "figures": {Shape.FIGURES},
    "several": {Shape.FIGURES},
    "token": {Shape.GROUPS, *_SIGNED},
    "short": JOINED,
    "login": {Shape.STRONG, Shape.HYPHENS},
    "code": _CODES,
    "key": {Shape.FIGURES, *JOINED},
    "pad": {Shape.FIGURES},
    "alarm": {Shape.FIGURES},
}
"""Shapes that will do where it is said outright what a word is."""
_PASSING = {
    "word": {Shape.WORDS, *JOINED},
    "spoken": set(Shape) - {Shape.GROUPS},
    "typed": JOINED,
    "both": {Shape.FIGURES, Shape.GROUPS, *_SIGNED},
    "figures": {Shape.FIGURES},
    "several": {Shape.FIGURES},
    "code": {Shape.FIGURES},
    "login": {Shape.STRONG},
    "pad": {Shape.FIGURES},
    "token": _SIGNED,
    "short": _SIGNED,
}
"""Shapes that will do where it is said in passing."""
_EXPLAINING = {"word", "spoken", "typed", "both", "figures", "several", "code"}
"""What may stand behind."""


class Place(NamedTuple):
    """A word that may be a secret, and the text around it.

    Args:
        value: the word.
        shape: what it looks like.
        before: the text before it and before what stands in a list with it, without opening quotes.
        base: where that begins in the whole text.
        after: the text behind it, without closing quotes.
        end: where that begins in the whole text.
    """

    value: str
    shape: secrets.Shape
    before: str
    base: int
    after: str
    end: int

    @property
    def figures(self) -> bool:
        """Return whether it is made of figures alone."""
        return self.shape is Shape.FIGURES

    @property
    def year(self) -> bool:
        """Return whether it may be a year."""
        return len(self.value) == 4 and self.value[:2] in {"19", "20"}

    @property
    def closed(self) -> bool:
        """Return whether what is said of it ends with it."""
        return bool(_CLOSED.match(self.after))


def unlisted(before: str) -> str:
    """Return what stands before the first of a list: of "A, B and C", what stands before A says it of C."""
    for _ in range(8):
        if not before.endswith(_LISTED) or not (earlier := _EARLIER.search(before)):
            break
        before = before[: earlier.start()].rstrip(MARKS)
    return before


def ahead(place: Place, found: list[nouns.Noun]) -> bool:
    """Return whether one of these nouns before a word makes it a secret."""
    before = place.before
    for noun in found:
        if noun.end - place.base > len(before):
            continue
        gap, lead = before[noun.end - place.base :], before[: max(0, noun.start - place.base)]
        if place.shape in _CLEAR[noun.kind] and _outright(place, noun.kind, gap, lead):
            return True
        if place.shape in _PASSING.get(noun.kind, ()) and _in_passing(place, noun.kind, gap, lead):
            return True
    return False


def _outright(place: Place, kind: str, gap: str, lead: str) -> bool:
    """Return whether the noun stands right before it, or with a colon, an equals sign or an "is" between."""
    if place.figures and kind in {"word", "typed", "key"} and not (place.closed and place.value.isdigit()):
        return False
    if place.shape in {Shape.WORDS, Shape.HYPHENS} and _ANY.search(lead):
        return False
    if _ADJACENT.fullmatch(gap) and _adjacent(place, kind, gap, lead):
        return True
    if said := _COLON.fullmatch(gap):
        if (place.figures and nouns.OTHER.search(said["gap"])) or (kind == "alarm" and _CLOCK.fullmatch(place.value)):
            return False
    elif kind not in {"login", "pad", "alarm"}:
        said = _COPULA.fullmatch(gap)
    if not said or (said["gap"] and kind in {"short", "alarm"}):
        return False
    # "One of my recovery codes so that you can let me in: …".
    given = kind == "both" and place.shape in {Shape.GROUPS, *_SIGNED} and gap.endswith(": ") and place.closed
    plain = _PLACED.match(said["gap"]) and not _CLAUSE.search(said["gap"])
    return bool(plain or (given and not nouns.ANOTHER.search(gap)))


def _adjacent(place: Place, kind: str, gap: str, lead: str) -> bool:
    """Return whether a noun of this kind makes a secret of what follows without more ado."""
    if kind == "code":
        return bool(_WITH.search(lead)) or (place.closed and lead.endswith((", ", ": ", "(")))
    if gap.count(" ") > 2:  # "the PIN you sent me"
        return place.shape in {Shape.FIGURES, Shape.STRONG}
    return kind in {"word", "spoken", "typed", "both", "figures"} or (kind == "token" and len(place.value) >= 8)


def _in_passing(place: Place, kind: str, gap: str, lead: str) -> bool:
    """Return whether it is set off by commas or brackets, or what the noun was changed to, or what "it is"."""
    if _TO.fullmatch(gap):
        return bool(_CHANGED.search(lead + gap)) and (kind != "short" or gap == " to ")
    if kind in {"pad", "short"} or (kind == "token" and not gap.endswith("(")):
        return False
    if said := _COMMA.fullmatch(gap):
        return place.closed and not place.year and (said["gap"].endswith(" one") or not _CLAUSE.search(said["gap"]))
    if said := _BRACKET.fullmatch(gap):
        other = nouns.OTHER.search(said["gap"]) or (said["gap"] and place.year)
        return place.after.startswith(")") and not other
    if not _PRONOUN.fullmatch(gap) or (kind == "typed" and any(mark in gap for mark in ".!?")):
        return False
    return not place.figures or (place.closed and not place.year and not nouns.ANOTHER.search(gap))


def behind(place: Place, found: list[nouns.Noun]) -> bool:
    """Return whether one of these nouns behind a word makes it a secret."""
    stop = _STOP.search(place.after)
    after = place.after[: stop.start()] if stop else place.after
    for noun in found:
        at, end = noun.start - place.end, noun.end - place.end
        if end > len(after):
            break
        link = after[:at]
        if noun.kind in _EXPLAINING and place.shape in _PASSING[noun.kind]:
            said = _AS.fullmatch(link)
            if said and (said["verb"] or said["role"] or _ENDS.match(after, end)):
                return said["verb"] != " for" or place.shape is Shape.STRONG
            if place.figures and _SAYS_SO.fullmatch(link):
                return True
        if place.shape in _SIGNED and _set(place, noun.kind, link):
            return True
    return False


def _set(place: Place, kind: str, link: str) -> bool:
    """Return whether it was set or typed where the noun asks for it, or is spoken of as a good or bad one."""
    if kind == "login":
        return bool(_SET.search(place.before) and _FOR.fullmatch(link))
    if kind not in {"word", "spoken", "typed", "both", "code"}:
        return False
    if _SAYS_SO.fullmatch(link) or (_ASKED.search(place.before) and _GOOD.fullmatch(link)):
        return True
    return bool(_SET.search(place.before)) and not _AND.match(link) and not nouns.OTHER.search(link)
