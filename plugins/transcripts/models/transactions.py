"""One confirmation of one person at a signing service, and the digests that it covers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned

STATES = ("prepared", "authorised", "signed", "refused", "expired")
ITEM_STATES = ("waiting", "embedded", "stale", "wrong", "given_up")
"""`stale`: the record changed meanwhile; `wrong`: the signature was not right for digest and certificate; `given_up`:
the transaction ended without a signature."""


class SigningTransaction(Identified, SchoolOwned, Base):
    """An order to a signing service. `id` is the order's: repeating it is the same order there."""

    __tablename__ = "transcripts_transaction"
    __table_args__ = (
        UniqueConstraint("school_id", "id"),
        ForeignKeyConstraint(["school_id", "signer_id"], ["transcripts_signer.school_id", "transcripts_signer.id"]),
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index("ix_transcripts_transaction_signer", "school_id", "signer_id"),
        Index(
            "ix_transcripts_transaction_open", "school_id", "expires_at",
            postgresql_where=text("state IN ('prepared', 'authorised')"),
        ),
    )  # fmt: skip

    signer_id: Mapped[UUID]
    certificate_sha256: Mapped[str]
    role: Mapped[str]
    class_id: Mapped[UUID | None]
    subject: Mapped[str] = mapped_column(default="", server_default="")
    label: Mapped[str]
    """The class, as the signer was told."""
    state: Mapped[str] = mapped_column(default="prepared")
    begun: Mapped[bool] = mapped_column(default=False)
    """Whether the service has taken the order over, as far as we know."""
    answered: Mapped[bool] = mapped_column(default=False)
    """Whether the signer's confirmation was handed on; it is handed on once."""
    signing_time: Mapped[datetime]
    """Stands in every signature of the order, so that they can be prepared again byte by byte."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    started_by: Mapped[str]
    started_by_id: Mapped[UUID | None]
    remember: Mapped[str] = mapped_column(default="", info={"sealed": "'transcripts_transaction:' || CAST(id AS text)"})
    """What the service's next call needs, sealed."""
    prompt: Mapped[str] = mapped_column(default="")
    """What the agent in the signer's browser needs."""
    reason: Mapped[str] = mapped_column(default="")
    """Why it was refused."""
    ended_at: Mapped[datetime | None]


class SigningItem(SchoolOwned, Base):
    """One digest of an order with what the signer was shown of it."""

    __tablename__ = "transcripts_item"
    __table_args__ = (
        ForeignKeyConstraint(
            ["school_id", "transaction_id"], ["transcripts_transaction.school_id", "transcripts_transaction.id"]
        ),
        ForeignKeyConstraint(
            ["school_id", "slot_id"], ["transcripts_slot.school_id", "transcripts_slot.id"], ondelete="CASCADE"
        ),
        CheckConstraint(f"state IN {ITEM_STATES}", name="state"),
        # A place is in one open order at most: two windows cannot sign it twice.
        Index(
            "uq_transcripts_item_waiting", "school_id", "slot_id", unique=True,
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_transcripts_item_slot", "school_id", "slot_id"),
    )  # fmt: skip

    school_id: Mapped[UUID] = mapped_column(  # pyright: ignore[reportIncompatibleVariableOverride]
        ForeignKey("core_school.id"), primary_key=True
    )
    transaction_id: Mapped[UUID] = mapped_column(primary_key=True)
    slot_id: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of the SignedInfo as it was prepared."""
    label: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
