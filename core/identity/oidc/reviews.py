"""What a person of the school looks at: names that differ, ids that changed. Nothing is corrected by itself (L6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from core import audit
from core.data.context import Context
from core.data.fold import fold
from core.data.types import new_id
from core.identity.sessions import as_system
from core.types.errors import NotFound

_OPEN = text(
    "INSERT INTO core_identity_review (id, identity_id, account_id, reason, opened_at)"
    " VALUES (:id, :identity, :account, :reason, :now) ON CONFLICT DO NOTHING"
)
_HERE = (
    "(EXISTS (SELECT FROM core_grant g WHERE g.account_id = r.account_id AND g.school_id = :school)"
    " OR EXISTS (SELECT FROM core_account_person p WHERE p.account_id = r.account_id AND p.school_id = :school))"
)
_LIST = text(
    "SELECT r.id, r.account_id, a.name, i.full_name, i.provider, r.reason, r.opened_at FROM core_identity_review r"  # noqa: S608
    " JOIN core_account a ON a.id = r.account_id JOIN core_external_identity i ON i.id = r.identity_id"
    f" WHERE r.resolved_at IS NULL AND {_HERE} ORDER BY r.opened_at, r.id LIMIT 200"
)
_RESOLVE = text(
    "UPDATE core_identity_review r SET resolved_at = :now, resolved_by = :me"  # noqa: S608
    f" WHERE r.id = :id AND r.resolved_at IS NULL AND {_HERE} RETURNING r.account_id, r.identity_id"
)
_DROP = text("DELETE FROM core_external_identity WHERE id = :id")


@dataclass(frozen=True, slots=True)
class Review:
    """One thing to look at."""

    id: UUID
    account_id: UUID
    account_name: str
    full_name: str
    """As the provider says it."""
    provider: str
    reason: str
    """`name`, `national_id` or `tech_id`."""
    opened_at: datetime


def open_review(ctx: Context, identity_id: UUID, account_id: UUID, reason: str) -> None:
    """Put something before the school, once as long as it is open. In a context over all schools."""
    values = {"id": new_id(), "identity": identity_id, "account": account_id, "reason": reason, "now": ctx.now()}
    ctx.session.execute(_OPEN, values)


def compare_names(ctx: Context, identity_id: UUID, account_id: UUID, said: str, ours: str) -> None:
    """Two names that differ by more than accents and capitals are somebody's question."""
    if said and fold(said) != fold(ours):
        open_review(ctx, identity_id, account_id, "name")


def reviews(ctx: Context) -> list[Review]:
    """What is open at the context's school, oldest first; at most 200."""
    ctx.require("core.accounts.manage")
    with as_system(ctx):
        return [Review(*row) for row in ctx.session.execute(_LIST, {"school": ctx.school_id})]


def resolve(ctx: Context, review_id: UUID, *, unlink: bool) -> None:
    """Close a review: it is the same person, or the identity is taken off the account.

    Raises:
        NotFound: when it is not open at the context's school.
    """
    ctx.require("core.accounts.manage")
    values = {"id": review_id, "school": ctx.school_id, "now": ctx.now(), "me": ctx.actor.account_id}
    with as_system(ctx):
        row = ctx.session.execute(_RESOLVE, values).one_or_none()
        if row is not None and unlink:
            ctx.session.execute(_DROP, {"id": row.identity_id})
    if row is None:
        raise NotFound
    action = "identity.review_unlinked" if unlink else "identity.review_confirmed"
    audit.record(ctx, action, target=("account", row.account_id))
