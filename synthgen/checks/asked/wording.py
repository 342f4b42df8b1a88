"""How an answer is to be worded: a closed answer, letters and signs, first and last words, an order, a language.

These wishes carry their own link ("in capital letters", "end with a question mark"), so most may stand anywhere in a
request.
"""

from __future__ import annotations

from synthgen.checks.asked import marks, measures, spelling
from synthgen.checks.asked.form import STOP, Form, Judge, form, whole
from synthgen.checks.asked.lengths import NUMBER

_QUOTED = r"[\"“”«»'‘’`](?P<said>(?:[^\"“”«»\n`'’]|['’](?=\w)){1,60})[\"“”«»'‘’`]"
_ANSWER = (
    r"(?:your (?:\w+ )?(?:answer|reply|response|message|text)|the (?:answer|reply|response|text|\w+)|it|each|them)"
)
_STOP = r"(?=[.:!,;)]|\s*$)"
"""Here a wish ends, and no question."""
_ONLY = r"\b(?:only|just|nothing but|simply|merely|solely|nothing except)(?: want| need)?"
_TELL = r"(?:give|tell|say|write|state|name|return|output|print|show|post|send|provide|reply|respond|answer)"
_AVOID = r"\b(?:without|avoid(?:ing)?|(?:do not|don['’]t) (?:use|include|write)|no|never use|leave out|omit)"
_REPLY_WITH = r"(?:reply|answer|respond) (?:only |just )?with"
_REPLY_NEEDS = "reply with|answer with|respond with|only with|just with"
_TONGUES = "|".join(spelling.TONGUES)
_SAY = r"\b(?:answer|respond|reply|say|write|put it|give|keep|explain|describe|summari[sz]e|name|use|return|output|tell|state|list)\b"
_OPTION = r"[\"“'‘]?[a-z]\w{1,14}[\"”'’]?"
_LETTER = r"[\"“'‘(]?(?-i:[A-H])[\"”'’)]?"
_SIGN = r"(?P<sign>comma|exclamation mark|exclamation point|question mark|hyphen|dash|digit|number|full stop|period|colon|semicolon)"
_FACT = (
    r"(?:name|year|date|result|city|country|word|title|answer|number|time|colou?r|price|sum|surname|author|capital|amount|total"
    r"|percentage|acronym|abbreviation|symbol|temperature|age|distance|month|weekday)"
)
_CODE = r"(?:code|commands?|quer(?:y|ies)|regex(?:p|es)?|snippets?|one-liner|formula|functions?|scripts?|sql|statement|expression)"
_CODE_NEEDS = "code|command|quer|regex|snippet|one-liner|formula|function|script|sql|statement|expression"
_NO_ITEMS = (
    r"(?!words?\b|sentences?\b|paragraphs?\b|lines?\b|characters|letters|times|minutes|hours|days|weeks|months|years|digits"
    r"|ingredients|colou?rs|syllables|people|percent|stanzas?\b|verses?\b|steps? (?:away|back)|of\b|or\b)"
)


def _said(name: str, said: str, needs: str, lacks: Judge) -> Form:
    return form(name, said, needs, lacks, "anywhere")


CLOSED = (
    whole(
        "yes or no",
        r"(?P<only>\bonly |\bjust |\bsimply )?(?:with |by )?(?:saying )?(?P<also>only |just |a simple |a plain |a clear |an? )?[\"“'‘]?"
        r"\b(?:(?P<yes>yes[\"”'’]?(?:,? or (?:an? )?|/|-or-| / )[\"“'‘]?no|y/n|y or n)|true[\"”'’]?(?:,? or |/|-or-| / )[\"“'‘]?false|t/f)\b(?: only)?"
        r"(?P<other> (?:questions?|votes?|polls?|game|quiz|referendum|decisions?|advertising|statements?)\b)?",
        "yes|true|y/n|y or n|t/f",
        spelling.yes_or_no,
    ),
    whole(
        "one of these words",
        rf"\b(?:{_REPLY_WITH}|(?:classif\w+|label|categori[sz]e|choose|pick)\b[^.!?:\n]{{0,60}}?\b(?:as|with|between|from)"
        rf"|{_TELL}\b[^.!?:\n]{{0,60}}?\beither) (?:either |just |only )?"
        rf"(?P<options>(?:{_OPTION}, ){{0,4}}{_OPTION},? or {_OPTION})(?: only)?{STOP}",
        f"{_REPLY_NEEDS}|classif|label|categor|either|choose|pick",
        spelling.none_of,
    ),
    whole(
        "one of the letters",
        r"\b(?:with|as|only|just|choose|pick|select|answer|reply|write|say|either) (?:just |only |either )?"
        rf"(?P<letters>{_LETTER}(?:,? (?:or )?{_LETTER}){{1,5}})(?=[.:!,;?)\s]|$)",
        "a, b|a or b|b or c|'a'|\"a\"|“a”",
        spelling.no_choice,
    ),
    whole(
        "one letter",
        r"\b(?:with|as|only|just|give|write|state) (?:just |only |me )?(?:a|one|the|its) (?:single |correct |right )?letter(?: only)?"
        r"(?=[.:!,;?)]|\s*$| only| please| alone| for| of the (?:right|correct|best))|\bletter only\b",
        "letter",
        spelling.a_letter,
    ),
    whole(
        "a number",
        rf"\b(?:{_TELL} (?:me )?(?:back )?(?:just |only )?(?:with |as )?|as |just |only )(?:just |only )?(?:an?|the|one|its)"
        rf" (?:single |whole |bare |plain |exact )?(?:number|figure|digit|integer|numeral)(?: only| alone| please|{_STOP})"
        rf"|\b(?:number|figure|digits?|numeral|numbers) (?:only|alone)(?: please|{_STOP})"
        rf"|\b(?:only|just) (?:with |as |in )?(?:a |the )?(?:numbers?|digits|figures?){_STOP}|\bin (?:digits|figures){_STOP}",
        "number|figure|digit|integer|numeral",
        spelling.a_number,
    ),
    whole(
        "that alone",
        rf"{_ONLY} (?:{_TELL} |with |me |us ){{0,3}}(?:the|its|a|his|her|their) (?:\w+ )?{_FACT}{_STOP}"
        rf"|(?:\bthe )?(?:\b\w+ )?\b{_FACT} only{_STOP}",
        "only|just|nothing but|simply|merely",
        spelling.only_that,
    ),
    whole(
        "code alone",
        rf"{_ONLY} (?:{_TELL} )?(?:me |us )?(?:with |in )?(?:the |a |your )?"
        r"(?:(?!(?:the|a|of|in|by|for|to|and|that|which|if|when|at|on|from|is|are)\b)[\w-]+ ){0,2}"
        rf"{_CODE}\b(?= (?:for|to|please|and|in|with|needed|required|no|without)\b|{STOP})"
        rf"|\b{_CODE} (?:only|alone)(?: please|{_STOP})"
        rf"|\b{_CODE}\b[^.!?\n]{{0,30}}\b(?:without|no|and nothing|nothing) (?:any |further |extra )?"
        r"(?:else|explanations?|prose|commentary|words)\b",
        _CODE_NEEDS,
        marks.more_than_code,
    ),
)
ITEMS = (
    whole(
        "so many items",
        rf"\b(?:(?P<exact>exactly|precisely)|just|only) (?P<n>(?!an?\b){NUMBER}) {_NO_ITEMS}[a-z][\w-]+\b"
        r"(?:[^.!?]{0,80}?(?P<lines>,? (?:one|each) (?:on|in) (?:each|a|its own|every|a new|a separate) line|one (?:per|a) line))?",
        "exactly|precisely|just|only",
        measures.items,
        "given",
    ),
    whole(
        "so many items",
        r"^\W*(?:name|list|give(?: me| us)?|suggest|mention|provide|recommend|propose|think of|come up with)"
        rf" (?P<n>(?!an?\b|one\b){NUMBER}) (?:(?!words|sentences|and\b)[\w-]+ ){{0,3}}?(?!words|sentences|paragraphs|lines)[a-z]+s\b(?![^.!?:]{{0,60}}\b(?:and|plus) {NUMBER}\b)",
        "name|list|give|suggest|mention|provide|recommend|propose|come up with|think of",
        measures.fewer_items,
    ),
)
LETTERS = (
    _said(
        "capital letters",
        r"\b(?:in|using|with|only|use) (?:only )?(?:all )?(?:upper[ -]?case|capitals|all[- ]caps|caps|capital letters"
        rf"|block (?:letters|capitals))(?: letters| only)?{STOP}|\ball[ -]caps\b(?: please|{STOP})|\bcapitali[sz]e every letter\b",
        "upper|capitals|capital letters|caps|capitali",
        spelling.upper,
    ),
    _said(
        "small letters",
        rf"\b(?:in|using|with|only|use) (?:only )?(?:all )?(?:lower[ -]?case|small letters)(?: letters| only)?{STOP}"
        r"|\bno (?:capitals|capital letters|upper[ -]?case)(?: letters)?\b",
        "lowercase|lower case|lower-case|small letters|no capital|no upper",
        spelling.lower,
    ),
    _said("title case", r"\bin title case\b", "title case", spelling.titled),
    _said(
        "words joined",
        r"\b(?:in|as|to|into|using|with) (?:a )?(?P<joined>snake|kebab|camel|pascal)[ _-]?case\b",
        "snake|kebab|camel|pascal",
        spelling.unjoined,
    ),
    _said(
        "words for numbers",
        rf"\bin words{_STOP}|\bspelled out\b|\bspell out (?:the|all|any) numbers?\b",
        "in words|spell",
        spelling.digits,
    ),
    _said(
        "the first person", r"\bin (?:the )?first person\b", "first person", marks.without(r"\b(?:I|my|me|we|our|us)\b")
    ),
    _said("the second person", r"\bin (?:the )?second person\b", "second person", marks.without(r"\byou")),
    _said(
        "another language",
        rf"{_SAY}[^.!?\n]{{0,40}}?\bin (?P<tongue>{_TONGUES})(?: only)?{STOP}|^\W*in (?P<first>{_TONGUES})[,:]"
        rf"|\b(?:translate|translation)\b[^.!?:\n]{{0,60}}?\b(?:in)?to (?P<into>{_TONGUES})(?: and\b|{STOP})",
        _TONGUES,
        spelling.tongue,
    ),
    _said(
        "the order of the alphabet",
        r"\b(?:in alphabetical order|alphabetically|alphabeti[sz]ed?)\b",
        "alphabet",
        measures.unsorted,
    ),
    _said(
        "the order of numbers",
        r"\bin (?:ascending|increasing|(?P<down>descending|decreasing)) order\b",
        "ascending|increasing|descending|decreasing",
        measures.unordered,
    ),
)
WORDS = (
    _said(
        "a sign or word left out",
        rf"{_AVOID}(?: using)?(?: any| a| the| all)?"
        rf" (?:(?:single )?{_SIGN}e?s?\b|letter [\"“'‘]?(?P<letter>[a-z])\b|(?:words?|phrase) {_QUOTED})",
        "comma|mark|hyphen|dash|digit|number|full stop|period|colon|letter|word|phrase|exclamation",
        spelling.forbidden,
    ),
    _said(
        "first words",
        rf"\b(?:begin|start|open)(?:ning|ing|s)? (?:(?:off )?{_ANSWER} |off )?(?:with|by saying) (?:the )?"
        rf"(?:letter [\"“'‘]?(?P<letter>[a-z])\b|(?:exact )?(?:words?|phrase|sentence|greeting)? ?{_QUOTED})",
        "begin|start with|start your|start the|start it|start each|start off|start by|starting|starts with|open with|open your",
        spelling.begins,
    ),
    _said(
        "last words",
        rf"\b(?:end|finish|close|conclude|sign off)(?:ing|s)? (?:{_ANSWER} )?(?:with|by (?:asking|saying)|on|in)"
        r" (?:(?:a|an) (?:\w+ )?(?P<sign>question(?: mark)?|exclamation (?:mark|point))"
        rf"|(?:the )?(?:exact )?(?:words?|phrase|sentence)? ?{_QUOTED})",
        "end your|end it|end the|end with|ending|ends with|end each|end on|finish|close|conclude|sign off",
        spelling.ends,
    ),
    _said(
        "a word named",
        rf"\b(?:include|including|contain(?:ing)?|mention(?:ing)?|using|use|with|work in) the (?:exact )?(?:words?|phrase|keyword) {_QUOTED}",
        "the word|the exact|the phrase|the keyword",
        spelling.includes,
    ),
    _said(
        "these very words",
        rf"\b{_REPLY_WITH} (?:only |just )?(?:the (?:words?|phrase|text) )?{_QUOTED}(?! or|,)"
        rf"|\b{_REPLY_WITH} (?:only |just )?the (?:single |one )?word (?P<word>[\w-]{{1,20}}){_STOP}",
        _REPLY_NEEDS,
        spelling.includes,
    ),
    _said(
        "no list",
        r"\b(?:no|without|avoid(?:ing)?|(?:do not|don['’]t) (?:use|make|write)|not)(?: any| using| use| as| in)?"
        r" (?:bullet points|bulleted lists?|bullets|lists|an? (?:bulleted )?list|enumerations?)\b"
        r"|\b(?:in|as|using) (?:flowing |plain |continuous |running )?prose\b|\bas (?:a )?flowing text\b",
        "bullet|list|enumeration|prose|flowing",
        spelling.listed,
    ),
    _said(
        "no Markdown",
        r"\b(?:no|without|avoid(?:ing)?|do not use|don['’]t use)(?: any| using)? markdown\b|\b(?:in|as) plain text\b",
        "markdown|plain text",
        spelling.marked_up,
    ),
)
FORMS = (*CLOSED, *ITEMS, *LETTERS, *WORDS)
