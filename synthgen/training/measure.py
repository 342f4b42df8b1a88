"""How long the rows of an export are, and what a trainer's settings follow from that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from synthgen.formats import Conversation
from synthgen.tokens import Tokens
from synthgen.types import Record

STEP = 64
"""Lengths are rounded up to a multiple of this: accelerators work in tiles."""
SPARE = 1.5
"""What a length that rests on an estimate is multiplied by."""
BATCH = 16
"""Rows that one step of the optimiser sees; fewer where there would be less than ten steps in an epoch."""
RANK = 16
"""The rank of the adapters, with twice that as alpha on all linear layers (https://thinkingmachines.ai/blog/lora)."""


@dataclass(frozen=True)
class Length:
    """One row's id and its tokens."""

    id: str
    tokens: int


@dataclass(frozen=True)
class Measured:
    """What an export's rows are, in the tokens of the model that is trained on them.

    Args:
        rows: how many there are, by split.
        lengths: the tokens of each training row.
        counted: how they were counted, in a sentence.
        model: the model that was named, or "".
        limit: most tokens of a row, where somebody said.
        over: rows with more, of every split.
        changed: rows that the chat template does not give to the letter: id and why.
        pairs: whether rows have a rejected answer.
        tools: whether any row offers tools.
        folder: the name of the folder that the rows lie in.
    """

    rows: Mapping[str, int]
    lengths: Sequence[int]
    counted: str
    model: str = ""
    limit: int | None = None
    over: Sequence[Length] = ()
    changed: Sequence[tuple[str, str]] = ()
    pairs: bool = False
    tools: bool = False
    folder: str = ""

    @property
    def tokens(self) -> int:
        """Return the tokens of all training rows."""
        return sum(self.lengths)

    @property
    def length(self) -> int:
        """Return the longest row that is trained on: the 99th percentile, rounded up, and no more than the limit.

        Where tokens are estimated it is half as much again: a row that is cut costs more than room that is not used.
        """
        whole = ceil(self.at(0.99) * (1 if self.model else SPARE) / STEP) * STEP
        return min(whole, self.limit) if self.limit else whole

    def at(self, share: float) -> int:
        """Return the length that this share of the training rows does not exceed."""
        ordered = sorted(self.lengths)
        return ordered[max(0, ceil(share * len(ordered)) - 1)]

    @property
    def longer(self) -> int:
        """Return how many training rows are longer than what is trained on."""
        return sum(one > self.length for one in self.lengths)

    @property
    def epochs(self) -> int:
        """Return how often to go through the rows: few rows more often, pairs once."""
        rows = len(self.lengths)
        return 1 if self.pairs else 5 if rows < 300 else 3 if rows < 2_000 else 2 if rows < 20_000 else 1

    @property
    def batch(self) -> int:
        """Return how many rows one step of the optimiser sees: a power of two, for ten steps an epoch at least."""
        wanted = min(BATCH, max(1, len(self.lengths) // 10))
        return int(2 ** (wanted.bit_length() - 1))

    @property
    def steps(self) -> int:
        """Return how many steps the optimiser takes in all."""
        return ceil(len(self.lengths) / self.batch) * self.epochs

    @property
    def rate(self) -> float:
        """Return the learning rate of the adapters: TRL's documents have these for LoRA and for DPO."""
        return 5e-6 if self.pairs else 2e-4

    def notes(self) -> list[str]:
        """Return what a person should hear before the training starts."""
        said = []
        if self.over:
            longest = sorted(self.over, key=lambda one: -one.tokens)[:3]
            shown = ", ".join(f"{one.id} ({one.tokens:,})" for one in longest)
            said.append(f"{len(self.over)} rows have more than {self.limit:,} tokens, none was cut: {shown}")
        if self.changed:
            said.append(f"the chat template changes {len(self.changed)} rows, such as {self.changed[0][0]}")
        return [f"{len(self.lengths)} training rows: {one}" for one in said]


def measure(rows: Mapping[str, Sequence[tuple[str, Record]]], tokens: Tokens, limit: int | None = None) -> Measured:
    """Count the rows of all splits.

    Args:
        rows: for each split, ids and records.
        tokens: what counts.
        limit: most tokens of a row.

    Raises:
        InputError: the model's chat template refuses a row.
    """
    lengths: dict[str, list[Length]] = {}
    changed, pairs, tools = [], False, False
    for split, part in rows.items():
        lengths[split] = []
        for name, record in part:
            talk = Conversation.of(record)
            lengths[split].append(Length(name, tokens.count(talk)))
            pairs, tools = pairs or bool(talk.rejected), tools or bool(talk.tools)
            if said := tokens.loses(talk):
                changed.append((name, said))
    every = [one for part in lengths.values() for one in part]
    return Measured(
        {split: len(part) for split, part in lengths.items()},
        [one.tokens for one in lengths.get("train", every)],
        tokens.tell(),
        tokens.name,
        limit,
        [one for one in every if limit and one.tokens > limit],
        changed,
        pairs,
        tools,
    )
