"""A school with one e-wallet, whose service is a program of its own: what a family, the staff and the worker do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import OperationalError

from core.data.context import Context
from core.data.session import Database
from core.data.types import new_id
from core.payments import attempts, channels, inbox, ordering, providers, refunds
from core.payments.attempts import Started
from core.payments.channels import Channel
from core.payments.port import Declined, Notice, Order, PaymentProvider, Redirect, Unknown
from core.types.actor import Actor
from core.types.clock import Clock, utc_now
from integrations.momo.adapter import MomoProvider
from integrations.portal_payment.keypay import KeypayProvider
from integrations.portal_payment.platform import PlatformProvider
from integrations.stripe.adapter import StripeProvider
from integrations.vietqr.adapter import VietqrProvider
from integrations.zalopay.adapter import ZalopayProvider
from tests.core.payments.world import SYSTEM, World
from tests.integrations.simulators import Simulator, listening, running

DUE = 350_000
MOMO_KEYS = {"merchant_code": "SCHOOL07", "access_key": "ACCESS-7", "secret_key": "SIMULATED-SECRET-7"}
ZALO_KEYS = {"merchant_code": "2599", "key1": "SIMULATED-KEY1-7", "key2": "SIMULATED-KEY2-7"}
STRIPE_KEYS = {"secret_key": "sk_test_SIMULATED0007", "webhook_secret": "whsec_SIMULATED0007"}
RIGHTS = frozenset({"payments.refund.request", "payments.refund.approve"})
DESK, HEAD = (Actor("account", name, new_id(), permissions=RIGHTS) for name in ("Kế toán", "Hiệu trưởng"))


@dataclass(frozen=True)
class Wallet:
    """One service: its adapter, its simulator's options, its settings at an address."""

    name: str
    provider: PaymentProvider
    options: tuple[str, ...]
    config: Callable[[str], dict[str, str]]
    registered: bool = False
    """It tells a registered address instead of the one that each order names."""
    module: str = ""
    """The integration with the simulator, where it is not named like the provider."""


WALLETS = {
    "momo": Wallet(
        "momo",
        MomoProvider(),
        ("--partner-code", "SCHOOL07", "--access-key", "ACCESS-7", "--secret", "SIMULATED-SECRET-7"),
        lambda address: {**MOMO_KEYS, "api_url": f"{address}/v2/gateway/api"},
    ),
    "zalopay": Wallet(
        "zalopay",
        ZalopayProvider(),
        ("--app-id", "2599", "--secret", "SIMULATED-KEY1-7", "--key2", "SIMULATED-KEY2-7"),
        lambda address: {**ZALO_KEYS, "api_url": f"{address}/v2"},
    ),
    "stripe": Wallet(
        "stripe",
        StripeProvider(),
        ("--secret", "sk_test_SIMULATED0007", "--webhook-secrets", "whsec_SIMULATED0007,whsec_SIMULATED0008"),
        lambda address: {**STRIPE_KEYS, "api_url": address},
        registered=True,
    ),
    "portal_payment": Wallet(
        "portal_payment",
        PlatformProvider(),
        ("--secret", "SIMULATED-SECRET-9", "--lookup-key", "LOOKUP-9"),
        lambda address: {
            "merchant_code": "TRUONG01",
            "secret_key": "SIMULATED-SECRET-9",
            "lookup_key": "LOOKUP-9",
            "api_url": f"{address}/platform",
        },
        registered=True,
    ),
    "portal_payment_keypay": Wallet(
        "portal_payment_keypay",
        KeypayProvider(),
        ("--key1", "SIMULATED-KEY1-9", "--key2", "SIMULATED-KEY2-9"),
        lambda address: {
            "merchant_code": "TRUONG01",
            "hash_key_1": "SIMULATED-KEY1-9",
            "hash_key_2": "SIMULATED-KEY2-9",
            "api_url": f"{address}/keypay",
        },
        registered=True,
        module="portal_payment",
    ),
}


@dataclass
class Door:
    """Where notices arrive; `take` is set by the test that is running."""

    handler: Callable[[Notice], tuple[int, str]] | None = None

    def take(self, notice: Notice) -> tuple[int, str]:
        assert self.handler is not None
        return self.handler(notice)


@dataclass
class Stage:
    """A running simulator, and the address it tells."""

    wallet: Wallet
    simulator: Simulator
    door: Door
    url: str

    def fresh(self, handler: Callable[[Notice], tuple[int, str]]) -> None:
        self.simulator.post("/control/reset", {})
        self.door.handler = handler


@contextmanager
def staged(name: str, *more: str) -> Iterator[Stage]:
    """The simulator of a wallet as a program, with more options than its usual ones."""
    wallet, door = WALLETS[name], Door()
    with ExitStack() as stack:
        url = stack.enter_context(listening(door))
        options = [*wallet.options, *more, *(("--notify-url", url) if wallet.registered else ())]
        module = f"integrations.{wallet.module or name}.simulator"
        simulator = stack.enter_context(running(module, "--speed", "6000", *options))
        yield Stage(wallet, simulator, door, url)


class Down(Database):
    """A database that does not answer."""

    def __init__(self) -> None:
        """Connected to nothing."""

    @contextmanager
    def context(self, actor: Actor, school_id: UUID, *, clock: Clock = utc_now) -> Iterator[Context]:
        raise OperationalError("", {}, Exception("no connection"))
        yield


@dataclass
class School:
    """The wallet at a school: families pay, staff refunds, the worker works."""

    stage: Stage
    world: World
    channel: Channel
    own: Channel
    """The school's bank account, the other rail."""
    bills: list[UUID] = field(default_factory=list)
    starts: list[Started] = field(default_factory=list)
    down: int = 0
    """So many notices meet a database that does not answer."""

    @classmethod
    def build(cls, stage: Stage, world: World) -> School:
        providers.bind({"vietqr": VietqrProvider(), stage.wallet.name: stage.wallet.provider})
        qr = {"bank_bin": "970422", "account_number": "0001234567890", "account_name": "TRUONG HOA PHUONG"}
        with world.db.context(SYSTEM, world.school) as ctx:
            config = stage.wallet.config(stage.simulator.address)
            wallet, own = channels.configure(ctx, stage.wallet.name, config), channels.configure(ctx, "vietqr", qr)
            school = cls(stage, world, channels.load(ctx, wallet), channels.load(ctx, own))
        stage.fresh(school.take)
        world.now = utc_now()
        return school

    def take(self, notice: Notice) -> tuple[int, str]:
        self.world.now = utc_now()
        db = self.world.db
        if self.down > 0:
            self.down, db = self.down - 1, Down()
        answer = inbox.receive(db, self.stage.wallet.provider, self.channel, notice, clock=self.world.clock)
        return answer.status, answer.body

    def faults(self, **knobs: object) -> None:
        self.stage.simulator.post("/control/faults", knobs)

    def ledger(self) -> dict[str, Any]:
        told: dict[str, Any] = self.stage.simulator.get("/control/ledger")
        return told

    def owe(self, due: int = DUE) -> UUID:
        self.bills.append(self.world.charge(self.world.person(), due))
        return self.bills[-1]

    def begin(self, bill: UUID) -> Started:
        """A family chooses the wallet."""
        self.world.now = utc_now()
        with self.world.db.context(SYSTEM, self.world.school, clock=self.world.clock) as ctx:
            back = "http://127.0.0.1/pay/return/{reference}"
            started = attempts.start(ctx, self.channel.id, [bill], key=str(new_id()), return_url=back)
        assert isinstance(started.action, Order)
        self.starts.append(started)
        return started

    def leave(self, started: Started) -> Redirect | Declined | Unknown:
        """The browser goes to the service, where the order is made."""

        def opened() -> AbstractContextManager[Context]:
            return self.world.db.context(SYSTEM, self.world.school, clock=self.world.clock)

        return ordering.place(opened, started.id, self.stage.url)

    def decide(self, started: Started, outcome: str = "success") -> str:
        """The payer leaves and decides on the service's page; gives the address of the return."""
        left = self.leave(started)
        assert isinstance(left, Redirect), left
        answer = self.stage.simulator.post("/control/pay", {"url": left.url, "outcome": outcome})
        return str(answer["return_url"])

    def pay(self, outcome: str = "success", due: int = DUE) -> Started:
        started = self.begin(self.owe(due))
        self.decide(started, outcome)
        return started

    def work(self, minutes: float = 0) -> None:
        """Do the background work, now or as if some time had passed."""
        self.world.now = utc_now() + timedelta(minutes=minutes)
        self.world.drain()

    def settled(self) -> list[bool]:
        return [self.world.charge_row(bill).state == "settled" for bill in self.bills]

    def booked(self) -> int:
        """What the books say has come in over the wallet and not gone back; the service's own ledger agrees."""
        told = self.ledger()
        booked = self.world.trial().get(self.channel.account, 0)
        assert booked == told["paid_total"] - told["refunded_total"] - told.get("lost_total", 0)
        return booked

    def refund(self, started: Started, amount: int, key: str = "r1") -> UUID:
        """One person asks, another approves."""
        with self.world.db.context(DESK, self.world.school, clock=self.world.clock) as ctx:
            order = refunds.request(ctx, started.id, amount, "Hoàn tiền ăn", key=key)
        with self.world.db.context(HEAD, self.world.school, clock=self.world.clock) as ctx:
            refunds.approve(ctx, order)
        return order

    def refund_states(self) -> list[str]:
        return self.world.column("SELECT state FROM core_refund ORDER BY requested_at")
