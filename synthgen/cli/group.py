"""The group that all commands belong to, and what several of them print."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthgen import __version__

if TYPE_CHECKING:
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


def show(result: Result, as_json: bool, files: list[Path] | None = None) -> None:
    """Print what a run or a check came to."""
    from synthgen import report

    written = [str(path) for path in files or []]
    if as_json:
        click.echo(json.dumps(report.as_json(result) | {"files": written}, ensure_ascii=False))
        return
    click.echo(report.summary(result))
    if written:
        hub = result.run.hub
        click.echo(f"\ndataset: {hub}\ncard, with the waterfall: {hub / 'README.md'}\nexport: {result.run.export}")


def note(said: str) -> None:
    """Say what a person should hear, beside the result."""
    click.echo(f"synthgen: {said}", err=True)
