"""What this module holds on a teacher."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update

from core.sdk import Context, Erasure, Held, Kept, Message, PersonalData, _

from .models import Absence, Change, Feed, Lesson, TeacherRule, Wish
from .words import REASON_WORDS

_TITLE = _("Timetable and substitutions")
_WISHES = _("Wishes for the timetable and calendar addresses")
_KEPT = Kept(_("Absences and substitutions"), _("They prove what was taught and what was paid for."))
_MOST = 200


def show(ctx: Context, person_id: UUID) -> Sequence[Held]:
    """Absences with their reasons, substituted lessons, wishes."""
    facts: list[tuple[Message, str]] = []
    away = (
        select(Absence.starts_on, Absence.ends_on, Absence.reason)
        .where(Absence.school_id == ctx.school_id, Absence.teacher_id == person_id, Absence.withdrawn_at.is_(None))
        .order_by(Absence.starts_on.desc())
        .limit(_MOST)
    )
    for row in ctx.session.execute(away):
        reason = REASON_WORDS[row.reason]
        span = f"{row.starts_on:%d/%m/%Y} - {row.ends_on:%d/%m/%Y}"
        facts.append((_("Absence (%(reason)s)", reason=reason), span))
    given = (
        select(Change.day)
        .where(Change.school_id == ctx.school_id, Change.teacher_id == person_id, Change.withdrawn_at.is_(None))
        .order_by(Change.day.desc())
        .limit(_MOST)
    )
    facts += [(_("Lesson given for somebody"), f"{day:%d/%m/%Y}") for day in ctx.session.scalars(given)]
    wishes = _count(ctx, Wish, person_id)
    lessons = _count(ctx, Lesson, person_id)
    facts += [(_("Wishes for the timetable"), str(wishes))] if wishes else []
    facts += [(_("Lessons given by name"), str(lessons))] if lessons else []
    return [Held(_TITLE, facts)] if facts else []


def _count(ctx: Context, model: type[Wish | Lesson], person_id: UUID) -> int:
    mine = model.school_id == ctx.school_id, model.teacher_id == person_id
    return ctx.session.scalar(select(func.count()).select_from(model).where(*mine)) or 0


def erase(ctx: Context, person_id: UUID, really: bool) -> Erasure:
    """Wishes and calendar addresses go; what proves lessons and pay stays, its reasons do not."""
    found = show(ctx, person_id)
    if not found:
        return Erasure()
    if really:
        for model in (Wish, TeacherRule, Feed):
            mine = model.school_id == ctx.school_id, model.teacher_id == person_id
            ctx.session.execute(delete(model).where(*mine))
        ctx.session.execute(
            update(Absence)
            .where(Absence.school_id == ctx.school_id, Absence.teacher_id == person_id)
            .values(reason="other")
        )
        either = or_(Change.teacher_id == person_id, Change.absent_id == person_id)
        ctx.session.execute(
            update(Change).where(Change.school_id == ctx.school_id, either).values(reason="other", note="")
        )
    return Erasure([_WISHES], [_KEPT])


PERSONAL = [
    PersonalData(
        "timetable.lessons",
        _TITLE,
        purpose=_("To organise lessons and to pay for substituted ones."),
        basis=_("Duty of the school under the Law on Education and Decree 88/2026/ND-CP"),
        retention=_("With the books of the school; wishes until the teacher leaves"),
        data_classes=("identity", "employment"),
        show=show,
        erase=erase,
        order=150,
    )
]
