"""Codes and tokens in the database, in contexts over all schools. Only keyed hashes are kept (trap S6)."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from core.data.context import Context
from core.data.types import new_id
from core.identity.digests import digest, digests

from .holders import Client, Code, Person, Token

ACCESS = "trt_"
"""How access tokens begin, so that people and scanners for leaked secrets know them."""
REFRESH, CODE = "trr_", "trc_"
_HASH = "oauth.token"
CODE_LIFE = timedelta(seconds=60)
ACCESS_LIFE = timedelta(minutes=10)
REFRESH_LIFE = timedelta(days=30)
FAMILY_LIFE = timedelta(days=180)
_CLIENT = text(
    "SELECT id, school_id, name, purpose, kind, auth_method, secret_hash, jwks, redirect_uris, permissions"
    " FROM core_oauth_client WHERE id = :id AND active"
)
_PERSON = text(
    "SELECT a.id, a.name, a.locale, c.subject FROM core_account a"
    " JOIN core_oauth_consent c ON c.account_id = a.id AND c.client_id = :client AND c.withdrawn_at IS NULL"
    " WHERE a.id = :account AND a.state = 'active'"
)
_ADD_CODE = text(
    "INSERT INTO core_oauth_code (id, hash, client_id, account_id, redirect_uri, scope, challenge, nonce, auth_time,"
    " expires_at) VALUES (:id, :hash, :client, :account, :redirect_uri, :scope, :challenge, :nonce, :auth_time, :until)"
)
# One statement uses a code up, whatever the exchange comes to: it can be tried once.
_USE_CODE = text(
    "UPDATE core_oauth_code SET used_at = :now WHERE hash = ANY(:hashes) AND client_id = :client AND used_at IS NULL"
    " RETURNING id, account_id, redirect_uri, scope, challenge, nonce, auth_time, expires_at > :now AS good"
)
_USED_CODE = text("SELECT id FROM core_oauth_code WHERE hash = ANY(:hashes) AND client_id = :client")
_ADD_TOKEN = text(
    "INSERT INTO core_oauth_token (id, hash, kind, client_id, account_id, scope, family, family_until, issued_at,"
    " expires_at) VALUES (:id, :hash, :kind, :client, :account, :scope, :family, :family_until, :now, :until)"
)
_FIND = (
    "SELECT t.id, t.kind, t.client_id, c.school_id, t.account_id, t.scope, t.family, t.family_until, t.issued_at,"
    " t.expires_at, t.used_at, t.revoked_at, CAST(:now AS timestamptz) AS now FROM core_oauth_token t"
    " JOIN core_oauth_client c ON c.id = t.client_id AND c.active WHERE t.hash = ANY(:hashes)"
)
_FIND_TOKEN, _LOCK_TOKEN = text(_FIND), text(_FIND + " FOR UPDATE OF t")
_USE_TOKEN = text("UPDATE core_oauth_token SET used_at = :now WHERE id = :id")
_REVOKE_TOKEN = text("UPDATE core_oauth_token SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL")
_REVOKE_FAMILY = text("UPDATE core_oauth_token SET revoked_at = :now WHERE family = :family AND revoked_at IS NULL")
_SEEN = text(
    "INSERT INTO core_seen_token (issuer, jti_hash, expires_at) VALUES (:issuer, :hash, :until)"
    " ON CONFLICT DO NOTHING RETURNING 1"
)
_USED = text(
    "UPDATE core_oauth_client SET last_used_at = :now WHERE id = :id"
    " AND (last_used_at IS NULL OR last_used_at < :now - interval '1 minute')"
)
_PRUNE = [
    text(f"DELETE FROM {table} WHERE {where}")  # noqa: S608  (constants)
    for table, where in (
        ("core_oauth_code", "expires_at < :now - interval '1 day' AND NOT EXISTS (SELECT FROM core_oauth_token t"
         " WHERE t.family = core_oauth_code.id AND t.family_until > :now AND t.revoked_at IS NULL)"),
        ("core_oauth_token", "expires_at < :now - interval '1 day'"),
        ("core_seen_token", "expires_at < :now"),
    )
]  # fmt: skip


def find_client(ctx: Context, client_id: str) -> Client | None:
    """A client that is switched on."""
    try:
        key = UUID(client_id)
    except ValueError:
        return None
    row = ctx.session.execute(_CLIENT, {"id": key}).one_or_none()
    return Client(*row) if row is not None and str(key) == client_id else None


def find_person(ctx: Context, client_id: UUID, code: Code | Token) -> Person | None:
    """Who agreed, unless the account was locked or the consent withdrawn since."""
    row = ctx.session.execute(_PERSON, {"client": client_id, "account": code.account_id}).one_or_none()
    moment = code.auth_time if isinstance(code, Code) else code.issued_at
    return Person(row.id, row.name, row.locale, row.subject, moment) if row is not None else None


def add_code(
    ctx: Context, client: Client, person: Person, *, redirect_uri: str, scope: str, challenge: str, nonce: str
) -> str:
    """A fresh authorization code."""
    code = CODE + secrets.token_urlsafe(32)
    values = {
        "id": new_id(),
        "hash": digest(_HASH, code),
        "client": client.id,
        "account": person.account_id,
        "redirect_uri": redirect_uri,
        "scope": scope,
        "challenge": challenge,
        "nonce": nonce,
        "auth_time": person.auth_time,
        "until": ctx.now() + CODE_LIFE,
    }
    ctx.session.execute(_ADD_CODE, values)
    return code


def use_code(ctx: Context, client: Client, code: str) -> Code | UUID | None:
    """Use a code up.

    Returns:
        the code; or its family when it had been used before; or None when there is no such code or it came too late.
    """
    values = {"hashes": digests(_HASH, code), "client": client.id, "now": ctx.now()}
    row = ctx.session.execute(_USE_CODE, values).one_or_none()
    if row is not None:
        return Code(*row[:7]) if row.good else None
    used: UUID | None = ctx.session.execute(_USED_CODE, values).scalar_one_or_none()
    return used


def add_token(
    ctx: Context, kind: str, token: str, client: Client, account: UUID | None, scope: str, origin: Code | Token | None
) -> None:
    """Keep the hash of a token that was just made.

    Args:
        origin: what it comes from; it stays in that family, and ends with it.
    """
    now = ctx.now()
    family = origin.family if isinstance(origin, Token) else origin.id if origin else new_id()
    family_until = origin.family_until if isinstance(origin, Token) else now + FAMILY_LIFE
    until = min(now + (ACCESS_LIFE if kind == "access" else REFRESH_LIFE), family_until)
    values = {"id": new_id(), "hash": digest(_HASH, token), "kind": kind, "client": client.id, "account": account}
    times = {"family": family, "family_until": family_until, "now": now, "until": until}
    ctx.session.execute(_ADD_TOKEN, {**values, **times, "scope": scope})


def find_token(ctx: Context, token: str, *, lock: bool = False) -> Token | None:
    """A token by its text, in whatever state; of clients that are switched on."""
    values = {"hashes": digests(_HASH, token), "now": ctx.now()}
    row = ctx.session.execute(_LOCK_TOKEN if lock else _FIND_TOKEN, values).one_or_none()
    return Token(*row) if row is not None else None


def hashes_of(token: str) -> list[bytes]:
    """What to look for in `core_oauth_token.hash`."""
    return digests(_HASH, token)


def use_token(ctx: Context, token: Token) -> None:
    """A refresh token counts once."""
    ctx.session.execute(_USE_TOKEN, {"id": token.id, "now": ctx.now()})


def revoke_token(ctx: Context, token: Token) -> None:
    """End a token."""
    ctx.session.execute(_REVOKE_TOKEN, {"id": token.id, "now": ctx.now()})


def revoke_family(ctx: Context, family: UUID) -> None:
    """End everything that came from one consent."""
    ctx.session.execute(_REVOKE_FAMILY, {"family": family, "now": ctx.now()})


def seen_first(ctx: Context, issuer: str, jti: str, life: timedelta) -> bool:
    """Whether this is the first time that the id of a signed token turns up."""
    values = {"issuer": issuer, "hash": digest("oauth.jti", jti), "until": ctx.now() + life}
    return ctx.session.execute(_SEEN, values).one_or_none() is not None


def used(ctx: Context, client: Client) -> None:
    """Remember to the minute that a client was here."""
    ctx.session.execute(_USED, {"id": client.id, "now": ctx.now()})


def prune(ctx: Context) -> None:
    """Forget what is over."""
    for statement in _PRUNE:
        ctx.session.execute(statement, {"now": ctx.now()})
