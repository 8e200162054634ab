"""A small school with two rails, to make money move in tests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from core.data.collate import sort_key
from core.data.fold import fold
from core.data.session import Database
from core.data.types import new_id
from core.kernel.registry import Registry, collect
from core.payments import attempts, channels, charges, inbox, ledger, providers
from core.payments.channels import Channel
from core.payments.charges import NewCharge
from core.payments.plugin import PaymentsPlugin
from core.payments.port import Answer, Fact, FactKind, Notice, Outcome
from core.people.models import Person
from core.sdk.testing.fixtures import as_worker
from core.settings import Keyring, use_keys
from core.types.actor import Actor, system_actor
from core.work.worker import Worker

from .fake import KEY, NOW, FakeProvider, NoHttp, fact, notice

SYSTEM = system_actor("test")
DUE_ON = date(2026, 9, 30)


def registry() -> Registry:
    return collect([], core_plugins=[PaymentsPlugin()])


@dataclass
class World:
    """One school, its rails, a clock that tests move, and a worker that runs jobs when it is told to."""

    db: Database
    school: UUID
    pay: FakeProvider
    bank: FakeProvider
    now: datetime
    pay_channel: Channel
    bank_channel: Channel
    worker: Worker

    @classmethod
    def build(cls, db: Database, school: UUID) -> World:
        use_keys(Keyring(["k" * 40]))
        pay = FakeProvider()
        bank = FakeProvider(name="fakebank", flow="transfer", supports_query=False, supports_refund=False)
        providers.bind({"fakepay": pay, "fakebank": bank}, NoHttp())
        with db.context(SYSTEM, school) as ctx:
            first = channels.configure(ctx, "fakepay", {"key": KEY, "merchant_code": "SCHOOL01"})
            second = channels.configure(ctx, "fakebank", {"key": KEY, "account_number": "0011223344"})
            rails = [channels.load(ctx, first), channels.load(ctx, second)]
        world = cls(db, school, pay, bank, NOW, rails[0], rails[1], Worker(as_worker(db), registry(), None))
        world.worker = Worker(as_worker(db), registry(), world.clock)
        return world

    def clock(self) -> datetime:
        return self.now

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def person(self, name: str = "Nguyễn Văn An") -> UUID:
        row = Person(id=new_id(), full_name=name, sort_key=sort_key(name), search_text=fold(name))
        with self.db.context(SYSTEM, self.school) as ctx:
            ctx.session.add(row)
        return row.id

    def charge(self, person: UUID, due: int, *, due_on: date = DUE_ON, reference: str | None = None) -> UUID:
        with self.db.context(SYSTEM, self.school, clock=self.clock) as ctx:
            new = NewCharge(person, new_id(), due, due_on, "Phiếu thu", reference=reference)
            return charges.open(ctx, "test", new)

    def start(
        self, *charge_ids: UUID, key: str | None = None, channel: Channel | None = None, actor: Actor = SYSTEM
    ) -> attempts.Started:
        with self.db.context(actor, self.school, clock=self.clock) as ctx:
            chosen = (channel or self.pay_channel).id
            return attempts.start(ctx, chosen, charge_ids, key=key or str(new_id()))

    def receive(self, message: Notice, channel: Channel | None = None) -> Answer:
        rail = channel or self.pay_channel
        return inbox.receive(self.db, providers.get(rail.provider), rail, message, clock=self.clock)

    def outcome(self, message: Notice, channel: Channel | None = None) -> Outcome:
        return Outcome(json.loads(self.receive(message, channel).body)["outcome"])

    def drain(self) -> None:
        """Run every job that is due; each must end well."""
        for outcome in self.worker.drain(1000):
            assert outcome.state == "done", outcome.error

    def paid(self, started: attempts.Started, txn: str = "T1", amount: int | None = None) -> Fact:
        wanted = started.amount if amount is None else amount
        return fact(FactKind.PAID, txn, wanted, reference=started.reference, merchant="SCHOOL01")

    def credit(self, memo: str, amount: int, txn: str = "FT1") -> Fact:
        return fact(FactKind.CREDIT, txn, amount, memo=memo, merchant="0011223344")

    def debit(self, memo: str, amount: int, txn: str) -> Fact:
        return fact(FactKind.DEBIT, txn, amount, memo=memo, merchant="0011223344")

    def bring(self, *facts: Fact, channel: Channel | None = None) -> Outcome:
        """A notice comes in and is booked."""
        outcome = self.outcome(notice(*facts), channel)
        self.drain()
        return outcome

    def status(self, started: attempts.Started) -> str:
        with self.db.context(SYSTEM, self.school) as ctx:
            return attempts.view(ctx, started.id).status.value

    def charge_row(self, charge_id: UUID) -> charges.ChargeRow:
        with self.db.context(SYSTEM, self.school) as ctx:
            return charges.get(ctx, [charge_id])[0]

    def balance(self, person: UUID) -> ledger.Balance:
        with self.db.context(SYSTEM, self.school) as ctx:
            return ledger.balance_of(ctx, person)

    def trial(self) -> dict[str, int]:
        """The books, checked: they agree with everything that is kept, and sum to zero."""
        with self.db.context(SYSTEM, self.school) as ctx:
            assert ledger.verify(ctx) == []
            books = ledger.trial_balance(ctx)
        assert sum(books.values()) == 0
        return {account: amount for account, amount in books.items() if amount}

    def cases(self) -> list[str]:
        return sorted(self.column("SELECT kind FROM core_exception_case WHERE state = 'open'"))

    def column(self, sql: str, **values: object) -> list[str]:
        with self.db.context(SYSTEM, self.school) as ctx:
            return list(ctx.session.scalars(text(sql), values))
