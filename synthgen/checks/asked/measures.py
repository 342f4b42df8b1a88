"""Whether an answer has a form: words, sentences, lines and items counted, first and last words and signs sought.

Each function gets what was found of the wish in the question, with its numbers and words as groups, and the answer; it
says whether the answer misses the form. Where people count loosely (words in hyphens, a long answer), some are allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from synthgen.checks.asked.form import Found

_NAMES = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()  # noqa: SIM905
NUMBERS = {name: at for at, name in enumerate(_NAMES, 1)} | {"a single": 1, "a": 1, "twenty": 20, "thirty": 30}
NUMBERS |= {"forty": 40, "fifty": 50, "sixty": 60, "eighty": 80, "a hundred": 100, "one hundred": 100}
VERSES = {"couplet": 2, "haiku": 3, "tercet": 3, "quatrain": 4, "limerick": 5, "sonnet": 14}


def _number(said: str) -> int:
    return NUMBERS.get(said.lower()) or int(said)


def word_count(answer: str) -> int:
    """Return the words that have a letter or digit."""
    return sum(any(one.isalnum() for one in word) for word in answer.split())


def _sentences(answer: str) -> int:
    plain = re.sub(
        r"\b(?:[A-Za-z]|Mr|Mrs|Ms|Dr|Prof|St|Jr|vs|etc|e\.g|i\.e|Inc|Ltd|Co|No|approx|ca|[ap]\.m|U\.S)\.|(?<=\d)\.(?=\d)|(?m:^[ \t]*\(?\d{1,2}[.)])",
        " ",
        answer,
    )
    return len(re.findall(r"(?<![.!?…])[.!?…]+[\"”’)\]*_]*(?=\s|$)", plain)) or 1


def _lines(answer: str) -> int:
    return max(sum(bool(line.strip()) for line in answer.split("\n")), len(re.split(r"\s/\s", answer.strip())))


def _blocks(answer: str) -> int:
    return len([one for one in re.split(r"\n\s*\n", answer) if one.strip()])


def of_length(found: Found, answer: str) -> bool:
    """Say whether there is more or less of the unit that was named than the bounds of its wish allow."""
    unit = next(one for one in _COUNTED if found["unit"].lower().startswith(one))
    least, most = _bounds(found, unit)
    fewest, count = _COUNTED[unit](answer)
    return count < least or fewest > most


def _bounds(found: Found, unit: str) -> tuple[float, float]:
    """Return the least and the most that may be met."""
    said = found.groupdict()
    low = _number(said["n"])
    high = _number(said["high"]) if said["high"] else low
    if said.get("least") or said.get("more"):
        return low * (0.9 if unit == "word" else 1), float("inf")
    if said.get("most") or said.get("less"):
        return 0, _loose(high, unit)
    if said.get("exact"):
        spare = low // 10 if unit == "word" and low > 20 else 0
        return low - spare, high + (spare if unit in {"word", "sentence"} else 1)  # a title is no paragraph
    if unit == "word":
        less = low * (0.35 if said.get("about") else 0.25) if low > 10 else int(low > 3)
        return low - less, high + max(1, high * 0.25)
    return low - (unit == "sentence" and low > 2), _loose(high, unit)


def _loose(most: int, unit: str) -> float:
    """Return how much passes where no more than so much was wanted."""
    if unit == "word":
        return most * 1.2 + 1
    return most + max(1, most // 2) if unit == "sentence" else most * 2


_COUNTED: dict[str, Callable[[str], tuple[int, int]]] = {
    # What counts where there may be too much, and where there may be too little: parts of words in hyphens, sentences
    # joined by a semicolon, and paragraphs without an empty line between them are counted either way.
    "word": lambda answer: (word_count(answer), word_count(answer) + len(re.findall(r"\w[-–—/]\w", answer))),
    "sentence": lambda answer: (_sentences(answer), _sentences(answer) + answer.count(";")),
    "paragraph": lambda answer: (_blocks(answer), _lines(answer)),
    "stanza": lambda answer: (_blocks(answer), max(_blocks(answer), _lines(answer) // 2)),
    "line": lambda answer: (_lines(answer), _lines(answer)),
    "verse": lambda answer: (_blocks(answer), _lines(answer)),
}


def one_word(_: Found, answer: str) -> bool:
    """Say whether there are more words than one; a yes or no may have a word more."""
    return word_count(answer) > 2 and not re.match(r"\W*(?:yes|no)\b", answer, re.IGNORECASE)  # "No, it isn't."


def many_words(found: Found, answer: str) -> bool:
    """Say whether there are a fifth more words than a limit, and one."""
    return word_count(answer) > _loose(_number(found["most"]), "word")


def verses(found: Found, answer: str) -> bool:
    """Say whether a poem has fewer lines than its kind."""
    return _lines(answer) < VERSES[found["kind"].lower()]


def tweet(_: Found, answer: str) -> bool:
    """Say whether an answer is longer than what may be posted."""
    return len(answer.strip()) > 300


def items(found: Found, answer: str) -> bool:
    """Say whether a list, or an enumeration in one sentence, has another number of items."""
    wanted, lines = _number(found["n"]), [line for line in answer.split("\n") if line.strip()]
    if len(lines) > 1:
        items = [line for line in lines if not line.rstrip().endswith(":")]
        marked = [line for line in items if re.match(r"\s*(?:[-*•–]|\d+[.):])", line)]
        return len(marked or items) != wanted
    tail = re.split(r":|\bsuch as\b|\bare\b", answer)[-1]
    count = len([one for one in re.split(r",\s*(?:and |or )?|;\s*|\sand\s|(?<=\D)[.]\s+", tail) if one.strip(" .")])
    return bool(found["lines"]) or (count != wanted and tail.count(",") >= 2)


def one_a_line(_: Found, answer: str) -> bool:
    """Say whether several items stand in one line."""
    return _lines(answer) == 1 and answer.count(",") + answer.count(" and ") > 0


def characters(found: Found, answer: str) -> bool:
    """Say whether there are more characters."""
    return len(answer.strip()) > _number(found["n"] or found["also"])


def _enumerated(answer: str) -> list[str]:
    """Return the items of a list, one a line or between commas, without their marks and articles."""
    lines = [line for line in answer.split("\n") if line.strip() and not line.rstrip().endswith(":")]
    parts = lines if len(lines) > 1 else re.split(r",\s*(?:and |or )?|;\s*|\sand\s", answer.rsplit(":", 1)[-1])
    return [re.sub(r"^\W*(?:\d+[.)]\s*)?(?:(?:the|an?) )?", "", part.strip(" .!").lower()) for part in parts]


def unsorted(_: Found, answer: str) -> bool:
    """Say whether three short items or more are out of the alphabet's order."""
    items = _enumerated(answer)
    return len(items) > 2 and all(0 < len(one.split()) <= 3 for one in items) and items != sorted(items)


def unordered(found: Found, answer: str) -> bool:
    """Say whether three numbers or more are out of order."""
    numbers = [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", answer)]
    down = found["down"] is not None
    return (
        len(numbers) > 2
        and all(len(one.split()) <= 2 for one in _enumerated(answer))
        and numbers != sorted(numbers, reverse=down)
    )


def fewer_items(found: Found, answer: str) -> bool:
    """Say whether a list has another number of items, or a text too few commas and ends for so many."""
    marked = re.findall(r"^(?:[-*•–]|\d+[.):])\s", answer, re.MULTILINE)
    if len(marked) > 1:
        return len(marked) != _number(found["n"])
    parts = re.split(r"[,;\n]|[.!?]\s|\b(?:and|or|also|as well as|plus)\b|&|/", answer.strip())
    return len([one for one in parts if one.strip()]) < _number(found["n"])
