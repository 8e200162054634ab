"""From an access token to who calls the API: one query, with all that a request needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from core.access.permissions import permissions_for
from core.data.session import Database
from core.kernel.registry import Registry
from core.types.actor import Actor, system_actor
from core.types.clock import Clock, utc_now

from .scopes import narrowed
from .store import ACCESS, hashes_of

_RESOLVE = text(
    """
    SELECT t.id AS token_id, t.scope, t.account_id, t.issued_at, app.id AS client_id, app.name AS client_name,
           app.permissions, s.id AS school_id, s.name AS school_name, s.modules, y.name AS year_name,
           a.name, a.locale, p.person_id,
           ARRAY(SELECT DISTINCT g.role FROM core_grant g WHERE g.account_id = t.account_id AND g.school_id = s.id
                 AND g.valid_from <= :now AND (g.valid_until IS NULL OR g.valid_until > :now)) AS roles
    FROM core_oauth_token t
    JOIN core_oauth_client app ON app.id = t.client_id AND app.active
    JOIN core_school s ON s.id = app.school_id
    LEFT JOIN core_school_year y ON y.school_id = s.id AND y.current
    LEFT JOIN core_account a ON a.id = t.account_id
    LEFT JOIN core_account_person p ON p.account_id = t.account_id AND p.school_id = s.id
    WHERE t.hash = ANY(:hashes) AND t.kind = 'access' AND t.revoked_at IS NULL AND t.expires_at > :now
      AND (t.account_id IS NULL OR a.state = 'active')
    """
)


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who stands behind an access token, and at which school."""

    actor: Actor
    token_id: UUID
    issued_at: datetime
    school_id: UUID
    school_name: str
    year_name: str
    modules: frozenset[str]


def is_access_token(token: str) -> bool:
    """Whether a bearer token is one of the authorization server and not a session's."""
    return token.startswith(ACCESS)


def resolve(
    db: Database, registry: Registry, token: str, *, remote_addr: str = "", clock: Clock = utc_now
) -> Bearer | None:
    """Who holds the token, or None when it is unknown, over, or revoked, or its client or person is locked.

    What they may do is the intersection of the token's scopes, the client's permissions, the modules that are on, and,
    for a person, of what their roles at that school allow at this moment.
    """
    with db.all_schools(system_actor("bearer"), clock=clock) as ctx:
        row = ctx.session.execute(_RESOLVE, {"hashes": hashes_of(token), "now": ctx.now()}).one_or_none()
    if row is None:
        return None
    modules = frozenset(row.modules or ())
    if row.account_id is None:
        declared = {p.name for p in registry.permissions(modules | registry.always_on())}
        held = frozenset(p for p in declared if not p.endswith(".own"))
        name = row.client_name
    else:
        held = permissions_for(registry, frozenset(row.roles), modules)
        name = f"{row.name} ({row.client_name})"
    actor = Actor(
        kind="client" if row.account_id is None else "account",
        name=name,
        account_id=row.account_id,
        person_id=row.person_id,
        roles=frozenset(row.roles),
        permissions=narrowed(held, row.scope, row.permissions),
        locale=row.locale or "vi",
        remote_addr=remote_addr,
        client_id=row.client_id,
        session_id=row.token_id,
    )
    return Bearer(actor, row.token_id, row.issued_at, row.school_id, row.school_name, row.year_name or "", modules)
