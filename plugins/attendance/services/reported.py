"""Leave that families asked for, as registers and meals look at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context
from plugins.learners import public as learners

from ..models import Request


@dataclass(frozen=True, slots=True)
class Report:
    """What a family said about a day."""

    id: UUID
    session: int
    state: str
    reason: str
    reported_at: datetime

    @property
    def accepted(self) -> bool:
        return self.state == "accepted"

    def covers(self, session: int) -> bool:
        """Whether a session is meant; 0 means the whole day."""
        return self.session in (0, session)


def reported(ctx: Context, day: date, *, class_id: UUID | None = None) -> dict[UUID, Report]:
    """Requests for a day that were not declined or withdrawn, by pupil; accepted ones before those that wait."""
    query = (
        select(Request.learner_id, Request.id, Request.session, Request.state, Request.reason, Request.created_at)
        .where(Request.school_id == ctx.school_id, Request.first_day <= day, Request.last_day >= day)
        .where(Request.state.in_(("new", "accepted")))
        .order_by((Request.state == "accepted"), Request.session.desc(), Request.id.desc())
    )
    if class_id is not None:
        here = learners.enrolled_at(ctx, day).subquery()
        query = query.where(Request.learner_id.in_(select(here.c.person_id).where(here.c.class_id == class_id)))
    found: dict[UUID, Report] = {}
    for row in ctx.session.execute(query):  # accepted ones come last and win
        found[row.learner_id] = Report(row.id, row.session, row.state, row.reason, row.created_at)
    return found
