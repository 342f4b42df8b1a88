"""`push`: the dataset to a Hub, in one atomic commit, and back again to see that it arrived.

`hub/` in the run's folder holds exactly what is uploaded. What a user wrote into an existing card stays: synthgen owns
the block between two markers, and the keys of the metadata that it writes.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from synthgen import card, export, gate, hub
from synthgen.errors import PublishError
from synthgen.store.run import Run, replacing, write_text


@dataclass(frozen=True)
class Target:
    """Where a dataset goes.

    Args:
        repository: `owner/name`.
        private: whether a new repository is private.
        pull_request: open a pull request instead of a commit on the main branch.
        tag: name to give the commit, or None.
    """

    repository: str
    private: bool = False
    pull_request: bool = False
    tag: str | None = None


@dataclass(frozen=True)
class Published:
    """What a push did: the commit, whether it changed anything, and the pull request if one was opened."""

    url: str
    commit: str
    changed: bool
    pull_request: str | None
    checked: bool


def build(run: Run, repository: str | None = None) -> list[Path]:
    """Write `hub/`: Parquet for each split, the card, the lock file. Return the files.

    Args:
        run: the run.
        repository: `owner/name`, where it is known: the card says how to load it.

    Raises:
        InputError: nothing was kept.
    """
    tables = export.splits(run)
    if run.hub.is_dir():
        shutil.rmtree(run.hub)
    for name, table in tables.items():
        with replacing(run.hub / "data" / f"{name}-00000-of-00001.parquet") as part:
            export.write_parquet(table, part)
    write_text(run.hub / "README.md", card.render(run, tables, repository))
    if run.lock.is_file():  # a dataset that somebody else made was checked without a recipe
        write_text(run.hub / "recipe.lock.yaml", run.lock.read_text(encoding="utf-8"))
    return sorted(path for path in run.hub.rglob("*") if path.is_file())


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file in a folder, by its path there."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def push(run: Run, target: Target, agree: Callable[[str], bool]) -> Published:
    """Upload `hub/` in one commit on top of the repository's head, tag it, load it back, and compare.

    Args:
        run: the run.
        target: where it goes.
        agree: asked before a public repository is made.

    Raises:
        InputError: a text that would go up holds personal data, a secret or unsafe content that nobody allowed.
        PublishError: no token, no permission, no answer, or what came back is not what was sent.
    """
    from huggingface_hub import HfApi, get_token

    build(run, target.repository)
    gate.hold(run, export.splits(run))
    if get_token() is None:
        raise hub.no_token(target.repository)
    api = HfApi()
    head = _head(api, target, agree)
    return hub.explained(target.repository, lambda: _commit(api, run, target, head))


def _head(api: Any, target: Target, agree: Callable[[str], bool]) -> str | None:  # noqa: ANN401 - HfApi, imported late
    """Return the head of the repository, making it where there is none."""
    from huggingface_hub.errors import RepositoryNotFoundError

    def find() -> str | None:
        try:
            found = api.dataset_info(target.repository)
        except RepositoryNotFoundError:
            return None
        if target.private and not found.private:
            raise PublishError(
                what="the repository is there already and is public",
                where=target.repository,
                fix="make it private in its settings, or leave --private out",
            )
        return str(found.sha)

    head = hub.explained(target.repository, lambda: hub.retried(find))
    if head is not None:
        return head
    if not target.private and not agree(f"make the PUBLIC dataset {target.repository} on {api.endpoint}?"):
        raise PublishError(what="nothing was pushed", where=target.repository, fix="add --yes or --private")
    hub.explained(
        target.repository,
        lambda: hub.retried(
            lambda: api.create_repo(target.repository, repo_type="dataset", private=target.private, exist_ok=True)
        ),
    )
    return hub.explained(target.repository, lambda: hub.retried(find))


def _commit(api: Any, run: Run, target: Target, head: str | None) -> Published:  # noqa: ANN401 - HfApi
    from httpx2 import HTTPError

    before, own = head, (run.hub / "README.md").read_text(encoding="utf-8")
    for attempt in range(hub.TRIES):
        try:
            write_text(run.hub / "README.md", _laid_into_what_stands(api, target, head, own))
            done = api.create_commit(
                target.repository,
                _operations(api, run, target, head),
                commit_message=f"Publish {run.folder.name} with synthgen",
                repo_type="dataset",
                parent_commit=head,
                create_pr=target.pull_request,
            )
            break
        except HTTPError as error:
            if not hub.passes({409, 412}, error) or attempt + 1 == hub.TRIES:
                raise
            time.sleep(hub.FIRST_WAIT * 2**attempt)
            # The commit may have been made, or somebody else's was: look at the head again before the next try.
            head = hub.retried(lambda: str(api.dataset_info(target.repository).sha))
    _load_back(run, target, done.pr_revision or done.oid)
    if target.tag:
        _tag(api, target, done.pr_revision or done.oid, done.oid)
    return Published(str(done.repo_url), done.oid, done.oid != before, done.pr_url, checked=True)


def _tag(api: Any, target: Target, revision: str, commit: str) -> None:  # noqa: ANN401 - HfApi
    """Name the commit; a name that another commit has stays where it is."""
    hub.retried(lambda: api.create_tag(target.repository, tag=target.tag, revision=revision, repo_type="dataset"))
    named = hub.retried(lambda: str(api.dataset_info(target.repository, revision=target.tag).sha))
    if named != commit:
        raise PublishError(
            what=f"the dataset is pushed, but the tag '{target.tag}' names another commit ({named[:12]})",
            where=target.repository,
            fix="push again with another --tag",
        )


def _operations(api: Any, run: Run, target: Target, head: str | None) -> list[Any]:  # noqa: ANN401 - HfApi
    """Return every file of `hub/`, and the deletion of data files that only an earlier push had."""
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    files = sorted(path for path in run.hub.rglob("*") if path.is_file())
    added = [CommitOperationAdd(path.relative_to(run.hub).as_posix(), path) for path in files]
    names = hub.retried(lambda: api.list_repo_files(target.repository, repo_type="dataset", revision=head))
    old = [name for name in names if name.startswith("data/") and name.endswith(".parquet")]
    return [*added, *(CommitOperationDelete(name) for name in old if not (run.hub / name).is_file())]


def _laid_into_what_stands(api: Any, target: Target, head: str | None, own: str) -> str:  # noqa: ANN401 - HfApi
    """Return our card laid into the one that stands in the repository."""
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import RemoteEntryNotFoundError

    try:
        path = hf_hub_download(
            target.repository, "README.md", repo_type="dataset", revision=head, endpoint=api.endpoint
        )
    except RemoteEntryNotFoundError:  # the Hub says so; one that is out of reach raises another
        return own
    return card.merge(Path(path).read_text(encoding="utf-8"), own)


def _load_back(run: Run, target: Target, revision: str) -> None:
    """Load the dataset as a user does, and compare its files and its rows with what was sent."""
    import datasets
    from huggingface_hub import snapshot_download

    # Into a folder of its own: what an earlier push left in the cache says nothing about what the Hub has.
    with TemporaryDirectory(prefix=".back-", dir=run.folder) as cache:
        got = digests(
            Path(snapshot_download(target.repository, repo_type="dataset", revision=revision, cache_dir=cache))
        )
        if any(got.get(name) != value for name, value in digests(run.hub).items()):
            raise PublishError(
                what="what the Hub gives back is not what was sent", where=target.repository, fix="push again"
            )
        try:
            loaded = datasets.load_dataset(target.repository, revision=revision, cache_dir=cache)
        except (datasets.exceptions.DatasetsError, ValueError) as error:
            said = str(error).split("\n", 1)[0]
            raise PublishError(
                what=f"the dataset is pushed, but `load_dataset` does not open it ({said})",
                where=target.repository,
                fix="look at the configs in the repository's README.md",
            ) from error
        found = {name: part.num_rows for name, part in loaded.items()}
    if found != {name: table.height for name, table in export.splits(run).items()}:
        raise PublishError(
            what=f"`load_dataset` gives other splits than were sent: {found}",
            where=target.repository,
            fix="look at the configs in the repository's README.md",
        )
