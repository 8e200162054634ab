"""Bills that are out: one with its explanation, lists with filters, totals."""

from __future__ import annotations

from .lists import BillFilter, ClassProgress, Totals, bills, open_of_class, progress_by_class, totals
from .rows import NOTHING_TO_PAY, STATE_LABELS, BillRow, PayState, pay_state
from .single import BillView, bill, bills_of, open_bills_of, view_of

__all__ = [
    "NOTHING_TO_PAY",
    "STATE_LABELS",
    "BillFilter",
    "BillRow",
    "BillView",
    "ClassProgress",
    "PayState",
    "Totals",
    "bill",
    "bills",
    "bills_of",
    "open_bills_of",
    "open_of_class",
    "pay_state",
    "progress_by_class",
    "totals",
    "view_of",
]
