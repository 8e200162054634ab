"""Background jobs: reading and confirming large lists."""

from __future__ import annotations

from uuid import UUID

from core.sdk import Context, Payload, Progress, Task

from .services.confirming import confirm_import
from .services.planning import read_import


def _read(ctx: Context, payload: Payload, progress: Progress) -> None:
    read_import(ctx, UUID(payload["import_id"]), progress)


def _confirm(ctx: Context, payload: Payload, progress: Progress) -> None:
    confirm_import(ctx, UUID(payload["import_id"]), classes=payload.get("classes"), progress=progress)


TASKS = [
    Task("learners.import.read", _read, max_tries=2),
    Task("learners.import.confirm", _confirm, max_tries=2),
]
