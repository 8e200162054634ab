"""Whom a payment can be for: what is owed under which reference, and the persons behind it."""

from __future__ import annotations

from dataclasses import dataclass

from .outcomes import State


@dataclass(frozen=True, slots=True)
class Learner:
    """A pupil of the roll, billed or not: a name is only unique if no other pupil of the school bears it."""

    key: str
    """Opaque to the matching (an id as text)."""
    name: str
    class_name: str = ""
    code: str = ""
    parents: tuple[str, ...] = ()
    """Names of parents and guardians, for hints only."""
    family: str = ""
    """Equal and not empty for siblings."""


@dataclass(frozen=True, slots=True)
class Due:
    """What an owner owes under one reference, and what has come in before this statement. Whole dong."""

    reference: str
    owner: str
    amount: int
    received: int = 0


@dataclass(slots=True)
class Standing:
    """A reference while lines are taken: `received` grows."""

    reference: str
    owner: str
    due: int
    received: int

    @property
    def open(self) -> int:
        """What is still owed, never negative."""
        return max(0, self.due - self.received)

    @property
    def difference(self) -> int:
        return self.received - self.due

    @property
    def state(self) -> State:
        if self.difference == 0:
            return State.PAID
        return State.UNDERPAID if self.difference < 0 else State.OVERPAID
