"""Schools for tests: classes, courses and teachers as plain values."""

from __future__ import annotations

from uuid import UUID

from plugins.timetable.rules.board import Board, CourseFacts, Hours, Period, Placed, Slot, SubjectFacts, Wishes
from plugins.timetable.rules.demand import demand

YEARLY = (140, 140, 105, 35, 105, 140, 35, 35, 70, 70, 105, 70)
"""Periods a year of twelve subjects: thirty a week."""
ACTIVITIES = UUID(int=1010)
MATHS = UUID(int=1001)


def hours(days: int = 6, periods: int = 5) -> Hours:
    times = [(f"{6 + at:02}:00", f"{6 + at:02}:45") for at in range(1, periods + 1)]
    return Hours(
        tuple(range(1, days + 1)), tuple(Period("morning", at, *span) for at, span in enumerate(times, start=1))
    )


def school(classes: int = 28, yearly: tuple[int, ...] = YEARLY, most: int = 19, grid: Hours | None = None) -> Board:
    """A school whose teachers have one subject each and at most so many lessons a week; nothing is placed yet."""
    rooms = [UUID(int=at + 1) for at in range(classes)]
    courses: dict[UUID, CourseFacts] = {}
    number, homerooms = 5000, dict[UUID, UUID]()
    for at, periods in enumerate(yearly):
        load = most
        for room in rooms:
            weekly = max(1, round(periods / 35))
            if load + weekly > most:
                number, load = number + 1, 0
            load += weekly
            line = CourseFacts(
                UUID(int=100000 + at * 100 + room.int), room, UUID(int=1000 + at), periods, UUID(int=number)
            )
            courses[line.id] = line
            if room not in homerooms and UUID(int=number) not in homerooms.values():
                homerooms[room] = UUID(int=number)
    rules = {UUID(int=1000): SubjectFacts(2, 1, heavy=True), MATHS: SubjectFacts(2, 0, heavy=True)}
    bare = Board(grid or hours(), courses, (), rules, Wishes(), homerooms)
    return bare.with_lessons(demand(bare, {ACTIVITIES}))


def lesson(number: int, class_no: int, teacher: int, slot: Slot, *, kind: str = "lesson", room: str = "") -> Placed:
    """A lesson of subject 1 with small numbers as ids."""
    ids = UUID(int=number), UUID(int=class_no), UUID(int=class_no), UUID(int=1)
    return Placed(*ids, slot, UUID(int=teacher), kind, room)
