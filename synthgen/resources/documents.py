"""Documents: a folder of Markdown, text, HTML or PDF in chunks, each with the place in its file that it comes from.

A chunk begins at a heading, or where a paragraph before it had filled it; semchunk cuts what is too long. Documents
belong to one split each, and what is sought beside a chunk is sought in its split: no text crosses over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from synthgen import recipe
from synthgen.embed import embed
from synthgen.errors import RecipeError
from synthgen.resources import places, reading
from synthgen.text import normalise
from synthgen.types import Row, digest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SMALL = 4
"""A chunk with fewer words than this part of the most takes the next section in, where there is room."""
_HEADING = re.compile(r"^#{1,6}[ \t]+(.*?)[ \t#]*$", re.MULTILINE)
_FENCED = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)

Span = tuple[int, int]


@dataclass(frozen=True)
class Chunk:
    """A part of a document.

    Args:
        name: the file and the chunk's number in it, as `refunds.md#3`.
        file: the file's path in the folder.
        title: the heading that it stands under.
        text: what it says: characters `start` to `end` of the file's text.
        start: where it begins.
        end: where it ends.
    """

    name: str
    file: str
    title: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Documents:
    """The documents of a recipe.

    Args:
        chunks: in the order of the files' names.
        splits: the split of each file, once they were dealt.
    """

    chunks: Sequence[Chunk]
    splits: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """The digest of every chunk and of the split that it is in."""
        return digest([[one.name, one.text, self.splits.get(one.file)] for one in self.chunks])

    def rows(self) -> list[Row]:
        """Return each chunk as a value that a recipe can vary, with its text, its place and its split."""
        return [
            {"value": one.name, "file": one.file, "title": one.title, "text": one.text}
            | {"start": one.start, "end": one.end}
            | ({"split": self.splits[one.file]} if self.splits else {})
            for one in self.chunks
        ]

    def sources(self) -> list[str]:
        """Return the files, in order: what is dealt to splits."""
        return list(dict.fromkeys(one.file for one in self.chunks))

    def dealt(self, splits: Mapping[str, str]) -> Documents:
        """Return the same documents, each in its split."""
        return replace(self, splits=dict(splits))

    def chunk(self, name: str) -> Chunk | None:
        """Return the chunk of that name."""
        return self._named.get(name)

    def nearest(self, text: str, name: str, count: int, without: str = "") -> list[Chunk]:
        """Return the chunks that are likeliest to be taken for the right one, the nearest first.

        RAFT (Zhang et al. 2024, arXiv 2403.10131) trains with distractors beside the right text; those drawn at
        random are too easy to tell, so the nearest wrong ones are taken, by cosine of embeddings.

        Args:
            text: what they are held against: the question.
            name: the right chunk; it is left out, and files of other splits are.
            count: most chunks.
            without: words that make a chunk a right one too: those that hold them are left out.
        """
        own = self._named[name]
        split, sought = self.splits.get(own.file), normalise(without)
        fitting = [
            at
            for at, one in enumerate(self.chunks)
            if one.name != name
            and self.splits.get(one.file) == split
            and not (sought and sought in normalise(one.text))
        ]
        likeness = self._vectors[fitting] @ embed([text])[0]
        order = sorted(range(len(fitting)), key=lambda at: -float(likeness[at]))
        return [self.chunks[fitting[at]] for at in order[:count]]

    @cached_property
    def _named(self) -> dict[str, Chunk]:
        return {one.name: one for one in self.chunks}

    @cached_property
    def _vectors(self) -> NDArray[np.float32]:
        return embed([one.text for one in self.chunks])


def load(wanted: recipe.Documents, folders: Sequence[Path]) -> Documents:
    """Read a folder of documents.

    Args:
        wanted: the recipe's part.
        folders: where the folder may lie; the first is the recipe's own.

    Raises:
        RecipeError: there is no such folder, it leads out of the recipe's, or a document cannot be read.
    """
    key = "resources.documents.folder"
    folder = places.find(wanted.folder, folders, key)
    found: list[Chunk] = []
    for path in sorted(folder.rglob("*"), key=lambda one: one.relative_to(folder).as_posix()):
        name = path.relative_to(folder).as_posix()
        if path.suffix.lower() in reading.KINDS and path.is_file() and not name.startswith("."):
            places.hold(path, folder, f"{key} holds a link that")
            found += _chunks(name, reading.read(path), wanted.words)
    if not found:
        raise RecipeError(
            what="there are no documents",
            where=str(folder),
            fix=f"put files there that end in {', '.join(reading.KINDS)}",
        )
    return Documents(found)


def _chunks(name: str, text: str, words: int) -> Iterator[Chunk]:
    fences = [one.span() for one in _FENCED.finditer(text)]
    headings = [one for one in _HEADING.finditer(text) if not any(a <= one.start() < b for a, b in fences)]
    for number, (start, end) in enumerate(
        _packed(text, _pieces(text, [one.start() for one in headings], words), words)
    ):
        above = [one[1] for one in headings if one.start() <= start]
        yield Chunk(f"{name}#{number + 1}", name, above[-1] if above else "", text[start:end], start, end)


def _pieces(text: str, cuts: Sequence[int], words: int) -> Iterator[Span]:
    """Give each section's span, cut where it has too many words."""
    from semchunk.semchunk import chunk

    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        spans = [(0, end - start)]
        if _count(text[start:end]) > words:
            cut = chunk(text[start:end], words, _count, memoize=False, offsets=True)
            _, spans = cast("tuple[list[str], list[Span]]", cut)
        for first, last in spans:
            part = text[start + first : start + last]
            if part.strip():
                yield start + first + len(part) - len(part.lstrip()), start + first + len(part.rstrip())


def _packed(text: str, pieces: Iterator[Span], words: int) -> list[Span]:
    """Join small pieces with the next one, and a small last one with the one before, where there is room."""

    def small(span: Span) -> bool:
        return _count(text[slice(*span)]) * SMALL < words

    found: list[Span] = []
    waiting = list(pieces)
    for at, piece in enumerate(waiting):
        if found and (small(found[-1]) or (at == len(waiting) - 1 and small(piece))):
            whole = found[-1][0], piece[1]
            if _count(text[slice(*whole)]) <= words:
                found[-1] = whole
                continue
        found.append(piece)
    return found


def _count(text: str) -> int:
    return len(text.split())
