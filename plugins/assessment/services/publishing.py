"""What families see: the marks of a class in a term as they were when somebody published them, one child at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from core.sdk import Context, access
from core.sdk.audit import record
from core.sdk.data import query
from core.sdk.errors import Forbidden, NotFound
from core.sdk.events import emit
from core.sdk.people import kept_ids
from core.sdk.school import current_year
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from ..access import PUBLISH, READ
from ..events import MARKS_PUBLISHED
from ..grid.cells import stored
from ..grid.slots import COMMENT_SLOT, Layout, parsed_row
from . import carrying
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
# What was published of records that were made one with the child's since counts where the child's own has nothing.
_CHILD = """
SELECT b.class_id, b.course_id, b.term, p.published_at,
  coalesce((SELECT jsonb_object_agg(e.key, e.value) FROM unnest(:others::text[]) o, jsonb_each(p.marks -> o) e), '{}')
    || coalesce(p.marks -> CAST(:child AS text), '{}')
FROM assessment_gradebook b
JOIN assessment_publication p ON p.school_id = b.school_id AND p.gradebook_id = b.id
WHERE b.school_id = :school AND b.year_id = :year AND b.class_id = ANY(:classes::uuid[])
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
    origins: Mapping[str, str] = field(default_factory=dict)
    """By slot, in which class or school it was given, where that was not the present class."""


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
        NotFound: not one's own child (or not within the actor's reach), or no pupil of this school. Forbidden.
    """
    _require_family(ctx, learner_id)
    year = current_year(ctx).id
    lines = learners.enrolments_of(ctx, learner_id, year)
    if not lines:
        learners.pupil(ctx, learner_id)
        return []
    here = learners.class_of(ctx, lines[-1].class_id)
    papers = {term: carrying.brought(ctx, learner_id, year, term) for term in (1, 2)}
    published = _published(ctx, year, learner_id, [line.class_id for line in lines])
    found = []
    for course in [*curriculum.courses(ctx, class_id=here.id), None]:
        code = course.code if course else carrying.OWN
        for term in (1, 2):
            mine = [one for one in published if (one.code, one.term) == (code, term)]
            child = _joined(ctx, here, course, term, mine, dict(papers[term].get(code, {})))
            if child is not None:
                found.append(child)
    return sorted(found, key=lambda book: book.term)


@dataclass(frozen=True, slots=True)
class _Published:
    """A book that families see, with the cells of one child."""

    code: str
    term: int
    class_id: UUID
    class_name: str
    at: datetime
    cells: Mapping[str, str]


def _published(ctx: Context, year: UUID, learner_id: UUID, classes: list[UUID]) -> list[_Published]:
    """The published books of the classes that a child was in, the earliest class first."""
    names = {class_id: learners.class_of(ctx, class_id).name for class_id in classes}
    codes = {line.id: line.code for class_id in names for line in curriculum.courses(ctx, class_id=class_id)}
    others = [str(gone) for gone, keep in kept_ids(ctx).items() if keep == learner_id]
    wanted = {
        "school": ctx.school_id, "year": year, "classes": list(names), "child": str(learner_id), "others": others,
    }  # fmt: skip
    rows = query(ctx, _CHILD, wanted)
    found = [
        _Published(
            carrying.OWN if course is None else codes.get(course, "?"), term, class_id, names[class_id], at, cells or {}
        )
        for class_id, course, term, at, cells in rows
    ]
    return sorted(found, key=lambda one: classes.index(one.class_id))


def _joined(
    ctx: Context,
    here: learners.ClassInfo,
    course: curriculum.CourseLine | None,
    term: int,
    books: Sequence[_Published],
    others: dict[str, carrying.Carried],
) -> ChildBook | None:
    """What is published of one subject in the child's classes as one book of the present class, with what the child
    brought from another school; nothing while nothing is published."""
    if not books:
        return None
    own: Mapping[str, str] = {}
    for one in books:
        if one.class_id == here.id:
            own = one.cells
            continue
        for slot, text_ in one.cells.items():
            carrying.put(others, slot, carrying.Carried(text_, one.class_name, False))
    columns = layout_of(rules_for(ctx, here), course, here.grade, term, {*own, *others})
    row = carrying.joined(columns, parsed_row(columns, own), others)
    cells = {slot: stored(cell) for slot, cell in row.cells.items()}
    if COMMENT_SLOT in others and COMMENT_SLOT not in cells:
        cells[COMMENT_SLOT] = others[COMMENT_SLOT].text
    if not cells:
        return None
    columns = layout_of(rules_for(ctx, here), course, here.grade, term, set(cells))
    return ChildBook(here.name, course, term, columns, cells, max(one.at for one in books), row.origins)
