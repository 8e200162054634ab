"""What the contract suite of payment providers works with: samples, a network stub, a plain attempt."""

# ruff: noqa: S101 - assertions are what a testing kit is for

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from core.sdk.payments import Attempt, Fact, FactKind, Notice, RefundOrder

NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Samples:
    """What the suite needs of an adapter. Providers without callbacks leave the notices empty."""

    attempt: Attempt
    good: Mapping[str, tuple[Notice, Fact]]
    """Genuine notices by name, with the one fact each must give."""
    forged: Mapping[str, Notice]
    """Notices that must be refused: changed values, missing or foreign signatures, ..."""
    repeated: Mapping[str, tuple[Notice, Notice]]
    """Two deliveries of one message, spelt as differently as the protocol allows."""
    pings: Mapping[str, Notice]
    """Test calls: genuine, without a fact."""


def make_attempt(reference: str = "TRHABCD2345", amount: int = 1_250_000) -> Attempt:
    """A plain attempt to start from (`dataclasses.replace`)."""
    return Attempt(
        id=UUID("0199f2a0-0000-7000-8000-000000000001"),
        reference=reference,
        amount=amount,
        currency="VND",
        description="Hoc phi thang 11 HS0001",
        created_at=NOW,
        expires_at=NOW + timedelta(minutes=15),
        payer_ip="203.0.113.7",
        return_url="https://truong.example/pay/return",
    )


def make_order(samples: Samples) -> RefundOrder:
    """A refund of half of the sample attempt."""
    attempt = samples.attempt
    paid = Fact(FactKind.PAID, "14422574", attempt.amount, "VND", NOW, attempt.reference)
    number = UUID("0199f2a0-0000-7000-8000-000000000002")
    return RefundOrder(number, attempt.reference, attempt.amount // 2, False, "Hoan tien an", "Nguyen Van A", NOW, paid)


def assert_well_formed(fact: Fact) -> None:
    """A fact that the core can store: whole money, aware time, plain texts."""
    assert type(fact.amount) is int and fact.amount > 0
    assert fact.currency.isupper() and len(fact.currency) == 3
    assert fact.occurred_at.utcoffset() == timedelta(0)
    assert fact.provider_txn and len(fact.provider_txn) <= 120
    for text in (fact.provider_txn, fact.memo, fact.reference or "", *fact.data.values()):
        assert isinstance(text, str)
        assert "\x00" not in text
        text.encode()
