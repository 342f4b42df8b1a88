"""`quality`: rules that no good row breaks, on each field of written text, and on question and answer together.

The rules stand in `rules`; here they are asked of a table. Which texts may break a rule is found for a whole column
at once (`screen`), and only those are read one by one: the verdicts are the same as those of reading all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from synthgen.checks import Verdict, hashed, language, learnt, patterns, related, rules, screen, sparse
from synthgen.errors import RecipeError
from synthgen.types import Prose

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]

Column = list[str | None]
LEAST_ROWS, MOST_ROWS = 48, 1 << 16
"""Fewer rows are read one by one, which is quicker then; more are taken in parts, to save memory."""


class Quality:
    """The check: the first rule that a row breaks is its reason.

    Args:
        facts: what the rules need to know of the run.
        screened: whether columns are searched first; without it every text is read, and the verdicts are the same.
    """

    def __init__(self, facts: rules.Rules, *, screened: bool = True) -> None:
        self.facts, self._screened = facts, screened
        if facts.language is not None:
            language.detector(facts.language)

    def __call__(self, table: pl.DataFrame) -> pl.DataFrame:
        """Say of each row whether one of its texts breaks a rule."""
        import polars as pl

        parts = [self._part(table.slice(at, MOST_ROWS)) for at in range(0, max(1, table.height), MOST_ROWS)]
        return pl.concat(parts)

    @cached_property
    def _memory(self) -> screen.Memory:
        return screen.remember(self.facts)

    def _part(self, table: pl.DataFrame) -> pl.DataFrame:
        columns = {name: table[f"prose:{name}"].to_list() for name in self.facts.fields}
        found: dict[int, Verdict] = {}
        words = {}
        if self._screened and table.height >= LEAST_ROWS:
            words = {name: hashed.Words(table[f"prose:{name}"]) for name in columns}
        self._of_texts(columns, words, found)
        self._of_rows(columns, words, found)
        self._of_wordings(columns, words, found)
        if "quality.unrelated" not in self.facts.allow:
            self._unrelated(columns, words, found)
        return sparse(found, table.height)

    def _of_texts(self, columns: dict[str, Column], words: dict[str, hashed.Words], found: dict[int, Verdict]) -> None:
        for name, column in columns.items():
            if name in self.facts.context or all(text is None for text in column):
                continue
            flags = screen.of_texts(self.facts, self._memory, name, words[name]) if words else {}
            for rule in rules.OF_TEXTS:
                for at in _rows(flags.get(rule), column):
                    text = None if at in found else column[at]
                    seen = rule(self.facts, name, text) if text is not None else None
                    if not seen or seen[0] in self.facts.allow:
                        continue
                    texts = {one: other[at] for one, other in columns.items()}
                    if not rules.asked_for(self.facts, rule, name, texts):
                        found[at] = seen[0], None, f"{name}: {seen[1]}"

    def _of_rows(self, columns: dict[str, Column], words: dict[str, hashed.Words], found: dict[int, Verdict]) -> None:
        flags = screen.of_rows(self.facts, words) if words else {}
        for rule in rules.OF_ROWS:
            for at in _rows(flags.get(rule), next(iter(columns.values()))):
                texts = {} if at in found else {name: column[at] for name, column in columns.items()}
                seen = rule(self.facts, texts)
                if seen and seen[0] not in self.facts.allow:
                    found[at] = seen[0], None, seen[1]

    def _of_wordings(
        self, columns: dict[str, Column], words: dict[str, hashed.Words], found: dict[int, Verdict]
    ) -> None:
        """Find what texts say in words that no pattern knows; only rows that break no other rule are read."""
        for name, column in columns.items():
            said = rules.wordings(self.facts, name)
            flags = learnt.may([one.wording for one in said], words[name]) if words and said else [None] * len(said)
            for one, flagged in zip(said, flags, strict=True):
                texts = {at: text for at in _rows(flagged, column) if at not in found and (text := column[at])}
                numbers = list(texts)
                for number, told in one.wording.told(list(texts.values())).items() if texts else ():
                    row = {name: other[numbers[number]] for name, other in columns.items()}
                    if not rules.asked_for(self.facts, one.rule, name, row):
                        said_so = f"{name}: {told.part[:60]} (log-odds {told.score:.1f})"
                        found[numbers[number]] = one.code, None, said_so

    def _unrelated(self, columns: dict[str, Column], words: dict[str, hashed.Words], found: dict[int, Verdict]) -> None:
        """Find answers that have nothing to do with what is asked; only rows that break no other rule are embedded."""
        flags = screen.apart(self.facts, words) if words else {}
        for name in self.facts.answers:
            pairs, wanted = {}, {}
            for at in _rows(flags.get(name), columns[name]):
                texts = {} if at in found else {one: column[at] for one, column in columns.items()}
                question, answer = self.facts.asking(texts), texts.get(name)
                if not answer:
                    continue
                wanted[at] = related.bound(self.facts.relations[name], answer)
                if related.apart(question, answer, wanted[at].shared):
                    pairs[at] = question, answer
            near = related.cosines(list(pairs.values()), self.facts.relations[name].embed) if pairs else ()
            for at, cosine in zip(pairs, near, strict=True):
                if cosine < (least := wanted[at].cosine):
                    found[at] = (
                        "quality.unrelated",
                        None,
                        f"{name}: cosine with the question {cosine:.2f}, below {least:.2f}",
                    )


def bounded(fields: dict[str, Prose], words: Mapping[str, tuple[int, int]]) -> dict[str, Prose]:
    """Lay a recipe's bounds over a schema's.

    Args:
        fields: the schema's fields of written text.
        words: `checks.quality.words`: a field's least and most words.

    Raises:
        RecipeError: there is no such field.
    """
    if unknown := sorted(set(words) - set(fields)):
        raise RecipeError(
            what=f"checks.quality.words names '{unknown[0]}', which is no field of written text",
            where="recipe: checks.quality.words",
            fix="the task's fields of written text are " + ", ".join(fields),
        )
    return fields | {name: replace(fields[name], least=least, most=most) for name, (least, most) in words.items()}


def ending_fields(fields: dict[str, Prose], rows: list[dict[str, Any]]) -> frozenset[str]:
    """Return the fields in which nine of ten seeds end as sentences end; without seeds, those the schema says."""
    found = set()
    for name, prose in fields.items():
        texts = [row[name] for row in rows if row.get(name)]
        ended = sum(1 for text in texts if patterns.END.search(text))
        if prose.ends and (not texts or ended >= 0.9 * len(texts)):
            found.add(name)
    return frozenset(found)


def _rows(flags: Flags | None, column: Column) -> Iterable[int]:
    """Return the numbers of the rows to read: all of them where no column was searched."""
    return range(len(column)) if flags is None else flags.nonzero()[0].tolist()
