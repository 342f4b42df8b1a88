"""Which rows may break which rule: a whole column at once, so that the rules themselves read few texts.

A screen may let through what breaks no rule, and must never keep back what breaks one; a property test holds each to
that. Literals and patterns are sought by polars in all rows, words and runs of words are compared as hashes of 64
bits.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from synthgen.checks import (
    asked,
    endings,
    hashed,
    language,
    loosened,
    patterns,
    related,
    repeats,
    rules,
    sought,
    symbols,
    wishes,
)

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]
    Hashes = NDArray[np.uint64]
    Shares = NDArray[np.float64]

_SPACE = r"[\s\x1c-\x1f]"
_ENDS = r"""[.!?…。！？؟।][\s"'”’»)\]*_`]*$|[\x{1F300}-\x{1FAFF}☀-➿]\x{fe0f}?\s*$|[:;]-?[)(DP]\s*$|```\s*$"""
_LONG_WORD = r"[^\W\d_]{16}"
"""What a word of repeated syllables is at least."""
_LONG = rf"{symbols.HINT_OF_RUNS}|[a-zA-Z\x{{80}}-\x{{10ffff}}]{{16}}"
"""Either: one search for both keeps nearly all texts back."""
_DANGLES = rf"(?:[,;:–—-]|(?i:and|or|but|the|an?|because|my|your|if)|[{''.join(loosened.FOLDS)}]){_SPACE}*$"


class Memory(NamedTuple):
    """What texts are held against, as hashes: made once for a run.

    Args:
        prompt: runs of the prompt's words, and as long ones of the seeds'.
        seeds: long runs of the seeds' words.
        words: words of the seeds, and the language's commonest, those of them in no other list, and other languages'.
    """

    prompt: hashed.Known
    seeds: hashed.Known
    words: hashed.Known


def remember(facts: rules.Rules) -> Memory:
    """Hash the prompt's and the seeds' runs of words, and the words that tell a language."""
    name = facts.language or ""
    begun = {run[: rules.PROMPT_RUN] for run in facts.seed_runs}
    return Memory(
        hashed.Known(_runs(facts.prompt_runs, rules.PROMPT_RUN), _runs(begun, rules.PROMPT_RUN)),
        hashed.Known(_runs(facts.seed_runs, rules.EXAMPLE_RUN)),
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
    text, far, never = pl.col("text"), pl.col("far"), pl.lit(value=False)
    # What is no space and no letter of a word is a sign; letters that change their number are counted one by one.
    ours = text.str.len_bytes() - pl.col("spaces") - pl.col("letters")
    signs = pl.when(far == "").then(ours).otherwise(far.str.count_matches(r"[^\p{L}\p{N}\s]"))
    spaces, odd = pl.col("spaces"), pl.col("odd")
    broken = pl.any_horizontal(
        pl.col("long").str.contains(symbols.HINT_OF_RUNS),
        *(text.str.contains(one) for one in symbols.HINTS),
        loosened.where(text.str.contains("[<&]") | odd | (spaces < 2), text).str.contains(symbols.HINT_OF_TAGS),
        *(far.str.contains(one) for one in symbols.HINTS_BEYOND),
    )
    # Texts that have other spaces than the plain one.
    mixed = loosened.where(text.str.contains(r"[\t-\r\x1c-\x1f]") | (far != ""), text)
    counted = text.str.count_matches(" ") + mixed.str.count_matches(r"[^\S ]")
    # Words are not spaces and one, or are counted by letters.
    strange = text.str.contains("  ", literal=True) | text.str.starts_with(" ") | text.str.ends_with(" ") | (text == "")
    strange |= mixed.str.contains(rf"{_SPACE}{{2}}|^{_SPACE}|{_SPACE}$|[\x1c-\x1f]|[{endings.UNSPACED}]")
    opened = text.str.count_matches("(", literal=True) > text.str.count_matches(")", literal=True)
    quoted = text.str.contains("“", literal=True)
    begun = text.str.contains(loosened.loosened(endings.BEGUN))
    missing = ~text.str.tail(40).str.contains(_ENDS) if name in facts.ends else never
    table = (
        words.texts.rename("text")
        .to_frame()
        .with_columns(far=hashed.beyond(text), letters=words.letters())
        .with_columns(spaces=counted, odd=strange, long=loosened.where(text.str.contains(_LONG), text))
    )
    flags = table.select(
        length=odd | (spaces + 1 < bounds.least) | (spaces + 1 > bounds.most),
        cut=(opened | quoted | begun | text.str.tail(20).str.contains(_DANGLES)) if ends else never,
        missing=missing if ends else never,
        babble=pl.col("long").str.contains(_LONG_WORD),
        script=far.str.contains(language.OTHER_LETTERS) if facts.language else never,
        noise=text.str.contains(symbols.HINT_OF_NOISE) if ends else never,
        fence=text.str.contains("```", literal=True),
        symbols=((signs >= symbols.SCREEN_SHARE * (text.str.len_chars() - spaces)) | broken)
        if ends
        else never,
        tongue=(odd | (spaces >= 1)) if facts.language else never,
        told=(~odd & (far == "") & (spaces + 1 >= language.LEAST_WORDS)) if facts.language else never,
    )  # fmt: skip
    found = {column: flags[column].fill_null(value=False).to_numpy(writable=True) for column in flags.columns}
    noise = found["noise"].nonzero()[0]
    found["symbols"][noise] |= _noisy(words.texts.gather(noise))
    worded = sought.wording(facts, name, words)
    leaks, near = words.having(rules.PROMPT_RUN, memory.prompt)
    if near.any():
        leaks |= words.having(rules.EXAMPLE_RUN, memory.seeds)[0]
    return {
        **worded,
        rules.prompt_leak: worded[rules.prompt_leak] | leaks,
        rules.of_length: found["length"],
        rules.other_script: found["script"],
        rules.babble: found["babble"],
        rules.repetition: _repeating(words),
        rules.cut_off: found["cut"],
        rules.no_end: found["missing"],
        rules.open_fence: found["fence"],
        rules.too_many_symbols: found["symbols"],
        rules.other_language: _telling(words, memory, found["tongue"], found["told"]),
    }


def _noisy(texts: pl.Series) -> Flags:
    """Return the texts with as many words of signs alone, or as long a one, as `symbols` wants."""
    import polars as pl

    one = pl.element()
    odd = one.filter(one.str.contains(symbols.SIGNS) & ~one.is_in(list(symbols.SET_BETWEEN)))
    words = texts.str.replace_all(rf"{_SPACE}+", " ").str.split(" ").list.eval(odd)
    many = words.list.len() >= symbols.LEAST_NOISE
    long = words.list.eval(one.str.len_chars() >= symbols.LEAST_VISIBLE).list.any()
    found: Flags = (many | long).fill_null(value=False).to_numpy()
    return found


def _repeating(words: hashed.Words) -> Flags:
    """Return the texts in which words or lines come again; without code and links, which `repetition` passes by."""
    found, texts = words.repeating(), words.texts
    at = texts.str.contains("`|://").fill_null(value=False).arg_true()
    if len(at):
        plain = loosened.without(loosened.without(texts.gather(at), patterns.CODE), repeats.LINK)
        found[at.to_numpy()] = hashed.Words(plain).repeating()
    many = (texts.str.count_matches("\n", literal=True) >= repeats.ITEMS - 1).fill_null(value=False).arg_true()
    if len(many):
        found[many.to_numpy()] |= _listing(texts.gather(many))
    return found


def _listing(texts: pl.Series) -> Flags:
    """Return the texts half of whose lines are others once more; those with code or links are let through."""
    import polars as pl

    line = pl.element().str.replace(repeats.MARK_OF_ITEM.pattern, "")
    lines = texts.str.split("\n").list.eval(line.filter(line != ""))
    again = lines.list.n_unique() * 2 <= lines.list.len()
    found: Flags = (again | texts.str.contains("`|://")).fill_null(value=False).to_numpy()
    return found


def of_rows(facts: rules.Rules, columns: dict[str, hashed.Words]) -> dict[rules.RowRule, Flags]:
    """Return for each rule of rows the rows that may break it."""
    import numpy as np

    rows = len(next(iter(columns.values())).counts)
    same = np.zeros(rows, np.bool_)
    written = [one for name, one in columns.items() if name not in facts.context]
    for at, one in enumerate(written):
        for two in written[:at]:
            same |= (one.text == two.text).to_numpy() & (one.counts >= 3)
    none = np.zeros(rows, np.bool_)
    question = columns[facts.question] if facts.question else None
    answered = bool(facts.answers) and not facts.context
    return {
        rules.says_the_same: same,
        rules.too_little: _few_words(facts, columns) if answered else none,
        rules.absent_input: none if question is None else sought.of_absence(question, answered=answered),
        rules.misses_form: none
        if question is None or not facts.answers
        else sought.holding(question, asked.SPEAKS_OF_FORM),
    }


def _few_words(facts: rules.Rules, columns: dict[str, hashed.Words]) -> Flags:
    """Return the rows of which an answer has few words."""
    import numpy as np

    flags = [columns[name].texts.str.count_matches(r"\s+") < wishes.LEAST_ELABORATE for name in facts.answers]
    found: Flags = np.any([one.fill_null(value=False).to_numpy() for one in flags], axis=0)
    return found


def apart(facts: rules.Rules, columns: dict[str, hashed.Words]) -> dict[str, Flags]:
    """Return for each answer the rows in which it may share too few words of content with what is asked."""
    import numpy as np

    stems = {name: _stems(words) for name, words in columns.items() if facts.answers}
    asking = [name for name in stems if name not in facts.answers]
    known = np.concatenate([stems[name] for name in asking]) if asking else np.zeros(0, np.uint64)
    found = {}
    for name in facts.answers:
        met = np.unique(stems[name][np.isin(stems[name], known)]) >> np.uint64(40)
        shared = np.bincount(met.astype(np.int64), minlength=len(columns[name].counts))
        enough = columns[name].counts >= related.LEAST_CONTENT
        found[name] = enough & (shared <= facts.relations[name].shared)
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
    return _tells(*words.shares(memory.words, 4)) & (words.counts < hashed.MOST_WORDS)


def _telling(words: hashed.Words, memory: Memory, tongue: Flags, told: Flags) -> Flags:
    """Return the rows of these whose words do not say enough of their language, so that `language.other` must.

    Args:
        words: the column's words.
        memory: the words that tell a language.
        tongue: the rows to look at.
        told: those of them with ASCII alone and enough words: the rest of the rule's words is counted here as well.
    """
    import numpy as np
    import polars as pl

    if not tongue.any():
        return tongue
    left = tongue & ~_enough(words, memory)
    at = np.flatnonzero(left & told)
    few = hashed.Words(words.texts.gather(at))
    word = few.words.rename("word").to_frame().select(pl.col("word").str.contains("^[^0-9]{2,}$"))
    plain = few.only(word.to_series().to_numpy())
    shares = plain.shares(memory.words, 4)
    own, foreign = shares[1], shares[3]
    unlike = (plain.counts <= language.FIGURES * few.counts) & (foreign <= language.FOREIGN)
    unlike |= (own >= language.SOME) & (foreign == 0)
    said = _tells(*shares) | unlike | (plain.counts < language.LEAST_WORDS)
    left[at[said & (few.counts < hashed.MOST_WORDS)]] = False
    return left


def _tells(seeds: Shares, own: Shares, alone: Shares, foreign: Shares) -> Flags:
    """Return where shares of words are enough, as `language.Shares.enough` says."""
    plain = (own >= language.OWN) & (alone >= language.ALONE) & (foreign <= language.FOREIGN)
    return plain | (seeds >= language.KNOWN)


def _runs(runs: Iterable[tuple[str, ...]], size: int) -> Hashes:
    return hashed.runs_of(hashed.of_words(word for run in runs for word in run), size)[::size]
