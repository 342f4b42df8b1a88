"""Whether an answer has to do with its question: a word in common, or a meaning near by.

An answer is unrelated where it shares no word of content with the question (compared by their first five letters) and
the cosine of their vectors (`synthgen.embed`) is below 0.02. How near an answer is to its question is a matter of the
task: models' answers of a hundred words reach 0.3, people's of a dozen 0. So the seeds move the bound (`learnt`). Only
English is judged, from one word of content in the question and eight words in the answer: shorter talk is related in
ways that neither words nor vectors show.

Measured with `bench/labelled.py` and `bench/real.py`: of the labelled set's 34 answers beside the point .71 fall (.70
of its unread half), and 4 of its 395 look-alikes, a precision of .86: what is missed shares a word by luck. None of
the 60 answers that people judged good in PyRIT's set of refusals fell, nor any of 30 reference answers of MT-Bench.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from synthgen.checks import language
from synthgen.embed import embed
from synthgen.text import normalise

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STEM = 5
LEAST_CONTENT, LEAST_WORDS = 1, 8
LEAST_COSINE, MOST_COSINE = 0.02, 0.15
SEEDS, LEAST_SEEDS = 20, 0.05
"""Seeds from which their cosines count, and the share of them that may be further from their questions."""
LONG, MOST_OF_SHORT = 20, 0.06
"""Words of an answer from which it is held to them, and the most that a shorter one is held to: it may be right and
far."""
FAR = 0.1
"""A bound from which on a word in common may be luck."""
LEAST_ENGLISH = 0.2
"""Share of the answer's words that are among the commonest of English, from which it is taken for English."""
_MORE = (
    "yes too both few such own nor per like need want know make made let say said see well even while give given "
    "tell find use using used help ask way thing things lot lots good new many much really cannot cant dont im ive "
    "id aren hasn hadn couldn wouldn shouldn ain here hers ours yours theirs myself yourself etc via upon among "
    "list lists bullet bullets point points step steps number numbered table json format sentence sentences "
    "paragraph words word short brief briefly simple explain describe write answer question questions example "
    "examples following something anything nothing somebody anybody someone anyone without plain text"
)
NO_CONTENT = language.commonest()["en"] | frozenset(_MORE.split())
"""Words that say nothing of what a text is about, those of its form among them."""


def stems(text: str) -> frozenset[str]:
    """Return the beginnings of a text's words of content."""
    words = normalise(text).split()
    return frozenset(word[:STEM] for word in words if word not in NO_CONTENT and (len(word) > 2 or word.isdigit()))


class Relation(NamedTuple):
    """What an answer must have to do with its question.

    Args:
        cosine: the least cosine of their vectors.
        shared: words of content that they may have in common by luck.
    """

    cosine: float = LEAST_COSINE
    shared: int = 0


def learnt(seeds: list[tuple[str, str]]) -> Relation:
    """Return the relation that good rows have: half the cosine that nineteen of twenty seeds reach, at most 0.15.

    Args:
        seeds: questions and answers. Fewer than twenty say nothing.
    """
    import numpy as np

    if len(seeds) < SEEDS:
        return Relation()
    reached = float(np.quantile(cosines(seeds), LEAST_SEEDS))
    cosine = round(min(MOST_COSINE, max(LEAST_COSINE, reached / 2)), 4)
    return Relation(cosine, 1 if cosine >= FAR else 0)


def bound(relation: Relation, answer: str) -> Relation:
    """Return what an answer of this length is held to."""
    short = len(answer.split()) < LONG
    return Relation(min(relation.cosine, MOST_OF_SHORT), 0) if short else relation


def apart(question: str, answer: str, shared: int = 0) -> bool:
    """Return whether question and answer are long enough to judge, in English, and share no word of content.

    Args:
        question: all that is asked.
        answer: the answer.
        shared: words that they may share nevertheless.
    """
    asked, words = stems(question), normalise(answer).split()
    if len(asked) < LEAST_CONTENT or len(answer.split()) < LEAST_WORDS or len(asked & stems(answer)) > shared:
        return False
    first, second = (language.shares(one, "en") for one in (normalise(question).split(), words))
    return second.own >= LEAST_ENGLISH and first.foreign <= first.own and second.foreign <= second.own


def cosines(pairs: list[tuple[str, str]]) -> NDArray[np.float64]:
    """Return the cosine of each question and its answer, to four digits, so that no batch changes a verdict."""
    questions, answers = embed([one for one, _ in pairs]), embed([two for _, two in pairs])
    found: NDArray[np.float64] = (questions * answers).sum(axis=1).astype("float64").round(4)
    return found
