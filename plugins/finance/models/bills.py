"""Bills as they went out. Names and amounts are snapshots: what the family was sent never changes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned

_LIVE = "state = 'published'"


class Bill(Identified, SchoolOwned, Base):
    """What one pupil owes of one round.

    The core's charge whose origin is this bill bears reference and payments; a bill of 0 has none.
    """

    __tablename__ = "finance_bill"
    __table_args__ = (
        Index("uq_finance_bill_live", "round_id", "person_id", unique=True, postgresql_where=_LIVE),
        Index("ix_finance_bill_round_name", "round_id", "sort_key", "id"),
        Index("ix_finance_bill_round_class", "round_id", "class_name", "sort_key", "id"),
        Index("ix_finance_bill_person", "school_id", "person_id", "id"),
        CheckConstraint("state IN ('published', 'cancelled', 'withdrawn')", name="state"),
        CheckConstraint("total >= 0", name="total"),
    )

    school_id: Mapped[UUID] = mapped_column()  # pyright: ignore[reportIncompatibleVariableOverride]  (a declared_attr)
    """School and round are checked by a trigger, once a statement."""
    round_id: Mapped[UUID]
    person_id: Mapped[UUID]
    code: Mapped[str]
    """The pupil's code at the school."""
    full_name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(Text(collation="C"))
    search_text: Mapped[str]
    """Folded name, code and class."""
    class_id: Mapped[UUID]
    class_name: Mapped[str]
    total: Mapped[int]
    """Dong; the sum of the lines."""
    state: Mapped[str] = mapped_column(default="published")
    issued_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(default="")


class BillLine(SchoolOwned, Base):
    """One item of a bill, with all that explains its amount. Append-only by right.

    No foreign keys: lines are written with their bill in one statement, bills are never deleted, and the checks
    would double the time of publishing.
    """

    __tablename__ = "finance_bill_line"
    __table_args__ = (
        CheckConstraint("amount = gross - reduction AND reduction >= 0", name="amount"),
        CheckConstraint("CASE WHEN part = 1 THEN amount <= 0 ELSE amount >= 0 END", name="sign"),
        CheckConstraint("part BETWEEN 0 AND 2", name="part"),
    )

    school_id: Mapped[UUID] = mapped_column()  # pyright: ignore[reportIncompatibleVariableOverride]  (a declared_attr)
    bill_id: Mapped[UUID] = mapped_column(primary_key=True)
    item_id: Mapped[UUID] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True, default=0)
    """0 the item itself, 1 what the state pays of it (below zero), 2 what a late correction asks again."""
    position: Mapped[int]
    quantity: Mapped[int]
    unit_price: Mapped[int]
    gross: Mapped[int]
    """`unit_price` x `quantity`, or the amount of an exception."""
    reduction: Mapped[int]
    amount: Mapped[int]
    percent: Mapped[int]
    """Of the exemption or of the rule for several children; 0 without one."""
    exemption_id: Mapped[UUID | None]
    rule_id: Mapped[UUID | None]
    """The rule for families with several children, or of the state's support, that counted."""
    reason: Mapped[str]
    """Why quantity or amount differ from the class; empty without an exception."""
    scope: Mapped[str]
    """Whose price it is: `class`, `grade`, `school`, `exception`; or `support`, `correction`."""
