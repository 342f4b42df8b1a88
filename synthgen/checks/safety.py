"""`safety`: personal data that has a form, secrets and blunt unsafe content, on each field of written text.

`synthgen.checks.forms` says what is personal data and a secret, `synthgen.checks.unsafe` what is unsafe. What the
recipe allows, and what its patterns of planned fakes explain, is no find.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from synthgen.checks import Verdict, forms, sparse, unsafe

if TYPE_CHECKING:
    import polars as pl

    from synthgen.recipe import Safety as Wanted
    from synthgen.types import Row

CODES = (*dict.fromkeys(finder.code for finder in forms.FINDERS), "safety.unsafe")
"""What is sought, in the order of search."""


class Hit(NamedTuple):
    """A find that nothing explains: its code, and what shows it without giving it away."""

    code: str
    shown: str


def name_of(code: str) -> str:
    """Return codes as people say them: `safety.national_id` is a national id."""
    return code.replace("safety.", "").replace("_", " ")


def mask(code: str) -> str:
    """Return what stands in the place of a find of this code: `<EMAIL>` for safety.email."""
    return f"<{code.removeprefix('safety.').upper()}>"


class Search:
    """Looks for what the recipe does not allow.

    Args:
        allow: codes to leave out.
        fakes: further patterns of planned fakes, sought inside what was found.
    """

    def __init__(self, allow: Iterable[str] = (), fakes: Sequence[str] = ()) -> None:
        self._allow = frozenset(allow)
        self._fakes = [re.compile(one) for one in fakes]

    def column(self, texts: pl.Series) -> Iterator[tuple[int, list[Hit]]]:
        """Give the rows of a column that have hits, with these. A clean row costs a few searches in polars, no more."""
        formed = forms.hinted(texts)
        blunt = set(unsafe.hinted(texts).arg_true())
        rows = sorted({*formed, *blunt})
        for at, text in zip(rows, texts.gather(rows), strict=True):
            hits = [*self._personal(text, formed.get(at, ())), *self._unsafe(text if at in blunt else "")]
            if hits:
                yield at, hits

    def _personal(self, text: str, finders: Iterable[forms.Finder]) -> Iterator[Hit]:
        for one in self._finds(text, finders):
            yield Hit(one.code, one.shown())

    def _unsafe(self, text: str) -> Iterator[Hit]:
        if "safety.unsafe" not in self._allow and (found := unsafe.find(text)):
            kind, words = found
            if not any(one.search(words) for one in self._fakes):
                yield Hit("safety.unsafe", f"{kind} ({words[:40]})")

    def _finds(self, text: str, finders: Iterable[forms.Finder] = forms.FINDERS) -> Iterator[forms.Find]:
        for one in forms.search(text, finders):
            if one.code not in self._allow and not any(fake.search(one.match.group()) for fake in self._fakes):
                yield one

    def mask(self, text: str) -> tuple[str, list[str]]:
        """Return a text with `<EMAIL>`, `<PHONE>` … for what was found in it, and the codes that were.

        Masked once is masked for good: no mark of ours is a find, and what shows itself once its surroundings are
        masked is masked as well.
        """
        codes: dict[str, None] = {}
        while found := sorted(self._finds(text), key=lambda one: one.start):
            parts, at = [], 0
            for one in found:
                if one.start >= at:
                    parts += [text[at : one.start], f"{mask(one.code)}"]
                    at = one.end
                    codes[one.code] = None
            text = "".join(parts) + text[at:]
        return text, list(codes)


class Mask:
    """Masks rows before any check sees them, where the recipe says so; else they go through as they came.

    Args:
        fields: the fields of written text.
        wanted: `checks.safety` of the recipe.
    """

    def __init__(self, fields: Iterable[str], wanted: Wanted) -> None:
        self._fields = tuple(fields) if wanted.mode == "mask" and wanted.use else ()
        self._search = Search(wanted.allow, wanted.fakes)

    def __call__(self, row: Row) -> tuple[Row, tuple[str, ...]]:
        """Return a row's fields with finds masked, in lists and a conversation's turns too, and the codes of these."""
        codes: set[str] = set()
        plain = {name: self._masked(value, codes) if name in self._fields else value for name, value in row.items()}
        return plain, tuple(code for code in CODES if code in codes)

    def _masked(self, value: Any, codes: set[str]) -> Any:  # noqa: ANN401 - whatever a field holds
        """Return a text with finds masked, or a list or a turn with all of its texts so; add the codes."""
        if isinstance(value, str):
            text, found = self._search.mask(value)
            codes.update(found)
            return text
        if isinstance(value, list):
            return [self._masked(one, codes) for one in value]
        return {name: self._masked(one, codes) for name, one in value.items()} if isinstance(value, dict) else value


class Safety:
    """The check: the first thing found is a row's reason, unless the recipe says that finds stay.

    A row that was masked says so in its evidence. What is left in it all the same falls.

    Args:
        wanted: `checks.safety` of the recipe.
    """

    def __init__(self, wanted: Wanted) -> None:
        self._search = Search(wanted.allow, wanted.fakes)
        self._mode = wanted.mode

    def __call__(self, table: pl.DataFrame) -> pl.DataFrame:
        """Say of each row whether one of its texts holds personal data, a secret or unsafe content."""
        names = [name for name in table.columns if name.startswith("prose:")]
        found: dict[int, Verdict] = {}
        if "masked" in table.columns and table["masked"].null_count() < table.height:
            for at, codes in enumerate(table["masked"].to_list()):
                if codes:
                    found[at] = None, None, f"masked: {name_of(codes)}"
        hits: dict[int, list[tuple[str, Hit]]] = {}
        for name in names:
            for at, met in self._search.column(table[name]):
                hits.setdefault(at, []).extend((name.removeprefix("prose:"), one) for one in met)
        for at, both in hits.items():
            found[at] = self._verdict(both)
        return sparse(found, table.height)

    def _verdict(self, hits: Sequence[tuple[str, Hit]]) -> Verdict:
        if self._mode == "allow":
            return None, None, "left in: " + ", ".join(dict.fromkeys(name_of(hit.code) for _, hit in hits))
        name, first = hits[0]
        return first.code, None, f"{name}: {first.shown}"
