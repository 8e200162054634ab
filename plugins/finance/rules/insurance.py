"""Pupils' health insurance (BHYT): the amounts that a pupil pays, from dated figures (Decree 188/2025)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


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


def contribution(months: int, on: date) -> int:
    """What a pupil pays for a number of months, in dong: 157,950 for three, 631,800 for twelve."""
    f = figures(on)
    return (f.base_salary * f.rate * months * (1000 - f.state_share) + 500_000) // 1_000_000


def usual_amounts(on: date) -> dict[int, int]:
    """Amount by number of months, for the spans that can be bought."""
    return {months: contribution(months, on) for months in (3, 6, 12)}
