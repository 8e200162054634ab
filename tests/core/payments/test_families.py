"""One payment over several children, and payments of a part: the books are right whatever comes."""

from __future__ import annotations

import pytest

from core.data.types import new_id
from core.payments import attempts, refunds
from core.payments.port import FactKind
from core.types.actor import Actor
from core.types.errors import Conflict, Invalid

from .fake import fact
from .test_refunds import DESK, HEAD
from .world import SYSTEM, World

PAYER = Actor("link", "link:test", permissions=frozenset({"payments.pay"}))


def test_too_much_and_too_little_for_two_children(world: World) -> None:
    an, binh = world.person("Lê An"), world.person("Lê Bình")
    first, second = world.charge(an, 100_000), world.charge(binh, 70_000)
    started = world.start(first, second, channel=world.bank_channel)
    world.bring(world.credit(started.reference, 120_000), channel=world.bank_channel)
    assert (world.charge_row(first).allocated, world.charge_row(second).allocated) == (100_000, 20_000)
    assert world.status(started) == "underpaid"
    world.bring(world.credit(started.reference, 60_000, txn="FT2"), channel=world.bank_channel)
    assert world.status(started) == "overpaid"
    assert world.charge_row(second).state == "settled"
    credit = world.balance(an).credit + world.balance(binh).credit
    assert credit == 10_000
    world.trial()


def test_one_childs_bill_was_paid_in_the_meantime(world: World) -> None:
    """Late success: what the other way has paid already stays as that child's balance."""
    an, binh = world.person("Lê An"), world.person("Lê Bình")
    first, second = world.charge(an, 100_000), world.charge(binh, 70_000)
    started = world.start(first, second)
    world.later(hours=1)
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        attempts.expire(ctx)
    world.bring(world.credit(world.charge_row(first).reference, 100_000), channel=world.bank_channel)
    world.bring(world.paid(started))
    assert world.charge_row(second).state == "settled"
    assert world.balance(an).credit == 100_000
    assert world.balance(binh).credit == 0
    assert world.cases() == ["double_payment"]
    world.trial()


def test_a_part_pays_a_part_and_never_more_than_is_owed(world: World) -> None:
    an = world.person()
    bill = world.charge(an, 100_000)
    with world.db.context(PAYER, world.school, clock=world.clock) as ctx:
        started = attempts.start(ctx, world.pay_channel.id, [bill], key="k1", amounts={bill: 30_000})
        again = attempts.start(ctx, world.pay_channel.id, [bill], key="k1", amounts={bill: 30_000})
        assert (started.amount, again.reference) == (30_000, started.reference)
        with pytest.raises(Conflict):
            attempts.start(ctx, world.pay_channel.id, [bill], key="k1", amounts={bill: 40_000})
        with pytest.raises(Invalid):
            attempts.start(ctx, world.pay_channel.id, [bill], key="k2", amounts={bill: 0})
        rest = attempts.start(ctx, world.pay_channel.id, [bill], key="k3", amounts={bill: 900_000})
        assert rest.amount == 100_000
    world.bring(world.paid(started))
    assert world.status(started) == "paid"
    assert (world.charge_row(bill).allocated, world.charge_row(bill).state) == (30_000, "open")
    world.trial()


def test_each_child_gets_back_only_what_came_in_for_it(world: World) -> None:
    an, binh, other = world.person("Lê An"), world.person("Lê Bình"), world.person("Trần Ân")
    first, second = world.charge(an, 100_000), world.charge(binh, 70_000)
    started = world.start(first, second)
    world.bring(world.paid(started))
    with world.db.context(DESK, world.school, clock=world.clock) as ctx:
        with pytest.raises(Invalid):
            refunds.request(ctx, started.id, 170_000, "Chuyển trường", key=str(new_id()))
        with pytest.raises(Conflict):
            refunds.request(ctx, started.id, 80_000, "Chuyển trường", key="b0", person_id=binh)
        with pytest.raises(Conflict):
            refunds.request(ctx, started.id, 1, "Chuyển trường", key="o", person_id=other)
        mine = refunds.request(ctx, started.id, 70_000, "Chuyển trường", key="b1", person_id=binh)
        with pytest.raises(Conflict):
            refunds.request(ctx, started.id, 1, "Chuyển trường", key="b2", person_id=binh)
    with world.db.context(HEAD, world.school, clock=world.clock) as ctx:
        refunds.approve(ctx, mine)
    done = fact(FactKind.REFUNDED, "R1", 70_000, reference=started.reference)
    world.pay.refunds.append((done,))
    world.drain()
    assert world.charge_row(first).state == "settled"
    assert world.charge_row(second).state == "open"
    assert world.status(started) == "partially_refunded"
    world.trial()
