"""The marks of one pupil as teachers see them: only of the subjects that the actor may read; live, not published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from core.sdk import Context, access
from core.sdk.data import query
from core.sdk.school import current_year
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from ..access import READ
from ..grid.cells import Cell, stored
from ..grid.slots import Layout
from . import carrying, publishing
from .books import layout_of, rules_for

_ROWS = """
SELECT b.course_id, b.term, m.slot, m.state, m.tenths, m.text
FROM assessment_gradebook b
JOIN assessment_mark m ON m.school_id = b.school_id AND m.gradebook_id = b.id
WHERE b.school_id = :school AND b.class_id = :class AND m.learner_id = :learner
"""


@dataclass(frozen=True, slots=True)
class PupilBook:
    """The cells of a pupil in one book: stored texts by slot; `origins` as in `publishing.ChildBook`."""

    class_name: str
    course: curriculum.CourseLine | None
    term: int
    layout: Layout
    cells: Mapping[str, str]
    origins: Mapping[str, str] = field(default_factory=dict)


def pupil_books(ctx: Context, learner_id: UUID) -> list[PupilBook | publishing.ChildBook]:
    """The marks of a pupil in the current year, subject by subject, of the subjects within the actor's reach.

    Families get what is published (`publishing.child_books`).

    Raises:
        NotFound, Forbidden: the pupil is not within the actor's reach.
    """
    if ctx.actor.has(f"{READ}.own") and not _staff(ctx):
        return [*publishing.child_books(ctx, learner_id)]
    access.require_for(ctx, READ, learner_id)
    lines = learners.enrolments_of(ctx, learner_id, current_year(ctx).id)
    if not lines:
        return []
    here = learners.class_of(ctx, lines[-1].class_id)
    led = ctx.actor.has(READ) or here.id in curriculum.my_homerooms(ctx)
    courses: list[curriculum.CourseLine | None] = [
        line for line in curriculum.courses(ctx, class_id=here.id) if curriculum.may_course(ctx, READ, line)
    ]
    rules, found = rules_for(ctx, here), list[PupilBook]()
    own: dict[tuple[UUID | None, int], dict[str, Cell]] = {}
    wanted = {"school": ctx.school_id, "class": here.id, "learner": learner_id}
    for course_id, term, slot, state, tenths, text in query(ctx, _ROWS, wanted):
        own.setdefault((course_id, term), {})[slot] = Cell(state, tenths, text)
    for term in (1, 2):
        others = carrying.elsewhere(ctx, here, term, learner_id)
        for course in [*courses, *([None] if led else [])]:
            there = others.get(course.code if course else carrying.OWN, {}).get(learner_id, {})
            mine = own.get((course.id if course else None, term), {})
            columns = layout_of(rules, course, here.grade, term, {*mine, *there})
            row = carrying.joined(columns, mine, there)
            if row.cells:
                columns = layout_of(rules, course, here.grade, term, set(row.cells))
                texts = {slot: stored(cell) for slot, cell in row.cells.items()}
                found.append(PupilBook(here.name, course, term, columns, texts, row.origins))
    return [*found]


def _staff(ctx: Context) -> bool:
    scopes = ("", f".{curriculum.TAUGHT}", f".{curriculum.HOMEROOM}")
    return any(ctx.actor.has(f"{READ}{scope}") for scope in scopes)
