"""The packaged model, for real: llama.cpp on loopback, a base model, its own prompts, the whole line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from synthgen.job import prepare
from synthgen.model.local import PACKAGED, LocalServer, weights
from synthgen.model.wrap import Limits
from synthgen.pipeline import generate
from synthgen.schema import shipped


@pytest.mark.local_model
def test_packaged_model_fills_its_cells(tmp_path: Path) -> None:
    """The packaged model brings the bank example to the rows asked for, one a label; a second run asks nothing."""
    job = prepare(
        shipped("templates") / "classification",
        {"rows": 10, "split": {"validation": 0, "test": 0.1, "test_rows": "seeds"}},
    )
    assert job.model == PACKAGED
    result = generate(job, tmp_path / "run", Limits())
    kept = result.run.read("kept")
    assert (result.kept, kept["label"].n_unique()) == (10, 10)
    again = generate(job, tmp_path / "run", Limits())
    assert again.spent == result.spent


@pytest.mark.local_model
def test_base_model_is_known_by_its_missing_chat_template() -> None:
    """The packaged file has no chat template, so it gets prompts that it can carry on."""
    assert weights("local", Path()).continues


@pytest.mark.local_model
def test_server_ends_with_its_owner(tmp_path: Path) -> None:
    """The embedded server does not outlive the process that started it, even one that was killed."""
    code = (
        "import os, sys; from pathlib import Path; from synthgen.model.local import LocalServer, weights\n"
        f"server = LocalServer(weights('local', Path()), Path({str(tmp_path / 'log')!r}))\n"
        "print(server._process.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    child = Path("/proc") / done.stdout.strip()
    for _ in range(100):
        if not child.exists() or ("(python" in (child / "stat").read_text() and " Z " in (child / "stat").read_text()):
            break
        subprocess.run(["sleep", "0.1"], check=True)  # noqa: S607
    else:
        pytest.fail("the server still runs")


def test_server_that_cannot_start_says_so(tmp_path: Path) -> None:
    """A file that llama.cpp cannot load ends in one message that names the log."""
    from synthgen.errors import EndpointError
    from synthgen.model.local import Weights

    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + b"\0" * 64)
    with pytest.raises(EndpointError, match="did not start"):
        LocalServer(Weights("broken", broken, continues=False), tmp_path / "log")
