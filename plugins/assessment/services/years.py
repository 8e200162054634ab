"""The whole year of a class for the record that is kept for good: results, comments, qualities, and whether marks are
locked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from core.sdk import Context
from core.sdk.data import query
from plugins.attendance import public as attendance
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from ..grid.cells import EXEMPT, VALUE, Cell, stored
from ..grid.slots import TRAINING_SLOT
from ..rules.primary import Completion
from ..rules.promotion import Promotion
from ..rules.ruleset import PrimaryRules, RuleSet
from .books import rules_for
from .marks import CourseMarks
from .results.gathering import around, result_of
from .results.keeping import rows_of
from .results.reading import books_of
from .results.shapes import UNDECIDED, PupilResult

_COMMENTS = """
SELECT b.course_id, b.term, m.learner_id, m.text
FROM assessment_gradebook b JOIN assessment_mark m ON m.school_id = b.school_id AND m.gradebook_id = b.id
WHERE b.school_id = :school AND b.class_id = :class AND b.course_id IS NOT NULL AND m.slot = 'nx' AND m.text <> ''
ORDER BY b.term
"""
_PUBLISHED = """
SELECT DISTINCT b.term FROM assessment_gradebook b
JOIN assessment_publication p ON p.school_id = b.school_id AND p.gradebook_id = b.id
WHERE b.school_id = :school AND b.class_id = :class
"""

_LATER = frozenset(
    {
        Promotion.RETEST, Promotion.SUMMER_TRAINING, Promotion.SUMMER_TRAINING_THEN_RETEST, Completion.SUPPORT,
    }
)  # fmt: skip
"""A second chance is still to come."""


@dataclass(frozen=True, slots=True)
class OpenBook:
    """Marks that somebody could still change: nothing that is kept for good is made of them."""

    course_id: UUID | None
    term: int
    name: str
    """Of the subject in Vietnamese; empty for the class's own book."""


@dataclass(frozen=True, slots=True)
class PupilYear:
    """What the year of one pupil holds beside the results.

    Attributes:
        comments: of subjects, by code: the one of term II, or else of term I.
        qualities: primary school: levels of qualities and competences by code, at the end of the year.
        tests: primary school: marks of the periodic test at the end of the year, by code of the subject.
        absent: absences by the basis that the school counts in, with leave and without; None where unknown.
        waits: a second chance after the year is still to come.
        trainings: secondary school: training level of term I and II.
    """

    member: learners.ClassMember
    result: PupilResult
    comments: Mapping[str, str]
    qualities: Mapping[str, str]
    tests: Mapping[str, str]
    absent: attendance.AbsenceTotals | None
    waits: bool
    trainings: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class ClassYear:
    """The year of a class."""

    klass: learners.ClassInfo
    rules: RuleSet
    courses: tuple[curriculum.CourseLine, ...]
    pupils: tuple[PupilYear, ...]
    open_books: tuple[OpenBook, ...]
    published: frozenset[int]
    """Terms that families have been shown."""


def class_year(ctx: Context, class_id: UUID) -> ClassYear:
    """The year of a class as the books stand now, in a bounded number of statements. The caller has asked who asks.

    Raises:
        NotFound: no such class, or no rule set holds for it.
    """
    klass = learners.class_of(ctx, class_id)
    rules, books = rules_for(ctx, klass), books_of(ctx, class_id)
    members = learners.class_list(ctx, class_id)
    other = around(ctx, klass.year_id, (member.id for member in members))
    absent = attendance.totals(ctx, learner_ids=[member.id for member in members], year_id=klass.year_id)
    courses = {book.course.id: book.course for _term, book in books if book.course is not None}
    own_books = {term: book for term, book in books if book.course is None}
    own = {term: book.comments for term, book in own_books.items()}
    said = _comments(ctx, class_id, courses)
    primary = _PrimaryEnd(rules.primary, klass.grade, books) if rules.primary is not None else None
    found = []
    for member in members:
        result = result_of(rules, klass.grade, member.id, rows_of(books, member.id), other, "vi")
        result = replace(result, comments=(own[1].get(member.id, ""), own[2].get(member.id, "")))
        found.append(
            PupilYear(
                member, result, said.get(member.id, {}),
                primary.qualities(member.id) if primary else {}, primary.tests(member.id) if primary else {},
                absent.get(member.id), result.outcome == UNDECIDED and result.promotion in _LATER,
                _trainings(own_books, member.id),
            )
        )  # fmt: skip
    open_books = tuple(
        OpenBook(book.course.id if book.course else None, term, book.course.name_vi if book.course else "")
        for term, book in books
        if book.state == "open"
    )
    published = frozenset(row[0] for row in query(ctx, _PUBLISHED, {"school": ctx.school_id, "class": class_id}))
    return ClassYear(klass, rules, tuple(courses.values()), tuple(found), open_books, published)


def _comments(
    ctx: Context, class_id: UUID, courses: Mapping[UUID, curriculum.CourseLine]
) -> dict[UUID, dict[str, str]]:
    found: dict[UUID, dict[str, str]] = {}
    for course_id, _term, learner_id, text in query(ctx, _COMMENTS, {"school": ctx.school_id, "class": class_id}):
        if course_id in courses:
            found.setdefault(learner_id, {})[courses[course_id].code] = text
    return found


def _trainings(own: Mapping[int, CourseMarks], learner_id: UUID) -> tuple[str, str]:
    found = [own[term].cells.get(learner_id, {}).get(TRAINING_SLOT) for term in (1, 2)]
    first, second = ((cell.text or "") if cell is not None else "" for cell in found)
    return first, second


class _PrimaryEnd:
    """The last checkpoint of a primary year."""

    def __init__(self, rules: PrimaryRules, grade: int, books: list[tuple[int, CourseMarks]]) -> None:
        self._last, self._codes = rules.final_checkpoint.lower(), rules.qualities_of(grade)
        self._books = [book for term, book in books if term == 2]

    def qualities(self, learner_id: UUID) -> dict[str, str]:
        own = next((book.cells.get(learner_id, {}) for book in self._books if book.course is None), {})
        found = {code: own.get(f"{code}_{self._last}") for code in self._codes}
        return {code: _text(cell) for code, cell in found.items() if cell is not None}

    def tests(self, learner_id: UUID) -> dict[str, str]:
        found = {
            book.course.code: book.cells.get(learner_id, {}).get(f"{self._last}_d")
            for book in self._books
            if book.course is not None
        }
        return {code: stored(cell) for code, cell in found.items() if cell is not None and cell.state == VALUE}


def _text(cell: Cell) -> str:
    return (cell.text or "") if cell.state == VALUE else "M" if cell.state == EXEMPT else ""
