"""A credit that is taken back may have been decided as money of our own: that decision goes back first.

A payout of a service, or cash that was carried to the bank: suspense was cleared against another account. A reversing
entry puts it back, the lines of the service wait again, and whoever keeps the other account is told.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from core.data.context import Context
from core.payments.ledger.entries import Entry, post, reverse
from core.work import events

OWN = ("settlement", "deposit.arrived")
"""Kinds of entries that have cleared suspense against an account of the school's own."""
_DECIDED = text(
    """
SELECT e.id, e.kind FROM core_journal_entry e
 WHERE e.school_id = :school AND e.evidence_id = :evidence AND e.kind = ANY(CAST(:kinds AS text[]))
   AND e.reverses_id IS NULL
   AND NOT EXISTS (SELECT FROM core_journal_entry r WHERE r.school_id = :school AND r.evidence_id = :evidence
                   AND r.reverses_id = e.id)
 ORDER BY e.id
"""
)
_WAIT_AGAIN = text("UPDATE core_settlement_line SET payout_id = NULL WHERE school_id = :school AND payout_id = :entry")
_CASE = text(
    "UPDATE core_exception_case SET resolution = 'reversed' WHERE school_id = :school AND evidence_id = :evidence "
    "AND kind = 'unmatched' AND state = 'resolved' RETURNING id, amount"
)


def undecide(ctx: Context, credit_id: UUID, memo: str) -> None:
    """Let the money of a credit lie in suspense again where it had become the school's own; else nothing happens."""
    values = {"school": ctx.school_id, "evidence": credit_id}
    decided = ctx.session.execute(_DECIDED, {**values, "kinds": list(OWN)}).all()
    for row in decided:
        back = reverse(ctx, row.id, source=f"entry:{row.id}:taken-back", memo=memo)
        # A settlement that goes back is a settlement, below zero: reports of fees sum one kind.
        kind = row.kind if row.kind == "settlement" else back.kind
        post(ctx, Entry(back.source, kind, back.occurred_at, back.lines, memo, credit_id, row.id))
        ctx.session.execute(_WAIT_AGAIN, {"school": ctx.school_id, "entry": row.id})
    if not decided:
        return
    for case in ctx.session.execute(_CASE, values):
        payload = {"case": str(case.id), "amount": case.amount, "evidence": str(credit_id)}
        events.emit(ctx, "payments.own.reversed", payload)
