"""Subjects and the plan of a school year: what each grade learns, with how many periods."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert

from core.sdk import Context, _
from core.sdk.audit import record
from core.sdk.data import new_id
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.school import current_year, school_of
from plugins.learners import public as learners

from ..models import ASSESSED, Course, Plan, Subject
from ..rules.programme import Programme, ProgrammeSubject, programme_for

READ, EDIT = "curriculum.plan.read", "curriculum.plan.edit"
_CODE = re.compile(r"[a-z][a-z0-9_]{1,30}")
_COURSES = text(
    "INSERT INTO curriculum_course"
    " (id, school_id, year_id, class_id, subject_id, periods, assessed, created_at, updated_at)"
    " SELECT uuidv7(), k.school_id, k.year_id, k.id, p.subject_id, p.periods, p.assessed, :now, :now"
    " FROM learners_class k JOIN curriculum_plan p"
    "   ON p.school_id = k.school_id AND p.year_id = k.year_id AND p.grade = k.grade AND NOT p.elective"
    " WHERE k.school_id = :school AND k.year_id = :year"
    " ON CONFLICT (school_id, class_id, subject_id) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class SubjectLine:
    """A subject of the school."""

    id: UUID
    code: str
    name_vi: str
    name_en: str
    short: str
    programme: str


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A subject of a grade in a year."""

    grade: int
    subject_id: UUID
    periods: int
    assessed: str
    elective: bool


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What taking over a programme added: subjects, lines of the plan, courses of classes."""

    programmes: tuple[Programme, ...]
    subjects: int
    plans: int
    courses: int
    without: tuple[int, ...]
    """Grades that have classes and no programme that is in force."""


def subjects(ctx: Context) -> list[SubjectLine]:
    """The subjects of the school, in its order."""
    ctx.require(READ)
    columns = Subject.id, Subject.code, Subject.name_vi, Subject.name_en, Subject.short, Subject.programme
    query = select(*columns).where(Subject.school_id == ctx.school_id).order_by(Subject.position, Subject.code)
    return [SubjectLine(*row) for row in ctx.session.execute(query)]


def plan(ctx: Context, year_id: UUID | None = None) -> list[PlanLine]:
    """The plan of a school year (the current one), by grade and subject."""
    ctx.require(READ)
    columns = Plan.grade, Plan.subject_id, Plan.periods, Plan.assessed, Plan.elective
    query = (
        select(*columns)
        .join(Subject, Subject.id == Plan.subject_id)
        .where(Plan.school_id == ctx.school_id, Plan.year_id == (year_id or current_year(ctx).id))
        .order_by(Plan.grade, Subject.position, Subject.code)
    )
    return [PlanLine(*row) for row in ctx.session.execute(query)]


def take_over(ctx: Context) -> TakenOver:
    """Take over the programmes of all grades that have classes in the current year, and open the courses of classes.

    Nothing that is there is changed: a plan that the school has edited stays as it is.
    """
    ctx.require(EDIT)
    year = current_year(ctx)
    grades = sorted({row.grade for row in ctx.session.execute(learners.classes(ctx)) if row.grade})
    continuing = school_of(ctx).level == "continuing"
    chosen = {grade: programme_for(grade, year.starts_on, continuing=continuing) for grade in grades}
    wanted = [
        (grade, programme, subject, at)
        for grade, programme in chosen.items()
        if programme is not None
        for at, subject in enumerate(programme.of_grade(grade))
    ]
    added = _add_subjects(ctx, {s.code: (p, s, at) for _g, p, s, at in wanted})
    known = select(Subject.code, Subject.id).where(Subject.school_id == ctx.school_id)
    ids = {row.code: row.id for row in ctx.session.execute(known)}
    now, rows = ctx.now(), []
    for grade, _programme, subject, _at in wanted:
        rows.append(
            {
                "id": new_id(), "school_id": ctx.school_id, "year_id": year.id, "grade": grade,
                "subject_id": ids[subject.code], "periods": subject.periods[grade], "assessed": subject.assessed,
                "elective": grade in subject.elective, "created_at": now, "updated_at": now,
            }
        )  # fmt: skip
    plans = 0
    if rows:
        statement = insert(Plan).values(rows).on_conflict_do_nothing().returning(Plan.id)
        plans = len(ctx.session.execute(statement).all())
    courses = fill_classes(ctx)
    used = {programme.code: programme for programme in chosen.values() if programme is not None}
    found = TakenOver(
        tuple(used.values()), added, plans, courses, tuple(g for g, programme in chosen.items() if programme is None)
    )
    if added or plans or courses:
        detail = {"programmes": sorted(used), "subjects": added, "plans": plans, "courses": courses}
        record(ctx, "curriculum.programme.taken_over", target=("school_year", year.id), detail=detail)
    return found


def _add_subjects(ctx: Context, wanted: dict[str, tuple[Programme, ProgrammeSubject, int]]) -> int:
    now = ctx.now()
    rows = [
        {
            "id": new_id(), "school_id": ctx.school_id, "code": code, "name_vi": s.name_vi, "name_en": s.name_en,
            "short": s.short, "position": (at + 1) * 10, "programme": p.code, "created_at": now, "updated_at": now,
        }
        for code, (p, s, at) in wanted.items()
    ]  # fmt: skip
    if not rows:
        return 0
    statement = insert(Subject).values(rows).on_conflict_do_nothing().returning(Subject.id)
    return len(ctx.session.execute(statement).all())


def fill_classes(ctx: Context) -> int:
    """Open the missing courses of required subjects in every class of the current year; returns how many."""
    ctx.require(EDIT)
    found = ctx.session.execute(_COURSES, {"school": ctx.school_id, "year": current_year(ctx).id, "now": ctx.now()})
    return int(found.rowcount)  # type: ignore[attr-defined]  # a statement without rows has a count


def add_subject(ctx: Context, code: str, name_vi: str, name_en: str, short: str = "") -> UUID:
    """Add a subject of the school's own.

    Raises:
        Invalid: a code that is not one, or no name. Conflict: the code is taken.
    """
    ctx.require(EDIT)
    faults = {}
    if not _CODE.fullmatch(code):
        faults["code"] = _("A code has 2 to 31 small letters, digits or underscores.")
    names = {"name_vi": name_vi, "name_en": name_en}
    faults |= {name: _("Please fill in this field.") for name, value in names.items() if not value.strip()}
    if faults:
        raise Invalid(_("Please correct the marked fields."), fields=faults)
    last = select(func.coalesce(func.max(Subject.position), 0) + 10).where(Subject.school_id == ctx.school_id)
    now, subject_id = ctx.now(), new_id()
    row = {
        "id": subject_id, "school_id": ctx.school_id, "code": code, "name_vi": name_vi.strip(),
        "name_en": name_en.strip(), "short": short.strip() or name_vi.strip(), "programme": "",
        "position": ctx.session.scalar(last), "created_at": now, "updated_at": now,
    }  # fmt: skip
    statement = insert(Subject).values(row).on_conflict_do_nothing().returning(Subject.id)
    if ctx.session.execute(statement).first() is None:
        raise Conflict(_("The school has a subject with this code."))
    record(ctx, "curriculum.subject.added", target=("curriculum_subject", subject_id), detail={"code": code})
    return subject_id


def set_plan(
    ctx: Context, grade: int, subject_id: UUID, periods: int, assessed: str, *, elective: bool = False
) -> None:
    """Say what a grade learns in the current year; courses of its classes follow, marks that are there stay.

    Raises:
        Invalid: a grade, a number of periods or a way of assessment that cannot be. NotFound: no such subject.
        Conflict: the way of assessment cannot change while a class is taught the subject.
    """
    ctx.require(EDIT)
    faults = {}
    if not 1 <= grade <= 12:
        faults["grade"] = _("Choose a grade from 1 to 12.")
    if not 1 <= periods <= 1000:
        faults["periods"] = _("Enter the periods of the whole year, from 1 to 1000.")
    if assessed not in ASSESSED:
        faults["assessed"] = _("Choose how the subject is assessed.")
    if faults:
        raise Invalid(_("Please correct the marked fields."), fields=faults)
    year, now = current_year(ctx), ctx.now()
    name = ctx.session.scalar(select(Subject.code).where(Subject.school_id == ctx.school_id, Subject.id == subject_id))
    if name is None:
        raise NotFound
    taught = _courses_of_grade(ctx, grade, subject_id)
    if any(course.assessed != assessed for course in taught):
        raise Conflict(_("Classes are taught this subject already; the way of assessment cannot change in this year."))
    row = {
        "id": new_id(), "school_id": ctx.school_id, "year_id": year.id, "grade": grade, "subject_id": subject_id,
        "periods": periods, "assessed": assessed, "elective": elective, "created_at": now, "updated_at": now,
    }  # fmt: skip
    changed = {name: row[name] for name in ("periods", "assessed", "elective", "updated_at")}
    statement = insert(Plan).values(row)
    ctx.session.execute(
        statement.on_conflict_do_update(index_elements=["school_id", "year_id", "grade", "subject_id"], set_=changed)
    )
    for course in taught:
        course.periods = periods
    ctx.session.flush()
    detail = {"grade": grade, "subject": name, "periods": periods, "assessed": assessed, "elective": elective}
    record(ctx, "curriculum.plan.changed", target=("curriculum_subject", subject_id), detail=detail)


def remove_plan(ctx: Context, grade: int, subject_id: UUID) -> None:
    """Take a subject out of the plan of a grade.

    Raises:
        Conflict: a class of the grade is taught it. NotFound: it is not in the plan.
    """
    ctx.require(EDIT)
    if _courses_of_grade(ctx, grade, subject_id):
        raise Conflict(_("Classes of this grade are taught the subject. Remove it from the classes first."))
    statement = (
        delete(Plan)
        .where(
            Plan.school_id == ctx.school_id,
            Plan.year_id == current_year(ctx).id,
            Plan.grade == grade,
            Plan.subject_id == subject_id,
        )
        .returning(Plan.id)
    )
    if not ctx.session.execute(statement).all():
        raise NotFound
    record(ctx, "curriculum.plan.removed", target=("curriculum_subject", subject_id), detail={"grade": grade})


def _courses_of_grade(ctx: Context, grade: int, subject_id: UUID) -> list[Course]:
    classes = [row.class_id for row in ctx.session.execute(learners.classes(ctx)) if row.grade == grade]
    query = select(Course).where(
        Course.school_id == ctx.school_id, Course.subject_id == subject_id, Course.class_id.in_(classes)
    )
    return list(ctx.session.scalars(query))


def periods_by_grade(ctx: Context) -> Counter[int]:
    """How many periods of required subjects each grade has in the current year."""
    found: Counter[int] = Counter()
    for line in plan(ctx):
        if not line.elective:
            found[line.grade] += line.periods
    return found
