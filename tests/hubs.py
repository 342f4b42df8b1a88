"""A Hub on loopback, and its users: what every test of publishing stands on."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from aiohttp import web

from synthgen import publish
from synthgen.store.run import Run
from tests.hub_server import Commit, HubServer, Repository, now

TOKEN, READER, STRANGER = "hf_theWritersSecret", "hf_theReadersSecret", "hf_nobodysSecret"
FILES = {
    ".gitattributes",
    "README.md",
    "data/test-00000-of-00001.parquet",
    "data/train-00000-of-00001.parquet",
    "data/validation-00000-of-00001.parquet",
    "distribution.svg",
    "messages/test-00000-of-00001.parquet",
    "messages/train-00000-of-00001.parquet",
    "messages/validation-00000-of-00001.parquet",
    "recipe.lock.yaml",
}
LOAD = """
import json, sys, datasets
loaded = datasets.load_dataset(sys.argv[1])
print(json.dumps({name: list(table) for name, table in loaded.items()}))
"""
Hook = Callable[[Repository], None]


class Hub(HubServer):
    """The server, with something that happens before or after a commit, and the parents that commits named."""

    def __init__(self) -> None:
        super().__init__(token=TOKEN, read_token=READER)
        self.before: list[Hook] = []
        self.after: list[Hook] = []
        self.parents: list[str | None] = []

    async def _commit(self, request: web.Request, repository: Repository) -> web.Response:
        header = json.loads((await request.read()).split(b"\n", 1)[0])["value"]
        self.parents.append(header.get("parentCommit"))
        if self.before:
            self.before.pop(0)(repository)
        answer = await super()._commit(request, repository)
        if self.after:
            self.after.pop(0)(repository)
        return answer

    def main(self, name: str = "owner/bank") -> list[Commit]:
        """Return the commits of a repository's main branch, oldest first."""
        return self.repositories[name].branches["main"]

    def card(self) -> str:
        """Return the card as it stands."""
        return self.main()[-1].files["README.md"].decode()


def committed(repository: Repository, files: dict[str, bytes]) -> None:
    """Commit what somebody else has to say."""
    commits = repository.branches["main"]
    head = commits[-1]
    commits.append(repository.commit(head, "by somebody else", {**head.files, **files}, head.large))


def standing(hub: Hub, run: Run) -> Repository:
    """Lay a repository on the Hub as a push of the run leaves it."""
    publish.build(run, "owner/bank")
    files = {path.relative_to(run.hub).as_posix(): path.read_bytes() for path in run.hub.rglob("*") if path.is_file()}
    repository = hub.repositories["owner/bank"] = Repository("owner/bank", private=False, created=now())
    empty = repository.commit(None, "initial commit", {".gitattributes": b""})
    large = [name for name in files if name.endswith(".parquet")]
    full = repository.commit(empty, "Publish bank with synthgen", empty.files | files, large)
    repository.branches["main"] = [empty, full]
    return repository


def environment(url: str, home: Path, token: str | None = None) -> dict[str, str]:
    """Return the environment of a user of this Hub."""
    # Byte code is written, so that the next of many starts is quicker.
    others = ("HF_", "PYTHONDONTWRITEBYTECODE")
    mine = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    mine |= {"HF_ENDPOINT": url, "HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1", "HF_UPDATE_DOWNLOAD_COUNTS": "0"}
    mine |= {"HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
    return mine | ({"HF_TOKEN": token} if token else {})


Push = Callable[..., subprocess.CompletedProcess[str]]


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """Return the one message of a push that the Hub did not take."""
    assert (done.returncode, done.stdout) == (6, "")
    assert done.stderr.count("synthgen: ") == done.stderr.count("\n  next: ") == 1
    return done.stderr
