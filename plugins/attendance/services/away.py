"""Who is away on a day, and when the school knew: for meals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from core.sdk import Context
from core.sdk.data import LOCAL_TZ
from plugins.learners import public as learners

from ..models import Mark, Register
from ..settings import rules as rules_of
from .reported import reported


@dataclass(frozen=True, slots=True)
class AbsentOn:
    """A pupil who is absent on a day, or of whom the family said so. For meals and buses."""

    learner_id: UUID
    class_id: UUID
    sessions: tuple[int, ...]
    excused: bool
    noticed_at: datetime
    """When the school knew: told by the family, or seen in the register; the earlier of both."""
    in_time: bool
    """Whether that was before the cut-off of the day's meals."""


def absent_on(ctx: Context, day: date) -> list[AbsentOn]:
    """Who is absent on a day and when the school knew. The caller has checked who asks.

    Where a register was taken, it decides who is absent; where none was, what the family said.
    """
    rules = rules_of(ctx)
    cutoff = datetime.combine(day, rules.meal_cutoff, LOCAL_TZ)
    leave = reported(ctx, day)
    sessions: dict[UUID, set[int]] = defaultdict(set)
    noticed: dict[UUID, datetime] = {}
    excused: dict[UUID, bool] = defaultdict(lambda: True)
    marks = select(Mark.learner_id, Mark.session, Mark.kind, Mark.marked_at).where(
        Mark.school_id == ctx.school_id, Mark.day == day, Mark.period == 0, Mark.kind.in_(("excused", "unexcused"))
    )
    for learner, session, kind, marked_at in ctx.session.execute(marks):
        sessions[learner].add(session)
        noticed[learner] = min(marked_at, noticed.get(learner, marked_at))
        excused[learner] &= kind == "excused"
    here = _classes_at(ctx, day, {*sessions, *leave})
    done = _registered_sessions(ctx, day) if leave else set()
    for learner, report in leave.items():
        if learner not in here:
            continue
        said = {s for s in rules.sessions_on(day) if report.covers(s) and (here[learner], s) not in done}
        if said:
            sessions[learner] |= said
            excused[learner] &= report.accepted
        if learner in sessions:
            noticed[learner] = min(report.reported_at, noticed.get(learner, report.reported_at))
    return [
        AbsentOn(learner, here[learner], tuple(sorted(which)), excused[learner], noticed[learner],
                 noticed[learner] < cutoff)
        for learner, which in sorted(sessions.items())
        if learner in here
    ]  # fmt: skip


def _classes_at(ctx: Context, day: date, ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The classes of these pupils on a day; who is enrolled nowhere has none."""
    if not ids:
        return {}
    roll = learners.enrolled_at(ctx, day).subquery()
    query = select(roll.c.person_id, roll.c.class_id).where(roll.c.person_id == func.any(list(ids)))
    return {row.person_id: row.class_id for row in ctx.session.execute(query)}


def _registered_sessions(ctx: Context, day: date) -> set[tuple[UUID, int]]:
    query = select(Register.class_id, Register.session).where(
        Register.school_id == ctx.school_id, Register.day == day, Register.period == 0
    )
    return {(row.class_id, row.session) for row in ctx.session.execute(query)}
