"""What a class is taught, by whom, and who leads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from core.sdk import Context, _
from core.sdk.audit import record
from core.sdk.data import local_date, new_id, query
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.events import emit
from core.sdk.school import current_year
from plugins.learners import public as learners

from ..events import HOMEROOM_CHANGED, TEACHING_CHANGED
from ..models import Course, Homeroom, Plan, Teacher, Teaching

READ, EDIT = "curriculum.plan.read", "curriculum.teaching.edit"
WEEKS = 35
"""Teaching weeks of a school year (QĐ 2308/QĐ-BGDĐT): periods a week are periods a year over these."""
_LINES = """
SELECT c.id, c.class_id, c.subject_id, s.code, s.name_vi, s.name_en, s.short, c.periods, c.assessed,
  coalesce((SELECT array_agg(t.teacher_id ORDER BY t.starts_on, t.id) FROM curriculum_teaching t
    WHERE t.school_id = c.school_id AND t.course_id = c.id AND t.starts_on <= :day
      AND (t.ends_on IS NULL OR t.ends_on > :day)), '{}') AS teachers
FROM curriculum_course c JOIN curriculum_subject s ON s.id = c.subject_id
WHERE c.school_id = :school AND c.year_id = :year
  AND (CAST(:class AS uuid) IS NULL OR c.class_id = CAST(:class AS uuid))
  AND (CAST(:course AS uuid) IS NULL OR c.id = CAST(:course AS uuid))
ORDER BY c.class_id, s.position, s.code
"""


@dataclass(frozen=True, slots=True)
class CourseLine:
    """A subject as a class is taught it; `teachers` are the ids of those who teach it on the day."""

    id: UUID
    class_id: UUID
    subject_id: UUID
    code: str
    name_vi: str
    name_en: str
    short: str
    periods: int
    assessed: str
    teachers: list[UUID]

    @property
    def weekly(self) -> float:
        """Periods a week, on the average."""
        return round(self.periods / WEEKS, 1)


def courses(
    ctx: Context, *, class_id: UUID | None = None, year_id: UUID | None = None, on: date | None = None
) -> list[CourseLine]:
    """The courses of a year (the current one) or of one class, with who teaches them on a day (today)."""
    ctx.require(READ)
    return lines(ctx, class_id=class_id, year_id=year_id, on=on)


def lines(
    ctx: Context,
    *,
    class_id: UUID | None = None,
    course_id: UUID | None = None,
    year_id: UUID | None = None,
    on: date | None = None,
) -> list[CourseLine]:
    """`courses` without asking who asks."""
    wanted = {
        "school": ctx.school_id, "year": year_id or current_year(ctx).id, "class": class_id, "course": course_id,
        "day": on or local_date(ctx.now()),
    }  # fmt: skip
    return [CourseLine(*row) for row in query(ctx, _LINES, wanted)]


def add_course(ctx: Context, class_id: UUID, subject_id: UUID) -> UUID:
    """Teach a class a subject that the plan of its grade has: an elective, or one that was added later.

    Raises:
        NotFound: no such class. Invalid: not in the plan of the grade. Conflict: the class has it already.
    """
    ctx.require(EDIT)
    found = _class(ctx, class_id)
    planned = ctx.session.execute(
        select(Plan.periods, Plan.assessed).where(
            Plan.school_id == ctx.school_id,
            Plan.year_id == current_year(ctx).id,
            Plan.grade == found.grade,
            Plan.subject_id == subject_id,
        )
    ).first()
    if planned is None:
        problem = _("The plan of the grade does not have this subject.")
        raise Invalid(problem, fields={"subject_id": problem})
    now = ctx.now()
    row = {
        "id": new_id(), "school_id": ctx.school_id, "year_id": current_year(ctx).id, "class_id": class_id,
        "subject_id": subject_id, "periods": planned.periods, "assessed": planned.assessed, "created_at": now,
        "updated_at": now,
    }  # fmt: skip
    course_id: UUID | None = ctx.session.scalar(
        insert(Course).values(row).on_conflict_do_nothing().returning(Course.id)
    )
    if course_id is None:
        raise Conflict(_("The class %(name)s has this subject already.", name=found.name))
    record(ctx, "curriculum.course.opened", target=("learners_class", class_id), detail={"course": str(course_id)})
    return course_id


def remove_course(ctx: Context, course_id: UUID) -> None:
    """Take a subject from a class. Where something hangs on it (marks, lessons), the database refuses.

    Raises:
        NotFound: no such course.
    """
    ctx.require(EDIT)
    statement = delete(Course).where(Course.school_id == ctx.school_id, Course.id == course_id)
    class_id = ctx.session.scalar(statement.returning(Course.class_id))
    if class_id is None:
        raise NotFound
    record(ctx, "curriculum.course.closed", target=("learners_class", class_id), detail={"course": str(course_id)})


def assign(ctx: Context, course_id: UUID, teacher_id: UUID | None, *, starts_on: date | None = None) -> None:
    """Give a course to a teacher from a day on (today, or the first day of the year before it begins); None to nobody.

    Who had it until then has it up to that day; on the same day they are replaced as if they had never been named.

    Raises:
        NotFound: no such course. Invalid: somebody who does not teach, or a day outside the year.
    """
    ctx.require(EDIT)
    wanted = select(Course.class_id).where(Course.school_id == ctx.school_id, Course.id == course_id)
    class_id = ctx.session.scalar(wanted)
    if class_id is None:
        raise NotFound
    day = _day(ctx, starts_on)
    _require_teacher(ctx, teacher_id)
    _end(ctx, Teaching, {"course_id": course_id}, day)
    if teacher_id is not None:
        ctx.session.add(
            Teaching(id=new_id(), school_id=ctx.school_id, course_id=course_id, teacher_id=teacher_id, starts_on=day)
        )
        ctx.session.flush()
    detail = {"course": str(course_id), "teacher": str(teacher_id) if teacher_id else None, "from": day.isoformat()}
    record(ctx, "curriculum.teaching.assigned", target=("learners_class", class_id), detail=detail)
    told = {"class_id": str(class_id), "course_id": str(course_id), "starts_on": day.isoformat()}
    emit(ctx, TEACHING_CHANGED, told)


def assign_many(ctx: Context, wanted: Mapping[UUID, UUID | None], *, starts_on: date | None = None) -> int:
    """`assign` for many courses; those that are so already are left alone. Returns how many changed."""
    have = {line.id: line.teachers for line in courses(ctx, on=_day(ctx, starts_on))}
    changed = {
        course: teacher
        for course, teacher in wanted.items()
        if have.get(course, []) != ([] if teacher is None else [teacher])
    }
    for course, teacher in changed.items():
        assign(ctx, course, teacher, starts_on=starts_on)
    return len(changed)


def set_homeroom(ctx: Context, class_id: UUID, teacher_id: UUID | None, *, starts_on: date | None = None) -> None:
    """Let a teacher lead a class from a day on; None leaves it without one.

    Raises:
        NotFound: no such class in the current year. Invalid: somebody who does not teach, or a day outside the year.
    """
    ctx.require(EDIT)
    _class(ctx, class_id)
    day = _day(ctx, starts_on)
    _require_teacher(ctx, teacher_id)
    _end(ctx, Homeroom, {"class_id": class_id}, day)
    if teacher_id is not None:
        row = {"class_id": class_id, "year_id": current_year(ctx).id, "teacher_id": teacher_id, "starts_on": day}
        ctx.session.add(Homeroom(id=new_id(), school_id=ctx.school_id, **row))
        ctx.session.flush()
    detail = {"teacher": str(teacher_id) if teacher_id else None, "from": day.isoformat()}
    record(ctx, "curriculum.homeroom.set", target=("learners_class", class_id), detail=detail)
    emit(ctx, HOMEROOM_CHANGED, {"class_id": str(class_id), "starts_on": day.isoformat()})


def homerooms(ctx: Context, *, year_id: UUID | None = None, on: date | None = None) -> dict[UUID, UUID]:
    """Who leads which class on a day (today): teacher by class."""
    day = on or local_date(ctx.now())
    found = select(Homeroom.class_id, Homeroom.teacher_id).where(
        Homeroom.school_id == ctx.school_id,
        Homeroom.year_id == (year_id or current_year(ctx).id),
        Homeroom.starts_on <= day,
        Homeroom.ends_on.is_(None) | (Homeroom.ends_on > day),
    )
    return {row.class_id: row.teacher_id for row in ctx.session.execute(found)}


def workload(ctx: Context) -> dict[UUID, float]:
    """Periods a week by teacher, on the average of the year, today's assignments; shared courses count for each."""
    found: dict[UUID, float] = {}
    for line in courses(ctx):
        for teacher in line.teachers:
            found[teacher] = round(found.get(teacher, 0) + line.periods / WEEKS, 1)
    return found


def _class(ctx: Context, class_id: UUID) -> learners.ClassInfo:
    found = learners.class_of(ctx, class_id)
    if found.year_id != current_year(ctx).id:
        raise NotFound
    return found


def _day(ctx: Context, starts_on: date | None) -> date:
    year = current_year(ctx)
    day = starts_on or max(local_date(ctx.now()), year.starts_on)
    if not year.starts_on <= day <= year.ends_on:
        problem = _("Choose a day of the school year.")
        raise Invalid(problem, fields={"starts_on": problem})
    return day


def _require_teacher(ctx: Context, teacher_id: UUID | None) -> None:
    known = select(Teacher.id).where(Teacher.school_id == ctx.school_id, Teacher.id == teacher_id, Teacher.active)
    if teacher_id is not None and ctx.session.scalar(known) is None:
        problem = _("Choose a teacher of the school.")
        raise Invalid(problem, fields={"teacher_id": problem})


def _end(ctx: Context, model: type[Teaching | Homeroom], what: Mapping[str, UUID], day: date) -> None:
    """End on `day` what holds until then; what begins on that day or later goes."""
    mine = [model.school_id == ctx.school_id, *(getattr(model, name) == value for name, value in what.items())]
    ctx.session.execute(delete(model).where(*mine, model.starts_on >= day))
    still = model.ends_on.is_(None) | (model.ends_on > day)
    ctx.session.execute(update(model).where(*mine, still).values(ends_on=day, updated_at=ctx.now()))
