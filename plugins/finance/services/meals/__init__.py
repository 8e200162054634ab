"""Meals by day: who was away, closing a month, corrections, and what explains them."""

from __future__ import annotations

from .absences import AbsenceInput, AbsenceRow, absences, set_absences, take_absences
from .closing import Closed, MealLine, close_month, correct_month, month_lines
from .months import CreditLine, MonthRow, credits_of, month_row, months

__all__ = [
    "AbsenceInput",
    "AbsenceRow",
    "Closed",
    "CreditLine",
    "MealLine",
    "MonthRow",
    "absences",
    "close_month",
    "correct_month",
    "credits_of",
    "month_lines",
    "month_row",
    "months",
    "set_absences",
    "take_absences",
]
