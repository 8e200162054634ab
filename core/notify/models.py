"""Messages to persons and accounts of a school, their ways outside, and what each account has chosen."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.data.base import Base, Identified, SchoolOwned
from core.data.types import utc_now

STATES = ("waiting", "accepted", "delivered", "read", "declined", "failed")


class Notification(Identified, SchoolOwned, Base):
    """One message to one person or one account. It stays in the inbox whatever becomes of its ways outside."""

    __tablename__ = "core_message"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (account_id IS NULL)", name="whom"),
        Index("ix_core_message_person", "person_id", "id"),
        Index("ix_core_message_account", "account_id", "id"),
        Index("uq_core_message_key", "school_id", "key", "person_id", "account_id", unique=True,
              postgresql_nulls_not_distinct=True, postgresql_where="key IS NOT NULL"),
        Index("ix_core_message_batch", "batch", postgresql_where="batch IS NOT NULL"),
    )  # fmt: skip

    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id", ondelete="CASCADE"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_account.id", ondelete="CASCADE"))
    kind: Mapped[str]
    """`finance.bill.issued`."""
    title: Mapped[dict[str, Any]]
    """A `Message` as JSON, said in the reader's language when it is read."""
    text: Mapped[dict[str, Any]]
    url: Mapped[str] = mapped_column(default="")
    """A path of ours."""
    key: Mapped[str | None]
    """The same message is sent to the same person once."""
    batch: Mapped[UUID | None]
    """Messages that were written together and still wait to be carried outside."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    read_at: Mapped[datetime | None]


class Delivery(Identified, SchoolOwned, Base):
    """One message on its way through one channel. The address is asked for when it is sent and not kept."""

    __tablename__ = "core_message_delivery"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index("uq_core_message_delivery_message", "message_id", "channel", unique=True),
        Index("uq_core_message_delivery_reference", "school_id", "channel", "reference", unique=True),
    )

    message_id: Mapped[UUID] = mapped_column(ForeignKey("core_message.id", ondelete="CASCADE"))
    channel: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    reference: Mapped[str | None]
    """The service's number."""
    reason: Mapped[str] = mapped_column(default="")
    cost: Mapped[int] = mapped_column(default=0)
    """Whole dong."""
    changed_at: Mapped[datetime] = mapped_column(default=utc_now)


class Choice(SchoolOwned, Base):
    """Whether an account wants a channel at a school. No row: as the school has set it."""

    __tablename__ = "core_message_choice"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("core_school.id"), primary_key=True)  # pyright: ignore[reportIncompatibleVariableOverride]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("core_account.id", ondelete="CASCADE"), primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    wanted: Mapped[bool]
