"""Electronic invoices: what is paid and needs one, the gapless series, the outbox to the service, what follows.

Receipts are ours alone and come with each payment; an e-invoice is made of the lines whose items say so, of what was
paid of them and is not invoiced yet. The order of payments, repeats and crashes do not matter: the difference is.
"""

from __future__ import annotations

from .due import Due, due_of
from .following import adjust, cancel, correct_buyer, drop, lower_by_replacing, replace
from .lowering import LOWER_TASK, lower_month, run_lower
from .making import issue_due, issue_for_receipt
from .reading import (
    Counts,
    InvoiceRow,
    InvoiceView,
    counts,
    gaps,
    invoice,
    invoices,
    of_receipt,
)
from .sending import TASK, ask_again, run

__all__ = [
    "LOWER_TASK",
    "TASK",
    "Counts",
    "Due",
    "InvoiceRow",
    "InvoiceView",
    "adjust",
    "ask_again",
    "cancel",
    "correct_buyer",
    "counts",
    "drop",
    "due_of",
    "gaps",
    "invoice",
    "invoices",
    "issue_due",
    "issue_for_receipt",
    "lower_by_replacing",
    "lower_month",
    "of_receipt",
    "replace",
    "run",
    "run_lower",
]
