"""One import in a process of its own, so that its peak memory is its own. Job on standard input, answer as JSON."""

from __future__ import annotations

import json
import sys
import time
from itertools import pairwise
from pathlib import Path
from uuid import UUID

from core.data.session import Database
from core.settings.instance import InstanceSettings
from core.types.actor import system_actor
from core.web.app import bind, load_registry
from plugins.learners.services import confirming, planning, undoing

from .common import peak_memory_mb


def main() -> None:
    job = json.load(sys.stdin)
    settings = InstanceSettings(secret_keys=(job["secret"],), var=Path(job["var"]))
    bind(settings, load_registry(settings))
    db, school, actor = Database(job["url"]), UUID(job["school"]), system_actor("benchmark")
    content = Path(job["file"]).read_bytes()
    marks = [time.perf_counter()]
    with db.context(actor, school) as ctx:
        import_id = planning.start_import(ctx, Path(job["file"]).name, content)
    with db.context(actor, school) as ctx:
        planning.read_import(ctx, import_id)
    marks.append(time.perf_counter())
    with db.context(actor, school) as ctx:
        confirming.confirm_import(ctx, import_id)
    marks.append(time.perf_counter())
    peak = peak_memory_mb()
    if job["undo"]:
        with db.context(actor, school) as ctx:
            undoing.undo_import(ctx, import_id)
    marks.append(time.perf_counter())
    db.close()
    plan, confirm, undo = (after - before for before, after in pairwise(marks))
    answer = {"seconds": plan + confirm, "plan": plan, "confirm": confirm, "undo": undo, "peak_mb": peak}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
