"""A client proves itself by a signature (`private_key_jwt`, RFC 7523, OpenID Connect Core section 9)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from joserfc.jwk import KeySet

from core.identity.library import InvalidClientError, JWTBearerClientAssertion

from . import store
from .holders import Client

if TYPE_CHECKING:
    from .server import Server

_LONGEST = timedelta(minutes=10)


class PrivateKeyAssertion(JWTBearerClientAssertion):  # type: ignore[misc]  # Authlib ships no types
    """Bound to one request's server."""

    CLIENT_AUTH_METHOD = "private_key_jwt"

    def __init__(self, server: Server) -> None:
        super().__init__(leeway=30)
        self._server = server

    def __call__(self, query_client: Any, request: Any) -> Client | None:
        try:
            found: Client | None = super().__call__(query_client, request)
        except (ValueError, KeyError, TypeError) as error:  # a form that the library does not expect
            raise InvalidClientError(description="Invalid JWT assertion.") from error
        return found

    def get_audiences(self) -> list[str]:
        return [self._server.issuer, f"{self._server.issuer}/oauth/token"]

    def resolve_client_public_key(self, client: Client) -> KeySet:
        if client.auth_method != self.CLIENT_AUTH_METHOD or not client.jwks:
            raise InvalidClientError(description="The client cannot authenticate with this method.")
        return KeySet.import_key_set(client.jwks)  # type: ignore[arg-type]  # checked when it was entered

    def validate_jti(self, claims: dict[str, Any], jti: str) -> bool:
        """Each assertion counts once and lives ten minutes at most, so what is remembered stays little."""
        ctx = self._server.ctx
        ahead = timedelta(seconds=float(claims["exp"]) - ctx.now().timestamp())
        if ahead > _LONGEST or not isinstance(jti, str) or len(jti) > 500:
            raise InvalidClientError(description="The assertion lives too long.")
        return store.seen_first(ctx, f"client:{claims['sub']}", jti, max(ahead, timedelta()) + timedelta(minutes=1))
