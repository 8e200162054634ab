"""Asking for work in the caller's transaction: no job without its change, no change without its job."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from core.data.context import Context
from core.types.actor import Actor
from core.types.contributions import Payload
from core.types.ids import new_id

from . import actors

CHANNEL = "core_job"

# Joining a waiting job locks its row until we commit: a worker cannot take it before our change is visible.
# PostgreSQL sends equal notices of one transaction once. LEAST: a clock that runs ahead must delay no job.
_ONE = text(f"""
    WITH job AS (
        INSERT INTO core_job (id, school_id, task, payload, key, actor, run_at)
        VALUES (:id, :school, :task, CAST(:payload AS jsonb), :key, CAST(:actor AS jsonb),
                COALESCE(CAST(:run_at AS timestamptz), LEAST(CAST(:now AS timestamptz), now())))
        ON CONFLICT (task, key, school_id) WHERE state = 'waiting' AND key IS NOT NULL
        DO UPDATE SET run_at = LEAST(core_job.run_at, EXCLUDED.run_at)
        RETURNING id)
    SELECT id, pg_notify('{CHANNEL}', '') FROM job
""")  # noqa: S608  (the channel is a constant)

_MANY = text(f"""
    WITH job AS (
        INSERT INTO core_job (id, school_id, task, payload, actor, run_at)
        SELECT uuidv7(), :school, :task, payload, CAST(:actor AS jsonb),
               LEAST(CAST(:now AS timestamptz), now())
        FROM jsonb_array_elements(CAST(:payloads AS jsonb)) AS payload
        RETURNING id)
    SELECT count(*), pg_notify('{CHANNEL}', '') FROM job
""")  # noqa: S608


def enqueue(
    ctx: Context,
    task: str,
    payload: Payload,
    *,
    key: str | None = None,
    run_at: datetime | None = None,
    actor: Actor | None = None,
) -> UUID:
    """Ask for a job in the transaction of `ctx`; it runs after the commit, or never if that does not come.

    Args:
        task: name of a `Task` that some plugin provides.
        payload: JSON values only; names of rows rather than their content.
        key: joins a job of the same task, school and key that nobody has taken yet, instead of adding one.
            The job that is there keeps its payload and runs at the earlier of the two moments.
        run_at: not before this aware moment.
        actor: in whose name it runs; the actor of `ctx` unless a part of the core says otherwise.

    Returns:
        the id of the job, for `job()` and `cancel()`.
    """
    found: UUID = ctx.session.execute(
        _ONE,
        {
            "id": new_id(),
            "school": ctx.school,
            "task": task,
            "payload": json.dumps(payload),
            "key": key,
            "actor": json.dumps(actors.to_json(actor or ctx.actor)),
            "run_at": run_at,
            "now": ctx.now(),
        },
    ).scalar_one()
    return found


def enqueue_many(ctx: Context, task: str, payloads: Sequence[Payload]) -> int:
    """Ask for one job per payload with a single statement; returns how many."""
    if not payloads:
        return 0
    count: int = ctx.session.execute(
        _MANY,
        {
            "school": ctx.school,
            "task": task,
            "payloads": json.dumps(list(payloads)),
            "actor": json.dumps(actors.to_json(ctx.actor)),
            "now": ctx.now(),
        },
    ).scalar_one()
    return count
