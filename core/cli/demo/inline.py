"""Background work of a demo, done on the spot: the jobs of one school that are due, each at its own moment.

A worker takes jobs one by one in transactions of their own, at the moment of today. A demo plays a year: a receipt of
September has to bear its day in September, so the jobs run inside the transaction that asked for them, with its clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from core.data.context import Context
from core.types.contributions import Task
from core.types.message import Message
from core.work import actors

_DUE = text(
    "SELECT id, task, payload, actor, run_at FROM core_job WHERE school_id = :school AND state = 'waiting' "
    "AND run_at <= :now AND task = ANY(CAST(:tasks AS text[])) AND id <> ALL(CAST(:left AS uuid[])) "
    "ORDER BY run_at, id FOR UPDATE SKIP LOCKED"
)
_DONE = text(
    "UPDATE core_job SET state = 'done', tries = tries + 1, started_at = run_at, finished_at = run_at "
    "WHERE id = ANY(CAST(:ids AS uuid[]))"
)

_LEFT = text("UPDATE core_job SET state = 'waiting', tries = 0, started_at = NULL, finished_at = NULL WHERE id = :id")


def run_due(ctx: Context, tasks: Mapping[str, Task]) -> int:
    """Run what is due, and what that asks for, until nothing is; returns how many jobs there were.

    What has to ask others over a network is left to the worker of the running demo.
    """
    left: list[UUID] = []
    values = {"school": ctx.school_id, "now": ctx.now(), "tasks": list(tasks), "left": left}
    count = 0
    while rows := ctx.session.execute(_DUE, values).all():
        ctx.session.execute(_DONE, {"ids": [row.id for row in rows]})
        for row in rows:
            own = replace(ctx, actor=actors.from_json(row.actor), clock=_at(row.run_at))
            if tasks[row.task].handler(own, row.payload, _nobody_watches) is not None:
                ctx.session.execute(_LEFT, {"id": row.id})
                left.append(row.id)
        count += len(rows)
    return count


def _at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def _nobody_watches(done: int, total: int, note: Message | None = None) -> None:
    """Progress of a job that nobody can see."""
