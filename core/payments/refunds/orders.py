"""Asking for refunds and approving them: two people."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from core.data.context import Context
from core.data.types import format_vnd, new_id
from core.payments import attempts
from core.payments.booking import evidence as ev
from core.payments.rules import RefundState, split
from core.types.errors import Conflict, Forbidden, Invalid
from core.types.message import _
from core.work.queue import enqueue

from .rows import STATE, locked, record, who

SEND = "payments.refund.send"
"""The task that hands an approved refund to its provider."""
_BY_KEY = text("SELECT id FROM core_refund WHERE school_id = :school AND key = :key")
_ROOM = text(
    """
SELECT a.captured - greatest(a.refunded, coalesce(sum(r.amount) FILTER (WHERE r.state = 'done'), 0))
       - coalesce(sum(r.amount) FILTER (WHERE r.state IN ('requested', 'approved', 'sent', 'unknown')), 0)
  FROM core_payment_attempt a LEFT JOIN core_refund r ON r.attempt_id = a.id
 WHERE a.school_id = :school AND a.id = :attempt GROUP BY a.id
"""
)
_OF_PERSON = text(
    "SELECT coalesce(sum(amount), 0) FROM core_refund WHERE school_id = :school AND attempt_id = :attempt "
    "AND person_id = :person AND state IN ('requested', 'approved', 'sent', 'unknown', 'done')"
)
_PAID = text(
    "SELECT id, provider_txn, amount FROM core_evidence WHERE school_id = :school AND attempt_id = :attempt "
    "AND kind IN ('paid', 'credit') AND reverses IS NULL ORDER BY recorded_at LIMIT 1"
)
_INSERT = text(
    """
INSERT INTO core_refund (id, school_id, attempt_id, evidence_id, person_id, amount, reason, key, state, requested_by,
  requested_at, approver_name, tries, error)
VALUES (:id, :school, :attempt, :evidence, :person, :amount, :reason, :key, 'requested', :who, :now, '', 0, '')
"""
)
_APPROVE = text(
    "UPDATE core_refund SET state = 'approved', approved_by = :who, approver_name = :name, approved_at = "
    ":now "
    "WHERE id = :id"
)


def request(
    ctx: Context, attempt_id: UUID, amount: int, reason: str, *, key: str, person_id: UUID | None = None
) -> UUID:
    """Ask for money to be given back over the rail it came by. Needs `payments.refund.request`.

    Args:
        person_id: whose balance pays it; must be said where an attempt covered several persons.

    Raises:
        Conflict: when more would be given back than came in, or came in for this person.
    """
    ctx.require("payments.refund.request")
    known: UUID | None = ctx.session.scalar(_BY_KEY, {"school": ctx.school_id, "key": key})
    if known is not None:
        return known
    row = attempts.load(ctx, attempt_id)
    ev.lock_attempts(ctx, [row.reference])
    values = {"school": ctx.school_id, "attempt": attempt_id}
    person = person_id or row.person_id
    room = int(ctx.session.execute(_ROOM, values).scalar_one())
    shares = ev.shares_of(row.lines)
    if len({share.person_id for share in shares}) > 1:
        if person_id is None:
            raise Invalid(_("Say whose money is given back: this payment was for several pupils."))
        asked = int(ctx.session.execute(_OF_PERSON, {**values, "person": person}).scalar_one())
        room = min(room, split(row.captured, shares).get(person, 0) - asked)
    if amount <= 0 or not reason.strip():
        raise Invalid(_("A refund needs an amount and a reason."))
    if amount > room:
        raise Conflict(_("Only %(room)s of this payment can still be given back.", room=format_vnd(room)))
    paid = ctx.session.execute(_PAID, values).one()
    refund_id = new_id()
    ctx.session.execute(
        _INSERT,
        {
            "id": refund_id,
            "school": ctx.school_id,
            "attempt": attempt_id,
            "evidence": paid.id,
            "person": person,
            "amount": amount,
            "reason": reason,
            "key": key,
            "who": who(ctx),
            "now": ctx.now(),
        },
    )
    record(ctx, "requested", refund_id, {"amount": amount, "reason": reason})
    return refund_id


def approve(ctx: Context, refund_id: UUID) -> None:
    """Approve a refund as the second person and have it sent. Needs `payments.refund.approve`."""
    ctx.require("payments.refund.approve")
    row = locked(ctx, refund_id, RefundState.REQUESTED)
    if row.requested_by == who(ctx):
        raise Forbidden("payments.refund.approve")
    ctx.session.execute(_APPROVE, {"id": refund_id, "who": who(ctx), "name": ctx.actor.name, "now": ctx.now()})
    enqueue(ctx, SEND, {"refund": str(refund_id), "step": 0}, key=str(refund_id))
    record(ctx, "approved", refund_id, {"amount": row.amount})


def reject(ctx: Context, refund_id: UUID, reason: str) -> None:
    """Refuse a refund. Needs `payments.refund.approve`."""
    ctx.require("payments.refund.approve")
    locked(ctx, refund_id, RefundState.REQUESTED)
    ctx.session.execute(STATE, {"id": refund_id, "state": "rejected", "error": reason, "ended": ctx.now()})
    record(ctx, "rejected", refund_id, {"reason": reason})
