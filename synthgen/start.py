"""What comes before a run: an example to edit, and a look at an endpoint."""

from __future__ import annotations

import asyncio
import shutil
import time
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from synthgen import schema
from synthgen.errors import InputError, StoreError
from synthgen.model.client import Endpoint
from synthgen.model.open import find_weights, key
from synthgen.model.probe import probe
from synthgen.recipe import Model


def copy_example(task: str, folder: Path) -> list[Path]:
    """Copy a task's template folder; return the new files.

    Raises:
        InputError: there is no such task, or the folder holds something already.
    """
    source = schema.shipped("templates") / task
    known = schema.tasks()
    if task not in known or not source.is_dir():  # a path is no task: `..` would copy whatever lies there
        near = get_close_matches(task, known, 1, 0.5)
        fix = f"did you mean '{near[0]}'?" if near else "tasks are " + ", ".join(known)
        raise InputError(what=f"there is no task '{task}'", where=str(source), fix=fix)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(what="there is something already", where=str(folder), fix="name a new folder")
    try:
        shutil.copytree(source, folder, dirs_exist_ok=True)
    except OSError as error:
        raise StoreError(
            what=f"it cannot be written ({error.strerror or error})",
            where=str(folder),
            fix="name another folder",
        ) from error
    return sorted(path for path in folder.rglob("*") if path.is_file())


def probe_model(name: str, base_url: str | None) -> dict[str, Any]:
    """Return what a model can do and how fast it answered.

    Raises:
        EndpointError: it cannot be asked.
    """
    model = Model(name=name, base_url=base_url)
    found = find_weights(model, Path())
    if name == "fake":
        return {"model": "fake", "answers": "at once, from the request alone", "structure": "schema"}
    if found:
        base, chats = "base: carries patterns on, uses prompts named *.continue.j2", "chat: follows instructions"
        kind = base if found.continues else chats
        return {"model": found.name, "file": str(found.path), "kind": kind}
    return asyncio.run(_probe(model))


async def _probe(model: Model) -> dict[str, Any]:
    started = time.monotonic()
    async with Endpoint(model.base_url, key(model), model.timeout) as endpoint:
        mode = await probe(endpoint, model.name)
        return {
            "model": model.name,
            "address": endpoint.base_url,
            "structure": mode,
            "not taken": ", ".join(sorted(endpoint.dropped)) or "nothing",
            "seconds": round(time.monotonic() - started, 2),
        }
