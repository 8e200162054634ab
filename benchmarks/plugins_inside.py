"""The process that `benchmarks.plugins` measures: a start, or requests whenever it is asked for some.

In seconds of the processor: what plugins cost is work of this one process, and whoever else uses the machine is no part.
"""

from __future__ import annotations

import logging
import sys
import time
from dataclasses import replace
from pathlib import Path

from core.data.session import Database
from core.web.app import create_app, load_registry

from .common import SETTINGS, Bench
from .web import caller, make_school, make_session

_REQUESTS = 40


def start(var: Path) -> float:
    """Seconds from finding plugins to an application that could serve; imports of the program itself are no part."""
    settings = replace(SETTINGS, var=var)
    began = time.process_time()
    registry = load_registry(settings)
    create_app(settings, db=Database("postgresql+psycopg:///nowhere"), registry=registry)
    return time.process_time() - began


def serve(var: Path, address: str) -> None:
    """Wait for a line with an address, answer with the seconds of its mean request, at a school with all modules on."""
    settings = replace(SETTINGS, var=var)
    registry = load_registry(settings)
    db = Database(address)
    app = create_app(settings, db=db, registry=registry)
    school = make_school(Bench("", registry, settings, var, 1.0), db, 0)
    cookie = f"truong_session={make_session(db, school, 'office')}"
    print("ready", flush=True)
    for line in sys.stdin:
        call = caller(app, line.strip(), cookie)
        began = time.process_time()
        for _time in range(_REQUESTS):
            call()
        print((time.process_time() - began) / _REQUESTS, flush=True)
    db.close()


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    if sys.argv[1] == "start":
        print(start(Path(sys.argv[2])))
    else:
        serve(Path(sys.argv[2]), sys.argv[3])
