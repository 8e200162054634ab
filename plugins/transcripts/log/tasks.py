"""The log's job: a batch over all schools, then the timestamps that are wanted, one after the other."""

from __future__ import annotations

import logging
from datetime import timedelta

from core.sdk import Context, Outside, Payload, Progress, Schedule, Task
from core.sdk.signing import NoAnswer

from ..trust import timestamp
from ..trust.settings import timestamps
from . import batches, stamping
from .stamping import Wanted

log = logging.getLogger(__name__)
BATCH = "transcripts.log.batch"


def _run(ctx: Context, payload: Payload, progress: Progress) -> Outside | None:
    """Everything that waits gets its place; what is left over waits for the next run."""
    batches.batch(ctx)
    return _next(ctx)


def _next(ctx: Context) -> Outside | None:
    """Ask for the next timestamp, while no transaction is open."""
    service = timestamps(ctx)
    wanted = stamping.wanted(ctx, ctx.now()) if service else None
    if service is None or wanted is None:
        return None
    url, http = service
    return Outside(
        lambda: timestamp.fetch(url, wanted.imprint, http), lambda after, answer: _kept(after, wanted, answer)
    )


def _kept(ctx: Context, wanted: Wanted, answer: bytes | NoAnswer) -> Outside | None:
    if isinstance(answer, NoAnswer):  # the next run asks again; nothing is lost but time
        log.warning("no timestamp for the log at %d: %s", wanted.size, answer.detail)
        return None
    stamping.keep(ctx, wanted, answer)
    return _next(ctx)


TASKS = [Task(BATCH, _run, lease=timedelta(minutes=5))]
SCHEDULES = [Schedule(BATCH, BATCH, timedelta(minutes=30))]
