"""Facts of the port as JSON: how the inbox and exception cases keep them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .port import Fact, FactKind

REVERSES = "reverses"
"""Key of `Fact.data` under which a debit names the transaction number of the credit that it takes back."""
REFUND_ID = "refund_id"
"""Key of `Fact.data` under which an adapter names the refund order of ours that a fact is about."""


def to_json(fact: Fact) -> dict[str, Any]:
    """A fact as a JSON object."""
    return {
        "kind": fact.kind.value,
        "provider_txn": fact.provider_txn,
        "amount": fact.amount,
        "currency": fact.currency,
        "occurred_at": fact.occurred_at.isoformat(),
        "reference": fact.reference,
        "memo": fact.memo,
        "merchant": fact.merchant,
        "data": dict(fact.data),
    }


def from_json(data: Mapping[str, Any]) -> Fact:
    """The fact of `to_json`."""
    return Fact(
        kind=FactKind(data["kind"]),
        provider_txn=data["provider_txn"],
        amount=int(data["amount"]),
        currency=data["currency"],
        occurred_at=datetime.fromisoformat(data["occurred_at"]),
        reference=data["reference"],
        memo=data["memo"],
        merchant=data["merchant"],
        data=data["data"],
    )
