"""Running CP-SAT: a timetable that keeps the rules, then a better one two days at a time; reasons if there is none."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from time import monotonic
from uuid import UUID

from ortools.sat.python import cp_model

from ..board import Board, Hours, Slot, Wishes
from ..checks import ERRORS, check
from ..quality import Weights, cost, slots_of
from ..quick import arrange
from .answers import Impossible, Solved, Tick, Unsolved
from .explain import full, reasons
from .model import Model, price

Report = Callable[[Tick], None]
_EVERY = 0.4
"""Seconds between two reports; one of them may stop the search by raising."""
_TRIES = 12
"""Changes that the quick arrangement tries for each lesson: a few seconds for forty classes."""
_WORK = 0.8
"""The most work for two days, in CP-SAT's deterministic time: seconds of a quick machine."""
_REPAIR = 0.5
"""The share of the time for making the arrangement keep all rules, before the whole week is tried as one model."""
_HARD = frozenset({*ERRORS, "most_a_day", "hole", "teacher_days"})
_SHARE = 0.22
"""Of the seconds that a search may take, how many it works, counted so: slower machines need the rest."""


def solve(
    board: Board, *, seconds: float = 45, seed: int = 1, weights: Weights | None = None, workers: int = 2,
    report: Report | None = None,
) -> Solved | Impossible | Unsolved:  # fmt: skip
    """Give every lesson that is not fixed its slot.

    Work is measured in CP-SAT's deterministic time and done in an order that follows from the seed: the same board,
    seed and limit give the same timetable, unless the clock ends the search on a machine that is slow or busy.

    Args:
        seconds: the most that it may take.
        report: is told about twice a second; what it raises stops the search and is raised here.
    """
    watch = _Watch(monotonic(), seconds, report)
    if counted := full(board):
        return Impossible(tuple(counted), watch.taken())
    tries = max(2_000, _TRIES * len(board.lessons))
    quick = board.with_lessons(arrange(board, list(board.lessons), seed=seed, tries=tries))
    if len(quick.lessons) == len(board.lessons):
        quick = _repaired(quick, seed, watch)
    found = quick if _keeps(quick, board) else _first(board, quick, seed, workers, watch)
    if not isinstance(found, Board):
        return found
    first = watch.best = watch.first = cost(found, weights or Weights())
    watch.tell()
    found = _better(found, weights or Weights(), seed, watch)
    moved = {lesson.id for lesson in board.lessons if not lesson.fixed}
    slots = {lesson: slot for lesson, slot in slots_of(found).items() if lesson in moved}
    return Solved(slots, first, cost(found, weights or Weights()), 0, watch.taken())


def _keeps(quick: Board, wanted: Board) -> bool:
    """Whether an arrangement is complete and keeps every hard rule."""
    return len(quick.lessons) == len(wanted.lessons) and not _broken(quick)


def _broken(board: Board) -> int:
    """By how much hard rules are broken."""
    hard = (finding for finding in check(board) if finding.code in _HARD)
    return sum(max(1, finding.count - finding.wanted) for finding in hard)


def _repaired(board: Board, seed: int, watch: _Watch) -> Board:
    """An arrangement without clashes made to keep the other rules too, a few days at a time, as far as that goes.

    On a large school this finds in seconds what the whole week as one model takes minutes for.
    """
    pick = random.Random(seed)  # noqa: S311  (an order of work, no secret)
    until, broken = watch.left() * (1 - _REPAIR), _broken(board)
    for size in (2, 3):
        groups = [*combinations(board.hours.days, min(size, len(board.hours.days)))]
        idle = 0
        while broken and idle < len(groups):
            pick.shuffle(groups)
            for days in groups:
                if not broken or watch.left() < until:
                    return board
                tried = _mended(board, days, seed, watch)
                now = _broken(tried)
                idle = 0 if now < broken else idle + 1
                if now <= broken:
                    board, broken = tried, now
    return board


def _mended(board: Board, days: tuple[int, ...], seed: int, watch: _Watch) -> Board:
    """Some days with as few broken rules as can be found soon, everything else as it is."""
    model = Model(_part(board, days), slack=True)
    if not model.over:
        return board
    _hint(model, slots_of(board))
    model.model.minimize(sum(model.over))
    solver = _solver(seed, _WORK * len(days), watch.left())
    solver.parameters.num_workers = 1
    if watch.run(solver, model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return board
    return _moved(board, _slots(model, solver))


def _part(board: Board, days: tuple[int, ...]) -> Board:
    """The lessons of some days, as a school that has only these."""
    here = [lesson for lesson in board.lessons if lesson.slot.weekday in days]
    hours = Hours(days, board.hours.periods)
    return Board(hours, board.courses, here, board.subjects, _left_days(board, days), board.homerooms)


def _first(board: Board, quick: Board, seed: int, workers: int, watch: _Watch) -> Board | Impossible | Unsolved:
    """A timetable that keeps all hard rules, from an arrangement that does not quite."""
    model = Model(board)
    _hint(model, slots_of(quick))
    solver = _solver(seed, watch.left(), watch.left() * 0.7)
    solver.parameters.num_workers = workers
    solver.parameters.interleave_search = workers > 1
    solver.parameters.cp_model_probing_level = 0
    status = watch.run(solver, model)
    if status == cp_model.INFEASIBLE:
        return Impossible(tuple(reasons(board, seconds=max(5.0, watch.left()))), watch.taken())
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Unsolved(watch.taken())
    return _moved(board, _slots(model, solver))


class _Watch:
    """The clock of a search, and whoever wants to know."""

    def __init__(self, began: float, seconds: float, report: Report | None) -> None:
        self.began, self.until, self.report = began, began + seconds, report
        self.best: int | None = None
        self.first: int | None = None

    def taken(self) -> float:
        return round(monotonic() - self.began, 1)

    def left(self) -> float:
        return self.until - monotonic()

    def tell(self) -> None:
        if self.report is not None:
            self.report(Tick(self.taken(), self.best, self.first))

    def run(self, solver: cp_model.CpSolver, model: Model) -> object:
        """Solve in a thread of its own, so that somebody can be told and can stop it."""
        answer: list[object] = []
        problems: list[Exception] = []

        def work() -> None:
            try:
                answer.append(solver.solve(model.model))
            except Exception as error:  # raised in the thread that waits
                problems.append(error)

        thread = threading.Thread(target=work, name="timetable-solver", daemon=True)
        thread.start()
        try:
            while thread.is_alive():
                thread.join(_EVERY)
                self.tell()
        except BaseException:
            solver.stop_search()
            thread.join()
            raise
        if problems:
            raise problems[0]
        return answer[0]


def _better(board: Board, weights: Weights, seed: int, watch: _Watch) -> Board:
    """Solve two days at a time with everything else as it is, until nothing gets better or the time is over."""
    pick = random.Random(seed)  # noqa: S311  (an order of work, no secret)
    days_of = board.hours.days
    pairs: list[tuple[int, ...]] = [*combinations(days_of, 2)] or [days_of]
    price_now, idle, work = cost(board, weights), 0, 0.0
    budget = watch.left() * _SHARE
    while idle < len(pairs) and work < budget and price_now:
        pick.shuffle(pairs)
        for days in pairs:
            left = watch.left()
            if left < 0.5 or work >= budget:
                return board
            tried, used = _days(board, days, weights, seed, left, watch)
            work += used
            now = cost(tried, weights)
            idle = 0 if now < price_now else idle + 1
            if now <= price_now:
                board, price_now = tried, now
                watch.best = now
    return board


def _days(
    board: Board, days: tuple[int, ...], weights: Weights, seed: int, seconds: float, watch: _Watch
) -> tuple[Board, float]:
    part = _part(board, days)
    away = Counter(
        (lesson.course, lesson.slot.weekday)
        for lesson in board.lessons
        if lesson.slot.weekday not in days and lesson.kind == "lesson"
    )
    elsewhere: dict[UUID, tuple[int, int]] = {}
    for (course, _day), count in away.items():
        lessons, twos = elsewhere.get(course, (0, 0))
        elsewhere[course] = lessons + count, twos + (count > 1)
    model = Model(part)
    _hint(model, slots_of(part))
    price(model, weights, elsewhere)
    solver = _solver(seed, _WORK, seconds)
    solver.parameters.num_workers = 1
    if watch.run(solver, model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return board, _WORK
    used = float(solver.response_proto.deterministic_time)
    return _moved(board, _slots(model, solver)), used


def _left_days(board: Board, days: tuple[int, ...]) -> Wishes:
    """The wishes for some days of the week, when the teachers come on the others as they do now."""
    elsewhere: dict[UUID, set[int]] = {}
    for lesson in board.lessons:
        if lesson.teacher and lesson.kind != "flag" and lesson.slot.weekday not in days:
            elsewhere.setdefault(lesson.teacher, set()).add(lesson.slot.weekday)
    most = {who: most - len(elsewhere.get(who, ())) for who, most in board.wishes.most_days.items()}
    return Wishes(board.wishes.never, board.wishes.rather_not, most)


def _solver(seed: int, work: float, seconds: float) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = work
    solver.parameters.max_time_in_seconds = seconds
    return solver


def _hint(model: Model, found: dict[UUID, Slot]) -> None:
    for number, unit in enumerate(model.loose):
        slots = {found[lesson.id] for lesson in unit.lessons if lesson.id in found}
        for slot in model.slots:
            model.model.add_hint(model.at[number, slot], slot in slots)


def _slots(model: Model, solver: cp_model.CpSolver) -> dict[UUID, Slot]:
    found: dict[UUID, Slot] = {}
    for number, unit in enumerate(model.loose):
        slots = [slot for slot in model.slots if solver.boolean_value(model.at[number, slot])]
        found |= {lesson.id: slot for lesson, slot in zip(unit.lessons, slots, strict=True)}
    return found


def _moved(board: Board, slots: dict[UUID, Slot]) -> Board:
    return board.with_lessons(replace(lesson, slot=slots.get(lesson.id, lesson.slot)) for lesson in board.lessons)
