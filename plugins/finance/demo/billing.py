"""The rest of a school's money: reductions of siblings, support by the state, meals that come back, parts, donations,
balances of an older system, payouts, e-invoices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from core.sdk import Context, settings
from core.sdk import einvoices as services
from core.sdk.data import local_date
from core.sdk.demo import Stage, stage_of
from core.sdk.ledger import Charge, collect_cash
from plugins.finance.models import Bill, Item, Round
from plugins.finance.roll import enrolled
from plugins.finance.rules.opening import OpeningRow
from plugins.finance.services import einvoices, funds, meals, parts, payouts
from plugins.finance.services.issue import CHARGE_OF_BILL
from plugins.finance.services.opening import confirm_opening, plan_opening
from plugins.finance.services.sharing import SiblingInput, SupportInput, add_sibling_rule, add_support
from plugins.finance.settings import EINVOICE_AUTO

from .catalogue import TUITION, Cast, at, by
from .months import Month

_AWAY = 24
"""So many pupils in a hundred are away for some days of a month."""
_INVOICES = 40
"""So many e-invoices are on their way; the rest waits for the accountant's button."""


def reduce(ctx: Context, stage: Stage, known: Mapping[str, UUID], start: date) -> None:
    """The second child pays less for boarding; at a private school the state pays a part of tuition."""
    then = by(ctx, stage, "accountant")
    basis = "Nghị quyết hội đồng trường số 05"
    add_sibling_rule(then, SiblingInput(known["ban_tru"], 2, 20, start, basis))
    if TUITION.code in known:
        act = "Nghị định 238/2025/NĐ-CP, nghị quyết HĐND tỉnh"
        add_support(then, SupportInput(known[TUITION.code], 1, 12, 350_000, start, act))


def take_over(ctx: Context, stage: Stage, cast: Cast) -> None:
    """Money that families had left in the older system."""
    then, roll = by(ctx, stage, "accountant"), enrolled(ctx)
    some = cast.pick("opening").sample(cast.pupils, 4)
    found = ctx.session.execute(
        select(roll.c.code, roll.c.full_name, roll.c.class_name).where(roll.c.person_id.in_(some))
    )
    rows = [
        OpeningRow(2 + place, row.code, row.full_name, row.class_name, 40_000 + 15_000 * place)
        for place, row in enumerate(found.all())
    ]
    today = local_date(then.now())
    confirm_opening(then, plan_opening(then, "so-du-phan-mem-cu.xlsx", today - timedelta(days=1), rows))


def eat(ctx: Context, stage: Stage, cast: Cast, month: Month) -> None:
    """A month of meals is closed on the morning after it: days that were reported in time come back as balance."""
    if month.over_at > ctx.now():
        return
    then = by(at(ctx, month.over_at + timedelta(hours=10)), stage, "accountant")
    chance, last = cast.pick(f"away {month.period}"), local_date(month.over_at) - timedelta(days=1)
    days = [day for number in range(last.day) if (day := month.period + timedelta(days=number)).weekday() < 5]
    boarders = sorted(cast.boarders, key=cast.pupils.index)
    typed = [
        meals.AbsenceInput(person, day, chance.random() < 0.85, "phụ huynh báo nghỉ")
        for person in chance.sample(boarders, len(boarders) * _AWAY // 100)
        for day in chance.sample(days, min(len(days), chance.randint(1, 4)))
    ]
    if typed:
        meals.set_absences(then, month.period, typed)
    meals.close_month(then, month.period)
    stage.work(then)


def donate(ctx: Context, stage: Stage) -> None:
    """A fund for the library, with its public account."""
    now = ctx.now()
    then = by(at(ctx, now - timedelta(days=50)), stage, "accountant")
    plan = funds.FundInput("sach", "Tủ sách lớp học", "Mua sách cho 12 tủ sách lớp học", "Kế hoạch số 12/KH-THCS")
    fund = funds.open_fund(then, plan)
    gifts = (
        ("Ban đại diện cựu học sinh", True, 6_000_000),
        ("", False, 500_000),
        ("Nhà sách Phượng Đỏ", True, 2_500_000),
    )
    for place, (who, named, amount) in enumerate(gifts):
        given = by(at(ctx, now - timedelta(days=48 - 3 * place)), stage, "accountant")
        line = funds.LineInput("gift", amount, local_date(given.now()), who=who, named=named, what="Ủng hộ tủ sách")
        funds.add_line(given, fund, line)
    spent = by(at(ctx, now - timedelta(days=20)), stage, "accountant")
    use = funds.LineInput("use", 7_200_000, local_date(spent.now()), who="Công ty Phát hành sách", what="240 cuốn sách",
                          paper="HĐ 0004512")  # fmt: skip
    funds.add_line(spent, fund, use)
    funds.publish_fund(spent, fund)


def rest(ctx: Context, options: Mapping[str, Any]) -> None:
    """What the accountant has done besides: parts of a bill, payouts, donations, e-invoices."""
    stage = stage_of(options)
    donate(ctx, stage)
    _agree_on_parts(ctx, stage)
    _pay_out(ctx, stage)
    then = by(ctx, stage, "accountant")
    settings.put(ctx, EINVOICE_AUTO, True)
    ctx.session.execute(update(Item).where(Item.code == "hai_buoi").values(document="invoice"))
    if services.in_use(ctx) is not None:
        einvoices.issue_due(then, most=_INVOICES)
    stage.work(ctx)


def _agree_on_parts(ctx: Context, stage: Stage) -> None:
    """Three families that pay nothing yet pay this month's bill in three parts."""
    then = by(ctx, stage, "accountant")
    query = (
        select(Bill.id, Bill.total)
        .join(Charge, CHARGE_OF_BILL)
        .join(Round, Round.id == Bill.round_id)
        .where(Charge.state == "open", Charge.allocated == 0, Charge.due_on >= local_date(ctx.now()))
        .order_by(Round.period.desc(), Bill.total.desc(), Bill.id)
        .limit(3)
    )
    for bill_id, total in ctx.session.execute(query).all():
        parts.split_bill(then, bill_id, parts.suggested_parts(then, total, local_date(ctx.now()) + timedelta(days=5)))


def _pay_out(ctx: Context, stage: Stage) -> None:
    """Two families paid ahead and want it back: one has its money, the other waits for the head's word."""
    asking, deciding = by(ctx, stage, "accountant"), by(ctx, stage, "head")
    for place, person in enumerate(_nothing_open(ctx, 2)):
        amount = 150_000 + 60_000 * place
        collect_cash(asking, person, amount, "Nộp trước tiền ăn", key=f"demo:ahead:{place}")
        why = "Cháu không ăn bán trú nữa, gia đình xin nhận lại tiền ăn"
        whom = "Tiền mặt tại quầy" if place == 0 else "Ngân hàng quân đội, 0900123456"
        asked = payouts.request_payout(asking, person, amount, reason=why, to_whom=whom)
        if place == 0:
            payouts.approve_payout(deciding, asked)
            payouts.mark_paid(asking, asked, number="PC-0017")
    stage.work(ctx)


def _nothing_open(ctx: Context, count: int) -> list[UUID]:
    """Pupils who owe nothing at all, so that what they pay stays theirs."""
    owing = select(Charge.person_id).where(Charge.state == "open")
    query = select(Charge.person_id).where(Charge.state == "settled", Charge.person_id.not_in(owing)).distinct()
    return list(ctx.session.scalars(query.order_by(Charge.person_id).limit(count)))
