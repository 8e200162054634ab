"""What must hold of the books at every step, against a simple idea of the truth: what providers have said, in sets."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from hypothesis.stateful import RuleBasedStateMachine, invariant
from sqlalchemy import text

from core.data.session import Database
from core.payments import ledger

from .crash import fresh
from .world import SYSTEM, World


@dataclass
class Told:
    """What providers have truly said so far, however often."""

    paid: dict[str, tuple[UUID, int]] = field(default_factory=dict)
    """Transaction number -> attempt and amount."""
    credits: dict[str, int] = field(default_factory=dict)
    reversed: set[str] = field(default_factory=set)
    refunds: dict[str, tuple[UUID, int]] = field(default_factory=dict)
    cash: int = 0

    def captured(self, attempt: UUID) -> int:
        return sum(amount for at, amount in self.paid.values() if at == attempt)


class Truth(RuleBasedStateMachine):
    """One school and what is true of it. Subclasses give the database, and the steps."""

    db: Database

    def __init__(self) -> None:
        super().__init__()
        self.world: World = fresh(self.db)
        self.told = Told()
        self.number = 0
        self.accepted: set[bytes] = set()
        self.ever_paid: set[UUID] = set()
        self.frozen: dict[str, tuple[int, int]] = {}
        self.idle = True

    @invariant()
    def the_books_agree_with_themselves(self) -> None:
        with self.world.db.context(SYSTEM, self.world.school) as ctx:
            assert ledger.verify(ctx) == []
            assert sum(ledger.trial_balance(ctx).values()) == 0

    @invariant()
    def closed_periods_do_not_change(self) -> None:
        assert all(self.in_period(period) == before for period, before in self.frozen.items())

    @invariant()
    def paid_stays_paid_without_a_refund(self) -> None:
        sql = "SELECT id::text || ' ' || status FROM core_payment_attempt"
        statuses = dict(row.split() for row in self.world.column(sql))
        refunded = {str(at) for at, _amount in self.told.refunds.values()}
        paid = {"paid", "overpaid", "underpaid"}
        for attempt in self.ever_paid:
            assert str(attempt) in refunded or statuses[str(attempt)] in paid
        for txn_attempt, _amount in self.told.paid.values():
            if statuses.get(str(txn_attempt)) in paid:
                self.ever_paid.add(txn_attempt)

    @invariant()
    def what_was_acknowledged_is_kept(self) -> None:
        sql = "SELECT count(*)::text FROM core_provider_inbox WHERE method <> 'QUERY'"
        assert self.world.column(sql) == [str(len(self.accepted))]

    @invariant()
    def the_books_agree_with_the_providers(self) -> None:
        if not self.idle:
            return
        arrived = set(self.world.column("SELECT kind || ' ' || provider_txn FROM core_evidence WHERE rail = 'fakepay'"))
        books = self.world.trial()
        came = sum(a for txn, (_at, a) in self.told.paid.items() if f"paid {txn}" in arrived)
        refunds = [txn for txn in self.told.refunds if f"refunded {txn}" in arrived]
        left = came - sum(self.told.refunds[txn][1] for txn in self.refunds_with_money(refunds, arrived))
        assert books.get("clearing:fakepay", 0) == left
        on_bank = set(self.world.column("SELECT kind || ' ' || provider_txn FROM core_evidence WHERE kind = 'credit'"))
        gone = set(self.world.column("SELECT reverses FROM core_evidence WHERE kind = 'debit'"))
        late = set(self.world.column("SELECT provider_txn FROM core_evidence WHERE reverses IS NOT NULL"))
        live = {t: a for t, a in self.told.credits.items() if t not in gone and t not in late}
        assert {f"credit {t}" for t in self.told.credits} == on_bank
        assert books.get("bank:0011223344", 0) == sum(live.values())
        assert books.get("cash:desk", 0) == self.told.cash
        assert self.world.column("SELECT state FROM core_provider_inbox WHERE state IN ('received', 'failed')") == []

    def refunds_with_money(self, refunds: list[str], arrived: set[str]) -> list[str]:
        """Refunds of payments that have been told: others wait as evidence. None waits for a payment that is here."""
        booked = set(
            self.world.column(
                "SELECT e.provider_txn FROM core_evidence e JOIN core_journal_entry j ON j.evidence_id = "
                "e.id "
                "WHERE e.kind = 'refunded'"
            )
        )
        for txn in set(refunds) - booked:
            attempt, amount = self.told.refunds[txn]
            here = sum(a for t, (at, a) in self.told.paid.items() if at == attempt and f"paid {t}" in arrived)
            spent = sum(self.told.refunds[t][1] for t in booked if self.told.refunds[t][0] == attempt)
            assert amount > here - spent
        return sorted(booked)

    def in_period(self, period: str) -> tuple[int, int]:
        sql = text(
            "SELECT count(*), coalesce(sum(abs(p.amount)), 0)::bigint FROM core_journal_entry e "
            "JOIN core_posting p ON p.entry_id = e.id WHERE e.period_id = CAST(:period AS uuid)"
        )
        with self.world.db.context(SYSTEM, self.world.school) as ctx:
            rows, total = ctx.session.execute(sql, {"period": period}).one()
        return int(rows), int(total)

    def teardown(self) -> None:
        self.world.later(minutes=10)
        self.world.drain()
        self.idle = True
        self.the_books_agree_with_the_providers()
        self.the_books_agree_with_themselves()
        self.one_receipt_for_each_collection()

    def one_receipt_for_each_collection(self) -> None:
        """I9: the receipts' module hears of each collection once (its numbers are gapless by its own tests)."""
        told = self.world.column(
            "SELECT payload -> 'payload' ->> 'entry' || (payload -> 'payload' ->> 'person') FROM core_job "
            "WHERE task = 'core.event' AND payload ->> 'event' = 'payments.collected' AND school_id = "
            ":school",
            school=self.world.school,
        )
        booked = self.world.column(
            "SELECT DISTINCT e.id::text || p.person_id FROM core_journal_entry e JOIN core_posting p ON "
            "p.entry_id = e.id "
            "WHERE p.account = 'student_balance' AND p.amount < 0 "
            "AND (e.kind IN ('evidence.paid', 'evidence.credit', 'cash.collected'))"
        )
        assert sorted(told) == sorted(booked)
