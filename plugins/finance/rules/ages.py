"""Debts by age."""

from __future__ import annotations

from datetime import date

from core.sdk import Message, _

BANDS: tuple[tuple[str, int, int | None, Message], ...] = (
    ("not_due", -(10**6), 0, _("Not due yet")),
    ("to_30", 1, 30, _("1 to 30 days late")),
    ("to_60", 31, 60, _("31 to 60 days late")),
    ("to_90", 61, 90, _("61 to 90 days late")),
    ("over_90", 91, None, _("More than 90 days late")),
)
"""Name, first and last day after the due date, label."""


def band(due_on: date, today: date) -> str:
    """The band of a debt that was due on a day."""
    days = (today - due_on).days
    return next(name for name, low, high, _label in BANDS if low <= days and (high is None or days <= high))
