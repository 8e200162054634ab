"""Who signs for the school's leadership: the principal, and deputies by decision for a time."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned

POSITIONS = ("principal", "deputy")


class Leader(Identified, SchoolOwned, Base):
    """From which day to which somebody confirms transcripts; both days count, without an end it goes on."""

    __tablename__ = "transcripts_leader"
    __table_args__ = (
        CheckConstraint(f"position IN {POSITIONS}", name="position"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="order"),
        CheckConstraint("position = 'principal' OR (decision <> '' AND ends_on IS NOT NULL)", name="delegation"),
        Index("ix_transcripts_leader_person", "person_id"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"))
    position: Mapped[str]
    """A deputy signs by a delegation: with its decision number and an end."""
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    decision: Mapped[str] = mapped_column(default="")
    named_by: Mapped[str]
    named_at: Mapped[datetime]
    withdrawn_by: Mapped[str] = mapped_column(default="")
    withdrawn_at: Mapped[datetime | None]
