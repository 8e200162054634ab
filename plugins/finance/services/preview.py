"""Every bill before it goes out: pages, totals by class, and what still needs a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, select, tuple_

from core.sdk import Context, Message, _
from core.sdk.data import format_vnd
from core.sdk.school import school_of
from plugins.finance.models import Bill, Exemption, Item, Price, Round, RoundItem
from plugins.finance.roll import classes, enrolled
from plugins.finance.rules.amounts import LineAmount
from plugins.finance.rules.exemptions import last_day
from plugins.finance.rules.insurance import usual_amounts
from plugins.finance.rules.law import ceiling, refusal

from .drafts import draft_of, pupils_of, resolved_prices
from .items import maxima
from .rounds import round_, round_items

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


@dataclass(frozen=True, slots=True)
class ClassTotal:
    """What a class will be billed, or has been."""

    class_name: str
    bills: int
    total: int
    """Dong."""


@dataclass(frozen=True, slots=True)
class PreviewLine(LineAmount):
    """A line of a bill that is not out yet."""

    item_id: UUID
    percent: int
    exemption_id: UUID | None
    reason: str


@dataclass(frozen=True, slots=True)
class PreviewBill:
    """A bill that is not out yet."""

    person_id: UUID
    code: str
    full_name: str
    sort_key: str
    class_name: str
    total: int
    lines: tuple[PreviewLine, ...]

    @property
    def cursor(self) -> tuple[str, str]:
        return self.sort_key, str(self.person_id)


@dataclass(frozen=True, slots=True)
class Summary:
    """The whole round at a glance. `bills` and `total` count what publishing now would add."""

    bills: int
    total: int
    classes: tuple[ClassTotal, ...]
    problems: tuple[Problem, ...]

    @property
    def ready(self) -> bool:
        return not any(p.level == "stop" for p in self.problems)


def without_bill(ctx: Context, row: Round) -> Select[*tuple[Any, ...]]:
    """Pupils whom publishing now would bill."""
    pupils = pupils_of(ctx)
    billed = exists().where(
        Bill.round_id == row.id,
        Bill.person_id == pupils.selected_columns["person_id"],
        Bill.school_id == row.school_id,
        Bill.state != "withdrawn",
    )
    return pupils.where(~billed)


def preview(ctx: Context, round_id: UUID) -> Summary:
    """Totals by class and every problem, for what publishing would add now."""
    row = round_(ctx, round_id)
    draft = draft_of(ctx, row, without_bill(ctx, row))
    pupils, lines = draft.pupils, draft.lines
    rows = ctx.session.execute(
        select(
            pupils.c.class_name,
            func.count(lines.c.person_id.distinct()),
            func.coalesce(func.sum(lines.c.amount), 0),
        )
        .join_from(pupils, lines, lines.c.person_id == pupils.c.person_id)
        .group_by(pupils.c.class_name)
        .order_by(pupils.c.class_name)
    )
    totals = tuple(ClassTotal(name, bills, int(total)) for name, bills, total in rows)
    problems = (*blocking(ctx, row), *_to_look_at(ctx, row))
    return Summary(sum(t.bills for t in totals), sum(t.total for t in totals), totals, problems)


def preview_bills(
    ctx: Context,
    round_id: UUID,
    *,
    class_id: UUID | None = None,
    search: str = "",
    after: tuple[str, str] | None = None,
    limit: int = 50,
) -> list[PreviewBill]:
    """A page of bills that are not out yet, by name.

    Args:
        class_id: only one class.
        search: folded text to find in name, code or class.
        after: `cursor` of the last bill of the page before.
        limit: bills at most; pupils of the page to whom nothing is asked are left out.
    """
    row = round_(ctx, round_id)
    pupils = without_bill(ctx, row)
    columns = pupils.selected_columns
    if class_id is not None:
        pupils = pupils.where(columns["class_id"] == class_id)
    if search:
        pupils = pupils.where(columns["search_text"].contains(search, autoescape=True))
    if after is not None:
        pupils = pupils.where(tuple_(columns["sort_key"], columns["person_id"]) > tuple_(after[0], UUID(after[1])))
    page = pupils.order_by(columns["sort_key"], columns["person_id"]).limit(limit)
    return _bills(ctx, row, page)


def _bills(ctx: Context, row: Round, page: Select[*tuple[Any, ...]]) -> list[PreviewBill]:
    draft = draft_of(ctx, row, page)
    p, x = draft.pupils, draft.lines
    rows = ctx.session.execute(
        select(p.c.person_id, p.c.code, p.c.full_name, p.c.sort_key, p.c.class_name, *list(x.c)[1:])
        .join_from(p, x, x.c.person_id == p.c.person_id)
        .order_by(p.c.sort_key, p.c.person_id, x.c.position)
    )
    found: dict[UUID, tuple[Any, list[PreviewLine]]] = {}
    for r in rows:
        line = PreviewLine(
            quantity=r.quantity,
            unit_price=r.unit_price,
            gross=r.gross,
            reduction=r.gross - r.amount,
            amount=r.amount,
            scope=r.scope,
            item_id=r.item_id,
            percent=r.percent,
            exemption_id=r.exemption_id,
            reason=r.reason,
        )
        found.setdefault(r.person_id, (r, []))[1].append(line)
    return [
        PreviewBill(
            r.person_id,
            r.code,
            r.full_name,
            r.sort_key,
            r.class_name,
            sum(x.amount for x in lines),
            tuple(lines),
        )
        for r, lines in found.values()
    ]


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
    pupils = pupils_of(ctx).cte("pupil")
    prices = resolved_prices(row, pupils)
    here = select(pupils.c.class_id, pupils.c.class_name).distinct().subquery("seen")
    priced = and_(prices.c.class_id == here.c.class_id, prices.c.item_id == Item.id)
    rows = ctx.session.execute(
        select(Item.code, Item.label_vi, here.c.class_name)
        .select_from(here)
        .join(Item, Item.id.in_([i.id for i in items]))
        .outerjoin(prices, priced)
        .where(prices.c.item_id.is_(None))
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


def _to_look_at(ctx: Context, row: Round) -> list[Problem]:
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
    usual = usual_amounts(row.period)
    rows = ctx.session.execute(
        select(Item.code, Item.label_vi, Price.unit_price)
        .join(Price, Price.item_id == Item.id)
        .join(RoundItem, and_(RoundItem.item_id == Item.id, RoundItem.round_id == Price.round_id))
        .where(
            Price.round_id == row.id,
            Item.kind == "insurance",
            Price.unit_price > 0,
            Price.unit_price.not_in(usual.values()),
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


__all__ = [
    "ClassTotal",
    "PreviewBill",
    "PreviewLine",
    "Problem",
    "Summary",
    "blocking",
    "preview",
    "preview_bills",
    "without_bill",
]
