"""Whether an answer is worded as wanted: a closed answer, letters and signs, first and last words, a language."""

from __future__ import annotations

import re

from synthgen.checks import language
from synthgen.checks.asked.form import Found
from synthgen.checks.asked.measures import NUMBERS, word_count
from synthgen.text import normalise

TONGUES = {"german": "de", "french": "fr", "spanish": "es", "italian": "it", "dutch": "nl", "portuguese": "pt"}
_SIGNS = {
    "comma": ",", "exclamation": "!", "question": "?", "hyphen": "-", "dash": "-–—", "digit": "0123456789",
    "number": "0123456789", "colon": ":", "semicolon": ";", "full": ".", "period": ".",
}  # fmt: skip
_YES = re.compile(
    r"^\W{0,4}(?:yes|no|yeah|yep|nope|nah|y|n)\b|\b(?:is|be|say|answer|answered|so|well|then)\W{1,3}(?:yes|no)\b(?!\s+\w)"
    r"|[.!?:;,–—-]\W{0,3}(?:yes|no)\b(?!\s+\w)|[.!?:;]\W{0,3}(?:yes|no)\b|\b(?:yes|no)\W{0,4}$",
    re.IGNORECASE,
)
_TRUE = re.compile(r"\b(?:true|false|untrue)\b|^\W{0,4}[tf]\b", re.IGNORECASE)
_CASES = {
    "snake": r"[a-z]+_[a-z0-9_]+",
    "kebab": r"[a-z]+-[a-z0-9-]+",
    "camel": r"[a-z]+[A-Z]\w+",
    "pascal": r"[A-Z][a-z]+[A-Z]\w+",
}


def yes_or_no(found: Found, answer: str) -> bool:
    """Say whether neither word answers, or much stands beside it where it alone was wanted."""
    met = (_YES if found["yes"] else _TRUE).search(answer)
    return not met or (bool(found["only"]) and word_count(answer) > 4)


def none_of(found: Found, answer: str) -> bool:
    """Say whether none of the words that were to choose from is met; its first five letters are enough."""
    options = re.findall(r"[^\W\d_]{2,}", found["options"].lower())
    words = normalise(answer).split()
    return not any(word.startswith(option[:5]) for option in options if option not in {"or", "and"} for word in words)


def no_choice(found: Found, answer: str) -> bool:
    """Say whether none of the letters to choose from stands by itself."""
    letters = "".join(re.findall(r"\b[A-H]\b", found["letters"]))
    return not re.search(
        rf"(?<![\w'’])[{letters}](?![\w'’])(?!\s+[a-z])|^\W{{0,3}}[{letters.lower()}]\W{{0,3}}$", answer
    )


def a_letter(_: Found, answer: str) -> bool:
    """Say whether there is more than a letter; that it is the letter may be said."""
    return len(_plain(answer).strip(".)( ")) > 1 and word_count(answer) > 4


def a_number(_: Found, answer: str) -> bool:
    """Say whether there is no number, in digits or as a word, or a sentence around it."""
    return not (re.search(r"\d", answer) or set(normalise(answer).split()) & set(NUMBERS)) or word_count(answer) > 4


def only_that(_: Found, answer: str) -> bool:
    """Say whether there are more words than the longest names have."""
    return word_count(answer) > 6


def upper(_: Found, answer: str) -> bool:
    """Say whether a fifth of the letters are small; a name may keep its own."""
    letters = [one for one in answer if one.isalpha()]
    return sum(one.isupper() for one in letters) < 0.8 * len(letters)


def lower(_: Found, answer: str) -> bool:
    """Say whether the answer begins with a capital."""
    return bool(re.search(r"^\W*[A-Z]", answer)) and len(re.findall(r"[A-Z]", answer)) > 0


def titled(_: Found, answer: str) -> bool:
    """Say whether most longer words begin with a small letter."""
    words: list[str] = re.findall(r"[^\W\d_]{5,}", answer)
    return sum(word[0].islower() for word in words) * 2 > len(words)


def unjoined(found: Found, answer: str) -> bool:
    """Say whether no words are joined as in snake_case, kebab-case, camelCase or PascalCase."""
    return not re.search(rf"\b{_CASES[found['joined'].lower()]}", answer) and word_count(answer) > 1


def forbidden(found: Found, answer: str) -> bool:
    """Say whether a sign, letter or word is met that was to be left out."""
    if found["sign"]:
        return any(one in answer for one in _SIGNS[found["sign"].lower().split()[0]])
    if found["letter"]:
        return found["letter"].lower() in answer.lower()
    return bool(re.search(rf"\b{re.escape(found['said'].strip())}\b", answer, re.IGNORECASE))


def _plain(text: str) -> str:
    return text.strip().strip("\"'“”«»‘’*_ ").lower()


def begins(found: Found, answer: str) -> bool:
    """Say whether the answer begins otherwise."""
    if found["letter"]:
        return not _plain(answer).startswith(found["letter"].lower())
    return not _plain(answer).startswith(_plain(found["said"]).rstrip(".,!:"))


def ends(found: Found, answer: str) -> bool:
    """Say whether the answer ends otherwise."""
    if found["sign"]:
        return not _plain(answer).endswith(_SIGNS[str(found["sign"]).split()[0].lower()])
    return not _plain(answer).rstrip(".!?, ").endswith(_plain(found["said"]).rstrip(".!?, "))


def includes(found: Found, answer: str) -> bool:
    """Say whether the word is missing."""
    named = found["said"] or found.groupdict().get("word", "")
    return _plain(named).rstrip(".!") not in answer.lower()


def listed(_: Found, answer: str) -> bool:
    """Say whether two lines or more are items of a list."""
    return len(re.findall(r"^[ \t]*(?:[-*•–▪]|\d+[.)])[ \t]\s?\S", answer, re.MULTILINE)) > 1


def marked_up(_: Found, answer: str) -> bool:
    """Say whether there are signs of Markdown."""
    return bool(
        re.search(
            r"^#{1,6} \S|\*\*\S[^*\n]*\*\*|^[ \t]*\|.*\|[ \t]*$|^[ \t]*[*-] \S.*\n[ \t]*[*-] \S|```",
            answer,
            re.MULTILINE,
        )
    )


def digits(_: Found, answer: str) -> bool:
    """Say whether there is a digit."""
    return bool(re.search(r"\d", answer))


def tongue(found: Found, answer: str) -> bool:
    """Say whether the answer reads as English, and not as the language that was asked for."""
    words = normalise(answer).split()
    wanted = found["tongue"] or found["first"] or found["into"]
    own = language.shares(words, TONGUES[wanted.lower()]).own
    english = language.shares(words, "en").own
    return len(words) >= 5 and english >= 0.3 and own < english / 2
