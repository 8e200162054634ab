"""What this module holds on a teacher."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context, Erasure, Held, Kept, Message, PersonalData, _
from plugins.learners import public as learners

from .models import Course, Homeroom, Subject, Teacher, Teaching

_TITLE = _("Lessons and homeroom classes")
_KEPT = Kept(_TITLE, _("Who taught a class belongs to the records of its pupils, which are kept for good."))


def show(ctx: Context, person_id: UUID) -> Sequence[Held]:
    """The code, the courses and the homeroom classes, each with its first day."""
    teacher = ctx.session.scalar(select(Teacher).where(Teacher.school_id == ctx.school_id, Teacher.id == person_id))
    if teacher is None:
        return []
    facts: list[tuple[Message, str | date | Message | None]] = [(_("Code of the teacher"), teacher.code)]
    taught = (
        select(Subject.name_vi, Course.class_id, Teaching.starts_on)
        .join(Course, Course.id == Teaching.course_id)
        .join(Subject, Subject.id == Course.subject_id)
        .where(Teaching.school_id == ctx.school_id, Teaching.teacher_id == person_id)
        .order_by(Teaching.starts_on)
    )
    for line in ctx.session.execute(taught):
        name = learners.class_of(ctx, line.class_id).name
        label = _("%(subject)s in class %(name)s", subject=line.name_vi, name=name)
        facts.append((label, line.starts_on))
    led = select(Homeroom.class_id, Homeroom.starts_on).where(
        Homeroom.school_id == ctx.school_id, Homeroom.teacher_id == person_id
    )
    for led_class in ctx.session.execute(led):
        name = learners.class_of(ctx, led_class.class_id).name
        facts.append((_("Homeroom teacher of class %(name)s", name=name), led_class.starts_on))
    return [Held(_TITLE, [(label, value) for label, value in facts if value])]


def erase(ctx: Context, person_id: UUID, really: bool) -> Erasure:
    """Nothing goes: it belongs to the records of pupils."""
    held = ctx.session.scalar(select(Teacher.id).where(Teacher.school_id == ctx.school_id, Teacher.id == person_id))
    return Erasure([], [_KEPT]) if held else Erasure()


PERSONAL = [
    PersonalData(
        "curriculum.teaching",
        _TITLE,
        purpose=_("To organise lessons, and to say who may enter and sign which marks."),
        basis=_("Duty of the school under the Law on Education and Decree 88/2026/ND-CP"),
        retention=_("For good, with the records of the pupils"),
        data_classes=("identity", "employment"),
        show=show,
        erase=erase,
        order=140,
    )
]
