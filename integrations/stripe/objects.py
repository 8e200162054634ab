"""The part of Stripe's objects that is read here, strictly typed: a fraction is no amount, a list is no status.

Amounts are in the smallest unit of their currency; VND has none smaller than the dong. Source: Stripe's API reference,
version 2026-10-28.
"""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Charge(msgspec.Struct):
    """One movement of a card."""

    id: str
    amount: int
    currency: str
    created: int
    payment_intent: str | None = None
    amount_refunded: int = 0
    disputed: bool = False
    metadata: dict[str, str] = {}


class Problem(msgspec.Struct):
    """Why a payment did not succeed."""

    code: str | None = None
    decline_code: str | None = None


class PaymentIntent(msgspec.Struct):
    """One payment, over all its tries."""

    id: str
    amount: int
    currency: str
    status: str
    created: int
    amount_received: int | None = None
    latest_charge: Charge | str | None = None
    last_payment_error: Problem | None = None
    metadata: dict[str, str] = {}


class Session(msgspec.Struct):
    """One visit to Stripe's page."""

    id: str
    created: int
    currency: str | None = None
    amount_total: int | None = None
    status: str | None = None
    payment_status: str = ""
    url: str | None = None
    payment_intent: PaymentIntent | str | None = None
    client_reference_id: str | None = None
    metadata: dict[str, str] | None = None


class Refund(msgspec.Struct):
    """Money given back."""

    id: str
    amount: int
    currency: str
    created: int
    status: str | None = None
    payment_intent: str | None = None
    failure_reason: str | None = None
    metadata: dict[str, str] | None = None


class Dispute(msgspec.Struct):
    """A payer's complaint at their bank."""

    id: str
    amount: int
    currency: str
    created: int
    status: str
    payment_intent: str | None = None
    reason: str = ""


class Many(msgspec.Struct, Generic[T]):
    """A page of a list."""

    data: list[T]


class EventData(msgspec.Struct):
    object: msgspec.Raw


class Event(msgspec.Struct):
    """The envelope of a notice."""

    id: str
    type: str
    created: int
    data: EventData
    livemode: bool = False
