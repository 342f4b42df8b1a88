"""Secrets that people tell: passwords, PINs, door and recovery codes, keys, in a sentence or in a line of a shell.

A secret is a word of which others say what it is (`synthgen.checks.named`); a model, an order or a date is none.
"""

from __future__ import annotations

import re

from synthgen.checks import finder, hints, named, nouns, secrets

_QUOTES = "\"'“”‘’`«»"
_FREE = r"[^\s\"“”‘’'`«»<>,;(){}\[\]|\0]"
_SIGNS = "!$%&@#?*+=~^"
BARE = re.compile(
    rf"(?<![^\s{_QUOTES}(\[{{<>=:,;/|*\0])(?=[^\s0-9{_SIGNS}:._-]{{0,60}}[0-9{_SIGNS}:._-])"
    r"(?:[A-Za-z_-][\w.@-]{0,40}[=:]|(?:admin|administrator|root|guest)/|-p)?"
    r"(?P<told>(?:[0-9]{3}[ -][0-9]{3}|[0-9]{4}[ -][0-9]{4}|[0-9](?:[ -][0-9]){3,5}|[0-9]{2}(?:[ -][0-9]{2}){1,3})"
    r"(?![\w-]|[.,:/][0-9])"
    rf"|(?=[^\s0-9{_SIGNS}]{{0,40}}(?:[0-9]|(?<=\w)[{_SIGNS}]{{1,3}}\w|[{_SIGNS}]{{1,3}}[^\s0-9]{{0,40}}[0-9])"
    rf"|[^\W\d_]{{2,24}}-[^\W\d_]{{2,24}}-[^\W\d_]{{2,24}}){_FREE}{{4,64}})"
)
"""A word with a figure or sign in it, or of three that are joined; `NAME=` and the like may stand before it."""
QUOTED = re.compile(r"(?<!\w)[\"'“‘`«](?P<told>[^\W\d_][\w -]{2,48})[\"'”’`»](?!\w)")
"""Plain words in quotes."""

_NO_WORD = (
    r"(?!(?:is|was|are|and|or|for|field|reset|protected|required|please|no|not|do|does|with|to|the|your|my|in|on|that"
    r"|has|have|can|will|must|should|as|at|from|of|yes|none|optional|string|incorrect|wrong|invalid|always|only)\b)"
)
_USER = (
    r"\b(?:user(?:[ _-]?(?:name|id))?|log-?in|account)(?: is|:|=)? [\"'“]?(?!and\b|or\b|with\b|your\b|the\b|to\b)"
    r"[\w.@-]{2,40}[\"'”]?,?(?: and| with)?(?: the| my)?"
)
_END = r"(?=[\"'”]?(?:[.,;)]{1,3}(?:\s|$)|\n|$))"
_NAME = r"[A-Z][\w-]{1,20}(?: [A-Z][\w-]{1,20}){0,2}"
PLAIN = re.compile(
    rf"(?i:{_USER} password(?: is|:|=)? [\"'“]?(?P<beside>{_NO_WORD}[a-z]{{4,20}}){_END})"
    rf"|(?i:\b(?:password|pw)\b[^.!?:\n]{{0,40}}?(?: is|:) [\"'“]?(?P<cased>{_NO_WORD}[a-z]{{4,24}})[\"'”]?,?"
    r" \(?(?:all|in|one|no|with a) (?:lower|upper|small|caps|capital|word|spaces))"
    r"|(?i:\b(?:my|our) (?:\w{1,16} ){0,2}(?:password|pass ?phrase|(?:security|safe|memorable|secret) word): "
    rf"(?P<noted>[a-z]{{3,16}}(?: [a-z]{{3,16}}){{0,4}}){_END})"
    r"|(?i:\b(?:recovery|seed|backup|secret) (?:phrase|words?)\b[^.!?\n]{0,40}?[: ])"
    r"(?P<seed>(?:[a-z]{3,8} ){11}(?:[a-z]{3,8} ){0,12}[a-z]{3,8}\b)"
    r"|(?i:\b(?:pass ?phrase|password) )[\"“](?P<quoted>[a-z]{2,12}(?: [a-z]{2,12}){2,7})[\"”]"
    rf"|(?i:\bpass ?phrase(?: is|:) )(?P<words>[a-z]{{3,12}}(?: [a-z]{{3,12}}){{2,7}}){_END}"
    r"|(?i:\b(?:telephone|phone|spoken|customer|service) password\b[^\n]{0,60}?(?:it['’]s|it is|is|was) )[\"'“]?"
    rf"(?P<spoken>{_NAME}){_END}"
    rf"|(?:(?<=, )|(?<=\n))(?i:password|pass ?phrase) (?P<alone>{_NAME})(?=[,.;)])"
    r"|(?i:\b(?:(?:security|safe|secret|code) word|memorable (?:word|place|name)|(?:security|secret) answer)\b"
    rf"[^.!?:\n]{{0,24}}(?::| is| was| answer) )[\"'“]?(?P<answer>{_NAME}){_END}"
    r"|(?i:\b(?:security|secret) question\b[^\n]{0,60}?\banswer(?::| is| was)? )[\"'“]?"
    rf"(?P<replied>{_NAME}){_END}"
    r"|(?i:\banswer\b[^.!?:\n]{0,24}\b(?:security|secret) question\b[^.!?:\n]{0,24}(?::| is| was) )[\"'“]?"
    rf"(?P<given>{_NAME}){_END}"
    rf"|(?i:\banswer to\b[^.!?:\n]{{0,50}} is )(?P<named>{_NAME})"
    r"(?i:,? (?:to|for|is|as)? ?(?:my|the) security question)"
)
"""Plain words that are secrets for the place where they stand."""
_STARTS = re.compile(r"(?<!\w)[abclmoprstuABCLMOPRSTUſ]")
_NEEDS = ("password", "pw", "passphrase", "pass phrase", " word", " phrase", " answer", " question")

_NEVER = re.compile(
    r"\b(?:such as|like|e\.g\.|for example|for instance|than|not|never)[,:]? (?:the |a )?[\"'“‘`*_]{0,2}\Z"
    r"|\b(?:never|avoid|don['’]t|do not|should(?: not|n['’]t)|must(?: not|n['’]t)|cannot|can['’]t)(?: ever)?"
    r" (?:us(?:e|ing)|choos(?:e|ing)|pick(?:ing)?|tak(?:e|ing)|set(?:ting)?|be|have) [^.!?\n]{0,20}\Z",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"(?:[ -](?:digits?|characters?|letters?|numbers?|words?|times?|euros?|eur|dollars?|pounds?|yen|francs?|people"
    r"|users?|customers?|attempts?|tries|minutes?|hours?|days?|weeks?|months?|years?|seconds?|points?|requests?|calls?"
    r"|rows?|tokens?|codes|pins|passwords|models?|edition|series|km|kg|kwh|steps?)\b|[%€$£]| ?[€$£])",
    re.IGNORECASE,
)
_FOLLOWED = re.compile(
    r"[,.;:!?)\]]|\s*\Z|\s[-–—]|\n| (?:and|but|or|from|into|to|on|at|when|followed|again|first)\b", re.IGNORECASE
)
_ENTERED = re.compile(
    r"\b(?:typ(?:e|ed|ing)|enter(?:ed|ing)?|key(?:ed)?|punch(?:ed)?|press(?:ed)?|tap(?:ped)?|use|used|using|input|try"
    r"|tried|say|then|(?:opens?|opened|unlocks?|unlocked|(?:dis)?arm(?:s|ed)?|works?|log in|get in) with)(?: in)? \Z",
    re.IGNORECASE,
)
_PAIR = re.compile(
    r"(?:\b(?:admin|administrator|root|guest)(?: ?[/:] ?)|@[\w-]{1,40}\.[a-z.]{2,20} ?[/|] ?"
    r"|\blog-?in(?: details)?[^.!?\n]{0,20}[: (][\w.@-]{2,40} ?/ ?)\Z",
    re.IGNORECASE,
)
_OPTION = re.compile(r"\bcurl\b[^\n]{0,60} (?:-u|--user)[ =][\"']?[\w.@-]{1,40}:\Z")
_SHELL = re.compile(r"\b(?:mysql\w*|sshpass|docker login)\b[^\n]{0,80} -p ?\Z")
_SIGNED_IN = re.compile(
    r"\b(?:log[ -]?|logged |sign[ -]|signed )in(?:to)?\b[^!?\n]{0,50}\b(?:as|is|with(?= \S+@)|user(?:name)?|e?-?mail)"
    r" \S{2,40} (?:with|using|and|/|,)(?: the)? \Z",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"\b(?:account|portal|app|mailbox|laptop|phone|profile|vault|wallet|archive|safe)\b[^!?\n]{0,60}"
    r"\b(?:opens?|opened|unlocks?|unlocked) with \Z",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?:[/:|,] ?|-p ?|\b(?:with|using|and|the|in|then|say|use|used|try|tried|input|tap|tapped|key|keyed|\w{0,5}type"
    r"|typed|typing|\w{0,5}enter|entered|entering|press|pressed|punch|punched) )\Z",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"\s*\Z|\n|\s+[^a-z\s]")
_GRAMMAR = re.compile(r"\b(?:the|and|your?|with|that|this|them|they|for|are|not|can|from|have|will|but|all|any|one)\b")
_SET_AS = re.compile(r"[:=]\s?[\"'“]?\Z")
_QUERY = re.compile(r"[?&;][\w-]{0,20}(?:password|pwd|token|secret|key)=", re.IGNORECASE)
_NEXT_NAME = re.compile(r"&\w+=")


def told(match: re.Match[str]) -> bool | None:
    """Judge a match of `BARE` or `QUOTED`: whether what stands around it says that it is a secret."""
    start, end = span(match)
    text, value = match.string, match.string[start:end]
    ahead, behind = nouns.before(text, start), nouns.behind(text, end)
    base = max(0, start - nouns.WINDOW)
    before = named.unlisted(text[base:start].rstrip(named.MARKS))
    lead = _LEAD.search(before[-12:])
    if not ahead and not behind and not lead:
        return None
    if match.re is QUOTED:
        shape = secrets.Shape.WORDS if len(value) >= 4 and secrets.words(value) else None
    else:
        shape = secrets.shape(value)
    window = text[end : end + nouns.WINDOW]
    after = window.lstrip(named.MARKS)
    if shape is None or (shape is secrets.Shape.FIGURES and _UNIT.match(after)):
        return None
    place = named.Place(value, shape, before, base, after, end + len(window) - len(after))
    said = named.ahead(place, ahead) or named.behind(place, behind) or (lead and _used(place, ahead))
    return True if said and not _NEVER.search(text, base, start) else None


def plain(match: re.Match[str]) -> bool | None:
    """Judge a match of `PLAIN`: words that speak of a secret are none."""
    if match["seed"]:
        return True if len(_GRAMMAR.findall(match["seed"])) < 3 else None
    value = match[str(match.lastgroup)]
    return True if secrets.words(value.replace(" the ", " ") if match["quoted"] else value) else None


def span(match: re.Match[str]) -> tuple[int, int]:
    """Return where a secret stands in a match: without the stop that ends the sentence, and the next one's name."""
    start, end = match.span(str(match.lastgroup))
    if query := _QUERY.search(match.string, start, end):
        start = query.end()
    more = _NEXT_NAME.search(match.string, start, end + 40)
    value = match.string[start : min(end, more.start()) if more else end]
    ends = _SENTENCE_END.match(match.string, end) and not _SET_AS.search(match.string[max(0, start - 4) : start])
    kept = value.rstrip("!?.:…" if ends else ".:…")
    if kept[:-1].isdigit():
        kept = kept.rstrip("#*")
    return start, start + len(kept)


def name(match: re.Match[str]) -> str:
    """Return the noun nearest to a secret, which shows it without giving it away."""
    start, end = span(match) if match.lastgroup == "told" else match.span()
    found = [*nouns.before(match.string, start), *nouns.behind(match.string, end)]
    return match.string[found[0].start : found[0].end] if found else "login"


def _used(place: named.Place, ahead: list[nouns.Noun]) -> bool:
    """Return whether it is what one logs in with, opens an account with, or types at a door or for a voicemail."""
    if place.figures:
        if not _ENTERED.search(place.before) or len(place.value) > 9:
            return False
        asked = not place.year and any(one.kind in {"both", "figures", "code"} for one in ahead)
        near = f"{place.before} {place.after[:60]}"
        return bool((asked and _FOLLOWED.match(place.after)) or nouns.ENTRY.search(near))
    if place.shape not in named.JOINED:
        return False
    before, strong = place.before, place.shape is secrets.Shape.STRONG
    typed = strong and _ENTERED.search(before) and any(one.kind in {"word", "typed"} for one in ahead)
    if typed or _SHELL.search(before) or _OPTION.search(before) or _OPENS.search(before):
        return True
    if _SIGNED_IN.search(before):
        return strong or len(place.value) >= 8
    pair = _PAIR.search(before)
    return strong and pair is not None and (" " in pair[0] or secrets.kinds(place.value)[3])


FINDERS = (
    finder.Finder("safety.secret", QUOTED, told, hints.FIRST, sieve=hints.sieve, span=span),
    finder.Finder("safety.secret", BARE, told, hints.FIRST, sieve=hints.sieve, span=span),
    finder.Finder("safety.secret", PLAIN, plain, _NEEDS, _STARTS, sieve=hints.sieve, span=span),
)
"""In the order of search: a quoted word is not looked for again."""
