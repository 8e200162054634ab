"""What a token is worth (RFC 7662) and ending it (RFC 7009)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.identity.library import IntrospectionEndpoint, RevocationEndpoint

from . import store
from .holders import Client, Token

if TYPE_CHECKING:
    from .server import Server

METHODS = ["client_secret_basic", "private_key_jwt"]


class Introspection(IntrospectionEndpoint):  # type: ignore[misc]  # Authlib ships no types
    """For resource servers of the same school; anybody else learns `active: false` (trap S7)."""

    CLIENT_AUTH_METHODS = METHODS
    server: Server

    def query_token(self, token_string: str, token_type_hint: str | None) -> Token | None:
        return store.find_token(self.server.ctx, token_string)

    def check_permission(self, token: Token, client: Client, request: object) -> bool:
        return client.kind == "resource" and client.school_id == token.school_id

    def introspect_token(self, token: Token) -> dict[str, Any]:
        person = store.find_person(self.server.ctx, token.client_id, token) if token.account_id else None
        if token.account_id and person is None:
            return {"active": False}
        return {
            "active": True,
            "iss": self.server.issuer,
            "client_id": str(token.client_id),
            "sub": person.subject if person else str(token.client_id),
            "scope": token.scope,
            "token_type": "Bearer" if token.kind == "access" else "refresh_token",
            "iat": int(token.issued_at.timestamp()),
            "exp": int(token.expires_at.timestamp()),
            "school": str(token.school_id),
        }


class Revocation(RevocationEndpoint):  # type: ignore[misc]  # Authlib ships no types
    """A client ends its own tokens; a refresh token takes its family along."""

    CLIENT_AUTH_METHODS = [*METHODS, "none"]
    server: Server

    def query_token(self, token_string: str, token_type_hint: str | None) -> Token | None:
        return store.find_token(self.server.ctx, token_string)

    def revoke_token(self, token: Token, request: object) -> None:
        if token.kind == "refresh":
            store.revoke_family(self.server.ctx, token.family)
        else:
            store.revoke_token(self.server.ctx, token)
