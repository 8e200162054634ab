"""Donations (Circular 16/2018): a fund of its own, what came in, what was spent. Nothing is due, nobody is reminded."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned, Timestamps


class Fund(Identified, SchoolOwned, Timestamps, Base):
    """What people may give to, by a plan that was approved and made public."""

    __tablename__ = "finance_fund"
    __table_args__ = (UniqueConstraint("school_id", "code"),)

    code: Mapped[str]
    label: Mapped[str]
    purpose: Mapped[str]
    plan: Mapped[str]
    """Number and day of the approved plan."""
    published_at: Mapped[datetime | None]
    """Since when families can read its report."""
    closed_on: Mapped[date | None]


class FundLine(Identified, SchoolOwned, Base):
    """A gift or a use. No pupil is named: a gift gives no right and is owed by nobody."""

    __tablename__ = "finance_fund_line"
    __table_args__ = (
        Index("ix_finance_fund_line_fund", "fund_id", "day", "id"),
        CheckConstraint("kind IN ('gift', 'use')", name="kind"),
        CheckConstraint("way IN ('cash', 'bank')", name="way"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("kind = 'gift' OR paper <> ''", name="paper"),
    )

    fund_id: Mapped[UUID] = mapped_column(ForeignKey("finance_fund.id"))
    kind: Mapped[str]
    amount: Mapped[int]
    day: Mapped[date]
    way: Mapped[str]
    account: Mapped[str]
    """Of the books: `cash:desk` or `bank:<number>`."""
    who: Mapped[str] = mapped_column(default="")
    """The donor, if they want to be named; who was paid."""
    named: Mapped[bool] = mapped_column(default=False)
    """Whether the public report says who gave."""
    what: Mapped[str] = mapped_column(default="")
    paper: Mapped[str] = mapped_column(default="")
    entry_id: Mapped[UUID]
    taken_back_at: Mapped[datetime | None]
    taken_back_why: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    created_by: Mapped[str]
