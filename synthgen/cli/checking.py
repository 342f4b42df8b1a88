"""Commands that look at rows: their own dataset's, or anybody's."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthgen import errors
from synthgen.cli.group import show, synthgen

if TYPE_CHECKING:
    from synthgen.model.wrap import Limits


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
    show(result, flags["as_json"])
    sys.exit(errors.SHORTFALL if result.short else errors.OK)


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
