"""Documents of a class that were printed in one go."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned

KINDS = ("cards", "book")


class Print(Identified, SchoolOwned, Base):
    """The report cards of a class, or its class book, as a document of the school."""

    __tablename__ = "assessment_print"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        Index("ix_assessment_print_class", "school_id", "class_id", "made_at"),
    )

    class_id: Mapped[UUID]
    kind: Mapped[str]
    term: Mapped[int] = mapped_column(SmallInteger)
    """Of a class book; 0 for the whole year."""
    file_id: Mapped[UUID] = mapped_column(ForeignKey("core_file.id"))
    pupils: Mapped[int]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
