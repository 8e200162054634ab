"""Our sessions and those of providers: signing out on one side ends the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from core import audit
from core.data.context import Context
from core.data.session import Database
from core.identity.oauth.store import seen_first
from core.identity.sessions import token_hash
from core.settings.keys import keys
from core.types.actor import system_actor
from core.types.clock import Clock, utc_now
from core.types.errors import NotFound

from .outside import Outside, Site
from .proof import logout_claims
from .providers import reach
from .refusal import OidcRefused

_KEEP = text(
    "INSERT INTO core_oidc_session (session_id, identity_id, issuer, sid, id_token, level, confirmed_at)"
    " VALUES (:session, :identity, :issuer, :sid, :id_token, :level, :now) ON CONFLICT (session_id) DO UPDATE SET"
    " sid = excluded.sid, id_token = excluded.id_token, level = excluded.level, confirmed_at = excluded.confirmed_at"
)
_SESSION = text("SELECT id FROM core_session WHERE token_hash = :hash")
_MOVE = text(
    "UPDATE core_oidc_session SET session_id = s.id FROM core_session s"
    " WHERE core_oidc_session.session_id = :old AND s.token_hash = :hash"
)
_OF_SESSION = text(
    "SELECT i.provider, s.issuer, s.id_token, s.identity_id FROM core_oidc_session s"
    " JOIN core_external_identity i ON i.id = s.identity_id WHERE s.session_id = :session"
)
_END = (
    "UPDATE core_session s SET revoked_at = :now FROM core_oidc_session o JOIN core_external_identity i"
    " ON i.id = o.identity_id WHERE o.session_id = s.id AND s.revoked_at IS NULL AND o.issuer = :issuer"
    " AND i.school_id IS NOT DISTINCT FROM CAST(:school AS uuid) AND "
)
_END_SID = text(f"{_END} o.sid = :sid AND (:subject = '' OR i.subject = :subject) RETURNING s.account_id, s.school_id")
_END_SUBJECT = text(f"{_END} i.subject = :subject RETURNING s.account_id, s.school_id")


@dataclass(frozen=True, slots=True)
class Farewell:
    """How to sign out at the provider too (OpenID Connect RP-Initiated Logout)."""

    provider: str
    url: str
    method: str
    fields: dict[str, str] = field(repr=False)


def keep(ctx: Context, session_id: UUID, identity_id: UUID, issuer: str, sid: str, id_token: str, level: int) -> None:
    """Remember which session of the provider stands behind one of ours."""
    values = {
        "session": session_id,
        "identity": identity_id,
        "issuer": issuer,
        "sid": sid[:255],
        "id_token": keys().seal(id_token, f"oidc_session:{identity_id}"),
        "level": level,
        "now": ctx.now(),
    }
    ctx.session.execute(_KEEP, values)


def keep_for(ctx: Context, token: str, identity_id: UUID, issuer: str, sid: str, id_token: str, level: int) -> None:
    """The same for a session that was just opened, by its token."""
    session: UUID = ctx.session.execute(_SESSION, {"hash": token_hash(token)}).scalar_one()
    keep(ctx, session, identity_id, issuer, sid, id_token, level)


def move(ctx: Context, old: UUID, token: str) -> None:
    """The second step has replaced a session by another one, known by its token."""
    ctx.session.execute(_MOVE, {"old": old, "hash": token_hash(token)})


def farewell(db: Database, session_id: UUID, site: Site, *, clock: Clock = utc_now) -> Farewell | None:
    """How to sign out at the provider that opened a session; None where there is nothing to do.

    To be asked before the session ends.
    """
    with db.all_schools(system_actor("sign-out"), clock=clock) as ctx:
        row = ctx.session.execute(_OF_SESSION, {"session": session_id}).one_or_none()
    if row is None:
        return None
    try:
        _provider, outside = reach(db, row.provider, site, clock)
        url = outside.metadata().end_session
    except (NotFound, OidcRefused):  # switched off or out of reach: signing out here goes on
        return None
    if not url or outside.profile.issuer != row.issuer:
        return None
    hint = keys().unseal(row.id_token, f"oidc_session:{row.identity_id}")
    client = outside.profile.client_id
    fields = {"id_token_hint": hint, "client_id": client, "post_logout_redirect_uri": site.out}
    return Farewell(outside.name, url, outside.profile.logout, fields)


def end_by_token(db: Database, name: str, site: Site, logout_token: str, *, clock: Clock = utc_now) -> int:
    """A provider says that somebody signed out there (OpenID Connect Back-Channel Logout).

    Returns:
        how many of our sessions ended.

    Raises:
        NotFound: when there is no such provider. OidcRefused: for a token that is not good, or was used before.
    """
    _provider, outside = reach(db, name, site, clock)
    claims = logout_claims(outside, logout_token, clock())
    issuer = outside.profile.issuer
    life = timedelta(seconds=max(0.0, float(claims["exp"]) - clock().timestamp()) + outside.profile.leeway + 60)
    with db.all_schools(system_actor("sign-out"), clock=clock) as ctx:
        if not seen_first(
            ctx, f"{name}:{issuer}" if outside.school else issuer, claims["jti"], min(life, timedelta(days=1))
        ):
            raise OidcRefused("replay")
        return _end(ctx, outside, str(claims.get("sid") or ""), str(claims.get("sub") or ""))


def end_by_sid(db: Database, name: str, site: Site, issuer: str, sid: str, *, clock: Clock = utc_now) -> int:
    """A provider's page ends the session by its number (OpenID Connect Front-Channel Logout); both are required, for
    no cookie of ours comes along.

    Raises:
        NotFound: when there is no such provider. OidcRefused: for another issuer, or without a number.
    """
    _provider, outside = reach(db, name, site, clock)
    if issuer != outside.profile.issuer or not sid:
        raise OidcRefused("front_channel")
    with db.all_schools(system_actor("sign-out"), clock=clock) as ctx:
        return _end(ctx, outside, sid[:255], "")


def _end(ctx: Context, outside: Outside, sid: str, subject: str) -> int:
    values = {"issuer": outside.profile.issuer, "school": outside.school, "sid": sid, "subject": subject}
    ended = ctx.session.execute(_END_SID if sid else _END_SUBJECT, {**values, "now": ctx.now()}).all()
    for row in ended:
        audit.record(ctx, "identity.signed_out", target=("account", row.account_id), school_id=row.school_id)
    return len(ended)
