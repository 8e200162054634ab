"""Jobs, schedules, pauses and workers. A job of a school stands behind its wall; the worker, in no school, serves all.

Pages read jobs through `status`, which asks for the school and the person.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from core.data.base import Base, Identified

STATES = ("waiting", "running", "done", "failed", "cancelled")


class Job(Identified, Base):
    """One piece of work that outlives the request that asked for it."""

    __tablename__ = "core_job"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("(state = 'running') = (leased_by IS NOT NULL AND lease_until IS NOT NULL)", name="lease"),
        # One waiting job per key and school is enough: it will see what is there when it starts.
        Index(
            "uq_core_job_key",
            "task",
            "key",
            "school_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("state = 'waiting' AND key IS NOT NULL"),
        ),
        Index("ix_core_job_due", "run_at", "id", postgresql_where=text("state = 'waiting'")),
        Index("ix_core_job_lease", "lease_until", postgresql_where=text("state = 'running'")),
        Index("ix_core_job_school", "school_id", "id", postgresql_where=text("school_id IS NOT NULL")),
        Index("ix_core_job_failed", "id", postgresql_where=text("state = 'failed'")),
        Index("ix_core_job_finished", "finished_at", postgresql_where=text("finished_at IS NOT NULL")),
    )

    school_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_school.id"))
    """None for work of the whole installation."""
    task: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    key: Mapped[str | None]
    """Until the job is first taken, a second one with the same task, school and key joins it."""
    actor: Mapped[dict[str, Any]]
    """In whose name the handler runs, `core.work.actors`."""
    state: Mapped[str] = mapped_column(server_default="waiting")
    run_at: Mapped[datetime] = mapped_column(server_default=func.now())
    """Not before this moment."""
    leased_by: Mapped[UUID | None]
    """The worker that holds it; with `tries` it fences off one that lost its lease without noticing."""
    lease_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(server_default="0")
    cancelling: Mapped[bool] = mapped_column(server_default=text("false"))
    """Somebody asked a running job to stop; it does so at its next report of progress."""
    done_n: Mapped[int] = mapped_column(server_default="0")
    total_n: Mapped[int] = mapped_column(server_default="0")
    note: Mapped[dict[str, Any] | None]
    """A `Message` for people: where the job is, or why it ended."""
    request_id: Mapped[str | None]
    """The request that asked for it, `core.types.tracing`: one name in all logs."""
    error: Mapped[str | None]
    """For operators: kind and place of the last error, without its text (that may hold personal data)."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class ScheduleState(Base):
    """When a schedule last fell due. Its row lock makes one worker of many the one that starts the work."""

    __tablename__ = "core_schedule"

    name: Mapped[str] = mapped_column(primary_key=True)
    last_due_at: Mapped[datetime | None]


class WorkPause(Base):
    """A module whose jobs wait until somebody lets them go on. No row: they run."""

    __tablename__ = "core_work_pause"

    module: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(server_default="")
    paused_at: Mapped[datetime] = mapped_column(server_default=func.now())
    paused_by: Mapped[UUID | None]
    """The account; None for the command line."""


class WorkerBeat(Base):
    """A worker process that is running, by its own word."""

    __tablename__ = "core_worker"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    host: Mapped[str]
    threads: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    seen_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
