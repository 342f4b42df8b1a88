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
from typing import Any, TypeVar

from synthgen import card, export
from synthgen.errors import PublishError
from synthgen.store.run import Run, replacing, write_text

T = TypeVar("T")
TRIES = 4
FIRST_WAIT = 1.0


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


def build(run: Run) -> list[Path]:
    """Write `hub/`: Parquet for each split, the card, the lock file. Return the files.

    Raises:
        InputError: nothing was kept.
    """
    tables = export.splits(run)
    if run.hub.is_dir():
        shutil.rmtree(run.hub)
    for name, table in tables.items():
        with replacing(run.hub / "data" / f"{name}-00000-of-00001.parquet") as part:
            export.write_parquet(table, part)
    write_text(run.hub / "README.md", card.render(run, tables))
    write_text(run.hub / "recipe.lock.yaml", run.lock.read_text(encoding="utf-8"))
    return sorted(path for path in run.hub.rglob("*") if path.is_file())


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each Parquet file in a folder, by its path there."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.parquet"))
    }


def push(run: Run, target: Target, agree: Callable[[str], bool]) -> Published:
    """Upload `hub/` in one commit on top of the repository's head, tag it, load it back, and compare.

    Args:
        run: the run.
        target: where it goes.
        agree: asked before a public repository is made.

    Raises:
        PublishError: no token, no permission, no answer, or what came back is not what was sent.
    """
    from huggingface_hub import HfApi

    build(run)
    api = HfApi()
    head = _head(api, target, agree)
    return _translated(target, lambda: _commit(api, run, target, head))


def _head(api: Any, target: Target, agree: Callable[[str], bool]) -> str | None:  # noqa: ANN401 - HfApi, imported late
    """Return the head of the repository, making it where there is none."""
    from huggingface_hub.errors import RepositoryNotFoundError

    def find() -> str | None:
        try:
            return str(api.dataset_info(target.repository).sha)
        except RepositoryNotFoundError:
            return None

    head = _translated(target, lambda: _retried(find))
    if head is not None:
        return head
    if not target.private and not agree(f"make the PUBLIC dataset {target.repository} on {api.endpoint}?"):
        raise PublishError(what="nothing was pushed", where=target.repository, fix="add --private, or say yes")
    _translated(
        target,
        lambda: _retried(
            lambda: api.create_repo(target.repository, repo_type="dataset", private=target.private, exist_ok=True)
        ),
    )
    return _translated(target, lambda: _retried(find))


def _commit(api: Any, run: Run, target: Target, head: str | None) -> Published:  # noqa: ANN401 - HfApi
    from huggingface_hub import CommitOperationAdd
    from huggingface_hub.errors import HfHubHTTPError

    for attempt in range(TRIES):
        _keep_what_stands(api, run, target, head)
        files = sorted(path for path in run.hub.rglob("*") if path.is_file())
        operations: list[Any] = [
            CommitOperationAdd(path.relative_to(run.hub).as_posix(), path) for path in files
        ] + _leftovers(api, run, target, head)
        try:
            done = api.create_commit(
                target.repository,
                operations,
                commit_message=f"Publish {run.folder.name} with synthgen",
                repo_type="dataset",
                parent_commit=head,
                create_pr=target.pull_request,
            )
            break
        except (HfHubHTTPError, ConnectionError) as error:
            status = getattr(getattr(error, "response", None), "status_code", 0)
            if status not in {0, 408, 409, 412, 429, 500, 502, 503, 504} or attempt + 1 == TRIES:
                raise
            time.sleep(FIRST_WAIT * 2**attempt)
            # The commit may have been made, or somebody else's was: look at the head again before the next try.
            head = str(api.dataset_info(target.repository).sha)
    revision = done.pr_revision or done.oid
    if target.tag:
        _retried(lambda: api.create_tag(target.repository, tag=target.tag, revision=revision, repo_type="dataset"))
    _load_back(run, target, revision)
    return Published(str(done.repo_url), done.oid, done.oid != head, done.pr_url, checked=True)


def _leftovers(api: Any, run: Run, target: Target, head: str | None) -> list[Any]:  # noqa: ANN401 - HfApi
    """Return the deletion of data files that an earlier push left and this one does not have."""
    from huggingface_hub import CommitOperationDelete

    names = _retried(lambda: api.list_repo_files(target.repository, repo_type="dataset", revision=head))
    old = [name for name in names if name.startswith("data/") and name.endswith(".parquet")]
    return [CommitOperationDelete(name) for name in old if not (run.hub / name).is_file()]


def _keep_what_stands(api: Any, run: Run, target: Target, head: str | None) -> None:  # noqa: ANN401 - HfApi
    """Lay our card into the one that stands in the repository."""
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError

    try:
        path = hf_hub_download(
            target.repository, "README.md", repo_type="dataset", revision=head, endpoint=api.endpoint
        )
    except EntryNotFoundError:
        return
    own = run.hub / "README.md"
    merged = card.merge(Path(path).read_text(encoding="utf-8"), own.read_text(encoding="utf-8"))
    write_text(own, merged)


def _load_back(run: Run, target: Target, revision: str) -> None:
    """Load the dataset as a user does, and compare its files and its rows with what was sent."""
    import datasets
    from huggingface_hub import snapshot_download

    folder = Path(snapshot_download(target.repository, repo_type="dataset", revision=revision))
    sent, got = digests(run.hub), digests(folder)
    if any(got.get(name) != value for name, value in sent.items()):
        raise PublishError(
            what="what the Hub gives back is not what was sent", where=target.repository, fix="push again"
        )
    loaded = datasets.load_dataset(target.repository, revision=revision)
    rows = {name: table.height for name, table in export.splits(run).items()}
    if {name: part.num_rows for name, part in loaded.items()} != rows:
        raise PublishError(
            what=f"`load_dataset` gives other splits than were sent: {dict(loaded.num_rows)}",
            where=target.repository,
            fix="look at the configs in the repository's README.md",
        )


def _retried(call: Callable[[], T]) -> T:
    """Call the Hub again where it is busy: its client does not do so for every call."""
    from huggingface_hub.errors import HfHubHTTPError

    for attempt in range(TRIES):
        try:
            return call()
        except HfHubHTTPError as error:
            status = error.response.status_code if error.response is not None else 0
            if status == 409:  # it exists already: an earlier try got through
                return None  # type: ignore[return-value]
            if status not in {408, 429, 500, 502, 503, 504} or attempt + 1 == TRIES:
                raise
            time.sleep(FIRST_WAIT * 2**attempt)
    raise AssertionError("unreachable")  # noqa: EM101 - the loop above returns or raises


def _translated(target: Target, call: Callable[[], T]) -> T:
    """Call, and say what a Hub's refusal means and what to type next."""
    import huggingface_hub.errors as hub
    from httpx2 import HTTPError

    try:
        return call()
    except hub.LocalTokenNotFoundError as error:
        raise _no_token(target) from error
    except hub.HfHubHTTPError as error:
        raise _explain(target, error) from error
    except (hub.HFValidationError, ValueError) as error:
        said = str(error).split("\n", 1)[0]
        raise PublishError(
            what=f"the Hub cannot take this ({said})", where=target.repository, fix="name it owner/name"
        ) from error
    except (HTTPError, ConnectionError, OSError, RuntimeError) as error:
        said = str(error).split("\n", 1)[0]
        raise PublishError(
            what=f"the Hub is out of reach ({said})",
            where=target.repository,
            fix="check HF_ENDPOINT and the network, then push again: nothing is half done",
        ) from error


def _explain(target: Target, error: Any) -> PublishError:  # noqa: ANN401 - HfHubHTTPError, imported late
    status = error.response.status_code if error.response is not None else 0
    said = (error.server_message or str(error)).split("\n", 1)[0]
    if status == 401:
        return _no_token(target)
    if status == 403:
        return PublishError(
            what=f"the token may not write here ({said})",
            where=target.repository,
            fix="make a token with write access to this owner, and set HF_TOKEN to it",
        )
    if status == 412:
        return PublishError(
            what="somebody else keeps pushing to the repository",
            where=target.repository,
            fix="push again later",
        )
    return PublishError(
        what=f"the Hub answered with status {status} ({said})",
        where=target.repository,
        fix="push again later",
    )


def _no_token(target: Target) -> PublishError:
    return PublishError(
        what="the Hub wants a token, and there is none that it knows",
        where=target.repository,
        fix="run `hf auth login`, or set HF_TOKEN; `--dry-run` needs none",
    )
