"""What `safety` finds of planted personal data and of harmful texts, its alarms among ordinary texts, and its cost.

It installs presidio-evaluator (templates with planted personal data), pyrit (answers of models, each with people's
scores for harm) and chatterbot-corpus (small talk) into a virtual environment of its own; where that cannot be done, it
says so and measures the cost alone. A folder of mails can be named: `python bench/safety.py MAILS`, one mail a file.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from synthgen.checks import forms, unsafe
from synthgen.checks.safety import Safety, Search
from synthgen.recipe import Safety as Wanted

ROOT = Path(__file__).parent.parent
ROWS, WORDS, HARMFUL = 1500, 40, 0.5
KINDS = {
    "EMAIL_ADDRESS": "safety.email", "PHONE_NUMBER": "safety.phone", "CREDIT_CARD": "safety.card",
    "IBAN_CODE": "safety.iban", "US_SSN": "safety.national_id", "IP_ADDRESS": "safety.ip", "DOMAIN_NAME": "safety.url",
}  # fmt: skip
WITH, ALONE = ("faker", "pandas", "tqdm", "pyyaml"), ("presidio-evaluator", "pyrit", "chatterbot-corpus")

PLANT = '''
import importlib.abc, importlib.machinery, json, sys, types

class Absent(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Language models and plots, which the templates do not need."""

    names = {"spacy", "presidio_analyzer", "presidio_anonymizer", "plotly", "transformers", "xmltodict", "dotenv",
             "requests", "sklearn"}

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in self.names:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        module = types.ModuleType(spec.name)
        def missing(name):
            if name.startswith("__"):
                raise AttributeError(name)
            return type(name, (), {})
        module.__getattr__ = missing
        return module

    def exec_module(self, module):
        pass

sys.meta_path.append(Absent())
import presidio_evaluator.data_generator.presidio_sentence_faker as made
lines = made.presidio_templates_file_path.read_text().splitlines()
# The names of hospitals are asked of a web page.
templates = [line.strip() for line in lines if "hospital" not in line.lower()]
providers = [one for one in made.presidio_additional_entity_providers if one is not made.HospitalProvider]
faker = made.PresidioSentenceFaker("en_US", lower_case_ratio=0.05, random_seed=42, sentence_templates=templates,
                                   entity_providers=providers)
rows = faker.generate_new_fake_sentences(int(sys.argv[1]))
spans = [[(one.entity_type, one.start_position, one.end_position) for one in row.spans] for row in rows]
json.dump([{"text": row.full_text, "spans": some} for row, some in zip(rows, spans)], open(sys.argv[2], "w"))
'''


def installed(folder: Path) -> Path | None:
    """Make a virtual environment with the packages; return its packages' folder, or None where that is not possible."""
    tool = [sys.executable, "-m", "uv"]
    python = folder / "bin" / "python"
    for words in (
        ["venv", "--quiet", "--python", sys.executable, str(folder)],
        ["pip", "install", "--quiet", "--python", str(python), *WITH],
        ["pip", "install", "--quiet", "--python", str(python), "--no-deps", *ALONE],
    ):
        done = subprocess.run([*tool, *words], capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"skipped: the packages cannot be installed here ({done.stderr.strip().splitlines()[-1:]})\n")
            return None
    return next((folder / "lib").glob("python*/site-packages"))


def planted(folder: Path) -> None:
    """Print recall and precision for each kind of planted personal data."""
    path = folder / "planted.json"
    words = [str(folder / "bin" / "python"), "-c", PLANT, str(ROWS), str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"skipped: the templates cannot be filled ({done.stderr.strip().splitlines()[-1:]})\n")
        return
    there, found, right, alarms = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    rows = json.loads(path.read_text(encoding="utf-8"))
    told: Counter[tuple[bool, bool]] = Counter()
    for row in rows:
        spans = [(KINDS[kind], start, end) for kind, start, end in row["spans"] if kind in KINDS]
        finds = [(one.code, one.start, one.end) for one in forms.search(row["text"])]
        there.update(code for code, _, _ in spans)
        found.update(one[0] for one in spans if any(_same(one, other) for other in finds))
        alarms.update(code for code, _, _ in finds)
        right.update(one[0] for one in finds if any(_same(one, other) for other in spans))
        told[bool(spans), bool(finds)] += 1
    print("| kind | planted | recall | precision |\n|---|---:|---:|---:|")
    for code in sorted(there):
        precision = right[code] / alarms[code] if alarms[code] else 0.0
        print(f"| `{code}` | {there[code]} | {found[code] / there[code]:.2f} | {precision:.2f} |")
    hit, miss, false = told[True, True], told[True, False], told[False, True]
    print(f"| rows with one of these | {hit + miss} | {hit / (hit + miss):.2f} | {hit / (hit + false):.2f} |")
    others = sum(any(kind not in KINDS for kind, _, _ in row["spans"]) for row in rows)
    print(f"\n{others} of the {len(rows)} rows hold names, addresses, dates and the like, which nobody seeks.\n")


def _same(one: tuple[str, int, int], other: tuple[str, int, int]) -> bool:
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]


def harmful(packages: Path) -> Iterator[tuple[str, str, float]]:
    """Give pyrit's answers of models: the kind of harm, the text, and the mean of people's scores from 0 to 1."""
    for path in sorted((packages / "pyrit/datasets/scorer_evals/harm").glob("*.csv")):
        if path.name.startswith("mini_"):
            continue
        _, _, text = path.read_text(encoding="utf-8", errors="replace").partition("\n")
        for row in csv.DictReader(text.splitlines(keepends=True)):
            scores = [float(value) for name, value in row.items() if name and "human_score" in name and value]
            yield path.stem, row["assistant_response"], sum(scores) / len(scores)


def blunt(packages: Path) -> None:
    """Print recall for each kind of harm, and alarms among answers that everybody calls harmless."""
    rows = list(harmful(packages))
    print("| harm | harmful texts | recall | harmless texts | alarms |\n|---|---:|---:|---:|---:|")
    for kind in sorted({kind for kind, _, _ in rows}):
        bad = [text for one, text, score in rows if one == kind and score >= HARMFUL]
        good = [text for one, text, score in rows if one == kind and score == 0]
        recall = sum(bool(unsafe.find(text)) for text in bad) / len(bad)
        alarms = sum(bool(unsafe.find(text)) for text in good)
        print(f"| {kind.replace('_', ' ')} | {len(bad)} | {recall:.2f} | {len(good)} | {alarms} |")
    print()


def talk(packages: Path) -> list[str]:
    """Return the English small talk of chatterbot-corpus."""
    found: list[str] = []
    for path in sorted((packages / "chatterbot_corpus/data/english").glob("*.yml")):
        data: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        found += [str(said) for turns in data["conversations"] for said in turns]
    return found


def seeds() -> list[str]:
    """Return the texts of the templates' seeds, which people wrote."""
    lines = [
        line for path in (ROOT / "templates").glob("*/seeds.jsonl") for line in path.read_text("utf-8").splitlines()
    ]
    return [value for line in lines for value in json.loads(line).values() if isinstance(value, str)]


def ordinary(name: str, texts: Iterable[str]) -> None:
    """Print how many of ordinary texts raise an alarm, by code."""
    column = pl.Series(list(texts), dtype=pl.String)
    alarms = Counter(code for _, hits in Search().column(column) for code in dict.fromkeys(hit.code for hit in hits))
    unsafe_share = alarms["safety.unsafe"] / len(column)
    said = ", ".join(f"`{code}` {times}" for code, times in sorted(alarms.items())) or "none"
    print(f"| {name} | {len(column)} | {unsafe_share:.4f} | {said} |")


def cost(texts: list[str]) -> None:
    """Print what a clean row costs, in processor time, in one table and in the small ones of a run."""
    words = " ".join(texts).split()
    rows = [" ".join(words[at : at + WORDS]) for at in range(0, len(words) - WORDS, WORDS)]
    search = Search()
    dirty = {at for at, _ in search.column(pl.Series(rows))}
    rows = [row for at, row in enumerate(rows) if at not in dirty]
    rows = (rows * (20_000 // len(rows) + 1))[:20_000]
    check = Safety(Wanted())
    print(f"| rows of {WORDS} words in a table | microseconds a row |\n|---|---:|")
    for size in (20_000, 1_000, 32):
        tables = [pl.DataFrame({"prose:text": rows[at : at + size]}) for at in range(0, len(rows), size)]
        best = min(_seconds(check, tables) for _ in range(3))
        print(f"| {size} | {best / len(rows) * 1e6:.1f} |")


def _seconds(check: Safety, tables: list[pl.DataFrame]) -> float:
    start = time.process_time()
    for table in tables:
        check(table)
    return time.process_time() - start


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as folder:
        packages = installed(Path(folder))
        texts = seeds()
        if packages:
            planted(Path(folder))
            blunt(packages)
            texts += talk(packages)
        print("| ordinary texts | texts | share with `safety.unsafe` | alarms |\n|---|---:|---:|---|")
        ordinary("seeds of the templates" + (" and small talk" if packages else ""), texts)
        for folder_of_mails in map(Path, sys.argv[1:]):
            mails = [path.read_text(encoding="latin-1") for path in sorted(folder_of_mails.rglob("*.txt"))]
            ordinary(f"mails of {folder_of_mails.name}", [mail.partition("\n\n")[2] for mail in mails])
        print()
        cost(texts)


if __name__ == "__main__":
    main()
