"""Every task, and one that is written from the page alone: what holds for one holds for all."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl
import pytest

from synthgen import schema
from synthgen.schema import shipped
from synthgen.types import Record, Row
from tests.command import Synthgen

PAGE = Path(__file__).parent.parent / "docs" / "tasks.md"


def from_page(folder: Path) -> Path:
    """Write the files that the page shows, and return the folder of its task."""
    shown: list[tuple[str, str]] = re.findall(
        r"^`([\w./]+)`\n\n```\w+\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    for name, text in shown:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (made,) = {(folder / name).parent for name, _ in shown}
    return made


def test_a_task_from_the_page_alone_runs(synthgen: Synthgen, tmp_path: Path) -> None:
    """One schema and one folder, as the page shows them, give exactly the rows asked, and codes of their own."""
    folder = from_page(tmp_path)
    done = synthgen("run", folder, "--model", "fake", "--json")
    assert (done.code, done.json["kept"]) == (0, 20)
    assert done.json["reasons"]["headline.long"] > 0
    assert pl.read_parquet("out/headline/kept.parquet").height == 20
    shown = synthgen("filter", folder / "seeds.jsonl", "--task", folder / "headline.py", "--json")
    assert (shown.code, shown.json["kept"]) == (0, 6)


def test_a_code_of_a_task_is_told_with_its_meaning(synthgen: Synthgen, tmp_path: Path) -> None:
    """The waterfall, the life of a row and the card give the schema's own meaning of its code."""
    folder = from_page(tmp_path)
    done = synthgen("run", folder, "--model", "fake")
    fell = pl.read_parquet("out/headline/rejected.parquet").filter(pl.col("reason") == "headline.long")
    meaning = "The headline is not shorter than the item."
    assert meaning in done.out
    assert meaning in synthgen("why", "out/headline", fell["id"][0]).out
    assert meaning in Path("out/headline/hub/README.md").read_text(encoding="utf-8")


def _seeds(task: str) -> list[Row]:
    lines = (shipped("templates") / task / "seeds.jsonl").read_text(encoding="utf-8").strip().split("\n")
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("task", schema.tasks())
def test_a_row_of_every_task_is_the_same_after_writing_and_reading(task: str) -> None:
    """A seed that is written as JSON and read again is the same record, and has a conversation and a level."""
    kind: type[Record] = schema.load(schema.find(task, PAGE.parent))
    for row in _seeds(task):
        record = kind.model_validate(row)
        assert kind.model_validate_json(record.model_dump_json()) == record
        assert record.messages()[-1]["role"] == "assistant"
        assert record.level() >= 1
        assert record.wording().strip()
