"""Tables, a question about what is in them, and the query that answers it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, ClassVar

from pydantic import Field, ValidationInfo, field_validator, model_validator

from synthgen.types import Message, Prose, Record, Row, unfit

_HEAD, _ASKED = "Database schema:\n", "\n\nQuestion: "
_TOKEN = re.compile(
    r"""(?P<text>'(?:[^']|'')*')|(?P<name>"(?:[^"]|"")*")|(?P<remark>--[^\n]*|/\*.*?\*/)"""
    r"""|(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<word>[^\W\d]\w*)|(?P<mark>\S)""",
    re.DOTALL,
)
_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_SAID = {word: float(number) for number, word in enumerate(_WORDS)} | {
    "once": 1.0, "twice": 2.0, "half": 0.5, "dozen": 12.0, "hundred": 100.0, "thousand": 1000.0, "million": 1e6,
    "thirty": 30.0, "forty": 40.0, "fifty": 50.0, "sixty": 60.0, "seventy": 70.0, "eighty": 80.0, "ninety": 90.0,
    "no": 0.0, "none": 0.0, "without": 0.0, "never": 0.0, "any": 0.0, "out": 0.0,
    "single": 1.0, "first": 1.0, "second": 2.0, "third": 3.0, "fourth": 4.0, "fifth": 5.0, "couple": 2.0, "pair": 2.0,
}  # fmt: skip
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_FREE = {"round", "substr", "substring", "left", "right", "trunc", "strftime", "lpad", "interval"}
"""Numbers after these say how something is written, not what is asked for."""


class Query(Record):
    """Tables, a question, and the query that answers it."""

    tables: str = Field(min_length=1, description="The tables, as the statements that make them.")
    question: Annotated[str, Prose(least=4, most=90)] = Field(
        min_length=1, description="What somebody wants to know of the tables' rows."
    )
    sql: str = Field(min_length=1, description="One SELECT that answers it.")

    aliases: ClassVar[dict[str, tuple[str, ...]]] = {
        "tables": ("context", "sql_context", "schema", "ddl", "create_table"),
        "question": ("sql_prompt", "prompt", "instruction"),
        "sql": ("query", "answer", "output"),
    }
    reasons: ClassVar[dict[str, tuple[str, str]]] = {
        "sql.fails": ("The query does not parse, or does not run on the database.", "Take a model that knows DuckDB."),
        "sql.forbidden": (
            "The query is no single SELECT: it writes, attaches, reads files, or is several statements.",
            "Say in the prompt that one SELECT is wanted.",
        ),
        "sql.slow": (
            "The query takes more than a second, too much memory, or gives more than a thousand rows.",
            "Ask for narrower questions, or give a smaller database.",
        ),
        "sql.empty": ("The query gives no rows, or nothing but nulls.", "Draw values that are in the data."),
        "sql.ungrounded": (
            "A value in the query does not stand in the question, so that nobody could know it.",
            "Ask in the prompt that the question names every value; show more examples.",
        ),
        "sql.disputed": (
            "Somebody who saw only the question and the tables wrote a query that gives other rows.",
            "Ask for questions that leave nothing open: which columns, which order, what counts.",
        ),
    }

    def wording(self) -> str:
        """Return the question: asked twice, it is one row too many."""
        return self.question

    def messages(self) -> list[Message]:
        """Return the tables and the question as the user's turn, the query as the assistant's."""
        asked = f"{_HEAD}{self.tables}{_ASKED}{self.question}"
        return [{"role": "user", "content": asked}, {"role": "assistant", "content": self.sql}]

    @classmethod
    def from_messages(cls, messages: Sequence[Message]) -> Row | None:
        """Return the fields of a conversation that `messages` made."""
        turns = [one for one in messages if one["role"] != "system"]
        if [one["role"] for one in turns] != ["user", "assistant"]:
            return None
        asked, reply = (one["content"].strip() for one in turns)
        tables, found, question = asked.partition(_ASKED)
        if not found or not tables.startswith(_HEAD):
            return None
        return {"tables": tables.removeprefix(_HEAD), "question": question, "sql": reply}

    def level(self) -> int:
        """Return 1 to 4 by the query's shape.

        A join, groups, a bound on groups, and three columns or more count 1 each, a query inside another, a union and a
        window 2: nothing of these is level 1, one point 2, up to three 3, more 4.
        """
        words = [word.lower() for kind, word in _tokens(self.sql) if kind in {"word", "mark"}]
        pairs = list(pairwise(words))
        points = words.count("join") + int(("group", "by") in pairs) + words.count("having")
        points += 2 * (words.count("select") - 1 + words.count("over"))
        points += int(_columns(words) >= 3)
        return 1 if points <= 0 else 2 if points == 1 else 3 if points <= 3 else 4

    @field_validator("tables", mode="after")
    @classmethod
    def _without_gaps(cls, tables: str) -> str:
        """Take out empty lines: the first one in a prompt stands before the question."""
        return re.sub(r"\n\s*\n", "\n", tables.replace("\r\n", "\n"))

    @field_validator("sql", mode="after")
    @classmethod
    def _bare(cls, query: str) -> str:
        """Take off the fence and the semicolon that models put around a query."""
        fenced = re.fullmatch(r"```(?:\w+)?\n(.*?)\n?```", query, re.DOTALL)
        return (fenced.group(1) if fenced else query).strip().rstrip(";").rstrip()

    @model_validator(mode="after")
    def _is_grounded(self) -> Query:
        for literal in _literals(self.sql):
            if not _stands(literal, self.question):
                code = "sql.ungrounded"
                raise unfit(code, f"{literal} does not stand in the question")
        return self

    @model_validator(mode="after")
    def _runs(self, info: ValidationInfo) -> Query:
        context: Any = info.context or {}
        database = context.get("database")
        if database is None:
            return self
        answer = database.run(self.sql)
        code, said = f"sql.{answer.trouble}", answer.evidence
        if not answer.trouble:
            code, said = "sql.empty", f"{len(answer.rows)} rows, and nothing but nulls in them"
        if answer.trouble or answer.empty:
            raise unfit(code, said)
        second = context.get("notes", {}).get("second")
        if second is not None:
            self._agrees(database, answer, self._bare(str(second).strip()))
        return self

    def _agrees(self, database: Any, answer: Any, second: str) -> None:  # noqa: ANN401 - the recipe's resource
        other = database.run(second)
        if other.trouble or not answer.same(other):
            code, said = "sql.disputed", other.evidence or f"{len(other.rows)} rows, not these {len(answer.rows)}"
            raise unfit(code, f"{second}: {said}")


def _tokens(query: str) -> Iterator[tuple[str, str]]:
    """Give a query's words, marks, numbers and texts, without its remarks."""
    for found in _TOKEN.finditer(query):
        if found.lastgroup and found.lastgroup != "remark":
            yield found.lastgroup, found.group()


def _columns(words: Sequence[str]) -> int:
    """Return how many columns the outermost list after SELECT has."""
    depth, count = 0, 1
    for word in words[words.index("select") + 1 :] if "select" in words else []:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(word, 0)
        if depth < 0 or (depth == 0 and word == "from"):
            break
        count += word == "," and depth == 0
    return count


def _literals(query: str) -> Iterator[str]:
    """Give the values that a query compares with: texts as they are, numbers as they stand.

    Numbers that say how something is written, a column's place, a factor 100, LIMIT 1 and "> 0" are none.
    """
    tokens = list(_tokens(query))
    before: list[str] = []  # for each bracket that is open the word in front of it
    for at, (kind, word) in enumerate(tokens):
        last = tokens[at - 1][1].lower() if at else ""
        if word == "(":
            before.append(last)
        elif word == ")" and before:
            before.pop()
        elif kind == "text" and not (before and before[-1] in {"strftime", "strptime", "date_trunc", "date_part"}):
            yield word[1:-1].replace("''", "'")
        elif kind == "number" and not _is_form(word, last, before, tokens[at + 1 : at + 2]):
            yield word


def _is_form(number: str, last: str, before: Sequence[str], after: Sequence[tuple[str, str]]) -> bool:
    following = after[0][1] if after else ""
    if (before and before[-1] in _FREE) or last == "interval":
        return True
    if last == "by" or (last == "limit" and float(number) == 1) or (last == ">" and float(number) == 0):
        return True
    return float(number) == 100 and "*" in {last, following}


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return " ".join(re.sub(r"[_\-]+", " ", folded).split())


def _stands(literal: str, question: str) -> bool:
    """Say whether a value stands in a question, in one of the forms in which people write it."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}(?:[ T][\d:.]+)?", literal):
        return _dated(literal[:10], question)
    if re.fullmatch(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", literal):
        return _counted(float(literal), question)
    wanted, asked = _plain(literal.strip("%")), _plain(question)
    if not wanted or wanted in asked:
        return True
    stem = wanted[:-3] + "y" if wanted.endswith("ies") else wanted.removesuffix("s")
    return len(stem) > 2 and re.search(rf"\b{re.escape(stem)}", asked) is not None


def _counted(number: float, question: str) -> bool:
    said = question.casefold()
    found = {float(one) for one in re.findall(r"\d+(?:\.\d+)?", re.sub(r"(?<=\d)[,' ](?=\d{3}\b)", "", said))}
    found |= {float(one.replace(",", ".")) for one in re.findall(r"\d+,\d{1,2}\b", said)}
    words = [_SAID[word] for word in re.findall(r"[a-z]+", said) if word in _SAID]
    found |= {*words, *(a * b for a, b in pairwise(words) if b >= 100)}
    found |= {_SAID.get(one, -1.0) + 0.5 for one in re.findall(r"([a-z]+) and a half", said)}
    found |= {a + b for a, b in pairwise(words) if 20 <= a < 100 and b < 10}
    return number in found or any(abs(number * 100 - one) < 1e-9 for one in found if "%" in said or "percent" in said)


def _dated(day: str, question: str) -> bool:
    try:
        when = date.fromisoformat(day)
    except ValueError:
        return day in question
    said, month = question.casefold(), _MONTHS[when.month - 1]
    months = rf"(?:{month}|{month[:3]}\.?|sept\.?)" if when.month == 9 else rf"(?:{month}|{month[:3]}\.?)"
    ordinal, year = rf"0?{when.day}(?:st|nd|rd|th)?", rf",?\s+{when.year}"
    numeric = rf"0?{when.day}[./]0?{when.month}[./]{when.year}|0?{when.month}/0?{when.day}/{when.year}"
    forms = [re.escape(day), numeric, rf"{ordinal}\s+(?:of\s+)?{months}{year}", rf"{months}\s+{ordinal}{year}"]
    ends = {(1, 1), (12, 31)}
    if when.day in {1, 28, 29, 30, 31}:
        forms += [rf"{months}{year}", rf"{when.year}-{when.month:02}(?!-)"]
    if (when.month, when.day) in ends:
        forms.append(rf"(?<![-/.\d]){when.year}(?![-/.]\d)")
    return re.search("|".join(rf"(?:{one})" for one in forms), said) is not None
