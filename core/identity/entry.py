"""The one door: who has proved the first thing gets a session, and in which stage it begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from core import audit
from core.data.context import Context
from core.types.errors import NotFound

from .factors import requirement
from .links import LinkExpired, make_link, read_link
from .sessions import Stage, open_session, revoke_by_token

DEVICE = "identity.device"
_DEVICE_LIFE = timedelta(days=180)
# The school of the last session if a role still reaches it, else the first by name.
_SCHOOL = text(
    """
    SELECT school.id FROM core_school school
    WHERE EXISTS (SELECT FROM core_grant g WHERE g.account_id = :id AND g.valid_from <= :now
                  AND (g.valid_until IS NULL OR g.valid_until > :now)
                  AND (g.school_id = school.id OR g.school_id IS NULL))
    ORDER BY school.id IS DISTINCT FROM (SELECT s.school_id FROM core_session s WHERE s.account_id = :id
                                         ORDER BY s.created_at DESC LIMIT 1), school.name, school.id
    LIMIT 1
    """
)
_ENTERED = text("UPDATE core_account SET failed_attempts = 0, last_sign_in_at = :now WHERE id = :id")


@dataclass(frozen=True, slots=True)
class SignedInNow:
    """A success. `token` goes into the session cookie, `device` into a cookie that outlives it."""

    token: str
    device: str
    """To be sent with the next sign-in; it keeps strangers' failures from slowing this browser down. Empty before the
    second factor."""
    account_id: UUID
    failed_before: int
    """Wrong passwords since the last success, worth telling the person."""
    stage: Stage = "open"
    """`factor`: the session reaches nothing until the second factor; `setup`: until one is set up."""


def begin(
    ctx: Context,
    account_id: UUID,
    *,
    strong: bool,
    remote_addr: str = "",
    user_agent: str = "",
    replaces: str | None = None,
    device: str | None = None,
    failed_before: int = 0,
    action: str = "",
    detail: dict[str, Any] | None = None,
) -> SignedInNow:
    """A session for somebody who has just proved who they are, in a context over all schools.

    Args:
        strong: whether two factors were proved (a passkey that verified its user, or a factor after the password);
            else the session waits for the second one if the account has it or must have it.
        replaces: the session token that the browser sent; it is revoked, never adopted (session fixation).
        device: a device token that is proved already and goes on.
        action: what the audit trail calls an entry that is complete, if not `identity.signed_in`.
    """
    stage, until = ("open", None) if strong else _stage(ctx, account_id)
    if replaces:
        revoke_by_token(ctx, replaces)
    school = school_for(ctx, account_id)
    token = open_session(ctx, account_id, school, remote_addr, user_agent, stage=stage, until=until)
    if stage != "open":
        return SignedInNow(token, "", account_id, failed_before, stage)
    ctx.session.execute(_ENTERED, {"id": account_id, "now": ctx.now()})
    recorded = action or "identity.signed_in"
    audit.record(ctx, recorded, target=("account", account_id), school_id=school, detail=detail)
    return SignedInNow(token, device or known_device(account_id, ctx.now()), account_id, failed_before)


def _stage(ctx: Context, account_id: UUID) -> tuple[Stage, datetime | None]:
    factors = requirement.factors_of(ctx, account_id)
    if factors.any:
        return "factor", None
    if not factors.required:
        return "open", None
    due = requirement.begin_grace(ctx, account_id, factors.due_at)
    return ("setup", None) if due <= ctx.now() else ("open", due)


def school_for(ctx: Context, account_id: UUID) -> UUID | None:
    """The school that a new session of the account begins at, in a context over all schools."""
    found: UUID | None = ctx.session.execute(_SCHOOL, {"id": account_id, "now": ctx.now()}).scalar_one_or_none()
    return found


def known_device(account_id: UUID, now: datetime) -> str:
    """A device token for a browser in which somebody has proved who they are."""
    return make_link(DEVICE, account_id, now + _DEVICE_LIFE)


def is_known_device(account_id: UUID, device: str | None, now: datetime) -> bool:
    """Whether the token was given to a browser that has signed in to this account."""
    if not device:
        return False
    try:
        return read_link(DEVICE, device, now) == account_id
    except (NotFound, LinkExpired):
        return False
