"""Conflicts are found, and nothing else is."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from plugins.timetable.rules.board import Board, CourseFacts, Slot, SubjectFacts, Wishes
from plugins.timetable.rules.checks import check, free_slots
from plugins.timetable.rules.quality import counts
from plugins.timetable.rules.quick import arrange

from ..boards import hours, lesson, school

S = Slot


def _board(
    *lessons: object, periods: int = 70, rule: SubjectFacts | None = None, wishes: Wishes | None = None
) -> Board:
    courses = {
        UUID(int=c): CourseFacts(UUID(int=c), UUID(int=c), UUID(int=1), periods, UUID(int=90 + c)) for c in (1, 2)
    }
    rules = {UUID(int=1): rule} if rule else {}
    return Board(hours(), courses, lessons, rules, wishes or Wishes())  # type: ignore[arg-type]


def _codes(board: Board) -> Counter[str]:
    return Counter(finding.code for finding in check(board))


def test_somebody_twice_at_a_time_is_an_error() -> None:
    first = lesson(1, 1, 91, S(1, 1), room="P.1")
    board = _board(first, lesson(2, 1, 92, S(1, 1)), lesson(3, 2, 91, S(2, 1)), lesson(4, 2, 91, S(2, 2)))
    assert _codes(board) == {"class_twice": 1}
    board = _board(first, lesson(2, 1, 91, S(2, 1)), lesson(3, 2, 91, S(1, 1), room="p.1"), lesson(4, 2, 92, S(2, 2)))
    assert _codes(board) == {"teacher_twice": 1, "room_twice": 1}
    assert all(finding.blocks for finding in check(board))


def test_the_whole_school_at_the_flag_is_none() -> None:
    board = _board(
        lesson(1, 1, 91, S(1, 1), kind="flag"), lesson(2, 2, 91, S(1, 1), kind="flag"),
        lesson(3, 1, 91, S(1, 2)), lesson(4, 2, 92, S(1, 2)),
    )  # fmt: skip
    assert check(board) == []


def test_counts_days_wishes_and_rooms_of_a_subject() -> None:
    never = Wishes({UUID(int=91): frozenset({S(1, 1)})}, {UUID(int=92): frozenset({S(1, 1)})})
    lessons = [lesson(at, 1, 91, S(1, at)) for at in (1, 2, 4)] + [lesson(9, 2, 92, S(1, 1))]
    rule = SubjectFacts(most_a_day=2, doubles=1, at_once=1)
    found = _codes(_board(*lessons, rule=rule, wishes=never))
    assert found == {
        "teacher_never": 1, "rather_not": 1, "at_once": 1, "too_many": 1, "too_few": 1, "most_a_day": 1, "doubles": 1,
        "hole": 1,
    }  # fmt: skip
    away = _board(
        lesson(1, 1, 91, S(7, 1)), lesson(2, 1, 91, S(1, 1)), lesson(3, 2, 92, S(1, 1)), lesson(4, 2, 92, S(2, 1))
    )
    assert _codes(away) == {"outside": 1}


def test_a_fraction_of_a_period_a_week_is_neither_too_many_nor_too_few() -> None:
    for weekly in (1, 2):
        lessons = [lesson(c * 10 + at, c, 90 + c, S(at, c)) for c in (1, 2) for at in range(1, weekly + 1)]
        assert _codes(_board(*lessons, periods=52)) == {}


def test_what_is_offered_brings_no_error() -> None:
    board = school(8)
    board = board.with_lessons(arrange(board, list(board.lessons)))
    chosen = next(one for one in board.lessons if one.kind == "lesson")
    for slot in free_slots(board, chosen):
        assert slot not in {other.slot for other in board.lessons if other.class_id == chosen.class_id}
    lighter = board.with_lessons(one for one in board.lessons if one.slot.weekday != 3)
    assert free_slots(lighter, chosen), "on a free day there is room"


def test_a_quick_arrangement_of_28_classes_has_no_error() -> None:
    board = school()
    placed = arrange(board, list(board.lessons), tries=500)
    assert len(placed) == len(board.lessons) == 840
    done = board.with_lessons(placed)
    assert [finding for finding in check(done) if finding.blocks] == []
    assert {one.slot for one in placed if one.kind == "flag"} == {S(1, 1)}
    assert counts(done)["wait"] < 200
