"""A school's own numbers of accounts, dated, with the mark of the accountant who has checked them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned


class ChartVersion(Identified, SchoolOwned, Base):
    """From a day on: which number of an act each account is. Never changed; a newer one of the same day counts."""

    __tablename__ = "finance_chart_edition"
    __table_args__ = (
        UniqueConstraint("school_id", "chart", "valid_from", "made_at"),
        CheckConstraint("checked_by <> ''", name="checked"),
    )

    chart: Mapped[str]
    """Name of the act's chart, as its file."""
    valid_from: Mapped[date]
    accounts: Mapped[dict[str, Any]]
    """Pattern of our accounts to the act's number; what is not named is as the act's file says."""
    checked_by: Mapped[str]
    """Who has checked it, as the accountant wrote: an inspector, the chief accountant of the ward."""
    note: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
    made_by: Mapped[str]
