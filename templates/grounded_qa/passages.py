"""The steps that ask no model: choose a quote, and set the passages around the right one."""

from __future__ import annotations

import re

from synthgen.types import Given, Row

DISTRACTORS = 3
"""Wrong passages beside the right one, as in RAFT."""
STEM = 4
"""Letters by which words of one root are told to be one."""
IDLE = (
    "a about all also am an and any are as at be been but by can do does for from get has have how i if in is it its "
    "may me my no not of on only one or our so that the their them there they this to up was we what when where which "
    "who why will with yes you your"
)
ABSTENTIONS = (
    "The passages do not say.",
    "The passages do not answer this question.",
    "This is not stated in the passages.",
    "There is no answer to this in the passages.",
    "That cannot be answered from the passages.",
    "None of the passages says anything about this.",
)


def evidence(given: Given) -> Row:
    """Choose a sentence of the chunk, those with a number or a name first: the question is written for it."""
    text = given.detail["source"]["text"]
    prose = "\n".join(line for line in text.split("\n") if not line.startswith("#"))
    found = [" ".join(one.split()) for one in re.split(r"(?<=[.!?])\s+|\n\s*\n|\n- ", prose)]
    found = [one for one in found if len(one.split()) >= 6 and one[-1] in ".!?"]
    telling = [one for one in found if re.search(r"\d|(?<=\w )[A-Z]", one)]
    if not found:
        message = "the chunk has no sentence of six words"
        raise ValueError(message)
    return {"evidence": given.draw.choice(telling or found)}


def keep(given: Given) -> Row:
    """Hold a small model's question and answer against the sentence: it loses sight of it, and makes things up.

    Raises:
        ValueError: the question has no word of the sentence, or the answer none that the question has not.
    """
    sentence, question, answer = (
        {word[:STEM] for word in re.findall(r"[^\W_]+", str(given.record[name]).lower()) if word not in IDLE.split()}
        for name in ("evidence", "question", "answer")
    )
    if not question & sentence:
        message = "the question has no word of the sentence"
        raise ValueError(message)
    if not answer & sentence - question:
        message = "the answer takes nothing from the sentence"
        raise ValueError(message)
    return {"kept": "yes"}


def gather(given: Given) -> Row:
    """Show the right chunk among the nearest wrong ones; or, where the case is `memory`, those alone."""
    hidden = given.cell.get("case") == "memory"
    quote = given.record.get("quote") or given.record["evidence"]
    passages = _wrong(given, quote, DISTRACTORS + hidden)
    if not hidden:
        passages.insert(given.draw.randint(0, len(passages)), given.detail["source"]["text"])
    return {"quote": quote, "passages": passages, "oracle": "hidden" if hidden else "shown"}


def abstain(given: Given) -> Row:
    """Show only wrong chunks, so that nothing answers the question, and say so."""
    passages = _wrong(given, given.record["evidence"], DISTRACTORS + 1)
    return {"quote": "", "passages": passages, "answer": given.draw.choice(ABSTENTIONS)}


def _wrong(given: Given, quote: str, count: int) -> list[str]:
    nearest = given.resources["documents"].nearest(given.record["question"], given.cell["source"], count, quote)
    if not nearest:
        message = "no other chunk of this split could be shown"
        raise ValueError(message)
    texts = [one.text for one in nearest]
    given.draw.shuffle(texts)
    return texts
