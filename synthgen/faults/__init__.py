"""Faults to plant: what goes wrong in generated rows, made on purpose in good ones, so that catching it can be counted.

The kinds follow the planted-defect suites of the checks' own sources: near-duplicates as case, typos and greetings,
labels flipped at random and to the nearest class, truncated texts, refusals, other languages. Each is a function: a
good row, a draw and what is known of the run in, a bad row or a bad reply out.
"""

from __future__ import annotations

from synthgen.faults import rows, wording

FAULTS = wording.FAULTS | rows.FAULTS
"""Every kind of fault, by name."""
