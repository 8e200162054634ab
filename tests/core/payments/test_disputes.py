"""Disputes are evidence: PAID -> DISPUTED -> PAID or CHARGED_BACK, in whatever order they are told."""

from __future__ import annotations

from itertools import permutations

import pytest

from core.payments.attempts import Started
from core.payments.port import Fact, FactKind

from .fake import fact
from .world import World


def begun(world: World) -> tuple[Started, dict[str, Fact]]:
    """A bill of 100,000 that somebody is about to pay, and what the service may tell of it."""
    started = world.start(world.charge(world.person(), 100_000))

    def about(kind: FactKind, txn: str = "D1") -> Fact:
        return fact(kind, txn, 100_000, reference=started.reference, merchant="SCHOOL01")

    ends = {kind.value: about(kind) for kind in (FactKind.DISPUTED, FactKind.DISPUTE_WON, FactKind.CHARGED_BACK)}
    return started, {"paid": about(FactKind.PAID, "T1"), **ends}


def test_a_dispute_waits_for_its_end_and_may_be_won(world: World) -> None:
    started, told = begun(world)
    world.bring(told["paid"])
    world.bring(told["disputed"])
    assert world.status(started) == "disputed"
    assert world.cases() == ["disputed"], "somebody has to answer in time"
    assert world.trial()["clearing:fakepay"] == 100_000, "nothing is booked before it is decided"
    world.bring(told["dispute_won"])
    assert world.status(started) == "paid"
    assert world.cases() == []
    assert world.trial()["clearing:fakepay"] == 100_000


@pytest.mark.parametrize("order", list(permutations(("paid", "disputed", "charged_back"))))
def test_a_lost_dispute_opens_the_bill_again_in_any_order(world: World, order: tuple[str, ...]) -> None:
    started, told = begun(world)
    for name in (*order, *order):
        world.bring(told[name])
    assert world.status(started) == "charged_back"
    assert world.cases() == ["charged_back"]
    assert world.trial() == {"receivable:student": 100_000, "income:fees": -100_000}


def test_a_lost_dispute_that_is_won_on_appeal_is_for_a_person(world: World) -> None:
    started, told = begun(world)
    for name in ("paid", "charged_back", "dispute_won"):
        world.bring(told[name])
    assert world.status(started) == "charged_back"
    assert world.cases() == ["charged_back", "conflicting_evidence"]
