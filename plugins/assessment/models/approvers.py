"""Who approves marks beside the head of the school."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, SchoolOwned


class Approver(SchoolOwned, Base):
    """A deputy head (every subject), or the head of a subject group (one subject)."""

    __tablename__ = "assessment_approver"
    __table_args__ = (Index("ix_assessment_approver_person", "person_id"),)

    school_id: Mapped[UUID] = mapped_column(  # pyright: ignore[reportIncompatibleVariableOverride]
        ForeignKey("core_school.id"), primary_key=True
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id", ondelete="CASCADE"), primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    """Code of the subject; empty: every subject, and the classes' own books."""
    given_by: Mapped[str]
    given_at: Mapped[datetime]
