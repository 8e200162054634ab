"""Asking about payments, and refunds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from core.sdk.payments import Attempt, Config, Fact, FactKind, HttpClient, RefundOrder, Unknown

from . import facts
from .calls import Refusal, opened
from .objects import Charge, Dispute, PaymentIntent, Refund, Session
from .pay import LIFE

if TYPE_CHECKING:
    from stripe.params import RefundCreateParams

    from .service import Service

NEVER_CAME = timedelta(minutes=30)
"""After so long a refund that Stripe does not list was never taken."""


def query(attempt: Attempt, config: Config, http: HttpClient, now: datetime) -> tuple[Fact, ...] | Unknown:
    """Everything about an attempt: by its page, or by its reference where the page's number got lost."""
    service = opened(config, http)
    number = attempt.provider_data.get("session")
    answer = service.session(number) if number else _search(service, attempt)
    if isinstance(answer, Refusal):
        return Unknown(f"refused: {answer.why} {answer.code}".strip())
    if isinstance(answer, Unknown):
        return answer
    if answer is None:
        return (_never_came(attempt),) if now > attempt.created_at + LIFE else ()
    if isinstance(answer, Session):
        if answer.client_reference_id != attempt.reference:
            return Unknown("the page belongs to another order")
        if not isinstance(answer.payment_intent, PaymentIntent):
            return _of_session(answer)
        answer = answer.payment_intent
    return everything(service, answer)


def _search(service: Service, attempt: Attempt) -> PaymentIntent | Refusal | Unknown | None:
    """References have letters and digits only, so nothing in them can end the quotation."""
    found = service.intents_of(f"metadata['{facts.REFERENCE}']:'{attempt.reference}'")
    if isinstance(found, (Refusal, Unknown)):
        return found
    mine = [one for one in found.data if facts.reference_of(one.metadata) == attempt.reference]
    return next((one for one in mine if one.status == "succeeded"), mine[0] if mine else None)


def _of_session(session: Session) -> tuple[Fact, ...] | Unknown:
    try:
        fact = facts.of_session(session)
    except ValueError as error:
        return Unknown(str(error))
    return (fact,) if fact else ()


def fetch(told: tuple[Fact, ...], config: Config, http: HttpClient) -> tuple[Fact, ...] | Unknown:
    """The state of the payments that notices told of, as it is now."""
    service = opened(config, http)
    found: list[Fact] = []
    for fact in told:
        number = fact.data.get(facts.PAYMENT)
        if not number:
            found.append(fact)  # a page that has run out without a payment: there is no more to know
            continue
        intent = service.intent(number)
        if isinstance(intent, Refusal):
            return Unknown(f"refused: {intent.why} {intent.code}".strip())
        answer = intent if isinstance(intent, Unknown) else everything(service, intent)
        if isinstance(answer, Unknown):
            return answer
        found += answer
    return tuple(found)


def everything(service: Service, intent: PaymentIntent) -> tuple[Fact, ...] | Unknown:
    """A payment with its refunds and disputes."""
    refunds: list[Refund] = []
    disputes: list[Dispute] = []
    if intent.status == "succeeded":
        refunded = service.refunds(intent.id)
        if isinstance(refunded, (Refusal, Unknown)):
            return _undecided(refunded)
        refunds = refunded.data
    if isinstance(intent.latest_charge, Charge) and intent.latest_charge.disputed:
        disputed = service.disputes(intent.id)
        if isinstance(disputed, (Refusal, Unknown)):
            return _undecided(disputed)
        disputes = disputed.data
    try:
        return facts.of_everything(intent, refunds, disputes)
    except ValueError as error:
        return Unknown(str(error))


def _undecided(answer: Refusal | Unknown) -> Unknown:
    return answer if isinstance(answer, Unknown) else Unknown(f"refused: {answer.why} {answer.code}".strip())


def refund_key(order: RefundOrder) -> str:
    """Our own idempotency key of a refund."""
    return f"truong-refund-{order.id.hex}"


def refund(order: RefundOrder, attempt: Attempt, config: Config, http: HttpClient) -> tuple[Fact, ...] | Unknown:
    """Ask for a refund. A repetition with the same key gives the first answer again.

    A refusal may concern a repetition of an order that was taken long before, so the list is asked before anything is
    called failed.
    """
    params: RefundCreateParams = {
        "payment_intent": order.paid.provider_txn,
        "amount": order.amount,
        "metadata": {facts.REFUND: str(order.id), facts.REFERENCE: attempt.reference},
    }
    service = opened(config, http)
    answer = service.give_back(params, refund_key(order))
    if isinstance(answer, Unknown):
        return answer
    if isinstance(answer, Refusal):
        if answer.why != "refused":
            return _undecided(answer)
        return _listed(service, order, attempt, refused=answer.code or "refused")
    try:
        fact = facts.of_refund(answer, attempt.reference)
    except ValueError as error:
        return Unknown(str(error))
    if fact.amount != order.amount or fact.data.get("refund_id") != str(order.id):
        return Unknown("the answer is about another refund")
    return (fact,)


def refund_state(
    order: RefundOrder, attempt: Attempt, config: Config, http: HttpClient, now: datetime
) -> tuple[Fact, ...] | Unknown:
    """What became of a refund, found in the list of its payment by the number that we gave it."""
    late = now - (order.sent_at or order.requested_at) > NEVER_CAME
    return _listed(opened(config, http), order, attempt, refused="never taken" if late else "")


def _listed(service: Service, order: RefundOrder, attempt: Attempt, *, refused: str) -> tuple[Fact, ...] | Unknown:
    listed = service.refunds(order.paid.provider_txn)
    if isinstance(listed, (Refusal, Unknown)):
        return _undecided(listed)
    try:
        for one in listed.data:
            if facts.refund_order(one) == str(order.id):
                return (facts.of_refund(one, attempt.reference),)
    except ValueError as error:
        return Unknown(str(error))
    return (_failed(order, attempt, refused),) if refused else ()


def _failed(order: RefundOrder, attempt: Attempt, why: str) -> Fact:
    return Fact(
        kind=FactKind.REFUND_FAILED,
        provider_txn=f"refund-{order.id}",
        amount=order.amount,
        currency="VND",
        occurred_at=order.sent_at or order.requested_at,
        reference=attempt.reference,
        data={"refund_id": str(order.id), "problem": why},
    )


def _never_came(attempt: Attempt) -> Fact:
    """No payment under this reference, and the time for it is over."""
    return Fact(FactKind.EXPIRED, attempt.reference, attempt.amount, "VND", attempt.created_at + LIFE,
                attempt.reference)  # fmt: skip
