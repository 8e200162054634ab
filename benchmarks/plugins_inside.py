"""The process that `benchmarks.plugins` measures: a start, or the median request.

In seconds of the processor: what plugins cost is work of this one process, and whoever else uses the machine is no part.
"""

from __future__ import annotations

import logging
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

from core.data.session import Database
from core.web.app import create_app, load_registry

from .common import SETTINGS, Bench
from .web import caller, make_school, make_session

_REQUESTS = 400


def start(var: Path) -> float:
    """Seconds from finding plugins to an application that could serve; imports of the program itself are no part."""
    settings = replace(SETTINGS, var=var)
    began = time.process_time()
    registry = load_registry(settings)
    create_app(settings, db=Database("postgresql+psycopg:///nowhere"), registry=registry)
    return time.process_time() - began


def request(var: Path, address: str) -> float:
    """Seconds of the median request of a page of the core that asks every registry, at a school with all modules on."""
    settings = replace(SETTINGS, var=var)
    registry = load_registry(settings)
    db = Database(address)
    app = create_app(settings, db=db, registry=registry)
    school = make_school(Bench("", registry, settings, var, 1.0), db, 0)
    call = caller(app, "/", f"truong_session={make_session(db, school, 'office')}")
    for _time in range(50):
        call()
    taken = []
    for _time in range(_REQUESTS):
        began = time.process_time()
        call()
        taken.append(time.process_time() - began)
    db.close()
    return statistics.median(taken)


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    print(start(Path(sys.argv[2])) if sys.argv[1] == "start" else request(Path(sys.argv[2]), sys.argv[3]))
