"""A recipe made ready: its schema, axes, seeds and prompts loaded, checked against each other, and named by digest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from synthgen import recipe, resources, schema, seeds, topics
from synthgen import split as splits
from synthgen.asking import Asking, of_recipe
from synthgen.checks import Check
from synthgen.checks.contamination import Item
from synthgen.checks.own import load as load_own
from synthgen.checks.quality import bounded
from synthgen.errors import RecipeError, SeedError
from synthgen.model.local import Weights
from synthgen.model.open import find_weights
from synthgen.planned import of_axes
from synthgen.recipe import Axis, Recipe, Step
from synthgen.resources import Resource, Sourced
from synthgen.steps import Ready
from synthgen.steps import of_recipe as of_steps
from synthgen.types import Label, Prose, Record, Row, Seed, digest


@dataclass(frozen=True)
class Job:
    """All that a run works with.

    Args:
        recipe: the recipe, with the command line's changes.
        root: the recipe's folder.
        schema: the file of the task's schema.
        kind: the schema.
        axes: each axis's rows.
        seeds: dealt to splits.
        test: rows of the test split that were not generated: seeds, or rows of a file.
        steps: made ready.
        resources: what the recipe's resources hold, by name.
        weights: the model's file, where it runs here.
        digests: the digest of each thing that decides what is asked.
        evaluation: the texts of evaluation sets that no row may repeat.
        own: the recipe's own checks, by name.
        asking: the recipe's checks that ask a model.
        planned: the checks that hold a row against what was planned for it.
    """

    recipe: Recipe
    root: Path
    schema: Path
    kind: type[Record]
    axes: dict[str, list[Row]]
    seeds: Sequence[Seed]
    test: Sequence[Seed]
    steps: Sequence[Ready]
    resources: Mapping[str, Any]
    weights: Weights | None
    digests: dict[str, str]
    evaluation: Sequence[Item]
    own: Sequence[tuple[str, Check]]
    asking: Sequence[Asking] = ()
    planned: Sequence[tuple[str, Check]] = ()

    @property
    def context(self) -> dict[str, Any]:
        """Return what rows are held against when they are validated."""
        return {"axes": self.axes, **self.resources}

    @property
    def name(self) -> str:
        """Return the run's name."""
        return self.recipe.name or self.root.resolve().name

    @property
    def model(self) -> str:
        """Return the name that requests carry."""
        return self.weights.name if self.weights else self.recipe.model.name

    def asks(self, name: str) -> Asking | None:
        """Return the check of that name that asks a model, where the recipe has it."""
        return next((one for one in self.asking if one.name == name), None)

    def phrases(self) -> list[str]:
        """Return all that prompts say of themselves: no row may repeat it."""
        said = [line for step in self.steps for voice in step.voices for line in voice.prompt.phrases()]
        return [*said, self.recipe.about, *(row["description"] for row in self.described())]

    def described(self) -> list[Row]:
        """Return the rows of axes that describe what a value means."""
        return [row for rows in self.axes.values() for row in rows if row.get("description")]


def prepare(path: Path, changes: dict[str, Any] | None = None) -> Job:
    """Load a recipe and all that it names.

    Args:
        path: `recipe.yaml`, or the folder that holds it.
        changes: what the command line lays over the recipe, `model.name` for a key inside a part.

    Raises:
        SynthgenError: something is missing or does not fit; file, line and field are named.
    """
    path = path / "recipe.yaml" if path.is_dir() else path
    return ready(recipe.load(path, changes), path)


def ready(found: Recipe, path: Path) -> Job:
    """Load all that a recipe names.

    Args:
        found: the recipe.
        path: the file that it was read from: what it names is sought from that folder.

    Raises:
        SynthgenError: as for `prepare`.
    """
    root = path.parent
    file = schema.find(found.task, root)
    kind = schema.load(file)
    folders = [root, schema.shipped("templates") / Path(found.task).stem]
    held = _deal_sources(resources.load(found.resources, folders), found)
    sourced = {name: axis for name, axis in found.vary.items() if axis.values or axis.file or axis.resource}
    axes = {name: _axis(name, axis, root, held) for name, axis in sourced.items()}
    loaded = seeds.load(found.seeds, root, kind, {"axes": axes, **held})
    axes |= {name: _from_seeds(name, kind, loaded) for name in found.vary if name not in axes}
    groups = [_group(seed, found.balance) for seed in loaded]
    dealt = splits.deal(loaded, found.split, groups, _bound(loaded, axes))
    _check_rows(found, axes)
    weights = find_weights(found.model, root)
    steps = of_steps(found, folders)
    _check_steps(found, [one.step for one in steps], kind, path)
    bounded(kind.marked(Prose), found.checks.quality.words)
    named = {"vary": digest(axes), "model": weights.name if weights else found.model.name}
    digests = _digests(found, {"task": digest(file.read_text(encoding="utf-8"))}, named, dealt, steps) | {
        f"resources.{name}": one.digest for name, one in held.items()
    }
    test = _real_test(found, root, kind, {"axes": axes, **held}, dealt)
    evaluation = [item for name in found.checks.contamination.sets for item in _items(name, root)]
    own = [load_own(reference, root) for reference in found.checks.own]
    asking = of_recipe(found, folders, axes, evaluation)
    return Job(
        found,
        root,
        file,
        kind,
        axes,
        dealt,
        test,
        steps,
        held,
        weights,
        digests,
        evaluation,
        own,
        asking,
        of_axes(found.vary, axes),
    )


def _deal_sources(held: Mapping[str, Resource], found: Recipe) -> dict[str, Resource]:
    """Deal the documents that rows are drawn from to splits, before anything is generated."""
    for name, axis in found.vary.items():
        if name in found.balance and isinstance(held.get(axis.resource or ""), Sourced):
            raise RecipeError(
                what=f"balance names '{name}', whose values are dealt to splits with their documents",
                where="recipe: balance",
                fix="take it out: each chunk comes once before any comes twice",
            )
    return {
        name: one.dealt(splits.deal_sources(one.sources(), found.split)) if isinstance(one, Sourced) else one
        for name, one in held.items()
    }


def _bound(loaded: Sequence[Seed], axes: Mapping[str, Sequence[Row]]) -> dict[str, str]:
    """Return the split of each seed that names a value which was dealt to one: a seed stays with its document."""
    dealt = {name: {str(row[name]): row["split"] for row in rows if "split" in row} for name, rows in axes.items()}
    bound = ((seed.id, dealt[name].get(getattr(seed.record, name, None) or "")) for seed in loaded for name in dealt)
    return {name: split for name, split in bound if split}


def _digests(
    found: Recipe, task: dict[str, str], named: dict[str, str], dealt: Sequence[Seed], steps: Sequence[Ready]
) -> dict[str, str]:
    """Return the digest of each thing that decides what is asked, by name, in the order in which the lock has them."""
    made = {
        "seeds": digest([[seed.id, seed.split] for seed in dealt]),
        "prompts": digest([text for step in steps for text in step.sources()]),
    }
    asked = ("about", "seed", "steps", "rows_per_request", "balance", "examples")
    # Without defaults, so that a key that is added some day leaves the runs of today as they are.
    said = found.model_dump(mode="json", exclude_defaults=True)
    keys = {name: digest(said.get(name)) for name in asked}
    return (
        task
        | made
        | named
        | keys
        | {name: digest(said[name]) for name in ("boundary", "probabilities") if name in said}
    )


def _items(name: str, root: Path) -> Iterator[Item]:
    """Give every text of an evaluation set, however deep it stands in a row."""

    def texts(value: object) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            for inner in value.values() if isinstance(value, dict) else value:
                yield from texts(inner)

    for where, row in seeds.read(name, root):
        yield from (Item(where, text) for text in texts(row))


def _real_test(
    found: Recipe, root: Path, kind: type[Record], context: Mapping[str, Any], dealt: Sequence[Seed]
) -> list[Seed]:
    """Return the rows of a real test set, as the recipe names it."""
    if found.split.test_rows is None:
        return []
    if found.split.test_rows == "seeds":
        return [seed for seed in dealt if seed.split == "test"]
    return [replace(seed, split="test") for seed in seeds.load(found.split.test_rows, root, kind, context)]


def _axis(name: str, axis: Axis, root: Path, held: Mapping[str, Resource]) -> list[Row]:
    if axis.resource:
        if axis.resource not in held:
            raise RecipeError(
                what=f"vary.{name} draws from '{axis.resource}', which the recipe does not name",
                where="recipe: vary",
                fix=f"add resources.{axis.resource}",
            )
        return [{name: row["value"], **row} for row in held[axis.resource].rows()]
    if axis.values:
        return [{name: one.value, **one.model_dump(exclude={"value"})} for one in axis.values]
    file = axis.file or ""
    rows = topics.read(root / file, name) if Path(file).suffix in topics.ENDINGS else []
    for where, row in seeds.read(file, root) if not rows else ():
        value = row.get(name, row.get("value"))
        if value is None or value == "":
            raise SeedError(
                what=f"this row has no column '{name}' or 'value'",
                where=where,
                fix=f"add it: the file lists what vary.{name} can be",
            )
        rows.append({name: str(value), **{key: found for key, found in row.items() if key not in {name, "value"}}})
    if not rows:
        raise SeedError(what="the file has no rows", where=str(root / (axis.file or "")), fix=f"list vary.{name} in it")
    return rows


def _from_seeds(name: str, kind: type[Record], loaded: Sequence[Seed]) -> list[Row]:
    """List what the seeds show: a label's axis has the labels below it beside it."""
    if name not in kind.model_fields:
        raise RecipeError(
            what=f"vary.{name} has neither values nor a file, and the task has no field of that name",
            where="recipe",
            fix=f"give vary.{name}.values or vary.{name}.file",
        )
    marked = list(kind.marked(Label))
    fields = marked if name == (marked or [""])[0] else [name]
    rows = [{f: getattr(s.record, f) for f in fields if getattr(s.record, f) is not None} for s in loaded]
    return [dict(pairs) for pairs in dict.fromkeys(tuple(row.items()) for row in rows)]


def _group(seed: Seed, balance: list[str]) -> str:
    """Return what a seed is dealt by: the values of what is balanced, or of the primary label."""
    kind = type(seed.record)
    names = [name for name in balance if name in kind.model_fields] or list(kind.marked(Label))[:1]
    return " / ".join(str(getattr(seed.record, name)) for name in names)


def _check_rows(found: Recipe, axes: dict[str, list[Row]]) -> None:
    from math import prod

    cells = prod(len({row[name] for row in axes[name]}) for name in found.balance)
    if found.rows < cells:
        raise RecipeError(
            what=f"{found.rows} rows cannot be balanced over {cells} combinations of {', '.join(found.balance)}",
            where="recipe: rows",
            fix=f"ask for {cells} rows or more, or balance over fewer",
        )


def _check_steps(found: Recipe, taken: Sequence[Step], kind: type[Record], path: Path) -> None:
    """Every required field must come from a step or from what varies, and every filled one must exist."""
    for name in (name for step in taken for name in [*step.when, *([step.turns] if step.speakers else [])]):
        if name not in found.vary:
            raise RecipeError(
                what=f"a step looks at '{name}', which does not vary", where=str(path), fix=f"add vary.{name}"
            )
    filled = {name for step in taken for name in step.fills}
    if unknown := sorted(filled - set(kind.model_fields)):
        raise RecipeError(
            what=f"a step fills '{unknown[0]}', which the task '{found.task}' does not have",
            where=str(path),
            fix="its fields are " + ", ".join(kind.model_fields),
        )
    needed = {name for name, field in kind.model_fields.items() if field.is_required()}
    if missing := sorted(needed - filled - set(found.vary)):
        raise RecipeError(
            what=f"nothing fills '{missing[0]}', which every row of the task '{found.task}' needs",
            where=str(path),
            fix=f"add it to a step's fills, or to vary as `{missing[0]}: {{}}` to take its values from the seeds",
        )
