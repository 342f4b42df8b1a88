"""A picture of the dataset for its card: rows of each label and split, and how long texts are. Plain SVG."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import ceil

WIDTH, LEFT, BAR, GAP = 720, 230, 14, 5
COLOURS = ("#3b6ea5", "#d98c3f", "#5b9a6a")
"""Blue, orange and green, told apart in grey too: train, validation, test."""
LONGEST = 30
"""Characters of a label that are drawn."""
BINS = 20


def draw(splits: Sequence[str], labels: Sequence[tuple[str, Sequence[int]]], words: Sequence[int]) -> str:
    """Return an SVG picture; the same rows always give the same bytes.

    Args:
        splits: the splits' names.
        labels: each label with its rows in each split.
        words: the words of each row's text.
    """
    parts, top = [*_legend(splits)], 50
    most = max((sum(counts) for _, counts in labels), default=1) or 1
    for label, counts in labels:
        parts += _bar(label, counts, most, top)
        top += BAR + GAP
    top += 40
    parts += _lengths(words, top)
    height = top + 150
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-size="12">',
            "<style>text { font-family: sans-serif }</style>",
            "<title>Rows of each label and split, and words a text</title>",
            f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
            *parts,
            "</svg>\n",
        ]
    )


def _legend(splits: Sequence[str]) -> list[str]:
    parts = [_text(10, 20, "Rows", weight="bold")]
    for at, name in enumerate(splits):
        left = LEFT + at * 120
        parts.append(f'<rect x="{left}" y="11" width="10" height="10" fill="{COLOURS[at % len(COLOURS)]}"/>')
        parts.append(_text(left + 15, 20, name))
    return parts


def _bar(label: str, counts: Sequence[int], most: int, top: int) -> list[str]:
    """Draw one label's rows, a piece a split, and their number behind them."""
    shown = label if len(label) <= LONGEST else label[: LONGEST - 1] + "…"
    parts, left = [_text(LEFT - 8, top + 11, shown, anchor="end")], float(LEFT)
    for at, count in enumerate(counts):
        width = round(count / most * (WIDTH - LEFT - 60), 1)
        colour = COLOURS[at % len(COLOURS)]
        parts.append(f'<rect x="{left:g}" y="{top}" width="{width:g}" height="{BAR}" fill="{colour}"/>')
        left = round(left + width, 1)
    return [*parts, _text(left + 5, top + 11, str(sum(counts)))]


def _lengths(words: Sequence[int], top: int) -> list[str]:
    """Draw how many texts have how many words."""
    size = max(1, ceil((max(words, default=0) + 1) / BINS))
    bins = [0] * (max(words, default=0) // size + 1)
    for count in words:
        bins[count // size] += 1
    width, most, foot = (WIDTH - 60) / len(bins), max(bins) or 1, top + 110
    parts = [_text(10, top, "Words a text", weight="bold")]
    for at, count in enumerate(bins):
        height = round(count / most * 90, 1)
        left, broad = round(30 + at * width, 1), round(max(width - 1, 0.5), 1)
        parts.append(f'<rect x="{left:g}" y="{foot - height:g}" width="{broad:g}" height="{height:g}" fill="#3b6ea5"/>')
    ends = [(30.0, "0", "start"), (WIDTH - 30.0, str(len(bins) * size), "end")]
    return [*parts, *(_text(left, foot + 15, said, anchor=anchor) for left, said, anchor in ends)]


def _text(left: float, top: float, said: str, *, anchor: str = "start", weight: str = "normal") -> str:
    # What XML cannot hold even when escaped is no text of ours.
    plain = "".join(one for one in said if one.isprintable())
    return f'<text x="{left:g}" y="{top:g}" text-anchor="{anchor}" font-weight="{weight}">{escape(plain)}</text>'
