"""Cash at the counter: a drawer from opening to day close, each taking of money, and what is handed to the bank."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned


class Drawer(Identified, SchoolOwned, Base):
    """One drawer in the hands of one cashier, from opening to day close. A trigger freezes it once it is closed."""

    __tablename__ = "finance_drawer"
    __table_args__ = (
        Index("uq_finance_drawer_number", "school_id", "number", unique=True, postgresql_where="state <> 'closed'"),
        Index("uq_finance_drawer_cashier", "school_id", "cashier_id", unique=True,
              postgresql_where="state <> 'closed'"),
        Index("ix_finance_drawer_opened", "school_id", "opened_at"),
        CheckConstraint("state IN ('open', 'counted', 'closed')", name="state"),
        CheckConstraint("number BETWEEN 1 AND 99", name="number"),
        CheckConstraint("opening_float >= 0 AND coalesce(counted, 0) >= 0", name="amounts"),
        CheckConstraint("(state = 'open') = (counted IS NULL)", name="counted"),
        CheckConstraint("counted IS NULL OR counted = expected OR reason <> ''", name="difference"),
        CheckConstraint("(state = 'closed') = (confirmed_by IS NOT NULL)", name="confirmed"),
        CheckConstraint("confirmed_by <> cashier_id", name="second_person"),
    )  # fmt: skip

    number: Mapped[int]
    """Of the drawer: its cash is the ledger account `cash:drawer-<number>`, which is empty between two openings."""
    cashier_id: Mapped[UUID]
    """The account of who has the drawer."""
    cashier_name: Mapped[str]
    opened_at: Mapped[datetime]
    opening_float: Mapped[int]
    """Change money that the school put in, in dong."""
    state: Mapped[str] = mapped_column(default="open")
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Note in dong to number of notes."""
    counted: Mapped[int | None]
    expected: Mapped[int | None]
    """What the books say at the count."""
    reason: Mapped[str] = mapped_column(default="")
    """Of the difference."""
    counted_at: Mapped[datetime | None]
    refusal: Mapped[str] = mapped_column(default="")
    """Why the second person wanted another count."""
    confirmed_by: Mapped[UUID | None]
    confirmed_name: Mapped[str] = mapped_column(default="")
    confirmed_at: Mapped[datetime | None]
    entry_id: Mapped[UUID | None]
    """The journal entry of the day close; None where nothing was in the drawer."""


class DrawerMove(Identified, SchoolOwned, Base):
    """Cash of one pupil taken into a drawer, or given back out of it. Append-only, and only while it is open."""

    __tablename__ = "finance_drawer_move"
    __table_args__ = (
        Index("ix_finance_drawer_move_drawer", "drawer_id", "id"),
        Index("ix_finance_drawer_move_batch", "school_id", "batch"),
        Index("ix_finance_drawer_move_whom", "person_id"),
        Index("uq_finance_drawer_move_entry", "entry_id", unique=True),
        CheckConstraint("(kind = 'taken' AND amount > 0) OR (kind = 'returned' AND amount < 0)", name="amount"),
        CheckConstraint("tendered >= 0", name="tendered"),
    )

    drawer_id: Mapped[UUID] = mapped_column(ForeignKey("finance_drawer.id"))
    batch: Mapped[UUID]
    """One family at the counter: several children, one handful of notes."""
    kind: Mapped[str]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"))
    amount: Mapped[int]
    tendered: Mapped[int] = mapped_column(default=0)
    """What the family of the batch handed over, in all; the rest went back as change."""
    entry_id: Mapped[UUID]
    receipt_id: Mapped[UUID]
    moved_at: Mapped[datetime]


class Deposit(Identified, SchoolOwned, Base):
    """Cash handed to the bank: on its way until a line of the bank's statement is it."""

    __tablename__ = "finance_deposit"
    __table_args__ = (
        Index("ix_finance_deposit_handed", "school_id", "handed_at"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("slip <> ''", name="slip"),
        CheckConstraint("(case_id IS NULL) = (arrived_at IS NULL)", name="arrived"),
    )

    amount: Mapped[int]
    slip: Mapped[str]
    """Number of the bank's paying-in slip."""
    bank: Mapped[str] = mapped_column(default="")
    handed_by: Mapped[str]
    handed_at: Mapped[datetime]
    entry_id: Mapped[UUID]
    case_id: Mapped[UUID | None]
    """The unmatched credit of the bank that it turned out to be."""
    arrived_at: Mapped[datetime | None]
