"""Rows of refunds, and who touches them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from core import audit
from core.data.context import Context
from core.payments.rules import RefundState
from core.types.errors import Conflict, NotFound
from core.types.message import _

_COLUMNS = (
    "id, attempt_id, evidence_id, person_id, amount, reason, key, state, requested_by, requested_at, "
    "approved_by, "
    "approver_name, approved_at, sent_at, tries"
)
_LOAD = text(f"SELECT {_COLUMNS} FROM core_refund WHERE school_id = :school AND id = :id")  # noqa: S608
_LOCK = text(f"SELECT {_COLUMNS} FROM core_refund WHERE school_id = :school AND id = :id FOR NO KEY UPDATE")  # noqa: S608
STATE = text("UPDATE core_refund SET state = :state, error = :error, ended_at = :ended WHERE id = :id")


def row_of(ctx: Context, refund_id: UUID) -> Row[Any]:
    """A refund, unlocked."""
    row = ctx.session.execute(_LOAD, {"school": ctx.school_id, "id": refund_id}).one_or_none()
    if row is None:
        raise NotFound()
    return row


def locked(ctx: Context, refund_id: UUID, wanted: RefundState) -> Row[Any]:
    """A refund that must be in this state, held until the transaction ends."""
    row = ctx.session.execute(_LOCK, {"school": ctx.school_id, "id": refund_id}).one_or_none()
    if row is None:
        raise NotFound()
    if row.state != wanted.value:
        raise Conflict(_("This refund is in another state by now."))
    return row


def who(ctx: Context) -> str:
    """Who acts, told apart for the rule of two people."""
    return str(ctx.actor.account_id or ctx.actor.name)


def record(ctx: Context, what: str, refund_id: UUID, detail: dict[str, object]) -> None:
    audit.record(ctx, f"payments.refund.{what}", target=("refund", refund_id), detail=detail)
