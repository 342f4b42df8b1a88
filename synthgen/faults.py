"""Faults to plant: what goes wrong in generated rows, made on purpose in good ones, so that catching it can be counted.

The kinds follow the planted-defect suites of the checks' own sources: near-duplicates as case, typos and greetings,
labels flipped at random and to the nearest class, truncated texts, refusals, other languages. Each is a function: a
good row, a draw and what is known of the run in, a bad row or a bad reply out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from synthgen.types import Prose, Reply, Row


@dataclass(frozen=True)
class Ground:
    """What a fault is planted with.

    Args:
        fields: the task's fields of written text.
        required: fields that every row must have.
        labels: the fields that name a class, primary first.
        known: labels that go together, a row each.
        nearest: for each primary label, the one that it is mixed up with most.
        seeds: the seeds' rows.
        prompt: the prompt's own lines.
        language: ISO 639-1 code that texts must be in, or None.
        fills: the fields that replies hold.
    """

    fields: dict[str, Prose]
    required: frozenset[str] = frozenset()
    labels: list[str] = field(default_factory=list)
    known: list[Row] = field(default_factory=list)
    nearest: dict[str, str] = field(default_factory=dict)
    seeds: list[Row] = field(default_factory=list)
    prompt: list[str] = field(default_factory=list)
    language: str | None = None
    fills: list[str] = field(default_factory=list)


Plant = Callable[[Row, Random, Ground], Row | Reply | None]
"""A good row to a bad row or a bad reply; None where this row has no place for the fault."""


@dataclass(frozen=True)
class Fault:
    """One kind of fault.

    Args:
        plant: makes it.
        checks: the checks that are there to catch it; any of them counts.
        means: what is planted, in words.
        decided: whether a rule decides it, so that less than 95 in 100 caught is a failure and no matter of degree.
        copies: whether it repeats the row that it was made of, which must then be known.
        needs: what it cannot do without: label, nearest, language, seeds, prompt.
        whole: whether it takes a list or a conversation as it stands; else it is planted in the last text of it.
    """

    plant: Plant
    checks: tuple[str, ...]
    means: str
    decided: bool = False
    copies: bool = False
    needs: tuple[str, ...] = ()
    whole: bool = False

    def __call__(self, row: Row, draw: Random, ground: Ground) -> Row | Reply | None:
        """Return a copy of the row with the fault, or a reply that has it; None where the row has no place for it."""
        if self.whole:
            return self.plant(row, draw, ground)
        flat, of_flat = _unfolded(row, ground)
        return _folded(self.plant(flat, draw, of_flat), row)

    def left_out(self, ground: Ground, checks: Iterable[str]) -> str:
        """Return why this fault does not fit the run, empty where it does."""
        lacks = {
            "label": "the task has no label" if not ground.labels else "there is no second label",
            "nearest": "there is no second label with seeds",
            "language": "the recipe names no language",
            "seeds": "there are no seeds",
            "prompt": "the prompt has no lines of its own",
            "safety": "the run has no check 'safety'",
            "question": "the task has no required field of written text",
            "answer": "the task has no second required field of written text",
        }
        there = {
            "label": len({row[ground.labels[0]] for row in ground.known}) > 1 if ground.labels else False,
            "nearest": bool(ground.nearest),
            "language": bool(ground.language),
            "seeds": bool(ground.seeds),
            "prompt": bool(ground.prompt),
            "safety": "safety" in set(checks),
            "question": bool(ground.required & set(ground.fields)),
            "answer": len(ground.required & set(ground.fields)) > 1,
        }
        if not ground.labels and "label" in self.needs:
            return lacks["label"]
        return next((lacks[need] for need in self.needs if not there[need]), "")


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
GREETINGS = (
    "Hello, {}",
    "Hi there, {}",
    "Good morning, {}",
    "{} Thanks!",
    "{} Thank you in advance.",
    "{} Best regards.",
)
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


def _last(value: Any) -> str | None:  # noqa: ANN401 - whatever a field holds
    """Return the last text of a list or of a conversation: what a trainer learns to say."""
    last = value[-1] if isinstance(value, list) and value else None
    said = last.get("content") if isinstance(last, dict) else last
    return said if isinstance(said, str) else None


def _unfolded(row: Row, ground: Ground) -> tuple[Row, Ground]:
    """Return a row with the last text of a list in the list's place; how long it must be, nobody has said."""
    found = {name: said for name in ground.fields if (said := _last(row.get(name))) is not None}
    if not found:
        return row, ground
    bounds = {name: replace(prose, least=1) if name in found else prose for name, prose in ground.fields.items()}
    return {**row, **found}, replace(ground, fields=bounds)


def _folded(planted: Row | Reply | None, row: Row) -> Row | Reply | None:
    """Put what was planted in the last text of a list back into the list."""
    if not isinstance(planted, dict):
        return planted
    folded = dict(planted)
    for name, whole in row.items():
        if isinstance(whole, list) and name in planted and not isinstance(planted[name], list):
            last = {**whole[-1], "content": planted[name]} if isinstance(whole[-1], dict) else planted[name]
            folded[name] = [*whole[:-1], last]
    return folded


def _texts(row: Row, ground: Ground) -> dict[str, str]:
    return {name: row[name] for name in ground.fields if isinstance(row.get(name), str) and row[name].strip()}


def _one(
    row: Row,
    draw: Random,
    ground: Ground,
    change: Callable[[str], str | None],
    fits: Callable[[str], bool] | None = None,
) -> Row | None:
    """Return the row with one of its texts changed: the first, in a drawn order, that can be."""
    names = [name for name in _texts(row, ground) if fits is None or fits(name)]
    for name in draw.sample(names, len(names)):
        changed = change(row[name])
        if changed is not None and changed != row[name]:
            return {**row, name: changed}
    return None


def _all(row: Row, ground: Ground, change: Callable[[str], str]) -> Row | None:
    """Return the row with each of its texts changed."""
    changed = {**row, **{name: change(text) for name, text in _texts(row, ground).items()}}
    return changed if changed != row else None


def _into(text: str, what: str, draw: Random) -> str:
    """Put words into a text, between two of its own."""
    words = text.split(" ")
    at = draw.randint(1, max(1, len(words) - 1))
    return " ".join([*words[:at], what, *words[at:]])


def _truncated(row: Row, draw: Random, ground: Ground) -> Row | None:
    def cut(text: str) -> str | None:
        words = text.split()
        places = [at for at in range(max(4, len(words) * 2 // 5), len(words)) if re.search(r"\w$", words[at - 1])]
        return " ".join(words[: draw.choice(places)]) if places else None

    return _one(row, draw, ground, cut, lambda name: ground.fields[name].ends)


def _empty_field(row: Row, draw: Random, ground: Ground) -> Row | None:
    return _one(row, draw, ground, lambda _: "", lambda name: name in ground.required)


def _too_short(row: Row, draw: Random, ground: Ground) -> Row | None:
    def short(name: str) -> bool:
        return ground.fields[name].least > 1

    names = [name for name in _texts(row, ground) if short(name)]
    if not names:
        return None
    name = draw.choice(names)
    words = re.findall(r"\w+", row[name])[: ground.fields[name].least - 1]
    return {**row, name: f"{' '.join(words)}."}


def _refusal(row: Row, draw: Random, ground: Ground) -> Row | None:
    return _one(row, draw, ground, lambda _: draw.choice(REFUSALS))


def _assistant_voice(row: Row, draw: Random, ground: Ground) -> Row | None:
    return _one(row, draw, ground, lambda text: draw.choice(VOICES).format(text))


def _prompt_leak(row: Row, draw: Random, ground: Ground) -> Row | None:
    marks = [line for line in ground.prompt if re.fullmatch(r"[A-Z]\w{2,20}:", line)]
    runs = [words for line in ground.prompt if len(words := re.findall(r"[\w'’-]*\w", line)) >= 7]
    if marks and (not runs or draw.random() < 0.5):
        return _one(row, draw, ground, lambda text: f"{draw.choice(marks)} {text}")
    return _one(row, draw, ground, lambda text: f"{text} {_run(draw.choice(runs), 7, draw)}.") if runs else None


def _run(words: list[str], size: int, draw: Random) -> str:
    at = draw.randint(0, len(words) - size)
    return " ".join(words[at : at + size])


def _example_leak(row: Row, draw: Random, ground: Ground) -> Row | None:
    names = list(_texts(row, ground))
    for name in draw.sample(names, len(names)):
        said = (_last(seed.get(name)) or str(seed.get(name) or "") for seed in ground.seeds)
        long = [words for text in said if len(words := text.split()) >= 12]
        if long:
            run = _run(draw.choice(long), 12, draw).rstrip(" ,;:.!?")
            return {**row, name: f"{row[name]} {run}."}
    return None


def _placeholder(row: Row, draw: Random, ground: Ground) -> Row | None:
    return _one(row, draw, ground, lambda text: _into(text, draw.choice(PLACEHOLDERS), draw))


def _repetition(row: Row, draw: Random, ground: Ground) -> Row | None:
    def loop(text: str) -> str | None:
        words = text.split()
        if len(words) < 3:
            return None
        run = " ".join(words[-6:])
        return " ".join([text, *[run] * max(4, len(words) // 6)])

    return _one(row, draw, ground, loop)


def _symbols(row: Row, draw: Random, ground: Ground) -> Row | None:
    def broken(text: str) -> str:
        words = text.split()
        marks = ["".join(draw.choices("@#%&$!?;:,'/", k=draw.randint(3, 6))) for _ in words]
        mixed = (word[:2] + mark if draw.random() < 0.4 else mark for word, mark in zip(words, marks, strict=True))
        return " ".join([*mixed, "%&#@ ok."])

    return _one(row, draw, ground, broken, lambda name: ground.fields[name].ends and len(row[name]) >= 10)


def _question(ground: Ground) -> str | None:
    return next((name for name in ground.fields if name in ground.required), None)


def _answers(row: Row, ground: Ground) -> list[str]:
    texts = _texts(row, ground)
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
    return _one(row, draw, ground, lambda _: draw.choice(others))


def _exact_duplicate(row: Row, draw: Random, ground: Ground) -> Row | None:
    def same(text: str) -> str:
        plain = text.lower() if draw.random() < 0.5 else text[0].swapcase() + text[1:]
        plain = plain.replace(", ", " ").replace(" - ", " ")
        return f"{plain[:-1]}!" if plain.endswith(".") else f"{plain} !"

    return _all(row, ground, same)


def _typo(row: Row, draw: Random, ground: Ground) -> Row | None:
    def misspell(text: str) -> str:
        letters = list(text)
        places = [at for at in range(1, len(text) - 1) if text[at].isalpha() and text[at + 1].isalpha()]
        for at in sorted(draw.sample(places, min(len(places), max(1, len(text) // 25)))):
            kind = draw.randrange(3)
            if kind == 0:
                letters[at], letters[at + 1] = letters[at + 1], letters[at]
            else:
                letters[at] = "" if kind == 1 else letters[at] * 2
        return "".join(letters)

    return _all(row, ground, misspell)


def _greeting(row: Row, draw: Random, ground: Ground) -> Row | None:
    greeting = draw.choice(GREETINGS)
    return _all(row, ground, greeting.format)


def _seed_copy(row: Row, draw: Random, ground: Ground) -> Row | None:
    seed = draw.choice(ground.seeds)
    return {name: value for name, value in seed.items() if value is not None} if seed != row else None


def _labelled(row: Row, ground: Ground, wanted: Row) -> Row:
    """Return the row under other labels that go together; a label that it does not carry stays away."""
    return {**row, **{name: wanted[name] for name in ground.labels if row.get(name) and wanted.get(name)}}


def _wrong_label(row: Row, draw: Random, ground: Ground) -> Row | None:
    primary = ground.labels[0]
    others = sorted({str(one[primary]) for one in ground.known} - {row.get(primary)})
    chosen = draw.choice(others)
    return _labelled(row, ground, draw.choice([one for one in ground.known if one[primary] == chosen]))


def _nearest_label(row: Row, draw: Random, ground: Ground) -> Row | None:
    primary = ground.labels[0]
    others = [one for one in ground.known if one[primary] == ground.nearest.get(row.get(primary, ""))]
    return _labelled(row, ground, draw.choice(others)) if others else None


def _label_conflict(row: Row, draw: Random, ground: Ground) -> Row | None:
    same = _exact_duplicate(row, draw, ground)
    return _wrong_label(same, draw, ground) if same else None


def _unknown_field(row: Row, draw: Random, _: Ground) -> Row:
    return {**row, draw.choice(("comment", "explanation", "confidence_score")): "high"}


def _wrong_type(row: Row, draw: Random, ground: Ground) -> Row | None:
    names = list(_texts(row, ground))
    name = draw.choice(names) if names else None
    return {**row, name: {"value": row[name]}} if name else None


def _unknown_label(row: Row, draw: Random, ground: Ground) -> Row:
    primary = ground.labels[0]
    return {**row, primary: f"{row[primary]}_{draw.choice(('misc', 'other', 'general'))}"}


def _said(row: Row, ground: Ground) -> str:
    return json.dumps({name: row[name] for name in ground.fills if row.get(name) is not None}, ensure_ascii=False)


def _cut_json(row: Row, draw: Random, ground: Ground) -> Reply:
    said = _said(row, ground)
    return Reply(said[: draw.randint(len(said) // 3, len(said) - 4)], draw.choice(("length", "stop")))


def _prose_reply(row: Row, _: Random, ground: Ground) -> Reply:
    return Reply(" ".join(_texts(row, ground).values()).translate({ord(mark): None for mark in "{}[]"}))


def _empty_reply(_row: Row, draw: Random, _ground: Ground) -> Reply:
    return Reply(draw.choice(("", " ", "\n\n")))


def _personal_email(row: Row, draw: Random, ground: Ground) -> Row | None:
    who = f"{draw.choice(('anna', 'jonas', 'mira'))}.{''.join(draw.choices('bcdfgklmnrst', k=7))}{draw.randint(10, 99)}"
    where = draw.choice(("gmail.com", "outlook.com", "gmx.net"))
    return _one(row, draw, ground, lambda text: _into(text, f"({who}@{where})", draw))


def _card_number(row: Row, draw: Random, ground: Ground) -> Row | None:
    digits = [4, *(draw.randrange(10) for _ in range(14))]
    total = sum(digit if at % 2 else digit * 2 - 9 * (digit > 4) for at, digit in enumerate(digits))
    number = "".join(map(str, [*digits, -total % 10]))
    shown = draw.choice((number, " ".join(number[at : at + 4] for at in range(0, 16, 4))))
    return _one(row, draw, ground, lambda text: _into(text, shown, draw))


def _secret_key(row: Row, draw: Random, ground: Ground) -> Row | None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    lower = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
    made = {"AKIA": (letters, 16), "ghp_": (lower, 36), "hf_": (lower[:50], 34)}
    begins = draw.choice(sorted(made))
    key = begins + "".join(draw.choices(made[begins][0], k=made[begins][1]))
    return _one(row, draw, ground, lambda text: _into(text, key, draw))


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
    "exact_duplicate": Fault(
        _exact_duplicate, ("dedup",), "A kept row in other case and punctuation.", decided=True, copies=True
    ),
    "near_duplicate_typo": Fault(_typo, ("dedup",), "A kept row with a typo every 25 characters.", copies=True),
    "near_duplicate_greeting": Fault(_greeting, ("dedup",), "A kept row with a greeting or a closing.", copies=True),
    "seed_copy": Fault(_seed_copy, ("quality", "dedup"), "A seed, word for word.", decided=True, needs=("seeds",)),
    "wrong_label_uniform": Fault(_wrong_label, ("labels",), "Any other label.", needs=("label",)),
    "wrong_label_nearest": Fault(
        _nearest_label, ("labels",), "The label that is most easily mixed up with it.", needs=("label", "nearest")
    ),
    "label_conflict": Fault(
        _label_conflict, ("labels", "dedup"), "A kept row under another label.", decided=True, copies=True,
        needs=("label",),
    ),
    "schema_unknown_field": Fault(_unknown_field, ("validate",), "A field that the task has not.", decided=True),
    "schema_wrong_type": Fault(_wrong_type, ("validate",), "An object where a text belongs.", decided=True),
    "schema_unknown_label": Fault(
        _unknown_label, ("validate",), "A label that is in no list.", decided=True, needs=("label",)
    ),
    "cut_json": Fault(_cut_json, ("validate", "quality"), "A reply that stops in the middle of its JSON.", whole=True),
    "prose_reply": Fault(_prose_reply, ("validate",), "A reply in prose instead of JSON.", decided=True),
    "empty_reply": Fault(_empty_reply, ("validate",), "A reply that says nothing.", decided=True),
    "personal_email": Fault(_personal_email, ("safety",), "Somebody's e-mail address.", needs=("safety",)),
    "card_number": Fault(_card_number, ("safety",), "A card number with its check digit.", needs=("safety",)),
    "secret_key": Fault(_secret_key, ("safety",), "A key of a cloud, a code host or a hub.", needs=("safety",)),
}  # fmt: skip
"""Every kind of fault, in the order in which the checks run."""


def _other_number(text: str) -> str:
    return re.sub(r"\d\b", lambda digit: str(int(digit.group()) % 9 + 1), text)


def _other_apostrophe(text: str) -> str:
    return text.replace("'", "’") if "'" in text else text.replace("’", "'")


def _other_contraction(text: str) -> str:
    for short, long in (
        ("I'm", "I am"),
        ("don't", "do not"),
        ("can't", "cannot"),
        ("isn't", "is not"),
        ("it's", "it is"),
    ):
        if short in text or long in text:
            return text.replace(short, long) if short in text else text.replace(long, short)
    return text


def _other_spaces(text: str) -> str:
    return text.replace(" ", "  ", 1)


def _other_mark(text: str) -> str:
    return f"{text[:-1]}!" if text.endswith(".") else text


LOOK_ALIKES: dict[str, Callable[[str], str]] = {
    "number": _other_number,
    "apostrophe": _other_apostrophe,
    "contraction": _other_contraction,
    "spaces": _other_spaces,
    "mark": _other_mark,
}
"""Edits that leave a row as good as it was."""


def look_alike(name: str, row: Row, ground: Ground) -> Row | None:
    """Return the row with one harmless edit in each text; None where there was nothing to edit."""
    flat, of_flat = _unfolded(row, ground)
    found = _folded(_all(flat, of_flat, LOOK_ALIKES[name]), row)
    return found if isinstance(found, dict) else None
