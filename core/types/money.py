"""Money in integer minor units with a currency exponent (ISO 4217): the dong has none."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

Vnd = int
EXPONENT = {"VND": 0, "USD": 2, "EUR": 2}


def format_vnd(amount: Vnd) -> str:
    """`1250000` as people write it: `1.250.000 ₫` (no-break space before the sign)."""
    return f"{amount:,}".replace(",", ".") + "\u00a0₫"


def half_up(value: Decimal) -> int:
    """Round to the whole unit, halves away from zero."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))
