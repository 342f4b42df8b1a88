"""What parts and signs an answer may have to have: headings, speakers, questions, brackets, bold words, kinds of figures.

Each form's words stand here without the verb or link that makes a wish of them; `reading` looks for those.
"""

from __future__ import annotations

from synthgen.checks.asked import marks
from synthgen.checks.asked.form import NEXT, form
from synthgen.checks.asked.lengths import NUMBER
from synthgen.checks.asked.marks import without

_TALK = r"(?:dialogue|dialog|conversation|script|interview|screenplay)"
_GREETING = (
    r"\b(?:dear|hi|hello|hey|to whom|sincerely|regards|best|yours|love|thanks|thank you|subject|cheers|faithfully|greetings"
    r"|good (?:morning|day|afternoon|evening))\b"
)
PARTS = (
    form(
        "headings",
        (
            r"(?:sub)?headings",
            r"(?:section|sub)[ -]?(?:heading|title|head|header)s?",
            r"headers",
            r"bold titles",
            r"(?:markdown|h[1-6]|an?|one) heading",
            r"titled sections",
            r"h[1-6](?: (?:title|heading|header|section)s?)?",
            r"sections? with (?:\w+ )?(?:titles|names)",
        ),
        "heading|header|titles|titled|subhead|sections with|h1|h2|h3",
        marks.no_headings,
        "linked",
    ),
    form(
        "headings",
        rf"\b(?:use|add|include|insert|with|put|give|that has|containing) (?:\w+ ){{0,3}}(?:(?:sub)?headings?|section titles|headers|subheads)\b{NEXT}"
        r"|\b(?:under|with) the (?:sub)?(?:headings|headers|titles)\b",
        "heading|header|titles|subhead",
        marks.no_headings,
        "anywhere",
    ),
    form(
        "pairs",
        (r"key[-/ –]?value pairs?", r"(?:key|name|label|term): ?(?:value|definition|number)"),
        "value|: definition|:definition|: number|:number",
        marks.no_pairs,
    ),
    form(
        "a dialogue",
        rf"\bas an? (?:\w+ ){{0,2}}{_TALK}\b{NEXT}|\bas dialog(?:ue)?\b|\bin {_TALK} (?:form|format|style)\b",
        "dialog|conversation|script|interview|screenplay",
        without(r"^[\w*' .-]{1,30}:|[\"“„]|^[ \t]*[–—-] ?\S"),
        "anywhere",
    ),
    form(
        "a letter",
        rf"\bas an? (?:\w+ ){{0,2}}(?:letter|e-?mail)\b{NEXT}",
        "letter|mail",
        without(_GREETING),
        "anywhere",
    ),
    form(
        "questions and answers",
        (r"q ?(?:&|and) ?a", r"(?<![\w./@-])faqs?", r"question[- ]and[- ]answer(?: format| form)?"),
        "q&a|q & a|q and a|faq|question",
        without(r"\?|\bQ\d*[:.]"),
    ),
    form("a question", (r"(?:in the form of )?a question", "question form"), "question", without(r"\?"), "linked"),
    form("one question", r"\bask (?:me )?(?:just |only )?one question\b", "question", without(r"\?"), "anywhere"),
    form(
        "a subject line",
        r"\b(?:with|include|add) (?:a |an )?(?:\w+ )?subject line\b",
        "subject line",
        without(r"\bsubject\b"),
        "anywhere",
    ),
    form(
        "a postscript",
        r"\b(?:add|with|include) (?:a )?(?:postscript|p\. ?s\.?)(?=\W|$)",
        "postscript|p.s|p. s",
        without(r"\bp\.? ?s\b"),
        "anywhere",
    ),
    form(
        "a block of code",
        (r"(?:markdown |fenced |single )?(?:code (?:block|fence)s?|fenced block)",),
        "code|fenced",
        without(r"```|^ {4}|<code|^\t"),
    ),
    form("a tag", r"<(?P<tag>[a-z]\w{0,20})>[^.!?\n]{0,16}\btags?\b", "<", marks.no_such_tag, "linked"),
    form(
        "a pattern",
        r"\b(?:format|the form|pattern|template)(?: of)?:? [\"“'`<\[]?(?-i:[A-Z])[\w ]{0,24}?(?P<sign> ?[-–—:=/|>] ?|: )[<\[]?(?-i:[A-Z])[\w ]{0,24}",
        "format|the form|pattern|template",
        marks.no_such_sign,
        "anywhere",
    ),
)
SIGNS = (
    form(
        "quotation marks",
        (r"(?:(?:double|single) )?(?:quotes|quotation marks|inverted commas)",),
        "quot|inverted",
        without(r"[\"“”„«'‘’]"),
        "linked",
    ),
    form(
        "brackets",
        (r"(?:square |round |curly |angle )?(?:brackets|parentheses|braces)",),
        "bracket|parenthes|brace",
        without(r"[(\[{<]"),
        "linked",
    ),
    form("backticks", r"\b(?:triple |three )?backticks\b", "backtick", without(r"`"), "linked"),
    form(
        "bold",
        r"\bin bold\b|\bbold(?:face)? (?:the|each|every|all|any|your)\b|\bmake [^.!?\n]{1,40} bold\b",
        "bold",
        without(r"\*\*|__|<b>|<strong|\\textbf"),
        "anywhere",
    ),
    form(
        "italics",
        r"\bin italics?\b|\bitalici[sz]e\b",
        "italic",
        without(r"(?<![*_])[*_](?![*_\s])|<(?:i|em)>"),
        "anywhere",
    ),
    form(
        "an emoji",
        (rf"(?:{NUMBER} |some )?emojis?",),
        "emoji",
        without(r"[\U0001f000-\U0001faff\u2600-\u27bf\u2190-\u21ff\u2b00-\u2bff\u00a9\u00ae]"),
    ),
    form("hashtags", (rf"(?:{NUMBER} )?hashtags?",), "hashtag", without(r"#\w")),
    form(
        "asterisks",
        r"\b(?:between|in|inside|with|surrounded by|within) (?:single |double )?asterisks\b",
        "asterisk",
        without(r"\*[^*\n]+\*"),
        "anywhere",
    ),
)
FIGURES = (
    form(
        "a fraction",
        (r"(?:simple |proper |common |simplified )?fraction",),
        "fraction",
        without(r"\d\s?[/⁄]\s?\d|[¼½¾⅐-⅞]|\\d?frac"),
        "linked",
    ),
    form(
        "a percentage",
        rf"\ba percentage\b{NEXT}|\bper ?cent\b(?=[.:!,?)]|\s*$)",
        "percent|per cent",
        without(r"\d\s?%|per ?cent"),
        "linked",
    ),
    form("a decimal", (r"a decimal(?: number| fraction)?",), "decimal", without(r"\d[.,]\d|\.\d"), "linked"),
    form(
        "decimal places",
        r"\b(?:one|two|three|[1-9]) decimal(?: places?|s)?\b",
        "decimal",
        without(r"\d[.,]\d"),
        "linked",
    ),
    form("binary", (r"binary(?: number| form| notation)?",), "binary", without(r"\b[01]{2,}\b"), "linked"),
    form(
        "a hex code",
        (r"hex(?:adecimal)?(?: (?:code|colou?r|number|value|form|notation))?",),
        "hex",
        without(r"#?\b(?:0x)?[0-9a-f]{1,8}\b"),
        "linked",
    ),
    form(
        "scientific notation",
        r"\bscientific notation\b",
        "scientific",
        without(r"10\s?\^|10\*\*|10[⁰¹²³⁴-⁹⁻]|\de[+-]?\d|\\times"),
        "linked",
    ),
    form("a ratio", (r"a ratio",), "ratio", without(r"\d\s?:\s?\d|\bto\b"), "linked"),
    form(
        "YYYY-MM-DD", r"\bYYYY-MM-DD\b|\bISO (?:8601|date)\b", "yyyy|iso ", without(r"\b\d{4}-\d\d-\d\d\b"), "anywhere"
    ),
    form(
        "a date in figures",
        r"\b(?:DD|MM)[./-](?:DD|MM)[./-]YY(?:YY)?\b",
        "yy",
        without(r"\b\d\d?[./-]\d\d?[./-]\d{2,4}\b"),
        "anywhere",
    ),
    form(
        "HH:MM",
        r"\bHH:MM\b|\b(?:in|using|with|as) (?:the )?(?:24|twenty-four)[ -]?hour (?:format|clock|time|form|notation)\b",
        "hh:mm|24|twenty-four",
        without(r"\b\d\d?[:.h]\d\d\b"),
        "anywhere",
    ),
)
FORMS = (*PARTS, *SIGNS, *FIGURES)
