"""Near-duplicates: the index finds what comparing all with all finds, and the check does not see how rows are cut."""

from __future__ import annotations

import unicodedata
from itertools import batched, combinations
from typing import TYPE_CHECKING, NamedTuple

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from synthgen.checks.dedup import Dedup, Index, grams, normalise

if TYPE_CHECKING:
    from collections.abc import Sequence
