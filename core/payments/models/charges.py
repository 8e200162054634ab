"""What people owe, and the references under which they pay."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.data.base import Base, Identified, SchoolOwned
from core.data.types import utc_now


class PaymentReference(SchoolOwned, Base):
    """A reference, unique for ever in the whole installation. Append-only."""

    __tablename__ = "core_payment_reference"
    __table_args__ = (
        CheckConstraint("reference ~ '^[A-Z0-9]{8,16}$'", name="shape"),
        CheckConstraint("kind IN ('charge', 'attempt')", name="kind"),
    )

    school_id: Mapped[UUID] = mapped_column()  # pyright: ignore[reportIncompatibleVariableOverride]
    """Checked through the target: foreign keys here would only cost time in large rounds."""
    reference: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    target_id: Mapped[UUID]
    person_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class Charge(Identified, SchoolOwned, Base):
    """An amount that a person owes, published by a module. `allocated` is what the person's balance has paid of it."""

    __tablename__ = "core_charge"
    __table_args__ = (
        UniqueConstraint("school_id", "origin", "origin_id"),
        CheckConstraint("due >= 0 AND allocated BETWEEN 0 AND due", name="allocated"),
        CheckConstraint("state IN ('open', 'settled', 'cancelled')", name="state"),
        CheckConstraint("(state = 'open') = (allocated < due) OR state = 'cancelled'", name="settled"),
        Index("ix_core_charge_open", "school_id", "person_id", postgresql_where="state = 'open'"),
        Index("ix_core_charge_person", "school_id", "person_id", "due_on"),
    )

    school_id: Mapped[UUID] = mapped_column()  # pyright: ignore[reportIncompatibleVariableOverride]
    person_id: Mapped[UUID]
    """Checked by a trigger, once a statement: a foreign key would take a quarter of the time of a large round."""
    origin: Mapped[str]
    """The module that asks for the money; `origin_id` is its bill."""
    origin_id: Mapped[UUID]
    reference: Mapped[str] = mapped_column(unique=True)
    due: Mapped[int]
    allocated: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(default="VND")
    due_on: Mapped[date]
    label: Mapped[str] = mapped_column(default="")
    credits: Mapped[dict[str, Any]]
    """Account to dong: what the charge is earned for. The sum is `due`."""
    hints: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What matching of bank lines may use beside the reference: `code`, `class_name`."""
    state: Mapped[str] = mapped_column(default="open")
    opened_at: Mapped[datetime] = mapped_column(default=utc_now)
    settled_at: Mapped[datetime | None]
