"""A tree of topics as YAML: from a file, or grown by a model and written down to be edited.

    Household:
      Cleaning: [floors, windows]
      Repairs:
        Plumbing: [dripping taps, blocked drains]

Each leaf is a value of an axis; what stands above it describes it. The idea is InstructLab's (Sudalairaj et al. 2024,
arXiv 2403.01081) and GLAN's (Li et al. 2024, arXiv 2402.13064): rows are drawn from the leaves of a tree that a person
has seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from synthgen.errors import RecipeError
from synthgen.types import Row

ENDINGS = (".yaml", ".yml")
BETWEEN = " > "

Tree = dict[str, Any]
"""Names to what stands below them: a tree, a list of leaves, or nothing."""


def read(path: Path, axis: str) -> list[Row]:
    """Return a tree's leaves as an axis's rows: the leaf under the axis's name, and `path`, from the top down.

    Raises:
        RecipeError: the file is missing, broken, or no tree.
    """
    try:
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(what="there is no such file", where=str(path), fix="check the path in vary") from error
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        raise RecipeError(what="the tree is no YAML", where=f"{path}:{line}", fix="mend that line") from error
    rows = [{axis: steps[-1], "path": BETWEEN.join(steps)} for steps in leaves(tree)]
    names = [row[axis] for row in rows]
    if not rows:
        raise RecipeError(what="the tree has no leaf", where=str(path), fix="write `Topic: [first, second]`")
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise RecipeError(
            what=f"the tree has '{twice}' twice", where=str(path), fix="name each leaf so that it can be told apart"
        )
    return rows


def leaves(tree: object, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Give each leaf as the names on the way to it."""
    if isinstance(tree, dict):
        for name, below in tree.items():
            yield from leaves(below, (*above, str(name).strip()))
    elif isinstance(tree, list):
        for one in tree:
            yield from leaves(one, above) if isinstance(one, dict | list) else iter(((*above, str(one).strip()),))
    elif tree is None or tree == "":
        yield from (above,) if above else ()
    else:
        yield (*above, str(tree).strip())


def text(tree: Tree) -> str:
    """Return a tree as the YAML that `read` takes, ready to be edited."""
    head = "# A tree of topics: edit it, then name it in the recipe as `vary: {topic: {file: topics.yaml}}`.\n"
    return head + yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=100)
