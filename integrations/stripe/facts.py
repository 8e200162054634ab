"""Stripe's objects as facts. The time of a fact is the object's own, so that the order of notices changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from core.sdk.payments import Fact, FactKind
from core.sdk.wire import clean

from .objects import Charge, Dispute, PaymentIntent, Refund, Session

PAYMENT = "payment_intent"
"""Key of `Fact.data` with Stripe's number of the payment that a fact is about."""
REFERENCE, ATTEMPT, REFUND = "truong_reference", "truong_attempt", "truong_refund"
"""Keys of the metadata that we give to Stripe's objects; a school's account may carry other payments too."""

_REFUNDS = {
    "succeeded": FactKind.REFUNDED,
    "failed": FactKind.REFUND_FAILED,
    "canceled": FactKind.REFUND_FAILED,
}
_DISPUTES = {
    "won": FactKind.DISPUTE_WON,
    "lost": FactKind.CHARGED_BACK,
    "warning_closed": FactKind.DISPUTE_WON,
    "prevented": FactKind.DISPUTE_WON,
}
"""Every other status is a dispute that is not decided."""


def moment(seconds: int) -> datetime:
    """Stripe's times are seconds since 1970.

    Raises:
        ValueError: for one that no calendar has.
    """
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("this is no time") from error


def reference_of(*metadata: dict[str, str] | None) -> str | None:
    """Our reference, None for what is not of this program."""
    return next((found[REFERENCE] for found in metadata if found and found.get(REFERENCE)), None)


def of_payment(intent: PaymentIntent) -> Fact | None:
    """What a payment intent says; None while nothing has happened that counts."""
    charge = intent.latest_charge if isinstance(intent.latest_charge, Charge) else None
    kind = _payment_kind(intent)
    if kind is None:
        return None
    received = intent.amount if intent.amount_received is None else intent.amount_received
    problem = intent.last_payment_error
    return _fact(
        kind,
        intent.id,
        received if kind is FactKind.PAID else intent.amount,
        intent.currency,
        charge.created if charge else intent.created,
        reference_of(intent.metadata),
        {
            PAYMENT: intent.id,
            "status": intent.status,
            "charge": charge.id if charge else "",
            "problem": (problem.decline_code or problem.code or "") if problem else "",
        },
    )


def _payment_kind(intent: PaymentIntent) -> FactKind | None:
    if intent.status == "succeeded":
        return FactKind.PAID
    if intent.status in ("processing", "requires_capture"):
        return FactKind.PENDING
    if intent.status == "canceled" or intent.last_payment_error is not None:
        return FactKind.FAILED
    return None


def of_session(session: Session) -> Fact | None:
    """What a visit to Stripe's page says by itself: that it ended without a payment, or with one."""
    intent = session.payment_intent
    if isinstance(intent, PaymentIntent):
        return of_payment(intent)
    reference = reference_of(session.metadata)
    amount, currency = session.amount_total or 0, session.currency or "???"
    if session.status == "expired":
        kind, number = FactKind.EXPIRED, session.id
    elif isinstance(intent, str) and session.status == "complete":
        kind, number = FactKind.PAID if session.payment_status == "paid" else FactKind.PENDING, intent
    else:
        return None
    data = {"session": session.id, PAYMENT: intent or ""}
    return _fact(kind, number, amount, currency, session.created, reference, data)


def of_refund(refund: Refund, reference: str | None = None) -> Fact:
    """What became of a refund. A success may turn into a failure days later, never the other way."""
    kind = _REFUNDS.get(refund.status or "", FactKind.REFUND_PENDING)
    ours = refund_order(refund)
    data = {PAYMENT: refund.payment_intent or "", "problem": refund.failure_reason or "", "refund": refund.id}
    return _fact(
        kind,
        refund.id,
        refund.amount,
        refund.currency,
        refund.created,
        reference,
        {**data, **({"refund_id": ours} if ours else {})},
    )


def refund_order(refund: Refund) -> str | None:
    """The refund order of ours that a refund carries out."""
    try:
        return str(UUID((refund.metadata or {})[REFUND]))
    except (KeyError, ValueError):
        return None


def of_dispute(dispute: Dispute, reference: str | None = None) -> Fact:
    """Where a dispute stands; an inquiry of the bank (`warning_...`) is one too."""
    kind = _DISPUTES.get(dispute.status, FactKind.DISPUTED)
    data = {PAYMENT: dispute.payment_intent or "", "status": dispute.status, "reason": dispute.reason}
    return _fact(kind, dispute.id, dispute.amount, dispute.currency, dispute.created, reference, data)


def of_charge(charge: Charge) -> Fact:
    """Something went back of this charge; it does not say which refund, so it only says what to ask about."""
    number = f"{charge.id}:{charge.amount_refunded}"
    data = {PAYMENT: charge.payment_intent or ""}
    amount, reference = charge.amount_refunded or charge.amount, reference_of(charge.metadata)
    return _fact(FactKind.REFUND_PENDING, number, amount, charge.currency, charge.created, reference, data)


def of_everything(intent: PaymentIntent, refunds: Iterable[Refund], disputes: Iterable[Dispute]) -> tuple[Fact, ...]:
    """All facts of one payment; none when it is not a payment of this program."""
    reference = reference_of(intent.metadata)
    if reference is None:
        return ()
    paid = of_payment(intent)
    went_back = [of_refund(refund, reference) for refund in refunds]
    disputed = [of_dispute(dispute, reference) for dispute in disputes]
    return (*([paid] if paid else []), *went_back, *disputed)


def _fact(
    kind: FactKind,
    number: str,
    amount: int,
    currency: str,
    seconds: int,
    reference: str | None,
    data: dict[str, str],
) -> Fact:
    if not number or amount <= 0:
        raise ValueError("without a number or an amount there is no fact")
    return Fact(
        kind=kind,
        provider_txn=clean(number, 100),
        amount=amount,
        currency=clean(currency, 3).upper(),
        occurred_at=moment(seconds),
        reference=clean(reference, 40) if reference else None,
        data={name: clean(value, 100) for name, value in data.items() if value},
    )
