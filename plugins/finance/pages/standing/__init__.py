"""What people see of money: the accountant's day, debts, collection of a year, a family's years."""

from __future__ import annotations

from . import day, debts, history, overview

__all__ = ["day", "debts", "history", "overview"]
