"""OpenID Connect for learning apps: who the person is, under a name of their own for each app."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from sqlalchemy import text

from core.data.context import Context
from core.identity.library import create_half_hash

from . import keys
from .holders import Client, Code, Person
from .scopes import split
from .store import ACCESS, ACCESS_LIFE, hashes_of
from .wire import Request

_WHO = text(
    "SELECT t.scope, a.id, a.name, a.locale, c.subject FROM core_oauth_token t"
    " JOIN core_oauth_client app ON app.id = t.client_id AND app.active"
    " JOIN core_account a ON a.id = t.account_id AND a.state = 'active'"
    " JOIN core_oauth_consent c ON c.client_id = t.client_id AND c.account_id = a.id AND c.withdrawn_at IS NULL"
    " WHERE t.hash = ANY(:hashes) AND t.kind = 'access' AND t.revoked_at IS NULL AND t.expires_at > :now"
)


def id_token(
    ctx: Context, issuer: str, client: Client, person: Person, request: Request, token: Mapping[str, Any]
) -> str:
    """A signed statement that the person was here (OpenID Connect Core section 2)."""
    key = keys.signing_key(ctx)
    now = int(ctx.now().timestamp())
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": str(client.id),
        "iat": now,
        "exp": now + int(ACCESS_LIFE.total_seconds()),
        "auth_time": int(person.auth_time.timestamp()),
        "at_hash": create_half_hash(token["access_token"], keys.ALGORITHM).decode(),
        **_about(person.subject, person.name, person.locale, token["scope"]),
    }
    code = request.authorization_code
    if isinstance(code, Code) and code.nonce:
        claims["nonce"] = code.nonce
    return jwt.encode({"alg": keys.ALGORITHM, "kid": key.kid, "typ": "JWT"}, claims, key, [keys.ALGORITHM])


def userinfo(ctx: Context, token: str) -> dict[str, str] | None:
    """What an app may know of the person of an access token; None when the token is not good for that."""
    if not token.startswith(ACCESS):
        return None
    row = ctx.session.execute(_WHO, {"hashes": hashes_of(token), "now": ctx.now()}).one_or_none()
    if row is None or "openid" not in split(row.scope):
        return None
    return _about(row.subject, row.name, row.locale, row.scope)


def _about(subject: str, name: str, locale: str, scope: str) -> dict[str, str]:
    return {"sub": subject, **({"name": name, "locale": locale} if "profile" in split(scope) else {})}
