"""Finding a book, and who may do what with it. A book comes into being with its first mark."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select, text, update

from core.sdk import Context, _
from core.sdk.data import new_id, query
from core.sdk.errors import Conflict, Forbidden, NotFound
from core.sdk.school import school_of
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from ..access import EDIT, READ
from ..grid.slots import Layout, layout, regular_number
from ..models import Gradebook
from ..rules.ruleset import RuleSet
from .approving import may_approve, subjects_of
from .rule_sets import in_force

_SLOTS = "SELECT DISTINCT slot FROM assessment_mark WHERE school_id = :school AND gradebook_id = :book"
_ENSURE = text(
    "INSERT INTO assessment_gradebook (id, school_id, year_id, class_id, course_id, term, state, version, revision,"
    " created_at, updated_at) VALUES (:id, :school, :year, :class, :course, :term, 'open', 1, 0, :now, :now)"
    " ON CONFLICT (school_id, class_id, term, course_id) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Book:
    """A book with its columns. `id` is None before its first mark; `course` is None for the class's own book."""

    course: curriculum.CourseLine | None
    klass: learners.ClassInfo
    term: int
    layout: Layout
    id: UUID | None
    state: str
    version: int
    revision: int

    @property
    def course_id(self) -> UUID | None:
        return self.course.id if self.course else None


def rules_for(ctx: Context, klass: learners.ClassInfo) -> RuleSet:
    """The rule set that holds for a class, as the school applies it.

    Raises:
        NotFound: none does.
    """
    level = school_of(ctx).level
    grade = klass.grade
    by_grade = "primary" if grade < 6 else "lower_secondary" if grade < 10 else "upper_secondary"
    stage = "continuing" if level == "continuing" else by_grade
    return in_force(ctx).choose(stage, grade, klass.starts_on.year, on=klass.ends_on, class_id=klass.id)


def has_rules(ctx: Context, klass: learners.ClassInfo) -> bool:
    """Whether a rule set holds for a class."""
    try:
        rules_for(ctx, klass)
    except NotFound:
        return False
    return True


def course_book(ctx: Context, course_id: UUID, term: int, permission: str = READ) -> Book:
    """The book of a course in a term.

    Raises:
        NotFound: no such course or term, or not within the actor's reach. Forbidden: the permission is not held.
    """
    course = _named_for(ctx, permission, course_id) or curriculum.require_course(ctx, permission, course_id)
    require_taught(ctx, permission, course)
    return _open(ctx, course, course.class_id, term)


def class_book(ctx: Context, class_id: UUID, term: int, permission: str = READ) -> Book:
    """The class's own book (training; qualities and competences) in a term: for its homeroom teacher.

    Raises:
        NotFound: no such class or term, or not within the actor's reach. Forbidden: the permission is not held.
    """
    homeroom = f"{permission}.{curriculum.HOMEROOM}"
    named = permission == READ and "" in subjects_of(ctx)
    if not named and not ctx.actor.has(permission):
        if not ctx.actor.has(homeroom):
            raise Forbidden(permission)
        if class_id not in curriculum.my_homerooms(ctx):
            raise NotFound
    return _open(ctx, None, class_id, term)


def _named_for(ctx: Context, permission: str, course_id: UUID) -> curriculum.CourseLine | None:
    """The course where the actor was named to approve its marks: who decides on them sees them."""
    if permission != READ or not subjects_of(ctx):
        return None
    course = curriculum.course(ctx, course_id)
    return course if may_approve(ctx, course) else None


def require_taught(ctx: Context, permission: str, course: curriculum.CourseLine) -> None:
    """Leading a class lets one see the marks of all subjects, but enter only those that one teaches.

    Raises:
        NotFound: the actor would enter marks of a subject that somebody else teaches.
    """
    if permission == EDIT and not ctx.actor.has(EDIT):
        taught = ctx.actor.has(f"{EDIT}.{curriculum.TAUGHT}") and course.id in curriculum.my_courses(ctx)
        if not taught:
            raise NotFound


def may_edit(ctx: Context, book: Book) -> bool:
    """Whether the actor may enter marks into a book, windows and locks aside."""
    try:
        if book.course is None:
            class_book_right(ctx, book.klass.id)
        else:
            require_taught(ctx, EDIT, book.course)
    except (NotFound, Forbidden):
        return False
    return True


def class_book_right(ctx: Context, class_id: UUID) -> None:
    """Let pass who may enter training levels of a class.

    Raises:
        NotFound, Forbidden: otherwise.
    """
    if ctx.actor.has(EDIT):
        return
    if not ctx.actor.has(f"{EDIT}.{curriculum.HOMEROOM}"):
        raise Forbidden(EDIT)
    if class_id not in curriculum.my_homerooms(ctx):
        raise NotFound


def _open(ctx: Context, course: curriculum.CourseLine | None, class_id: UUID, term: int) -> Book:
    if term not in (1, 2):
        raise NotFound
    klass = learners.class_of(ctx, class_id)
    course_id = course.id if course else None
    wanted = select(Gradebook.id, Gradebook.state, Gradebook.version, Gradebook.revision).where(
        Gradebook.school_id == ctx.school_id,
        Gradebook.class_id == class_id,
        Gradebook.term == term,
        Gradebook.course_id.is_not_distinct_from(course_id),
    )
    found = ctx.session.execute(wanted).one_or_none()
    have: set[str] = set()
    if found is not None:
        have = {slot for (slot,) in query(ctx, _SLOTS, {"school": ctx.school_id, "book": found.id})}
    columns = layout_of(rules_for(ctx, klass), course, klass.grade, term, have)
    if found is None:
        return Book(course, klass, term, columns, None, "open", 1, 0)
    return Book(course, klass, term, columns, found.id, found.state, found.version, found.revision)


def book_id(ctx: Context, course: curriculum.CourseLine, klass: learners.ClassInfo, term: int) -> UUID | None:
    """The id of a course's book, if anything was ever entered. The caller has checked who asks."""
    wanted = select(Gradebook.id).where(
        Gradebook.school_id == ctx.school_id,
        Gradebook.class_id == klass.id,
        Gradebook.term == term,
        Gradebook.course_id == course.id,
    )
    return ctx.session.execute(wanted).scalar_one_or_none()


def layout_of(
    rules: RuleSet, course: curriculum.CourseLine | None, grade: int, term: int, have: set[str] | frozenset[str]
) -> Layout:
    """The columns of a course's book, or without a course of the class's own."""
    if course is None:
        return layout(rules, assessed="class", code="", grade=grade, periods=0, term=term, have=have)
    return layout(
        rules, assessed=course.assessed, code=course.code, grade=grade, periods=course.periods, term=term, have=have
    )


def with_columns(book: Book, have: set[str]) -> Book:
    """The book with columns for what stands in these slots too."""
    missing = {slot for slot in have if regular_number(slot) and slot not in {one.name for one in book.layout.slots}}
    if not missing:
        return book
    shown = missing | {one.name for one in book.layout.slots}
    rules = book.layout.rules
    return replace(book, layout=layout_of(rules, book.course, book.klass.grade, book.term, shown))


def ensure(ctx: Context, klass: learners.ClassInfo, course_id: UUID | None, term: int) -> None:
    """Make the book if it is not there."""
    values = {
        "id": new_id(), "school": ctx.school_id, "year": klass.year_id, "class": klass.id, "course": course_id,
        "term": term, "now": ctx.now(),
    }  # fmt: skip
    ctx.session.execute(_ENSURE, values)


def held(ctx: Context, book: Book) -> tuple[UUID, str, int, int]:
    """Hold the book for this transaction: its id, state, version and revision as they are now."""
    if book.id is None:
        ensure(ctx, book.klass, book.course_id, book.term)
    wanted = (
        select(Gradebook.id, Gradebook.state, Gradebook.version, Gradebook.revision)
        .where(
            Gradebook.school_id == ctx.school_id,
            Gradebook.class_id == book.klass.id,
            Gradebook.term == book.term,
            Gradebook.course_id.is_not_distinct_from(book.course_id),
        )
        .with_for_update()
    )
    row = ctx.session.execute(wanted).one()
    return row.id, row.state, row.version, row.revision


def touch(ctx: Context, book_id: UUID, **changed: object) -> None:
    """Write a change of the book itself; its revision grows."""
    ctx.session.execute(
        update(Gradebook)
        .where(Gradebook.school_id == ctx.school_id, Gradebook.id == book_id)
        .values(revision=Gradebook.revision + 1, updated_at=ctx.now(), **changed)
    )


def require_unlocked(state: str) -> None:
    """Let pass only while a book is being written.

    Raises:
        Conflict: it is locked or approved.
    """
    if state == "locked":
        raise Conflict(_("These marks are locked. Ask to have them opened again, with a reason."))
    if state == "approved":
        raise Conflict(_("These marks are approved. Ask to have them opened again, with a reason."))


def require_state(state: str, *wanted: str) -> None:
    """Let pass in one of these states of a locked book.

    Raises:
        Conflict: in another one.
    """
    if state == "open":
        raise Conflict(_("These marks are not locked yet."))
    if state not in wanted:
        raise Conflict(_("These marks are approved already."))
