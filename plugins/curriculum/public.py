"""What other modules may import of the curriculum: what a class is taught, by whom, and what a teacher may reach.

Anchor tables for foreign keys: `curriculum_subject`, `curriculum_course`, `curriculum_teacher` (each by school and id).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from core.sdk import Context
from core.sdk.errors import Forbidden, NotFound

from . import events
from .access import HOMEROOM, TAUGHT, homeroom_classes, taught_classes, taught_courses
from .services import courses as _courses
from .services.courses import WEEKS, CourseLine, homerooms
from .services.plan import PlanLine, SubjectLine, plan, subjects
from .services.teachers import TeacherLine, teachers
from .words import subject_name

__all__ = [
    "EVENTS",
    "HOMEROOM",
    "TAUGHT",
    "WEEKS",
    "CourseLine",
    "PlanLine",
    "SubjectLine",
    "TeacherLine",
    "course",
    "courses",
    "homeroom_classes",
    "homerooms",
    "may_class",
    "may_course",
    "my_classes",
    "my_courses",
    "my_homerooms",
    "plan",
    "require_class",
    "require_course",
    "subject_name",
    "subjects",
    "taught_classes",
    "taught_courses",
    "teachers",
]


def courses(
    ctx: Context, *, class_id: UUID | None = None, year_id: UUID | None = None, on: date | None = None
) -> list[CourseLine]:
    """Courses of a year (the current one) or of one class, with who teaches them on a day. The caller has checked."""
    return _courses.lines(ctx, class_id=class_id, year_id=year_id, on=on)


def course(ctx: Context, course_id: UUID, *, on: date | None = None) -> CourseLine:
    """One course of the current year. The caller has checked who asks.

    Raises:
        NotFound: no such course.
    """
    found = _courses.lines(ctx, course_id=course_id, on=on)
    if not found:
        raise NotFound
    return found[0]


def my_courses(ctx: Context, on: date | None = None) -> frozenset[UUID]:
    """Ids of the courses that the actor teaches on a day (today)."""
    wanted = taught_courses(ctx, on)
    return frozenset() if wanted is None else frozenset(ctx.session.execute(wanted).scalars())


def my_homerooms(ctx: Context, on: date | None = None) -> frozenset[UUID]:
    """Ids of the classes that the actor leads on a day (today)."""
    wanted = homeroom_classes(ctx, on)
    return frozenset() if wanted is None else frozenset(ctx.session.execute(wanted).scalars())


def my_classes(ctx: Context, on: date | None = None) -> frozenset[UUID]:
    """Ids of the classes that the actor teaches or leads on a day (today)."""
    wanted = taught_classes(ctx, on)
    return frozenset() if wanted is None else frozenset(ctx.session.execute(wanted).scalars())


def may_course(ctx: Context, permission: str, found: CourseLine) -> bool:
    """Whether the actor holds the permission, its form for what one teaches (`.curriculum_taught`) and teaches the
    course, or its form for one's homeroom class and leads the class."""
    if ctx.actor.has(permission):
        return True
    if ctx.actor.has(f"{permission}.{TAUGHT}") and found.id in my_courses(ctx):
        return True
    return ctx.actor.has(f"{permission}.{HOMEROOM}") and found.class_id in my_homerooms(ctx)


def require_course(ctx: Context, permission: str, course_id: UUID) -> CourseLine:
    """A course that the actor's permission reaches (`may_course`).

    Raises:
        NotFound: otherwise; it never tells whether the course exists.
        Forbidden: when the permission is held in no form.
    """
    _require_any(ctx, permission)
    found = course(ctx, course_id)
    if not may_course(ctx, permission, found):
        raise NotFound
    return found


def may_class(ctx: Context, permission: str, class_id: UUID) -> bool:
    """Whether the actor holds the permission, its form for what one teaches and teaches or leads the class, or its form
    for one's homeroom class and leads it."""
    if ctx.actor.has(permission):
        return True
    if ctx.actor.has(f"{permission}.{TAUGHT}") and class_id in my_classes(ctx):
        return True
    return ctx.actor.has(f"{permission}.{HOMEROOM}") and class_id in my_homerooms(ctx)


def require_class(ctx: Context, permission: str, class_id: UUID) -> None:
    """Let pass whose permission reaches the class (`may_class`).

    Raises:
        NotFound: otherwise. Forbidden: when the permission is held in no form.
    """
    _require_any(ctx, permission)
    if not may_class(ctx, permission, class_id):
        raise NotFound


def _require_any(ctx: Context, permission: str) -> None:
    if not any(ctx.actor.has(name) for name in (permission, f"{permission}.{TAUGHT}", f"{permission}.{HOMEROOM}")):
        raise Forbidden(permission)


EVENTS: Mapping[str, str] = {event.name: ", ".join(event.payload) for event in events.EVENTS}
"""Events of this module and the keys of their payloads."""
