"""Bills that may be paid in parts."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, SchoolOwned


class BillPart(SchoolOwned, Base):
    """One part of a bill with its own day. The parts of a bill sum to its total; paying is as before."""

    __tablename__ = "finance_bill_part"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("number BETWEEN 1 AND 12", name="number"),
    )

    bill_id: Mapped[UUID] = mapped_column(ForeignKey("finance_bill.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    due_on: Mapped[date]
    amount: Mapped[int]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
