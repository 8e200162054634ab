"""The amount of one line.

The publishing SQL (`services/drafts.py`) computes the same in the database; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PriceScope = Literal["class", "grade", "school", "exception", "support", "correction"]


@dataclass(frozen=True, slots=True)
class Priced:
    """The price that holds for a pupil: dong a unit, and how many units are billed."""

    unit_price: int
    quantity: int
    scope: PriceScope = "class"


@dataclass(frozen=True, slots=True)
class Differs:
    """An exception for one pupil: another quantity or another amount, never both."""

    quantity: int | None = None
    amount: int | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if (self.quantity is None) == (self.amount is None):
            raise ValueError("an exception replaces either the quantity or the amount")


@dataclass(frozen=True, slots=True)
class LineAmount:
    """One computed line, all in dong."""

    quantity: int
    unit_price: int
    gross: int
    reduction: int
    amount: int
    scope: PriceScope


def after_reduction(gross: int, percent: int) -> int:
    """What remains of `gross` dong after a reduction of `percent`, half up to the dong."""
    if not 0 <= percent <= 100:
        raise ValueError("a reduction lies between 0 and 100 percent")
    return (gross * (100 - percent) + 50) // 100


def line_amount(price: Priced, differs: Differs | None = None, percent: int = 0) -> LineAmount:
    """Price x quantity, an exception replaced, less the exemption (half up to the dong).

    Args:
        price: the price of the pupil's class.
        differs: the pupil's exception; an amount stands for one unit at that price.
        percent: the exemption, 0 to 100.
    """
    quantity, unit_price, scope = price.quantity, price.unit_price, price.scope
    if differs is not None and differs.amount is not None:
        quantity, unit_price, scope = 1, differs.amount, "exception"
    elif differs is not None and differs.quantity is not None:
        quantity = differs.quantity
    gross = unit_price * quantity
    amount = after_reduction(gross, percent)
    return LineAmount(quantity, unit_price, gross, gross - amount, amount, scope)


def is_shown(line: LineAmount) -> bool:
    """What a class does not pay or a pupil does not take is no line; what is reduced to 0 is one."""
    return line.quantity > 0 and (line.unit_price > 0 or line.scope == "exception")
