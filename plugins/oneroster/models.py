"""What other programs have put into the gradebook service: never a mark of ours until a teacher takes it over."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, SchoolOwned

KINDS = ("category", "lineItem", "result", "scoreScale", "assessmentLineItem", "assessmentResult")


class OutsideObject(SchoolOwned, Base):
    """An object of the standard as its maker wrote it, under the maker's own id."""

    __tablename__ = "oneroster_object"
    __table_args__ = (CheckConstraint(f"kind IN {KINDS}", name="kind"),)

    school_id: Mapped[UUID] = mapped_column(  # pyright: ignore[reportIncompatibleVariableOverride]
        ForeignKey("core_school.id"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[dict[str, Any]]
    """Without `sourcedId` and `dateLastModified`."""
    modified: Mapped[datetime]
    made_by: Mapped[str]
    """The program."""
