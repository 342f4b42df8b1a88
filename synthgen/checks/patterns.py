r"""What the rules of wording look for, and what each pattern cannot match without.

Sources: refusals in the first 300 characters, placeholders and missing ends as in the post-filters of Self-Instruct
(Wang et al. 2022) and WizardLM (Xu et al. 2023). The phrases are English.
"""

from __future__ import annotations

import re

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
    r"^(?:[ \t]*(?:>>> )?(?:def|return|import|function|const|let|var|elif|print|console\.\w+|printf|echo|SELECT|export|class)\b[ (].*[=(){};:\"']"
    r"|.*(?:\b(?:def|const|var|elif|console\.\w+|printf|echo|SELECT)\b[ (].*[=(){};:\"']|\bf[\"']|\w\(.*\{|=>|[;{]\s*$|^[ \t]*[<{}\]#/$].*[=>{};]\s*$|\w\.\w+\(|\bfor \w+ in \S.*:\s*$|\w\(.*\):\s*$|<\w+[^>]*>.*</\w+>|\$ \w)).*$",
    re.MULTILINE,
)
"""A line of code outside of backticks. Polars reads this, `CODE` and `QUOTED` too: they have no look and no reference."""
QUOTED = re.compile(r"[\"“„«][^\"“”„«»\n]{1,80}[\"”“»]|\B['‘][^'‘’\n]{1,60}['’]\B")
"""What somebody else said: a customer who was sent "Dear [NAME]" has a case."""


def all_quoted(text: str) -> bool:
    """Return whether a text is words for somebody to say: quotes around all of it."""
    plain = text.strip()
    return len(plain) > 1 and plain[0] in '"“„«' and plain[-1] in '"”“»' and '"' not in plain[1:-1]


_BEFORE = (
    "dear|hi|hello|mr|mrs|ms|miss|dr|prof|sir|my|your|our|their|his|her|the|an?|from|to|at|in|on|by|with|for|of|since|until|till|before"
    "|after|is|am|are|was|were|named|called|about|and|between|near|via|worth|costs?|paid|than|as|regarding|age|aged|this|every|next|last"
)
_NOT_BLANK = (
    r"sic|the|an?|some|yet|they|he|she|it|its|his|her|their|our|we|you|i|is|are|was|were|and|or|not|to|of|in|on|that|this|these|those|who|which|emphasis|redacted"
    r"|ctrl|control|alt|shift|enter|esc|escape|tab|del|delete|space|return|fn|error|warn(?:ing)?|info|debug|trace|fatal|snip|laughs?|laughing|applause"
    r"|music|inaudible|silence|pause|sighs?|edit(?:ed)?|update|solved|ok|cancel|save|next|back|x|v|citation needed|note|external|spam|urgent"
)
_PLACEHOLDERS: tuple[tuple[tuple[str, ...], str], ...] = (
    # In brackets: not an index (`prices[date]`), not a link's text, not a log's [ERROR].
    (
        ("[",),
        (
            rf"(?<!\w)\[(?:(?i:your|insert|enter|add|specify|fill in|state|choose)[ _]\w[^\]\n]{{0,40}}|(?:[\w'’-]+[ _/]){{0,3}}(?i:{_BLANKS})(?i:\(s\)|s)?(?i: here)?"
            r"|[^\]\n]{0,60}\b(?i:goes |comes )?(?i:here)\.?|[^\]\n]{0,40}: ?(?i:add|insert|enter|your) \w[^\]\n]{0,40})\](?!\(|\w)"
            rf"|(?:\b(?i:{_BEFORE})\b\.? [$€£#@]?|[\n,] ?(?=\[[A-Z]?[a-z]+[\] ]))\[(?!(?i:{_NOT_BLANK})\b)(?![^\]]*\b(?:not|no|of\]|redacted|removed|omitted|deleted|unknown)\b)[A-Za-z][\w '’/,-]{{1,30}}(?:\(s\))?\](?![\w(])"
            r"(?! (?:button|key|tab|menu|link|icon|option|field|section|block|tag|line|entry|file)s?\b)"
        ),
    ),
    (
        ("{",),
        r"(?:^|[^$\w{/'\"\\%@)\]])(?:\{\{ ?[a-zA-Z_.]{2,30} ?\}\}|\{[A-Za-z][A-Za-z_ ]{2,30}\}|\{0\})(?!\w)",
    ),
    (
        ("[",),
        r"(?<!\w)\[(?!(?:NO|NOT|ERROR|WARN\w*|INFO|DEBUG|END|START|BEGIN|THE|SIC)\b)[A-Z]{3,}(?:[ _/][A-Z&]{2,}){1,5}\](?!\(|\w)",
    ),
    (("<",), rf"<[A-Z]+_[A-Z_]+>|<(?:[A-Z]+[_ ]){{0,3}}(?:{_BLANKS.upper()})>"),
    (("[X]", "[N]", "[Y]"), r"(?<=[a-z] )\[[XYN]\](?= [a-z])"),
    (("_",), r"\b(?:[A-Z]+_)+(?:NAME|DATE|AMOUNT|ADDRESS|CITY|COMPANY|PRODUCT|PRICE|VENUE|PLACE|YEAR|HERE)\b"),
    (
        (" N ",),
        r"\b(?i:about|around|roughly|approximately|nearly|over) N (?:people|inhabitants|years?|euros?|dollars?|pounds?|million|percent|hours?|minutes?|days?|miles|kilometres)\b",
    ),
    (("(",), r"\((?i:(?:name|date|place|address|number|amount) of (?:the |your )?\w+)\)"),
    (("$",), rf"[$](?:[A-Z]+_)?(?:{_BLANKS.upper()})\b(?!=)"),
    (("${",), r"[$]\{[a-z]+(?:[A-Z]\w*)+\}"),
    (
        (
            ", ",
            "in ",
            "on ",
            "by ",
            "of ",
            "at ",
            "for ",
            "is ",
            "was ",
            "from ",
            "to ",
            "the ",
            "about ",
            "with ",
            "until ",
            "since ",
        ),
        (
            r"\b(?:STREET|CITY|POSTCODE|ZIP|COUNTRY|NAME|DATE|PHONE|EMAIL)(?:, (?:STREET|CITY|POSTCODE|ZIP|COUNTRY|NAME|DATE|PHONE|EMAIL))+\b"
            r"|\b(?:in|on|by|of|at|for|is|was|from|to|the|about|with|until|since) (?:YEAR|DATE|NAME|AMOUNT|NUMBER|CITY|COUNTRY|PRICE|PERCENTAGE|PLACE|AUTHOR|TITLE|COMPANY|PRODUCT)\b(?=[,.;:!?])"
        ),
    ),
    (("${",), rf"[$]\{{(?:\w+[_.])?(?i:{_BLANKS})(?:_\w+)?\}}"),
    (
        ("%",),
        (
            r"(?<![\w%])%(?!(?:APPDATA|PATH|TEMP|TMP|USERPROFILE|USERNAME|WINDIR|HOMEPATH|PROGRAM\w+|SYSTEM\w+|LOCAL\w+)%)(?:[A-Z_]{3,20}|[a-z_]{3,20})%"
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
        ("XX", "xxxx", "NN "),
        (
            r"(?<!rest is )(?<!others are )\b(?:XXX+|x{4,})\b(?![\s-]*(?:[Xx*]{2,}[\s-]*)*\d)|(?<![\w-])[$€£] ?XX+\b|\bXX[:/.]XX\b"
            r"|\bNN (?:million|billion|thousand|percent|inhabitants|years?|euros?|pounds?)\b|\bXX (?:million|billion|euros?|dollars?|pounds?|percent|days?|hours?|minutes?|weeks?|months?|people)\b"
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
    (
        ("TB",),
        r"\bTB[ACD]: (?:add|insert|write|fill|describe|mention|an? |the )|\bTB[ACD] (?:grams?|g|ml|litres?|liters?|cups?|minutes?|hours?|days?|weeks?|percent|euros?|pounds?|dollars?|people|degrees|km|miles)\b",
    ),
    (("Your ",), r"(?i:regards|sincerely|yours|thanks|wishes),?\s+\(?Your (?:Full |First )?Name\b"),
    (
        ("(",),
        (
            rf"\((?i:(?:[\w'’]+ ){{0,2}}(?:{_BLANKS}) here)\)|\((?i:insert|enter|fill in|add) [^)\n]{{2,40}}\)"
            r"|\((?i:your (?:\w+ )?(?:name|date|address|number|company|city|email))\)"
        ),
    ),
    (("#",), r"#(?:[A-Z]+_)?(?:NAME|DATE|AMOUNT|NUMBER|COMPANY|CITY|PRICE|PRODUCT)#"),
    (("@@",), r"@@\w{2,20}@@"),
    (
        ("__",),
        r"\b__(?:[A-Z]+_)*(?:NAME|DATE|AMOUNT|NUMBER|COMPANY)__\b|(?<=[a-z.,:] )_{3,12}(?=[ .,!?]|$)|\b\d{1,2}__+(?=[ .,!?]|$)",
    ),
    (("00",), r"\b00[/.-]00[/.-]0000\b"),
    (("....",), r"\b(?i:is|on|at|from|of|to|dear|mr|mrs|am) \.{4,}"),
    (
        (" (",),
        r"\b(?i:dear|on|from|at|of|is|to|mr|mrs|ms|by|for|with|and|my|in|into|since|until|about) \((?i:(?:\w+ )?(?:name|date|amount|company|city|address|product|number|year|month|place|town|title))\)",
    ),
    (
        ("XYZ", "ABC"),
        r"\b(?:XYZ|ABC) (?i:company|corp\w*|inc|ltd|bank|store|street|shop)\b|\b(?i:company|bank|store|shop|product|hotel) (?:XYZ|ABC)\b",
    ),
)
PLACEHOLDER = re.compile("|".join(source for _, source in _PLACEHOLDERS))
PLACEHOLDER_PARTS = tuple((needs, re.compile(source)) for needs, source in _PLACEHOLDERS)


SIGNED = re.compile(
    r"[\[{<%#]|_(?:NAME|DATE|AMOUNT|ADDRESS|CITY|COMPANY|PRODUCT|PRICE|VENUE|PLACE|YEAR|HERE)|(?-i:\bN\b)|\$[A-Z]|lorem|XX|xxxx|NN|(?-i:STREET|CITY|POSTCODE|ZIP|COUNTRY|NAME|DATE|PHONE|EMAIL|YEAR|AMOUNT|NUMBER|PRICE|PERCENTAGE|PLACE|AUTHOR|TITLE|COMPANY|PRODUCT)|(?:DD|MM|YYYY)[/.-](?:DD|MM|YYYY)|INSERT|ENTER|ADD|YOUR|[ \"'’”»`\n]here|TODO|TB[ACD]|Your|@@|__"
    r"|00[/.-]00|\.{4}|XYZ|ABC|\((?:insert|enter|fill|add|your|name|date|amount|company|city|address|product|number|year|month|place|town|title|first|last)|(?:name|date|amount|company|city|address|product|number|year|month|place|town|title)\)|\(place",
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


END = re.compile(r"""[.!?…。！？؟।][\s"'”’»)\]*_`]*$|[\U0001F300-\U0001FAFF☀-➿]\ufe0f?\s*$|[:;]-?[)(DP]\s*$|```\s*$""")
SMILEY = re.compile(r"[:;=]-?[()\[\]]")
DANGLING = re.compile(r"(?:[,;:–—-]|(?<![=+*/^] )(?<!-)\b(?:and|or|but|the|an?|because|my|your|if))\s*$", re.IGNORECASE)
"""Nobody stops there. Words that may end a question ("what is it for", "cant log in") are not among them."""
