"""Which rows may break which rule: a whole column at once, so that the rules themselves read few texts.

A screen may let through what breaks no rule, and must never keep back what breaks one; a property test holds each to
that. Literals and patterns are sought by polars in all rows, words and runs of words are compared as hashes of 64
bits.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from synthgen.checks import asked, endings, hashed, language, patterns, refusals, related, rules, symbols

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]
    Hashes = NDArray[np.uint64]

_SPACE = r"[\s\x1c-\x1f]"
_ENDS = r"""[.!?…。！？؟।][\s"'”’»)\]*_`]*$|[\x{1F300}-\x{1FAFF}☀-➿]\x{fe0f}?\s*$|[:;]-?[)(DP]\s*$|```\s*$"""
_LONG_WORD = r"[^\W\d_]{16}"
"""What a word of repeated syllables is at least."""
_DANGLES = rf"(?:[,;:–—-]|(?i:and|or|but|the|an?|because|my|your|if)|[{''.join(patterns.FOLDS)}]){_SPACE}*$"


class Memory(NamedTuple):
    """What texts are held against, as hashes: made once for a run.

    Args:
        prompt: runs of the prompt's words.
        seeds: long runs of the seeds' words.
        words: words of the seeds, and the language's commonest, those of them in no other list, and other languages'.
    """

    prompt: hashed.Known
    seeds: hashed.Known
    words: hashed.Known


def remember(facts: rules.Rules) -> Memory:
    """Hash the prompt's and the seeds' runs of words, and the words that tell a language."""
    name = facts.language or ""
    return Memory(
        _known_runs(facts.prompt_runs, rules.PROMPT_RUN),
        _known_runs(facts.seed_runs, rules.EXAMPLE_RUN),
        hashed.Known(
            hashed.of_words(facts.seed_words),
            hashed.of_words(language.commonest().get(name, ())),
            hashed.of_words(language.alone(name)),
            hashed.of_words(language.foreign(name)),
        ),
    )


def of_texts(facts: rules.Rules, memory: Memory, name: str, words: hashed.Words) -> dict[rules.TextRule, Flags]:
    """Return for each rule of texts the rows of a field's column that may break it."""
    import polars as pl

    bounds, ends = facts.fields[name], facts.fields[name].ends
    text, never = pl.col("text"), pl.lit(value=False)
    signs = text.str.count_matches(r"[^\p{L}\p{N}\s]")
    spaces, odd = pl.col("spaces"), pl.col("odd")
    counted = text.str.count_matches(" ", literal=True) + text.str.count_matches(r"[^\S ]")
    # Words are not spaces and one, or are counted by letters.
    strange = text.str.contains(rf"{_SPACE}{{2}}|^{_SPACE}|{_SPACE}$|[\x1c-\x1f]|^$|[{endings.UNSPACED}]")
    opened = text.str.count_matches("(", literal=True) > text.str.count_matches(")", literal=True)
    quoted = text.str.contains("“", literal=True)
    missing = ~text.str.tail(40).str.contains(_ENDS) if name in facts.ends else never
    table = words.texts.rename("text").to_frame().with_columns(spaces=counted, odd=strange)
    flags = table.select(
        length=odd | (spaces + 1 < bounds.least) | (spaces + 1 > bounds.most),
        cut=(opened | quoted | text.str.tail(20).str.contains(_DANGLES)) if ends else never,
        missing=missing if ends else never,
        babble=text.str.contains(_LONG_WORD),
        script=text.str.contains(language.OTHER_LETTERS) if facts.language else never,
        fence=text.str.contains("```", literal=True),
        symbols=((signs >= symbols.SCREEN_SHARE * (text.str.len_chars() - spaces)) | text.str.contains(symbols.HINT))
        if ends
        else never,
        tongue=(odd | (spaces >= 1)) if facts.language else never,
    )  # fmt: skip
    found = {column: flags[column].fill_null(value=False).to_numpy() for column in flags.columns}
    found |= _worded(facts, name, words.texts)
    leaks = words.having(rules.PROMPT_RUN, memory.prompt) | words.having(rules.EXAMPLE_RUN, memory.seeds)
    return {
        rules.refusal: found["refusal"],
        rules.assistant_voice: found["voice"],
        rules.prompt_leak: found["leak"] | leaks,
        rules.placeholder: found["placeholder"],
        rules.of_length: found["length"],
        rules.other_script: found["script"],
        rules.babble: found["babble"],
        rules.repetition: words.repeating(3),
        rules.cut_off: found["cut"],
        rules.no_end: found["missing"],
        rules.open_fence: found["fence"],
        rules.too_many_symbols: found["symbols"],
        rules.other_language: found["tongue"] & ~_enough(words, memory) if facts.language else found["tongue"],
    }


def _worded(facts: rules.Rules, name: str, texts: pl.Series) -> dict[str, Flags]:
    """Return the texts that hold what a rule of wording cannot do without; all words are sought at once first."""
    import polars as pl

    text, answers = pl.col("text"), name in facts.answers
    folds = text.str.contains_any(list(patterns.FOLDS))
    refusing = [*refusals.SCREENS, *([refusals.SCREEN_ANSWERS] if answers else [])]
    flags = (
        texts.rename("text")
        .to_frame()
        .select(
            refusal=folds | text.str.contains("|".join(f"(?:{one})" for one in refusing)),
            voice=folds | _any(text, patterns.VOICE_NEEDS) | text.str.contains(patterns.VOICE_BEGINS),
            leak=folds | _any(text, [*patterns.TOKENS_NEED, *facts.marks]) | text.str.contains(patterns.TOKENS_BEGIN),
            placeholder=folds | _any(text, patterns.PLACEHOLDER_NEEDS),
        )
    )
    return {column: flags[column].fill_null(value=False).to_numpy() for column in flags.columns}


def of_rows(facts: rules.Rules, columns: dict[str, hashed.Words]) -> dict[rules.RowRule, Flags]:
    """Return for each rule of rows the rows that may break it."""
    import numpy as np

    rows = len(next(iter(columns.values())).counts)
    same = np.zeros(rows, np.bool_)
    for at, one in enumerate(columns.values()):
        for two in list(columns.values())[:at]:
            same |= (one.text == two.text).to_numpy() & (one.counts >= 3)
    none = np.zeros(rows, np.bool_)
    question = columns[facts.question].texts if facts.question else None
    return {
        rules.says_the_same: same,
        rules.absent_input: none if question is None else _holding(question, asked.SPEAKS_OF_INPUT, asked.SCREEN_INPUT),
        rules.misses_form: none if question is None or not facts.answers else _holding(question, asked.SPEAKS_OF_FORM),
    }


def apart(facts: rules.Rules, columns: dict[str, hashed.Words]) -> dict[str, Flags]:
    """Return for each answer the rows in which it may share no word of content with what is asked."""
    import numpy as np

    stems = {name: _stems(words) for name, words in columns.items() if facts.answers}
    asking = [name for name in stems if name not in facts.answers]
    known = np.concatenate([stems[name] for name in asking]) if asking else np.zeros(0, np.uint64)
    found = {}
    for name in facts.answers:
        met = stems[name][np.isin(stems[name], known)] >> np.uint64(40)
        found[name] = columns[name].counts >= related.LEAST_CONTENT
        found[name][met.astype(np.int64)] = False
    return found


def _stems(words: hashed.Words) -> Hashes:
    import polars as pl

    word = pl.col("word")
    content = ~word.is_in(list(related.NO_CONTENT)) & ((word.str.len_chars() > 2) | word.str.contains("^[0-9]+$"))
    table = words.words.rename("word").to_frame().select(hash=word.str.head(related.STEM).hash(), content=content)
    flags = table["content"].to_numpy()
    return hashed.by_row(words.rows[flags], table["hash"].to_numpy()[flags])


def _enough(words: hashed.Words, memory: Memory) -> Flags:
    """Return the rows whose words say that they are in the language, as `language.Shares.enough` does."""
    import numpy as np

    seeds, own, alone, foreign = words.shares(memory.words, 4)
    plain = (own >= language.OWN) & (alone >= language.ALONE) & (foreign <= language.FOREIGN)
    return np.asarray((plain | (seeds >= language.KNOWN)) & (words.counts < hashed.MOST_WORDS))


def _any(text: pl.Expr, needs: Iterable[str]) -> pl.Expr:
    return text.str.contains_any(list(needs), ascii_case_insensitive=True)


def _holding(texts: pl.Series, needs: Iterable[str], pattern: str = "") -> Flags:
    """Return the texts that hold one of these literals, and of those the ones in which the pattern matches."""
    import polars as pl

    folds = pl.col("text").str.contains_any(list(patterns.FOLDS))
    table = texts.rename("text").to_frame().select("text", folds=folds, needs=_any(pl.col("text"), needs))
    found: Flags = (table["folds"] | table["needs"]).fill_null(value=False).to_numpy(writable=True)
    if pattern:
        at = found.nonzero()[0]
        few = table[at].select(pl.col("folds") | pl.col("text").str.contains(pattern))
        found[at] = few.to_series().to_numpy()
    return found


def _known_runs(runs: Iterable[tuple[str, ...]], size: int) -> hashed.Known:
    return hashed.Known(hashed.runs_of(hashed.of_words(word for run in runs for word in run), size)[::size])
