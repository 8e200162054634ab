"""The portal's platform against the product, in both shapes: order, notice, question, lookup, return."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from flask import Flask

from core.data.http import OutboundClient
from core.payments import attempts, lookups
from core.payments.port import Notice, PaymentProvider, Redirect, Unknown
from core.types.clock import utc_now
from integrations.portal_payment.platform import PlatformProvider
from integrations.portal_payment.receipts import Receipt
from tests.core.payments.conftest import world
from tests.core.payments.world import SYSTEM, World
from tests.integrations.simulators import listening
from tests.integrations.wallets import DUE, Door, School, Stage, staged

__all__ = ["world"]
SHAPES = ("portal_payment", "portal_payment_keypay")
ASKING = Door()


@pytest.fixture(scope="module")
def stages() -> Iterator[dict[str, Stage]]:
    with ExitStack() as stack:
        url = stack.enter_context(listening(ASKING))
        yield {name: stack.enter_context(staged(name, "--lookup-url", url)) for name in SHAPES}


@pytest.fixture(params=SHAPES)
def shop(request: pytest.FixtureRequest, world: World, stages: dict[str, Stage]) -> School:
    return School.build(stages[str(request.param)], world)


@pytest.fixture
def platform(world: World, stages: dict[str, Stage]) -> School:
    return School.build(stages["portal_payment"], world)


def test_from_the_order_to_the_books(shop: School) -> None:
    shop.faults(duplicate=2)
    started = shop.pay()
    shop.stage.simulator.calls(3)
    shop.work()
    assert shop.settled() == [True]
    assert shop.booked() == DUE
    shop.work(minutes=60)
    assert shop.booked() == DUE
    assert shop.world.cases() == []
    left = shop.leave(started)
    assert isinstance(left, Redirect)
    assert "350.000" in shop.stage.simulator.get(left.url.removeprefix(shop.stage.simulator.address)).decode()


def test_an_order_whose_answer_was_lost(shop: School) -> None:
    shop.faults(timeout_after_commit=1)
    started = shop.begin(shop.owe())
    assert isinstance(shop.leave(started), Unknown)
    shop.decide(started)
    shop.stage.simulator.calls(1)
    shop.work()
    assert shop.booked() == DUE
    assert len(shop.ledger()["orders"]) == 1


def test_what_never_arrives_and_what_was_changed_is_found_by_asking(shop: School) -> None:
    shop.faults(drop=4)
    shop.pay()
    shop.stage.simulator.calls(4)
    shop.faults(tamper=1)
    shop.pay()
    shop.stage.simulator.calls(5)
    shop.work()
    assert shop.settled() == [False, False]
    assert shop.world.column("SELECT reason FROM core_notice_refusal") == ["bad_signature"]
    shop.work(minutes=2)
    assert shop.settled() == [True, True]
    assert shop.booked() == 2 * DUE


def test_a_signed_notice_of_another_amount_is_for_a_person(platform: School) -> None:
    platform.faults(amount_off=1)
    platform.pay()
    platform.stage.simulator.calls(1)
    platform.work()
    assert platform.settled() == [False]
    assert platform.world.cases() == ["wrong_amount"]


def test_a_bank_without_an_answer_is_asked_about_for_days(shop: School) -> None:
    """The public client looked back three days and believed the first answer that said nothing."""
    started = shop.begin(shop.owe())
    shop.decide(started, "timeout")
    for minutes in (2, 60, 24 * 60, 4 * 24 * 60):
        shop.work(minutes=minutes)
        assert shop.settled() == [False]
    shop.faults(drop=10)
    shop.decide(started)
    shop.work(minutes=5 * 24 * 60 + 5)
    assert shop.settled() == [True]
    assert shop.booked() == DUE


def test_a_failure_and_a_success_on_the_same_page(shop: School) -> None:
    started = shop.begin(shop.owe())
    shop.decide(started, "fail")
    shop.stage.simulator.calls(1)
    shop.work()
    assert shop.world.status(started) == "failed"
    shop.decide(started)
    shop.stage.simulator.calls(2)
    shop.work()
    assert shop.world.status(started) == "paid"


def ask(shop: School, number: str, **odd: object) -> tuple[int, dict[str, object]]:
    """The platform asks for a bill; what the school answers."""

    def door(notice: Notice) -> tuple[int, str]:
        shop.world.now = utc_now()
        known: dict[str, PaymentProvider] = {shop.stage.wallet.name: shop.stage.wallet.provider}
        answer = lookups.answer_at(shop.world.db, known, shop.channel.id, notice, clock=shop.world.clock)
        return answer.status, answer.body

    ASKING.handler = door
    told = shop.stage.simulator.post("/control/lookup", {"number": number, **odd})
    return told["status"], told["answer"]


def test_a_bill_is_looked_up_and_paid_under_the_number_that_was_told(platform: School) -> None:
    bill = platform.owe()
    charge = platform.world.charge_row(bill)
    status, told = ask(platform, charge.reference.lower())
    assert (status, told["error_code"]) == (200, 1)
    message = told["message"]
    assert isinstance(message, dict)
    assert message["DSKhoanNop"] == [{"NoiDung": "Khoan thu cua truong", "SoTien": str(DUE)}]
    assert ask(platform, charge.reference)[1] == told, "the same question is the same payment"
    assert platform.world.column("SELECT reference FROM core_payment_attempt") == [message["MaTraCuuTT"]]
    assert ask(platform, "TRHNOBODY23")[1] == {"error_code": 0, "message": []}
    assert ask(platform, charge.reference, tamper="x")[0] == 403
    assert ask(platform, charge.reference, old=True)[0] == 400


def test_what_is_paid_is_not_told_again(platform: School) -> None:
    started = platform.pay()
    platform.stage.simulator.calls(1)
    platform.work()
    reference = platform.world.charge_row(platform.bills[0]).reference
    assert ask(platform, reference)[1] == {"error_code": 0, "message": []}
    assert ask(platform, started.reference)[1] == {"error_code": 0, "message": []}, "no number of a payment is a bill"


def test_payers_come_back_by_a_form_to_their_page(platform: School) -> None:
    started = platform.begin(platform.owe())
    path = platform.decide(started)
    platform.stage.simulator.calls(1)
    page = platform.stage.simulator.get(path).decode()
    data = re.search(r'name="data" value="([^"]+)"', page)
    assert data is not None
    body = f"data={data[1].replace('+', '%2B').replace('=', '%3D').replace('/', '%2F')}".encode()
    known: dict[str, PaymentProvider] = {"portal_payment": PlatformProvider()}
    way = lookups.way_back(platform.world.db, known, platform.channel.id, body)
    assert way is not None
    assert urlsplit(way).path == f"/pay/return/{started.reference}"
    provider = platform.stage.wallet.provider
    assert provider.read_return(urlsplit(way).query.encode(), platform.channel.config) == "success"
    for odd in (b"", b"data=e30%3D"):
        assert lookups.way_back(platform.world.db, known, platform.channel.id, odd) is None
    assert lookups.way_back(platform.world.db, known, platform.own.id, body) is None, "another channel"


def test_the_platforms_own_receipt(platform: School) -> None:
    started = platform.begin(platform.owe())
    with platform.world.db.context(SYSTEM, platform.world.school) as ctx:
        attempt = attempts.to_port(attempts.load(ctx, started.id))

    def receipt() -> Receipt | Unknown:
        return PlatformProvider().receipt(attempt, platform.channel.config, OutboundClient({"127.0.0.1"}))

    assert isinstance(receipt(), Unknown), "no such payment yet"
    platform.decide(started)
    platform.stage.simulator.calls(1)
    found = receipt()
    assert isinstance(found, Receipt)
    assert found.pdf.startswith(b"%PDF-")


def test_strangers_find_nothing_behind_the_doors(app: Flask) -> None:
    nobody = "00000000-0000-7000-8000-000000000000"
    client = app.test_client()
    assert client.post(f"/lookups/{nobody}", data=b"{}").status_code == 404
    assert client.post(f"/returns/{nobody}", data={"data": "e30="}).status_code == 404
    assert client.post(f"/returns/{nobody}", data=b"x" * 70_000).status_code == 413
