"""Versions in the card, branches, gates, shards: what a push adds to what stands, and what it leaves alone."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
import yaml
from pyarrow.parquet import ParquetFile

from synthgen import card, export, publish
from synthgen.errors import PublishError
from synthgen.publish import layout, versions
from synthgen.store.run import Run
from tests.hub_server import Repository
from tests.hubs import LOAD, Hub, Push, committed, environment, refused, standing

NESTED = """
import datasets, json
names = [name for name in datasets.get_dataset_config_names("owner/bank") if name != "messages"]
found = {name: datasets.load_dataset("owner/bank", name)["train"] for name in names}
print(json.dumps({name: list(rows["text"]) for name, rows in found.items()}))
"""


def wanting(run: Run, **keys: object) -> None:
    """Lay keys over `publish` in the run's lock, as `filter` with another recipe does."""
    lock = yaml.safe_load(run.lock.read_text(encoding="utf-8"))
    lock["recipe"]["publish"] |= keys
    run.lock.write_text(yaml.safe_dump(lock), encoding="utf-8")


@pytest.fixture
def own(bank: Run, tmp_path: Path) -> Run:
    """Give a copy of the run to change."""
    return Run(shutil.copytree(bank.folder, tmp_path / "bank"))


def lines(hub: Hub) -> list[dict[str, object]]:
    """Return the versions that the card on the Hub has."""
    return versions.known(hub.card(), "owner/bank")


def test_each_push_that_changes_rows_adds_a_line(own: Run, hub: Hub, push: Push) -> None:
    """A line has rows added and removed by digest and what changed in the recipe; the same rows add none."""
    kept = own.read("kept")
    rows = kept.height + own.read("test").height
    assert push("owner/bank", "--yes", folder=own.folder).returncode == 0
    hub.requests.clear()
    assert push("owner/bank", folder=own.folder).stdout.startswith("nothing changed")
    assert not [one for one in hub.requests if any(part in one.path for part in ("preupload", "/large/", "/commit/"))]
    own.write("kept", kept.slice(2))
    lock = own.lock.read_text(encoding="utf-8")
    own.lock.write_text(lock.replace("near: 0.6", "near: 0.5"), encoding="utf-8")
    done = push("owner/bank", "--tag", "v2", folder=own.folder)
    assert (done.returncode, ", version v2\n" in done.stdout) == (0, True), done.stderr
    first, second = lines(hub)
    assert (first["version"], first["rows"], first["added"], first["removed"]) == ("1", rows, rows, 0)
    assert first["changed"] == "first push of bank"
    assert (second["version"], second["rows"], second["added"], second["removed"]) == ("v2", rows - 2, 0, 2)
    assert second["changed"] == "checks.dedup.near: 0.6 → 0.5"
    assert second["digest"] == versions.digest(versions.rows(publish.published(own)))
    body = hub.card().split(card.BEGIN)[1]
    assert body.index(f"| v2 | {second['date']} | {rows - 2} | 0 | 2 |") < body.index(f"| 1 | {first['date']} |")


@pytest.mark.parametrize("broken", ["5", "text", "{a: 1}", "[1]", "[{version: 1}]"])
def test_versions_that_cannot_be_read_stop_a_push(bank: Run, hub: Hub, push: Push, broken: str) -> None:
    """Whatever stands under the key, no history is lost in silence: one message says what to mend, and nothing goes."""
    if broken == "5":  # the whole way once; the rest of the values at the door
        committed(standing(hub, bank), {"README.md": b"---\nsynthgen_versions: 5\n---\n"})
        assert "the card's list of versions cannot be read" in refused(push("owner/bank"))
        assert len(hub.main()) == 3
    with pytest.raises(PublishError, match="list of versions cannot be read"):
        versions.known(f"---\nsynthgen_versions: {broken}\n---\n", "owner/bank")


@pytest.mark.parametrize("old", [{}, {"recipe": [1], "digests": [2]}, {"recipe": "x", "digests": 5}, {"recipe": None}])
def test_a_lock_file_of_any_kind_can_stand_there(bank: Run, old: dict[str, object]) -> None:
    """Whatever the lock file on the Hub says, the line has words, and names no more changes than it has room for."""
    said = versions.said(old, bank, bank.read_lock())
    assert said
    assert said.count("; ") <= versions.SHOWN


def test_what_is_another_in_files_shows_by_its_digest(bank: Run) -> None:
    """Other prompts and seeds are named; the same recipe says so; no recipe says so too."""
    lock = bank.read_lock() or {}
    other = lock | {"digests": lock["digests"] | {"prompts": "0", "seeds": "0"}}
    assert versions.said(other, bank, lock) == "other seeds; other prompts"
    assert versions.said(lock, bank, lock) == "the same recipe"
    assert versions.said(lock, bank, None) == "no recipe: a dataset that somebody else made"


def test_a_tag_that_is_taken_stops_a_push_before_anything_goes(own: Run, hub: Hub, push: Push) -> None:
    """Where the tag names another commit, new rows are not uploaded, and main stays as it was."""
    repository = standing(hub, own)
    repository.tags["v1"] = hub.main()[0].identifier
    own.write("kept", own.read("kept").slice(1))
    said = refused(push("owner/bank", "--tag", "v1", folder=own.folder))
    assert "the tag 'v1' names another commit" in said
    assert "nothing was pushed" in said
    assert len(hub.main()) == 2
    assert not [one for one in hub.requests if one.method in {"PUT", "POST"}]


def test_seeds_that_go_up_are_searched_as_rows_are(own: Run, hub: Hub, push: Push) -> None:
    """An address in a seed keeps a push down where seeds go up, and does not where they stay."""
    wanting(own, real="seeds")
    seed = {"text": ["Mail anna.schmidt@acme.com about it."], "label": ["fees_and_charges"]}
    own.write("seeds", pl.DataFrame({"id": ["1"], "split": ["train"], **seed}))
    done = push("owner/bank", "--yes", folder=own.folder)
    assert (done.returncode, hub.requests) == (2, [])
    assert "safety.email in 1 row (seeds/train/1)" in done.stderr
    wanting(own, real="test")
    assert push("owner/bank", "--yes", folder=own.folder).returncode == 0


def test_a_row_is_its_fields_and_its_split() -> None:
    """Ids, the order of rows and columns without a value change no digest; a value and a split do."""
    table = pl.DataFrame({"id": ["1", "2"], "text": ["a", "b"]})
    same = pl.DataFrame({"text": ["b", "a"], "more": [None, None], "id": ["3", "4"]})
    digest = versions.digest(versions.rows({"train": table}))
    assert versions.digest(versions.rows({"train": same})) == digest
    assert versions.digest(versions.rows({"test": table})) != digest
    assert versions.digest(versions.rows({"train": table.head(1)})) != digest


def test_large_sets_go_in_shards_and_stale_ones_go(own: Run, hub: Hub, push: Push, home: Path) -> None:
    """A split is cut by rows, loads whole, and the next push of fewer shards deletes the others in its one commit."""
    wanting(own, rows_per_file=20)
    assert push("owner/bank", "--yes", folder=own.folder).returncode == 0
    names = [name for name in hub.main()[-1].files if name.startswith("data/train")]
    assert names == [f"data/train-0000{at}-of-00003.parquet" for at in range(3)]
    loaded = subprocess.run(
        [sys.executable, "-c", LOAD, "owner/bank"], env=environment(hub.url, home), capture_output=True, check=True
    )
    assert json.loads(loaded.stdout) == {name: table.to_dicts() for name, table in publish.published(own).items()}
    wanting(own, rows_per_file=1000)
    done = push("owner/bank", folder=own.folder)
    assert ", the same rows as before" in done.stdout
    assert [name for name in hub.main()[-1].files if name.startswith("data/train")] == [
        "data/train-00000-of-00001.parquet"
    ]
    assert (len(hub.main()), len(lines(hub))) == (3, 1)


def test_subsets_are_configs_that_lie_in_each_other(own: Run, hub: Hub, push: Push, home: Path) -> None:
    """Each size of the recipe's subsets loads by its name, the smaller one's rows among the larger one's."""
    lock = yaml.safe_load(own.lock.read_text(encoding="utf-8"))
    lock["recipe"]["subsets"] = {"sizes": [10, 20, 5000], "order": "random"}
    own.lock.write_text(yaml.safe_dump(lock), encoding="utf-8")
    assert push("owner/bank", "--yes", folder=own.folder).returncode == 0
    done = subprocess.run(
        [sys.executable, "-c", NESTED], env=environment(hub.url, home), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert {name: len(texts) for name, texts in found.items() if name != "default"} == {"train-10": 10, "train-20": 20}
    assert set(found["train-10"]) < set(found["train-20"]) < set(found["default"])


def test_shards_are_cut_by_bytes_too_and_have_small_row_groups(own: Run, tmp_path: Path) -> None:
    """A file has no more than its megabytes before compression, never cuts a row, and groups of 10,000 rows at most."""
    table = pl.DataFrame({"text": ["x" * 1000] * 3000})
    parts = list(layout._shards("train", table, layout.wishes(own).model_copy(update={"megabytes_per_file": 1})))
    assert [rows.height for _, rows in parts] == [1000, 1000, 1000]
    huge = layout.wishes(own).model_copy(update={"megabytes_per_file": 0.000001})
    assert len(list(layout._shards("train", table.head(5), huge))) == 5
    export.write_parquet(pl.DataFrame({"text": ["x"] * 25_000}), tmp_path / "a.parquet")
    with ParquetFile(tmp_path / "a.parquet") as file:
        assert [file.metadata.row_group(at).num_rows for at in range(file.num_row_groups)] == [10_000, 10_000, 5_000]


def test_a_branch_is_made_and_main_stays(bank: Run, hub: Hub, push: Push) -> None:
    """--revision makes the branch from main, commits there, and a second push there changes nothing."""
    repository = standing(hub, bank)
    before = list(hub.main())
    committed(repository, {"README.md": b"Ours."})
    assert push("owner/bank", "--revision", "next").returncode == 0
    assert hub.card() == "Ours."
    assert b"Ours." in repository.branches["next"][-1].files["README.md"]
    assert push("owner/bank", "--revision", "next").stdout.startswith("nothing changed")
    assert len(repository.branches["next"]) == len(before) + 2


def test_what_no_push_can_do_is_said_before_anything_is_asked(bank: Run, hub: Hub, push: Push) -> None:
    """A pull request to a branch is refused at once; so are a tag and an unknown pull request as a branch."""
    assert "a pull request goes to the main branch" in refused(push("owner/bank", "--create-pr", "--revision", "next"))
    assert hub.requests == []
    repository = standing(hub, bank)
    repository.tags["v1"] = hub.main()[-1].identifier
    for name in ("v1", "refs/pr/9"):
        assert f"'{name}' is no branch" in refused(push("owner/bank", "--revision", name))
    assert len(hub.main()) == 2


def test_gated_is_set_before_the_data_come(hub: Hub, push: Push) -> None:
    """--gated is set before the first commit, and a second push asks for no setting; nobody else can read the rows."""
    assert push("owner/bank", "--yes", "--gated", "manual").returncode == 0
    assert hub.repositories["owner/bank"].gated == "manual"
    asked = [one.path.split("?")[0] for one in hub.requests if one.method in {"PUT", "POST"}]
    assert asked.index("/api/datasets/owner/bank/settings") < asked.index("/api/datasets/owner/bank/commit/main")
    hub.requests.clear()
    assert push("owner/bank", "--gated", "manual").returncode == 0
    assert not [one for one in hub.requests if "settings" in one.path]


def test_an_owner_that_is_not_ones_own_is_named(hub: Hub, push: Push) -> None:
    """A new dataset goes to the token's user or an organisation of theirs; the message names who that is."""
    said = refused(push("acme/bank", "--yes"))
    assert "the token belongs to 'owner', who is in no organisation 'acme'" in said
    assert "next: push to owner/bank, or have 'acme' take you in" in said
    assert hub.repositories == {}
    hub.organizations = ("acme",)
    assert push("acme/bank", "--private").returncode == 0
    assert hub.repositories["acme/bank"].private


def test_rows_that_people_gave_stay_unless_the_recipe_says_so(own: Run, hub: Hub, push: Push) -> None:
    """Without `publish.real` no seed and no real test row is in any file; the card and the command say what stays."""
    wanting(own, real="none")
    done = push("owner/bank", "--yes", folder=own.folder)
    assert done.returncode == 0
    assert "stays here: 10 real test rows" in done.stderr
    files = hub.main()[-1].files
    assert not [name for name in files if "test-" in name or "seeds" in name]
    texts = own.read("test")["text"].to_list()
    for path in own.hub.rglob("*.parquet"):
        frame = pl.read_parquet(path)
        said = str(frame.to_dicts())
        assert not [text for text in texts if text in said]
    assert not [text for text in texts if text in hub.card()]
    assert "it was not published" in hub.card()
    assert "- 60 seeds: " in hub.card()


def test_seeds_go_up_as_a_config_of_their_own_where_wanted(bank: Run, tmp_path: Path) -> None:
    """`publish.real: seeds` lays the seeds out, and they are one more config; without them one message says so."""
    from synthgen.errors import StoreError
    from synthgen.job import prepare
    from synthgen.pipeline import refilter
    from synthgen.schema import shipped

    run = Run(shutil.copytree(bank.folder, tmp_path / "bank"))
    wanting(run, real="seeds")
    with pytest.raises(StoreError, match="seeds published, and they were not laid out"):
        publish.build(run)
    changes = {"model.name": "fake", "rows": 60, "publish.real": "seeds"}
    refilter(prepare(shipped("templates") / "classification", changes), run.folder)
    publish.build(run)
    front = yaml.safe_load((run.hub / "README.md").read_text(encoding="utf-8").split("---\n")[1])
    assert [one["config_name"] for one in front["configs"]] == ["default", "messages", "seeds"]
    assert sum(pl.read_parquet(path).height for path in (run.hub / "seeds").glob("*.parquet")) == 60
    assert publish.left_out(run) == [
        "Prompts, documents, tools and databases, model replies, and who read or reviewed rows."
    ]


def test_files_of_others_stay(bank: Run, hub: Hub, push: Push) -> None:
    """Only files that a push makes are deleted: a Parquet file of another name in our folder is somebody's own."""
    repository: Repository = standing(hub, bank)
    stale = hub.main()[-1].files["data/train-00000-of-00001.parquet"]
    theirs = {"data/notes.parquet": b"theirs", "data/train-00007-of-00009.parquet": stale, "more/a.csv": b"a"}
    committed(repository, theirs)
    assert push("owner/bank").returncode == 0
    assert theirs.keys() & hub.main()[-1].files.keys() == {"data/notes.parquet", "more/a.csv"}
