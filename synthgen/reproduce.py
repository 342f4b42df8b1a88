"""`reproduce`: a published dataset made anew from its lock file, its recipe's folder and a ledger, and compared.

The lock file decides: thresholds, number of rows, shards. The folder gives what is not published (prompts, seeds, the
schema), the ledger every reply; both are held against the digests in the lock file before anything is made.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import ValidationError

from synthgen import __version__, embed, hub, pipeline, publish, recipe
from synthgen.errors import InputError, PublishError
from synthgen.job import Job, ready
from synthgen.public import public, restored
from synthgen.publish.layout import LOCK
from synthgen.publish.standing import Standing, look, same
from synthgen.report import table
from synthgen.store.run import Run

_SOURCE = re.compile(r"(?:hf://)?(?:datasets/)?(?P<name>[^/@\s]+/[^/@\s]+)(?:@(?P<revision>\S+))?")


@dataclass(frozen=True)
class Reproduced:
    """What came out.

    Args:
        source: the repository and the commit that was looked at.
        inputs: each input's digest as the lock file has it, and as it is here.
        files: each file's digest on the Hub, and whether the one that was made has the same bytes.
        notes: what else there is to know.
    """

    source: str
    inputs: dict[str, tuple[str, str]]
    files: dict[str, tuple[str, bool]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def same(self) -> bool:
        """Return whether every input and every file is the same."""
        return all(was == now for was, now in self.inputs.values()) and all(one for _, one in self.files.values())

    def as_json(self) -> dict[str, Any]:
        """Return it for machines."""
        return {"same": self.same, **asdict(self)}


def reproduce(source: str, folder: Path, ledger: Path | None) -> Reproduced:
    """Take the lock file from the Hub, make the dataset anew, and compare it file by file.

    Args:
        source: `hf://owner/name`, with `@revision` for a branch, a tag or a commit.
        folder: the recipe's folder, or its file.
        ledger: the run's folder or its ledger; None = `out/NAME`.

    Raises:
        InputError: the source is none, or there is no ledger.
        PublishError: the Hub has no such dataset, or it has no lock file.
    """
    standing = _standing(source)
    lock = hub.explained(standing.repository, standing.lock)
    if lock is None or not isinstance(lock.get("recipe"), dict):
        raise PublishError(
            what=f"the dataset has no {LOCK} that can be read: it was not made by synthgen from a recipe",
            where=standing.repository,
            fix="name a dataset that `synthgen push` published",
        )
    job = _job(lock, folder)
    said = lock.get("digests")
    known = said if isinstance(said, dict) else {}
    inputs = {
        name: (str(known.get(name)), str(job.digests.get(name))) for name in dict.fromkeys([*known, *job.digests])
    }
    found = Reproduced(f"{standing.repository}@{standing.commit}", inputs)
    if not found.same:  # other prompts ask other questions: the ledger has no reply to them
        return found
    with TemporaryDirectory(prefix="synthgen-") as place:
        run = Run(Path(place) / job.name)
        _copy(_ledger(ledger, job), run)
        pipeline.refilter(job, run.folder)
        publish.build(run, standing.repository)
        return Reproduced(found.source, inputs, _compared(standing, lock, run), _notes(lock))


def _standing(source: str) -> Standing:
    """Return what the repository holds at the revision."""
    from huggingface_hub import HfApi

    found = _SOURCE.fullmatch(source)
    if not found:
        raise InputError(
            what=f"'{source}' names no dataset on a Hub", where="reproduce", fix="name it hf://owner/name@revision"
        )
    api, name = HfApi(), found["name"]
    return hub.explained(name, lambda: look(api, name, _commit(api, name, found["revision"])))


def _commit(api: Any, name: str, revision: str | None) -> str:  # noqa: ANN401 - HfApi, imported late
    from huggingface_hub.errors import RepositoryNotFoundError, RevisionNotFoundError

    try:
        return hub.retried(lambda: str(api.dataset_info(name, revision=revision).sha))
    except RevisionNotFoundError as error:
        raise PublishError(
            what=f"the dataset has no revision '{revision}'", where=name, fix="name a branch, a tag or a commit"
        ) from error
    except RepositoryNotFoundError as error:
        raise PublishError(
            what=f"there is no such dataset on {api.endpoint}, or the token may not read it",
            where=name,
            fix="check the name and HF_ENDPOINT, or run `hf auth login`",
        ) from error


def _job(lock: Mapping[str, Any], folder: Path) -> Job:
    """Return the published recipe made ready with what its folder holds."""
    path = folder / "recipe.yaml" if folder.is_dir() else folder
    own = recipe.load(path)
    whole = restored(lock["recipe"], own.model_dump(mode="json"))
    try:
        found = recipe.Recipe.model_validate(whole)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        raise InputError(
            what=f"this synthgen ({__version__}) does not read the published recipe ({name}: {first['msg']})",
            where=LOCK,
            fix=f"use synthgen {lock.get('synthgen')}, which wrote it",
        ) from error
    return ready(found, path)


def _ledger(given: Path | None, job: Job) -> Path:
    """Return the ledger's file."""
    path = given or Path("out") / job.name
    path = Run(path).ledger if path.is_dir() else path
    if not path.is_file():
        raise InputError(
            what="there is no ledger", where=str(path), fix="name the run's folder, or its ledger.sqlite, in --ledger"
        )
    return path


def _copy(ledger: Path, run: Run) -> None:
    """Copy what was answered into a run of its own: opening the ledger that is given would leave files beside it."""
    run.folder.mkdir(parents=True)
    for path, copy in ((ledger, run.ledger), (ledger.with_name(embed.CACHE), run.folder / embed.CACHE)):
        for end in ("", "-wal"):  # the second is there where a run was killed
            part = path.with_name(path.name + end)
            try:
                if part.is_file():
                    shutil.copyfile(part, copy.with_name(copy.name + end))
            except OSError as error:
                raise InputError(
                    what=f"it cannot be read ({error.strerror})", where=str(part), fix="name another in --ledger"
                ) from error


def _compared(standing: Standing, lock: Mapping[str, Any], run: Run) -> dict[str, tuple[str, bool]]:
    """Return each data file and the lock file, with its digest on the Hub, and whether ours is the same."""
    made = {path.relative_to(run.hub).as_posix(): path for path in run.hub.rglob("*.parquet")}
    there = {name for name in standing.files if publish.is_ours(name)}
    found = {}
    for name in sorted(there | made.keys()):
        digest = standing.files.get(name, "")
        found[name] = (digest, name in made and same(made[name], digest))
    # The version of synthgen is a note: it differs without any row being another.
    own = public(run.read_lock() or {}) | {"synthgen": lock.get("synthgen")}
    found[LOCK] = (standing.files[LOCK], own == dict(lock))
    return found


def _notes(lock: Mapping[str, Any]) -> list[str]:
    wrote = lock.get("synthgen")
    return [] if wrote == __version__ else [f"written by synthgen {wrote}, made anew by {__version__}"]


def tell(found: Reproduced) -> str:
    """Return in words whether it is the same, and what differs."""
    other = [(name, was, now) for name, (was, now) in found.inputs.items() if was != now]
    if other:
        said = table(("input", "published", "here"), other)
        return f"{found.source}: not made anew, for what it is made of differs\n\n{said}"
    rows = [
        (name, digest[:16] or "not there", "the same" if one else "differs")
        for name, (digest, one) in found.files.items()
    ]
    head = "the same bytes" if found.same else f"{sum(not one for _, one in found.files.values())} files differ"
    return "\n\n".join([f"{found.source}: {head}", table(("file", "on the Hub", "made anew"), rows), *found.notes])
