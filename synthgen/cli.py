"""The command line: read flags, call one function, print. Nothing else happens here."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthgen import __version__, errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from synthgen.model.wrap import Limits
    from synthgen.pipeline import Result

SETTINGS: dict[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=SETTINGS)
@click.version_option(__version__, prog_name="synthgen")
def synthgen() -> None:
    """Turn a handful of seed examples into a proven fine-tuning dataset.

    \b
    Exit codes: 0 done, 2 something handed in does not hold, 3 fewer rows than asked for (`reproduce`: other ones),
    4 the model cannot be asked, 5 the folder cannot be used, 6 the Hub did not take it, 130 interrupted.
    """  # noqa: D301 - click's mark for lines that stay as they are


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
    _show(result, flags["as_json"])
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
        files = [*exporting.export(result.run, say=_note), *publish.build(result.run)]
    _show(result, flags["as_json"], files)
    sys.exit(errors.SHORTFALL if result.short else errors.OK)


@synthgen.command("filter")
@click.argument("source")
@click.option("--task", help="What the rows of SOURCE are; left out = guessed from the columns.")
@click.option("--recipe", type=click.Path(path_type=Path), help="Seeds and thresholds to hold the rows against.")
@click.option("--rows", type=click.IntRange(1), help="Keep so many rows of a dataset, the best ones; left out = all.")
@click.option("--ask", is_flag=True, help="Have the recipe's checks that ask a model ask it about a dataset.")
@click.option("--max-cost", type=click.FloatRange(0), help="With --ask: stop before this many US dollars are spent.")
@click.option("--max-requests", type=click.IntRange(0), help="With --ask: stop after this many requests.")
@click.option("--out", type=click.Path(path_type=Path), help="Where the tables go; left out = out/filter-NAME.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, for machines.")
def filter_(source: str, task: str | None, recipe: Path | None, **flags: Any) -> None:  # noqa: ANN401
    """Check the rows of a run or of anybody's dataset.

    SOURCE is a run's folder (its rows are checked again, with the thresholds that --recipe has now), or a dataset:
    a JSONL, CSV or Parquet file, a folder saved by `datasets`, hf://owner/name, or - for standard input. It is never
    changed. No model is asked but with --ask: then moderation, paraphrase, pair and judge look at what the other checks
    kept of a dataset, and what they were told lies in the folder, so that the same command asks nothing again.

    The columns of a dataset are recognised, and a note says how they were read: chat messages, ShareGPT, Alpaca,
    prompt and completion, question and answer, text and label.
    """
    from synthgen import audit, pipeline
    from synthgen.job import prepare
    from synthgen.store.run import Run

    run = Run(Path(source))
    limits = _limits_of_filter(flags)
    if run.generated:
        _refuse_of_a_run(source, flags)
        if recipe is None:
            raise errors.InputError(
                what="a run is filtered with a recipe",
                where=source,
                fix=f"type `synthgen filter {source} --recipe RECIPE`",
            )
        result = pipeline.refilter(prepare(recipe, run.changes()), run.folder)
    else:
        # Where no model is asked, none has to be there.
        job = prepare(recipe, {} if limits else {"model.name": "fake"}) if recipe else None
        name = Path(source.removeprefix("hf://")).stem if source != "-" else "stdin"
        out = flags["out"] or Path("out") / f"filter-{name}"
        wanted = audit.Wanted(flags["rows"], limits)
        result = audit.audit(source, task or "", out, job, wanted=wanted)
    _show(result, flags["as_json"])
    sys.exit(errors.SHORTFALL if result.short else errors.OK)


@synthgen.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--format", "names", multiple=True, help="A format, docs/formats.md lists them; may stand again.")
@click.option("--model", help="The model to train: owner/name on the Hub, or a folder with its tokenizer.json.")
@click.option("--limit", type=click.IntRange(1), help="Name rows with more tokens than this; none is cut.")
@click.option("--subsets", "sizes", help="Also write subsets of so many training rows: 100,300,1000.")
@click.option("--order", type=click.Choice(["random", "difficulty"]), help="Which rows subsets take first.")
def export(folder: Path, names: tuple[str, ...], **flags: Any) -> None:  # noqa: ANN401
    """Write files that trainers read, with a job to run.

    They go to FOLDER/export, a folder a format, a file a split. Without --format these are chat messages (or prompts
    with two answers, where rows have them) and the schema's own table. JOB.md beside them has the command that
    trains, how many tokens there are, and what it takes.
    """
    from synthgen import export as exporting
    from synthgen.store.run import Run

    run = Run(folder)
    wishes = exporting.wished(run)
    sizes = _sizes(flags.pop("sizes")) or wishes.sizes
    given = {name: value for name, value in flags.items() if value is not None}
    given |= {"strict": True} if sizes is not wishes.sizes else {}
    for path in exporting.export(run, names, replace(wishes, sizes=sizes, **given), _note):
        click.echo(path)


def _note(said: str) -> None:
    click.echo(f"synthgen: {said}", err=True)


def _sizes(text: str | None) -> list[int]:
    parts = (text or "").split(",") if text else []
    if wrong := next((one for one in parts if not one.strip().isdecimal()), None):
        raise errors.InputError(what=f"'{wrong}' is no number of rows", where="--subsets", fix="type 100,300,1000")
    return [int(one) for one in parts]


@synthgen.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("repository", required=False)
@click.option("--private", is_flag=True, help="Make a new repository private.")
@click.option("--gated", type=click.Choice(["auto", "manual"]), help="Readers must ask; who says yes: the Hub, or you.")
@click.option("--create-pr", is_flag=True, help="Open a pull request instead of a commit on the main branch.")
@click.option("--revision", metavar="BRANCH", help="Push to this branch; it is made where it is not there.")
@click.option("--tag", help="Name to give the commit, and the version in the card.")
@click.option("--yes", is_flag=True, help="Do not ask before a public repository is made.")
@click.option("--dry-run", is_flag=True, help="Write FOLDER/hub and show what would go; push nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, for machines.")
def push(folder: Path, repository: str | None, dry_run: bool, as_json: bool, **flags: Any) -> None:  # noqa: ANN401
    """Publish a run's dataset on the Hub.

    REPOSITORY is owner/name. What the Hub lacks goes in one commit; then the dataset is loaded back and compared.
    Before that all texts are searched for personal data, secrets and unsafe content; what nobody allowed keeps the
    push down. Rows that people gave stay here unless the recipe's `publish` says otherwise. HF_ENDPOINT names a Hub
    of your own.
    """
    from synthgen import gate, publish
    from synthgen.store.run import Run

    if dry_run:
        tables = publish.published(Run(folder))
        if refused := gate.told(gate.open_finds(Run(folder), tables)):
            click.echo(f"synthgen: a push would be refused, for the rows hold {refused}", err=True)
        files = {str(path): path.stat().st_size for path in publish.build(Run(folder), repository)}
        shown = json.dumps(files) if as_json else "\n".join(f"{size:>10}  {path}" for path, size in files.items())
        click.echo(shown)
        for said in () if as_json else publish.left_out(Run(folder)):
            click.echo(f"stays here: {said}", err=True)
        return
    if repository is None:
        raise errors.InputError(
            what="nobody said where to push", where=str(folder), fix=f"type `synthgen push {folder} OWNER/NAME`"
        )
    target = publish.Target(
        repository, flags["private"], flags["create_pr"], flags["tag"], flags["revision"], flags["gated"]
    )
    done = publish.push(Run(folder), target, lambda question: flags["yes"] or _agreed(question))
    if as_json:
        click.echo(json.dumps(vars(done)))
        return
    if done.changed:
        version = f", version {done.version}" if done.version else ", the same rows as before"
        click.echo(f"pushed {done.commit[:12]} to {done.url}: {len(done.uploaded)} files{version}")
    else:
        click.echo(f"nothing changed at {done.url}: nothing was uploaded")
    if done.pull_request:
        click.echo(f"pull request: {done.pull_request}")
    click.echo(f"loaded back: the same bytes, the same rows ({done.digest})")
    for said in done.left_out:
        click.echo(f"stays here: {said}", err=True)


@synthgen.command()
@click.argument("source", metavar="hf://OWNER/NAME[@REVISION]")
@click.option("--recipe", default=".", type=click.Path(path_type=Path), help="The recipe's folder; left out = here.")
@click.option("--ledger", type=click.Path(path_type=Path), help="The run that has the replies; left out = out/NAME.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, for machines.")
def reproduce(source: str, recipe: Path, ledger: Path | None, as_json: bool) -> None:
    """Make a published dataset anew, and compare.

    The lock file on the Hub says what ran; prompts and seeds come from --recipe, replies from --ledger, which is read
    and not changed. No model is asked. The files are compared by their digests; exit code 3 says that they differ.
    """
    from synthgen import reproduce as reproducing

    found = reproducing.reproduce(source, recipe, ledger)
    click.echo(json.dumps(found.as_json()) if as_json else reproducing.tell(found))
    sys.exit(errors.OK if found.same else errors.SHORTFALL)


@synthgen.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("row")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, for machines.")
def why(folder: Path, row: str, as_json: bool) -> None:
    """Tell the whole life of a row.

    ROW is its id or the beginning of it. Shown are the prompt, the answer, every verdict, and how it ended.
    """
    from synthgen import report
    from synthgen.store.run import Run

    found = report.life(Run(folder), row)
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else report.tell(found))


@synthgen.command()
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--recipe", required=True, type=click.Path(path_type=Path), help="The run's recipe, with its checks.")
@click.option("--seed", type=int, default=0, show_default=True, help="Draws other rows and other faults.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, for machines.")
def selftest(folder: Path, recipe: Path, seed: int, as_json: bool) -> None:
    """Plant faults in a run's own rows and count what its checks catch.

    Each kind of fault is planted in copies of RUN's kept rows. No model is asked, and no row of the run is changed;
    RUN/selftest.json holds the outcome, and the card shows it from then on.
    """
    from synthgen import selftest as testing
    from synthgen.job import prepare
    from synthgen.store.run import Run

    run = Run(folder)
    # No model is asked, so none has to be there where the rows are somebody else's.
    job = prepare(recipe, run.changes() if run.generated else {"model.name": "fake"})
    found = testing.selftest(job, run, seed)
    click.echo(json.dumps(found.as_json(), ensure_ascii=False) if as_json else testing.tell(found))


@synthgen.command()
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@click.argument("readings", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--recipe", required=True, type=click.Path(path_type=Path), help="The run's recipe, with its judge.")
@click.option("--rows", type=click.IntRange(1), default=200, show_default=True, help="Rows on a new sheet.")
@click.option("--max-cost", type=click.FloatRange(0), help="Stop before this many US dollars are spent.")
@click.option("--max-requests", type=click.IntRange(0), help="Stop after this many requests, the run's own included.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, for machines.")
def calibrate(folder: Path, readings: Path, recipe: Path, rows: int, as_json: bool, **flags: Any) -> None:  # noqa: ANN401
    """Hold a run's judge against people.

    READINGS is a CSV file. Where it is missing it is written: judged rows, drawn at random, for somebody to write yes
    or no under `keep`. The same command then measures how far the judge agrees, and asks it about faults that are
    planted and about its questions in the other order. RUN/calibrate.json holds the outcome, for the card.
    """
    from synthgen import calibrate as calibrating
    from synthgen.job import prepare
    from synthgen.model.wrap import Limits
    from synthgen.store.run import Run

    run = Run(folder)
    if not readings.exists():
        written = calibrating.lay_out(run, readings, rows)
        click.echo(f"{readings}: {written} judged rows\nnext: write yes or no under `keep`, then type the same again")
        return
    limits = Limits(flags["max_cost"], None, flags["max_requests"])
    found = calibrating.calibrate(prepare(recipe, run.changes()), run, readings, limits)
    click.echo(json.dumps(found.as_json(), ensure_ascii=False) if as_json else calibrating.tell(found))


def _limits_of_filter(flags: dict[str, Any]) -> Limits | None:
    """Return the limits under which `filter` asks models; None = it asks none."""
    from synthgen.model.wrap import Limits

    cost, requests = flags["max_cost"], flags["max_requests"]
    if flags["ask"]:
        return Limits(cost, None, requests)
    if cost is not None or requests is not None:
        raise errors.InputError(what="a limit is on what is asked, and nothing is", where="filter", fix="add --ask")
    return None


def _refuse_of_a_run(source: str, flags: dict[str, Any]) -> None:
    """Refuse what `filter` does with a dataset alone."""
    if flags["out"]:
        raise errors.InputError(what="a run's tables stay in its folder", where=source, fix="leave --out out")
    if flags["rows"]:
        raise errors.InputError(
            what="how many rows a run keeps stands in its recipe", where=source, fix="leave --rows out"
        )
    if flags["ask"]:
        raise errors.InputError(
            what="what a run's rows are asked about is asked where they are made",
            where=source,
            fix="leave --ask out, and run `synthgen generate RECIPE`",
        )


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


def _show(result: Result, as_json: bool, files: list[Path] | None = None) -> None:
    from synthgen import report

    written = [str(path) for path in files or []]
    if as_json:
        click.echo(json.dumps(report.as_json(result) | {"files": written}, ensure_ascii=False))
        return
    click.echo(report.summary(result))
    if written:
        hub = result.run.hub
        click.echo(f"\ndataset: {hub}\ncard, with the waterfall: {hub / 'README.md'}\nexport: {result.run.export}")


def _agreed(question: str) -> bool:
    """Ask the person at the terminal; where nobody sits there, the answer is no."""
    return sys.stdin.isatty() and click.confirm(question, default=False, err=True)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line: one place where troubles become messages and exit codes.

    Args:
        arguments: the words after `synthgen`; None = those that the process was started with.
    """
    try:
        synthgen.main(arguments, prog_name="synthgen", standalone_mode=False)
    except errors.SynthgenError as error:
        click.echo(f"synthgen: {error}", err=True)
        sys.exit(error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "", err=True)
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        click.echo("\nsynthgen: interrupted; every reply so far is kept. Run the same command to go on.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


if __name__ == "__main__":
    main()
