"""Stated purposes, the log of readings, emergencies, and files with personal data that left the school.

None of these tables refers to accounts or persons by a foreign key: the log outlives both.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.data.base import Base, Identified, SchoolOwned
from core.data.types import utc_now


class Visit(Identified, SchoolOwned, Base):
    """A purpose that a reader has stated for one person, for a short while."""

    __tablename__ = "core_access_visit"
    __table_args__ = (Index("ix_core_access_visit_reader", "reader_id", "person_id", "ends_at"),)

    person_id: Mapped[UUID]
    """Whose data."""
    reader_id: Mapped[UUID]
    """The account, or the vendor's program."""
    session_id: Mapped[UUID | None]
    """It counts in this session only; in every one for an emergency."""
    purpose: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    emergency_id: Mapped[UUID | None]
    begun_at: Mapped[datetime] = mapped_column(default=utc_now)
    ends_at: Mapped[datetime]


class AccessEntry(Identified, SchoolOwned, Base):
    """Somebody read one class of somebody's data. Append-only; rows of one visit are shown as one."""

    __tablename__ = "core_access_log"
    __table_args__ = (
        UniqueConstraint("visit_id", "person_id", "data_class"),
        Index("ix_core_access_log_person", "person_id", "at"),
        Index("ix_core_access_log_school", "school_id", "at"),
        CheckConstraint("how IN ('read', 'emergency', 'export')", name="how"),
    )

    visit_id: Mapped[UUID]
    person_id: Mapped[UUID]
    data_class: Mapped[str]
    how: Mapped[str]
    purpose: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    """The reason that was written, where one was asked for."""
    reader_id: Mapped[UUID]
    reader_name: Mapped[str]
    """As it was then."""
    reader_roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    place: Mapped[dict[str, Any]]
    """The page or list, a `Message`."""
    at: Mapped[datetime] = mapped_column(default=utc_now)


class Emergency(Identified, SchoolOwned, Base):
    """A record that was opened in an emergency by somebody who otherwise may not see it."""

    __tablename__ = "core_emergency"
    __table_args__ = (
        Index("ix_core_emergency_account", "account_id", "ends_at"),
        Index("ix_core_emergency_waiting", "school_id", postgresql_where="reviewed_at IS NULL"),
        CheckConstraint("reviewed_by IS NULL OR reviewed_by <> account_id", name="reviewer"),
        CheckConstraint("(reviewed_at IS NULL) = (justified IS NULL)", name="review"),
    )

    person_id: Mapped[UUID]
    account_id: Mapped[UUID]
    opener_name: Mapped[str]
    opener_roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reason: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(default=utc_now)
    ends_at: Mapped[datetime]
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[UUID | None]
    reviewer_name: Mapped[str] = mapped_column(default="")
    justified: Mapped[bool | None]
    remark: Mapped[str] = mapped_column(default="")


class ExportRequest(Identified, SchoolOwned, Base):
    """A list that somebody wants to take out, and what a second person said to it."""

    __tablename__ = "core_export_request"
    __table_args__ = (
        Index("ix_core_export_request_account", "account_id", "id"),
        Index("ix_core_export_request_waiting", "school_id", postgresql_where="state = 'waiting'"),
        Index("uq_core_export_request_draft", "account_id", "url", unique=True, postgresql_where="state = 'draft'"),
        CheckConstraint("state IN ('draft', 'waiting', 'approved', 'refused')", name="state"),
        CheckConstraint("decided_by IS NULL OR decided_by <> account_id", name="second_person"),
        CheckConstraint("(state IN ('approved', 'refused')) = (decided_by IS NOT NULL)", name="decided"),
    )

    account_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    """Of the requester, so that two accounts of one person are one person."""
    requester_name: Mapped[str]
    name: Mapped[str]
    """Of the exporter or report."""
    label: Mapped[dict[str, Any]]
    url: Mapped[str]
    """The address of the file, with the choices that were made."""
    persons: Mapped[int]
    """How many persons it held when it was asked for."""
    data_classes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reason: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="draft")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decider_name: Mapped[str] = mapped_column(default="")
    remark: Mapped[str] = mapped_column(default="")
    expires_at: Mapped[datetime | None]
    downloads: Mapped[int] = mapped_column(default=0)


class ExportTaken(Identified, SchoolOwned, Base):
    """A file with personal data that left the school. Append-only; the quota counts these."""

    __tablename__ = "core_export_taken"
    __table_args__ = (
        Index("ix_core_export_taken_account", "account_id", "at"),
        Index("ix_core_export_taken_school", "school_id", "at"),
    )

    account_id: Mapped[UUID]
    taker_name: Mapped[str]
    name: Mapped[str]
    label: Mapped[dict[str, Any]]
    persons: Mapped[int]
    data_classes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    request_id: Mapped[UUID | None]
    """None for a list below the threshold."""
    at: Mapped[datetime] = mapped_column(default=utc_now)
