"""The authorization server: Authlib's, bound to one request's transaction."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from core.data.context import Context
from core.identity.library import (
    AuthorizationServer,
    InvalidClientError,
    InvalidRequestError,
    InvalidScopeError,
    OAuth2Error,
    UnsupportedGrantTypeError,
    UnsupportedResponseTypeError,
    add_params_to_uri,
)

from . import grants, openid, pace, store
from .assertions import PrivateKeyAssertion
from .endpoints import Introspection, Revocation
from .holders import Client, Person, Token
from .scopes import split
from .wire import Answer, Call, Request

_GRANT_TYPES = ("authorization_code", "client_credentials", "refresh_token")


class Server(AuthorizationServer):  # type: ignore[misc]  # Authlib ships no types
    """One request's server; its context is over all schools, each client knows its own."""

    def __init__(self, ctx: Context, issuer: str) -> None:
        super().__init__()
        self.ctx = ctx
        self.issuer = issuer
        self.register_grant(grants.CodeGrant, [grants.S256(required=True)])
        self.register_grant(grants.ServiceGrant)
        self.register_grant(grants.RefreshGrant)
        self.register_endpoint(Introspection)
        self.register_endpoint(Revocation)
        self.register_client_auth_method("private_key_jwt", PrivateKeyAssertion(self))

    # what the pages call

    def token(self, call: Call) -> Answer:
        """The token endpoint."""
        if fault := self._repeated(call):
            return fault
        grant_type = (call.form.get("grant_type") or [""])[0]
        if grant_type not in _GRANT_TYPES:
            return self._refuse(UnsupportedGrantTypeError(grant_type=None))
        return self._checked(self.create_token_response(Request(call)))

    def introspect(self, call: Call) -> Answer:
        """The introspection endpoint."""
        return self._repeated(call) or self._checked(self.create_endpoint_response("introspection", Request(call)))

    def revoke(self, call: Call) -> Answer:
        """The revocation endpoint."""
        return self._repeated(call) or self._checked(self.create_endpoint_response("revocation", Request(call)))

    def asked(self, call: Call, person: Person | None) -> grants.CodeGrant | Answer:
        """What an app asks a person for; or the refusal, which goes to the app or, where it names none, to a page."""
        request = Request(call)
        try:
            if request.payload.response_type != "code":
                raise self._wrong_type(request)
            grant: grants.CodeGrant = self.get_consent_grant(request, person)
            for name in ("request", "request_uri"):
                if name in request.payload.data:
                    uri = grant.redirect_uri
                    raise InvalidRequestError(
                        f"{name} is not supported.", redirect_uri=uri, state=request.payload.state
                    )
        except OAuth2Error as error:
            error.state = request.payload.state
            return self._refuse(error)
        return grant

    def agreed(self, grant: grants.CodeGrant, person: Person | None) -> Answer:
        """Send the browser back with a code; without a person, with the refusal."""
        return self._checked(self.create_authorization_response(grant.request, person, grant))

    def refuse(self, grant: grants.CodeGrant, error: str) -> Answer:
        """Send the browser back with an error of OpenID Connect Core section 3.1.2.6."""
        state = grant.request.payload.state
        return self._refuse(OAuth2Error(error=error, redirect_uri=grant.redirect_uri, state=state))

    # what Authlib calls

    def create_oauth2_request(self, request: Request) -> Request:
        return request

    def query_client(self, client_id: str) -> Client | None:
        return store.find_client(self.ctx, client_id)

    def authenticate_client(self, request: Request, methods: Sequence[str], endpoint: str = "token") -> Client:
        """Who calls; and whether it calls too often, which is known only now."""
        try:
            client: Client = super().authenticate_client(request, methods, endpoint)
        except InvalidClientError:
            pace.unproved(self.ctx, request.address)
            raise
        pace.proved(self.ctx, client, endpoint, request.address)
        return client

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nobody listens."""

    def generate_token(
        self,
        grant_type: str,
        client: Client,
        user: Person | None = None,
        scope: str | None = None,
        expires_in: int | None = None,
        include_refresh_token: bool = True,
    ) -> dict[str, Any]:
        """Opaque and short-lived (trap S5); one for staying connected only where the person was asked for it."""
        allowed = client.get_allowed_scope(scope)
        if allowed is None:
            raise InvalidScopeError
        token: dict[str, Any] = {
            "token_type": "Bearer",
            "access_token": store.ACCESS + secrets.token_urlsafe(32),
            "expires_in": int(store.ACCESS_LIFE.total_seconds()),
            "scope": allowed,
        }
        stays = grant_type == "refresh_token" or "offline_access" in split(allowed)
        if include_refresh_token and stays:
            token["refresh_token"] = store.REFRESH + secrets.token_urlsafe(32)
        return token

    def save_token(self, token: Mapping[str, Any], request: Request) -> None:
        account: UUID | None = request.user.account_id if request.user else None
        origin = request.refresh_token or request.authorization_code
        scope, client = token["scope"], request.client
        store.add_token(self.ctx, "access", token["access_token"], client, account, scope, origin)
        if "refresh_token" in token:
            kept = origin.scope if isinstance(origin, Token) else scope  # narrowing once does not narrow for ever
            store.add_token(self.ctx, "refresh", token["refresh_token"], client, account, kept, origin)
        store.used(self.ctx, client)

    def handle_response(self, status: int, body: Any, headers: Sequence[tuple[str, str]]) -> Answer:
        """With `iss` on every way back, of successes and of errors (RFC 9207; trap S8)."""
        found = dict(headers)
        if "Location" in found:
            found["Location"] = add_params_to_uri(found["Location"], [("iss", self.issuer)])
        return Answer(status, body or "", found)

    # what the grants call

    def with_id_token(self, result: grants.Result, request: Request) -> grants.Result:
        """Add who the person is, if the app asked for it."""
        status, token, headers = result
        if "openid" in split(token.get("scope")):
            token["id_token"] = openid.id_token(self.ctx, self.issuer, request.client, request.user, request, token)
        return status, token, headers

    def _wrong_type(self, request: Request) -> Any:
        """The refusal of another response type goes back only to an address of the client."""
        client = self.query_client(request.payload.client_id or "")
        uri = request.payload.redirect_uri
        known = uri if client is not None and uri and client.check_redirect_uri(uri) else None
        return UnsupportedResponseTypeError(None, redirect_uri=known)

    def _repeated(self, call: Call) -> Answer | None:
        """No parameter may come twice (RFC 6749 section 3.2)."""
        if any(len(given) > 1 for given in call.form.values()):
            return self._refuse(InvalidRequestError("A parameter came more than once."))
        return None

    def _refuse(self, error: Any) -> Answer:
        return self._checked(self.handle_response(*error()))

    @staticmethod
    def _checked(answer: object) -> Answer:
        if not isinstance(answer, Answer):
            raise TypeError("the library answered in an unknown form")
        return answer
