"""Background jobs: checking and writing large batches."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from core.sdk import Context, Payload, Progress, Task

from .services.checking import CHECK, check_batch
from .services.writing import WRITE, write_batch


def _check(ctx: Context, payload: Payload, progress: Progress) -> None:
    check_batch(ctx, UUID(payload["batch_id"]), progress)


def _write(ctx: Context, payload: Payload, progress: Progress) -> None:
    write_batch(ctx, UUID(payload["batch_id"]), progress)


TASKS = [
    Task(CHECK, _check, max_tries=2, lease=timedelta(seconds=60)),
    Task(WRITE, _write, max_tries=2, lease=timedelta(seconds=60)),
]
