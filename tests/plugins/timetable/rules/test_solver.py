"""The solver keeps the rules, gets better, gives the same answer twice, stops when asked, and says why it cannot."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from plugins.timetable.rules.board import Board, Slot, SubjectFacts, Wishes
from plugins.timetable.rules.checks import check
from plugins.timetable.rules.quality import Weights, cost
from plugins.timetable.rules.solver import Impossible, Solved, Tick, solve

from ..boards import MATHS, hours, school

SMALL = (70, 70, 35, 35, 70, 70)
"""Ten a week: a grid of four days with three periods has room for twelve."""


def _small(wishes: Wishes | None = None, rules: dict[UUID, SubjectFacts] | None = None) -> Board:
    bare = school(3, SMALL, grid=hours(4, 3))
    return Board(bare.hours, bare.courses, bare.lessons, rules or {}, wishes or Wishes(), bare.homerooms)


def _after(board: Board, found: Solved) -> Board:
    return board.with_lessons(replace(o, slot=found.slots.get(o.id, o.slot)) for o in board.lessons)


def test_it_keeps_the_rules_gets_better_and_repeats_itself() -> None:
    board = _small()
    busy = next(o.teacher for o in board.lessons if o.teacher)
    board = _small(Wishes({busy: frozenset({Slot(1, 1), Slot(2, 1)})}), {MATHS: SubjectFacts(2, 1)})
    told: list[Tick] = []
    found, again = (solve(board, seconds=15, seed=3, workers=1, report=told.append) for _try in (1, 2))
    assert isinstance(found, Solved) and isinstance(again, Solved)
    assert found.slots == again.slots
    done = _after(board, found)
    assert [f for f in check(done) if f.blocks or f.code in ("hole", "most_a_day", "too_few")] == []
    assert cost(done, Weights()) == found.objective <= found.first
    assert told and told[-1].best is not None


def test_fixed_lessons_stay() -> None:
    board = _small()
    first = next(o for o in board.lessons if o.subject_id == MATHS)
    held = replace(first, slot=Slot(3, 2), fixed=True)
    board = board.with_lessons(held if o.id == first.id else o for o in board.lessons)
    found = solve(board, seconds=10, workers=1)
    assert isinstance(found, Solved) and first.id not in found.slots
    assert not [f for f in check(_after(board, found)) if f.blocks]


def test_too_many_lessons_are_counted_for_whom_it_concerns() -> None:
    board = school(2, (140, 140, 140, 140), grid=hours(4, 3))
    full = board.with_lessons([*board.lessons, *(replace(o, id=UUID(int=o.id.int ^ 1)) for o in board.lessons)])
    found = solve(full, seconds=5, workers=1)
    assert isinstance(found, Impossible)
    assert {r.rule for r in found.reasons} == {"class_full", "teacher_full"}


def test_a_contradiction_names_the_rules_that_take_part() -> None:
    bare = school(3, SMALL, grid=hours(4, 4))
    maths = next(o.teacher for o in bare.lessons if o.subject_id == MATHS and o.teacher)
    # Six lessons of maths: four periods on one day and two on another would do, were not one a day the most of a class.
    free = {Slot(1, 1), Slot(1, 2), Slot(1, 3), Slot(1, 4), Slot(2, 1), Slot(2, 2)}
    never = {maths: frozenset(bare.hours.slots()) - free}
    board = Board(bare.hours, bare.courses, bare.lessons, {MATHS: SubjectFacts(1)}, Wishes(never), bare.homerooms)
    found = solve(board, seconds=20, workers=1)
    assert isinstance(found, Impossible)
    rules = {(r.rule, r.about) for r in found.reasons}
    assert rules == {("teacher_never", maths), ("most_a_day", MATHS), ("teacher", maths)}


class _Stop(Exception):
    """Somebody cancels."""


def test_it_stops_when_the_report_raises() -> None:
    def stop(tick: Tick) -> None:
        raise _Stop

    with pytest.raises(_Stop):
        solve(school(10), seconds=60, report=stop)


def test_days_of_teachers_and_rooms_of_a_subject_are_kept() -> None:
    bare = _small()
    busy = next(o.teacher for o in bare.lessons if o.subject_id == MATHS and o.teacher)
    wanted = {MATHS: SubjectFacts(2, 0, at_once=1)}
    board = _small(Wishes(most_days={busy: 2}), wanted)
    found = solve(board, seconds=20, workers=1)
    assert isinstance(found, Solved)
    done = _after(board, found)
    assert [f for f in check(done) if f.blocks or f.code in ("teacher_days", "hole", "most_a_day")] == []
    assert len({o.slot.weekday for o in done.lessons if o.teacher == busy and o.kind != "flag"}) <= 2
    crowded = _small(Wishes(most_days={busy: 1}), wanted)
    refused = solve(crowded, seconds=20, workers=1)
    assert isinstance(refused, Impossible), "more lessons than a day has periods"
    assert ("teacher_full", busy) in {(r.rule, r.about) for r in refused.reasons}


def test_a_fixed_lesson_when_the_teacher_cannot_is_named() -> None:
    board = _small()
    fixed = replace(next(o for o in board.lessons if o.teacher), slot=Slot(2, 1), fixed=True)
    assert fixed.teacher
    held = board.with_lessons(fixed if o.id == fixed.id else o for o in board.lessons)
    wishes = Wishes({fixed.teacher: frozenset({Slot(2, 1)})})
    found = solve(Board(held.hours, held.courses, held.lessons, {}, wishes, held.homerooms), seconds=5, workers=1)
    assert isinstance(found, Impossible)
    assert [(r.rule, r.about, r.count) for r in found.reasons] == [("fixed_never", fixed.teacher, 1)]
