"""Which language a text is in: by its commonest words where they tell, by py3langid where they do not.

A text is in the language if half of its words are the seeds' own; or if three in ten are among the language's
commonest, half of those in no other language's list, and one in ten at most only in others'. The detector, which
takes some 50 µs a text and errs on short ones, looks at what is left.

Measured on the utterances of five words and more in a chatbot's corpus of 28 languages: for English the words decide
85 in 100 texts; of 1,166 English texts none fell and of 4,531 others .955 did, as with the detector alone (what
passes is mostly English in the others' files). For de, es, fr, it, nl and pt: 0 to 4 in 100 false alarms, .997 or
more caught, nowhere worse than the detector.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from synthgen.errors import RecipeError
from synthgen.text import normalise

DETECTED = (
    "ar", "cs", "da", "de", "en", "es", "fi", "fr", "it", "ja", "ko", "nl", "no", "pl", "pt", "ru", "sv", "tr", "zh"
)  # fmt: skip
"""What the detector chooses among, beside the recipe's own."""
LEAST_WORDS, LEAST_IN_FORM = 5, 12
"""Words from which the detector says something: of a text, and of an object or table of names and headings."""
OWN, ALONE, FOREIGN, KNOWN = 0.3, 0.15, 0.1, 0.5
"""Shares of a text's words: OWN, ALONE and KNOWN (of the seeds' words) are enough, more than FOREIGN is too much."""

FIGURES, SOME = 0.67, 0.2
"""Share of words without figures up to which the detector is not believed; share of own words that is some."""

_COMMONEST = {
    "de": "der die das den dem des ein eine einen einem einer eines und oder aber dass weil wenn als wie ich du er "
    "sie es wir ihr mich mir dich dir ihm ihn uns euch ihnen sich mein meine meinen meinem meiner dein ihre "
    "ihren unser ist sind bin war waren hat habe haben hatte wird werden wurde kann können muss soll nicht "
    "kein keine auch noch schon nur sehr so mit von vom zu zum zur bei beim auf aus für nach über unter vor "
    "durch gegen seit bis im am um hier da dort was wer wo wann warum jetzt heute gestern bitte danke mehr "
    "immer wieder",
    "en": "the a an and or but if so because as than that this these those there here i you he she it we they me "
    "him her us them my your his its our their is am are was were be been being have has had do does did can "
    "could will would shall should may might must not no don doesn didn isn wasn won t s m re ve ll to of in "
    "on at by for with from about into over under after before between through out up down off what which who "
    "where when why how all any some each other more most only just also very now then still again one two "
    "get got go please thank any every same when while without",
    "es": "el la los las un una unos unas lo al del de y o pero si no que como cuando donde porque yo tú él ella "
    "usted nosotros ellos me te se le les nos mi mis tu tus su sus este esta estos estas ese esa eso esto es "
    "son soy está están estoy era fue ser estar ha he han había tengo tiene hay puede puedo muy más menos "
    "también ya sin con por para en sobre entre hasta desde a qué quién cuál cómo cuándo dónde todo toda "
    "todos todas otro otra gracias hoy ayer ahora",
    "fr": "le la les un une des du de d l et ou mais si que qui quoi où quand comme je tu il elle on nous vous ils "
    "elles me te se moi toi lui leur mon ma mes ton ta tes son sa ses notre nos votre vos ce cet cette ces "
    "est sont suis êtes sommes était être ai as a avons avez ont avait avoir fait peut peux pas ne n plus "
    "très bien aussi encore toujours déjà sans avec pour par sur sous dans en au aux chez entre depuis c j s "
    "qu m t y ça cela tout toute tous toutes merci hier maintenant",
    "it": "il lo la i gli le un uno una di del dello della dei degli delle a al allo alla ai agli alle da dal dalla "
    "in nel nella nei con su sul sulla per tra fra e ed o ma se che chi cui come quando dove perché io tu lui "
    "lei noi voi loro mi ti si ci vi mio mia miei mie tuo tua suo sua nostro questo questa questi queste "
    "quello quella è sono sei siamo era ho hai ha abbiamo avete hanno essere avere può posso non più molto "
    "anche ancora già solo senza cosa tutto tutti grazie oggi ieri l dell all nell c",
    "nl": "de het een en of maar als dat die dit deze ik je jij u hij zij ze we wij jullie mij me hem haar ons hen "
    "mijn jouw uw zijn is was ben bent waren heb hebt heeft hebben had wordt worden werd kan kunnen moet "
    "moeten zal zou niet geen ook nog al wel zo te van voor naar met op aan in uit bij om door over onder na "
    "tot sinds er hier daar wat wie waar wanneer waarom hoe nu vandaag gisteren alles meer heel graag dan "
    "toch",
    "pt": "o a os as um uma uns umas de do da dos das em no na nos nas por pelo pela para com sem sobre entre até "
    "desde e ou mas se que como quando onde porque eu tu você ele ela nós vocês eles elas me te lhe meu minha "
    "meus minhas teu seu sua nosso este esta isto esse essa isso aquele é são sou está estão estou era foi "
    "ser estar tem tenho ter há pode posso não mais muito também já ainda só bem à ao aos às qual quem tudo "
    "todo toda todos obrigado hoje ontem agora",
}


@cache
def commonest() -> dict[str, frozenset[str]]:
    """Return the commonest words of the languages that have a list here."""
    return {name: frozenset(words.split()) for name, words in _COMMONEST.items()}


@cache
def foreign(language: str) -> frozenset[str]:
    """Return the commonest words of other languages that are not among this one's."""
    return frozenset(word for words in commonest().values() for word in words) - commonest().get(language, frozenset())


@cache
def alone(language: str) -> frozenset[str]:
    """Return the commonest words of this language that are not among another one's."""
    rest = (words for name, words in commonest().items() if name != language)
    return commonest().get(language, frozenset()).difference(*rest)


class Shares(NamedTuple):
    """What share of a text's words stands where.

    Args:
        own: among the language's commonest.
        alone: among those and in no other language's list.
        foreign: only in other languages' lists.
        seeds: among the seeds' words.
    """

    own: float
    alone: float
    foreign: float
    seeds: float

    @property
    def enough(self) -> bool:
        """Return whether the text is in the language."""
        return self.seeds >= KNOWN or (self.own >= OWN and self.alone >= ALONE and self.foreign <= FOREIGN)


def shares(words: list[str], language: str, seeds: frozenset[str] = frozenset()) -> Shares:
    """Return the shares of a text's normalised words."""
    sets = commonest().get(language, frozenset()), alone(language), foreign(language), seeds
    return Shares(*(sum(map(one.__contains__, words)) / max(1, len(words)) for one in sets))


_LETTERS = {
    "Arabic letters": ("\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff", "ar fa ur ps ug ku sd"),
    "Cyrillic letters": ("\u0400-\u052f", "ru uk bg sr mk be kk ky mn tg tt"),
    "Greek letters": ("\u0370-\u03ff\u1f00-\u1fff", "el"),
    "Hebrew letters": ("\u0590-\u05ff", "he yi"),
    "Armenian letters": ("\u0530-\u058f", "hy"),
    "Georgian letters": ("\u10a0-\u10ff", "ka"),
    "Devanagari": ("\u0900-\u097f", "hi mr ne sa"),
    "letters of India": ("\u0980-\u0dff", "bn as pa gu or ta te kn ml si"),
    "Thai or Lao letters": ("\u0e00-\u0eff", "th lo"),
    "Burmese or Khmer letters": ("\u1000-\u109f\u1780-\u17ff", "my km"),
    "Amharic letters": ("\u1200-\u137f", "am ti"),
    "Korean letters": ("\uac00-\ud7af\u1100-\u11ff\u3130-\u318f", "ko"),
    "Japanese letters": ("\u3040-\u30ff", "ja"),
    "Chinese characters": ("\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff", "zh ja ko"),
}
"""Scripts, and the languages that are written in them (ISO 639-1); every other one is taken to be in Latin letters."""
OTHER_LETTERS = f"[{''.join(letters for letters, _ in _LETTERS.values())}]"
_OWN_SCRIPT = frozenset(name for _, names in _LETTERS.values() for name in names.split())
_LEAST_LETTERS, _LEAST_SIGNS, _MOST_OF = 4, 2, 0.5
"""Letters from which a script says something, signs of Chinese, Japanese and Korean, and their share."""
PARTICLES = frozenset(
    [
        "de",
        "la",
        "le",
        "les",
        "du",
        "des",
        "der",
        "die",
        "das",
        "den",
        "von",
        "van",
        "el",
        "los",
        "las",
        "di",
        "del",
        "da",
        "do",
        "dos",
        "y",
        "e",
        "et",
    ]
)
"""Words of names: Rue de la Paix is a street for everybody."""


def other_script(text: str, language: str) -> str:
    """Return the script of most of a text's letters, where the language is not written in it; nothing otherwise."""
    foreign_letters = re.findall(OTHER_LETTERS, text)
    if len(foreign_letters) < _LEAST_SIGNS and language not in _OWN_SCRIPT:
        return ""
    total = sum(one.isalpha() for one in text)
    for name, (letters, languages) in _LETTERS.items() if foreign_letters else ():
        met = len(re.findall(f"[{letters}]", text))
        least = _LEAST_SIGNS if name[0] in "CJK" else _LEAST_LETTERS
        if language not in languages.split() and met >= least and met > _MOST_OF * total:
            return name
    return ""


def _unlike(told: Shares, plain: int, words: int) -> bool:
    """Return whether nothing but the detector could speak against a text: half figures, or ours and none of others'."""
    return (plain <= FIGURES * words and told.foreign <= FOREIGN) or (told.own >= SOME and not told.foreign)


def short_other(words: list[str], language: str) -> str:
    """Return the language of a text of two to four words: none is ours, and two or half are one other's commonest."""
    if len(words) < 2 or any(word in commonest().get(language, ()) for word in words):
        return ""
    known = [word for word in words if word not in PARTICLES and len(word) > 1]
    counted = {name: sum(word in own for word in known) for name, own in commonest().items() if name != language}
    name = max(counted, key=lambda one: counted[one])
    return name if counted[name] >= max(2, len(words) / 2) else ""


def other(text: str, language: str, seeds: frozenset[str]) -> str:
    """Return the language that a text reads as; nothing where it is the one wanted, or the text too short to tell.

    Figures, formulas and single letters are no words of a language: five others must be there for the detector.

    Raises:
        RecipeError: the detector does not know the language.
    """
    words = normalise(text).split()
    if shares(words, language, seeds).enough:
        return ""
    plain = [word for word in words if len(word) > 1 and (word.isalpha() or not any(map(str.isdigit, word)))]
    if len(text.split()) < LEAST_WORDS:
        return short_other(words, language)
    told = shares(plain, language, seeds)
    least = LEAST_IN_FORM if text.lstrip()[:1] in {"{", "[", "|"} else LEAST_WORDS
    if len(plain) < least or told.enough or _unlike(told, len(plain), len(words)):
        return ""
    detect = detector(language)
    if (found := detect(text)) == language:
        return ""
    # Again without names: "the transfer to Müller Straßenbau GmbH in Köln" is English.
    first, *rest = text.split()
    lower = " ".join([first, *(word for word in rest if not word[0].isupper())])
    return "" if detect(lower) == language else found


@cache
def detector(language: str) -> Callable[[str], str]:
    """Return a function that gives a text's language out of those detected and this one.

    Raises:
        RecipeError: the detector does not know the language.
    """
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    try:
        identifier.set_languages(sorted({*DETECTED, language}))
    except ValueError as error:
        raise RecipeError(
            what=f"the language '{language}' is not known",
            where="recipe: checks.quality.language",
            fix="give an ISO 639-1 code such as en, de or pt",
        ) from error
    return lambda text: str(identifier.classify(text)[0])
