"""Running CP-SAT: a first timetable from the quick rules, better ones until the time is over, reasons if there is none."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from uuid import UUID

from ortools.sat.python import cp_model

from ..board import Board, Slot
from ..quick import arrange
from .answers import Impossible, Solved, Tick, Unsolved, Weights
from .explain import full, reasons
from .model import Model, price

Report = Callable[[Tick], None]
_EVERY = 0.5
"""Seconds between two reports; one of them may stop the search by raising."""
_SHARE = 0.75
"""The work that a second is worth on an ordinary machine (deterministic time of CP-SAT), a little less than it does."""


class _Best(cp_model.CpSolverSolutionCallback):
    """The latest timetable and its price."""

    def __init__(self) -> None:
        super().__init__()
        self.best: int | None = None
        self.bound = 0

    def on_solution_callback(self) -> None:
        self.best, self.bound = round(self.objective_value), round(self.best_objective_bound)


def solve(
    board: Board, *, seconds: float = 45, seed: int = 1, weights: Weights | None = None, workers: int = 2,
    report: Report | None = None,
) -> Solved | Impossible | Unsolved:  # fmt: skip
    """Give every lesson that is not fixed its slot.

    The work is limited by CP-SAT's deterministic time, so that the same board, seed and limit give the same timetable;
    the clock ends it only on a machine that is much slower.

    Args:
        seconds: the most that it may take.
        report: is told every half second; what it raises stops the search and is raised here.
    """
    began = monotonic()
    if counted := full(board):
        return Impossible(tuple(counted), monotonic() - began)
    model = Model(board)
    _hint(model, board, seed)
    price(model, weights or Weights())
    solver = cp_model.CpSolver()
    solver.parameters.random_seed = seed
    solver.parameters.num_workers = workers
    solver.parameters.interleave_search = True
    solver.parameters.max_deterministic_time = seconds * _SHARE
    solver.parameters.max_time_in_seconds = seconds
    best = _Best()
    status = _watched(solver, model.model, best, began, report)
    taken = round(monotonic() - began, 1)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Solved(
            _slots(model, solver), round(solver.objective_value), round(solver.best_objective_bound), taken,
            status == cp_model.OPTIMAL,
        )  # fmt: skip
    if status == cp_model.INFEASIBLE:
        return Impossible(tuple(reasons(board, seconds=max(5.0, seconds / 2))), round(monotonic() - began, 1))
    return Unsolved(taken)


def _hint(model: Model, board: Board, seed: int) -> None:
    found: dict[UUID, Slot] = {lesson.id: lesson.slot for lesson in arrange(board, list(board.lessons), seed=seed)}
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


def _watched(
    solver: cp_model.CpSolver, model: cp_model.CpModel, best: _Best, began: float, report: Report | None
) -> object:
    """Solve in a thread of its own, so that somebody can be told and can stop it."""
    answer: dict[str, object] = {}

    def run() -> None:
        try:
            answer["status"] = solver.solve(model, best)
        except Exception as error:  # raised in the thread that waits
            answer["error"] = error

    thread = threading.Thread(target=run, name="timetable-solver", daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(_EVERY)
            if report is not None:
                report(_tick(best, monotonic() - began))
    except BaseException:
        best.stop_search() if best.best is not None else solver.stop_search()
        thread.join()
        raise
    if isinstance(error := answer.get("error"), Exception):
        raise error
    return answer["status"]


def _tick(best: _Best, seconds: float) -> Tick:
    gap = None if not best.best else round(100 * (best.best - best.bound) / best.best)
    return Tick(seconds, best.best, best.bound, 0 if best.best == 0 else gap)


