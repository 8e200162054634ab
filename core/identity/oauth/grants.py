"""The three ways to a token, with the traps of the library closed (S1 to S5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from core import audit
from core.identity.library import (
    AuthorizationCodeGrant,
    ClientCredentialsGrant,
    CodeChallenge,
    InvalidRequestError,
    InvalidScopeError,
    RefreshTokenGrant,
)

from . import store
from .holders import Client, Code, Person, Token

if TYPE_CHECKING:
    from .server import Server

METHODS = ["client_secret_basic", "private_key_jwt"]
Result = tuple[int, dict[str, Any], list[tuple[str, str]]]


class S256(CodeChallenge):  # type: ignore[misc]  # Authlib ships no types
    """PKCE (RFC 7636) for every client, at the authorization endpoint already, S256 only (traps S1, S2, S3)."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]
    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    CODE_CHALLENGE_METHODS = {"S256": CodeChallenge.CODE_CHALLENGE_METHODS["S256"]}

    def validate_code_challenge(self, grant: CodeGrant, redirect_uri: str) -> None:
        """Refuse a request without a challenge, whoever sends it."""
        if not grant.request.payload.data.get("code_challenge"):
            raise InvalidRequestError("Missing 'code_challenge'.")
        nonce = grant.request.payload.data.get("nonce", "")
        if len(nonce) > 255 or not nonce.isprintable():
            raise InvalidRequestError("Invalid 'nonce'.")
        super().validate_code_challenge(grant, redirect_uri)


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib ships no types
    """A person agrees, the app exchanges a code."""

    TOKEN_ENDPOINT_AUTH_METHODS = [*METHODS, "none"]
    server: Server

    @staticmethod
    def validate_authorization_redirect_uri(request: Any, client: Client) -> str:
        """Exactly one of the client's addresses; the refusal does not repeat what was sent."""
        uri = request.payload.redirect_uri
        if not uri or not client.check_redirect_uri(uri):
            raise InvalidRequestError("The redirect_uri is not one of this client.")
        return str(uri)

    def generate_authorization_code(self) -> str:
        person, payload = self.request.user, self.request.payload
        return store.add_code(
            self.server.ctx,
            self.request.client,
            person,
            redirect_uri=payload.redirect_uri,
            scope=self.request.scope,
            challenge=payload.data["code_challenge"],
            nonce=payload.data.get("nonce", ""),
        )

    def save_authorization_code(self, code: str, request: object) -> None:
        """It was saved where it was made."""

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        """Use the code up; one that comes twice ends what came from it (RFC 6749 section 4.1.2)."""
        found = store.use_code(self.server.ctx, client, code)
        if isinstance(found, UUID):
            store.revoke_family(self.server.ctx, found)
            note(self.server, "oauth.code_reused", client)
            return None
        return found

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """It is used up already, and kept to know it again."""

    def authenticate_user(self, authorization_code: Code) -> Person | None:
        return store.find_person(self.server.ctx, self.request.client.id, authorization_code)

    def create_token_response(self) -> Result:
        """With an id_token for apps that asked who the person is."""
        result: Result = super().create_token_response()
        return self.server.with_id_token(result, self.request)


class ServiceGrant(ClientCredentialsGrant):  # type: ignore[misc]  # Authlib ships no types
    """A service acts for itself."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS
    server: Server

    def validate_requested_scope(self) -> None:
        """Never a token with less than was asked for, nor with nothing (trap S4)."""
        if self.request.client.get_allowed_scope(self.request.payload.scope) is None:
            raise InvalidScopeError


class RefreshGrant(RefreshTokenGrant):  # type: ignore[misc]  # Authlib ships no types
    """A refresh token is exchanged for a new pair and counts once (RFC 9700 section 4.14.2)."""

    TOKEN_ENDPOINT_AUTH_METHODS = [*METHODS, "none"]
    INCLUDE_NEW_REFRESH_TOKEN = True
    server: Server

    def authenticate_refresh_token(self, refresh_token: str) -> Token | None:
        """The token if it is this client's and good; one that comes twice ends its family."""
        ctx, client = self.server.ctx, self.request.client
        token = store.find_token(ctx, refresh_token, lock=True)
        if token is None or token.kind != "refresh" or token.client_id != client.id:
            return None
        if token.used_at is not None and token.revoked_at is None:
            store.revoke_family(ctx, token.family)
            note(self.server, "oauth.token_reused", client)
        if token.is_expired() or token.is_revoked() or store.find_person(ctx, client.id, token) is None:
            return None
        return token

    def authenticate_user(self, refresh_token: Token) -> Person | None:
        return store.find_person(self.server.ctx, refresh_token.client_id, refresh_token)

    def revoke_old_credential(self, refresh_token: Token) -> None:
        store.use_token(self.server.ctx, refresh_token)


def note(server: Server, action: str, client: Client) -> None:
    """Somebody used what had been used: it stands in the record of the client's school."""
    audit.record(server.ctx, action, target=("oauth_client", client.id), school_id=client.school_id)
