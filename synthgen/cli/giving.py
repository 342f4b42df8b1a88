"""Commands that give a dataset away: to a trainer, to a Hub, to whoever wants to make it anew."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from synthgen import errors
from synthgen.cli.group import note, synthgen


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
    for path in exporting.export(run, names, replace(wishes, sizes=sizes, **given), note):
        click.echo(path)


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


def _agreed(question: str) -> bool:
    """Ask the person at the terminal; where nobody sits there, the answer is no."""
    return sys.stdin.isatty() and click.confirm(question, default=False, err=True)
