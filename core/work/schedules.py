"""Work that comes round again: once for the installation, or once for each school with the module on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import TextClause, text

from core.data.context import Context
from core.data.session import Database
from core.kernel.registry import Owned, Registry
from core.types.actor import system_actor
from core.types.clock import Clock, utc_now
from core.types.contributions import Schedule

from . import actors
from .queue import CHANNEL, enqueue

_SCHEDULER = system_actor("schedule")

_SEED = text("INSERT INTO core_schedule (name) SELECT unnest(CAST(:names AS text[])) ON CONFLICT DO NOTHING")
_READ = text("SELECT name, last_due_at FROM core_schedule WHERE name = ANY(:names)")
_LOCK = text(f"{_READ.text} FOR UPDATE SKIP LOCKED")
_MARK = text("UPDATE core_schedule SET last_due_at = :at WHERE name = :name")
_SHOWN = text("SELECT name, last_due_at FROM core_schedule")
_EACH_SCHOOL = text(f"""
    INSERT INTO core_job (id, school_id, task, payload, key, actor, run_at)
    SELECT uuidv7(), school.id, :task, CAST(:payload AS jsonb), :key, CAST(:actor AS jsonb),
           LEAST(CAST(:now AS timestamptz), now())
    FROM core_school AS school
    WHERE :everywhere OR EXISTS (
        SELECT FROM core_module_switch WHERE school_id = school.id AND module = :module)
    ON CONFLICT (task, key, school_id) WHERE state = 'waiting' AND key IS NOT NULL DO NOTHING
    RETURNING pg_notify('{CHANNEL}', '')
""")  # noqa: S608  (the channel is a constant)


def tick(db: Database, registry: Registry, schedules: Sequence[Owned[Schedule]], *, clock: Clock | None = None) -> int:
    """Enqueue what has fallen due; returns the number of schedules that had.

    Any number of workers may call this at once: the row lock gives each schedule to one of them, and its jobs
    and the mark commit together. After a stand-still each schedule runs once, then at its old pace.
    """
    with db.all_schools(_SCHEDULER, clock=clock or utc_now) as ctx:
        due, last = _due(ctx, _READ, schedules)
        if due:  # locking is a write: only when there seems to be something to do
            due, last = _due(ctx, _LOCK, due)
        for owned in due:
            _start(ctx, owned, registry)
            at = next_mark(last[owned.item.name], owned.item.every, ctx.now())
            ctx.session.execute(_MARK, {"name": owned.item.name, "at": at})
    return len(due)


def seed(db: Database, schedules: Sequence[Owned[Schedule]]) -> None:
    """Make sure that each schedule has its row."""
    with db.engine.begin() as connection:
        connection.execute(_SEED, {"names": [owned.item.name for owned in schedules]})


def next_mark(last: datetime | None, every: timedelta, now: datetime) -> datetime:
    """The latest moment of the old pace that is not after `now`, so that runs neither drift nor pile up."""
    return now if last is None else last + every * ((now - last) // every)


def _due(
    ctx: Context, read: TextClause, schedules: Sequence[Owned[Schedule]]
) -> tuple[list[Owned[Schedule]], dict[str, datetime | None]]:
    names = [owned.item.name for owned in schedules]
    last: dict[str, datetime | None] = {
        row.name: row.last_due_at for row in ctx.session.execute(read, {"names": names})
    }
    now = ctx.now()

    def is_due(schedule: Schedule) -> bool:
        moment = last[schedule.name]
        return moment is None or now - moment >= schedule.every

    return [owned for owned in schedules if owned.item.name in last and is_due(owned.item)], last


def _start(ctx: Context, owned: Owned[Schedule], registry: Registry) -> None:
    schedule, payload = owned.item, {"due_at": ctx.now().isoformat()}
    if schedule.scope == "instance":
        enqueue(ctx, schedule.task, payload, key=schedule.name)
        return
    ctx.session.execute(
        _EACH_SCHOOL,
        {
            "task": schedule.task,
            "payload": json.dumps(payload),
            "key": schedule.name,
            "actor": json.dumps(actors.to_json(_SCHEDULER)),
            "now": ctx.now(),
            "module": owned.module,
            "everywhere": owned.module not in registry.school_modules(),
        },
    )


@dataclass(frozen=True, slots=True)
class Planned:
    """A schedule as operators see it."""

    name: str
    task: str
    module: str
    every: timedelta
    scope: str
    last: datetime | None
    """When it last fell due; None when it never has."""

    @property
    def following(self) -> datetime | None:
        """When it falls due next; None: at the next look of a worker."""
        return self.last + self.every if self.last else None


def planned(ctx: Context, schedules: Sequence[Owned[Schedule]]) -> list[Planned]:
    """Every schedule with its last and next moment, by name."""
    last = {row.name: row.last_due_at for row in ctx.session.execute(_SHOWN)}
    rows = [
        Planned(o.item.name, o.item.task, o.module, o.item.every, o.item.scope, last.get(o.item.name))
        for o in schedules
    ]
    return sorted(rows, key=lambda row: row.name)
