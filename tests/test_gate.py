"""Before a push every text that would go up is searched; what nobody allowed keeps it down, whatever the flags."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from synthgen import card, gate, publish
from synthgen.checks.safety import Search
from synthgen.errors import InputError, StoreError
from synthgen.export import splits
from synthgen.job import prepare
from synthgen.model.wrap import Limits
from synthgen.pipeline import generate
from synthgen.schema import shipped
from synthgen.store.run import Run
from tests.command import Synthgen


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run the bank example once, with the fake model; its seeds' test split is its test."""
    folder = tmp_path_factory.mktemp("gate") / "bank"
    return generate(
        prepare(shipped("templates") / "classification", {"model.name": "fake", "rows": 40}), folder, Limits()
    ).run


@pytest.fixture
def run(clean: Run, tmp_path: Path) -> Run:
    """Give a copy of the run to spoil."""
    return Run(shutil.copytree(clean.folder, tmp_path / "bank"))


def spoil(run: Run, table: str, column: str, text: str) -> str:
    """Put a text in the first row of a table; return the row's id."""
    rows = run.read(table)
    run.write(
        table,
        rows.with_columns(pl.when(pl.int_range(pl.len()) == 0).then(pl.lit(text)).otherwise(column).alias(column)),
    )
    return str(rows["id"][0])


def wanting(run: Run, **safety: Any) -> None:
    """Lay keys over `checks.safety` in the run's lock, as `filter` with another recipe does."""
    lock = yaml.safe_load(run.lock.read_text(encoding="utf-8"))
    lock["recipe"]["checks"]["safety"] |= safety
    run.lock.write_text(yaml.safe_dump(lock), encoding="utf-8")


def test_a_clean_run_may_go(run: Run) -> None:
    """Without finds nothing is refused."""
    gate.hold(run, splits(run))


@pytest.mark.parametrize("use", [True, False])
def test_a_find_is_refused_whether_the_check_ran_or_not(run: Run, use: bool) -> None:
    """One message names the code, how many rows, the first of them, and what to do; no address stands in it."""
    split = run.read("kept")["split"][0]
    name = spoil(run, "kept", "text", "Mail anna.schmidt@acme.com about it.")
    wanting(run, use=use)
    with pytest.raises(InputError) as caught:
        gate.hold(run, splits(run))
    assert caught.value.what == f"nothing was pushed, for the rows still hold safety.email in 1 row ({split}/{name})"
    assert "`mode: mask`" in caught.value.fix
    assert "checks.safety.allow" in caught.value.fix
    assert f"`synthgen filter {run.folder} --recipe RECIPE`" in caught.value.fix
    assert "anna" not in str(caught.value)


def test_the_command_ends_with_that_message_and_no_flag_helps(run: Run, synthgen: Synthgen) -> None:
    """`push` says it and leaves with 2, with --yes and --private too; a dry run says it and lists the files."""
    spoil(run, "kept", "text", "Mail anna.schmidt@acme.com about it.")
    for flags in ((), ("--yes",), ("--private",), ("--create-pr", "--yes")):
        said = synthgen("push", run.folder, "owner/bank", *flags)
        assert said.code == 2
        assert "still hold safety.email in 1 row" in said.message
    dry = synthgen("push", run.folder, "owner/bank", "--dry-run", "--json")
    assert dry.code == 0
    assert any(name.endswith("README.md") for name in dry.json)
    assert dry.err.startswith("synthgen: a push would be refused, for the rows hold safety.email in 1 row")


def test_a_real_test_row_and_fields_that_are_no_prose_are_read(run: Run) -> None:
    """A find in a person's own test row counts, and one in a label does."""
    test = run.read("kept").head(2).with_columns(split=pl.lit("test"))
    run.write("test", test)
    name = spoil(run, "test", "text", "My card 4539 1488 0343 6467 was declined.")
    spoil(run, "kept", "label", "call +49 30 90182034")
    met = gate.open_finds(run, splits(run))
    assert met["safety.card"] == [f"test/{name}"]
    assert len(met["safety.phone"]) == 1


def test_lists_structures_and_numbers_are_read() -> None:
    """What stands inside a list, a structure, its keys, or is a number, is found under its row."""
    table = pl.DataFrame({
        "id": ["a", "b", "c", "d"],
        "turns": [[{"role": "user", "content": "Mail b@acme.org."}], [], [], []],
        "tags": [[], ["5.9.12.34"], [], []],
        "card": [0, 0, 4539148803436467, 0],
    })  # fmt: skip
    found = gate.found({"train": table}, Search())
    assert found == {"safety.email": ["train/a"], "safety.ip": ["train/b"], "safety.card": ["train/c"]}


def test_a_row_counts_once_and_many_are_cut_short(run: Run) -> None:
    """Two finds of one code in a row are one row; of many rows the first three are named."""
    kept = run.read("kept")
    run.write("kept", kept.with_columns(text=pl.lit("Mail a1@acme.com or b2@acme.com.")))
    met = gate.open_finds(run, splits(run))
    assert len(met["safety.email"]) == kept.height
    assert gate.told(met).endswith(", …)")
    assert gate.told(met).count("/") == gate.SHOWN


def test_what_the_recipe_names_may_go_and_the_card_says_so(run: Run) -> None:
    """With the code in the allow list the push is not refused, and the card counts the rows."""
    spoil(run, "kept", "text", "Mail anna.schmidt@acme.com about it.")
    assert "Still in and allowed by nobody: `safety.email` in 1 rows" in card.render(run, splits(run))
    wanting(run, allow=["safety.email"])
    gate.hold(run, splits(run))
    assert "Left in on purpose, named in the recipe: `safety.email` (in 1 rows)" in card.render(run, splits(run))
    wanting(run, allow=[], fakes=["@acme"])
    gate.hold(run, splits(run))
    assert "The recipe names fakes that pass: `@acme`" in card.render(run, splits(run))


def test_the_recipe_that_goes_up_is_read_as_well(run: Run) -> None:
    """A key in the recipe's own words is a find; an endpoint's address there is none."""
    lock = yaml.safe_load(run.lock.read_text(encoding="utf-8"))
    lock["recipe"]["model"]["base_url"] = "https://api.acme.com/v1"
    lock["recipe"]["about"] += " Our key is AKIA" + "Q3EGRT5TYUN2WXYZ."
    run.lock.write_text(yaml.safe_dump(lock), encoding="utf-8")
    assert gate.open_finds(run, splits(run)) == {"safety.secret": ["recipe/recipe.lock.yaml"]}


def test_a_dataset_without_a_lock_remembers_what_its_recipe_allowed(tmp_path: Path, synthgen: Synthgen) -> None:
    """Somebody else's rows with links go up where the recipe that they were filtered with allows links."""
    source = tmp_path / "theirs.jsonl"
    rows = [{"instruction": f"Sum up https://acme.com/{word}, please.", "response": f"It is about {word}."}
            for word in ("rivers", "lamps")]  # fmt: skip
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert synthgen("init", "instruction", "asked").code == 0
    recipe = Path("asked/recipe.yaml")
    text = recipe.read_text(encoding="utf-8")
    assert "\nchecks:\n" in text
    recipe.write_text(text.replace("\nchecks:\n", "\nchecks:\n  safety: {allow: [safety.url]}\n"), encoding="utf-8")
    assert synthgen("filter", source, "--recipe", recipe, "--out", "out").code == 0
    run = Run(Path("out"))
    assert run.read("kept").height == 2
    assert gate.wanted(run).allow == ["safety.url"]
    publish.build(run)
    gate.hold(run, splits(run))
    (run.folder / "safety.json").write_text("{", encoding="utf-8")
    with pytest.raises(StoreError):
        gate.wanted(run)


def test_the_card_never_says_clean(run: Run) -> None:
    """The card says what was looked for, what fell, what was masked, and what nobody looked for."""
    text = card.render(run, splits(run))
    for line in (
        "## Personal data and safety",
        "by form alone: secret, email, url",
        "**Not looked for**: names of persons",
    ):
        assert line in text
    assert "clean" not in text.split("## Personal data and safety")[1].split("## Known limits")[0]
