"""Rights, and the two relations that teachers live by: the classes one teaches, and one's homeroom class."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Select, select, union

from core.sdk import Context, Permission, RoleGrant, Scope, _
from core.sdk.data import local_date
from plugins.learners.public import present_in, present_in_sql

from .models import Course, Homeroom, Teaching

TAUGHT, HOMEROOM = "curriculum_taught", "curriculum_homeroom"


def homeroom_classes(ctx: Context, on: date | None = None) -> Select[UUID] | None:
    """Ids of the classes whose homeroom teacher the actor is on a day (today)."""
    me, day = ctx.actor.person_id, on or local_date(ctx.now())
    if me is None or ctx.school is None:
        return None
    return select(Homeroom.class_id).where(
        Homeroom.school_id == ctx.school,
        Homeroom.teacher_id == me,
        Homeroom.starts_on <= day,
        Homeroom.ends_on.is_(None) | (Homeroom.ends_on > day),
    )


def taught_courses(ctx: Context, on: date | None = None) -> Select[UUID] | None:
    """Ids of the courses that the actor teaches on a day (today)."""
    me, day = ctx.actor.person_id, on or local_date(ctx.now())
    if me is None or ctx.school is None:
        return None
    return select(Teaching.course_id).where(
        Teaching.school_id == ctx.school,
        Teaching.teacher_id == me,
        Teaching.starts_on <= day,
        Teaching.ends_on.is_(None) | (Teaching.ends_on > day),
    )


def taught_classes(ctx: Context, on: date | None = None) -> Select[UUID] | None:
    """Ids of the classes in which the actor teaches something, or whose homeroom teacher they are."""
    courses, homeroom = taught_courses(ctx, on), homeroom_classes(ctx, on)
    if courses is None or homeroom is None:
        return None
    taught = select(Course.class_id).where(Course.school_id == ctx.school, Course.id.in_(courses))
    both = union(taught, homeroom).subquery()
    return select(both.c.class_id)


def _pupils(ctx: Context, classes: Select[UUID] | None) -> Select[UUID] | None:
    return None if classes is None else present_in(ctx, classes)


def taught_pupils(ctx: Context) -> Select[UUID] | None:
    """Pupils of the classes one teaches or leads."""
    return _pupils(ctx, taught_classes(ctx))


def homeroom_pupils(ctx: Context) -> Select[UUID] | None:
    """Pupils of the classes one leads."""
    return _pupils(ctx, homeroom_classes(ctx))


_NOW = "{0}.school_id = :scope_school AND {0}.teacher_id = :scope_person AND {0}.starts_on <= :scope_day" + (
    " AND ({0}.ends_on IS NULL OR {0}.ends_on > :scope_day)"
)
_LED = f"SELECT h.class_id FROM curriculum_homeroom h WHERE {_NOW.format('h')}"  # noqa: S608  (constant)
_LESSONS = "curriculum_teaching t JOIN curriculum_course c ON c.id = t.course_id"
_TAUGHT = f"SELECT c.class_id FROM {_LESSONS} WHERE {_NOW.format('t')} UNION {_LED}"  # noqa: S608
SCOPES = [
    Scope(TAUGHT, _("Pupils of the classes one teaches"), taught_pupils, present_in_sql(_TAUGHT)),
    Scope(HOMEROOM, _("Pupils of one's homeroom class"), homeroom_pupils, present_in_sql(_LED)),
]

PERMISSIONS = [
    Permission("curriculum.plan.read", _("See subjects, plans and who teaches what")),
    Permission("curriculum.plan.edit", _("Change subjects and the plan of the year")),
    Permission("curriculum.teaching.edit", _("Assign teachers to classes and subjects")),
    Permission(f"learners.learner.read.{TAUGHT}", _("See the pupils of the classes one teaches")),
]

_READ = frozenset({"curriculum.plan.read"})
_EDIT = _READ | {"curriculum.plan.edit", "curriculum.teaching.edit"}
ROLES = [
    RoleGrant("head", _EDIT),
    RoleGrant("office", _EDIT),
    RoleGrant("teacher", _READ | {f"learners.learner.read.{TAUGHT}"}),
]
