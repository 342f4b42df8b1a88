r"""`quality`: rules that no good row breaks, on each field of written text.

Each rule has a code in `synthgen.reasons`. Sources: refusals in the first 300 characters, placeholders and
missing ends as in the post-filters of Self-Instruct (Wang et al. 2022) and WizardLM (Xu et al. 2023), repetition
after Gopher's rules (Rae et al. 2021), language by py3langid. A missing end is looked for only where the seeds end their
sentences: it then finds 96 % of truncated texts with 3 % false alarms, and would only find a style otherwise.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from synthgen.checks import verdicts
from synthgen.errors import RecipeError
from synthgen.text import normalise, windows
from synthgen.types import Prose

if TYPE_CHECKING:
    import polars as pl

REFUSAL = re.compile(
    r"^\W*(?:(?:i['’]?m|i am) (?:really |very )?(?:sorry|afraid),?(?: but)? "
    r"|(?:sorry|i apologi[sz]e|my apologies)[,.]?(?: but)? "
    r"|unfortunately,? |i understand\b[^.!?\n]{0,80}?\bbut )?"
    r"(?:i(?:['’]m| am)? (?:must|have to) (?:respectfully )?decline\b"
    r"|i(?:['’]m| am)?(?: can['’]?t| cannot| can not| won['’]t| will not|(?: not able| unable) to) (?:"
    r"(?:help|assist)(?: you)? with (?:that|this|your request)|(?:help|assist) you\b"
    r"|(?:fulfil|fulfill) (?:that|this|your|the) request"
    # A customer cannot complete "this request in the app" either: a refusal ends there, or gives its reason.
    r"|(?:complete|comply with|answer|process) (?:that|this|your|the) (?:request|question)"
    r"(?=[.!]|\W*$| (?:as|because|since)\b)"
    r"|comply\b(?! with)"
    r"|(?:provide|offer|give)(?: you)?(?: with)?(?: that| this| such| any)?"
    r"(?: kind of| type of| sort of| specific| personal| further)?"
    r" (?:assistance|information|advice|instructions|content|guidance)(?! about my| on my)"
    r"|(?:provide|offer|give you) (?:that|this)(?=[.!]|\W*$)"
    r"|(?:generate|create|write|produce)(?: you)?(?:"
    r"(?: any| that| this| such)?(?: kind of| type of| sort of)? (?:harmful |explicit |inappropriate )?(?:content|material)\b"
    r"|(?: that| such)(?: a)?(?: kind of| type of| sort of)? (?:text|message|response)s?\b)"
    r"|engage in|discuss (?:that|this|such|any)?(?: kind of)? ?(?:topic|subject)s?\b))",
    re.IGNORECASE,
)
ASSISTANT_VOICE = re.compile(
    r"\bas an? (?:ai|artificial intelligence|large language|language) (?:language )?(?:model|assistant)\b|\bas an ai[,.]"
    # People work as "an AI engineer" or as "a virtual assistant": what follows tells.
    r"|\bi(?:['’]m| am) (?:just )?an? (?:ai (?:language )?(?:model|assistant|system|chatbot)|(?:large )?language model)\b"
    r"|\bi(?:['’]m| am) (?:just )?an? (?:ai|chatbot|virtual assistant)"
    r"(?=[.!]|\W*$|,? (?:and|so) (?:i |do|can|have)| (?:here|designed|created|developed|trained|programmed)\b)"
    r"|\bmy knowledge cut-?off\b|\bmy training data (?:only|goes|ends|cuts)\b"
    r"|^\W*(?:sure|certainly|of course|absolutely)[,!.] *(?:here(?:['’]s| is| are)|i(?:['’]d| would) be (?:happy|glad)|let me)"
    r"|^\W*here(?:['’]s| is| are) (?:a|an|another|some|the|your)(?: (?!i\b)\w+){0,4}"
    r" (?:examples?|messages?|texts?|responses?|rows?)\b(?![^:]*\b(?:i|me|my|we)\b[^:]*:)[^.!?]{0,40}:"
    r"|^\W*(?:great|good|excellent) question[!.]"
    r"|\bhow (?:can|may) i (?:help|assist) you(?: today| with)?\W*(?:$|[?])"
    r"|^\W*(?:(?:dear|hi|hello)\b[^,.!\n]{0,40}[,.!]\s*)?thank you for (?:contacting|reaching out)\b"
    r"|\b(?:i hope this helps|feel free to ask)\W*$"
    r"|\b(?:please )?(?:let me know|feel free to (?:ask|reach out)) if you (?:have|need) (?:any )?(?:other|further|more|additional)"
    r" (?:questions|help|assistance)\W*$",
    re.IGNORECASE,
)
_BLANKS = (
    "name|surname|date|amount|number|address|city|country|company|bank|merchant|store|product|customer|currency|price"
    "|email|phone|link|url|iban|location"
)
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
"""Code in backticks: what stands in brackets there is for the reader to fill in, and a log's own marks."""
PLACEHOLDER = re.compile(
    # In brackets: not an index (`prices[date]`), not a link's text, not a log's [ERROR].
    rf"(?<!\w)\[(?:(?i:your|insert|enter)[ _]\w[^\]\n]{{0,30}}|(?:\w+[ _]){{0,3}}(?i:{_BLANKS})(?i: here)?)\](?!\()"
    r"|(?:^|[^$\w{/'\"\\])(?:\{\{ ?[a-z_.]{2,30} ?\}\}|\{[a-z_]{3,30}\})"
    r"|<(?:(?i:your|insert|enter)\b[^>\n]{0,30}|(?i:(?:\w+[ _])?(?:name|date|amount|number|company)))>"
    # XXXX, but for the hidden part of a number: XXXX XXXX XXXX 4821.
    r"|\b(?i:lorem ipsum)\b|\b[Xx]{4,}\b(?![\s-]*(?:[Xx*]{2,}[\s-]*)*\d)",
)
TOKENS = re.compile(
    r"<\|\w+\|>|\[/?INST\]|<(?:start|end)_of_turn>|^\s*<s>|</s>\s*$"
    r"|^#{2,3} ?(?:instruction|response|input|example)s?\b|(?<!at the )\b(?:given|rewritten|created) prompt\b",
    re.IGNORECASE | re.MULTILINE,
)
END = re.compile(r"""[.!?…。！？؟।][\s"'”’»)\]*_`]*$|[\U0001F300-\U0001FAFF☀-➿]\ufe0f?\s*$|[:;]-?[)(DP]\s*$|```\s*$""")
SMILEY = re.compile(r"[:;=]-?[()\[\]]")
DANGLING = re.compile(r"(?:[,;:–—-]|\b(?:and|or|but|the|an?|because|my|your|if))\s*$", re.IGNORECASE)
"""Nobody stops there. Words that may end a question ("what is it for", "cant log in") are not among them."""

# What a pattern cannot match without, in lower case: looking for these first spares most rows the search.
_REFUSAL_NEEDS = (
    "decline", "can't", "can’t", "cant", "cannot", "can not", "won't", "won’t", "wont", "will not", "able to"
)  # fmt: skip
_VOICE_NEEDS = (
    "model", "assistant", " ai", "chatbot", "knowledge cut", "training data", "sure", "certainly", "of course",
    "absolutely", "here", "question", "can i help", "may i help", "i assist", "thank you for", "this helps", "feel free",
    "let me know",
)  # fmt: skip
_PLACEHOLDER_NEEDS = ("[", "{", "<", "lorem", "xxxx")
_TOKENS_NEED = ("<|", "inst]", "_of_turn", "<s>", "</s>", "##", " prompt")

LANGUAGES = (
    "ar", "cs", "da", "de", "en", "es", "fi", "fr", "it", "ja", "ko", "nl", "no", "pl", "pt", "ru", "sv", "tr", "zh"
)  # fmt: skip
KNOWN_WORDS = 0.5
"""Share of a text's words that seeds use, from which it is in their language: no detector need look."""
PROMPT_RUN, EXAMPLE_RUN = 6, 10
"""Words in a row that a text may not share with the prompt's own words, or with one seed."""
LEAST_WORDS_FOR_LANGUAGE = 5

Finding = tuple[str, str]


@dataclass(frozen=True)
class Rules:
    """What the rules need to know of a run.

    Args:
        fields: the task's fields of written text.
        ends: fields whose seeds end as sentences end.
        prompt: the prompt's own lines.
        seeds: the seeds' texts.
        language: ISO 639-1 code that texts must be in, or None.
        allow: codes of rules to leave out.
    """

    fields: dict[str, Prose]
    ends: frozenset[str]
    prompt: list[str] = field(default_factory=list)
    seeds: list[str] = field(default_factory=list)
    language: str | None = None
    allow: frozenset[str] = frozenset()

    @cached_property
    def prompt_runs(self) -> frozenset[tuple[str, ...]]:
        """Runs of words that only the prompt says."""
        return _runs(self.prompt, PROMPT_RUN)

    @cached_property
    def seed_runs(self) -> frozenset[tuple[str, ...]]:
        """Long runs of words that a seed says."""
        return _runs(self.seeds, EXAMPLE_RUN)

    @cached_property
    def seed_words(self) -> frozenset[str]:
        """Every word that a seed says."""
        return frozenset(word for text in self.seeds for word in normalise(text).split())

    @cached_property
    def marks(self) -> re.Pattern[str]:
        """The marks that begin the prompt's lines, such as `Topic:`."""
        marks = {line for line in self.prompt if re.fullmatch(r"[A-Z]\w{2,20}:", line)}
        return re.compile("|".join(rf"^{re.escape(mark)}" for mark in sorted(marks)) or r"(?!)", re.MULTILINE)

    def of_length(self, name: str, text: str) -> Finding | None:
        """Find a text that is too short or too long for its field."""
        words, bounds = len(text.split()), self.fields[name]
        if words < bounds.least:
            return "quality.too_short", f"{words} words, at least {bounds.least}"
        if words > bounds.most:
            return "quality.too_long", f"{words} words, at most {bounds.most}"
        return None

    def refusal(self, _: str, text: str) -> Finding | None:
        """Find a refusal in the first 300 characters."""
        start = text[:300]
        return _seen("quality.refusal", REFUSAL.match(start)) if _may(_REFUSAL_NEEDS, start) else None

    def assistant_voice(self, _: str, text: str) -> Finding | None:
        """Find an assistant's stock phrases."""
        return _seen("quality.assistant_voice", ASSISTANT_VOICE.search(text)) if _may(_VOICE_NEEDS, text) else None

    def prompt_leak(self, _: str, text: str) -> Finding | None:
        """Find the prompt's marks, a run of its words, or a long run of one seed's words."""
        if found := (TOKENS.search(text) if _may(_TOKENS_NEED, text) else None) or self.marks.search(text):
            return "quality.prompt_leak", found.group()
        words = normalise(text).split()
        for size, known in ((PROMPT_RUN, self.prompt_runs), (EXAMPLE_RUN, self.seed_runs)):
            for run in windows(words, size):
                if run in known:
                    return "quality.prompt_leak", " ".join(run)
        return None

    def placeholder(self, _: str, text: str) -> Finding | None:
        """Find a placeholder that nobody filled in."""
        if not _may(_PLACEHOLDER_NEEDS, text):
            return None
        return _seen("quality.placeholder", PLACEHOLDER.search(CODE.sub(" ", text)))

    def repetition(self, _: str, text: str) -> Finding | None:
        """Find words in a row, runs of words or whole sentences that come again and again."""
        words = normalise(text).split()
        again = len(words) - len(set(words))
        if again < 3:  # no word four times in a row, no run of words and no sentence twice
            return None
        for one, run in _streaks(words):
            if run >= 4 and not one.isdigit():  # 8.8.8.8 is an address
                return "quality.repetition", " ".join([one] * run)
        # "I called on Monday, I called on Tuesday, I called on Friday": three words thrice are a figure of speech.
        for size, least in ((3, 4), (5, 3)) if again >= 9 else ():
            runs = Counter(windows(words, size)).most_common(1)
            if runs and runs[0][1] >= least and runs[0][1] * size >= 0.2 * len(words):
                return "quality.repetition", " ".join(runs[0][0])
        if again < 4:
            return None
        sentences = Counter(one for part in re.split(r"[.!?\n]+", text) if len((one := normalise(part)).split()) >= 4)
        twice = next((one for one, times in sentences.items() if times > 1), None)
        return ("quality.repetition", twice) if twice else None

    def cut_off(self, name: str, text: str) -> Finding | None:
        """Find a text that stops in the middle, where the schema wants sentences and not a table, log or list."""
        if not self.fields[name].ends:
            return None
        # Once without smileys, for ":(" opens nothing, and once with them, for "(my own fault :)" is closed.
        opened = "(" in text and min(one.count("(") - one.count(")") for one in (text, SMILEY.sub("", text))) > 0
        if opened or text.count("“") > text.count("”") + text.count("„"):
            return "quality.cut_off", f"never closed: …{text[-40:]}"
        missing = name in self.ends and not END.search(text[-40:])
        return ("quality.cut_off", f"…{text[-40:]}") if missing or DANGLING.search(text[-20:]) else None

    def other_language(self, _: str, text: str) -> Finding | None:
        """Find a text in another language than the recipe's."""
        if self.language is None or len(text.split()) < LEAST_WORDS_FOR_LANGUAGE:
            return None
        words = normalise(text).split()
        if sum(word in self.seed_words for word in words) >= KNOWN_WORDS * len(words):
            return None
        detect = _detector(self.language)
        if (found := detect(text)) == self.language:
            return None
        # Again without names: "the transfer to Müller Straßenbau GmbH in Köln" is English.
        first, *rest = text.split()
        plain = " ".join([first, *(word for word in rest if not word[0].isupper())])
        return None if detect(plain) == self.language else ("quality.language", f"reads as '{found}'")


_ORDER = (
    Rules.refusal, Rules.assistant_voice, Rules.prompt_leak, Rules.placeholder, Rules.of_length, Rules.repetition,
    Rules.cut_off, Rules.other_language,
)  # fmt: skip


class Quality:
    """The check: the first rule that a row breaks is its reason.

    Args:
        rules: what the rules need to know of the run.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        if rules.language is not None:
            _detector(rules.language)

    def __call__(self, table: pl.DataFrame) -> pl.DataFrame:
        """Say of each row whether one of its texts breaks a rule."""
        names = list(self._rules.fields)
        texts = table.select(f"prose:{name}" for name in names)
        return verdicts([self._row(dict(zip(names, row, strict=True))) for row in texts.iter_rows()])

    def _row(self, texts: dict[str, str | None]) -> tuple[str | None, float | None, str | None]:
        for name, text in texts.items():
            if text is None:
                continue
            for rule in _ORDER:
                found = rule(self._rules, name, text)
                if found and found[0] not in self._rules.allow:
                    return found[0], None, f"{name}: {found[1]}"
        plain = [one for text in texts.values() if text and len((one := normalise(text)).split()) >= 3]
        if len(set(plain)) < len(plain) and "quality.repetition" not in self._rules.allow:
            return "quality.repetition", None, "two fields say the same"
        return None, None, None


def ending_fields(fields: dict[str, Prose], rows: list[dict[str, Any]]) -> frozenset[str]:
    """Return the fields in which nine of ten seeds end as sentences end; without seeds, those the schema says."""
    found = set()
    for name, prose in fields.items():
        texts = [row[name] for row in rows if row.get(name)]
        ended = sum(1 for text in texts if END.search(text))
        if prose.ends and (not texts or ended >= 0.9 * len(texts)):
            found.add(name)
    return frozenset(found)


def _may(needs: tuple[str, ...], text: str) -> bool:
    """Return whether a pattern that needs one of these can match the text at all."""
    plain = text.lower()
    return any(one in plain for one in needs)


def _seen(code: str, match: re.Match[str] | None) -> Finding | None:
    return (code, match.group().strip()) if match else None


def _runs(texts: list[str], size: int) -> frozenset[tuple[str, ...]]:
    return frozenset(run for text in texts for run in windows(normalise(text).split(), size))


def _streaks(words: list[str]) -> Iterable[tuple[str, int]]:
    from itertools import groupby

    return ((word, sum(1 for _ in group)) for word, group in groupby(words))


@cache
def _detector(language: str) -> Callable[[str], str]:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    try:
        identifier.set_languages(sorted({*LANGUAGES, language}))
    except ValueError as error:
        raise RecipeError(
            what=f"the language '{language}' is not known",
            where="recipe: checks.quality.language",
            fix="give an ISO 639-1 code such as en, de or pt",
        ) from error
    return lambda text: str(identifier.classify(text)[0])
