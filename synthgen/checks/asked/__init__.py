"""The form that a text asks for, where code can tell, and whether an answer has it.

Forms are those that IFEval (Zhou et al. 2023) counts and what else people ask for: formats of data, lists, tables,
lengths, closed answers, signs and letters. English, and only what is plainly said: a request that is hard to read asks
for nothing. A form is one entry of `layouts`, `parts`, `lengths` or `wording`: its words, and what an answer must have
(`marks`, `measures`, `spelling`); where words are a wish is said once, in `sentences` and `reading`.
"""

from __future__ import annotations

import re

from synthgen.checks.asked import layouts, lengths, parts, wording
from synthgen.checks.asked.reading import wishes
from synthgen.checks.asked.sentences import sentences

FORMS = (*layouts.FORMS, *parts.FORMS, *lengths.FORMS, *wording.FORMS)
SPEAKS_OF_FORM = tuple(sorted({need for form in FORMS for need in form.needs}))
"""One of these stands in every question that asks for one of the forms."""
_FENCE = re.compile(r"^[^\S\n]*```", re.MULTILINE)


def misses_form(question: str, answer: str) -> str:
    """Return which form the question asks for and the answer has not, or nothing."""
    plain = question.lower()
    spoken_of = [form for form in FORMS if any(need in plain for need in form.needs)]
    for sentence in sentences(question) if spoken_of else ():
        plain = sentence.full.lower()
        for form in spoken_of:
            if any(need in plain for need in form.needs):
                for found in wishes(sentence, form):
                    if form.lacks(found, answer):
                        return f"asked for {form.name}: {found.group().strip()}"
    return ""


def open_fence(text: str) -> str:
    """Return where a block of code begins that never ends, or nothing."""
    fences = [found.start() for found in _FENCE.finditer(text)] if "```" in text else []
    return f"never closed: {text[fences[-1] :].strip()[:40]}" if len(fences) % 2 else ""
