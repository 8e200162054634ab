"""The port of payment providers: what an adapter must be able to do, and the neutral words it speaks in.

An adapter knows one wire protocol and nothing of the school: it builds requests, verifies and reads notices,
and turns provider words into `Fact`s. It never decides whether a bill is paid; the core derives that from all
facts. Everything except `query` and `refund` is pure (no I/O), so notices can be replayed.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable
from uuid import UUID

from core.types.fields import Config as Config
from core.types.fields import Field as Field
from core.types.http import HttpClient
from core.types.message import Message


class FactKind(enum.StrEnum):
    """What a provider says has happened. Only CREDIT and PAID bring money."""

    PAID = "paid"  # a redirect payment succeeded
    CREDIT = "credit"  # money arrived on the school's own account (transfer)
    DEBIT = "debit"  # money left the account; names a reversed credit when `reverses` is set
    PENDING = "pending"
    FAILED = "failed"
    EXPIRED = "expired"
    REVIEW = "review"  # money taken, the provider asks for a decision (VNPay 07)
    REFUND_PENDING = "refund_pending"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund_failed"
    DISPUTED = "disputed"  # the payer asks their bank to take the money back; nothing is decided
    DISPUTE_WON = "dispute_won"  # the money stays
    CHARGED_BACK = "charged_back"  # the money went back to the payer


@dataclass(frozen=True, slots=True)
class Fact:
    """One piece of evidence, unique by (channel's provider, kind, provider_txn)."""

    kind: FactKind
    provider_txn: str
    """The provider's own number; for facts that have none (a failure), derived from our reference."""
    amount: int
    """Whole dong, already converted (VNPay speaks of hundredths)."""
    currency: str
    occurred_at: datetime
    reference: str | None = None
    """Our reference as the provider echoes it (redirects); None for transfers: `memo` is searched."""
    memo: str = ""
    merchant: str | None = None
    """Merchant code or receiving account as the provider names it; must be the channel's."""
    data: Mapping[str, str] = field(default_factory=dict)
    """What support may need later; no secrets, no card numbers."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A request from outside, exactly as received: signatures are verified over these bytes."""

    method: str
    query: bytes
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    received_at: datetime
    remote_addr: str = ""


@dataclass(frozen=True, slots=True)
class Verified:
    """A notice whose signature is right. `dedupe` is the same for each repetition of the same message."""

    dedupe: str
    facts: tuple[Fact, ...]
    """Empty for a test ping."""


class Refusal(enum.StrEnum):
    BAD_SIGNATURE = "bad_signature"
    MALFORMED = "malformed"
    STALE = "stale"  # outside the time window of the protocol
    WRONG_MERCHANT = "wrong_merchant"


@dataclass(frozen=True, slots=True)
class Refused:
    reason: Refusal
    detail: str = ""
    """For the log of the operator: no values of the message."""


class Outcome(enum.StrEnum):
    """What became of a notice; the adapter words the answer in its protocol."""

    RECORDED = "recorded"
    DUPLICATE = "duplicate"
    UNKNOWN_REFERENCE = "unknown_reference"  # stored all the same
    WRONG_AMOUNT = "wrong_amount"  # stored all the same
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: str
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What an adapter may know of a payment attempt."""

    id: UUID
    reference: str
    """Unique for ever, `[A-Z0-9]{8,16}`."""
    amount: int
    currency: str
    description: str
    """ASCII letters, digits and spaces only."""
    created_at: datetime
    expires_at: datetime
    locale: str = "vi"
    payer_ip: str = "127.0.0.1"
    return_url: str = ""
    notice_url: str = ""
    """Where the provider reaches this channel; filled in for `Ordering.place` only."""
    provider_data: Mapping[str, str] = field(default_factory=dict)
    """What `prepare` and `place` returned as `remember`, for query and refund."""


@dataclass(frozen=True, slots=True)
class Redirect:
    """Send the payer's browser there (GET)."""

    url: str
    remember: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Transfer:
    """Show the payer how to transfer: a QR payload and the same data in words."""

    qr_payload: str
    bank_name: str
    account_number: str
    account_name: str
    amount: int
    memo: str
    remember: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Order:
    """The service has to be told of the payment before the payer goes there: see `abilities.Ordering`.

    `remember` is kept before anything is sent, so that a query can name an order whose answer got lost.
    """

    remember: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Declined:
    """The service takes no order for this attempt; nothing can be paid there under its reference any more."""

    message: Message
    """For the payer."""
    detail: str = ""
    """For the log of the operator: codes, no values of the message."""


@dataclass(frozen=True, slots=True)
class RefundOrder:
    id: UUID
    reference: str
    amount: int
    full: bool
    reason: str
    approved_by: str
    """Name of the approver as the provider may store it: ASCII."""
    requested_at: datetime
    paid: Fact
    """The payment that is given back."""
    sent_at: datetime | None = None
    """When it was first handed over: the same at every repetition, for numbers that bear the day."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The provider did not give an answer that decides: ask again later, never assume."""

    detail: str


@runtime_checkable
class PaymentProvider(Protocol):
    """One rail. The object is stateless; `config` is the channel of one school."""

    name: str
    label: Message
    flow: Literal["redirect", "transfer", "notifier"]
    """`notifier` channels only bring facts of an account (bank notices); nobody chooses them to pay."""
    fields: tuple[Field, ...]
    outbound_hosts: tuple[str, ...]
    supports_query: bool
    supports_refund: bool

    def check(self, config: Config) -> Mapping[str, Message]:
        """Problems of a configuration, by field name; empty when it is usable."""
        ...

    def prepare(self, attempt: Attempt, config: Config) -> Redirect | Transfer | Order:
        """Build what the payer needs. Pure; raises ValueError for an attempt the rail cannot carry.

        An `Order` is returned by providers that are `abilities.Ordering`.
        """
        ...

    def receive(self, notice: Notice, config: Config) -> Verified | Refused:
        """Verify a notice over its raw bytes and read it. Pure; never raises for bad input."""
        ...

    def answer(self, outcome: Outcome, refused: Refused | None = None) -> Answer:
        """The answer that the protocol expects."""
        ...

    def read_return(self, query: bytes, config: Config) -> Literal["success", "failure", "unknown"]:
        """What to tell the payer who comes back. Display only; never booked."""
        ...

    def query(self, attempt: Attempt, config: Config, http: HttpClient, now: datetime) -> tuple[Fact, ...] | Unknown:
        """Ask the provider about an attempt. Network errors are `Unknown`."""
        ...

    def refund(
        self, order: RefundOrder, attempt: Attempt, config: Config, http: HttpClient
    ) -> tuple[Fact, ...] | Unknown:
        """Ask for a refund. Repeating the same order must not refund twice."""
        ...
