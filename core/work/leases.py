"""The life of a job in SQL: taken under a lease, renewed, finished, given back.

Every statement that ends a lease names the worker and the try (`Lease`), so one that was lost meanwhile
changes nothing. Moments are the database's unless a clock is given, as tests do.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import psycopg
from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.rows import TupleRow
from sqlalchemy import Connection, Row, text

from core.types.message import Message

DEFAULT_LEASE = timedelta(seconds=30)
# Not clock_timestamp(): a volatile function keeps the planner from using the indexes of what is due.
_NOW = "COALESCE(CAST(:now AS timestamptz), statement_timestamp())"
# Only running jobs have a `leased_by`. Naming the state too would lead the planner into the partial index of all
# running jobs instead of the primary key.
_MINE = "id = :id AND leased_by = :worker AND tries = :tries"


@dataclass(frozen=True, slots=True)
class Lease:
    """A job in the hands of one worker."""

    id: UUID
    school_id: UUID | None
    task: str
    payload: dict[str, Any]
    actor: dict[str, Any]
    tries: int
    cancelling: bool
    worker: UUID
    request_id: str | None = None

    @property
    def fence(self) -> dict[str, object]:
        return {"id": self.id, "worker": self.worker, "tries": self.tries}


OWNER = """CASE WHEN task = 'core.event.deliver' THEN payload ->> 'module' ELSE split_part(task, '.', 1) END"""
"""The module that a job belongs to: tasks are named after it, and a delivery names the one of its subscriber."""
# Pauses are read once a statement. A job of a module that is off at its school waits until it is on again.
_MAY_RUN = f"""{OWNER} <> ALL(ARRAY(SELECT module FROM core_work_pause)) AND (school_id IS NULL
            OR {OWNER} <> ALL(:school_modules) OR EXISTS (SELECT FROM core_module_switch s
                WHERE s.school_id = core_job.school_id AND s.module = {OWNER}))"""  # noqa: S608


def _take(due: str) -> str:
    return f"""
        UPDATE core_job SET state = 'running', leased_by = :worker, tries = tries + 1, started_at = {_NOW},
            lease_until = {_NOW}
                + make_interval(secs => COALESCE((CAST(:leases AS jsonb) ->> task)::float, :lease))
        WHERE id = ANY(ARRAY(
            SELECT id FROM core_job WHERE task = ANY(:tasks) AND {_MAY_RUN} AND {due} LIMIT :n FOR UPDATE SKIP LOCKED))
        RETURNING id, school_id, task, payload, actor, tries, cancelling, leased_by AS worker, request_id, run_at
    """  # noqa: S608  (constants only)


_TAKE_WAITING = text(_take(f"state = 'waiting' AND run_at <= {_NOW} ORDER BY run_at, id"))
_TAKE_EXPIRED = text(_take(f"state = 'running' AND lease_until < {_NOW} ORDER BY lease_until"))


def take(
    connection: Connection,
    worker: UUID,
    tasks: Mapping[str, timedelta],
    limit: int,
    *,
    school_modules: Collection[str] = (),
    now: datetime | None = None,
    expired: bool = False,
) -> list[Lease]:
    """Lease up to `limit` jobs that are due (or whose lease has run out), oldest first.

    Jobs of a module that is paused, or off at the job's school, stay where they are.

    Args:
        connection: of a context over all schools: which modules are on is the schools' own data.
        tasks: maps the names that this worker can run to the length of their lease; other jobs wait for others.
        school_modules: modules that schools switch; all others are on everywhere.
    """
    special = {name: lease.total_seconds() for name, lease in tasks.items() if lease != DEFAULT_LEASE}
    rows: Sequence[Row[Any]] = connection.execute(
        _TAKE_EXPIRED if expired else _TAKE_WAITING,
        {
            "tasks": list(tasks),
            "school_modules": list(school_modules),
            "n": limit,
            "worker": worker,
            "leases": json.dumps(special),
            "lease": DEFAULT_LEASE.total_seconds(),
            "now": now,
        },
    ).all()
    rows = sorted(rows, key=lambda row: (row.run_at, row.id))
    return [Lease(*tuple(row)[:-1]) for row in rows]  # all but run_at, in the order of its fields


_RENEW = text(f"""
    UPDATE core_job AS job SET lease_until = {_NOW} + make_interval(secs => held.lease)
    FROM (SELECT core_job.id, asked.lease
          FROM core_job
          JOIN unnest(CAST(:ids AS uuid[]), CAST(:leases AS float[])) AS asked (id, lease) USING (id)
          WHERE leased_by = :worker
          FOR UPDATE OF core_job SKIP LOCKED) AS held
    WHERE job.id = held.id
""")  # noqa: S608


def renew(connection: Connection, worker: UUID, held: Mapping[UUID, timedelta], *, now: datetime | None = None) -> None:
    """Make the leases last from now again. A row that is just being finished is left alone."""
    leases = [lease.total_seconds() for lease in held.values()]
    connection.execute(_RENEW, {"ids": list(held), "leases": leases, "worker": worker, "now": now})


_FINISH = text(f"""
    UPDATE core_job SET state = :state, leased_by = NULL, lease_until = NULL, finished_at = {_NOW},
        error = :error, note = COALESCE(CAST(:note AS jsonb), note)
    WHERE {_MINE}
""")  # noqa: S608

_LOST = "TJ001"
"""What `core_job_done` raises, so that the commit behind it in the same message is not reached."""


def done(connection: Connection, lease: Lease, *, now: datetime | None = None) -> bool:
    """End the job in the transaction of its handler and commit it, in one message to the server.

    Run for every job that ends well, so straight on the library: two statements of SQLAlchemy cost five times as much.

    Returns:
        False when the lease was lost; then the transaction has failed and is to be rolled back.

    Raises:
        psycopg.Error: as the end of the job or the commit does.
    """
    driver = cast("psycopg.Connection[TupleRow]", connection.connection.driver_connection)
    moment = f"'{now.isoformat()}'" if now else "NULL"
    end = f"SELECT core_job_done('{lease.id}', '{lease.worker}', {lease.tries:d}, {moment});COMMIT"
    result = driver.pgconn.exec_(end.encode())
    if result.status == ExecStatus.COMMAND_OK:
        return True
    if result.error_field(DiagnosticField.SQLSTATE) == _LOST.encode():
        return False
    raise psycopg.errors.error_from_result(result)


_RETRY = text(f"""
    UPDATE core_job SET state = 'waiting', key = NULL, leased_by = NULL, lease_until = NULL, error = :error,
        note = COALESCE(CAST(:note AS jsonb), note),
        run_at = {_NOW} + make_interval(secs => :wait * (0.8 + 0.4 * random()))
    WHERE {_MINE}
""")  # noqa: S608

_RELEASE = text("""
    UPDATE core_job SET state = 'waiting', key = NULL, leased_by = NULL, lease_until = NULL, tries = tries - 1
    WHERE id = ANY(:ids) AND leased_by = :worker
""")


def finish(
    connection: Connection,
    lease: Lease,
    state: str,
    *,
    error: str | None = None,
    note: Message | None = None,
    now: datetime | None = None,
) -> bool:
    """End the job as `failed` or `cancelled`; False when the lease was lost."""
    values = {"state": state, "error": error, "note": _json(note), "now": now}
    return connection.execute(_FINISH, lease.fence | values).rowcount == 1


def retry(
    connection: Connection,
    lease: Lease,
    wait: timedelta,
    *,
    error: str,
    note: Message,
    now: datetime | None = None,
) -> bool:
    """Let the job wait for `wait` (a fifth more or less) and run again; False when the lease was lost."""
    values = {"wait": wait.total_seconds(), "error": error, "note": _json(note), "now": now}
    return connection.execute(_RETRY, lease.fence | values).rowcount == 1


def release(connection: Connection, worker: UUID, ids: Collection[UUID]) -> None:
    """Give jobs back untried, for any worker to take at once."""
    connection.execute(_RELEASE, {"ids": list(ids), "worker": worker})


def _json(note: Message | None) -> str | None:
    return json.dumps(note.to_json()) if note is not None else None
