"""The recipe: everything that a run depends on, as strict YAML."""

from __future__ import annotations

import re
from difflib import get_close_matches
from math import ceil
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from synthgen.errors import RecipeError
from synthgen.reasons import REASONS

Share = Annotated[float, Field(ge=0, le=1)]


class Part(BaseModel):
    """A part of the recipe: unknown keys are refused, so that a slip of the pen is no silent default."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Value(BaseModel):
    """One value of an axis. Further keys describe it to the prompt, or fill the record's fields of that name."""

    model_config = ConfigDict(extra="allow", frozen=True)

    value: str = Field(description="The value itself.")
    weight: float = Field(1.0, gt=0, description="How often it is drawn, relative to the others.")


class Axis(Part):
    """What one thing that varies can be: a list here, a file of them, or (both left out) what the seeds show."""

    values: list[Value] = Field(default_factory=list, description="The values, weighted.")
    file: str | None = Field(
        None,
        description="JSONL, CSV or Parquet with a column of the axis's name, or `value`; `weight` is optional.",
    )

    @model_validator(mode="after")
    def _one_source(self) -> Axis:
        if self.values and self.file:
            message = "give either values or a file, not both"
            raise ValueError(message)
        return self


class Step(Part):
    """One question to the model: a prompt, and the fields of the record that its answer fills."""

    prompt: str = Field(description="The prompt's file, beside the recipe or in the task's template folder.")
    fills: list[str] = Field(min_length=1, description="The record's fields that the answer gives.")
    temperature: float | None = Field(None, ge=0, le=2, description="Instead of the model's, for this step.")


class Split(Part):
    """How rows are dealt to train, validation and test. Seeds are dealt first; rows follow their seeds."""

    validation: Share = Field(0.1, description="Share of the rows for validation.")
    test: Share = Field(0.1, description="Share of the rows (and of the seeds) for test.")
    test_rows: str | None = Field(
        None,
        description="Where test rows come from: left out = generated, `seeds` = the seeds dealt to test, "
        "or a file of real rows.",
    )

    @model_validator(mode="after")
    def _train_remains(self) -> Split:
        if self.validation + self.test >= 1:
            message = "validation and test together must leave something for train"
            raise ValueError(message)
        return self


class Price(Part):
    """What the model costs, in US dollars per million tokens."""

    input: float = Field(ge=0, description="US dollars per million prompt tokens.")
    output: float = Field(ge=0, description="US dollars per million completion tokens.")


class Model(Part):
    """Who writes the rows."""

    name: str = Field(
        "local",
        description="`local` (the packaged model), `fake` (deterministic, for tests and tours), a path that ends in "
        "`.gguf`, `hf://owner/repository/file.gguf`, or the name of a model at `base_url`.",
    )
    base_url: str | None = Field(None, description="An OpenAI-compatible endpoint; left out = OpenAI's own.")
    api_key_env: str = Field("OPENAI_API_KEY", description="The environment variable that holds the key.")
    temperature: float = Field(1.0, ge=0, le=2, description="Sampling temperature.")
    max_tokens: int = Field(400, gt=0, description="Most tokens of one reply.")
    concurrency: int = Field(64, gt=0, le=2048, description="Most requests in flight.")
    timeout: float = Field(120, gt=0, description="Seconds after which one request counts as lost.")
    price: Price | None = Field(None, description="For models that the offline price list does not know.")
    licence: str | None = Field(None, description="The model's licence and its terms for what it writes, for the card.")


class Semantic(Part):
    """Rows that say the same in other words, told by embeddings: a cap on each cluster of one label, not a delete."""

    most: int = Field(3, ge=0, description="Rows that one cluster may have; 0 = meanings are not looked at.")
    least: Share = Field(0.95, description="Cosine of two embeddings from which a row joins a cluster.")


class Dedup(Part):
    """Rows that say the same as an earlier row or a seed."""

    near: Share = Field(0.6, description="Jaccard similarity of character 5-grams from which two texts are one.")
    semantic: Semantic = Field(default_factory=Semantic, description="Rows that say the same in other words.")


class Labels(Part):
    """A labeller made from the seeds must agree with the row's label."""

    use: bool = Field(True, description="Whether the check runs, where the schema has a label.")
    least: Share = Field(0.0, description="The labeller's least probability for the row's own label.")
    secondary: bool = Field(
        False,
        description="Whether the secondary label must be read as well. With few seeds below a label this costs good "
        "rows; with a small model it is worth them.",
    )
    review: bool = Field(
        True,
        description="Whether kept rows whose label the other kept rows read as another are put before a person, in "
        "review.parquet. It rejects nothing.",
    )


class Quality(Part):
    """Rules that no good row breaks."""

    language: str | None = Field(None, description="ISO 639-1 code of the language that rows must be in.")
    words: dict[str, tuple[int, int]] = Field(
        default_factory=dict,
        description="For a field of written text the least and most words, in place of the schema's: `{text: [3, 60]}`.",
    )
    allow: list[str] = Field(default_factory=list, description="Codes of rules to leave out, such as quality.cut_off.")

    @field_validator("words")
    @classmethod
    def _bounds_in_order(cls, words: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
        for name, (least, most) in words.items():
            if not 0 <= least <= most or most < 1:
                message = f"'{name}' has the bounds {least} and {most}: give the least words first, then the most"
                raise ValueError(message)
        return words


class Safety(Part):
    """Personal data that has a form (e-mail, phone, card, IBAN, national id, IP, URL), secrets, unsafe content."""

    use: bool = Field(
        True, description="Whether the check runs. Names and addresses it never seeks; a push searches in any case."
    )
    mode: Literal["reject", "mask", "allow"] = Field(
        "reject",
        description="What becomes of a row with a find: `reject`, `mask` (`<EMAIL>` and the like stand in its place; "
        "unsafe content still falls), or `allow` (it stays as it is, and a push is refused until this is settled).",
    )
    allow: list[str] = Field(default_factory=list, description="Codes to leave out, such as safety.url.")
    moderation: Model | None = Field(
        None, description="A moderation model at an endpoint, such as omni-moderation-latest, that reads every row too."
    )
    fakes: list[str] = Field(
        default_factory=list,
        description="Regular expressions of planned fakes, beside example.com, 555-0100, test cards and their like: "
        "what is found passes where one of them matches inside it.",
    )

    @field_validator("allow")
    @classmethod
    def _known_codes(cls, codes: list[str]) -> list[str]:
        known = [code for code in REASONS if code.startswith("safety.")]
        for code in codes:
            if code not in known:
                message = f"there is no code '{code}'; known are {', '.join(known)}"
                raise ValueError(message)
        return codes

    @field_validator("fakes")
    @classmethod
    def _whole_patterns(cls, patterns: list[str]) -> list[str]:
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                message = f"'{pattern}' is no regular expression ({error})"
                raise ValueError(message) from error
        return patterns


class Paraphrase(Part):
    """A model says whether a row repeats an evaluation text in other words, which no rule can tell."""

    use: bool = Field(False, description="Whether a model is asked about each row's nearest evaluation texts.")
    model: Model | None = Field(None, description="Who is asked; left out = the model that writes.")
    prompt: str = Field("same.j2", description="The prompt, where the shipped one does not do.")
    least: Share = Field(
        0.6, description="Cosine of two embeddings from which an evaluation text is near enough to be asked about."
    )


class Contamination(Part):
    """Rows that repeat an item of an evaluation set."""

    sets: list[str] = Field(
        default_factory=list,
        description="Evaluation sets: files or `hf://owner/dataset`; no row may repeat their texts.",
    )
    paraphrase: Paraphrase = Field(default_factory=Paraphrase, description="Evaluation texts in other words.")


class Question(Part):
    """A yes/no question about a row, which a good row answers with yes."""

    ask: str = Field(min_length=1, description="The question.")
    critical: bool = Field(False, description="Whether a single `no` is enough to reject the row.")


class Judge(Part):
    """A model answers a checklist about each row that every other check kept."""

    use: bool = Field(False, description="Whether the check runs.")
    questions: list[Question] = Field(
        default_factory=list, max_length=30, description="The checklist; a good row answers each with yes."
    )
    models: list[Model] = Field(
        default_factory=list,
        description="Who judges; with several the majority decides. Left out = the model that writes.",
    )
    prompt: str = Field("judge.j2", description="The judge's prompt, where the shipped one does not do.")
    reference: bool = Field(
        False, description="Whether a judge first writes an answer of its own to compare with: one request a row more."
    )
    least: Share = Field(0.8, description="Share of yes from which a row is kept.")
    doubt: Share = Field(0.6, description="Share of yes from which a row that is not kept goes to a person.")

    @model_validator(mode="after")
    def _questions_to_ask(self) -> Judge:
        if self.use and not self.questions:
            message = "the judge has no questions; list some under checks.judge.questions"
            raise ValueError(message)
        return self


class Checks(Part):
    """The checks and their thresholds. Changing one asks the model nothing: run `synthgen filter`."""

    embedder: str | None = Field(
        None,
        description="What makes vectors of texts for labels and dedup: left out = the packaged model; a folder of a "
        "model2vec or sentence-transformers model; or an OpenAI-compatible endpoint, `https://host/v1#model`.",
    )
    dedup: Dedup = Field(default_factory=Dedup, description="Duplicates.")
    labels: Labels = Field(default_factory=Labels, description="Labels.")
    quality: Quality = Field(default_factory=Quality, description="Quality rules.")
    safety: Safety = Field(default_factory=Safety, description="Personal data and secrets.")
    contamination: Contamination = Field(default_factory=Contamination, description="Evaluation sets.")
    judge: Judge = Field(default_factory=Judge, description="A model that judges what the other checks kept.")
    own: list[str] = Field(
        default_factory=list, description="Checks of your own, as `my_checks.py:function`; docs/checks.md says how."
    )


class Select(Part):
    """The best of what the checks kept. Changing this asks the model nothing, but for a larger pool."""

    pool: float = Field(1.5, gt=1, le=100, description="Rows to keep before choosing, as a multiple of `rows`.")
    by: Literal["coverage", "score"] = Field(
        "coverage",
        description="`coverage` (rows that lie near all others, seeds count as chosen) or `score` (quality "
        "times complexity); docs/selection.md has the formulas.",
    )
    similar: Share = Field(
        0.9, description="Cosine to a chosen row above which a row is passed over while others are left."
    )
    ifd: bool = Field(
        False,
        description="Whether the local model measures how much each prompt helps its answer: it must be "
        "installed, and takes about a second a row. Rows whose prompt does not help are passed over.",
    )


class Recipe(Part):
    """Everything that a run depends on."""

    task: str = Field(description="A shipped task's name, or a schema file (`my_task.py`) beside the recipe.")
    name: str | None = Field(None, description="The run's name; left out = the recipe's folder.")
    about: str = Field(description="One sentence that tells the model and the reader what the rows are.")
    seeds: str = Field(
        description="A JSONL, CSV or Parquet file, a folder saved by `datasets`, `hf://owner/dataset`, or `-` for "
        "JSONL on standard input."
    )
    licence: str | None = Field(None, description="The dataset's licence for the card, as the Hub names it.")
    rows: int = Field(300, gt=0, description="Rows to keep, all splits together (a real test set comes on top).")
    seed: int = Field(0, description="Drives every draw.")
    steps: list[Step] = Field(min_length=1, description="The questions, in order; later ones see earlier fields.")
    rows_per_request: int = Field(1, gt=0, le=50, description="How many rows the first step asks for at once.")
    vary: dict[str, Axis] = Field(default_factory=dict, description="What varies from row to row, by name.")
    balance: list[str] = Field(default_factory=list, description="Axes over which kept rows are counted out evenly.")
    examples: int = Field(4, ge=0, le=50, description="Seeds that one prompt shows.")
    split: Split = Field(default_factory=Split, description="Train, validation and test.")
    model: Model = Field(default_factory=Model, description="Who writes the rows.")
    checks: Checks = Field(default_factory=Checks, description="The checks and their thresholds.")
    select: Select | None = Field(None, description="Left out = rows are kept as they come, and none is chosen.")
    attempts: int = Field(
        12, gt=0, description="Requests that a cell may take for each of its rows, and for two rows more."
    )

    @model_validator(mode="after")
    def _known_axes(self) -> Recipe:
        for name in self.balance:
            if name not in self.vary:
                message = f"balance names '{name}', which is not under vary"
                raise ValueError(message)
        return self

    def pooled(self, rows: int) -> int:
        """Return how many rows to keep where so many are wanted in the end."""
        return ceil(rows * self.select.pool - 1e-9) if self.select else rows


def load(path: Path, changes: dict[str, Any] | None = None) -> Recipe:
    """Read a recipe, and lay the command line's changes over it.

    Args:
        path: the YAML file, or the folder that holds `recipe.yaml`.
        changes: values by key, `model.name` for one inside a part; None values are left out.

    Raises:
        RecipeError: with the line of the trouble, and the nearest known key for an unknown one.
    """
    text = read_text(path)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:  # a ValueError is a date that no calendar has
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        said = getattr(error, "problem", None) or str(error).split("\n", 1)[0]
        raise RecipeError(what=f"this is not YAML ({said})", where=where, fix="mend that line") from error
    if not isinstance(data, dict) or node is None:
        raise RecipeError(what="a recipe is a list of `key: value` lines", where=str(path), fix="run `synthgen init`")
    _refuse_doubles(node, path)
    for key, value in (changes or {}).items():
        _lay_over(data, key, value)
    try:
        return Recipe.model_validate(data)
    except ValidationError as error:
        raise _explain(error, node, path) from error


def read_text(path: Path) -> str:
    """Read a UTF-8 text file that the user named.

    Raises:
        RecipeError: it is missing, unreadable or not text.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        near = [one.name for one in path.parent.glob("*") if get_close_matches(one.name, [path.name], 1, 0.6)]
        fix = f"did you mean {path.parent / near[0]}?" if near else "check the path, or run `synthgen init`"
        raise RecipeError(what="there is no such file", where=str(path), fix=fix) from error
    except UnicodeDecodeError as error:
        raise RecipeError(what="this is not UTF-8 text", where=str(path), fix="save it as UTF-8") from error
    except OSError as error:
        raise RecipeError(
            what=f"it cannot be read ({error.strerror})",
            where=str(path),
            fix="check the path and its permissions",
        ) from error


def _lay_over(data: dict[str, Any], key: str, value: object) -> None:
    if value is None:
        return
    *parts, last = key.split(".")
    for part in parts:
        if not isinstance(data.get(part), dict):
            data[part] = {}
        data = data[part]
    data[last] = value


def _refuse_doubles(node: yaml.Node, path: Path) -> None:
    """Refuse a key that stands twice in one place: YAML would take the last and say nothing."""
    waiting, met = [node], {id(node)}
    while waiting:
        here = waiting.pop()
        if isinstance(here, yaml.MappingNode):
            keys: set[str] = set()
            for key, _ in here.value:
                if key.value in keys:
                    where = f"{path}:{key.start_mark.line + 1}"
                    raise RecipeError(
                        what=f"the key '{key.value}' stands here twice", where=where, fix="keep one of them"
                    )
                keys.add(key.value)
        below = here.value if isinstance(here, yaml.CollectionNode) else []
        parts = [part[1] if isinstance(part, tuple) else part for part in below]
        waiting += [part for part in parts if id(part) not in met]
        met |= {id(part) for part in parts}


def _explain(error: ValidationError, node: yaml.Node, path: Path) -> RecipeError:
    found = error.errors(include_url=False)
    # A misspelt key is unknown and missing at once: the slip of the pen is what helps.
    first = next((one for one in found if one["type"] == "extra_forbidden"), found[0])
    where = f"{path}:{_line(node, first['loc'])}"
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        known = _keys(first["loc"])
        near = get_close_matches(str(first["loc"][-1]), known, 1, 0.4)
        fix = f"did you mean '{near[0]}'?" if near else "known keys are " + ", ".join(known)
        return RecipeError(what=f"there is no key '{name}'", where=where, fix=fix)
    if first["type"] == "missing":
        return RecipeError(what=f"the key '{name}' is missing", where=where, fix=f"add `{first['loc'][-1]}: …`")
    said = first["msg"].removeprefix("Value error, ")
    label = f"{name}: " if name else ""
    return RecipeError(what=f"{label}{said}", where=where, fix="mend that value; docs/recipe.md lists what each takes")


def _line(node: yaml.Node, location: tuple[int | str, ...]) -> int:
    """Return the line at which the deepest part of the location that exists begins."""
    line = node.start_mark.line
    for part in location:
        found = None
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == part), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            found = (node.value[part], node.value[part])
        if found is None:
            break
        line, node = found[0].start_mark.line, found[1]
    return int(line) + 1


def _keys(location: tuple[int | str, ...]) -> list[str]:
    """Return the keys that stand where an unknown one was met."""
    kind: Any = Recipe
    for part in location[:-1]:
        fields = getattr(kind, "model_fields", None)
        if fields is not None and part in fields:
            kind = _inner(fields[part].annotation)
    return sorted(kind.model_fields)


def _inner(annotation: Any) -> Any:  # noqa: ANN401 - a type
    """Return the model inside list[...], dict[...] and ... | None, or the type itself."""
    from typing import get_args

    for inner in reversed(get_args(annotation)):
        if inner is not type(None):
            return _inner(inner)
    return annotation
