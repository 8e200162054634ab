"""MoMo and ZaloPay against the product: order, intake, inbox, worker, ledger. Nothing lost, nothing twice."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from core.data.http import OutboundClient
from core.payments import channels
from core.payments.port import Declined, Redirect, Unknown
from core.payments.probing import Probing
from core.types.clock import utc_now
from tests.core.payments.conftest import world
from tests.core.payments.world import SYSTEM, World
from tests.integrations.wallets import DUE, School, Stage, staged

__all__ = ["world"]
HTTP = OutboundClient({"127.0.0.1"})


@pytest.fixture(scope="module")
def stages() -> Iterator[dict[str, Stage]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(staged(name)) for name in ("momo", "zalopay")}


@pytest.fixture(params=["momo", "zalopay"])
def shop(request: pytest.FixtureRequest, world: World, stages: dict[str, Stage]) -> School:
    return School.build(stages[str(request.param)], world)


@pytest.fixture
def zalopay(world: World, stages: dict[str, Stage]) -> School:
    return School.build(stages["zalopay"], world)


@pytest.fixture
def momo(world: World, stages: dict[str, Stage]) -> School:
    return School.build(stages["momo"], world)


def test_from_the_order_to_the_books(shop: School) -> None:
    started = shop.begin(shop.owe())
    left = shop.leave(started)
    assert isinstance(left, Redirect)
    page = shop.stage.simulator.get(left.url.removeprefix(shop.stage.simulator.address)).decode()
    assert "350.000" in page
    back = shop.decide(started)
    assert shop.leave(started) == left, "the order is made once and kept"
    provider, config = shop.stage.wallet.provider, shop.channel.config
    assert provider.read_return(urlsplit(back).query.encode(), config) == "success"
    shop.stage.simulator.calls(1)
    shop.work()
    assert shop.settled() == [True]
    assert shop.booked() == DUE
    shop.work(minutes=60)
    assert shop.booked() == DUE, "asking brings nothing new"
    assert shop.world.cases() == []
    _the_settings_can_be_tested(shop)


def _the_settings_can_be_tested(shop: School) -> None:
    provider, config = shop.stage.wallet.provider, shop.channel.config
    assert isinstance(provider, Probing)
    assert provider.probe(config, HTTP, utc_now()).ok
    key = "secret_key" if shop.stage.wallet.name == "momo" else "key1"
    for wrong in ({key: "another"}, {"merchant_code": "2600"}, {"api_url": "http://127.0.0.1:9/"}):
        assert not provider.probe({**config, **wrong}, HTTP, utc_now()).ok


def test_notices_that_go_wrong_do_no_harm(shop: School) -> None:
    calls = 0
    for knobs, more in (({"duplicate": 3}, 3), ({"delay": 0.05}, 0), ({"reorder": 2}, 0)):
        shop.faults(**{"delay": 0, **knobs})
        shop.pay()
        shop.pay()
        calls += 2 + more
        shop.stage.simulator.calls(calls)
    shop.work()
    assert shop.settled() == [True] * 6
    assert shop.booked() == 6 * DUE
    assert len(shop.world.column("SELECT id::text FROM core_provider_inbox")) == 6


def test_what_never_arrives_is_found_by_asking(shop: School) -> None:
    """MoMo publishes no retries, and ZaloPay ends its calls at a word it does not like."""
    shop.faults(drop=1 if shop.stage.wallet.name == "momo" else 4)
    shop.pay()
    lost = len(shop.stage.simulator.calls(1 if shop.stage.wallet.name == "momo" else 4))
    shop.faults(tamper=1)
    shop.pay()
    shop.stage.simulator.calls(lost + 1)
    shop.work()
    assert shop.settled() == [False, False]
    assert shop.world.column("SELECT reason FROM core_notice_refusal") == ["bad_signature"]
    shop.work(minutes=2)
    assert shop.settled() == [True, True]
    assert shop.booked() == 2 * DUE


def test_an_order_whose_answer_was_lost(shop: School) -> None:
    """MoMo gives the same page again; ZaloPay refuses the number, and the payer begins anew from the bill."""
    shop.faults(timeout_after_commit=1)
    bill = shop.owe()
    started = shop.begin(bill)
    assert isinstance(shop.leave(started), Unknown)
    again = shop.leave(started)
    if shop.stage.wallet.name == "momo":
        assert isinstance(again, Redirect)
    else:
        assert isinstance(again, Declined)
        assert "begin a new one" in str(again.message)
        started = shop.begin(bill)
    shop.decide(started)
    shop.stage.simulator.calls(1)
    shop.work(minutes=20)
    assert shop.settled() == [True]
    assert shop.booked() == DUE


def test_a_failure_is_final_only_when_the_time_is_over(zalopay: School) -> None:
    started = zalopay.pay("fail")
    zalopay.work(minutes=11)
    assert zalopay.world.status(started) == "created", "no callback, and the payer may still pay"
    zalopay.work(minutes=31)
    assert zalopay.world.status(started) == "failed"
    assert zalopay.stage.simulator.get("/control/calls") == []


def test_money_that_succeeds_late_is_booked_once(shop: School) -> None:
    shop.faults(late_success=0.3)
    started = shop.pay("fail")
    if shop.stage.wallet.name == "momo":
        shop.stage.simulator.calls(1)
        shop.work()
        assert shop.world.status(started) == "failed", "MoMo tells of failures"
    shop.stage.simulator.calls(2 if shop.stage.wallet.name == "momo" else 1)
    shop.work()
    assert shop.world.status(started) == "paid"
    assert shop.booked() == DUE


def test_paid_on_two_rails_is_a_balance_and_a_task_for_staff(shop: School) -> None:
    bill = shop.owe()
    first, second = shop.begin(bill), shop.begin(bill)
    for started in (first, second):
        shop.decide(started)
    shop.stage.simulator.calls(2)
    shop.work()
    assert shop.settled() == [True]
    assert shop.booked() == 2 * DUE
    assert shop.world.cases() == ["double_payment"]
    assert sum(shop.world.trial().values()) == 0
    assert shop.world.trial()["student_balance"] == -DUE


def test_refunds_by_two_people_end_later_and_are_made_once(shop: School) -> None:
    started = shop.pay()
    shop.stage.simulator.calls(1)
    shop.work()
    shop.faults(refund_result="pending")
    for minutes, result, left in ((2, "failed", DUE), (10, "done", DUE - 100_000)):
        shop.refund(started, 100_000, key=result)
        shop.work(minutes=minutes - 1)
        assert shop.refund_states()[-1] == "unknown", "asked, not assumed"
        shop.stage.simulator.post("/control/refunds", {"result": result})
        shop.work(minutes=minutes + 1)
        assert shop.refund_states()[-1] == result
        assert shop.booked() == left
    shop.faults(refund_result="done", timeout_after_commit=1)
    shop.refund(started, 50_000, key="lost")
    shop.work(minutes=11)
    assert shop.refund_states()[-1] == "unknown", "the answer was lost"
    shop.work(minutes=13)
    assert shop.refund_states()[-1] == "done"
    assert shop.booked() == DUE - 150_000
    assert len(shop.ledger()["orders"][0]["refunds"]) == 3


def test_money_that_is_held_is_taken_by_asking(momo: School) -> None:
    with momo.world.db.context(SYSTEM, momo.world.school) as ctx:
        config = {**momo.channel.config, "capture": "manual"}
        channels.configure(ctx, "momo", config, channel_id=momo.channel.id)
        momo.channel = channels.load(ctx, momo.channel.id)
    started = momo.pay("authorise")
    momo.stage.simulator.calls(1)
    momo.work()
    assert momo.world.status(started) == "pending", "held is not paid"
    momo.work(minutes=2)
    assert momo.world.status(started) == "paid"
    assert momo.booked() == DUE


def test_zalopay_is_asked_to_call_again_while_the_database_is_down(zalopay: School) -> None:
    zalopay.down = 2
    zalopay.pay()
    calls = zalopay.stage.simulator.calls(3)
    assert ['"return_code": 0' in str(call["body"]) for call in calls] == [True, True, False]
    zalopay.work()
    assert zalopay.booked() == DUE


def test_an_order_of_a_clock_that_is_wrong_is_refused(zalopay: School) -> None:
    zalopay.faults(ahead=16 * 60)
    assert isinstance(zalopay.leave(zalopay.begin(zalopay.owe())), Declined)
    zalopay.faults(ahead=-14 * 60)
    left = zalopay.leave(zalopay.begin(zalopay.owe()))
    near_midnight = isinstance(left, Declined) and "-92" in left.detail
    assert isinstance(left, Redirect) or near_midnight


def test_the_settlement_file_tells_what_the_books_say_and_can_differ(shop: School) -> None:
    started = shop.pay()
    shop.pay(due=200_000)
    shop.stage.simulator.calls(2)
    shop.work()
    shop.refund(started, 50_000)
    shop.work()
    shop.work(minutes=2)

    def lines(query: str = "") -> list[dict[str, str]]:
        content = shop.stage.simulator.call("GET", f"/control/settlement.csv{query}", None)
        return list(csv.DictReader(io.StringIO(content.decode())))

    assert sum(int(line["amount"]) for line in lines()) == shop.booked() == DUE + 150_000
    assert [line["kind"] for line in lines()] == ["payment", "payment", "refund"]
    assert len(lines("?missing=1")) == 2
    assert sum(int(line["amount"]) for line in lines("?wrong_amount=1")) == DUE + 151_000
    assert len(lines("?duplicate=1&extra=1")) == 5
