"""Whether an answer has to do with its question: a word in common, or a meaning near by.

An answer is unrelated where it shares no word of content with the question (compared by their first five letters) and
the cosine of their vectors (`synthgen.embed`) is below a bound. How near an answer is to its question is a matter of
the task and of the embedder. So twenty seeds or more set the bound (`placed`), on the scale of the recipe's embedder;
with fewer it is the packaged one's, and 0.02. Only English is judged, from one word of content in the question and
eight words in the answer: shorter talk is related in ways that neither words nor vectors show.

Measured with `bench/labelled.py`: of the labelled set's 116 answers beside the point .68 fall by the packaged embedder
and .93 by all-MiniLM-L6-v2, with 22 and 8 of its good answers, a precision of .78 and .93. The bound of short
answers matters where the seeds' are long: held to those of the example `instruction`, 16 of the 161 good short ones
fall by all-MiniLM-L6-v2 without it and 5 with it, and no fault more is missed. With `bench/real.py`: none of the 60
answers that people judged good in PyRIT's set of refusals fell, nor any of 30 reference answers of MT-Bench.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from synthgen.checks import language
from synthgen.embed import Embed, embed
from synthgen.text import normalise

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STEM = 5
LEAST_CONTENT, LEAST_WORDS = 1, 8
LEAST_COSINE, MOST_COSINE, MOST_OF_SHORT = 0.02, 0.15, 0.06
"""What is known of the packaged embedder: the least bound, the most, and the most that a short answer is held to."""
SEEDS, MOST_SEEDS = 20, 500
"""Seeds from which their cosines count, and the most that are looked at."""
MOST_PAIRS = 4000
"""Pairs of a seed's question and another's answer, about."""
LEAST_OWN, MOST_OTHERS = 0.05, 0.97
"""Share of the seeds that may be further from their questions, and of strange answers that may be nearer than that."""
LONG, HALF_WAY = 20, 0.5
"""Words of an answer from which it is held to the bound, and how far from the middle strange answer to the nearest the
bound of a shorter one goes: it may be right and far."""
FAR = 0.3
"""The same way's share from which on a word in common may be luck."""
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
        short: the least cosine where the answer is short.
        embed: what makes the vectors.
    """

    cosine: float = LEAST_COSINE
    shared: int = 0
    short: float = LEAST_COSINE
    embed: Embed = embed


def learnt(seeds: list[tuple[str, str]], named: Embed | None = None) -> Relation:
    """Return the relation that good rows have.

    Args:
        seeds: questions and answers. Fewer than twenty say nothing: then it is the packaged embedder's, and fixed.
        named: the recipe's embedder; None = the packaged one, of which more is known than the seeds say.
    """
    if len(seeds) < SEEDS:
        return Relation()
    look = named or embed
    found = placed(*_cosines_of(seeds[:: -(-len(seeds) // MOST_SEEDS)], look))
    if not named:
        cosine = min(MOST_COSINE, max(LEAST_COSINE, found.cosine))
        found = found._replace(cosine=cosine, short=min(cosine, MOST_OF_SHORT))
    return found._replace(cosine=round(found.cosine, 4), short=round(found.short, 4), embed=look)


def placed(own: NDArray[np.float64], others: NDArray[np.float64]) -> Relation:
    """Return the relation by the cosines of the seeds' own pairs and of strange ones, on whatever scale they are.

    The bound lies half-way between what nineteen of twenty own pairs reach and what half of the strange ones do, and
    above neither the first nor what three in a hundred strange ones reach.
    """
    import numpy as np

    reached, middle, near = np.quantile(own, LEAST_OWN), np.median(others), np.quantile(others, MOST_OTHERS)
    cosine = min(reached, (reached + middle) / 2, near)
    shared = int(cosine >= middle + FAR * (near - middle))
    return Relation(float(cosine), shared, float(min(cosine, middle + HALF_WAY * (near - middle))))


def _cosines_of(seeds: list[tuple[str, str]], look: Embed) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the cosines of the seeds' own pairs, and of each question with answers of other seeds."""
    import numpy as np

    questions, answers = look([one for one, _ in seeds]), look([two for _, two in seeds])
    step = 1 + len(seeds) ** 2 // MOST_PAIRS
    others = [_cosines(questions, np.roll(answers, -shift, axis=0)) for shift in range(1, len(seeds), step)]
    return _cosines(questions, answers), np.concatenate(others)


def bound(relation: Relation, answer: str) -> Relation:
    """Return what an answer of this length is held to."""
    short = len(answer.split()) < LONG
    return relation._replace(cosine=relation.short, shared=0) if short else relation


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


def cosines(pairs: list[tuple[str, str]], look: Embed) -> NDArray[np.float64]:
    """Return the cosine of each question and its answer."""
    return _cosines(look([one for one, _ in pairs]), look([two for _, two in pairs]))


def _cosines(questions: NDArray[np.float32], answers: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return cosines to four digits, so that no batch changes a verdict."""
    found: NDArray[np.float64] = (questions * answers).sum(axis=1).astype("float64").round(4)
    return found
