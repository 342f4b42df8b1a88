"""Unsafe content without a network: plain threats, hate, sexual text, directions for harm, and jailbreak prompts.

A list of our own: word-list packages take swear words for harm and miss harm in polite words. It is written to
hardly ever err on ordinary texts and finds the blunt cases alone; `docs/checks.md` has the figures. An endpoint's
moderation finds more: `moderated` reads its answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from synthgen.checks import Verdict, loosened

if TYPE_CHECKING:
    import polars as pl

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
        rf"|\b(?:i|we)(?:['’]ll| will| (?:am|are) going to|['’](?:m|re) going to) (?:\w+ ){{0,8}}?"
        r"(?:and )?(?:hurt|kill|stab|shoot|beat|attack"
        r"|punch) (?:the first|everyone|everybody|anyone|someone|somebody|one of you|all"
        r" of you|every one of you|your \w+)\b"
        r"|\b(?:i|we)(?:['’]ll| will| (?:am |are )?going to|['’](?:m|re) going to) (?:\w+"
        r" )?(?:burn|blow|smash|torch|set fire to) (?:\w+ )?"
        r"(?:your|his|her|their|this|the whole) (?:\w+ )?(?:house|home|flat|office|shop|store"
        r"|building|place|bank|family|car)\b"
        r"|\b(?:burn|blow) (?:\w+ ){1,3}(?:house|home|office|shop|building|branch) (?:down|up)\b"
        r"|\b(?:bring(?:ing)?|take|taking|come with|coming with|carry(?:ing)?|use|have) "
        r"(?:my|a|the) (?:\w+ )?(?:gun|rifle|pistol|shotgun|knife|axe"
        r"|machete|baseball bat) (?:to|into|with me to|next time|for|on|in) (?:the|your|my"
        r"|that) (?:\w+ )?(?:desk|office|branch|school|shop|store"
        r"|bank|counter|meeting|work|you)\b"
        r"|\b(?:i|we)(?:['’]ve| have|['’]ve got| have got| put| left| planted| hid| am leaving) (?:\w+ )?a bomb\b"
        r"|\b(?:his|her|your|their) (?:kids|children|family|wife|husband|daughter|son|sister"
        r"|mother) (?:will|might|could) (?:be found|disappear"
        r"|have an accident|get hurt|be hurt|be killed|die|suffer|pay for it)\b"
        r"|\b(?:i|we) know where (?:your|his|her|their|that|the) (?:\w+ )?(?:\w+ )?(?:lives?"
        r"|goes to school|sleeps?|parks?)\b"
        r"|\b(?:you(?:['’]ll| will)|he(?:['’]ll| will)|she(?:['’]ll| will)|they(?:['’]ll"
        r"| will)) (?:regret it|be sorry) when (?:i|we) (?:find|get|come|see)\b"
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
        r"|\b(?:people|folk|those|foreigners|all|guys|lot) (?:from (?:that|your|this|\w+)"
        r" (?:country|continent|race|religion)|of (?:that|your|this)"
        r" (?:kind|race|religion|colou?r|sort)) (?:are|is) (?:(?:all|just|nothing but|only) ){0,2}"
        rf"{_LOW}\b"
        r"|\b(?:should|must|ought to) (?:all )?be (?:wiped out|exterminated|gassed|put down"
        r" like|shot like|hanged|lynched|sterili[sz]ed)\b"
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
        r" (?:myself|yourself|oneself)|commit suicide|cut (?:myself|yourself)|hang (?:myself"
        r"|yourself)|starve (?:myself"
        r"|yourself)|end (?:my|your) (?:own )?life)\b"
        r"|\b(?:cut(?:ting)?|burn(?:ing)?) (?:your|my) (?:wrists?|arms?|thighs?|skin)\b|\bslit (?:your|my) wrists?\b"
        r"|\b(?:hide|hiding|conceal\w*) (?:\w+ ){0,3}(?:self-harm|cuts|scars)\b|\blethal (?:dose|overdose) of\b"
        r"|\b(?:nobody|no one|no-one) (?:would|will) (?:even )?(?:miss|mourn|notice if) you\b"
        r"|\b(?:everybody|everyone|the world|they|we|people|your \w+) (?:would|will|['’]d)"
        r" (?:all )?be (?:glad|happy|happier|better off|relieved)"
        r" (?:if you (?:ended|died|were dead|were gone|killed|jumped)|without you)\b"
        r"|\byou (?:should|might as well|can|could|ought to|had better) (?:just |simply "
        r"|really )?(?:end it all|end your life|kill yourself|hang yourself"
        r"|jump off|take your (?:own )?life|not wake up)\b"
        r"|\bpro-?(?:ana|mia|suicide)\b|\bgo kill yourself\b|\bkys\b"
    ),
    "weapon": (
        r"\b(?:build|make|making|building|construct|assemble|create|creating|detonate|plant"
        r"|prepare) (?:\w+ ){0,3}?(?<!bath )"
        r"(?<!cherry )(?<!smoke )(?:bombs?|explosives?|explosive device|molotovs?|molotov cocktails?|grenades?"
        r"|nerve (?:gas|agent)"
        r"|sarin|ricin|mustard gas|chlorine gas|poison gas|napalm|anthrax|ghost guns?|silencers?|thermite"
        r"|weapon of mass \w+)\b"
        r"|\b(?:throw|throwing|hurl|lob|toss|bring) (?:\w+ ){0,3}?(?:petrol bombs?|molotovs?"
        r"|grenades?|fire ?bombs?)\b"
        r"|\b(?:fill|soak|stuff) (?:\w+ ){1,4}(?:with|in) (?:petrol|gasoline) (?:\w+ ){0,6}(?:rag|wick|light it)\b"
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
        r"|\b(?:put|putting|mix|mixing|slip|slipping|add|adding|grind|stir|drop|pour) (?:\w+"
        r" ){0,3}?(?:ground glass|broken glass|poison|rat poison"
        r"|antifreeze|arsenic|cyanide|thallium|bleach|sedatives?|sleeping pills?|something"
        r"|a powder|drugs) (?:in|into|to) "
        r"(?:his|her|their|my (?:\w+ )?\w+['’]s|somebody['’]s|someone['’]s) (?:food|drink"
        r"|tea|coffee|soup|meal|glass|wine|dinner|water)\b"
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
    "crime": (
        r"\b(?:send|sending|show|give|build|make|set up|create) (?:\w+ ){0,4}?(?:false|fake"
        r"|phishing|cloned|forged|copied) (?:\w+ )?(?:login|log-?in|sign-?in"
        r"|bank|banking) (?:page|site|form|website|screen|mail)s?\b(?! are| is| can| may| look)"
        r"|\b(?:take|steal|grab|collect|capture|harvest|read|log) (?:\w+ ){0,3}?(?:passwords?"
        r"|logins?|pins?) (?:that |which )?(?:he|she|they) (?:types?"
        r"|enters?|puts?)\b"
        r"|\b(?:call|phone|ring|tell|write to|text|pose to) (?:her|him|them|old people|pensioners"
        r"|the old \w+) (?:as|that you are|pretending to be|and say"
        r" you are) (?:her|his|their|a|the) (?:grandson|granddaughter|grandchild|nephew|niece"
        r"|son|daughter|bank|police\w*)\b"
        r"|\b(?:fake|forge|forging|counterfeit|print) (?:\w+ ){0,2}?(?:passports?|banknotes"
        r"|prescriptions?|id cards?|money) (?:at home|yourself|so that|by)\b"
        r"|\b(?:pick|break) (?:\w+ )?(?:the lock|into) (?:of )?(?:his|her|their|your neighbou?r['’]s"
        r"|your ex['’]s|somebody['’]s|someone['’]s|a stranger['’]s) "
        r"(?:house|home|car|flat|account|phone)\b"
        r"|\b(?:install|put|hide) (?:a |an |some )?(?:keylogger|spyware|stalkerware|tracker"
        r"|hidden camera|spy app) (?:on|in|under) (?:his|her|their|your (?:wife"
        r"|husband|girlfriend|boyfriend|ex|boss|partner)(?:['’]s)?) (?:\w+)\b"
        r"|\b(?:launder|laundering) (?:the |your |dirty |drug )?(?:money|cash) (?:through|by|with)\b"
    ),
    "harm": (
        r"\b(?:put|putting|mix|slip|slipping|pour|drop) (?:\w+ ){0,3}?(?:drops|pills|powder"
        r"|tablets|roofies|ghb|ketamine|laxatives?) (?:\w+ )?(?:in|into)"
        r" (?:his|her|their|somebody['’]s|someone['’]s) (?:drink|glass|tea|coffee|food|wine|beer)\b"
        r"|\b(?:follow|stalk) (?:her|him|them) home (?:and|from|so|until|without|after)\b"
        r"|\b(?:kidnap|abduct|ambush|waterboard) (?:him|her|them|the (?:child"
        r"|girl|boy|kid)|a (?:child|girl|boy|kid))\b"
        r"|\b(?:threaten|blackmail) (?:him|her|them) (?:with|by|until|so that|to)\b"
        r"|\b(?:post|publish|share|leak|upload|send) (?:his|her|their) (?:\w+ ){0,2}(?:nudes?"
        r"|naked (?:photos|pictures)|private (?:photos|pictures))\b"
        r"|\b(?:write|tell|say to) (?:him|her|them) that you will (?:\w+ ){0,3}(?:publish"
        r"|post|hurt|send|kill|harm|expose|burn|beat)\b"
        r"|\bmix (?:\w+ ){0,4}(?:fertili[sz]er|ammonium nitrate|peroxide|chlorine|bleach)"
        r" (?:and|with) (?:\w+ ){0,2}(?:diesel|fuel|petrol|acetone|ammonia"
        r"|aluminium|vinegar) (?:\w+ ){0,4}(?:explo\w+|bomb|detonat\w*|gas|blast|fumes)\b"
        r"|\b(?:set fire to|burn down) (?:his|her|their|the|your) (?:\w+ ){0,2}(?:house|home"
        r"|shop|school|mosque|church|synagogue|shelter|camp|office|car)\b"
        r"(?! alarm)"
        r"|\b(?:swallow|take|eat) (?:all|every one of) (?:the|your|those) (?:\w+ )?(?:pills"
        r"|tablets|painkillers) (?:at once|together|with|and)\b"
        r"|\b(?:eat nothing|stop eating|don['’]t eat|live on water) (?:\w+ ){0,4}(?:until"
        r" your (?:bones|ribs)|to lose|for a (?:week|month)|and hide it)\b"
        r"|\b(?:hitler|the nazis|the holocaust|apartheid|slavery) (?:was|were) (?:\w+ )?"
        r"(?:right|justified|a hoax|a lie|good for|necessary|never happened)\b"
        r"|\b(?:smuggle|sneak) (?:\w+ ){0,3}(?:gun|knife|weapon|bomb|cocaine|heroin|drugs)"
        r" (?:\w+ ){0,2}(?:past|through|onto|into)\b"
        r"|\b(?:women|girls|wives|children) (?:\w+ ){0,2}(?:need|deserve) (?:to be (?:beaten"
        r"|hit|raped)|a (?:beating|slap|good beating))\b"
        r"|\b(?:hit|beat|slap|punch|kick) (?:your|his|her|the) (?:wife|child|kid|girlfriend"
        r"|dog|son|daughter|baby) (?:\w+ ){0,5}(?:so that|where|until|harder"
        r"|without leaving)\b"
        r"|\b(?:write|build|make|create|spread|deploy) (?:a |some )?(?:\w+ )?(?:ransomware"
        r"|malware|keylogger|computer virus|trojan|botnet) (?:that|to|which|and)\b"
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
_HINT = _LOOK.sub("", UNSAFE.pattern).replace(r"\b", r"(?-u:\b)").replace(r"\w", r"\S").replace("DAN", "dan")
"""The same without looks and with wider letters, for texts in small letters: polars is quicker so."""


def hinted(texts: pl.Series) -> pl.Series:
    """Return in which texts of a column something may be found."""
    import polars as pl

    text = pl.col("text")
    met = text.str.to_lowercase().str.contains(_HINT) | loosened.folded(text)
    return texts.rename("text").to_frame().select(met.fill_null(value=False)).to_series()


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
