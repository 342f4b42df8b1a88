"""The command line: read flags, call one function, print. Nothing else happens here."""

from __future__ import annotations

import os
import sys

import click

from synthgen import errors
from synthgen.cli import checking, giving, making
from synthgen.cli.group import SETTINGS, synthgen

__all__ = ["SETTINGS", "checking", "giving", "main", "making", "synthgen"]


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
