"""What is kept of the year of a whole class: set by set where the rules allow it, pupil by pupil where one is odd.

Nothing is decided here: the columns of `rules.bulk` and the one-pupil path give the same, and the second one also says
why. It takes the pupils with a second chance or with results of another school, primary pupils, and rule sets whose
marks do not fit into a byte.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from ...grid.cells import EXEMPT, PENDING, VALUE, Cell
from ...grid.slots import RESULT_SLOT, TRAINING_SLOT, Layout, regular_number
from ...rules.bulk import PROMOTIONS, UNKNOWN, SubjectColumns, TermColumns, YearColumns, bulk_year
from ...rules.bulk.codes import EXEMPT_CODE, HIGHEST, MISSING_CODE, PENDING_CODE
from ...rules.promotion import Promotion
from ...rules.ruleset import RuleSet, SecondaryRules
from ..marks import CourseMarks
from .gathering import Around, BookRow, result_of
from .shapes import PupilResult, outcome_of, subjects_as_json

TENTHS = 1
"""Decimals of a cell; a rule set that averages to another number of them is not taken in bulk."""
Books = Sequence[tuple[int, CourseMarks]]
"""Term and book, of one class."""
Subject = Mapping[int, CourseMarks]
"""The books of one subject by term."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The year of a pupil as lists and statistics know it. Empty texts are undetermined.

    Attributes:
        subjects: by code: term I, term II, year, and the year after re-assessment.
        outcome: what the turn of the year does.
        cite: the article that says so.
    """

    learner_id: UUID
    rule_set: str
    subjects: dict[str, list[str]]
    learning: str
    training: str
    final_learning: str
    final_training: str
    promotion: str
    title: str
    outcome: str
    cite: str


def of_result(found: PupilResult) -> Kept:
    """What is kept of a result with all its reasons."""
    return Kept(
        found.learner_id, found.rule_set, subjects_as_json(found), found.learning, found.training,
        found.final_learning, found.final_training, found.promotion, found.title, found.outcome,
        str(found.because["promotion"].cite),
    )  # fmt: skip


def rows_of(books: Books, learner_id: UUID) -> Iterator[BookRow]:
    """The rows of one pupil in all books."""
    for term, book in books:
        yield BookRow(book.course, term, book.layout, book.cells.get(learner_id, {}), book.origins.get(learner_id, ()))


def kept_of(rules: RuleSet, grade: int, learner_ids: Sequence[UUID], books: Books, other: Around) -> Iterator[Kept]:
    """The year of every pupil of a class, in no order."""
    plain = [id for id in learner_ids if _is_plain(id, books, other)] if _fits(rules) else []
    rest = set(learner_ids).difference(plain)
    if plain and rules.secondary is not None:
        yield from _in_bulk(rules, rules.secondary, grade, plain, books, other)
    for id in rest:
        yield of_result(result_of(rules, grade, id, rows_of(books, id), other, "vi"))


def _fits(rules: RuleSet) -> bool:
    if rules.secondary is None:
        return False
    marks = rules.secondary.marks
    return marks.average_decimals == marks.scale.decimals == TENTHS and marks.scale.maximum.scaleb(TENTHS) <= HIGHEST


def _is_plain(learner_id: UUID, books: Books, other: Around) -> bool:
    return learner_id not in other.summers and not any(
        RESULT_SLOT in book.cells.get(learner_id, ()) for _term, book in books
    )


def _in_bulk(
    rules: RuleSet, secondary: SecondaryRules, grade: int, pupils: Sequence[UUID], books: Books, other: Around
) -> Iterator[Kept]:
    subjects = _by_subject(books)
    columns = [_subject(code, terms, pupils) for code, terms in subjects.items()]
    own = {term: book.cells for term, book in books if book.course is None}
    levels = secondary.training.levels
    training = [bytes(_training(levels, own.get(term, {}).get(id)) for id in pupils) for term in (1, 2)]
    counted = (other.absences.get(id) for id in pupils)
    absences = array("l", (-1 if units is None else units for units in counted))
    assessed = bytes(id not in other.unassessed for id in pupils)
    year = bulk_year(rules, grade, columns, (training[0], training[1]), absences, assessed)
    yield from _read(rules.code, secondary, pupils, columns, year)


def _by_subject(books: Books) -> dict[str, dict[int, CourseMarks]]:
    found: dict[str, dict[int, CourseMarks]] = {}
    for term, book in books:
        if book.course is not None:
            found.setdefault(book.course.code, {})[term] = book
    return found


def _subject(code: str, terms: Subject, pupils: Sequence[UUID]) -> SubjectColumns:
    any_term = next(iter(terms.values()))
    scored = any_term.layout.assessed == "score"
    layouts = [terms[term].layout if term in terms else any_term.layout for term in (1, 2)]
    cells = [terms[term].cells if term in terms else {} for term in (1, 2)]
    first, second = (_term(layout, rows, pupils) for layout, rows in zip(layouts, cells, strict=True))
    return SubjectColumns(code, scored, (layouts[0].regular, layouts[1].regular), (first, second))


def _term(layout: Layout, cells: Mapping[UUID, Mapping[str, Cell]], pupils: Sequence[UUID]) -> TermColumns:
    rows = [cells.get(id, {}) for id in pupils]
    regular = max([layout.regular, *(regular_number(slot) for row in rows for slot in row)])
    names = [*(f"tx{number}" for number in range(1, regular + 1)), "gk", "ck"]
    columns = [bytes(_code(row.get(name)) for row in rows) for name in names]
    return TermColumns(tuple(columns[:-2]), columns[-2], columns[-1])


def _code(cell: Cell | None) -> int:
    """The byte of a cell (`rules.bulk.codes`); zero by rule is 0, or not passed."""
    if cell is None:
        return MISSING_CODE
    if cell.state == VALUE:
        return cell.tenths if cell.tenths is not None else int(cell.text == "D")
    return {PENDING: PENDING_CODE, EXEMPT: EXEMPT_CODE}.get(cell.state, 0)


def _training(levels: Sequence[str], row: Mapping[str, Cell] | None) -> int:
    cell = row.get(TRAINING_SLOT) if row else None
    return levels.index(cell.text) if cell is not None and cell.text in levels else UNKNOWN


def _read(
    rule_set: str, rules: SecondaryRules, pupils: Sequence[UUID], subjects: Sequence[SubjectColumns], year: YearColumns
) -> Iterator[Kept]:
    """Columns back into what is kept of each pupil."""
    learning = _words(rules.learning.codes(), year.learning[2])
    training = _words(rules.training.levels, year.training)
    titles = _words([*(title.code for title in rules.titles), ""], year.titles)
    texts = [
        [list(map((_SCORES if subject.scored else _COMMENTS).__getitem__, column)) for column in columns]
        for subject, columns in zip(subjects, year.subjects, strict=True)
    ]
    for at, learner_id in enumerate(pupils):
        promotion = PROMOTIONS[year.promotion[at]] if year.promotion[at] != UNKNOWN else None
        by_principal = promotion is Promotion.PRINCIPAL
        cite = rules.promotion.cite_disability if by_principal else rules.promotion.cite
        marks = {
            subject.code: [first[at], second[at], whole[at], ""]
            for subject, (first, second, whole) in zip(subjects, texts, strict=True)
        }
        level, trained = learning[at], training[at]
        yield Kept(
            learner_id, rule_set, marks, level, trained, level, trained, promotion.value if promotion else "",
            titles[at], outcome_of(promotion), str(cite),
        )  # fmt: skip


def _words(codes: Sequence[str], column: bytes) -> list[str]:
    return ["" if code == UNKNOWN else codes[code] for code in column]


def _table(words: Mapping[int, str]) -> list[str]:
    return [words.get(code, "") for code in range(256)]


_SCORES = _table({code: f"{Decimal(code).scaleb(-TENTHS):f}" for code in range(HIGHEST + 1)} | {EXEMPT_CODE: "M"})
_COMMENTS = _table({0: "CD", 1: "D", EXEMPT_CODE: "M"})
