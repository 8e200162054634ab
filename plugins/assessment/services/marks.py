"""All marks of a class in a term, set-based: what results are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from core.sdk import Context
from core.sdk.data import query
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from ..grid.cells import Cell
from ..grid.slots import COMMENT_SLOT, Layout, term_marks
from ..rules.marks import TermMarks
from ..rules.ruleset import RuleSet
from .books import layout_of, rules_for
from .carrying import OWN, Elsewhere, elsewhere, joined

_MARKS = """
SELECT b.course_id, b.id, b.state, b.version, m.learner_id, m.slot, m.state, m.tenths, m.text
FROM assessment_gradebook b
LEFT JOIN assessment_mark m ON m.school_id = b.school_id AND m.gradebook_id = b.id
  AND (m.slot <> 'nx' OR b.course_id IS NULL)
WHERE b.school_id = :school AND b.class_id = :class AND b.term = :term
"""


@dataclass(frozen=True, slots=True)
class CourseMarks:
    """The marks of a course in a term, or with `course` None the class's own book; comments left out."""

    course: curriculum.CourseLine | None
    layout: Layout
    gradebook_id: UUID | None
    state: str
    version: int
    cells: Mapping[UUID, Mapping[str, Cell]]
    """By pupil and slot, with what was given in another class or at another school (`carrying`). A pupil without a key
    has nothing entered."""
    comments: Mapping[UUID, str] = field(default_factory=dict)
    """Of the class's own book: what the homeroom teacher wrote on each pupil, or else the one of the class before."""
    origins: Mapping[UUID, tuple[str, ...]] = field(default_factory=dict)
    """The classes or schools where some of a pupil's cells were given, by pupil; without a key all were given here."""

    def term_marks(self, learner_id: UUID) -> TermMarks:
        """The marks of a pupil as `rules.averages` takes them."""
        return term_marks(self.layout, self.cells.get(learner_id, {}))


def marks_of(ctx: Context, class_id: UUID, term: int) -> list[CourseMarks]:
    """Every book of a class in a term, in the order of the subjects, the class's own last: in seven statements.

    The caller has checked who asks.

    Raises:
        NotFound: no such class, or no rule set holds for it.
    """
    klass = learners.class_of(ctx, class_id)
    rules = rules_for(ctx, klass)
    cells: dict[UUID | None, dict[UUID, dict[str, Cell]]] = {}
    heads: dict[UUID | None, tuple[UUID, str, int]] = {}
    wanted = {"school": ctx.school_id, "class": class_id, "term": term}
    for course_id, book_id, book, version, learner, slot, state, tenths, text in query(ctx, _MARKS, wanted):
        heads[course_id] = book_id, book, version
        if learner is not None:
            cells.setdefault(course_id, {}).setdefault(learner, {})[slot] = Cell(state, tenths, text)
    others = elsewhere(ctx, klass, term)
    found: list[CourseMarks] = []
    courses: list[curriculum.CourseLine | None] = [
        *curriculum.courses(ctx, class_id=class_id, year_id=klass.year_id), None
    ]  # fmt: skip
    for course in courses:
        key = course.id if course else None
        found.append(_book(rules, klass, course, term, heads.get(key), cells.get(key, {}), others))
    return found


def _book(
    rules: RuleSet,
    klass: learners.ClassInfo,
    course: curriculum.CourseLine | None,
    term: int,
    head: tuple[UUID, str, int] | None,
    mine: dict[UUID, dict[str, Cell]],
    others: Elsewhere,
) -> CourseMarks:
    book_id, state, version = head or (None, "open", 1)
    there = others.get(course.code if course else OWN, {})
    comments = {learner: one[COMMENT_SLOT].text for learner, one in there.items() if COMMENT_SLOT in one}
    comments |= {learner: row.pop(COMMENT_SLOT).text or "" for learner, row in mine.items() if COMMENT_SLOT in row}
    have = {slot for row in (*mine.values(), *there.values()) for slot in row}
    columns = layout_of(rules, course, klass.grade, term, have)
    rows = {learner: joined(columns, mine.get(learner, {}), there.get(learner)) for learner in {*mine, *there}}
    cells = {learner: row.cells for learner, row in rows.items()}
    origins = {learner: tuple(dict.fromkeys(row.origins.values())) for learner, row in rows.items() if row.origins}
    return CourseMarks(course, columns, book_id, state, version, cells, comments, origins)
