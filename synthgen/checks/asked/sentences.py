"""The sentences of a question, and which of them ask for something.

A sentence asks where it begins with a verb that asks, in words of politeness or without ("could you list …", "I'd like
a table"). It does not where it asks after something ("how", "which") or tells of somebody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

LONGEST = 1000
"""Characters of the longest sentence that is read: what is longer was not written as a sentence."""


class Sentence(NamedTuple):
    """A sentence of a question.

    Args:
        text: the sentence without its politeness, with `_` in place of what it quotes.
        full: the same with its quotes, letter for letter.
        wanted: whether politeness made a request of it: "I'd like", "could you".
        last: whether no other comes after it.
        then: whether one after it goes on with another task: "Then …", "Also …".
        more: whether one after it is another task, or goes on with one.
    """

    text: str
    full: str
    wanted: bool
    last: bool
    then: bool
    more: bool

    @property
    def tells(self) -> bool:
        """Whether it asks after something or tells something, and so asks for nothing."""
        return not self.wanted and bool(QUESTION.search(self.text) or REPORT.search(self.text))


QUESTION = re.compile(
    r"^\W*(?:(?:how|why|when|where|what|which|who|whose|whom|is|are|was|were|does|did|has|have|had|shall|should|may|am)\b"
    r"|do\b(?!n['’]t| not)|(?:wh\w+|how)['’]\w)",
    re.IGNORECASE,
)
REPORT = re.compile(
    r"^\W*(?:i|my|our|we|us|it|there|that|this|these|those|they|he|she|his|her|their|some|many|most|people|if|because|since"
    r"|while|although|nobody|everybody|everyone|somebody|someone)\b(?! would be|['’]d be| (?:just|only) (?:want|need))",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"(?<!e\.g\.)(?<!i\.e\.)(?<!vs\.)(?<!max\.)(?<!min\.)(?<!Mr\.)(?<!Dr\.)(?<=[.!?])[\"”’)]*\s+|\n+")
_QUOTED = re.compile(r"[\"“”«][^\"“”«»\n]{12,400}[\"“”»]|(?<!\w)['‘][^'‘’\n]{20,400}['’](?!\w)|`[^`\n]{12,400}`")
_SHOWN = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_TO_WORK_ON = re.compile(
    r"\b(?:translat|rewrit|rephras|paraphras|proofread|correct|edit|improv|shorten|polish|fix|continu|analy[sz])"
    r"\w*\b[^.!?:\n]{0,80}:\s",
    re.IGNORECASE,
)
"""What stands behind it is a text to work on."""
_POLITE = re.compile(
    r"\W*(?:(?P<you>(?:can|could|would|will|might|can['’]t|couldn['’]t|won['’]t) (?:you|we|u)\b|would you mind\b"
    r"|(?:can|could|may) i (?:have|get|see|ask for)\b|let(?: me|['’]s) (?:have|see)\b|(?:i['’]m|i am) looking for\b"
    r"|(?:i|we)(?: (?:would|will)|['’]d|['’]ll)? (?:really )?(?:want|need|prefer|expect)\b(?! to (?!see|have|get|know))"
    r"|(?:i|we)(?: would|['’]d) (?:really )?(?:like|love|appreciate)\b(?! to (?!see|have|get|know))"
    r"|you (?:should|must|have to|need to|are to)\b|make sure you\b|(?:you to|it if you could|if you could)\b)"
    r"|(?:to see|to have|to get|to know|help me|your (?:task|job) is to|be sure to|make sure (?:to|that)|try to|remember to)\b"
    r"|(?:hi|hello|hey|ok|okay|so|now|well|and|also|but|please|pls|plz|kindly|thanks|great|next|finally)\b(?! you| many))"
    r"[\s,:]*",
    re.IGNORECASE,
)
_HOW = re.compile(
    r"^\W*(?:please )?(?:use|keep|include|answer|reply|respond|begin|start|finish|end|only|just|in|with|without|no|limit"
    r"|stay|format|wrap|avoid|mention|work in|write in|write it|make it|stick|restrict|max|at most|your"
    r"|the (?:answer|reply|response|output))\b",
    re.IGNORECASE,
)
"""Where a sentence says no more than how to answer, another may say what."""
_THEN = re.compile(
    r"^\W*(?:\d+\W+)?(?:perfect, )?(?:and|then|also|now|after|finally|next|in addition|additionally|for each)\b",
    re.IGNORECASE,
)
_TASK = re.compile(
    r"^\W*(?:please )?(?:explain|describe|write(?! (?:in|it|as|with|only|for|like)\b)|give|list|say|add)\b",
    re.IGNORECASE,
)


def sentences(question: str) -> Iterator[Sentence]:
    """Give the sentences of a question in their order, but for the text that it wants to have worked on."""
    full = _SHOWN.sub(lambda one: "_" * len(one.group()), question)
    if (found := _TO_WORK_ON.search(full)) and len(full[found.end() :].split()) > 2:
        full = full[: found.end()]
    parts = [part for part in _SPLIT.split(full) if part.strip()]
    goes_on, tasks = _last(_THEN, parts), _last(_TASK, parts)
    for number, part in enumerate(parts):
        if len(part) <= LONGEST:
            rest, wanted = _plain(part)
            then = number < goes_on
            more = then or (number < tasks and not _HOW.search(rest))
            yield Sentence(_QUOTED.sub(_hidden, rest), rest, wanted, number == len(parts) - 1, then, more)


def _last(sought: re.Pattern[str], parts: Sequence[str]) -> int:
    """Return the number of the last part that a pattern finds, or -1."""
    return max((number for number, part in enumerate(parts) if sought.search(part)), default=-1)


def _hidden(found: re.Match[str]) -> str:
    text = found.group()
    return f"{text[0]}{'_' * (len(text) - 2)}{text[-1]}"


def _plain(part: str) -> tuple[str, bool]:
    """Return a sentence without its politeness, and whether that asks for what follows."""
    start, wanted = 0, False
    for _ in range(8):
        if not (found := _POLITE.match(part, start)):
            break
        start, wanted = found.end(), wanted or bool(found["you"])
    return part[start:], wanted
