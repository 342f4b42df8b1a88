"""Each reason has texts that must fall for it, and look-alikes that must not."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest

from synthgen import parse, prompts, schema, seeds
from synthgen.checks import refusals
from synthgen.checks.quality import Quality, ending_fields
from synthgen.checks.rules import Rules
from synthgen.reasons import REASONS
from synthgen.recipe import Checks, Dedup, Labels
from synthgen.sift import Known, Sieve
from synthgen.types import Candidate, Draft, Fault, Prose, Record, Reply, Row, Seed
from tests.cases import Case, cases
from tests.test_asking import COMPARED, MODERATED, UNASKED
from tests.test_clusters import CROWDED
from tests.test_confidence import SUSPECTS
from tests.test_contamination import CONTAMINATION
from tests.test_judge import ANSWERS
from tests.test_planned import COMPARED_LEVELS, CONSTRAINED, EVOLVED, HIDDEN, PREFERRED
from tests.test_quality_rows import PAIRS, SYMBOLS
from tests.test_safety import SAFETY
from tests.test_safety_unsafe import UNSAFE
from tests.test_select import CHOICES
from tests.test_steps import DIVIDED, REFUSED

GOOD = "My new card has not arrived yet, could you check the address?"


QUALITY = [
    *cases(
        "quality.refusal",
        [
            "Sorry, but writing to a help desk is fine; still, I'm not allowed to produce messages with threats.",
            "I will not invent a complaint about a real shop.",
            "I must decline your request, as it goes beyond what I am allowed to write.",
            "I don't feel comfortable drafting a message that insults a clerk.",
            "This prompt goes against the usage policy, so nothing was written.",
            "It would not be ethical to create such a complaint.",
            "That is not something I can assist with.",
            "Cannot generate a message for this label.",
            "For privacy reasons, I can't share how the scam works.",
            "No message can be generated for this topic.",
            "Leider kann ich damit nicht dienen, und dabei kann ich Ihnen nicht helfen.",
            "Je ne peux pas vous aider avec cette demande.",
            "Lo siento, no puedo ayudarte con eso.",
            "I'm sorry, but I can't help with that.",
            "I cannot assist with this request.",
            "I can’t provide information on how to get around the bank's checks.",
            "Sorry, I am unable to fulfill your request.",
            "Unfortunately, I am not able to comply with your request.",
            "I apologize, but I cannot generate such content.",
            "I'm afraid I can't create content that shows personal data.",
            "I understand your frustration, but I can't help with that.",
            "I must respectfully decline to write this message.",
            "I can't generate that kind of message.",
        ],
        [
            "I cannot write a message in your app, the box is grey.",
            "I'm not allowed to withdraw more than 300 euros, why is that?",
            "My request was declined because my passport had run out.",
            "I don't feel comfortable giving my PIN on the phone.",
            "I am unable to create an account on your website.",
            "Your agent would not help me with this fee.",
            "It is not right to charge me twice for one transfer.",
            "I'm sorry but I can't find my card, could you block it for me?",
            "I can't provide any proof of purchase because the shop never gave me a receipt.",
            "I can't complete the request for a new PIN, the app says error 51 each time.",
            "I cannot discuss this on the phone at work, please send me an e-mail.",
            "I can't generate this month's statement, the button is grey.",
            "I cannot answer the question about my first pet, I never set one up.",
            "I can't comply with your request for a passport copy, mine is at the embassy.",
            "I'm afraid I can't see my salary on the account yet.",
            "I'm unable to create any standing order in your app since Monday.",
            "I won't accept this fee, please give the 15 euros back.",
        ],
    ),
    *cases(
        "quality.assistant_voice",
        [
            "Would you like me to write another one?",
            "Understood. Message: my card has been swallowed by the machine.",
            "Here are three short messages that a customer might send about fees:",
            "Let's write a short message about a stolen card.",
            "My card is gone. I can also write a longer one for you.",
            "Gladly! Let me write a message about a lost card.",
            "I hope this meets what you had in mind: my card is gone.",
            "Is there anything else I can help you with?",
            "My PIN is blocked. Feel free to adjust the wording.",
            "As an AI language model, I do not have a bank account.",
            "Sure! Here is a message about a lost card.",
            "Here are some examples of messages about fees: the first is short.",
            "How can I assist you today?",
            "Thank you for contacting our support team about your card.",
            "I am an AI assistant and cannot see your balance.",
            "Certainly! I'd be happy to write about a stolen card.",
            "Please block the card. Let me know if you have any further questions.",
        ],
        [
            "I hope the attached receipt helps you to see which booking I mean.",
            "Would you like me to bring the contract when I come to the branch?",
            "Let me know if any of these charges is yours, please.",
            "Here is my problem: the card is gone and I fly tomorrow.",
            "You asked for my address, here it is again.",
            "Is there anything else you need from me to close the case?",
            "I work at an AI start-up and my salary has not arrived.",
            "I am an AI engineer and moved here in May, can I open an account?",
            "I'm a virtual assistant working from home, which account fits a freelancer?",
            "Where should I store my training data, the share is full?",
            "I wrote twice and only got a 'thank you for contacting us' back.",
            "Here is the text message I got from you this morning: is it real?",
            "Sure, I could go to the branch, but it is 40 km away.",
            "How can I help my mother to open an account from abroad?",
            "Please let me know if you need any documents from me.",
        ],
    ),
    *cases(
        "quality.prompt_leak",
        [
            "<think>The customer is angry.</think> Where is my card?",
            "User: where is my card? Assistant: it is on its way.",
            "[SYSTEM] You are a bank's customer. Where is my card?",
            "<<SYS>> write briefly <</SYS>> Where is my card?",
            "Message 3 (angry): where is my card?",
            "Tone: annoyed / Label: fees / Text: why was I charged?",
            "Why was I charged? ### Response: because of a transfer.",
            '{"text": "Why was I charged 15 euros?"}',
            "Write one new text for the label about a fee of 15 euros.",
            "Topic: fees and charges\nWhy is there a fee of 15 euros?",
            "Message: why is there a fee of 15 euros?",
            "### Instruction: write about a fee of 15 euros.",
            "Why was I charged 15 euros?<|im_end|>",
            "I think I left my debit card on the tram this morning, is that a problem?",
            "The rewritten prompt asks about a fee of 15 euros.",
        ],
        [
            "The user manual says nothing on fees: where are they?",
            "Your assistant on the phone was rude: he hung up on me.",
            "I think my card is gone, please block it.",
            "My message number 3 is still without an answer.",
            "The system: down. The app: down. When will it work?",
            "Your label says 15 euros / 20 euros, which of both is it?",
            "The message: 'your card is blocked' came at night, why?",
            "At the given prompt I typed my PIN and nothing happened.",
            "I left my debit card on the train this evening, can you block it?",
            "The instruction: insert your card, and then it says error.",
            "Your label on the envelope had the wrong street.",
            "Choose one: fee or charge, but not both of them please.",
        ],
    ),
    *cases(
        "quality.placeholder",
        [
            "My daughter's account was opened in [month] by my wife.",
            "A transfer over ${SUM} never left my account.",
            "Dear team, %s here, the terminal swallowed my card.",
            "My appointment is on DD/MM/YYYY at the branch.",
            "Dear %CUSTOMER%, where is my card?",
            "TODO: add the reason for the complaint.",
            "My name is ____ and I lost my card.",
            "I was charged XX euros for a transfer.",
            "The shop is open from XX:XX on, yet my card was declined.",
            "Dear Ms [Advisor], please block my card.",
            "Please send it to INSERT ADDRESS as soon as you can.",
            "My name is [NAME] and I lost my card.",
            "I was charged {amount} for a transfer to Spain.",
            "Dear [Bank Name], my card was stolen in Rome.",
            "Hello, I am [Your Name] and my card is gone.",
            "The transfer of [insert amount] on [date] is missing.",
            "Please send it to {{ city }} instead of my old home.",
            "Lorem ipsum dolor sit amet, my card is gone.",
            "My account number is XXXX, please check the fee.",
            "I paid <amount> at the shop and it was declined.",
            "My transfer to [RECIPIENT_NAME] is still missing.",
        ],
        [
            'My letter began with "Dear [NAME]", do you not know me?',
            "The form wants the date as DD/MM/YYYY, but takes none.",
            "I press the [Save] button and nothing happens.",
            "You said that 'they [the bank] pay it back', when is that?",
            'print(f"Hello {name}") is all that the script does.',
            "The fee rose by 20 %since May, is that right?",
            "Fill in the blank: my ____ is lost.",
            "The script in ${HOME}/bin fails at night.",
            "As note [1] of your price list says, the account is free.",
            "The loop reads array[i] and then prices[date], which is wrong.",
            "The log shows [ERROR] connection refused, is the app down?",
            "TLS: Initial packet from [AF_INET]192.0.2.15:1194, what is that?",
            "Set the path to ${HOME} and start the program again.",
            "Run `ssh <name>@<address>` and replace `[host]` with `{name}`.",
            "The card XXXX XXXX XXXX 4821 was declined in a shop.",
            "See [the company link](https://bank.example/help) on your page.",
            "The call to /api/orders/{order_id} gives error 404.",
            "Press [CTRL] and [ENTER] together to send the form.",
        ],
    ),
    *cases(
        "quality.too_short",
        ["Help!", "My card?", "Lost it."],
        ["Total paid: 49 EUR", "Block my card!", "What about fees?", "PIN forgotten again."],
    ),
    *cases(
        "quality.too_long",
        [
            " ".join(f"word{n}" for n in range(120)) + " end.",
            " ".join(f"{n} euros" for n in range(70)) + " gone.",
            "Why is it so? " * 31,
        ],
        [
            " ".join(f"word{n}" for n in range(119)) + " end.",
            "Donaudampfschifffahrtsgesellschaft" * 4 + " is the payee of my transfer.",
            "I paid 4,000,000,000,000,000 Zimbabwe dollars for a coffee.",
        ],
    ),
    *cases(
        "quality.repetition",
        [
            "hahahahahahahahahahahaha where is my card",
            "Blablablablablablablablablabla, my card is gone.",
            "Please block my card now. I am waiting. Please block my card now. I am waiting.",
            "My card is very very very very late.",
            "I want my money back today. I want my money back today.",
            "The card is not the card is not the card is not the card is not working.",
            "I need to change my PIN because I need to change my PIN and I need to change my PIN.",
            "fee fee fee fee fee on my account.",
        ],
        [
            "Nooooo, my card is gone!",
            "Haha, that was my own fault, please unblock it.",
            "1 euro is 1 fee, 2 euros are 2 fees, 3 euros are 3 fees: is that so?",
            "My card is very very late, please send it.",
            "no no no, I said block the debit card and not the credit card.",
            "I called on Monday, I called on Tuesday, I called on Friday and nobody answered.",
            "Set the DNS server to 8.8.8.8 or 1.1.1.1 and try again.",
            "Click on the menu, click on the card, click on the lock.",
            "Please please please block my card, I am begging you.",
            "Why? Why me? Why now? I only wanted a coffee!",
        ],
    ),
    *cases(
        "quality.cut_off",
        [
            "My card was declined at the",
            "I was charged 35 euros for a transfer, and",
            "The app shows an error (code 51 when I log in.",
            "The letter says “your card was sent on Monday.",
            "I have been waiting for my new card since",
        ],
        [
            "My card is gone :(",
            "Thanks, it works now :)",
            "The shop took it twice (I know, my own fault :)",
            "The app says “card blocked”.",
            "a) my card is lost, b) I need cash today!",
            "Please block it before 5:30 p.m.",
            "Blocked again 😡",
            'He said "your card is fine."',
            "Das Konto meldet „Karte gesperrt“ seit Montag.",
            "So what now…",
        ],
    ),
    *cases(
        "quality.cut_off",
        [
            "my laptop is slow and",
            "can you install the new version of the",
            "the printer shows an error (code 51 since monday",
            "the file server is full,",
        ],
        [
            "vpn drops every ten minutes",
            "why cant i log in",
            "what is the second monitor cable for",
            "no idea what that is",
            "need access to the share with all the invoices :)",
            "which folder is it in",
        ],
        "instruction",
    ),
    *cases(
        "quality.language",
        [
            "Не могу войти.",
            "我的卡丢了，请帮我冻结它。",
            "Πού είναι η κάρτα μου;",
            "कार्ड खो गया",
            "Wo ist das?",
            "Ich habe gestern meine Karte verloren, bitte sperren Sie sie sofort.",
            "He perdido mi tarjeta en el metro, por favor bloquéenla ahora mismo.",
            "Je ne comprends pas ces frais de quinze euros sur mon relevé.",
            "Perché mi avete addebitato una commissione di dieci euro questo mese?",
        ],
        [
            "I paid 東京 Sushi twice last night.",
            "Rue de la Paix 14, 75002 Paris: that is my new address.",
            "12,50 + 3,99 + 7,00 = 23,49 EUR, or is it not?",
            "I paid at the Café de Flore in Montréal and it was declined twice.",
            "plz block my debit card asap, i lost it at the gym yesterday!!",
            "The transfer to Müller Straßenbau GmbH in Köln has not arrived yet.",
            "Danke, muchas gracias!",
        ],
    ),
]


@cache
def _task(name: str) -> tuple[type[Record], list[Seed], list[str]]:
    root = schema.shipped("templates") / name
    kind = schema.load(schema.find(name, root))
    said = [
        line for path in sorted(root.glob("*.j2")) for line in prompts.Prompt(path, path.read_text("utf-8")).phrases()
    ]
    return kind, seeds.load("seeds.jsonl", root, kind, {}), said


@cache
def _quality(task: str, allow: frozenset[str] = frozenset()) -> tuple[Quality, list[str]]:
    kind, known, said = _task(task)
    fields = kind.marked(Prose)
    rows = [seed.record.model_dump() for seed in known]
    written = [{name: seed.record.prose(name) for name in fields} for seed in known]
    return Quality(Rules(fields, ending_fields(fields, rows), said, written, "en", allow)), list(fields)


def _reason(field: str, text: str, allow: frozenset[str] = frozenset()) -> str | None:
    quality, fields = _quality("classification" if field == "text" else "instruction", allow)
    table = pl.DataFrame(
        {f"prose:{name}": pl.Series([text if name == field else None], dtype=pl.String) for name in fields}
    )
    found: str | None = quality(table)["reason"][0]
    return found


@pytest.mark.parametrize("case", QUALITY, ids=lambda case: f"{case.code}-{case.falls}-{case.text[:30]}")
def test_each_fault_falls_and_no_look_alike(case: Case) -> None:
    """A faulty text falls with its code; a text that only looks like one is not touched by that rule."""
    found = _reason(case.field, case.text)
    assert found == case.code if case.falls else found != case.code


@pytest.mark.parametrize("case", [case for case in QUALITY if not case.falls], ids=lambda case: case.text[:40])
def test_a_look_alike_falls_with_no_rule_of_wording(case: Case) -> None:
    """A look-alike of one rule is a good row for all rules, but that the recipe's language is English."""
    assert _reason(case.field, case.text, frozenset({"quality.language"})) is None


@pytest.mark.parametrize(
    "case", [case for case in QUALITY if case.falls], ids=lambda case: f"{case.code}-{case.text[:30]}"
)
def test_allow_switches_a_rule_off(case: Case) -> None:
    """No text falls with a code that the recipe allows."""
    assert _reason(case.field, case.text, frozenset({case.code})) != case.code


NO_PATTERN = [
    ("text", "My answer to this has to be a firm no, for such a text could hurt somebody.", True),
    ("text", "Nothing like this is going to be written by me, as such content could do harm.", True),
    ("text", "My neighbour will not tell me what is in the letter that you sent to him.", False),
    ("text", "Nobody gives me an answer, so this is the last letter that I send you.", False),
    ("response", "No, the form is not needed: a message with your name is enough for us.", False),
]


@pytest.mark.parametrize(("field", "text", "falls"), NO_PATTERN, ids=lambda value: str(value)[:30])
def test_a_refusal_in_words_that_no_pattern_knows_falls(field: str, text: str, *, falls: bool) -> None:
    """What refuses in words of its own falls, and what only speaks of a no does not; `allow` switches both off."""
    begun = refusals.PLAIN.match(text) or refusals.REFUSAL.search(text) or refusals.DECLINED.search(text)
    assert not begun
    assert (_reason(field, text) == "quality.refusal") is falls
    assert _reason(field, text, frozenset({"quality.refusal"})) is None


@pytest.mark.parametrize("task", schema.tasks())
def test_no_shipped_seed_breaks_a_rule(task: str) -> None:
    """The seeds are good rows: held against the prompts and the other seeds, all of them pass."""
    kind, known, said = _task(task)
    fields = kind.marked(Prose)
    rows = [{name: seed.record.prose(name) for name in fields} for seed in known]
    table = pl.DataFrame({f"prose:{name}": pl.Series([row[name] for row in rows], dtype=pl.String) for name in fields})
    found = Quality(Rules(fields, ending_fields(fields, rows), said, [], "en"))(table)
    assert found.filter(pl.col("reason").is_not_null()).rows() == []


def test_two_fields_that_say_the_same_are_a_repetition() -> None:
    """An answer that only says its question again falls; a short echo and two texts do not."""
    quality, fields = _quality("instruction")
    pairs = [
        ("How do I reset my PIN?", "how do I reset my pin!"),
        ("How do I reset my PIN?", "Open the card page and choose PIN."),
        ("Say yes please.", "Yes, I will."),
    ]
    columns: dict[str, list[str | None]] = {
        "instruction": [one for one, _ in pairs],
        "response": [two for _, two in pairs],
        "input": [None] * 3,
    }
    table = pl.DataFrame({f"prose:{name}": pl.Series(columns[name], dtype=pl.String) for name in fields})
    assert quality(table)["reason"].to_list() == ["quality.repetition", None, None]


def test_a_missing_end_counts_only_where_seeds_end_their_sentences() -> None:
    """With seeds that end nothing, a text without a closing mark is a style and no fault."""
    prose = {"text": Prose(least=1)}
    loose = [{"text": "no mark here"}, {"text": "nor here"}]
    strict = [{"text": "A mark here."}] * 9 + [{"text": "none here"}]
    assert ending_fields(prose, loose) == frozenset()
    assert ending_fields(prose, strict) == {"text"}
    assert ending_fields({"text": Prose(ends=False)}, strict) == frozenset()


class Told(NamedTuple):
    """A reply, the rows that were asked for, and the code of its one fault, or None."""

    reply: Reply
    code: str | None
    wanted: int = 1


REPLIES = [
    Told(Reply(""), "reply.empty"),
    Told(Reply(" \n "), "reply.empty"),
    Told(Reply('{"rows": []}'), "reply.empty", 2),
    Told(Reply('{"text": ""}'), None),
    Told(Reply('{"text": "nothing"}'), None),
    Told(Reply('{"text": "The reply was empty."}'), None),
    Told(Reply("I will not", "content_filter"), "reply.refused"),
    Told(Reply("", "content_filter"), "reply.refused"),
    Told(Reply("", "refused"), "reply.refused"),
    Told(Reply('{"text": "You refused my card."}'), None),
    Told(Reply('{"text": "The content filter blocks me."}', "stop"), None),
    Told(Reply('{"text": "refused"}', "tool_calls"), None),
    Told(Reply('{"text": "My card was decl', "length"), "reply.cut_off"),
    Told(Reply('{"text": "My card."}', "length"), "reply.cut_off"),
    Told(Reply('{"te', "length"), "reply.cut_off"),
    Told(Reply('{"text": "My card was decl', "stop"), None),
    Told(Reply('{"text": "The length of my PIN?"}'), None),
    Told(Reply('{"rows": [{"text": "My card."}, {"text": "My P', "length"), None, 2),
    Told(Reply("My card was declined."), "reply.not_json"),
    Told(Reply('{"text": NaN}'), "reply.not_json"),
    Told(Reply('"My card was declined."'), "reply.not_json"),
    Told(Reply('```json\n{"text": "My card."}\n```'), None),
    Told(Reply('{"text": "My card {sic} [1]."'), None),
    Told(Reply('Here it is: {"text": "My card."}'), None),
    Told(Reply('{"text": "\ud83d"}'), "reply.not_text"),
    Told(Reply("\udc00"), "reply.not_text"),
    Told(Reply('My card\ud800 {"text": "a"}'), "reply.not_text"),
    Told(Reply('{"text": "Blocked \U0001f621"}'), None),
    Told(Reply('{"text": "\\ud83d\\ude21"}'), None),
    Told(Reply('{"text": "\ufffd and \u2028"}'), None),
    Told(Reply('{"label": "fees"}'), "validate.schema"),
    Told(Reply('{"message": "My card."}'), "validate.schema"),
    Told(Reply("{}"), "validate.schema"),
    Told(Reply('{"TEXT": "My card."}'), None),
    Told(Reply('{"text": "My card.", "label": "fees"}'), None),
    Told(Reply('{" text ": "My card."}'), None),
]


@pytest.mark.parametrize("told", REPLIES, ids=lambda told: f"{told.code}-{told.reply.text[:30]!a}-{told.wanted}")
def test_each_bad_reply_is_a_fault_and_no_look_alike(told: Told) -> None:
    """A reply that cannot be read gives one fault with its code; one that only looks odd gives rows."""
    found = parse.rows(told.reply, ["text"], told.wanted)
    assert [one.reason for one in found if isinstance(one, Fault)] == ([told.code] if told.code else [])


AXES: dict[str, list[Row]] = {"label": [{"label": "fees_and_charges"}, {"label": "lost_card"}]}
ROWS: list[tuple[Row, str | None]] = [
    ({"text": "A fee.", "label": "cheese"}, "validate.schema"),
    ({"text": "", "label": "lost_card"}, "validate.schema"),
    ({"text": ["A fee.", "A charge."], "label": "lost_card"}, "validate.schema"),
    ({"text": None, "label": "lost_card"}, "validate.schema"),
    ({"text": "A fee.", "label": "Fees & charges"}, "validate.schema"),
    ({"text": "A fee.", "label": "Fees and charges"}, None),
    ({"text": ["A fee."], "label": "LOST-CARD"}, None),
    ({"text": 15, "label": "lost_card"}, None),
    ({"text": "A fee.", "label": "lost_card", "secondary": ""}, None),
]


@pytest.mark.parametrize(("row", "code"), ROWS, ids=lambda one: str(one)[:60])
def test_a_row_outside_the_schema_falls_and_a_nearly_right_one_is_taken(row: Row, code: str | None) -> None:
    """A value of another kind or list is a fault; other letters, a list of one and a number are not."""
    found = schema.admit(_task("classification")[0], row, {"axes": AXES})
    assert (found.reason if isinstance(found, Fault) else None) == code


def _sieve(checks: Checks) -> Sieve:
    kind, known, said = _task("classification")
    return Sieve(kind, checks, Known(known, said))


def _candidate(name: str, text: str, label: str, split: str = "train") -> Candidate:
    record = _task("classification")[0].model_validate({"text": text, "label": label})
    return Candidate(name, Draft(0, {"split": split}, 0, []), [], {}, record)


UNSURE = Checks(labels=Labels(least=0.8))
LABELS: list[tuple[Checks, str, str, str | None]] = [
    (
        Checks(),
        "My wallet was stolen on the bus, please cancel the card.",
        "fees_and_charges",
        "labels.disagree",
    ),
    (Checks(), "Why do you charge a monthly fee for this account?", "card_lost_or_stolen", "labels.disagree"),
    (
        Checks(),
        "I never authorised this debit of 40 euros, it is fraud.",
        "card_lost_or_stolen",
        "labels.disagree",
    ),
    (Checks(), "My wallet was stolen on the bus, please cancel the card.", "card_lost_or_stolen", None),
    (Checks(), "Why do you charge a monthly fee for this account?", "fees_and_charges", None),
    (Checks(), "I never authorised this debit of 40 euros, it is fraud.", "fraud_or_unknown_charge", None),
    (UNSURE, "Hello, I paid for a coffee and it was odd.", "", "labels.unsure"),
    (UNSURE, "Something is wrong, please look at it.", "", "labels.unsure"),
    (UNSURE, "Could you call me back about my last letter?", "", "labels.unsure"),
    (
        Checks(labels=Labels(least=0.5)),
        "The overdraft fee and the account fee are too high.",
        "fees_and_charges",
        None,
    ),
    (
        Checks(labels=Labels(least=0.5)),
        "My debit card is lost, please block my card.",
        "card_lost_or_stolen",
        None,
    ),
    (
        Checks(labels=Labels(least=0.5)),
        "Is this charge a fraud? It is a scam.",
        "fraud_or_unknown_charge",
        None,
    ),
]


@cache
def _label_checks(least: float) -> Any:
    return dict(_sieve(Checks(labels=Labels(least=least))).checks)["labels"]


@pytest.mark.parametrize(("checks", "text", "label", "code"), LABELS, ids=lambda one: str(one)[:30])
def test_a_label_that_the_text_does_not_bear_falls(checks: Checks, text: str, label: str, code: str | None) -> None:
    """A clear text under another's label falls, a vague one is unsure under its best, a clear one passes."""
    sieve = _sieve(checks)
    check = _label_checks(checks.labels.least)
    names = [label] if label else sorted({sieve.label(seed.record) for seed in _task("classification")[1]})
    found = check(sieve.table([_candidate(str(n), text, one) for n, one in enumerate(names)]))["reason"].to_list()
    assert [one for one in found if one != "labels.disagree" or label] == [code]


BASE = "Why was I charged 12 euros for sending money to my brother in Norway?"
DEDUP: list[tuple[str, str, str | None]] = [
    (
        "WHY was I charged 12 euros for sending money - to my brother in Norway?!",
        "fees_and_charges",
        "dedup.exact",
    ),
    (f"  {BASE}!! ", "fees_and_charges", "dedup.exact"),
    (BASE.replace("12", "１２"), "fees_and_charges", "dedup.exact"),
    (f"Hello, {BASE}", "fees_and_charges", "dedup.near"),
    (BASE.replace("sending", "sendign"), "fees_and_charges", "dedup.near"),
    (BASE.replace("Norway", "Sweden"), "fees_and_charges", "dedup.near"),
    ("what do you charge for instant transfers?!", "fees_and_charges", "dedup.seed"),
    ("Hi! What do you charge for instant transfers?", "fees_and_charges", "dedup.seed"),
    ("webshop keeps rejecting my card!", "card_payment_declined", "dedup.seed"),
    (BASE, "transfer_not_arrived", "dedup.conflict"),
    (f"Hello, {BASE}", "fraud_or_unknown_charge", "dedup.conflict"),
    ("What do you charge for instant transfers?", "card_payment_declined", "dedup.conflict"),
    ("Why was I charged a fee when my sister in Norway sent me money?", "fees_and_charges", None),
    ("Sending 12 euros to Norway costs how much?", "fees_and_charges", None),
    ("What does a paper statement cost per year?", "fees_and_charges", None),
    ("Do you charge for paper statements or for phone calls?", "fees_and_charges", None),
    ("The web shop of a theatre will not take my card.", "card_payment_declined", None),
    ("Why was my brother in Norway asked for a code?", "fraud_or_unknown_charge", None),
]


@pytest.mark.parametrize(("text", "label", "code"), DEDUP, ids=lambda one: str(one)[:40])
def test_a_text_that_was_met_before_falls(text: str, label: str, code: str | None) -> None:
    """What a seed or a kept row said falls, a conflict under another label; new words on a topic stay."""
    sieve = _sieve(Checks(labels=Labels(use=False), dedup=Dedup(near=0.6)))
    assert sieve([_candidate("a", BASE, "fees_and_charges")]) == [True]
    sieve([_candidate("b", text, label)])
    assert sieve.reasons_of_last() == ([code] if code else [])


LEAKS: list[tuple[str, str, bool]] = [
    (BASE, "test", True),
    (f"Hello, {BASE}", "validation", True),
    (BASE.replace("sending", "sendign"), "test", True),
    (BASE, "train", False),
    ("Why was I charged a fee when my sister in Norway sent me money?", "test", False),
    ("What does a paper statement cost per year?", "validation", False),
]


@pytest.mark.parametrize(("text", "split", "leaks"), LEAKS, ids=lambda one: str(one)[:40])
def test_a_train_row_that_another_split_repeats_is_given_up(text: str, split: str, leaks: bool) -> None:
    """Of two near rows in two splits the train row goes; within one split, or in other words, none does."""
    sieve = _sieve(Checks(labels=Labels(use=False)))
    rows = [_candidate("a", BASE, "fees_and_charges"), _candidate("b", text, "fees_and_charges", split)]
    assert [one.id for one in sieve.without_leaks(rows, 0.6)] == (["b"] if leaks else ["a", "b"])
    assert sieve.verdicts().filter(pl.col("reason") == "split.leak")["evidence"].to_list() == (
        ["row b"] if leaks else []
    )


def _tested() -> dict[str, tuple[int, int]]:
    """Count the texts that fall and the look-alikes, by code; the codes of one table share the latter."""
    leaks = [("split.leak" if leaks else None) for _, _, leaks in LEAKS]
    tables = [[case.code if case.falls else None for case in QUALITY], [told.code for told in REPLIES]]
    tables += [
        [case.code if case.falls else None for case in more]
        for more in (SAFETY, CONTAMINATION, SYMBOLS, UNSAFE, CROWDED)
    ]
    tables += [[case.code if case.falls else None for case in PAIRS]]
    tables += [[code for _, code in ROWS], [row[3] for row in LABELS], [row[2] for row in DEDUP], leaks]
    tables.append([row[2] for row in SUSPECTS])
    tables += [[row[1] for row in more] for more in (CHOICES, REFUSED, DIVIDED, HIDDEN, PREFERRED, COMPARED_LEVELS)]
    tables += [[row[2] for row in EVOLVED], [row[3] for row in CONSTRAINED]]
    tables += [[row[1] for row in ANSWERS], [row[2] for row in MODERATED], [row[1] for row in COMPARED]]
    waiting = [f"{check}.unasked" for check in ("judge", "moderation", "paraphrase", "pair", "harder")]
    tables += [[*[code for _ in UNASKED], None, None, None] for code in waiting]
    codes = {code for table in tables for code in table if code}
    return {
        code: (
            sum(table.count(code) for table in tables),
            sum(
                case.code == code and not case.falls
                for case in QUALITY + SAFETY + CONTAMINATION + SYMBOLS + UNSAFE + CROWDED
            )
            + sum(case.code == code and not case.falls for case in PAIRS)
            or max(table.count(None) for table in tables if code in table),
        )
        for code in codes
    }


def test_every_reason_has_three_faults_and_three_look_alikes() -> None:
    """No reason stands without texts that hold it in place; `surplus` is the plan's word for a good row."""
    tested = _tested()
    assert set(tested) == set(REASONS) - {"surplus"}
    assert [code for code, (faults, fine) in tested.items() if faults < 3 or fine < 3] == []


def test_every_code_that_the_source_gives_has_a_meaning() -> None:
    """Each code in the source has its line in REASONS, and each of REASONS is given somewhere."""
    package = Path(parse.__file__).parent
    sources = [path.read_text("utf-8") for path in package.rglob("*.py") if path.name != "reasons.py"]
    checks = sorted({code.partition(".")[0] for code in REASONS if "." in code})
    pattern = re.compile(rf'"((?:{"|".join(checks)})\.[a-z_]+)"')
    said = {code for source in sources for code in pattern.findall(source) if not code.endswith(".json")}
    assert said == set(REASONS) - {"surplus"}
