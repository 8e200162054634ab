"""What a solver says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from ..board import Slot


@dataclass(frozen=True, slots=True)
class Weights:
    """What a timetable that could be better costs, for each time it happens. Nought: never mind."""

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


@dataclass(frozen=True, slots=True)
class Tick:
    """Where the search is. `best` is None until there is a timetable; `gap` in percent."""

    seconds: float
    best: int | None
    bound: int
    gap: int | None


@dataclass(frozen=True, slots=True)
class Solved:
    """A timetable: the slot of every lesson that was free to move."""

    slots: Mapping[UUID, Slot]
    objective: int
    bound: int
    seconds: float
    proven: bool
    """Whether nothing better exists."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that takes part in a contradiction.

    `rule`: `class_full teacher_full teacher_never at_once fixed hole most_a_day teacher`; `about` is the class, teacher or
    subject; `count` is how much is wanted of the `most` that there is room for, where numbers tell.
    """

    rule: str
    about: UUID
    count: int = 0
    most: int = 0


@dataclass(frozen=True, slots=True)
class Impossible:
    """No timetable keeps all of these rules; giving up one of them may be enough."""

    reasons: tuple[Reason, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Unsolved:
    """The time was too short to find a timetable or to prove that there is none."""

    seconds: float
