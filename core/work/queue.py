"""Asking for work in the caller's transaction: no job without its change, no change without its job."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from core.data.context import Context
from core.data.direct import direct
from core.types.actor import Actor
from core.types.contributions import Payload
from core.types.ids import new_id
from core.types.tracing import request_id

from . import actors

CHANNEL = "core_job"

# Joining a waiting job locks its row until we commit: a worker cannot take it before our change is visible.
# PostgreSQL sends equal notices of one transaction once. LEAST: a clock that runs ahead must delay no job.
_ONE = f"""
    WITH job AS (
        INSERT INTO core_job (id, school_id, task, payload, key, actor, request_id, run_at)
        VALUES (%(id)s, %(school)s, %(task)s, %(payload)s::jsonb, %(key)s, %(actor)s::jsonb, %(request)s,
                COALESCE(%(run_at)s::timestamptz, LEAST(%(now)s::timestamptz, now())))
        ON CONFLICT (task, key, school_id) WHERE state = 'waiting' AND key IS NOT NULL
        DO UPDATE SET run_at = LEAST(core_job.run_at, EXCLUDED.run_at)
        RETURNING id)
    SELECT id, pg_notify('{CHANNEL}', '') FROM job
"""  # noqa: S608  (the channel is a constant)

_MANY = f"""
    WITH job AS (
        INSERT INTO core_job (id, school_id, task, payload, actor, request_id, run_at)
        SELECT uuidv7(), %(school)s, %(task)s, payload, %(actor)s::jsonb, %(request)s::text,
               LEAST(%(now)s::timestamptz, now())
        FROM jsonb_array_elements(%(payloads)s::jsonb) AS payload
        RETURNING id)
    SELECT count(*), pg_notify('{CHANNEL}', '') FROM job
"""  # noqa: S608


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
    row = direct(
        ctx,
        _ONE,
        {
            "id": new_id(),
            "school": ctx.school,
            "task": task,
            "payload": msgspec.json.encode(payload).decode(),
            "key": key,
            "actor": actors.encoded(actor or ctx.actor),
            "request": request_id() or None,
            "run_at": run_at,
            "now": ctx.now(),
        },
    ).fetchone()
    assert row is not None  # noqa: S101  (the statement inserts or joins)
    found: UUID = row[0]
    return found


def enqueue_many(ctx: Context, task: str, payloads: Sequence[Payload], *, actor: Actor | None = None) -> int:
    """Ask for one job per payload with a single statement; returns how many. See `enqueue`."""
    if not payloads:
        return 0
    row = direct(
        ctx,
        _MANY,
        {
            "school": ctx.school,
            "task": task,
            "payloads": msgspec.json.encode(list(payloads)).decode(),
            "actor": actors.encoded(actor or ctx.actor),
            "request": request_id() or None,
            "now": ctx.now(),
        },
    ).fetchone()
    assert row is not None  # noqa: S101  (an aggregate)
    return int(row[0])
