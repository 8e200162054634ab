"""What people owe: opened by modules in one or in a hundred thousand, paid by balances, never edited."""

from __future__ import annotations

from .change import cancel
from .opening import NewCharge, Opened, open_many, open_one
from .read import ChargeRow, by_reference, get, of_person
from .withdrawing import Withdrawn, cancel_many

open = open_one

__all__ = [
    "ChargeRow",
    "NewCharge",
    "Opened",
    "Withdrawn",
    "by_reference",
    "cancel",
    "cancel_many",
    "get",
    "of_person",
    "open",
    "open_many",
    "open_one",
]
