"""`filter` on somebody else's dataset: the same tables wherever a batch ends, each whole or not there at all."""

from __future__ import annotations

import gc
import io
import json
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from synthgen import audit, reasons, report, seeds
from synthgen.errors import SeedError
from synthgen.schema import shipped
from synthgen.store.run import GROUP, Growing, Run, replacing
from synthgen.types import Candidate, Row, digest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.command import Synthgen

TABLES = ("candidates", "verdicts", "rejected", "review", "kept")
GOODS = (
    "ladder",
    "lantern",
    "garden",
    "harbour",
    "pencil",
    "rocket",
    "saddle",
    "timber",
    "violin",
    "window",
    "basket",
    "copper",
    "dragon",
    "falcon",
    "ginger",
    "hammer",
    "jacket",
    "kettle",
    "lemon",
    "mirror",
    "needle",
    "orchid",
    "parcel",
    "quarry",
    "ribbon",
    "silver",
    "tunnel",
    "velvet",
    "walnut",
    "zipper",
)


def _said(number: int) -> str:
    """Return a sentence of its own for each number."""
    first, second, third, fourth, fifth = random.Random(number).sample(GOODS, 5)
    return f"My {first} of {number} days came with a {second}; without the {third} no {fourth} fits the {fifth}."


def _mixed() -> list[Row]:
    """Return 60 rows of three splits, with faults, duplicates, conflicts and leaks among them."""
    rows: list[Row] = [
        {"text": _said(number), "label": "returns" if number % 2 else "delivery", "split": "train"}
        for number in range(40)
    ]
    rows[5] |= {"text": "Too short."}
    rows[11] |= {"text": "As an AI language model, I cannot have an opinion about parcels and jackets."}
    rows[14] |= {"text": "Write to petra.horakova@quickmail.cz when the parcel has come, please."}
    rows[17] |= {"text": rows[3]["text"], "label": rows[3]["label"]}
    rows[23] |= {"text": rows[4]["text"], "label": "returns"}  # the same words under another label
    rows[29] |= {"text": "\N{CJK UNIFIED IDEOGRAPH-4E2D} \U0001f680 Größe falsch: die Jacke ist zu klein für mich."}
    rows[31] |= {"text": " "}
    rows += [
        {"text": _said(number), "label": "delivery", "split": "test" if number % 3 else "validation"}
        for number in range(100, 118)
    ]
    rows += [
        {"text": rows[8]["text"], "label": rows[8]["label"], "split": "test"},  # a train row leaks
        {"text": rows[20]["text"] + " Indeed.", "label": rows[20]["label"], "split": "validation"},
    ]
    return rows


def _save(rows: list[Row], path: Path) -> Path:
    if path.suffix == ".parquet":
        pl.DataFrame(rows, infer_schema_length=None).write_parquet(path)
    elif path.suffix == ".csv":
        pl.DataFrame(rows, infer_schema_length=None).write_csv(path)
    else:
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def _ends(folder: Path) -> list[str | None]:
    """Return the reason of each row in the order of the source; None = kept."""
    run = Run(folder)
    reasons = dict(run.read("rejected").select("id", "reason").iter_rows())
    kept = set(run.read("kept")["id"])
    names = run.read("candidates").sort("number")["id"].to_list()
    assert kept.isdisjoint(reasons)
    assert kept | set(reasons) == set(names)
    return [reasons.get(name) for name in names]


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a mixed dataset as JSONL."""
    return _save(_mixed(), tmp_path_factory.mktemp("theirs") / "theirs.jsonl")


def test_batches_leave_no_trace(theirs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every table has the same bytes and the result says the same, whether batches have 1, 7 or 10,000 rows."""
    monkeypatch.setattr("synthgen.store.run.GROUP", 16)
    found = {}
    for size in (1, 7, 10_000):
        result = audit.audit(str(theirs), "classification", tmp_path / str(size), None, size)
        found[size] = _bytes(tmp_path / str(size)), result.waterfall, list(result.reasons.items()), result.kept
    assert set(found[1][0]) >= {f"{name}.parquet" for name in TABLES}
    assert found[1] == found[7] == found[10_000]


def test_every_planted_fault_is_named(theirs: Path, tmp_path: Path) -> None:
    """Faults fall for their own reasons; the train row of a leak falls, and not the row that it is measured on."""
    audit.audit(str(theirs), "classification", tmp_path / "out", None, 7)
    ends = _ends(tmp_path / "out")
    assert {number: ends[number] for number in (5, 8, 11, 14, 17, 20, 23, 31)} == {
        5: "quality.too_short", 8: "split.leak", 11: "quality.assistant_voice", 14: "safety.email", 17: "dedup.exact",
        20: "split.leak", 23: "dedup.conflict", 31: "validate.schema",
    }  # fmt: skip
    assert ends[-2:] == [None, None]
    assert ends.count(None) == len(ends) - 8


def test_each_row_has_a_verdict_of_each_check_it_reached(theirs: Path, tmp_path: Path) -> None:
    """A kept row has a verdict of every check, a rejected one of each up to that by which it fell; row follows row."""
    audit.audit(str(theirs), "classification", tmp_path / "out", None)
    run = Run(tmp_path / "out")
    kept = set(run.read("kept")["id"])
    found = run.read("verdicts").group_by("id", maintain_order=True).agg("check", "reason")
    order = found.filter(pl.col("id").is_in(list(kept)))["check"].to_list()[0]
    assert order[0] == "validate"
    assert order[-1] == "split"
    for name, checks, fell in found.iter_rows():
        assert checks == order[: len(checks)]
        assert [one is None for one in fell] == [*[True] * (len(checks) - 1), name in kept]
    assert found["id"].to_list() == run.read("candidates")["id"].to_list()


def test_names_and_rows_are_what_they_were(theirs: Path, tmp_path: Path) -> None:
    """A row's id is the digest of its place and its fields, as it was before rows were read in batches."""
    audit.audit(str(theirs), "classification", tmp_path / "out", None)
    table = Run(tmp_path / "out").read("candidates")
    places = [where for where, _ in seeds.read(str(theirs), Path())]
    for where, name, row in zip(places, table["id"], table["row"], strict=True):
        assert name == digest([where, json.loads(row)], 12)


@pytest.mark.parametrize("form", ["csv", "parquet", "folder", "messages", "stdin"])
def test_formats_agree(form: str, theirs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rows end for the same reasons, in whatever format they come."""
    rows = _mixed()
    audit.audit(str(theirs), "classification", tmp_path / "jsonl", None)
    source = str(tmp_path / f"theirs.{form}")
    if form == "folder":
        datasets = pytest.importorskip("datasets")
        datasets.Dataset.from_list(rows).save_to_disk(source)
    elif form == "messages":
        talks = [
            {"split": row["split"], "messages": [
                {"role": "user", "content": row["text"]}, {"role": "assistant", "content": row["label"]}
            ]} for row in rows
        ]  # fmt: skip
        source = str(_save(talks, tmp_path / "theirs.parquet"))
    elif form == "stdin":
        source = "-"
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(theirs.read_bytes())))
    else:
        _save(rows, Path(source))
    audit.audit(source, "classification", tmp_path / "out", None, 7)
    assert _ends(tmp_path / "out") == _ends(tmp_path / "jsonl")
    same = ("split", "text", "label")
    first, second = (Run(tmp_path / name).read("kept").select(same) for name in ("jsonl", "out"))
    assert second.equals(first)


def test_filter_twice_is_filter_once(synthgen: Synthgen, theirs: Path, tmp_path: Path) -> None:
    """Everything that `filter` kept is kept when it is filtered again."""
    done = synthgen("filter", theirs, "--task", "classification", "--out", tmp_path / "once", "--json")
    once = Run(tmp_path / "once")
    said = synthgen("filter", once.table("kept"), "--out", tmp_path / "twice", "--json").json
    assert said["kept"] == done.json["kept"] == once.read("kept").height
    assert said["reasons"] == {}
    again = Run(tmp_path / "twice").read("kept")
    assert again.drop("id", "cluster").equals(once.read("kept").drop("id", "cluster"))


def test_conflicts_wait_for_a_person(synthgen: Synthgen, theirs: Path, tmp_path: Path) -> None:
    """A row under another label than its twin is in review.parquet, not in kept; the end and `why` say so."""
    out = tmp_path / "out"
    line = ("filter", theirs, "--task", "classification", "--out", out)
    waiting = Run(out).read("review") if synthgen(*line).code == 0 else pl.DataFrame()
    assert f"{waiting.height} rows wait for a person to decide: {out / 'review.parquet'}" in synthgen(*line).out
    assert synthgen(*line, "--json").json["review"] == waiting.height
    (row,) = waiting.filter(pl.col("reason") == "dedup.conflict").to_dicts()
    assert (row["check"], row["reason"], row["split"]) == ("dedup", "dedup.conflict", "train")
    assert json.loads(row["row"])["label"] == "returns"
    assert row["id"] not in set(Run(out).read("kept")["id"])
    told = report.tell(report.life(Run(out), row["id"]))
    assert "It waits for a person to decide, in review.parquet." in told
    assert synthgen("why", out, row["id"], "--json").json["review"] is True
    other = next(iter(Run(out).read("rejected").filter(pl.col("reason") == "dedup.exact")["id"]))
    assert synthgen("why", out, other, "--json").json["review"] is False


def test_generated_runs_have_a_review_too(synthgen: Synthgen, tmp_path: Path) -> None:
    """What waits for a person in a generated run was rejected for a reason that asks one, or is kept and doubtful."""
    done = synthgen(
        "generate", shipped("templates") / "classification", "--model", "fake", "--rows", "20", "--out", "a"
    )
    assert done.code == 0
    run = Run(tmp_path / "a")
    waiting, rejected = run.read("review"), run.read("rejected")
    assert waiting.columns == ["id", "split", "check", "reason", "score", "evidence", "row"]
    fell = rejected.filter(pl.col("reason").map_elements(lambda code: reasons.of(code).review, pl.Boolean))
    assert set(waiting["id"]) - set(run.read("kept")["id"]) == set(fell["id"])


BREAKS: list[tuple[str, bytes, str]] = [
    ("jsonl", b'{"text": "It stops in the mid\n', ":102: this line is not JSON"),
    ("jsonl", b"[1, 2]\n", ":102: this line is not an object"),
    ("csv", b'"one","two","three"\n', ":103: this line does not have 2 columns"),
    ("csv", b"\xff\xfe,delivery\n", "this is not UTF-8 text"),
    ("parquet", b"", "this is not Parquet"),
]


@pytest.mark.parametrize(("form", "broken", "says"), BREAKS)
def test_broken_row_costs_nothing(form: str, broken: bytes, says: str, synthgen: Synthgen, tmp_path: Path) -> None:
    """A broken line far below ends with one message; the tables of before are whole, and no half of a new one."""
    rows = [{"text": _said(number), "label": "delivery"} for number in range(101)]
    source, out = tmp_path / f"theirs.{form}", tmp_path / "out"
    _save(rows, source)
    line = ("filter", source, "--task", "classification", "--out", out)
    assert synthgen(*line).code == 0
    before, data = _bytes(out), source.read_bytes()
    at = data.index(b"ladder") if form == "parquet" else 0
    source.write_bytes(data[:at] + bytes(200) + data[at + 200 :] if at else data + broken)
    done = synthgen(*line)
    assert says in done.message
    assert done.code == 2
    assert _bytes(out) == before
    source.write_bytes(data)
    assert synthgen(*line).code == 0
    assert _bytes(out) == before


def test_half_of_a_table_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that is broken after row groups were written leaves no file, and nothing that Python complains of later."""
    monkeypatch.setattr("synthgen.store.run.GROUP", 16)
    source = _save([{"text": _said(number), "label": "delivery"} for number in range(101)], tmp_path / "theirs.jsonl")
    source.write_bytes(source.read_bytes() + b"{\n")
    with pytest.raises(SeedError, match="not JSON"):
        audit.audit(str(source), "classification", tmp_path / "out", None, 10)
    gc.collect()
    assert list((tmp_path / "out").iterdir()) == []


def _started(source: Path | str, out: Path, **more: Any) -> subprocess.Popen[str]:
    line = [sys.executable, "-m", "synthgen", "filter", str(source), "--task", "classification", "--out", str(out)]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)


@pytest.mark.parametrize("limit", [2_000, 4_000])
def test_disk_that_is_full(limit: int, theirs: Path, tmp_path: Path) -> None:
    """A disk that is full while tables are written ends with exit 5 and one message; the earlier ones are whole."""
    out = tmp_path / "out"
    audit.audit(str(theirs), "classification", out, None)
    before = _bytes(out)
    assert max(len(before[f"{name}.parquet"]) for name in TABLES) > limit
    with _started(theirs, out, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) as running:
        printed, said = running.communicate()
    assert (running.returncode, printed) == (5, "")
    assert said.startswith(f"synthgen: {out}/")
    assert "it cannot be written (File too large); what was there before still is" in said
    assert said.count("\n") == 2
    assert _bytes(out) == before


def test_kill_in_the_middle(tmp_path: Path) -> None:
    """A process that is killed while it writes leaves the earlier tables; the same command makes the new ones."""
    out = tmp_path / "out"
    few = _save([{"text": _said(1), "label": "delivery"}], tmp_path / "few.jsonl")
    audit.audit(str(few), "classification", out, None)
    before = _bytes(out)
    # Copies fall at once, so that a full row group costs little.
    line = json.dumps({"text": "Too short.", "label": "delivery"}) + "\n"
    with _started("-", out, stdin=subprocess.PIPE) as running:
        assert running.stdin
        running.stdin.write(line * (max(GROUP, audit.BATCH) + 100))
        running.stdin.flush()
        for _ in range(600):
            if (out / ".verdicts.parquet.part").exists():
                break
            time.sleep(0.1)
        running.send_signal(signal.SIGKILL)
    assert running.returncode == -signal.SIGKILL
    after = _bytes(out)
    assert {name: after[name] for name in before} == before
    assert ".verdicts.parquet.part" in after
    audit.audit(str(few), "classification", out, None)
    assert _bytes(out) == before


SCHEMA = '''
from typing import Annotated, Literal, Any
from synthgen.types import Prose, Record

class Ticket(Record):
    """A ticket."""
    subject: Annotated[str, Prose()]
    stars: int | None = None
    mood: Literal["good", "bad"] = "good"
    tags: list[str] = []
    {more}

    def wording(self) -> str:
        return self.subject
'''


@pytest.mark.parametrize("more", ["urgent: bool = False", "extra: dict[str, Any] | None = None"])
def test_kept_columns_have_the_types_of_the_schema(more: str, tmp_path: Path) -> None:
    """A number that only late rows give is a number in kept.parquet, beside fields that are no plain values as well."""
    (tmp_path / "ticket.py").write_text(SCHEMA.format(more=more), encoding="utf-8")
    rows: list[Row] = [{"subject": _said(number), "tags": ["new", "ü"]} for number in range(30)]
    name = more.partition(":")[0]
    rows[28] |= {"stars": 5, "mood": "bad", name: True if name == "urgent" else {"of": [1, 2]}}
    found = []
    for size in (10, 1000):
        source = _save(rows, tmp_path / "theirs.jsonl")
        audit.audit(str(source), str(tmp_path / "ticket.py"), tmp_path / "out", None, size)
        found.append(Run(tmp_path / "out").read("kept"))
    assert found[0].equals(found[1])
    assert found[0].schema["stars"] == pl.Int64
    assert found[0].drop("id", "split", "cluster", "level").row(28, named=True) == rows[28]
    assert found[0]["stars"].null_count() == 29


def test_batches_are_forgotten(theirs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the candidates of earlier batches none is in memory when a later one is checked."""
    alive = []
    take = audit._Laid.take

    def counting(self: audit._Laid, part: Any) -> None:
        gc.collect()
        alive.append(sum(isinstance(one, Candidate) for one in gc.get_objects()))
        take(self, part)

    monkeypatch.setattr(audit._Laid, "take", counting)
    audit.audit(str(theirs), "classification", tmp_path / "out", None, 10)
    assert len(alive) == 6
    assert max(alive) <= alive[0] + 10


def test_growing_table_does_not_say_how_it_grew(tmp_path: Path) -> None:
    """Row groups are of one size, whatever the parts that came; what comes back is what went in."""
    whole = pl.DataFrame({"a": [str(number) for number in range(2 * GROUP + 5)]})
    found = set()
    for size in (999, GROUP, 3 * GROUP):
        with replacing(tmp_path / "grown.parquet") as part:
            table = Growing(part)
            for rows in whole.iter_slices(size):
                table.add(rows)
            assert [rows.height for rows in table.again("a")] == [GROUP, GROUP, 5]
        assert pl.read_parquet(tmp_path / "grown.parquet").equals(whole)
        found.add((tmp_path / "grown.parquet").read_bytes())
    assert len(found) == 1


def test_tables_are_read_row_by_row(tmp_path: Path) -> None:
    """A source gives its first row before it reads its last: what cannot be read is told when it is reached."""
    path = tmp_path / "theirs.jsonl"
    path.write_bytes(b'{"a": 1}\n' + b"no row\n")
    rows: Iterator[tuple[str, Row]] = seeds.read(str(path), Path())
    assert next(rows) == (f"{path}:1", {"a": 1})
    with pytest.raises(SeedError, match="not JSON"):
        next(rows)
