"""What proves a person besides the password: of accounts, readable by the system role only."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.data.base import Base, Identified


class Authenticator(Base):
    """The authenticator app of an account (TOTP, RFC 6238)."""

    __tablename__ = "core_totp"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("core_account.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[str] = mapped_column(info={"sealed": "'totp:' || CAST(account_id AS text)"})
    """Sealed with the keys of the installation, for this account only."""
    last_step: Mapped[int]
    """The time step of the last code that was taken: no code works twice (RFC 6238 section 5.2)."""
    created_at: Mapped[datetime]


class RecoveryCode(Identified, Base):
    """One of ten codes on paper, each good once. Only a keyed digest is kept."""

    __tablename__ = "core_recovery_code"
    __table_args__ = (UniqueConstraint("account_id", "code_hash"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("core_account.id", ondelete="CASCADE"))
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Passkey(Identified, Base):
    """A discoverable WebAuthn credential that verifies its user (WebAuthn Level 3)."""

    __tablename__ = "core_passkey"
    __table_args__ = (UniqueConstraint("credential_id"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("core_account.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    """In COSE form."""
    sign_count: Mapped[int]
    transports: Mapped[list[str]] = mapped_column(ARRAY(Text))
    name: Mapped[str]
    """What its owner calls it; at first the browser that made it."""
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class SpentChallenge(Base):
    """A challenge that has been answered, kept until it would have expired: no answer counts twice."""

    __tablename__ = "core_spent_challenge"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    until: Mapped[datetime] = mapped_column(index=True)
