"""Who was away: asked by modules that charge for days, such as meals and transport."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from core.types.message import Message

if TYPE_CHECKING:
    from core.data.context import Context


@dataclass(frozen=True, slots=True)
class AbsentDay:
    """A pupil who did not take a day's meal, and when the school knew."""

    person_id: UUID
    day: date
    known_at: datetime
    in_time: bool
    """Whether that was before the school's cut-off."""


@dataclass(frozen=True, slots=True)
class AbsenceSource:
    """A module that knows of absences. `days(ctx, first, last)` answers for both days and all between them, each
    pupil at most once a day; the caller has checked who asks."""

    name: str
    """`<plugin>.<source>`."""
    label: Message
    days: Callable[[Context, date, date], Iterable[AbsentDay]]
