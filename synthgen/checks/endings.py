"""Whether a text is whole: which ends need no mark, and how long a text is in a script without spaces.

A missing mark at the end is the best sign of a cut text (post-filters of Self-Instruct, Wang et al. 2022), but only of
prose: code, lists, formulas, figures and names end without one.
"""

from __future__ import annotations

import json
import re

UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff"
"""Letters of scripts that put no space between words: Chinese, Japanese, Thai, Lao, Burmese, Khmer."""
_UNSPACED = re.compile(rf"[{UNSPACED}]+")
PER_WORD = 2
"""Characters of such a script that say what a word says elsewhere."""
_FEW_WORDS = 5
LONGEST = 100
"""Characters of a last word that are looked at."""
_ITEM = re.compile(r"^\s*(?:[-*•–]|\(?\d{1,3}[.):]|[a-zA-Z][.)])\s+\S")
_CODE = re.compile(
    r"[)}\]>;]\s*$|^\s*(?:def|return|import|from|class|for|while|if|elif|else|try|with|const|let|var|function|SELECT|INSERT|UPDATE"
    r"|DELETE|CREATE|FROM|WHERE|print|echo|export|#!|<\w|@\w)\b[^.!?]*$|\w\([^)]*\)|=>|[{}]|^\s*[$>#] |^\s*[\w.-]+\s*[:=]\s*\S+\s*$",
)
_FORMULA = re.compile(r"(?:^|\s)(?:[=≈≠≤≥→⇌⟶±×÷√∫∑π]|[-+*/^] ?\d)|\w\^\w|[₀-₉²³√∫∑→⇌]")
_LAST_TOKEN = re.compile(
    r"(?:\S*[._/@\\#:+=-]\S*\w|\w*\d\w*|[$€£]\d\S*|\d\S* ?(?:%|°\w?|[a-zA-Z]{1,3}|euros?|dollars?|pounds?|percent|degrees|hours?|minutes?)|[A-Z]{2,}\w*|[A-Z][a-z]?[A-Z]\w*)$"
)
_SIGNED = re.compile(
    r"(?i:regards|wishes|sincerely|thanks|yours|faithfully|truly|cheers|greetings|love|thank you),?\s+(?:[A-Z][\w.'’-]*\s?){1,4}$"
)
BEGUN = re.compile(
    r"(?:\n[ \t]*(?:[-*•–]|\(?\d{1,3}[.):])|\b1[.)] [^\n]*(?:[,;.]|and) \d{1,2}[.)])\s*$|\|[ \t]*\n[ \t]*\|[^\n]*[^|\s]\s*$"
)
"""An item or a row of a table that was begun at the end."""
_ENDED = re.compile(r"[.!?…:]\W*$")
_NEXT = re.compile(
    r"(?<=[a-z0-9)\]\"”'’][.!?]) +(?:\d{1,2}[.)] +)?(?=[\"“A-Z])(?!(?:Best|Kind|Yours|Regards|Thanks|Sincerely|Love|Cheers|Many)\b)"
)
"""Where a sentence begins behind another in the same line."""
_CLOSED = re.compile(r"[)\]}>\"”»*`|]$|\S*(?:\w[._/@\\]\w|://)\S*$|\w: \S+$")
_NAMES = re.compile(r"^[^.!?]*[,:] (?:[A-Z0-9][\w'’-]*(?: (?:[A-Z0-9][\w'’-]*|of|the|and|de|la))*)$")


def length(text: str) -> int:
    """Return a text's words: those between spaces, and for scripts without spaces a word for two characters."""
    words = len(text.split())
    runs = _UNSPACED.findall(text)
    return max(words, sum(-(-len(run) // PER_WORD) for run in runs)) if runs else words


def casual(text: str) -> bool:
    """Return whether a text begins in small letters and has no closing mark at all: a style of writing."""
    return text[:1].islower() and not re.search(r"[.!?…](?:\s+[^\Wa-z]|\W*$)", text)


def signed(text: str) -> bool:
    """Return whether a text ends with a greeting and a name, or with words in quotes."""
    return bool(_SIGNED.search(text)) or (text.rstrip().endswith(('"', "”")) and text.count('"') % 2 == 0)


def gives(text: str) -> bool:
    """Return whether a question ends with what it gives: a line of its own, or code."""
    return "\n" in text.strip() or bool(re.search(r":\s+\S|[`)\]}]\s*$", text))


def figure(text: str) -> bool:
    """Return whether a text is a name and its figure, such as `Total: 49 EUR`."""
    return bool(re.search(r"\w: ?(?:[$€£] ?)?\d[\d.,:/-]*(?: ?(?:[A-Z]{3}|[€$£%]|[a-z]{1,7}))?$", text.strip()))


def _begun(lines: list[str]) -> bool:
    """Return whether the last of these lines was begun and not ended, as the lines or sentences before it were."""
    last, before = lines[-1].strip(), lines[:-1]
    items = [line for line in before if _ITEM.match(line)]
    if items and _ITEM.match(last):
        return len(items) > 1 and all(_ENDED.search(line) for line in items)
    sentences = _NEXT.split(last)
    return len(sentences) > 1 and len(sentences[-1].split()) >= _FEW_WORDS - 1 and not _CLOSED.search(last[-LONGEST:])


def needs_no_mark(text: str) -> bool:
    """Return whether an answer is whole without a mark: a phrase, list, code, formula, figure, name or address."""
    plain = text.strip()
    lines = [line for line in plain.split("\n") if line.strip()]
    last = lines[-1].strip() if lines else ""
    if lines and _begun(lines):
        return False
    return (
        len(last.split()) <= _FEW_WORDS
        or _listed(lines)
        or bool(_CODE.search(last))
        or (bool(_FORMULA.search(last)) and len(last.split()) <= 25)
        or bool(_LAST_TOKEN.search(last[-LONGEST:]))
        or bool(_NAMES.match(last))
        or plain.endswith((")", "]", "}", '"', "”", "*", "|"))
        or _items(last)
        or _is_json(plain)
    )


def _listed(lines: list[str]) -> bool:
    """Return whether the last line is an item of a list whose other items have no mark either, or a line of verse."""
    if len(lines) < 2:
        return bool(lines) and bool(_ITEM.match(lines[0]))
    others = [line for line in lines[:-1] if _ITEM.match(line)] or lines[:-1]
    loose = sum(not re.search(r"[.!?…:]\s*$", line) for line in others)
    return loose * 2 >= len(others)


def _items(line: str) -> bool:
    """Return whether a line is a row of short items: `pear, apple, fig`."""
    found = [one.split() for one in re.split(r"[,;|]\s*|\s[-–→>]+\s", line)]
    return len(found) >= 3 and all(1 <= len(one) <= 3 for one in found)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
