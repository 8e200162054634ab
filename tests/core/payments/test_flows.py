"""Money from the notice to the books, one story at a time."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from core.payments import attempts, channels, charges
from core.payments.port import FactKind, Outcome
from core.types.errors import Conflict

from .fake import fact, notice
from .world import SYSTEM, World


def test_a_redirect_payment_pays_its_bill_once_however_often_it_is_told(world: World) -> None:
    an = world.person()
    bill = world.charge(an, 350_000)
    started = world.start(bill)
    message = notice(world.paid(started))
    assert world.outcome(message) is Outcome.RECORDED
    assert [world.outcome(message) for _ in range(10)] == [Outcome.DUPLICATE] * 10
    assert world.status(started) == "created"  # acknowledged, not booked yet
    world.drain()
    assert world.status(started) == "paid"
    assert world.charge_row(bill).state == "settled"
    assert world.trial() == {"clearing:fakepay": 350_000, "income:fees": -350_000}
    assert world.cases() == []


def test_money_goes_to_the_oldest_bill_unless_the_attempt_names_another(world: World) -> None:
    an = world.person()
    old = world.charge(an, 100_000, due_on=date(2026, 8, 31))
    new = world.charge(an, 200_000, due_on=date(2026, 9, 30))
    started = world.start(new)
    world.bring(world.paid(started))
    assert (world.charge_row(old).state, world.charge_row(new).state) == ("open", "settled")
    reference = world.charge_row(old).reference
    world.bring(world.credit(f"HOC PHI {reference}", 60_000), channel=world.bank_channel)
    assert world.charge_row(old).allocated == 60_000
    assert world.balance(an).owed == 40_000
    world.trial()


def test_what_is_left_over_stays_as_balance_and_pays_the_next_bill(world: World) -> None:
    an = world.person()
    bill = world.charge(an, 100_000)
    memo = f"chuyen tien {world.charge_row(bill).reference.lower()} cam on"
    world.bring(world.credit(memo, 150_000), channel=world.bank_channel)
    assert world.balance(an).credit == 50_000
    assert world.cases() == ["overpaid"]
    following = world.charge(an, 80_000)
    assert world.charge_row(following).allocated == 50_000
    assert world.balance(an).credit == 0
    world.trial()


def test_a_family_pays_for_two_children_at_once(world: World) -> None:
    an, binh = world.person("Lê An"), world.person("Lê Bình")
    first, second = world.charge(an, 100_000), world.charge(binh, 70_000)
    started = world.start(first, second)
    assert started.amount == 170_000
    world.bring(world.paid(started))
    assert world.charge_row(first).state == world.charge_row(second).state == "settled"
    world.trial()


def test_a_transfer_that_names_nobody_waits_in_suspense(world: World) -> None:
    world.bring(world.credit("nop tien hoc cho con", 500_000), channel=world.bank_channel)
    assert world.trial() == {"bank:0011223344": 500_000, "suspense:unmatched": -500_000}
    assert world.cases() == ["unmatched"]


def test_a_failure_is_recorded_and_a_late_success_still_pays(world: World) -> None:
    bill = world.charge(world.person(), 90_000)
    started = world.start(bill)
    failed = fact(FactKind.FAILED, started.reference, 90_000, reference=started.reference)
    assert world.bring(failed) is Outcome.RECORDED
    assert world.status(started) == "failed"
    world.later(hours=1)
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        assert attempts.expire(ctx) == 1
    assert world.status(started) == "failed"
    world.bring(world.paid(started))
    assert world.status(started) == "paid"
    world.bring(fact(FactKind.EXPIRED, "x", 90_000, reference=started.reference))
    assert world.status(started) == "paid"
    world.trial()


def test_a_second_payment_by_another_rail_is_kept_and_told(world: World) -> None:
    an = world.person()
    bill = world.charge(an, 90_000)
    started = world.start(bill)
    world.later(hours=1)
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        attempts.expire(ctx)
    assert world.status(started) == "expired"
    world.bring(world.credit(world.charge_row(bill).reference, 90_000), channel=world.bank_channel)
    assert world.charge_row(bill).state == "settled"
    world.bring(world.paid(started))
    assert world.status(started) == "paid"
    assert world.balance(an).credit == 90_000
    assert world.cases() == ["double_payment"]
    world.trial()


@pytest.mark.parametrize("off", [1, -1, 89_000 * 99])
def test_a_wrong_amount_is_stored_answered_and_never_booked(world: World, off: int) -> None:
    started = world.start(world.charge(world.person(), 89_000))
    assert world.bring(world.paid(started, amount=89_000 + off)) is Outcome.WRONG_AMOUNT
    assert world.status(started) == "created"
    assert world.column("SELECT state FROM core_provider_inbox") == ["quarantined"]
    assert world.cases() == ["wrong_amount"]
    assert "clearing:fakepay" not in world.trial()
    world.bring(world.paid(started))
    assert world.status(started) == "paid"


def test_another_currency_or_merchant_never_posts(world: World) -> None:
    started = world.start(world.charge(world.person(), 89_000))
    paid = world.paid(started)
    dollars = fact(FactKind.PAID, "T1", 89_000, reference=started.reference, currency="USD")
    assert world.bring(dollars) is Outcome.WRONG_AMOUNT
    strange = fact(FactKind.PAID, "T2", 89_000, reference=started.reference, merchant="OTHER")
    world.bring(strange)
    elsewhere = fact(FactKind.CREDIT, "F1", 89_000, memo=started.reference, merchant="999")
    world.bring(elsewhere, channel=world.bank_channel)
    assert world.cases() == ["wrong_currency", "wrong_merchant", "wrong_merchant"]
    assert world.bring(fact(FactKind.PAID, "T3", 1, reference="NOSUCHREF1")) is Outcome.UNKNOWN_REFERENCE
    assert set(world.trial()) == {"receivable:student", "income:fees"}
    assert world.bring(paid) is Outcome.RECORDED


def test_a_forged_message_changes_nothing_but_a_counter(world: World) -> None:
    started = world.start(world.charge(world.person(), 89_000))
    forged = notice(world.paid(started), key="guessed")
    assert world.receive(forged).status == 400
    world.drain()
    assert world.status(started) == "created"
    assert world.column("SELECT count::text FROM core_notice_refusal") == ["1"]
    assert world.column("SELECT id FROM core_provider_inbox") == []
    assert world.bring(world.paid(started)) is Outcome.RECORDED


def test_too_large_a_message_is_stored_nowhere(world: World) -> None:
    started = world.start(world.charge(world.person(), 89_000))
    assert world.receive(notice(world.paid(started), pad="x" * 1_000_000)).status == 413
    assert world.column("SELECT id FROM core_provider_inbox") == []


def test_a_reversed_credit_has_no_effect_in_whatever_order_it_is_told(world: World) -> None:
    an = world.person()
    bill = world.charge(an, 100_000)
    memo = world.charge_row(bill).reference
    debit = fact(FactKind.DEBIT, "FT9", 100_000, memo="HUY LENH FT262580001 chuyen nham")
    world.bring(world.credit(memo, 100_000, "FT262580001"), channel=world.bank_channel)
    assert world.charge_row(bill).state == "settled"
    world.bring(debit, channel=world.bank_channel)
    assert world.charge_row(bill).state == "open"
    after = world.trial()
    early = fact(FactKind.DEBIT, "FT8", 70_000, memo="HUY LENH FT262580002")
    world.bring(early, channel=world.bank_channel)
    world.bring(world.credit(memo, 70_000, "FT262580002"), channel=world.bank_channel)
    assert world.trial() == after
    assert after == {"receivable:student": 100_000, "income:fees": -100_000}


def test_the_same_key_gives_the_same_attempt(world: World) -> None:
    an = world.person()
    bill, other = world.charge(an, 50_000), world.charge(an, 60_000)
    first = world.start(bill, key="k1")
    again = world.start(bill, key="k1")
    assert (again.id, again.reference, again.again) == (first.id, first.reference, True)
    with pytest.raises(Conflict):
        world.start(other, key="k1")


def test_nothing_can_be_started_for_a_settled_bill(world: World) -> None:
    bill = world.charge(world.person(), 50_000)
    world.bring(world.paid(world.start(bill)))
    with pytest.raises(Conflict):
        world.start(bill)


def test_a_cancelled_bill_gives_its_money_to_the_next(world: World) -> None:
    an = world.person()
    bill = world.charge(an, 50_000)
    world.bring(world.paid(world.start(bill)))
    following = world.charge(an, 40_000)
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        charges.cancel(ctx, bill, "Thu nhầm")
    assert world.charge_row(following).state == "settled"
    assert world.balance(an).credit == 10_000
    assert world.trial() == {
        "clearing:fakepay": 50_000,
        "income:fees": -40_000,
        "student_balance": -10_000,
    }


def test_a_query_and_a_notice_of_one_payment_are_one_piece_of_evidence(world: World) -> None:
    started = world.start(world.charge(world.person(), 50_000))
    world.pay.says[started.reference] = (world.paid(started),)
    world.later(minutes=2)
    world.drain()
    assert world.status(started) == "paid"
    world.bring(world.paid(started))
    assert world.column("SELECT source FROM core_evidence") == ["query"]
    world.trial()


def test_a_number_that_comes_again_with_another_content_is_another_message(world: World) -> None:
    """A notifier that counts from one again after a restart must not make money disappear."""
    an = world.person()
    bill = world.charge(an, 300_000)
    reference = world.charge_row(bill).reference
    first = notice(world.credit(f"HP {reference}", 100_000, txn="FT1"), id=7)
    second = notice(world.credit(f"HP {reference}", 200_000, txn="FT2"), id=7)
    assert world.outcome(first, world.bank_channel) is Outcome.RECORDED
    assert world.outcome(second, world.bank_channel) is Outcome.RECORDED
    assert world.outcome(second, world.bank_channel) is Outcome.DUPLICATE
    assert world.outcome(first, world.bank_channel) is Outcome.DUPLICATE
    world.drain()
    assert world.charge_row(bill).state == "settled"
    world.trial()


def test_a_channel_whose_secrets_cannot_be_opened_is_left_out(world: World) -> None:
    with world.db.context(SYSTEM, world.school) as ctx:
        before = [channel.id for channel in channels.payable(ctx)]
        ctx.session.execute(
            text("UPDATE core_payment_channel SET secrets = 'v1:broken' WHERE id = :id"), {"id": before[0]}
        )
        assert [channel.id for channel in channels.payable(ctx)] == before[1:]
