"""Rules that reduce what families pay: for several children of a family, and by what the state pays for them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned, Timestamps


class SiblingRule(Identified, SchoolOwned, Timestamps, Base):
    """From the `nth` child of a family at the school on, an item is reduced. Ended, never deleted: lines name it."""

    __tablename__ = "finance_sibling_rule"
    __table_args__ = (
        Index("ix_finance_sibling_rule_item", "school_id", "item_id"),
        CheckConstraint("nth BETWEEN 2 AND 9", name="nth"),
        CheckConstraint("percent BETWEEN 1 AND 100", name="percent"),
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="order"),
    )

    item_id: Mapped[UUID] = mapped_column(ForeignKey("finance_item.id"))
    nth: Mapped[int]
    percent: Mapped[int]
    """Taken off; the child pays the rest."""
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    legal_basis: Mapped[str]


class Support(Identified, SchoolOwned, Timestamps, Base):
    """What the state pays of tuition at a private school, as the provincial council sets it (Decree 238/2025)."""

    __tablename__ = "finance_support"
    __table_args__ = (
        Index("ix_finance_support_item", "school_id", "item_id"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("grade_from <= grade_to", name="grades"),
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="order"),
    )

    item_id: Mapped[UUID] = mapped_column(ForeignKey("finance_item.id"))
    grade_from: Mapped[int]
    grade_to: Mapped[int]
    amount: Mapped[int]
    """Dong for one unit of the item; never more than the family would pay."""
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    legal_basis: Mapped[str]
