"""Who and what takes part, as Authlib wants to see it: the client, the person, codes and tokens."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from core.identity.digests import matches
from core.identity.library import ClientMixin, TokenMixin

from .clients import SECRET
from .scopes import OPENID, scopes_of, split

_GRANTS = {
    "service": frozenset({"client_credentials"}),
    "app": frozenset({"authorization_code", "refresh_token"}),
    "resource": frozenset[str](),
}


@dataclass(frozen=True, slots=True)
class Client(ClientMixin):  # type: ignore[misc]  # Authlib ships no types
    """A client that is switched on."""

    id: UUID
    school_id: UUID
    name: str
    purpose: str
    kind: str
    auth_method: str
    secret_hash: bytes | None = field(repr=False)
    jwks: dict[str, Any] | None
    redirect_uris: list[str]
    permissions: list[str]

    @property
    def scopes(self) -> frozenset[str]:
        """Everything that it may ask for."""
        return scopes_of(self.permissions) | (OPENID if self.kind == "app" else frozenset())

    def get_client_id(self) -> str:
        return str(self.id)

    def get_default_redirect_uri(self) -> str | None:
        return None  # it always says where to return to

    def get_allowed_scope(self, scope: str | None) -> str | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The scope itself if it may have all of it, else None; never a part, never nothing (trap S4)."""
        wanted = split(scope)
        return " ".join(wanted) if wanted and self.scopes.issuperset(wanted) else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return self.secret_hash is not None and matches(SECRET, client_secret, self.secret_hash)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == self.auth_method

    def check_response_type(self, response_type: str) -> bool:
        return self.kind == "app" and response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in _GRANTS[self.kind]


@dataclass(frozen=True, slots=True)
class Person:
    """Who agrees."""

    account_id: UUID
    name: str
    locale: str
    subject: str
    """The name under which this client, and no other, knows them."""
    auth_time: datetime


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code that was just used up."""

    id: UUID
    account_id: UUID
    redirect_uri: str
    scope: str
    code_challenge: str
    nonce: str
    auth_time: datetime
    code_challenge_method: str = "S256"

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope


@dataclass(frozen=True, slots=True)
class Token(TokenMixin):  # type: ignore[misc]  # Authlib ships no types
    """A stored token; its text is not known any more."""

    id: UUID
    kind: str
    client_id: UUID
    school_id: UUID
    account_id: UUID | None
    scope: str
    family: UUID
    family_until: datetime
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    now: datetime
    """When it was looked up."""

    def check_client(self, client: Client) -> bool:
        return client.id == self.client_id

    def get_scope(self) -> str:
        return self.scope

    def get_expires_in(self) -> int:
        return int((self.expires_at - self.issued_at).total_seconds())

    def is_expired(self) -> bool:
        return self.expires_at <= self.now

    def is_revoked(self) -> bool:
        return self.revoked_at is not None or self.used_at is not None
