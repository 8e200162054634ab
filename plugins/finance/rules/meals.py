"""Meals by day (fees.md, section 4): what an absence gives back.

The closing SQL (`services/meals/closing.py`) computes the same in the database; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass

from .amounts import after_reduction


@dataclass(frozen=True, slots=True)
class Planned:
    """Meals as a bill asked for them: days, dong a day, percent of the exemption."""

    days: int
    unit_price: int
    percent: int = 0

    @property
    def charged(self) -> int:
        return after_reduction(self.unit_price * self.days, self.percent)


def given_back(planned: Planned, away_in_time: int) -> int:
    """What comes back for days that were reported in time, in dong; never more than was asked.

    What stays is what the bill would have been for the days that were eaten or reported too late.
    """
    counted = min(away_in_time, planned.days)
    kept = Planned(planned.days - counted, planned.unit_price, planned.percent)
    return planned.charged - kept.charged
