"""What an operator sees and does of background work: all schools with `core.work.operate`, else one's own school."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, text

from core import audit
from core.data.context import Context
from core.identity.sessions import as_system
from core.types.errors import NotFound
from core.types.message import Message

from .leases import OWNER
from .queue import CHANNEL
from .status import MANAGE, VIEW, State

OPERATE = "core.work.operate"
"""Permission to look after the jobs of every school, and to pause those of a module."""


@dataclass(frozen=True, slots=True)
class Kind:
    """The jobs of one task that are not over: `failed` ones are the dead letters."""

    task: str
    module: str
    waiting: int
    running: int
    failed: int
    oldest: datetime | None
    """Since when the oldest one that is due has been waiting."""


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job as operators see it: never its payload, which may name persons."""

    id: UUID
    task: str
    module: str
    state: State
    school_id: UUID | None
    school_name: str | None
    module_on: bool
    """False: its module is off at the school, so it waits."""
    tries: int
    run_at: datetime
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    done_n: int
    total_n: int
    cancelling: bool
    error: str | None
    request_id: str | None
    note: Message | None


# One look per state, each into its own partial index: what has ended well is not read.
_KINDS = text(f"""
    SELECT task, {OWNER} AS module,
           count(*) FILTER (WHERE state = 'waiting') AS waiting,
           count(*) FILTER (WHERE state = 'running') AS running,
           count(*) FILTER (WHERE state = 'failed') AS failed,
           min(run_at) FILTER (WHERE state = 'waiting' AND run_at <= now()) AS oldest
    FROM (SELECT task, payload, school_id, state, run_at FROM core_job WHERE state = 'waiting'
          UNION ALL SELECT task, payload, school_id, state, run_at FROM core_job WHERE state = 'running'
          UNION ALL SELECT task, payload, school_id, state, run_at FROM core_job WHERE state = 'failed') AS core_job
    WHERE CAST(:school AS uuid) IS NULL OR school_id = :school
    GROUP BY 1, 2 ORDER BY failed DESC, 1
""")  # noqa: S608  (constants only)
_LINES = f"""
    SELECT job.id, job.task, job.module, job.state, job.school_id, school.name AS school_name,
           job.school_id IS NULL OR job.module <> ALL(:school_modules) OR EXISTS (
               SELECT FROM core_module_switch s WHERE s.school_id = job.school_id AND s.module = job.module)
               AS module_on,
           job.tries, job.run_at, job.created_at, job.started_at, job.finished_at, job.done_n, job.total_n,
           job.cancelling, job.error, job.request_id, job.note
    FROM (SELECT *, {OWNER} AS module FROM core_job
          WHERE (CAST(:school AS uuid) IS NULL OR school_id = :school) AND %s) AS job
    LEFT JOIN core_school school ON school.id = job.school_id
"""  # noqa: S608
_PAGE = text(
    (_LINES % "state = :state AND (:task = '' OR task = :task) AND (CAST(:before AS uuid) IS NULL OR id < :before)")
    + " ORDER BY job.id DESC LIMIT :limit"
)
_ONE = text(_LINES % "id = :id")
_AGAIN = f"""
    WITH again AS (
        UPDATE core_job SET state = 'waiting', key = NULL, run_at = now(), tries = 0, cancelling = false,
               done_n = 0, total_n = 0, note = NULL, error = NULL, finished_at = NULL
        WHERE (CAST(:school AS uuid) IS NULL OR school_id = :school) AND %s
        RETURNING id)
    SELECT count(*), pg_notify('{CHANNEL}', '') FROM again
"""  # noqa: S608
_REPLAY_ONE = text(_AGAIN % "id = :id AND state IN ('failed', 'cancelled')")
_REPLAY_KIND = text(_AGAIN % "state = 'failed' AND task = :task")
_CANCEL = text("""
    UPDATE core_job SET cancelling = true,
           state = CASE state WHEN 'waiting' THEN 'cancelled' ELSE state END,
           finished_at = CASE state WHEN 'waiting' THEN now() END
    WHERE id = :id AND (CAST(:school AS uuid) IS NULL OR school_id = :school) AND state IN ('waiting', 'running')
    RETURNING id
""")


def everywhere(ctx: Context) -> bool:
    """Whether this person looks after the whole installation."""
    return ctx.school is None or ctx.actor.has(OPERATE)


def kinds(ctx: Context) -> list[Kind]:
    """What is waiting, running or failed, by task; most dead letters first.

    Raises:
        Forbidden: without `core.jobs.read`.
    """
    ctx.require(VIEW)
    return [Kind(*tuple(row)) for row in _rows(ctx, _KINDS, {"school": _reach(ctx)})]


def lines(
    ctx: Context,
    state: State,
    school_modules: Sequence[str],
    *,
    task: str = "",
    before: UUID | None = None,
    limit: int = 50,
) -> list[JobLine]:
    """Jobs in one state, newest first.

    Args:
        school_modules: modules that schools switch (`registry.school_modules()`).
        before: the last one of the page before.
    """
    ctx.require(VIEW)
    values = {"state": state, "task": task, "before": before, "limit": limit}
    return [_line(row) for row in _rows(ctx, _PAGE, values | _place(ctx, school_modules))]


def line(ctx: Context, id: UUID, school_modules: Sequence[str]) -> JobLine:
    """One job. Raises `NotFound`, also for a job of another school."""
    ctx.require(VIEW)
    rows = _rows(ctx, _ONE, {"id": id} | _place(ctx, school_modules))
    if not rows:
        raise NotFound
    return _line(rows[0])


def replay(ctx: Context, id: UUID) -> bool:
    """Let one failed or cancelled job run again from the start; False when it is neither (any more)."""
    ctx.require(MANAGE)
    done = bool(_rows(ctx, _REPLAY_ONE, {"id": id, "school": _reach(ctx)})[0][0])
    if done:
        audit.record(ctx, "core.work.replayed", target=("job", id), detail={"count": 1})
    return done


def replay_kind(ctx: Context, task: str) -> int:
    """Let every dead letter of a task run again; returns how many."""
    ctx.require(MANAGE)
    count: int = _rows(ctx, _REPLAY_KIND, {"task": task, "school": _reach(ctx)})[0][0]
    if count:
        audit.record(ctx, "core.work.replayed", target=("task", task), detail={"count": count})
    return count


def cancel(ctx: Context, id: UUID) -> bool:
    """Stop a job: at once while it waits, at its next report of progress while it runs; False once it ended."""
    ctx.require(MANAGE)
    done = bool(_rows(ctx, _CANCEL, {"id": id, "school": _reach(ctx)}))
    if done:
        audit.record(ctx, "core.work.cancelled", target=("job", id))
    return done


def _rows(ctx: Context, statement: TextClause, values: Mapping[str, object]) -> Sequence[Row[Any]]:
    """Run with the rights that the person's reach needs: a transaction of a school sees its own jobs only."""
    with as_system(ctx) if everywhere(ctx) else nullcontext():
        return ctx.session.execute(statement, values).all()


def _reach(ctx: Context) -> UUID | None:
    return None if everywhere(ctx) else ctx.school_id


def _place(ctx: Context, school_modules: Sequence[str]) -> dict[str, object]:
    return {"school": _reach(ctx), "school_modules": list(school_modules)}


def _line(row: Row[Any]) -> JobLine:
    return JobLine(**{**row._mapping, "note": Message.from_json(row.note) if row.note else None})
