"""The SQL of publishing and the pure rules come to the same amounts, and a second computation reproduces the first."""

from __future__ import annotations

import random
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from core.sdk import Context
from plugins.finance.models import Bill, BillLine
from plugins.finance.rules.amounts import Differs, LineAmount, Priced, PriceScope, is_shown, line_amount
from plugins.finance.rules.exemptions import Reduction, best
from plugins.finance.services import publish
from plugins.finance.services.drafts import draft_of, pupils_of
from plugins.finance.services.exceptions import ExceptionInput, set_exceptions
from plugins.finance.services.exemptions import ExemptionInput, add_exemption, approve_exemption
from plugins.finance.services.prices import PriceInput, set_prices
from plugins.finance.services.rounds import round_, round_items

from .conftest import NAMES, World

PERIOD = date(2026, 9, 1)


def _prices(pick: random.Random, ctx: Context, world: World) -> dict[tuple[str, UUID], Priced]:
    """Random prices of the school, some grades and some classes; returns what holds for each class and item."""
    entries: list[PriceInput] = []
    found: dict[tuple[str, UUID], Priced] = {}
    for item in round_items(ctx, world.round_id):
        scopes: list[tuple[PriceScope, dict[str, object], tuple[str, ...]]] = [("school", {}, ("1A", "2A"))]
        for name in ("1A", "2A"):
            if pick.random() < 0.4:
                scopes.append(("grade", {"grade": int(name[0])}, (name,)))
            if pick.random() < 0.4:
                scopes.append(("class", {"class_id": world.classes[name]}, (name,)))
        for scope, place, names in scopes:
            price, quantity = pick.choice((0, 1, 33_333, 157_950)), pick.randrange(4)
            entries.append(PriceInput(item.id, price, quantity, **place))  # type: ignore[arg-type]
            found.update({(name, item.id): Priced(price, quantity, scope) for name in names})
    set_prices(ctx, world.round_id, entries, replace=True)
    return found


def _differs(pick: random.Random, ctx: Context, world: World) -> dict[tuple[UUID, UUID], Differs]:
    found: dict[tuple[UUID, UUID], Differs] = {}
    for person in world.pupils.values():
        for item in round_items(ctx, world.round_id):
            if pick.random() < 0.4:
                value = pick.choice((0, 1, 5, 99_999))
                which = {"quantity": value % 7} if pick.random() < 0.5 else {"amount": value}
                found[person, item.id] = Differs(reason="riêng", **which)
    entries = [ExceptionInput(p, i, d.reason, d.quantity, d.amount) for (p, i), d in found.items()]
    set_exceptions(ctx, world.round_id, entries)
    return found


def _reductions(pick: random.Random, ctx: Context, world: World) -> dict[UUID, list[Reduction]]:
    found: dict[UUID, list[Reduction]] = {}
    items = [item.id for item in round_items(ctx, world.round_id)]
    for person in world.pupils.values():
        for _number in range(pick.randrange(3)):
            start = PERIOD + timedelta(days=pick.randrange(-60, 60))
            chosen, percent = tuple(pick.sample(items, pick.randint(1, 3))), pick.randint(1, 100)
            end = start + timedelta(days=pick.randrange(90))
            entry = ExemptionInput(person, chosen, percent, "other", "lý do", "văn bản", "giấy tờ", start, end)
            row = add_exemption(ctx, entry)
            if pick.random() < 0.8:
                approve_exemption(ctx, row.id)
                found.setdefault(person, []).append(Reduction(row.id, frozenset(chosen), percent, start, end))
    return found


@pytest.mark.parametrize("seed", range(4))
def test_sql_and_rules_agree(ctx: Context, world: World, seed: int) -> None:
    pick = random.Random(seed)
    prices, differs = _prices(pick, ctx, world), _differs(pick, ctx, world)
    reductions = _reductions(pick, ctx, world)
    expected: dict[tuple[UUID, UUID], tuple[LineAmount, int, UUID | None]] = {}
    classes = {name: class_name for class_name, names in NAMES.items() for name in names}
    for name, person in world.pupils.items():
        for item in round_items(ctx, world.round_id):
            reduction = best(reductions.get(person, ()), item.id, PERIOD)
            percent = reduction.percent if reduction else 0
            line = line_amount(prices[classes[name], item.id], differs.get((person, item.id)), percent)
            if is_shown(line):
                expected[person, item.id] = (line, percent, reduction.id if reduction else None)
    publish.publish(ctx, world.round_id)
    assert _stored(ctx) == expected
    lines = draft_of(ctx, round_(ctx, world.round_id), pupils_of(ctx)).lines
    again = ctx.session.execute(select(lines.c.person_id, lines.c.item_id, lines.c.amount))
    assert {(p, i): a for p, i, a in again} == {key: value[0].amount for key, value in expected.items()}


def _stored(ctx: Context) -> dict[tuple[UUID, UUID], tuple[LineAmount, int, UUID | None]]:
    names = ("quantity", "unit_price", "gross", "reduction", "amount", "scope")
    columns = [getattr(BillLine, name) for name in names]
    rows = ctx.session.execute(
        select(Bill.person_id, BillLine.item_id, BillLine.percent, BillLine.exemption_id, *columns).join(
            BillLine, BillLine.bill_id == Bill.id
        )
    )
    return {(p, i): (LineAmount(*rest), percent, exemption) for p, i, percent, exemption, *rest in rows}
