"""The problem of a row: a sum, how it reads in clumsy words, and the steps to its answer."""

import re
from random import Random

from synthgen.types import Given, Row

WHO = (
    "Amara",
    "Bence",
    "Carla",
    "Deniz",
    "Emil",
    "Farah",
    "Gustav",
    "Hana",
    "Ivo",
    "Jamila",
    "Kofi",
    "Leda",
    "Mateo",
    "Nadia",
)
TOPICS: dict[str, dict[str, str]] = {
    "market": {
        "unit": "pears",
        "start": "{who} packs {a} crates with {b} pears in each crate",
        "add": "{n} more pears come from a neighbour", "less": "{n} pears are sold in the morning",
        "percent": "{n}% of the pears are spoilt and thrown away",
        "share": "the pears are shared equally by {n} stalls",
        "ask": "how many pears are there now?", "each": "how many pears does each stall get?",
    },
    "money": {
        "unit": "dollars",
        "start": "{who} orders {a} tickets for {b} dollars each",
        "add": "a booking fee of {n} dollars is added", "less": "a voucher takes {n} dollars off",
        "percent": "a discount of {n}% is taken off the sum", "share": "{n} friends share the cost equally",
        "ask": "how many dollars does it cost in the end?", "each": "how many dollars does each friend pay?",
    },
    "water": {
        "unit": "litres",
        "start": "a pump runs for {a} minutes and brings {b} litres of water a minute into the tank of {who}",
        "add": "rain adds {n} litres", "less": "{n} litres are used for the garden",
        "percent": "{n}% of the water leaks out", "share": "the water is filled equally into {n} barrels",
        "ask": "how many litres of water are in the tank now?", "each": "how many litres are in each barrel?",
    },
    "bakery": {
        "unit": "rolls",
        "start": "the bakery of {who} bakes {a} trays with {b} rolls on each tray",
        "add": "{n} rolls are left from yesterday and count as well", "less": "{n} rolls go to a school",
        "percent": "{n}% of the rolls are burnt and cannot be sold",
        "share": "the rolls are packed equally into {n} bags",
        "ask": "how many rolls are there in the end?", "each": "how many rolls are in each bag?",
    },
    "reading": {
        "unit": "pages",
        "start": "{who} reads for {a} days, {b} pages a day",
        "add": "on the next day {who} reads {n} pages",
        "less": "{n} of these pages were only pictures and do not count",
        "percent": "{n}% of these pages were read twice by mistake and do not count",
        "share": "the pages belong to {n} chapters of equal length",
        "ask": "how many pages count?", "each": "how many pages does one chapter have?",
    },
}  # fmt: skip
CHAINS = {
    1: (("start",),),
    2: (("start", "add"), ("start", "less"), ("start", "share")),
    3: (("start", "percent"), ("start", "add", "less"), ("start", "less", "share"), ("start", "add", "share")),
    4: (
        ("start", "percent", "add"),
        ("start", "add", "percent"),
        ("start", "less", "percent"),
        ("start", "percent", "share"),
    ),
}
"""What happens in a problem of each level: `percent` is three operations, each other one."""


def draw(given: Given) -> Row:
    """Draw a problem of the planned topic and level."""
    chance, topic = given.draw, TOPICS[given.cell["topic"]]
    chain = chance.choice(CHAINS[int(given.cell["level"])])
    who = chance.choice(WHO)
    while True:
        made = _chain(chance, chain, topic, who)
        if made:
            facts, total, sum_, lines = made
            break
    facts.append(topic["each" if chain[-1] == "share" else "ask"])
    return {
        "expression": sum_, "plain": "; ".join(facts), "expected": str(total),
        "worked": "\n".join([*lines, f"So the answer is {total} {topic['unit']}."]),
    }  # fmt: skip


def _chain(
    chance: Random, chain: tuple[str, ...], topic: dict[str, str], who: str
) -> tuple[list[str], int, str, list[str]] | None:
    """Put a problem together; None where a number does not come out whole."""
    a, b = chance.sample(range(3, 30), 2)
    total, sum_ = a * b, f"{a} * {b}"
    facts, used = [topic["start"].format(who=who, a=a, b=b)], {a, b, 100}
    lines = [f"{a} * {b} = {total}, which is the number of {topic['unit']} at first."]
    for kind in chain[1:]:
        n = (
            chance.choice((5, 10, 15, 20, 25, 30, 40))
            if kind == "percent"
            else chance.randint(2, 12 if kind == "share" else 60)
        )
        whole = {"percent": total * n % 100 == 0, "share": total % n == 0, "less": n < total}.get(kind, True)
        if n in used or not whole:
            return None
        used.add(n)
        facts.append(topic[kind].format(who=who, n=n))
        plain = f"({sum_})" if kind in {"percent", "share"} and re.search(r"[+-]", sum_) else sum_
        if kind == "percent":
            lines += [f"{n}% of {total} is {total} * {n} / 100 = {total * n // 100}."]
            lines += [f"{total} - {total * n // 100} = {total - total * n // 100}, so that many are left."]
            total, sum_ = total - total * n // 100, f"{plain} * (100 - {n}) / 100"
        else:
            sign = {"add": "+", "less": "-", "share": "/"}[kind]
            new = {"add": total + n, "less": total - n, "share": total // n}[kind]
            lines.append(f"{total} {sign} {n} = {new}.")
            total, sum_ = new, f"{plain} {sign} {n}"
    return facts, total, sum_, lines


def work(given: Given) -> Row:
    """Give the steps and the answer as they follow from the problem, where no model could work them out."""
    return {"steps": given.record["worked"], "answer": given.record["expected"]}


def keep(given: Given) -> Row:
    """Hold a question against the clumsy words: a small model loses some.

    Raises:
        ValueError: words are lost, or there are far more of them.
    """
    wanted, asked = (re.findall(r"[a-z]+", str(given.record[name]).lower()) for name in ("plain", "question"))
    lost = sorted({word for word in wanted if len(word) > 3 and word[:4] not in {one[:4] for one in asked}})
    given_numbers, said = (sorted(re.findall(r"\d+", str(given.record[name]))) for name in ("plain", "question"))
    if lost or given_numbers != said or len(asked) > 1.5 * len(wanted):
        message = (
            f"the question has nothing of {', '.join(lost)}" if lost else "the question has much that is not given"
        )
        raise ValueError(message)
    return {"kept": "yes"}
