"""How much is asked for: so many words, sentences, lines, paragraphs or characters, exactly, about, at most, at least.

One pattern reads all of them: a bound, a number, a second number, a kind, a unit, and a bound behind it. People count
loosely: half as many sentences again and a fifth more words pass where no exact number is asked for.
"""

from __future__ import annotations

from synthgen.checks.asked import measures
from synthgen.checks.asked.form import whole

NUMBER = rf"(?:{'|'.join(sorted(measures.NUMBERS, key=len, reverse=True))}|\d{{1,4}})"
_REACH = (
    r"(?:exceed(?:ing)?|(?:\w+ )?(?:more|longer) than|(?:go )?(?:over|above|beyond|past)|use more than|take more than)"
)
_KEEP = r"\b(?:limit|keep|restrict|confine|trim|cut|hold|stick|shorten|condense)(?:ed|d|ing)?"
MOST = (
    r"(?:at (?:the )?(?:very )?most|no (?:more|longer) than|not (?:more|longer) than|(?:fewer|less|shorter) than"
    rf"|(?:not|n['’]t|cannot|never|without) {_REACH}|under|below|within|up to"
    r"|(?:a )?max(?:\.|imum)?(?: of)?:?|(?:a )?limit of"
    rf"|{_KEEP} (?:[\w ]{{1,24}} )?(?:to|under|below|within|at)(?: (?:at most|under|below))?)"
)
LEAST = (
    r"(?:at (?:the )?(?:very )?least|(?:no|not) (?:less|fewer|shorter) than|more than|over"
    r"|a minimum of|min(?:\.|imum)?(?: of)?:?)"
)
_BOUND = (
    rf"(?:(?P<most>{MOST})|(?P<least>{LEAST})|(?P<exact>exactly|precisely|a total of)"
    r"|(?P<about>(?<!write )(?<!tell me )(?<!talk )(?<!poem )(?<!story )about|around|roughly|approximately|approx\.?|some|circa|between|from))"
)
_RANGE = rf"(?P<n>(?P<big>[2-9]\d|\d{{3,4}}|twenty|thirty|forty|fifty|sixty|eighty|a hundred|one hundred)\b|{NUMBER})(?:(?: ?[-–] ?| to | or | and )(?P<high>{NUMBER}))?"
_KIND = (
    r"(?:(?:short|simple|clear|full|complete|brief|separate|concise|long|english|rhyming|compact|crisp|punchy|plain"
    r"|descriptive|new|different|example|whole|single|small|tiny|easy|catchy|quick|well-written|declarative|rhymed"
    r"|little),? ){0,2}"
)
_OF_EACH = (
    r"(?![ -](?:[a-z-]+ )?(?:sentences|lines|titles|names|slogans|phrases|captions|headlines|answers|summaries"
    r"|descriptions|reviews|tweets|poems|stories|tips|paragraphs|facts|jokes|messages|taglines|definitions|posts|bullets"
    r"|replies|responses|items|entries|verses|bios|questions)\b)"
)
"""A length of each of several is none of the whole."""
_THOSE = r"of (?:the|this|that|these|my|your|his|her)|from|into|in (?:the|this|that)|like|such"
_SOME_WORDS = (
    rf"(?! (?:{_THOSE}|that|which|for|or phrases?|starting|beginning|ending|meaning|related|rhyming"
    r"|with (?:the same|similar|opposite)|in (?:all )?(?:capital|upper|caps|lower)\w*|to (?:describe|replace|express|say))\b)"
)
"""Words that are asked for themselves are no length."""
_ANSWER = r"(?:[ -](?:\w+ )?(?:answers?|summary|reply|response|definition|description|explanation|overview|version))?(?: or so)?"
_AFTER = (
    r"(?:(?P<less>,? (?:or (?:less|fewer|under)|at (?:the )?most|max(?:imum)?\b|tops|and no more))"
    r"|(?P<more>\+|,? (?:or more|at least|min(?:imum)?\b)))?"
)
_CHARACTERS = (
    rf"\b(?:(?P<most>{MOST}) (?P<n>\d{{1,4}}) (?:characters|letters)"
    r"|(?P<also>\d{1,4}) (?:characters|letters)(?P<less> or (?:less|fewer)| max\w*| at most))\b"
)
_VERSE = "|".join(measures.VERSES)
_WORDS = r"(?<!\ba )words?(?! (?:problem|search|game|document|processor|order)s?\b)"
_OTHER_LINES = rf"(?! (?:{_THOSE}|that|which|where|of (?:code|python))\b|[- ](?:up|manager|break))"


def _quantity(units: str, other: str, number: str = "") -> str:
    """Return the pattern of so many units; `other` comes after what is no length, unless a limit stands before it."""
    free = rf"(?(most)|(?(about)|(?(big)|(?(exact)(?! (?:that|which)\b)|{other}))))"
    return rf"\b(?:{_BOUND} )?{number}{_RANGE}[ -]{_KIND}(?P<unit>{units})\b{_OF_EACH}{free}{_ANSWER}{_AFTER}"


_MOST_WORDS = r"\bword (?:limit|count|maximum)(?: is| of)?:? (?P<most>\d{1,4})\b"
FORMS = (
    whole(
        "one word",
        r"\b(?:(?:just|only|exactly) )?(?:one|a single|1|single)[ -]word\b"
        rf"(?! (?:for|that|or|per|which|to describe|problem|in|comes|is|was|has|begins|means|appears|occurs|rhymes)\b){_ANSWER}",
        "word",
        measures.one_word,
        "given",
    ),
    *(
        whole(f"so many {units}", said, needs, measures.of_length, "given")
        for units, said, needs in (
            ("words", _quantity(_WORDS, _SOME_WORDS, r"(?!one\b|a single\b|1\b(?!-| to| or))"), "word"),
            ("words", rf"(?<=\bof ){_RANGE}[ -]{_KIND}(?P<unit>words?)\b", "word"),
            (
                "sentences",
                rf"\b(?P<n>an?|one) {_KIND}(?P<unit>sentence|paragraph|line) or (?P<high>two|three)\b",
                " or two| or three",
            ),
            ("sentences", _quantity("sentences?", rf"(?! (?:{_THOSE})\b)"), "sentence"),
            ("paragraphs", _quantity("paragraphs?", rf"(?! (?:{_THOSE})\b)"), "paragraph"),
            ("lines", _quantity("(?:lines?|verses?)", _OTHER_LINES), "line|verse"),
            ("stanzas", _quantity("stanzas?", rf"(?! (?:{_THOSE})\b)"), "stanza"),
        )
    ),
    whole("so many words", _MOST_WORDS, "word", measures.many_words),
    whole("so many characters", _CHARACTERS, "character|letter", measures.characters),
    whole(
        "a tweet",
        r"\b(?P<other>like )?(?:a|one|single) tweet\b(?! (?:from|by|thread))",
        "tweet",
        measures.tweet,
        "given",
    ),
    whole(
        "a poem of so many lines", rf"\b(?P<kind>{_VERSE})\b(?![-\w'’]| (?:is|form))", _VERSE, measures.verses, "given"
    ),
)
