"""Clients of the authorization server and what was given to them.

A client belongs to one school and so do all its tokens. Codes, tokens and secrets are kept as keyed hashes only, and
only the system role reads them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.data.base import Base, Identified, SchoolOwned, Timestamps

CLIENT = "core_oauth_client.id"
ACCOUNT = "core_account.id"


class OAuthClient(Identified, SchoolOwned, Timestamps, Base):
    """A program of a vendor that a school lets in, for one purpose."""

    __tablename__ = "core_oauth_client"
    __table_args__ = (
        CheckConstraint("kind IN ('service', 'app', 'resource')", name="kind"),
        CheckConstraint("auth_method IN ('client_secret_basic', 'private_key_jwt', 'none')", name="auth_method"),
        CheckConstraint("auth_method <> 'none' OR kind = 'app'", name="public_apps"),
        Index("ix_core_oauth_client_school", "school_id", "name"),
    )

    name: Mapped[str]
    purpose: Mapped[str]
    """In plain words, shown to everybody who is asked for consent."""
    kind: Mapped[str]
    """`service` acts for itself, `app` for a person who agreed, `resource` only asks what a token is worth."""
    auth_method: Mapped[str]
    secret_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    secret_made_at: Mapped[datetime | None]
    jwks: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """Public keys for `private_key_jwt`."""
    redirect_uris: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    permissions: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    """The most that it can ever have; tokens carry a part of it as scopes."""
    active: Mapped[bool] = mapped_column(default=True)
    made_by: Mapped[UUID | None]
    last_used_at: Mapped[datetime | None]


class OAuthConsent(Base):
    """What a person has allowed a client, and the name under which the client knows them (a pairwise subject)."""

    __tablename__ = "core_oauth_consent"
    __table_args__ = (UniqueConstraint("client_id", "subject"), Index("ix_core_oauth_consent_account", "account_id"))

    client_id: Mapped[UUID] = mapped_column(ForeignKey(CLIENT, ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey(ACCOUNT, ondelete="CASCADE"), primary_key=True)
    subject: Mapped[str]
    """Random, another one for each client; it stays when consent is withdrawn and given again."""
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    granted_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class OAuthCode(Identified, Base):
    """An authorization code; it counts once, and its id is the family of all tokens that come from it."""

    __tablename__ = "core_oauth_code"
    __table_args__ = (UniqueConstraint("hash"), Index("ix_core_oauth_code_expires", "expires_at"))

    hash: Mapped[bytes] = mapped_column(LargeBinary)
    client_id: Mapped[UUID] = mapped_column(ForeignKey(CLIENT, ondelete="CASCADE"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey(ACCOUNT, ondelete="CASCADE"))
    redirect_uri: Mapped[str]
    scope: Mapped[str]
    challenge: Mapped[str]
    nonce: Mapped[str]
    auth_time: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class OAuthToken(Identified, Base):
    """An access or refresh token."""

    __tablename__ = "core_oauth_token"
    __table_args__ = (
        UniqueConstraint("hash"),
        CheckConstraint("kind IN ('access', 'refresh')", name="kind"),
        Index("ix_core_oauth_token_family", "family"),
        Index("ix_core_oauth_token_client", "client_id", "account_id"),
        Index("ix_core_oauth_token_expires", "expires_at"),
    )

    hash: Mapped[bytes] = mapped_column(LargeBinary)
    kind: Mapped[str]
    client_id: Mapped[UUID] = mapped_column(ForeignKey(CLIENT, ondelete="CASCADE"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey(ACCOUNT, ondelete="CASCADE"))
    scope: Mapped[str]
    family: Mapped[UUID]
    family_until: Mapped[datetime]
    """However often it is refreshed, then the person is asked again."""
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    """A refresh token counts once; using it again ends the family."""
    revoked_at: Mapped[datetime | None]


class OAuthKey(Base):
    """A key that signs id_tokens; published before it is used and until the last token that it signed is over."""

    __tablename__ = "core_oauth_key"

    kid: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[str] = mapped_column(info={"sealed": "'oauth_key:' || kid"})
    """The private key as PEM, encrypted."""
    public: Mapped[dict[str, Any]]
    """Its public JWK."""
    created_at: Mapped[datetime]
    signs_from: Mapped[datetime]
    signs_until: Mapped[datetime]
