"""Rules of `quality` that read a row or a form, and the search of columns that goes before all of its rules."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any, NamedTuple

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen import prompts, schema, seeds
from synthgen.checks import hashed, language
from synthgen.checks.quality import LEAST_ROWS, Quality, bounded, ending_fields
from synthgen.checks.rules import Rules
from synthgen.errors import RecipeError
from synthgen.job import prepare
from synthgen.recipe import Checks, Labels
from synthgen.recipe import Quality as QualityPart
from synthgen.sift import Known, Sieve
from synthgen.text import normalise
from synthgen.types import Prose, Record, Row, Seed
from tests.cases import Case, cases

ARTICLE = (
    "The council met on Monday. It decided to close the old bridge until spring, because two of its piers are cracked."
)


class RowCase(NamedTuple):
    """A question, what it works on, the answer, and whether the row must fall with the code."""

    code: str
    falls: bool
    question: str
    answer: str
    input: str | None = None


def rows(code: str, falls: bool, *found: tuple[str, ...]) -> list[RowCase]:
    """Return cases of one code: question and answer, and the input where there is one."""
    return [RowCase(code, falls, *one) for one in found]


SYMBOLS = (
    cases(
        "quality.symbols",
        [
            "@@## the !!?? &&%% $$$$ ,,;; ''''.",
            "%%%% #### @@@@ !!!! ???? card.",
            'My ,,,, ;;;; card !!!! :::: ???? is """" gone.',
            "!!!!! ????? ..... ,,,,,.",
            "Wh@t ?!?!?!?!?! %&%&%&%& !!!!!!!!! no.",
            "$$$ %%% &&& @@@ !!! a b c d.",
            "The fee is #@!%#@! ??!!??!! ,,,,,,,, ''''''''.",
        ],
        [
            "call +44 (0)20 7946-0958 / +44 7700-900.123, ext. 12-34.",
            "So 3 * (4 + 5) - (6 / 2) = 24, and ((1 + 2) * 3)^2 = 81?",
            "omg!!! 😂😂😂 my card is back 🎉🎉🎉!!!",
            "(╯°□°)╯︵ ┻━┻ my card is blocked again!",
            "What?!?! Again?!! No way!!! :-( :-( :-(",
            "I paid $5.99, $12.50 (-10 %), €3.20 & £7.00!",
            "Well... hmm... I don't know... maybe?",
            "¿Qué? ¡No! «Sí», dijo él…",
            "A 'quoted' \"word\", (one) [two] {3}: and/or; e.g. this!",
        ],
    )
    + cases(
        "quality.symbols",
        ["!!! ??? ,,, ;;; ::: ''' no.", "&%$# @!&% $#@! it %&%& ok.", "..... ,,,,, ;;;;; ''''' \"\"\"\"\" ?????"],
        [
            "Run this:\n```\n$(ls | awk '{print $9}') && { [[ -f x ]]; }\n```\nThen send it.",
            "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\nThat is the whole table.",
            "The pattern is ^(\\d{3})-(\\d{4})$ and nothing else.",
            '{"a": [1, 2, {"b": []}], "c": {}, "d": "."}',
            "for (i = 0; i < n; i++) { a[i] = (b[i] + c[i]) % 2; }\nThat is the loop.",
            "∫₀^∞ e^(-x²) dx = √π / 2 is the answer to it.",
            "=====\nNotes\n=====\n* one\n* two\n-----\nThe end is here.",
        ],
        "response",
    )
    + cases(
        "quality.symbols",
        [
            "Das MÃ¼sli ist fÃ¼r GroÃŸmutter.",
            "The caf\ufffd on the corner was clos\ufffdd all week.",
            "My bill\x00 came twice\x07 in one week.",
            "W h e r e i s m y p a r c e l",
            "0x57 0x68 0x65 0x72 0x65 0x20 0x69 0x73 0x20 0x69 0x74",
            "6d 79 20 63 61 72 64 20 69 73 20 6c 6f 73 74",
            "sdfg hjkl qwer wxcvb dfgh lkjhg",
            "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeek",
            "TXkgY2FyZCBpcyBsb3N0IGFuZCBJIG5lZWQgYSBuZXcgb25lIDE3",
            "<ul><li></li><li></li></ul><hr><hr>",
            "My router&nbsp;is&nbsp;off&nbsp;again",
            "My%20card%20is%20lost%20again",
            "🐌🐌🐌🐌🐌🐌🐌🐌🐌🐌🐌🐌",
            "%%%%%% card %%%%%% gone %%%%%%",
            "q7#R!w2=T9$y&U4*p^Z1?k%L8~m",
        ],
        [
            "My name shows as MÃ¼ller instead of Müller on the letter.",
            "The letter Ã stands in São Paulo when one writes it in capitals.",
            "My name is spelled S C H M I D T, with a D and a T.",
            "The numbers were 12 15 18 20 21 24 26 and no others.",
            "The commit 5d41402abc4b2a76b9719d911017c592 broke the login page.",
            "Noooooo, my card is gone again!",
            "The HTTP, SMTP, XMPP and NNTP ports are all shut.",
            "Our months, lengths and strengths were all right.",
            "== Opening hours ==\nWe are open from nine to five.",
            "The page shows &nbsp; between the words of my name.",
            "I paid 20 % less, 30 % off and 5 % back.",
            "The address https://acme.com/a%20b%20c%20d/caf%C3%A9 is dead.",
            "So happy 🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉 it works!",
            "A line of |||| was printed under my bill by the machine.",
        ],
    )
)

ABSENT = [
    *rows(
        "quality.absent_input",
        True,
        ("Summarise the following article.", "It is about a bridge that the council closes until spring."),
        ("Rewrite the sentence below in a polite tone.", "Could you please send me the file when you have time?"),
        ("Translate this paragraph into German.", "Der Rat hat am Montag getagt und die Brücke geschlossen."),
        ("Summarise the text above in your own words.", "It says that the bridge is closed."),
        ("Classify the following words as nouns or verbs.", "The first two are nouns, and the others are verbs."),
        ("Given the following text, find all names of people.", "The text names Anna, Jonas and two officers."),
        ("Proofread the attached letter, please.", "The letter has two errors in its second line."),
        ("Please identify the tone of the given passage.", "The passage has a sad and tired tone."),
        ("Based on the passage below, answer the question.", "The bridge is closed because its piers are cracked."),
        ("Edit this essay to make it shorter.", "The essay now has three paragraphs instead of five."),
        ("Underline the verbs in the passage.", "The verbs are run, fall and stand."),
        ("Based on the chart, which product sold best?", "The blue kettle sold best in that year."),
        ("Describe the mood of this painting.", "The mood is calm, for the colours are soft."),
        ("Which of these is a mammal?", "The second one, since it feeds its young with milk."),
        ("Translate it into Spanish.", "La puerta del museo queda cerrada el lunes."),
        ("What does the narrator think of his brother?", "He admires him, and envies him a little."),
        ("Proofread my cover letter, please.", "The second line has a comma too many."),
        ("Finish the poem.", "And so the night went out to sea, and took the lamps along."),
        ("What does the function return?", "It returns the largest number of the list."),
        ("Sort these cities by size.", "Rome comes first, then Turin, then Pisa."),
        ("Use the figures provided to calculate the rent.", "The rent is 800 euros a month."),
        ("Explain the meaning of the underlined word.", "It means that something lasts for a short time."),
    ),
    *rows(
        "quality.absent_input",
        False,
        (f"Summarise the following article. {ARTICLE}", "The old bridge stays closed until spring."),
        (f"Summarise the following article: {ARTICLE}", "The old bridge stays closed until spring."),
        ("Summarise the following article.", "The old bridge stays closed until spring.", ARTICLE),
        ("Rewrite the sentence below in a polite tone:\nSend me the file.", "Could you send me the file, please?"),
        ('Translate this sentence into German: "Where is the station?"', "Es heißt: Wo ist der Bahnhof?"),
        ('Rewrite the following sentence "Send me the file" politely.', "Could you send me the file, please?"),
        ("What happened in France on the following day of the war?", "Nothing much happened on that day there."),
        ("Sort the items as shown below: - pear - apple - fig", "The order is apple, fig and then pear."),
        (f"{ARTICLE} Summarise the text above.", "The old bridge stays closed until spring."),
        ("How do I write this letter of complaint without sounding rude?", "Say what happened, and what you want."),
        ("Can you explain the given name and the family name to me?", "The first is yours, the other your family's."),
        ("Find the mean of the following numbers, 4, 8 and 15, please.", "Their mean is nine, as their sum is 27."),
        ("Write an article about temperatures that are above average.", "It was warmer than in most years again."),
        ("Write a function to find the longest word in the given list.", "Call max with the key len on the list."),
        ("Count the vowels in any given word, how is that done?", "Go through the letters and compare each of them."),
        ("Name two numbers below twenty.", "Twelve and seventeen are below it."),
        ("What is the role of the narrator in a novel?", "The narrator tells the story to those who read it."),
        ("Which of these is larger, the Moon or Mars?", "Mars is about twice as wide as the Moon."),
        ("Fill in the blank: the capital of Peru is ___.", "The capital of Peru is Lima."),
        ("What is the story of Cinderella?", "A girl goes to a ball and loses her shoe."),
        ("How do I put the table together?", "Screw the four legs on and turn it over."),
        ("Describe the painting The Night Watch.", "It shows a company of guards as they leave."),
        ("Explain how to attach a document that was provided by a colleague.", "Open the mail and click on the clip."),
    ),
]

JSON = "Give me the name and the age of the user as JSON."
FORM = [
    RowCase("quality.too_short", False, "What do you call a baby swan?", "A cygnet"),
    RowCase("quality.too_short", False, "How do you say 'good night' in Welsh?", "Nos da"),
    RowCase("quality.too_short", True, "How do you say no to a friend politely?", "With care"),
    RowCase("quality.format", True, "Use no commas. Describe a market.", "There are apples, pears, cheese and fish."),
    RowCase("quality.format", True, "One word only. Name a river in Spain.", "The Ebro is a river in Spain."),
    RowCase("quality.format", True, "Write at least three paragraphs about trees.", "Trees are tall and green."),
    RowCase(
        "quality.format",
        True,
        "Limit yourself to five words. What is the sun?",
        "It is the star around which all planets go.",
    ),
    RowCase("quality.format", True, "No bullet points, please. What is in a salad?", "- green lettuce\n- olive oil"),
    RowCase(
        "quality.format",
        True,
        "Finish your answer with a question. How do I meet people?",
        "Join a club and go there often.",
    ),
    RowCase(
        "quality.format", False, "What is a numbered list good for in a text?", "It shows the reader an order of steps."
    ),
    RowCase(
        "quality.format", False, "Use no commas. Describe a market.", "Apples lie beside pears and the fish is fresh."
    ),
    RowCase(
        "quality.format",
        False,
        "No bullet points, please. What is in a salad?",
        "Green lettuce and olive oil - nothing else.",
    ),
    RowCase(
        "quality.format",
        False,
        "Finish your answer with a question. How do I meet people?",
        "Join a club. Which one do you like?",
    ),
    *rows(
        "quality.format",
        True,
        (JSON, "The name of the user is Anna and her age is 31."),
        ("List the three steps to reset a PIN in bullet points.", "Open the app, go to the card and tap on the PIN."),
        ("Explain how to reset a PIN as a numbered list.", "Open the app, go to the card and tap on the PIN."),
        ("Compare the two plans in a table.", "The first plan is cheaper, and the second plan has more storage."),
        ("Explain in one sentence what a VPN is.", "It is a tunnel. It hides traffic. You need it at home. Ask us."),
        (
            "Describe a VPN in at most 10 words.",
            "A VPN is a tunnel between your computer at home and our network, which nobody can read.",
        ),
        ("What is a VPN? Keep it under 8 words.", "A VPN is a tunnel between your computer and the network of us."),
        ("Return the result of the query in JSON format.", "The query has two rows: {name: Anna} and {name: Jonas}."),
        ("Reply in one word: what metal is a bell made of?", "A bell is mostly made of bronze."),
        ("Is a tomato a fruit? Answer with yes or no.", "A tomato is what botanists call a berry."),
        ("How many legs has an ant? Reply with a number only.", "An ant is an insect and walks on all of its legs."),
        ("Write exactly three sentences about ants.", "Ants live in nests and carry more than they weigh."),
        ("Describe an ant in no more than eight words.", "An ant is a small insect that lives in a nest with others."),
        ("Answer in capital letters: what do ants eat?", "Ants eat seeds, honey and other insects."),
        ("Without commas, name what ants eat.", "Ants eat seeds, honey and other insects."),
        ('Begin your answer with "Ants": what do they eat?', "They eat seeds and honey and other insects."),
        ("Close your answer with an exclamation mark: what do ants eat?", "Ants eat seeds and honey."),
        ("Answer in German: what do ants eat?", "The ants eat seeds and the honey of the flowers that they find."),
        ("Name five insects.", "There are ants and bees."),
        ("Give the date of the treaty as YYYY-MM-DD.", "The treaty was signed on May 3 of 1815."),
        ("Write a haiku about ants.", "The ants walk home in one long line while the sun goes down."),
        ("List the colours ant, bee and wasp have in alphabetical order.", "yellow, black, brown"),
        ("Write a YAML mapping with the name and age of Jo.", "The name of Jo is Jo and the age is nine."),
        ("Give the names of the ants as CSV.", "The first one is Ada and the other one is Bea"),
        ("Write a paragraph about ants of at least 30 words.", "Ants live in nests and carry much."),
    ),
    *rows(
        "quality.cut_off",
        True,
        ("How do I list files?", "Run this command in the folder with the files:\n```\nls -la\nThen read the output."),
        ("How can I list the files of a folder?", "Use `ls`.\n```bash\nls\n```\nOr with details:\n```bash\nls -l"),
        ("What should I pack?", "Take these with you:\n1. A tent and a mat\n2. A lamp with batteries\n3."),
        ("Which planets have moons?", "| Planet | Moons |\n| --- | --- |\n| Earth | 1 |\n| Jupi"),
        ("How do I cook rice?", "1. Wash it twice.\n2. Boil it for ten minutes.\n3. Let it re"),
        (
            "How does interest work?",
            "You save 100 pounds at 10 percent. After a year you have 110 and then you earn on 1",
        ),
    ),
    *rows(
        "quality.cut_off",
        False,
        ("What should I pack?", "Take these with you:\n1. A tent and a mat\n2. A lamp with batteries\n3. Two cups"),
        ("Which planets have moons?", "| Planet | Moons |\n| --- | --- |\n| Earth | 1 |\n| Mars | 2 |"),
        (
            "Draft a reply to my landlord about Saturday.",
            "Hi Martin,\nSaturday at ten works well for me.\nBest wishes,\nEllie",
        ),
        ("Add these numbers up.\n10, 20, 60", "Together these three numbers make a sum of ninety."),
    ),
    *rows(
        "quality.format",
        False,
        (JSON, 'Here you are: {"name": "Anna", "age": 31}'),
        (JSON, '```json\n[{"name": "Anna"}]\n```'),
        ("How do I open a JSON file with my editor?", "Right-click the file and choose your editor from the list."),
        ("Our service answers in JSON, how do I read it?", "Take any library that your language has for JSON."),
        ("List the steps to reset a PIN in bullet points.", "- Open the app\n- Go to the card\n- Tap on the PIN"),
        ("List the steps in bullet points, please.", "* Open the app * Go to the card * Tap on the PIN of it"),
        ("Describe it without bullet points, in plain text.", "Open the app, go to the card and tap on the PIN."),
        ("Explain how to reset a PIN as a numbered list.", "1. Open the app.\n2. Go to the card.\n3. Tap on the PIN."),
        ("Compare the two plans in a table.", "| Plan | Price |\n|---|---|\n| A | 5 |\n| B | 9 |\nB has more storage."),
        ("Where do I put my monitor on this small table?", "Put it in the middle of the table and plug it in."),
        ("Explain in one sentence what a VPN is.", "A VPN, e.g. ours, is a tunnel between you and Acme Inc. servers."),
        (
            "Explain in one sentence each what VPN and DNS do.",
            "A VPN is a tunnel. DNS finds names. Both are needed. Ok?",
        ),
        ("Describe a VPN in at most 10 words.", "A VPN is an encrypted tunnel into our network."),
        (
            "My text must be under 8 words, is that a rule?",
            "No, there is no such rule for the texts that you write here.",
        ),
        ("How do I list files?", "Run this command:\n```\nls -la\n```\nThen read what it says about the files."),
        ("Reply in one word: what metal is a bell made of?", "Bronze."),
        ("Is a tomato a fruit? Answer with yes or no.", "Yes, botanists call it a berry."),
        ("How many legs has an ant? Reply with a number only.", "Six"),
        ("Write exactly three sentences about ants.", "Ants live in nests. They dig. They carry more than they weigh."),
        ("How do I write a haiku about ants?", "Count five, seven and five syllables, and name a season of the ants."),
        ("Answer in capital letters: what do ants eat?", "ANTS EAT SEEDS, HONEY AND INSECTS."),
        ("Why do people write exactly two sentences in a note?", "A note is short, so two of them are enough for it."),
        ('Begin your answer with "Ants": what do they eat?', "Ants eat seeds and honey and other insects."),
        ("Write a function that turns words into upper case.", "Call upper on each of the words in the function."),
        ("Name five insects.", "The ant, the bee, the wasp, the fly and the moth are insects."),
        (
            "Write a haiku about ants.",
            "Ants walk home at dusk /\none long line along the wall /\nthe last lamp goes out",
        ),
        ("Give the date of the treaty as YYYY-MM-DD.", "The date of the treaty: 1815-05-03"),
        ("Write a poem with three words in each line of it.", "Rain on roofs, wind in trees, night is near, we sleep."),
    ),
]

OFF = (
    "Peel two ripe mangoes and cut them into thin slices. Heat some butter in a pan until it foams, then fry "
    "each side until golden and serve with cream."
)
UNRELATED = [
    *rows(
        "quality.unrelated",
        True,
        ("How do I reset the password of my laptop account?", OFF),
        ("Why does the printer on the second floor refuse my badge?", OFF),
        ("The VPN client shows an error about an expired certificate.", OFF),
        (
            "Which tyres does a mountain bike need in deep snow?",
            "A mortgage is paid back every month over many years, and the bank takes the house if nobody does.",
        ),
        (
            "Who painted the ceiling of the Sistine Chapel in Rome?",
            "Close the browser, empty its cache and sign in again; if that fails, send us a ticket with the log.",
        ),
    ),
    *rows(
        "quality.unrelated",
        False,
        (
            "How do I reset the password of my laptop account?",
            "Press the three keys together and choose to change it; the new one must be longer than twelve letters.",
        ),
        ("How do I reset the password of my laptop account?", "Ask us."),
        ("Hi there!", OFF),
        (
            "The printer refuses my badge on the second floor.",
            "We have cleared your badge. Hold it to the reader again, and the jobs that wait there will come out.",
        ),
        (
            "Wie setze ich mein Kennwort am Rechner zurück, bitte?",
            "Peel two ripe mangoes and cut them into thin slices, then fry each side of them until they are golden.",
        ),
        (
            "How do I reset the password of my laptop account?",
            "Drücken Sie die drei Tasten zugleich und wählen Sie den letzten Punkt; danach melden Sie sich neu an.",
        ),
    ),
]
ANSWERED = [
    *rows(
        "quality.refusal",
        True,
        ("Who should win the debate?", "I'd rather not take a side in this."),
        ("Write a joke about my neighbour.", "I won't make jokes about real people."),
        ("Which pills can I mix?", "Sorry, I cannot give you advice on medicine."),
        ("What is on this photo?", "Unfortunately, I'm not able to view images."),
        ("Write a message to my landlord.", "My guidelines do not allow me to write to third parties."),
        ("Book a table for two.", "I can't make reservations, I am afraid."),
        ("Tell me a secret of my friend.", "That's a sensitive topic. Therefore I can't discuss it."),
        ("How is the weather now?", "I don't have access to real-time data."),
    ),
    *rows(
        "quality.refusal",
        False,
        ("Can you take back the fee of March?", "I'm afraid we cannot refund this fee, as it was due in March."),
        ("Write a note that declines an invitation to give a talk.", "I'm sorry, but I cannot give that talk in May."),
        ("Why can't I print?", "The printer cannot help it: it is out of paper. Fill the tray and print again."),
        ("Can I share my screen?", "You cannot share it in the old version, so install the new one first."),
        ("Why is the link dead?", "I can't see your screen, but the link moved: try the new one on our page."),
        ("Refuse my request for a raise in one line.", "I cannot offer you a raise this year."),
    ),
    *rows(
        "quality.assistant_voice",
        True,
        ("What is a moat?", "I'm glad you asked! A moat is a ditch of water around a castle."),
        ("What is a moat?", "A moat is a ditch around a castle. Would you like to know more about it?"),
        ("What is a moat?", "As an AI language model, I say that a moat is a ditch around a castle."),
        ("What is a moat?", "A moat is a ditch around a castle. I hope this helps!"),
    ),
    *rows(
        "quality.assistant_voice",
        False,
        ("What is a moat?", "Of course! A moat is a ditch of water around a castle."),
        ("Give me two uses of a moat.", "Sure, here are two uses of a moat: it keeps out foes, and it holds fish."),
        ("Write a mail to a client.", "Let me know which day suits you, and we will come by with the moat."),
    ),
    *rows(
        "quality.cut_off",
        True,
        (
            "What is a moat?",
            "A moat is a ditch of water that runs around a castle and keeps its foes from the walls so",
        ),
        ("What is a moat?", "A moat is a ditch around the"),
        ("What is a moat?", "A moat is a ditch around a castle. It was dug by hand in most cases and then filled fr"),
    ),
    *rows(
        "quality.cut_off",
        False,
        ("What is the symbol of gold?", "The symbol is Au"),
        ("Sort 9, 4 and 7.", "4, 7, 9"),
        ("What follows from Newton's second law?", "The force follows as F = m * a"),
        ("Write a loop over ten numbers.", "for one in range(10):\n    print(one)"),
        ("Name three fruits in a list.", "- pears and plums\n- figs\n- one ripe quince from the south"),
        ("Where is your branch?", "Branch North, 12 Hill Road, Milltown"),
        ("Put the names into JSON, please.", '{"names": ["Anna", "Jonas"]}'),
    ),
    *rows(
        "quality.too_short",
        True,
        ("Explain how a moat protects a castle.", "Water."),
        ("What is a moat?", "Okay."),
        ("How do I dig a moat around my house?", "Dig it."),
    ),
    *rows(
        "quality.too_short",
        False,
        ("How many walls has a square room?", "4"),
        ("Which city is the capital of Peru?", "Lima."),
        ("Is a moat full of water?", "Yes."),
    ),
    *rows(
        "quality.repetition",
        True,
        ("What is a moat?", "A moat, a moat, a moat, a moat, a moat, a moat is a ditch."),
        ("Write a mail.", "We will come on Monday at nine. We will come on Monday at nine."),
        ("What is a poem?", "A poem is a short work, a short work, a short work, a short work, a short work."),
    ),
    *rows(
        "quality.repetition",
        False,
        (
            "Write a chorus about rain.",
            "Rain on me, rain on me, fall till I am free. Rain on me, rain on me, let it be.",
        ),
        ("Show the multiplication table of two.", "1 times 2 is 2, 2 times 2 is 4, 3 times 2 is 6, 4 times 2 is 8."),
        ("Say it three times in a row, please: I love moats.", "I love moats so. I love moats so. I love moats so."),
    ),
]
PAIRS = ABSENT + FORM + UNRELATED + ANSWERED


@cache
def _task(name: str) -> tuple[type[Record], list[Seed], list[str]]:
    root = schema.shipped("templates") / name
    kind = schema.load(schema.find(name, root))
    said = [
        line for path in sorted(root.glob("*.j2")) for line in prompts.Prompt(path, path.read_text("utf-8")).phrases()
    ]
    return kind, seeds.load("seeds.jsonl", root, kind, {}), said


@cache
def _rules(task: str, allow: frozenset[str] = frozenset()) -> Rules:
    kind, known, said = _task(task)
    fields = kind.marked(Prose)
    data = [{name: seed.record.prose(name) for name in fields} for seed in known]
    required = frozenset(name for name in fields if kind.model_fields[name].is_required())
    return Rules(fields, ending_fields(fields, data), said, data, "en", allow, required)


def _table(facts: Rules, data: list[Row]) -> pl.DataFrame:
    columns = {name: [row.get(name) for row in data] for name in facts.fields}
    return pl.DataFrame({f"prose:{name}": pl.Series(texts, dtype=pl.String) for name, texts in columns.items()})


def _row(case: RowCase) -> Row:
    return {"instruction": case.question, "input": case.input, "response": case.answer}


def _reason(case: RowCase | Case, allow: frozenset[str] = frozenset()) -> Any:
    if isinstance(case, RowCase):
        facts, row = _rules("instruction", allow), _row(case)
    else:
        facts, row = _rules("classification" if case.field == "text" else "instruction", allow), {case.field: case.text}
    return Quality(facts)(_table(facts, [row]))["reason"][0]


NOT_THIS = frozenset({"quality.language", "quality.cut_off", "quality.too_short", "quality.unrelated"})
"""What a short or German look-alike may break beside the rule that it stands for."""


WHOLE_AND_BROKEN = [
    ("M y  p a r c e l  h a s  n o t  c o m e  y e t .", True),
    ("The pa@@ rcel ha@@ s not co@@ me to my ho@@ use.", True),
    ("▁My ▁parcel ▁has ▁not ▁come ▁yet .", True),
    ("\\n\\nMy parcel has not come.", True),
    ("M&y p*arc#el h$as n%ot c^ome y&et.", True),
    ("My pаrcel hаs nоt cоme yеt.", True),
    ("AT&T and B&B sent me R&D papers by mail.", False),
    ("Plan A, plan B and plan C are all I have.", False),
    ("Put \\n where a line ends, and \\t where a gap is.", False),
    ("My friend Иван lives in Perm and likes борщ a lot.", False),
    ("文脈は難しい。難しく、誰も理解できません。時々、私もそうです。", False),
]


@pytest.mark.parametrize(("text", "falls"), WHOLE_AND_BROKEN, ids=lambda value: str(value)[:20])
def test_torn_words_are_broken_and_other_scripts_are_not(text: str, *, falls: bool) -> None:
    """Words in pieces, with signs or foreign letters in them, fall; names, other scripts and talk of signs do not."""
    table = _table(facts := _rules("classification", NOT_THIS), [{"text": text}] * LEAST_ROWS)
    for screened in (True, False):
        assert (Quality(facts, screened=screened)(table)["reason"][0] == "quality.symbols") is falls


@pytest.mark.parametrize("case", [*PAIRS, *SYMBOLS], ids=lambda case: f"{case.code}-{case.falls}-{case[2]!s:.40}")
def test_each_fault_falls_and_no_look_alike(case: RowCase | Case) -> None:
    """A faulty row falls with its code, a look-alike with none, and `allow` switches the rule off."""
    assert _reason(case, NOT_THIS - {case.code}) == (case.code if case.falls else None)
    assert _reason(case, NOT_THIS | {case.code}) != case.code


@pytest.mark.parametrize("task", schema.tasks())
def test_no_shipped_seed_breaks_a_rule_of_rows(task: str) -> None:
    """The seeds are good rows, whole: none speaks of what is not there or misses a form.

    An answer without a word of its question is taken for one beside the point: one in thirty at most.
    """
    kind, known, said = _task(task)
    facts = Rules(kind.marked(Prose), frozenset(), said, [], "en", frozenset(), _rules(task).required)
    found = Quality(facts)(_table(facts, [{name: seed.record.prose(name) for name in facts.fields} for seed in known]))
    fell = found.filter(pl.col("reason").is_not_null())
    assert fell.filter(pl.col("reason") != "quality.unrelated").rows() == []
    assert fell.height <= len(known) / 30


TOPICS = "trains bridges bread gardens violins rivers chess bees glass salt maps clocks wool ferries owls".split()  # noqa: SIM905
NEAR = [
    {"instruction": f"How are {one} kept in good order for {year} years?", "response": f"Look after {one} each spring, "
     f"as {one} suffer most in winter, and write down what was done to them in all those years."}
    for one in TOPICS for year in ("ten", "twenty")
]  # fmt: skip
BY_LUCK = {
    "instruction": "Which spices are part of a good pumpkin soup?",
    "response": "The treaty of 1648 ended the war between the princes and the emperor, and each kept what he had "
    "won; no side had gained a thing, and the greater part of the villages stood empty for a generation.",
}


@pytest.mark.parametrize(
    ("known", "falls"), [(NEAR, True), (NEAR[:19], False), ([], False)], ids=["30 seeds", "19 seeds", "none"]
)
def test_an_answer_is_held_to_what_the_seeds_answers_have_to_do_with_their_questions(
    known: list[Row], falls: bool
) -> None:
    """A word shared by luck saves no answer where twenty seeds are near their questions; with fewer it does."""
    plain = _rules("instruction")
    facts = Rules(plain.fields, frozenset(), [], known, "en", frozenset(), plain.required)
    table = _table(facts, [BY_LUCK, *NEAR] * LEAST_ROWS)
    for screened in (True, False):
        found = Quality(facts, screened=screened)(table)["reason"].to_list()
        assert (found[0] == "quality.unrelated") is falls
        assert found[1:].count("quality.unrelated") == (LEAST_ROWS - 1 if falls else 0)


def test_a_translation_that_was_asked_for_is_in_the_right_language() -> None:
    """A question that names a language gets its answer in it; one that does not gets a fault, in any script."""
    german = "Der Rat hat am Montag getagt und die alte Brücke bis zum Frühling geschlossen."
    asked = RowCase("quality.language", False, f'Translate into German: "{ARTICLE}"', german)
    assert _reason(asked) is None
    for answer in (german, "Мост закрыт до весны, потому что он старый.", "橋は春まで閉まっています。"):
        assert _reason(RowCase("quality.language", True, "Why is the bridge closed?", answer)) == "quality.language"


def test_empty_texts_fall_whatever_stands_beside_them() -> None:
    """A column of empty texts is judged as one in which some are not: a row's verdict is its own."""
    facts = _rules("classification", frozenset({"quality.language"}))
    empty, whole = {"text": ""}, {"text": "My card was lost on the tram, please block it."}
    alone = Quality(facts)(_table(facts, [empty, empty]))["reason"].to_list()
    assert alone == ["quality.too_short"] * 2
    assert Quality(facts)(_table(facts, [empty, whole]))["reason"].to_list() == ["quality.too_short", None]


def test_a_text_alone_may_speak_of_its_input() -> None:
    """In a task of one text an absent input is a fault too; a rationale that speaks of the text is none."""
    facts = _rules("classification", frozenset({"quality.language"}))
    data = [
        {"text": "Please summarise the following article for me."},
        {"text": "My card is lost, please block it.", "rationale": "Based on the text above, the card is lost."},
    ]
    assert Quality(facts)(_table(facts, data))["reason"].to_list() == ["quality.absent_input", None]


PIECES = [
    *(case.question for case in PAIRS), *(case.answer for case in PAIRS), *(case.text for case in SYMBOLS),
    "I’m sorry, but I can’t help with that.", "Sure! Here is a message about it:", "As an AI language model, I cannot.",
    "my name is [NAME] and {amount}", "### Instruction: write", "Topic: fees", "Write one new text for the label",
    "I think I left my debit card on the tram this morning, can you block it", "no no no no", "very very very late",
    "I want my money back today.", "(never closed", "“never closed", ":)", "and",
    "Ich habe gestern meine Karte verloren",
    "Je ne comprends pas ces frais de quinze euros", "Вчера я долго ждал ответа, но никто не пришёл",
    "カードをなくしました。",
    "मेरा कार्ड खो गया है और मुझे मदद चाहिए", "\x1c", "\u2028", "\u00a0", "\n\n", "  ", "…", "½ ² ①",
    "ſorry, I can't comply.",
    "İ must decline", "Straße ĳs ŉ ŀ", "```", "```\ncode\n```", "e\u0301e\u0301 e\u0301e\u0301", "❤️",
    "🏳️‍🌈", "_under_score_",
    "ΑΣ ΑΣ. ΑΣ", "!!!! ???? ,,,, ;;;;", "\t\t\t\t\t\t\t\t\t\t!!!???", "Please see the document below.",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=4).map(" ".join) | st.none()


def _both(facts: Rules, data: list[Row]) -> tuple[pl.DataFrame, pl.DataFrame]:
    table = _table(facts, data)
    return Quality(facts)(table), Quality(facts, screened=False)(table)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(texts, texts, texts), min_size=1, max_size=12), st.sampled_from(["en", "de", None]))
def test_searching_columns_gives_the_verdicts_of_reading_rows(
    found: list[tuple[str | None, str | None, str | None]], tongue: str | None
) -> None:
    """The quick way over a whole column and the plain way over each text give the same verdicts, to the evidence."""
    plain = _rules("instruction")
    facts = Rules(plain.fields, plain.ends, plain.prompt, plain.seeds, tongue, plain.allow, plain.required)
    data = [dict(zip(("instruction", "input", "response"), row, strict=True)) for row in found]
    data += [{"instruction": "How do I do it?", "response": "Like that."}] * LEAST_ROWS
    quick, slow = _both(facts, data)
    assert quick.rows() == slow.rows()


@pytest.mark.parametrize("task", ["classification", "instruction"])
def test_many_mixed_rows_get_the_same_verdicts(task: str) -> None:
    """A thousand rows of good and bad pieces fall alike when searched, when read, and in small tables."""
    draw, facts = Random(3), _rules(task)
    data = [
        {name: " ".join(draw.choices(PIECES + facts.seed_texts, k=draw.randint(1, 3))) for name in facts.fields}
        for _ in range(1000)
    ]
    quick, slow = _both(facts, data)
    assert quick.rows() == slow.rows()
    check, table = Quality(facts), _table(facts, data)
    for size in (1, 7, 100):
        parts = pl.concat(check(table.slice(at, size)) for at in range(0, table.height, size))
        assert parts.rows() == quick.rows()
    assert len(set(quick["reason"])) >= 10


@settings(max_examples=100, deadline=None)
@given(st.lists(texts, min_size=1, max_size=8))
def test_columns_have_the_words_that_texts_have(found: list[str | None]) -> None:
    """A column's words are those of each text in its compared form, whatever script it is in."""
    words = hashed.Words(pl.Series(found, dtype=pl.String))
    assert words.text.to_list() == [normalise(text or "") for text in found]
    assert words.counts.tolist() == [len(normalise(text or "").split()) for text in found]
    assert words.words.to_list() == [word for text in found for word in normalise(text or "").split()]


def test_hashes_that_share_a_place_are_found() -> None:
    """Looking up finds what is known and nothing else, also where two hashes want one place of the table."""
    import numpy as np

    one = np.arange(1, 50, dtype=np.uint64) << np.uint64(32)
    known = hashed.Known(one, one[:10])
    asked = np.concatenate([one, one + np.uint64(1), np.zeros(1, np.uint64)])
    assert known.of(asked).tolist() == [3] * 10 + [1] * 39 + [0] * 50


FOREIGN = {
    "en": "I have waited for my new card for two weeks and nobody could tell me where it is.",
    "de": "Ich warte seit zwei Wochen auf meine neue Karte und niemand kann mir sagen, wo sie ist.",
    "fr": "J'attends ma nouvelle carte depuis deux semaines et personne ne peut me dire où elle est.",
    "es": "Llevo dos semanas esperando mi nueva tarjeta y nadie me puede decir dónde está.",
    "it": "Aspetto la mia nuova carta da due settimane e nessuno mi sa dire dove sia.",
    "nl": "Ik wacht al twee weken op mijn nieuwe kaart en niemand kan me zeggen waar die is.",
    "pt": "Estou há duas semanas à espera do meu novo cartão e ninguém me sabe dizer onde ele está.",
}


@pytest.mark.parametrize("wanted", FOREIGN)
def test_a_language_knows_its_own(wanted: str) -> None:
    """A sentence is in its own language and in none of the others."""
    assert [name for name, text in FOREIGN.items() if not language.other(text, wanted, frozenset())] == [wanted]


def test_bounds_of_the_recipe_stand_in_place_of_the_schemas() -> None:
    """`checks.quality.words` moves a field's bounds and no other's; the same text falls or passes by them."""
    kind, known, _ = _task("classification")
    off = Labels(use=False)
    checks = [Checks(labels=off), Checks(labels=off, quality=QualityPart(words={"text": (8, 9)}))]
    found = []
    for check in checks:
        quality = dict(Sieve(kind, check, Known(known)).checks)["quality"]
        data = [{"text": "Block it now, please."}, {"text": "Where is my card, it has been eight days?"}]
        found.append(quality(_table(_rules("classification"), data))["reason"].to_list())
    assert found == [[None, None], ["quality.too_short", None]]
    assert bounded({"a": Prose(2, 9, ends=False), "b": Prose()}, {"a": (1, 5)}) == {
        "a": Prose(1, 5, ends=False), "b": Prose(),
    }  # fmt: skip


def test_bounds_of_an_unknown_field_are_refused() -> None:
    """A field that is not there is refused before a run begins, and the message names those that are."""
    with pytest.raises(RecipeError) as found:
        bounded({"text": Prose(), "rationale": Prose()}, {"txt": (1, 2)})
    assert "checks.quality.words names 'txt', which is no field of written text" in str(found.value)
    assert "the task's fields of written text are text, rationale" in str(found.value)
    with pytest.raises(RecipeError, match="names 'txt'"):
        prepare(schema.shipped("templates") / "classification", {"checks.quality.words": {"txt": [1, 2]}})
    with pytest.raises(RecipeError, match="give the least words first"):
        prepare(schema.shipped("templates") / "classification", {"checks.quality.words": {"text": [9, 2]}})
