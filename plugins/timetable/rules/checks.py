"""What is wrong with a timetable. Errors keep it from coming into force, warnings do not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from .board import Board, Placed, Slot

ERRORS = ("class_twice", "teacher_twice", "room_twice", "outside", "teacher_never", "at_once")
WARNINGS = ("too_many", "too_few", "no_teacher", "rather_not", "teacher_days", "most_a_day", "doubles", "hole")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: a code of `ERRORS` or `WARNINGS`, where, and with whom."""

    code: str
    slot: Slot | None = None
    class_id: UUID | None = None
    teacher: UUID | None = None
    subject_id: UUID | None = None
    room: str = ""
    count: int = 0
    wanted: int = 0
    lessons: tuple[UUID, ...] = ()

    @property
    def blocks(self) -> bool:
        return self.code in ERRORS


def check(board: Board) -> list[Finding]:
    """Everything that is wrong, errors first."""
    found = [*_clashes(board), *_places(board), *_counts(board), *_days(board), *_coming(board), *_holes(board)]
    order = {code: at for at, code in enumerate(ERRORS + WARNINGS)}
    return sorted(found, key=lambda f: (order[f.code], f.slot or Slot(0, 0)))


def _clashes(board: Board) -> Iterator[Finding]:
    slots: dict[Slot, list[Placed]] = defaultdict(list)
    for lesson in board.lessons:
        slots[lesson.slot].append(lesson)
    for slot, here in slots.items():
        by_class: dict[UUID, list[Placed]] = defaultdict(list)
        by_teacher: dict[UUID, list[Placed]] = defaultdict(list)
        by_room: dict[str, list[Placed]] = defaultdict(list)
        by_subject: dict[UUID, list[Placed]] = defaultdict(list)
        for lesson in here:
            by_class[lesson.class_id].append(lesson)
            if lesson.kind != "flag":  # the whole school together, on the yard
                by_subject[lesson.subject_id].append(lesson)
                if lesson.teacher:
                    by_teacher[lesson.teacher].append(lesson)
                if lesson.room:
                    by_room[lesson.room.casefold()].append(lesson)
        for class_id, those in by_class.items():
            if len(those) > 1:
                yield Finding("class_twice", slot, class_id=class_id, lessons=_ids(those))
        for teacher, those in by_teacher.items():
            if len(those) > 1:
                yield Finding("teacher_twice", slot, teacher=teacher, lessons=_ids(those), class_id=those[0].class_id)
        for those in by_room.values():
            if len(those) > 1:
                yield Finding("room_twice", slot, room=those[0].room, lessons=_ids(those), class_id=those[0].class_id)
        for subject, those in by_subject.items():
            most = board.rule(subject).at_once
            if most is not None and len(those) > most:
                yield Finding("at_once", slot, subject_id=subject, count=len(those), wanted=most, lessons=_ids(those))


def _places(board: Board) -> Iterator[Finding]:
    for lesson in board.lessons:
        who = {"class_id": lesson.class_id, "subject_id": lesson.subject_id, "lessons": (lesson.id,)}
        if not board.hours.has(lesson.slot):
            yield Finding("outside", lesson.slot, **who)  # type: ignore[arg-type]  # a mapping of its own fields
        if lesson.kind == "flag":
            continue
        if lesson.teacher is None:
            yield Finding("no_teacher", lesson.slot, **who)  # type: ignore[arg-type]
        elif lesson.slot in board.wishes.never.get(lesson.teacher, ()):
            yield Finding("teacher_never", lesson.slot, teacher=lesson.teacher, **who)  # type: ignore[arg-type]
        elif lesson.slot in board.wishes.rather_not.get(lesson.teacher, ()):
            yield Finding("rather_not", lesson.slot, teacher=lesson.teacher, **who)  # type: ignore[arg-type]


def _counts(board: Board) -> Iterator[Finding]:
    placed = board.placed()
    for course in board.courses.values():
        count = placed[course.id]
        if count > course.most:
            yield Finding(
                "too_many", class_id=course.class_id, subject_id=course.subject_id, count=count, wanted=course.most
            )
        elif count < course.least:
            yield Finding(
                "too_few", class_id=course.class_id, subject_id=course.subject_id, count=count, wanted=course.least
            )


def _days(board: Board) -> Iterator[Finding]:
    days: dict[tuple[UUID, int], list[Placed]] = defaultdict(list)
    for lesson in board.lessons:
        if lesson.kind == "lesson":
            days[lesson.course, lesson.slot.weekday].append(lesson)
    doubles: Counter[UUID] = Counter()
    for (taught, weekday), those in days.items():
        first, rule = those[0], board.rule(those[0].subject_id)
        if len(those) > rule.most_a_day:
            yield Finding(
                "most_a_day", Slot(weekday, min(lesson.slot.period for lesson in those)), class_id=first.class_id,
                subject_id=first.subject_id, count=len(those), wanted=rule.most_a_day, lessons=_ids(those),
            )  # fmt: skip
        periods = {lesson.slot.period for lesson in those}
        doubles[taught] += any(period + 1 in periods for period in periods)
    for course in board.courses.values():
        wanted = board.rule(course.subject_id).doubles
        if doubles[course.id] < wanted and course.weekly >= 2:
            yield Finding(
                "doubles", class_id=course.class_id, subject_id=course.subject_id, count=doubles[course.id],
                wanted=wanted,
            )  # fmt: skip


def _coming(board: Board) -> Iterator[Finding]:
    """Teachers who come on more days than they want to. The flag ceremony is no lesson of theirs."""
    days: dict[UUID, set[int]] = defaultdict(set)
    for lesson in board.lessons:
        if lesson.teacher and lesson.kind != "flag":
            days[lesson.teacher].add(lesson.slot.weekday)
    for teacher, most in board.wishes.most_days.items():
        if len(days[teacher]) > most:
            yield Finding("teacher_days", teacher=teacher, count=len(days[teacher]), wanted=most)


def _holes(board: Board) -> Iterator[Finding]:
    """A free period between two lessons of a class, in one session."""
    taken: dict[tuple[UUID, int], set[int]] = defaultdict(set)
    for lesson in board.lessons:
        taken[lesson.class_id, lesson.slot.weekday].add(lesson.slot.period)
    for (class_id, weekday), periods in taken.items():
        for session in board.hours.sessions():
            here = [period for period in session if period in periods]
            for period in range(here[0], here[-1]) if here else ():
                if period not in periods:
                    yield Finding("hole", Slot(weekday, period), class_id=class_id)


def _ids(lessons: list[Placed]) -> tuple[UUID, ...]:
    return tuple(lesson.id for lesson in lessons)


def free_slots(board: Board, lesson: Placed) -> list[Slot]:
    """Where a lesson can go without an error, its own place left out."""
    others = [other for other in board.lessons if other.id != lesson.id]
    taken = {
        other.slot
        for other in others
        if other.class_id == lesson.class_id
        or (lesson.teacher and other.teacher == lesson.teacher and other.kind != "flag")
        or (lesson.room and other.room.casefold() == lesson.room.casefold() and other.kind != "flag")
    }
    taken |= board.wishes.never.get(lesson.teacher, frozenset()) if lesson.teacher else set()
    most = board.rule(lesson.subject_id).at_once
    if most is not None:
        together = Counter(o.slot for o in others if o.subject_id == lesson.subject_id and o.kind != "flag")
        taken |= {slot for slot, count in together.items() if count >= most}
    return [slot for slot in board.hours.slots() if slot not in taken and slot != lesson.slot]
