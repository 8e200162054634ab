"""Disputes: the payer asks their bank for the money back. Until it is decided nothing moves in our books."""

from __future__ import annotations

from sqlalchemy import text

from core.data.context import Context
from core.payments.cases_open import open_case
from core.payments.channels import Channel
from core.payments.facts import to_json
from core.payments.port import Fact, FactKind

from . import refunds
from .evidence import AttemptRow, Known

_LOST = text(
    "SELECT id FROM core_evidence WHERE school_id = :school AND rail = :rail AND provider_txn = :txn "
    "AND kind = 'charged_back'"
)
_DECIDED = text(
    "SELECT EXISTS (SELECT FROM core_evidence WHERE school_id = :school AND rail = :rail AND provider_txn = :txn "
    "AND kind IN ('dispute_won', 'charged_back'))"
)
_RESOLVE = text(
    "UPDATE core_exception_case SET state = 'resolved', resolution = :how, resolved_at = :now, resolved_by = 'system' "
    "WHERE school_id = :school AND kind = 'disputed' AND subject = :subject AND state = 'open'"
)


def apply(ctx: Context, channel: Channel, fact: Fact, evidence: Known, attempt: AttemptRow) -> None:
    """Book what a new fact of a dispute says. The attempt is locked; an end may be told before its beginning."""
    values = {"school": ctx.school_id, "rail": channel.rail, "txn": fact.provider_txn}
    subject = f"{channel.rail}:{fact.provider_txn}"
    if fact.kind is not FactKind.DISPUTED:
        values |= {"subject": subject, "how": fact.kind.value, "now": ctx.now()}
        ctx.session.execute(_RESOLVE, values)
        if fact.kind is FactKind.CHARGED_BACK:
            refunds.catch_up(ctx, channel, attempt)
        elif ctx.session.scalar(_LOST, values):  # an appeal: the money is on its way to the school again
            open_case(ctx, "conflicting_evidence", f"won:{subject}", amount=fact.amount, facts=to_json(fact),
                      channel_id=channel.id, evidence_id=evidence.id, attempt_id=attempt.id)  # fmt: skip
    elif not ctx.session.scalar(_DECIDED, values):
        open_case(
            ctx,
            "disputed",
            subject,
            amount=fact.amount,
            facts=to_json(fact),
            channel_id=channel.id,
            evidence_id=evidence.id,
            attempt_id=attempt.id,
        )
