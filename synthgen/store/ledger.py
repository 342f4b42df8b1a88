"""The ledger: the plan in its order, and every reply ever paid for, in one SQLite file.

A reply is on disk before anybody counts it. Commits are made in groups by one thread: hundreds of replies that
arrive together cost one flush, and the loop that asks never waits for the disk.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from synthgen.errors import StoreError
from synthgen.types import Draft, Reply, Request, canonical

FORMAT = "1"
LINGER = 0.01
"""Seconds that replies wait for each other, so that one flush serves many; no place in flight is held meanwhile."""

_TABLES = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS plan (
    number INTEGER PRIMARY KEY, block INTEGER NOT NULL, planned_at INTEGER NOT NULL, draft TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS replies (
    id TEXT PRIMARY KEY, request BLOB NOT NULL, reply TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL, cost REAL) STRICT;
"""

Row = tuple[str, bytes, str, int, int, float | None]


class Ledger:
    """A run's memory. Use it as a context manager; one process at a time may hold it.

    Args:
        path: the SQLite file; made where it is not there yet.

    Raises:
        StoreError: the file is damaged, of another format, held by another process, or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._guard():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=1)
        try:
            self._known = self._prepare()
        except StoreError:
            self._database.close()
            raise
        self._waiting: list[tuple[Row, asyncio.Future[None]]] = []
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self._flushing: asyncio.Task[None] | None = None

    def _prepare(self) -> dict[str, Reply]:
        """Lock the file, make its tables, and return every reply that it has."""
        with self._guard():
            self._database.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=FULL")
            self._database.executescript(_TABLES)
            self._database.execute("INSERT OR IGNORE INTO facts VALUES ('format', ?)", (FORMAT,))
        if (found := self.facts("format")["format"]) != FORMAT:
            raise StoreError(
                what=f"the ledger has format {found}, and this synthgen reads {FORMAT}",
                where=str(self.path),
                fix="use the synthgen that wrote it, or another --out",
            )
        with self._guard():
            return {name: Reply(**json.loads(reply)) for name, reply in self._rows("SELECT id, reply FROM replies")}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.shutdown(wait=True)
        try:
            # A run that was stopped has replies that came in and were paid for, but wait for their turn.
            if self._waiting:
                self._write([row for row, _ in self._waiting])
        finally:
            self._database.close()

    @contextmanager
    def _guard(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise self._trouble(str(error)) from error
        except (json.JSONDecodeError, zlib.error) as error:
            raise self._trouble(said="a value is malformed") from error
        except OSError as error:
            raise self._trouble(os.strerror(error.errno or 0)) from error

    def _trouble(self, said: str) -> StoreError:
        if "locked" in said:
            return StoreError(
                what="another synthgen is at work in this run's folder",
                where=str(self.path),
                fix="wait until it is done, or use another --out",
            )
        if "full" in said or "disk I/O" in said or "No space" in said:
            return StoreError(
                what=f"the disk did not take what was to be written ({said}); every reply counted so far is kept",
                where=str(self.path),
                fix="make room, then run the same command again",
            )
        if "not a database" in said or "malformed" in said or "Could not decode" in said:
            said = said.split(" with text", 1)[0]
            return StoreError(
                what=f"the ledger is damaged ({said})",
                where=str(self.path),
                fix="bring it back from a copy, or start again with another --out",
            )
        return StoreError(what=f"the folder cannot be written ({said})", where=str(self.path), fix="use another --out")

    def _rows(self, query: str, *values: object) -> list[Any]:
        return self._database.execute(query, values).fetchall()

    def facts(self, beginning: str) -> dict[str, str]:
        """Return what earlier starts of this run learnt, such as what the endpoint can do, by names that begin so."""
        with self._guard():
            return dict(
                self._rows("SELECT name, value FROM facts WHERE substr(name, 1, ?) = ?", len(beginning), beginning)
            )

    def learn(self, name: str, value: str) -> None:
        """Keep a fact for the next start."""
        self._writer.submit(self._insert, "INSERT OR REPLACE INTO facts VALUES (?, ?)", [(name, value)]).result()

    def recall(self, request_id: str) -> Reply | None:
        """Return the reply to a request that was asked before, or None."""
        return self._known.get(request_id)

    def request(self, request_id: str) -> dict[str, Any] | None:
        """Return the content of a request that was answered."""
        with self._guard():
            found = self._rows("SELECT request FROM replies WHERE id = ?", request_id)
            return dict(json.loads(zlib.decompress(found[0][0]))) if found else None

    async def keep(self, request: Request, reply: Reply) -> None:
        """Return once the reply is on disk.

        Raises:
            StoreError: the disk did not take it.
        """
        row = (
            request.id,
            request.canonical,
            canonical(vars(reply)),
            reply.prompt_tokens,
            reply.completion_tokens,
            reply.cost,
        )
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((row, done))
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        await done
        self._known[request.id] = reply

    async def _flush(self) -> None:
        while self._waiting:
            await asyncio.sleep(LINGER)
            batch, self._waiting = self._waiting, []
            loop = asyncio.get_running_loop()
            failure: StoreError | None = None
            try:
                await loop.run_in_executor(self._writer, self._write, [row for row, _ in batch])
            except StoreError as error:
                failure = error
            for _, done in batch:
                if done.cancelled():
                    continue
                if failure is None:
                    done.set_result(None)
                else:
                    done.set_exception(failure)

    def _write(self, rows: list[Row]) -> None:
        packed = [(name, zlib.compress(request, 1), *rest) for name, request, *rest in rows]
        self._insert("INSERT INTO replies VALUES (?, ?, ?, ?, ?, ?)", packed)

    def _insert(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Insert all rows or none."""
        with self._guard():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                self._database.executemany(statement, rows)
                self._database.execute("COMMIT")
            except sqlite3.DatabaseError:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise

    async def plan(self, block: int, planned_at: int, drafts: list[Draft]) -> None:
        """Keep a block of the plan, whole or not at all, with the number of blocks that were read when it was made."""
        # In the order of its values, for a prompt may list them: sorted, they would ask another question next time.
        said = (json.dumps(vars(draft), ensure_ascii=False, allow_nan=False) for draft in drafts)
        rows = [(draft.number, block, planned_at, text) for draft, text in zip(drafts, said, strict=True)]
        statement = "INSERT INTO plan VALUES (?, ?, ?, ?)"
        await asyncio.get_running_loop().run_in_executor(self._writer, self._insert, statement, rows)

    def planned(self) -> list[tuple[int, list[Draft]]]:
        """Return the blocks of the plan in their order: how many blocks had been read, and the drafts."""
        with self._guard():
            rows = self._rows("SELECT block, planned_at, draft FROM plan ORDER BY number")
        blocks: dict[int, tuple[int, list[Draft]]] = {}
        for block, planned_at, draft in rows:
            blocks.setdefault(block, (planned_at, []))[1].append(Draft(**json.loads(draft)))
        return [blocks[number] for number in sorted(blocks)]

    def spent(self) -> dict[str, float | None]:
        """Return what all replies together took: requests, tokens, and US dollars (None where one is unknown)."""
        with self._guard():
            ((requests, prompt, completion, cost, priced),) = self._rows(
                "SELECT count(*), total(prompt_tokens), total(completion_tokens), total(cost), count(cost) FROM replies"
            )
        known = cost if priced == requests else None
        return {"requests": requests, "prompt_tokens": prompt, "completion_tokens": completion, "cost": known}
