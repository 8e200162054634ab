"""Money on the bank account that is the school's own, because it was carried there: cash handed to the bank."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from core import audit
from core.data.context import Context
from core.types.errors import Conflict
from core.types.message import _

from .accounts import SUSPENSE
from .ledger.entries import Entry, Line, post

_CLOSE = text(
    "UPDATE core_exception_case SET state = 'resolved', resolution = 'closed', reason = :reason, resolved_by = :who, "
    "resolved_at = :now WHERE school_id = :school AND id = :id AND state = 'open' AND kind = 'unmatched' "
    "AND amount = :amount RETURNING evidence_id"
)


def take_as_own(ctx: Context, case_id: UUID, amount: int, account: str, reason: str) -> UUID:
    """Move a credit that fits nobody out of suspense against an account of the school. Needs `payments.case.resolve`.

    Args:
        amount: what is expected there, in dong: the credit must be exactly that.
        account: where the money was until it arrived, such as `cash:transit`.

    Returns:
        the entry.

    Raises:
        Conflict: the case is resolved, is no unmatched credit, or of another amount.
    """
    ctx.require("payments.case.resolve")
    values = {"school": ctx.school_id, "id": case_id, "amount": amount, "reason": reason}
    row = ctx.session.execute(_CLOSE, {**values, "who": ctx.actor.name, "now": ctx.now()}).one_or_none()
    if row is None:
        raise Conflict(_("This line of the bank is decided already, or of another amount."))
    entry = Entry(
        source=f"case:{case_id}:own",
        kind="deposit.arrived",
        occurred_at=ctx.now(),
        lines=(Line(SUSPENSE, amount), Line(account, -amount)),
        memo=reason,
        evidence_id=row.evidence_id,
    )
    post(ctx, entry)
    detail = {"resolution": "closed", "reason": reason, "amount": amount}
    audit.record(ctx, "payments.case.closed", target=("payment_case", case_id), detail=detail)
    return entry.id
