"""What facts mean. Pure: no database, no clock.

The state model of payments.md, section 12: a status is never set, it follows from all facts that are known, so that the
order in which they come, repetitions and crashes cannot change it (invariants I3, I6).
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from .port import FactKind


class Status(enum.StrEnum):
    """Where an attempt stands. FAILED, EXPIRED and UNKNOWN may still become PAID: late success is normal."""

    CREATED = "created"
    PENDING = "pending"
    PAID = "paid"
    UNDERPAID = "underpaid"
    OVERPAID = "overpaid"
    FAILED = "failed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    IN_REVIEW = "in_review"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    CHARGED_BACK = "charged_back"

    @property
    def paid(self) -> bool:
        """Whether money has come in and not all of it has gone back."""
        return self in _PAID

    @property
    def decided(self) -> bool:
        """Whether asking the provider again can wait for ever."""
        return self in _PAID or self in (Status.REFUNDED, Status.CHARGED_BACK)


_PAID = frozenset({Status.PAID, Status.UNDERPAID, Status.OVERPAID, Status.PARTIALLY_REFUNDED, Status.DISPUTED})

MONEY_IN = frozenset({FactKind.PAID, FactKind.CREDIT})
_WEAK: tuple[tuple[FactKind, Status], ...] = (
    (FactKind.REVIEW, Status.IN_REVIEW),
    (FactKind.FAILED, Status.FAILED),
    (FactKind.EXPIRED, Status.EXPIRED),
)
"""Facts without money, the strongest first."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The part of a piece of evidence that decides.

    `reverses` is the number that a debit takes back; on a credit, the debit that had taken it back before it came.
    """

    kind: FactKind
    amount: int
    provider_txn: str = ""
    reverses: str | None = None
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What an attempt's facts add up to, in dong."""

    status: Status
    captured: int
    refunded: int
    """What went back, by refunds and by lost disputes."""


def derive(asked: int, facts: Collection[Seen], *, expired: bool = False, given_up: bool = False) -> Standing:
    """The standing of an attempt over `asked` dong.

    Precedence: money evidence, then disputes and refunds of it, then review, failed, expired, pending (payments.md,
    section 12).
    A credit that a debit names has no effect, whichever of the two came first.

    Args:
        expired: our own time limit has passed.
        given_up: the last poller has asked and no fact has decided.
    """
    taken_back = {fact.reverses for fact in facts if fact.kind is FactKind.DEBIT and fact.reverses}
    captured = sum(
        f.amount for f in facts if f.kind in MONEY_IN and f.reverses is None and f.provider_txn not in taken_back
    )
    refunded = min(captured, sum(f.amount for f in facts if _gone(f, facts)))
    status = _dispute(facts) if captured > 0 else None
    return Standing(status or _status(asked, facts, captured, refunded, expired, given_up), captured, refunded)


def _gone(refund: Seen, facts: Collection[Seen]) -> bool:
    """Whether this money went back: by a lost dispute, or a refund that no later failure of the same refund undoes."""
    if refund.kind is FactKind.CHARGED_BACK:
        return True
    return refund.kind is FactKind.REFUNDED and not any(
        f.kind is FactKind.REFUND_FAILED
        and f.provider_txn == refund.provider_txn
        and (f.occurred_at is None or refund.occurred_at is None or f.occurred_at >= refund.occurred_at)
        for f in facts
    )


def _dispute(facts: Collection[Seen]) -> Status | None:
    """What disputes make of a payment: lost ones for good, open ones until somebody has decided them."""
    kinds = {fact.kind for fact in facts}
    if FactKind.CHARGED_BACK in kinds:
        return Status.CHARGED_BACK
    won = {fact.provider_txn for fact in facts if fact.kind is FactKind.DISPUTE_WON}
    still = any(fact.kind is FactKind.DISPUTED and fact.provider_txn not in won for fact in facts)
    return Status.DISPUTED if still else None


def _status(asked: int, facts: Collection[Seen], captured: int, refunded: int, expired: bool, given_up: bool) -> Status:
    if captured > 0:
        if refunded > 0:
            return Status.REFUNDED if refunded == captured else Status.PARTIALLY_REFUNDED
        if captured == asked:
            return Status.PAID
        return Status.UNDERPAID if captured < asked else Status.OVERPAID
    kinds = {fact.kind for fact in facts}
    for kind, status in _WEAK:
        if kind in kinds:
            return status
    if given_up:
        return Status.UNKNOWN
    if expired:
        return Status.EXPIRED
    return Status.PENDING if FactKind.PENDING in kinds else Status.CREATED


class Doubt(enum.StrEnum):
    """Why a signed fact is not booked by the program; a person decides."""

    WRONG_CURRENCY = "wrong_currency"
    WRONG_MERCHANT = "wrong_merchant"
    WRONG_AMOUNT = "wrong_amount"
    WRONG_CHANNEL = "wrong_channel"
    UNKNOWN_ATTEMPT = "unknown_reference"
    NO_AMOUNT = "no_amount"


def doubt(
    kind: FactKind,
    amount: int,
    currency: str,
    merchant: str | None,
    *,
    channel_merchant: str,
    redirect: bool,
    asked: int | None,
    same_channel: bool = True,
) -> Doubt | None:
    """Whether a fact must not touch the books (I13; payments.md, "Mismatch").

    A redirect payment has to bring exactly what was asked. A transfer may bring any amount: it is real money.

    Args:
        asked: the amount of the attempt that the fact names, None when there is none.
    """
    if currency != "VND":
        return Doubt.WRONG_CURRENCY
    if merchant and channel_merchant and _plain(merchant) != _plain(channel_merchant):
        return Doubt.WRONG_MERCHANT
    if kind in MONEY_IN | {FactKind.DEBIT, FactKind.REFUNDED, FactKind.CHARGED_BACK} and amount <= 0:
        return Doubt.NO_AMOUNT
    if not redirect:
        return None
    if asked is None:
        return Doubt.UNKNOWN_ATTEMPT
    if not same_channel:
        return Doubt.WRONG_CHANNEL
    if kind in MONEY_IN | {FactKind.REVIEW} and amount != asked:
        return Doubt.WRONG_AMOUNT
    return None


def _plain(code: str) -> str:
    return "".join(char for char in code.upper() if char.isalnum())


@dataclass(frozen=True, slots=True)
class Share:
    """The part of an attempt that belongs to one person's charge."""

    charge_id: UUID
    person_id: UUID
    amount: int


def split(amount: int, shares: Sequence[Share]) -> dict[UUID, int]:
    """Who gets how much of a payment over several children's charges: in the order asked, the rest to the first.

    A transfer may differ from what was asked; too little fills the first lines, too much stays with the first person.
    """
    result: dict[UUID, int] = {}
    left = amount
    for share in shares:
        part = min(left, share.amount)
        if part > 0:
            result[share.person_id] = result.get(share.person_id, 0) + part
            left -= part
    if left > 0:
        first = shares[0].person_id
        result[first] = result.get(first, 0) + left
    return result


@dataclass(frozen=True, slots=True)
class RefundSeen:
    """A refund fact with its time: a provider may take a success back days later (payments.md, section 8)."""

    kind: FactKind
    occurred_at: datetime


class RefundState(enum.StrEnum):
    REQUESTED = "requested"
    REJECTED = "rejected"
    APPROVED = "approved"
    SENT = "sent"
    UNKNOWN = "unknown"
    DONE = "done"
    FAILED = "failed"


RESERVED = frozenset({RefundState.SENT, RefundState.UNKNOWN})
"""States in which money lies in `refund_payable`."""

POLL_AFTER: tuple[timedelta, ...] = (
    *(timedelta(minutes=m) for m in (1, 3, 10, 15, 30)),
    *(timedelta(hours=h) for h in range(1, 25)),
    *(timedelta(days=d) for d in range(2, 9)),
)
"""When to ask about an attempt, counted from its creation (payments.md, "Pollers"): VNPay calls for 50 minutes, ZaloPay
has to be asked after 15, a bank may answer the next day."""


def refund_state(facts: Iterable[RefundSeen]) -> RefundState | None:
    """What refund facts say: the latest of done and failed; None while nothing has decided."""
    decisive = [f for f in facts if f.kind in (FactKind.REFUNDED, FactKind.REFUND_FAILED)]
    if not decisive:
        return None
    last = max(decisive, key=lambda fact: (fact.occurred_at, fact.kind is FactKind.REFUND_FAILED))
    return RefundState.DONE if last.kind is FactKind.REFUNDED else RefundState.FAILED
