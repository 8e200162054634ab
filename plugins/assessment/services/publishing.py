"""What families see: the marks of a class in a term as they were when somebody published them, one child at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from core.sdk import Context, access
from core.sdk.audit import record
from core.sdk.data import query
from core.sdk.errors import Forbidden, NotFound
from core.sdk.events import emit
from core.sdk.school import current_year
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from ..access import PUBLISH, READ
from ..events import MARKS_PUBLISHED
from ..grid.slots import Layout
from .books import layout_of, rules_for
from .locking import SNAPSHOT

_PUBLISH = text(
    "INSERT INTO assessment_publication (school_id, gradebook_id, version, published_at, published_by, marks)"  # noqa: S608
    f" SELECT b.school_id, b.id, b.version, :now, :name, ({SNAPSHOT}) FROM assessment_gradebook b"
    " WHERE b.school_id = :school AND b.class_id = ANY(CAST(:classes AS uuid[])) AND b.term = :term"
    " ON CONFLICT (school_id, gradebook_id) DO UPDATE SET version = EXCLUDED.version,"
    " published_at = EXCLUDED.published_at, published_by = EXCLUDED.published_by, marks = EXCLUDED.marks"
)
_WITHDRAW = text(
    "DELETE FROM assessment_publication p USING assessment_gradebook b WHERE p.school_id = :school"
    " AND b.school_id = p.school_id AND b.id = p.gradebook_id AND b.class_id = ANY(CAST(:classes AS uuid[]))"
    " AND b.term = :term"
)
_CHILD = """
SELECT b.class_id, b.course_id, b.term, p.published_at, p.marks -> CAST(:child AS text)
FROM assessment_gradebook b
JOIN assessment_publication p ON p.school_id = b.school_id AND p.gradebook_id = b.id
WHERE b.school_id = :school AND b.year_id = :year AND b.class_id = ANY(:classes::uuid[])
  AND p.marks ? CAST(:child AS text)
"""
_STATE = """
SELECT b.class_id, b.term, count(*), max(p.published_at), count(*) FILTER (WHERE p.published_at < b.updated_at)
FROM assessment_gradebook b JOIN assessment_publication p ON p.school_id = b.school_id AND p.gradebook_id = b.id
WHERE b.school_id = :school AND b.year_id = :year GROUP BY b.class_id, b.term
"""


@dataclass(frozen=True, slots=True)
class PublishedState:
    """How much of a class families see in a term."""

    books: int
    published_at: datetime
    changed_since: int
    """Books that changed after they were published; families see them as they were."""


@dataclass(frozen=True, slots=True)
class ChildBook:
    """What a family sees of one book: the child's own cells, nothing of anybody else."""

    class_name: str
    course: curriculum.CourseLine | None
    term: int
    layout: Layout
    cells: Mapping[str, str]
    published_at: datetime


def publish(ctx: Context, class_ids: Sequence[UUID], term: int) -> None:
    """Show families the marks of classes in a term as they are now; locked or not is no matter.

    Raises:
        NotFound: no such class or term. Forbidden.
    """
    ctx.require(PUBLISH)
    names = _names(ctx, class_ids, term)
    values = {"school": ctx.school_id, "classes": list(names), "term": term}
    ctx.session.execute(_PUBLISH, {**values, "now": ctx.now(), "name": ctx.actor.name})
    for class_id, name in names.items():
        detail = {"term": term, "name": name}
        record(ctx, "assessment.marks.published", target=("learners_class", class_id), detail=detail)
        emit(ctx, MARKS_PUBLISHED, {"class_id": str(class_id), "term": term})


def withdraw(ctx: Context, class_ids: Sequence[UUID], term: int) -> None:
    """Let families see the marks of classes in a term no more.

    Raises:
        NotFound: no such class or term. Forbidden.
    """
    ctx.require(PUBLISH)
    names = _names(ctx, class_ids, term)
    ctx.session.execute(_WITHDRAW, {"school": ctx.school_id, "classes": list(names), "term": term})
    for class_id, name in names.items():
        detail = {"term": term, "name": name}
        record(ctx, "assessment.marks.withdrawn", target=("learners_class", class_id), detail=detail)
        emit(ctx, MARKS_PUBLISHED, {"class_id": str(class_id), "term": term})


def _names(ctx: Context, class_ids: Sequence[UUID], term: int) -> dict[UUID, str]:
    known = {row.class_id: row.class_name for row in ctx.session.execute(learners.classes(ctx))}
    if term not in (1, 2) or not class_ids or any(class_id not in known for class_id in class_ids):
        raise NotFound
    return {class_id: known[class_id] for class_id in class_ids}


def published(ctx: Context) -> dict[tuple[UUID, int], PublishedState]:
    """How much families see, by class and term of the current year."""
    ctx.require(READ)
    found = query(ctx, _STATE, {"school": ctx.school_id, "year": current_year(ctx).id})
    return {(class_id, term): PublishedState(count, at, since) for class_id, term, count, at, since in found}


def _require_family(ctx: Context, learner_id: UUID) -> None:
    """A teacher's reach over the pupils of a class does not open this page: other subjects are not theirs to see."""
    if not ctx.actor.has(READ):
        if not ctx.actor.has(f"{READ}.own"):
            raise Forbidden(READ)
        if learner_id != ctx.actor.person_id and learner_id not in access.children(ctx):
            raise NotFound
    access.require_for(ctx, READ, learner_id)


def child_books(ctx: Context, learner_id: UUID) -> list[ChildBook]:
    """The published marks of one child in the current year, subject by subject.

    Raises:
        NotFound: not one's own child (or not within the actor's reach). Forbidden.
    """
    _require_family(ctx, learner_id)
    year = current_year(ctx).id
    classes = {line.class_id: line.class_name for line in learners.enrolments_of(ctx, learner_id, year)}
    if not classes:
        return []
    infos = {class_id: learners.class_of(ctx, class_id) for class_id in classes}
    courses = {line.id: line for class_id in classes for line in curriculum.courses(ctx, class_id=class_id)}
    wanted = {"school": ctx.school_id, "year": year, "classes": list(classes), "child": str(learner_id)}
    found = []
    for class_id, course_id, term, at, cells in query(ctx, _CHILD, wanted):
        klass, course = infos[class_id], courses.get(course_id)
        columns = layout_of(rules_for(ctx, klass), course, klass.grade, term, frozenset(cells))
        found.append(ChildBook(classes[class_id], course, term, columns, cells, at))
    order = {course_id: at for at, course_id in enumerate(courses)}
    return sorted(found, key=lambda book: (book.term, order.get(book.course.id, 0) if book.course else len(order)))
