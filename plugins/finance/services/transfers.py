"""The list of transfers that the school makes by hand: approved payouts, and refunds of rails without a refund API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, cast, func, select

from core.sdk import Context, Message, _
from core.sdk.errors import Forbidden, Invalid
from core.sdk.ledger import Evidence, ExceptionCase, PaymentAttempt, Refund, refunds
from core.sdk.people import Person
from plugins.finance.models import Payout


@dataclass(frozen=True, slots=True)
class Transfer:
    """Money that two people have agreed to give back and that has not left. Dong."""

    kind: str
    """`payout` or `refund`."""
    id: UUID
    person_id: UUID
    full_name: str
    amount: int
    to_whom: str
    memo: str
    """For the bank: ASCII, with the number by which the line of the statement is found again."""
    reason: str
    approved_by: str
    since: datetime


def transfers(ctx: Context) -> list[Transfer]:
    """What waits to be transferred, the oldest first. Needs to ask for refunds, or to approve them."""
    if not (ctx.actor.has("payments.refund.request") or ctx.actor.has("payments.refund.approve")):
        raise Forbidden("payments.refund.request")
    return sorted([*_payouts(ctx), *_refunds(ctx)], key=lambda found: found.since)


def _payouts(ctx: Context) -> list[Transfer]:
    query = (
        select(Payout, Person.full_name)
        .join(Person, Person.id == Payout.person_id)
        .where(Payout.school_id == ctx.school_id, Payout.state == "approved")
    )
    return [
        Transfer(
            "payout", row.id, row.person_id, name, row.amount, row.to_whom, f"HOAN TIEN {row.id.hex[-8:].upper()}",
            row.reason, row.decided_by_name, row.decided_at or row.requested_at,
        )
        for row, name in ctx.session.execute(query)
    ]  # fmt: skip


def _refunds(ctx: Context) -> list[Transfer]:
    """Refunds whose rail offers none by itself: the core has opened a case for each, and set the money aside."""
    query = (
        select(Refund, Person.full_name, Evidence.data, PaymentAttempt.reference)
        .join(ExceptionCase, ExceptionCase.subject == func.concat("refund:", cast(Refund.id, String)))
        .join(Person, Person.id == Refund.person_id)
        .join(Evidence, Evidence.id == Refund.evidence_id)
        .join(PaymentAttempt, PaymentAttempt.id == Refund.attempt_id)
        .where(
            Refund.school_id == ctx.school_id,
            Refund.state == "sent",
            ExceptionCase.school_id == ctx.school_id,
            ExceptionCase.kind == "payout",
        )
    )
    return [
        Transfer(
            "refund", row.id, row.person_id, name, row.amount, _payer(data), f"HOAN TIEN {reference}", row.reason,
            row.approver_name, row.sent_at or row.requested_at,
        )
        for row, name, data, reference in ctx.session.execute(query)
    ]  # fmt: skip


def _payer(data: dict[str, Any]) -> str:
    """The account that the money came from, where the bank has named it."""
    names = ("payer", "bank")
    return ", ".join(str(data[name]) for name in names if data.get(name))


def mark_refund_paid(ctx: Context, refund_id: UUID, number: str) -> None:
    """Note that a refund of the list was transferred. Needs `payments.refund.approve`.

    Raises:
        Invalid: no number. Conflict: it has been paid meanwhile.
    """
    if not number.strip():
        message: Message = _("Give the number of the transfer or of the voucher.")
        raise Invalid(message, fields={"number": message})
    refunds.paid_out(ctx, refund_id, number.strip())
