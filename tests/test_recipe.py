"""Recipes, seeds and prompts: what is wrong is said with its file, its line and the nearest right name."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen import prompts, recipe, schema, seeds
from synthgen.errors import PromptError, RecipeError, SeedError

if TYPE_CHECKING:
    from pathlib import Path

    from synthgen.types import Row

RECIPE = """\
task: classification
about: Messages to a bank.
seeds: seeds.jsonl
rows: 30
steps:
  - prompt: write.j2
    fills: [text]
vary:
  label: {}
  tone:
    values:
      - {value: calm}
      - {value: angry, weight: 2}
balance: [label]
model:
  name: fake
checks:
  quality:
    language: en
"""


def _write(folder: Path, text: str) -> Path:
    path = folder / "recipe.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def _broken(folder: Path, text: str, changes: dict[str, Any] | None = None) -> RecipeError:
    with pytest.raises(RecipeError) as caught:
        recipe.load(_write(folder, text), changes)
    return caught.value


def test_a_recipe_is_read_with_its_defaults(tmp_path: Path) -> None:
    """What the file says stands, and what it leaves out has the documented default."""
    found = recipe.load(_write(tmp_path, RECIPE))
    assert (found.rows, found.model.name, found.checks.quality.language) == (30, "fake", "en")
    assert (found.examples, found.split.test, found.checks.dedup.near, found.name) == (4, 0.1, 0.6, None)
    assert [(one.value, one.weight) for one in found.vary["tone"].values] == [("calm", 1.0), ("angry", 2.0)]


@pytest.mark.parametrize("task", schema.tasks())
def test_the_shipped_recipes_are_read(task: str) -> None:
    """Each template's recipe holds, and so do its seeds."""
    root = schema.shipped("templates") / task
    found = recipe.load(root / "recipe.yaml")
    assert found.task == task
    assert len(seeds.load(found.seeds, root, schema.load(schema.find(task, root)), {})) >= 30


def test_the_command_line_lies_over_the_recipe(tmp_path: Path) -> None:
    """A change by key wins, inside a part and where the file has none; None changes nothing."""
    changes = {"model.name": "gpt-x", "split.validation": 0.2, "rows": None, "seed": 5}
    found = recipe.load(_write(tmp_path, RECIPE), changes)
    assert (found.model.name, found.split.validation, found.rows, found.seed) == ("gpt-x", 0.2, 30, 5)


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "fix"),
    [
        ("rows: 30", "row: 30", 4, "there is no key 'row'", "did you mean 'rows'?"),
        ("  name: fake", "  nmae: fake", 16, "there is no key 'model.nmae'", "did you mean 'name'?"),
        (
            "    fills: [text]",
            "    fill: [text]",
            7,
            "there is no key 'steps.0.fill'",
            "did you mean 'fills'?",
        ),
        (
            "    language: en",
            "    langage: en",
            19,
            "there is no key 'checks.quality.langage'",
            "did you mean 'language'?",
        ),
        (
            "    values:\n",
            "    valeus:\n",
            11,
            "there is no key 'vary.tone.valeus'",
            "did you mean 'values'?",
        ),
        ("task: class", "tsak: class", 1, "there is no key 'tsak'", "did you mean 'task'?"),
        (
            "  name: fake",
            "  price: {zz: 1}",
            16,
            "there is no key 'model.price.zz'",
            "known keys are input, output",
        ),
        ("about: Messages to a bank.\n", "", 1, "the key 'about' is missing", "add `about: …`"),
        (
            "  - prompt: write.j2\n    fills",
            "  - fills",
            6,
            "steps.0: a step has one of `prompt`, `call` and `speakers`",
            "mend that value; docs/recipe.md lists what each takes",
        ),
        (
            "{value: calm}",
            "{valu: calm}",
            12,
            "the key 'vary.tone.values.0.value' is missing",
            "add `value: …`",
        ),
        (
            "  name: fake",
            "  name: fake\n  name: other",
            17,
            "the key 'name' stands here twice",
            "keep one of them",
        ),
        ("rows: 30", "rows: 30\nrows: 40", 5, "the key 'rows' stands here twice", "keep one of them"),
    ],
)
def test_a_key_that_is_wrong_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, what: str, fix: str
) -> None:
    """An unknown, missing or double key is named with its line, and the nearest key of that place with it."""
    assert RECIPE.count(old) == 1
    error = _broken(tmp_path, RECIPE.replace(old, new))
    assert str(error) == f"{tmp_path / 'recipe.yaml'}:{line}: {what}\n  next: {fix}"


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("rows: 30", "rows: many", 4, "rows: Input should be a valid integer"),
        ("rows: 30", "rows: 0", 4, "rows: Input should be greater than 0"),
        ("rows: 30", "rows: 1.5", 4, "rows: Input should be a valid integer"),
        ("fills: [text]", "fills: text", 7, "steps.0.fills: Input should be a valid list"),
        ("fills: [text]", "fills: []", 6, "steps.0: a step gives something: name it in `fills` or `notes`"),
        ("weight: 2", "weight: -2", 13, "vary.tone.values.1.weight: Input should be greater than 0"),
        (
            "  name: fake",
            "  temperature: 3",
            16,
            "model.temperature: Input should be less than or equal to 2",
        ),
        (
            "  label: {}",
            "  label: {values: [{value: a}], file: b.csv}",
            9,
            "vary.label: give values, a file or a resource, and one of them only",
        ),
        ("balance: [label]", "balance: [lable]", 1, "balance names 'lable', which is not under vary"),
        (
            "rows: 30",
            "split: {validation: 0.5, test: 0.5}",
            4,
            "split: validation and test together must leave something",
        ),
    ],
)
def test_a_value_that_is_wrong_is_named_with_its_line(tmp_path: Path, old: str, new: str, line: int, what: str) -> None:
    """A value of another kind, out of its bounds, or against another value, is named with its line."""
    error = _broken(tmp_path, RECIPE.replace(old, new))
    assert error.where == f"{tmp_path / 'recipe.yaml'}:{line}"
    assert error.what.startswith(what)


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("task: a\nabout: [b\nseeds: c\n", ":3", "this is not YAML (expected ',' or ']', but got ':')"),
        (
            "task: a\n\tabout: b\n",
            ":2",
            "this is not YAML (found character '\\t' that cannot start any token)",
        ),
        ("task: a: b\n", ":1", "this is not YAML (mapping values are not allowed here)"),
        ("task: a\nname: 2024-13-45\n", "", "this is not YAML (month must be in 1..12)"),
        (
            "task: a\x00\n",
            "",
            "this is not YAML (unacceptable character #x0000: special characters are not allowed)",
        ),
        ("- task: a\n", "", "a recipe is a list of `key: value` lines"),
        ("", "", "a recipe is a list of `key: value` lines"),
        ("a: &a [*a]\n", ":1", "there is no key 'a'"),
    ],
)
def test_what_is_no_yaml_is_named_with_its_line(tmp_path: Path, text: str, where: str, what: str) -> None:
    """A broken file is told as an error of the recipe, with the line where YAML knows one."""
    error = _broken(tmp_path, text)
    assert (error.where, error.what) == (f"{tmp_path / 'recipe.yaml'}{where}", what)


def test_a_missing_recipe_names_its_neighbour(tmp_path: Path) -> None:
    """A path that is a letter off names the file that is there; a file that is no text says so."""
    _write(tmp_path, RECIPE)
    with pytest.raises(RecipeError) as caught:
        recipe.load(tmp_path / "recpie.yaml")
    assert caught.value.fix == f"did you mean {tmp_path / 'recipe.yaml'}?"
    (tmp_path / "recipe.yaml").write_bytes(b"task: \xff\xfe")
    with pytest.raises(RecipeError, match="this is not UTF-8 text"):
        recipe.load(tmp_path / "recipe.yaml")


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), st.sampled_from(["", "task: a\n", RECIPE]))
def test_no_file_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, text: str, before: str) -> None:
    """Whatever stands in the file, the answer is a recipe or an error of the recipe."""
    path = _write(tmp_path_factory.getbasetemp(), before + text)
    told: str | None = None
    try:
        recipe.load(path)
    except RecipeError as error:
        told = str(error)
    assert told is None or told.startswith(str(path))


ROWS: list[Row] = [
    {"text": "My card is lost, and I need\u2028help!", "label": "lost_card"},
    {"text": 'Why a "fee", of 15 €?\u0085Please say.', "label": "fees_and_charges"},
    {"text": "Two lines\nof text.", "label": "fees_and_charges"},
]
AXES: dict[str, list[Row]] = {"label": [{"label": "lost_card"}, {"label": "fees_and_charges"}]}


def _load(source: str, root: Path) -> list[Row]:
    kind = schema.load(schema.find("classification", root))
    return [seed.record.model_dump(exclude_none=True) for seed in seeds.load(source, root, kind, {"axes": AXES})]


def _refused(source: str, root: Path) -> SeedError:
    with pytest.raises(SeedError) as caught:
        _load(source, root)
    return caught.value


def _lines(rows: list[Row]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.mark.parametrize("kind", ["jsonl", "bom", "csv", "parquet", "folder", "splits", "stdin"])
def test_every_kind_of_table_gives_the_same_seeds(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """JSONL, CSV, Parquet, a folder of datasets and standard input hold the same rows to the letter."""
    source = {"bom": "s.jsonl", "folder": "s", "splits": "s", "stdin": "-"}.get(kind, f"s.{kind}")
    frame = pl.DataFrame([{**row, "secondary": None} for row in ROWS], schema_overrides={"secondary": pl.String})
    if kind in {"jsonl", "bom"}:
        (tmp_path / source).write_text(_lines(ROWS), encoding="utf-8-sig" if kind == "bom" else "utf-8")
    elif kind == "csv":
        frame.write_csv(tmp_path / source)
    elif kind == "parquet":
        frame.write_parquet(tmp_path / source)
    elif kind == "stdin":
        # A stream of bytes in the place of the process's own, whose bytes pytest has shut.
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(_lines(ROWS).encode())))
    else:
        datasets = pytest.importorskip("datasets")
        table = datasets.Dataset.from_list(frame.to_dicts())
        parts = {"train": table.select([0, 1]), "test": table.select([2])}
        (datasets.DatasetDict(parts) if kind == "splits" else table).save_to_disk(str(tmp_path / source))
    assert _load(source, tmp_path) == ROWS


def test_lines_end_at_line_feeds_alone(tmp_path: Path) -> None:
    """U+2028 and U+0085 inside a text split no line, and empty lines and carriage returns are no rows."""
    (tmp_path / "s.jsonl").write_bytes(("\n" + _lines(ROWS[:2]).replace("\n", "\r\n") + "\n  \n").encode())
    kind = schema.load(schema.find("classification", tmp_path))
    found = seeds.load("s.jsonl", tmp_path, kind, {"axes": AXES})
    assert [seed.where for seed in found] == [f"{tmp_path / 's.jsonl'}:{line}" for line in (2, 3)]
    assert [getattr(seed.record, "text", "") for seed in found] == [row["text"] for row in ROWS[:2]]


def test_a_seed_given_twice_is_one_seed(tmp_path: Path) -> None:
    """A seed is named by its content, and stands where it stood first."""
    (tmp_path / "s.jsonl").write_text(_lines([*ROWS, *ROWS]), encoding="utf-8")
    assert _load("s.jsonl", tmp_path) == ROWS


def test_a_wrong_label_is_named_with_its_line_and_the_nearest(tmp_path: Path) -> None:
    """A label that is not in the recipe's list names the file, the line and the label that was meant."""
    (tmp_path / "s.jsonl").write_text(_lines([*ROWS, {"text": "A fee?", "label": "fees_and_charge"}]), encoding="utf-8")
    assert str(_refused("s.jsonl", tmp_path)) == (
        f"{tmp_path / 's.jsonl'}:4: row: label 'fees_and_charge' is not in the recipe's list; "
        "the nearest is 'fees_and_charges'\n  next: mend that row, or the recipe's list of values"
    )


@pytest.mark.parametrize(
    ("name", "data", "where", "what"),
    [
        ("s.jsonl", b'{"text": "a", "label": "lost_card"}\n{"text": \n', ":2", "this line is not JSON ("),
        ("s.jsonl", b'\n["a"]\n', ":2", "this line is not an object"),
        ("s.jsonl", b'{"text": "\xff"}\n', ":1", "this line is not JSON ("),
        ("s.jsonl", b"[" * 9000, ":1", "this line is not JSON ("),
        ("s.jsonl", b'{"text": NaN, "label": "lost_card"}\n', ":1", "text: Field required"),
        (
            "s.jsonl",
            b'{"text": "a", "label": "lost_card", "secondery": "stolen"}',
            ":1",
            "the column 'secondery' is none of the task's fields",
        ),
        (
            "s.jsonl",
            b'{"text": "\\ud800", "label": "lost_card"}',
            ":1",
            "text: Input should be a valid string",
        ),
        (
            "s.csv",
            b"text,label\na,lost_card\nb,c,d\n",
            ":3",
            "this line does not have 2 columns as the first one has",
        ),
        ("s.csv", b"text,label\nonly\n", ":2", "this line does not have 2 columns as the first one has"),
        ("s.csv", b'text,label\n"a"b,c\n', ":2", "this is not CSV ("),
        ("s.csv", b"text,label\n\xff,a\n", "", "this is not UTF-8 text"),
        ("s.csv", b"text,label\n,lost_card\n", ":2", "text: Field required"),
        ("s.parquet", b"PAR1 and no more", "", "this is not Parquet ("),
        ("s.xlsx", b"", "", "'.xlsx' files are not read"),
    ],
)
def test_a_broken_table_is_named_with_its_line(tmp_path: Path, name: str, data: bytes, where: str, what: str) -> None:
    """What cannot be read, or does not fit the schema, names the file, and the line where there is one."""
    (tmp_path / name).write_bytes(data)
    error = _refused(name, tmp_path)
    assert error.where == f"{tmp_path / name}{where}"
    assert error.what.startswith(what)


@pytest.mark.parametrize("name", ["s.jsonl", "s.csv"])
@pytest.mark.parametrize("data", [b"", b"\n\n"])
def test_no_seeds_are_too_few(tmp_path: Path, name: str, data: bytes) -> None:
    """An empty file is an error that says how many seeds help."""
    (tmp_path / name).write_bytes(data)
    assert str(_refused(name, tmp_path)) == f"{name}: there are no seeds\n  next: give at least ten; thirty are better"


def test_a_table_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A missing file, and a folder that `datasets` did not write, say what may stand there."""
    assert _refused("s.jsonl", tmp_path).what == "there is no such file"
    (tmp_path / "s").mkdir()
    assert _refused("s", tmp_path).what == "this folder was not written by `Dataset.save_to_disk`"


PROMPT = """\
{% block system %}
{{ about }}
{% endblock %}
{% block user %}
Label: {{ cell.label }}
{% endblock %}
"""


def _prompt(folder: Path, source: str, name: str = "write.j2") -> Path:
    path = folder / name
    path.write_text(source, encoding="utf-8")
    return path


def test_a_prompt_gives_the_messages_of_its_blocks(tmp_path: Path) -> None:
    """System and user blocks become two messages; the phrases are the prompt's own lines alone."""
    _prompt(tmp_path, PROMPT)
    found = prompts.find("write.j2", [tmp_path], continues=False)
    assert found.render({"about": "A bank.", "cell": {"label": "fees"}}) == [
        {"role": "system", "content": "A bank."},
        {"role": "user", "content": "Label: fees"},
    ]
    assert found.phrases() == ["Label:"]


def test_a_prompt_beside_the_recipe_comes_before_the_shipped_one(tmp_path: Path) -> None:
    """The first folder that has the file wins."""
    folders = [tmp_path, schema.shipped("templates") / "classification"]
    assert prompts.find("write.j2", folders, continues=False).path == folders[1] / "write.j2"
    _prompt(tmp_path, PROMPT)
    assert prompts.find("write.j2", folders, continues=False).path == tmp_path / "write.j2"


@pytest.mark.parametrize(
    ("source", "line", "what", "fix"),
    [
        (
            PROMPT.replace("{{ cell", "{{ cel"),
            5,
            "the prompt uses 'cel', which is not defined",
            "did you mean 'cell'? known",
        ),
        (
            PROMPT.replace("about", "abuot"),
            2,
            "the prompt uses 'abuot', which is not defined",
            "did you mean 'about'? known",
        ),
        (
            PROMPT.replace("about", "zzz"),
            2,
            "the prompt uses 'zzz', which is not defined",
            "known names are about, avoid,",
        ),
        (
            PROMPT.replace("{{ about }}", "No row.\n{{ row }}"),
            3,
            "the prompt uses 'row', which is not defined",
            "did you",
        ),
        (PROMPT.replace("{{ about }}", "{{ about"), 3, "the prompt is broken (", "mend it"),
        ("{% block user %}\n", 1, "the prompt is broken (", "mend it"),
        (
            PROMPT.replace("about }}", "about | shout }}"),
            2,
            "the prompt is broken (No filter named 'shout'.",
            "mend it",
        ),
        (
            "Label: {{ cell.label }}\n",
            None,
            "the prompt has no block named user",
            "write {% block user %} … {% endblock %}",
        ),
        (
            PROMPT.replace("user", "usr"),
            None,
            "the prompt has no block named user",
            "write {% block user %} … {% endblock %}",
        ),
    ],
)
def test_a_prompt_that_is_wrong_is_named_with_its_line(
    tmp_path: Path, source: str, line: int | None, what: str, fix: str
) -> None:
    """An unknown name, broken syntax or a missing block names the file, the line and what was meant."""
    path = _prompt(tmp_path, source)
    with pytest.raises(PromptError) as caught:
        prompts.find("write.j2", [tmp_path], continues=False)
    assert caught.value.where == (f"{path}:{line}" if line else str(path))
    assert caught.value.what.startswith(what)
    assert caught.value.fix.startswith(fix)


def test_a_prompt_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A missing file, and a missing twin for models that carry patterns on, are named."""
    with pytest.raises(PromptError) as caught:
        prompts.find("ask.j2", [tmp_path, tmp_path / "b"], continues=False)
    assert str(caught.value) == (
        f"{tmp_path / 'ask.j2'}: there is no prompt 'ask.j2': it is missing\n  next: write that file"
    )
    _prompt(tmp_path, PROMPT, "ask.j2")
    with pytest.raises(PromptError, match="this model carries patterns on and needs a prompt made for that"):
        prompts.find("ask.j2", [tmp_path], continues=True)


def test_a_prompt_that_carries_on_ends_where_the_model_goes_on(tmp_path: Path) -> None:
    """A `.continue.j2` prompt is one message without a space at its end."""
    _prompt(tmp_path, "{{ about }}\n\nMessage: \n", "write.continue.j2")
    found = prompts.find("write.j2", [tmp_path], continues=True)
    assert found.render({"about": "A bank."}) == [{"role": "user", "content": "A bank.\n\nMessage:"}]


@pytest.mark.parametrize("inside", ["cell.lable", "examples[0].texd", "about + 1"])
def test_a_value_that_is_not_there_is_an_error_of_the_prompt(tmp_path: Path, inside: str) -> None:
    """A name after the dot that nothing has is no empty text but an error that names the file."""
    path = _prompt(tmp_path, "{% block user %}{{ " + inside + " }}{% endblock %}")
    prompt = prompts.find("write.j2", [tmp_path], continues=False)
    with pytest.raises(PromptError) as caught:
        prompt.render({"about": "A bank.", "cell": {"label": "fees"}, "examples": [{"text": "Why?"}]})
    assert caught.value.where == str(path)
    assert caught.value.what.startswith("the prompt cannot be rendered (")
