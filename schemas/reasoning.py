"""A question, the steps to its answer, and the answer, which can be checked."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Any, ClassVar

from pydantic import Field, ValidationInfo, field_validator, model_validator

from synthgen.types import Message, Prose, Record, Row, unfit

_SIGNS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: lambda a, b: Fraction(a // b), ast.Mod: operator.mod,
}  # fmt: skip
_LONGEST, _LARGEST, _POWER = 200, 256, 16
"""Characters of a sum, bits of a number on the way, the highest power: nothing that is run can take long."""
_FREE = frozenset(map(Fraction, (0, 1, 7, 12, 24, 52, 60, 100, 365, 1000)))
"""Numbers that everybody knows: a sum may have them where the question has not."""
_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_SAID = {word: (Fraction(number),) for number, word in enumerate(_SMALL)} | {
    "half": (Fraction(1, 2), Fraction(2)), "twice": (Fraction(2),), "double": (Fraction(2),), "triple": (Fraction(3),),
    "quarter": (Fraction(1, 4), Fraction(4)), "third": (Fraction(1, 3), Fraction(3)), "dozen": (Fraction(12),),
    "hundred": (Fraction(100),), "thirty": (Fraction(30),), "forty": (Fraction(40),), "fifty": (Fraction(50),),
}  # fmt: skip
_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?|\.\d+"
_FINAL = re.compile(r"\n(?:Answer: |#### ?)([^\n]*)$")


class Solution(Record):
    """A question, the steps to its answer, one a line, and the answer."""

    question: Annotated[str, Prose(least=6, most=150)] = Field(min_length=1, description="What is asked.")
    steps: Annotated[str, Prose(least=3, most=300, ends=False)] = Field(
        description="The steps, one a line; the last one comes to the answer."
    )
    answer: str = Field(min_length=1, max_length=200, description="The final answer alone.")
    expression: str | None = Field(
        None, description="The sum that gives the answer, in digits and + - * / // % ** ( ); empty where there is none."
    )

    aliases: ClassVar[dict[str, tuple[str, ...]]] = {
        "question": ("problem", "prompt", "instruction"),
        "steps": ("solution", "rationale", "cot", "explanation", "generated_solution"),
        "answer": ("final_answer", "expected_answer", "result"),
        "expression": ("equation", "formula"),
    }
    reasons: ClassVar[dict[str, tuple[str, str]]] = {
        "answer.wrong": (
            "The final answer is not what the sum gives, or not what a step of the recipe expects.",
            "Take a larger model for the steps, or ask for fewer operations.",
        ),
        "answer.sum": ("The sum cannot be run: it is no arithmetic, or too large.", "Write sums in digits and signs."),
        "steps.wrong": ("A line of the steps says that a sum has another result than it has.", "Take a larger model."),
        "steps.unfinished": (
            "There are no steps, or the last one does not come to the answer.",
            "Ask in the prompt that the last step names the answer; show more examples.",
        ),
        "question.numbers": (
            "The question lacks a number of the sum, or has one that the sum does not need.",
            "Ask in the prompt for exactly the given numbers; show more examples.",
        ),
    }

    def wording(self) -> str:
        """Return the question: asked twice, it is one row too many."""
        return self.question

    def messages(self) -> list[Message]:
        """Return the question as the user's turn; the assistant says the steps, and the answer on a line of its own."""
        reply = f"{self.steps}\nAnswer: {self.answer}"
        return [{"role": "user", "content": self.question}, {"role": "assistant", "content": reply}]

    @classmethod
    def from_messages(cls, messages: Sequence[Message]) -> Row | None:
        """Return the fields of a conversation whose reply ends with `Answer: …`, or `#### …` as GSM8K has it."""
        turns = [one for one in messages if one["role"] != "system"]
        if [one["role"] for one in turns] != ["user", "assistant"]:
            return None
        asked, reply = (one["content"].strip() for one in turns)
        found = _FINAL.search(reply)
        return {"question": asked, "steps": reply[: found.start()], "answer": found.group(1)} if found else None

    def level(self) -> int:
        """Return 1 to 4: one operation, two, three or four, more; of the sum, or of the sums in the steps."""
        if self.expression:
            tree = ast.walk(ast.parse(self.expression, mode="eval"))
            count = sum(isinstance(node, ast.BinOp) for node in tree)
        else:
            count = sum(1 for _ in _sums(self.steps))
        return 1 if count <= 1 else 2 if count == 2 else 3 if count <= 4 else 4

    @field_validator("steps", mode="before")
    @classmethod
    def _one_a_line(cls, steps: Any) -> Any:  # noqa: ANN401 - whatever a model or a file gave
        """Take a list of steps, and put those of one text one a line, without the calculator's marks of GSM8K."""
        text = "\n".join(map(str, steps)) if isinstance(steps, list) else steps
        if not isinstance(text, str):
            return text
        lines = (line.strip() for line in re.sub(r"<<[^<>]*>>", "", text).split("\n"))
        return "\n".join(line for line in lines if line and not re.match(r"(?:Answer:|####)", line))

    @field_validator("answer", mode="after")
    @classmethod
    def _one_line(cls, answer: str) -> str:
        return " ".join(answer.split())

    @model_validator(mode="after")
    def _answer_holds(self, info: ValidationInfo) -> Solution:
        """Hold the answer against the sum, and against what a step of the recipe noted as `expected`."""
        context: Any = info.context or {}
        expected = context.get("notes", {}).get("expected")
        code, said = "answer.wrong", ""
        if self.expression is not None:
            value = run(self.expression)
            if value is None:
                code, said = "answer.sum", self.expression
            elif not any(_near(one, value, self.answer) for one in numbers(self.answer)):
                said = f"{self.expression} = {float(value):.10g}, and not {self.answer}"
        if not said and expected is not None and not _same(self.answer, str(expected)):
            said = f"{expected} is expected, and not {self.answer}"
        if said:
            raise unfit(code, said)
        return self

    @model_validator(mode="after")
    def _steps_hold(self) -> Solution:
        for left, right in _sums(self.steps):
            value = run(left)
            if value is not None and not any(_near(one, value, right) for one in numbers(right)):
                code = "steps.wrong"
                raise unfit(code, f"{left} = {right}, and it is {float(value):.10g}")
        last = self.steps.rpartition("\n")[2]
        found, named = set(numbers(self.answer)), _plain(self.answer) in _plain(last)
        if not self.steps or not (named or found & set(numbers(last))):
            code = "steps.unfinished"
            raise unfit(code, f"the last step does not say {self.answer}: {last[:120]}")
        return self

    @model_validator(mode="after")
    def _question_has_the_numbers(self) -> Solution:
        if self.expression is None:
            return self
        wanted = {Fraction(one) for one in re.findall(r"\d+(?:\.\d+)?", self.expression)}
        given = set(numbers(self.question))
        words = {
            one for word in re.findall(r"[a-z]+", self.question.lower()) for one in _SAID.get(word.rstrip("s"), ())
        }
        words |= {one for word in re.findall(r"[a-z]+", self.question.lower()) for one in _SAID.get(word, ())}
        code = "question.numbers"
        if lacks := sorted(wanted - given - words - _FREE):
            raise unfit(code, f"the question lacks {', '.join(f'{float(one):g}' for one in lacks)}")
        known = wanted | {one * 100 for one in wanted}
        for text in re.findall(rf"{_NUMBER}", self.question):
            if Fraction(text.replace(",", "")) not in known:
                raise unfit(code, f"the sum does not need {text}")
        return self


def run(text: str) -> Fraction | None:
    """Return the exact value of a sum, or None where it is none, too large, or divides by nothing."""
    if len(text) > _LONGEST:
        return None
    try:
        return _value(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, ArithmeticError, RecursionError, MemoryError):
        return None


def _value(node: ast.expr) -> Fraction:
    if isinstance(node, ast.Constant) and type(node.value) in {int, float}:
        return _bounded(Fraction(str(node.value)))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        value = _value(node.operand)
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.BinOp):
        left, right = _value(node.left), _value(node.right)
        if isinstance(node.op, ast.Pow) and right.denominator == 1 and abs(right) <= _POWER:
            return _bounded(left ** int(right))
        if type(node.op) in _SIGNS:
            return _bounded(_SIGNS[type(node.op)](left, right))
    message = "this is no arithmetic"
    raise ValueError(message)


def _bounded(value: Fraction) -> Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > _LARGEST:
        message = "a number on the way is too large"
        raise ValueError(message)
    return value


def numbers(text: str) -> Iterator[Fraction]:
    """Give the numbers of a text: 1,250 and $42 and 3/4 and 2 1/2; 15% is 15 and 0.15."""
    sign = r"(?P<minus>(?<![\w)]\s)(?<![\w)])[-−])?"
    fraction = r"(?:(?P<part>\s\d+)?/(?P<below>[1-9]\d*))?"
    pattern = rf"{sign}\$?(?P<whole>{_NUMBER}){fraction}(?P<share>\s?%|\spercent)?"
    for found in re.finditer(pattern, text):
        value = Fraction(found["whole"].replace(",", ""))
        if found["below"]:
            below = Fraction(found["below"])
            value = value + Fraction(found["part"].strip()) / below if found["part"] else value / below
        value = -value if found["minus"] else value
        yield value
        if found["share"]:
            yield value / 100


def _near(said: Fraction, value: Fraction, text: str) -> bool:
    """Say whether a number is the value, or the value rounded to the two digits or more that it is written with."""
    digits = len(re.sub(r"[^\d.]", "", text).partition(".")[2])
    return said == value or (digits >= 2 and abs(said - value) <= Fraction(1, 2 * 10**digits))


def _same(answer: str, expected: str) -> bool:
    values = list(numbers(expected))
    if re.search(r"\d", expected):
        return any(_near(one, value, answer) for one in numbers(answer) for value in values)
    return _plain(answer) == _plain(expected)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w.%/-]+", " ", text.casefold()).split()).rstrip(".")


def _sums(steps: str) -> Iterator[tuple[str, str]]:
    """Give each sum that the steps claim a result of: what stands before `=` in digits and signs, and the result."""
    for line in steps.split("\n"):
        parts = line.split("=")
        for before, after in pairwise(parts):
            result = re.match(rf"\s*[-−]?\s?\$?(?:{_NUMBER})(?:/[1-9]\d*)?(?:\s?%)?", after)
            tail = re.sub(r"(?<=\d),(?=\d{3})|[$€£]", "", before)
            tail = re.sub(r"(?<=\d)\s?%(?:\s+of\b)?", lambda at: " / 100" + " *" * ("of" in at.group()), tail)
            tail = tail.translate(str.maketrans("×·÷−–^", "**/--@")).replace("@", "**")
            tail = re.sub(r"(?<=\d)\s*x\s*(?=\d)", " * ", tail)
            tail = re.sub(r"[^\W\d_]+", " ", tail)  # units
            sum_ = re.search(r"[-(\d.][-\d.()\s+*/]*$", tail)
            if result and sum_ and re.search(r"[\d)]\s*[-+*/]+\s*[(\d]", sum_.group()):
                yield sum_.group().strip(), result.group().strip()
