"""Codes on paper with which families join, and who joined by them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.data.base import Base, Identified, SchoolOwned


class FamilyCode(Identified, SchoolOwned, Base):
    """The code of one child's family; each guardian joins by it once. A new one takes its place."""

    __tablename__ = "core_family_code"
    __table_args__ = (
        UniqueConstraint("code_hash"),
        Index("ix_core_family_code_child", "school_id", "child_id"),
        Index("ix_core_family_code_whom", "child_id"),
    )

    child_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id", ondelete="CASCADE"))
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    """Keyed digest: what a typed code is looked up by."""
    code: Mapped[str] = mapped_column(info={"sealed": "'family-code:' || CAST(id AS text)"})
    """Sealed, to print the sheet again."""
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    """Account of the person at the office."""
    expires_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    """Wrong answers to the second question; a few withdraw the code."""


class FamilyJoin(Identified, SchoolOwned, Base):
    """A guardian who proved both code and second knowledge; with an account once they have joined."""

    __tablename__ = "core_family_join"
    __table_args__ = (
        UniqueConstraint("code_id", "guardian_id"),
        Index("ix_core_family_join_whom", "guardian_id"),
    )

    code_id: Mapped[UUID] = mapped_column(ForeignKey("core_family_code.id", ondelete="CASCADE"))
    guardian_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id", ondelete="CASCADE"))
    proved_at: Mapped[datetime]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_account.id", ondelete="SET NULL"))
    joined_at: Mapped[datetime | None]
