"""What a question may ask for that would be a fault unasked: a refusal in a letter, a song's refrain, another language.

A request excuses its answer and its input, never another field. Each pattern reads the question and names the plain
words of such a wish.
"""

from __future__ import annotations

import re

from synthgen.text import normalise

_TONGUES = (
    "afrikaans|albanian|arabic|armenian|basque|bavarian|belgian|bengali|bosnian|brazilian|breton|bulgarian|burmese|cantonese|catalan|celtic"
    "|chinese|croatian|czech|danish|dutch|esperanto|estonian|ethiopian|farsi|filipino|finnish|flemish|french|gaelic|galician|georgian|german"
    "|greek|hawaiian|hebrew|hindi|hungarian|icelandic|indian|indonesian|irish|italian|japanese|javanese|kazakh|khmer|korean|kurdish|lao|latin"
    "|latvian|lithuanian|luxembourgish|macedonian|malay|maltese|mandarin|maori|mexican|mongolian|nepali|norwegian|pashto|persian|polish"
    "|portuguese|punjabi|quechua|romanian|russian|samoan|sanskrit|scottish|serbian|slovak|slovenian|somali|spanish|swahili|swedish|swiss"
    "|tagalog|tamil|thai|tibetan|turkish|ukrainian|urdu|uzbek|vietnamese|welsh|yiddish|zulu"
)
SCRIPT = re.compile(
    rf"\b(?:in|into|from|of|speaks?) (?:\w+ )?(?:{_TONGUES})s?\b|\b(?:{_TONGUES})s? (?:\w+ )?(?:words?|phrases?|names?|greetings?|expressions?|proverbs?|poems?|sentences?|translations?"
    r"|equivalents?|verbs?|nouns?|lessons?|texts?|songs?|dish(?:es)?|for|speakers?|version|letters?|messages?|sayings?|idioms?|titles?|quotes?|question|answer)\b"
    r"|\btranslat\w+|\b(?:in)?to english\b|\bforeign\b|\blanguages?\b|\bmother tongue\b|\bhow do (?:you|i) say\b|\bbilingual|\bwhat does [^.!?\n]{1,60} mean\b|\bhow do (?:you|i|we) order\b",
    re.IGNORECASE,
)
"""What may want another script."""
LANGUAGE = re.compile(rf"{SCRIPT.pattern}|\b(?:{_TONGUES})s?\b", re.IGNORECASE)
"""What may want other words in the same one: who speaks of a language may quote it."""
REFUSAL = re.compile(
    r"\b(?:declin\w*|refus\w*|reject\w*|turn(?:s|ing)? (?:it |him |her |them |this )?down|say(?:s|ing)? no|apolog\w*|excuse (?:me )?from"
    r"|cancel\w*|polite no|out[- ]of[- ]office|regrets?|resign\w*|role-?play|dialogue|screenplay|quote|polite(?:ly)? (?:way|answer|reply|no))\b",
    re.IGNORECASE,
)
VOICE = re.compile(
    r"\b(?:role-?play|dialogue|screenplay|script|greets?|greeting (?:for|to|of) (?:an? |the )?(?:customer|guest|caller|visitor|client)s?|sign-?off|closing line|robot|chat ?bot|assistant|agent|clerk|waiter|receptionist|concierge|salesperson"
    r"|customer service|help ?desk|call cent(?:er|re)|auto-?reply|newsletter|support (?:e-?mail|reply|message))\b",
    re.IGNORECASE,
)
OFFER = re.compile(
    rf"{VOICE.pattern}|\b(?:write|draft|compose|reply|respond|answer)\b[^.!?\n]{0, 200}\b(?:e-?mails?|letters?|messages?|notes?|repl(?:y|ies)|text|invitation|lines?)\b",
    re.IGNORECASE,
)
FIELDS = re.compile(
    r"\b(?:exercises?|quiz|tests?|flash ?cards?|gap|fill|print\w*|outputs?|program|code|function|script|command|query|questions? and answers?|faqs?|labels?|fields?|forms?"
    r"|templates?|dialogue|conversation|script|transcript|json|csv|table|categor\w+|classif\w+|options?|versions?|variations?|examples?|drafts?|messages"
    r"|responses|sentences|texts|prompts?|tasks?)\b",
    re.IGNORECASE,
)
PLACEHOLDER = re.compile(
    r"\b(?:template|placeholder|boilerplate|what (?:is|does) (?:an? )?todo|roman numerals?|fill[- ]?in|blanks?|cloze|gaps?|form letter|mail merge|variables?|format(?:ted)? string|regex|regular expression"
    r"|f-string|printf|strftime|date format|format\b[^.!?]{0,30}\bdates?|syntax|brackets?|braces|jinja|mustache|shell|bash|html|xml|css|javascript"
    r"|python|java|sql|php|markdown|latex|endpoint|yaml|json|underscores?)\b|lorem ipsum[^.!\n]*\?",
    re.IGNORECASE,
)
REPEATED = re.compile(
    r"\b(?:repeat\w*|repetition\w*|times in a row|again and again|chants?|mantras?|litany|drill|echo\w*|syllables?|warm-?up|patterns?|sequences?|loops?"
    r"|code|function|script|program|query|ascii|sounds? like|noises?|\d+ times|(?:three|four|five|six|seven|eight|nine|ten|twenty|fifty|hundred) times"
    r"|times tables?|multiplication table|anaphora|prayer|blues|chords?|rhythms?|beats?)\b",
    re.IGNORECASE,
)
"""What wants nothing but the same again."""
REPETITION = re.compile(
    r"\b(?:write|compose|create|make|give|sing|recite|continue|finish|invent|generate|come up with|draft|show|print|produce|say|spell|tell me)\b[^.!?\n]{0,200}"
    r"\b(?:songs?|chorus|lyrics?|poems?|poetry|verses?|refrains?|rhymes?|chants?|mantras?|lullab(?:y|ies)|haiku|ballads?|villanelle|tongue[- ]twister"
    r"|repeat\w*|repetition\w*|anaphora|prayer|litany|slogan|drill|echo\w*|again and again|times in a row"
    r"|pattern|sequence|loop|code|function|script|program|query|nursery|carol|anthem|cheer|out loud|ascii)\b"
    r"|\bsing (?:me|us)\b|\btimes tables?\b|\bmultiplication table\b|\bwords (?:of|to)\b|\bverses? of\b|^\W*repeat\b|\btimes in a row\b|\bnursery rhyme\b|\blyrics (?:of|to)\b",
    re.IGNORECASE,
)
MARKS = re.compile(
    r"\b(?:titles?|headlines?|subject lines?|slogans?|taglines?|mottos?|captions?|hashtags?|names?|addresse?s?|address|poems?|haiku|verses?|lyrics?|songs?|rhymes?"
    r"|limerick|code|function|script|command|quer(?:y|ies)|regex|formulas?|equations?|json|yaml|csv|html|xml|css|sql|python|list|table|ascii|emojis?"
    r"|lower ?case|upper ?case|without (?:punctuation|a full stop|a period)|number only|only (?:the|a) (?:number|word)|one word|single word|first line|date|url"
    r"|e-?mail address|sort|order|format|convert|recipe|menu|schedule|outline|acronym|abbreviation|unscramble|playlist|agenda)\b",
    re.IGNORECASE,
)
LONG = re.compile(
    r"\b(?:explain|describe|discuss|elaborate|compare|contrast|analy[sz]e|argue|justify|outline|summari[sz]e|advise|in detail|why|how (?:do|does|did|can|could|should|would|to|come)(?! (?:you|i|we|one|people) (?:(?:say(?! (?:no|yes|sorry|thank|goodbye|hello)\b)|spell|pronounce|call|translate)\b|write (?:[\"“‘']|[^.?]{1,40} in \w+\W*$)))"
    r"|tell me (?:about|how|why|more)|what (?:should|can|could|would|do(?! (?:you|we|people|they) call\b)|happens|are the|causes|is the difference)|tips?|advice|steps?|instructions|help me|can you help|best way|walk me through|itinerar(?:y|ies)|guide|introduction|biography|description|routine|schedule|bedtime"
    r"|essay|story|poem|paragraph|(?<!the )sentences?|letter|e-?mail|message|speech|article|report|review|recipe|plan|pros and cons|and (?:which|how|why|what|where)|reasons?|ideas?|suggestions?|ways|examples|draft)\b"
    r"|\b(?:list|name|give|suggest|recommend)(?: me| us)? (?:two|three|four|five|six|seven|eight|nine|ten|\d+|some|several|a few)\b",
    re.IGNORECASE,
)
"""What no word or number alone can answer."""
NO_ANSWER = re.compile(
    r"^\W*(?:ok(?:ay)?|sure|done|yes,? sure|n/?a|none|null|nothing|test|hello|hi|hm+|see above|idk|no idea|maybe|whatever|fine|thanks?|thank you|understood|got it"
    r"|of course|certainly|noted|answer|response|text|i see|no comment|\W*)\W*$",
    re.IGNORECASE,
)
"""Words that answer no question but whether."""
WHETHER = re.compile(
    r"^\W*(?!(?:can|could|would|will) you (?:please )?(?:walk|explain|tell|give|show|write|help|describe|list|suggest|recommend|summari[sz]e|translate|make|draft"
    r"|create|turn|rewrite|teach|name|compare|think|come up)\b)(?:(?:yes or no|true or false)\b|(?:is|are|am|was|were|do|does|did|can|could|should|would|will|has|have|had"
    r"|may|must)\b)|\b(?:yes or no|true or false|say (?:hello|hi|ok|yes|thanks))\b",
    re.IGNORECASE,
)


BRIEF = re.compile(
    r"(?:^|[:.!?]\s)\W{0,5}(?:(?:the )?(?:opposite|synonym|antonym|plural|past tense|capital|symbol|abbreviation|currency|colou?r)\b|what|which|who(?:se|m)?|when|where|how would (?:you|i|one) sign off|how (?:do (?:you|i|we) (?:say|spell|pronounce|write)|many|much|old|long|far|tall|often|big|high|deep|fast|heavy)|in (?:which|what)|at (?:which|what)|name (?:a|an|the|one|some\w+)|pick|choose|guess"
    r"|translate|encode|decode|hash|repl(?:y|ies)|answer|respond|give|spell|convert|calculate|compute|solve|find|identify|classify|complete|continue|finish|fill|correct|unscramble|write (?:a|an|the|one)|state|say)\b"
    r"|\b(?:one word|single word|a number|a word|only|just|yes or no|true or false)\b",
    re.IGNORECASE,
)
"""What a word or a number may answer."""
MOST_BRIEF = 20
"""Words that such a question has at most: a longer one tells a case, and wants more than a word."""
_YES = re.compile(r"^\W*(?:yes|no|true|false|correct|wrong|right|never|always|sometimes|both|neither)\b", re.IGNORECASE)
_CLASSIFY = re.compile(
    r"^\W*(?:classify|categori[sz]e|label|tag|identify|name something)\b|\bsign off\b", re.IGNORECASE
)
_IN_CODE = re.compile(r"^\S*[(){}=<>/\\]\S*$")
_NO_MORE = re.compile(r"^\W*(?:yes|no|sure|maybe|true|false|it depends|depends)\W*$", re.IGNORECASE)
_WORDS = re.compile(
    r"\b(?:one word|single word|a number|a word|only|just|pick|translate|encode|(?:at most|up to|exactly|within|in) (?:\w+ )?words?)\b",
    re.IGNORECASE,
)
"""What asks for a word, a number or a few words."""
ELABORATE = re.compile(
    r"\b(?:stor(?:y|ies)|essay|itinerary|speech|article|report|biography|walk me through|in detail|guide|pros and cons|lesson plan|cover letter|paragraphs?|compare and contrast)\b",
    re.IGNORECASE,
)
LETTER = re.compile(
    r"\bexplain\b|\b(?:draft|write|compose|compare)\b[^.!?\n]{0,200}\b(?:notes?|letters?|e-?mails?|with|and|to)\b",
    re.IGNORECASE,
)
LEAST_ELABORATE, LEAST_LETTER = 6, 4
"""Words that an answer to such a wish has at least, and those of a letter."""


def short_answer(question: str, answer: str) -> bool:
    """Return whether an answer of a word or two answers the question."""
    said, asked = normalise(answer), normalise(question)
    if said and re.search(rf"\b(?:or|say) {re.escape(said)}\b|\b{re.escape(said)} or\b", asked):
        return True
    if NO_ANSWER.match(answer) and answer.isascii():
        return False
    if WHETHER.search(question):
        return bool(_YES.match(answer))
    brief = bool(BRIEF.search(question)) and len(question.split()) <= MOST_BRIEF and not _NO_MORE.match(answer)
    few = _WORDS.search(question) or _CLASSIFY.search(question) or _IN_CODE.match(answer)
    return brief and (bool(few) or not LONG.search(question))


def too_little(question: str, answer: str) -> bool:
    """Return whether a few words answer a wish for a story, an essay, a plan or the like."""
    words = len(answer.split()) if answer.isascii() else LEAST_ELABORATE
    short = (words < LEAST_ELABORATE and ELABORATE.search(question)) or (
        words < LEAST_LETTER and LETTER.search(question)
    )
    return bool(short) and not (_WORDS.search(question) or WHETHER.search(question))
