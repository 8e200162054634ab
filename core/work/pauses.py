"""Holding back the jobs of a module, and letting them go on. What runs already is finished."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from core import audit
from core.data.context import Context

from .operate import OPERATE
from .queue import CHANNEL
from .status import VIEW

_PAUSE = text("""
    INSERT INTO core_work_pause (module, reason, paused_at, paused_by) VALUES (:module, :reason, :now, :by)
    ON CONFLICT (module) DO NOTHING
""")
_RESUME = text("DELETE FROM core_work_pause WHERE module = :module")
_WAKE = text(f"SELECT pg_notify('{CHANNEL}', '')")
_PAUSED = text("SELECT module, reason, paused_at FROM core_work_pause ORDER BY module")


@dataclass(frozen=True, slots=True)
class Paused:
    """A module whose jobs wait."""

    module: str
    reason: str
    since: datetime


def pause(ctx: Context, module: str, reason: str = "") -> bool:
    """Hold back the jobs of a module at every school; False when they were already.

    Raises:
        Forbidden: without `core.work.operate`.
    """
    ctx.require(OPERATE)
    values = {"module": module, "reason": reason, "now": ctx.now(), "by": ctx.actor.account_id}
    done = ctx.session.connection().execute(_PAUSE, values).rowcount == 1
    if done:
        audit.record(ctx, "core.work.paused", target=("plugin", module), detail={"reason": reason})
    return done


def resume(ctx: Context, module: str) -> bool:
    """Let them go on; False when they were not held back."""
    ctx.require(OPERATE)
    done = ctx.session.connection().execute(_RESUME, {"module": module}).rowcount == 1
    if done:
        ctx.session.execute(_WAKE)
        audit.record(ctx, "core.work.resumed", target=("plugin", module))
    return done


def paused(ctx: Context) -> dict[str, Paused]:
    """Modules whose jobs wait, by name."""
    ctx.require(VIEW)
    return {row.module: Paused(*row) for row in ctx.session.execute(_PAUSED)}
