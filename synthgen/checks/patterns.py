r"""What the rules of wording look for, and what each pattern cannot match without.

Sources: refusals in the first 300 characters, placeholders and missing ends as in the post-filters of Self-Instruct
(Wang et al. 2022) and WizardLM (Xu et al. 2023). The phrases are English.
"""

from __future__ import annotations

import re

_STOCK = (
    r"\bas an? (?:ai|artificial intelligence|large language|language) (?:language )?(?:model|assistant)\b|\bas an ai[,.]"
    # People work as "an AI engineer" or as "a virtual assistant": what follows tells.
    r"|\bi(?:['’]m| am) (?:just |only |merely )?an? (?:ai (?:language )?(?:model|assistant|system|chatbot)|(?:large )?language model)\b"
    r"|\bi(?:['’]m| am) (?:just )?an? (?:ai|chatbot|virtual assistant)"
    r"(?=[.!]|\W*$|,? (?:and|so) (?:i |do|can|have)| (?:here|designed|created|developed|trained|programmed)\b)"
    r"|\bmy knowledge cut-?off\b|\bmy (?:last )?(?:knowledge )?update was\b|\bmy training data (?:only|goes|ends|cuts)\b"
    r"|^\W*(?:great|good|excellent|interesting) question[!.]|\bthat['’]s an? (?:great|good|excellent|interesting|fascinating) question\b"
    r"|\bhow (?:can|may) i (?:help|assist) you(?: today| with)?\W*(?:$|[?])"
    r"|\b(?:i hope (?:this|that) (?:helps|answers)|hope (?:this|that) helps|feel free to ask(?! (?:him|her|them|my)\b))(?=\W*$|[!.] | if you\b| (?:me )?(?:about|for|any) (?:more|other|another|further|questions?)\b)"
    r"|\b(?:please )?(?:let me know|feel free to (?:ask|reach out)|(?:do not|don['’]t) hesitate to (?:ask|reach out)) if you"
    r"(?:['’]d like| would like| have| need| want)[^.!?\n]{0,20}"
    r" (?:(?:any )?(?:other|further|more|additional|another)|any (?:questions|help|assistance|clarification))\b[^.!?\n]{0,60}[.!]?\W*$"
    r"|\b(?:is there )?anything else (?:that )?i can (?:help|assist|do)\b"
    r"|\bwould you like (?:me to (?:write|create|generate|explain|provide|draft|add|give you|rewrite|expand|elaborate|continue|suggest|list)|to (?:know|learn|hear) more|more (?:information|details|examples|variations))\b[^.!\n]{0,80}\?|\bif you(?:['’]d| would) like,? i can\b|\bdo you want me to\b[^.!\n]{0,80}\?\W*$"
    r"|\bi can also (?:create|write|generate|make|give you|provide|suggest|draft|explain)\b[^.!?\n]{0,60}\bfor you\b"
    r"|\b(?:i['’]m|i am|i['’]d be|i would be) (?:very |always )?(?:happy|glad|delighted|here) to (?:help|assist)(?: you)?(?:[!.]| with (?:that|this|your)\b)"
    r"|\bi(?:['’]m| am) (?:so )?glad you asked\b|\bi can (?:definitely|certainly|absolutely|surely) help\b"
    r"|\bthank you for (?:your|the|this|asking (?:this|that|such)) ?(?:great |good |interesting |thoughtful )?question\b"
    r"|^\W*here(?:['’]s| is| are) (?:(?:an?|some|the|your|my|one) )?(?:[\w-]+,? ){0,3}?(?:answer|explanation|overview|summary|version|suggestion|response)s?"
    r" (?:for you|to your question|you (?:asked|requested))\b"
    r"|\b(?:what|as|like|which|that) you(?:['’]ve| have)? (?:asked|requested)(?: (?:me )?for)?[.!:,]"
    r"|^\W*(?:sure|certainly|of course|absolutely|okay|ok)?[,!.]* ?here(?:['’]s| is| are) (?:another|one more|two more|a few more|some more)\b[^.!?\n]{0,40}:"
    r"|^\W*here(?:['’]s| is| are) [^.!?\n]{0,40}\bsuch an? (?:text|message|row|sentence|request|query|complaint)s?\b"
    r"|\b(?:based on|following|in line with|similar to) (?:the|your) (?:examples?|samples?|instructions?|prompt)(?: (?:that )?you (?:gave|provided|shared|sent))?"
    r"(?: me)?, (?:here|this|i)\b"
    r"|\bas (?:per your (?:request|instructions)|requested by you|you instructed)\b|^\W*(?:as|per) (?:requested|your request)[,:]"
    r"|\bi(?:['’]m| am) (?:just |only |merely )?(?:a computer program|an algorithm|a machine learning|(?:chatgpt|claude|gemini|llama|gpt-?\d)\b)|\b(?:trained|developed|created|made) by (?:openai|anthropic|google|meta)\b"
    r"|\bas a (?:chatbot|virtual assistant|digital assistant|helpful assistant|computer program|machine),? i\b|\b(?:as of|up to|in) my (?:last |latest |most recent )?(?:update|training|knowledge)\b"
    r"|\bi (?:do not|don['’]t) have (?:\w+ )?(?:opinions|feelings|emotions|a body|personal experiences?|preferences|favou?rites)\b"
    r"|\b(?:does|did) (?:that|this) (?:help|make sense|answer your question|work for you|sound (?:good|right))\?\W*$|\bi hope (?:this|that|it) (?:meets|fits|suits|matches|is what you)\b"
    r"|\bfeel free to (?:adjust|modify|edit|adapt|customi[sz]e|tweak|change (?:it|the (?:wording|tone|details)))\b|\byou can (?:adjust|modify|customi[sz]e|adapt) (?:it|this|the (?:wording|tone|text|message))\b"
    r"|\b(?:let me know|just say|tell me) if you(?:['’]d| would)? (?:like|want|prefer|need) (?:me to|it (?:shorter|longer|to be)|an?(?:other)? (?:different|shorter|longer|other|version)|(?:any |some )?(?:changes|adjustments|edits|revisions|tweaks))\b"
    r"|\bi can (?:also |gladly |certainly )?(?:rewrite|adjust|rephrase|modify|expand|shorten|tailor|write|generate|provide|make) (?:it|this|more|another|the (?:text|message|tone|wording))\b"
    r"|\b(?:this|the) (?:message|text|example|sentence|complaint|query) (?:expresses|conveys|reflects|captures|represents|is written (?:in|from)|could be (?:sent|written|used)|fits|shows (?:an?|the) (?:customer|user))\b"
    r"|\bnote: (?:this|the|i)\b[^.!?\n]{0,60}\b(?:fictional|fictitious|generated|example|sample|made[- ]up|label|tone)\b|\bi(?:['’]ve| have)? (?:tried|made sure|aimed|attempted) to (?:keep|make|match|capture) (?:it|this|the (?:tone|text|message|label))\b"
    r"|\bi (?:kept|wrote|have kept|have written) (?:it|this|the (?:tone|text|message)) (?:short|polite|casual|brief|simple|in an?|with an?|from the)\b"
    r"|\b(?:more|other|further|different) (?:variations?|versions|examples|samples) of (?:this|that|the|these)\b"
    r"|\b(?:want|would you like|need) me to (?:make|write|try|adjust|rewrite|create|continue|draft|generate|rephrase|expand|elaborate|shorten)\b[^.!\n]{0,60}\?"
    r"|\bshall i (?:write|generate|create|continue|draft|rephrase|rewrite|adjust|expand|elaborate|provide|give you)\b"
    r"|\blet me know if this (?:helps|fits|meets|matches|is what you)\b|\bhope this (?:works|fits|suits|is (?:useful|helpful))\b"
    r"|\bhappy to (?:adjust|revise|tweak|rewrite|rework|refine|generate|rephrase|elaborate|expand on|provide (?:more|another|further))\b"
    r"|\b(?:this|the|the above|the following) (?:text|message|example|response|version|sentence|sample|complaint|query|request|utterance)"
    r" (?:above |below )?(?:aims to|sounds like (?:an?|the|something|someone)|keeps (?:the|a)|follows the|meets the|demonstrates|illustrates|matches the|showcases|incorporates|highlights|is (?:meant|intended|designed) to)\b"
    r"|\bi(?:['’]ve| have)? (?:crafted|worded|phrased|tailored|generated|composed) (?:this|it|the (?:text|message|response|sentence|tone)|an?)\b"
    r"|\bthe (?:prompt|instructions?) (?:asks?|asked|says|requires?|specif(?:y|ies|ied)|mentions?|wants?)\b"
    r"|\bas an? (?:helpful|honest|digital|automated|ai)(?:[ -]\w+){0,2} (?:assistant|model|system|bot),"
    r"|\b(?:i['’]m|i am) (?:here|designed|built|trained|programmed) to (?:help|assist|answer|support|provide|be helpful)\b|\bmy (?:programming|developers|creators|knowledge base)\b"
    r"|\bin (?:this|the (?:following|above)) (?:example|message|text|scenario),? the (?:customer|user|person|speaker|writer)\b"
    r"|^\W*(?:the|this) (?:customer|user|speaker|writer) (?:is (?:asking|complaining|describing|expressing|frustrated|upset|looking)|wants to|seems to|expresses|asks (?:for|about|how|why|if)|complains|describes|sounds)\b"
    r"|\b(?:fits|matches|belongs to|suits|reflects) the (?:label|category|class|topic|intent|persona|tone)\b"
)
ASSISTANT_VOICE = re.compile(_STOCK, re.IGNORECASE)
"""What is one anywhere, in an answer too: talk of being a model, of the request, and offers of more."""
_MADE = (
    "examples?|messages?|texts?|responses?|rows?|versions?|variations?|sentences?|requests?|complaints?|quer(?:y|ies)|e-?mails?|drafts?"
    "|samples?|ways?|options|rewrites?|utterances?|inquir(?:y|ies)|questions?"
)
OPENING = re.compile(
    r"^\W*(?:sure(?: thing)?|certainly|of course|absolutely|no problem|okay|alright|understood|got it|happy to help|gladly)"
    r"(?:[,!.:]|\s[-–—])+ *(?:here(?:['’]s| is| are)|i(?:['’]d| would) be (?:happy|glad)|i(?:['’]ll| will| can) (?:write|create|generate|help|draft|provide)"
    r"|let me|let['’]s|(?:the|this) (?:following )?(?:text|message|example|sentence)|(?:text|message|example|response|output|version)\b[^.!?\n]{0,20}:)"
    rf"|^\W*here(?:['’]s| is| are) (?:an?|another|some|the|your|one|two|three|five|ten|\d+)(?: (?!i\b)[\w'’-]+,?){{0,5}}"
    rf" (?:{_MADE})\b(?![^:]*\b(?:i|me|my|we)\b[^:]*:)(?:[^.!?]{{0,60}}:| (?:that )?(?:an?|the) [\w-]+ (?:might|could|may|would) (?:send|write|ask|say)\b)"
    r"|^\W*(?:below (?:is|are)|the following (?:is|are)|please find below|this is|i present|presenting) (?:an?|the|some|my|two|three) (?:[\w-]+,? ){0,4}?(?:examples?|messages?|texts?|samples?|rows?|drafts?|rewrites?|versions?)\b(?! (?:i|from you|that i|you)\b)"
    r"|^\W*here(?:['’]s| is) my (?:attempt|take|try|version|suggestion)\b|^\W*(?:here (?:you go|it is|goes|we go))\b[^.!?\n]{0,10}[:!]"
    r"|^\W*(?:i understand|you(?:['’]re| are) (?:asking|looking)|you (?:asked|want|wanted|requested)(?= for an? (?:\w+ )?(?:text|message|example)| me | a (?:text|message))) (?:you(?:['’]re| are| want| need) )?(?:(?:asking|looking) )?(?:me )?(?:for|to write|to create|a message|an? example)\b"
    r"|^\W*let(?:['’]s| us| me) (?:craft|write|create|draft|generate|compose|come up with|produce|think of)\b"
    r"|^\W*(?:i(?:['’]ll| will| have|['’]ve)) (?:write|written|create|created|generate|generated|craft|crafted|draft|drafted|compose|composed) (?:an?|the|some|this) "
    rf"(?:[\w-]+,? ){{0,3}}(?:{_MADE})\b"
    r"|^\W*(?:(?:dear|hi|hello)\b[^,.!\n]{0,40}[,.!]\s*)?thank you for (?:contacting|reaching out)\b",
    re.IGNORECASE,
)
"""What opens an assistant's reply: a style where an assistant writes, a fault in what a customer should have written."""
_BLANKS = (
    "name|names|surname|firstname|lastname|username|date|time|day|month|year|weekday|amount|sum|total|fee|number|no|address|street|city"
    "|town|country|state|region|company|organi[sz]ation|employer|bank|merchant|store|shop|product|item|service|brand|model|customer|client"
    "|user|person|recipient|sender|agent|manager|teacher|doctor|nurse|patient|student|friend|colleague|boss|partner|speaker|author|guest"
    "|host|child|pet|currency|price|cost|salary|balance|percentage|email|e-mail|phone|telephone|mobile|contact|link|url|website|iban|account"
    "|location|place|venue|address|department|team|role|position|job|title|job title|subject|topic|reason|event|occasion|order|order id|id"
    "|reference|invoice|ticket|case|policy|contract|code|zip|postcode|password|deadline|duration|destination|school|university|hotel|airline"
    "|hobby|skill|age|birthday|signature|description|details|detail|text|example|sentence|word|noun|verb|adjective|quantity|size|color|colour"
    "|language|industry|field|project|feature|device|app|specify|blank|tbd|todo|tba"
)
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
"""Code in backticks: what stands in brackets there is for the reader to fill in, and a log's own marks."""
CODE_LINE = re.compile(
    r"^.*(?:\b(?:def|return|import|function|const|let|var|elif|print|console\.\w+|printf|echo|SELECT|export|class)\b[ (].*[=(){};:\"']"
    r"|\bf[\"']|\w\(.*\{|=>|[;{]\s*$|^\s*[<{}\]#/$].*[=>{};]\s*$|\w\.\w+\(|\bfor \w+ in \S.*:\s*$|\w\(.*\):\s*$|<\w+[^>]*>.*</\w+>|\$ \w).*$",
    re.MULTILINE,
)
"""A line of code outside of backticks. Polars reads this, `CODE` and `QUOTED` too: they have no look and no reference."""
QUOTED = re.compile(r"[\"“„«][^\"“”„«»\n]{1,80}[\"”“»]|\B['‘][^'‘’\n]{1,60}['’]\B")
"""What somebody else said: a customer who was sent "Dear [NAME]" has a case."""
_BEFORE = (
    "dear|hi|hello|mr|mrs|ms|miss|dr|prof|sir|my|your|our|their|his|her|the|an?|from|to|at|in|on|by|with|for|of|since|until|till|before"
    "|after|is|am|are|was|were|named|called|about|and|between|near|via|worth|costs?|paid|than|as|regarding|age|aged|this|every|next|last"
)
_NOT_BLANK = (
    r"sic|the|an?|they|he|she|it|its|his|her|their|our|we|you|i|is|are|was|were|and|or|not|to|of|in|on|that|this|these|those|who|which|emphasis|redacted"
    r"|ctrl|control|alt|shift|enter|esc|escape|tab|del|delete|space|return|fn|error|warn(?:ing)?|info|debug|trace|fatal|snip|laughs?|laughing|applause"
    r"|music|inaudible|silence|pause|sighs?|edit(?:ed)?|update|solved|ok|cancel|save|next|back|x|v|citation needed|note|external|spam|urgent"
)
_PLACEHOLDERS: tuple[tuple[tuple[str, ...], str], ...] = (
    # In brackets: not an index (`prices[date]`), not a link's text, not a log's [ERROR].
    (
        ("[",),
        (
            rf"(?<!\w)\[(?:(?i:your|insert|enter|add|specify|fill in|state|choose)[ _]\w[^\]\n]{{0,40}}|(?:[\w'’-]+[ _/]){{0,3}}(?i:{_BLANKS})(?i:\(s\)|s)?(?i: here)?"
            r"|[^\]\n]{0,60}\b(?i:goes |comes )?(?i:here)\.?)\](?!\(|\w)"
            rf"|(?:\b(?i:{_BEFORE})\b\.? [$€£#@]?|[\n,] ?(?=\[[A-Z]?[a-z]+[\] ]))\[(?!(?i:{_NOT_BLANK})\b)(?![^\]]*\b(?:not|no|of|redacted|removed|omitted|deleted|unknown)\b)[A-Za-z][\w '’/-]{{1,30}}(?:\(s\))?\](?![\w(])"
            r"(?! (?:button|key|tab|menu|link|icon|option|field|section|block|tag|line|entry|file)s?\b)"
        ),
    ),
    (
        ("{",),
        r"(?:^|[^$\w{/'\"\\%@)\]])(?:\{\{ ?[a-zA-Z_.]{2,30} ?\}\}|\{[A-Za-z][A-Za-z_ ]{2,30}\}|\{0\})(?!\w)",
    ),
    (("<",), r"<[A-Z]+[_ ][A-Z_ ]+>"),
    (("${",), rf"[$]\{{(?:\w+[_.])?(?i:{_BLANKS})(?:_\w+)?\}}"),
    (
        ("%",),
        (
            r"(?<![\w%])%(?!(?:APPDATA|PATH|TEMP|TMP|USERPROFILE|USERNAME|WINDIR|HOMEPATH|PROGRAM\w+|SYSTEM\w+|LOCAL\w+)%)[A-Z_]{3,20}%"
            r"|(?:^|(?<=\s))%[sd](?=[\s,.!?;:]|$)"
        ),
    ),
    (
        ("<",),
        r"<(?:(?i:your|insert|enter)\b[^>\n]{0,30}|(?i:(?:\w+[ _]){0,2}(?:name|surname|date|amount|number|company|product|city|price|email|phone|country|year|reason)))>",
    ),
    ((), r"\b(?i:lorem ipsum)\b"),
    # XXXX, but for the hidden part of a number: XXXX XXXX XXXX 4821.
    (
        ("XX", "xxxx"),
        (
            r"\b(?:XXX+|x{4,})\b(?![\s-]*(?:[Xx*]{2,}[\s-]*)*\d)|(?<![\w-])[$€£] ?XX+\b|\bXX[:/.]XX\b"
            r"|\bXX (?:euros?|dollars?|pounds?|percent|days?|hours?|minutes?|weeks?|months?|people)\b"
        ),
    ),
    (
        ("DD", "MM", "YYYY", "dd", "yyyy"),
        r"\b(?i:on|until|till|since|from|by|before|after|dated|of|is|was|and|at) (?:DD|MM|YYYY|dd|yyyy)[/.-](?:DD|MM|YYYY|dd|mm|yyyy)(?:[/.-](?:DD|YYYY|YY|yyyy))?\b(?! format)",
    ),
    (("INSERT", "ENTER", "ADD"), rf"\b(?:INSERT|ENTER|ADD)(?: [A-Z]+){{0,2}} (?-i:{_BLANKS.upper()})S?\b"),
    (("YOUR",), r"\bYOUR[_ ](?:[A-Z]+[_ ])?(?:NAME|DATE|ADDRESS|COMPANY|EMAIL|NUMBER|CITY)\b"),
    (
        (" here",),
        r"\b(?i:insert|add|write|put) (?i:your |the |an? )?(?:\w+ )?(?i:name|date|address|title|reason|company|amount|text|details) here\b",
    ),
    (("TODO",), r"\bTODO(?:[:\]]| (?:add|insert|write|fill|replace|complete|finish|describe|mention)\b)"),
    (("Your ",), r"(?i:regards|sincerely|yours|thanks|wishes),?\s+\(?Your (?:Full |First )?Name\b"),
    (
        ("(",),
        r"\((?i:insert|enter|fill in|add) [^)\n]{2,40}\)|\((?i:your (?:\w+ )?(?:name|date|address|number|company|city|email))\)",
    ),
    (("#",), r"#(?:[A-Z]+_)?(?:NAME|DATE|AMOUNT|NUMBER|COMPANY|CITY|PRICE|PRODUCT)#"),
    (("@@",), r"@@\w{2,20}@@"),
    (("__",), r"\b__(?:[A-Z]+_)*(?:NAME|DATE|AMOUNT|NUMBER|COMPANY)__\b|(?<=[a-z.,:] )_{3,12}(?=[ .,!?]|$)"),
    (("00",), r"\b00[/.-]00[/.-]0000\b"),
    (("....",), r"\b(?i:is|on|at|from|of|to|dear|mr|mrs|am) \.{4,}"),
    (
        (" (",),
        r"\b(?i:dear|on|from|at|of|is|to|mr|mrs|ms|by|for) \((?i:name|date|amount|company|city|address|product|number|company name|first name|last name)\)",
    ),
    (
        ("XYZ", "ABC"),
        r"\b(?:XYZ|ABC) (?i:company|corp\w*|inc|ltd|bank|store|street|shop)\b|\b(?i:company|bank|store|shop|product|hotel) (?:XYZ|ABC)\b",
    ),
)
PLACEHOLDER = re.compile("|".join(source for _, source in _PLACEHOLDERS))
PLACEHOLDER_PARTS = tuple((needs, re.compile(source)) for needs, source in _PLACEHOLDERS)


SIGNED = re.compile(
    r"[\[{<%#]|lorem|XX|xxxx|(?:DD|MM|YYYY)[/.-](?:DD|MM|YYYY)|INSERT|ENTER|ADD|YOUR|[ \"'’”»`\n]here|TODO|Your|@@|__"
    r"|00[/.-]00|\.{4}|XYZ|ABC|\((?:insert|enter|fill|add|your|name|date|amount|company|city|address|product|number|first|last)",
    re.IGNORECASE,
)
"""What is left of any placeholder where code and quotes stand in the place of its spaces."""


def blank(text: str) -> re.Match[str] | None:
    """Return what `PLACEHOLDER` finds: its branches are searched one by one, and only where their literals stand."""
    first = None
    for needs, pattern in PLACEHOLDER_PARTS:
        if needs and not any(one in text for one in needs):
            continue
        found = pattern.search(text)
        if found and (first is None or found.start() < first.start()):
            first = found
    return first


_ROLES = "user|human|assistant|ai|bot|chatbot|system|customer|agent"
_MARKS = "category|label|tone|topic|persona|style|message|text|difficulty|intent|secondary|primary|language|length|domain|class|sentiment"
TOKENS = re.compile(
    r"<\|\w+\|>|\[/?INST\]|<(?:start|end)_of_turn>|^\s*<s>|</s>\s*$|</?(?:think|thinking|thought|reasoning|answer|response|output|scratchpad|instructions?|system)>"
    r"|<</?SYS>>|\[/?(?:SYSTEM|SYS|USER|ASSISTANT|PROMPT|TASK)\]|<(?:bos|eos|pad|unk)>|```(?:assistant|user|system)\b"
    r"|#{2,3} ?(?:instruction|response|input|output|user|assistant|human|system|answer|question|prompt|example \d+)s?(?: \d+)?:"
    r"|^### ?(?:instruction|response|input|output|user|assistant|human|system)\s*$"
    r"|(?<!at the )\b(?:given|rewritten|created) prompt\b"
    rf"|^\W*(?:assistant|ai|system|human) ?:|\b(?:{_ROLES}) ?:[^\n]{{1,400}}?[.!?\n\"”] *(?:assistant|ai|bot|chatbot|human|system) ?:"
    rf"|^\W*(?:text|message|example|sample|variation|version|option|row|item|sentence|query|utterance|output|request) ?#?\d{{1,3}} ?(?:\([^)\n]{{1,60}}\) ?)?:"
    rf"|^\W*(?:{_MARKS}) ?: ?[^\n:]{{1,60}}[/|;,\n] ?(?:{_MARKS}) ?:"
    r"|^\s*\{\s*\"(?:response|answer|output|text|message|instruction|completion|row|rows|label)\"\s*:"
    r"|^\W*(?:output|response|answer|completion|final answer|generated (?:text|message|response)|rewritten (?:text|message)) ?: ",
    re.IGNORECASE | re.MULTILINE,
)
END = re.compile(r"""[.!?…。！？؟।][\s"'”’»)\]*_`]*$|[\U0001F300-\U0001FAFF☀-➿]\ufe0f?\s*$|[:;]-?[)(DP]\s*$|```\s*$""")
SMILEY = re.compile(r"[:;=]-?[()\[\]]")
DANGLING = re.compile(r"(?:[,;:–—-]|(?<![=+*/^] )\b(?:and|or|but|the|an?|because|my|your|if))\s*$", re.IGNORECASE)
"""Nobody stops there. Words that may end a question ("what is it for", "cant log in") are not among them."""
