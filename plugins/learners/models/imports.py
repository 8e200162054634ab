"""Imports: the file as it came, and the plan of it as rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned, Timestamps

STATES = ("reading", "planned", "confirmed", "undone", "failed")


class Import(Identified, SchoolOwned, Timestamps, Base):
    """An uploaded list. Nothing of it reaches the records before it is confirmed."""

    __tablename__ = "learners_import"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("num_nonnulls(file_id, source) = 1", name="content"),
        UniqueConstraint("school_id", "id"),
    )

    year_id: Mapped[UUID] = mapped_column(ForeignKey("core_school_year.id"))
    file_name: Mapped[str]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_file.id"))
    """The list as it came, a document of the school."""
    source: Mapped[bytes | None] = mapped_column(deferred=True)
    """The list itself: only of imports from before lists became documents."""
    state: Mapped[str] = mapped_column(default="reading")
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Layout, ignored rows, counts, classes: everything but the rows."""
    author: Mapped[str]
    job_id: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


class ImportRow(SchoolOwned, Base):
    """One data row of an import: what it says, and what confirming does (or did) with it."""

    __tablename__ = "learners_import_row"
    __table_args__ = (
        CheckConstraint("status IN ('accept', 'warn', 'refuse')", name="status"),
        CheckConstraint("action IN ('new', 'changed', 'unchanged', 'refused')", name="action"),
        Index("ix_learners_import_row_learner", "learner_id"),
    )

    school_id: Mapped[UUID] = mapped_column()  # pyright: ignore[reportIncompatibleVariableOverride]
    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    """A trigger keeps it an import of this school, once a statement; the rows go with it."""
    number: Mapped[int] = mapped_column(primary_key=True)
    sheet: Mapped[str]
    row: Mapped[int]
    line: Mapped[int]
    status: Mapped[str]
    action: Mapped[str]
    notes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    findings: Mapped[list[Any]]
    """Lists of code, field, cell, proposal."""
    value: Mapped[dict[str, Any]]
    full_name: Mapped[str]
    class_name: Mapped[str]
    search_text: Mapped[str]
    learner_id: Mapped[UUID | None]
    """The record; of a new row the id that it will get."""
    version: Mapped[int | None]
    """Version of the record: as planned (1 if new), after confirming as written."""
    before: Mapped[dict[str, Any] | None]
    """The record before the change, for showing and for undoing."""
