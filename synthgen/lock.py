"""The lock file: what ran, with the digest of everything that decided what was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from synthgen import __version__
from synthgen.errors import StoreError
from synthgen.job import Job
from synthgen.model.local import LICENCES, fingerprint
from synthgen.store.run import Run, write_text
from synthgen.types import digest

FORMAT = 1


def check(job: Job, run: Run) -> None:
    """Hold a recipe against the run that is already in the folder.

    Raises:
        StoreError: the folder holds a run of another recipe; what differs is named.
    """
    before = run.read_lock()
    if before is None:
        return
    known = before.get("digests") or {}
    other = sorted(name for name in job.digests if known.get(name) != job.digests[name])
    if other:
        raise StoreError(
            what=f"the folder holds a run of another recipe ({', '.join(other)} differ)",
            where=str(run.folder),
            fix="give another --out, or delete the folder if its rows are not needed",
        )


def write(job: Job, run: Run) -> None:
    """Write what runs now: the recipe with all its defaults, digests, versions, and the model's fingerprint."""
    if job.weights:
        licence = job.recipe.model.licence or LICENCES.get(job.weights.name)
        model = {"name": job.weights.name, "sha256": fingerprint(job.weights.path), "licence": licence}
    else:
        model = {"name": job.recipe.model.name, "base_url": job.recipe.model.base_url}
        model["licence"] = job.recipe.model.licence
    content = {
        "format": FORMAT,
        "synthgen": __version__,
        "model": model,
        "digests": job.digests,
        "seeds": {
            "rows": len(job.seeds),
            "splits": {
                name: sum(1 for seed in job.seeds if seed.split == name)
                for name in sorted({seed.split for seed in job.seeds})
            },
        },
        "recipe": job.recipe.model_dump(mode="json"),
    }
    write_text(run.schema, job.schema.read_text(encoding="utf-8"))
    write_text(run.lock, yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100))


def stamp(digests: Mapping[str, str], checks: Mapping[str, Any], kept: Sequence[str]) -> dict[str, str]:
    """Return what a selftest belongs to: another recipe, other thresholds or other rows have another stamp."""
    return {"recipe": digest(dict(digests)), "checks": digest(dict(checks)), "kept": digest(list(kept))}
