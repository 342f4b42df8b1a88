"""What a text asks for, where code can tell: an input that is not there, and the form of the answer.

An audit of the 9,229 rows that AlpaGasus (Chen et al. 2023) keeps of Alpaca found 377 that speak of an input which is
not there. Forms are those that IFEval (Zhou et al. 2023) counts: JSON, lists, tables, numbers of words and sentences.
Both read English only, and only what is plainly said: a request that is hard to read asks for nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from synthgen.checks import shape

SPEAKS_OF_FORM = ("json", "bullet", "number", "table", "tabular", "sentence", "words", *shape.SPEAKS)

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


def absent_input(text: str) -> str:
    """Return the words that speak of an input which the text itself does not show, or nothing."""
    found = None if _SHOWN.search(text) else ABSENT.search(text.lower())
    if not found or _PROGRAM.search(found.group()):
        return ""
    after = found.string[found.end() :]
    colon = re.search(r"[:\n]", after)
    if colon and len(after[colon.end() :].split()) >= 1:
        return ""
    rest = re.split(r"[.!?](?:\s|$)|[–—]", after, maxsplit=1)
    before = found.string[: found.start()] if found["behind"] or found["unsaid"] else ""
    if len((rest[1] if len(rest) > 1 else "").split()) >= LEAST_SHOWN or len(before.split()) >= LEAST_SHOWN:
        return ""
    return " ".join(found.group().strip(" .!?:\n,").split())


_SAY = (
    "respond|reply|answer|return|output|format|give|write|provide|list|present|produce"
    "|print|express|represent|convert|generate"
    "|create|show|send|put|structure|summari[sz]e|describe|explain|tell|state|name|define"
    "|compare|make|use|keep|organi[sz]e|arrange"
    "|outline|limit|suggest|recommend|propose"
)
_SAID = rf"(?:^|[.!?:;\n]\s*|,\s*(?:and )?|\bplease |\band )(?:(?:only|briefly|just) )?(?:{_SAY})\b"
_UNSURE = re.compile(
    (
        r"\b(?:then|also|afterwards|followed by|as well as|along with|plus|each|every|per"
        r"|both|no|not|without|never|don['’]?t)\b"
    ),
    re.IGNORECASE,
)
"""A second wish, or one for each of several things, makes the first uncertain; so does a no."""
_MORE_TASKS = re.compile(
    (
        r"^\W*(?:and|then|also|after|finally|next|in addition|additionally|for each|(?:please"
        rf" )?(?!keep|use|make|limit)(?:{_SAY}))\b"
    ),
    re.IGNORECASE,
)
"""So does another task in a later sentence."""
_COUNTS = {"one": 1, "a single": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_COUNT = rf"(?P<count>{'|'.join(_COUNTS)}|\d{{1,4}})"


def _pattern(said: str) -> re.Pattern[str]:
    return re.compile(rf"{_SAID}[^.!?\n]{{0,120}}?(?:{said})", re.IGNORECASE)


_JSON = _pattern(
    r"\b(?:as|in|to|into|using) (?:(?:an?|the|one|valid|strict|plain|single|only) )*json"
    r"(?: (?:object|array|format|list))?"
    r"(?=[.,;:!?)]|\s*$|\s+(?:with|only|and nothing|containing|using)\b)"
)
_BULLETS = _pattern(r"\b(?:as|in|into|using|with) (?:[\w-]+ ){0,3}?(?:bullet(?:ed)?[ -](?:points?|lists?)|bullets)\b")
_NUMBERED = _pattern(r"\b(?:as|in|into|using|with) (?:[\w-]+ ){0,2}?numbered (?:list|steps|points|items)\b")
_TABLE = _pattern(
    r"\b(?:as|in|into|using) (?:an? |the )?(?:(?:markdown|simple|small|short|two-column"
    r"|three-column|comparison) )*table\b"
    r"(?=[.,;:!?)]|\s*$|\s+with\b)"
)
_SENTENCES = _pattern(
    rf"\b(?:in|into|to|with|using) (?:just |only |exactly |at most |no more than )?{_COUNT}"
    r" (?:short |clear |simple )?sentences?\b"
)
_MOST_WORDS = _pattern(
    r"(?:\b(?:in|into|to|with|using|it|answer|reply|response)(?: to)? (?:at most|no more"
    r" than|under|fewer than|less than|up to|max(?:imum)?|not more than"
    rf"|below|within) {_COUNT} words\b|\b(?:in|within|to) (?:about )?(?P<also>\d{{1,4}})"
    rf" words or (?:less|fewer)\b|\bwithin (?P<within>\d{{1,4}}) words\b)"
)
_ITEM = re.compile(r"^\s*(?:[-*•–—·▪◦‣+]|\(?\d{1,2}[.):]|\(?[a-z][.)])\s*\S", re.MULTILINE)
_NUMBER = re.compile(r"(?:^|\s)\*{0,2}\(?\d{1,2}[.):]\*{0,2}\s*\S|\bstep \d", re.IGNORECASE)
_INLINE = re.compile(r"(?:^|\s)(?:[-*•–—·▪◦‣]|\(?\d{1,2}[.):])\s+\S")
_STOP = re.compile(
    r"(?<!\b[A-Z])(?<!\b[Mm]r)(?<!\b[DdMm]rs)(?<!\b[DdSs][rt])(?<!e\.g)(?<!i\.e)(?<!etc)"
    r"(?<!\d)[.!?…]+[\"”')\]]*(?:\s+(?=[\"“A-Z\d¿¡])|\s*$)"
)
_FENCE = re.compile(r"^\s*```", re.MULTILINE)


def misses_form(question: str, answer: str) -> str:
    """Return which form the question asks for and the answer has not, or nothing."""
    parts = [part for part in re.split(r"(?<=[.!?])\s+|\n+", question) if part]
    for number, part in enumerate(parts):
        if _UNSURE.search(part) or any(_MORE_TASKS.search(later) for later in parts[number + 1 :]):
            continue
        for asked, judge in _FORMS:
            if (found := asked.search(part)) and (said := judge(found, answer)):
                return said
    return shape.misses(question, answer)


def open_fence(text: str) -> str:
    """Return where a block of code begins that never ends, or nothing."""
    fences = [found.start() for found in _FENCE.finditer(text)] if "```" in text else []
    return f"never closed: {text[fences[-1] :].strip()[:40]}" if len(fences) % 2 else ""


def _no_json(_: re.Match[str], answer: str) -> str:
    decoder = json.JSONDecoder()
    for found in re.finditer(r"[{\[]", answer):
        try:
            decoder.raw_decode(answer, found.start())
        except (ValueError, RecursionError):
            continue
        return ""
    try:
        json.loads(answer)
    except (ValueError, RecursionError):
        return "asked for JSON"
    return ""


def _no_bullets(_: re.Match[str], answer: str) -> str:
    return "" if _ITEM.search(answer) or _INLINE.search(answer) or "<li>" in answer else "asked for a list"


def _no_numbers(_: re.Match[str], answer: str) -> str:
    words = re.search(r"\bfirst(?:ly)?\b", answer, re.IGNORECASE)
    return "" if words or _NUMBER.search(answer) or "<ol" in answer else "asked for a numbered list"


def _no_table(_: re.Match[str], answer: str) -> str:
    rows = sum(
        "|" in line or "\t" in line or ";" in line or line.count(",") > 1 or "   " in line.strip()
        for line in answer.split("\n")
    )
    return "" if rows >= 2 or "<t" in answer or "CREATE TABLE" in answer.upper() else "asked for a table"


def _count(found: re.Match[str]) -> int:
    said = next(one for one in found.groups() if one).lower()
    return _COUNTS.get(said) or int(said)


def _many_sentences(found: re.Match[str], answer: str) -> str:
    most, met = _count(found), len(_STOP.findall(answer.strip())) or 1
    return f"{met} sentences, asked for {most}" if met > most + max(1, most // 2) else ""


def _many_words(found: re.Match[str], answer: str) -> str:
    most, met = _count(found), len(answer.split())
    return f"{met} words, asked for {most} at most" if met > most * 1.2 + 2 else ""


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str], str]], ...] = (
    (_JSON, _no_json),
    (_BULLETS, _no_bullets),
    (_NUMBERED, _no_numbers),
    (_TABLE, _no_table),
    (_SENTENCES, _many_sentences),
    (_MOST_WORDS, _many_words),
)
