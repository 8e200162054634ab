"""Accepted leave changes what registers say already: absent without leave becomes absent with leave."""

from __future__ import annotations

from sqlalchemy import insert, select, update

from core.sdk import Context
from core.sdk.data import new_id

from ..models import Change, Mark, Register, Request


def excuse(ctx: Context, request: Request) -> int:
    """Excuse a pupil in all registers of the days of a request; each change is in the history.

    Returns:
        How many marks changed.
    """
    wanted = (
        select(Mark.register_id, Register.version)
        .join(Register, Register.id == Mark.register_id)
        .where(Mark.school_id == ctx.school_id, Mark.learner_id == request.learner_id, Mark.kind == "unexcused")
        .where(Mark.day.between(request.first_day, request.last_day))
        .where(Mark.session == request.session if request.session else Mark.session > 0)
        .order_by(Register.id)
        .with_for_update()
    )
    found = ctx.session.execute(wanted).all()
    now = ctx.now()
    for row in found:
        version = row.version + 1
        of_register = Mark.school_id == ctx.school_id, Mark.register_id == row.register_id
        ctx.session.execute(
            update(Register)
            .where(Register.school_id == ctx.school_id, Register.id == row.register_id)
            .values(version=version, updated_at=now)
        )
        ctx.session.execute(
            update(Mark)
            .where(*of_register, Mark.learner_id == request.learner_id)
            .values(kind="excused", version=version, marked_at=now)
        )
        ctx.session.execute(
            insert(Change).values(
                id=new_id(), school_id=ctx.school_id, register_id=row.register_id, learner_id=request.learner_id,
                version=version, old_kind="unexcused", old_minutes=0, new_kind="excused", new_minutes=0,
                conflict=False, applied=True, account_id=ctx.actor.account_id, author=ctx.actor.name, happened_at=now,
            )
        )  # fmt: skip
    return len(found)
