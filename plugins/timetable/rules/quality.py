"""How good a timetable is: how often what is not wanted happens, and what that costs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from uuid import UUID

from .board import Board, Slot


@dataclass(frozen=True, slots=True)
class Weights:
    """What each of these costs. Nought: never mind."""

    wait: int = 3
    """A free period between two of a teacher, in one session."""
    rather_not: int = 4
    twice: int = 4
    """A course twice on a day, where no double period is wanted."""
    apart: int = 6
    """A course twice on a day, and not one after the other."""
    double: int = 8
    """A double period that is wanted and is not there."""
    heavy: int = 2
    """A heavy subject in the last period of a session, or in the afternoon where there is a morning."""


def counts(board: Board) -> dict[str, int]:
    """How often each thing happens, by the names of `Weights`."""
    found: dict[str, int] = dict.fromkeys(("wait", "rather_not", "twice", "apart", "double", "heavy"), 0)
    found["wait"] = _waits(board)
    sessions = board.hours.sessions()
    late = {session[-1] for session in sessions} | {period for session in sessions[1:] for period in session}
    days: dict[UUID, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for lesson in board.lessons:
        if lesson.kind != "lesson":
            continue
        days[lesson.course][lesson.slot.weekday].append(lesson.slot.period)
        if lesson.teacher and lesson.slot in board.wishes.rather_not.get(lesson.teacher, ()):
            found["rather_not"] += 1
        if board.rule(lesson.subject_id).heavy and lesson.slot.period in late:
            found["heavy"] += 1
    for course, by_day in days.items():
        wanted = board.rule(board.courses[course].subject_id).doubles
        total = sum(map(len, by_day.values()))
        twice = sum(len(periods) > 1 for periods in by_day.values())
        found["twice"] += max(0, twice - wanted)
        found["double"] += max(0, min(wanted, total // 2) - twice)
        found["apart"] += sum(not _together(sorted(periods), sessions) for periods in by_day.values())
    return found


def cost(board: Board, weights: Weights) -> int:
    """The price of a timetable; nought is perfect."""
    prices = asdict(weights)
    return sum(prices[name] * count for name, count in counts(board).items())


def _together(periods: list[int], sessions: list[tuple[int, ...]]) -> bool:
    one = any(set(periods) <= set(session) for session in sessions)
    return len(periods) < 2 or (one and periods[-1] - periods[0] == len(periods) - 1)


def _waits(board: Board) -> int:
    busy: dict[tuple[UUID, int], set[int]] = defaultdict(set)
    for lesson in board.lessons:
        if lesson.teacher and lesson.kind != "flag":
            busy[lesson.teacher, lesson.slot.weekday].add(lesson.slot.period)
    found = 0
    for periods in busy.values():
        for session in board.hours.sessions():
            here = [period for period in session if period in periods]
            found += here[-1] - here[0] + 1 - len(here) if here else 0
    return found


def slots_of(board: Board) -> dict[UUID, Slot]:
    """Where each lesson is."""
    return {lesson.id: lesson.slot for lesson in board.lessons}
