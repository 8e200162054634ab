"""What pages may know and do about jobs: people about their own, with a permission about the school's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, null, select, update

from core.data.context import Context
from core.types.errors import NotFound
from core.types.message import Message, _

from .models import Job
from .queue import CHANNEL

State = Literal["waiting", "running", "done", "failed", "cancelled"]

VIEW = "core.jobs.read"
"""Permission to see the jobs of everybody at the school."""
MANAGE = "core.jobs.manage"
"""Permission to cancel and replay them."""

_COLUMNS = (
    Job.id,
    Job.task,
    Job.state,
    Job.done_n,
    Job.total_n,
    Job.note,
    Job.tries,
    Job.cancelling,
    Job.created_at,
    Job.started_at,
    Job.finished_at,
)


@dataclass(frozen=True, slots=True)
class JobStatus:
    """A job as people see it. `total_n` is 0 until the job knows how much there is to do."""

    id: UUID
    task: str
    state: State
    done_n: int
    total_n: int
    note: Message | None
    tries: int
    cancelling: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def ended(self) -> bool:
        return self.state in ("done", "failed", "cancelled")

    def time_left(self, now: datetime) -> timedelta | None:
        """How long it will take at the pace so far; None while nobody can know."""
        if self.state != "running" or self.started_at is None or not 0 < self.done_n <= self.total_n:
            return None
        return (now - self.started_at) * (self.total_n - self.done_n) / self.done_n


def job(ctx: Context, id: UUID) -> JobStatus:
    """The state of one's own job, or with `core.jobs.read` of any job of the school.

    Raises:
        NotFound: also for jobs of others and of other schools.
    """
    return _status(_row(ctx, _visible(ctx, VIEW).where(Job.id == id)))


def jobs(ctx: Context, *, state: State | None = None, limit: int = 50) -> list[JobStatus]:
    """The latest jobs that `job` would show, newest first."""
    wanted = _visible(ctx, VIEW).order_by(Job.id.desc()).limit(limit)
    if state is not None:
        wanted = wanted.where(Job.state == state)
    return [_status(row) for row in ctx.session.execute(wanted)]


def cancel(ctx: Context, id: UUID) -> JobStatus:
    """Stop a job: at once while it waits, at its next report of progress while it runs; not once it ended.

    Raises:
        NotFound: as `job` does (with `core.jobs.manage`).
    """
    row = _row(ctx, _visible(ctx, MANAGE).where(Job.id == id).with_for_update())
    waiting = Job.state == "waiting"
    note = literal(_("Cancelled. Nothing was changed.").to_json(), Job.note.type)
    ctx.session.execute(
        update(Job)
        .where(Job.id == row.id, Job.state.in_(("waiting", "running")))
        .values(
            state=case((waiting, "cancelled"), else_=Job.state),
            finished_at=case((waiting, func.now()), else_=null()),
            note=case((waiting, note), else_=Job.note),
            cancelling=True,
        )
    )
    return job(ctx, id)


def replay(ctx: Context, id: UUID) -> JobStatus:
    """Let a failed or cancelled job run again from the start, with all its tries.

    Raises:
        NotFound: as `cancel` does.
    """
    row = _row(ctx, _visible(ctx, MANAGE).where(Job.id == id).with_for_update())
    ctx.session.execute(
        update(Job)
        .where(Job.id == row.id, Job.state.in_(("failed", "cancelled")))
        .values(
            state="waiting",
            key=None,
            run_at=func.now(),
            tries=0,
            cancelling=False,
            done_n=0,
            total_n=0,
            note=None,
            error=None,
            finished_at=None,
        )
    )
    ctx.session.execute(select(func.pg_notify(CHANNEL, "")))
    return job(ctx, id)


def _visible(ctx: Context, permission: str) -> Select[*tuple[Any, ...]]:
    """Jobs of the school (all in a context over all schools); without the permission only one's own."""
    conditions: list[ColumnElement[bool]] = []
    if ctx.school is not None:
        conditions.append(Job.school_id == ctx.school)
    if not ctx.actor.has(permission):
        # Nobody's jobs for who has no account (the holder of a link).
        conditions.append(Job.actor["account_id"].astext == str(ctx.actor.account_id))
    return select(*_COLUMNS).where(and_(True, *conditions))


def _row(ctx: Context, wanted: Select[*tuple[Any, ...]]) -> Any:
    row = ctx.session.execute(wanted).one_or_none()
    if row is None:
        raise NotFound
    return row


def _status(row: Any) -> JobStatus:
    values: Sequence[Any] = row
    fields = dict(zip(JobStatus.__dataclass_fields__, values, strict=True))
    return JobStatus(**{**fields, "note": Message.from_json(row.note) if row.note else None})
