"""A state machine that plays providers, payers, staff and crashes against the real database (invariants I1 to I14).

What must hold of the books all the while stands in `truth`.
"""

from __future__ import annotations

from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, consumes, initialize, precondition, rule

from core.data.session import Database
from core.payments import attempts, charges, ledger
from core.payments.attempts import Started
from core.payments.cash import collect_cash
from core.payments.channels import Channel
from core.payments.polling import keep
from core.payments.port import Fact, FactKind, Notice, Outcome
from core.types.errors import Conflict

from .crash import Killed, dies_at
from .fake import fact, notice
from .truth import Truth
from .world import SYSTEM

AMOUNTS = st.sampled_from([10_000, 20_000, 35_000, 50_000])


class Payments(Truth):
    """Everything that can happen at one school. Subclasses give the database."""

    people = Bundle("people")
    bills = Bundle("bills")
    starts = Bundle("starts")
    messages = Bundle("messages")
    transfers = Bundle("transfers")

    def __init__(self) -> None:
        super().__init__()
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

    # Helpers

    def said(self, what: Fact) -> tuple[Notice, Channel]:
        return notice(what), self.world.pay_channel

    def transfer(self, memo: str, amount: int) -> tuple[Notice, Channel, str, int]:
        txn = self.next_number()
        return notice(self.world.credit(f"nop {memo}", amount, txn)), self.world.bank_channel, txn, amount


def machine(database: Database) -> type[Payments]:
    """The machine over one database."""

    class OnDatabase(Payments):
        db = database

    return OnDatabase
