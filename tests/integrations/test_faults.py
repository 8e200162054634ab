"""Every fault of the simulators against the product: intake, inbox, worker, ledger. Nothing lost, nothing twice."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID

import pytest

from core.payments import attempts, channels, providers
from core.payments.channels import Channel
from core.payments.port import Notice, Redirect, Transfer
from core.types.clock import utc_now
from integrations.bank_notices.adapter import BankNoticesProvider
from integrations.vietqr.adapter import VietqrProvider
from integrations.vnpay.adapter import VnpayProvider
from tests.core.payments.conftest import world
from tests.core.payments.world import SYSTEM, World
from tests.integrations.simulators import Simulator, listening, running

__all__ = ["world"]
SECRET = "SIMULATED-SECRET-3"
ACCOUNT = "0001234567890"
DUE = 350_000
COMMON: dict[str, tuple[dict[str, float], int]] = {
    "drop": ({"drop": 2}, 4),
    "duplicate": ({"duplicate": 3}, 5),
    "delay": ({"delay": 0.1}, 2),
    "reorder": ({"reorder": 2}, 2),
    "tamper": ({"tamper": 1}, 3),
}
"""Knobs and how many calls two payments then take."""


@dataclass
class Door:
    """The school's address for the notices of one channel."""

    world: World | None = None
    channel: Channel | None = None

    def take(self, notice: Notice) -> tuple[int, str]:
        assert self.world is not None
        self.world.now = utc_now()
        answer = self.world.receive(notice, self.channel)
        return answer.status, answer.body


@dataclass
class Rail:
    """One way of paying: the simulator, the door its notices come to, and the channel that families choose."""

    name: str
    simulator: Simulator
    door: Door
    world: World
    offered: Channel
    bills: list[UUID] = field(default_factory=list)

    def pay(self, outcome: str = "success") -> str:
        """A family pays one bill. Gives what the provider answers at once."""
        bill = self.world.charge(self.world.person(), DUE)
        self.bills.append(bill)
        self.world.now = utc_now()
        with self.world.db.context(SYSTEM, self.world.school, clock=self.world.clock) as ctx:
            back = "http://127.0.0.1/pay/back/{reference}"
            action = attempts.start(ctx, self.offered.id, [bill], key=str(bill), return_url=back).action
        try:
            if isinstance(action, Redirect):
                return str(self.simulator.post("/control/pay", {"url": action.url, "outcome": outcome}))
            assert isinstance(action, Transfer)
            return str(self.simulator.post("/transfers", {"qr": action.qr_payload, "payer": "TRAN THI B"}))
        except urllib.error.HTTPError as error:
            with error:
                assert error.code in (502, 504), "a fault, not a mistake"
                return str(error.code)

    def faults(self, **knobs: object) -> None:
        self.simulator.post("/control/faults", knobs)

    def settled(self) -> list[bool]:
        """Do the background work; which bills are paid."""
        self.world.now = utc_now()
        self.world.drain()
        return [self.world.charge_row(bill).state == "settled" for bill in self.bills]

    def booked(self) -> int:
        """What the books say has come in, and the provider's own ledger agrees with."""
        ledger = self.simulator.get("/control/ledger")
        told = ledger["paid_total"] if self.name == "vnpay" else sum(m["amount"] for m in ledger["movements"])
        booked = self.world.trial()[self.offered.account]
        assert booked == told
        return booked


@pytest.fixture(scope="module")
def simulators() -> Iterator[dict[str, tuple[Simulator, Door]]]:
    with ExitStack() as stack:
        found: dict[str, tuple[Simulator, Door]] = {}
        for name, option in {"vnpay": [], "bank_notices": ["--account", f"970422:{ACCOUNT}:TRUONG HOA PHUONG"]}.items():
            door = Door()
            url = stack.enter_context(listening(door))
            known = ["--notify-url", url, "--secret", SECRET, "--speed", "6000", *option]
            found[name] = stack.enter_context(running(f"integrations.{name}.simulator", *known)), door
        yield found


@pytest.fixture(params=["vnpay", "bank_notices"])
def rail(request: pytest.FixtureRequest, world: World, simulators: dict[str, tuple[Simulator, Door]]) -> Rail:
    return make_rail(str(request.param), world, simulators)


def make_rail(name: str, world: World, simulators: dict[str, tuple[Simulator, Door]]) -> Rail:
    simulator, door = simulators[name]
    simulator.post("/control/reset", {})
    providers.bind({p.name: p for p in (VnpayProvider(), VietqrProvider(), BankNoticesProvider())})
    address = simulators["vnpay"][0].address
    configs = {
        "vnpay": {
            "merchant_code": "SCHOOL01",
            "hash_secret": SECRET,
            "pay_url": f"{address}/paymentv2/vpcpay.html",
            "api_url": f"{address}/merchant_webapi/api/transaction",
        },
        "vietqr": {"bank_bin": "970422", "account_number": ACCOUNT, "account_name": "TRUONG HOA PHUONG"},
        "bank_notices": {"style": "sepay", "secret": SECRET, "account_number": ACCOUNT},
    }
    with world.db.context(SYSTEM, world.school) as ctx:
        made = {key: channels.load(ctx, channels.configure(ctx, key, config)) for key, config in configs.items()}
    door.world, door.channel = world, made[name]
    return Rail(name, simulator, door, world, made["vnpay" if name == "vnpay" else "vietqr"])


@pytest.mark.parametrize("knob", COMMON)
def test_notices_go_wrong_and_the_books_agree_with_the_provider(rail: Rail, knob: str) -> None:
    knobs, calls = COMMON[knob]
    rail.faults(**knobs)
    for _family in range(2):
        rail.pay()
    made = rail.simulator.calls(calls)
    assert rail.settled() == [True, True]
    assert rail.booked() == 2 * DUE
    assert rail.world.cases() == []
    if knob == "tamper":
        assert rail.world.column("SELECT reason FROM core_notice_refusal") == ["bad_signature"]
    if knob == "reorder":
        references = rail.world.column("SELECT id::text FROM core_provider_inbox ORDER BY received_at")
        assert len(references) == 2
        assert made[0]["about"] > made[1]["about"] or rail.name == "vnpay"


def test_money_that_succeeds_late_is_booked_once(rail: Rail) -> None:
    rail.faults(late_success=0.05)
    first = rail.pay("fail")
    rail.simulator.calls(2 if rail.name == "vnpay" else 1)
    assert rail.settled() == [True]
    assert rail.booked() == DUE
    assert rail.name == "vnpay" or first == "502", "the payer was told of a failure"


def test_a_transfer_that_was_never_confirmed_to_the_payer_is_booked(
    world: World, simulators: dict[str, tuple[Simulator, Door]]
) -> None:
    rail = make_rail("bank_notices", world, simulators)
    rail.faults(timeout_after_commit=1)
    assert rail.pay() == "504"
    rail.simulator.calls(1)
    assert rail.settled() == [True]
    assert rail.booked() == DUE


def test_a_query_that_times_out_is_asked_again(world: World, simulators: dict[str, tuple[Simulator, Door]]) -> None:
    """No notice ever comes, and the first question gets no answer: the second one finds the payment."""
    rail = make_rail("vnpay", world, simulators)
    rail.faults(drop=10, timeout_after_commit=1)
    rail.pay()
    rail.simulator.calls(10)
    assert rail.settled() == [False]
    world.later(minutes=2)
    world.drain()
    assert world.charge_row(rail.bills[0]).state == "open", "the answer was lost"
    world.later(minutes=2)
    world.drain()
    assert rail.settled() == [True]
    assert rail.booked() == DUE
    assert rail.simulator.get("/control/faults")["timeout_after_commit"] == 0


def test_the_control_page_turns_the_same_knobs(rail: Rail) -> None:
    page = rail.simulator.get("/control/").decode()
    knobs = rail.simulator.get("/control/faults")
    assert set(knobs) >= {*COMMON, "timeout_after_commit", "late_success"}
    assert all(f'name="{name}"' in page for name in knobs)
    form = urlencode({**knobs, "drop": 3}).encode()
    with urllib.request.urlopen(rail.simulator.address + "/control/", form, timeout=30) as answer:
        assert 'value="3"' in answer.read().decode()
    assert rail.simulator.get("/control/faults")["drop"] == 3
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(rail.simulator.address + "/control/", urlencode({"drop": "x"}).encode(), timeout=30)
    with caught.value as refused:
        assert refused.code == 422
    assert json.dumps(rail.simulator.get("/control/faults")["drop"]) == "3", "nothing was changed"
