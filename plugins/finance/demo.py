"""A year of collecting for a demo school: items with ceilings, rounds, exemptions, money, receipts.

Most money is booked in sets before a round goes out, as families that pay in advance do; some pupils pay at the desk,
with a receipt each. Some pay nothing, so that debts by age have something to show.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from core.sdk import Context, Demo
from core.sdk.data import local_date
from core.sdk.ledger import Charge, collect_cash, ledger
from core.sdk.school import current_year

from .models import Bill, Item, Round
from .roll import classes, enrolled
from .services.drafts import draft_of
from .services.exceptions import ExceptionInput, set_exceptions
from .services.exemptions import ExemptionInput, add_exemption, approve_exemption
from .services.issue import CHARGE_OF_BILL
from .services.items import ItemInput, save_item, set_ceiling
from .services.preview import without_bill
from .services.prices import PriceInput, set_prices
from .services.publish import publish
from .services.receipts import Collection, issue_receipt
from .services.rounds import close_round, open_round

_LIST = "Nghị quyết của HĐND tỉnh về mức thu dịch vụ giáo dục"
ITEMS = (
    (ItemInput("tien_an", "Tiền ăn bán trú", "Meals", "meal", "day", _LIST, position=10), 32_000, 40_000),
    (ItemInput("ban_tru", "Chăm sóc bán trú", "Boarding", "service", "month", _LIST, position=20), 235_000, 300_000),
    (ItemInput("hai_buoi", "Học 2 buổi/ngày", "Two sessions a day", "service", "month", _LIST, position=30),
     150_000, 200_000),
    (ItemInput("nuoc_uong", "Nước uống", "Drinking water", "service", "month", _LIST, position=40), 12_000, 20_000),
    (ItemInput("bhyt", "Bảo hiểm y tế học sinh", "Health insurance", "insurance", "year",
               "Nghị định 188/2025/NĐ-CP", position=50), 631_800, None),
    (ItemInput("ung_ho", "Ủng hộ tự nguyện", "Donations", "donation", "once", "Thông tư 16/2018/TT-BGDĐT",
               position=90), 0, None),
)  # fmt: skip
_MONTHLY = ("tien_an", "ban_tru", "hai_buoi", "nuoc_uong")
_EXEMPT = (
    ("poor", 100, "Hộ nghèo", "Sổ hộ nghèo năm 2026"),
    ("near_poor", 50, "Hộ cận nghèo", "Giấy chứng nhận hộ cận nghèo năm 2026"),
    ("orphan", 100, "Mồ côi cả cha lẫn mẹ", "Giấy xác nhận của UBND phường"),
    ("staff_child", 30, "Con của nhân viên nhà trường", "Biên bản họp hội đồng trường"),
)


@dataclass(frozen=True, slots=True)
class Month:
    """How a round of the demo went: how many per mille paid in advance, how many pupils paid at the desk."""

    period: date
    in_advance: int
    at_desk: int
    closed: bool = False

    @property
    def due_on(self) -> date:
        return self.period + timedelta(days=24)

    @property
    def out_at(self) -> datetime:
        return datetime(self.period.year, self.period.month, 3, 2, tzinfo=UTC)


def _months(today: date, year_start: date) -> list[Month]:
    """Two rounds of last year, then September until now."""
    found = [Month(date(year_start.year, month, 1), 985, 5, closed=True) for month in (4, 5)]
    month = date(year_start.year, 9, 1)
    while month <= today.replace(day=1) and len(found) < 12:
        age = (today.year - month.year) * 12 + today.month - month.month
        found.append(Month(month, {0: 420, 1: 830}.get(age, 930), 40))
        month = (month + timedelta(days=32)).replace(day=1)
    return found


def fill(ctx: Context, options: Mapping[str, Any]) -> None:
    """Fill the school of the context; `seed` in `options` gives another school."""
    pick = random.Random(int(options.get("seed", 2026)))  # noqa: S311  (invented data, not secrets)
    today = local_date(ctx.now())
    items = _items(ctx)
    people = _people(ctx)
    if not people:
        return
    _exempt(ctx, items, pick.sample(people, min(len(people), 24)), today)
    boarders = frozenset(pick.sample(people, len(people) * 3 // 4))
    before: UUID | None = None
    year = current_year(ctx)
    for month in _months(today, year.starts_on):
        at = _at(ctx, month.out_at)
        row = _open(at, items, month.period, month.due_on, before)
        _do_not_board(at, row, items, [p for p in people if p not in boarders])
        _pay_in_advance(at, row, month, pick)
        publish(at, row.id)
        _pay_at_desk(_at(ctx, month.out_at + timedelta(days=6)), row, month.at_desk)
        if month.closed:
            close_round(at, row.id)
        before = row.id
    following = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    _open(ctx, items, following, following + timedelta(days=24), before)


def _at(ctx: Context, moment: datetime) -> Context:
    """The same context on an earlier day, never on a later one."""
    then = min(moment, ctx.now())
    return replace(ctx, clock=lambda: then)


def _items(ctx: Context) -> dict[str, tuple[Item, int]]:
    found: dict[str, tuple[Item, int]] = {}
    for entry, price, maximum in ITEMS:
        row = save_item(ctx, entry)
        found[entry.code] = (row, price)
        if maximum is not None:
            set_ceiling(ctx, row.id, maximum=maximum, valid_from=date(2025, 9, 3), legal_basis=_LIST)
    return found


def _people(ctx: Context) -> list[UUID]:
    roll = enrolled(ctx)
    return list(ctx.session.scalars(select(roll.c.person_id).order_by(roll.c.code, roll.c.person_id)))


def _exempt(ctx: Context, items: dict[str, tuple[Item, int]], people: list[UUID], today: date) -> None:
    """Exemptions of the school year; the last two still wait for the head."""
    for number, person in enumerate(people):
        group, percent, reason, paper = _EXEMPT[number % len(_EXEMPT)]
        entry = ExemptionInput(
            person,
            tuple(items[code][0].id for code in ("hai_buoi", "ban_tru")),
            percent,
            group,
            reason,
            _LIST,
            paper,
            date(today.year - (today.month < 8), 9, 1),
            date(today.year + (today.month >= 8), 5, 31),
        )
        row = add_exemption(ctx, entry)
        if number < len(people) - 2:
            approve_exemption(ctx, row.id)


def _open(ctx: Context, items: dict[str, tuple[Item, int]], period: date, due_on: date, before: UUID | None) -> Round:
    codes = [*_MONTHLY, "bhyt"] if period.month == 9 else list(_MONTHLY)
    row = open_round(
        ctx,
        title=f"Thu tháng {period.month}/{period.year}",
        period=period,
        due_on=due_on,
        item_ids=[items[code][0].id for code in codes],
        copy_from=before,
    )
    prices = [PriceInput(items[code][0].id, items[code][1], 20 if code == "tien_an" else 1) for code in codes]
    first = classes(ctx)[0]
    prices.append(PriceInput(items["tien_an"][0].id, items["tien_an"][1] - 2_000, 20, class_id=first.id))
    if "bhyt" in codes:
        prices.append(PriceInput(items["bhyt"][0].id, 157_950, grade=first.grade))
    set_prices(ctx, row.id, prices)
    return row


def _do_not_board(ctx: Context, row: Round, items: dict[str, tuple[Item, int]], people: list[UUID]) -> None:
    reason = "Không đăng ký bán trú"
    set_exceptions(
        ctx,
        row.id,
        [
            ExceptionInput(person, items[code][0].id, reason, quantity=0)
            for person in people
            for code in ("tien_an", "ban_tru")
        ],
    )


def _pay_in_advance(ctx: Context, row: Round, month: Month, pick: random.Random) -> None:
    """Money that is there before the bills: publishing lets it pay them."""
    lines = draft_of(ctx, row, without_bill(ctx, row)).lines
    totals = ctx.session.execute(
        select(lines.c.person_id, func.sum(lines.c.amount)).group_by(lines.c.person_id).order_by(lines.c.person_id)
    ).all()
    entries = [
        ledger.Entry(
            source=f"demo:{row.id}:{person}",
            kind="cash.collected",
            occurred_at=ctx.now(),
            lines=(
                ledger.Line("cash:desk", int(total)),
                ledger.Line("student_balance", -int(total), person),
            ),
        )
        for person, total in totals
        if total and pick.randrange(1000) < month.in_advance
    ]
    ledger.post(ctx, *entries)


def _pay_at_desk(ctx: Context, row: Round, most: int) -> None:
    """Half of those who still owe come to the desk, `most` at most; every fifth brings half of it."""
    owing = ctx.session.execute(
        select(Charge.id, Charge.person_id, (Charge.due - Charge.allocated).label("owed"))
        .join(Bill, CHARGE_OF_BILL)
        .where(Bill.round_id == row.id, Charge.state == "open")
        .order_by(Charge.person_id)
    ).all()
    owing = owing[: min(most, len(owing) // 2)]
    for number, charge in enumerate(owing):
        amount = charge.owed if number % 5 else -(-charge.owed // 2000) * 1000
        entry = collect_cash(ctx, charge.person_id, amount, key=f"demo:{charge.id}")
        issue_receipt(ctx, Collection(entry, charge.person_id, amount, {charge.id: min(amount, charge.owed)}))


DEMOS = [Demo("finance", 20, fill)]
