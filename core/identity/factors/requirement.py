"""Who has a second factor, and who must have one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from core.access.roles import OVERSEER
from core.data.context import Context
from core.identity.sessions import as_system, revoke_others
from core.identity.settings import BY_ROLE, ENFORCED, GRACE
from core.settings.services import read

_STATE = text(
    "SELECT EXISTS (SELECT FROM core_totp WHERE account_id = a.id) AS app,"
    " (SELECT count(*) FROM core_passkey WHERE account_id = a.id) AS passkeys,"
    " (SELECT count(*) FROM core_recovery_code WHERE account_id = a.id AND used_at IS NULL) AS codes,"
    " a.factor_due_at, ARRAY(SELECT DISTINCT g.role FROM core_grant g WHERE g.account_id = a.id"
    " AND g.valid_from <= :now AND (g.valid_until IS NULL OR g.valid_until > :now))"
    " || ARRAY(SELECT DISTINCT :overseer FROM core_oversight o WHERE o.account_id = a.id"
    " AND o.valid_from <= :now AND (o.valid_until IS NULL OR o.valid_until > :now)) AS roles"
    " FROM core_account a WHERE a.id = :id"
)
_DUE = text("UPDATE core_account SET factor_due_at = :due WHERE id = :id")


@dataclass(frozen=True, slots=True)
class Factors:
    """What an account has beside its password, and what it must have."""

    app: bool
    """An authenticator app."""
    passkeys: int
    codes: int
    """Recovery codes that are left."""
    required: bool
    due_at: datetime | None
    """Until when it may go on without, once that has begun."""

    @property
    def any(self) -> bool:
        return self.app or self.passkeys > 0


def factors_of(ctx: Context, account_id: UUID) -> Factors:
    """The second factors of an account. For the program; pages ask for the actor's own."""
    with as_system(ctx):
        row = ctx.session.execute(_STATE, {"id": account_id, "now": ctx.now(), "overseer": OVERSEER}).one()
    return Factors(row.app, row.passkeys, row.codes, is_required(ctx, row.roles), row.factor_due_at)


def is_required(ctx: Context, roles: Iterable[str]) -> bool:
    """Whether one of the roles asks for a second factor at this installation."""
    asked = [role for role in roles if role in BY_ROLE]
    return bool(asked) and bool(read(ctx, ENFORCED)) and any(read(ctx, BY_ROLE[role]) for role in asked)


def begin_grace(ctx: Context, account_id: UUID, due_at: datetime | None) -> datetime:
    """When the time without a second factor ends: the day set before, or sooner if the setting has become shorter."""
    end = ctx.now() + timedelta(days=max(int(read(ctx, GRACE)), 0))
    if due_at is not None and due_at <= end:
        return due_at
    with as_system(ctx):
        ctx.session.execute(_DUE, {"id": account_id, "due": end})
    return end


def forget_grace(ctx: Context, account_id: UUID) -> None:
    """There is a factor now: should it be lost, the time begins anew."""
    with as_system(ctx):
        ctx.session.execute(_DUE, {"id": account_id, "due": None})


def apply_now(ctx: Context, account_id: UUID) -> None:
    """After a role was given: whoever must have a factor now and has none signs in anew, and is led to it there."""
    found = factors_of(ctx, account_id)
    if found.required and not found.any:
        revoke_others(ctx, account_id)
