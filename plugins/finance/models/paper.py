"""Printed notices that were made."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned


class NoticePrint(Identified, SchoolOwned, Base):
    """The notices of a class, or of all classes of a round, as a document."""

    __tablename__ = "finance_notice_print"
    __table_args__ = (Index("ix_finance_notice_print_round", "round_id", "made_at"),)

    round_id: Mapped[UUID] = mapped_column(ForeignKey("finance_round.id", ondelete="CASCADE"))
    class_name: Mapped[str]
    """Empty for all classes."""
    by_family: Mapped[bool]
    file_id: Mapped[UUID] = mapped_column(ForeignKey("core_file.id"))
    sheets: Mapped[int]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
