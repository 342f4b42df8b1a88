"""Faults of what is said: cut, refused, leaked, repeated, beside the point, in another language."""

from __future__ import annotations

import re
from random import Random

from synthgen.faults.ground import Fault, Ground, in_one, last_of, put_into, texts_of
from synthgen.types import Row

REFUSALS = (
    "I'm sorry, but I can't help with that request.",
    "I cannot assist with this request.",
    "Sorry, I am unable to provide that information.",
    "I'm not able to generate such content.",
    "Unfortunately, I can't comply with this request.",
    "I must respectfully decline, as this is not something that I can write.",
)
VOICES = (
    "As an AI language model, I can say this: {}",
    "Sure, here is what you asked for: {}",
    "Certainly! Here is one more: {}",
    "Here is an example of such a message: {}",
    "{} I hope this helps!",
    "{} Let me know if you have any other questions.",
)
PLACEHOLDERS = ("[NAME]", "[your name]", "{amount}", "<date>", "lorem ipsum", "{{ company }}", "[insert date]", "XXXX")
ABSENT = (
    "Summarise the following article in your own words.",
    "Translate this paragraph into French.",
    "Rewrite the sentence below so that it sounds more polite.",
    "Given the following text, list the names of all people.",
    "Proofread the attached letter, please.",
)
WISHES = (
    "Answer in JSON format.",
    "Give the answer as a JSON object.",
    "Answer in at most 2 words.",
    "Put the answer in a table.",
    "Give the answer as a markdown table.",
)
BESIDE = (
    "Peel two ripe mangoes, cut them into thin slices and fry each side in butter until golden; then serve with cream.",
    "The midfielder scored twice before half-time, and the goalkeeper saved a penalty late in the match against Genoa.",
    "Glaciers carved this valley some twelve thousand years ago, leaving steep walls and a chain of cold lakes.",
    "Sow the carrots in April, cover the seeds with a finger of soil and keep the bed moist until the leaves appear.",
    "The string quartet opens with a slow fugue, and its second movement borrows a dance from Hungarian villages.",
)
"""Answers to what hardly anybody asks in one dataset: cooking, football, mountains, gardens and music."""
FOREIGN = {
    "de": (
        "Gestern habe ich lange auf eine Antwort gewartet, aber niemand hat sich bei mir gemeldet.",
        "Können Sie mir bitte sagen, wie lange die Bearbeitung noch dauern wird?",
        "Ich habe alles so gemacht, wie es beschrieben war, und trotzdem funktioniert es nicht.",
    ),
    "fr": (
        "Hier j'ai attendu une réponse pendant longtemps, mais personne ne m'a rappelé.",
        "Pouvez-vous me dire combien de temps cela va encore durer, s'il vous plaît ?",
        "J'ai tout fait comme c'était expliqué et cela ne marche toujours pas.",
    ),
    "es": (
        "Ayer esperé una respuesta durante mucho tiempo, pero nadie se puso en contacto conmigo.",
        "¿Me puede decir por favor cuánto tiempo va a tardar todavía?",
        "Hice todo como estaba explicado y sin embargo sigue sin funcionar.",
    ),
    "it": (
        "Ieri ho aspettato a lungo una risposta, ma nessuno mi ha richiamato.",
        "Può dirmi per favore quanto tempo ci vorrà ancora per questa pratica?",
        "Ho fatto tutto come era spiegato e tuttavia non funziona ancora.",
    ),
    "pl": (
        "Wczoraj długo czekałem na odpowiedź, ale nikt się ze mną nie skontaktował.",
        "Czy może mi pani powiedzieć, jak długo to jeszcze potrwa?",
        "Zrobiłem wszystko tak, jak było opisane, a mimo to nadal nie działa.",
    ),
    "en": (
        "Yesterday I waited a long time for an answer, but nobody got in touch with me.",
        "Could you please tell me how much longer this is going to take?",
        "I did everything the way it was described, and still it does not work.",
    ),
}
"""What anybody might write, in five languages and in English for recipes in another."""


def _truncated(row: Row, draw: Random, ground: Ground) -> Row | None:
    def cut(text: str) -> str | None:
        words = text.split()
        places = [at for at in range(max(4, len(words) * 2 // 5), len(words)) if re.search(r"\w$", words[at - 1])]
        return " ".join(words[: draw.choice(places)]) if places else None

    return in_one(row, draw, ground, cut, lambda name: ground.fields[name].ends)


def _empty_field(row: Row, draw: Random, ground: Ground) -> Row | None:
    return in_one(row, draw, ground, lambda _: "", lambda name: name in ground.required)


def _too_short(row: Row, draw: Random, ground: Ground) -> Row | None:
    def short(name: str) -> bool:
        return ground.fields[name].least > 1

    names = [name for name in texts_of(row, ground) if short(name)]
    if not names:
        return None
    name = draw.choice(names)
    words = re.findall(r"\w+", row[name])[: ground.fields[name].least - 1]
    return {**row, name: f"{' '.join(words)}."}


def _refusal(row: Row, draw: Random, ground: Ground) -> Row | None:
    return in_one(row, draw, ground, lambda _: draw.choice(REFUSALS))


def _assistant_voice(row: Row, draw: Random, ground: Ground) -> Row | None:
    return in_one(row, draw, ground, lambda text: draw.choice(VOICES).format(text))


def _prompt_leak(row: Row, draw: Random, ground: Ground) -> Row | None:
    marks = [line for line in ground.prompt if re.fullmatch(r"[A-Z]\w{2,20}:", line)]
    runs = [words for line in ground.prompt if len(words := re.findall(r"[\w'’-]*\w", line)) >= 7]
    if marks and (not runs or draw.random() < 0.5):
        return in_one(row, draw, ground, lambda text: f"{draw.choice(marks)} {text}")
    return in_one(row, draw, ground, lambda text: f"{text} {_run(draw.choice(runs), 7, draw)}.") if runs else None


def _run(words: list[str], size: int, draw: Random) -> str:
    at = draw.randint(0, len(words) - size)
    return " ".join(words[at : at + size])


def _example_leak(row: Row, draw: Random, ground: Ground) -> Row | None:
    names = list(texts_of(row, ground))
    for name in draw.sample(names, len(names)):
        said = (last_of(seed.get(name)) or str(seed.get(name) or "") for seed in ground.seeds)
        long = [words for text in said if len(words := text.split()) >= 12]
        if long:
            run = _run(draw.choice(long), 12, draw).rstrip(" ,;:.!?")
            return {**row, name: f"{row[name]} {run}."}
    return None


def _placeholder(row: Row, draw: Random, ground: Ground) -> Row | None:
    return in_one(row, draw, ground, lambda text: put_into(text, draw.choice(PLACEHOLDERS), draw))


def _repetition(row: Row, draw: Random, ground: Ground) -> Row | None:
    def loop(text: str) -> str | None:
        words = text.split()
        if len(words) < 3:
            return None
        run = " ".join(words[-6:])
        return " ".join([text, *[run] * max(4, len(words) // 6)])

    return in_one(row, draw, ground, loop)


def _symbols(row: Row, draw: Random, ground: Ground) -> Row | None:
    def broken(text: str) -> str:
        words = text.split()
        marks = ["".join(draw.choices("@#%&$!?;:,'/", k=draw.randint(3, 6))) for _ in words]
        mixed = (word[:2] + mark if draw.random() < 0.4 else mark for word, mark in zip(words, marks, strict=True))
        return " ".join([*mixed, "%&#@ ok."])

    return in_one(row, draw, ground, broken, lambda name: ground.fields[name].ends and len(row[name]) >= 10)


def _question(ground: Ground) -> str | None:
    return next((name for name in ground.fields if name in ground.required), None)


def _answers(row: Row, ground: Ground) -> list[str]:
    texts = texts_of(row, ground)
    return [name for name in texts if name in ground.required and name != _question(ground)]


def _absent_input(row: Row, draw: Random, ground: Ground) -> Row | None:
    name = _question(ground)
    beside = set(ground.fields) - ground.required if _answers(row, ground) else set()
    # Without its input: the field beside the question is left empty.
    return {**row, **dict.fromkeys(beside), name: draw.choice(ABSENT)} if name else None


def _format(row: Row, draw: Random, ground: Ground) -> Row | None:
    name, answers = _question(ground), _answers(row, ground)
    if not name or not answers or not isinstance(row.get(name), str):
        return None
    plain = re.sub(r"[`{}\[\]|;\t\n-]", " ", row[answers[0]]).rstrip(" .!?:,")
    wish = draw.choice(WISHES)
    return {**row, name: f"{row[name]}\n{wish}", answers[0]: f"{plain}."}


def _unrelated(row: Row, draw: Random, ground: Ground) -> Row | None:
    answers = _answers(row, ground)
    return {**row, answers[0]: draw.choice(BESIDE)} if answers else None


def _other_language(row: Row, draw: Random, ground: Ground) -> Row | None:
    others = [text for name, texts in FOREIGN.items() if name != ground.language for text in texts]
    if ground.language != "en":
        others = [text for text in others if text not in FOREIGN["en"]] + list(FOREIGN["en"]) * 2
    return in_one(row, draw, ground, lambda _: draw.choice(others))


FAULTS: dict[str, Fault] = {
    "truncated": Fault(_truncated, ("quality",), "A text cut in the middle of a sentence.", decided=True),
    "empty_field": Fault(_empty_field, ("validate",), "A required text left empty.", decided=True),
    "too_short": Fault(_too_short, ("quality",), "One word fewer than the task needs.", decided=True),
    "refusal": Fault(_refusal, ("quality",), "A refusal instead of the text.", decided=True),
    "assistant_voice": Fault(_assistant_voice, ("quality",), "An assistant's phrase around the text.", decided=True),
    "prompt_leak": Fault(
        _prompt_leak, ("quality",), "A mark or seven words of the prompt.", decided=True, needs=("prompt",)
    ),
    "example_leak": Fault(
        _example_leak, ("quality",), "Twelve words of a seed's text in the same field.", decided=True, needs=("seeds",)
    ),
    "placeholder": Fault(_placeholder, ("quality",), "A placeholder between two words.", decided=True),
    "repetition": Fault(_repetition, ("quality",), "The last six words again and again.", decided=True),
    "symbols": Fault(_symbols, ("quality",), "Signs in place of most letters.", decided=True),
    "absent_input": Fault(
        _absent_input, ("quality",), "A request that speaks of an input which is not there.", decided=True,
        needs=("question",),
    ),
    "format": Fault(
        _format, ("quality",), "JSON, a table or two words asked for, and a plain answer.", decided=True,
        needs=("answer",),
    ),
    "unrelated": Fault(
        _unrelated, ("quality",), "An answer about something else: food, football, gardens.", needs=("answer",)
    ),
    "other_language": Fault(
        _other_language, ("quality",), "A sentence in another language.", decided=True, needs=("language",)
    ),
}  # fmt: skip
"""By name, in the order in which the rules are asked."""
