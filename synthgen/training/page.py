"""The page beside an export's rows: how to start, how long rows are, and what the job takes."""

from __future__ import annotations

from synthgen.formats import Format
from synthgen.formats.services import LEAST
from synthgen.training import costs
from synthgen.training.jobs import EXAMPLE, Files, configured
from synthgen.training.measure import SPARE, Measured

NAME = "JOB.md"
SHOWN = 20


def files(form: Format, found: Measured) -> Files:
    """Return what stands beside the rows of a format: the trainer's configuration, and the page that tells of it."""
    made, commands = configured(form, found)
    return {**made, NAME: _page(form, found, made, commands)}


def _page(form: Format, found: Measured, made: Files, commands: str) -> str:
    lines = [
        f"# Train on these rows ({form.name})",
        "",
        f"Read by {form.readers}. Rules: {form.source}",
        "",
        "In this folder:",
        "",
        "```sh",
        commands,
        "```",
        "",
    ]
    if made and not found.model and not {"job.json"} & made.keys():
        lines += [f"No model was named, so the configuration says {EXAMPLE}: put yours there.", ""]
    lines += ["## Rows", "", "| split | rows |", "|---|---|"]
    lines += [f"| {split} | {count:,} |" for split, count in found.rows.items()]
    lines += ["", *_warned(form, found), "## Tokens", "", found.counted[0].upper() + found.counted[1:] + ".", ""]
    lines += ["| of the training rows | tokens |", "|---|---|"]
    lines += [f"| {share:.0%} have at most | {found.at(share):,} |" for share in (0.5, 0.9, 0.99, 1.0)]
    lines += [f"| all together | {found.tokens:,} |", "", *_long(found), *_changed(found)]
    lines += [
        "## Settings",
        "",
        f"- length: {found.length:,} tokens, the 99th percentile rounded up to a multiple of 64"
        + ("" if found.model else f", times {SPARE} since tokens are estimated")
        + (f", and no more than the limit of {found.limit:,}" if found.limit else ""),
        f"- epochs: {found.epochs} (5 for fewer than 300 rows, 3 for 2,000, 2 for 20,000, then 1; pairs once)",
        f"- batch: {found.batch} rows, for ten steps an epoch at least; {found.steps} steps in all",
        f"- learning rate: {found.rate:g}, for adapters of rank 16 on all linear layers",
        "",
        "These are where to begin. The validation rows say where to go from there.",
        "",
        "## What it takes",
        "",
        costs.table(found),
        "",
    ]
    return "\n".join(lines)


def _warned(form: Format, found: Measured) -> list[str]:
    """Return what a service will say of the number of rows."""
    if form.name.startswith("openai") and len(found.lengths) < LEAST:
        return [f"**OpenAI takes {LEAST} training rows or more, and there are {len(found.lengths)}.**", ""]
    return []


def _long(found: Measured) -> list[str]:
    """Name the rows that are too long: nothing was cut, and the trainer would."""
    lines = []
    if found.longer:
        lines += [
            f"{found.longer} training rows are longer than {found.length:,} tokens: the trainer cuts or drops them.",
            "",
        ]
    if found.over:
        lines += [f"{len(found.over)} rows have more than {found.limit:,} tokens. None was cut:", ""]
        lines += ["| row | tokens |", "|---|---|"]
        lines += [f"| `{one.id}` | {one.tokens:,} |" for one in found.over[:SHOWN]]
        lines += [f"| and {len(found.over) - SHOWN} more | |"] if len(found.over) > SHOWN else []
        lines += [""]
    return lines


def _changed(found: Measured) -> list[str]:
    """Name the rows that the model would see otherwise than they are written."""
    if not found.changed:
        return []
    lines = [f"The chat template changes {len(found.changed)} rows:", "", "| row | how |", "|---|---|"]
    lines += [f"| `{name}` | {said} |" for name, said in found.changed[:SHOWN]]
    return [*lines, ""]
