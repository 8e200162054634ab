"""What still needs a person before a round goes out: what stops it, and what somebody should look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, and_, case, cast, func, select

from core.sdk import Context, Message, _, settings
from core.sdk.data import format_vnd
from core.sdk.school import school_of
from plugins.finance.models import Exemption, Item, Price, Round, RoundItem
from plugins.finance.roll import classes, enrolled
from plugins.finance.rules.exemptions import last_day
from plugins.finance.rules.insurance import contribution, usual_amounts
from plugins.finance.rules.law import ceiling, refusal
from plugins.finance.settings import INSURANCE_SHARE

from .drafts import pupils_of, resolved_prices
from .items import maxima
from .rounds import round_items

Level = Literal["stop", "look"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that stops publishing, or that a person should look at first."""

    level: Level
    code: str
    place: str
    """Where: `<item code>:<class>`, or the name of a pupil."""
    message: Message
    person_id: UUID | None = None


def blocking(ctx: Context, row: Round) -> list[Problem]:
    """What stops publishing: no items, a refused item, a missing price, a price above its ceiling."""
    items = round_items(ctx, row.id)
    if not items:
        return [Problem("stop", "no_items", "", _("The round collects nothing yet: choose items first."))]
    ownership = school_of(ctx).ownership
    found = [
        Problem("stop", "item_refused", item.code, why)
        for item in items
        if (why := refusal(item.kind, ownership, last_day(row.period))) is not None
    ]
    return found + _missing_prices(ctx, row, items) + _above_ceiling(ctx, row, items)


def _missing_prices(ctx: Context, row: Round, items: list[Item]) -> list[Problem]:
    """Classes for which an item has no price; a price of 0 says that the class does not pay."""
    pupils = pupils_of(ctx).subquery("pupil")
    here = select(pupils.c.class_id, pupils.c.class_name, pupils.c.grade).distinct().cte("seen")
    prices = resolved_prices(row, here)
    # Counted, not joined to nothing: a class has at most one price an item, and few classes lack one.
    priced = select(prices.c.class_id, func.array_agg(prices.c.item_id).label("item_ids")).group_by(prices.c.class_id)
    known = priced.subquery("priced")
    rows = ctx.session.execute(
        select(Item.code, Item.label_vi, here.c.class_name)
        .select_from(here)
        .outerjoin(known, known.c.class_id == here.c.class_id)
        .join(Item, Item.id.in_([i.id for i in items]))
        .where(Item.id != func.all(func.coalesce(known.c.item_ids, cast([], ARRAY(Uuid())))))
        .order_by(here.c.class_name, Item.code)
    )
    return [
        Problem(
            "stop",
            "price_missing",
            f"{code}:{class_name}",
            _("Class %(class)s has no price for “%(item)s”.", **{"class": class_name, "item": label}),
        )
        for code, label, class_name in rows
    ]


def _above_ceiling(ctx: Context, row: Round, items: list[Item]) -> list[Problem]:
    limits = maxima(ctx, {i.id for i in items})
    names = {c.id: c.name for c in classes(ctx)}
    found: list[Problem] = []
    for item in items:
        top = ceiling(limits.get(item.id, []), last_day(row.period))
        if top is None:
            continue
        rows = ctx.session.execute(
            select(Price.class_id, Price.grade, Price.unit_price).where(
                Price.round_id == row.id, Price.item_id == item.id, Price.unit_price > top.amount
            )
        )
        for class_id, grade, price in rows:
            place = names.get(class_id, "?") if class_id else str(grade or "*")
            message = _(
                "“%(item)s” at %(price)s is above the ceiling of %(maximum)s (%(basis)s).",
                item=item.label_vi,
                price=format_vnd(price),
                maximum=format_vnd(top.amount),
                basis=top.legal_basis,
            )
            found.append(Problem("stop", "above_ceiling", f"{item.code}:{place}", message))
    return found


def to_look_at(ctx: Context, row: Round) -> list[Problem]:
    return [*_exemptions_at_an_edge(ctx, row), *_odd_insurance(ctx, row)]


def _exemptions_at_an_edge(ctx: Context, row: Round, limit: int = 100) -> list[Problem]:
    """Exemptions that end in this month, ended in the month before, or wait for approval."""
    roll = enrolled(ctx)
    month_before = row.period.replace(
        year=row.period.year - (row.period.month == 1), month=(row.period.month - 2) % 12 + 1
    )
    rows = ctx.session.execute(
        select(Exemption.person_id, roll.c.full_name, Exemption.valid_to, Exemption.approved_at)
        .join(roll, roll.c.person_id == Exemption.person_id)
        .where(
            Exemption.valid_from <= last_day(row.period),
            Exemption.valid_to >= month_before,
            (Exemption.valid_to <= last_day(row.period)) | Exemption.approved_at.is_(None),
        )
        .order_by(roll.c.sort_key)
        .limit(limit)
    )
    found: list[Problem] = []
    for person_id, name, valid_to, approved_at in rows:
        day = f"{valid_to:%d/%m/%Y}"
        if approved_at is None:
            code, message = "exemption_waiting", _("The exemption waits for approval and does not count yet.")
        elif valid_to < row.period:
            code, message = (
                "exemption_expired",
                _("The exemption ended on %(day)s and no longer counts.", day=day),
            )
        else:
            code, message = "exemption_expiring", _("The exemption ends on %(day)s.", day=day)
        found.append(Problem("look", code, name, message, person_id))
    return found


def _odd_insurance(ctx: Context, row: Round) -> list[Problem]:
    """Insurance prices that are no amount for 3, 6 or 12 months (fees.md C4); a province may give more."""
    share = int(settings.get(ctx, INSURANCE_SHARE))
    usual = usual_amounts(row.period, share)
    rows = ctx.session.execute(
        select(Item.code, Item.label_vi, Price.unit_price)
        .join(Price, Price.item_id == Item.id)
        .join(RoundItem, and_(RoundItem.item_id == Item.id, RoundItem.round_id == Price.round_id))
        .where(
            Price.round_id == row.id,
            Item.kind == "insurance",
            Price.unit_price > 0,
            case(
                (Item.unit == "month", Price.unit_price != contribution(1, row.period, share)),
                else_=Price.unit_price.not_in(usual.values()),
            ),
        )
        .distinct()
    )
    return [
        Problem(
            "look",
            "insurance_amount",
            code,
            _(
                "“%(item)s” at %(price)s is not the amount for 3, 6 or 12 months.",
                item=label,
                price=format_vnd(price),
            ),
        )
        for code, label, price in rows
    ]
