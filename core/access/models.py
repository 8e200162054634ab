"""Which account holds which role where."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.data.base import Base, Identified, Timestamps


class Grant(Identified, Timestamps, Base):
    """A role of an account at a school; without a school for the operator of the installation.

    Sign-in and sessions read across schools in the system role; inside a school no other grant is seen.
    """

    __tablename__ = "core_grant"
    __table_args__ = (
        UniqueConstraint("account_id", "role", "school_id", postgresql_nulls_not_distinct=True),
        Index("ix_core_grant_school", "school_id", "role"),
        CheckConstraint("(role = 'operator') = (school_id IS NULL)", name="operator"),
        CheckConstraint("valid_until IS NULL OR valid_from <= valid_until", name="period"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("core_account.id", ondelete="CASCADE"))
    role: Mapped[str]
    school_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_school.id"))
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    granted_by: Mapped[UUID | None]
    """Account of the person who gave it; None for the program."""
