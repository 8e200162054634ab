"""Pupils' health insurance (BHYT): the amounts that a pupil pays, from dated figures (Decree 188/2025)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Contribution:
    """Figures that hold from a day on. Rates in parts of a thousand, the salary in dong a month."""

    since: date
    base_salary: int
    rate: int
    state_share: int
    """At least; a province may give more, then the amounts are lower."""
    legal_basis: str


FIGURES = (
    Contribution(date(2024, 7, 1), 2_340_000, 45, 300, "Nghị định 146/2018/NĐ-CP"),
    Contribution(date(2025, 8, 15), 2_340_000, 45, 500, "Nghị định 188/2025/NĐ-CP"),
)


def figures(on: date) -> Contribution:
    """The figures that hold on a day."""
    return max((f for f in FIGURES if f.since <= on), key=lambda f: f.since, default=FIGURES[0])


def contribution(months: int, on: date, share: int = 0) -> int:
    """What a pupil pays for a number of months, in dong: 157,950 for three, 631,800 for twelve.

    Args:
        share: what the province gives besides the state, in parts of a thousand of the full contribution.
    """
    f = figures(on)
    left = max(0, 1000 - f.state_share - share)
    return (f.base_salary * f.rate * months * left + 500_000) // 1_000_000


def usual_amounts(on: date, share: int = 0) -> dict[int, int]:
    """Amount by number of months, for the spans that can be bought."""
    return {months: contribution(months, on, share) for months in (3, 6, 12)}


def months_of(unit: str, quantity: int, unit_price: int, on: date, share: int = 0) -> int | None:
    """How many months a line of a bill buys; None when its price is the contribution for no number of months.

    An item by the month counts them as its quantity; any other item is priced for its months.
    """
    if unit == "month":
        return quantity if unit_price == contribution(1, on, share) else None
    found = (months for months in range(1, 13) if contribution(months, on, share) == unit_price)
    months = next(found, None)
    return None if months is None else months * quantity


@dataclass(frozen=True, slots=True)
class Span:
    """Whole months of validity from the first day of one."""

    starts_on: date
    months: int

    @property
    def ends_on(self) -> date:
        """The last day that is covered."""
        number = self.starts_on.year * 12 + self.starts_on.month - 1 + self.months
        return date(number // 12, number % 12 + 1, 1) - timedelta(days=1)

    def meets(self, other: Span) -> bool:
        """Whether two spans cover a day both."""
        return self.starts_on <= other.ends_on and other.starts_on <= self.ends_on


def usual_start(due_on: date) -> date:
    """The first day of the month after the families have paid."""
    return (due_on.replace(day=1) + timedelta(days=32)).replace(day=1)
