"""Requests a second through the whole of `generate`, as a ratio to a bare client loop in the same run.

Both ask the same server on loopback, which answers after 100 ms, with 200 requests in flight. The bare loop sends the
very messages that `generate` sent, over `AsyncOpenAI` and its aiohttp transport, and does nothing with the answers.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from synthgen.errors import SynthgenError
from synthgen.job import prepare
from synthgen.model.wrap import Limits
from synthgen.pipeline import generate
from synthgen.store.ledger import Ledger

ROOT = Path(__file__).parent.parent
IN_FLIGHT, LATENCY, ROWS, ROUNDS = 200, 0.1, 10_000, 3


def whole(url: str, folder: Path) -> tuple[float, list[dict[str, Any]]]:
    """Run `generate`; return requests a second and what was asked."""
    changes = {
        "model.name": "test-model",
        "model.base_url": url,
        "model.concurrency": IN_FLIGHT,
        "rows": ROWS,
        "checks.labels.least": 0.0,
    }
    job = prepare(ROOT / "templates" / "classification", changes)
    began = time.perf_counter()
    result = generate(job, folder, Limits())
    seconds = time.perf_counter() - began
    with Ledger(result.run.ledger) as ledger:
        asked = [ledger.request(name) for name in result.run.read("candidates")["requests"].explode()]
    return float(result.spent["requests"] or 0) / seconds, [one for one in asked if one]


async def bare(url: str, asked: list[dict[str, Any]]) -> float:
    """Send the same messages with nothing around; return requests a second."""
    from openai import AsyncOpenAI, DefaultAioHttpClient

    gate = asyncio.Semaphore(IN_FLIGHT)
    async with AsyncOpenAI(base_url=url, api_key="none", max_retries=0, http_client=DefaultAioHttpClient()) as client:

        async def one(content: dict[str, Any]) -> None:
            form = {
                "type": "json_schema",
                "json_schema": {"name": "a", "strict": True, "schema": content["schema"]},
            }
            async with gate:
                await client.chat.completions.create(
                    model=content["model"],
                    messages=content["messages"],
                    response_format=form,  # type: ignore[call-overload]
                    **content["parameters"],
                )

        began = time.perf_counter()
        await asyncio.gather(*(one(content) for content in asked))
        return len(asked) / (time.perf_counter() - began)


def main() -> None:
    """Print the figures of each round and the middle ratio."""
    server = subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "openai_server.py"), "--latency", str(LATENCY)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    if server.stdout is None:
        raise SynthgenError(what="the server has no output")
    url = server.stdout.readline().strip()
    ratios = []
    try:
        for number in range(ROUNDS):
            with tempfile.TemporaryDirectory() as folder:
                ours, asked = whole(url, Path(folder) / "run")
            theirs = asyncio.run(bare(url, asked))
            ratios.append(ours / theirs)
            print(f"round {number + 1}: generate {ours:.0f}/s, bare loop {theirs:.0f}/s, ratio {ours / theirs:.2f}")
    finally:
        server.kill()
        server.communicate()
    print(f"ratio (middle of {ROUNDS}): {sorted(ratios)[ROUNDS // 2]:.2f}; goal 0.80")


if __name__ == "__main__":
    main()
