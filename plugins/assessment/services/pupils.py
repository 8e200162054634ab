"""The marks of one pupil as teachers see them: only of the subjects that the actor may read; live, not published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from core.sdk import Context, access
from core.sdk.data import query
from core.sdk.school import current_year
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from ..access import READ
from ..grid.cells import Cell, stored
from ..grid.slots import Layout
from . import publishing
from .books import layout_of, rules_for

_ROWS = """
SELECT b.class_id, b.course_id, b.term, m.slot, m.state, m.tenths, m.text
FROM assessment_gradebook b
JOIN assessment_mark m ON m.school_id = b.school_id AND m.gradebook_id = b.id
WHERE b.school_id = :school AND b.class_id = ANY(:classes::uuid[]) AND m.learner_id = :learner
"""


@dataclass(frozen=True, slots=True)
class PupilBook:
    """The cells of a pupil in one book: stored texts by slot."""

    class_name: str
    course: curriculum.CourseLine | None
    term: int
    layout: Layout
    cells: Mapping[str, str]


def pupil_books(ctx: Context, learner_id: UUID) -> list[PupilBook | publishing.ChildBook]:
    """The marks of a pupil in the current year, subject by subject, of the subjects within the actor's reach.

    Families get what is published (`publishing.child_books`).

    Raises:
        NotFound, Forbidden: the pupil is not within the actor's reach.
    """
    if ctx.actor.has(f"{READ}.own") and not _staff(ctx):
        return [*publishing.child_books(ctx, learner_id)]
    access.require_for(ctx, READ, learner_id)
    year = current_year(ctx).id
    classes = {line.class_id: line.class_name for line in learners.enrolments_of(ctx, learner_id, year)}
    courses = {
        line.id: line
        for class_id in classes
        for line in curriculum.courses(ctx, class_id=class_id)
        if curriculum.may_course(ctx, READ, line)
    }
    led = frozenset(classes) if ctx.actor.has(READ) else curriculum.my_homerooms(ctx)
    cells: dict[tuple[UUID, UUID | None, int], dict[str, str]] = {}
    wanted = {"school": ctx.school_id, "classes": list(classes), "learner": learner_id}
    for class_id, course_id, term, slot, state, tenths, text in query(ctx, _ROWS, wanted):
        if course_id in courses or (course_id is None and class_id in led):
            cells.setdefault((class_id, course_id, term), {})[slot] = stored(Cell(state, tenths, text))
    infos = {class_id: learners.class_of(ctx, class_id) for class_id in {key[0] for key in cells}}
    rules = {class_id: rules_for(ctx, info) for class_id, info in infos.items()}
    place = {course_id: at for at, course_id in enumerate(courses)}
    found = []
    for (class_id, course_id, term), row in cells.items():
        course = courses[course_id] if course_id else None
        columns = layout_of(rules[class_id], course, infos[class_id].grade, term, frozenset(row))
        found.append(PupilBook(classes[class_id], course, term, columns, row))
    return sorted(found, key=lambda book: (book.term, place[book.course.id] if book.course else len(place)))


def _staff(ctx: Context) -> bool:
    scopes = ("", f".{curriculum.TAUGHT}", f".{curriculum.HOMEROOM}")
    return any(ctx.actor.has(f"{READ}{scope}") for scope in scopes)
