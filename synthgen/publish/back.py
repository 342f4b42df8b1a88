"""A pushed dataset as its readers get it: loaded back, and held against what was sent."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from synthgen.errors import PublishError
from synthgen.publish import versions
from synthgen.publish.layout import Config
from synthgen.publish.standing import digests
from synthgen.store.run import Run


def load_back(run: Run, repository: str, revision: str, configs: list[Config]) -> None:
    """Load the dataset as a user does, and compare its files, and the rows of each config, with what was sent.

    Args:
        run: the run.
        repository: `owner/name`.
        revision: the commit, or the pull request's name.
        configs: what was sent.

    Raises:
        PublishError: what comes back is not what was sent, or `load_dataset` does not open it.
    """
    from huggingface_hub import snapshot_download

    # Into a folder of its own: what an earlier push left in the cache says nothing about what the Hub has.
    with TemporaryDirectory(prefix=".back-", dir=run.folder) as cache:
        got = digests(Path(snapshot_download(repository, repo_type="dataset", revision=revision, cache_dir=cache)))
        if any(got.get(name) != value for name, value in digests(run.hub).items()):
            raise PublishError(what="what the Hub gives back is not what was sent", where=repository, fix="push again")
        for config in configs:
            _same_rows(repository, config, _loaded(repository, config.name, revision, cache))


def _loaded(repository: str, name: str, revision: str, cache: str) -> dict[str, Any]:
    import datasets

    try:
        loaded = datasets.load_dataset(repository, name, revision=revision, cache_dir=cache)
    except (datasets.exceptions.DatasetsError, ValueError) as error:
        said = str(error).split("\n", 1)[0]
        raise PublishError(
            what=f"the dataset is pushed, but `load_dataset` does not open it ({said})",
            where=repository,
            fix="look at the configs in the repository's README.md",
        ) from error
    return {split: part.to_polars() for split, part in loaded.items()}


def _same_rows(repository: str, config: Config, loaded: dict[str, Any]) -> None:
    if versions.rows(loaded) != versions.rows(config.tables):
        found = {split: table.height for split, table in loaded.items()}
        raise PublishError(
            what=f"`load_dataset` gives other rows of '{config.name}' than were sent: {found}",
            where=repository,
            fix="look at the configs in the repository's README.md",
        )
