"""Puts the labelled set together out of the texts in `written/`: the same bytes each time.

Every text is written, by hands that had not seen the rules: the first one's files have no mark, those whose rows were
read since begin with `second_`, the last one's with `unread_`. Made here: numbers with check digits, letters' case and
marks of exact duplicates, which label a flip takes, where an evaluation text stands in a row, broken rows, and the
order. `--check` compares only.

A line of `labelled.jsonl` has: `id`; `task`; `domain` (one recipe each); `row`; `kind`, the code of the reason for
which the row should fall, or null; `variant`, how; `look_alike`, the code that a good row only looks like; `twin`, the
id of the row that a duplicate repeats; `seed`, whether the checks are made from it (then it is not measured); `unread`,
whether it is one that makers of rules may not read: what a rule finds of these says whether it knows the fault.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT.parent.parent))

from tests.data.numbers import draw  # noqa: E402 - the file also runs by its path

Row = dict[str, Any]

DOMAINS = ("shop", "insurer", "clinic", "energy", "telecom")
SEEDS, SEED_PAIRS = 3, 20
"""The first texts of each secondary label, and the first pairs, are seeds."""
FLIPS = 3
"""Rows of each primary label that get a wrong one."""
ENDS = (".", "?", "!", '"', "'")
OPENINGS = ("Hello, ", "Good morning! ", "Dear all, ", "Hi there, ", "Quick question: ")
AROUND_MESSAGE = (
    (
        "I have been with you for nine years and never had a reason to write until now.",
        "My wife already tried to reach you on Monday, but the line was busy for an hour.",
        "This is the second time within a month that I have to sit down and write to somebody.",
        "You may remember our talk in the spring, when I was told that all would be settled.",
    ),
    (
        "Please see to it before the holidays, as we are away for three weeks after that.",
        "I expect an answer by the end of next week, and I would like it in writing.",
        "My brother had the same trouble and was helped within a day, so it must be possible.",
        "If you need photos or papers from me, tell me which, and I will send them tonight.",
    ),
)
AROUND_QUESTION = (
    (
        "My uncle put this to us over dinner and none of us was sure.",
        "We had a quiz at the sports club on Friday, and one card kept us busy for half an hour.",
        "I am preparing an evening of riddles for the neighbours.",
    ),
    (
        "Please give me the answer together with a reason that I can repeat to the others.",
        "A few words are enough, since I have to read them out aloud.",
        "I would like to know before we meet again, so please keep it simple.",
    ),
)
"""What stands before and after an evaluation text inside a long one."""
CODES = {"quality.same_fields": "quality.repetition", "quality.other_language": "quality.language"}


def sections(name: str, mark: str) -> Iterator[tuple[str, str]]:
    """Give each line of a file with the heading above it; ` ¶ ` in a line stands for a line break."""
    heading = ""
    for line in (ROOT / "written" / name).read_text(encoding="utf-8").split("\n"):
        if line.startswith(mark):
            heading = line.removeprefix(mark).strip()
        elif line.strip():
            yield heading, re.sub("((?: ¶)+) ", lambda breaks: "\n" * breaks[1].count("¶"), line)


class Maker:
    """Gathers the rows."""

    def __init__(self) -> None:
        self.random = Random("labelled")
        self.rows: list[Row] = []
        self.labels: dict[str, list[dict[str, str]]] = {}
        self.about: dict[str, str] = {}
        self.secrets: list[str] = []
        self._turn = cycle(DOMAINS)

    def add(self, domain: str, row: Row, **more: Any) -> Row:
        """Add a row, clean where nothing else is said."""
        task = "instruction" if domain == "advice" else "classification"
        plain = {"kind": None, "variant": None, "look_alike": None, "twin": None, "seed": False, "unread": False}
        line = {
            "id": f"{domain}-{len(self.rows):04}",
            "task": task,
            "domain": domain,
            "row": row,
            **plain,
            **more,
        }
        self.rows.append(line)
        return line

    def messages(self) -> None:
        """Add the clean messages; the first of each label are seeds."""
        for domain in DOMAINS:
            heads: dict[str, int] = {}
            self.labels[domain] = []
            for heading, line in sections(f"messages_{domain}.txt", "# "):
                if line.startswith("@ "):
                    self.about[domain] = line.partition(" | ")[2]
                    continue
                label, secondary, description = heading.split(" | ")
                names = {"label": label, "secondary": secondary}
                if heading not in heads:
                    self.labels[domain].append({**names, "description": description})
                heads[heading] = heads.get(heading, 0) + 1
                self.add(domain, {"text": line, **names}, seed=heads[heading] <= SEEDS)

    def pairs(self) -> None:
        """Add the clean pairs of instruction and response."""
        text = (ROOT / "written" / "pairs.txt").read_text(encoding="utf-8")
        head, _, rest = text.partition("\n")
        self.about["advice"] = head.partition(" | ")[2]
        for number, block in enumerate(rest.strip().split("\n\n")):
            asked, _, response = block.partition("\nA: ")
            instruction, _, given = asked.removeprefix("Q: ").partition("\nI: ")
            row = {"instruction": instruction, **({"input": given} if given else {}), "response": response}
            self.add("advice", row, seed=number < SEED_PAIRS)

    def written(self, line: str, *, chat: bool = True) -> tuple[str, Row]:
        """Return the domain and row of a line: `question => answer`, or a message.

        A message without a mark at its end belongs to the domain whose seeds end so too, unless `chat` is off.
        """
        line = re.sub(r"<((?:card|iban|id|secret)\b[^>]*)>", self._slot, line)
        asked, arrow, answer = line.partition(" => ")
        if arrow:
            return "advice", {"instruction": asked, "response": answer}
        return self.message("telecom" if chat and not line.endswith(ENDS) else next(self._turn), line)

    def message(self, domain: str, line: str) -> tuple[str, Row]:
        """Return the domain, and a row with one of its labels."""
        named = self.random.choice(self.labels[domain])
        return domain, {"text": line, "label": named["label"], "secondary": named["secondary"]}

    def _slot(self, found: re.Match[str]) -> str:
        drawn = draw(found[1], self.random)
        if found[1].startswith("secret"):
            self.secrets.append(drawn.split("\n")[0])
        return drawn

    def faults(self) -> None:
        """Add the rows with a fault that were written as they are, and the look-alikes."""
        number = 0
        for name in ("faults.txt", "personal.txt"):
            for kind, line in sections(name, "== "):
                # What breaks off was written for a domain whose seeds end with a mark, in turn.
                cut = kind == "quality.cut_off" and " => " not in line
                domain, row = self.message(DOMAINS[number // 6], line) if cut else self.written(line)
                number += cut
                variant = kind.partition(".")[2].replace("_", " ") if kind in CODES else None
                self.add(domain, row, kind=CODES.get(kind, kind), variant=variant)
        # Some once more, at the end of a message that is about something else, with other numbers.
        for number, (kind, line) in enumerate(sections("personal.txt", "== ")):
            if " => " not in line and line.endswith(ENDS) and number % 3:
                domain, row = self.written(line, chat=False)
                other = self.random.choice([one for one in self.clean(domain) if one["row"]["text"].endswith(ENDS)])
                row = {**other["row"], "text": f"{other['row']['text']} {row['text']}"}
                self.add(domain, row, kind=kind, variant="at the end of a message")
        for kind, line in sections("look_alikes.txt", "== "):
            domain, row = self.written(line, chat=kind != "quality.cut_off" or line[0].islower())
            self.add(domain, row, look_alike=kind)

    def later(self, hand: str) -> None:
        """Add the faults and look-alikes of another hand."""
        cuts = cycle(DOMAINS[:-1])
        for name in ("faults", "look_alikes"):
            for kind, line in sections(f"{hand}_{name}.txt", "== "):
                about = {"kind": kind} if name == "faults" else {"look_alike": kind}
                if kind == "quality.too_short" and name == "faults" and " => " not in line and len(line.split()) > 2:
                    continue  # three words are enough for the recipe
                cut = kind == "quality.cut_off" and name == "faults" and " => " not in line
                domain, row = self.message(next(cuts), line) if cut else self.written(line)
                self.add(domain, row, **about, unread=hand == "unread")

    def too_long(self) -> None:
        """Add messages that ramble through a whole label, and answers that append one answer to another."""
        for domain in DOMAINS:
            for named in self.labels[domain]:
                texts = [str(one["row"]["text"]) for one in self.clean(domain) if _of(one, "label", named)]
                self.random.shuffle(texts)
                joined = " ".join(text if text.endswith(ENDS) else f"{text}." for text in texts[:14])
                if len(joined.split()) > 130:
                    self.add(domain, {"text": joined, **_names(named)}, kind="quality.too_long")
        asked = [line for heading, line in sections("faults.txt", "== ") if heading == "quality.same_fields"]
        for line in asked[:10]:
            answers = [str(one["row"]["response"]) for one in self.clean("advice")]
            row = {"instruction": "Once more and in full: " + line.partition(" => ")[0]}
            text = " ".join(self.random.sample(answers, len(answers)))
            text = " ".join(text.split(" ")[: self.random.randint(430, 480)]).rstrip(",;:") + "."
            self.add("advice", {**row, "response": text}, kind="quality.too_long")

    def clean(self, domain: str = "") -> list[Row]:
        """Return the clean rows that are no seeds and no look-alikes."""
        return [
            one
            for one in self.rows
            if not (one["seed"] or one["kind"] or one["look_alike"]) and domain in ("", one["domain"])
        ]

    def flips(self) -> None:
        """Give some rows of each primary label another one, drawn from all alike."""
        taken = {one["twin"] for one in self.rows}
        for domain in DOMAINS:
            for label in dict.fromkeys(named["label"] for named in self.labels[domain]):
                own = [one for one in self.clean(domain) if one["row"]["label"] == label and one["id"] not in taken]
                for one in self.random.sample(own, FLIPS):
                    others = [named for named in self.labels[domain] if named["label"] != label]
                    one["row"] |= _names(self.random.choice(others))
                    one["kind"] = "labels.disagree"

    def twins(self) -> None:
        """Add near duplicates that were written as such, and exact ones in other letters and marks."""
        for heading, line in sections("twins.txt", "== "):
            opening, _, text = line.partition(" => ")
            (old,) = [one for one in self.rows if not one["kind"] and str(one["row"].get("text")).startswith(opening)]
            kind = "dedup.seed" if old["seed"] else "dedup.near"
            self.add(old["domain"], {**old["row"], "text": text}, kind=kind, variant=heading, twin=old["id"])
        edits: dict[str, Callable[[str], str]] = {
            "case": str.upper,
            "small letters": str.lower,
            "in quotes": lambda text: f'"{text}"',
            "other marks": lambda text: text.rstrip(".?!").replace(",", "") + "!!",
            "spaces": lambda text: "  " + text.replace(" ", "  "),
            "as it was": lambda text: text,
        }
        taken = {one["twin"] for one in self.rows}
        free = [one for one in self.clean() if one["id"] not in taken]
        for number, old in enumerate(self.random.sample(free, 48)):
            variant, edit = list(edits.items())[number % len(edits)]
            row = {
                name: edit(value) if name in ("text", "instruction") else value for name, value in old["row"].items()
            }
            self.add(old["domain"], row, kind="dedup.exact", variant=variant, twin=old["id"])

    def contaminated(self) -> list[str]:
        """Add rows that repeat an evaluation text, and return these texts."""
        found = []
        for number, (_, line) in enumerate(sections("evaluation.txt", "== ")):
            text, arrow, answer = line.partition(" => ")
            found.append(text)
            whole = text if text.endswith(ENDS) else f"{text}."
            before, after = AROUND_QUESTION if arrow else AROUND_MESSAGE
            leaks = {
                "verbatim": whole,
                "greeting": OPENINGS[number % len(OPENINGS)] + whole[0].lower() + whole[1:],
                "inside a long text": f"{self.random.choice(before)} {whole} {self.random.choice(after)}",
            }
            words = text.rstrip(".?").split()
            if len(words) >= 16:
                leaks["half of it"] = " ".join(words[: round(len(words) * 0.65)]) + ", as far as I know."
            for variant in dict.fromkeys([list(leaks)[number % 3], *list(leaks)[2:]]):
                kind = "contamination.overlap" if variant == "half of it" else "contamination.verbatim"
                domain, row = self.written(leaks[variant] + arrow + answer)
                self.add(domain, row, kind=kind, variant=variant)
        return found

    def broken(self) -> None:
        """Add rows that do not fit their schema, each in a way of its own."""
        hosts = self.random.sample(self.clean("shop") + self.clean("clinic"), 33)
        for number, host in enumerate(hosts):
            text, label, secondary = (host["row"][name] for name in ("text", "label", "secondary"))
            ways: dict[str, Row] = {
                "no label": {"text": text},
                "no text": {"label": label, "secondary": secondary},
                "unknown label": {"text": text, "label": "other_topics", "secondary": secondary},
                "a label of somebody else": {"text": text, "label": "card_lost_or_stolen"},
                "secondary of another primary": {"text": text, "label": label, "secondary": "meter_fault"},
                "text is a list": {"text": text.split(), "label": label},
                "text is an object": {"text": {"said": text}, "label": label},
                "label is null": {"text": text, "label": None},
                "unknown field": {"text": text, "label": label, "confidence": "high"},
                "empty text": {"text": "", "label": label},
                "label is an object": {"text": text, "label": {"name": label}},
            }
            variant = list(ways)[number % len(ways)]
            self.add(host["domain"], ways[variant], kind="validate.schema", variant=variant)
        # Questions that no good row asks: one that were kept would take its good twin with it.
        asking = [line for heading, line in sections("faults.txt", "== ") if heading == "quality.same_fields"]
        for number, line in enumerate(asking[-12:]):
            asked, answer = line.partition(" => ")[0], str(self.clean("advice")[number]["row"]["response"])
            others: dict[str, Row] = {
                "no response": {"instruction": asked},
                "no instruction": {"response": answer},
                "response is a list": {"instruction": asked, "response": [answer]},
                "unknown field": {"instruction": asked, "response": answer, "score": 5},
                "response is null": {"instruction": asked, "response": None},
                "instruction is an object": {"instruction": {"text": asked}, "response": answer},
            }
            variant = list(others)[number % len(others)]
            self.add("advice", others[variant], kind="validate.schema", variant=variant)


def _of(one: Row, name: str, named: dict[str, str]) -> bool:
    return bool(one["row"][name] == named[name])


def _names(named: dict[str, str]) -> dict[str, str]:
    return {"label": named["label"], "secondary": named["secondary"]}


def make() -> dict[str, str]:
    """Return the files by name."""
    maker = Maker()
    maker.messages()
    maker.pairs()
    maker.faults()
    maker.too_long()
    maker.twins()
    maker.broken()
    evaluation = maker.contaminated()
    maker.flips()
    maker.later("second")
    maker.later("unread")
    seeds = [one for one in maker.rows if one["seed"]]
    # A duplicate comes after what it repeats.
    rest = [one for one in maker.rows if not (one["seed"] or one["twin"])]
    copies = [one for one in maker.rows if one["twin"]]
    maker.random.shuffle(rest)
    maker.random.shuffle(copies)
    lines = [_line(one, maker.secrets) for one in [*seeds, *rest, *copies]]
    domains = {name: {"about": about, "labels": maker.labels.get(name, [])} for name, about in maker.about.items()}
    return {
        "labelled.jsonl": "".join(lines),
        "evaluation.jsonl": "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in evaluation),
        "domains.json": json.dumps(domains, ensure_ascii=False, indent=1) + "\n",
    }


def _line(row: Row, secrets: list[str]) -> str:
    """Return a row as JSON; one letter of each secret is escaped, so that no scanner takes it for a real one."""
    said = json.dumps({name: value for name, value in row.items() if value not in (None, False)}, ensure_ascii=False)
    for secret in secrets:
        written = json.dumps(secret)[1:-1]
        said = said.replace(written, f"{written[:2]}\\u{ord(written[2]):04x}{written[3:]}")
    return said + "\n"


def main() -> None:
    """Write the files, or say which are not as they would be written."""
    for name, text in make().items():
        path = ROOT / name
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif path.read_text(encoding="utf-8") != text:
            sys.exit(f"{name} is not what make.py makes: run {Path(__file__).name}")


if __name__ == "__main__":
    main()
