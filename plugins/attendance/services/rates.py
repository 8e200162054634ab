"""Rates of attendance by class, from the sizes of registers and their marks."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select

from core.sdk import Context
from plugins.learners import public as learners

from ..models import Mark, Register


def rates_by_class(ctx: Context, day: date) -> list[tuple[str, float]]:
    """Attendance of each class in the 30 days up to a day, in percent. The caller has checked who asks."""
    found = {class_id: (size, gone) for class_id, size, gone in rate(ctx, day - timedelta(days=29), day)}
    return [
        (row.class_name, round(100 * (found[row.class_id][0] - found[row.class_id][1]) / found[row.class_id][0], 1))
        for row in ctx.session.execute(learners.classes(ctx))
        if found.get(row.class_id, (0, 0))[0]
    ]


def rate(ctx: Context, first: date, last: date) -> list[tuple[UUID, int, int]]:
    """Pupil-sessions and absences by class in a span: `class_id, sessions, absent`. The caller has checked who asks."""
    of_span = Register.school_id == ctx.school_id, Register.day.between(first, last), Register.period == 0
    sizes = select(Register.class_id, func.sum(Register.size)).where(*of_span).group_by(Register.class_id)
    absences = (
        select(Mark.class_id, func.count())
        .where(Mark.school_id == ctx.school_id, Mark.day.between(first, last), Mark.period == 0)
        .where(Mark.kind.in_(("excused", "unexcused")))
        .group_by(Mark.class_id)
    )
    held = {row[0]: row[1] for row in ctx.session.execute(sizes)}
    gone = {row[0]: row[1] for row in ctx.session.execute(absences)}
    return [(class_id, int(size), gone.get(class_id, 0)) for class_id, size in held.items()]
