"""What the owner of an account hears at the next sign-in: changes that they did not make themselves, or should know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import text

from core.data.context import Context
from core.data.types import new_id
from core.types.errors import NotAuthenticated
from core.types.message import Message, _

from .sessions import as_system

_KEPT = timedelta(days=400)
"""Logs are kept for twelve months at least (Decree 333/2026)."""
_TELL = text(
    "INSERT INTO core_account_notice (id, account_id, code, by_name, at) VALUES (:id, :account, :code, :by, :now)"
)
_UNSEEN = text(
    "UPDATE core_account_notice SET seen_at = :now WHERE account_id = :account AND seen_at IS NULL"
    " RETURNING code, by_name, at"
)
_RECENT = text(
    "SELECT code, by_name, at FROM core_account_notice WHERE account_id = :account ORDER BY at DESC, id LIMIT :limit"
)
_PRUNE = text("DELETE FROM core_account_notice WHERE at < :before")

WORDS = MappingProxyType(
    {
        "invited": _("A new password link was made for this account."),
        "password_reset": _("The password was set anew by the school."),
        "factor_removed": _("The second step was taken away, so that it can be set up anew."),
        "recovery_used": _("A recovery code was used to sign in."),
        "app_added": _("An authenticator app was set up."),
        "app_removed": _("The authenticator app was removed."),
        "passkey_added": _("A passkey was added."),
        "passkey_removed": _("A passkey was removed."),
        "passkey_copied": _("A passkey was refused because it seems to be a copy."),
        "codes_made": _("New recovery codes were made."),
        "joined": _("A child was added by a family code."),
    }
)
BY_OTHERS = frozenset({"invited", "password_reset", "factor_removed", "recovery_used", "passkey_copied"})
"""Worth interrupting somebody for: these may have been another person."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One event of an account."""

    code: str
    by_name: str
    """Who did it; empty for the owner and for the program."""
    at: datetime

    @property
    def words(self) -> Message:
        return WORDS[self.code]


def tell(ctx: Context, account_id: UUID, code: str) -> None:
    """Note an event of an account for its owner."""
    unnamed = ctx.actor.account_id == account_id or ctx.actor.kind == "system"
    values = {"id": new_id(), "account": account_id, "code": code, "by": "" if unnamed else ctx.actor.name}
    with as_system(ctx):
        ctx.session.execute(_TELL, {**values, "now": ctx.now()})


def unseen(ctx: Context) -> list[Notice]:
    """What the actor has not been told yet; it counts as told now."""
    with as_system(ctx):
        found = ctx.session.execute(_UNSEEN, {"account": _me(ctx), "now": ctx.now()})
        return sorted((Notice(*row) for row in found), key=lambda notice: notice.at)


def recent(ctx: Context, limit: int = 10) -> list[Notice]:
    """What happened to the actor's account, newest first."""
    with as_system(ctx):
        return [Notice(*row) for row in ctx.session.execute(_RECENT, {"account": _me(ctx), "limit": limit})]


def prune(ctx: Context) -> None:
    """Delete what is old, in a context over all schools."""
    ctx.session.execute(_PRUNE, {"before": ctx.now() - _KEPT})


def _me(ctx: Context) -> UUID:
    if ctx.actor.account_id is None:
        raise NotAuthenticated
    return ctx.actor.account_id
