"""The programs that a school lets in: making them, their secrets, switching them off."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import select, text, update

from core import audit
from core.audit.canonical import clean
from core.data.context import Context
from core.data.types import new_id
from core.identity.digests import digest
from core.identity.sessions import as_system
from core.types.errors import Conflict, Forbidden, Invalid, NotFound
from core.types.message import Message, _

from .models import OAuthClient
from .redirects import redirect_fault
from .scopes import grantable

MANAGE = "core.clients.manage"
READ = "core.clients.read"
SECRET = "oauth.secret"  # noqa: S105  (the purpose of a key)
KINDS = ("service", "app", "resource")
METHODS = ("client_secret_basic", "private_key_jwt", "none")
_END_TOKENS = text("UPDATE core_oauth_token SET revoked_at = :now WHERE client_id = :id AND revoked_at IS NULL")
_USERS = text("SELECT count(*) FROM core_oauth_consent WHERE client_id = :id AND withdrawn_at IS NULL")


@dataclass(frozen=True, slots=True)
class NewClient:
    """What the school's administrator enters."""

    name: str
    purpose: str
    kind: str
    auth_method: str = "client_secret_basic"
    redirect_uris: Sequence[str] = ()
    permissions: Sequence[str] = ()
    jwks: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ClientRow:
    """A client as pages show it; its secret is never shown again."""

    id: UUID
    name: str
    purpose: str
    kind: str
    auth_method: str
    redirect_uris: list[str]
    permissions: list[str]
    active: bool
    created_at: datetime
    secret_made_at: datetime | None
    last_used_at: datetime | None


_ROW = [getattr(OAuthClient, name) for name in ClientRow.__slots__]


def make_client(ctx: Context, new: NewClient) -> tuple[UUID, str]:
    """Let a program in at the context's school.

    Returns:
        its id, which is its `client_id`, and its secret, which nobody can read again (empty where it has none).

    Raises:
        Forbidden: without `core.clients.manage`, or when it would get a right that the maker does not hold.
        StepUp: when the maker has not proved who they are lately.
        Invalid: with what is wrong, by field.
    """
    ctx.require(MANAGE)
    ctx.require_fresh()
    _check(new)
    wanted = grantable(new.permissions)
    if beyond := [p for p in wanted if not (ctx.actor.has(p) or ctx.actor.has(f"{p}.own"))]:
        raise Forbidden(beyond[0])
    secret = secrets.token_urlsafe(32) if new.auth_method == "client_secret_basic" else ""
    now, client_id = ctx.now(), new_id()
    client = OAuthClient(
        id=client_id,
        school_id=ctx.school_id,
        name=clean(" ".join(new.name.split())),
        purpose=clean(" ".join(new.purpose.split())),
        kind=new.kind,
        auth_method=new.auth_method,
        secret_hash=digest(SECRET, secret) if secret else None,
        secret_made_at=now if secret else None,
        jwks=new.jwks if new.auth_method == "private_key_jwt" else None,
        redirect_uris=list(new.redirect_uris) if new.kind == "app" else [],
        permissions=sorted(wanted) if new.kind != "resource" else [],
        active=True,
        made_by=ctx.actor.account_id,
        last_used_at=None,
        created_at=now,
        updated_at=now,
    )
    ctx.session.add(client)
    ctx.session.flush()
    detail = {"kind": new.kind, "permissions": sorted(wanted)}
    audit.record(ctx, "oauth.client_made", target=("oauth_client", client_id), detail=detail)
    return client_id, secret


def clients(ctx: Context) -> list[ClientRow]:
    """All clients of the context's school by name."""
    ctx.require(READ)
    query = select(*_ROW).where(OAuthClient.school_id == ctx.school_id).order_by(OAuthClient.name, OAuthClient.id)
    return [ClientRow(*row) for row in ctx.session.execute(query)]


def client(ctx: Context, client_id: UUID) -> ClientRow:
    """One client of the context's school.

    Raises:
        NotFound: when it is not of this school.
    """
    ctx.require(READ)
    query = select(*_ROW).where(OAuthClient.school_id == ctx.school_id, OAuthClient.id == client_id)
    found = ctx.session.execute(query).one_or_none()
    if found is None:
        raise NotFound
    return ClientRow(*found)


def people_of(ctx: Context, client_id: UUID) -> int:
    """How many people have agreed to a client of the context's school."""
    client(ctx, client_id)
    with as_system(ctx):
        return int(ctx.session.execute(_USERS, {"id": client_id}).scalar_one())


def rotate_secret(ctx: Context, client_id: UUID) -> str:
    """Give a client another secret; the one before and all its tokens end at once.

    Raises:
        Conflict: when it proves itself by a key or not at all.
        StepUp: when the actor has not proved who they are lately.
        NotFound: when it is not of this school.
    """
    ctx.require(MANAGE)
    ctx.require_fresh()
    if client(ctx, client_id).auth_method != "client_secret_basic":
        raise Conflict(_("This program has no secret."))
    secret, now = secrets.token_urlsafe(32), ctx.now()
    _change(ctx, client_id, secret_hash=digest(SECRET, secret), secret_made_at=now)
    _end_tokens(ctx, client_id)
    audit.record(ctx, "oauth.secret_rotated", target=("oauth_client", client_id))
    return secret


def set_client_active(ctx: Context, client_id: UUID, active: bool) -> None:
    """Switch a client off at once, with all its tokens; or on again.

    Raises:
        NotFound: when it is not of this school.
    """
    ctx.require(MANAGE)
    client(ctx, client_id)
    _change(ctx, client_id, active=active)
    if not active:
        _end_tokens(ctx, client_id)
    action = "oauth.client_switched_on" if active else "oauth.client_switched_off"
    audit.record(ctx, action, target=("oauth_client", client_id))


def _change(ctx: Context, client_id: UUID, **values: object) -> None:
    statement = update(OAuthClient).where(OAuthClient.school_id == ctx.school_id, OAuthClient.id == client_id)
    ctx.session.execute(statement.values(**values, updated_at=ctx.now()))


def _end_tokens(ctx: Context, client_id: UUID) -> None:
    with as_system(ctx):
        ctx.session.execute(_END_TOKENS, {"id": client_id, "now": ctx.now()})


def _check(new: NewClient) -> None:
    faults: dict[str, Message] = {}
    if not new.name.strip():
        faults["name"] = _("Please enter the name of the program.")
    if not new.purpose.strip():
        faults["purpose"] = _("Say what it is for: everybody who is asked to agree reads this.")
    if new.kind not in KINDS:
        faults["kind"] = _("Choose one of the kinds.")
    if new.auth_method not in METHODS or (new.auth_method == "none" and new.kind != "app"):
        faults["auth_method"] = _("Choose how the program proves itself.")
    if new.kind == "app" and not new.redirect_uris:
        faults["redirect_uris"] = _("Enter at least one return address.")
    for address in new.redirect_uris if new.kind == "app" else ():
        if fault := redirect_fault(address, public=new.auth_method == "none"):
            faults["redirect_uris"] = fault
    if new.kind == "service" and not new.permissions:
        faults["permissions"] = _("Choose what the program may do.")
    if new.auth_method == "private_key_jwt" and not _public_keys(new.jwks):
        faults["jwks"] = _("Enter the program's public keys as a JSON Web Key Set, without private parts.")
    if faults:
        raise Invalid(_("Please correct the marked fields."), fields=faults)


def _public_keys(jwks: dict[str, Any] | None) -> bool:
    """At least one key, and only public halves of RSA or EC keys."""
    try:
        found = KeySet.import_key_set(jwks or {"keys": []}).keys  # type: ignore[arg-type]  # checked by joserfc
    except (JoseError, ValueError, KeyError, TypeError):
        return False
    return bool(found) and all(key.key_type in ("RSA", "EC", "OKP") and not key.is_private for key in found)
