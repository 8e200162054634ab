"""Several children of a family, tuition that the state pays, expiry of exemptions (C1, C2), accounts (C4, C5)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select, update

from core.sdk import Context
from core.sdk.errors import Conflict, Invalid
from core.sdk.ledger import trial_balance
from core.sdk.people import Person, create_person, relate
from core.sdk.school import School
from plugins.finance.models import Bill, BillLine, Fund, FundLine
from plugins.finance.rules.insurance import usual_amounts
from plugins.finance.services import bills, funds, publish, sharing
from plugins.finance.services.drafts import draft_of, pupils_of
from plugins.finance.services.exemptions import ExemptionInput, add_exemption, approve_exemption, end_exemption
from plugins.finance.services.items import ItemInput, save_item
from plugins.finance.services.prices import PriceInput, set_prices
from plugins.finance.services.rounds import open_round, round_

from .conftest import World

YEAR = (date(2026, 9, 1), date(2027, 5, 31))
AN, AN_2, HOA = "Đỗ Thị An", "Trần Văn Ân", "Nguyễn Bảo Hoa"


def _family(ctx: Context, world: World, names: dict[str, date]) -> None:
    """One mother of these children, born on these days."""
    mother = create_person(ctx, "Vũ Thị Mẹ")
    for name, born in names.items():
        ctx.session.execute(update(Person).where(Person.id == world.pupils[name]).values(birth_date=born))
        relate(ctx, mother, world.pupils[name], "mother")


def _lines(ctx: Context, world: World, name: str, item: str) -> list[tuple[int, int, int]]:
    """Part, percent and amount of the lines of an item, as a preview computes them."""
    lines = draft_of(ctx, round_(ctx, world.round_id), pupils_of(ctx)).lines
    query = select(lines.c.part, lines.c.percent, lines.c.amount).where(
        lines.c.person_id == world.pupils[name], lines.c.item_id == world.items[item].id
    )
    return [(part, percent, amount) for part, percent, amount in ctx.session.execute(query.order_by(lines.c.part))]


def test_the_second_and_third_child_pay_less(ctx: Context, world: World) -> None:
    _family(ctx, world, {AN: date(2018, 5, 1), AN_2: date(2019, 3, 2), HOA: date(2017, 1, 1)})
    item = world.items["hai_buoi"].id
    sharing.add_sibling_rule(ctx, sharing.SiblingInput(item, 2, 20, YEAR[0], "NQ HĐ trường"))
    third = sharing.add_sibling_rule(ctx, sharing.SiblingInput(item, 3, 50, YEAR[0], "NQ HĐ trường"))
    assert [_lines(ctx, world, name, "hai_buoi") for name in (HOA, AN, AN_2)] == [
        [(0, 0, 150_000)], [(0, 20, 120_000)], [(0, 50, 75_000)],
    ]  # fmt: skip
    better = ExemptionInput(world.pupils[AN_2], (item,), 70, "poor", "Hộ nghèo", "NĐ", "Sổ 1", *YEAR)
    approve_exemption(ctx, add_exemption(ctx, better).id)
    assert _lines(ctx, world, AN_2, "hai_buoi") == [(0, 70, 45_000)], "the best one counts, they never add up"
    publish.publish(ctx, world.round_id)
    bill = ctx.session.scalars(select(Bill.id).where(Bill.person_id == world.pupils[AN])).one()
    line = next(line for line in bills.view_of(ctx, bill).lines if line.item_code == "hai_buoi")
    said = " ".join(step.render() for step in line.steps())
    assert "child number 2" in said
    assert "NQ HĐ trường" in said
    sharing.end_rule(ctx, third.id, date(2026, 9, 1))
    with pytest.raises(Conflict):
        sharing.end_rule(ctx, third.id, date(2026, 10, 1))
    with pytest.raises(Invalid):
        sharing.add_sibling_rule(ctx, sharing.SiblingInput(item, 1, 20, YEAR[0], ""))


def test_tuition_of_a_private_school_less_what_the_state_pays(ctx: Context, world: World) -> None:
    """C1: the support is a line of its own, never more than the fee; the school earns all of it."""
    tuition = save_item(ctx, ItemInput("hoc_phi", "Học phí", "Tuition", "tuition", "month", "QĐ của trường"))
    with pytest.raises(Invalid):
        open_round(ctx, title="HP", period=YEAR[0], due_on=date(2026, 10, 1), item_ids=[tuition.id])
    ctx.session.execute(update(School).where(School.id == ctx.school_id).values(ownership="private"))
    ctx.session.expire_all()
    row = open_round(ctx, title="HP", period=YEAR[0], due_on=date(2026, 10, 1), item_ids=[tuition.id])
    set_prices(ctx, row.id, [PriceInput(tuition.id, 1_500_000), PriceInput(tuition.id, 300_000, grade=1)])
    for first, last, amount in ((1, 1, 400_000), (2, 5, 500_000)):
        sharing.add_support(ctx, sharing.SupportInput(tuition.id, first, last, amount, YEAR[0], "NQ 09/2026/NQ-HĐND"))
    added = publish.publish(ctx, row.id)
    assert added.total == 3 * 1_000_000
    bill = ctx.session.scalars(select(Bill.id).where(Bill.person_id == world.pupils[HOA])).one()
    lines = bills.view_of(ctx, bill).lines
    assert [(line.part, line.amount) for line in lines] == [(0, 1_500_000), (1, -500_000)]
    assert "NQ 09/2026" in " ".join(step.render() for step in lines[1].steps())
    free = bills.bills_of(ctx, world.pupils["Lê Lan Lam"])[0]
    assert (free.total, free.state) == (0, "paid")
    assert {k: v for k, v in trial_balance(ctx).items() if v} == {
        "income:hoc_phi": -(3 * 1_500_000 + 3 * 300_000),
        "subsidy_receivable:state": 3 * 500_000 + 3 * 300_000,
        "receivable:student": 3 * 1_000_000,
    }
    publish.withdraw(ctx, row.id, reason="thử")
    assert not any(trial_balance(ctx).values())


def test_a_round_of_nothing_but_support_is_booked(ctx: Context, world: World) -> None:
    """All is paid by the state: nobody owes, the state does."""
    ctx.session.execute(update(School).where(School.id == ctx.school_id).values(ownership="private"))
    ctx.session.expire_all()
    tuition = save_item(ctx, ItemInput("hoc_phi", "Học phí", "Tuition", "tuition", "month", "QĐ của trường"))
    row = open_round(ctx, title="HP", period=YEAR[0], due_on=date(2026, 10, 1), item_ids=[tuition.id])
    set_prices(ctx, row.id, [PriceInput(tuition.id, 300_000)])
    sharing.add_support(ctx, sharing.SupportInput(tuition.id, 0, 12, 400_000, YEAR[0], "NQ 09/2026/NQ-HĐND"))
    assert publish.publish(ctx, row.id).total == 0
    assert trial_balance(ctx)["subsidy_receivable:state"] == 6 * 300_000


def test_the_end_of_an_exemption_recomputes_what_is_open_only(ctx: Context, world: World) -> None:
    """C2: percentage, approver, paper and validity are there; its end changes no bill that is out."""
    item = world.items["hai_buoi"].id
    given = ExemptionInput(world.pupils[HOA], (item,), 100, "poor", "Hộ nghèo", "NĐ", "Sổ 1", *YEAR)
    row = add_exemption(ctx, given)
    approve_exemption(ctx, row.id)
    publish.publish(ctx, world.round_id)
    bill = ctx.session.scalars(select(Bill.id).where(Bill.person_id == world.pupils[HOA])).one()
    before = bills.view_of(ctx, bill)
    line = next(line for line in before.lines if line.item_code == "hai_buoi")
    assert line.exemption is not None
    assert all((line.percent, line.exemption.approved_by, line.exemption.evidence, line.exemption.valid_to))
    following = open_round(ctx, title="T10", period=date(2026, 10, 1), due_on=date(2026, 10, 30), item_ids=[item])
    set_prices(ctx, following.id, [PriceInput(item, 150_000)])
    lines = draft_of(ctx, following, pupils_of(ctx)).lines
    mine = select(lines.c.amount).where(lines.c.person_id == world.pupils[HOA])
    assert ctx.session.scalars(mine).one() == 0
    end_exemption(ctx, row.id, date(2026, 9, 30), "Hết hạn sổ")
    assert ctx.session.scalars(mine).one() == 150_000
    assert [(x.item_code, x.amount) for x in bills.view_of(ctx, bill).lines] == [
        (x.item_code, x.amount) for x in before.lines
    ]


def test_money_for_others_and_gifts_never_enter_income(ctx: Context, world: World) -> None:
    """C4 and C5: accounts of insurance, uniforms and donations; the amounts of insurance are those of the table."""
    uniform = save_item(ctx, ItemInput("dong_phuc", "Đồng phục", "Uniform", "passthrough", "once", "Thỏa thuận"))
    items = [world.items["bhyt"].id, uniform.id]
    row = open_round(ctx, title="BHYT", period=YEAR[0], due_on=date(2026, 10, 1), item_ids=items)
    amounts = usual_amounts(YEAR[0])
    assert amounts == {3: 157_950, 6: 315_900, 12: 631_800}
    set_prices(ctx, row.id, [PriceInput(items[0], amounts[12]), PriceInput(uniform.id, 180_000)])
    publish.publish(ctx, row.id)
    fund = funds.open_fund(ctx, funds.FundInput("thu_vien", "Thư viện", "Sách", "KH 3"))
    line = funds.add_line(ctx, fund, funds.LineInput("gift", 500_000, date(2026, 9, 2), who="Ông Ba"))
    assert set(trial_balance(ctx)) == {
        "receivable:student", "passthrough:bhyt", "passthrough:dong_phuc", "fund:thu_vien", "cash:desk",
    }  # fmt: skip
    with pytest.raises(Conflict):
        funds.close_fund(ctx, fund)
    funds.take_back_line(ctx, line, "nhập nhầm")
    funds.close_fund(ctx, fund)
    assert trial_balance(ctx)["fund:thu_vien"] == 0
    words = ("due", "remind", "state", "debt", "person")
    for table in (Fund, FundLine):
        names = [column.name for column in table.__table__.columns]
        assert not [name for name in names if any(word in name for word in words)], "a gift is owed by nobody"


def test_a_second_computation_gives_every_amount_again(ctx: Context, world: World) -> None:
    _family(ctx, world, {AN: date(2018, 5, 1), HOA: date(2017, 1, 1)})
    sharing.add_sibling_rule(ctx, sharing.SiblingInput(world.items["tien_an"].id, 2, 33, YEAR[0], "NQ HĐ trường"))
    publish.publish(ctx, world.round_id)
    lines = draft_of(ctx, round_(ctx, world.round_id), pupils_of(ctx)).lines
    computed = sorted(tuple(r) for r in ctx.session.execute(select(lines.c.person_id, lines.c.item_id, lines.c.amount)))
    stored = sorted(
        (b.person_id, i, amount)
        for b in ctx.session.execute(select(Bill.id, Bill.person_id))
        for i, amount in _stored(ctx, b.id)
    )
    assert computed == stored


def _stored(ctx: Context, bill_id: UUID) -> list[tuple[UUID, int]]:
    query = select(BillLine.item_id, BillLine.amount).where(BillLine.bill_id == bill_id)
    return [(item, amount) for item, amount in ctx.session.execute(query)]
