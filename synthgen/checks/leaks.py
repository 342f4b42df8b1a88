"""Traces of the machinery in a text: tokens of chat templates, turns of two roles, fields and numbers of a prompt's form.

What a prompt itself says is known of each run (`rules.prompt_leak`); here are the marks that any prompt may leave.
"""

from __future__ import annotations

import re

_ROLES = "user|human|assistant|ai|bot|chatbot|system|customer|agent"
_HEADS = "instruction|response|input|output|user|assistant|human|system|answer|question|prompt"
_FIELDS = (
    "category|label|tone|topic|persona|style|message|text|difficulty|intent|secondary|primary|language|length|domain|class|sentiment|urgency|priority"
    "|channel|emotion"
)
_CLASSES = "label|category|class|intent|sentiment|topic|tone|secondary|primary"
_ROWS = "text|message|example|sample|variation|version|option|row|item|sentence|query|utterance|output|request"
_NUMBERED = "response|task|instruction|prompt|completion|candidate|utterance|output|query"

TOKENS = re.compile(
    "|".join(
        (
            # Chat templates, and what they put around turns, reasoning and answers.
            r"<\|\w+\|>|\[/?INST\]|<(?:start|end)_of_turn>|^[ \t]*<s>|</s>\s*(?:$|<s>)|<</?SYS>>|<(?:bos|eos|pad|unk)>|```(?:assistant|user|system)\b",
            r"</?(?:think|thinking|thought|reasoning|answer|response|output|scratchpad|instructions?|system)>",
            r"\[/?(?:SYSTEM|SYS|USER|ASSISTANT|PROMPT|TASK)\]|\[(?:BEGIN|END|START|STOP)(?: OF)? (?:\w+ )?(?:EXAMPLE|TEXT|MESSAGE|RESPONSE|ANSWER|OUTPUT|PROMPT|INPUT|TURN|CONVERSATION)S?\]",
            rf"#{{2,3}} ?(?:{_HEADS}|example \d+)s?(?: \d+)?:|^### ?(?:{_HEADS}|end)\s*$",
            # The words of well-known prompts.
            (
                r"(?<!at the )\b(?:given|rewritten|created) prompt\b|\bbelow is an instruction that describes\b|\bwrite a response that appropriately completes\b"
                r"|\bresponse that completes the request\b"
            ),
            r"\binstruction ?: ?[^\n]{3,400}?\b(?-i:Input|Response|Output) ?:",
            rf"[.!?][\"”']?\s+(?:{_CLASSES}) ?[:=] ?[\w -]{{2,40}}[^\w\n]{{0,20}}$|^[^\w\n]{{0,20}}(?:score|rating|grade) ?: ?\d+ ?/ ?\d+[^\w\n]{{0,20}}$",
            r"^[ \t]*\{\s*\"(?:response|instruction|completion|row|rows|role|content|input|prompt)\"\s*:",
        )
    ),
    re.IGNORECASE | re.MULTILINE,
)
"""What stands in no text that a person wrote or an assistant was asked for."""
FIELDS = re.compile(
    "|".join(
        (
            # Turns of two roles, and of questions and answers that nobody asked.
            rf"^[^\w\n]{{0,20}}(?:assistant|ai|system|human) ?:|\b(?:{_ROLES}) ?:[^\n]{{1,400}}?[.!?\n\"”] *(?:assistant|ai|bot|chatbot|human|system) ?:",
            (
                r"\b(?-i:(?:User|Human|Customer) ?: ?[^\n:]{1,400}?\b(?:Assistant|AI|Bot|Chatbot|System|Agent) ?:)|[.!?] (?-i:Q: [^\n]{3,300}?\? A:) "
                r"|\b(?-i:Request|Question) ?: ?[^\n]{3,300}?\b(?-i:Answer|Response) ?:"
            ),
            rf"\b(?P<one>{_NUMBERED}) ?#?(?:\d{{1,2}}|[A-D]) ?:[^\n]{{2,400}}?\b(?P=one) ?#?(?:\d{{1,2}}|[A-D]) ?:|^(?:{_NUMBERED}) (?:[B-D]|[2-9]) ?:",
            rf"^[^\w\n]{{0,20}}(?:{_ROWS}|task) ?#?\d{{1,3}} ?(?:\([^)\n]{{1,60}}\) ?)?:|[.!?] (?-i:Task \d{{1,2}}: )",
            rf"^[^\w\n]{{0,20}}(?:{_FIELDS}) ?[:=] ?[^\n:=]{{1,60}}[/|;,\s] ?(?:{_FIELDS}) ?[:=]",
            rf"\((?:{_CLASSES}|persona|style) ?[:=] ?[\w -]{{2,40}}\) ?:",
            r"^[ \t]*\{\s*\"(?:answer|output|text|message|label)\"\s*:",
            rf"^[^\w\n]{{0,20}}(?:{_CLASSES}) ?[:=] ?[a-z]+(?:_[a-z]+)+\b|\b(?:{_FIELDS}) ?[:=] ?[^\n:=|]{{1,40}}\| ?\w+ ?[:=]",
            r"^(?:user|assistant|system|human|model)\s*$|\nQ: [^\n]+\nA:\s*$|^[^\w\n]{0,20}Q: [^\n]+ A:\s*$",
            r"^[^\w\n]{0,20}(?:output|response|answer|completion|final answer(?: \([^)\n]{1,60}\))?|generated (?:text|message|response)|rewritten (?:text|message)) ?: ",
        )
    ),
    re.IGNORECASE | re.MULTILINE,
)
"""Fields and numbers of a prompt's form: a fault, but where the question asks for several texts, or for a form."""
CANDIDATES = re.compile(
    r"^[ \t]*\{\s*\"\w+\"\s*:|^[^\w\n]{0,20}1[.)] [A-Z][^\n]{10,300}?[.!?]\s+2[.)] [A-Z][^\n]{10,300}?[.!?]\s+3[.)] [A-Z]"
)
"""Several numbered texts, or fields, where one text was wanted: lists and objects are answers, but no messages."""
