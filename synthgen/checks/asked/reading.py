"""Where a sentence asks for a form, and where it only speaks of one.

A form's words ask for it where a verb of giving governs them ("make a table"), where they say how a request is to be
carried out ("compare them in a table", "what is rust, in one sentence?"), where they stand alone ("bullet points,
please") and where a rule is made of them ("your answer must be valid JSON"). They ask for nothing in a question after
ways and reasons, in a report ("our service answers in JSON"), in quotes, under a condition, beside an alternative or
under a negation. A second wish, or one for each of several things, leaves it open how long the whole answer may be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from synthgen.checks.asked.form import Form, Found
from synthgen.checks.asked.leads import GIVE, LINKS, PARTS, Lead, begins, lead_of
from synthgen.checks.asked.sentences import QUESTION, REPORT, Sentence

BOUNDS = ("most", "least", "exact", "less", "more")
"""Groups of a number's bounds: with one of them a number of words is a limit wherever it stands."""
_TRIES = 8
"""Times that a form's words are looked at in one sentence."""


def wishes(sentence: Sentence, form: Form) -> Iterator[Found]:
    """Give each place in a sentence that asks for a form."""
    text = sentence.full if "said" in form.said.groupindex else sentence.text
    places = list(islice(form.said.finditer(text), _TRIES))
    if len(places) > 1 and "unit" in form.said.groupindex:
        return  # one length for this, and one for that
    for found in places:
        if not found.groupdict().get("other") and _asks(sentence, form, found):
            yield found


# What makes a wish uncertain

_NO = (
    r"(?:not|never|no|without|avoid\w*|instead of|rather than|neither|nor|unlike|except|skip|other than|\w+n['’]t|dont)"
)
_NOT = re.compile(
    rf"^\W*(?:(?:please|and|but|so|also|i|we|you) )*(?:do |would |must |should )?{_NO}\b|\b{_NO}(?: \S+){{0,4}}\s*$",
    re.IGNORECASE,
)
"""A no that begins what is said, or stands right before the form."""
_NO_NOT = re.compile(
    r"\bno (?:more|fewer|less|longer|need)\b|\bnot (?:more|less|fewer)\b|\byes or no\b|\b(?:whether or|why|if) not\b"
    r"|\bwith(?:out| no) (?:any )?(?:\w+ )?(?:explanations?|comments?|introduction|prose|text|words|fuss|ado)\b",
    re.IGNORECASE,
)
_IF = re.compile(
    r"^\W*(?:if|unless|whenever|when|in case|you (?:can|may|could|might))\b"
    r"|\b(?:maybe|perhaps|optionally|ideally|preferably|feel free)\b",
    re.IGNORECASE,
)
_IF_AFTER = re.compile(
    r"^[^.!?]{0,30}\bif (?:possible|you (?:can|like|want|wish|prefer|must)|needed|necessary|appropriate|it )",
    re.IGNORECASE,
)
_OR_AFTER = re.compile(
    r"^[\s,]*(?:and/)?or\b(?! (?:less|fewer|more|so|under|below|shorter|no\b|false|\d))", re.IGNORECASE
)
_EACH = re.compile(r"\b(?:each|every|per|both)\b", re.IGNORECASE)
_EACH_AFTER = re.compile(
    r"^[^,;:.]{0,25}\b(?:each|every|per|both|apiece)\b|\b(?:for (?:each|every|both)|each (?:one|of)|in another)\b",
    re.IGNORECASE,
)
"""One for each of several things."""
_SECOND = re.compile(
    r"\b(?:then|also|afterwards|followed by|as well as|along with|plus|or more"
    r"|and (?:explain|justify|say|tell|give|add|include|describe|why|then))\b",
    re.IGNORECASE,
)
"""A second wish."""
_TOOL = re.compile(
    r"\ban? (?:[\w-]+ ){0,3}(?:function|program|script|app|regex|expression|method|formula|macro|class|tool|parser|command|query|bot"
    r"|code) (?:that|which|to|for|(?!using|containing|listing|comparing|including|reading|covering)\w+ing)\b"
    r"|\b(?:courses?|lessons?|tutorials?|articles?|games?|books?|jokes?|talks?) (?:in|about|on|for) (?:an? |the )?$",
    re.IGNORECASE,
)
"""What is made writes or reads the form, or is about it, and the answer need not have it."""
_OTHERS = re.compile(
    r"\b(?:who|that|which) (?:\w+ ){0,2}(?:speaks?|talks?|answers?|replie?s|writes?|thinks?|returns?|prints?|outputs?|counts?|says?|limits?"
    r"|allows?|forbids?|restricts?|demands?|requires?)\b"
    r"|\b(?:who|in which|where) (?:\w+ ){0,2}(?:may|can|must|uses?|has|have)\b[^,;:]{0,40}$"
    r"|\b(?:of|about|for|against|on|from|avoid) (?:not |never |always |only )?(?:writing|answering|speaking|using|numbering|listing|putting|printing|storing"
    r"|sending|giving|presenting|replying)\b[^,;:]{0,40}$",
    re.IGNORECASE,
)
"""Somebody else speaks so."""


def _asks(sentence: Sentence, form: Form, found: Found) -> bool:
    before, after = sentence.text[: found.start()], sentence.text[found.end() :]
    made = _TOOL.search(before) and "code" not in found.group().lower()
    if made or _IF.search(before) or _OTHERS.search(before) or _IF_AFTER.search(after) or _OR_AFTER.search(after):
        return False
    if _NOT.search(_NO_NOT.sub(" ", re.split(r"[,;:(–—]", before)[-1])):
        return False
    if form.whole and (sentence.more or _more(before, after)):
        return False
    groups = found.groupdict()
    if form.place == "anywhere" or any(groups.get(one) for one in BOUNDS):
        asked_after = QUESTION.search(sentence.text) and not re.search(r"[,;:(–—.-] *$", before)
        if not asked_after and (sentence.wanted or not REPORT.search(sentence.text)):
            return True
    return form.place != "anywhere" and _governed(sentence, form, before, after)


def _more(before: str, after: str) -> bool:
    """Return whether more is wanted than what stands between both, or several of it."""
    each = _EACH.search(before) or _EACH_AFTER.search(after)
    return bool(each or _SECOND.search(before) or _SECOND.search(after))


# What makes a wish of a form's words

_RULE = re.compile(
    r"^(?:[^.!?]{0,80}\b)?(?<!\bmy )(?<!\bour )(?<!\bhis )(?<!\bher )(?:your \w+|answers?|repl(?:y|ies)|responses?|outputs?|results?|summary"
    r"|format|explanation|solution|list|description|everything|it|they|text|story|poem|essay|letter|title|message|email|sentence)\b"
    r"(?: \w+){0,3}? (?:should|must|needs? to|has to|have to|is to|are to|ought to|shall|may only|can only|cannot|can['’]t"
    r"|may not|mustn['’]t|shouldn['’]t)\b"
    r"|^\W*(?:can|could|may|should) (?:(?:the|your) )?(?:answer|reply|response|output|result|list|it|that|this) be\b"
    r"|^\W*(?:the |your )?(?:answers?|replies|responses?|outputs?|results?) (?:in|as|with)\b"
    r"|^\W*(?:(?:answer|output|response|reply|desired|required|expected) )?(?:format|style|form|output|layout|structure|length"
    r"|word (?:limit|count)|limit|requirements?|rules?|constraints?|instructions?|guidelines?|important|note)\b\s*(?::|=|is\b|-)",
    re.IGNORECASE,
)
"""Somebody says what an answer must be."""
_LAID = re.compile(r"\bin (?:the |a )?(?:form|format|shape|style|manner|structure) of$", re.IGNORECASE)


def _governed(sentence: Sentence, form: Form, before: str, after: str) -> bool:
    """Return whether what stands around a form's words makes a wish of them."""
    lead = lead_of(before)
    if lead.word in LINKS:
        bare = before.rsplit(maxsplit=1)[-1].lower() in {"in", "with", "using"}  # "In JSON, how do I …"
        if form.place == "format" and bare and not lead.head and _ASKED.search(after):
            return False
        return _may_link(form, lead) and _linked(sentence, form, lead, after)
    if _RULE.search(before):
        return True
    if form.place == "linked":
        return False
    if lead.word in GIVE:
        part = form.whole and lead.word in {"add", "include", "insert"}
        return lead.first and not sentence.tells and not part
    return not lead.word and _alone(sentence, form, lead.head, after)


# What a link may join

_LAYING = frozenset({"as", "in", "into", "to", "using", "with", "via"})
_A_TEXT = re.compile(
    r"\b(?:an?|one|your|the) (?:[\w-]+ ){0,2}(?:slogan|title|tagline|headline|caption|line|text|summary|poem|story|answer|reply|response"
    r"|message|tweet|bio|description|definition|explanation|paragraph|sentence|note|letter|essay|review|introduction|toast|speech|motto"
    r"|name|phrase|abstract|report|article|post|blurb|biography|maximum|minimum|total|limit|length)$",
    re.IGNORECASE,
)
_SHORTEN = re.compile(
    r"^\W*(?:please |then |now )?(?:limit|keep|restrict|confine|trim|cut|hold|stick|shorten|condense|reduce|boil|summari[sz]e|compress|bring|get"
    r"|distil|break|pare|edit|squeeze)\w*\b|\b(?:limited|restricted|confined|shortened|cut|reduced|condensed)$",
    re.IGNORECASE,
)
_WITH = re.compile(
    r"\b(?:answer|respond|reply|compare|show|explain|summari[sz]e|present|illustrate|display|support|it)\b",
    re.IGNORECASE,
)

_LAY = r"format|convert|turn|export|parse|read|display|present|render|put|insert|draw|save|store|sort|arrange|organi[sz]e|type"
_LAID_OUT = r"written|stored|saved|encoded|represented|expressed|formatted|given|shown|listed|sent|returned|sorted|presented|arranged|put|printed"
_SPOKEN_OF = re.compile(
    rf"\bhow to (?:\w+ )?(?:{_LAY})\b|\b(?:is|are|was|were|be|been|gets?) (?:\w+ )?(?:{_LAID_OUT})$", re.IGNORECASE
)
"""Somebody is told how such a form is made, or it is there already."""
_DONE = re.compile(
    r"\b(?:why|how|that|when|where|which|who)\b[^,;:]{0,120}\b(?:give|write|make|create|use|add|present|put|store|send|save|print|list|publish)"
    r"(?:s|d|es|ed)?\b",
    re.IGNORECASE,
)
"""Others use such a format."""
_WAYS = re.compile(r"\b(?:ways?|methods?|tool|best|function|command|code|called|mean|word)\b", re.IGNORECASE)
_WHAT = re.compile(
    r"\W*(?:what(?:['’]s| is| are| was| were| does| do| did)|who (?:is|was|are|were)|why|how (?:does|do|did) (?!i |you |we |one ))",
    re.IGNORECASE,
)
_PLEASED = r"(?:please|pls|plz|only|max\w*|thanks|at most)"
_GOES_ON = re.compile(
    r"^\s*[,:;.!–—-]|^\W*$|^,? (?:what|who|how|why|which|when|where|whether|is|are|can|please|and nothing|only)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(r"^,? (?:how|what|why|can|is|are|do|does|did|which|where|when|who|should)\b", re.IGNORECASE)
_ENDED = re.compile(
    rf"^[\s)\"”*]*(?:,? (?:{_PLEASED}|and nothing (?:else|more)|no more|instead))?[\s).!?*]*$", re.IGNORECASE
)
_WISHED = re.compile(
    rf"^(?:[ ,]*(?:{_PLEASED}|would be|will do|tops|preferred|is (?:enough|all)|and nothing|nothing else)\b|[\s)\"”*]*(?:[.!;)]|$))",
    re.IGNORECASE,
)
_THANKED = re.compile(rf"^[ ,]*{_PLEASED}\b", re.IGNORECASE)


def _may_link(form: Form, lead: Lead) -> bool:
    """Return whether a link suits a form: "in a table" and not "under a table", "a text of two lines" and not "texts of"."""
    if _LAID.search(f"{lead.head} {lead.word}"):
        return True
    if lead.word == "of":
        return form.whole and bool(_A_TEXT.search(lead.head))
    if lead.word == "with" and form.place == "format":
        return bool(_WITH.search(lead.head)) or not lead.head
    if lead.word == "to" and form.whole:
        return bool(_SHORTEN.search(lead.head))
    return form.whole or lead.word in _LAYING or (form.place == "linked" and lead.word not in {"at", "on"})


def _linked(sentence: Sentence, form: Form, lead: Lead, after: str) -> bool:
    """Return whether a link says how something asked for is to be given."""
    head = lead.head.rstrip()
    if _RULE.search(f"{head} {lead.word}"):
        return True
    if not head or head[-1] in ".:!?":
        return bool(_GOES_ON.search(after)) or begins(after)
    if ((form.place != "given" or lead.word in {"to", "into"}) and _SPOKEN_OF.search(head)) or (
        form.place == "format" and _DONE.search(head)
    ):
        return False
    first, *rest = re.split(r"[,;:.!?(–—]\s*|\s-\s|\b(?:and|then|please|but)\s", head)
    begun = sentence.wanted or any(map(begins, rest)) or (begins(first) and not sentence.tells)
    return begun or (bool(_ENDED.search(after)) and _closes(sentence, form, lead))


def _closes(sentence: Sentence, form: Form, lead: Lead) -> bool:
    """Return whether a sentence without a verb that asks may end with the way to answer it."""
    if lead.head.rstrip()[-1] in f"{PARTS}-":
        return True
    if not sentence.tells:  # "the plot of Hamlet in two sentences"
        return sentence.last and lead.word in {"in", "as"}
    links = {"in", "as"} if form.whole else {"as"}  # "what is rust in two sentences?"
    return bool(_WHAT.match(sentence.text)) and lead.word in links and not _WAYS.search(lead.head)


def _alone(sentence: Sentence, form: Form, head: str, after: str) -> bool:
    """Return whether words that nothing governs are a wish: "Bullet points, please."."""
    if sentence.wanted and not re.search(r"[,;:]", head):
        return True
    if sentence.text.lstrip().startswith("#") or (head.strip() and not after.strip()):
        return False  # a heading
    labels = after.startswith((":", ",")) if form.whole else after.startswith(":") and begins(after[1:])
    if labels and not head.strip():
        return True
    tail = re.search(r"[,;:(–—-]\s*(?:\w+ )?$", head) and not begins(head) and not QUESTION.search(head)
    if tail and not re.search(r"[(–—:]\s*\w* ?$|- \w* ?$", head):
        return bool(_THANKED.search(after) or _ENDED.search(after))
    pleased = _WISHED.search(after) or (not tail and re.search(r"\b(?:please|pls|plz)\W*$", after))
    return bool(pleased) and (bool(tail) or not sentence.tells)
