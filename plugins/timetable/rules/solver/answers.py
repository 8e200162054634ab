"""What a solver says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from ..board import Slot


@dataclass(frozen=True, slots=True)
class Tick:
    """Where the search is. `best`, the price of the timetable so far, is None until one keeps the rules."""

    seconds: float
    best: int | None
    first: int | None = None
    """The price of the first one."""


@dataclass(frozen=True, slots=True)
class Solved:
    """A timetable: the slot of every lesson that was free to move."""

    slots: Mapping[UUID, Slot]
    first: int
    """The price of the first timetable that kept the rules."""
    objective: int
    bound: int
    """No timetable costs less than this, as far as was proven."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that takes part in a contradiction.

    `rule`: `class_full teacher_full fixed_never teacher_never teacher_days at_once fixed hole most_a_day teacher`;
    `about` is the class, teacher or subject; `count` is how much is wanted of the `most` that there is room for,
    where numbers tell.
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
