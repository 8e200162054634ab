"""What other modules may import of the timetable: lessons of a day, and who gives them.

Anchor table for foreign keys: `timetable_lesson` (by school and id). Lessons of a version in force never change or go.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from core.sdk import Context

from . import events
from .rules.board import Hours, Period
from .services.days import Days, Held, between
from .services.hours import hours

__all__ = ["EVENTS", "Days", "Held", "Hours", "Period", "between", "hours", "lessons_on", "teacher_of"]


def lessons_on(ctx: Context, day: date, *, class_id: UUID | None = None, teacher_id: UUID | None = None) -> list[Held]:
    """The lessons of a day by period: of the school, of a class, or those that a teacher gives that day.

    Cancelled lessons and those moved to another day are left out. The caller has checked who asks.
    """
    held = [lesson for lesson in between(ctx, day, day).lessons if lesson.state not in ("cancelled", "moved")]
    return [
        lesson
        for lesson in held
        if (class_id is None or lesson.class_id == class_id) and (teacher_id is None or lesson.teacher == teacher_id)
    ]


def teacher_of(ctx: Context, lesson_id: UUID, day: date) -> UUID | None:
    """Who gives a lesson on a day, the substitute where there is one; None when nobody does."""
    return next((lesson.teacher for lesson in lessons_on(ctx, day) if lesson.lesson == lesson_id), None)


EVENTS: Mapping[str, str] = {event.name: ", ".join(event.payload) for event in events.EVENTS}
"""Events of this module and the keys of their payloads."""
