"""Bills in parts: the day that counts is that of the first part that is not covered."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.sdk import Context
from core.sdk.errors import Invalid
from core.sdk.ledger import Charge, collect_cash
from plugins.finance.models import Bill
from plugins.finance.rules.parts import Part, first_open
from plugins.finance.services import bills, publish
from plugins.finance.services.parts import follow_payments, join_bill, parts_of, split_bill, suggested_parts

from .conftest import World

FIRST, SECOND = date(2026, 11, 1), date(2026, 12, 1)


def test_the_first_part_that_is_open_says_when() -> None:
    parts = [Part(FIRST, 100), Part(SECOND, 50)]
    assert [first_open(parts, paid) for paid in (0, 99, 100, 149, 150, 200)] == [
        FIRST, FIRST, SECOND, SECOND, None, None,
    ]  # fmt: skip


def test_debts_follow_the_agreement(ctx: Context, world: World) -> None:
    publish.publish(ctx, world.round_id)
    lam = world.pupils["Lê Lan Lam"]
    bill = ctx.session.scalars(select(Bill).where(Bill.person_id == lam)).one()
    charge = ctx.session.scalars(select(Charge).where(Charge.person_id == lam)).one()
    suggested = suggested_parts(ctx, bill.total, bills.view_of(ctx, bill.id).bill.due_on)
    assert (len(suggested), sum(part.amount for part in suggested)) == (3, bill.total)
    with pytest.raises(Invalid):
        split_bill(ctx, bill.id, [Part(SECOND, 500_000), Part(FIRST, bill.total - 500_000)])
    with pytest.raises(Invalid):
        split_bill(ctx, bill.id, [Part(FIRST, 500_000), Part(SECOND, bill.total)])
    split_bill(ctx, bill.id, [Part(FIRST, 500_000), Part(SECOND, bill.total - 500_000)])
    assert _due(ctx, charge) == FIRST
    collect_cash(ctx, lam, 500_000)
    for _time in range(2):
        follow_payments(ctx, [charge.id])
        assert _due(ctx, charge) == SECOND
    shown = bills.view_of(ctx, bill.id).bill
    assert (shown.state, shown.due_on) == ("part", SECOND)
    assert [part.open for part in parts_of(ctx, bill.id, shown.paid)] == [0, bill.total - 500_000]
    join_bill(ctx, bill.id)
    assert _due(ctx, charge) == date(2026, 10, 15)


def _due(ctx: Context, charge: Charge) -> date:
    ctx.session.refresh(charge)
    return charge.due_on
