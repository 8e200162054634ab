"""Where the money stands: debts, collection against what is due, rails and their fees, the day, years of a family.

Every table is a fixed number of set-based statements, however many pupils, bills and years there are.
"""

from __future__ import annotations

from .collection import Collected, Collection, collection, periods, years
from .day import Day, Waiting, day
from .debts import ClassDebt, Debts, ItemDebt, PupilDebt, debts, pupil_debts
from .history import ChildYears, YearLine, history
from .rails import Rail, rails

__all__ = [
    "ChildYears",
    "ClassDebt",
    "Collected",
    "Collection",
    "Day",
    "Debts",
    "ItemDebt",
    "PupilDebt",
    "Rail",
    "Waiting",
    "YearLine",
    "collection",
    "day",
    "debts",
    "history",
    "periods",
    "pupil_debts",
    "rails",
    "years",
]
