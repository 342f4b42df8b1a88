"""Two columns of text, or three: what scripts and older tutorials read."""

from __future__ import annotations

from synthgen.formats.conversation import Conversation, one_question, without_rejected, without_tools
from synthgen.formats.form import Format
from synthgen.formats.read import ASKED, GIVEN, SAID
from synthgen.types import Record, Row


def _alpaca(record: Record, talk: Conversation) -> Row:
    asked, said = (one["content"] for one in talk.messages)
    own = record.model_dump(include={ASKED, GIVEN}, exclude_none=True)
    if asked == "\n\n".join(own.values()) and ASKED in own:  # the row's own two parts
        return {ASKED: own[ASKED], GIVEN: own.get(GIVEN, ""), SAID: said}
    return {ASKED: asked, GIVEN: "", SAID: said}


def _question_answer(_: Record, talk: Conversation) -> Row:
    asked, said = (one["content"] for one in talk.messages)
    return {"question": asked, "answer": said}


RULES = (without_rejected, without_tools, one_question)

ALPACA = Format(
    "alpaca",
    "Stanford Alpaca's scripts, Axolotl, LLaMA-Factory, torchtune",
    "https://github.com/tatsu-lab/stanford_alpaca#data-release",
    RULES,
    _alpaca,
    (ASKED, SAID),
    note="Where a row has these very fields they are kept apart; otherwise the whole question stands in the first one.",
)
QUESTION_ANSWER = Format(
    "question-answer",
    "Lamini and scripts of one's own",
    "https://huggingface.co/datasets/lamini/lamini_docs",
    RULES,
    _question_answer,
    ("question", "answer"),
    note="Two texts.",
)
