"""Bills in parts: which day is the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bill: dong, and the day by which it is due."""

    due_on: date
    amount: int


def first_open(parts: Sequence[Part], paid: int) -> date | None:
    """The day of the first part that `paid` dong do not cover; None when all is paid."""
    for part in parts:
        if paid < part.amount:
            return part.due_on
        paid -= part.amount
    return None
