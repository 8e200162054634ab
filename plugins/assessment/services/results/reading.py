"""Results of a class and of one pupil as the books stand now; for families as they were published."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from core.sdk import Context
from core.sdk.errors import Forbidden, NotFound
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from ...access import READ
from ...grid.slots import COMMENT_SLOT, parsed_row
from ..books import rules_for
from ..marks import CourseMarks, marks_of
from ..publishing import child_books
from .gathering import Around, BookRow, around, result_of
from .keeping import Kept, kept_of, rows_of
from .shapes import PupilResult


def require_class(ctx: Context, class_id: UUID) -> learners.ClassInfo:
    """A class whose results the actor may see: all of the school, or their homeroom class.

    Raises:
        NotFound: no such class, or not theirs. Forbidden: marks are not theirs to see at all.
    """
    if not ctx.actor.has(READ):
        if not ctx.actor.has(f"{READ}.{curriculum.HOMEROOM}"):
            raise Forbidden(READ)
        if class_id not in curriculum.my_homerooms(ctx):
            raise NotFound
    return learners.class_of(ctx, class_id)


def class_results(ctx: Context, class_id: UUID, language: str = "vi") -> list[tuple[learners.ClassMember, PupilResult]]:
    """The results of every pupil of a class by given name, in a bounded number of statements.

    Raises:
        NotFound, Forbidden: as `require_class`.
    """
    return of_class(ctx, require_class(ctx, class_id), language)


def of_class(
    ctx: Context, klass: learners.ClassInfo, language: str = "vi"
) -> list[tuple[learners.ClassMember, PupilResult]]:
    """`class_results` without asking who asks."""
    members = learners.class_list(ctx, klass.id)
    books, rules = books_of(ctx, klass.id), rules_for(ctx, klass)
    other = around(ctx, klass.year_id, (member.id for member in members))
    own = {term: book.comments for term, book in books if book.course is None}
    return [
        (
            member,
            replace(
                result_of(rules, klass.grade, member.id, rows_of(books, member.id), other, language),
                comments=(own[1].get(member.id, ""), own[2].get(member.id, "")),
            ),
        )
        for member in members
    ]


def books_of(ctx: Context, class_id: UUID) -> list[tuple[int, CourseMarks]]:
    """Every book of a class with its term."""
    return [(term, book) for term in (1, 2) for book in marks_of(ctx, class_id, term)]


def kept_of_class(ctx: Context, klass: learners.ClassInfo) -> list[Kept]:
    """What is kept of the year of every pupil of a class; the caller has asked who asks."""
    members = [member.id for member in learners.class_list(ctx, klass.id)]
    other = around(ctx, klass.year_id, members)
    return list(kept_of(rules_for(ctx, klass), klass.grade, members, books_of(ctx, klass.id), other))


def pupil_result(
    ctx: Context, class_id: UUID, learner_id: UUID, language: str = "vi"
) -> tuple[learners.ClassMember, PupilResult]:
    """The results of one pupil of a class.

    Raises:
        NotFound: not in this class. Also as `require_class`.
    """
    for member, result in class_results(ctx, class_id, language):
        if member.id == learner_id:
            return member, result
    raise NotFound


def family_result(ctx: Context, learner_id: UUID, language: str = "vi") -> PupilResult | None:
    """The results of one's own child from what was published; None before anything was.

    A year of which only one term was published is undetermined there: the family learns nothing ahead of the school.

    Raises:
        NotFound, Forbidden: as `publishing.child_books`.
    """
    books = child_books(ctx, learner_id)
    if not books:
        return None
    lines = learners.enrolments_of(ctx, learner_id)
    klass = learners.class_of(ctx, lines[-1].class_id)
    rules = rules_for(ctx, klass)
    rows = [
        BookRow(book.course, book.term, book.layout, parsed_row(book.layout, book.cells),
                tuple(dict.fromkeys(book.origins.values())))
        for book in books
    ]  # fmt: skip
    whole = {book.term for book in books} == {1, 2}
    other = around(ctx, klass.year_id, [learner_id]) if whole else Around()
    said = {book.term: book.cells.get(COMMENT_SLOT, "") for book in books if book.course is None}
    found = result_of(rules, klass.grade, learner_id, rows, other, language)
    return replace(found, comments=(said.get(1, ""), said.get(2, "")))
