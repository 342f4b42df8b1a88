"""The query of a row, drawn over the database's own tables and values; and what a question must keep of it."""

import re

from synthgen.types import Given, Row

MEANT = {
    "more than": r"more than|over|above|exceed|greater|higher|beyond",
    "less than": r"less than|under|below|fewer|lower than|cheaper",
    "at least": r"at least|or more|minimum|no less|or higher|or above",
    "at most": r"at most|or less|or fewer|maximum|no more than|up to|or below|or lower",
    "on or after": r"on or after|since|from|starting",
    "before": r"before|until|earlier than|prior",
    "above the average": r"above|more than|higher|over|exceed|greater",
    "below the average": r"below|less than|lower|under|fewer",
    "no ": r"\bno\b|not|without|never|none|n't",
    "highest": r"highest|most|largest|top|maximum|greatest|biggest|max",
    "lowest": r"lowest|least|smallest|minimum|cheapest|fewest|min",
    "latest": r"latest|newest|most recent|last",
    "earliest": r"earliest|oldest|first",
    "number of": r"number|how many|count",
    "average": r"average|mean|typical",
    "total": r"total|sum|altogether|overall|in all",
}
"""What says the same in a question, for each turn of the plain reading."""
VALUE = re.compile(r"'[^']+'|\d+(?:\.\d+)?")
IDLE = (
    "show find the of where is and a an for each only in on or at to with there are one all year yes no has some than "
    "number total average"
)


def draw(given: Given) -> Row:
    """Draw a query of the planned level; `reading` says in plain words what it asks for."""
    database = given.resources["database"]
    drawn = database.sample(given.draw, int(given.cell["level"]))
    return {"tables": database.schema, "sql": drawn.query, "reading": drawn.reading}


def keep(given: Given) -> Row:
    """Hold a question against the plain reading: a small model loses conditions, and adds some.

    Raises:
        ValueError: words of the reading are not in the question, or the question has a condition of its own.
    """
    reading, question = (
        re.sub(r"[^\w\s.'-]", " ", str(given.record[name]).lower()) for name in ("reading", "question")
    )
    for said, meant in MEANT.items():
        if re.search(rf"\b{said}", reading) and not re.search(meant, question):
            message = f"the question does not say '{said.strip()}'"
            raise ValueError(message)
    values = [set(VALUE.findall(text)) for text in (reading, question)]
    if added := sorted(values[1] - values[0]):
        message = f"the question also speaks of {', '.join(added)}"
        raise ValueError(message)
    for word in ("where", "only"):
        if word in question.split() and word not in reading.split():
            message = f"the question has a condition of its own: '{word}'"
            raise ValueError(message)
    wanted, asked = ({word[:5] for word in re.findall(r"[\w.-]*\w", text)} for text in (reading, question))
    wanted -= {word[:5] for word in f"{IDLE} {' '.join(MEANT)}".split()}
    if lost := sorted(wanted - asked):
        message = f"the question has nothing of {', '.join(lost)}"
        raise ValueError(message)
    return {"kept": "yes"}
