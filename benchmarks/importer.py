"""One import in a process of its own, so that its peak memory is its own. Job on standard input, answer as JSON."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from uuid import UUID

from core.data.session import Database
from core.settings.instance import InstanceSettings
from core.types.actor import system_actor
from core.web.app import bind, load_registry
from plugins.learners.services import confirming, planning

from .common import peak_memory_mb


def main() -> None:
    job = json.load(sys.stdin)
    settings = InstanceSettings(secret_keys=(job["secret"],))
    bind(settings, load_registry(settings))
    db, school, actor = Database(job["url"]), UUID(job["school"]), system_actor("benchmark")
    content = Path(job["file"]).read_bytes()
    begin = time.perf_counter()
    with db.context(actor, school) as ctx:
        import_id = planning.start_import(ctx, Path(job["file"]).name, content)
        planning.read_import(ctx, import_id)
    with db.context(actor, school) as ctx:
        confirming.confirm_import(ctx, import_id)
    took = time.perf_counter() - begin
    db.close()
    print(json.dumps({"seconds": took, "peak_mb": peak_memory_mb()}))


if __name__ == "__main__":
    main()
