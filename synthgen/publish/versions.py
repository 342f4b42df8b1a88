"""What each push changed: rows that came and went, by digest, and what is another in the recipe. Kept in the card."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from synthgen.card import VERSIONS, parts
from synthgen.errors import PublishError
from synthgen.store.run import Run

if TYPE_CHECKING:
    import polars as pl

SHOWN, LONGEST = 6, 40
"""Changes of the recipe that one line names, and characters of a value that it shows."""


class Version(BaseModel):
    """One push that changed the data."""

    model_config = ConfigDict(extra="allow", frozen=True)

    version: str
    date: str
    rows: int
    added: int
    removed: int
    changed: str
    digest: str


def known(text: str | None, where: str) -> list[dict[str, Any]]:
    """Return the versions that a card has, the newest last.

    Args:
        text: the card that stands in the repository, or None.
        where: the repository, for messages.

    Raises:
        PublishError: somebody edited them so that they cannot be read: a push would lose them.
    """
    found = parts(text or "")[0].get(VERSIONS) or []
    try:
        return [one.model_dump() for one in TypeAdapter(list[Version]).validate_python(found)]
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise PublishError(
            what=f"the card's list of versions cannot be read ({place or 'whole'}: {first['msg']})",
            where=where,
            fix=f"mend the key {VERSIONS} in the repository's README.md, or delete it to begin anew",
        ) from error


def rows(tables: Mapping[str, pl.DataFrame]) -> Counter[bytes]:
    """Return the digest of each row, and how often it is there; ids and columns without a value do not count.

    Args:
        tables: a table a split: a row that moves to another split is another row.
    """
    return Counter(
        hashlib.sha256(
            json.dumps(
                [split, {name: value for name, value in row.items() if name != "id" and value is not None}],
                sort_keys=True, ensure_ascii=False, default=str,
            ).encode()
        ).digest()
        for split, table in tables.items()
        for row in table.iter_rows(named=True)
    )  # fmt: skip


def digest(found: Counter[bytes]) -> str:
    """Return the digest of a dataset's rows, in whatever order and files they lie."""
    whole = hashlib.sha256()
    for one in sorted(found.elements()):
        whole.update(one)
    return whole.hexdigest()[:16]


def line(
    before: Sequence[Mapping[str, Any]], old: Counter[bytes] | None, new: Counter[bytes], changed: str, tag: str | None
) -> dict[str, Any] | None:
    """Return the line of a push, or None where it has the rows that are there already.

    Args:
        before: the versions so far.
        old: the rows that are there; None = there was no dataset.
        new: the rows that go up.
        changed: what is another in the recipe, in words.
        tag: the push's name; left out = versions are counted.
    """
    if old == new:
        return None
    added, removed = new - (old or Counter()), (old or Counter()) - new
    return Version(
        version=tag or str(len(before) + 1),
        date=datetime.now(UTC).date().isoformat(),
        rows=new.total(),
        added=added.total(),
        removed=removed.total(),
        changed=changed,
        digest=digest(new),
    ).model_dump()


def said(old: Mapping[str, Any] | None, run: Run, shown: Mapping[str, Any] | None) -> str:
    """Return in words what is another in the recipe.

    Args:
        old: the lock file in the repository, or None.
        run: the run that is pushed.
        shown: its public lock file, or None.
    """
    if old is None:
        return f"first push of {run.folder.name}"
    if shown is None:
        return "no recipe: a dataset that somebody else made"
    found = [
        f"{name}: {_short(was)} → {_short(now)}"
        for name, was, now in _differences(_leaves(old.get("recipe")), _leaves(shown.get("recipe")))
    ]
    # What lies in files of their own shows by its digest; the recipe's own keys are named above.
    digests = [
        name
        for name, _, _ in _differences(_leaves(old.get("digests")), _leaves(shown.get("digests")))
        if name in {"task", "seeds", "prompts", "vary"} or name.startswith("resources.")
    ]
    found += [f"other {'schema' if name == 'task' else name}" for name in digests]
    more = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    return "; ".join([*found[:SHOWN], *more]) or "the same recipe"


def _leaves(value: Any, name: str = "") -> dict[str, Any]:  # noqa: ANN401 - a tree of YAML
    """Return what stands at the ends of a tree, by its place there."""
    inner: Iterable[tuple[Any, Any]] = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    found: dict[str, Any] = {}
    for key, one in inner:
        found |= _leaves(one, f"{name}.{key}" if name else str(key))
    return found or ({} if not name or isinstance(value, dict | list) else {name: value})


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    names = dict.fromkeys([*new, *old])
    return [(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)]


def _short(value: object) -> str:
    text = "none" if value is None else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
