"""Near-duplicates planted in texts that people wrote, against the hardest rows of the same topic that are none.

Texts: the seeds of the examples, and the English part of chatterbot-corpus. Six kinds of near-duplicates; the texts
that are none share the most words with one of the same topic.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

import polars as pl
import yaml

from synthgen.embed import embed
from synthgen.near import jaccard
from synthgen.text import hashes, normalise, pack

ROOT = Path(__file__).parent.parent
MOST = 400
"""Texts that near-duplicates are made of."""
LEAST_WORDS = 5
GREETINGS = ("Hi there, ", "Hello, ", "Hey, ", "Good morning. ")
SUFFIXES = (" Thanks!", " Please help.", " Thank you very much.", " Can you help me?")
CONTRACTIONS = {
    "i am": "i'm", "i have": "i've", "do not": "don't", "did not": "didn't", "is not": "isn't", "what is": "what's",
    "it is": "it's", "you are": "you're", "cannot": "can't", "will not": "won't", "i would": "i'd", "that is": "that's",
    "does not": "doesn't", "was not": "wasn't", "who is": "who's", "where is": "where's",
}  # fmt: skip
SYNONYMS = {
    "want": "would like", "help": "assist", "buy": "purchase", "money": "cash", "quick": "fast", "big": "large",
    "begin": "start", "tell": "inform", "stolen": "taken", "lost": "misplaced", "why": "how come", "get": "receive",
    "difference": "distinction", "show": "display", "explain": "describe", "make": "create", "like": "enjoy",
    "fix": "repair", "wrong": "incorrect", "need": "require", "think": "believe", "talk": "speak", "write": "compose",
    "find": "locate", "often": "frequently", "kind": "sort", "favorite": "preferred", "happy": "glad", "feel": "sense",
}  # fmt: skip


class Pair(NamedTuple):
    """Two texts, and how the second came of the first; "" = it did not."""

    one: str
    two: str
    kind: str


def _swapped(text: str, words: dict[str, str]) -> str | None:
    """Replace the first of these words that stands in the text, either way round."""
    for old, new in [*words.items(), *((new, old) for old, new in words.items())]:
        found = re.sub(rf"\b{re.escape(old)}\b", new, text, count=1, flags=re.IGNORECASE)
        if found != text:
            return found
    return None


def _mistyped(text: str, draw: Random) -> str:
    """Plant one slip in every 25 characters: two letters change places, one is lost, or one comes twice."""
    for start in range(0, len(text) - 1, 25):
        if start >= len(text):  # letters were lost
            break
        at = draw.randrange(start, min(start + 25, len(text)))
        how = draw.randrange(3)
        if at + 1 < len(text):
            middle = (text[at + 1] + text[at], "", text[at] * 2)[how]
            text = text[:at] + middle + text[at + (2 if how == 0 else 1) :]
    return text


KINDS: dict[str, Callable[[str, Random], str | None]] = {
    "case and marks": lambda text, draw: draw.choice([text.upper(), text.lower().rstrip(".?!"), f"“{text}”!!"]),
    "typos": _mistyped,
    "greeting": lambda text, draw: draw.choice(GREETINGS) + text,
    "suffix": lambda text, draw: text + draw.choice(SUFFIXES),
    "contraction": lambda text, _: _swapped(text, CONTRACTIONS),
    "synonym": lambda text, _: _swapped(text, SYNONYMS),
}


def texts() -> dict[str, list[str]]:
    """Return texts that people wrote, by topic."""
    import chatterbot_corpus

    found: dict[str, dict[str, None]] = {}
    for path in sorted((ROOT / "templates").glob("*/seeds.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            text = next((row[name] for name in ("text", "question", "instruction", "prompt") if row.get(name)), None)
            if text is None:
                continue  # a conversation is no single text
            found.setdefault(str(row.get("secondary") or path.parent.name), {})[text] = None
    for path in sorted((Path(chatterbot_corpus.__file__).parent / "data" / "english").glob("*.yml")):
        for talk in yaml.safe_load(path.read_text(encoding="utf-8"))["conversations"]:
            for turn in talk:
                found.setdefault(path.stem, {})[str(turn)] = None
    long = {
        topic: [one for one in lines if len(normalise(one).split()) >= LEAST_WORDS] for topic, lines in found.items()
    }
    return {topic: _apart(lines) for topic, lines in long.items()}


def _apart(lines: Iterable[str]) -> list[str]:
    """Leave out texts that are the same once normalised."""
    return list({normalise(line): line for line in lines}.values())


def pairs(seed: int = 0) -> list[Pair]:
    """Return planted pairs, and four thirds as many hard ones that are none."""
    draw = Random(seed)  # noqa: S311 - reproducible on purpose
    topics = texts()
    every = [text for lines in topics.values() for text in lines]
    chosen = draw.sample(every, min(MOST, len(every)))
    made = [(text, KINDS[kind](text, draw), kind) for text in chosen for kind in KINDS]
    planted = [Pair(one, two, kind) for one, two, kind in made if two and two != one]
    hard: list[tuple[float, Pair]] = []
    for lines in topics.values():
        words = [set(normalise(line).split()) for line in lines]
        for at, one in enumerate(words):
            ranked = sorted(
                ((len(one & two) / len(one | two), lines[other]) for other, two in enumerate(words[:at])), reverse=True
            )
            hard += [(share, Pair(lines[at], other, "")) for share, other in ranked[:4]]
    hard.sort(key=lambda one: -one[0])
    return planted + [pair for _, pair in hard[: len(planted) * 4 // 3]]


def similarities(found: Sequence[Pair]) -> dict[str, list[float]]:
    """Return each pair's score by each measure."""
    import numpy as np

    one, two = (pack(pl.Series([pair[side] for pair in found])) for side in (0, 1))
    at = np.arange(len(found))
    vectors = embed([pair.one for pair in found]), embed([pair.two for pair in found])
    return {
        "exact": [float(normalise(pair.one) == normalise(pair.two)) for pair in found],
        "near": jaccard(hashes(one), hashes(two), at, at).tolist(),
        "semantic": (vectors[0] * vectors[1]).sum(axis=1).tolist(),
    }


def _figures(found: Sequence[Pair], fell: Sequence[bool]) -> list[str]:
    caught = sum(one for one, pair in zip(fell, found, strict=True) if pair.kind)
    precision, recall = caught / max(1, sum(fell)), caught / sum(bool(pair.kind) for pair in found)
    kinds = []
    for kind in KINDS:
        own = [one for one, pair in zip(fell, found, strict=True) if pair.kind == kind]
        kinds.append(sum(own) / len(own))
    score = 2 * precision * recall / max(1e-9, precision + recall)
    return [f"{value:.2f}" for value in (precision, recall)] + [f"{score:.3f}"] + [f"{value:.2f}" for value in kinds]


def table() -> str:
    """Return precision, recall and recall by kind as a Markdown table."""
    found = pairs()
    scores = similarities(found)
    planted = sum(bool(pair.kind) for pair in found)
    lines = [
        f"{planted} planted near-duplicates, {len(found) - planted} hard pairs of one topic that are none.",
        "",
        "| rule | precision | recall | F1 | " + " | ".join(KINDS) + " |",
        "|---|" + "---:|" * (3 + len(KINDS)),
    ]
    rules = [("exact", 1.0), ("near", 0.5), ("near", 0.6), ("near", 0.7), *(("semantic", at) for at in SEMANTIC)]
    for name, least in rules:
        fell = [score >= least for score in scores[name]]
        lines.append(f"| {name} ≥ {least:g} | " + " | ".join(_figures(found, fell)) + " |")
    both = [near >= 0.6 or meant >= 0.95 for near, meant in zip(scores["near"], scores["semantic"], strict=True)]
    lines.append("| near ≥ 0.6 or semantic ≥ 0.95 | " + " | ".join(_figures(found, both)) + " |")
    return "\n".join(lines)


SEMANTIC = (0.85, 0.9, 0.93, 0.95, 0.97)
