"""Reading the books: balances from the running totals, statements from the postings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from core.data.context import Context
from core.payments.accounts import RECEIVABLE, STUDENT_BALANCE


@dataclass(frozen=True, slots=True)
class Balance:
    """Where one person stands, in dong."""

    credit: int
    """Money given and not used yet."""
    owed: int
    """What open charges still ask."""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One posting of a person's account, in the order of booking. `amount`: debit positive."""

    entry_id: UUID
    booked_at: datetime
    occurred_at: datetime
    kind: str
    account: str
    amount: int
    charge_id: UUID | None
    memo: str


_TRIAL = text(
    "SELECT account, sum(amount)::bigint AS amount FROM core_ledger_balance WHERE school_id = :school "
    "GROUP BY account ORDER BY account"
)
_PERSON = text("SELECT account, amount FROM core_ledger_balance WHERE school_id = :school AND person_id = :person")
_STATEMENT = text(
    """
SELECT p.entry_id, e.booked_at, e.occurred_at, e.kind, p.account, p.amount, p.charge_id, e.memo
  FROM core_posting p JOIN core_journal_entry e ON e.id = p.entry_id
 WHERE p.school_id = :school AND p.person_id = :person
 ORDER BY p.id DESC LIMIT :limit
"""
)


def trial_balance(ctx: Context) -> dict[str, int]:
    """Every account of the school with its balance; the values sum to zero."""
    rows = ctx.session.execute(_TRIAL, {"school": ctx.school_id})
    return {row.account: row.amount for row in rows}


def balance_of(ctx: Context, person_id: UUID) -> Balance:
    """A person's unused money and open debt."""
    rows = ctx.session.execute(_PERSON, {"school": ctx.school_id, "person": person_id})
    amounts = {row.account: row.amount for row in rows}
    return Balance(credit=-amounts.get(STUDENT_BALANCE, 0), owed=amounts.get(RECEIVABLE, 0))


def statement(ctx: Context, person_id: UUID, *, limit: int = 200) -> list[StatementLine]:
    """The latest postings of a person, newest first."""
    rows = ctx.session.execute(_STATEMENT, {"school": ctx.school_id, "person": person_id, "limit": limit}).all()
    return [StatementLine(*row) for row in rows]
