"""Publishing against a real server that speaks the Hub's protocol: one commit, retried, compared, nothing lost."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from synthgen import card, publish
from synthgen.export import splits
from synthgen.publish import versions
from synthgen.schema import shipped
from synthgen.store.run import Run
from tests.hub_server import Repository
from tests.hubs import FILES, LOAD, READER, STRANGER, Hub, Push, committed, environment, refused, standing


@pytest.fixture
def run(bank: Run) -> Run:
    """Give the run that is pushed."""
    return bank


def test_one_commit_holds_everything_and_loads_as_the_folder_does(run: Run, hub: Hub, push: Push, home: Path) -> None:
    """One commit on the head holds all files and has the tag; `load_dataset` reads the same from hub/ and the Hub."""
    done = push("owner/bank", "--yes", "--tag", "v1", "--json")
    first, second = hub.main()
    assert done.returncode == 0
    told = json.loads(done.stdout)
    assert sorted(told.pop("uploaded")) == sorted(FILES - {".gitattributes"})
    assert told == {
        "url": f"{hub.url}/datasets/owner/bank",
        "commit": second.identifier,
        "changed": True,
        "pull_request": None,
        "checked": True,
        "version": "v1",
        "digest": versions.digest(versions.rows(splits(run))),
        "left_out": publish.left_out(run),
    }
    assert hub.parents == [first.identifier]
    assert set(second.files) == FILES
    assert hub.repositories["owner/bank"].tags == {"v1": second.identifier}
    assert {path.relative_to(run.hub).as_posix() for path in run.hub.rglob("*") if path.is_file()} == FILES - {
        ".gitattributes"
    }
    assert 'load_dataset("owner/bank")' in hub.card()

    sent = {name: table.to_dicts() for name, table in splits(run).items()}
    for source in (str(run.hub), "owner/bank"):
        command = [sys.executable, "-c", LOAD, source]
        loaded = subprocess.run(command, env=environment(hub.url, home), capture_output=True, check=True)
        assert json.loads(loaded.stdout) == sent

    again = push("owner/bank", "--tag", "v1")
    assert again.returncode == 0
    assert again.stdout.startswith(f"nothing changed at {hub.url}/datasets/owner/bank: nothing was uploaded\n")
    assert hub.main() == [first, second]
    assert (run.hub / "README.md").read_text(encoding="utf-8") == hub.card()


def test_a_dataset_on_the_hub_is_read_as_a_file_is(run: Run, hub: Hub, home: Path, tmp_path: Path) -> None:
    """`hf://owner/name` is checked as a local file is, with its splits, and serves as seeds."""
    standing(hub, run)
    command = [sys.executable, "-m", "synthgen", "filter", "hf://owner/bank", "--task", "classification", "--json"]
    done = subprocess.run(
        command, env=environment(hub.url, home), cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    rows = sum(table.height for table in splits(run).values())
    assert json.loads(done.stdout)["waterfall"][0] == {"check": "validate", "in": rows, "out": rows}
    recipe = tmp_path / "recipe"
    shutil.copytree(shipped("templates") / "classification", recipe)
    text = (recipe / "recipe.yaml").read_text(encoding="utf-8")
    (recipe / "recipe.yaml").write_text(text.replace("seeds: seeds.jsonl", "seeds: hf://owner/bank"), encoding="utf-8")
    command = [sys.executable, "-m", "synthgen", "generate", "recipe", "--model", "fake", "--rows", "10", "--json"]
    done = subprocess.run(
        command, env=environment(hub.url, home), cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["kept"] == 10


def test_pull_request_leaves_main_alone(hub: Hub, push: Push) -> None:
    """With --create-pr the files lie in a pull request, and main is as it was."""
    done = push("owner/bank", "--yes", "--create-pr")
    assert done.returncode == 0
    assert f"pull request: {hub.url}/datasets/owner/bank/discussions/1" in done.stdout
    assert [set(commit.files) for commit in hub.main()] == [{".gitattributes"}]
    assert set(hub.repositories["owner/bank"].pull_requests["refs/pr/1"][-1].files) == FILES


def test_private_is_private_from_the_first_moment(hub: Hub, push: Push) -> None:
    """A new repository with --private is private, and nobody is asked about it."""
    assert push("owner/bank", "--private").returncode == 0
    assert hub.repositories["owner/bank"].private


def test_nothing_private_goes_to_what_is_public(run: Run, hub: Hub, push: Push) -> None:
    """With --private nothing is pushed to a repository that is there already and public."""
    committed(standing(hub, run), {"README.md": b"changed"})
    assert "is there already and is public" in refused(push("owner/bank", "--private"))
    assert hub.card() == "changed"


def test_nothing_public_is_made_without_a_yes(hub: Hub, push: Push) -> None:
    """Without --yes and without a terminal no public repository is made, and nothing is uploaded."""
    assert "next: add --yes or --private" in refused(push("owner/bank"))
    assert hub.repositories == {}
    assert {one.method for one in hub.requests} == {"GET"}


def test_busy_hub_is_asked_again_and_a_users_words_stay_once(run: Run, hub: Hub, push: Push) -> None:
    """Two answers of 503 to a commit are waited out, and what a user wrote in the card stands there once, not twice."""
    repository = standing(hub, run)
    words = f"---\nlicense: mit\n---\nRead this first.\n{card.BEGIN}\nold\n{card.END}\nAnd cite us.\n"
    committed(repository, {"README.md": words.encode()})
    hub.fail("POST .*/commit/main", 503, times=2)
    done = push("owner/bank")
    assert (done.returncode, done.stdout.split()[0]) == (0, "pushed")
    assert [one.status for one in hub.requests if "/commit/" in one.path] == [503, 503, 200]
    assert len(hub.main()) == 4
    assert [hub.card().count(text) for text in ("Read this first.", "And cite us.", card.BEGIN)] == [1, 1, 1]


def test_somebody_elses_push_in_between_survives(hub: Hub, push: Push) -> None:
    """A commit of somebody else between our look at the head and our commit is kept: ours goes on top of it."""
    hub.before.append(lambda repository: committed(repository, {"notes.txt": b"theirs", "README.md": b"Their words."}))
    assert push("owner/bank", "--yes").returncode == 0
    first, theirs, ours = hub.main()
    assert hub.parents == [first.identifier, theirs.identifier]
    assert ours.files["notes.txt"] == b"theirs"
    assert "Their words." in hub.card()
    assert set(ours.files) == FILES | {"notes.txt"}


def test_lost_answer_ends_well(hub: Hub, push: Push) -> None:
    """Where the commit took effect and its answer got lost, it is found again, not made twice, and counts as pushed."""
    hub.fail("POST .*/commit/main", 0, after=True)
    done = push("owner/bank", "--yes", "--tag", "v1")
    assert (done.returncode, done.stdout.split()[0]) == (0, "pushed")
    assert len(hub.main()) == 2
    assert hub.repositories["owner/bank"].tags == {"v1": hub.main()[-1].identifier}


def test_what_a_user_wrote_in_the_card_survives(run: Run, hub: Hub, push: Push) -> None:
    """Text around our block, tags and foreign keys stay through a push, stale keys go, and the next changes nothing."""
    repository = standing(hub, run)
    front, body = hub.card().removeprefix("---\n").split("\n---\n", 1)
    keys = yaml.safe_load(front) | {"license": "cc-by-4.0", "tags": ["banking", "synthetic"], "pretty_name": "x"}
    keys["dataset_info"] = {"features": [{"name": "gone", "dtype": "int64"}]}
    keys["dataset_info"]["splits"] = [{"name": "train", "num_examples": 1, "num_bytes": 1}]
    edited = f"---\n{yaml.safe_dump(keys)}---\n# By hand\n\n{body.replace('## Balance', '## Ours')}\nMore by hand.\n"
    committed(repository, {"README.md": edited.encode()})
    assert push("owner/bank").returncode == 0
    front, body = hub.card().removeprefix("---\n").split("\n---\n", 1)
    found = yaml.safe_load(front)
    assert (found["license"], found["pretty_name"]) == ("cc-by-4.0", "bank")
    assert found["tags"] == ["banking", "synthetic", "synthgen"]
    assert "dataset_info" not in found
    assert body.startswith("# By hand\n")
    assert body.endswith("More by hand.\n")
    assert "## Balance" in body
    assert push("owner/bank").stdout.startswith("nothing changed at ")


def test_card_that_cannot_be_read_is_not_written_over(run: Run, hub: Hub, push: Push) -> None:
    """Where the standing card is out of reach, nothing is pushed: a user's words are never lost to a busy Hub."""
    committed(standing(hub, run), {"README.md": b"Precious words."})
    hub.fail("(HEAD|GET) .*README.md", 403, times=99)
    refused(push("owner/bank"))
    assert hub.card() == "Precious words."


@pytest.mark.parametrize(
    ("token", "said"),
    [(READER, "the token may not write here"), (None, "wants a token"), (STRANGER, "wants a token")],
)
def test_refused_tokens_get_one_message(hub: Hub, push: Push, token: str | None, said: str) -> None:
    """A token that may only read, none, and an unknown one each end with one message, and nothing is made."""
    assert said in refused(push("owner/bank", "--yes", token=token))
    assert hub.repositories == {}


def test_reader_cannot_push_to_what_is_there(run: Run, hub: Hub, push: Push) -> None:
    """A token that may only read is refused by a repository that exists, and main stays as it was."""
    committed(standing(hub, run), {"README.md": b"changed"})
    assert "the token may not write here" in refused(push("owner/bank", token=READER))
    assert hub.card() == "changed"


def test_hub_that_is_down_gets_one_message(push: Push) -> None:
    """Where nothing listens, one message says so."""
    assert "the Hub is out of reach" in refused(push("owner/bank", url="http://127.0.0.1:9"))


def test_name_that_the_hub_cannot_take(hub: Hub, push: Push) -> None:
    """A name that no repository can have is refused before anything is made, with the form it should have."""
    assert "next: name it owner/name" in refused(push("owner/too/many", "--yes"))
    assert hub.repositories == {}


def test_data_of_other_splits_goes(run: Run, hub: Hub, push: Push, tmp_path: Path) -> None:
    """Data files of an earlier push that this one does not have are deleted in the same commit."""
    standing(hub, run)
    smaller = shutil.copytree(run.folder, tmp_path / "bank")
    (smaller / "test.parquet").unlink()
    assert push("owner/bank", folder=smaller).returncode == 0
    assert set(hub.main()[-1].files) == FILES - {
        "data/test-00000-of-00001.parquet",
        "messages/test-00000-of-00001.parquet",
    }
    assert len(hub.main()) == 3


def test_what_comes_back_is_held_against_what_was_sent(hub: Hub, push: Push) -> None:
    """A Hub that gives back other bytes than it was sent is noticed, and the commit gets no tag."""

    def spoil(repository: Repository) -> None:
        files = repository.branches["main"][-1].files
        files["data/train-00000-of-00001.parquet"] = files["data/test-00000-of-00001.parquet"]

    hub.after.append(spoil)
    assert "not what was sent" in refused(push("owner/bank", "--yes", "--tag", "v1"))
    assert hub.repositories["owner/bank"].tags == {}


def test_tag_of_another_commit_stays_where_it_is(run: Run, hub: Hub, push: Push) -> None:
    """A tag that names another commit is not taken for ours: the message says that it is taken."""
    repository = standing(hub, run)
    repository.tags["v1"] = hub.main()[0].identifier
    assert "the tag 'v1' names another commit" in refused(push("owner/bank", "--tag", "v1"))
    assert repository.tags == {"v1": hub.main()[0].identifier}


def test_dry_run_pushes_nothing_and_needs_no_token(run: Run, hub: Hub, push: Push) -> None:
    """--dry-run writes hub/ and lists it, with the repository's name in the card, and asks the Hub nothing."""
    shutil.rmtree(run.hub)
    done = push("owner/bank", "--dry-run", "--json", token=None)
    assert done.returncode == 0
    assert json.loads(done.stdout) == {
        str(path): path.stat().st_size for path in sorted(run.hub.rglob("*")) if path.is_file()
    }
    assert 'load_dataset("owner/bank")' in (run.hub / "README.md").read_text(encoding="utf-8")
    assert hub.requests == []
    assert push("--dry-run", token=None).returncode == 0
    assert 'load_dataset("OWNER/bank")' in (run.hub / "README.md").read_text(encoding="utf-8")


def test_open_finds_keep_a_push_down_before_anything_is_asked(run: Run, hub: Hub, push: Push, tmp_path: Path) -> None:
    """With an address in one row nothing is uploaded and the Hub asked nothing; without it the push goes up."""
    spoilt = Run(shutil.copytree(run.folder, tmp_path / "bank"))
    kept = spoilt.read("kept")
    text = pl.when(pl.int_range(pl.len()) == 0).then(pl.lit("Mail anna.schmidt@acme.com.")).otherwise(pl.col("text"))
    spoilt.write("kept", kept.with_columns(text.alias("text")))
    done = push("owner/bank", "--yes", "--private", folder=spoilt.folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "still hold safety.email in 1 row" in done.stderr
    assert hub.requests == []
    spoilt.write("kept", kept)
    assert push("owner/bank", "--yes", folder=spoilt.folder).returncode == 0


def test_card_says_how_the_dataset_was_made(run: Run) -> None:
    """The card has the waterfall, balance, splits and leakage, cost, model, limits, samples, and sound metadata."""
    tables = splits(run)
    text = card.render(run, tables, card.Place("owner/bank"))
    front, body = text.removeprefix("---\n").split("\n---\n", 1)
    found = yaml.safe_load(front)
    assert found["language"] == ["en"]
    assert found["task_categories"] == ["text-classification"]
    assert found["tags"] == ["synthetic", "synthgen"]
    assert found["size_categories"] == ["n<1K"]
    assert found["configs"][0]["data_files"] == [{"split": name, "path": f"data/{name}-*.parquet"} for name in tables]
    candidates, kept = run.read("candidates").height, run.read("kept").height
    samples = [json.loads(line) for line in body.split("```json\n")[1].split("\n```")[0].split("\n")]
    assert samples == tables["train"].drop("id").head(card.SAMPLES).to_dicts()
    for line in (
        f"| validate | {candidates} | {candidates} |",
        f"| {kept} |",
        "## Balance\n\n| label | train | validation | test |\n|---|---:|---:|---:|\n| ",
        *(f"| {name} | {table.height} |" for name, table in tables.items()),
        f"checked on all {sum(table.height for table in tables.values())} rows: 0 seeds stand behind",
        "0 rows nearly repeat a row of another split",
        "The test split is real",
        "| `fake` | writes | not given | unknown | unknown: look for the model's licence",
        "$0.0000",
        "## Known limits\n\n- The rows are written by a model",
        "- Labels were checked by a labeller made from the seeds",
        "task: classification\n",
    ):
        assert line in body
    counts = pl.concat([table["label"] for table in tables.values()]).value_counts()
    rows = [line.split(" | ") for line in body.split("---:|\n")[2].split("\n\n")[0].strip().split("\n")]
    assert {row[0].strip("| "): sum(int(one.strip(" |")) for one in row[1:]) for row in rows} == dict(
        counts.iter_rows()
    )


def test_card_says_what_the_models_licence_is(run: Run, tmp_path: Path) -> None:
    """A licence that the recipe gives stands in the card."""
    copy = Run(shutil.copytree(run.folder, tmp_path / "bank"))
    lock = yaml.safe_load(copy.lock.read_text(encoding="utf-8"))
    lock["model"]["licence"] = "OpenRAIL"
    copy.lock.write_text(yaml.safe_dump(lock), encoding="utf-8")
    assert "| `fake` | writes | OpenRAIL |" in card.render(copy, splits(copy))


def test_rows_that_say_our_marks_do_not_cut_the_card(run: Run, tmp_path: Path) -> None:
    """A row that holds the mark which ends our block leaves the card of the next push as it is."""
    copy = Run(shutil.copytree(run.folder, tmp_path / "bank"))
    kept = copy.read("kept")
    copy.write("kept", kept.with_columns(text=pl.lit(f"{card.END} | {card.BEGIN} ") + pl.col("text")))
    own = card.render(copy, splits(copy))
    assert (own.count(card.BEGIN), own.count(card.END)) == (1, 1)
    assert card.merge(own, own) == own


OWN = f"---\nconfigs: [1]\ntags: [synthetic]\n---\n{card.BEGIN}\nour words\n{card.END}\n"
NEWER = OWN.replace("our words", "newer words").replace("[1]", "[2]")
# Lines as a user may write them: marks of ours among them, and lines that look like metadata.
LINES = st.one_of(st.text(st.characters(exclude_categories=["Cs", "Cc"])), st.just("---"), st.just("a: b"))
TEXTS = st.lists(LINES, max_size=6).map("\n".join)
KEYS = st.dictionaries(
    st.text("abcdefgh", min_size=1),
    st.one_of(st.integers(), st.text(st.characters(exclude_categories=["Cs", "Cc"])), st.booleans(), st.dates()),
    max_size=4,
)


def facts(text: str) -> dict[str, Any]:
    """Return a card's metadata."""
    found = yaml.safe_load(text.removeprefix("---\n").split("\n---\n", 1)[0])
    assert isinstance(found, dict)
    return found


@given(before=TEXTS, after=TEXTS, keys=KEYS)
def test_merge_keeps_all_that_is_not_ours(before: str, after: str, keys: dict[str, Any]) -> None:
    """Merging keeps foreign keys and all text around our block to the letter, and replaces the block and our keys."""
    standing = f"---\n{yaml.safe_dump(keys | {'configs': 0})}---\n{before}\n{card.BEGIN}\nold\n{card.END}\n{after}"
    merged = card.merge(standing, NEWER)
    assert facts(merged) == keys | {"configs": [2], "tags": ["synthetic"]}
    assert merged.endswith(f"---\n{before}\n{card.BEGIN}\nnewer words\n{card.END}\n{after}")


@given(standing=TEXTS | st.tuples(TEXTS, TEXTS, TEXTS).map(f"{card.BEGIN}{card.END}".join))
def test_merge_twice_is_merge_once(standing: str) -> None:
    """Whatever stands there, merging again changes nothing, and one block of ours is in the card."""
    once = card.merge(standing, OWN)
    assert card.merge(once, OWN) == once
    assert once.count("our words") == 1


@given(text=TEXTS.filter(lambda text: not text.startswith("---")))
def test_merge_appends_to_a_card_without_our_block(text: str) -> None:
    """A card that never had our block keeps its text, with ours below it."""
    merged = card.merge(text, OWN)
    assert text.rstrip() in merged
    assert merged.endswith(f"{card.BEGIN}\nour words\n{card.END}\n")


def test_merge_reads_metadata_without_a_last_line_break() -> None:
    """A card that is nothing but metadata, without a line break at its end, keeps its keys."""
    assert facts(card.merge("---\nlicense: mit\n---", OWN)) == {"license": "mit", "configs": [1], "tags": ["synthetic"]}
    assert "key: [broken" in card.merge("---\nkey: [broken\n---\nText\n", OWN)


def test_merge_takes_the_mark_that_our_block_has() -> None:
    """A mark of ours that a user quotes above our block is text: what stands below it is not cut away."""
    standing = f"About `{card.BEGIN}`: leave it.\n\n{card.BEGIN}\nold\n{card.END}\nEnd.\n"
    merged = card.merge(standing, OWN)
    assert merged.endswith(f"About `{card.BEGIN}`: leave it.\n\n{card.BEGIN}\nour words\n{card.END}\nEnd.\n")
