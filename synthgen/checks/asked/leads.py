"""What governs a form's words: the verb or the link that stands before them and their adjectives."""

from __future__ import annotations

from typing import NamedTuple


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


GIVE = _words(
    "give gimme write make create produce provide generate return output print show draw draft prepare build compile send list get present"
    " compose construct suggest offer share deliver supply craft invent use include add insert put do format tell formulate develop"
    " sketch try display need want tabulate find pick name say state have assemble design"
    " giving writing making creating producing providing preparing sending listing showing using"
)
_SAY = GIVE | _words(
    "abridge advise analyse analyze answer argue arrange assess boil brainstorm break brief bullet calculate capture catalog catalogue"
    " categorise categorize characterise characterize chart choose cite clarify classify clean come comment compare complete compute"
    " condense confine confirm consider contrast convert copy count cover critique cut debate decide define demonstrate describe detail"
    " detect determine digest discuss distil distill divide edit elaborate encode enumerate estimate evaluate examine expand explain"
    " export express extract figure fill flag gather collect group guess guide hand help highlight identify illustrate imagine inform"
    " interpret introduce itemise itemize jot judge justify keep label lay limit map mark match mention merge narrate note number order"
    " organise organize outline pair paraphrase phrase pitch plan point portray predict profile propose pull quiz quote rank rate recall"
    " recap recite recommend record recount reduce reformat relate render rephrase reply report represent respond restate restrict"
    " retell review rewrite script select separate serialise serialize set share shorten simplify solve sort speak specify spell split"
    " stick structure study submit sum summarise summarize supply survey tag take talk teach tidy trace transcribe transform translate"
    " trim turn type unpack update view walk weigh word work wrap explaining describing summarising summarizing comparing answering"
    " putting turning gimme"
)
"""Verbs that begin a request; with one of the former a form itself is asked for."""
LINKS = _words("as in into to using with by via through under within inside of on at between below")
_ARTICLES = _words("a an one some any")
_ADVERBS = _words("only just exactly simply precisely roughly")
_BETWEEN = _words("me us it them him her all everything up out down together back here over")
_WHOM = _words("me us him them her")
_THIS = _words("this that these those")
_KNOWN = _words("the this that these those your my our his their its")
"""Before a form's name they point to one that is there already."""
_STARTS = _words("and then please but just only simply also so now to kindly first always briefly")
_STOPS = LINKS | _KNOWN | _words(
    "for from and or but nor than like without about who whose what how why when where if is are was were be been being am do does did"
    " has had can could will would shall should may might must not no never i you he she we they there against after before during among"
    " off"
)  # fmt: skip
"""Words that are no adjective before a noun."""
PARTS = ",;:–—("
"""With these a part of a sentence ends."""


class Lead(NamedTuple):
    """What governs a form's words.

    Args:
        word: the verb or link before them and their adjectives; nothing where they begin a part of the sentence.
        head: what stands before that word.
        first: whether a request begins with it.
    """

    word: str
    head: str
    first: bool = False


def lead_of(before: str) -> Lead:
    """Return what governs what comes next; adjectives, then an article, then "me" and adverbs are passed over."""
    words = before.split()
    if words and not before[-1].isspace() and words[-1][-1] in "(–—-:,*\"“'":  # "(one sentence)"
        return Lead("", before)
    noun, whom = True, False
    for at in range(len(words), max(len(words) - 6, -1), -1):
        if not at or (words[at - 1][-1] in f"{PARTS}-" and not _between(words[:at])):
            return Lead("?" if whom else "", before)
        word = words[at - 1].lower().strip("\"“”'*(,")
        if not noun and word in _THIS:  # "make this a table"
            continue
        if word in GIVE or (word in _STOPS and word not in _ARTICLES | _ADVERBS | _BETWEEN):
            head = " ".join(words[: at - 1]) + (" (" if words[at - 1][0] in "(–—" else "")
            return Lead("?" if word in _KNOWN else word, head, _first(words[: at - 1]))
        if not noun and word not in _ADVERBS | _BETWEEN:
            break
        noun = noun and word not in _ARTICLES | _BETWEEN
        whom = whom or word in _WHOM
    return Lead("?", before)


def _first(words: list[str]) -> bool:
    """Return whether a request may begin after these words."""
    return not words or words[-1][-1] in f"{PARTS}.!?-" or words[-1].lower() in _STARTS - {"to"}


def _between(words: list[str]) -> bool:
    """Return whether the last word and its comma stand between an article and a noun: "a brief, …"."""
    return words[-1][-1] == "," and len(words) > 1 and words[-2].lower() in _ARTICLES


def begins(text: str) -> bool:
    """Return whether a text begins with a verb that asks."""
    words = [word.lower().strip("\"“”'*(.,:") for word in text.split(maxsplit=4)[:4]]
    while words and words[0] in _STARTS:
        del words[0]
    return bool(words) and words[0] in _SAY
