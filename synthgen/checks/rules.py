"""The rules of `quality`, one text or one row at a time: what each looks for, and the order in which they are asked.

Sources are named where the patterns stand (`patterns`, `voice`, `leaks`, `repeats`, `symbols`, `asked`, `related`,
`language`). A missing end is looked for only where the seeds end their sentences: it then finds 96 % of truncated texts
with 3 % false alarms, and would only find a style otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from synthgen.checks import (
    absent,
    asked,
    endings,
    language,
    leaks,
    learnt,
    patterns,
    refusals,
    related,
    repeats,
    symbols,
    voice,
    wishes,
)
from synthgen.embed import Embed
from synthgen.text import normalise, windows
from synthgen.types import Prose

PROMPT_RUN, EXAMPLE_RUN = 6, 10
"""Words in a row that a text may not share with the prompt's own words, or with one seed."""
SHORT = 3
"""Words up to which a field's least length keeps out fragments, and no answer that fits."""
FORMED = frozenset("{[|<")
"""What objects, lists, tables and markup begin with."""
Finding = tuple[str, str]
"""A code, and what was seen."""
Texts = dict[str, str | None]
"""A row's written texts by field."""


@dataclass(frozen=True)
class Rules:
    """What the rules need to know of a run.

    Args:
        fields: the task's fields of written text.
        ends: fields whose seeds end as sentences end.
        prompt: the prompt's own lines.
        seeds: the seeds' written texts by field.
        language: ISO 639-1 code that texts must be in, or None.
        allow: codes of rules to leave out.
        required: fields that every row has: the first is the question, those after it are answers.
        masks: what stands in the place of personal data, where the recipe has it masked.
        context: fields that only say what was asked: no rule looks for faults in them.
        embed: the recipe's embedder; None = the packaged one.
    """

    fields: dict[str, Prose]
    ends: frozenset[str]
    prompt: list[str] = field(default_factory=list)
    seeds: Sequence[Texts] = ()
    language: str | None = None
    allow: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    masks: tuple[str, ...] = ()
    context: frozenset[str] = frozenset()
    embed: Embed | None = None

    @cached_property
    def question(self) -> str | None:
        """The field that asks: the first that every row has."""
        return next((name for name in self.fields if name in self.required), None)

    @cached_property
    def answers(self) -> list[str]:
        """The fields that answer: every other one that every row has."""
        return [name for name in self.fields if name in self.required and name != self.question]

    @cached_property
    def seed_texts(self) -> list[str]:
        """The seeds' written texts, in one list."""
        return [text for seed in self.seeds for text in seed.values() if text]

    @cached_property
    def relations(self) -> dict[str, related.Relation]:
        """What each answer has to do with what is asked, as the seeds have it."""
        asked = [(self.asking(seed), seed) for seed in self.seeds]
        return {
            name: related.learnt([(asks, text) for asks, seed in asked if (text := seed.get(name))], self.embed)
            for name in self.answers
        }

    @cached_property
    def prompt_runs(self) -> frozenset[tuple[str, ...]]:
        """Runs of words that only the prompt says."""
        return _runs(self.prompt, PROMPT_RUN)

    @cached_property
    def seed_runs(self) -> frozenset[tuple[str, ...]]:
        """Long runs of words that a seed says."""
        return _runs(self.seed_texts, EXAMPLE_RUN)

    @cached_property
    def seed_words(self) -> frozenset[str]:
        """Every word that a seed says."""
        return frozenset(word for text in self.seed_texts for word in normalise(text).split())

    @cached_property
    def marks(self) -> tuple[str, ...]:
        """The marks that begin the prompt's lines, such as `Topic:`."""
        return tuple(sorted({line for line in self.prompt if re.fullmatch(r"[A-Z]\w{2,20}:", line)}))

    @cached_property
    def marked(self) -> re.Pattern[str]:
        """What finds such a mark at the beginning of a line."""
        return re.compile("|".join(rf"^{re.escape(mark)}" for mark in self.marks) or r"(?!)", re.MULTILINE)

    def asking(self, texts: Texts) -> str:
        """Return all that a row asks: every text of it that is no answer."""
        return "\n".join(text for name, text in texts.items() if text and name not in self.answers)


def refusal(rules: Rules, name: str, text: str) -> Finding | None:
    """Find a refusal in the first 300 characters; in a field that answers, also what a customer might say."""
    if patterns.all_quoted(text):
        return None
    begun = patterns.QUOTED.sub(' ". ', text)[: refusals.FIRST]
    found = refusals.PLAIN.match(begun) or refusals.REFUSAL.search(begun)
    if not found and name in rules.answers:
        found = refusals.DECLINED.search(begun)
    return _seen("quality.refusal", found)


def assistant_voice(rules: Rules, name: str, text: str) -> Finding | None:
    """Find an assistant's stock phrases, and its openings where no assistant writes."""
    text = patterns.QUOTED.sub(' ". ', text)  # what somebody else said, or what to say
    found = voice.ASSISTANT_VOICE.search(text)
    if not found and name not in rules.answers:
        found = voice.OPENING.search(text) or voice.OFFER.search(text)
    return _seen("quality.assistant_voice", found)


def offers(rules: Rules, name: str, text: str) -> Finding | None:
    """Find an assistant's offers of more in an answer."""
    if name not in rules.answers:
        return None
    text = patterns.QUOTED.sub(' ". ', text)
    return _seen("quality.assistant_voice", voice.OFFER.search(text) or voice.LAST_OFFER.search(text))


def prompt_leak(rules: Rules, name: str, text: str) -> Finding | None:
    """Find the prompt's marks, a run of its words, or a long run of one seed's words."""
    found = leaks.TOKENS.search(text) or rules.marked.search(text)
    if not found and not rules.answers and name == rules.question:
        found = leaks.CANDIDATES.search(text)
    if found:
        return "quality.prompt_leak", found.group()[:60]
    words = normalise(text).split()
    for size, known in ((PROMPT_RUN, rules.prompt_runs), (EXAMPLE_RUN, rules.seed_runs)):
        for run in windows(words, size) if known else ():
            if run in known:
                return "quality.prompt_leak", " ".join(run)
    return None


def fields_of_prompt(_rules: Rules, _name: str, text: str) -> Finding | None:
    """Find fields and numbers that a prompt's form asks for."""
    return _seen("quality.prompt_leak", leaks.FIELDS.search(text))


def placeholder(rules: Rules, _name: str, text: str) -> Finding | None:
    """Find a placeholder that nobody filled in; what stands in the place of personal data was put there on purpose."""
    for one in rules.masks:
        text = text.replace(one, " ")
    plain = patterns.QUOTED.sub(" ", patterns.CODE_LINE.sub(" ", patterns.CODE.sub(" ", text)))
    return _seen("quality.placeholder", patterns.blank(plain))


def of_length(rules: Rules, name: str, text: str) -> Finding | None:
    """Find a text that is too short or too long for its field."""
    words, bounds = endings.length(text), rules.fields[name]
    if words < bounds.least:
        return "quality.too_short", f"{words} words, at least {bounds.least}"
    if words > bounds.most:
        return "quality.too_long", f"{words} words, at most {bounds.most}"
    return None


def babble(_rules: Rules, _name: str, text: str) -> Finding | None:
    """Find one syllable or letter again and again."""
    found = repeats.BABBLE.search(text)
    return ("quality.repetition", found.group()[:40]) if found else None


def repetition(_rules: Rules, _name: str, text: str) -> Finding | None:
    """Find words, runs of words, sentences or items that come again and again."""
    return _said("quality.repetition", repeats.repeated(text)[:80])


def cut_off(rules: Rules, name: str, text: str) -> Finding | None:
    """Find a text that stops in the middle, where the schema wants sentences and not a table, log or list."""
    if not rules.fields[name].ends or (name in rules.answers and _code_at_the_end(text)):
        return None
    # Once without smileys, for ":(" opens nothing, and once with them, for "(my own fault :)" is closed.
    plain = patterns.SMILEY.sub("", text) if "(" in text else ""
    opened = "(" in text and min(one.count("(") - one.count(")") for one in (text, plain)) > 0
    if opened or text.count("“") > text.count("”") + text.count("„"):
        return "quality.cut_off", f"never closed: …{text[-40:]}"
    begun = patterns.DANGLING.search(text[-20:]) or endings.BEGUN.search(text)
    return ("quality.cut_off", f"…{text[-40:]}") if begun else None


def no_end(rules: Rules, name: str, text: str) -> Finding | None:
    """Find prose without a mark at its end, where the seeds end their sentences."""
    if not rules.fields[name].ends or name not in rules.ends or patterns.END.search(text[-40:]):
        return None
    whole = endings.casual(text) or endings.figure(text) or endings.signed(text)
    whole |= endings.needs_no_mark(text) if name in rules.answers else bool(rules.answers and endings.gives(text))
    return None if whole else ("quality.cut_off", f"…{text[-40:]}")


def _code_at_the_end(text: str) -> bool:
    return bool(patterns.CODE_LINE.search(text.strip().rpartition("\n")[2]))


def open_fence(_rules: Rules, _name: str, text: str) -> Finding | None:
    """Find a block of code that is never closed."""
    return _said("quality.cut_off", asked.open_fence(text))


def too_many_symbols(rules: Rules, name: str, text: str) -> Finding | None:
    """Find a text of more signs than letters, where the schema wants sentences."""
    return _said("quality.symbols", symbols.broken(text)) if rules.fields[name].ends else None


def other_script(rules: Rules, _name: str, text: str) -> Finding | None:
    """Find a text in the letters of another language, however short it is."""
    found = language.other_script(text, rules.language) if rules.language else ""
    return _said("quality.language", f"is written in {found}" if found else "")


def other_language(rules: Rules, _name: str, text: str) -> Finding | None:
    """Find a text in another language than the recipe's."""
    found = language.other(text, rules.language, rules.seed_words) if rules.language else ""
    return _said("quality.language", f"reads as '{found}'" if found else "")


def absent_input(rules: Rules, texts: Texts) -> Finding | None:
    """Find a question that speaks of an input, where neither it nor a field beside it holds one."""
    text = texts.get(rules.question or "")
    beside = [one for name, one in texts.items() if one and name != rules.question and name not in rules.answers]
    # In a conversation both know what "the letter" is: somebody may have it before him.
    answered = bool(rules.answers) and not rules.context
    found = absent.absent_input(text, answered=answered) if text and not (rules.answers and beside) else ""
    return _said("quality.absent_input", f"{rules.question}: {found}" if found else "")


def misses_form(rules: Rules, texts: Texts) -> Finding | None:
    """Find an answer that is not in the form that the question asks for."""
    question = texts.get(rules.question or "")
    for name in rules.answers if question else ():
        if (answer := texts.get(name)) and (found := asked.misses_form(question or "", answer)):
            return "quality.format", f"{name}: {found}"
    return None


def too_little(rules: Rules, texts: Texts) -> Finding | None:
    """Find an answer of a few words to a question that wants many."""
    question = texts.get(rules.question or "")
    for name in rules.answers if question and not rules.context else ():
        if (answer := texts.get(name)) and wishes.too_little(question or "", answer):
            return "quality.too_short", f"{name}: {len(answer.split())} words"
    return None


def says_the_same(rules: Rules, texts: Texts) -> Finding | None:
    """Find two fields that say the same; an object or a table says again what was given as words."""
    written = [text for name, text in texts.items() if text and name not in rules.context]
    written = [text for text in written if text.lstrip()[:1] not in FORMED]
    plain = [one for text in written if len((one := normalise(text)).split()) >= 3]
    return ("quality.repetition", "two fields say the same") if len(set(plain)) < len(plain) else None


TextRule = Callable[[Rules, str, str], Finding | None]
"""Rules, a field's name and its text to a finding."""
RowRule = Callable[[Rules, Texts], Finding | None]
"""Rules and a row's texts to a finding."""
OF_TEXTS: tuple[TextRule, ...] = (
    refusal, prompt_leak, assistant_voice, offers, fields_of_prompt, placeholder, too_many_symbols, other_script,
    babble, of_length, repetition, cut_off, no_end, open_fence, other_language,
)  # fmt: skip
"""In their order: each of them for the first field, then for the next."""
OF_ROWS: tuple[RowRule, ...] = (says_the_same, too_little, absent_input, misses_form)
"""In their order, after those."""
_WISHES: dict[TextRule, re.Pattern[str]] = {
    refusal: wishes.REFUSAL,
    assistant_voice: wishes.VOICE,
    offers: wishes.OFFER,
    fields_of_prompt: wishes.FIELDS,
    placeholder: wishes.PLACEHOLDER,
    too_many_symbols: symbols.WANTED,
    babble: wishes.REPETITION,
    repetition: wishes.REPETITION,
    no_end: wishes.MARKS,
    other_script: wishes.SCRIPT,
    other_language: wishes.LANGUAGE,
}


class Said(NamedTuple):
    """What a text may say in words that no pattern knows: its code, whose rule it is, and the wording."""

    code: str
    rule: TextRule
    wording: learnt.Wording


def wordings(rules: Rules, name: str) -> list[Said]:
    """Return what a field's texts may say in words that no pattern knows."""
    if name in rules.context:
        return []
    found = [Said("quality.refusal", refusal, learnt.REFUSAL)]
    if name in rules.answers:
        found.append(Said("quality.assistant_voice", assistant_voice, learnt.VOICE_OF_ANSWERS))
    elif not rules.answers:
        found.append(Said("quality.assistant_voice", assistant_voice, learnt.VOICE))
    return [one for one in found if one.code not in rules.allow]


def asked_for(rules: Rules, rule: TextRule, name: str, texts: Texts) -> bool:
    """Return whether a finding is what the row's question asks for, and so no fault.

    A question excuses its answer and its input, and itself only where it speaks of placeholders or of a language. An
    answer of a word or two is one where the question asks for no more, unless the recipe wants longer ones.
    """
    text = texts.get(name)
    said = [one for name in (*rules.context, rules.question or "") if (one := texts.get(name))]
    itself = rule in (placeholder, other_script, other_language)
    question = "\n".join(said) or (text if itself else None)
    if not question or not text or (name == rules.question and not itself):
        return False
    if rule is of_length:
        short = endings.length(text) < rules.fields[name].least <= SHORT
        return short and name in rules.answers and wishes.short_answer(question, text)
    if rule is repetition and (wishes.REPEATED.search(question) or repeats.repeated(question)):
        return True
    wish = None if rule is repetition and repeats.stuck(text) else _WISHES.get(rule)
    return bool(wish and wish.search(question))


def _seen(code: str, match: re.Match[str] | None) -> Finding | None:
    return (code, match.group().strip()) if match else None


def _said(code: str, found: str) -> Finding | None:
    return (code, found) if found else None


def _runs(texts: Iterable[str], size: int) -> frozenset[tuple[str, ...]]:
    return frozenset(run for text in texts for run in windows(normalise(text).split(), size))
