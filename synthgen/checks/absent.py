"""An input that a text speaks of and does not show.

An audit of the 9,229 rows that AlpaGasus (Chen et al. 2023) keeps of Alpaca found 377 such rows. English only.

Two lists make the patterns: what can lie beside a request (`_THINGS`, `_ITEMS`), and how it is named there: pointed at
("the following text", "the list below"), or meant ("the review", "both letters", "my notes"). What is pointed at is an
input in anybody's mouth. What is meant is one only where somebody answers: customers speak of letters, too.
"""

from __future__ import annotations

import re


def _one_of(*parts: str) -> str:
    return f"(?:{'|'.join(parts)})"


_THINGS = (
    "text|passage|paragraph|article|excerpt|extract|abstract|essay|e-?mail|letter|message|tweet|review|comment|statement|sentence|poem"
    "|story|fable|tale|verse|stanza|speech|dialogue|conversation|discussion|transcript|interview|recording|audio|call|minutes|notes"
    "|report|document|contract|invoice|receipt|log|code|function|program|script|snippet|query|equation|expression|chart|graph|diagram|data"
    "|dataset|data set|spreadsheet|list|table|sequence|series|string|picture|photo|photograph|image|screenshot|drawing|painting|cartoon|joke"
    "|riddle|puzzle|quote|quotation|headline|caption|advert|advertisement|description|draft|translation|summary|context|r[eé]sum[eé]|job offer"
    "|figures|presentation|application|bullet point|complaint|argument|recipe|line|blog post|lyrics|feedback|abstract|paper|thesis"
)
"""What can lie beside a request and be called "the text" or "these lines" then."""
_ITEMS = (
    "post|word|number|item|phrase|song|news|facts|information|input|array|note|scenario|sample|figure|clue|map|schedule|timetable|chapter"
    "|survey|result|ingredient|transaction|clause|book|questions?|options?|statistics|measurements|events|steps|names|values|dates|terms"
)
"""What must be pointed at, for people speak of it in general."""
_THING, _ANY = rf"(?:{_THINGS})(?:e?s)?", rf"(?:{_THINGS}|{_ITEMS})(?:e?s)?"
_WORD = r"[\w'’-]+"
_START = r"(?:^|[.!?]\s+)"
_PLEASE = r"(?:(?:please|kindly|now|then|next|first|just|can you|could you|would you|will you) )*"

_TASKS = (
    "summari[sz]e|rewrite|rephrase|paraphrase|translate|classify|categori[sz]e|edit|proofread|correct|convert|extract|analy[sz]e|identify"
    "|simplify|shorten|rank|sort|reorder|rearrange|arrange|unscramble|complete|evaluate|compare|solve|calculate|refactor|debug|find|list|name"
    "|count|highlight|underline|circle|remove|replace|format|read|review|critique|label|tag|answer|explain|describe|determine|detect|predict"
    "|combine|fill in|improve|restate|reword|condense|generate|write|create|construct|make|turn|give|fix|merge|join|split|punctuate"
    "|capitali[sz]e|expand|interpret|check|number|group|decode|transcribe|caption|guess|spot|mark|match|choose|pick|select|use|annotate"
    "|optimi[sz]e|test|rate|score|grade|continue|finish|look at|study|examine|work out|tell|say|outline|add|change|order|spell|plot|draw"
    "|parse|clean up|tidy up|polish|lengthen|deduce|infer|quote|state|show|get|put|bring|pull|go through|go over|reply|respond|comment|break"
    "|assess|judge|verify|cut|trim|look up|sum up|spell out|retell|illustrate|reverse|consider|decide|rephrase|reformulate|draft|compose"
)
_WORK = "translate|summari[sz]e|rewrite|rephrase|paraphrase|proofread|simplify|shorten|condense|punctuate|reformulate|reword|debug|refactor"
"""Work that is done on a text, and on nothing else."""
_TASK = rf"(?:^|[.!?:\n][ \t]*|,\s+|\bplease |\byou |\bto |\band |\bthen )(?:{_TASKS})\b[^.!?\n]{{0,80}}?\b"
_USING = r"(?:^|[.!?\n][ \t]*)(?:given|using|based on|according to|from|in|read|look at|consider(?:ing)?|with|for)\b[^.!?\n]{0,40}?\b"
_LIMITS = (
    "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|fifty|a hundred|a thousand|average|to|by"
    "|freezing|sea|ground|par|that|your|my|our|his|her|their|its"
)
"""What numbers and levels lie below, and to whom somebody gave a text."""
_AHEAD = (
    rf"(?:following|below|attached|enclosed)(?: (?!day|week|month|year){_WORD}){{0,2}}? {_ANY}\b",
    rf"(?<!\ba )(?<!\ban )(?<!any )(?<!each )(?:given|provided)(?: {_WORD}){{0,1}}? {_ANY}\b(?! (?:limit|count|length))",
    rf"{_ANY} (?:below|that follows?|provided|given(?: here| below)?|attached|shown here)\b(?! (?:the|\d|{_LIMITS}))",
    r"(?:mentioned|shown|listed|named|described|pasted|quoted) below\b",
    rf"{_ANY} (?:provided|given) (?=to (?:work|find|calculate|compute|answer|determine|draw|write|create|make|solve|plot)\b)",
    rf"(?<=\bgiven )(?:the|this|these) (?:{_WORD} ){{0,2}}?{_ANY}\b(?: of {_WORD})?(?=[,.])",
)
_BEHIND = (
    r"(?:mentioned|shown|listed|named|described|pasted|quoted) above\b",
    rf"above(?: {_WORD})? {_ANY}\b",
    rf"{_ANY} above\b(?! (?:the|\d|all|average))",
)
_THIS = rf"{_START}{_PLEASE}(?:{_TASKS}) (?:this|these) {_ANY}\b(?! (?:that|which|about|of|from|on|for|with)\b)"

_KINDS = (
    r"\w+['’]s|two|three|four|five|whole|entire|short|long|first|second|third|last|next|same|original|given|above|blog|news|product|meeting|sales|customer"
    "|support|chat|phone|court|cover|motivation|shopping|lecture|company|student|source|input|sample|example|final|full|quarterly|annual|weekly"
    "|monthly|financial|medical|legal|job|press|python|bar|pie|line|price|survey|error|server|raw|rough|old|new|little|book|film|movie|restaurant"
)
_ITS = rf"(?:(?:the|this|these|both|those|my|our) (?:(?:{_KINDS}) ){{0,2}}|(?:this|these) {_WORD} ){_THING}"
_GOES_ON = (
    r"(?=\s*[.?!,]|\s*$| (?:and|or|to (?!work)|into|as|by|with|without|so|below|above|here|given|alphabetically|is|are|was|were|do|does|did|has|have"
    r"|says?|tells?|shows?|means?|changes?|describes?|begins?|starts?|ends?|suggests?|implies|imply|contains?|mentions?|looks?|sounds?"
    r"|makes?|fits?|conveys?|evokes?|portrays?|depicts?|expresses?|uses?|refers?|contradicts?|agrees?|differs?|supposed|positive|negative|true|false|correct|wrong|polite|formal|convincing|grammatical"
    r"|more|less|allow|answers?|supports?|i(?:['’]ve| have)? (?:pasted|sent|gave|given|wrote|written|attached|shared|provided|uploaded)|for (?:me|an?|my|people|children|(?:\w+ )?\w+(?=\s*[.?!]|\s*$))|from (?:\w+ to|an?|the (?:point|perspective|view))|an? (?:title|name|headline|\w+ ending)"
    r"|in (?:an? (?:[\w-]+ ){1,3}(?:way|tone|manner|style|voice)|plain|simple|one|two|three|a few|your own|order|reported|everyday|easy"
    r"|german|french|spanish|english|polish|italian|latin|chronological|alphabetical))\b)"
)
"""What may come behind it: "the letter to the Romans" and "the list of kings" are known to all, and lie nowhere."""
_GENERAL = (
    r"(?!(?:how|where|when|why) (?:can|could|do|does|should|would|must|may|long|often|much does)? ?(?:i|we|you|one|people)\b|how long\b|where\b|when\b"
    r"|(?:can|could|may|must|shall|should|do|am|will|would) (?:i|we)\b|what (?:should|do|can|must) (?:i|we)\b|what should\b|is it\b|help\b"
    r"|(?:please )?(?:write|create|compose|draft|add|send|put|pay|bring|sign|cancel|print|open|resend|forward|close|confirm|take|order|tell a|make)\b)"
)
"""Who asks how a thing is done speaks of any text, and who wants a thing done of one that both know."""
_ASKS = rf"{_START}{_GENERAL}(?=[^.!?\n]*(?:\?|$)|{_PLEASE}(?:{_TASKS})\b)"
_BY_WRITER = "the (?:author|narrator|speaker|poet|writer)(?: of (?:the|this) (?:text|passage|poem|article|speech|letter|essay|story|excerpt))?"
_TEXTS = "texts|passages|paragraphs|sentences|poems|tables|pictures|images|lists|statements|articles|quotes"
_SHOWS = (
    "text|passage|paragraph|article|excerpt|table|chart|graph|diagram|picture|photo|image|cartoon|drawing|painting|conversation|dialogue"
    "|transcript|snippet|poem|essay|speech|quote|dataset|data"
)
"""Material that a request cannot mean in general, when it says "the table" and ends."""
_STOPS = r"(?=\s*[.?!]|\s*$)"

_OWN = "(?:essay|text|letter|cv|r[eé]sum[eé]|paragraph|poem|story|article|draft|homework|speech|sentence|translation|thesis|description|review|statement|argument)"
"""What somebody has written and wants looked at."""
_UNSAID = _one_of(
    # Work on "this" or "it", with nothing else said.
    rf"{_START}{_PLEASE}(?:{_WORK}) (?:this|it|that|these|the following|the above)(?: please| for me)?(?=\W*$| (?:into|to|in|as|so)\b[^:]*$)",
    rf"{_START}here (?:is|are) (?:my|the|a|an|some|our|two|three|four|five|several) (?:{_WORD} ){{0,2}}{_OWN}s?\b",
    rf"{_START}{_PLEASE}(?:{_WORK}|edit|critique) my (?:{_WORD} )?{_THING}(?=\s*[.?!]|\s*$|, | (?:into|to|as|by|using|with|and)\b)",
    rf"{_START}{_PLEASE}(?:fill in|complete) the (?:blanks?|gaps?|missing \w+|sentences?|table|equation)\W*$",
    rf"{_START}{_PLEASE}(?:continue|finish) the (?:story|poem|sentence|dialogue|list|sequence|paragraph|text|series)\W*$",
    rf"{_START}{_PLEASE}(?:{_TASKS})\b[^.!?\n]{{0,40}}?\bthe (?:two|three) (?:[\w-]+ )?(?:{_TEXTS})(?=\s*[.?!]|\s*$|, | (?:into|to|as|by|using|with|and)\b)",
    rf"{_START}{_PLEASE}(?:sort|rank|translate|convert|classify|arrange|order|group|rewrite|alphabeti[sz]e|multiply|add up|add)\b"
    r"[^.!?\n:]{0,30}?\bthese (?:[\w-]+ )?[a-z]+s(?=\W*$| (?:into|to|by|in|from|alphabetically|according|as|together)\b[^:]*$)",
    # Questions about what is on the page.
    rf"{_START}which (?:one )?of (?:the following|these|those|the above)\b(?![^?]*(?:,|:| or ))[^?]*\?\W*$",
    rf"{_START}(?:according to|based on|judging from|from|going by) (?:the|this|these) (?:{_SHOWS}|list|context|story|notes)s?,",
    rf"{_START}(?:what|which|who|how many|{_PLEASE}(?:{_TASKS}))\b[^.!?\n]{{0,50}}?\b(?:in|from|of) (?:the|this|these) (?:{_SHOWS})s?{_STOPS}",
    rf"{_BY_WRITER}['’]s (?:\w+ )?(?:tone|attitude|point|purpose|argument|view|opinion|intention|message|mood|thesis|claim)\b",
    rf"(?:does|did) {_BY_WRITER} (?:mean|feel|think|say|argue|suggest|compare|describe|want|use)\b",
    r"what (?:does|do|will|would) (?:the|this) (?:code|function|program|script|query|snippet|loop|expression) (?:print|return|output|produce)\b",
    r"the (?:underlined|highlighted|bold|bolded|italici[sz]ed|circled) (?:word|phrase|part|sentence|text|term)s?\b",
    r"(?:does|do|did|is|was) the (?:passage|text|excerpt|article|poem) (?:say|mean|about|describe|suggest|imply|tell|mention|mainly about)\b",
)
"""What speaks of an input in anybody's mouth, though it points at nothing."""
_DEFINITE = _one_of(
    rf"{_ASKS}[^.!?\n]{{0,90}}?\b{_ITS}{_GOES_ON}",
    rf"{_ASKS}[^.!?\n]{{0,60}}?\b{_one_of(*_AHEAD)}",
    rf"{_START}{_PLEASE}(?:write|create|generate|compose|draft|make) [^.!?\n]{{2,60}}?\b(?:this|these) (?:{_WORD} )?{_THING}{_GOES_ON}",
    rf"{_START}{_PLEASE}(?:write|create|compose|make|draft) (?:an?|the|some|my|two|three|five) [^.!?\n]{{2,40}}? (?:to|for|of|about|on|from|out of) {_ITS}(?=\s*[.?!,]|\s*$)",
    rf"{_START}{_PLEASE}(?:write|put) {_ITS} in(?:to)? (?:reported|direct|passive|past|present|plain|order|the)\b",
    rf"{_START}{_PLEASE}make {_ITS} (?:more|less|shorter|longer|sound|clearer|simpler|funnier)\b",
    # Work on what is somebody's, or on what is not even named.
    rf"{_START}{_PLEASE}(?:translate|rewrite|proofread|correct|shorten|polish|improve|edit|give (?:me )?feedback on|review|grade|rate|tidy up|check|comment on)\b"
    r"[^.!?\n]{0,40}? my (?!own\b)[a-z]+ ?(?:letter|essay|offer|post|speech)?(?=\s*[.?!,]|\s*$| (?:into|to|for (?:mistakes|errors|typos)|so that|and)\b)",
    rf"{_START}{_PLEASE}(?:rewrite|reword|rephrase|translate|paraphrase|summari[sz]e) (?:in|into|to|from|using|as) (?!the (?!past|present|passive|active|first|third|style)\b)[^.!?:\n]{{3,40}}$",
    rf"{_START}i(?:['’]ve| have) (?:pasted|attached|enclosed|included|uploaded|copied)(?: you)? (?:the|my|our|an?|some|two|three) [^.!?:\n]{{2,60}}{_STOPS}",
    rf"{_START}which (?:one )?of the (?:\w+ )?[a-z]+s (?:listed|shown|given|mentioned|described)\b(?! (?:in|on|at|by|under|as|to)\b)",
    rf"{_START}{_PLEASE}(?:{_TASKS}) (?:the following|the above)(?=\s*[.?!]|\s*$| (?:more|less|sound|into|in|as|so|shorter|to)\b)",
    # Parts of it.
    r"\bfrom the (?:\w+ )?(?:below|above)\b|\b(?:the|this|my) (?:attached|enclosed) \w+",
    r"\b(?:last|first|second|third|next) (?:line|paragraph|sentence|verse|stanza)(?=\s*[.?!,]|\s*$| (?:leave|mean|say|of the (?:text|poem|story|passage))\b)",
    r"(?:the|a) (?:word|phrase|part|term|sentence|verb|noun)s? in (?:bold|italics|brackets|capitals|red|green|blue)\b",
    rf"{_START}{_PLEASE}(?:underline|circle|highlight|mark|fill in|insert|supply|find) (?:all )?the (?:missing |stressed )?(?:verb|noun|adjective|adverb|preposition"
    rf"|pronoun|subject|object|word|article|comma|blank|gap|letter|syllable|mistake|error|typo)s?(?:{_STOPS}|,| in (?:the|these)\b)",
    rf"{_BY_WRITER} (?:mentions?|gives?|uses?|says?|describes?|makes?|lists?|names?|means?|argues?|claims?|afraid|feels?|feel)\b",
    rf"{_START}(?:why|how|what|who|where) (?:is|was|does|did) {_BY_WRITER}\b(?! of\b)",
    # Questions that point at the page.
    rf"{_START}(?:which \w+|what|who|how many [\w ]{{1,20}}) (?:is|are|does|do) (?:being |not )?(?:\w+ )?(?:here|in this one){_STOPS}",
    r"\bwhat(?:['’]s| is) wrong (?:with|in) (?:this|the|my) (?:code|function|program|script|query|sentence|equation|snippet|table|picture)(?=\s*[.?!,]|\s*$)",
    r"\bwhat (?:do )?you see (?:in|on) (?:the|this) (?:picture|photo|image|chart|graph|map|drawing|screenshot)\b",
    rf"{_START}(?:what|why|how|which|who|where|when)\b[^.?!\n]{{0,60}}?\b(?:{_THINGS}|{_ITEMS})s? (?:above|below)(?=\s*[.?!,]|\s*$)",
    rf"{_START}{_PLEASE}answer (?:all )?(?:the|these|my) (?:following )?questions?(?=\s*[.?!]|\s*$| (?:using|based|from|with|in|about the {_THING})\b)",
    # Choices, numbers and orders that are not there.
    rf"{_START}{_PLEASE}(?:calculate|compute|work out|find|what is|determine|give) (?:the )?(?:\w+ )?(?:average|mean|median|mode|sum|total|range|maximum|minimum|largest|smallest)"
    rf" (?:\w+ )?(?:of|in|from) (?:these|those|the) (?:[\w-]+ ){{0,2}}(?:numbers|values|scores|figures|data|results|readings|measurements|amounts|prices|grades|marks){_STOPS}",
    rf"{_START}{_PLEASE}(?:pick|find|choose|spot|name|mark|which is|what is) the odd (?:one|word|number) out{_STOPS}",
    rf"{_START}{_PLEASE}(?:rank|compare|sort|order|rate|group) (?:the|these|both|those) (?:two |three |four |five )?(?:candidates|options|choices|offers|answers"
    r"|products|items|names|words|numbers|cities|countries|animals|colou?rs|foods|planets|people|teams)(?=\s*[.?!,]|\s*$| (?:by|from|into|in|according|and)\b)",
    rf"{_START}which (?:one )?of (?:these|those)(?: (?:two|three|four|five|six))? [a-z]+s\b(?![^?]*(?:,|:| or ))[^?]*\?\W*$",
    rf"{_START}which (?:one )?of the (?:(?:two|three|four|five|six|following) )?(?:options|choices|sentences|statements|words|answers|texts|pictures|images|candidates"
    r"|offers|claims|headlines|numbers)\b(?![^?]*(?:,|:| or ))",
    rf"{_START}which (?:sentence|statement|line|option|paragraph) (?:is|are|does|has|contains|shows|best|fits|means|about)\b(?![^?]*(?:,|:| or ))",
    rf"{_START}what is the (?:missing|next) (?:word|number|letter|figure|term|item)(?: in the (?:row|sequence|series|sentence|table|equation|pattern|list|line))?{_STOPS}",
    rf"{_START}what do (?:these|those|the) (?:two |three |four |five )?(?:words|numbers|sentences|pictures|texts|lines|images|statements|names) have in common",
    rf"{_START}{_PLEASE}(?:put|arrange|rearrange|bring|get) the (?:events|steps|sentences|words|paragraphs|lines|items|verses|letters|pictures)(?: of (?:the|this) \w+)?"
    r" (?:in(?:to)? (?:the |a )?(?:right |correct |chronological |logical |alphabetical )?order|to (?:form|make))\b",
)
DEFINITE = re.compile(_DEFINITE)
"""Work on, and questions about, one thing that the asker has before him: it counts only where somebody answers."""
_POINTED = rf"(?:{_TASK}|{_USING})"
ABSENT = re.compile(
    rf"(?P<ahead>{_POINTED}{_one_of(*_AHEAD)}|{_THIS})|(?P<unsaid>{_UNSAID})|(?P<behind>{_POINTED}{_one_of(*_BEHIND)})"
)
POINTED = tuple(re.compile(one.replace(r"(?<=\bgiven )", "given ")) for one in (*_AHEAD, *_BEHIND))
"""One of these the first of the parts needs."""
ABSENT_PARTS = tuple(re.compile(one) for one in (_POINTED + _one_of(*_AHEAD, *_BEHIND), _THIS, _UNSAID))
"""The same in parts: a column is searched faster for each of them than for all at once."""
POINTS = ("following", "below", "attached", "enclosed", "given", "provided", "that follow", "above", "shown here")
"""What the first of them cannot match without."""
_SHOWN = re.compile(
    r"[\"“«„‘][^\"”»“’\n]{3,}[\"”»“’]|(?<!\w)'[^'\n]{3,}'(?!\w)|`[^`]+`|https?://|\n[ \t]*[-*•\d]"
    r"|\d[^.!?]{0,200}[,=+*/x×][^.!?]{0,200}\d|_{2,}|\.\.\.|…"
)
"""Something that is shown in the text itself: in quotes or backticks, as a link, a list or numbers."""
_PROGRAM = re.compile(
    r"\b(?:function|program|script|algorithm|method|query|class|regex|formula)s?\b.*\bgiven\b", re.IGNORECASE
)
"""What a program is to be given is no input of the request."""
_ENCLOSED = re.compile(r"\bwith\b[^.!?]*\b(?:attached|enclosed)\b")
"""Nor is what a letter is to go with."""
_ASKED_TOO = re.compile(rf"[^.!?\n]*\?|(?:^|(?<=[.!?\n])) *{_PLEASE}(?:{_TASKS})\b[^.!?\n]*[.!]?")
"""Questions and tasks: none of them is an input."""
LEAST_SHOWN = 6
"""Words after the sentence that speaks of an input, or before it, from which they may be that input."""


def absent_input(text: str, *, answered: bool = False) -> str:
    """Return the words that speak of an input which the text itself does not show, or nothing.

    Args:
        text: what may ask.
        answered: whether there is an answer to it, so that it asks for certain.
    """
    plain = text.lower()
    found = None if _SHOWN.search(text) else ABSENT.search(plain) or (DEFINITE.search(plain) if answered else None)
    if not found or _PROGRAM.search(found.group()) or _ENCLOSED.search(found.group()):
        return ""
    after = found.string[found.end() :]
    colon = re.search(r"[:\n]", after)
    if colon and len(after[colon.end() :].split()) >= 1:
        return ""
    rest = re.split(r"[.!?](?:\s|$)|[–—]", after, maxsplit=1)
    definite = found.re is DEFINITE
    before = found.string[: found.start()] if definite or found["behind"] or found["unsaid"] else ""
    later = rest[1] if len(rest) > 1 else ""
    if definite or found["unsaid"]:  # what else is asked is no input, nor what the same sentence says
        later = _ASKED_TOO.sub("", later)
        before = before[: 1 + max(before.rfind(mark) for mark in ".!?\n")]
    if len(later.split()) >= LEAST_SHOWN or len(before.split()) >= LEAST_SHOWN:
        return ""
    return " ".join(found.group().strip(" .!?:\n,").split())
