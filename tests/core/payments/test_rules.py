"""The pure rules, exhaustively."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain, combinations, permutations, product
from uuid import UUID

import pytest

from core.payments.port import FactKind
from core.payments.rules import (
    POLL_AFTER,
    Doubt,
    RefundSeen,
    RefundState,
    Seen,
    Share,
    Status,
    derive,
    doubt,
    refund_state,
    split,
)

from .fake import NOW

ASKED = 100
FACTS = (
    Seen(FactKind.PAID, 100, "T1"),
    Seen(FactKind.PAID, 60, "T2"),
    Seen(FactKind.REVIEW, 100, "T3"),
    Seen(FactKind.FAILED, 100, "R"),
    Seen(FactKind.EXPIRED, 100, "R"),
    Seen(FactKind.PENDING, 100, "T4"),
    Seen(FactKind.REFUNDED, 60, "F1"),
    Seen(FactKind.REFUND_PENDING, 60, "F1"),
    Seen(FactKind.REFUND_FAILED, 60, "F2"),
    Seen(FactKind.CREDIT, 40, "C1"),
    Seen(FactKind.DEBIT, 40, "D1", "C1"),
)
SETS = list(chain.from_iterable(combinations(FACTS, n) for n in range(len(FACTS) + 1)))


def expected(facts: tuple[Seen, ...], expired: bool, given_up: bool) -> tuple[Status, int, int]:
    """The table of payments.md, section 12, written in another way than the rules."""
    kinds = {f.kind for f in facts}
    taken = any(f.kind is FactKind.DEBIT for f in facts)
    captured = sum(f.amount for f in facts if f.kind is FactKind.PAID)
    captured += sum(f.amount for f in facts if f.kind is FactKind.CREDIT and not taken)
    refunded = min(captured, 60 if FactKind.REFUNDED in kinds else 0)
    if captured:
        if refunded:
            whole = Status.REFUNDED if refunded == captured else Status.PARTIALLY_REFUNDED
            return whole, captured, refunded
        order = (captured > ASKED) - (captured < ASKED)
        return {0: Status.PAID, 1: Status.OVERPAID, -1: Status.UNDERPAID}[order], captured, 0
    ladder = [
        (FactKind.REVIEW in kinds, Status.IN_REVIEW),
        (FactKind.FAILED in kinds, Status.FAILED),
        (FactKind.EXPIRED in kinds, Status.EXPIRED),
        (given_up, Status.UNKNOWN),
        (expired, Status.EXPIRED),
        (FactKind.PENDING in kinds, Status.PENDING),
        (True, Status.CREATED),
    ]
    return next(status for holds, status in ladder if holds), 0, 0


@pytest.mark.parametrize(("expired", "given_up"), list(product([False, True], repeat=2)))
def test_every_set_of_facts_has_the_status_of_the_table(expired: bool, given_up: bool) -> None:
    for facts in SETS:
        standing = derive(ASKED, facts, expired=expired, given_up=given_up)
        assert (standing.status, standing.captured, standing.refunded) == expected(facts, expired, given_up)


def test_the_order_of_facts_never_matters() -> None:
    for facts in (s for s in SETS if len(s) <= 4):
        assert len({derive(ASKED, order) for order in permutations(facts)}) == 1


def test_a_fact_without_money_never_takes_paid_away() -> None:
    weak = [f for f in FACTS if f.kind not in (FactKind.PAID, FactKind.CREDIT, FactKind.DEBIT)]
    harmless = [f for f in weak if f.kind is not FactKind.REFUNDED]
    for facts in SETS:
        before = derive(ASKED, facts)
        for more in harmless:
            after = derive(ASKED, (*facts, more))
            assert after.captured == before.captured
            assert not before.status.paid or after.status is before.status


def test_a_credit_that_came_after_its_reversal_counts_for_nothing() -> None:
    late = Seen(FactKind.CREDIT, 100, "C9", reverses="D9")
    assert derive(ASKED, [late]).captured == 0


def test_a_refund_that_failed_after_all_is_no_refund() -> None:
    paid = Seen(FactKind.PAID, 100, "T1")
    done = Seen(FactKind.REFUNDED, 100, "R1", occurred_at=NOW)
    failed = Seen(FactKind.REFUND_FAILED, 100, "R1", occurred_at=NOW + timedelta(days=2))
    assert derive(ASKED, [paid, done]).status is Status.REFUNDED
    assert derive(ASKED, [failed, done, paid]).status is Status.PAID
    earlier = Seen(FactKind.REFUND_FAILED, 100, "R1", occurred_at=NOW - timedelta(days=2))
    assert derive(ASKED, [paid, done, earlier]).status is Status.REFUNDED


def _doubt(**changed: object) -> Doubt | None:
    values: dict[str, object] = {
        "kind": FactKind.PAID,
        "amount": 100,
        "currency": "VND",
        "merchant": "SHOP",
        "channel_merchant": "SHOP",
        "redirect": True,
        "asked": 100,
        "same_channel": True,
        **changed,
    }
    kind, amount, currency, merchant = (values.pop(k) for k in ("kind", "amount", "currency", "merchant"))
    return doubt(kind, amount, currency, merchant, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({}, None),
        ({"amount": 101}, Doubt.WRONG_AMOUNT),
        ({"amount": 99}, Doubt.WRONG_AMOUNT),
        ({"amount": 10_000}, Doubt.WRONG_AMOUNT),
        ({"kind": FactKind.REVIEW, "amount": 99}, Doubt.WRONG_AMOUNT),
        ({"kind": FactKind.FAILED, "amount": 99}, None),
        ({"currency": "USD"}, Doubt.WRONG_CURRENCY),
        ({"currency": "vnd"}, Doubt.WRONG_CURRENCY),
        ({"merchant": "OTHER"}, Doubt.WRONG_MERCHANT),
        ({"merchant": None}, None),
        ({"merchant": "sh-op"}, None),
        ({"asked": None}, Doubt.UNKNOWN_ATTEMPT),
        ({"same_channel": False}, Doubt.WRONG_CHANNEL),
        ({"amount": 0, "asked": 0}, Doubt.NO_AMOUNT),
        ({"amount": -100}, Doubt.NO_AMOUNT),
        ({"redirect": False, "kind": FactKind.CREDIT, "amount": 7, "asked": None}, None),
        ({"redirect": False, "kind": FactKind.CREDIT, "currency": "USD"}, Doubt.WRONG_CURRENCY),
    ],
)
def test_what_keeps_a_fact_out_of_the_books(changed: dict[str, object], wanted: Doubt | None) -> None:
    assert _doubt(**changed) is wanted


def test_splitting_loses_and_makes_no_dong() -> None:
    one, two = UUID(int=1), UUID(int=2)
    shares = [Share(UUID(int=9), one, 70), Share(UUID(int=8), two, 30), Share(UUID(int=7), one, 10)]
    assert split(110, shares) == {one: 80, two: 30}
    assert split(75, shares) == {one: 70, two: 5}
    assert split(500, shares) == {one: 470, two: 30}
    assert all(sum(split(amount, shares).values()) == amount for amount in range(1, 200))


def test_the_last_word_on_a_refund_counts_whichever_comes_first() -> None:
    done = RefundSeen(FactKind.REFUNDED, NOW)
    failed = RefundSeen(FactKind.REFUND_FAILED, NOW + timedelta(days=3))
    pending = RefundSeen(FactKind.REFUND_PENDING, NOW + timedelta(days=9))
    for order in permutations([done, failed, pending]):
        assert refund_state(order) is RefundState.FAILED
    assert refund_state([done, pending]) is RefundState.DONE
    assert refund_state([pending]) is None


def test_pollers_ask_often_first_and_for_a_week() -> None:
    assert list(POLL_AFTER) == sorted(set(POLL_AFTER))
    assert [step.total_seconds() / 60 for step in POLL_AFTER[:5]] == [1, 3, 10, 15, 30]
    assert POLL_AFTER[-1] == timedelta(days=8)
