"""Workbooks of marks: the file as it came, and the plan of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned, Timestamps

STATES = ("planned", "confirmed", "undone", "discarded")


class MarkImport(Identified, SchoolOwned, Timestamps, Base):
    """An uploaded workbook of one class and term. Nothing of it reaches a book before it is confirmed."""

    __tablename__ = "assessment_import"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("term IN (1, 2)", name="term"),
        ForeignKeyConstraint(
            ["school_id", "year_id", "class_id"],
            ["learners_class.school_id", "learners_class.year_id", "learners_class.id"],
        ),
        Index("ix_assessment_import_class", "school_id", "class_id", "term"),
    )

    year_id: Mapped[UUID]
    class_id: Mapped[UUID]
    term: Mapped[int] = mapped_column(SmallInteger)
    file_name: Mapped[str]
    file_id: Mapped[UUID] = mapped_column(ForeignKey("core_file.id"))
    state: Mapped[str] = mapped_column(default="planned")
    plan: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Sheets with their rows, cells and findings, as `services.importing` writes them."""
    author: Mapped[str]
    author_id: Mapped[UUID | None]
    """Account of who uploaded it; others of the school see it only with the right to all marks."""
    confirmed_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
