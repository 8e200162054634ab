"""What people owe: opened by modules in one or in a hundred thousand, paid by balances, never edited."""

from __future__ import annotations

from .change import cancel
from .crediting import credit_many, put_back, take_out
from .due import postpone
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
    "credit_many",
    "get",
    "of_person",
    "open",
    "open_many",
    "open_one",
    "postpone",
    "put_back",
    "take_out",
]
