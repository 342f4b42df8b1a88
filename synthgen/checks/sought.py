"""Which texts of a column may match a rule's patterns: the same patterns, looser (`loosened`), sought by polars.

What is found here is read by the rule itself; what is not found cannot match. Each pattern is a column of its own:
polars searches them side by side, and one large automaton for all would be slower.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from synthgen.checks import absent, hashed, leaks, loosened, patterns, refusals, rules, voice

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]

_UNLIKE = hashed.STRANGE[:-1] + r"•\x{2190}-\x{22ff}]"
"""Characters of which Python and polars may not both know whether they are letters; arrows and sums are none."""
_PARTS = (patterns.CODE, patterns.CODE_LINE, patterns.QUOTED)
"""What stands in a text that `placeholder` passes by, in the order in which it does."""


def wording(facts: rules.Rules, name: str, words: hashed.Words) -> dict[rules.TextRule, Flags]:
    """Return for each rule of wording the texts of a field's column that may match its patterns."""
    answers = name in facts.answers
    found = _search(
        words,
        {
            rules.refusal: [refusals.PLAIN, refusals.REFUSAL, *([refusals.DECLINED] if answers else [])],
            rules.assistant_voice: [voice.ASSISTANT_VOICE, *([] if answers else [voice.OPENING, voice.OFFER])],
            rules.offers: [voice.OFFER, voice.LAST_OFFER] if answers else [],
            rules.prompt_leak: [leaks.TOKENS, leaks.CANDIDATES],
            rules.fields_of_prompt: [leaks.FIELDS],
            rules.placeholder: [patterns.SIGNED],
        },
    )
    texts, folds = words.texts, words.folds
    if facts.marks:
        found[rules.prompt_leak] |= _flags(texts.str.contains("|".join(facts.marks)))
    if facts.masks:
        found[rules.placeholder] |= _flags(texts.str.contains("|".join(map(re.escape, facts.masks))))
    signed = found[rules.placeholder].nonzero()[0]
    found[rules.placeholder] = folds.copy()
    found[rules.placeholder][signed] |= _blank(facts, texts.gather(signed))
    return found


def of_absence(words: hashed.Words, *, answered: bool) -> Flags:
    """Return the texts that may speak of an input."""
    plain, (pointed, *others) = words.plain.str.to_lowercase(), absent.ABSENT_PARTS
    found = words.folds.copy()
    at = plain.str.contains("|".join(absent.POINTS)).fill_null(value=False).arg_true()
    at = at.filter(_any(plain.gather(at), absent.POINTED))
    found[at.to_numpy()] |= _flags(plain.gather(at).str.contains(loosened.loosened(pointed)))
    return found | _flags(_any(plain, [*others, *([absent.DEFINITE] if answered else [])]))


def holding(words: hashed.Words, needs: Iterable[str]) -> Flags:
    """Return the texts that hold one of these literals."""
    return words.folds | _flags(words.texts.str.contains(f"(?i){'|'.join(map(re.escape, needs))}"))


def _search(words: hashed.Words, wanted: dict[rules.TextRule, list[re.Pattern[str]]]) -> dict[rules.TextRule, Flags]:
    import numpy as np
    import polars as pl

    plain = pl.col("plain")
    columns = {one.pattern: plain.str.contains(loosened.loosened(one)) for part in wanted.values() for one in part}
    table = words.plain.to_frame("plain").select(**{str(number): one for number, one in enumerate(columns.values())})
    found = {name: _flags(table[str(number)]) for number, name in enumerate(columns)}
    return {rule: np.any([words.folds, *(found[one.pattern] for one in part)], axis=0) for rule, part in wanted.items()}


def _blank(facts: rules.Rules, texts: pl.Series) -> Flags:
    """Return the texts that may hold a placeholder outside of code, quotes and masks, which `placeholder` passes by."""
    for one in facts.masks:
        texts = texts.str.replace_all(one, " ", literal=True)
    strange = texts.str.contains(rf"[\x1c-\x1f]|{_UNLIKE}")
    for pattern in _PARTS:
        texts = loosened.without(texts, pattern)
    return _flags(loosened.of(texts).str.contains(loosened.loosened(patterns.PLACEHOLDER)) | strange)


def _any(texts: pl.Series, wanted: Iterable[re.Pattern[str]]) -> pl.Series:
    """Return where one of these patterns may be met."""
    import polars as pl

    met = [pl.col("text").str.contains(loosened.loosened(one)).alias(str(number)) for number, one in enumerate(wanted)]
    return texts.to_frame("text").select(met).select(pl.any_horizontal(pl.all())).to_series()


def _flags(flags: pl.Series) -> Flags:
    found: Flags = flags.fill_null(value=False).to_numpy(writable=True)
    return found
