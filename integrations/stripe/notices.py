"""Notices: verified over the raw bytes, read for what they are about. What counts is fetched afterwards (`fetch`)."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from core.sdk.payments import Config, Fact, Notice, Refusal, Refused, Verified

from . import facts, signing
from .objects import Charge, Dispute, Event, PaymentIntent, Refund, Session

_Reader = Callable[[msgspec.Raw], Fact | None]


def _payment(raw: msgspec.Raw) -> Fact | None:
    found = facts.of_payment(msgspec.json.decode(raw, type=PaymentIntent))
    return found if found and found.reference else None


def _session(raw: msgspec.Raw) -> Fact | None:
    found = facts.of_session(msgspec.json.decode(raw, type=Session))
    return found if found and found.reference else None


def _charge(raw: msgspec.Raw) -> Fact:
    return facts.of_charge(msgspec.json.decode(raw, type=Charge))


def _refund(raw: msgspec.Raw) -> Fact:
    return facts.of_refund(msgspec.json.decode(raw, type=Refund))


def _dispute(raw: msgspec.Raw) -> Fact:
    return facts.of_dispute(msgspec.json.decode(raw, type=Dispute))


_READERS: dict[str, _Reader] = {
    "checkout.session.completed": _session,
    "checkout.session.async_payment_succeeded": _session,
    "checkout.session.async_payment_failed": _session,
    "checkout.session.expired": _session,
    "payment_intent.succeeded": _payment,
    "payment_intent.processing": _payment,
    "payment_intent.payment_failed": _payment,
    "payment_intent.canceled": _payment,
    "charge.refunded": _charge,
    "refund.created": _refund,
    "refund.updated": _refund,
    "refund.failed": _refund,
    "charge.refund.updated": _refund,
    "charge.dispute.created": _dispute,
    "charge.dispute.updated": _dispute,
    "charge.dispute.closed": _dispute,
    "charge.dispute.funds_withdrawn": _dispute,
    "charge.dispute.funds_reinstated": _dispute,
}
"""By the type of the event. Refunds and disputes do not bear our reference: `fetch` finds it at their payment."""
EVENTS = tuple(_READERS)


def read_notice(notice: Notice, config: Config) -> Verified | Refused:
    """Verify and read one event. Events of other kinds, and of payments that are not ours, bring nothing."""
    if notice.method.upper() != "POST":
        return Refused(Refusal.MALFORMED, "Stripe notifies by POST")
    refused = signing.verify(notice, (config.get("webhook_secret", ""), config.get("webhook_secret_next", "")))
    if refused is not None:
        return refused
    try:
        event = msgspec.json.decode(notice.body, type=Event)
        if event.livemode != is_live(config):
            return Refused(Refusal.WRONG_MERCHANT, "of the other mode (test or live)")
        reader = _READERS.get(event.type)
        fact = reader(event.data.object) if reader else None
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        return Refused(Refusal.MALFORMED, type(error).__name__)
    if not event.id or len(event.id) > 200:
        return Refused(Refusal.MALFORMED, "an event without a number")
    return Verified(event.id, (fact,) if fact else ())


def is_live(config: Config) -> bool:
    """Whether a channel moves real money: Stripe's keys say it themselves."""
    return "_live_" in config.get("secret_key", "")
