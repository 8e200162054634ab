"""What providers said: raw messages, the facts in them, and what a person has to look at."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.data.base import Base, Identified, SchoolOwned
from core.data.types import utc_now


class ProviderInbox(Identified, SchoolOwned, Base):
    """A verified message exactly as it came. Stored and committed before it is acknowledged; never deleted."""

    __tablename__ = "core_provider_inbox"
    __table_args__ = (
        UniqueConstraint("channel_id", "dedupe"),
        CheckConstraint("state IN ('received', 'processed', 'quarantined', 'failed')", name="state"),
        Index("ix_core_provider_inbox_open", "school_id", "received_at", postgresql_where="state = 'received'"),
    )

    channel_id: Mapped[UUID] = mapped_column(ForeignKey("core_payment_channel.id"))
    provider: Mapped[str]
    dedupe: Mapped[str]
    method: Mapped[str]
    """HTTP method, or QUERY for the answer to a question of ours."""
    headers: Mapped[dict[str, Any]]
    query: Mapped[bytes]
    body: Mapped[bytes]
    source_ip: Mapped[str] = mapped_column(default="")
    facts: Mapped[list[Any]]
    """As read when the signature was verified: a later change of keys or windows cannot undo it."""
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="received")
    error: Mapped[str] = mapped_column(default="")
    tries: Mapped[int] = mapped_column(default=0)
    processed_at: Mapped[datetime | None]


class Evidence(Identified, SchoolOwned, Base):
    """One fact, once, however often and on whichever way it was told. Append-only."""

    __tablename__ = "core_evidence"
    __table_args__ = (
        UniqueConstraint("school_id", "rail", "kind", "provider_txn"),
        Index("ix_core_evidence_attempt", "school_id", "attempt_id", postgresql_where="attempt_id IS NOT NULL"),
    )

    school_id: Mapped[UUID] = mapped_column()  # pyright: ignore[reportIncompatibleVariableOverride]
    """School, channel, attempt and message are checked by a trigger, once a statement."""
    channel_id: Mapped[UUID]
    rail: Mapped[str]
    kind: Mapped[str]
    provider_txn: Mapped[str]
    amount: Mapped[int]
    currency: Mapped[str]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(default=utc_now)
    reference: Mapped[str | None]
    memo: Mapped[str] = mapped_column(default="")
    merchant: Mapped[str | None]
    reverses: Mapped[str | None]
    """Of a debit: the number of the credit that it takes back. Of a credit: the debit that had taken it back before."""
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    attempt_id: Mapped[UUID | None]
    inbox_id: Mapped[UUID | None]
    source: Mapped[str] = mapped_column(default="notice")
    """notice, query, statement or person."""


class ExceptionCase(Identified, SchoolOwned, Base):
    """Something that a person has to decide; the work list of the accountant."""

    __tablename__ = "core_exception_case"
    __table_args__ = (
        UniqueConstraint("school_id", "kind", "subject"),
        CheckConstraint("state IN ('open', 'resolved')", name="state"),
        CheckConstraint("(state = 'resolved') = (resolved_at IS NOT NULL)", name="resolved"),
        Index("ix_core_exception_case_open", "school_id", "opened_at", postgresql_where="state = 'open'"),
        Index("ix_core_exception_case_whom", "person_id", postgresql_where="person_id IS NOT NULL"),
    )

    kind: Mapped[str]
    subject: Mapped[str]
    """What it is about, so that the same trouble opens one case: a fact's rail, kind and number, or an id."""
    state: Mapped[str] = mapped_column(default="open")
    channel_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_payment_channel.id"))
    evidence_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_evidence.id"))
    inbox_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_provider_inbox.id"))
    attempt_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_payment_attempt.id"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id"))
    amount: Mapped[int] = mapped_column(default=0)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    opened_at: Mapped[datetime] = mapped_column(default=utc_now)
    resolution: Mapped[str | None]
    reason: Mapped[str] = mapped_column(default="")
    owner: Mapped[str] = mapped_column(default="", server_default="")
    """Who looks after it while it is open; empty where nobody has taken it."""
    resolved_by: Mapped[str | None]
    resolved_at: Mapped[datetime | None]


class NoticeRefusal(SchoolOwned, Base):
    """How many messages of a channel were refused on a day, and why. Nothing of the message is kept but a digest."""

    __tablename__ = "core_notice_refusal"

    channel_id: Mapped[UUID] = mapped_column(ForeignKey("core_payment_channel.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    last_digest: Mapped[str]
    last_at: Mapped[datetime]
