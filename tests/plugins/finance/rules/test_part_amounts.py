"""How much of a bill may be paid at once."""

from __future__ import annotations

from plugins.finance.rules.part_amounts import allowed


def test_a_bill_without_an_agreement_is_paid_whole() -> None:
    found = allowed([], 900, free=False, least=100)
    assert (found.choices, found.least) == ((900,), 0)
    assert found.takes(900)
    assert not found.takes(500)
    assert found.nearest(500) == 900


def test_agreed_parts_are_proposed_one_by_one_then_all() -> None:
    found = allowed([0, 300, 300], 600, free=False, least=100)
    assert found.choices == (300, 600)
    assert found.nearest(None) == 300
    assert not found.takes(200)
    assert allowed([100, 300], 400, free=False, least=0).choices == (100, 400)


def test_what_the_school_allows() -> None:
    found = allowed([], 900, free=True, least=100)
    assert [found.takes(amount) for amount in (99, 100, 555, 900, 901, 0, -5)] == [False, True, True, True] + [
        False
    ] * 3
    assert allowed([], 60, free=True, least=100).least == 60, "a small rest can be paid"
    assert not allowed([], 60, free=True, least=0).takes(0)
