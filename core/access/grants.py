"""Giving and taking roles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from core import audit
from core.data.context import Context
from core.data.types import new_id
from core.types.errors import Forbidden, Invalid, NotFound
from core.types.message import _

from .models import Grant
from .oversight import overseen
from .roles import MAY_GIVE, OPERATOR, OVERSEER, ROLES

_FURTHER = text("SELECT core_reaches_further(:account, :now)")


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role as it is held now."""

    role: str
    school_id: UUID | None
    valid_until: datetime | None


def roles_of(ctx: Context, account_id: UUID) -> list[HeldRole]:
    """The roles that an account holds now: at the context's school, or everywhere in a context over all schools.

    For the program; it asks for no permission.
    """
    now = ctx.now()
    query = select(Grant.role, Grant.school_id, Grant.valid_until).where(
        Grant.account_id == account_id,
        Grant.valid_from <= now,
        or_(Grant.valid_until.is_(None), Grant.valid_until > now),
    )
    held = [HeldRole(*row) for row in ctx.session.execute(query)]
    oversees = ctx.school is None and overseen(ctx, account_id)
    return [*held, *([HeldRole(OVERSEER, None, None)] if oversees else [])]


def reaches_further(ctx: Context, account_id: UUID) -> bool:
    """Whether an account has a role or a person outside the context's school, now or later. No more comes out."""
    further: bool = ctx.session.execute(_FURTHER, {"account": account_id, "now": ctx.now()}).scalar_one()
    return further


def grant(ctx: Context, account_id: UUID, role: str, *, until: datetime | None = None) -> None:
    """Give an account a role at the context's school; the role operator in a context over all schools.

    Giving a role that is held changes its end.

    Raises:
        Forbidden: when the giver's own roles do not reach so far.
        Invalid: for a role that does not exist, or an end that has passed.
    """
    _require_reach(ctx, {role})
    if role not in ROLES or role == OVERSEER or (role == OPERATOR) != (ctx.school is None):
        raise Invalid(_("This role cannot be given here."), fields={"role": _("Choose one of the roles.")})
    if until is not None and until <= ctx.now():
        raise Invalid(_("The end lies in the past."), fields={"until": _("Choose a later day.")})
    row = {
        "id": new_id(),
        "account_id": account_id,
        "role": role,
        "school_id": ctx.school,
        "valid_from": ctx.now(),
        "valid_until": until,
        "granted_by": ctx.actor.account_id,
        "created_at": ctx.now(),
        "updated_at": ctx.now(),
    }
    kept = {name: row[name] for name in ("valid_from", "valid_until", "granted_by", "updated_at")}
    statement = insert(Grant).values(row)
    statement = statement.on_conflict_do_update(constraint="uq_core_grant_account_id_role_school_id", set_=kept)
    ctx.session.execute(statement)
    audit.record(ctx, "access.granted", target=("account", account_id), detail={"role": role, "until": until})


def revoke(ctx: Context, account_id: UUID, role: str) -> None:
    """Take a role at the context's school from an account, at once.

    Raises:
        Forbidden: when the taker's own roles do not reach so far.
        NotFound: when it is not held.
    """
    _require_reach(ctx, {role})
    now = ctx.now()
    statement = (
        update(Grant)
        .where(
            Grant.account_id == account_id,
            Grant.role == role,
            Grant.school_id == ctx.school,
            or_(Grant.valid_until.is_(None), Grant.valid_until > now),
        )
        .values(valid_until=now, updated_at=now)
        .returning(Grant.id)
    )
    if not ctx.session.execute(statement).all():
        raise NotFound
    audit.record(ctx, "access.revoked", target=("account", account_id), detail={"role": role})


def require_may_manage(ctx: Context, account_id: UUID) -> None:
    """Let pass only who may do everything to the account, such as setting its password.

    Whoever can reset a password can become that account. So an account with a role or a person at another school, or
    with a role that the manager could not give, is left to the operator.

    Raises:
        Forbidden: otherwise.
    """
    held = roles_of(ctx, account_id)
    _require_reach(ctx, {row.role for row in held}, permission="core.accounts.manage")
    if ctx.actor.kind == "system" or OPERATOR in ctx.actor.roles:
        return
    if reaches_further(ctx, account_id):
        raise Forbidden("core.accounts.manage")


def _require_reach(ctx: Context, roles: Iterable[str], *, permission: str = "core.roles.grant") -> None:
    ctx.require(permission)
    if ctx.actor.kind == "system":
        return
    reach = frozenset[str]().union(*(MAY_GIVE.get(mine, frozenset()) for mine in ctx.actor.roles))
    if not reach.issuperset(roles):
        raise Forbidden(permission)
