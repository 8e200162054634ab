"""Links to pay: what ends them, those that are handed to somebody else, and who paid in the end."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned


class LinkStop(SchoolOwned, Base):
    """How often the links of a pupil (or of a guardian) were ended. A link carries the number it was made under."""

    __tablename__ = "finance_link_stop"
    __table_args__ = (CheckConstraint("stops > 0", name="stops"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id", ondelete="CASCADE"), primary_key=True)
    stops: Mapped[int]
    stopped_at: Mapped[datetime]
    stopped_by: Mapped[str]


class Share(Identified, SchoolOwned, Base):
    """A link for somebody who pays instead of the guardian: sums to pay and nothing else."""

    __tablename__ = "finance_share"
    __table_args__ = (Index("ix_finance_share_made", "school_id", "made_at"),)

    bills: Mapped[list[Any]]
    """Ids of the bills, all of this school."""
    payer: Mapped[dict[str, Any]]
    """`name, tax_code, address` as far as known; the payer may correct them."""
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    maker_id: Mapped[UUID | None]
    """The account that made it, None for the program."""
    expires_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]


class Payer(SchoolOwned, Base):
    """Who paid an attempt, where it was not the guardian: as the receipt names them."""

    __tablename__ = "finance_payer"
    __table_args__ = (Index("ix_finance_payer_share", "share_id", postgresql_where="share_id IS NOT NULL"),)

    attempt_id: Mapped[UUID] = mapped_column(primary_key=True)
    share_id: Mapped[UUID | None] = mapped_column(ForeignKey("finance_share.id"))
    name: Mapped[str]
    tax_code: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
