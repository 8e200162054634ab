"""One movement on the school's account, as every dialect tells it, and the fact it becomes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from core.sdk.payments import Config, Fact, FactKind, Refusal, Refused, Verified


@dataclass(frozen=True, slots=True)
class Movement:
    """A transaction of the account."""

    style: str
    notifier_id: str
    account: str
    amount: int
    """Whole dong, always positive."""
    incoming: bool
    memo: str
    occurred_at: datetime
    bank_reference: str = ""
    payer: str = ""
    bank: str = ""
    currency: str = "VND"


def to_verified(movement: Movement, config: Config, dedupe: str) -> Verified | Refused:
    """The fact, if the movement is one of the channel's account."""
    if plain_account(movement.account) != plain_account(config.get("account_number", "")):
        return Refused(Refusal.WRONG_MERCHANT, "a transaction of another account")
    return Verified(dedupe, (to_fact(movement),))


def to_fact(movement: Movement) -> Fact:
    """Unique by the bank's own number where there is one: the statement names the same one later."""
    details = {
        "notifier": movement.style,
        "notifier_id": movement.notifier_id,
        "bank_reference": movement.bank_reference,
        "payer": movement.payer,
        "bank": movement.bank,
    }
    return Fact(
        kind=FactKind.CREDIT if movement.incoming else FactKind.DEBIT,
        provider_txn=movement.bank_reference or f"{movement.style}-{movement.notifier_id}",
        amount=movement.amount,
        currency=movement.currency,
        occurred_at=movement.occurred_at,
        memo=movement.memo,
        merchant=plain_account(movement.account),
        data={name: value for name, value in details.items() if value},
    )


def plain_account(text: str) -> str:
    """An account number without the spaces and dots people write into it."""
    return re.sub(r"[\s.\-]", "", text).upper()
