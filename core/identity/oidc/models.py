"""Identities from elsewhere and the short-lived rows of signing in with them.

Nothing here belongs to one school: an account reaches several. All tables are the system role's.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.data.base import Base, Identified

ACCOUNT = "core_account.id"


class ExternalIdentity(Identified, Base):
    """An identity that opens an account; the key is (issuer, subject) of one provider's owner, and the portal's TechID
    must stay the same."""

    __tablename__ = "core_external_identity"
    __table_args__ = (
        UniqueConstraint("school_id", "issuer", "subject", postgresql_nulls_not_distinct=True),
        Index("ix_core_external_identity_account", "account_id"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey(ACCOUNT, ondelete="CASCADE"))
    school_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_school.id"))
    """Whose provider said it: a school's own counts for that school alone; None for those of the installation."""
    provider: Mapped[str]
    issuer: Mapped[str]
    subject: Mapped[str]
    tech_id: Mapped[str]
    full_name: Mapped[str]
    """As the provider says it; never copied into the account."""
    birth_date: Mapped[date | None]
    idp: Mapped[str]
    assurance: Mapped[str]
    """The level of the last sign-in."""
    linked_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class NationalId(Identified, Base):
    """The national ids of an identity, with history: nine digits became twelve. Encrypted, and hashed with a key to
    be found by equality."""

    __tablename__ = "core_national_id"
    __table_args__ = (Index("ix_core_national_id_digest", "digest"),)

    identity_id: Mapped[UUID] = mapped_column(ForeignKey("core_external_identity.id", ondelete="CASCADE"), index=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    sealed: Mapped[str] = mapped_column(info={"sealed": "'national_id:' || CAST(id AS text)"})
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class PendingSignIn(Identified, Base):
    """One round through a provider: what must not travel through the browser."""

    __tablename__ = "core_oidc_pending"
    __table_args__ = (
        UniqueConstraint("state_hash"),
        CheckConstraint("purpose IN ('sign_in', 'link', 'confirm', 'sign_out')", name="purpose"),
        Index("ix_core_oidc_pending_expires", "expires_at"),
    )

    state_hash: Mapped[bytes] = mapped_column(LargeBinary)
    browser_hash: Mapped[bytes] = mapped_column(LargeBinary)
    """Of a cookie: another browser cannot finish what this one began."""
    provider: Mapped[str]
    issuer: Mapped[str]
    purpose: Mapped[str]
    minimum: Mapped[int]
    """The level of assurance that the operation asks for, from 1."""
    secrets: Mapped[str] = mapped_column(info={"sealed": "'oidc:' || CAST(id AS text)"})
    """Sealed nonce and code verifier; after the callback the sealed identity that waits for a code of the school."""
    return_path: Mapped[str]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey(ACCOUNT, ondelete="CASCADE"))
    session_id: Mapped[UUID | None]
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LinkCode(Identified, Base):
    """A code of the school that links an identity to an account once."""

    __tablename__ = "core_link_code"
    __table_args__ = (UniqueConstraint("digest"), Index("ix_core_link_code_account", "account_id"))

    digest: Mapped[bytes] = mapped_column(LargeBinary)
    account_id: Mapped[UUID] = mapped_column(ForeignKey(ACCOUNT, ondelete="CASCADE"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ProviderSession(Base):
    """Which session was opened by which session of a provider, for signing out on both sides."""

    __tablename__ = "core_oidc_session"
    __table_args__ = (Index("ix_core_oidc_session_sid", "issuer", "sid"),)

    session_id: Mapped[UUID] = mapped_column(ForeignKey("core_session.id", ondelete="CASCADE"), primary_key=True)
    identity_id: Mapped[UUID] = mapped_column(ForeignKey("core_external_identity.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str]
    sid: Mapped[str]
    id_token: Mapped[str] = mapped_column(info={"sealed": "'oidc_session:' || CAST(identity_id AS text)"})
    """Sealed; only for `id_token_hint`."""
    level: Mapped[int]
    """The level of assurance that was reached, from 1 (0: the provider knows none)."""
    confirmed_at: Mapped[datetime]
    """When the person last proved it to the provider."""


class SeenToken(Base):
    """Ids of logout tokens and client assertions that were used; each counts once."""

    __tablename__ = "core_seen_token"

    issuer: Mapped[str] = mapped_column(primary_key=True)
    jti_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class IdentityReview(Identified, Base):
    """Something about an identity that a person of the school looks at; nothing is corrected by itself."""

    __tablename__ = "core_identity_review"
    __table_args__ = (
        CheckConstraint("reason IN ('name', 'national_id', 'tech_id')", name="reason"),
        Index("ix_core_identity_review_account", "account_id"),
        UniqueConstraint("identity_id", "reason", "resolved_at", postgresql_nulls_not_distinct=True),
    )

    identity_id: Mapped[UUID] = mapped_column(ForeignKey("core_external_identity.id", ondelete="CASCADE"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey(ACCOUNT, ondelete="CASCADE"))
    reason: Mapped[str]
    opened_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[UUID | None]
