"""Lessons as a table of the week: periods down, days across. On a phone one day is shown at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from uuid import UUID

from core.sdk import Message
from core.sdk.web import locale

from ..rules.board import Hours, Placed, Slot
from ..services.days import Days, Held
from ..services.frame import Frame
from ..words import DAYS, KIND_WORDS, SESSIONS, STATE_WORDS

Offers = Callable[[Held], Sequence[tuple[Message, str]]]
Side = Literal["class", "teacher", "room"]


@dataclass(frozen=True, slots=True)
class Column:
    """A day. `on`: the one that a phone shows."""

    key: str
    label: Message
    day: date | None
    on: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A lesson in a cell: what, with whom or where, and what is different that day."""

    title: str | Message
    detail: str
    room: str
    state: tuple[str, Message] | None = None
    gone: bool = False
    lesson: UUID | None = None
    note: str = ""
    offers: Sequence[tuple[Message, str]] = ()
    """What can be done for it now: label, address."""


@dataclass(frozen=True, slots=True)
class Row:
    """A period of the day. `session` only where a new one begins."""

    session: Message | None
    number: int
    times: str
    cells: Sequence[tuple[Column, Sequence[Entry]]]

    @property
    def empty(self) -> bool:
        return not any(entries for _column, entries in self.cells)


@dataclass(frozen=True, slots=True)
class WeekGrid:
    """A table of a week."""

    columns: Sequence[Column]
    rows: Sequence[Row]

    @property
    def empty(self) -> bool:
        return all(row.empty for row in self.rows)


def week(
    found: Days, lessons: Iterable[Held], side: Side, shown: date, *, teacher: UUID | None = None,
    offers: Offers | None = None,
) -> WeekGrid:  # fmt: skip
    """A week as it is held, substitutions in it.

    Args:
        offers: the buttons of a lesson.
    """
    on = shown if shown in found.days else next((day for day in found.days if day >= shown), None)
    on = on or (found.days[-1] if found.days else None)
    columns = [Column(day.isoformat(), DAYS[day.isoweekday()], day, day == on) for day in found.days]
    cells: dict[tuple[str, int], list[Entry]] = defaultdict(list)
    for lesson in lessons:
        entry = _held(found.frame, lesson, side, teacher)
        if offers is not None and not entry.gone:
            entry = replace(entry, offers=offers(lesson))
        cells[lesson.day.isoformat(), lesson.period].append(entry)
    return WeekGrid(columns, _rows(found.frame.hours, columns, cells))


def plan(found: Frame, lessons: Iterable[Placed], side: Side, weekday: int = 1) -> WeekGrid:
    """A version as it is planned, without days."""
    columns = [Column(str(day), DAYS[day], None, day == weekday) for day in found.hours.days]
    cells: dict[tuple[str, int], list[Entry]] = defaultdict(list)
    for lesson in lessons:
        entry = Entry(
            _title(found, lesson.course, lesson.kind), _detail(found, side, lesson.class_id, lesson.teacher),
            lesson.room if side != "room" else "", lesson=lesson.id,
        )  # fmt: skip
        cells[str(lesson.slot.weekday), lesson.slot.period].append(entry)
    return WeekGrid(columns, _rows(found.hours, columns, cells))


def _rows(hours: Hours, columns: Sequence[Column], cells: dict[tuple[str, int], list[Entry]]) -> list[Row]:
    rows: list[Row] = []
    before = ""
    several = len(hours.sessions()) > 1
    for at, period in enumerate(hours.periods, start=1):
        session = SESSIONS[period.session] if several and period.session != before else None
        before = period.session
        row = [(column, cells.get((column.key, at), [])) for column in columns]
        rows.append(Row(session, period.number, f"{period.starts}–{period.ends}", row))
    return rows


def _held(found: Frame, lesson: Held, side: Side, teacher: UUID | None) -> Entry:
    gone = lesson.state in ("cancelled", "moved") or bool(teacher and lesson.teacher != teacher)
    who = lesson.teacher or lesson.planned
    return Entry(
        _title(found, lesson.course, lesson.kind), _detail(found, side, lesson.class_id, who),
        lesson.room if side != "room" else "", STATE_WORDS.get(lesson.state), gone, lesson.lesson, lesson.note,
    )  # fmt: skip


def _title(found: Frame, course: UUID, kind: str) -> str | Message:
    if kind in KIND_WORDS:
        return KIND_WORDS[kind]
    line = found.courses.get(course)
    if line is None:
        return ""
    return line.name_en if locale() == "en" else line.name_vi


def _detail(found: Frame, side: Side, class_id: UUID, teacher: UUID | None) -> str:
    of_class = found.classes.get(class_id, "")
    if side == "teacher":
        return of_class
    name = found.teacher_name(teacher)
    return name if side == "class" else " - ".join(part for part in (of_class, name) if part)


def slot_of(text: str) -> Slot | None:
    """A slot from a form: `3-2`."""
    first, _sign, second = text.partition("-")
    return Slot(int(first), int(second)) if first.isdecimal() and second.isdecimal() else None
