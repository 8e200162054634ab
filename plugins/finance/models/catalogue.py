"""What a school may ask money for, and the most that it may ask."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned, Timestamps


class Item(Identified, SchoolOwned, Timestamps, Base):
    """A fee item of the school's list: meals, boarding, insurance, ..."""

    __tablename__ = "finance_item"
    __table_args__ = (
        UniqueConstraint("school_id", "code"),
        CheckConstraint("kind IN ('service', 'meal', 'insurance', 'passthrough', 'donation', 'tuition')", name="kind"),
        CheckConstraint("unit IN ('day', 'month', 'term', 'year', 'once')", name="unit"),
        CheckConstraint("document IN ('receipt', 'invoice')", name="document"),
    )

    code: Mapped[str]
    label_vi: Mapped[str]
    label_en: Mapped[str]
    kind: Mapped[str]
    unit: Mapped[str]
    legal_basis: Mapped[str]
    """Shown to parents on each line: the resolution, decree or decision that allows the item."""
    account: Mapped[str]
    """Ledger account: `income:<code>`; `passthrough:<whom it is for>` for money that is not the school's."""
    vat_label: Mapped[str] = mapped_column(default="not_subject")
    document: Mapped[str] = mapped_column(default="receipt")
    """Whether what is paid of it needs an e-invoice besides the receipt: a question of tax that each school answers."""
    position: Mapped[int] = mapped_column(default=100)
    active: Mapped[bool] = mapped_column(default=True)


class Ceiling(Identified, SchoolOwned, Timestamps, Base):
    """The highest unit price of an item from a day on, as the province's list sets it."""

    __tablename__ = "finance_ceiling"
    __table_args__ = (
        Index("ix_finance_ceiling_item", "school_id", "item_id", "valid_from"),
        CheckConstraint("maximum >= 0", name="maximum"),
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="order"),
    )

    item_id: Mapped[UUID] = mapped_column(ForeignKey("finance_item.id", ondelete="CASCADE"))
    maximum: Mapped[int]
    """Dong a unit."""
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    legal_basis: Mapped[str]
