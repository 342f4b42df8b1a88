"""A push that is killed or fails leaves the old dataset or the new one, never half; the next one uploads what lacks."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from synthgen.publish import versions
from synthgen.store.run import Run
from tests.hubs import TOKEN, Hub, Push, environment, refused, standing

MOMENTS = [
    (r"^POST \S*/preupload/", 1),
    (r"^PUT /large/", 1),
    (r"^200 PUT /large/", 2),
    (r"^POST \S*/commit/", 1),
    (r"^200 POST \S*/commit/", 1),
    (r"^200 POST \S*/commit/.*^200 GET \S*/resolve/", 1),
]
"""What was seen at the Hub when the push is killed, and the how-manieth time; 200 = right after the answer."""


@pytest.fixture
def newer(bank: Run, tmp_path: Path) -> Run:
    """Give the run with three rows fewer than what stands on the Hub."""
    run = Run(shutil.copytree(bank.folder, tmp_path / "bank"))
    run.write("kept", run.read("kept").slice(3))
    return run


def data(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files that a reader loads."""
    return {name: content for name, content in files.items() if name.endswith(".parquet")}


def kept(run: Run) -> dict[str, bytes]:
    """Return the same of a run's hub/."""
    return data({path.relative_to(run.hub).as_posix(): path.read_bytes() for path in run.hub.rglob("*.parquet")})


def uploads(hub: Hub) -> list[str]:
    """Return the address of each large file that arrived."""
    return [one.path for one in hub.requests if one.method == "PUT" and "/large/" in one.path and one.status == 200]


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_killed_at_any_moment_the_hub_has_the_old_or_the_new(
    bank: Run, newer: Run, hub: Hub, push: Push, home: Path, moment: tuple[str, int]
) -> None:
    """SIGKILL during preparation, upload, commit and comparison: all files of one version; then the push goes on."""
    repository = standing(hub, bank)
    old = data(repository.branches["main"][-1].files)
    running: list[subprocess.Popen[bytes]] = []
    seen, times = moment
    log: list[str] = []

    def kill(line: str) -> None:
        log.append(line)
        if len(re.findall(seen, "\n".join(log), re.MULTILINE | re.DOTALL)) >= times:
            running[0].kill()

    hub.watch = kill
    command = [sys.executable, "-m", "synthgen", "push", str(newer.folder), "owner/bank"]
    with subprocess.Popen(
        command, env=environment(hub.url, home, TOKEN), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        running.append(process)
        process.communicate(timeout=120)
    assert process.returncode == -9
    new = kept(newer)
    assert old != new
    assert data(hub.main()[-1].files) in (old, new)
    assert data(hub.main()[-1].files) == (new if "commit" in seen else old)
    done = push("owner/bank", folder=newer.folder)
    assert done.returncode == 0, done.stderr
    assert data(hub.main()[-1].files) == new
    assert len(hub.main()) == 3
    assert [one["removed"] for one in versions.known(hub.card(), "")] == [3]
    arrived = uploads(hub)
    assert len(arrived) == len(set(arrived))


def test_a_push_that_fails_goes_on_where_it_was(hub: Hub, push: Push) -> None:
    """Where the third file is refused nothing is published; the next push uploads what did not arrive."""
    hub.fail("PUT /large/", 400, times=0)
    seen = [0]

    def third(line: str) -> None:
        if line.startswith("PUT /large/"):
            seen[0] += 1
            if seen[0] == 3:
                hub.faults[0].times = 1

    hub.watch = third
    refused(push("owner/bank", "--yes"))
    assert len(hub.main()) == 1
    first = uploads(hub)
    hub.watch = lambda _: None
    assert push("owner/bank").returncode == 0
    assert set(first).isdisjoint(uploads(hub)[len(first) :])
    assert len(uploads(hub)) == len(data(hub.main()[-1].files))
