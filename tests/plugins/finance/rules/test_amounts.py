"""The amount of a line."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.finance.rules.amounts import Differs, LineAmount, Priced, after_reduction, is_shown, line_amount

AMOUNTS = st.integers(min_value=0, max_value=10**12)
PERCENTS = st.integers(min_value=0, max_value=100)


def test_meals_of_a_month() -> None:
    """Worked example of fees.md section 4: 22 days at 35,000."""
    assert line_amount(Priced(35_000, 22)) == LineAmount(22, 35_000, 770_000, 0, 770_000, "class")


def test_an_exception_replaces_the_quantity() -> None:
    assert line_amount(Priced(35_000, 18), Differs(quantity=14)).amount == 490_000


def test_an_exception_replaces_the_amount_before_the_exemption() -> None:
    line = line_amount(Priced(631_800, 1), Differs(amount=315_900), percent=50)
    assert line == LineAmount(1, 315_900, 315_900, 157_950, 157_950, "exception")


@pytest.mark.parametrize(
    ("gross", "percent", "left"), [(1, 50, 1), (3, 50, 2), (101, 33, 68), (99, 1, 98), (50, 99, 1)]
)
def test_halves_go_up_to_the_dong(gross: int, percent: int, left: int) -> None:
    assert after_reduction(gross, percent) == left


@given(AMOUNTS, PERCENTS)
def test_the_integer_formula_is_half_up(gross: int, percent: int) -> None:
    exact = Decimal(gross) * (100 - percent) / 100
    assert after_reduction(gross, percent) == int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@given(AMOUNTS, st.integers(0, 400), PERCENTS)
def test_lines_add_up_and_never_fall_below_zero(price: int, quantity: int, percent: int) -> None:
    line = line_amount(Priced(price, quantity), percent=percent)
    assert line.gross - line.reduction == line.amount >= 0
    assert (line.amount == 0) == (line.gross == 0 or percent == 100 or line.amount == 0)


def test_what_is_not_taken_is_no_line_but_what_is_free_is() -> None:
    assert not is_shown(line_amount(Priced(35_000, 18), Differs(quantity=0)))
    assert not is_shown(line_amount(Priced(0, 1)))
    assert is_shown(line_amount(Priced(631_800, 1), Differs(amount=0, reason="Đã có thẻ")))
    assert is_shown(line_amount(Priced(120_000, 1), percent=100))


def test_an_exception_is_a_quantity_or_an_amount() -> None:
    with pytest.raises(ValueError, match="either"):
        Differs()
    with pytest.raises(ValueError, match="either"):
        Differs(quantity=1, amount=1)


def test_a_reduction_above_all_is_refused() -> None:
    with pytest.raises(ValueError, match="between"):
        after_reduction(1, 101)
