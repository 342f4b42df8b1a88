"""Unsafe content without a network: plain threats, hate, sexual text, directions for harm, and jailbreak prompts.

A list of our own: word-list packages take swear words for harm and miss harm in polite words. It is written to
hardly ever err on ordinary texts and finds the blunt cases alone; `docs/checks.md` has the figures. An endpoint's
moderation finds more: `moderated` reads its answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from synthgen.checks import Verdict

_BODY = r"(?:you|him|her|your (?:family|kids?|children|wife|mother|parents|house))"
_SOMEBODY = (
    r"(?:people|someone|somebody|a (?:person|man|woman|child|kid|baby|human)|(?:my|your|his|her"
    r"|the) (?:\w+ )?(?:wife|husband"
    r"|boss|neighbou?r|girlfriend|boyfriend|ex|victims?|children|kids|mother|father|enemy|enemies|target))"
)
_GROUP = (
    r"(?:jews|muslims|blacks|black people|african[- ]americans|immigrants|migrants|refugees|gays?|homosexuals"
    r"|lesbians|lgbt"
    r"|women|mexicans|arabs|asians|hispanics|latinos|indians|chinese people|transgenders|trans(?:gender)? people"
    r"|gypsies"
    r"|christians|foreigners|disabled people|people with disabilities|(?:ethnic |religious )?minorit(?:y groups|ies)"
    r"|lgbtq\w*"
    r"(?: people| communities)?|homosexuality|transgenderism|gender identities)"
)
_LOW = (
    r"(?:inferior|subhuman|sub-human|vermin|parasites?|scum|filth|filthy|dirty|disgusting|savages?|barbaric"
    r"|criminals|rapists"
    r"|terrorists|thieves|lazy|stupid|dumb|unintelligent|violent by nature|a (?:plague|disease|cancer|burden|threat)"
    r"|not (?:fully )?human|animals|harmful|deviants?|deviant|perver(?:ts|sion|se)|abominations?|unnatural|immoral"
    r"|sinful)"
)
_PATTERNS = {
    "threat": (
        r"\b(?:i|we)(?:['’]ll| will| (?:am |are )?(?:going to|gonna)|['’](?:m|re) (?:going to"
        r"|gonna)) (?:\w+ )?(?:kill|murder|stab"
        rf"|shoot|strangle|behead|rape|hurt|slaughter) {_BODY}\b"
        r"|\byou (?:deserve to|should|will|are going to|['’]re going to|must) die\b(?! in| of| from)"
        r"|\b(?:i|we) know where you live\b|\byou(?:['’]re| are) (?:a )?dead (?:man|woman|meat)\b"
        rf"|\b(?:kill|exterminate|eradicate|gas|hang|shoot|lynch) (?:all |every |the |those |these ){{1,2}}{_GROUP}\b"
    ),
    "hate": (
        r"\b(?:nigg(?:er|a)s?|fagg?ots?|kikes?|spics?|gooks?|wetbacks?|towelheads?|ragheads?|pakis|shemales?"
        r"|untermensch(?:en)?"
        r"|chinks(?! in)|sieg heil|heil hitler|white power|race traitors?|feminazis?)\b"
        rf"|\b{_GROUP} (?:are|is|were) (?:(?:all|just|nothing but|simply|inherently|naturally|often|mostly"
        rf"|genetically|so|too|more"
        rf"|less|a bunch of|the) ){{0,2}}{_LOW}\b"
        rf"|\b{_GROUP} (?:should|must|need to|ought to) (?:all )?(?:be (?:deported|eliminated|banned|removed"
        rf"|exterminated"
        r"|sterilized|discouraged|avoided|segregated|stripped)|go back|stay in the kitchen)\b"
        rf"|\b{_GROUP} (?:should not|shouldn['’]t|do not|don['’]t|must not) (?:be allowed|belong|deserve)\b"
        r"|\b(?:white|aryan|racial) (?:supremacy|race) (?:is|must|will)\b|\bsuperior race\b|\binferior races?\b"
    ),
    "sexual": (
        r"\b(?:his|her|my|your|hard|throbbing) (?:cock|dick|pussy|cunt|clit|erection|nipples?)\b|\bblow ?jobs?\b"
        r"|\bhand ?jobs?\b"
        r"|\b(?:deep ?throat|gang ?bang|cum ?shots?|creampie|cunnilingus|fellatio|rimjob|pegging him)\b"
        r"|\b(?:fuck|fucked|fucking) (?:me|her|him) (?:hard|harder|deep|senseless|until)\b"
        r"|\b(?:thrust(?:s|ing|ed)?|slid(?:es?|ing)?) (?:\w+ ){0,2}(?:inside|into|deep in) (?:her|him|me|you)\b"
        r"|\bunder (?:her|his) (?:shirt|skirt|panties|bra)\b|\b(?:her|his) (?:bare |naked )?(?:thighs|breasts|crotch"
        r"|groin)\b"
        r"|\bmoan(?:s|ed|ing) (?:with|in|of) pleasure\b|\bsexually arous\w+|\borgasm(?:s|ed|ing)\b"
    ),
    "self-harm": (
        r"\b(?:how|ways?|methods?|guide|steps|want|going|plan(?:ning)?|easiest"
        r"|quickest) (?:\w+ ){0,3}?to (?:\w+ ){0,2}(?:kill"
        r" (?:myself|yourself|oneself)|commit suicide|cut (?:myself|yourself)|hang (?:myself|yourself)|starve (?:myself"
        r"|yourself)|end (?:my|your) (?:own )?life)\b"
        r"|\b(?:cut(?:ting)?|burn(?:ing)?) (?:your|my) (?:wrists?|arms?|thighs?|skin)\b|\bslit (?:your|my) wrists?\b"
        r"|\b(?:hide|hiding|conceal\w*) (?:\w+ ){0,3}(?:self-harm|cuts|scars)\b|\blethal (?:dose|overdose) of\b"
        r"|\bpro-?(?:ana|mia|suicide)\b|\bgo kill yourself\b|\bkys\b"
    ),
    "weapon": (
        r"\b(?:build|make|making|building|construct|assemble|create|creating|detonate|plant"
        r"|prepare) (?:\w+ ){0,3}?(?<!bath )"
        r"(?<!cherry )(?<!smoke )(?:bombs?|explosives?|explosive device|molotovs?|molotov cocktails?|grenades?"
        r"|nerve (?:gas|agent)"
        r"|sarin|ricin|mustard gas|chlorine gas|poison gas|napalm|anthrax|ghost guns?|silencers?|thermite"
        r"|weapon of mass \w+)\b"
        r"|\b(?:pipe bomb|nail bomb|pressure cooker bomb|gunpowder charge)\b"
    ),
    "drug": (
        r"\b(?:cook|cooking|synthesi[sz]e|synthesi[sz]ing|synthesis of|make|making|manufacture|manufacturing|produce"
        r"|brew) "
        r"(?:\w+ ){0,2}?(?:meth|methamphetamine|crystal meth|heroin|fentanyl|mdma|lsd|lsd-25|crack cocaine|ghb|pcp)\b"
    ),
    "violence": (
        rf"\b(?<!can )(?<!could )(?<!may )(?<!might )(?<!would )(?:kill|killing|murder|murdering|stab|stabbing"
        rf"|strangle|strangling|behead|torture|torturing|poison|poisoning|maim|maiming"
        rf"|assassinate|dismember|suffocate|choke|beat up|knock out) {_SOMEBODY}\b"
        r"|\b(?:slit|cut|slash) (?:his|her|their|your|the) (?:\w+ )?throats?\b|\bbeat(?:en"
        r"|ing)? (?:\w+ ){1,3}to (?:death|a pulp)\b"
        r"|\bshoot(?:ing)? up (?:a|the|my|your) \w+|\b(?:dispose|disposing|get rid|getting rid) of (?:a|the|his"
        r"|her) (?:dead )?(?:body"
        r"|corpse)\b|\bmass (?:shooting|murder|casualt\w+) (?:plan|guide|at)\b|\bgouge (?:out )?(?:his|her|their"
        r"|your) eyes\b"
        r"|\b(?:maximi[sz]e|maximum|most|cause) (?:\w+ )?(?:casualties|bloodshed)\b|\bsnap (?:his|her|their"
        r"|your) neck\b"
        r"|\b(?:pools?|sprays?) of blood\b|\bblood (?:spray|spurt|gush)\w*\b"
    ),
    "jailbreak": (
        r"\b(?:ignore|disregard|forget) (?:all |any )?(?:of )?(?:the |your |my )?(?:previous|prior|above|earlier"
        r"|preceding|safety) "
        r"(?:instructions?|prompts?|rules|directions|guidelines|polic(?:y|ies))\b|\bdo anything now\b|\bDAN mode\b"
        r"|\bdeveloper mode (?:enabled|output|is on)\b|\b(?:no|without any|free of) (?:ethical|moral"
        r"|content) (?:restrictions|guidelines"
        r"|constraints|limits|filters)\b|\bjailbr(?:eak|oken) (?:mode|prompt|response)\b|\bunfiltered (?:and amoral"
        r"|ai|response)\b"
    ),
}
UNSAFE = re.compile(
    "|".join(f"(?P<{name.replace('-', '_')}>{form})" for name, form in _PATTERNS.items()), re.IGNORECASE
)

_LOOK = re.compile(r"\(\?<?!.*?\)")
HINT = "(?i)" + _LOOK.sub("", UNSAFE.pattern).replace(r"\b", r"(?-u:\b)").replace(r"\w", r"\S")
"""The same without looks and with wider letters: polars searches a whole column for it, and misses nothing."""


def find(text: str) -> tuple[str, str] | None:
    """Return the kind of unsafe content that a text holds, and the words that show it."""
    found = UNSAFE.search(text)
    return (str(found.lastgroup).replace("_", "-"), found.group()) if found else None


def moderated(result: Mapping[str, Any]) -> Verdict:
    """Read one entry of `results` in the answer of an OpenAI-compatible `/v1/moderations`.

    Args:
        result: `flagged`, `categories` (name to whether it was met) and `category_scores` (name to 0 … 1).

    Returns:
        The verdict; its score is the highest of the categories' scores.
    """
    scores = {name: float(score) for name, score in (result.get("category_scores") or {}).items() if score is not None}
    met = [name for name, hit in (result.get("categories") or {}).items() if hit]
    highest = max(scores.values(), default=None)
    if not result.get("flagged"):
        return None, highest, None
    said = ", ".join(sorted(met, key=lambda name: -scores.get(name, 0.0))) or "no category named"
    return "safety.unsafe", highest, f"moderation: {said}"
