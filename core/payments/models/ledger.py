"""The double-entry ledger. Debits are positive, credits negative; the database itself keeps each entry at zero."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    FetchedValue,
    Identity,
    Index,
    SmallInteger,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from core.data.base import Base, Identified, SchoolOwned
from core.data.types import utc_now


class TransactionId(UserDefinedType[str]):
    """`xid8`: the database's own number of a transaction."""

    cache_ok = True

    def get_col_spec(self, **options: object) -> str:
        return "xid8"


class AccountingPeriod(Identified, SchoolOwned, Base):
    """A span of books. One is open; closing freezes it, and later evidence lands in the next one."""

    __tablename__ = "core_accounting_period"
    __table_args__ = (
        UniqueConstraint("school_id", "name"),
        Index("uq_core_accounting_period_open", "school_id", unique=True, postgresql_where="state = 'open'"),
        CheckConstraint("state IN ('open', 'closed')", name="state"),
    )

    name: Mapped[str]
    starts_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="open")
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]


class JournalEntry(Identified, SchoolOwned, Base):
    """One balanced movement. `source` says what caused it and makes repeating it impossible. Append-only."""

    __tablename__ = "core_journal_entry"
    __table_args__ = (
        UniqueConstraint("school_id", "source"),
        Index("ix_core_journal_entry_booked", "school_id", "booked_at"),
        Index("ix_core_journal_entry_period", "period_id"),
        Index("ix_core_journal_entry_evidence", "evidence_id", postgresql_where="evidence_id IS NOT NULL"),
    )

    school_id: Mapped[UUID] = mapped_column()  # pyright: ignore[reportIncompatibleVariableOverride]
    """School, period, evidence and entry are checked by a trigger, once a statement."""
    source: Mapped[str]
    kind: Mapped[str]
    period_id: Mapped[UUID]
    occurred_at: Mapped[datetime]
    booked_at: Mapped[datetime] = mapped_column(default=utc_now)
    actor: Mapped[dict[str, Any]]
    memo: Mapped[str] = mapped_column(default="")
    evidence_id: Mapped[UUID | None]
    reverses_id: Mapped[UUID | None]
    txid: Mapped[str] = mapped_column(TransactionId(), server_default=FetchedValue())
    """The transaction that made the entry: no other may add postings to it."""


class Posting(SchoolOwned, Base):
    """One line of an entry. Append-only."""

    __tablename__ = "core_posting"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount"),
        Index("ix_core_posting_entry", "entry_id"),
        Index("ix_core_posting_person", "school_id", "person_id", "id", postgresql_where="person_id IS NOT NULL"),
        Index("ix_core_posting_charge", "charge_id", postgresql_where="charge_id IS NOT NULL"),
    )

    school_id: Mapped[UUID] = mapped_column()  # pyright: ignore[reportIncompatibleVariableOverride]
    """School, entry, charge and person are checked by triggers, once a statement."""
    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    entry_id: Mapped[UUID]
    account: Mapped[str]
    person_id: Mapped[UUID | None]
    charge_id: Mapped[UUID | None]
    amount: Mapped[int]


class LedgerBalance(SchoolOwned, Base):
    """Running totals, written only by the database's trigger on postings.

    Accounts without a person are spread over shards by database connection, so that payments of many people at once
    do not wait for one hot row; their balance is the sum of the shards.
    """

    __tablename__ = "core_ledger_balance"
    __table_args__ = (
        Index(
            "ix_core_ledger_balance_owed",
            "school_id",
            "account",
            "amount",
            postgresql_where="amount <> 0",
        ),
    )

    school_id: Mapped[UUID] = mapped_column(  # pyright: ignore[reportIncompatibleVariableOverride]  (in the key)
        primary_key=True
    )
    account: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The nil UUID for accounts without a person."""
    shard: Mapped[int] = mapped_column(SmallInteger, primary_key=True, default=0)
    amount: Mapped[int]
