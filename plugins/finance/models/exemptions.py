"""Exemptions and reductions: who, of what, how much, why, on which paper, until when, allowed by whom."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned, Timestamps


class Exemption(Identified, SchoolOwned, Timestamps, Base):
    """A reduction for one pupil. It counts once approved, and is never inferred from attributes."""

    __tablename__ = "finance_exemption"
    __table_args__ = (
        Index("ix_finance_exemption_person", "school_id", "person_id"),
        Index("ix_finance_exemption_whom", "person_id"),
        Index("ix_finance_exemption_valid_to", "school_id", "valid_to"),
        CheckConstraint("percent BETWEEN 1 AND 100", name="percent"),
        CheckConstraint("valid_from <= valid_to", name="order"),
        CheckConstraint("cardinality(item_ids) > 0", name="items"),
        CheckConstraint("approved_by IS NULL OR approved_by <> created_by", name="second_person"),
        CheckConstraint("(approved_by_name = '') = (approved_at IS NULL)", name="approval"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"))
    item_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    percent: Mapped[int]
    group_code: Mapped[str]
    """Group of the act, such as `poor`, `near_poor`, `orphan`, `disabled`, `staff_child`, `hardship`."""
    reason: Mapped[str]
    legal_basis: Mapped[str]
    evidence: Mapped[str]
    """The paper that was shown: kind, number, date."""
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    created_by: Mapped[UUID | None]
    """Account of the one who entered it; the approver is another one."""
    created_by_name: Mapped[str]
    approved_by: Mapped[UUID | None]
    """Account of the approver."""
    approved_by_name: Mapped[str] = mapped_column(default="")
    approved_at: Mapped[datetime | None]
