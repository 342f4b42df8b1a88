r"""What the rules of wording look for, and what each pattern cannot match without.

Sources: refusals in the first 300 characters, placeholders and missing ends as in the post-filters of Self-Instruct
(Wang et al. 2022) and WizardLM (Xu et al. 2023). The phrases are English.
"""

from __future__ import annotations

import re

REFUSAL = re.compile(
    r"^\W*(?:(?:i['’]?m|i am) (?:really |very )?(?:sorry|afraid),?(?: but)? "
    r"|(?:sorry|i apologi[sz]e|my apologies)[,.]?(?: but)? "
    r"|unfortunately,? |i understand\b[^.!?\n]{0,80}?\bbut )?"
    r"(?:i(?:['’]m| am)? (?:must|have to) (?:respectfully )?decline\b"
    r"|i(?:['’]m| am)?(?: can['’]?t| cannot| can not| won['’]t| will not|(?: not able| unable) to) (?:"
    r"(?:help|assist)(?: you)? with (?:that|this|your request)|(?:help|assist) you\b"
    r"|(?:fulfil|fulfill) (?:that|this|your|the) request"
    # A customer cannot complete "this request in the app" either: a refusal ends there, or gives its reason.
    r"|(?:complete|comply with|answer|process) (?:that|this|your|the) (?:request|question)"
    r"(?=[.!]|\W*$| (?:as|because|since)\b)"
    r"|comply\b(?! with)"
    r"|(?:provide|offer|give)(?: you)?(?: with)?(?: that| this| such| any)?"
    r"(?: kind of| type of| sort of| specific| personal| further)?"
    r" (?:assistance|information|advice|instructions|content|guidance)(?! about my| on my)"
    r"|(?:provide|offer|give you) (?:that|this)(?=[.!]|\W*$)"
    r"|(?:generate|create|write|produce)(?: you)?(?:"
    r"(?: any| that| this| such)?(?: kind of| type of| sort of)? (?:harmful |explicit |inappropriate )?(?:content|material)\b"
    r"|(?: that| such)(?: a)?(?: kind of| type of| sort of)? (?:text|message|response)s?\b)"
    r"|engage in|discuss (?:that|this|such|any)?(?: kind of)? ?(?:topic|subject)s?\b))",
    re.IGNORECASE,
)
ASSISTANT_VOICE = re.compile(
    r"\bas an? (?:ai|artificial intelligence|large language|language) (?:language )?(?:model|assistant)\b|\bas an ai[,.]"
    # People work as "an AI engineer" or as "a virtual assistant": what follows tells.
    r"|\bi(?:['’]m| am) (?:just )?an? (?:ai (?:language )?(?:model|assistant|system|chatbot)|(?:large )?language model)\b"
    r"|\bi(?:['’]m| am) (?:just )?an? (?:ai|chatbot|virtual assistant)"
    r"(?=[.!]|\W*$|,? (?:and|so) (?:i |do|can|have)| (?:here|designed|created|developed|trained|programmed)\b)"
    r"|\bmy knowledge cut-?off\b|\bmy training data (?:only|goes|ends|cuts)\b"
    r"|^\W*(?:sure|certainly|of course|absolutely)[,!.] *(?:here(?:['’]s| is| are)|i(?:['’]d| would) be (?:happy|glad)|let me)"
    r"|^\W*here(?:['’]s| is| are) (?:a|an|another|some|the|your)(?: (?!i\b)\w+){0,4}"
    r" (?:examples?|messages?|texts?|responses?|rows?)\b(?![^:]*\b(?:i|me|my|we)\b[^:]*:)[^.!?]{0,40}:"
    r"|^\W*(?:great|good|excellent) question[!.]"
    r"|\bhow (?:can|may) i (?:help|assist) you(?: today| with)?\W*(?:$|[?])"
    r"|^\W*(?:(?:dear|hi|hello)\b[^,.!\n]{0,40}[,.!]\s*)?thank you for (?:contacting|reaching out)\b"
    r"|\b(?:i hope this helps|feel free to ask)\W*$"
    r"|\b(?:please )?(?:let me know|feel free to (?:ask|reach out)) if you (?:have|need) (?:any )?(?:other|further|more|additional)"
    r" (?:questions|help|assistance)\W*$",
    re.IGNORECASE,
)
_BLANKS = (
    "name|surname|date|amount|number|address|city|country|company|bank|merchant|store|product|customer|currency|price"
    "|email|phone|link|url|iban|location"
)
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
"""Code in backticks: what stands in brackets there is for the reader to fill in, and a log's own marks."""
PLACEHOLDER = re.compile(
    # In brackets: not an index (`prices[date]`), not a link's text, not a log's [ERROR].
    rf"(?<!\w)\[(?:(?i:your|insert|enter)[ _]\w[^\]\n]{{0,30}}|(?:\w+[ _]){{0,3}}(?i:{_BLANKS})(?i: here)?)\](?!\()"
    r"|(?:^|[^$\w{/'\"\\])(?:\{\{ ?[a-z_.]{2,30} ?\}\}|\{[a-z_]{3,30}\})"
    r"|<(?:(?i:your|insert|enter)\b[^>\n]{0,30}|(?i:(?:\w+[ _])?(?:name|date|amount|number|company)))>"
    # XXXX, but for the hidden part of a number: XXXX XXXX XXXX 4821.
    r"|\b(?i:lorem ipsum)\b|\b[Xx]{4,}\b(?![\s-]*(?:[Xx*]{2,}[\s-]*)*\d)",
)
TOKENS = re.compile(
    r"<\|\w+\|>|\[/?INST\]|<(?:start|end)_of_turn>|^\s*<s>|</s>\s*$"
    r"|^#{2,3} ?(?:instruction|response|input|example)s?\b|(?<!at the )\b(?:given|rewritten|created) prompt\b",
    re.IGNORECASE | re.MULTILINE,
)
END = re.compile(r"""[.!?…。！？؟।][\s"'”’»)\]*_`]*$|[\U0001F300-\U0001FAFF☀-➿]\ufe0f?\s*$|[:;]-?[)(DP]\s*$|```\s*$""")
SMILEY = re.compile(r"[:;=]-?[()\[\]]")
DANGLING = re.compile(r"(?:[,;:–—-]|\b(?:and|or|but|the|an?|because|my|your|if))\s*$", re.IGNORECASE)
"""Nobody stops there. Words that may end a question ("what is it for", "cant log in") are not among them."""

FOLDS = ("\u017f", "\u212a", "\u0131", "\u0130")
"""Letters that Python's IGNORECASE takes for s, k and i: a text with one is looked at whatever else it holds."""

# What a pattern cannot match without, in small letters: looking for these in a whole column spares most rows the search.
REFUSAL_NEEDS = (
    "decline", "can't", "can’t", "cant", "cannot", "can not", "won't", "won’t", "wont", "will not", "able to"
)  # fmt: skip
REFUSAL_BEGINS = r"^[^A-Za-z]*(?i:i['’m ]|sorry|my apologies|unfortunately)"
VOICE_NEEDS = (
    "as an ai", "as a ai", "as an artificial", "as a artificial", "as an large", "as a large", "as an language",
    "as a language", "an ai", "a ai", "a chatbot", "an chatbot", "a virtual assistant", "an virtual assistant",
    "language model", "knowledge cut", "my training data", "great question", "good question", "excellent question",
    "can i help", "may i help", "can i assist", "may i assist", "you for contacting", "you for reaching out",
    "hope this helps", "feel free to", "let me know if you",
)  # fmt: skip
VOICE_BEGINS = r"^[^A-Za-z]*(?i:(?:sure|certainly|of course|absolutely)[,!.]|here(?:['’]s| is| are) )"
PLACEHOLDER_NEEDS = ("[", "{", "<", "lorem", "xxxx")
TOKENS_NEED = ("<|", "inst]", "_of_turn", "<s>", "</s>", "##", "given prompt", "rewritten prompt", "created prompt")
