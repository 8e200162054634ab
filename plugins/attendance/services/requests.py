"""Leave: a family reports, the homeroom teacher or the office decides, registers follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Select, Subquery, select

from core.sdk import Context, Message, _, access, audit, events
from core.sdk.data import new_id
from core.sdk.errors import Conflict, Forbidden, Invalid, NotFound
from core.sdk.notify import tell_families
from core.sdk.people import Person
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from ..access import DECIDE, PUPIL, REPORT
from ..events import DECIDED, REPORTED
from ..models import Request
from . import days, excusing

_LONGEST = timedelta(days=60)
_BACK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request for leave with its pupil."""

    id: UUID
    learner_id: UUID
    full_name: str
    class_id: UUID | None
    class_name: str | None
    first_day: date
    last_day: date
    session: int
    reason: str
    file_id: UUID | None
    state: str
    author: str
    created_at: datetime
    decided_by: str
    decided_at: datetime | None
    answer: str


def report(
    ctx: Context,
    learner_id: UUID,
    *,
    first_day: date,
    last_day: date,
    session: int = 0,
    reason: str,
    file_id: UUID | None = None,
) -> UUID:
    """Report that a child will be, or was, absent.

    Args:
        session: 0 the whole day, 1 the morning, 2 the afternoon.

    Raises:
        NotFound: not one's own child. Invalid: days that are no span or lie too far back, or no reason; by field.
        Conflict: the same days were reported already.
    """
    access.require_for(ctx, REPORT, learner_id)
    learners.pupil(ctx, learner_id)
    now, reason = days.today(ctx), " ".join(reason.split())
    fields: dict[str, Message] = {}
    if last_day < first_day:
        fields["last_day"] = _("The last day lies before the first.")
    elif last_day - first_day > _LONGEST:
        fields["last_day"] = _("Please report at most 60 days at once.")
    if first_day < now - _BACK:
        fields["first_day"] = _("This lies more than a week back. Please talk to the homeroom teacher.")
    if session not in (0, 1, 2):
        fields["session"] = _("There is no such session.")
    if not 3 <= len(reason) <= 500:
        fields["reason"] = _("Please give the reason in a few words.")
    if fields:
        raise Invalid(next(iter(fields.values())), fields=fields)
    same = select(Request.id).where(
        Request.school_id == ctx.school_id,
        Request.learner_id == learner_id,
        Request.first_day == first_day,
        Request.last_day == last_day,
        Request.session == session,
        Request.state.in_(("new", "accepted")),
    )
    if ctx.session.scalar(same) is not None:
        raise Conflict(_("These days have been reported already."), code="reported")
    row = Request(
        id=new_id(), school_id=ctx.school_id, learner_id=learner_id, first_day=first_day, last_day=last_day,
        session=session, reason=reason, file_id=file_id, state="new", author=ctx.actor.name,
        account_id=ctx.actor.account_id, decided_at=None, created_at=ctx.now(), updated_at=ctx.now(),
    )  # fmt: skip
    ctx.session.add(row)
    ctx.session.flush()
    payload = {
        "request_id": str(row.id), "person_id": str(learner_id), "first_day": first_day.isoformat(),
        "last_day": last_day.isoformat(), "session": session,
    }  # fmt: skip
    audit.record(ctx, REPORTED, target=("attendance_request", row.id), detail={"from": first_day, "to": last_day})
    events.emit(ctx, REPORTED, payload)
    return row.id


def requests(ctx: Context, *, waiting: bool = True, limit: int = 200) -> list[RequestLine]:
    """Requests of the pupils on whom the actor decides: those that wait, or all of the last three months.

    Raises:
        Forbidden: without the right in any form.
    """
    allowed = _classes(ctx)
    here = learners.enrolled(ctx).subquery()
    query = _lines(ctx, here).order_by(Request.first_day, here.c.sort_key, Request.id).limit(limit)
    if allowed is not None:
        query = query.where(here.c.class_id.in_(allowed))
    if waiting:
        query = query.where(Request.state == "new")
    else:
        query = query.where(Request.last_day >= days.today(ctx) - timedelta(days=92))
    return [RequestLine(*row) for row in ctx.session.execute(query)]


def requests_of(ctx: Context, learner_id: UUID) -> Sequence[RequestLine]:
    """What was reported for one pupil, the latest first.

    Raises:
        NotFound: a pupil whom the actor does not reach.
    """
    access.require_for(ctx, PUPIL, learner_id)
    here = learners.enrolled(ctx).subquery()
    query = _lines(ctx, here).where(Request.learner_id == learner_id).order_by(Request.first_day.desc(), Request.id)
    return [RequestLine(*row) for row in ctx.session.execute(query.limit(50))]


def _lines(ctx: Context, here: Subquery) -> Select[Any]:
    query = (
        select(
            Request.id, Request.learner_id, Person.full_name, here.c.class_id, here.c.class_name, Request.first_day,
            Request.last_day, Request.session, Request.reason, Request.file_id, Request.state, Request.author,
            Request.created_at, Request.decided_by, Request.decided_at, Request.answer,
        )
        .join(Person, Person.id == Request.learner_id)
        .outerjoin(here, here.c.person_id == Request.learner_id)
        .where(Request.school_id == ctx.school_id)
    )  # fmt: skip
    return cast("Select[Any]", query)


def decide(ctx: Context, request_id: UUID, accept: bool, answer: str = "") -> int:
    """Accept or decline; accepted leave excuses what registers of these days say already.

    Returns:
        How many absences without leave became absences with leave.

    Raises:
        NotFound: no such request, or one of another class. Conflict: it was decided or withdrawn.
    """
    _classes(ctx)
    row = ctx.session.scalars(
        select(Request).where(Request.school_id == ctx.school_id, Request.id == request_id).with_for_update()
    ).one_or_none()
    if row is None or not may_decide(ctx, row.learner_id):
        raise NotFound
    if row.state != "new":
        raise Conflict(_("Somebody has decided on this request already, or the family took it back."))
    row.state, row.answer = ("accepted" if accept else "declined"), " ".join(answer.split())[:500]
    row.decided_by, row.decided_at = ctx.actor.name, ctx.now()
    ctx.session.flush()
    excused = excusing.excuse(ctx, row) if accept else 0
    detail = {"state": row.state, "excused": excused}
    audit.record(ctx, DECIDED, target=("attendance_request", row.id), detail=detail)
    events.emit(ctx, DECIDED, {"request_id": str(row.id), "person_id": str(row.learner_id), "state": row.state})
    said = _("The leave was accepted.") if accept else _("The leave was not accepted.")
    tell_families(
        ctx, [row.learner_id], "attendance.request.decided", _("Answer to your request for leave"), said,
        url="/attendance/family", key=f"attendance.request:{row.id}",
    )  # fmt: skip
    return excused


def withdraw(ctx: Context, request_id: UUID) -> None:
    """The family takes a request back that nobody has decided.

    Raises:
        NotFound: none of one's own children. Conflict: it was decided.
    """
    row = ctx.session.scalars(
        select(Request).where(Request.school_id == ctx.school_id, Request.id == request_id).with_for_update()
    ).one_or_none()
    if row is None or not access.may(ctx, REPORT, row.learner_id):
        raise NotFound
    if row.state != "new":
        raise Conflict(_("Somebody has decided on this request already, or the family took it back."))
    row.state = "withdrawn"
    ctx.session.flush()
    audit.record(ctx, "attendance.request.withdrawn", target=("attendance_request", row.id))


def _classes(ctx: Context) -> frozenset[UUID] | None:
    """Classes on whose requests the actor decides; None for all of them."""
    if ctx.actor.has(DECIDE):
        return None
    if not ctx.actor.has(f"{DECIDE}.{curriculum.HOMEROOM}"):
        raise Forbidden(DECIDE)
    return curriculum.my_homerooms(ctx)


def may_decide(ctx: Context, learner_id: UUID) -> bool:
    """Whether the actor decides on the requests of a pupil. Raises `Forbidden` for who decides on none."""
    allowed = _classes(ctx)
    if allowed is None:
        return True
    here = learners.enrolled(ctx).subquery()
    mine = select(here.c.class_id).where(here.c.person_id == learner_id)
    return bool(allowed.intersection(ctx.session.execute(mine).scalars()))
