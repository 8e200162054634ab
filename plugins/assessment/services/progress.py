"""How far entry has come: of one's own subjects, and of all classes for the head."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select

from core.sdk import Context
from core.sdk.data import query
from core.sdk.errors import Forbidden, NotFound
from core.sdk.school import Year, current_year
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from ..access import EDIT, READ
from ..grid.slots import RESULT_SLOT, Layout
from ..models import Brought
from .approving import may_approve
from .books import layout_of, rules_for
from .windows import Opening, last_day, openings

_COUNTS = """
SELECT b.class_id, b.course_id, b.state, b.version, m.slot, count(m.slot), b.id
FROM assessment_gradebook b
LEFT JOIN assessment_mark m ON m.school_id = b.school_id AND m.gradebook_id = b.id
WHERE b.school_id = :school AND b.year_id = :year AND b.term = :term
  AND (:classes::uuid[] IS NULL OR b.class_id = ANY(:classes::uuid[]))
GROUP BY b.id, m.slot
"""
_OF_PUPILS = """
SELECT b.class_id, b.course_id, m.learner_id, m.slot
FROM assessment_gradebook b JOIN assessment_mark m ON m.school_id = b.school_id AND m.gradebook_id = b.id
WHERE b.school_id = :school AND b.year_id = :year AND b.term = :term AND m.learner_id = ANY(:learners::uuid[])
"""
Key = tuple[UUID, UUID | None]
"""Class and course; without a course the class's own book."""
Counted = tuple[UUID, UUID | None, str]
"""Class, course and slot."""


@dataclass(frozen=True, slots=True)
class BookLine:
    """How far a book has come. `course` is None for the class's own book."""

    class_id: UUID
    class_name: str
    grade: int
    course: curriculum.CourseLine | None
    term: int
    state: str
    version: int
    pupils: int
    wanted: int
    """Required cells of all pupils."""
    entered: int
    closes_at: datetime | None
    """When the first window closes for a kind of mark of which something is missing."""
    open: bool
    """Whether anything that is missing can be entered now."""

    @property
    def missing(self) -> int:
        return max(0, self.wanted - self.entered)

    @property
    def last_day(self) -> date | None:
        """The last day for what is missing, where one is set."""
        return last_day(self.closes_at) if self.closes_at else None

    @property
    def percent(self) -> int:
        """Whole percent, never 100 while something is missing."""
        return 100 if not self.missing else min(99, self.entered * 100 // self.wanted)


@dataclass(frozen=True, slots=True)
class _State:
    state: str
    version: int
    counts: Mapping[str, int]


def of_term(term: int, year: Year, today: datetime) -> int:
    """A term as asked for, or the one that runs: term II begins in January."""
    if term in (1, 2):
        return term
    return 1 if today.year == year.starts_on.year else 2


def my_books(ctx: Context, term: int) -> list[BookLine]:
    """The books that the actor fills: the subjects they teach, and the books of the classes they lead.

    Raises:
        Forbidden: nobody whom marks concern.
    """
    if not any(ctx.actor.has(f"{EDIT}.{scope}") for scope in (curriculum.TAUGHT, curriculum.HOMEROOM)):
        ctx.require(EDIT)
    taught, led = curriculum.my_courses(ctx), curriculum.my_homerooms(ctx)
    return _lines(ctx, term, courses=taught, homerooms=led)


def to_approve(ctx: Context, term: int) -> list[BookLine]:
    """The locked books that wait for the actor, who was named to approve them."""
    mine = [line.id for line in curriculum.courses(ctx) if may_approve(ctx, line)]
    homerooms = None if may_approve(ctx, None) else frozenset[UUID]()
    lines = _lines(ctx, term, courses=mine, homerooms=homerooms) if mine else []
    return [line for line in lines if line.state == "locked"]


def all_books(ctx: Context, term: int, class_id: UUID | None = None) -> list[BookLine]:
    """Every book of the school, or of one class, by class and subject.

    Raises:
        Forbidden, NotFound: a class outside the actor's reach.
    """
    if class_id is None:
        ctx.require(READ)
        return _lines(ctx, term)
    if not ctx.actor.has(READ):
        if not ctx.actor.has(f"{READ}.{curriculum.HOMEROOM}"):
            raise Forbidden(READ)
        if class_id not in curriculum.my_homerooms(ctx):
            raise NotFound
    return _lines(ctx, term, class_id=class_id)


def _lines(
    ctx: Context,
    term: int,
    *,
    courses: Collection[UUID] | None = None,
    homerooms: Collection[UUID] | None = None,
    class_id: UUID | None = None,
) -> list[BookLine]:
    year = current_year(ctx).id
    classes = {row.class_id: row for row in ctx.session.execute(learners.classes(ctx))}
    wanted: list[Key] = []
    by_course: dict[UUID, curriculum.CourseLine] = {}
    for course in curriculum.courses(ctx, class_id=class_id):
        by_course[course.id] = course
        if courses is None or course.id in courses:
            wanted.append((course.class_id, course.id))
    led = set(classes if class_id is None else [class_id]) if homerooms is None else homerooms
    wanted += [(one, None) for one in led if one in classes]
    states = _states(ctx, year, term, sorted({one for one, _course in wanted}))
    sizes = _sizes(ctx)
    moved = _moved(ctx, year, term, _all_courses(ctx, by_course, class_id))
    grades: dict[int, learners.ClassInfo] = {}
    opened: dict[int, Mapping[str, Opening]] = {}
    found = []
    for one, course_id in wanted:
        klass = classes.get(one)
        if klass is None or not 1 <= klass.grade <= 12:
            continue
        if klass.grade not in grades:
            grades[klass.grade] = learners.class_of(ctx, one)
            opened[klass.grade] = openings(ctx, year, klass.grade, term)
        rules = rules_for(ctx, replace(grades[klass.grade], id=one))
        line = by_course[course_id] if course_id else None
        columns = layout_of(rules, line, klass.grade, term, frozenset())
        state = states.get((one, course_id), _State("open", 1, {}))
        complete = moved[one, course_id, RESULT_SLOT]
        more = {slot: moved[one, course_id, slot] + complete for slot in columns.required}
        counts = {slot: state.counts.get(slot, 0) + more[slot] for slot in columns.required}
        found.append(
            _line(klass, line, term, columns, replace(state, counts=counts), sizes.get(one, 0), opened[klass.grade])
        )
    order = {one: at for at, one in enumerate(classes)}
    place = {course: at for at, course in enumerate(by_course)}
    return sorted(found, key=lambda b: (order[b.class_id], place[b.course.id] if b.course else len(place)))


def _all_courses(
    ctx: Context, known: Mapping[UUID, curriculum.CourseLine], class_id: UUID | None
) -> Mapping[UUID, curriculum.CourseLine]:
    """The courses of the year: of one class are not enough where pupils came from another."""
    return known if class_id is None else {line.id: line for line in curriculum.courses(ctx)}


def _line(
    klass: Row[Any],
    course: curriculum.CourseLine | None,
    term: int,
    columns: Layout,
    state: _State,
    pupils: int,
    opened: Mapping[str, Opening],
) -> BookLine:
    required = [slot for slot in columns.slots if slot.required]
    counts = {slot.name: min(state.counts.get(slot.name, 0), pupils) for slot in required}
    missing = [slot for slot in required if counts[slot.name] < pupils]
    closing = [at for slot in missing if (at := opened[slot.kind].closes_at) is not None]
    return BookLine(
        klass.class_id, klass.class_name, klass.grade, course, term, state.state, state.version, pupils,
        pupils * len(required), sum(counts.values()), min(closing) if closing else None,
        any(opened[slot.kind].open for slot in missing),
    )  # fmt: skip


def _states(ctx: Context, year: UUID, term: int, classes: list[UUID]) -> dict[Key, _State]:
    counts: dict[Key, dict[str, int]] = defaultdict(dict)
    heads: dict[Key, tuple[str, int]] = {}
    wanted = {"school": ctx.school_id, "year": year, "term": term, "classes": classes}
    for class_id, course_id, state, version, slot, count, _book in query(ctx, _COUNTS, wanted):
        heads[class_id, course_id] = state, version
        if slot is not None:
            counts[class_id, course_id][slot] = count
    return {key: _State(*head, counts[key]) for key, head in heads.items()}


def _moved(ctx: Context, year: UUID, term: int, by_course: Mapping[UUID, curriculum.CourseLine]) -> Counter[Counted]:
    """By how much to correct the counts: marks of pupils who left a class are not its own, but that of the class to
    which they went; what was brought from another school counts too."""
    spans = learners.enrolments_in(ctx, year).subquery()
    gone = {row[0] for row in ctx.session.execute(select(spans.c.person_id).where(spans.c.ends_on.is_not(None)))}
    papers = [*ctx.session.execute(
        select(Brought.learner_id, Brought.cells).where(
            Brought.school_id == ctx.school_id, Brought.year_id == year, Brought.term == term,
            Brought.ended_at.is_(None)
        )
    )]  # fmt: skip
    found: Counter[Counted] = Counter()
    if not gone and not papers:
        return found
    people = gone | {row.learner_id for row in papers}
    here = select(spans.c.person_id, spans.c.class_id).where(spans.c.ends_on.is_(None), spans.c.person_id.in_(people))
    present: dict[UUID, UUID] = {row[0]: row[1] for row in ctx.session.execute(here)}
    places = {(line.class_id, line.code): line.id for line in by_course.values()}
    stands: set[tuple[UUID, Key, str]] = set()

    def arrived(learner: UUID, code: str, slot: str) -> None:
        if (to := present.get(learner)) is not None and (not code or (to, code) in places):
            stands.add((learner, (to, places.get((to, code))), slot))

    wanted = {"school": ctx.school_id, "year": year, "term": term, "learners": list(people)}
    for class_id, course_id, learner, slot in query(ctx, _OF_PUPILS, wanted):
        found[class_id, course_id, slot] -= 1
        line = by_course.get(course_id)
        if course_id is None or line is not None:
            arrived(learner, line.code if line else "", slot)
    for row in papers:
        for code, cells in row.cells.items():
            for slot in cells:
                arrived(row.learner_id, code, slot)
    for _learner, (class_id, course), slot in stands:
        found[class_id, course, slot] += 1
    return found


def _sizes(ctx: Context) -> dict[UUID, int]:
    roll = learners.enrolled(ctx).subquery()
    counted = select(roll.c.class_id, func.count()).group_by(roll.c.class_id)
    return {row[0]: row[1] for row in ctx.session.execute(counted)}
