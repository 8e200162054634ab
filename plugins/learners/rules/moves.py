"""When a pupil may come, go or move: the rules of dates and of what may follow on what. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from core.sdk import Message, _

Entering = Literal["new", "transfer_in", "return"]
Leaving = Literal["transfer_out", "leave"]
State = Literal["studying", "moved_away", "left", "completed", "none"]

KINDS: dict[str, Message] = {
    "new": _("Enrolled"),
    "transfer_in": _("Transferred in"),
    "return": _("Came back"),
    "transfer_out": _("Transferred out"),
    "leave": _("Left school"),
    "complete": _("Completed the level"),
    "move": _("Changed the class"),
    "promote": _("Promoted"),
    "repeat": _("Repeats the grade"),
}
STATES: dict[State, tuple[str, Message]] = {
    "studying": ("ok", _("Studying")),
    "moved_away": ("neutral", _("Transferred out")),
    "left": ("stop", _("Left school")),
    "completed": ("neutral", _("Completed the level")),
    "none": ("attention", _("No class")),
}
OUTCOMES: dict[str, Message] = {
    "promoted": _("Promoted"),
    "repeats": _("Repeats the grade"),
    "completed": _("Completed the level"),
    "undecided": _("Not decided"),
}
ENTERING: tuple[Entering, ...] = ("new", "transfer_in", "return")
LEAVING: tuple[Leaving, ...] = ("transfer_out", "leave")
REASONS: dict[str, Message] = {
    "hardship": _("Hardship of the family"),
    "learning": _("Weak results"),
    "illness": _("Illness"),
    "distance": _("Far from school"),
    "family_move": _("The family moved"),
    "work": _("Went to work"),
    "vocational": _("Vocational training"),
    "other": _("Another reason"),
}
"""Why pupils leave. The sector's code list is not public: provisional, and delivered with the code list hook."""
FINAL_GRADES = frozenset({5, 9, 12})
"""Last grades of primary, lower and upper secondary school."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a pupil stands in a school year."""

    starts_on: date | None = None
    """First day in the present class; None without one."""
    last_on: date | None = None
    """The day of the last step of this year."""
    last_kind: str | None = None
    """The last step of all."""


def state_of(standing: Standing) -> State:
    """The state as schools speak of it."""
    if standing.starts_on is not None:
        return "studying"
    by_kind: dict[str, State] = {"transfer_out": "moved_away", "leave": "left", "complete": "completed"}
    return by_kind.get(standing.last_kind or "", "none")


def problem_of(
    kind: str, standing: Standing, on: date, *, year: tuple[date, date], today: date
) -> tuple[str, Message] | None:
    """Why a step cannot be taken, with the field to mend; None where it can.

    Args:
        on: first day in the class, or the first day on which the pupil is not there any more.
        year: first and last day of the school year.
    """
    here = standing.starts_on is not None
    if kind in ENTERING and here:
        return "kind", _("This pupil is in a class of this year already.")
    if kind not in ENTERING and not here:
        return "kind", _("This pupil is in no class of this year.")
    if kind == "return" and standing.last_kind not in LEAVING:
        return "kind", _("Only who has left can come back.")
    if not year[0] <= on <= year[1]:
        return "on", _("The day is not inside the school year.")
    if on > max(today, year[0]):
        return "on", _("The day lies in the future.")
    if standing.starts_on is not None and on < standing.starts_on:
        return "on", _("On this day the pupil was not in the class yet.")
    if standing.last_on is not None and on < standing.last_on:
        return "on", _("A later step is entered already. Take that back first.")
    return None


def next_class(name: str, grade: int) -> str:
    """The name of a class one grade up: 6A1 becomes 7A1."""
    digits = str(grade)
    return f"{grade + 1}{name[len(digits) :]}" if name.startswith(digits) else name


def outcome_at(grade: int, outcome: str) -> str:
    """Who is promoted from the last grade of a level has completed it."""
    return "completed" if outcome == "promoted" and grade in FINAL_GRADES else outcome
