"""Why there is no timetable: counts that cannot fit, else a small set of rules that contradict each other."""

from __future__ import annotations

from collections import Counter
from time import monotonic
from uuid import UUID

from ortools.sat.python import cp_model

from ..board import Board
from .answers import Reason
from .model import Literal, Model

_ENOUGH = 24
"""A contradiction with more rules is not made smaller one by one."""


def full(board: Board) -> list[Reason]:
    """What simple counting finds: more lessons than periods, fixed lessons when the teacher cannot."""
    slots = board.hours.slots()
    found: list[Reason] = []
    for class_id, count in Counter(lesson.class_id for lesson in board.lessons).items():
        if count > len(slots):
            found.append(Reason("class_full", class_id, count, len(slots)))
    for teacher, count in Counter(o.teacher for o in board.lessons if o.teacher and o.kind != "flag").items():
        never = board.wishes.never.get(teacher, frozenset())
        by_day = Counter(slot.weekday for slot in slots if slot not in never)
        free = sum(sorted(by_day.values(), reverse=True)[: board.wishes.most_days.get(teacher, len(by_day))])
        if count > free:
            found.append(Reason("teacher_full", teacher, count, free))
    stuck = Counter(
        lesson.teacher
        for lesson in board.lessons
        if lesson.fixed and lesson.kind != "flag" and lesson.teacher
        and lesson.slot in board.wishes.never.get(lesson.teacher, ())
    )  # fmt: skip
    found += [Reason("fixed_never", teacher, count) for teacher, count in stuck.items() if teacher]
    return found


def reasons(board: Board, *, seconds: float) -> list[Reason]:
    """Rules that cannot be kept together; without any one of them (as far as the time allows to try) they could."""
    model = Model(board, excuses=True)
    core = _core(model, list(model.rules.values()), seconds / 2)
    named = {literal.index: key for key, literal in model.rules.items()}
    until = monotonic() + seconds / 2
    if core is not None and len(core) <= _ENOUGH:
        for literal in list(core):
            left = [other for other in core if other.index != literal.index]
            if monotonic() < until and (smaller := _core(model, left, 3)) is not None:
                core = smaller
    return [_reason(board, *named[literal.index]) for literal in core or []]


def _core(model: Model, wanted: list[Literal], seconds: float) -> list[Literal] | None:
    """The wanted rules that take part in a contradiction; None when there is none, or none was found in time."""
    if not wanted:
        return None
    model.model.clear_assumptions()
    model.model.add_assumptions(wanted)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = seconds
    if solver.solve(model.model) != cp_model.INFEASIBLE:
        return None
    found = set(solver.sufficient_assumptions_for_infeasibility())
    return [literal for literal in wanted if literal.index in found]


def _reason(board: Board, rule: str, about: UUID) -> Reason:
    if rule == "teacher_never":
        count = sum(lesson.teacher == about for lesson in board.lessons)
        never = board.wishes.never.get(about, frozenset())
        return Reason(rule, about, count, sum(slot not in never for slot in board.hours.slots()))
    if rule == "teacher_days":
        count = sum(lesson.teacher == about for lesson in board.lessons)
        return Reason(rule, about, count, board.wishes.most_days[about])
    if rule == "at_once":
        count = sum(lesson.subject_id == about for lesson in board.lessons)
        return Reason(rule, about, count, (board.rule(about).at_once or 0) * len(board.hours.slots()))
    if rule == "most_a_day":
        return Reason(rule, about, 0, board.rule(about).most_a_day)
    return Reason(rule, about)
