"""`make bench`: every ratio against a floor measured in the same run, on the amounts that the goals name.

python -m benchmarks [--scale 0.1] [--write] [name ...]
"""

from __future__ import annotations

import argparse
import platform
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from .common import Bench, Row, bench

MODULES = (
    "web",
    "plugins",
    "imports",
    "bills",
    "ledger",
    "notices",
    "jobs",
    "marks",
    "paint",
    "results",
    "attendance",
    "search",
    "oneroster",
    "reconcile",
    "transcripts_log",
    "transcripts_pdf",
)
TARGET = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
READING = "## Reading the figures"
HEAD = """# Benchmarks

Written by `make bench` (`python -m benchmarks --write`). Each value is a ratio against a floor that the same run measured on the same machine, or an amount of memory or time where the goal names one. The goals
are those of the performance reference. A row that misses its goal says so and why.

"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("names", nargs="*", default=MODULES, help=", ".join(MODULES))
    parser.add_argument("--scale", type=float, default=1.0, help="shrink the amounts for a quick look")
    parser.add_argument(
        "--write", action="store_true", help="write docs/benchmarks.md; parts that are not named keep their rows"
    )
    wanted = parser.parse_args()
    found: list[Row] = []
    with bench(wanted.scale) as run:
        for name in wanted.names:
            for row in measured(run, name):
                print(
                    f"{'  ok ' if row.reached else 'MISS '} {row.name:<58} {row.value:>10.3g}   goal {row.goal}  {row.note}"
                )
                found.append(row)
    if wanted.write:
        TARGET.write_text(document(found))


def measured(run: Bench, name: str) -> list[Row]:
    """The rows of one module; each has `rows(run) -> list[Row]`."""
    rows: list[Row] = import_module(f"benchmarks.{name}").rows(run)
    return rows


def document(rows: list[Row]) -> str:
    """The page with all figures: those of this run, and of parts that it left out the ones that stand there."""
    when = datetime.now(UTC).date().isoformat()
    lines = {
        r.name: f"| {r.name} | {r.value:.3g} | {r.goal} | {'yes' if r.reached else '**no**'} | {r.note} |" for r in rows
    }
    table = {**_known(), **lines}
    head = [f"Measured on {when}, {platform.machine()}, Python {platform.python_version()}, two cores.", ""]
    head += ["| what | measured | goal | reached | |", "|---|---:|---|---|---|"]
    return HEAD + "\n".join([*head, *table.values()]) + "\n" + _reading()


def _known() -> dict[str, str]:
    """The rows of the table as it is, by name."""
    text = TARGET.read_text() if TARGET.exists() else ""
    found = [line for line in text.partition(READING)[0].splitlines() if line.startswith("| ")]
    return {line.split(" | ")[0].removeprefix("| "): line for line in found[1:]}


def _reading() -> str:
    """What people have written about the figures stays when these are written anew."""
    known = TARGET.read_text() if TARGET.exists() else ""
    place = known.find(READING)
    return "\n" + known[place:] if place >= 0 else ""


if __name__ == "__main__":
    main()
