"""What this module holds on a pupil."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, update

from core.sdk import Context, Erasure, Held, Kept, Message, PersonalData, _

from .models import FormerTotal, Mark, Request, TypedTotal
from .words import KIND_WORDS

_TITLE = _("Attendance")
_KEPT = Kept(_TITLE, _("Absences belong to the record of the pupil, which is kept for good."))
_GONE = "…"


def show(ctx: Context, person_id: UUID) -> Sequence[Held]:
    """Every mark, every request for leave, every typed total."""
    found: list[Held] = []
    marks = (
        select(Mark.kind, Mark.day)
        .where(Mark.school_id == ctx.school_id, Mark.learner_id == person_id)
        .order_by(Mark.day, Mark.session, Mark.period)
    )
    if facts := [(KIND_WORDS[row.kind], row.day) for row in ctx.session.execute(marks)]:
        found.append(Held(_TITLE, facts))
    asked = select(Request.reason, Request.first_day, Request.last_day).where(
        Request.school_id == ctx.school_id, Request.learner_id == person_id
    )
    requests: list[tuple[Message, str]] = [
        (_("Reason given by the family"), f"{row.first_day:%d/%m/%Y} – {row.last_day:%d/%m/%Y}: {row.reason}")
        for row in ctx.session.execute(asked.order_by(Request.first_day))
    ]
    if requests:
        found.append(Held(_("Requests for leave"), requests))
    typed = select(TypedTotal.term, TypedTotal.excused, TypedTotal.unexcused).where(
        TypedTotal.school_id == ctx.school_id, TypedTotal.learner_id == person_id
    )
    if sums := [
        (_("Term %(number)s", number=r.term), f"{r.excused} + {r.unexcused}") for r in ctx.session.execute(typed)
    ]:
        found.append(Held(_("Totals typed by hand"), sums))
    brought = select(FormerTotal).where(FormerTotal.school_id == ctx.school_id, FormerTotal.learner_id == person_id)
    if told := [
        (_("Term %(number)s", number=r.term), f"{r.excused} + {r.unexcused} ({r.from_school}, {r.document})")
        for r in ctx.session.scalars(brought.order_by(FormerTotal.entered_at, FormerTotal.term))
    ]:
        found.append(Held(_("Absences at the former school"), told))
    return found


def erase(ctx: Context, person_id: UUID, really: bool) -> Erasure:
    """The reasons that the family gave go; the absences themselves belong to the record."""
    mine = Request.school_id == ctx.school_id, Request.learner_id == person_id, Request.reason != _GONE
    asked = ctx.session.scalar(select(func.count()).select_from(Request).where(*mine)) or 0
    if really and asked:
        ctx.session.execute(update(Request).where(*mine).values(reason=_GONE, answer="", file_id=None))
    held = ctx.session.scalar(
        select(Mark.learner_id).where(Mark.school_id == ctx.school_id, Mark.learner_id == person_id).limit(1)
    )
    return Erasure([_("Reasons and papers that the family gave")] if asked else [], [_KEPT] if held or asked else [])


PERSONAL = [
    PersonalData(
        "attendance.marks",
        _TITLE,
        purpose=_("To know where each child is, to tell families, and for promotion at the end of the year."),
        basis=_("Circular 22/2021/TT-BGDDT, article 12; duty of care of the school"),
        retention=_("For good, with the records of the pupils"),
        data_classes=("identity", "results", "health"),
        show=show,
        erase=erase,
        order=150,
    )
]
