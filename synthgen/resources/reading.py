"""Documents as text: Markdown and plain text as they are, HTML without its tags, PDF page by page."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from synthgen.errors import RecipeError

KINDS = (".md", ".markdown", ".txt", ".html", ".htm", ".pdf")
"""The endings of files that are read."""
_BLOCK = re.compile(
    r"address|article|aside|blockquote|dd|div|dl|dt|figcaption|figure|footer|form|header|hr|main|ol|p|pre|section|table"
    r"|tbody|thead|tr|ul"
)
_UNSEEN = frozenset({"script", "style", "template", "nav", "noscript", "title", "svg"})


def read(path: Path) -> str:
    """Return a document's text, with its line ends made one. Headings of HTML become Markdown's.

    Raises:
        RecipeError: it is not UTF-8, no PDF, or a PDF without text, such as a scan.
    """
    if path.suffix.lower() == ".pdf":
        return _pdf(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecipeError(what="this is not UTF-8 text", where=str(path), fix="save it as UTF-8") from error
    except OSError as error:
        raise RecipeError(
            what=f"it cannot be read ({error.strerror})", where=str(path), fix="check its permissions"
        ) from error
    return html_text(text) if path.suffix.lower() in {".html", ".htm"} else text


def html_text(source: str) -> str:
    """Return what a page says: a blank line between blocks, `#` before headings, `-` before items of a list."""
    page = _Page()
    page.feed(source)
    page.close()
    lines = [" ".join(line.split()) for line in "".join(page.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Page(HTMLParser):
    """Collects the texts of a page that a reader sees."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in _UNSEEN:
            self._unseen.append(tag)
        elif re.fullmatch(r"h[1-6]", tag):
            self.parts.append("\n\n" + "#" * int(tag[1]) + " ")
        elif tag in {"br", "li", "td", "th"}:
            self.parts.append({"br": "\n", "li": "\n- "}.get(tag, " "))
        elif _BLOCK.fullmatch(tag):
            self.parts.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._unseen:  # what was opened inside it and never closed ends with it
            del self._unseen[self._unseen.index(tag) :]
        elif _BLOCK.fullmatch(tag) or re.fullmatch(r"h[1-6]", tag):
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(re.sub(r"\s+", " ", data))


def _pdf(path: Path) -> str:
    import logging

    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells of each blemish that it reads over
    try:
        pages = [page.extract_text() for page in PdfReader(path).pages]
    except (PyPdfError, OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        said = str(error).split("\n", 1)[0] or type(error).__name__
        raise RecipeError(
            what=f"this PDF cannot be read ({said})", where=str(path), fix="save it anew without a password, or as text"
        ) from error
    text = "\n\n".join(page.strip() for page in pages if page.strip())
    if not text:
        raise RecipeError(
            what="this PDF has no text, as a scan has none",
            where=str(path),
            fix="run it through character recognition first, or take it out of the folder",
        )
    return text
