"""Commands that come before a dataset, and make it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthgen import errors
from synthgen.cli.group import note, show, synthgen

if TYPE_CHECKING:
    from collections.abc import Callable

    from synthgen.pipeline import Result


def _recipe(command: Callable[..., None]) -> Callable[..., None]:
    """Add what every command that asks a model takes."""
    options = [
        click.argument("recipe", type=click.Path(path_type=Path)),
        click.option("--rows", type=click.IntRange(1), help="Rows to keep, instead of the recipe's."),
        click.option("--model", help="Model to ask: local, fake, a .gguf file, or a name at --base-url."),
        click.option("--base-url", help="Address of an OpenAI-compatible endpoint, usually ending in /v1."),
        click.option("--out", type=click.Path(path_type=Path), help="The run's folder; left out = out/NAME."),
        click.option("--max-cost", type=click.FloatRange(0), help="Stop before this many US dollars are spent."),
        click.option("--max-tokens", type=click.IntRange(1), help="Stop before this many tokens are used."),
        click.option("--max-requests", type=click.IntRange(0), help="Stop after this many requests."),
        click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, for machines."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@synthgen.command()
@click.argument("task")
@click.argument("folder", type=click.Path(path_type=Path))
def init(task: str, folder: Path) -> None:
    """Copy a task's example into FOLDER.

    Recipe, prompts and seeds are there to be edited.
    """
    from synthgen.start import copy_example

    for path in copy_example(task, folder):
        click.echo(path)
    click.echo(f"\nnext: edit {folder / 'recipe.yaml'}, then run `synthgen run {folder}`")


@synthgen.command()
@click.option("--model", default="local", show_default=True, help="Model to probe.")
@click.option("--base-url", help="Address of an OpenAI-compatible endpoint, usually ending in /v1.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, for machines.")
def probe(model: str, base_url: str | None, as_json: bool) -> None:
    """Find out what a model can do.

    A run asks for structure in the best way that the endpoint follows; this shows which one that is.
    """
    from synthgen.start import probe_model

    found = probe_model(model, base_url)
    if as_json:
        click.echo(json.dumps(found))
    else:
        for name, value in found.items():
            click.echo(f"{name}: {value}")


@synthgen.command()
@click.argument("recipe", type=click.Path(path_type=Path))
@click.option("--depth", type=click.IntRange(1, 5), default=2, show_default=True, help="Levels of the tree.")
@click.option("--branches", type=click.IntRange(2, 30), default=6, show_default=True, help="Topics below each.")
@click.option("--model", help="Model to ask: local, a .gguf file, or a name at --base-url.")
@click.option("--base-url", help="Address of an OpenAI-compatible endpoint, usually ending in /v1.")
@click.option("--out", type=click.Path(path_type=Path), help="The file; left out = topics.yaml beside RECIPE.")
@click.option("--max-requests", type=click.IntRange(0), help="Stop after this many requests.")
def topics(recipe: Path, depth: int, branches: int, out: Path | None, **flags: Any) -> None:  # noqa: ANN401 - click
    """Grow a tree of topics for RECIPE, to be edited.

    The recipe takes it as `vary: {topic: {file: topics.yaml}}`: each leaf is a topic that rows are written about.
    """
    from synthgen.grow import grow
    from synthgen.model.wrap import Limits

    changes = {"model.name": flags["model"], "model.base_url": flags["base_url"]}
    path = grow(recipe, changes, (depth, branches), out, Limits(requests=flags["max_requests"]))
    click.echo(path.read_text(encoding="utf-8"))
    click.echo(f"next: edit {path}, then name it in the recipe as vary.topic.file")


@synthgen.command()
@_recipe
def generate(**flags: Any) -> None:  # noqa: ANN401 - click hands flags over by name
    """Write rows until every cell of RECIPE is full.

    Kept and rejected rows lie in the run's folder. Whatever stops it, the same command goes on.
    """
    result = _generate(flags)
    show(result, flags["as_json"])
    sys.exit(errors.SHORTFALL if result.short else errors.OK)


@synthgen.command()
@_recipe
def run(**flags: Any) -> None:  # noqa: ANN401 - click hands flags over by name
    """Do it all: generate, filter, export, lay out hub/.

    hub/ holds exactly what a push would upload: the dataset, its card and the lock file.
    """
    from synthgen import export as exporting
    from synthgen import publish

    result = _generate(flags)
    files = []
    if result.kept:
        files = [*exporting.export(result.run, say=note), *publish.build(result.run)]
    show(result, flags["as_json"], files)
    sys.exit(errors.SHORTFALL if result.short else errors.OK)


def _generate(flags: dict[str, Any]) -> Result:
    from synthgen import pipeline
    from synthgen.job import prepare
    from synthgen.model.wrap import Limits
    from synthgen.progress import Progress

    changes = {"rows": flags["rows"], "model.name": flags["model"], "model.base_url": flags["base_url"]}
    job = prepare(flags["recipe"], changes)
    limits = Limits(flags["max_cost"], flags["max_tokens"], flags["max_requests"])
    progress = Progress(job.recipe.pooled(job.recipe.rows))
    try:
        result = pipeline.generate(job, flags["out"], limits, progress)
    except errors.SynthgenError:
        progress.close(clear=True)
        raise
    progress.close()
    return result
