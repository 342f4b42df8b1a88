"""The form that a question asks for in so many words, where counting or a pattern shows whether the answer has it.

After the instructions of IFEval (Zhou et al. 2023): one word, yes or no, a number, words, sentences, lines, letters,
first and last words, forbidden signs, data formats, another language. Only a request is read, no talk about forms: a
sentence that begins as a question after ways or reasons, or tells of somebody's rules, asks for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from synthgen.checks import measures

_N = rf"(?P<n>{'|'.join(sorted(measures.NUMBERS, key=len, reverse=True))}|\d{{1,4}})"
_MOST = r"(?:at most|no more than|not more than|fewer than|less than|up to|a maximum of|max\.?|under|within|below|(?:yourself|it|your \w+) to)"
_KIND = r"(?:short |simple |clear |full |complete |brief |separate )*"
_TELLS = re.compile(
    r"^\W*(?:how|why|when|if|should|i|my|our|we|is|are|do|does|did|has|have|it|there|that|this|they|he|she)\b"
    r"|\b(?:functions?|programs?|scripts?|code(?! (?:block|fence))|regex|methods?|query"
    r"|formula|macro|learn|difference|means?|teach)\b",
    re.IGNORECASE,
)
_EACH = re.compile(
    (
        r"\b(?:each|every|per|both|then|also|afterwards|followed by|as well as|or more|and"
        r" (?:explain|justify|say|tell|give))\b(?! line)"
    ),
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:not|never|don['’]?t|needn['’]t|instead of|rather than|(?<!yes or )(?<!use )(?<!with )no(?! more))\b",
    re.IGNORECASE,
)
_QUOTED = r"[\"“”«»'‘’](?P<said>[^\"“”«»\n]{1,60}?)[\"“”«»'‘’]"

_DO = (
    r"(?:answer|respond|reply|say|write|put it|give|keep|explain|describe|summari[sz]e"
    r"|name|use|return|output|tell|state)"
)
_FORMS: tuple[tuple[str, str, Callable[[re.Match[str], str], bool]], ...] = (
    (
        "one word",
        (
            r"\b(?:in|with|using|as) (?:just |only |exactly )?(?:one|a single) word\b(?! (?:for"
            r"|that|or))|\bone-word (?:answer|reply)|^\W*(?:just |only )?(?:one|a single) word(?: only|,? please)?\W*$"
        ),
        measures.one_word,
    ),
    (
        "yes or no",
        (
            r"\b(?P<only>only |just |simply )?(?:with |by )?(?:saying )?(?P<also>only |just |a simple |a plain )?[\"“']?"
            r"(?:(?P<yes>yes[\"”']? or [\"“']?no)|true[\"”']? or [\"“']?false)\b(?: only)?"
        ),
        measures.yes_or_no,
    ),
    (
        "a number",
        (
            r"\b(?:with|as|give|return|output|write) (?:only |just )?(?:a|the|one) (?:single"
            r" |whole )?(?:number|figure|digit)(?: only| alone|(?=[.:!,]|\s*$))"
            r"|\b(?:only|just) (?:with |as )?(?:the|a) number(?=[.:!,]|\s*$)"
        ),
        measures.a_number,
    ),
    (
        "a fraction",
        r"\bas a (?:simple |proper |common )?fraction\b",
        measures.not_in(r"\d\s*[/⁄]\s*\d|[¼½¾⅐-⅞]|\\frac"),
    ),
    ("a percentage", r"\bas a percentage\b|\bin per ?cent\b", measures.not_in(r"\d\s*%|per ?cent")),
    ("at most so many words", rf"\b{_MOST} {_N} words\b", measures.most_words),
    ("at most so many words", rf"\b{_N} words (?:or (?:less|fewer)|at most|maximum)\b", measures.most_words),
    ("so many words", rf"\b(?:exactly|precisely|in) {_N} words\b(?! (?:or|at most|max))", measures.exact_words),
    (
        "so many sentences",
        (
            r"\b(?P<exactly>exactly |precisely )?(?:(?<=exactly )|(?<=precisely )|(?<=in )|(?<=with"
            rf" )|(?<=write )|(?<=into )){_N} {_KIND}sentences?\b"
        ),
        measures.exact_sentences,
    ),
    ("so many paragraphs", rf"\b(?:in|with|write|exactly|of|into) {_N} {_KIND}paragraphs\b", measures.paragraphs),
    (
        "so many lines",
        (
            rf"\b(?:of|in|with|exactly|write) {_N} {_KIND}lines\b|^\W*(?:please )?(?:write|compose"
            r"|give me) (?:me )?a (?:\w+ )?(?:haiku|limerick)\b"
        ),
        measures.many_lines,
    ),
    (
        "so many items",
        (
            rf"\b(?:exactly|precisely|just|only) {_N} (?!words|sentences|paragraphs|lines|characters"
            r"|letters|times|minutes|hours|days|years|digits|ingredients|colou?rs|syllables|steps?"
            r" (?:away|back))[a-z][\w-]+\b(?:[^.!?]*?(?P<lines>,? (?:one|each) (?:on|in) (?:each"
            r"|a|its own|every|a new|a separate) line|one (?:per|a) line))?"
        ),
        measures.items,
    ),
    (
        "one on each line",
        (
            r"\b(?:one|each) (?:item |name |word )?(?:on (?:each|a new|its own|a separate|every"
            r"|one)|per|a) line\b"
        ),
        measures.one_a_line,
    ),
    ("at most so many characters", rf"\b{_MOST} {_N} (?:characters|letters)\b", measures.characters),
    (
        "capital letters",
        (
            r"\b(?:in|using|with|only) (?:only )?(?:all )?(?:upper[ -]?case|capitals?|caps|capital"
            r" letters|block letters)(?: letters| only)?(?=[.:!,?]|\s*$)"
        ),
        measures.upper,
    ),
    (
        "small letters",
        (
            r"\b(?:in|using|with|only) (?:only )?(?:all )?(?:lower[ -]?case|small letters)(?:"
            r" letters| only)?(?=[.:!,?]|\s*$)"
        ),
        measures.lower,
    ),
    (
        "a sign or word left out",
        (
            r"\b(?:without|avoid(?:ing)?|do not use|don['’]t use|no)(?: using)?(?: any| a| the)?"
            r" (?:(?P<sign>comma|exclamation mark|question mark|hyphen|dash|digit)e?s?\b|letter"
            rf" [\"“']?(?P<letter>[a-z])\b|words? {_QUOTED})"
        ),
        measures.forbidden,
    ),
    (
        "first words",
        (
            r"\b(?:begin|start)(?:ing)? (?:your (?:answer|reply|response)|it|the \w+|each)? ?with"
            rf" (?:the )?(?:letter [\"“']?(?P<letter>[a-z])\b|(?:words?|phrase|sentence)? ?{_QUOTED})"
        ),
        measures.begins,
    ),
    (
        "last words",
        (
            r"\b(?:end|finish|close)(?:ing)? (?:your (?:answer|reply|response)|it|the \w+)? ?with"
            r" (?:(?:a|an) (?P<sign>question(?: mark)?|exclamation mark)|(?:the )?(?:words?|phrase"
            rf"|sentence)? ?{_QUOTED})"
        ),
        measures.ends,
    ),
    (
        "a word named",
        rf"\b(?:include|contain(?:ing)?|mention(?:ing)?|using|use|with|work in) the (?:words?|phrase) {_QUOTED}",
        measures.includes,
    ),
    (
        "YAML",
        r"\b(?:as|in|into|to|a|an) (?:valid |small |short )?yaml\b",
        measures.not_in(r"^\s*(?:- )?[\"']?[\w ./-]+[\"']?:(?:\s|$)|^\s*- \S"),
    ),
    (
        "CSV",
        r"\b(?:as|in|into) (?:a )?(?:valid )?csv\b|\bcomma[ -]separated\b|\bseparated by commas\b",
        measures.not_in(r"[,;\t]"),
    ),
    ("semicolons", r"\bseparated by semicolons\b", measures.not_in(r";")),
    ("XML or HTML", r"\b(?:as|in|into) (?:valid |plain )?(?:xml|html)\b", measures.not_in(r"</?\w")),
    (
        "a block of code",
        r"\b(?:as|in|inside) a (?:markdown )?code (?:block|fence)\b",
        measures.not_in(r"```|^ {4}|<code"),
    ),
    ("YYYY-MM-DD", r"\bYYYY-MM-DD\b|\bISO 8601\b", measures.not_in(r"\b\d{4}-\d\d-\d\d\b")),
    ("DD.MM.YYYY", r"\bDD([./])MM\1YYYY\b", measures.not_in(r"\b\d\d[./]\d\d[./]\d{4}\b")),
    ("HH:MM", r"\bHH:MM\b|\bin (?:the )?24-hour (?:format|clock|time|form)\b", measures.not_in(r"\b\d\d?:\d\d\b")),
    (
        "a question",
        r"\bas a question\b|\bin the form of a question\b|\bask (?:me )?(?:just |only )?one question\b",
        measures.not_in(r"\?"),
    ),
    (
        "a list",
        r"^\W*(?:as|in|using) (?:an? )?(?:\w+ )?(?:bullet(?:ed|[ -]point)? lists?|bullet points|bullets)\b",
        measures.not_in(r"(?:^|\s)[-*•–·▪◦‣+]\s*\S|^\s*\d+[.)]|<li>"),
    ),
    (
        "a numbered list",
        r"\b(?:as|in|into|using|with|use|give|write|make|return|list) (?:me )?(?:an? |the )?numbered (?:list|steps|points|items)\b",
        measures.not_in(r"(?:^|\s)\*{0,2}\(?\d{1,2}[.):]\*{0,2}\s*\S|\bstep \d|<ol|\bfirst(?:ly)?\b.*\bsecond"),
    ),
    (
        "JSON",
        (
            r"\b(?:return|output|give me|write|produce|make|only|with) (?:an? |the )?(?:valid |flat"
            r" |small |short )?json(?: (?:object|array|list))?\b(?! (?:file|parser|schema|library))"
        ),
        measures.not_in(r"[\[{]\s*[\"\]}{\d\[]"),
    ),
    (
        "a table",
        r"\b(?:as|in|use|give me|output|return) an? (?:\w+[ -]){0,2}table\b(?! (?:of contents|spoon|cloth))",
        measures.not_in(r"\||\t|<t|;.*;|,.*,.*\n.*,"),
    ),
    (
        "quotation marks",
        r"\b(?:in|inside|within) (?:double |single )?(?:quotes|quotation marks)\b",
        measures.not_in(r"[\"“”„«'‘’]"),
    ),
    (
        "brackets",
        r"\b(?:in|inside|within) (?:square |round |curly )?(?:brackets|parentheses|braces)\b",
        measures.not_in(r"[(\[{]"),
    ),
    ("bold", r"\bin bold\b", measures.not_in(r"\*\*|__|<b>|<strong")),
    (
        "marked lines",
        (
            r"\b(?:start|begin) (?:each|every) (?:line|item|point) with (?:a |an )?(?:dash|hyphen"
            r"|star|asterisk|bullet)\b"
        ),
        measures.not_in(r"^\s*[-–*•]"),
    ),
    (
        "bullets",
        r"\b(?:use|with|as|in) (?:\w+ )?(?:bullet points|bullets)\b",
        measures.not_in(r"(?:^|\s)[-*•–·▪◦‣+]\s*\S|^\s*\d+[.)]|<li>"),
    ),
    ("a checklist", r"\bas a (?:check ?list|to-?do list)\b", measures.not_in(r"^\s*(?:[-*•–]|\[|☐|\d+[.)])")),
    (
        "a dialogue",
        r"\bas a (?:short |brief )?(?:dialogue|conversation|script|interview)\b",
        measures.not_in(r"^[\w* ]{1,24}:|[\"“„]"),
    ),
    (
        "an emoji",
        r"\b(?:with|as|use|add|include) (?:an |one |two |three |some |only )*emojis?\b",
        measures.not_in(r"[\U0001f000-\U0001faff☀-➿]"),
    ),
    ("the first person", r"\bin the first person\b", measures.not_in(r"\b(?:I|my|me|we|our|us)\b")),
    ("the second person", r"\bin the second person\b", measures.not_in(r"\byou")),
    ("Roman numerals", r"\b(?:in|as|with|using) (?:a )?roman numerals?\b", measures.not_in(r"(?-i:\b[IVXLCDM]+\b)")),
    ("words for numbers", r"\bin words(?=[.:!,?]|\s*$)|\bspelled out\b", measures.digits),
    ("a decimal", r"\bas a decimal\b", measures.not_in(r"\d[.,]\d")),
    ("two decimal places", r"\b(?:to|with) two decimal(?: place|s)", measures.not_in(r"\d[.,]\d\d\b")),
    ("binary", r"\b(?:in|as|to) (?:a )?binary(?: number)?(?=[.:!,?]|\s*$)", measures.not_in(r"\b[01]{2,}\b")),
    ("a hex code", r"\bas a hex(?:adecimal)? (?:code|colou?r|number|value)", measures.not_in(r"#?\b[0-9a-f]{2,8}\b")),
    ("hashtags", r"\b(?:as|with|using|add|write|give me) (?:an? |\w+ )?hashtags?\b", measures.not_in(r"#\w")),
    ("LaTeX", r"\b(?:in|as|using) latex\b", measures.not_in(r"\\|\$")),
    ("a heading", r"\b(?:in|as|with|using|use) (?:an? )?markdown (?:heading|header|title)s?\b", measures.not_in(r"^#")),
    ("no list", r"\b(?:no|without) (?:bullet points|bullets|lists)\b", measures.listed),
    ("backticks", r"\b(?:in|with|inside|between|using) (?:triple |three )?backticks\b", measures.not_in(r"`")),
    ("italics", r"\bin italics\b", measures.not_in(r"(?<![*_])[*_](?![*_\s])|<(?:i|em)>")),
    (
        "SQL",
        r"\b(?:as|in) (?:an? )?sql(?: (?:statement|query))?(?=[.:!,?]|\s*$)",
        measures.not_in(r"\b(?:select|insert|update|delete|create|alter|drop)\b"),
    ),
    ("the order of the alphabet", r"\b(?:in alphabetical order|alphabetically)\b", measures.unsorted),
    (
        "the order of numbers",
        r"\bin (?:ascending|increasing|(?P<down>descending|decreasing)) order\b",
        measures.unordered,
    ),
    (
        "so many items",
        (
            rf"^\W*(?:please )?(?:name|list|give(?: me)?|suggest|mention|write down|provide) {_N}"
            rf" (?:[\w-]+ ){{0,3}}?(?!words|sentences|paragraphs)[a-z]+s\b"
        ),
        measures.fewer_items,
    ),
    (
        "at least so many",
        (
            rf"\b(?:at least|more than|no less than|no fewer than|a minimum of) {_N} (?P<unit>words"
            r"|sentences|paragraphs|lines)\b"
        ),
        measures.least,
    ),
    ("words between two numbers", r"\bbetween (?P<low>\d{1,4}) and (?P<high>\d{1,4}) words\b", measures.between),
    (
        "one letter",
        (
            r"\b(?:with|as|only|just) (?:just |only )?(?:a|one|the) (?:single )?letter(?: only)?"
            r"(?=[.:!,]|\s*$| of the (?:right|correct|best))"
        ),
        measures.a_letter,
    ),
    (
        "that alone",
        (
            r"\b(?:only|just|nothing but) (?:the|its|a) (?:name|year|date|result|city|country"
            r"|word|title|answer|number|letter|time|colou?r|price|sum)(?=[.:!,]|\s*$)"
        ),
        measures.only_that,
    ),
    (
        "another language",
        rf"\b{_DO}\b[^.!?\n]{{0,40}}?\bin (?P<tongue>{'|'.join(measures.TONGUES)})(?=[.:!,?]|\s*$)",
        measures.tongue,
    ),
    ("another language", rf"^in (?P<tongue>{'|'.join(measures.TONGUES)})[,:]", measures.tongue),
)

_SOUGHT = tuple((name, re.compile(pattern, re.IGNORECASE), judge) for name, pattern, judge in _FORMS)
SPEAKS = (
    "word", "phrase", "sentence", "paragraph", "line", "haiku", "limerick", "yes", "true", "number", "figure", "digit",
    "fraction", "percent", "per cent", "exactly", "precisely", "just", "only", "character", "letter", "case", "capital", "caps",
    "comma", "mark", "hyphen", "dash", "with ", "yaml", "csv", "semicolon", "xml", "html", "code", "yyyy", "iso 8601", "hh:mm",
    "24-hour", "json", "table", "quot", "bracket", "parenthes", "brace", "bold", "list", "dialogue", "conversation", "script", "interview",
    "emoji", "person", "roman", "spelled", "decimal", "binary", "hex", "hashtag", "latex", "markdown", " sql", "alphabet", "order", "name",
    "give", "suggest", "mention", "provide", "item", "point", "year", "date", "result", "city", "country", "title", "answer", "time",
    "color", "colour", "price", "sum", "question", "bullet", *measures.TONGUES,
)  # fmt: skip
"""One of these stands in every question that asks for one of the forms."""
_OR_NO = re.compile(r"[,:;–—-] ?(?P<only>)(?P<yes>yes or no)\W*$", re.IGNORECASE)
_HOW = re.compile(
    r"^\W*(?:please )?(?:use|keep|include|answer|reply|respond|begin|start|finish|end|only|just|in|with|without|no|limit"
    r"|stay|format|wrap|avoid|mention|work in|write in|write it)\b",
    re.IGNORECASE,
)
"""Where a sentence says no more than how to answer, another may say what."""
_THEN = re.compile(r"^\W*(?:and|then|also|after|finally|next|in addition|additionally|for each)\b", re.IGNORECASE)
_MORE = re.compile(
    (
        r"^\W*(?:and|then|also|after|finally|next|in addition|additionally|for each|(?:please"
        r" )?(?:explain|describe|write|give|list|say|add))\b"
    ),
    re.IGNORECASE,
)


def misses(question: str, answer: str) -> str:
    """Return which form the question asks for and the answer has not, or nothing."""
    parts = [part for part in re.split(r"(?<=[.!?])\s+|\n+", question) if part]
    for number, part in enumerate(parts):
        if (found := _OR_NO.search(part)) and measures.yes_or_no(found, answer):
            return "asked for yes or no"
        more = _THEN if _HOW.search(part) else _MORE
        if _TELLS.search(part) or any(more.search(later) for later in parts[number + 1 :]):
            continue
        for name, form, judge in _SOUGHT:
            found = form.search(part)
            rest = part[: found.start()] + part[found.end() :] if found else ""
            if found and not _EACH.search(rest) and not _NOT.search(rest) and judge(found, answer):
                return f"asked for {name}: {found.group().strip()}"
    return ""
