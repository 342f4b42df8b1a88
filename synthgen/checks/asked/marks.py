"""Whether an answer has a form that signs and lines show: JSON, tables, lists, headings, rows of values, code alone.

Any decent variety will do: JSON in a fence or amid prose, tables of bars, tabs, columns of spaces or HTML, lists with
any mark or one item a line. JSON that does not parse is none.
"""

from __future__ import annotations

import json
import re

from synthgen.checks.asked.form import Found, Judge

_DECODER = json.JSONDecoder(strict=False)
_JSON_BEGINS = re.compile(r"\{\s*[\"'}\w]|\[\s*(?:[\"'{\[\]\d-]|true|false|null)")
_MARK = re.compile(
    r"\s*(?:> ?)?(?:[-*•–—·▪◦‣+○●■□☐☑✓✔→»]|[^\w\s\"'“‘(<\[{`#|.,;:!?$€£/\\=]|\[[ xX]?\]|\(?(?:\d{1,2}|[a-zA-Z])[.)]|\d{1,2}:|<li)\s*\S"
)
_INLINE = re.compile(r"(?:^|[\s:;.])(?:[•·▪◦‣●]\s?|[-*–—]\s|\(?(?:\d{1,2}[.):]|[a-z]\))\)?\s)\s*\S")
_AFTER_NUMBER = r"\s?(?:[.):\]]|️⃣|\s[-–|])"
_NUMBERS = tuple(
    re.compile(
        rf"(?:^|[\s(*#>_|])(?:{signs}){_AFTER_NUMBER}|{circled}|\b(?:step|point|part|number|no\.?) (?:{said})\b|<ol|^#+ {figure}\b",
        re.MULTILINE | re.IGNORECASE,
    )
    for signs, circled, said, figure in (("1|I|a", "①", "1|one", "1"), ("2|II|b", "②", "2|two", "2"))
)
_ORDINALS = (re.compile(r"\bfirst(?:ly)?\b", re.IGNORECASE), re.compile(r"\bsecond(?:ly)?\b", re.IGNORECASE))
_FENCED = re.compile(r"```[^\n`]*\n.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)
_HEADING = re.compile(
    r"^[ \t]*#{1,6} ?\w|^[ \t]*(?:\d+[.)] ?)?(?:\*\*|__)[^*\n]{2,60}(?:\*\*|__)|<h\d|\\(?:sub)?section"
    r"|^[ \t]*[A-Z][\w '’&/(),-]{1,50}:[ \t]*$"  # a line that ends with a colon
    r"|^[A-Z][^.!?\n]{1,60}\n(?:[-=~]{3,}|[ \t]*\n)"  # a line of its own, underlined or apart
    r"|^[A-Z][A-Z '&/-]{2,50}$"
    r"|(?:^|[.!?] )[A-Z]\w*(?: \w+){0,3}: \S",  # a label before its text
    re.MULTILINE,
)
_SAYS = re.compile(r"\b(?:is|are|was|were|has|have|had|will|can|comes?|costs?|then|which|while)\b", re.IGNORECASE)
_CODE = re.compile(
    r"[=;{}<>\\$@|_\[\]]|\(\)|\w\(|\w\.\w|^\s*(?:#|//|--|/\*|\*|(?:import|from|def|class|return|select|print) )",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"\s*(?:#|//|--|/?\*|\"\"\")")
_PAIR = re.compile(r"(?:^|[,;|{\n])[ \t]*[\"'*-]{0,3} ?[\w -]{1,40}[\"'*]{0,3} ?(?:[:=|]|→|->|=>)[ \t]*\S")


def without(pattern: str) -> Judge:
    """Return what says whether nothing in an answer matches a pattern."""
    sought = re.compile(pattern, re.MULTILINE | re.IGNORECASE)
    return lambda _, answer: not sought.search(answer)


def no_json(_: Found, answer: str) -> bool:
    """Say whether no JSON stands in an answer, or what begins as JSON does not parse."""
    at, broken = 0, False
    while found := _JSON_BEGINS.search(answer, at):
        try:
            _DECODER.raw_decode(answer, found.start())
        except (ValueError, RecursionError):
            at, broken = _closed(answer, found.start()), True
            if not at:
                return True
        else:
            return False
    return broken or not _parses(answer)


def _parses(answer: str) -> bool:
    try:
        json.loads(answer)
    except (ValueError, RecursionError):
        return False
    return True


def _closed(text: str, start: int) -> int:
    """Return where the bracket that opens at a place is closed, or 0."""
    depth = 0
    for found in re.compile(r"[{}\[\]]").finditer(text, start):
        depth += 1 if found.group() in "{[" else -1
        if not depth:
            return found.end()
    return 0


def _lines(answer: str) -> list[str]:
    return [line for line in answer.split("\n") if line.strip()]


def _short_lines(answer: str) -> bool:
    """Return whether an answer is lines and no paragraphs, as a list without marks is."""
    lines = [line for line in _lines(answer) if not line.rstrip().endswith(":")]
    return len(lines) > 1 and sorted(len(line.split()) for line in lines)[len(lines) // 2] <= 14


def _listed(answer: str) -> bool:
    """Return whether an answer has items, each with a mark or on its own line."""
    if any(_MARK.match(line) for line in _lines(answer)) or _short_lines(answer):
        return True
    return len(_INLINE.findall(answer)) > 1 or "<li" in answer or "\\item" in answer


def _numbered(answer: str) -> bool:
    """Return whether an answer numbers its items, one and two at least, in figures, letters or words."""
    return any(all(one.search(answer) for one in counted) for counted in (_NUMBERS, _ORDINALS))


def no_list(_: Found, answer: str) -> bool:
    """Say whether an answer has no items."""
    return not _listed(answer)


def no_plain_list(_: Found, answer: str) -> bool:
    """Say whether an answer has neither items nor values between commas, and more than a line."""
    return not _listed(answer) and no_rows(_, answer) and len(answer.split()) > 12


def no_steps(_: Found, answer: str) -> bool:
    """Say whether an answer has neither items nor words that count them."""
    return not _listed(answer) and not _numbered(answer)


def no_numbers(_: Found, answer: str) -> bool:
    """Say whether an answer does not number its items."""
    return not _numbered(answer)


def no_table(_: Found, answer: str) -> bool:
    """Say whether an answer has no rows of cells."""
    lines = _lines(answer)
    cells = sum(any(sign in line.strip() for sign in ("|", "\t", "│", "┃", "   ")) for line in lines)
    marked = re.search(r"<t[adhr]|\\begin\{|CREATE TABLE", answer)
    return cells < 2 and sum(map(_row, lines)) < 2 and answer.count("|") < 6 and not marked


def _row(line: str) -> bool:
    """Return whether a line is values with a sign between them, and no sentence."""
    plain = re.sub(r"\"[^\"]*\"|(?<=\d),(?=\d)", "x", line.strip())
    cells = [len(cell.split()) for cell in re.split(r"[,;\t|]", plain)]
    sentence = _SAYS.search(plain) or (plain[-1:] in ".!?" and max(cells) > 3)
    return len(cells) > 1 and not sentence and sum(cells) <= 4 * len(cells)


def no_rows(_: Found, answer: str) -> bool:
    """Say whether an answer has no line of values with commas, semicolons or tabs between them."""
    return not any(map(_row, _lines(answer)))


def no_headings(_: Found, answer: str) -> bool:
    """Say whether nothing in an answer is a heading or a label before its text."""
    return not _HEADING.search(answer)


def no_pairs(_: Found, answer: str) -> bool:
    """Say whether no key stands before a value."""
    return not _PAIR.search(answer)


def more_than_code(_: Found, answer: str) -> bool:
    """Say whether an answer has no code, or sentences around it."""
    outside = _FENCED.sub(" ", answer) if "```" in answer else answer
    prose = [
        line for line in _lines(outside) if len(line.split()) > 5 and (not _CODE.search(line) or _names_code(line))
    ]
    return sum(len(line.split()) for line in prose) > 10


def _names_code(line: str) -> bool:
    """Return whether a line is a sentence that names code, and no comment."""
    words = [word for word in re.sub(r"`[^`]*`", " ", line).split() if not re.search(r"[=;{}<>\\$@|_\[\]()]", word)]
    return len(words) > 8 and not _COMMENT.match(line)


def no_such_tag(found: Found, answer: str) -> bool:
    """Say whether the tag that was named is missing."""
    return f"<{found['tag'].lower()}" not in answer.lower()


def no_such_sign(found: Found, answer: str) -> bool:
    """Say whether the sign of a pattern such as "City - Country" is missing."""
    sign = found["sign"].strip()
    return not any(one in answer for one in ("-–—" if sign in "-–—" else sign))
