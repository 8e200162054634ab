"""The double-entry ledger of a school: post, read, recompute."""

from __future__ import annotations

from .entries import Entry, Line, post, reverse
from .periods import close_period, open_period
from .read import Balance, StatementLine, balance_of, statement, trial_balance
from .verify import Difference, verify

__all__ = [
    "Balance",
    "Difference",
    "Entry",
    "Line",
    "StatementLine",
    "balance_of",
    "close_period",
    "open_period",
    "post",
    "reverse",
    "statement",
    "trial_balance",
    "verify",
]
