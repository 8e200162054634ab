"""Rule sets of a school's own."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned

ENDS = ("replaced", "taken_back")


class OwnRuleSet(Identified, SchoolOwned, Base):
    """A file of rules as the school sent it. What was replaced or taken back stays: results were made by it."""

    __tablename__ = "assessment_rule_set"
    __table_args__ = (
        CheckConstraint(f"ended IN {('', *ENDS)}", name="ended"),
        CheckConstraint("(ended = '') = (ended_at IS NULL)", name="ended_at"),
        Index("uq_assessment_rule_set_in_force", "school_id", "code", unique=True, postgresql_where=text("ended = ''")),
    )

    code: Mapped[str]
    source: Mapped[str]
    """The file, TOML."""
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    ended: Mapped[str] = mapped_column(default="")
    ended_by: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]
    class_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}")
    """The classes for which it was chosen; none: every class of its grades."""
