"""Codes of the school that link an identity to an account: for people who have no password yet (L2).

Ten signs by Crockford, good once and for seven days; another code for the same account ends the one before.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from core import audit
from core.data.context import Context
from core.data.types import new_id
from core.identity.accounts import require_manage
from core.identity.crockford import is_whole, new_code, shown, tidy
from core.identity.digests import digest, digests
from core.identity.sessions import as_system

LIFE = timedelta(days=7)
_LENGTH = 10
_PURPOSE = "identity.link_code"
_END = text("DELETE FROM core_link_code WHERE account_id = :account AND used_at IS NULL")
_ADD = text("INSERT INTO core_link_code (id, digest, account_id, expires_at) VALUES (:id, :digest, :account, :until)")
_USE = text(
    "UPDATE core_link_code c SET used_at = :now FROM core_account a WHERE c.digest = ANY(:digests)"
    " AND c.used_at IS NULL AND c.expires_at > :now AND a.id = c.account_id AND a.state = 'active'"
    " RETURNING a.id, a.name"
)
_PRUNE = text("DELETE FROM core_link_code WHERE expires_at < :now - interval '30 days'")


def issue(ctx: Context, account_id: UUID) -> str:
    """A code for the holder of an account of this school, to be handed over in person; shown once.

    Raises:
        NotFound, Forbidden: as `accounts.require_manage`.
        StepUp: when the actor has not proved who they are lately.
    """
    require_manage(ctx, account_id)
    ctx.require_fresh()
    code = new_code(_LENGTH)
    values = {"id": new_id(), "digest": digest(_PURPOSE, code), "account": account_id, "until": ctx.now() + LIFE}
    with as_system(ctx):
        ctx.session.execute(_END, {"account": account_id})
        ctx.session.execute(_ADD, values)
    audit.record(ctx, "identity.link_code_made", target=("account", account_id))
    return shown(code)


def use(ctx: Context, typed: str) -> tuple[UUID, str] | None:
    """Use a code up; the account and its name, or None for a wrong one. In a context over all schools."""
    code = tidy(typed)
    if not is_whole(code, _LENGTH):
        return None
    row = ctx.session.execute(_USE, {"digests": digests(_PURPOSE, code), "now": ctx.now()}).one_or_none()
    return (row.id, row.name) if row is not None else None


def prune(ctx: Context) -> None:
    """Forget codes that are long over."""
    ctx.session.execute(_PRUNE, {"now": ctx.now()})
