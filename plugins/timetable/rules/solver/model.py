"""The rules as constraints of CP-SAT: one variable for each course and slot."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise
from uuid import UUID

from ortools.sat.python import cp_model

from ..board import Board, Placed, Slot
from ..quality import Weights

Literal = cp_model.IntVar


@dataclass(frozen=True, slots=True)
class Unit:
    """Lessons of a course by one teacher that can stand for each other."""

    course: UUID
    class_id: UUID
    subject_id: UUID
    teacher: UUID | None
    room: str
    lessons: tuple[Placed, ...]


def units_of(lessons: list[Placed]) -> list[Unit]:
    found: dict[tuple[UUID, UUID | None, str], list[Placed]] = defaultdict(list)
    for lesson in lessons:
        found[lesson.course, lesson.teacher, lesson.room.casefold()].append(lesson)
    return [
        Unit(those[0].course, those[0].class_id, those[0].subject_id, those[0].teacher, key[2], tuple(those))
        for key, those in found.items()
    ]


class Model:
    """The hard rules.

    With `excuses`, each that can be given up hangs on a literal: a contradiction names them. With `slack`, rules other
    than clashes of classes and teachers may be broken; `over` counts by how much.
    """

    def __init__(self, board: Board, *, excuses: bool = False, slack: bool = False) -> None:
        self.board, self.excuses, self.slack = board, excuses, slack
        self.over: list[Literal] = []
        self.model = cp_model.CpModel()
        self.slots = board.hours.slots()
        self.loose = units_of([lesson for lesson in board.lessons if not lesson.fixed])
        self.fixed = [lesson for lesson in board.lessons if lesson.fixed]
        self.at: dict[tuple[int, Slot], Literal] = {
            (number, slot): self.model.new_bool_var("") for number in range(len(self.loose)) for slot in self.slots
        }
        self.rules: dict[tuple[str, UUID], Literal] = {}
        self._counts()
        self._classes()
        self._teachers()
        self._coming()
        self._rooms()
        self._days()

    def rule(self, name: str, about: UUID) -> list[Literal]:
        """What a constraint of a rule depends on: nothing, or the literal of the rule."""
        if not self.excuses:
            return []
        if (name, about) not in self.rules:
            self.rules[name, about] = self.model.new_bool_var(f"{name} {about}")
        return [self.rules[name, about]]

    def _limit(self, count: cp_model.LinearExprT, most: int, rule: list[Literal]) -> None:
        """At most so many: as a rule that can be given up, or with what is over it counted."""
        if not self.slack:
            _when(self.model.add(count <= most), rule)
            return
        self.over.append(self.model.new_int_var(0, 60, ""))
        self.model.add(count <= most + self.over[-1])

    def _counts(self) -> None:
        for number, unit in enumerate(self.loose):
            self.model.add(sum(self.at[number, slot] for slot in self.slots) == len(unit.lessons))

    def _classes(self) -> None:
        """One lesson at a time, and no free period before the last one of a session."""
        loose: dict[UUID, list[int]] = defaultdict(list)
        for number, unit in enumerate(self.loose):
            loose[unit.class_id].append(number)
        held: dict[UUID, set[Slot]] = defaultdict(set)
        for lesson in self.fixed:
            held[lesson.class_id].add(lesson.slot)
        for class_id, numbers in loose.items():
            busy: dict[Slot, cp_model.LinearExprT] = {}
            for slot in self.slots:
                here = [self.at[number, slot] for number in numbers]
                if slot in held[class_id]:
                    only = self.rule("fixed", class_id)
                    _when(self.model.add(sum(here) == 0), only)
                    self.model.add_at_most_one(here)
                    busy[slot] = sum(here) if only else 1
                else:
                    self.model.add_at_most_one(here)
                    busy[slot] = sum(here)
            for day in self.board.hours.days:
                for session in self.board.hours.sessions():
                    for earlier, later in pairwise(session):
                        if Slot(day, later) in held[class_id]:
                            continue  # a fixed last period (the homeroom hour) does not forbid a short day
                        pair = [busy[Slot(day, later)], busy[Slot(day, earlier)]]
                        hole = cp_model.LinearExpr.weighted_sum(pair, [1, -1])
                        self._limit(hole, 0, self.rule("hole", class_id))

    def _teachers(self) -> None:
        numbers: dict[UUID, list[int]] = defaultdict(list)
        for number, unit in enumerate(self.loose):
            if unit.teacher:
                numbers[unit.teacher].append(number)
        held = {(lesson.teacher, lesson.slot) for lesson in self.fixed if lesson.teacher and lesson.kind != "flag"}
        for teacher, mine in numbers.items():
            never = self.board.wishes.never.get(teacher, frozenset())
            for slot in self.slots:
                here = [self.at[number, slot] for number in mine]
                if (teacher, slot) in held:
                    _when(self.model.add(sum(here) == 0), self.rule("teacher", teacher))
                elif slot in never:
                    self._limit(sum(here), 0, self.rule("teacher_never", teacher))
                if len(here) > 1:
                    _when(self.model.add(sum(here) <= 1), self.rule("teacher", teacher))

    def _coming(self) -> None:
        """Teachers come on no more days than they want to; days with a fixed lesson are among them."""
        numbers: dict[UUID, list[int]] = defaultdict(list)
        for number, unit in enumerate(self.loose):
            if unit.teacher is not None and unit.teacher in self.board.wishes.most_days:
                numbers[unit.teacher].append(number)
        held = {(lesson.teacher, lesson.slot.weekday) for lesson in self.fixed if lesson.kind != "flag"}
        for teacher, mine in numbers.items():
            comes: list[Literal] = []
            for day in self.board.hours.days:
                here = [self.at[number, slot] for number in mine for slot in self.slots if slot.weekday == day]
                on = self.model.new_bool_var("")
                self.model.add(sum(here) <= len(self.board.hours.periods) * on)
                if (teacher, day) in held:
                    self.model.add(on == 1)
                comes.append(on)
            most = self.board.wishes.most_days[teacher]
            self._limit(sum(comes), most, self.rule("teacher_days", teacher))

    def _rooms(self) -> None:
        """Named rooms hold one lesson; subjects with rooms of their own no more at once than these."""
        rooms: dict[str, list[int]] = defaultdict(list)
        subjects: dict[UUID, list[int]] = defaultdict(list)
        for number, unit in enumerate(self.loose):
            subjects[unit.subject_id].append(number)
            if unit.room:
                rooms[unit.room].append(number)
        held = {(lesson.room.casefold(), lesson.slot) for lesson in self.fixed if lesson.room}
        for room, numbers in rooms.items():
            for slot in self.slots:
                here = [self.at[number, slot] for number in numbers]
                self._limit(sum(here), 0 if (room, slot) in held else 1, [])
        together = Counter((lesson.subject_id, lesson.slot) for lesson in self.fixed if lesson.kind != "flag")
        for subject, numbers in subjects.items():
            most = self.board.rule(subject).at_once
            for slot in self.slots if most is not None else ():
                held_here = sum(self.at[number, slot] for number in numbers)
                left = max(0, (most or 0) - together[subject, slot])
                self._limit(held_here, left, self.rule("at_once", subject))

    def _days(self) -> None:
        held = Counter((lesson.course, lesson.slot.weekday) for lesson in self.fixed if lesson.kind == "lesson")
        for number, unit in enumerate(self.loose):
            most = self.board.rule(unit.subject_id).most_a_day
            for day in self.board.hours.days:
                here = sum(self.at[number, slot] for slot in self.slots if slot.weekday == day)
                left = max(0, most - held[unit.course, day])
                self._limit(here, left, self.rule("most_a_day", unit.subject_id))


def _when(constraint: cp_model.Constraint, literals: list[Literal]) -> None:
    if literals:
        constraint.only_enforce_if(literals)


def price(model: Model, weights: Weights, elsewhere: Mapping[UUID, tuple[int, int]] | None = None) -> None:
    """Let the solver minimise what is not forbidden and not wanted (`quality`).

    Args:
        elsewhere: of each course, how many lessons are on days that are not in the model, and on how many of these days
            there are two.
    """
    spread = _spread(model, weights, elsewhere or {})
    terms: list[cp_model.LinearExprT] = [*_waits(model, weights), *spread, *_places(model, weights)]
    if terms:
        model.model.minimize(sum(terms))


def _waits(model: Model, weights: Weights) -> list[cp_model.LinearExprT]:
    if not weights.wait:
        return []
    board, cp = model.board, model.model
    mine: dict[UUID, list[int]] = defaultdict(list)
    for number, unit in enumerate(model.loose):
        if unit.teacher:
            mine[unit.teacher].append(number)
    held = {(lesson.teacher, lesson.slot) for lesson in model.fixed if lesson.kind != "flag"}
    terms: list[cp_model.LinearExprT] = []
    for teacher, numbers in mine.items():
        for day in board.hours.days:
            for session in board.hours.sessions():
                if len(session) < 3:
                    continue
                busy = [
                    sum(model.at[number, Slot(day, period)] for number in numbers)
                    + ((teacher, Slot(day, period)) in held)
                    for period in session
                ]
                before = [cp.new_bool_var("") for _at in session]
                after = [cp.new_bool_var("") for _at in session]
                for at in range(1, len(session)):
                    cp.add(before[at] >= busy[at - 1])
                    cp.add(before[at] >= before[at - 1])
                    cp.add(after[at - 1] >= busy[at])
                    cp.add(after[at - 1] >= after[at])
                for at in range(1, len(session) - 1):
                    wait = cp.new_bool_var("")
                    cp.add(wait >= before[at] + after[at] - 1 - busy[at])
                    terms.append(weights.wait * wait)
    return terms


def _spread(model: Model, weights: Weights, elsewhere: Mapping[UUID, tuple[int, int]]) -> list[cp_model.LinearExprT]:
    cp, terms = model.model, list[cp_model.LinearExprT]()
    sessions = model.board.hours.sessions()
    for number, unit in enumerate(model.loose):
        if len(unit.lessons) < 2:
            continue
        others, twos = elsewhere.get(unit.course, (0, 0))
        wanted = min(model.board.rule(unit.subject_id).doubles, (len(unit.lessons) + others) // 2) - twos
        twice: list[Literal] = []
        for day in model.board.hours.days:
            here = [slot for slot in model.slots if slot.weekday == day]
            two = cp.new_bool_var("")
            cp.add(sum(model.at[number, slot] for slot in here) <= 1 + (len(here) - 1) * two)
            cp.add(sum(model.at[number, slot] for slot in here) >= 2 * two)
            twice.append(two)
            apart = cp.new_bool_var("")
            for first, second in combinations(here, 2):
                beside = second.period == first.period + 1 and any(
                    first.period in session and second.period in session for session in sessions
                )
                if not beside:
                    cp.add(model.at[number, first] + model.at[number, second] <= 1 + apart)
            terms.append(weights.apart * apart)
        more, fewer = cp.new_int_var(0, 9, ""), cp.new_int_var(0, 9, "")
        cp.add(more >= sum(twice) - max(0, wanted))
        cp.add(fewer >= wanted - sum(twice))
        terms += [weights.twice * more, weights.double * fewer]
    return terms


def _places(model: Model, weights: Weights) -> list[cp_model.LinearExprT]:
    sessions = model.board.hours.sessions()
    last = {session[-1] for session in sessions}
    late = last | {period for session in sessions[1:] for period in session}
    terms: list[cp_model.LinearExprT] = []
    for number, unit in enumerate(model.loose):
        rather_not = model.board.wishes.rather_not.get(unit.teacher, ()) if unit.teacher else ()
        heavy = model.board.rule(unit.subject_id).heavy
        for slot in model.slots:
            cost = weights.rather_not * (slot in rather_not) + weights.heavy * (heavy and slot.period in late)
            if cost:
                terms.append(cost * model.at[number, slot])
    return terms
