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
    r"|\b(?:functions?|programs?|scripts?|code|regex|methods?|query|formula|macro|learn|difference|means?|teach)\b",
    re.IGNORECASE,
)
_EACH = re.compile(r"\b(?:each|every|per|both|then|also|afterwards|followed by|as well as|or more)\b(?! line)", re.IGNORECASE)
_NOT = re.compile(r"\b(?:not|never|don['’]?t|needn['’]t|instead of|rather than|(?<!yes or )no(?! more))\b", re.IGNORECASE)
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
    return _words(answer) > 2


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
    return bool(found["lines"]) or (count != wanted and tail.count(",") >= 2)  # noqa: PLR2004 - an enumeration


def _one_a_line(_: re.Match[str], answer: str) -> bool:
    return _lines(answer) == 1 and answer.count(",") + answer.count(" and ") > 0


def _characters(found: re.Match[str], answer: str) -> bool:
    return len(answer.strip()) > _number(found)


def _upper(_: re.Match[str], answer: str) -> bool:
    letters = [one for one in answer if one.isalpha()]
    return sum(one.isupper() for one in letters) < 0.8 * len(letters)  # noqa: PLR2004 - a name may keep its letters


def _lower(_: re.Match[str], answer: str) -> bool:
    return bool(re.search(r"^\W*[A-Z]", answer)) and len(re.findall(r"[A-Z]", answer)) > 0


def _forbidden(found: re.Match[str], answer: str) -> bool:
    signs = {"comma": ",", "exclamation mark": "!", "question mark": "?", "hyphen": "-", "dash": "-", "digit": "0123456789"}
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


def _tongue(found: re.Match[str], answer: str) -> bool:
    words = normalise(answer).split()
    own = language.shares(words, _TONGUES[found["tongue"].lower()]).own
    english = language.shares(words, "en").own
    return len(words) >= 5 and english >= 0.3 and own < english / 2  # noqa: PLR2004 - enough to read a language by


_DO = r"(?:answer|respond|reply|say|write|put it|give|keep|explain|describe|summari[sz]e|name|use|return|output|tell|state)"
_FORMS: tuple[tuple[str, str, Callable[[re.Match[str], str], bool]], ...] = (
    ("one word", r"\b(?:in|with|using|as) (?:just |only |exactly )?(?:one|a single) word\b(?! (?:for|that|or))|\bone-word (?:answer|reply)", _one_word),
    (
        "yes or no",
        r"\b(?P<only>only |just |simply )?(?:with |by )?(?:saying )?(?P<also>only |just |a simple |a plain )?[\"“']?"
        r"(?:(?P<yes>yes[\"”']? or [\"“']?no)|true[\"”']? or [\"“']?false)\b(?: only)?",
        _yes_or_no,
    ),
    (
        "a number",
        r"\b(?:with|as|give|return|output|write) (?:only |just )?(?:a|the|one) (?:single |whole )?(?:number|figure|digit)(?: only| alone|(?=[.:!,]|\s*$))"
        r"|\b(?:only|just) (?:with |as )?(?:the|a) number(?=[.:!,]|\s*$)",
        _a_number,
    ),
    ("a fraction", r"\bas a (?:simple |proper |common )?fraction\b", _not_in(r"\d\s*[/⁄]\s*\d|[¼½¾⅐-⅞]|\\frac")),
    ("a percentage", r"\bas a percentage\b|\bin per ?cent\b", _not_in(r"\d\s*%|per ?cent")),
    ("at most so many words", rf"\b{_MOST} {_N} words\b|\b{_N} words (?:or (?:less|fewer)|at most|maximum)\b".replace("(?P<n>", "(?P<n>", 1), _most_words),
    ("so many words", rf"\b(?:exactly|precisely) {_N} words\b|\bin {_N} words(?=[.:!,?]|\s*$)", _exact_words),
    ("so many sentences", rf"\b(?P<exactly>exactly |precisely )?(?:(?<=exactly )|(?<=precisely )|(?<=in )|(?<=with )|(?<=write )|(?<=into )){_N} {_KIND}sentences?\b", _exact_sentences),
    ("so many paragraphs", rf"\b(?:in|with|write|exactly|of|into) {_N} {_KIND}paragraphs\b", _paragraphs),
    ("so many lines", rf"\b(?:of|in|with|exactly|write) {_N} {_KIND}lines\b|^\W*(?:please )?(?:write|compose|give me) (?:me )?a (?:\w+ )?(?:haiku|limerick)\b", _many_lines),
    ("so many items", rf"\b(?:exactly|precisely|just|only) {_N} (?!words|sentences|paragraphs|lines|characters|letters|times|minutes|hours|days|years|digits|ingredients|colou?rs|syllables|steps? (?:away|back))[a-z][\w-]+\b(?:[^.!?]*?(?P<lines>,? (?:one|each) (?:on|in) (?:each|a|its own|every|a new|a separate) line|one (?:per|a) line))?", _items),
    ("one on each line", r"\b(?:one|each) (?:item |name |word )?(?:on (?:each|a new|its own|a separate|every|one)|per|a) line\b", _one_a_line),
    ("at most so many characters", rf"\b{_MOST} {_N} (?:characters|letters)\b|\bin {_N} characters\b", _characters),
    ("capital letters", r"\b(?:in|using|with|only) (?:only )?(?:all )?(?:upper[ -]?case|capitals?|caps|capital letters|block letters)(?: letters| only)?(?=[.:!,?]|\s*$)", _upper),
    ("small letters", r"\b(?:in|using|with|only) (?:only )?(?:all )?(?:lower[ -]?case|small letters)(?: letters| only)?(?=[.:!,?]|\s*$)", _lower),
    (
        "a sign or word left out",
        r"\b(?:without|avoid(?:ing)?|do not use|don['’]t use|no)(?: using)?(?: any| a| the)?"
        rf" (?:(?P<sign>comma|exclamation mark|question mark|hyphen|dash|digit)e?s?\b|letter [\"“']?(?P<letter>[a-z])\b|words? {_QUOTED})",
        _forbidden,
    ),
    (
        "first words",
        rf"\b(?:begin|start)(?:ing)? (?:your (?:answer|reply|response)|it|the \w+|each)? ?with (?:the )?(?:letter [\"“']?(?P<letter>[a-z])\b|(?:words?|phrase|sentence)? ?{_QUOTED})",
        _begins,
    ),
    (
        "last words",
        rf"\b(?:end|finish|close)(?:ing)? (?:your (?:answer|reply|response)|it|the \w+)? ?with (?:(?:a|an) (?P<sign>question mark|exclamation mark)|(?:the )?(?:words?|phrase|sentence)? ?{_QUOTED})",
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
    ("another language", rf"\b{_DO}\b[^.!?\n]{{0,40}}?\bin (?P<tongue>{'|'.join(_TONGUES)})(?=[.:!,?]|\s*$)|^in (?P<other>{'|'.join(_TONGUES)})[,:]", _tongue),
)  # fmt: skip
