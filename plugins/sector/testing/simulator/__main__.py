"""`python -m plugins.sector.testing.simulator BATCH.xlsx ANSWER.xlsx [--memory FILE] [--seed N] [faults]`."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from .files import Faults, answer, read_batch, write_answer
from .judge import Memory


def main() -> None:
    """Read a batch, judge it, write the answer."""
    parser = argparse.ArgumentParser(prog="sector-simulator", description=__doc__)
    parser.add_argument("batch", type=Path)
    parser.add_argument("answer", type=Path)
    parser.add_argument("--memory", type=Path, help="what the sector holds, from one batch to the next")
    parser.add_argument("--seed", type=int, default=1)
    for name in ("shuffled", "loud", "numbers", "stranger", "anonymous"):
        parser.add_argument(f"--{name}", action="store_true")
    parser.add_argument("--missing", type=int, default=0, help="leave out one row in N")
    parser.add_argument("--refuse", type=int, default=0, help="refuse one row in N for no fault of its own")
    given = parser.parse_args()
    memory = Memory()
    if given.memory and given.memory.exists():
        memory = Memory(**json.loads(given.memory.read_text()))
    faults = Faults(given.shuffled, given.loud, given.numbers, given.missing, given.stranger, given.anonymous,
                    given.refuse)  # fmt: skip
    said = answer(read_batch(given.batch), memory, faults, given.seed)
    write_answer(given.answer, said, faults)
    if given.memory:
        given.memory.write_text(json.dumps(asdict(memory)))


main()
