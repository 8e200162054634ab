"""The demo's registers: plausible, the same each time, and made in sets."""

from __future__ import annotations

import time

from sqlalchemy import func, select

from core.data.session import Database
from core.sdk import Actor
from plugins.attendance import public
from plugins.attendance.demo import fill
from plugins.attendance.models import Mark, Register, Request
from plugins.learners import demo as learners_demo

from .conftest import MONDAY, World


def test_a_term_of_registers_for_a_school(world: World, other_school: object, db: Database, system: Actor) -> None:
    with db.context(system, other_school, clock=world.clock) as ctx:  # type: ignore[arg-type]
        learners_demo.fill(ctx, {"pupils": 600})
        began = time.process_time()
        fill(ctx, {})
        assert time.process_time() - began < 1, "statements, not loops"
        registers = ctx.session.scalar(select(func.count()).select_from(Register)) or 0
        sizes = ctx.session.scalar(select(func.sum(Register.size))) or 0
        kinds = {row[0]: row[1] for row in ctx.session.execute(select(Mark.kind, func.count()).group_by(Mark.kind))}
        assert 15 * 20 < registers <= 15 * 23, "a register a class and day since school began"
        assert 0.015 < kinds["excused"] / sizes < 0.035 and 0.003 < kinds["unexcused"] / sizes < 0.009
        assert kinds["late"] > kinds["left"] > 0
        assert ctx.session.scalar(select(func.count()).select_from(Request).where(Request.state == "new")) == 7
        assert ctx.session.scalar(select(func.max(Register.day))) == MONDAY
        found = public.totals(ctx)
        assert len(found) == 600 and all(one.sessions_expected is None for one in found.values()), "no terms are set"
