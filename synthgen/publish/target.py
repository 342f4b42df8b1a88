"""Where a push goes: the repository and the branch, found or made, and whether that may be."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from synthgen import hub
from synthgen.errors import PublishError

MAIN = "main"


@dataclass(frozen=True)
class Target:
    """Where a dataset goes.

    Args:
        repository: `owner/name`.
        private: whether a new repository is private.
        pull_request: open a pull request instead of a commit on the main branch.
        tag: name to give the commit, or None.
        revision: the branch; made where it is not there. None = main.
        gated: whether readers must ask for access, and who says yes; None = as it is.
    """

    repository: str
    private: bool = False
    pull_request: bool = False
    tag: str | None = None
    revision: str | None = None
    gated: Literal["auto", "manual"] | None = None

    def check(self) -> None:
        """Refuse what no Hub can do, before anything is asked.

        Raises:
            PublishError: the name is not owner/name, or a pull request would go to a branch.
        """
        if not re.fullmatch(r"[^/\s]+/[^/\s]+", self.repository):
            raise PublishError(
                what=f"'{self.repository}' names no owner and dataset", where=self.repository, fix="name it owner/name"
            )
        if self.pull_request and self.revision not in {None, MAIN}:
            raise PublishError(
                what="a pull request goes to the main branch",
                where=self.repository,
                fix="leave --revision out, or push to the branch without --create-pr",
            )


@dataclass(frozen=True)
class Head:
    """The branch that a push goes to, and the commit that it ends with."""

    branch: str
    commit: str


def find_or_make(api: Any, target: Target, agree: Callable[[str], bool]) -> Head:  # noqa: ANN401 - HfApi, imported late
    """Return the head of the branch, making repository and branch where there is none.

    Args:
        api: the Hub.
        target: where the dataset goes.
        agree: asked before a public repository is made.

    Raises:
        PublishError: it may not be, or the Hub does not take it.
    """
    target.check()
    found = hub.explained(target.repository, lambda: _information(api, target))
    if found is None:
        _make(api, target, agree)
        found = hub.explained(target.repository, lambda: _information(api, target))
    if target.private and not found.private:
        raise PublishError(
            what="the repository is there already and is public",
            where=target.repository,
            fix="make it private in its settings, or leave --private out",
        )
    head = hub.explained(target.repository, lambda: _branch(api, target))
    if target.gated and getattr(found, "gated", None) != target.gated:
        # Before the data: no reader gets them ungated, not even for a moment.
        hub.explained(
            target.repository,
            lambda: hub.retried(
                lambda: api.update_repo_settings(target.repository, gated=target.gated, repo_type="dataset")
            ),
        )
    return head


def _information(api: Any, target: Target) -> Any:  # noqa: ANN401 - DatasetInfo
    """Return what the Hub says of the repository, or None where there is none."""
    from huggingface_hub.errors import RepositoryNotFoundError

    try:
        return hub.retried(lambda: api.dataset_info(target.repository))
    except RepositoryNotFoundError:
        return None


def _make(api: Any, target: Target, agree: Callable[[str], bool]) -> None:  # noqa: ANN401 - HfApi
    """Make the repository, where the owner is the token's user or an organisation of theirs."""
    owner = target.repository.split("/", 1)[0]
    user = hub.explained(target.repository, lambda: hub.retried(api.whoami))
    names = [str(user.get("name")), *(str(one.get("name")) for one in user.get("orgs") or [])]
    if owner.lower() not in {name.lower() for name in names}:
        raise PublishError(
            what=f"the token belongs to '{names[0]}', who is in no organisation '{owner}'",
            where=target.repository,
            fix=f"push to {' or '.join(f'{name}/' + target.repository.split('/', 1)[1] for name in names[:3])}, "
            f"or have '{owner}' take you in",
        )
    if not target.private and not agree(f"make the PUBLIC dataset {target.repository} on {api.endpoint}?"):
        raise PublishError(what="nothing was pushed", where=target.repository, fix="add --yes or --private")
    hub.explained(
        target.repository,
        lambda: hub.retried(
            lambda: api.create_repo(target.repository, repo_type="dataset", private=target.private, exist_ok=True)
        ),
    )


def _branch(api: Any, target: Target) -> Head:  # noqa: ANN401 - HfApi
    """Return the branch's head, making it from main where it is not there."""
    name = (target.revision or MAIN).removeprefix("refs/heads/")
    refs = hub.retried(lambda: api.list_repo_refs(target.repository, repo_type="dataset", include_pull_requests=True))
    tags = {one.name: one.target_commit for one in refs.tags}
    heads = {one.name: one.target_commit for one in refs.branches}
    heads |= {one.ref: one.target_commit for one in refs.pull_requests or []}
    if name not in heads:
        if name in tags or name.startswith("refs/") or MAIN not in heads:
            raise PublishError(
                what=f"'{name}' is no branch of the repository",
                where=target.repository,
                fix="give the name of a branch, or a new one",
            )
        hub.retried(
            lambda: api.create_branch(target.repository, branch=name, revision=MAIN, repo_type="dataset", exist_ok=True)
        )
        heads[name] = heads[MAIN]
    return Head(name, str(heads[name]))


def tagged(api: Any, repository: str, tag: str) -> str | None:  # noqa: ANN401 - HfApi
    """Return the commit that a tag names, or None where there is no such tag."""
    refs = hub.retried(lambda: api.list_repo_refs(repository, repo_type="dataset"))
    return next((str(one.target_commit) for one in refs.tags if one.name == tag), None)
