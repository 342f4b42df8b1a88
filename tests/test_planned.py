"""Checks that hold a row against what was planned: it evolved, hides its persona, keeps its constraint, is better."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from synthgen.checks.constraints import RULES, Constraints, broken, trouble
from synthgen.checks.evolve import Evolve, told
from synthgen.checks.hidden import said
from synthgen.checks.judge import FOLDER
from synthgen.checks.pairwise import NAMES, Harder, Pair, Pairwise
from synthgen.errors import RecipeError
from synthgen.planned import of_axes
from synthgen.prompts import find
from synthgen.recipe import Axis
from synthgen.types import Ask, Candidate, Draft, Message, Record, Reply, Request
from tests.test_asking import UNASKED, spent

PARENT = "Write a script that renames all files in a folder."
EVOLVED: list[tuple[str, bool, str | None]] = [
    (PARENT, False, "evolve.same"),
    ("Please write a script that renames all the files in a folder.", False, "evolve.same"),
    ("write a SCRIPT that renames ALL files, in a folder!", False, "evolve.same"),
    ("Rename files with a small helper.", False, "evolve.easier"),
    ("Explain the word script.", False, "evolve.easier"),
    ("Which command deletes folders?", False, "evolve.easier"),
    (PARENT + " Then" + " add another requirement here" * 14, False, "evolve.longer"),
    (PARENT + " Besides," + " describe the history of shells" * 12, True, "evolve.longer"),
    (PARENT + " And" + " one more thing about servers too" * 9, False, "evolve.longer"),
    ("Write a script that renames all files in a folder by date, without losing their endings.", False, None),
    (
        "Write a script that renames all photos in a folder and its subfolders, if they are older than 30 days.",
        False,
        None,
    ),
    (
        "Write a script that renames files in a folder; explain each line, and list 2 ways in which it can fail.",
        False,
        None,
    ),
    ("Draw a chart of last month's log-ins.", True, None),
]


@pytest.mark.parametrize(("text", "wider", "code"), EVOLVED, ids=lambda one: str(one)[:40])
def test_a_row_that_was_made_of_another_is_new_and_harder(text: str, wider: bool, code: str | None) -> None:
    """What says nothing new, demands less or grows into another task falls; deeper rows and wider ones pass."""
    found = told(text, PARENT, wider=wider)
    assert (found[0] if found else None) == code


def test_what_falls_names_its_parent() -> None:
    """The evidence names the parent's id; a row that was made of nothing is not looked at."""
    table = pl.DataFrame(
        {"text": [PARENT, PARENT], "cell": ["{}", "{}"], "parent": ["abc", None], "parent_text": [PARENT, None]}
    )
    found = Evolve({})(table)
    assert found["reason"].to_list() == ["evolve.same", None]
    assert found["evidence"].to_list() == ["row abc: new: nothing", None]


GEOLOGIST = "a geologist who maps caves in the north"
HIDDEN: list[tuple[str, str | None]] = [
    ("As a geologist, I need a hammer that lasts.", "hidden.said"),
    ("I am a geologist and my tablet does not start.", "hidden.said"),
    ("My sister maps caves in the north, and her tablet broke.", "hidden.said"),
    ("I'm a geologist. Which boots do you sell?", "hidden.said"),
    ("Which tablet works in the cold, with gloves on?", None),
    ("Do you sell maps of the north?", None),
    ("The geologist on television spoke of caves.", None),
    ("I need boots for wet rock; as a guest, can I order?", None),
]


@pytest.mark.parametrize(("text", "code"), HIDDEN)
def test_a_persona_stays_out_of_the_row(text: str, code: str | None) -> None:
    """A row that introduces its persona, or repeats a run of its words, falls; one that merely shares a topic stays."""
    assert bool(said(text, GEOLOGIST)) == bool(code)


SHORT = "Answer in at most eight words, without commas."
CONSTRAINED: list[tuple[str, str, str | None, str | None]] = [
    ("How long is the Rhine? " + SHORT, "It is some 1230 kilometres long.", None, None),
    ("How long is the Rhine? " + SHORT, "About 1230 kilometres.", "It is long, wide, and deep.", None),
    ("How long is the Rhine? answer in at most eight words, without commas", "About 1230 kilometres.", None, None),
    ("How long is the Rhine?", "About 1230 kilometres.", None, "constraint.unsaid"),
    ("How long is the Rhine? Be short.", "About 1230 kilometres.", None, "constraint.unsaid"),
    ("How long is the Rhine? Answer in at most nine words.", "About 1230 kilometres.", None, "constraint.unsaid"),
    ("How long is it? " + SHORT, "It is, all in all, long.", None, "constraint.broken"),
    ("How long is it? " + SHORT, "From the source to the sea it is 1230 kilometres long.", None, "constraint.broken"),
    ("How long is it? " + SHORT, "Well, nobody measured it to the last metre so far.", None, "constraint.broken"),
    ("How long is it? " + SHORT, "About 1230 kilometres.", "Some 1230 kilometres.", "constraint.kept"),
    ("How long is it? " + SHORT, "About 1230 kilometres.", "Long.", "constraint.kept"),
    ("How long is it? " + SHORT, "About 1230 kilometres.", "It is 1230 km long.", "constraint.kept"),
]


@pytest.mark.parametrize(("asked", "answer", "other", "code"), CONSTRAINED, ids=lambda one: str(one)[-30:])
def test_a_constraint_is_said_and_kept(asked: str, answer: str, other: str | None, code: str | None) -> None:
    """The request says the constraint, the answer keeps it, and the one to steer away from breaks it."""
    check = Constraints({"constraint": {SHORT: {"most_words": 8, "without": ","}}})
    columns = {"cell": [json.dumps({"constraint": SHORT})], "asked": [asked], "answer": [answer]}
    table = pl.DataFrame(columns | {"steered_from": pl.Series([other], dtype=pl.String)})
    assert check(table)["reason"].to_list() == [code]


RULED: list[tuple[str, Any, str, str]] = [
    ("most_words", 3, "One two three.", "One two three four."),
    ("least_words", 3, "One two three.", "One two."),
    ("sentences", 2, "It rains. Take a coat!", "It rains."),
    ("most_sentences", 1, "It rains at 7.30 today.", "It rains. Take a coat."),
    ("paragraphs", 2, "One.\n\nTwo.", "One.\nTwo."),
    ("bullets", 2, "- one\n- two", "- one\ntwo - three"),
    ("least_bullets", 1, "Here:\n* one\n* two", "one"),
    ("most_letters", 5, "12345", "123456"),
    ("includes", ["rain", "coat"], "Rain: take a coat.", "Rain: take a raincoat."),
    ("avoids", ["rain"], "Training is on.", "The rain is on."),
    ("without", [",", ";"], "One and two", "One, two"),
    ("begins", "dear", "Dear all", "Hello dear"),
    ("ends", "regards", "Kind Regards", "Regards, Ann"),
    ("small_letters", True, "all small", "Not all"),
    ("capital_letters", True, "ALL 3", "Not"),
    ("digits", True, "It is 3.", "It is three."),
    ("digits", False, "It is three.", "It is 3."),
    ("questions", 1, "Is it? Yes.", "It is."),
    ("quoted", True, '"Yes."', 'The "yes".'),
    ("json", True, '```json\n{"a": 1}\n```', "{a: 1}"),
    ("matches", r"^\d{4}-\d\d$", "2024-05", "May 2024"),
    ("numbered", 2, "1. one\n2. two", "1. one"),
]


@pytest.mark.parametrize(("rule", "value", "kept", "fallen"), RULED)
def test_each_rule_tells_what_keeps_it(rule: str, value: object, kept: str, fallen: str) -> None:
    """Each rule passes a text that keeps to it and none that does not."""
    assert broken(kept, {rule: value}) == []
    assert broken(fallen, {rule: value}) == [f"{rule}: {value}"]


def test_every_rule_is_tested() -> None:
    """No rule of the library stands without a text on either side."""
    assert {one[0] for one in RULED} == set(RULES)


@pytest.mark.parametrize(
    ("holds", "part"),
    [
        ({"most_wrods": 3}, "there is no rule 'most_wrods'"),
        ({"most_words": "three"}, "'most_words' cannot have the value 'three'"),
        ({"matches": "("}, "'matches' cannot have the value '('"),
        ([], "no table of rules"),
    ],
)
def test_rules_that_are_none_are_told_before_anything_is_asked(holds: object, part: str) -> None:
    """A rule that does not exist, or whose value it cannot use, is one message that names the value of the axis."""
    if holds:
        rows = {"constraint": [{"constraint": SHORT, "holds": holds}]}
        with pytest.raises(RecipeError, match=f"the rules of '{SHORT}' do not hold"):
            of_axes({"constraint": Axis()}, rows)
    assert part in trouble(holds)


class Choice(Record):
    """A question with the answer to give and the one to steer away from."""

    prompt: str
    chosen: str
    other: str | None = None

    def wording(self) -> str:
        """Return the question."""
        return self.prompt

    def messages(self) -> list[Message]:
        """Return question and chosen answer."""
        return [{"role": "user", "content": self.prompt}, {"role": "assistant", "content": self.chosen}]

    def rejected(self) -> list[Message] | None:
        """Return the other answer."""
        return [{"role": "assistant", "content": self.other}] if self.other else None


def _judge(prompt: str) -> Pairwise:
    return Pairwise("judge", find(prompt, [FOLDER], continues=False, names=NAMES), "Questions and answers.")


def _says(*answers: str) -> Ask:
    given = iter(answers)

    async def ask(request: Request) -> Reply:
        assert request.parameters["temperature"] == 0
        return Reply(json.dumps({"better": next(given)}))

    return ask


PREFERRED: list[tuple[tuple[str, ...], str | None]] = [
    (("first", "second"), None),
    (("First", "SECOND"), None),
    (("first ", " second"), None),
    (("second", "first"), "pair.lost"),
    (("Second", "First"), "pair.lost"),
    (("second ", " first"), "pair.lost"),
    (("first", "first"), "pair.tie"),
    (("second", "second"), "pair.tie"),
    (("first", "neither"), "pair.tie"),
]


@pytest.mark.parametrize(("answers", "code"), PREFERRED)
def test_the_chosen_answer_must_win_in_both_orders(answers: tuple[str, ...], code: str | None) -> None:
    """It is asked twice, the other way round; what wins in one order only is a tie, and a row of one answer passes."""
    ask = _says(*answers)
    rows = [Choice(prompt="Why?", chosen="So.", other="No."), Choice(prompt="Why?", chosen="So.")]
    found = asyncio.run(
        Pair(_judge("pairwise.j2"))([Candidate("a", Draft(0, {}, 0, []), [], {}, one) for one in rows], [ask])
    )
    assert [one[0] for one in found] == [code, None]


COMPARED_LEVELS: list[tuple[tuple[str, ...], str | None]] = [
    (("first", "second"), None),
    (("First", "Second"), None),
    ((" first", "second "), None),
    (("second", "first"), "harder.denied"),
    (("first", "first"), "harder.denied"),
    (("neither", "neither"), "harder.denied"),
]


@pytest.mark.parametrize(("answers", "code"), COMPARED_LEVELS)
def test_a_model_must_find_an_evolved_row_harder(answers: tuple[str, ...], code: str | None) -> None:
    """An evolved row stays where it is the harder one in both orders; wider rows, and others, are not compared."""
    ask = _says(*answers)
    record, parent = Choice(prompt="Why, and when?", chosen="So."), Choice(prompt="Why?", chosen="So.")
    drafts = [Draft(0, {"way": way}, 0, [], parent="p") for way in ("deeper", "wider")]
    rows = [Candidate("a", draft, [], {}, record, parent=parent) for draft in drafts]
    rows.append(Candidate("c", Draft(0, {}, 0, []), [], {}, record))
    found = asyncio.run(Harder(_judge("harder.j2"), {"way": frozenset({"wider"})})(rows, [ask]))
    assert [one[0] for one in found] == [code, None, None]


@pytest.mark.parametrize("said", UNASKED)
def test_pairs_that_nobody_could_ask_about_wait(said: str) -> None:
    """A row falls as not asked, with the reason, where the budget leaves no room for a comparison."""
    record, parent = Choice(prompt="Why, and when?", chosen="So.", other="No."), Choice(prompt="Why?", chosen="So.")
    rows = [Candidate("a", Draft(0, {}, 0, [], parent="p"), [], {}, record, parent=parent)]
    assert asyncio.run(Pair(_judge("pairwise.j2"))(rows, [spent(said)])) == [("pair.unasked", None, said)]
    assert asyncio.run(Harder(_judge("harder.j2"), {})(rows, [spent(said)])) == [("harder.unasked", None, said)]


def test_the_prompts_for_pairs_are_shipped() -> None:
    """Both prompts lie beside the checks, and use no name that nobody gives."""
    assert {path.name for path in Path(FOLDER).glob("*.j2")} >= {"pairwise.j2", "harder.j2"}
