"""An input that a text speaks of and does not show.

An audit of the 9,229 rows that AlpaGasus (Chen et al. 2023) keeps of Alpaca found 377 such rows. English only.
"""

from __future__ import annotations

import re

_TASKS = (
    "summari[sz]e|rewrite|rephrase|paraphrase|translate|classify|categori[sz]e|edit"
    "|proofread|correct|convert|extract|analy[sz]e"
    "|identify|simplify|shorten|rank|sort|reorder|arrange|unscramble|complete|evaluate"
    "|compare|solve|calculate|refactor|debug"
    "|find|list|name|count|highlight|underline|remove|replace|format|read|review|critique"
    "|label|tag|answer|explain|describe"
    "|determine|detect|predict|combine|fill in|improve|restate|reword|condense|generate"
    "|write|create|construct|make|turn|give"
    "|fix|merge|join|split|punctuate|capitali[sz]e|expand|interpret|check|number|group"
    "|decode|transcribe|caption|guess|spot|mark|match"
    "|choose|pick|select|use|annotate|optimi[sz]e|test|rate|score|grade|continue|finish"
    "|look at|study|examine|work out|tell|say|outline"
    "|add|change|order|spell|plot|draw|parse|clean up|polish|lengthen|deduce|infer|quote|state|show|get|put|bring"
)
_MATERIAL = (
    "article", "text", "passage", "paragraph", "sentence", "story", "poem", "essay", "e-mail", "email", "message", "letter",
    "document", "report", "review", "conversation", "dialogue", "transcript", "excerpt", "extract", "quote", "quotation",
    "statement", "headline", "tweet", "post", "speech", "abstract", "snippet", "code", "function", "program", "query", "list",
    "table", "dataset", "data set", "data", "word", "number", "item", "equation", "expression", "phrase", "comment", "image",
    "picture", "photo", "diagram", "chart", "recipe", "lyrics", "song", "paper", "book review", "news", "log", "minutes",
    "description", "facts", "information", "input", "sequence", "string", "array",
    "cartoon", "picture book", "joke", "riddle", "notes", "note", "context", "scenario", "sample", "figure", "clue", "verse", "line",
    "stanza", "graph", "map", "screenshot", "drawing", "painting", "schedule", "timetable", "chapter", "draft", "blog post", "feedback",
    "survey", "result", "ingredient", "bullet point", "interview", "transaction", "spreadsheet", "clause", "advert", "advertisement",
)  # fmt: skip
_MATTER = "|".join(_MATERIAL)
_LIMITS = (
    "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty"
    "|thirty|fifty|a hundred|a thousand|average|to|by"
    "|freezing|sea|ground|par|that|your|my|our|his|her|their|its"
)
"""What numbers and levels lie below, and to whom somebody gave a text."""
_TOLD = rf"(?:{_MATTER})(?:e?s)?"
_AHEAD = (
    rf"(?:following|below|attached)(?: (?!day|week|month|year)[\w'’-]+){{0,2}}? {_TOLD}\b"
    rf"|(?<!\ba )(?<!\ban )(?<!any )(?<!each )(?:given|provided)(?: [\w'’-]+){{0,1}}?"
    rf" {_TOLD}\b(?! (?:limit|count|length))"
    rf"|{_TOLD} (?:below|that follows?|provided|given|given below|attached)\b(?! (?:the|\d|{_LIMITS}))"
    rf"|{_TOLD} (?:provided|given) (?=to (?:work|find|calculate|compute|answer|determine"
    r"|draw|write|create|make|solve|plot)\b)"
    rf"|(?<=\bgiven )(?:the|this|these) (?:[\w'’-]+ ){{0,2}}?{_TOLD}\b(?: of [\w'’-]+)?(?=[,.])"
)
_BEHIND = rf"above(?: [\w'’-]+)? {_TOLD}\b|{_TOLD} above\b(?! (?:the|\d|all|average))"
_THIS = rf"(?:{_TASKS}) (?:this|these) (?:{_MATTER})s?\b(?! (?:that|which|about|of|from|in|on|for|with)\b)"
_SHOWS = (
    "text|passage|paragraph|article|excerpt|table|chart|graph|diagram|picture|photo"
    "|image|cartoon|drawing|painting|conversation|dialogue"
    "|transcript|snippet|poem|essay|speech|quote|dataset|data"
)
"""Material that a request cannot mean in general, when it says "the table" and ends."""
_END = r"(?=\s*[.?!]|\s*$|, | (?:into|to|as|by|using|with|and)\b)"
_THE = (
    r"(?:^|[.!?]\s+)(?:please )?(?:extract|identify|find|count|underline|describe|list"
    r"|what|which|who|how many|summari[sz]e|explain"
    rf"|highlight|name|analy[sz]e)\b[^.!?\n]{{0,50}}?\b(?:in|from|of) (?:the|this|these)"
    rf" (?:{_SHOWS})s?(?=\s*[.?!]|\s*$)"
    r"|(?:^|[.!?]\s+)(?:according to|based on|judging from|from|going by) (?:the|this"
    rf"|these) (?:{_SHOWS}|list|context|story|notes)s?,"
    rf"|(?:^|[.!?]\s+)(?:please )?(?:{_TASKS})\b[^.!?\n]{{0,50}}?\b(?:in|of|from|to|for"
    rf"|behind) (?:this|these) (?:{_SHOWS}|story|code|function)s?{_END}"
    rf"|(?:^|[.!?]\s+)(?:what|who|which|where|how many)\b[^.!?\n]{{0,50}}?\b(?:attached"
    r"|following|above|below|given|provided)"
    rf" (?:{_SHOWS}|story|code|list)s?\b"
    rf"|(?:^|[.!?]\s+)(?:what|who|which|where|how many)\b[^.!?\n]{{0,50}}?\b(?:{_SHOWS}"
    r"|story|code|list)s? (?:above|below|provided)(?=\s*[.?!]|\s*$)"
)
_WORK = (
    "translate|summari[sz]e|rewrite|rephrase|paraphrase|proofread|simplify|shorten|condense"
    "|punctuate|reformulate|debug|refactor"
)
_OWN = (
    r"(?:essay|text|letter|cv|r[eé]sum[eé]|cover letter|paragraph|poem|story|article"
    r"|draft|homework|speech|sentence|translation|thesis)"
)
_WRITER = r"the (?:author|narrator|speaker|poet|writer)"
_UNSAID = (
    rf"(?:^|[.!?]\s+)(?:please |can you |could you )?(?:{_WORK}) (?:this|it|that|these"
    r"|the following|the above)(?: please| for me)?"
    r"(?=\W*$| (?:into|to|in|as|so)\b[^:]*$)"
    r"|(?:^|[.!?]\s+)which (?:one )?of (?:the following|these|those|the above)\b(?![^?]*(?:,|:| or ))[^?]*\?\W*$"
    rf"|(?:^|[.!?]\s+)here (?:is|are) (?:my|the|a|an|some|our) (?:[\w'’-]+ ){{0,2}}{_OWN}s?\b"
    rf"|(?:^|[.!?]\s+)(?:please |can you |could you )?(?:{_WORK}|edit|critique) my (?:[\w'’-]+ )?{_OWN}s?{_END}"
    r"|(?:^|[.!?]\s+)(?:please )?(?:fill in|complete) the (?:blanks?|gaps?|missing \w+|sentences?|table|equation)\W*$"
    r"|(?:^|[.!?]\s+)(?:please )?(?:continue|finish) the (?:story|poem|sentence|dialogue"
    r"|list|sequence|paragraph|text|series)\W*$"
    rf"|{_WRITER}['’]s (?:\w+ )?(?:tone|attitude|point|purpose|argument|view|opinion|intention"
    r"|message|mood|thesis|claim)\b"
    rf"|(?:does|did) {_WRITER} (?:mean|feel|think|say|argue|suggest|compare|describe|want|use)\b"
    rf"|(?:^|[.!?]\s+)(?:please )?(?:{_TASKS})\b[^.!?\n]{{0,40}}?\bthe (?:two|three) "
    r"(?:[\w-]+ )?(?:texts|passages|paragraphs|sentences|poems|tables"
    rf"|pictures|images|lists|statements|articles|quotes){_END}"
    r"|(?:^|[.!?]\s+)(?:please )?(?:sort|rank|translate|convert|classify|arrange|order"
    r"|group|rewrite|alphabeti[sz]e|multiply|add up|add)\b"
    r"[^.!?\n:]{0,30}?\bthese (?:[\w-]+ )?[a-z]+s(?=\W*$| (?:into|to|by|in|from|alphabetically"
    r"|according|as|together)\b[^:]*$)"
    r"|what (?:does|do|will|would) (?:the|this) (?:code|function|program|script|query"
    r"|snippet|loop|expression) (?:print|return|output|produce)\b"
    r"|the (?:underlined|highlighted|bold|bolded|italici[sz]ed|circled) (?:word|phrase|part|sentence|text|term)s?\b"
    r"|(?:does|do|did|is|was) the (?:passage|text|excerpt|article|poem) (?:say|mean|about"
    r"|describe|suggest|imply|tell|mention|mainly about)\b"
)
"""Work on what is called "this" or "it", or on somebody's lines, with nothing else said."""
_TASK = rf"(?:^|[.!?:\n]\s*|,\s+|\bplease |\byou |\bto |\band |\bthen )(?:{_TASKS})\b[^.!?\n]{{0,80}}?\b"
_USING = (
    r"(?:^|[.!?\n]\s*)(?:given|using|based on|according to|from|in|read|look at|consider"
    r"(?:ing)?|with)\b[^.!?\n]{0,40}?\b"
)
_THINGS = (
    "text|passage|paragraph|article|excerpt|extract|abstract|essay|e-?mail|letter|message|tweet|review|comment|statement|sentence|poem"
    "|story|fable|tale|verse|stanza|speech|dialogue|conversation|discussion|transcript|interview|recording|audio|call|minutes|meeting notes|notes"
    "|report|document|contract|invoice|receipt|log|code|function|program|script|snippet|query|equation|expression|chart|graph|diagram|data"
    "|dataset|data set|spreadsheet|list|table|sequence|series|string|picture|photo|photograph|image|screenshot|drawing|painting|cartoon|joke"
    "|riddle|puzzle|quote|headline|caption|advert|description|draft|translation|summary|context|cover letter|r[eé]sum[eé]|job offer|figures"
    "|presentation|application|bullet point|complaint|argument|recipe|line"
)
"""What can lie beside a request, and is called "the text" or "these lines" then."""
_SIZED = "two|three|four|five|attached|enclosed|whole|entire|short|long|first|second|third|last|next|same|original|above|blog|news|product"
_ITS = rf"(?:the|this|these|both|those) (?:(?:{_SIZED}) ){{0,2}}(?:{_THINGS})(?:e?s)?"
_GOES_ON = (
    r"(?=\s*[.?!,]|\s*$| (?:and|or|to (?!work)|into|as|by|with|without|so|below|above|alphabetically|is|are|was|were|do|does|did|has|have"
    r"|says?|tells?|shows?|means?|changes?|describes?|begins?|starts?|ends?|suggests?|implies|imply|contains?|mentions?|looks?|sounds?"
    r"|makes?|fits?|uses?|refers?|contradicts?|agrees?|differs?|supposed|positive|negative|true|false|correct|wrong|polite|formal|convincing|grammatical|more|less|allow|i (?:pasted|sent|gave|wrote|attached|shared)|for (?:me|an?|my|people|children|\w+(?=\s*[.?!]|\s*$))|from (?:\w+ to|an?)"
    r"|in (?:an? \w+ (?:way|tone|manner|style|voice)|plain|simple|one|two|three|a few|your own|order|reported|everyday|easy"
    r"|german|french|spanish|english|polish|italian|latin))\b)"
)
_GENERAL = (
    r"(?!(?:how|where|when|why) (?:can|could|do|does|should|would|must|may|long|often|much does)? ?(?:i|we|you|one|people)\b|how long\b|where\b|when\b"
    r"|(?:can|could|may|must|shall|should|do|am|will|would) (?:i|we)\b|what (?:should|do|can|must) (?:i|we)\b|is it\b|help\b"
    r"|(?:please )?(?:write|create|compose|add|send|put|pay|bring|sign|cancel|print|open|resend|forward|close|confirm|take|order|tell a|make)\b)"
)
"""Who asks how a thing is done speaks of any text, and who wants a thing done of one that both know."""
_ASKS = (
    rf"(?:^|[.!?]\s+){_GENERAL}(?=[^.!?\n]*(?:\?|$)|(?:please |now |then |could you |can you |would you )*(?:please )?(?:{_TASKS}|{_WORK}"
    r"|correct|improve|edit|polish|outline|underline|reply|respond|comment|break|assess|judge|verify|cut|trim|look up|calculate|sum up|spell out"
    r"|tidy up|clean up|go through|answer|give|say|retell|illustrate|reverse|grade|interpret|transcribe)\b)"
)
_DEFINITE = (
    rf"{_ASKS}[^.!?\n]{{0,90}}?\b{_ITS}{_GOES_ON}"
    rf"|(?:^|[.!?]\s+)(?:please |can you |could you )?(?:write|create|compose|make|draft) (?:an?|the|some|my|two|three|five) [^.!?\n]{{2,40}}?"
    rf" (?:to|for|of|about|on|from|out of) {_ITS}(?=\s*[.?!,]|\s*$)"
    rf"|(?:^|[.!?]\s+)(?:please |can you |could you )?(?:write|put) {_ITS} in(?:to)? (?:reported|direct|passive|past|present|plain|order|the)\b"
    r"|(?:^|[.!?]\s+)(?:please |can you |could you )?(?:translate|rewrite|proofread|correct|shorten|polish|improve|edit|give (?:me )?feedback on|review|grade"
    r"|rate|tidy up|check|comment on)\b[^.!?\n]{0,40}? my (?!own\b)[a-z]+ ?(?:letter|essay|offer|post|speech)?(?=\s*[.?!,]|\s*$| (?:into|to|for (?:mistakes|errors|typos)"
    r"|so that|and)\b)"
    r"|(?:^|[.!?]\s+)(?:rewrite|reword|rephrase|translate|paraphrase|summari[sz]e) (?:in|into|to|from|using|as) (?!the\b)[^.!?:\n]{3,40}$"
    r"|(?:^|[.!?]\s+)(?:which \w+|what|who|how many [\w ]{1,20}) (?:is|are|does|do) (?:being |not )?(?:\w+ )?(?:here|in this one)(?=\s*[.?!]|\s*$)"
    r"|\bthe (?:author|narrator|speaker|poet|writer) (?:mentions?|gives?|uses?|says?|describes?|makes?|lists?|names?|means?|argues?|claims?|afraid|feels?)\b"
    r"|(?:^|[.!?]\s+)(?:why|how|what|who|where) (?:is|was|does|did) the (?:author|narrator|speaker|poet|writer)\b(?! of\b)"
    r"|\bfrom the (?:\w+ )?(?:below|above)\b|\b(?:the|this|my) (?:attached|enclosed) \w+|\b(?:last|first|second|third|next) (?:line|paragraph|sentence|verse|stanza)"
    r"(?=\s*[.?!,]|\s*$| (?:leave|mean|say|of the (?:text|poem|story|passage))\b)"
    r"|(?:the|a) (?:word|phrase|part|term|sentence|verb|noun)s? in (?:bold|italics|brackets|capitals|red|green|blue)\b"
    r"|(?:^|[.!?]\s+)(?:please )?(?:underline|circle|highlight|mark|fill in|insert|supply|find) (?:all )?the (?:missing |stressed )?(?:verbs?|nouns?|adjectives?"
    r"|adverbs?|prepositions?|pronouns?|subjects?|objects?|words?|articles?|commas?|blanks?|gaps?|letters?|syllables?|mistakes?|errors?|typos?)(?=\s*[.?!,]|\s*$"
    r"| in (?:the|these)\b)"
    r"|\bwhat(?:['’]s| is) wrong (?:with|in) (?:this|the|my) (?:code|function|program|script|query|sentence|equation|snippet|table|picture)(?=\s*[.?!,]|\s*$)"
    r"|\bwhat (?:do )?you see (?:in|on) (?:the|this) (?:picture|photo|image|chart|graph|map|drawing|screenshot)\b"
    rf"|(?:^|[.!?]\s+)(?:what|why|how|which|who|where|when)\b[^.?!\n]{{0,60}}?\b(?:{_MATTER})s? (?:above|below)(?=\s*[.?!,]|\s*$)"
    rf"|(?:^|[.!?]\s+)(?:please )?(?:{_TASKS}) (?:the following|the above)(?=\s*[.?!]|\s*$| (?:more|less|sound|into|in|as|so|shorter|to)\b)"
    rf"|(?:^|[.!?]\s+)(?:please )?answer (?:all )?(?:the|these|my) (?:following )?questions?(?=\s*[.?!]|\s*$| (?:using|based|from|with|in|about the {_THINGS})\b)"
    r"|(?:^|[.!?]\s+)(?:please )?(?:pick|find|choose|spot|name|mark|which is|what is) the odd (?:one|word|number) out(?=\s*[.?!]|\s*$)"
    r"|(?:^|[.!?]\s+)(?:please )?(?:rank|compare|sort|order|rate|group) (?:the|these|both|those) (?:two |three |four |five )?(?:candidates|options|choices|offers"
    r"|answers|products|items|names|words|numbers|cities|countries|animals|colou?rs|foods|planets|people|teams)(?=\s*[.?!,]|\s*$| (?:by|from|into|in|according|and)\b)"
    r"|(?:^|[.!?]\s+)which (?:one )?of (?:these|those)(?: (?:two|three|four|five|six))? [a-z]+s\b(?![^?]*(?:,|:| or ))[^?]*\?\W*$"
    r"|(?:^|[.!?]\s+)which (?:one )?of the (?:(?:two|three|four|five|six|following) )?(?:options|choices|sentences|statements|words|answers"
    r"|texts|pictures|images|candidates|offers|claims|headlines|numbers)\b(?![^?]*(?:,|:| or ))"
    r"|(?:^|[.!?]\s+)which (?:sentence|statement|line|option|paragraph) (?:is|are|does|has|contains|shows|best|fits|means|about)\b(?![^?]*(?:,|:| or ))"
    r"|(?:^|[.!?]\s+)what is the (?:missing|next) (?:word|number|letter|figure|term|item)(?: in the (?:row|sequence|series|sentence|table|equation|pattern"
    r"|list|line))?(?=\s*[.?!]|\s*$)"
    r"|(?:^|[.!?]\s+)what do (?:these|those|the) (?:two |three |four |five )?(?:words|numbers|sentences|pictures|texts|lines|images|statements|names) have in common"
    r"|(?:^|[.!?]\s+)(?:please )?(?:put|arrange|rearrange|bring|get) the (?:events|steps|sentences|words|paragraphs|lines|items|verses|letters|pictures)"
    r"(?: of (?:the|this) \w+)? (?:in(?:to)? (?:the |a )?(?:right |correct |chronological |logical |alphabetical )?order|to (?:form|make))\b"
)
"""Work on, and questions about, one thing that the asker has before him. Customers speak of their letters like that
too, so it counts only where somebody answers."""
DEFINITE = re.compile(_DEFINITE)
ABSENT = re.compile(
    (
        rf"(?P<ahead>(?:{_TASK}|{_USING})(?:{_AHEAD})|(?:^|[.!?]\s+){_THIS}|{_THE})|(?P<unsaid>{_UNSAID})"
        rf"|(?P<behind>(?:{_TASK}|{_USING})(?:{_BEHIND}))"
    ),
)
ABSENT_PARTS = tuple(
    re.compile(one)
    for one in (rf"(?:{_TASK}|{_USING})(?:{_AHEAD}|{_BEHIND})", rf"(?:^|[.!?]\s+){_THIS}", _THE, _UNSAID)
)
"""The same in parts: a column is searched faster for each of them than for all at once."""
POINTS = ("following", "below", "attached", "given", "provided", "that follow", "above")
"""What the first of them cannot match without."""
_SHOWN = re.compile(
    r"[\"“«„‘][^\"”»“’\n]{3,}[\"”»“’]|(?<!\w)'[^'\n]{3,}'(?!\w)|`[^`]+`|https?://|\n\s*[-*•\d]"
    r"|\d[^.!?]*[,=+*/x×][^.!?]*\d|_{2,}|\.\.\.|…"
)
"""Something that is shown in the text itself: in quotes or backticks, as a link, a list or numbers."""
_PROGRAM = re.compile(
    r"\b(?:function|program|script|algorithm|method|query|class|regex|formula)s?\b.*\bgiven\b", re.IGNORECASE
)
"""What a program is to be given is no input of the request."""
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
    if not found or _PROGRAM.search(found.group()):
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
        later = re.sub(r"[^.!?\n]*\?", "", later)
        before = before[: 1 + max(before.rfind(mark) for mark in ".!?\n")]
    if len(later.split()) >= LEAST_SHOWN or len(before.split()) >= LEAST_SHOWN:
        return ""
    return " ".join(found.group().strip(" .!?:\n,").split())
