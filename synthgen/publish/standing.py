"""What a repository holds: its files by their digests, its card, its lock file, its rows; what a push must change."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from synthgen import card, hub
from synthgen.errors import PublishError
from synthgen.publish import versions
from synthgen.publish.layout import FOLDERS, LOCK, OURS

SINGLE = {LOCK, card.PICTURE}
"""Files of ours beside the data: one that this push does not have is deleted."""


@dataclass(frozen=True)
class Standing:
    """A repository at one commit.

    Args:
        repository: `owner/name`.
        commit: the commit.
        files: the digest of each file by its path: SHA-256, or git's own for a small one.
        endpoint: the Hub's address.
    """

    repository: str
    commit: str
    files: dict[str, str]
    endpoint: str

    def text(self, name: str) -> str | None:
        """Return a text file, or None where it is not there.

        Raises:
            PublishError: it is no text.
        """
        if name not in self.files:
            return None
        try:
            return self.fetched(name, None).read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise PublishError(
                what=f"{name} is no UTF-8 text", where=self.repository, fix="mend it in the repository"
            ) from error

    def fetched(self, name: str, folder: str | None) -> Path:
        """Download a file, into the Hub's cache or a folder."""
        from huggingface_hub import hf_hub_download

        return Path(
            hf_hub_download(
                self.repository,
                name,
                repo_type="dataset",
                revision=self.commit,
                endpoint=self.endpoint,
                local_dir=folder,
            )
        )

    def lock(self) -> dict[str, Any] | None:
        """Return the lock file's content, or None where there is none that can be read."""
        text = self.text(LOCK)
        try:
            found = yaml.safe_load(text) if text else None
        except (yaml.YAMLError, ValueError):  # a ValueError is a date that no calendar has
            return None
        return found if isinstance(found, dict) else None

    def rows(self) -> Counter[bytes] | None:
        """Return the digests of the rows that an earlier push left, or None where there was none.

        Raises:
            PublishError: a data file cannot be read.
        """
        import polars as pl

        found: Counter[bytes] = Counter()
        names = [name for name in self.files if OURS.fullmatch(name) and name.startswith(FOLDERS["default"] + "/")]
        with TemporaryDirectory(prefix="synthgen-") as folder:
            for name in names:
                path = self.fetched(name, folder)
                try:
                    table = pl.read_parquet(path)
                except (pl.exceptions.PolarsError, OSError) as error:
                    said = str(error).split("\n", 1)[0]
                    raise PublishError(
                        what=f"{name} in the repository is no Parquet ({said})",
                        where=self.repository,
                        fix="delete it there, then push again",
                    ) from error
                found += versions.rows({path.name.split("-", 1)[0]: table})
                path.unlink()
        return found if names else None


def look(api: Any, repository: str, commit: str) -> Standing:  # noqa: ANN401 - HfApi, imported late
    """Return what a repository holds at a commit."""
    from huggingface_hub.hf_api import RepoFile

    def listed() -> dict[str, str]:
        tree = api.list_repo_tree(repository, recursive=True, revision=commit, repo_type="dataset")
        return {one.path: one.lfs.sha256 if one.lfs else one.blob_id for one in tree if isinstance(one, RepoFile)}

    return Standing(repository, commit, hub.retried(listed), api.endpoint)


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file in a folder, by its path there."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def same(path: Path, digest: str | None) -> bool:
    """Say whether a file has the digest that the Hub names: SHA-256 of a large file, git's own of a small one."""
    if digest is None:
        return False
    content = path.read_bytes()
    if len(digest) == 64:
        return hashlib.sha256(content).hexdigest() == digest
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest() == digest


def changes(standing: Standing, folder: Path) -> tuple[list[Path], list[str]]:
    """Return the files of a folder that the repository lacks or has otherwise, and its files that must go."""
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    added = [path for name, path in files.items() if not same(path, standing.files.get(name))]
    ours = [name for name in standing.files if OURS.fullmatch(name) or name in SINGLE]
    return added, [name for name in ours if name not in files]
