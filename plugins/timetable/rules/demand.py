"""The lessons that the plan of the year asks for, before they have a place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from uuid import UUID, uuid5

from .board import Board, CourseFacts, Placed, Slot

_NOWHERE = Slot(0, 0)
_NAMES = UUID("5b1f1d0e-6f0a-5d0f-9a53-3f1f0b1f6a11")


def demand(board: Board, activities: Collection[UUID] = ()) -> list[Placed]:
    """Every lesson a week of every course; those of a class that do not fit into its week are left out, the last first.

    Args:
        activities: subjects (hoạt động trải nghiệm) of which one lesson a week is the flag ceremony, in the first
            period of the first day, and one the hour of the homeroom teacher, in the last of the last day.
    """
    by_class: dict[UUID, list[CourseFacts]] = defaultdict(list)
    for course in board.courses.values():
        by_class[course.class_id].append(course)
    room = len(board.hours.slots())
    found: list[Placed] = []
    for courses in by_class.values():
        lessons = [
            lesson for course in courses for lesson in _of_course(board, course, course.subject_id in activities)
        ]
        # Whole periods rounded up may be one too many: first goes what the plan of the year bears to lose.
        surplus = len(lessons) - room
        for course in courses:
            if surplus > 0 and course.weekly > course.least and course.subject_id not in activities:
                lessons.remove(next(lesson for lesson in lessons if lesson.course == course.id))
                surplus -= 1
        found += lessons[:room]
    return found


def _of_course(board: Board, course: CourseFacts, activities: bool) -> Iterator[Placed]:
    for number in range(course.weekly):
        name = uuid5(_NAMES, f"{course.id}/{number}")
        homeroom = board.homerooms.get(course.class_id)
        if activities and course.weekly > 1 and number < 2 and homeroom is not None:
            last = Slot(board.hours.days[-1], board.hours.sessions()[0][-1])
            kind, slot = (("flag", Slot(board.hours.days[0], 1)), ("homeroom", last))[number]
            yield Placed(
                name, course.id, course.class_id, course.subject_id, slot, homeroom, kind, fixed=True, own=False
            )
        else:
            yield Placed(name, course.id, course.class_id, course.subject_id, _NOWHERE, course.teacher)
