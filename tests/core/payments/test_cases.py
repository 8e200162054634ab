"""What a person decides about exceptions."""

from __future__ import annotations

from uuid import UUID

import pytest

from core.data.session import Database
from core.data.types import new_id
from core.payments import cases
from core.types.actor import Actor
from core.types.errors import Conflict, Forbidden, Invalid, NotFound

from .fake import fact
from .world import World

DESK = Actor("account", "Kế toán", new_id(), permissions=frozenset({"payments.case.read", "payments.case.resolve"}))


def _open(world: World) -> list[cases.Case]:
    with world.db.context(DESK, world.school) as ctx:
        return cases.list_cases(ctx)


def _assign(world: World, case: UUID, person: UUID) -> None:
    with world.db.context(DESK, world.school, clock=world.clock) as ctx:
        cases.assign(ctx, case, person, "Phụ huynh gọi điện")


def _unmatched(world: World) -> tuple[cases.Case, UUID, UUID]:
    an = world.person()
    bill = world.charge(an, 60_000)
    world.bring(world.credit("nop tien cho con", 50_000), channel=world.bank_channel)
    return _open(world)[0], an, bill


def test_money_in_suspense_goes_to_the_person_that_somebody_names(world: World) -> None:
    case, an, bill = _unmatched(world)
    assert (case.kind, case.amount, case.facts["memo"]) == ("unmatched", 50_000, "nop tien cho con")
    _assign(world, case.id, an)
    assert world.charge_row(bill).allocated == 50_000
    assert world.trial() == {"bank:0011223344": 50_000, "income:fees": -60_000, "receivable:student": 10_000}
    assert _open(world) == []
    with pytest.raises(Conflict):
        _assign(world, case.id, an)
    audited = world.column("SELECT action FROM core_audit_pending WHERE action LIKE 'payments.case.%'")
    assert audited == ["payments.case.assigned"]


def test_a_wrong_assignment_is_taken_back_by_a_reversing_entry(world: World) -> None:
    case, an, bill = _unmatched(world)
    _assign(world, case.id, an)
    with world.db.context(DESK, world.school, clock=world.clock) as ctx:
        cases.undo(ctx, case.id, "Nhầm học sinh")
    assert world.charge_row(bill).allocated == 0
    assert world.trial()["suspense:unmatched"] == -50_000
    binh = world.person("Trần Bình")
    _assign(world, case.id, binh)
    assert world.balance(binh).credit == 50_000
    world.trial()
    assert len(world.column("SELECT id FROM core_journal_entry WHERE source LIKE 'case:%'")) == 3


def test_money_that_is_refused_waits_to_be_paid_back(world: World) -> None:
    case, _an, _bill = _unmatched(world)
    with pytest.raises(Invalid), world.db.context(DESK, world.school) as ctx:
        cases.refuse(ctx, case.id, " ")
    with world.db.context(DESK, world.school, clock=world.clock) as ctx:
        cases.refuse(ctx, case.id, "Chuyển nhầm trường")
    assert world.trial()["refund_payable"] == -50_000
    assert world.column("SELECT reason FROM core_exception_case") == ["Chuyển nhầm trường"]


def test_the_bank_may_take_back_money_that_was_assigned(world: World) -> None:
    case, an, _bill = _unmatched(world)
    before = world.trial()
    _assign(world, case.id, an)
    from core.payments.port import FactKind

    world.bring(world.credit("khong ro", 9_000, "FT26111111"), channel=world.bank_channel)
    for txn, amount, named in (("D1", 9_000, "FT26111111"),):
        world.bring(fact(FactKind.DEBIT, txn, amount, memo=f"HUY {named}"), channel=world.bank_channel)
    assert _open(world) == []
    assert world.trial() == {
        "bank:0011223344": 50_000,
        "income:fees": -60_000,
        "receivable:student": 10_000,
    }
    assert before["suspense:unmatched"] == -50_000


def test_a_quarantined_payment_can_be_accepted_by_a_person(world: World) -> None:
    an = world.person()
    bill = world.charge(an, 60_000)
    started = world.start(bill)
    world.bring(world.paid(started, amount=59_000))
    (case,) = _open(world)
    _assign(world, case.id, an)
    assert world.status(started) == "underpaid"
    assert world.charge_row(bill).allocated == 59_000
    world.trial()


def test_who_may_not_decide_may_not_even_look(world: World, other_school: UUID, db: Database) -> None:
    case, an, _bill = _unmatched(world)
    parent = Actor("account", "Phụ huynh", new_id(), permissions=frozenset({"payments.pay"}))
    with pytest.raises(Forbidden), world.db.context(parent, world.school) as ctx:
        cases.list_cases(ctx)
    with pytest.raises(Forbidden), world.db.context(parent, world.school) as ctx:
        cases.assign(ctx, case.id, an)
    with pytest.raises(NotFound), db.context(DESK, other_school) as ctx:
        cases.assign(ctx, case.id, an)
    stranger = World.build(db, other_school).person("Người lạ")
    with pytest.raises(NotFound):
        _assign(world, case.id, stranger)


def test_a_case_without_money_is_closed_with_a_reason(world: World) -> None:
    an = world.person()
    bill = world.charge(an, 10_000)
    world.bring(world.credit(world.charge_row(bill).reference, 15_000), channel=world.bank_channel)
    (case,) = _open(world)
    assert case.kind == "overpaid"
    with pytest.raises(Conflict):
        _assign(world, case.id, an)
    with world.db.context(DESK, world.school, clock=world.clock) as ctx:
        cases.close(ctx, case.id, "Phụ huynh để lại cho tháng sau")
    assert _open(world) == []
