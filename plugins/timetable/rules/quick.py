"""A timetable without a solver: quick, without clashes, not the best.

Lessons are the edges between classes and teachers, periods of the week are colours. A bipartite graph can be coloured
with as many colours as its busiest corner has edges (Kőnig), by flipping alternating paths; flips that make the
timetable better are then tried at random. Wishes and the like are looked after, not promised: `checks` says.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, replace
from uuid import UUID

from .board import Board, Placed, Slot

_NEVER, _HOLE, _CROWDED, _COMES, _TWICE, _WAIT, _LATE = 1000, 60, 40, 40, 2, 2, 1

_LOOK = 50
"""Changes after which the lessons where a rule hurts are looked for again."""


@dataclass(slots=True)
class _Edge:
    lesson: Placed
    teacher: UUID
    fixed: bool
    at: int = -1


class _Colouring:
    """Who is where, by slot."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.slots = board.hours.slots()
        self.by_class: dict[UUID, list[_Edge | None]] = {}
        self.by_teacher: dict[UUID, list[_Edge | None]] = {}
        self.blocked: set[int] = set()
        self.days = {day: [at for at, slot in enumerate(self.slots) if slot.weekday == day] for day in board.hours.days}
        self.sessions = board.hours.sessions()
        rules = {subject: board.rule(subject).at_once for subject in {c.subject_id for c in board.courses.values()}}
        self.limits = {subject: most for subject, most in rules.items() if most is not None}

    def rows(self, edge: _Edge) -> tuple[list[_Edge | None], list[_Edge | None]]:
        size = len(self.slots)
        return (
            self.by_class.setdefault(edge.lesson.class_id, [None] * size),
            self.by_teacher.setdefault(edge.teacher, [None] * size),
        )

    def put(self, edge: _Edge, at: int) -> None:
        edge.at = at
        for row in self.rows(edge):
            row[at] = edge

    def take(self, edge: _Edge) -> None:
        for row in self.rows(edge):
            row[edge.at] = None

    def chain(self, edge: _Edge | None, a: int, b: int, *, of_teacher: bool) -> list[_Edge] | None:
        """Lessons of the path that begins at a corner and alternates between two slots; None if one is fixed."""
        found: list[_Edge] = []
        while edge is not None:
            if edge.fixed:
                return None
            found.append(edge)
            row = self.rows(edge)[0 if of_teacher else 1]
            edge, of_teacher = row[b if edge.at == a else a], not of_teacher
            if edge is not None and found[0] is edge:
                break
        return found

    def flip(self, edges: list[_Edge], a: int, b: int) -> None:
        for edge in edges:
            self.take(edge)
        for edge in edges:
            self.put(edge, b if edge.at == a else a)

    def add(self, edge: _Edge, pick: random.Random) -> bool:
        """Place a lesson, with others giving way where they must."""
        mine, theirs = self.rows(edge)
        usable = [at for at in range(len(self.slots)) if at not in self.blocked]
        free = [at for at in usable if mine[at] is None], [at for at in usable if theirs[at] is None]
        both = [at for at in free[0] if theirs[at] is None]
        if both:
            self.put(edge, min(both, key=lambda at: (self._price(edge, at), pick.random())))
            return True
        for a in pick.sample(free[0], len(free[0])):
            for b in pick.sample(free[1], len(free[1])):
                path = self.chain(theirs[a], a, b, of_teacher=True)
                if path is not None:
                    self.flip(path, a, b)
                    self.put(edge, a)
                    return True
        return False

    def _price(self, edge: _Edge, at: int) -> int:
        slot, lesson = self.slots[at], edge.lesson
        row = self.by_class[lesson.class_id]
        same = sum(1 for other in self.days[slot.weekday] if (o := row[other]) and o.lesson.course == lesson.course)
        never = slot in self.board.wishes.never.get(edge.teacher, ())
        return same * 20 + never * _NEVER + slot.period

    def cost(self, classes: set[UUID], teachers: set[UUID], days: set[int], slots: tuple[int, ...]) -> int:
        """How bad the days of these classes and teachers are, and the periods of the school."""
        school = sum(self._crowded(at) for at in slots) + sum(self._coming(t) for t in teachers)
        return school + sum(
            sum(self._class_day(self.by_class[c], day) for c in classes)
            + sum(self._teacher_day(self.by_teacher[t], t, day) for t in teachers)
            for day in days
        )

    def _crowded(self, at: int) -> int:
        """Classes in a period that the rooms of a subject do not hold."""
        if not self.limits:
            return 0
        here = Counter(edge.lesson.subject_id for row in self.by_class.values() if (edge := row[at]) is not None)
        return sum(_CROWDED * max(0, here[subject] - most) for subject, most in self.limits.items())

    def _coming(self, teacher: UUID) -> int:
        """Days on which a teacher comes beyond what they want."""
        most = self.board.wishes.most_days.get(teacher)
        if most is None:
            return 0
        row = self.by_teacher[teacher]
        return _COMES * max(0, sum(any(row[at] for at in slots) for slots in self.days.values()) - most)

    def sore(self) -> list[_Edge]:
        """Lessons where a rule hurts: when the teacher cannot, or on the thinnest of their too many days."""
        found: list[_Edge] = []
        for teacher, row in self.by_teacher.items():
            never = self.board.wishes.never.get(teacher, ())
            mine = [edge for edge in row if edge is not None and not edge.fixed]
            found += [edge for edge in mine if self.slots[edge.at] in never]
            if self._coming(teacher):
                days = Counter(self.slots[edge.at].weekday for edge in mine)
                thin = min(days.values(), default=0)
                found += [edge for edge in mine if days[self.slots[edge.at].weekday] == thin]
        return found

    def _class_day(self, row: list[_Edge | None], day: int) -> int:
        edges = [row[at] for at in self.days[day]]
        found = 0
        for course, count in Counter(e.lesson.course for e in edges if e).items():
            if count > 1:
                rule = self.board.rule(self.board.courses[course].subject_id)
                found += _TWICE * (count - 1) + _CROWDED * max(0, count - rule.most_a_day)
        for session in self.sessions:
            here = [at for at, period in enumerate(session) if edges[period - 1]]
            if here:
                found += _HOLE * (here[-1] + 1 - len(here))
                last = edges[session[here[-1]] - 1]
                found += _LATE * bool(last and self.board.rule(last.lesson.subject_id).heavy)
        return found

    def _teacher_day(self, row: list[_Edge | None], teacher: UUID, day: int) -> int:
        found = 0
        never = self.board.wishes.never.get(teacher, ())
        rather_not = self.board.wishes.rather_not.get(teacher, ())
        for session in self.sessions:
            here = [period for period in session if row[self.days[day][period - 1]]]
            if here:
                found += _WAIT * (here[-1] - here[0] + 1 - len(here))
                found += sum(_NEVER for period in here if Slot(day, period) in never)
                found += sum(2 for period in here if Slot(day, period) in rather_not)
        return found


def arrange(board: Board, wanted: list[Placed], *, seed: int = 1, tries: int = 4000) -> list[Placed]:
    """Place lessons; those that are fixed keep their slot, the slot of the others counts for nothing.

    Returns:
        The lessons that found a place: all of them unless fixed ones stand in the way.
    """
    pick = random.Random(seed)  # noqa: S311  (a choice among equals, no secret)
    table = _Colouring(board)
    where = {slot: at for at, slot in enumerate(table.slots)}
    edges = [_Edge(lesson, lesson.teacher or lesson.id, lesson.fixed) for lesson in wanted]
    kept: list[Placed] = []
    for edge in edges:
        if not edge.fixed:
            continue
        at = where.get(edge.lesson.slot)
        if at is None or edge.lesson.kind == "flag":
            kept.append(edge.lesson)  # nobody else's period, and no clash of teachers
            if at is not None:
                table.by_class.setdefault(edge.lesson.class_id, [None] * len(table.slots))[at] = edge
        else:
            table.put(edge, at)
    table.blocked = {where[lesson.slot] for lesson in kept if lesson.kind == "flag" and lesson.slot in where}
    load = Counter(edge.teacher for edge in edges)
    loose = sorted((e for e in edges if not e.fixed), key=lambda e: (-load[e.teacher], str(e.lesson.course)))
    missing = {id(edge) for edge in loose if not table.add(edge, pick)}
    _improve(table, pick, tries)
    placed = [e for e in edges if id(e) not in missing and not (e.fixed and e.at < 0)]
    return kept + [replace(edge.lesson, slot=table.slots[edge.at]) for edge in placed]


def _improve(table: _Colouring, pick: random.Random, tries: int) -> None:
    classes = list(table.by_class)
    usable = [at for at in range(len(table.slots)) if at not in table.blocked]
    if not classes or len(usable) < 2:
        return
    sore: list[_Edge] = []
    for number in range(tries):
        if number % _LOOK == 0:
            sore = table.sore()
        a, b = pick.sample(usable, 2)
        row = table.by_class[pick.choice(classes)]
        if sore and number % 2:
            hurt = pick.choice(sore)
            row, a = table.by_class[hurt.lesson.class_id], hurt.at
            if a == b:
                continue
        start, other = row[a], row[b]
        if start is None and other is None:
            continue
        path = _component(table, start or other, a, b)
        if path is None:
            continue
        corners = {e.lesson.class_id for e in path}, {e.teacher for e in path}
        days = {table.slots[a].weekday, table.slots[b].weekday}
        before = table.cost(*corners, days, (a, b))
        table.flip(path, a, b)
        if table.cost(*corners, days, (a, b)) > before:
            table.flip(path, a, b)


def _component(table: _Colouring, start: _Edge | None, a: int, b: int) -> list[_Edge] | None:
    """Everything that has to move when one lesson goes from one slot to the other."""
    found: dict[int, _Edge] = {}
    todo = [start] if start else []
    while todo:
        edge = todo.pop()
        if id(edge) in found:
            continue
        if edge.fixed:
            return None
        found[id(edge)] = edge
        for row in table.rows(edge):
            if (other := row[b if edge.at == a else a]) is not None:
                todo.append(other)
    return list(found.values())
