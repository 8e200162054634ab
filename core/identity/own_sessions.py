"""One's own signed-in browsers: seen, ended, turned to another school."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from core import audit
from core.data.context import Context
from core.types.errors import NotFound

from .sessions import IDLE, acting_account, as_system, revoke_others

_OWN = text(
    "SELECT id, created_at, last_seen_at, expires_at, remote_addr, user_agent FROM core_session"
    " WHERE account_id = :id AND stage = 'open' AND revoked_at IS NULL AND expires_at > :now"
    " AND last_seen_at > :idle_since ORDER BY last_seen_at DESC, id"
)
_REVOKE_ONE = text(
    "UPDATE core_session SET revoked_at = :now WHERE revoked_at IS NULL AND id = :session AND account_id = :id"
    " RETURNING id"
)
_SWITCH = text(
    "UPDATE core_session SET school_id = :school"
    " WHERE id = :session AND account_id = :id AND revoked_at IS NULL"
    " AND EXISTS (SELECT FROM core_school WHERE id = :school)"
    " AND EXISTS (SELECT FROM core_grant g WHERE g.account_id = :id AND g.valid_from <= :now"
    " AND (g.valid_until IS NULL OR g.valid_until > :now) AND (g.school_id = :school OR g.school_id IS NULL))"
    " RETURNING id"
)


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One of a person's signed-in browsers, for the account page."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    remote_addr: str
    user_agent: str


def sessions_of(ctx: Context) -> list[OpenSession]:
    """The actor's own sessions that are still good, last used first."""
    values = {"id": acting_account(ctx), "now": ctx.now(), "idle_since": ctx.now() - IDLE}
    with as_system(ctx):
        return [OpenSession(*row) for row in ctx.session.execute(_OWN, values)]


def revoke_session(ctx: Context, session_id: UUID) -> None:
    """End one of the actor's own sessions.

    Raises:
        NotFound: when it is not theirs, or over already.
        StepUp: when the actor has not proved who they are lately.
    """
    me = acting_account(ctx)
    ctx.require_fresh()
    with as_system(ctx):
        found = ctx.session.execute(_REVOKE_ONE, {"id": me, "session": session_id, "now": ctx.now()}).one_or_none()
    if found is None:
        raise NotFound
    audit.record(ctx, "identity.session_revoked", target=("account", me), detail={"session": session_id})


def end_others(ctx: Context, keep: UUID) -> None:
    """End all of the actor's own sessions but one.

    Raises:
        StepUp: when the actor has not proved who they are lately.
    """
    me = acting_account(ctx)
    ctx.require_fresh()
    revoke_others(ctx, me, keep)
    audit.record(ctx, "identity.sessions_ended", target=("account", me))


def switch_school(ctx: Context, session_id: UUID, school_id: UUID) -> None:
    """Look at another school in one of the actor's own sessions.

    Raises:
        NotFound: when there is no such school, or no role of the actor reaches it.
    """
    values = {"id": acting_account(ctx), "session": session_id, "school": school_id, "now": ctx.now()}
    with as_system(ctx):
        found = ctx.session.execute(_SWITCH, values).one_or_none()
    if found is None:
        raise NotFound
