"""How likely a local model finds an answer, with its prompt and without: the losses that IFD is made of.

llama.cpp's server gives no log-probabilities of a prompt, so its library is called itself: one pass over a text gives
the exact log-probability of each token. That happens in a process of its own, beside any server, and ends with ours.
"""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from synthgen.errors import EndpointError
from synthgen.model.local import Weights
from synthgen.store.ledger import Ledger
from synthgen.types import Message, digest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CONTEXT = 2048
"""Tokens of a prompt and its answer; of a longer prompt the end is read."""
ANSWER = 256
"""Tokens of an answer that are read, twice: a mismatch shows early, and a long answer must not hold up the others."""
BATCH = 128
"""Tokens in one pass; each may need a megabyte for its place's logits."""


_FACT = "losses by {}: "
"""How the ledger's facts on losses begin."""


class Losses(NamedTuple):
    """The mean loss of an answer's tokens, in nats: after its prompt, and after nothing."""

    prompted: float
    alone: float

    @property
    def ifd(self) -> float:
        """Return the instruction-following difficulty (Li et al. 2024): above 1 the prompt does not help."""
        return round(self.prompted / self.alone, 4) if self.alone > 0 else 1.0


class Pair(NamedTuple):
    """What is scored: all that stands before a conversation's last answer, and that answer."""

    prompt: str
    answer: str

    @property
    def id(self) -> str:
        """Return the digest of both texts."""
        return digest([self.prompt, self.answer], 32)


def pair(messages: Sequence[Message]) -> Pair | None:
    """Return the prompt and the last answer of a conversation; None where it has no answer, or nothing before it."""
    ends = [number for number, one in enumerate(messages) if one["role"] == "assistant"]
    before = "".join(f"{one['content']}\n\n" for one in messages[: ends[-1]]) if ends else ""
    return Pair(before, messages[ends[-1]]["content"]) if before.strip() else None


def known(ledger: Ledger, found: Weights) -> dict[str, Losses]:
    """Return the losses that a run's ledger has, by the pair's digest."""
    name = _FACT.format(found.name)
    return {key.removeprefix(name): Losses(*json.loads(value)) for key, value in ledger.facts(name).items()}


def measure(pairs: Sequence[Pair], found: Weights, ledger: Ledger) -> None:
    """Score what the ledger does not have yet, and keep it there: nothing is scored twice.

    Raises:
        EndpointError: llama.cpp is missing, or it does not load the file.
    """
    before = known(ledger, found)
    new = {one.id: one for one in pairs if one.id not in before}
    if not new:
        return
    with Scorer(found, ledger.path.with_name("local.log")) as score:
        for name, one in new.items():
            ledger.learn(_FACT.format(found.name) + name, json.dumps(score(one)))


class Scorer:
    """A model that scores pairs, in a process of its own. Use it as a context manager.

    Args:
        found: the model's file.
        log: where the process's own log goes.

    Raises:
        EndpointError: llama.cpp is missing, or it does not load the file.
    """

    def __init__(self, found: Weights, log: Path) -> None:
        self._log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as sink:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, with a path as its only argument
                [sys.executable, "-m", "synthgen.model.score", str(found.path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=sink,
            )
        said = self._line()
        if said != "ready":
            self._stop()
            missing = said == "missing"
            raise EndpointError(
                what="the embedded model is not installed" if missing else "the embedded model does not score",
                where=str(log),
                fix='run `pip install "synthgen-data[local]"`' if missing else "read that log; is there memory left?",
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def __call__(self, pair: Pair) -> Losses:
        """Return the losses of a pair's answer.

        Raises:
            EndpointError: the process ended.
        """
        try:
            if self._process.stdin:
                self._process.stdin.write(json.dumps(pair).encode() + b"\n")
                self._process.stdin.flush()
            return Losses(*json.loads(self._line()))
        except (OSError, ValueError) as error:
            raise EndpointError(
                what="the embedded model ended", where=str(self._log), fix="read that log; is there memory left?"
            ) from error

    def _line(self) -> str:
        out = self._process.stdout
        return out.readline().decode().strip() if out else ""

    def _stop(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()


class _Parameters(ctypes.Structure):
    """llama.cpp's parameters, whose defaults are passed on as they came; room for more than it has today."""

    _fields_ = [("numbers", ctypes.c_uint32 * 256)]


class _Batch(ctypes.Structure):
    """llama.cpp's `llama_batch`."""

    _fields_ = [
        ("count", ctypes.c_int32),
        ("token", ctypes.POINTER(ctypes.c_int32)),
        ("embedding", ctypes.c_void_p),
        ("position", ctypes.POINTER(ctypes.c_int32)),
        ("sequences", ctypes.POINTER(ctypes.c_int32)),
        ("sequence", ctypes.POINTER(ctypes.POINTER(ctypes.c_int32))),
        ("wanted", ctypes.POINTER(ctypes.c_int8)),
    ]


_POINTER, _INT, _BOOL = ctypes.c_void_p, ctypes.c_int32, ctypes.c_bool
_FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "llama_backend_init": (None, []),
    "llama_model_default_params": (_Parameters, []),
    "llama_model_load_from_file": (_POINTER, [ctypes.c_char_p, _Parameters]),
    "llama_context_default_params": (_Parameters, []),
    "llama_init_from_model": (_POINTER, [_POINTER, _Parameters]),
    "llama_n_ctx": (ctypes.c_uint32, [_POINTER]),
    "llama_set_n_threads": (None, [_POINTER, _INT, _INT]),
    "llama_model_get_vocab": (_POINTER, [_POINTER]),
    "llama_vocab_n_tokens": (_INT, [_POINTER]),
    "llama_vocab_bos": (_INT, [_POINTER]),
    "llama_tokenize": (_INT, [_POINTER, ctypes.c_char_p, _INT, ctypes.POINTER(_INT), _INT, _BOOL, _BOOL]),
    "llama_batch_init": (_Batch, [_INT, _INT, _INT]),
    "llama_get_memory": (_POINTER, [_POINTER]),
    "llama_memory_clear": (None, [_POINTER, _BOOL]),
    "llama_decode": (_INT, [_POINTER, _Batch]),
    "llama_get_logits_ith": (ctypes.POINTER(ctypes.c_float), [_POINTER, _INT]),
}
"""What is called of llama.cpp: each function's result and arguments."""


class _Llama:
    """llama.cpp's library with a model loaded: the child's side of `Scorer`.

    Args:
        library: the path of the shared library.
        path: the model's file.

    Raises:
        OSError: it does not load, or the library is another one than this code knows.
        AttributeError: the library lacks a function.
    """

    def __init__(self, library: str, path: str) -> None:
        self._c = ctypes.CDLL(library)
        for name, (result, arguments) in _FUNCTIONS.items():
            function = getattr(self._c, name)
            function.restype, function.argtypes = result, arguments
        self._c.llama_backend_init()
        self._model = self._c.llama_model_load_from_file(path.encode(), self._c.llama_model_default_params())
        asked = self._c.llama_context_default_params()
        asked.numbers[0], asked.numbers[1] = CONTEXT, BATCH  # n_ctx and n_batch come first
        self._context = self._c.llama_init_from_model(self._model, asked) if self._model else None
        if not self._context or self._c.llama_n_ctx(self._context) != CONTEXT:
            raise OSError(path)
        # Threads wait for each other by spinning: with every core taken, a busy machine takes four times as long.
        threads = max(1, len(os.sched_getaffinity(0)) // 2 if hasattr(os, "sched_getaffinity") else 1)
        self._c.llama_set_n_threads(self._context, threads, threads)
        self._vocabulary = self._c.llama_model_get_vocab(self._model)
        self._words = self._c.llama_vocab_n_tokens(self._vocabulary)
        self._batch = self._c.llama_batch_init(BATCH, 0, 1)

    def losses(self, pair: Pair) -> Losses:
        """Return the mean loss of the answer's tokens after its prompt, and after the token that begins a text."""
        first = self._c.llama_vocab_bos(self._vocabulary)
        begin = [first] if first >= 0 else self._tokens("\n")
        answer = self._tokens(pair.answer)[:ANSWER]
        prompt = self._tokens(pair.prompt)[-(CONTEXT - ANSWER - 1) :]
        return Losses(self._loss(begin + prompt, answer), self._loss(begin, answer))

    def _tokens(self, text: str) -> list[int]:
        said = text.encode()
        room = (_INT * (len(said) + 8))()
        count = self._c.llama_tokenize(self._vocabulary, said, len(said), room, len(room), False, False)
        return list(room[:count])

    def _loss(self, before: list[int], answer: list[int]) -> float:
        tokens = before + answer
        self._c.llama_memory_clear(self._c.llama_get_memory(self._context), False)
        found: list[float] = []
        for start in range(0, len(tokens) - 1, BATCH):
            found += self._pass(tokens, start, len(before))
        return sum(found) / max(1, len(found))

    def _pass(self, tokens: list[int], start: int, first: int) -> list[float]:
        """Read a batch of tokens; return the losses of those after each, from the first of the answer on."""
        import numpy as np

        part = tokens[start : min(start + BATCH, len(tokens) - 1)]
        self._batch.count = len(part)
        wanted = [place for place in range(len(part)) if start + place + 1 >= first]
        for place, token in enumerate(part):
            self._batch.token[place], self._batch.position[place] = token, start + place
            self._batch.sequences[place], self._batch.sequence[place][0] = 1, 0
            self._batch.wanted[place] = start + place + 1 >= first
        if self._c.llama_decode(self._context, self._batch):
            raise OSError(len(part))
        found = []
        for place in wanted:
            logits: NDArray[np.float32] = np.ctypeslib.as_array(
                self._c.llama_get_logits_ith(self._context, place), (self._words,)
            )
            highest = float(logits.max())
            whole = highest + float(np.log(np.exp(logits - highest).sum(dtype=np.float64)))
            found.append(whole - float(logits[tokens[start + place + 1]]))
        return found


def serve(path: str) -> None:
    """Score pairs until standard input ends: one JSON list in a line each way."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what llama.cpp prints must not mix with the answers

    def say(line: str) -> None:
        out.write(f"{line}\n")
        out.flush()

    try:
        from xllamacpp import xllamacpp as library
    except ImportError:
        say("missing")
        return
    llama = _Llama(library.__file__, path)
    say("ready")
    for line in sys.stdin.buffer:
        say(json.dumps(llama.losses(Pair(*json.loads(line)))))


if __name__ == "__main__":
    serve(sys.argv[1])
