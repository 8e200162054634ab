"""Telling families of absences without leave: once a child and day, a while after the register was taken."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from core.sdk import Context, Message, _
from core.sdk.notify import tell_families
from core.sdk.people import Person

from ..models import Mark, Register
from ..settings import rules as rules_of

_BODY = {
    1: _("%(name)s was not in class in the morning of %(day)s, and the school knows no reason. Please tell us why."),
    2: _("%(name)s was not in class in the afternoon of %(day)s, and the school knows no reason. Please tell us why."),
}


def tell(ctx: Context, register_id: UUID) -> int:
    """Tell the families of those who are still absent without leave in a register.

    Returns:
        How many messages were written; families that were told about the child today get none.
    """
    if not rules_of(ctx).tell:
        return 0
    query = (
        select(Mark.learner_id, Person.full_name, Register.day, Register.session)
        .join(Register, Register.id == Mark.register_id)
        .join(Person, Person.id == Mark.learner_id)
        .where(Mark.school_id == ctx.school_id, Mark.register_id == register_id, Mark.kind == "unexcused")
    )
    written = 0
    for row in ctx.session.execute(query).all():
        written += tell_families(
            ctx,
            [row.learner_id],
            "attendance.absence.unexcused",
            _("Your child was not in class"),
            Message(_BODY[row.session].msgid, {"name": row.full_name, "day": f"{row.day:%d/%m/%Y}"}),
            url=f"/attendance/family/{row.learner_id}/report",
            key=f"attendance.absent:{row.learner_id}:{row.day.isoformat()}",
        )
    return written
