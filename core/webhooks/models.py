"""Addresses that want events, messages for them, and every try to deliver one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.data.base import Base, Identified, SchoolOwned, Timestamps

STATES = ("pending", "delivered", "failed")


class WebhookEndpoint(Identified, SchoolOwned, Timestamps, Base):
    """An address of another system that is told of events of the school."""

    __tablename__ = "core_webhook_endpoint"
    __table_args__ = (
        CheckConstraint("scheme IN ('v1', 'v1a')", name="scheme"),
        CheckConstraint("stopped IN ('', 'by_hand', 'failing', 'gone')", name="stopped"),
        Index("ix_core_webhook_endpoint_school", "school_id", "id"),
    )

    url: Mapped[str]
    label: Mapped[str] = mapped_column(server_default="")
    events: Mapped[list[str]] = mapped_column(ARRAY(Text))
    scheme: Mapped[str] = mapped_column(server_default="v1")
    """`v1`: HMAC-SHA256 with a shared secret; `v1a`: Ed25519, the receiver knows only the public key."""
    secret: Mapped[str] = mapped_column(info={"sealed": "'webhook:' || CAST(id AS text)"})
    """Sealed: `whsec_...` or `whsk_...`."""
    old_secret: Mapped[str | None] = mapped_column(info={"sealed": "'webhook:' || CAST(id AS text)"})
    """Sealed: the one before; messages carry both signatures until `old_until`."""
    old_until: Mapped[datetime | None]
    stopped: Mapped[str] = mapped_column(server_default="")
    """Why nothing is sent: by a person, after days of failures, or because the receiver answered 410 Gone."""
    failing_since: Mapped[datetime | None]
    """When the first of the present row of failures was."""


class WebhookMessage(Identified, SchoolOwned, Base):
    """One event for one address, with the bytes that are sent. Its id stays the same over all tries."""

    __tablename__ = "core_webhook_message"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index("ix_core_webhook_message_endpoint", "school_id", "endpoint_id", "id"),
        Index("ix_core_webhook_message_created", "created_at"),
        Index("ix_core_webhook_message_whose", "endpoint_id"),
    )

    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("core_webhook_endpoint.id", ondelete="CASCADE"))
    event: Mapped[str]
    body: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="pending")
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    next_at: Mapped[datetime | None]
    """When it is tried again; None when that is over."""
    created_at: Mapped[datetime]


class WebhookTry(Identified, SchoolOwned, Base):
    """One attempt to deliver a message."""

    __tablename__ = "core_webhook_try"
    __table_args__ = (Index("ix_core_webhook_try_message", "message_id", "at"),)

    message_id: Mapped[UUID] = mapped_column(ForeignKey("core_webhook_message.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    status: Mapped[int | None]
    """HTTP status; None when no answer came."""
    fault: Mapped[str] = mapped_column(server_default="")
    """Why no answer came, as a word of `sender.Fault`."""
    milliseconds: Mapped[int]
