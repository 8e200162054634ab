"""A state machine that plays providers, payers, staff and crashes against the real database (invariants I1 to I14).

It keeps its own simple idea of the truth: what providers have said, in sets, without order. The books must
agree with it
whenever all work is done, and with themselves at every step.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, precondition, rule
from sqlalchemy import text

from core.data.session import Database
from core.payments import attempts, charges, ledger
from core.payments.attempts import Started
from core.payments.cash import collect_cash
from core.payments.channels import Channel
from core.payments.polling import keep
from core.payments.port import Fact, FactKind, Notice, Outcome
from core.types.errors import Conflict

from .crash import Killed, dies_at, fresh
from .fake import fact, notice
from .world import SYSTEM, World

AMOUNTS = st.sampled_from([10_000, 20_000, 35_000, 50_000])


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


class Payments(RuleBasedStateMachine):
    """One school. Subclasses give the database."""

    db: Database

    people = Bundle("people")
    bills = Bundle("bills")
    starts = Bundle("starts")
    messages = Bundle("messages")
    transfers = Bundle("transfers")

    def __init__(self) -> None:
        super().__init__()
        self.world: World = fresh(self.db)
        self.told = Told()
        self.number = 0
        self.accepted: set[bytes] = set()
        self.ever_paid: set[UUID] = set()
        self.frozen: dict[str, tuple[int, int]] = {}
        self.idle = True
        self.first = self.world.person()
        self.first_bill = self.world.charge(self.first, 20_000)
        self.first_start = self.world.start(self.first_bill)

    @initialize(target=people)
    def there_is_somebody(self) -> UUID:
        return self.first

    @initialize(target=bills)
    def there_is_a_bill(self) -> UUID:
        return self.first_bill

    @initialize(target=starts)
    def somebody_has_begun_to_pay(self) -> Started:
        return self.first_start

    def next_number(self) -> str:
        self.number += 1
        return f"FT26{self.number:08d}"

    def deliver(self, message: Notice, channel: Channel) -> Outcome:
        outcome = self.world.outcome(message, channel)
        if outcome is not Outcome.REFUSED:
            self.accepted.add(message.body)
        self.idle = False
        return outcome

    # Payers and staff

    @rule(target=people)
    def someone_comes(self) -> UUID:
        return self.world.person(f"Học sinh {self.number}")

    @rule(target=bills, person=people, due=AMOUNTS)
    def a_bill_is_published(self, person: UUID, due: int) -> UUID:
        return self.world.charge(person, due)

    @rule(bill=consumes(bills))
    def a_bill_is_cancelled(self, bill: UUID) -> None:
        with self.world.db.context(SYSTEM, self.world.school, clock=self.world.clock) as ctx:
            charges.cancel(ctx, bill, "Thu nhầm")

    @rule(target=starts, chosen=st.lists(bills, min_size=1, max_size=2, unique=True))
    def somebody_starts_to_pay(self, chosen: list[UUID]) -> Started | None:
        try:
            return self.world.start(*chosen)
        except Conflict:
            return None

    @rule(person=people, amount=AMOUNTS)
    def cash_is_taken(self, person: UUID, amount: int) -> None:
        with self.world.db.context(SYSTEM, self.world.school, clock=self.world.clock) as ctx:
            collect_cash(ctx, person, amount)
        self.told.cash += amount

    @rule(minutes=st.sampled_from([1, 20, 60, 60 * 24]))
    def time_passes(self, minutes: int) -> None:
        self.world.later(minutes=minutes)
        with self.world.db.context(SYSTEM, self.world.school, clock=self.world.clock) as ctx:
            attempts.expire(ctx)

    @precondition(lambda self: len(self.frozen) < 2)
    @rule()
    def the_period_is_closed(self) -> None:
        with self.world.db.context(SYSTEM, self.world.school, clock=self.world.clock) as ctx:
            closed = ledger.close_period(ctx, f"P{len(self.frozen) + 2}")
        self.frozen[str(closed)] = self.in_period(str(closed))

    # Providers

    @rule(target=messages, start=starts, again=st.booleans())
    def the_provider_says_paid(self, start: Started | None, again: bool) -> tuple[Notice, Channel] | None:
        """`again`: the payer paid the same order twice, under two numbers."""
        if start is None or (self.told.captured(start.id) and not again):
            return None
        txn = self.next_number()
        self.told.paid[txn] = (start.id, start.amount)
        return self.said(self.world.paid(start, txn))

    @rule(
        target=messages,
        start=starts,
        kind=st.sampled_from([FactKind.FAILED, FactKind.EXPIRED, FactKind.PENDING, FactKind.REVIEW]),
    )
    def the_provider_says_something_else(self, start: Started | None, kind: FactKind) -> tuple[Notice, Channel] | None:
        if start is None:
            return None
        return self.said(fact(kind, start.reference, start.amount, reference=start.reference))

    @rule(target=messages, start=starts, part=st.sampled_from([1, 2]))
    def the_provider_refunds_by_itself(self, start: Started | None, part: int) -> tuple[Notice, Channel] | None:
        if start is None or not self.told.captured(start.id):
            return None
        gone = sum(amount for at, amount in self.told.refunds.values() if at == start.id)
        amount = min(start.amount // part, self.told.captured(start.id) - gone)
        if amount <= 0:
            return None
        txn = self.next_number()
        self.told.refunds[txn] = (start.id, amount)
        return self.said(fact(FactKind.REFUNDED, txn, amount, reference=start.reference))

    @rule(start=starts)
    def we_ask_the_provider(self, start: Started | None) -> None:
        """The answer to a query is the same evidence as the notice (I12)."""
        known = [txn for txn, (at, _amount) in self.told.paid.items() if start and at == start.id]
        if start is None or not known:
            return
        with self.world.db.context(SYSTEM, self.world.school, clock=self.world.clock) as ctx:
            keep(ctx, self.world.pay_channel, (self.world.paid(start, known[0]),))

    @rule(target=transfers, bill=bills, amount=AMOUNTS)
    def a_transfer_names_a_bill(self, bill: UUID, amount: int) -> tuple[Notice, Channel, str, int]:
        return self.transfer(self.world.charge_row(bill).reference, amount)

    @rule(target=transfers, start=starts, amount=AMOUNTS)
    def a_transfer_names_an_attempt(self, start: Started | None, amount: int) -> tuple[Notice, Channel, str, int]:
        return self.transfer(start.reference if start else "khong ro", amount)

    @rule(target=messages, transfer=transfers)
    def the_bank_takes_a_transfer_back(
        self, transfer: tuple[Notice, Channel, str, int]
    ) -> tuple[Notice, Channel] | None:
        """Told before or after the transfer itself."""
        _message, channel, txn, amount = transfer
        if txn in self.told.reversed:
            return None
        self.told.reversed.add(txn)
        number = self.next_number()
        debit = fact(FactKind.DEBIT, number, amount, memo=f"HUY LENH {txn}")
        return notice(debit), channel

    @rule(message=messages, times=st.integers(1, 3))
    def a_message_comes_in(self, message: tuple[Notice, Channel] | None, times: int) -> None:
        if message is not None:
            outcomes = [self.deliver(*message) for _turn in range(times)]
            assert all(outcome is Outcome.DUPLICATE for outcome in outcomes[1:])

    @rule(transfer=transfers, times=st.integers(1, 2))
    def a_transfer_comes_in(self, transfer: tuple[Notice, Channel, str, int], times: int) -> None:
        message, channel, txn, amount = transfer
        self.told.credits[txn] = amount
        for _turn in range(times):
            self.deliver(message, channel)

    @rule(start=starts, how=st.sampled_from(["forged", "currency", "amount", "merchant", "nobody"]))
    def a_message_lies(self, start: Started | None, how: str) -> None:
        """Nothing of this may touch the books (I5, I13)."""
        if start is None:
            return
        txn = self.next_number()
        right = self.world.paid(start, txn)
        wrong = {
            "forged": notice(right, key="guessed"),
            "currency": notice(fact(FactKind.PAID, txn, start.amount, reference=start.reference, currency="USD")),
            "amount": notice(self.world.paid(start, txn, start.amount * 100)),
            "merchant": notice(fact(FactKind.PAID, txn, start.amount, reference=start.reference, merchant="OTHER")),
            "nobody": notice(fact(FactKind.PAID, txn, start.amount, reference="NOBODY2345")),
        }
        self.deliver(wrong[how], self.world.pay_channel)

    # Work and crashes

    @rule()
    def the_worker_does_everything(self) -> None:
        self.world.drain()
        self.idle = True

    @rule(moment=st.integers(0, 40))
    def the_worker_dies(self, moment: int) -> None:
        try:
            with dies_at(self.db, moment):
                self.world.worker.run_once()
        except Killed:
            self.world.later(minutes=5)

    # What must hold

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

    # Helpers

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

    def said(self, what: Fact) -> tuple[Notice, Channel]:
        return notice(what), self.world.pay_channel

    def transfer(self, memo: str, amount: int) -> tuple[Notice, Channel, str, int]:
        txn = self.next_number()
        return notice(self.world.credit(f"nop {memo}", amount, txn)), self.world.bank_channel, txn, amount

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


def machine(database: Database) -> type[Payments]:
    """The machine over one database."""

    class OnDatabase(Payments):
        db = database

    return OnDatabase
