"""What a job takes, estimated: memory, hours and money, each by a formula that is named."""

from __future__ import annotations

import re

from synthgen.training.measure import Measured

SIZES = (1.0, 4.0, 8.0, 32.0)
"""Billions of parameters that are shown where the model's name does not say its own."""
ADAPTERS = 0.01
"""Share of the parameters that adapters of rank 16 on all linear layers add, roughly."""
FLOPS, USED = 989e12, 0.35
"""An H100's dense bfloat16 operations in a second, as its data sheet has it, and the share that training reaches."""
DOLLARS = 3.0
"""US dollars for an hour of an H100; put your own price in."""


def billions(model: str) -> float | None:
    """Return how many billions of parameters a model's name says it has."""
    found = re.search(r"(?<![\d.])(\d+(?:\.\d+)?)([BM])(?![a-zA-Z])", model, re.IGNORECASE)
    if not found:
        return None
    return float(found[1]) / (1000 if found[2] in "mM" else 1)


def memory(size: float) -> tuple[float, float, float]:
    """Return gigabytes for full training, for LoRA and for QLoRA, without activations.

    Full training keeps 16 bytes a parameter (weights and gradients of 2 bytes each, 12 of Adam: Rajbhandari et al.
    2020, arXiv 1910.02054); LoRA 2 bytes, and 16 for each of the adapters'; QLoRA half a byte, and the same.
    """
    adapters = 16 * ADAPTERS * size
    return 16 * size, 2 * size + adapters, 0.5 * size + adapters


def hours(size: float, tokens: int) -> float:
    """Return hours on one H100: 6 operations a parameter and token (Kaplan et al. 2020, arXiv 2001.08361)."""
    return 6 * size * 1e9 * tokens / (FLOPS * USED) / 3600


def table(found: Measured) -> str:
    """Return the table of what the job takes, with the formulas below it."""
    own = billions(found.model)
    tokens = found.tokens * found.epochs * (4 if found.pairs else 1)
    lines = ["| parameters | full, GB | LoRA, GB | QLoRA, GB | H100 hours | US dollars |", "|---|---|---|---|---|---|"]
    for size in [own] if own else SIZES:
        full, lora, quantised = memory(size)
        took = hours(size, tokens)
        lines.append(f"| {size:g} B | {full:.1f} | {lora:.1f} | {quantised:.1f} | {took:.3f} | {took * DOLLARS:.2f} |")
    pairs = " × 4 (two answers, each also through the model as it was)" if found.pairs else ""
    return "\n".join(
        [
            *lines,
            "",
            f"- tokens = {found.tokens:,} × {found.epochs} epochs{pairs} = {tokens:,}",
            "- memory without activations: full = 16 bytes × parameters (arXiv 1910.02054)",
            f"- LoRA = 2 bytes × parameters + 16 bytes × adapters ({ADAPTERS:.0%} of them); QLoRA = 0.5 bytes, not 2",
            f"- hours = 6 × parameters × tokens (arXiv 2001.08361) / (989 TFLOP/s × {USED:.0%})",
            f"- dollars = hours × {DOLLARS:g}",
            f"- a service bills {found.tokens * found.epochs:,} training tokens × its price a token",
        ]
    )
