"""Health insurance: months, first and last days, dated figures, what the province gives."""

from __future__ import annotations

from datetime import date

import pytest

from plugins.finance.rules.insurance import Span, contribution, months_of, usual_start

AUTUMN = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("unit", "quantity", "price", "months"),
    [
        ("year", 1, 631_800, 12), ("term", 1, 315_900, 6), ("once", 1, 157_950, 3), ("month", 12, 52_650, 12),
        ("month", 3, 52_650, 3), ("month", 12, 52_000, None), ("year", 1, 600_000, None), ("once", 2, 157_950, 6),
    ],
)  # fmt: skip
def test_months_follow_from_the_amount(unit: str, quantity: int, price: int, months: int | None) -> None:
    assert months_of(unit, quantity, price, AUTUMN) == months


def test_figures_are_those_of_the_day_and_the_province_may_give_more() -> None:
    assert contribution(12, date(2025, 8, 1)) == 884_520, "until the summer of 2025 the state gave 30 %"
    assert contribution(12, AUTUMN) == 631_800
    assert contribution(12, AUTUMN, share=200) == 379_080
    assert contribution(12, AUTUMN, share=500) == 0
    assert months_of("year", 1, 379_080, AUTUMN, 200) == 12


def test_a_cover_ends_with_a_month_and_meets_another() -> None:
    first_graders = Span(date(2026, 10, 1), 15)
    assert first_graders.ends_on == date(2027, 12, 31)
    year = Span(date(2027, 1, 1), 12)
    assert year.ends_on == date(2027, 12, 31) and year.meets(first_graders)
    assert not Span(date(2026, 10, 1), 3).meets(year)
    assert Span(date(2024, 2, 1), 1).ends_on == date(2024, 2, 29)
    assert usual_start(date(2026, 12, 24)) == date(2027, 1, 1)
