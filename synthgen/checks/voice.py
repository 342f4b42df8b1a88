"""The voice of an assistant where the bare text is wanted: talk of being a model, of the request, of its own work, of more.

Chatter has a grammar: a chat model names itself, its training, its reader's request, or what it has just written, and
offers more of it. The families below are made of those few parts, so that new words in the old places are found too.
People say many of the same words: what they say them of decides. English only.
"""

from __future__ import annotations

import re

_MODEL = r"(?:ai|artificial intelligence|(?:large )?language model|llm|chat ?bot|computer program|machine learning|chatgpt|claude|gemini|llama|gpt-?\d)"
_HELPER = r"(?:virtual|digital|automated|ai|ai-powered|artificial|conversational|helpful|friendly) assistant"
_NO_JOB = (
    r"(?![ -](?:engineers?|researchers?|experts?|developers?|designers?|scientists?|students?|teachers?|teams?|department|companies|company|startup|course"
    r"|class|ethicist|artist|consultant|specialist|lab|enthusiast|at|in|for|to a|with|team))"
)
"""People work as "an AI engineer", and as "a virtual assistant in a practice"."""
_WORK = (
    "message|text|note|response|answer|reply|version|draft|example|explanation|summary|e-?mail|letter|poem|story|rewrite|tips?|information|description"
    "|list|sentence|title|suggestions?|overview|complaint|query|request|review|post|paragraph|slogan|translation|haiku|joke|speech|essay|variation|sample"
    "|utterance|inquiry|dialogue|row"
)
"""What a model has written."""
_WANTED = "requirements?|needs|expectations|criteria|instructions?|prompt|constraints|guidelines|specifications|dataset"
"""What a reader wanted it to be."""
_MAKES = (
    "write|create|generate|explain|provide|draft|add|give you|rewrite|rephrase|reword|expand|elaborate|continue|suggest|list|turn (?:this|it|that|these)"
    "|shorten|adjust|modify|refine|tweak|revise|translate (?:this|it|that)|summari[sz]e|go (?:deeper|into)|come up with|tailor|compose|make (?:it|this|that|the|another|more)"
)
"""What it offers to do next."""
_MORE = (
    r"(?:another|one more|an alternative|(?:a|an) (?:different|longer|shorter|revised|second|new|other|simpler)|(?:any )?(?:more|other|additional|further|different)|two more|a few more|some more)"
    r" (?:\w+ )?(?:versions?|variations?|variants?|examples?|samples?|alternatives?|rewrites?|drafts?|wordings?|synonyms?|ideas|suggestions|tips"
    r"|(?:details?|information|questions) (?:on|about) (?:this|that|it|any)|(?:of|like) (?:this|that|these|them))"
)
_YOU_WANT = r"(?:['’]d| would)? (?:like|want|prefer|need)"
_I_AM = r"\bi(?:['’]m| am)(?: (?:just|only|merely|simply|but|still|really))?"
_END = r"(?=\W*$|[!.]\s)"

_SELF = (
    rf"\b(?:as|being|of) an? (?:\w+ ){{0,2}}?{_MODEL}\b{_NO_JOB}(?: (?:language )?(?:model|assistant|system))?(?=[,.;:!]| i\b| my\b| trained\b| created\b| developed\b| without\b)",
    rf"\bas (?:an?|your) (?:{_HELPER}|assistant|machine),? (?:i\b(?! (?:order|need|want|work|buy|use|have to|manage|would like))|my\b)",
    rf"{_I_AM} an? (?:\w+ ){{0,2}}?{_MODEL}\b{_NO_JOB}(?= (?:language )?(?:model|assistant|system|program)|[,.;:!]|\W*$| (?:and|but|so|without|here|that|who|designed|created|developed|trained|programmed|model))",
    rf"{_I_AM} (?:an? {_HELPER}(?=[.!]|\W*$|,? (?:and|so|but) (?:i |do |can|have)| (?:here|designed|created|developed|trained|programmed|who|that)\b)|your (?:\w+ )?assistant\b|an? (?:machine|algorithm)\b)",
    rf"\bi, (?:as|being) an? (?:\w+ ){{0,2}}?{_MODEL}|\b(?:speaking as|as someone without|although i am|since i am|being) (?:only |just )?an? (?:machine|body|{_MODEL})\b",
    (
        r"\bmy (?:knowledge cut-?off|training data (?:only|goes|ends|cuts|says|stops|does)|(?:last |latest |most recent )?(?:knowledge )?update (?:was|in)|knowledge base|knowledge (?:was|is|has|ends|stops|goes|only)|programming"
        r"|developers|creators|makers)\b|\b(?:based on|from) my training\b"
    ),
    r"\b(?:as of|up to|in) my (?:last |latest |most recent )?(?:knowledge )?(?:update|training)\b|\b(?:texts?|data|books) (?:that )?i (?:was|am|have been) trained on\b",
    r"\bi (?:was|am|have been) (?:here|designed|built|trained|programmed|created) to (?:help|assist|answer|support|provide|be helpful)\b",
    r"\b(?:i['’]m) (?:here|designed|built|trained|programmed) to (?:help|assist|answer|support|provide|be helpful)\b",
    r"\b(?:trained|developed|created|made) by (?:openai|anthropic|google|meta|an ai)\b",
    r"\bi (?:do not|don['’]t|lack|have no) (?:actually )?(?:have )?(?:\w+ )?(?:opinions|feelings|emotions|a body|personal experiences|personal experience with|(?:personal )?tastes|preferences|favou?rites|(?:a )?sense of taste|dreams myself|taste buds)\b",
)
_REQUEST = (
    r"\byour prompt\b|\bthe prompt (?:asks?|asked|says|requires?|specif\w+|mentions?|wants?|mentioned)\b",
    r"\bthe instructions? (?:asks?|asked|requires?|specif(?:y|ies|ied)|wants?)\b",
    r"\bthe (?:user|asker) (?:is asking|wants (?:a|an|to know|me)|asks? (?:about|for|me)|asked (?:about|for|me)|needs (?:a|an))\b",
    (
        r"^\W*(?:the|this) (?:customer|user|speaker|writer|patient|policyholder|client) (?:is (?:asking|complaining|describing|expressing|frustrated|upset|looking)"
        r"|wants (?:a|to)|seems to|expresses|asks (?:for|about|how|why|if|whether)|complains|describes|sounds)\b"
    ),
    r"\bas (?:per your (?:request|instructions)|requested by you|you instructed)(?=[,.!:]|\W*$)|^\W*(?:as|per) (?:requested|your request)[,:] (?:here|this|below|an?\b|the (?:text|message|example))",
    r"\b(?:based on|following|in line with|similar to|according to) (?:the|your) (?:given )?(?:examples?|samples?|instructions?|prompt)(?: (?:that )?you (?:gave|provided|shared|sent))?(?: me)?, (?:here|this|i)\b",
    rf"\bin (?:line|accordance) with your (?:{_WANTED})\b|\b(?:this|the|my) (?:{_WORK}) [^.!?\n]{{0,40}}?\b(?:meets?|fulfil\w*|satisf\w+|follows?|compl(?:y|ies) with) (?:all |both |each )?(?:of )?(?:the|your) (?:\w+ )?(?:criteria|constraints|requirements|specifications)\b",
    r"\b(?:both|all) (?:the )?(?:criteria|constraints|requirements) (?:of|in) (?:the|your) (?:task|prompt|request)\b|\bcriteria of the (?:task|prompt)\b",
    r"^\W*(?:that['’]s |what )?(?:an? )?(?:great|good|excellent|interesting|wonderful|fantastic|lovely|fascinating|fun) (?:question|prompt|topic|request)(?=[!.,]| to (?:write|talk)| indeed)",
    r"\bthat['’]s an? (?:great|good|excellent|interesting|fascinating|wonderful) question\b|\bi(?:['’]m| am) (?:so )?(?:glad|happy) (?:that )?you (?:asked|brought)\b",
)
_OWN_WORK = (
    (
        r"\b(?:this|the|the above|the following) (?:text|message|example|response|version|sentence|sample|complaint|query|request|utterance|poem|note|letter|answer)"
        r" (?:above |below )?(?:aims to|expresses|sounds like (?:an?|the|something|someone)|keeps (?:the|a)|follows the|meets the|demonstrates|illustrates|matches the|showcases|incorporates|highlights|avoids|is (?:meant|intended|designed) to)\b"
    ),
    r"\b(?:this|the) (?:response|answer|reply|text|example|version|poem|note) (?:is|was|has been) (?:kept|written|made|phrased|worded|designed) (?:short|in|to|as|so|with|simple|brief)\b",
    r"\bnote: (?:this|the|i|that|names)\b[^.!?\n]{0,60}\b(?:fictional|fictitious|invented|generated|example|sample|made[- ]up|label|tone|lines|words|message short|criteria|rhymes)\b",
    r"\(?\b(?:word|character) count: ?\d|\bthis is (?:an? )?(?:purely )?(?:fictional|fictitious|made[- ]up|invented|hypothetical)(?: (?:example|message|text|customer|case|request)|[.)!])",
    r"\b(?:from|in) (?:an?|the) [\w'’ -]{3,30} (?:point of view|voice):|\byou could also (?:phrase|put|word|write) it (?:like|as)\b|\brewritten (?:so that|to) (?:it )?sound",
    r"\bi(?:['’]ve| have)? (?:kept|wrote|written|made) (?:it|this|the (?:tone|text|message|answer|reply|note|poem)) (?:short|polite|casual|brief|simple|concise|in an?|with an?|from the|under|more|as)\b",
    rf"\bi(?:['’]ve| have)? (?:crafted|worded|phrased|tailored|generated|composed|chose|chosen|varied) (?:this|it|the|an?) (?:\w+ )?(?:{_WORK})\b",
    r"\bi (?:wrote|kept|made) it (?:to (?:one|two|three|a single|a few) (?:lines?|sentences?|words?|paragraphs?)\b|[^.!?\n]{0,60}\b(?:as requested|to sound|so that it (?:sounds|reads)))",
    r"\brate (?:this|my) (?:answer|response|reply)\b|\bimprov\w+ my (?:replies|answers|responses)\b",
    r"\bi have made up an? (?:customer|user|person|patient)\b|\bi (?:generated|produced) this\b",
    rf"\bi (?:hope|trust)(?: that)? (?:this|that|it|the|my|these|you find)(?: (?:{_WORK}))? (?:meets|fits|suits (?:your|the)|matches|captures|serves|proves? (?:useful|helpful)|(?:to be |is |was |are |were )?(?:useful|helpful)|is what you|this (?:useful|helpful)|works for your|answers|clears)\b",
    rf"\b(?:i hope (?:this|that|these|it) helps?|hope (?:this|that|it) helps)(?: you)?{_END}|\bhope this (?:works|fits|suits|is (?:useful|helpful))\b|\bhopefully,? (?:that|this) (?:clears|helps|answers)\b",
)
_OFFERS = (
    r"\bhow (?:can|may) i (?:help|assist) you(?: today)?(?: with (?:your|that|this)\b[^.!?]{0,40})?\W*(?:$|[?])",
    r"\b(?:is there )?(?:anything|something) else (?:(?:that )?i (?:can|could|may) (?:help|assist|do)|you need\?\W*$)",
    rf"\bwould you like (?:me to (?:{_MAKES})|to (?:know|learn|hear) more|more (?:information|details|examples|variations))\b[^.!\n]{{0,80}}\?|\bif you(?:['’]d| would) like,? i can\b",
    rf"\b(?:would you like|do you want|want|need|i can (?:also )?(?:offer|write|provide|give you)|let me know if you{_YOU_WANT}|tell me if you{_YOU_WANT})\b[^.!?\n]{{0,30}}?\b{_MORE}\b",
    rf"\b(?:do you want|want|need|would you like) me to (?:{_MAKES}|try)\b[^.!\n]{{0,60}}\?",
    rf"\b(?:shall|should) i (?:{_MAKES}|tell you more|plan an?)\b[^.!\n]{{0,60}}\?",
    rf"\b(?:please )?(?:let me know|just say|tell me|do tell me) (?:if|whether) you{_YOU_WANT} (?:me to (?:{_MAKES})|it (?:shorter|longer|more|less|to be)|(?:any |some )?(?:changes|adjustments|edits|revisions|tweaks|additional|{_MORE}))",
    (
        r"\b(?:please )?(?:let me know|feel free to (?:ask|reach out)|(?:do not|don['’]t) hesitate to (?:ask|reach out)|(?:do )?come back) (?:if you(?:['’]d like| would like| have| need| want)|with)[^.!?\n]{0,20}"
        r" (?:(?:any )?(?:other|further|more|additional|another)|any (?:questions|help|assistance|clarification))\b[^.!?\n]{0,60}[.!]?\W*$"
    ),
    r"\bi can (?:also |gladly |certainly |easily )?(?:rewrite|adjust|rephrase|modify|expand|shorten|tailor|write|generate|provide|make) (?:it|this|more|another|an? (?:longer|shorter|funnier|different|simpler|more)|the (?:text|message|tone|wording))\b",
    r"\bi can also (?:create|write|generate|make|give you|provide|suggest|draft|explain|shorten|turn)\b[^.!?\n]{0,60}",
    r"\b(?:happy|glad|delighted|pleased) to (?:adjust|revise|tweak|rewrite|rework|refine|generate|rephrase|elaborate|expand on|go deeper|explain (?:this|it|that)|provide (?:more|another|further))\b|\b(?:gladly|happily) explain (?:it|this)\b",
    r"\b(?:i['’]m|i am|i['’]d be|i would be) (?:very |always |more than )?(?:happy|glad|delighted|here) to (?:help|assist)(?: you)?(?:[!.]| with (?:that|this|your|any)\b| (?:create|write))",
    r"\bi can (?:definitely|certainly|absolutely|surely) help\b|\b(?:i am|i['’]m) always here (?:when|if) you\b",
    rf"\b(?:should you need|if you need) (?:{_MORE}|any more of these)\b|\b(?:more|other|further|different) (?:variations?|versions|examples|samples) of (?:this|that|the|these)\b",
)
_OPENINGS_ANYWHERE = (
    r"^\W*here(?:['’]s| is| are) (?:(?:an?|some|the|your|my|one) )?(?:[\w-]+,? ){0,3}?(?:answer|explanation|overview|summary|version|suggestion|response|rewrite)s?(?: \w+){0,3}? (?:for you|to your question|you (?:asked|requested|provided|gave))\b",
    r"^\W*here(?:['’]s| is| are) [^.!?\n]{0,40}\bsuch an? (?:text|message|row|sentence|request|query|complaint)s?\b",
    r"^\W*(?:certainly|of course|absolutely|no problem|sure(?: thing)?|with pleasure|understood|okay|got it)[,!.] (?:i(?:['’]ll| will) (?:answer|explain|write|keep|give|describe|use)\b|i['’]d be (?:happy|glad)|i can (?:help|do)|this is how|below (?:is|are|you))\b",
)


def _any(*families: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(one for family in families for one in family), re.IGNORECASE)


ASSISTANT_VOICE = _any(_SELF, _REQUEST, _OWN_WORK, _OPENINGS_ANYWHERE)
"""What is one anywhere, in an answer too: talk of being a model, of the request and of its own work."""
OFFER = _any(_OFFERS)
"""Offers of more: what letters say as well, where a question asks for one."""
LAST_OFFER = re.compile(r"\b(?:would you like me to|do you want me to|shall i)\b[^.!?\n]{2,80}\?\W*$", re.IGNORECASE)
"""At the end of an answer any offer is one; customers ask the like of theirs."""
_MADE = (
    "examples?|messages?|texts?|responses?|rows?|versions?|variations?|sentences?|requests?|complaints?|quer(?:y|ies)|e-?mails?|drafts?|samples?|ways?|options"
    "|rewrites?|utterances?|inquir(?:y|ies)|questions?|notes?"
)
_GLAD = "sure(?: thing)?|certainly|of course|absolutely|no problem|okay|ok|alright|all right|understood|got it|happy to help|gladly|great|excellent"
OPENING = _any(
    (
        (
            rf"^\W*(?:{_GLAD})(?:[,!.:]|\s[-–—])+ *(?:here(?:['’]s| is| are)|i(?:['’]d| would) be (?:happy|glad)|i(?:['’]ll| will| can) (?:write|create|generate|help|draft|provide)"
            r"|let me|let['’]s|(?:i['’]?m |i am )?(?:happy|glad) to (?:help|assist)|(?:the|this) (?:following )?(?:text|message|example|sentence)|(?:text|message|example|response|output|version)\b[^.!?\n]{0,20}:"
            r"|below (?:is|are|you)|(?:the|an?|our) (?:customer|user|patient|policyholder|client|caller|guest|subscriber)\b|(?:one|an?) [^.!?\n]{0,30}(?:coming up|for you)\b)"
        ),
        (
            rf"^\W*here(?:['’]s| is| are| comes?) (?:an?|another|some|one|two|three|five|ten|\d+)(?: (?!i\b)[\w'’-]+,?){{0,5}} (?:{_MADE})\b(?![^:]*\b(?:i|me|my|we)\b[^:]*:)"
            r"(?:[^.!?]{0,60}:| (?:that )?(?:an?|the) [\w-]+ (?:might|could|may|would) (?:send|write|ask|say)\b)"
        ),
        r"^\W*(?:let(?:['’]s| us| me)|allow me to) (?:craft|write|create|draft|generate|compose|come up with|produce|think of|give you an)\b",
        rf"^\W*(?:(?:{_GLAD})[,!.]* *)?(?:writing|speaking|answering) (?:as|from) (?:an?|the)\b|^\W*(?:revised|updated|new|shorter|rewritten|polished|final|improved|second) (?:{_MADE})\b[^.:\n]{{0,40}}:",
        rf"^\W*(?:i(?:['’]ll| will| have|['’]ve)) (?:write|written|create|created|generate|generated|craft|crafted|draft|drafted|compose|composed) (?:an?|the|some|this) (?:[\w-]+,? ){{0,3}}(?:{_MADE})\b",
        r"^\W*(?:(?:dear|hi|hello)\b[^,.!\n]{0,40}[,.!]\s*)?thank you for (?:contacting|reaching out)\b",
        r"^\W*(?:next (?:one|message|text|example)|the requested (?:text|message|example)|persona)[:,]|^\W*consider this an example\b|^\W*(?:(?:okay|ok|sure|alright|right|got it|understood)[,!.]* *)?here(?:['’]s| is) one (?:from|with|in|about|that)\b",
        rf"^\W*(?:an? )?(?:suitable|possible|typical|sample|generated|requested|example|fresh) (?:\w+ )?(?:{_MADE})\b[^.!?\n]{{0,40}}(?:might|could|would|may|number|:)",
    )
)
"""What opens an assistant's reply: a style where an assistant writes, a fault in what a customer should have written."""
