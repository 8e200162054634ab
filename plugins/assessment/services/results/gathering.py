"""From books, registers and the summer to what the rules ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context
from plugins.attendance import public as attendance
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from ...grid import cells
from ...grid.cells import Cell
from ...grid.slots import RESULT_SLOT, TRAINING_SLOT, Layout, term_marks
from ...models import SummerRow
from ...rules import marks
from ...rules.primary import PrimaryYear, completion, rewards, year_outcome
from ...rules.promotion import HERE, Elsewhere
from ...rules.ruleset import RuleSet
from ...rules.year import PupilYear, SubjectMarks, Summer, year_result
from .shapes import PrimaryFound, PupilResult, SubjectLine, of_primary, of_secondary

Row = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class BookRow:
    """The cells of one pupil in one book; `course` None for the class's own. `origins`: the classes or schools where
    some of them were given."""

    course: curriculum.CourseLine | None
    term: int
    layout: Layout
    cells: Row
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Around:
    """What the results of pupils are made of besides marks: absences, what came after the year, and who has a plan of
    their own instead of marks."""

    absences: Mapping[UUID, int | None] = field(default_factory=dict)
    summers: Mapping[UUID, SummerRow] = field(default_factory=dict)
    unassessed: frozenset[UUID] = frozenset()
    elsewhere: Mapping[UUID, Elsewhere] = field(default_factory=dict)


def around(ctx: Context, year_id: UUID, learner_ids: Iterable[UUID]) -> Around:
    """Absences and summers of pupils, set-based. Absences that nobody can know are None, never zero."""
    wanted = list(learner_ids)
    limit = attendance.LIMIT
    counted = attendance.totals(ctx, learner_ids=wanted, year_id=year_id)
    known = {id: total.absent if total.within(limit) is not None else None for id, total in counted.items()}
    rows = ctx.session.scalars(
        select(SummerRow).where(
            SummerRow.school_id == ctx.school_id, SummerRow.year_id == year_id, SummerRow.learner_id.in_(wanted)
        )
    )
    elsewhere = {
        id: Elsewhere(total.elsewhere, total.former_school, total.untold)
        for id, total in counted.items()
        if total.former_school or total.untold
    }
    return Around(known, {row.learner_id: row for row in rows}, learners.not_assessed(ctx, wanted), elsewhere)


def result_of(
    rules: RuleSet, grade: int, learner_id: UUID, books: Iterable[BookRow], other: Around, language: str
) -> PupilResult:
    """The year of one pupil from the rows of all books.

    Args:
        language: in which subjects are called, `vi` or `en`.
    """
    rows = [replace(row, course=_named(row.course, language)) for row in books]
    if rules.primary is not None:
        return _primary(rules, grade, learner_id, rows, other)
    return _secondary(rules, grade, learner_id, rows, other)


def _named(course: curriculum.CourseLine | None, language: str) -> curriculum.CourseLine | None:
    """The course with its Vietnamese name replaced by that of the language: the rules speak of subjects by one name."""
    return replace(course, name_vi=course.name_en) if course is not None and language == "en" else course


def _by_course(rows: Iterable[BookRow]) -> dict[str, dict[int, BookRow]]:
    found: dict[str, dict[int, BookRow]] = {}
    for row in rows:
        if row.course is not None:
            found.setdefault(row.course.code, {})[row.term] = row
    return found


def _secondary(rules: RuleSet, grade: int, learner_id: UUID, rows: list[BookRow], other: Around) -> PupilResult:
    subjects = []
    for code, terms in _by_course(rows).items():
        course = next(iter(terms.values())).course
        assert course is not None  # noqa: S101  (`_by_course` takes no other)
        layout = next(iter(terms.values())).layout
        given = [terms.get(term) or BookRow(course, term, layout, {}) for term in (1, 2)]
        subjects.append(
            SubjectMarks(
                code,
                course.name_vi,
                course.assessed == "score",
                (given[0].layout.regular, given[1].layout.regular),
                (term_marks(given[0].layout, given[0].cells), term_marks(given[1].layout, given[1].cells)),
                (_given(given[0].cells), _given(given[1].cells)),
                (given[0].origins, given[1].origins),
            )
        )
    own = {row.term: row.cells for row in rows if row.course is None}
    training = [_known(rules, cell.text) if (cell := own.get(term, {}).get(TRAINING_SLOT)) else None for term in (1, 2)]
    pupil = PupilYear(
        grade,
        subjects,
        (training[0], training[1]),
        other.absences.get(learner_id),
        learner_id not in other.unassessed,
        _summer(rules, subjects, other.summers.get(learner_id)),
        other.elsewhere.get(learner_id, HERE),
    )
    return of_secondary(learner_id, rules, year_result(rules, pupil))


def _given(row: Row) -> marks.Mark | None:
    """The result of a term that another school has made."""
    return cells.mark(row[RESULT_SLOT]) if RESULT_SLOT in row else None


def _known(rules: RuleSet, training: str | None) -> str | None:
    """A training level; one that the set does not know (entered under another one) is none."""
    return training if rules.secondary is not None and training in rules.secondary.training.levels else None


def _summer(rules: RuleSet, subjects: Iterable[SubjectMarks], row: SummerRow | None) -> Summer:
    if row is None:
        return Summer()
    scored = {subject.code: subject.scored for subject in subjects}
    retests = {}
    for code, text in row.retests.items():
        if code in scored:
            retests[code] = cells.mark(cells.parse_stored(text, "score" if scored[code] else "passed"))
    return Summer(retests, _known(rules, row.training), row.closed)


def _primary(rules: RuleSet, grade: int, learner_id: UUID, rows: list[BookRow], other: Around) -> PupilResult:
    primary = rules.primary
    assert primary is not None  # noqa: S101  (the caller has looked)
    last, first = primary.final_checkpoint.lower(), primary.checkpoints[len(primary.checkpoints) // 2 - 1].code.lower()
    levels: dict[str, str | None] = {}
    tests: dict[str, marks.Mark] = {}
    names, lines = {}, []
    for code, terms in _by_course(rows).items():
        course = next(iter(terms.values())).course
        assert course is not None  # noqa: S101
        end, half = _cells(terms, 2), _cells(terms, 1)
        levels[code], names[code] = _level(end.get(last)), course.name_vi
        if (test := end.get(f"{last}_d")) is not None:
            tests[code] = cells.mark(test)
        lines.append(
            SubjectLine(code, names[code], False, _level(half.get(first)) or "", "", _level(end.get(last)) or "")
        )
    own = next((row.cells for row in rows if row.course is None and row.term == 2), {})
    qualities = {code: _level(own.get(f"{code}_{last}")) for code in primary.qualities_of(grade)}
    year = PrimaryYear(grade, levels, qualities, tests, names, learner_id not in other.unassessed)
    outcome = year_outcome(primary, year)
    found = PrimaryFound(outcome, completion(primary, grade, outcome), rewards(primary, outcome))
    return of_primary(learner_id, rules, found, tuple(lines))


def _cells(terms: Mapping[int, BookRow], term: int) -> Row:
    row = terms.get(term)
    return row.cells if row is not None else {}


def _level(cell: Cell | None) -> str | None:
    if cell is None:
        return None
    return cell.text if cell.state == cells.VALUE else "M" if cell.state == cells.EXEMPT else None
