"""Publishing a round on the real database."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.sdk import Context
from core.sdk.errors import Conflict, Invalid
from core.sdk.ledger import Charge, trial_balance
from plugins.finance.models import Bill, BillLine
from plugins.finance.services import bills, corrections, publish
from plugins.finance.services.exceptions import ExceptionInput, set_exceptions
from plugins.finance.services.exemptions import ExemptionInput, add_exemption, approve_exemption
from plugins.finance.services.preview import preview, preview_bills
from plugins.finance.services.prices import PriceInput, set_prices

from .conftest import Moment, World, add_pupils

FIRST, SECOND = 32_000 * 18 + 157_950 + 150_000, 35_000 * 18 + 631_800 + 150_000


def test_preview_and_bills_are_equal(ctx: Context, world: World) -> None:
    summary = preview(ctx, world.round_id)
    assert summary.ready
    assert [(c.class_name, c.bills, c.total) for c in summary.classes] == [
        ("1A", 3, 3 * FIRST),
        ("2A", 3, 3 * SECOND),
    ]
    before = preview_bills(ctx, world.round_id)
    added = publish.publish(ctx, world.round_id)
    assert (added.bills, added.total) == (summary.bills, summary.total) == (6, 3 * FIRST + 3 * SECOND)
    listed = bills.bills(ctx, bills.BillFilter(round_id=world.round_id)).rows
    assert [(b.full_name, b.total) for b in listed] == [(b.full_name, b.total) for b in before]
    assert preview(ctx, world.round_id).bills == 0


def test_names_are_sorted_by_given_name(ctx: Context, world: World) -> None:
    publish.publish(ctx, world.round_id)
    listed = bills.bills(ctx, bills.BillFilter(round_id=world.round_id)).rows
    assert [b.full_name for b in listed] == [
        "Đỗ Thị An",
        "Trần Văn Ân",
        "Nguyễn Anh Cường",
        "Nguyễn Bảo Hoa",
        "Phan Ánh Hương",
        "Lê Lan Lam",
    ]


def test_each_bill_has_a_charge_with_a_reference_and_the_books_balance(ctx: Context, world: World) -> None:
    publish.publish(ctx, world.round_id)
    charges = ctx.session.scalars(select(Charge)).all()
    assert len({c.reference for c in charges}) == 6
    assert all(c.reference.startswith("TRG") for c in charges)
    books = trial_balance(ctx)
    assert sum(books.values()) == 0
    assert books == {
        "receivable:student": 3 * FIRST + 3 * SECOND,
        "income:tien_an": -(3 * 32_000 * 18 + 3 * 35_000 * 18),
        "income:hai_buoi": -6 * 150_000,
        "passthrough:bhyt": -(3 * 157_950 + 3 * 631_800),
    }


def test_a_second_run_adds_only_newcomers_and_changes_nothing(ctx: Context, world: World, clock: Moment) -> None:
    publish.publish(ctx, world.round_id)
    before = ctx.session.execute(select(Bill.id, Bill.total, Bill.issued_at)).all()
    clock.forward(days=3)
    assert publish.publish(ctx, world.round_id) == publish.Published(0, 0)
    add_pupils(ctx, [("269999", "Vũ Thành Hoàng", world.classes["2A"])])
    assert publish.publish(ctx, world.round_id) == publish.Published(1, SECOND)
    after = ctx.session.execute(select(Bill.id, Bill.total, Bill.issued_at)).all()
    assert set(before) < set(after)
    assert len(after) == 7


def test_exceptions_and_exemptions_count_and_explain_themselves(ctx: Context, world: World) -> None:
    items = world.items
    set_exceptions(
        ctx,
        world.round_id,
        [
            ExceptionInput(world.pupils["Lê Lan Lam"], items["tien_an"].id, "Không ăn bán trú", quantity=0),
            ExceptionInput(world.pupils["Trần Văn Ân"], items["bhyt"].id, "Đóng 6 tháng", amount=315_900),
        ],
    )
    given = ExemptionInput(
        world.pupils["Nguyễn Bảo Hoa"],
        (items["hai_buoi"].id, items["tien_an"].id),
        50,
        "near_poor",
        "Hộ cận nghèo",
        "NQ 20/2026/NQ-HĐND",
        "Sổ hộ nghèo 2026",
        date(2026, 9, 1),
        date(2027, 5, 31),
    )
    row = add_exemption(ctx, given)
    waiting = [p.code for p in preview(ctx, world.round_id).problems]
    assert waiting == ["exemption_waiting"]
    approve_exemption(ctx, row.id)
    publish.publish(ctx, world.round_id)
    by_name = {b.full_name: b for b in bills.bills(ctx, bills.BillFilter(round_id=world.round_id)).rows}
    assert by_name["Lê Lan Lam"].total == 157_950 + 150_000
    assert by_name["Trần Văn Ân"].total == SECOND - 315_900
    assert by_name["Nguyễn Bảo Hoa"].total == (35_000 * 18 + 150_000) // 2 + 631_800
    lines = {line.item_code: line for line in bills.bill(ctx, by_name["Nguyễn Bảo Hoa"].id).lines}
    meal = lines["tien_an"]
    assert (meal.quantity, meal.unit_price, meal.gross, meal.reduction, meal.amount) == (
        18,
        35_000,
        630_000,
        315_000,
        315_000,
    )
    assert meal.exemption is not None
    assert meal.exemption.evidence == "Sổ hộ nghèo 2026"
    said = " ".join(step.render() for step in meal.steps())
    assert "whole school" in said
    assert "18 × 35.000" in said
    assert "NQ 20/2026/NQ-HĐND" in said
    skipped = bills.bill(ctx, by_name["Lê Lan Lam"].id).lines
    assert [line.item_code for line in skipped] == ["bhyt", "hai_buoi"]


def test_a_missing_price_stops_publishing(ctx: Context, world: World) -> None:
    set_prices(ctx, world.round_id, [PriceInput(world.items["bhyt"].id, 157_950, grade=1)], replace=True)
    stopped = [p for p in preview(ctx, world.round_id).problems if p.level == "stop"]
    assert {p.place for p in stopped} == {"tien_an:1A", "tien_an:2A", "hai_buoi:1A", "hai_buoi:2A", "bhyt:2A"}
    with pytest.raises(Invalid) as caught:
        publish.publish(ctx, world.round_id)
    assert caught.value.code == "round_not_ready"
    assert ctx.session.scalar(select(Bill.id)) is None


def test_a_published_round_is_frozen_until_it_is_withdrawn(ctx: Context, world: World) -> None:
    publish.publish(ctx, world.round_id)
    with pytest.raises(Conflict):
        set_prices(ctx, world.round_id, [PriceInput(world.items["bhyt"].id, 1_000)])
    assert publish.withdraw(ctx, world.round_id, reason="Sai giá tiền ăn") == 6
    assert sum(trial_balance(ctx).values()) == 0
    assert trial_balance(ctx).get("receivable:student", 0) == 0
    set_prices(ctx, world.round_id, [PriceInput(world.items["bhyt"].id, 315_900, grade=1)])
    assert publish.publish(ctx, world.round_id).total == 3 * (FIRST + 157_950) + 3 * SECOND
    assert len(ctx.session.scalars(select(Bill.id)).all()) == 12


def test_a_cancelled_bill_stays_cancelled_until_it_is_issued_again(ctx: Context, world: World, clock: Moment) -> None:
    publish.publish(ctx, world.round_id)
    first = bills.bills(ctx, bills.BillFilter(round_id=world.round_id)).rows[0]
    gone = corrections.cancel_bill(ctx, first.id, "Chuyển trường")
    assert gone.bill.state == "cancelled"
    assert gone.cancel_reason == "Chuyển trường"
    clock.forward(minutes=1)
    assert publish.publish(ctx, world.round_id).bills == 0
    with pytest.raises(Conflict):
        corrections.cancel_bill(ctx, first.id, "noch einmal")
    again = corrections.reissue(ctx, first.id)
    assert again.bill.total == first.total
    assert again.bill.reference != first.reference
    with pytest.raises(Conflict):
        corrections.reissue(ctx, first.id)


def test_a_bill_of_nothing_is_paid_and_has_no_charge(ctx: Context, world: World) -> None:
    entry = ExemptionInput(
        world.pupils["Lê Lan Lam"],
        tuple(item.id for item in world.items.values()),
        100,
        "orphan",
        "Mồ côi cả cha lẫn mẹ",
        "NĐ 238/2025",
        "GCN 12",
        date(2026, 9, 1),
        date(2027, 5, 31),
    )
    approve_exemption(ctx, add_exemption(ctx, entry).id)
    publish.publish(ctx, world.round_id)
    free = next(b for b in bills.bills_of(ctx, world.pupils["Lê Lan Lam"]))
    assert (free.total, free.state, free.reference) == (0, "paid", "")
    assert ctx.session.scalars(select(BillLine.amount).where(BillLine.bill_id == free.id)).all() == [0, 0, 0]
