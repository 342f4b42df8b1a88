"""The push itself: find or make the place, commit what it lacks, load it back, name the commit."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from synthgen import card, gate, hub
from synthgen.errors import PublishError
from synthgen.public import public
from synthgen.publish import versions
from synthgen.publish.back import load_back
from synthgen.publish.layout import OURS, Config, given, lay_out, left_out, place, published, write_card
from synthgen.publish.standing import Standing, changes, look
from synthgen.publish.target import Head, Target, find_or_make, tagged
from synthgen.store.run import Run, write_text

__all__ = ["Published", "Target", "push"]


@dataclass(frozen=True)
class Published:
    """What a push did.

    Args:
        url: the repository.
        commit: the commit that holds the dataset.
        changed: whether anything was uploaded.
        pull_request: the pull request, if one was opened.
        checked: whether the dataset was loaded back and compared.
        version: the line that the card got, or None where the rows are the same as before.
        uploaded: the files that the repository lacked.
        digest: of the dataset's rows.
        left_out: what stays with the maker.
    """

    url: str
    commit: str
    changed: bool
    pull_request: str | None
    checked: bool
    version: str | None
    uploaded: list[str]
    digest: str
    left_out: list[str]


def push(run: Run, target: Target, agree: Callable[[str], bool]) -> Published:
    """Upload what the Hub lacks in one commit on top of the branch's head, load the dataset back, compare, and tag it.

    Args:
        run: the run.
        target: where it goes.
        agree: asked before a public repository is made.

    Raises:
        InputError: a text that would go up holds personal data, a secret or unsafe content that nobody allowed.
        PublishError: no token, no permission, no answer, or what came back is not what was sent.
    """
    from huggingface_hub import HfApi, get_token

    tables = published(run)
    gate.hold(run, tables | {f"seeds/{name}": table for name, table in given(run).items()})
    if get_token() is None:
        raise hub.no_token(target.repository)
    api = HfApi()
    head = find_or_make(api, target, agree)
    work = _Work(api, run, target, head)
    return hub.explained(target.repository, work)


@dataclass
class _Work:
    """One push at work; called, it is done."""

    api: Any
    run: Run
    target: Target
    head: Head
    configs: list[Config] = field(default_factory=list)
    own: Counter[bytes] = field(default_factory=Counter)

    def __call__(self) -> Published:
        tables = published(self.run)
        self.configs, self.own = lay_out(self.run, tables), versions.rows(tables)
        commit, sent = self.head.commit, _Sent()
        for attempt in range(hub.TRIES):
            added, gone, line = self._compose(look(self.api, self.target.repository, commit))
            if not added and not gone:
                return self._end(commit, commit, sent, None)
            self._free_tag()
            sent = _Sent([path.relative_to(self.run.hub).as_posix() for path in added], line)
            try:
                done = self._commit(commit, added, gone)
            except hub.http_error() as error:
                if not hub.passes({409, 412}, error) or attempt + 1 == hub.TRIES:
                    raise
                time.sleep(hub.FIRST_WAIT * 2**attempt)
                # The commit may have been made, or somebody else's was: look at the head again before the next try.
                commit = self._looked_up(self.head.branch)
            else:
                return self._end(done.oid, done.pr_revision or done.oid, sent, done.pr_url)
        raise AssertionError("unreachable")  # noqa: EM101 - the loop above returns or raises

    def _compose(self, standing: Standing) -> tuple[list[Path], list[str], str | None]:
        """Write the card for what stands there; return what to add, what to delete, and the new version, if any."""
        own = published(self.run)
        text = standing.text("README.md")
        before = versions.known(text, self.target.repository)
        line = self._line(standing, before)
        lines = [*before, line] if line else before
        rendered = write_card(self.run, own, place(self.run, self.configs, self.target.repository, lines))
        write_text(self.run.hub / "README.md", rendered if text is None else card.merge(text, rendered))
        return (*changes(standing, self.run.hub), line["version"] if line else None)

    def _line(self, standing: Standing, before: list[dict[str, Any]]) -> dict[str, Any] | None:
        """Return what the card says of this push, where it changes the data."""
        added, gone = changes(standing, self.run.hub)
        data = [path for path in added if path.suffix == ".parquet"] + [name for name in gone if OURS.fullmatch(name)]
        if not data:  # the same files have the same rows: nothing need be downloaded to know it
            return None
        lock = self.run.read_lock()
        changed = versions.said(standing.lock(), self.run, public(lock) if lock else None)
        return versions.line(before, standing.rows(), self.own, changed, self.target.tag)

    def _free_tag(self) -> None:
        """Refuse a tag that another commit has, before anything is uploaded."""
        named = tagged(self.api, self.target.repository, self.target.tag) if self.target.tag else None
        if named:
            raise _taken(self.target, named, "nothing was pushed")

    def _commit(self, commit: str, added: list[Path], gone: list[str]) -> Any:  # noqa: ANN401 - CommitInfo
        """Make the one commit, on top of another."""
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        adding = [CommitOperationAdd(path.relative_to(self.run.hub).as_posix(), path) for path in added]
        return self.api.create_commit(
            self.target.repository,
            [*adding, *(CommitOperationDelete(name) for name in gone)],
            commit_message=f"Publish {self.run.folder.name} with synthgen",
            repo_type="dataset",
            revision=self.head.branch,
            parent_commit=commit,
            create_pr=self.target.pull_request,
        )

    def _looked_up(self, revision: str) -> str:
        """Return the commit that a revision names now."""
        return hub.retried(lambda: str(self.api.dataset_info(self.target.repository, revision=revision).sha))

    def _end(self, commit: str, revision: str, sent: _Sent, pull_request: str | None) -> Published:
        """Load the dataset back, name the commit, and say what was done."""
        load_back(self.run, self.target.repository, revision, self.configs)
        if self.target.tag:
            self._tag(commit, revision)
        return Published(
            url=f"{self.api.endpoint}/datasets/{self.target.repository}",
            commit=commit,
            changed=commit != self.head.commit,
            pull_request=pull_request,
            checked=True,
            version=sent.version,
            uploaded=sent.files,
            digest=versions.digest(self.own),
            left_out=left_out(self.run),
        )

    def _tag(self, commit: str, revision: str) -> None:
        """Name the commit; a name that another commit has stays where it is."""
        name = self.target.tag or ""
        hub.retried(
            lambda: self.api.create_tag(self.target.repository, tag=name, revision=revision, repo_type="dataset")
        )
        named = self._looked_up(name)
        if named != commit:
            raise _taken(self.target, named, "the dataset is there without it")


@dataclass(frozen=True)
class _Sent:
    """What was sent: files by their paths, and the version that the card says of it."""

    files: list[str] = field(default_factory=list)
    version: str | None = None


def _taken(target: Target, commit: str, end: str) -> PublishError:
    return PublishError(
        what=f"the tag '{target.tag}' names another commit ({commit[:12]}); {end}",
        where=target.repository,
        fix="push again with another --tag",
    )
