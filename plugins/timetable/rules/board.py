"""A timetable as plain values: slots, lessons, and what is known about courses and teachers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, floor
from typing import NamedTuple
from uuid import UUID

WEEKS = 35
"""Teaching weeks of a year (QĐ 2308/QĐ-BGDĐT)."""


class Slot(NamedTuple):
    """A period of the week: day (Monday is 1) and position in the day (from 1, the afternoon counts on)."""

    weekday: int
    period: int


@dataclass(frozen=True, slots=True)
class Period:
    """A period of the day. `session` is morning or afternoon; times as `07:00`."""

    session: str
    number: int
    starts: str
    ends: str


@dataclass(frozen=True, slots=True)
class Hours:
    """Days and periods of a school."""

    days: tuple[int, ...]
    periods: tuple[Period, ...]

    def slots(self) -> list[Slot]:
        """All periods of the week, day by day."""
        return [Slot(day, at) for day in self.days for at in range(1, len(self.periods) + 1)]

    def has(self, slot: Slot) -> bool:
        return slot.weekday in self.days and 1 <= slot.period <= len(self.periods)

    def sessions(self) -> list[tuple[int, ...]]:
        """Positions of the periods of each session, in the order of the day."""
        found: dict[str, list[int]] = {}
        for at, period in enumerate(self.periods, start=1):
            found.setdefault(period.session, []).append(at)
        return [tuple(positions) for positions in found.values()]


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """A course: whose, what, how often, by whom. `teacher` is None while nobody is named."""

    id: UUID
    class_id: UUID
    subject_id: UUID
    periods: int
    teacher: UUID | None

    @property
    def weekly(self) -> int:
        """Whole periods a week, half up: what a timetable is made with."""
        return max(1, floor(self.periods / WEEKS + 0.5))

    @property
    def least(self) -> int:
        """The fewest a week that the plan of the year still bears."""
        return floor(self.periods / WEEKS)

    @property
    def most(self) -> int:
        """The most a week that the plan of the year still bears."""
        return ceil(self.periods / WEEKS)


@dataclass(frozen=True, slots=True)
class Placed:
    """A lesson where it is. `teacher` is who gives it; `own` whether the lesson names them itself."""

    id: UUID
    course: UUID
    class_id: UUID
    subject_id: UUID
    slot: Slot
    teacher: UUID | None
    kind: str = "lesson"
    room: str = ""
    fixed: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """How lessons of a subject are spread."""

    most_a_day: int = 2
    doubles: int = 0
    heavy: bool = False
    at_once: int | None = None


USUAL = SubjectFacts()


@dataclass(frozen=True, slots=True)
class Wishes:
    """When teachers cannot, and when they would rather not teach; on how many days of the week at most they come."""

    never: Mapping[UUID, frozenset[Slot]] = field(default_factory=dict[UUID, frozenset[Slot]])
    rather_not: Mapping[UUID, frozenset[Slot]] = field(default_factory=dict[UUID, frozenset[Slot]])
    most_days: Mapping[UUID, int] = field(default_factory=dict[UUID, int])


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that a check or a solver needs."""

    hours: Hours
    courses: Mapping[UUID, CourseFacts]
    lessons: Sequence[Placed]
    subjects: Mapping[UUID, SubjectFacts] = field(default_factory=dict[UUID, SubjectFacts])
    wishes: Wishes = field(default_factory=Wishes)
    homerooms: Mapping[UUID, UUID] = field(default_factory=dict[UUID, UUID])

    def rule(self, subject_id: UUID) -> SubjectFacts:
        return self.subjects.get(subject_id, USUAL)

    def with_lessons(self, lessons: Iterable[Placed]) -> Board:
        """The same school with another timetable."""
        return Board(self.hours, self.courses, tuple(lessons), self.subjects, self.wishes, self.homerooms)

    def placed(self) -> Counter[UUID]:
        """Lessons by course."""
        return Counter(lesson.course for lesson in self.lessons)
