"""The loop: plan, ask, read, sift, and plan again for what is still missing.

Hundreds of requests are in flight, and yet the same recipe and the same replies always give the same rows: drafts are
planned in blocks, blocks are read in the order of the plan and never of arrival, and each block is kept in the ledger
with the number of blocks that had been read when it was made. A run that was killed takes the plan up
where it stood, block for block.
"""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from synthgen.errors import BudgetSpentError, SynthgenError
from synthgen.model.open import Opened
from synthgen.plan import Plan
from synthgen.sift import Sieve
from synthgen.store.ledger import Ledger
from synthgen.types import Ask, Candidate, Draft, Reply, Request
from synthgen.write import Writer

WINDOW = 4
"""Drafts planned ahead, for each request that may be in flight: so much may one slow reply hold back."""
BLOCKS = 8
"""Blocks in a window: the smaller a block, the sooner a kept row changes what is asked."""
ENOUGH_READ, LEAST_PARSED = 40, 0.25
"""After so many rows, a smaller share that could be read ends the run."""
ENOUGH_SIFTED, LEAST_KEPT = 120, 0.03
"""After so many rows, a smaller share that was kept ends the run."""


UNASKED = "unasked"
"""How the codes of checks end that had to ask a model, and could not."""


class _UnansweredError(Exception):
    """A reply that an earlier start of the run did not get."""


@dataclass
class _Block:
    """Drafts that were planned together, and the tasks that write them once they are started."""

    drafts: list[Draft]
    tasks: list[asyncio.Task[list[Candidate] | None]] = field(default_factory=list)


@dataclass
class Outcome:
    """What came of the loop so far."""

    candidates: list[Candidate] = field(default_factory=list)
    passed: int = 0
    taken: list[str] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    stopped: str = ""

    @property
    def parsed(self) -> int:
        """Return how many rows could be read and fit the schema."""
        return len(self.candidates) - sum(
            times for reason, times in self.reasons.items() if reason.startswith(("reply.", "validate."))
        )


class Loop:
    """Fills the plan's cells.

    Args:
        plan: what is missing.
        writer: turns drafts into candidates.
        sieve: the checks.
        ledger: keeps the plan.
        seen: called after each block that was read, with the outcome so far.
    """

    def __init__(
        self, plan: Plan, writer: Writer, sieve: Sieve, ledger: Ledger, seen: Callable[[Outcome], None]
    ) -> None:
        self._plan, self._writer, self._sieve, self._ledger, self._seen = plan, writer, sieve, ledger, seen
        self._recorded = ledger.planned()
        self._blocks: list[_Block] = []
        self._drafts = 0
        self._live = False
        self._spent = ""
        self.outcome = Outcome()

    async def replay(self, asked: Sequence[int]) -> Outcome:
        """Read what the ledger has, and ask and plan nothing.

        Args:
            asked: how many models each check has that asks some.
        """
        for _, drafts in self._recorded:
            if not self._plan.missing():
                break
            for draft in drafts:
                self._plan.take(draft)
            try:
                answers: list[list[Candidate] | None] = [await self._writer(draft, self._recall) for draft in drafts]
            except _UnansweredError:
                break
            await self._sift(drafts, answers, [[self._known] * models for models in asked])
        return self.outcome

    async def run(self, model: Opened, asks: Sequence[Sequence[Ask]]) -> Outcome:
        """Ask until every cell is full, or nothing more can be had; `outcome.stopped` says why it could not.

        Args:
            model: writes.
            asks: the models of each check that asks some.

        Raises:
            SynthgenError: the endpoint or the disk failed; what was read so far stands in `outcome`.
        """
        size = max(1, WINDOW * model.pace.most // BLOCKS)
        read = 0
        with _first_trouble(), _rare_collections():
            async with asyncio.TaskGroup() as group:
                while self._plan.missing() and not self.outcome.stopped:
                    await self._plan_ahead(read, size)
                    if read == len(self._blocks):
                        break
                    await self._sift(self._blocks[read].drafts, await self._answers(read, group, model), asks)
                    self._blocks[read] = _Block([])  # what it held is in the outcome; a run may last for days
                    read += 1
                    self.outcome.stopped = self.outcome.stopped or self._hopeless()
                    self._seen(self.outcome)
                model.budget.close()
        return self.outcome

    async def _plan_ahead(self, read: int, size: int) -> None:
        """Plan every block that the window has room for: the recorded ones where an earlier start planned them."""
        while len(self._blocks) - read < BLOCKS:
            number = len(self._blocks)
            if number < len(self._recorded):
                planned_at, drafts = self._recorded[number]
                if planned_at > read:
                    return
                for draft in drafts:
                    self._plan.take(draft)
            else:
                drafts = self._plan.block(size, self._drafts)
                if not drafts:
                    return
                await self._ledger.plan(number, read, drafts)
            self._drafts += len(drafts)
            self._blocks.append(_Block(drafts))

    async def _answers(self, number: int, group: asyncio.TaskGroup, model: Opened) -> list[list[Candidate] | None]:
        """Return what a block's drafts became; None for one that the budget left unanswered.

        As long as the ledger has every reply, nothing is started: a finished run asks nothing again. With
        the first reply that is missing, all blocks of the window start.
        """
        if not self._live:
            try:
                return [await self._writer(draft, self._recall) for draft in self._blocks[number].drafts]
            except _UnansweredError:
                self._live = True
        for block in self._blocks[number:]:
            if not block.tasks:
                block.tasks = [group.create_task(self._write(draft, model)) for draft in block.drafts]
        return [await task for task in self._blocks[number].tasks]

    async def _recall(self, request: Request) -> Reply:
        reply = self._ledger.recall(request.id)
        if reply is None:
            raise _UnansweredError
        return reply

    async def _known(self, request: Request) -> Reply:
        reply = self._ledger.recall(request.id)
        if reply is None:
            raise BudgetSpentError(what="`synthgen filter` asks no model", fix="run `synthgen generate`")
        return reply

    async def _write(self, draft: Draft, model: Opened) -> list[Candidate] | None:
        try:
            return await self._writer(draft, model.ask)
        except BudgetSpentError as error:
            self._spent = self._spent or error.what
            return None

    async def _sift(
        self, drafts: list[Draft], answers: list[list[Candidate] | None], asks: Sequence[Sequence[Ask]]
    ) -> None:
        """Put one block's rows through the checks, up to the first draft that was left unanswered."""
        if None in answers:
            answers = answers[: answers.index(None)]
            self.outcome.stopped = self._spent
        rows = [one for answer in answers if answer for one in answer]
        keep = await self._sieve.asked(rows, self._sieve(rows), asks)
        passed = dict(zip((one.id for one in rows), keep, strict=True))
        for draft, answer in zip(drafts, answers, strict=False):
            good = [one for one in answer or [] if passed[one.id]]
            mixed = self._sieve.mixed_of_last(answer or [])
            self.outcome.taken += [one.id for one in self._plan.read(draft, answer or [], good, mixed)]
            self.outcome.passed += len(good)
        self.outcome.candidates += rows
        if self._plan.evolves:
            self._writer.rows |= {one.id: one for one in rows}
        reasons = self._sieve.reasons_of_last()
        self.outcome.reasons.update(reasons)
        if UNASKED in {reason.partition(".")[2] for reason in reasons} and not self.outcome.stopped:
            self.outcome.stopped = "the budget left rows that a check could not ask about"

    def _hopeless(self) -> str:
        """Return why it makes no sense to go on, or nothing."""
        read = len(self.outcome.candidates)
        if read >= ENOUGH_READ and self.outcome.parsed < LEAST_PARSED * read:
            return f"only {self.outcome.parsed} of the first {read} rows could be read"
        if read >= ENOUGH_SIFTED and self.outcome.passed < LEAST_KEPT * read:
            return f"only {self.outcome.passed} of the first {read} rows were kept"
        return ""


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Let the garbage collector look seldom: what a run keeps, it keeps to the end, and looking cost a fifth of it."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextmanager
def _first_trouble() -> Iterator[None]:
    """Raise the first of a task group's troubles alone: one message is enough for the user."""
    try:
        yield
    except BaseExceptionGroup as group:
        known, unknown = group.split(SynthgenError)
        if unknown or known is None:
            raise
        first: BaseException = known
        while isinstance(first, BaseExceptionGroup):
            first = first.exceptions[0]
        raise first from None
