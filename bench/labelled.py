"""What the checks say of the labelled set in `tests/data`: recall and precision for each kind of fault.

Each domain of the set is a recipe of its own, with the set's seeds, and goes through the checks that `synthgen filter`
runs. Labels are read in a second run, on rows without another fault, so that what one check costs is not mixed up with
what the others catch. `--embedder FOLDER` measures what an embedder is asked for, with the one that the folder holds:
labels, and answers that have nothing to do with their question.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

from synthgen import schema
from synthgen.checks.confidence import self_confidence
from synthgen.embed import Remembered, embed
from synthgen.embedders import of_folder
from synthgen.job import Job, prepare
from synthgen.pipeline import sieve_of
from synthgen.types import Candidate, Draft, Fault, Row

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "data"

FAMILIES = ("contamination", "dedup", "labels")
"""Checks whose reasons differ only in how they found the same fault."""

BASELINES = {
    "quality.refusal": "regex R .53; with embeddings R .92 P .99 (PyRIT, 169 rows)",
    "quality.cut_off": "closing mark R .96, false alarms 3.2 % (Alpaca, 800)",
    "quality.language": "py3langid R .99 to 1.0, false alarms 0 to 5 % (13 languages, Banking77, chit-chat)",
    "quality.unrelated": "IFD above 1 R .90, false alarms 2.7 % (Alpaca, 110)",
    "safety.email": "R 1.00 (Presidio, 1,500)",
    "safety.phone": "R 1.00 (Presidio, 1,500)",
    "safety.card": "R .93 (Presidio, 1,500)",
    "safety.iban": "R .95 (Presidio, 1,500)",
    "safety.national_id": "SSN only R 1.00 (Presidio, 1,500)",
    "safety.ip": "R 1.00 (Presidio, 1,500)",
    "safety.url": "R .27 (Presidio, 1,500)",
    "labels": "AUC .997, all rows known (Banking77, 2,310)",
    "dedup": "5-grams P .80 R .89; ROUGE-L P .61 R .95; MiniLM P .69 R .75 (CLINC, 1,112)",
    "contamination": "13-grams R .24 to .27, half .04; substring R .99, half .03 (Banking77)",
}
"""What simple rules and known tools reach on public data: other rows, so a direction and no contest."""


ALSO = {"dedup.seed": "quality.prompt_leak", "quality.refusal": "quality.assistant_voice"}
"""A second reason that is as right: what repeats a seed repeats its words; who refuses may speak as an assistant."""


@dataclass(frozen=True)
class Figure:
    """What the checks say of one kind of fault.

    Args:
        kind: the reason's code, or the check, where its codes mean one fault.
        found: of each row with the fault that reached the check, whether it fell for this reason; by id.
        rows: rows with the fault.
        fell: of these, fell for any reason.
        wrongly: ids of the good rows that fell for this reason.
    """

    kind: str
    found: dict[str, bool]
    rows: int
    fell: int
    wrongly: list[str]

    @property
    def own(self) -> int:
        """Return how many fell for this reason."""
        return sum(self.found.values())

    @property
    def recall(self) -> float:
        """Return the share that fell for this reason, of the rows that reached its check."""
        return self.own / max(1, len(self.found))

    def unread(self) -> Figure:
        """Return the same figure of the rows that makers of rules have not read."""
        hidden = {row["id"] for row in rows() if row["unread"]}
        found = {name: hit for name, hit in self.found.items() if name in hidden}
        return Figure(self.kind, found, len(found), sum(found.values()), [one for one in self.wrongly if one in hidden])

    @property
    def precision(self) -> float:
        """Return the share of rows with the fault among those that fell for it; 1 where none fell."""
        return self.own / (self.own + len(self.wrongly)) if self.own + len(self.wrongly) else 1.0

    @property
    def f1(self) -> float:
        """Return the harmonic mean of both."""
        total = self.recall + self.precision
        return 2 * self.recall * self.precision / total if total else 0.0


@cache
def rows() -> list[Row]:
    """Return the set's rows; keys that a line leaves out are null."""
    keys = ("kind", "variant", "look_alike", "twin", "seed", "unread")
    text = (DATA / "labelled.jsonl").read_text(encoding="utf-8")
    return [dict.fromkeys(keys) | json.loads(line) for line in text.split("\n") if line]


def recipe(domain: str, folder: Path, checks: dict[str, Any]) -> Job:
    """Write a domain's recipe into a folder, and make it ready."""
    about = json.loads((DATA / "domains.json").read_text(encoding="utf-8"))[domain]
    own = [row for row in rows() if row["domain"] == domain and row["seed"]]
    task = own[0]["task"]
    shipped = ROOT / "templates" / task
    root = folder / domain
    root.mkdir()
    lines = [json.dumps(row["row"], ensure_ascii=False) for row in own]
    (root / "seeds.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    import yaml

    found = yaml.safe_load((shipped / "recipe.yaml").read_text(encoding="utf-8"))
    found |= {"name": domain, "about": about["about"], "split": {"validation": 0, "test": 0}}
    found["model"] = {"name": "fake"}
    found["checks"] = {"quality": {"language": "en"}, "contamination": {"sets": [str(DATA / "evaluation.jsonl")]}}
    found["checks"] |= checks
    if about["labels"]:
        lines = [json.dumps(row, ensure_ascii=False) for row in about["labels"]]
        (root / "labels.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (root / "recipe.yaml").write_text(yaml.safe_dump(found), encoding="utf-8")
    return prepare(root)


def candidate(job: Job, row: Row) -> Candidate:
    """Return a row of the set as the candidate that `synthgen filter` would make of it."""
    record = schema.admit(job.kind, row["row"], job.context)
    fault = record if isinstance(record, Fault) else None
    draft = Draft(0, {"split": "train"}, 0, [])
    return Candidate(row["id"], draft, [], row["row"], None if isinstance(record, Fault) else record, fault)


@dataclass(frozen=True)
class Said:
    """What the sieve said of the measured rows.

    Args:
        reasons: of each row that fell, the reason.
        checks: of each row that fell, the place of its check in the order of checks.
        order: the checks' names.
        scores: the labeller's scores.
    """

    reasons: dict[str, str]
    checks: dict[str, int]
    order: list[str]
    scores: dict[str, float]


def judge(chosen: Sequence[Row], checks: dict[str, Any]) -> Said:
    """Put rows through the checks of their domains' recipes."""
    import polars as pl

    said = Said({}, {}, [], {})
    ordered = sorted(chosen, key=lambda row: str(row["domain"]))
    with tempfile.TemporaryDirectory() as folder:
        for domain, part in groupby(ordered, key=lambda row: str(row["domain"])):
            job = recipe(domain, Path(folder), checks)
            sieve = sieve_of(job)
            candidates = [candidate(job, row) for row in part]
            kept = {one.id for one, passed in zip(candidates, sieve(candidates), strict=True) if passed}
            said.order[:] = [name for name, _ in sieve.checks]
            found = sieve.verdicts()
            fallen = found.filter(pl.col("reason").is_not_null()).select("id", "check", "reason")
            for name, check, reason in fallen.iter_rows():
                if name not in kept:
                    said.reasons[name], said.checks[name] = reason, said.order.index(check)
            labels = found.filter((pl.col("check") == "labels") & pl.col("score").is_not_null())
            said.scores.update(labels.select("id", "score").iter_rows())
    return said


def family(code: str) -> str:
    """Return the code, or its check where its codes mean one fault."""
    check = code.partition(".")[0]
    return check if check in FAMILIES else code


def figures(chosen: Iterable[Row], said: Said) -> list[Figure]:
    """Count for each kind what fell for it, and which good rows did."""
    kinds: defaultdict[str, list[Row]] = defaultdict(list)
    wrongly: defaultdict[str, list[str]] = defaultdict(list)
    for row in chosen:
        if row["kind"]:
            kinds[family(row["kind"])].append(row)
        elif row["id"] in said.reasons:
            wrongly[family(said.reasons[row["id"]])].append(row["id"])
    return [_figure(kind, part, wrongly[kind], said) for kind, part in sorted(kinds.items())]


def _figure(kind: str, part: Sequence[Row], wrongly: list[str], said: Said) -> Figure:
    check = kind.partition(".")[0]
    # A kind that no check looks for is reached by all.
    place = said.order.index(check) if check in said.order else 0
    found: dict[str, bool] = {}
    for row in part:
        reason = said.reasons.get(row["id"], "")
        hit = family(reason) == kind or ALSO.get(row["kind"]) == reason
        # A copy of a row that fell, and was not kept, repeats nothing.
        repeats = row["twin"] not in said.reasons
        if hit or (repeats and said.checks.get(row["id"], place) >= place):
            found[row["id"]] = hit
    return Figure(kind, found, len(part), sum(row["id"] in said.reasons for row in part), wrongly)


def auc(wrong: Sequence[float], right: Sequence[float]) -> float:
    """Return how often a wrong label has a lower score than a right one; a tie counts half."""
    wins = sum((bad < good) + (bad == good) / 2 for bad in wrong for good in right)
    return wins / (len(wrong) * len(right))


@cache
def by_rules(embedder: str | None = None) -> tuple[list[Figure], dict[str, str]]:
    """Return the figures of all checks but labels, and each fallen row's reason."""
    measured = [row for row in rows() if not row["seed"] and row["kind"] != "labels.disagree"]
    checks: dict[str, Any] = {"labels": {"use": False}, "embedder": embedder}
    # Meanings are what dedup alone looks at: a costly embedder is asked for what the rules need.
    said = judge(measured, checks | ({"dedup": {"semantic": {"most": 0}}} if embedder else {}))
    return figures(measured, said), said.reasons


def _labelled() -> list[Row]:
    """Return the clean messages and those with a flipped label."""
    plain = [row for row in rows() if not row["seed"] and row["task"] == "classification" and not row["look_alike"]]
    return [row for row in plain if row["kind"] in {None, "labels.disagree"}]


def _flipped(part: Sequence[Row], random: Random) -> list[Row]:
    """Return rows with another label of their domain each, drawn from all alike."""
    found = []
    for row in part:
        others = sorted({str(one["row"]["label"]) for one in part if one["domain"] == row["domain"]})
        others.remove(str(row["row"]["label"]))
        found.append({**row, "row": {"text": row["row"]["text"], "label": random.choice(others)}})
    return found


@cache
def by_rows(embedder: str | None = None) -> float:
    """Return the AUC of self-confidence, which sends kept rows to a person: ten draws of a tenth flipped."""
    look = Remembered(of_folder(Path(embedder))) if embedder else embed
    wrong: list[float] = []
    right: list[float] = []
    clean = sorted((row for row in _labelled() if not row["kind"]), key=lambda row: str(row["domain"]))
    for _, group in groupby(clean, key=lambda row: str(row["domain"])):
        part = list(group)
        for draw in range(10):
            random = Random(draw)  # noqa: S311 - reproducible on purpose
            flips = {row["id"]: row for row in _flipped(part, random)}
            chosen = set(random.sample(sorted(flips), len(part) // 10))
            rows_now = [flips[row["id"]] if row["id"] in chosen else row for row in part]
            names, texts = [str(row["id"]) for row in part], [str(row["row"]["text"]) for row in part]
            scores = self_confidence(names, texts, [str(row["row"]["label"]) for row in rows_now], look)
            for name, score in zip(names, scores, strict=True):
                (wrong if name in chosen else right).append(float(score))
    return auc(wrong, right)


@cache
def by_labels(embedder: str | None = None) -> tuple[Figure, float]:
    """Return the figures of the labels' check on clean rows and the set's flips, and its score's AUC.

    The AUC is of each clean row with its own label and with another one: sixty flips are too few for a steady figure.
    """
    measured = _labelled()
    clean = [row for row in measured if not row["kind"]]
    # Meanings are looked at after labels: without them a costly embedder is asked for what the labels need alone.
    checks = {"labels": {"use": True}, "embedder": embedder, "dedup": {"semantic": {"most": 0}}}
    said = judge(measured, checks)
    (figure,) = figures(measured, said)
    wrong = judge(_flipped(clean, Random(0)), checks).scores  # noqa: S311 - reproducible on purpose
    return figure, auc(list(wrong.values()), [said.scores[name] for name in wrong if name in said.scores])


def table(found: Sequence[Figure]) -> str:
    """Return figures as a Markdown table."""
    lines = [
        (
            "| kind | rows | recall | fell for anything | good rows that fell | precision | F1 "
            "| unread rows | their recall | their precision | elsewhere |"
        ),
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    for one in found:
        shares = [f"{share:.2f}" for share in (one.recall, one.fell / one.rows)]
        unread = one.unread()
        theirs = [str(unread.rows), f"{unread.recall:.2f}", f"{unread.precision:.2f}"] if unread.rows else [""] * 3
        cells = [*shares, str(len(one.wrongly)), f"{one.precision:.2f}", f"{one.f1:.2f}", *theirs]
        lines.append(f"| {one.kind} | {one.rows} | {' | '.join(cells)} | {BASELINES.get(one.kind, '')} |")
    return "\n".join(lines)


def variants(found: Sequence[Figure]) -> str:
    """Return the recall of each variant of duplicates and leaks as a Markdown table."""
    hits: defaultdict[tuple[str, str], list[bool]] = defaultdict(list)
    named = {row["id"]: (row["kind"], row["variant"]) for row in rows() if row["kind"] and row["variant"]}
    for figure in found:
        if figure.kind in FAMILIES:
            for name, hit in figure.found.items():
                hits[named[name]].append(hit)
    lines = ["| kind | variant | rows | recall |", "|---|---|---:|---:|"]
    for (kind, how), part in sorted(hits.items()):
        lines.append(f"| {kind} | {how} | {len(part)} | {sum(part) / len(part):.2f} |")
    return "\n".join(lines)


def spared(reasons: dict[str, str]) -> str:
    """Return how many clean rows and look-alikes fell, and for what."""
    good = [row for row in rows() if not row["seed"] and not row["kind"]]
    alike = [row for row in good if row["look_alike"]]
    parts = {
        "clean": [row for row in good if not row["look_alike"]],
        "look-alikes": [row for row in alike if not row["unread"]],
        "look-alikes, unread": [row for row in alike if row["unread"]],
    }
    lines = ["| good rows | rows | fell | for |", "|---|---:|---:|---|"]
    for name, part in parts.items():
        fell = Counter(reasons[row["id"]] for row in part if row["id"] in reasons)
        said = ", ".join(f"`{code}` {times}" for code, times in fell.most_common())
        lines.append(f"| {name} | {len(part)} | {fell.total()} | {said} |")
    return "\n".join(lines)


def misses(found: Sequence[Figure], reasons: dict[str, str]) -> str:
    """Return the rows on which a check and the set disagree, but for the unread, for makers of rules (`--misses`)."""
    texts = {row["id"]: json.dumps(row["row"], ensure_ascii=False)[:240] for row in rows() if not row["unread"]}
    lines = []
    for one in found:
        missed = [name for name, hit in one.found.items() if not hit and name in texts]
        lines += [f"{one.kind} not found ({reasons.get(name, 'kept')}): {name} {texts[name]}" for name in missed]
        lines += [f"{one.kind} wrongly: {name} {texts[name]}" for name in one.wrongly if name in texts]
    return "\n".join(lines)


def main() -> None:
    """Print the tables."""
    import sys

    if sys.argv[1:2] == ["--embedder"]:
        labels, score = by_labels(sys.argv[2])
        print(table([*(one for one in by_rules(sys.argv[2])[0] if one.kind == "quality.unrelated"), labels]))
        print(f"\nAUC of flipped labels: the seeds' labeller {score:.3f}, self-confidence {by_rows(sys.argv[2]):.3f}.")
        return
    found, reasons = by_rules()
    labels, score = by_labels()
    if "--misses" in sys.argv:
        print(misses([*found, labels], reasons))
        return
    seeds = sum(bool(row["seed"]) for row in rows())
    print(f"{len(rows()) - seeds} rows measured, {seeds} seeds.\n\n{table([*found, labels])}\n")
    print(f"AUC of flipped labels: the seeds' labeller {score:.3f}, self-confidence {by_rows():.3f}.\n")
    print(spared(reasons), end="\n\n")
    print(variants(found))


if __name__ == "__main__":
    main()
