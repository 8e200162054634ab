"""What people have allowed programs to do for them, and taking it back."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from core import audit
from core.data.context import Context
from core.identity.sessions import as_system
from core.types.errors import NotAuthenticated, NotFound

from .holders import Client, Person
from .scopes import split

_HELD = text(
    "SELECT subject, scopes, withdrawn_at FROM core_oauth_consent WHERE client_id = :client AND account_id = :account"
)
_GIVE = text(
    "INSERT INTO core_oauth_consent AS c (client_id, account_id, subject, scopes, granted_at)"
    " VALUES (:client, :account, :subject, :scopes, :now) ON CONFLICT (client_id, account_id) DO UPDATE SET"
    " scopes = CASE WHEN c.withdrawn_at IS NULL"
    " THEN ARRAY(SELECT DISTINCT unnest(c.scopes || excluded.scopes) ORDER BY 1)"
    " ELSE excluded.scopes END, granted_at = :now, withdrawn_at = NULL RETURNING subject"
)
_MINE = text(
    "SELECT c.client_id, app.name, app.purpose, s.name AS school, c.scopes, c.granted_at FROM core_oauth_consent c"
    " JOIN core_oauth_client app ON app.id = c.client_id JOIN core_school s ON s.id = app.school_id"
    " WHERE c.account_id = :account AND c.withdrawn_at IS NULL ORDER BY app.name, c.client_id"
)
_WITHDRAW = text(
    "UPDATE core_oauth_consent c SET withdrawn_at = :now FROM core_oauth_client app"
    " WHERE c.client_id = :client AND c.account_id = :account AND c.withdrawn_at IS NULL AND app.id = c.client_id"
    " RETURNING app.school_id"
)
_END = text(
    "UPDATE core_oauth_token SET revoked_at = :now"
    " WHERE client_id = :client AND account_id = :account AND revoked_at IS NULL"
)
_END_CODES = text(
    "UPDATE core_oauth_code SET used_at = :now WHERE client_id = :client AND account_id = :account AND used_at IS NULL"
)
_REACHES = text(
    "SELECT 1 FROM core_grant WHERE account_id = :account AND school_id = :school AND valid_from <= :now"
    " AND (valid_until IS NULL OR valid_until > :now) LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Consent:
    """One program that a person has let in."""

    client_id: UUID
    name: str
    purpose: str
    school: str
    scopes: list[str]
    granted_at: datetime


def belongs(ctx: Context, account_id: UUID, client: Client) -> bool:
    """Whether somebody has a role at the client's school; in a context over all schools."""
    values = {"account": account_id, "school": client.school_id, "now": ctx.now()}
    return ctx.session.execute(_REACHES, values).one_or_none() is not None


def has_agreed(ctx: Context, account_id: UUID, client: Client, scope: str) -> bool:
    """Whether somebody has agreed to all of this before and has not taken it back."""
    row = ctx.session.execute(_HELD, {"client": client.id, "account": account_id}).one_or_none()
    return row is not None and row.withdrawn_at is None and set(row.scopes) >= set(split(scope))


def agree(ctx: Context, person: Person, client: Client, scopes: Sequence[str]) -> Person:
    """Keep that somebody agrees; returns them with the name under which the client knows them.

    In a context over all schools, by the actor themself.
    """
    values = {"client": client.id, "account": person.account_id, "scopes": list(scopes), "now": ctx.now()}
    subject = ctx.session.execute(_GIVE, {**values, "subject": secrets.token_urlsafe(16)}).scalar_one()
    detail = {"scopes": list(scopes)}
    audit.record(
        ctx, "oauth.consent_given", target=("oauth_client", client.id), detail=detail, school_id=client.school_id
    )
    return Person(person.account_id, person.name, person.locale, subject, person.auth_time)


def with_subject(ctx: Context, person: Person, client: Client) -> Person:
    """Somebody who has agreed before, with the name under which the client knows them."""
    row = ctx.session.execute(_HELD, {"client": client.id, "account": person.account_id}).one()
    return Person(person.account_id, person.name, person.locale, row.subject, person.auth_time)


def consents(ctx: Context) -> list[Consent]:
    """Programs that the actor has let in, at every school."""
    account = _me(ctx)
    with as_system(ctx):
        return [Consent(*row) for row in ctx.session.execute(_MINE, {"account": account})]


def withdraw(ctx: Context, client_id: UUID) -> None:
    """Take one's consent back; everything that the program was given ends at once.

    Raises:
        NotFound: when there is nothing to take back.
    """
    values = {"client": client_id, "account": _me(ctx), "now": ctx.now()}
    with as_system(ctx):
        school = ctx.session.execute(_WITHDRAW, values).scalar_one_or_none()
        if school is not None:
            ctx.session.execute(_END, values)
            ctx.session.execute(_END_CODES, values)
    if school is None:
        raise NotFound
    at = school if ctx.school is None else None
    detail = {"account": values["account"]}
    audit.record(ctx, "oauth.consent_withdrawn", target=("oauth_client", client_id), detail=detail, school_id=at)


def _me(ctx: Context) -> UUID:
    if ctx.actor.account_id is None:
        raise NotAuthenticated
    return ctx.actor.account_id
