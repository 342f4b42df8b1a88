"""The form that a question asks for in so many words, where counting or a pattern shows whether the answer has it.

After the instructions of IFEval (Zhou et al. 2023): one word, yes or no, a number, words, sentences, lines, letters,
first and last words, forbidden signs, data formats, another language. Only a request is read, no talk about forms: a
sentence that begins as a question after ways or reasons, or tells of somebody's rules, asks for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from synthgen.checks import language
from synthgen.text import normalise

_NAMES = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()  # noqa: SIM905
_NUMBERS = {name: at for at, name in enumerate(_NAMES, 1)} | {"a single": 1, "a": 1, "twenty": 20, "thirty": 30}
_N = rf"(?P<n>{'|'.join(sorted(_NUMBERS, key=len, reverse=True))}|\d{{1,4}})"
_MOST = r"(?:at most|no more than|not more than|fewer than|less than|up to|a maximum of|max\.?|under|within)"
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
    r"\b(?:not|never|don['’]?t|needn['’]t|instead of|rather than|(?<!yes or )no(?! more))\b", re.IGNORECASE
)
_QUOTED = r"[\"“”«»'‘’](?P<said>[^\"“”«»\n]{1,60}?)[\"“”«»'‘’]"
_TONGUES = {"german": "de", "french": "fr", "spanish": "es", "italian": "it", "dutch": "nl", "portuguese": "pt"}


def _number(found: re.Match[str]) -> int:
    said = found["n"].lower()
    return _NUMBERS.get(said) or int(said)


def _words(answer: str) -> int:
    return sum(any(one.isalnum() for one in word) for word in answer.split())


def _sentences(answer: str) -> int:
    plain = re.sub(r"\b(?:[A-Za-z]|Mr|Mrs|Dr|St|vs|etc|e\.g|i\.e|Inc)\.|(?<=\d)\.(?=\d)", " ", answer)
    return len(re.findall(r"[.!?…]+[\"”’)\]]*(?=\s|$)", plain)) or 1


def _lines(answer: str) -> int:
    return max(sum(bool(line.strip()) for line in answer.split("\n")), len(re.split(r"\s/\s", answer.strip())))


def _one_word(_: re.Match[str], answer: str) -> bool:
    return _words(answer) > 2 and not re.match(r"\W*(?:yes|no)\b", answer, re.IGNORECASE)  # "No, it isn't."


def _yes_or_no(found: re.Match[str], answer: str) -> bool:
    words = normalise(answer).split()
    wanted = {"yes", "no", "yeah", "nope"} if found["yes"] else {"true", "false"}
    return wanted.isdisjoint(words) or (bool(found["only"]) and len(words) > 4)


def _a_number(_: re.Match[str], answer: str) -> bool:
    return not (re.search(r"\d", answer) or set(normalise(answer).split()) & set(_NUMBERS)) or _words(answer) > 4


def _most_words(found: re.Match[str], answer: str) -> bool:
    return _words(answer) > _number(found) * 1.2 + 1


def _exact_words(found: re.Match[str], answer: str) -> bool:
    wanted, hyphens = _number(found), len(re.findall(r"\w-\w", answer))
    return not wanted <= _words(answer) + hyphens <= wanted + hyphens + (wanted > 20) * wanted // 10


def _exact_sentences(found: re.Match[str], answer: str) -> bool:
    wanted, met = _number(found), _sentences(answer)
    return met < wanted or met > wanted + max(1, wanted // 2) * (not found["exactly"])


def _paragraphs(found: re.Match[str], answer: str) -> bool:
    return _number(found) > 1 and _lines(answer) < _number(found)


def _many_lines(found: re.Match[str], answer: str) -> bool:
    wanted = 3 if "haiku" in found.group().lower() else 5 if "limerick" in found.group().lower() else _number(found)
    return _lines(answer) < wanted


def _items(found: re.Match[str], answer: str) -> bool:
    wanted, lines = _number(found), [line for line in answer.split("\n") if line.strip()]
    if len(lines) > 1:
        items = [line for line in lines if not line.rstrip().endswith(":")]
        marked = [line for line in items if re.match(r"\s*(?:[-*•–]|\d+[.):])", line)]
        return len(marked or items) != wanted
    tail = re.split(r":|\bsuch as\b|\bare\b", answer)[-1]
    count = len([one for one in re.split(r",\s*(?:and |or )?|;\s*|\s+and\s+|(?<=\D)[.]\s+", tail) if one.strip(" .")])
    return bool(found["lines"]) or (count != wanted and tail.count(",") >= 2)


def _one_a_line(_: re.Match[str], answer: str) -> bool:
    return _lines(answer) == 1 and answer.count(",") + answer.count(" and ") > 0


def _characters(found: re.Match[str], answer: str) -> bool:
    return len(answer.strip()) > _number(found)


def _upper(_: re.Match[str], answer: str) -> bool:
    letters = [one for one in answer if one.isalpha()]
    return sum(one.isupper() for one in letters) < 0.8 * len(letters)


def _lower(_: re.Match[str], answer: str) -> bool:
    return bool(re.search(r"^\W*[A-Z]", answer)) and len(re.findall(r"[A-Z]", answer)) > 0


def _forbidden(found: re.Match[str], answer: str) -> bool:
    signs = {
        "comma": ",",
        "exclamation mark": "!",
        "question mark": "?",
        "hyphen": "-",
        "dash": "-",
        "digit": "0123456789",
    }
    if found["sign"]:
        return any(one in answer for one in signs[found["sign"].lower()])
    if found["letter"]:
        return found["letter"].lower() in answer.lower()
    return bool(re.search(rf"\b{re.escape(found['said'].strip())}\b", answer, re.IGNORECASE))


def _plain(text: str) -> str:
    return text.strip().strip("\"'“”«»‘’*_ ").lower()


def _begins(found: re.Match[str], answer: str) -> bool:
    if found["letter"]:
        return not _plain(answer).startswith(found["letter"].lower())
    return not _plain(answer).startswith(_plain(found["said"]).rstrip(".,!:"))


def _ends(found: re.Match[str], answer: str) -> bool:
    signs = {"question": "?", "exclamation": "!"}
    if found["sign"]:
        return not _plain(answer).endswith(signs[found["sign"].split()[0].lower()])
    return not _plain(answer).rstrip(".!?, ").endswith(_plain(found["said"]).rstrip(".!?, "))


def _includes(found: re.Match[str], answer: str) -> bool:
    return found["said"].strip().lower() not in answer.lower()


def _not_in(pattern: str) -> Callable[[re.Match[str], str], bool]:
    sought = re.compile(pattern, re.MULTILINE | re.IGNORECASE)
    return lambda _, answer: not sought.search(answer)


def _enumerated(answer: str) -> list[str]:
    """Return the items of a list, one a line or between commas, without their marks and articles."""
    lines = [line for line in answer.split("\n") if line.strip() and not line.rstrip().endswith(":")]
    parts = lines if len(lines) > 1 else re.split(r",\s*(?:and |or )?|;\s*|\s+and\s+", answer.rsplit(":", 1)[-1])
    return [re.sub(r"^\W*(?:\d+[.)]\s*)?(?:(?:the|an?) )?", "", part.strip(" .!").lower()) for part in parts]


def _unsorted(_: re.Match[str], answer: str) -> bool:
    items = _enumerated(answer)
    return len(items) > 2 and all(0 < len(one.split()) <= 3 for one in items) and items != sorted(items)


def _unordered(found: re.Match[str], answer: str) -> bool:
    numbers = [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", answer)]
    down = found["down"] is not None
    return (
        len(numbers) > 2
        and all(len(one.split()) <= 2 for one in _enumerated(answer))
        and numbers != sorted(numbers, reverse=down)
    )


def _fewer_items(found: re.Match[str], answer: str) -> bool:
    """Say whether a list has another number of items, or a text too few commas and ends for so many."""
    marked = re.findall(r"^(?:[-*•–]|\d+[.):])\s", answer, re.MULTILINE)
    if len(marked) > 1:
        return len(marked) != _number(found)
    parts = re.split(r"[,;\n]|[.!?]\s|\b(?:and|or|also|as well as|plus)\b|&|/", answer.strip())
    return len([one for one in parts if one.strip()]) < _number(found)


def _least(found: re.Match[str], answer: str) -> bool:
    met = _words(answer) if found["unit"].lower() == "words" else _sentences(answer)
    return met < _number(found) * (0.9 if found["unit"].lower() == "words" else 1)


def _between(found: re.Match[str], answer: str) -> bool:
    return not int(found["low"]) * 0.9 <= _words(answer) <= int(found["high"]) * 1.1 + 1


def _a_letter(_: re.Match[str], answer: str) -> bool:
    return len(_plain(answer).strip(".)( ")) > 1


def _only_that(_: re.Match[str], answer: str) -> bool:
    return _words(answer) > 6


def _digits(_: re.Match[str], answer: str) -> bool:
    return bool(re.search(r"\d", answer))


def _tongue(found: re.Match[str], answer: str) -> bool:
    words = normalise(answer).split()
    own = language.shares(words, _TONGUES[found["tongue"].lower()]).own
    english = language.shares(words, "en").own
    return len(words) >= 5 and english >= 0.3 and own < english / 2


_DO = (
    r"(?:answer|respond|reply|say|write|put it|give|keep|explain|describe|summari[sz]e"
    r"|name|use|return|output|tell|state)"
)
_FORMS: tuple[tuple[str, str, Callable[[re.Match[str], str], bool]], ...] = (
    ("one word", (
r"\b(?:in|with|using|as) (?:just |only |exactly )?(?:one|a single) word\b(?! (?:for"
r"|that|or))|\bone-word (?:answer|reply)"
), _one_word),
    (
        "yes or no",
        (r"\b(?P<only>only |just |simply )?(?:with |by )?(?:saying )?(?P<also>only |just |a simple |a plain )?[\"“']?"
        r"(?:(?P<yes>yes[\"”']? or [\"“']?no)|true[\"”']? or [\"“']?false)\b(?: only)?"),
        _yes_or_no,
    ),
    (
        "a number",
        (r"\b(?:with|as|give|return|output|write) (?:only |just )?(?:a|the|one) (?:single"
r" |whole )?(?:number|figure|digit)(?: only| alone|(?=[.:!,]|\s*$))"
        r"|\b(?:only|just) (?:with |as )?(?:the|a) number(?=[.:!,]|\s*$)"),
        _a_number,
    ),
    ("a fraction", r"\bas a (?:simple |proper |common )?fraction\b", _not_in(r"\d\s*[/⁄]\s*\d|[¼½¾⅐-⅞]|\\frac")),
    ("a percentage", r"\bas a percentage\b|\bin per ?cent\b", _not_in(r"\d\s*%|per ?cent")),
    ("at most so many words", rf"\b{_MOST} {_N} words\b", _most_words),
    ("at most so many words", rf"\b{_N} words (?:or (?:less|fewer)|at most|maximum)\b", _most_words),
    ("so many words", rf"\b(?:exactly|precisely|in) {_N} words\b(?! (?:or|at most|max))", _exact_words),
    ("so many sentences", (
r"\b(?P<exactly>exactly |precisely )?(?:(?<=exactly )|(?<=precisely )|(?<=in )|(?<=with"
rf" )|(?<=write )|(?<=into )){_N} {_KIND}sentences?\b"
), _exact_sentences),
    ("so many paragraphs", rf"\b(?:in|with|write|exactly|of|into) {_N} {_KIND}paragraphs\b", _paragraphs),
    ("so many lines", (
rf"\b(?:of|in|with|exactly|write) {_N} {_KIND}lines\b|^\W*(?:please )?(?:write|compose"
r"|give me) (?:me )?a (?:\w+ )?(?:haiku|limerick)\b"
), _many_lines),
    ("so many items", (
rf"\b(?:exactly|precisely|just|only) {_N} (?!words|sentences|paragraphs|lines|characters"
r"|letters|times|minutes|hours|days|years|digits|ingredients|colou?rs|syllables|steps?"
r" (?:away|back))[a-z][\w-]+\b(?:[^.!?]*?(?P<lines>,? (?:one|each) (?:on|in) (?:each"
r"|a|its own|every|a new|a separate) line|one (?:per|a) line))?"
), _items),
    ("one on each line", (
r"\b(?:one|each) (?:item |name |word )?(?:on (?:each|a new|its own|a separate|every"
r"|one)|per|a) line\b"
), _one_a_line),
    ("at most so many characters", rf"\b{_MOST} {_N} (?:characters|letters)\b", _characters),
    ("capital letters", (
r"\b(?:in|using|with|only) (?:only )?(?:all )?(?:upper[ -]?case|capitals?|caps|capital"
r" letters|block letters)(?: letters| only)?(?=[.:!,?]|\s*$)"
), _upper),
    ("small letters", (
r"\b(?:in|using|with|only) (?:only )?(?:all )?(?:lower[ -]?case|small letters)(?:"
r" letters| only)?(?=[.:!,?]|\s*$)"
), _lower),
    (
        "a sign or word left out",
        (r"\b(?:without|avoid(?:ing)?|do not use|don['’]t use|no)(?: using)?(?: any| a| the)?"
        r" (?:(?P<sign>comma|exclamation mark|question mark|hyphen|dash|digit)e?s?\b|letter"
rf" [\"“']?(?P<letter>[a-z])\b|words? {_QUOTED})"),
        _forbidden,
    ),
    (
        "first words",
        (
r"\b(?:begin|start)(?:ing)? (?:your (?:answer|reply|response)|it|the \w+|each)? ?with"
rf" (?:the )?(?:letter [\"“']?(?P<letter>[a-z])\b|(?:words?|phrase|sentence)? ?{_QUOTED})"
),
        _begins,
    ),
    (
        "last words",
        (
r"\b(?:end|finish|close)(?:ing)? (?:your (?:answer|reply|response)|it|the \w+)? ?with"
r" (?:(?:a|an) (?P<sign>question mark|exclamation mark)|(?:the )?(?:words?|phrase"
rf"|sentence)? ?{_QUOTED})"
),
        _ends,
    ),
    ("a word named", rf"\b(?:include|contain(?:ing)?|mention(?:ing)?|using|use|with) the (?:words?|phrase) {_QUOTED}", _includes),
    ("YAML", r"\b(?:as|in|into|to|a|an) (?:valid |small |short )?yaml\b", _not_in(r"^\s*(?:- )?[\"']?[\w ./-]+[\"']?:(?:\s|$)|^\s*- \S")),
    ("CSV", r"\b(?:as|in|into) (?:a )?(?:valid )?csv\b|\bcomma[ -]separated\b|\bseparated by commas\b", _not_in(r"[,;\t]")),
    ("semicolons", r"\bseparated by semicolons\b", _not_in(r";")),
    ("XML or HTML", r"\b(?:as|in|into) (?:valid |plain )?(?:xml|html)\b", _not_in(r"</?\w")),
    ("a block of code", r"\b(?:as|in|inside) a (?:markdown )?code (?:block|fence)\b", _not_in(r"```|^ {4}|<code")),
    ("YYYY-MM-DD", r"\bYYYY-MM-DD\b|\bISO 8601\b", _not_in(r"\b\d{4}-\d\d-\d\d\b")),
    ("DD.MM.YYYY", r"\bDD([./])MM\1YYYY\b", _not_in(r"\b\d\d[./]\d\d[./]\d{4}\b")),
    ("HH:MM", r"\bHH:MM\b|\bin (?:the )?24-hour (?:format|clock|time|form)\b", _not_in(r"\b\d\d?:\d\d\b")),
    ("a question", r"\bas a question\b|\bin the form of a question\b|\bask (?:me )?(?:just |only )?one question\b", _not_in(r"\?")),
    ("a list", r"^\W*(?:as|in|using) (?:an? )?(?:\w+ )?(?:bullet(?:ed|[ -]point)? lists?|bullet points|bullets)\b", _not_in(r"(?:^|\s)[-*•–·▪◦‣+]\s*\S|^\s*\d+[.)]|<li>")),
    ("a numbered list", r"\bnumbered (?:list|steps|points|items)\b", _not_in(r"(?:^|\s)\*{0,2}\(?\d{1,2}[.):]\*{0,2}\s*\S|\bstep \d|<ol|\bfirst(?:ly)?\b.*\bsecond")),
    ("JSON", (
r"\b(?:return|output|give me|write|produce|make|only) (?:an? |the )?(?:valid |flat"
r" |small |short )?json(?: (?:object|array|list))?\b(?! (?:file|parser|schema|library))"
), _not_in(r"[\[{]\s*[\"\]}{\d\[]")),
    ("a table", r"\b(?:as|in|use|give me|output|return) an? (?:\w+[ -]){0,2}table\b(?! (?:of contents|spoon|cloth))", _not_in(r"\||\t|<t|;.*;|,.*,.*\n.*,")),
    ("quotation marks", r"\b(?:in|inside|within) (?:double |single )?(?:quotes|quotation marks)\b", _not_in(r"[\"“”„«'‘’]")),
    ("brackets", r"\b(?:in|inside|within) (?:square |round |curly )?(?:brackets|parentheses|braces)\b", _not_in(r"[(\[{]")),
    ("bold", r"\bin bold\b", _not_in(r"\*\*|__|<b>|<strong")),
    ("marked lines", (
r"\b(?:start|begin) (?:each|every) (?:line|item|point) with (?:a |an )?(?:dash|hyphen"
r"|star|asterisk|bullet)\b"
), _not_in(r"^\s*[-–*•]")),
    ("bullets", r"\b(?:use|with|as|in) (?:\w+ )?(?:bullet points|bullets)\b", _not_in(r"(?:^|\s)[-*•–·▪◦‣+]\s*\S|^\s*\d+[.)]|<li>")),
    ("a checklist", r"\bas a (?:check ?list|to-?do list)\b", _not_in(r"^\s*(?:[-*•–]|\[|☐|\d+[.)])")),
    ("a dialogue", r"\bas a (?:short |brief )?(?:dialogue|conversation|script|interview)\b", _not_in(r"^[\w* ]{1,24}:|[\"“„]")),
    ("an emoji", r"\b(?:with|as|use|add|include) (?:an |one |two |three |some |only )*emojis?\b", _not_in(r"[\U0001f000-\U0001faff☀-➿]")),
    ("the first person", r"\bin the first person\b", _not_in(r"\b(?:I|my|me|we|our|us)\b")),
    ("the second person", r"\bin the second person\b", _not_in(r"\byou")),
    ("Roman numerals", r"\b(?:in|as|with|using) (?:a )?roman numerals?\b", _not_in(r"(?-i:\b[IVXLCDM]+\b)")),
    ("words for numbers", r"\bin words(?=[.:!,?]|\s*$)|\bspelled out\b", _digits),
    ("a decimal", r"\bas a decimal\b", _not_in(r"\d[.,]\d")),
    ("two decimal places", r"\b(?:to|with) two decimal(?: place|s)", _not_in(r"\d[.,]\d\d\b")),
    ("binary", r"\b(?:in|as|to) (?:a )?binary(?: number)?(?=[.:!,?]|\s*$)", _not_in(r"\b[01]{2,}\b")),
    ("a hex code", r"\bas a hex(?:adecimal)? (?:code|colou?r|number|value)", _not_in(r"#?\b[0-9a-f]{2,8}\b")),
    ("hashtags", r"\b(?:as|with|using|add|write|give me) (?:an? |\w+ )?hashtags?\b", _not_in(r"#\w")),
    ("LaTeX", r"\b(?:in|as|using) latex\b", _not_in(r"\\|\$")),
    ("a heading", r"\b(?:in|as|with|using) (?:an? )?markdown (?:heading|header|title)s?\b", _not_in(r"^#")),
    ("SQL", r"\b(?:as|in) (?:an? )?sql(?: (?:statement|query))?(?=[.:!,?]|\s*$)", _not_in(r"\b(?:select|insert|update|delete|create|alter|drop)\b")),
    ("the order of the alphabet", r"\b(?:in alphabetical order|alphabetically)\b", _unsorted),
    ("the order of numbers", r"\bin (?:ascending|increasing|(?P<down>descending|decreasing)) order\b", _unordered),
    ("so many items", (
rf"^\W*(?:please )?(?:name|list|give(?: me)?|suggest|mention|write down|provide) {_N}"
rf" (?:[\w-]+ ){{0,3}}?(?!words|sentences|paragraphs)[a-z]+s\b"
), _fewer_items),
    ("at least so many", (
rf"\b(?:at least|more than|no less than|no fewer than|a minimum of) {_N} (?P<unit>words"
r"|sentences)\b"
), _least),
    ("words between two numbers", r"\bbetween (?P<low>\d{1,4}) and (?P<high>\d{1,4}) words\b", _between),
    ("one letter", (
r"\b(?:with|as|only|just) (?:just |only )?(?:a|one|the) (?:single )?letter(?: only)?"
r"(?=[.:!,]|\s*$)"
), _a_letter),
    ("that alone", (
r"\b(?:only|just|nothing but) (?:the|its|a) (?:name|year|date|result|city|country"
r"|word|title|answer|number|letter|time|colou?r|price|sum)(?=[.:!,]|\s*$)"
), _only_that),
    ("another language", rf"\b{_DO}\b[^.!?\n]{{0,40}}?\bin (?P<tongue>{'|'.join(_TONGUES)})(?=[.:!,?]|\s*$)", _tongue),
    ("another language", rf"^in (?P<tongue>{'|'.join(_TONGUES)})[,:]", _tongue),
)  # fmt: skip

_SOUGHT = tuple((name, re.compile(pattern, re.IGNORECASE), judge) for name, pattern, judge in _FORMS)
SPEAKS = (
    "word", "phrase", "sentence", "paragraph", "line", "haiku", "limerick", "yes", "true", "number", "figure", "digit",
    "fraction", "percent", "per cent", "exactly", "precisely", "just", "only", "character", "letter", "case", "capital", "caps",
    "comma", "mark", "hyphen", "dash", "with ", "yaml", "csv", "semicolon", "xml", "html", "code", "yyyy", "iso 8601", "hh:mm",
    "24-hour", "json", "table", "quot", "bracket", "parenthes", "brace", "bold", "list", "dialogue", "conversation", "script", "interview",
    "emoji", "person", "roman", "spelled", "decimal", "binary", "hex", "hashtag", "latex", "markdown", "sql", "alphabet", "order", "name",
    "give", "suggest", "mention", "provide", "item", "point", "year", "date", "result", "city", "country", "title", "answer", "time",
    "color", "colour", "price", "sum", "question", "bullet", *_TONGUES,
)  # fmt: skip
"""One of these stands in every question that asks for one of the forms."""
_OR_NO = re.compile(r"[,:;–—-] ?(?P<only>)(?P<yes>yes or no)\W*$", re.IGNORECASE)
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
        if (found := _OR_NO.search(part)) and _yes_or_no(found, answer):
            return "asked for yes or no"
        if _TELLS.search(part) or any(_MORE.search(later) for later in parts[number + 1 :]):
            continue
        for name, form, judge in _SOUGHT:
            found = form.search(part)
            rest = part[: found.start()] + part[found.end() :] if found else ""
            if found and not _EACH.search(rest) and not _NOT.search(rest) and judge(found, answer):
                return f"asked for {name}: {found.group().strip()}"
    return ""
