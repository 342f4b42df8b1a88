"""Rows a second and peak memory of `synthgen filter` on somebody else's dataset, as a ratio to a bare loop.

The rows are sentences put together from word lists, about 40 words each, with duplicates, near-duplicates and faults
planted among them. The bare loop reads the same Parquet file, writes each row as JSON and writes Parquet again. Each
runs as a process of its own, so that the peak memory is its own. `--full` adds a million rows.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SIZES, FULL = (10_000, 100_000), 1_000_000
GROUP = 10_000

_STEMS = (
    "accord admin alarm anchor archive auction balance barrel basket beacon bicycle blanket border bottle branch "
    "bridge budget bundle cabin camera candle canvas carbon carpet castle cattle cellar charter circle climate "
    "clinic coffee colour column comet contract copper corner cotton council counter cradle credit crystal "
    "curtain customs dairy desert diary dinner dragon drawer driver easel editor engine escort estate fabric "
    "factor falcon farmer feather fellow ferry filter finger flavour forest fossil fountain freight garden garlic "
    "gender ginger glacier granite guitar hammer handle harbour hazard helmet hockey honey hostel hunter insect "
    "island jacket jersey journal jungle kernel kettle kidney kitchen ladder lantern laptop lawyer leather legend "
    "lemon letter library lizard lobby locker magnet manor marble market meadow medal member mentor mercury "
    "method mirror modem monkey morning mortar motion museum muscle nation needle nickel notice number object "
    "office olive onion orange orchard organ outlet oxygen packet paddle palace panel parcel parish pastry patent "
    "pebble pencil pepper permit pigeon pillow pistol planet plastic platform pocket poetry portal potato powder "
    "prairie prison profit quarry quiver rabbit radar railway ranch recipe record region ribbon ritual river "
    "robot rocket saddle salad salmon sample satellite scandal school season sector shadow shelter signal silver "
    "sister sketch soccer socket spider spirit spring stable statue stereo street studio summit sunset supper "
    "surgeon symbol tablet talent tariff temple tender theatre ticket timber tissue tobacco tomato tongue tower "
    "tractor traffic treaty tunnel turtle uncle union valley vapour vehicle velvet venue vessel village violin "
    "virus volcano voyage wagon walnut weapon weather widow window winter wizard yogurt zipper"
)
_ACTS = (
    "accepts adjusts admires arranges assembles avoids borrows breaks builds buries carries catches changes "
    "checks chooses cleans climbs closes collects compares covers crosses delays delivers describes designs "
    "divides doubts draws drops empties enters escapes examines exports fastens fetches finds finishes fixes "
    "floods follows forgets gathers greets guards guides hides hires ignores imports inspects invents joins "
    "judges keeps launches leaves lends lifts loads locks loses marks measures melts mends mentions misses mixes "
    "moves notices obtains offers opens orders owns packs paints passes peels plans plants polishes prints "
    "promises protects proves pulls pushes quotes raises reaches refuses removes rents repairs replaces reports "
    "rescues returns sells sends serves shakes shares signs skips sorts spoils starts stores studies supplies "
    "surrounds tests thanks throws traces trades trusts visits warns washes watches weighs wraps"
)
_SORTS = (
    "ancient angry awkward bitter blue brave brief bright broken busy calm careful cheap clever clumsy cold "
    "common costly crowded curious damp dark deep dense distant dusty eager early empty fair faint famous fancy "
    "fierce firm foggy fresh frozen gentle giant glad golden grand grey gritty hasty heavy hollow humble idle "
    "jolly keen late lazy lonely loud lucky mellow modern muddy narrow neat nervous noble odd pale plain polite "
    "proud purple quick quiet rapid rare rough round rusty sharp shiny silent simple sleepy smooth sour steep "
    "sticky stiff strange sturdy sweet swift tame tender thick tidy tiny tough vague vast warm weary wild wise "
    "wooden young"
)
STEMS, ACTS, SORTS = _STEMS.split(), _ACTS.split(), _SORTS.split()
ENDS = ("ton", "ville", "berg", "mouth", "field", "ham", "stead", "wick", "ford", "dale", "burgh", "minster")
SOUNDS = [first + second for first in "bdfghklmnprstvw" for second in ("a", "e", "i", "o", "u", "ar", "el", "in", "or")]
LABELS = ("travel", "trade", "home", "nature", "science", "sport", "food", "law")
FAULTS = (
    "Too short.",
    "As an AI language model, I cannot share an opinion on this matter, but here are some facts to consider.",
    "Please write to {NAME} at [COMPANY] and tell them that the parcel did not arrive on the day it was promised.",
    "You can reach the manager of the shop by mail under pavel.horak@quickmail.cz every day of the week.",
    "It rains and it rains and it rains and it rains and it rains and it rains and it rains and it rains again.",
    "The report was long, and the committee that had asked for it could not agree on (the",
)


def sentence(draw: random.Random) -> str:
    """Return a sentence of about 13 words."""
    place = draw.choice(SOUNDS).capitalize() + draw.choice(SOUNDS) + draw.choice(ENDS)
    who, what, whom = (f"{draw.choice(SORTS)} {draw.choice(STEMS)}" for _ in range(3))
    act, again = draw.choice(ACTS), draw.choice(ACTS)
    return draw.choice(
        (
            f"The {who} from {place} {act} a {what} and {again} the {whom}.",
            f"In {place} every {who} {act} its {what} before it {again} {draw.randrange(2, 999)} of them.",
            f"Nobody knows why a {who} {act} the {what} near {place} while the {whom} {again} it.",
            f"On day {draw.randrange(1, 9999)} the {who} {act} one {what}, and {place} {again} some {whom}.",
        )
    )


def rows(count: int) -> Iterator[dict[str, str]]:
    """Give rows: two in a hundred repeat an earlier one, two nearly, and one has a fault."""
    draw = random.Random(count)  # noqa: S311 - rows for a measurement, no secrets
    kept: list[tuple[str, str]] = [("Nothing was said before this row was written.", "law")]
    for _ in range(count):
        kind, label = draw.random(), draw.choice(LABELS)
        text = " ".join(sentence(draw) for _ in range(3))
        if kind < 0.02:
            text, label = draw.choice(kept)
        elif kind < 0.04:
            old, label = draw.choice(kept)
            text = old.replace(" the ", " that ", 1) + " Indeed."
        elif kind < 0.05:
            text = draw.choice(FAULTS)
        elif len(kept) < 5_000:
            kept.append((text, label))
        yield {"text": text, "label": label}


def chats(count: int) -> Iterator[dict[str, Any]]:
    """Give the same rows as conversations of one question and one answer."""
    for row in rows(count):
        said = [
            {"role": "user", "content": row["text"]},
            {"role": "assistant", "content": f"That is a matter of {row['label']}, so ask there."},
        ]
        yield {"messages": said}


def write(given: Iterator[dict[str, Any]], path: Path) -> None:
    """Write rows to Parquet, a group at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer = None
    batch: list[dict[str, Any]] = []
    for row in given:
        batch.append(row)
        if len(batch) == GROUP:
            table = pa.Table.from_pylist(batch)
            writer = writer or pq.ParquetWriter(path, table.schema)
            writer.write_table(table)
            batch = []
    if writer:
        writer.close()


BARE = """
import json, sys
import pyarrow as pa, pyarrow.parquet as pq
file = pq.ParquetFile(sys.argv[1])
writer = pq.ParquetWriter(sys.argv[2], pa.schema({"row": pa.string()}))
for batch in file.iter_batches(10_000):
    writer.write_table(pa.table({"row": [json.dumps(row) for row in batch.to_pylist()]}, writer.schema))
writer.close()
"""


@dataclass(frozen=True)
class Took:
    """What a process took: seconds, seconds of a processor, MiB of memory at its peak, and what it printed."""

    seconds: float
    cpu: float
    peak: float
    printed: str


def took(*words: str) -> Took:
    """Run a command; a process that fails ends the measurement."""
    began = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        running = subprocess.Popen(words, stdout=said)
        _, status, usage = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - began
        if running.returncode:
            sys.exit(f"{' '.join(words[:4])} … ended with {running.returncode}")
        said.seek(0)
        return Took(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, said.read().decode())


def measure(count: int, folder: Path, *, chat: bool = False) -> tuple[float, str]:
    """Filter so many rows; return rows a second, and lines to print."""
    source = folder / f"{'chat' if chat else 'plain'}-{count}.parquet"
    write(chats(count) if chat else rows(count), source)
    bare = took(sys.executable, "-c", BARE, str(source), str(folder / "bare.parquet"))
    words = ["-m", "synthgen", "filter", str(source), "--task", "classification", "--json"]
    found = took(sys.executable, *words, "--out", str(folder / "out"))
    said = json.loads(found.printed)
    speed = count / found.seconds
    steps = ", ".join(f"{one['check']} {one['in']:,} → {one['out']:,}" for one in said["waterfall"])
    line = (
        f"| {'chat messages' if chat else 'text and label'} | {count:,} | {speed:,.0f} | {found.peak:,.0f} "
        f"| {found.seconds / bare.seconds:.1f} | {found.cpu / count * 1e6:,.0f} | {bare.cpu / count * 1e6:,.0f} |"
    )
    return speed, f"{line}\n<!-- {steps} -->"


def main() -> None:
    """Print a table, and how much of the speed is left at the largest size."""
    sizes = [*SIZES, *([FULL] if "--full" in sys.argv else [])]
    with tempfile.TemporaryDirectory() as folder:
        print("| rows | count | rows a second | peak, MiB | time ÷ bare loop | processor, µs a row | bare, µs a row |")
        print("|---|---:|---:|---:|---:|---:|---:|")
        speeds = []
        for count in sizes:
            speed, line = measure(count, Path(folder))
            speeds.append(speed)
            print(line, flush=True)
        print(measure(SIZES[-1], Path(folder), chat=True)[1])
        print(f"\nat {sizes[-1]:,} rows: {speeds[-1] / speeds[0]:.2f} of the speed at {sizes[0]:,}")


if __name__ == "__main__":
    main()
