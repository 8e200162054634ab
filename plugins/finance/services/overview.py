"""Rounds as lists and first steps show them."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from core.sdk import Context
from core.sdk.data import local_date
from core.sdk.ledger import Charge
from plugins.finance.models import Bill, Round

from ._page import Cursor, Page
from .drafts import draft_of
from .issue import CHARGE_OF_BILL
from .preview import without_bill
from .rounds import open_round, round_, round_items, rounds


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A round with its sums, in dong."""

    id: UUID
    title: str
    period: date
    due_on: date
    state: str
    bills: int
    total: int
    paid: int


def round_list(ctx: Context, *, after: Cursor | None = None, limit: int = 24) -> Page[RoundLine]:
    """A page of rounds, the newest month first, each with what its live bills ask and have received."""
    page = rounds(ctx, after=after, limit=limit)
    sums = {
        row.round_id: (row.bills, int(row.total), int(row.paid))
        for row in ctx.session.execute(
            select(
                Bill.round_id,
                func.count().label("bills"),
                func.sum(Bill.total).label("total"),
                func.coalesce(func.sum(Charge.allocated), 0).label("paid"),
            )
            .outerjoin(Charge, CHARGE_OF_BILL)
            .where(Bill.round_id.in_([row.id for row in page.rows]), Bill.state == "published")
            .group_by(Bill.round_id)
        )
    }
    lines = (
        RoundLine(row.id, row.title, row.period, row.due_on, row.state, *sums.get(row.id, (0, 0, 0)))
        for row in page.rows
    )
    return Page(tuple(lines), page.next)


def suggested(ctx: Context) -> dict[str, str]:
    """A first draft of a new round: this month, and two weeks to pay; the next month when this one has a round."""
    today = local_date(ctx.now())
    period = today.replace(day=1)
    known = rounds(ctx, limit=1).rows
    if known and known[0].period >= period:
        last = known[0].period
        period = date(last.year + last.month // 12, last.month % 12 + 1, 1)
    day = min(max(today.day if period == today.replace(day=1) else 1, 1) + 14, monthrange(period.year, period.month)[1])
    return {
        "title": f"Thu tháng {period.month}/{period.year}",
        "month": f"{period:%Y-%m}",
        "due_on": period.replace(day=day).isoformat(),
        "copy_from": str(known[0].id) if known else "",
    }


def open_from(ctx: Context, title: str, period: date, due_on: date, copy_from: UUID | None) -> UUID:
    """Open a draft with the items and prices of an earlier round, or an empty one."""
    item_ids = [item.id for item in round_items(ctx, copy_from)] if copy_from else []
    row = open_round(ctx, title=title, period=period, due_on=due_on, item_ids=item_ids, copy_from=copy_from)
    return row.id


def missing(ctx: Context, round_id: UUID) -> int:
    """Pupils who are in a class now, would be asked for something, and have no bill of a published round."""
    row: Round = round_(ctx, round_id)
    if row.state != "published":
        return 0
    lines = draft_of(ctx, row, without_bill(ctx, row)).lines
    return ctx.session.scalar(select(func.count(lines.c.person_id.distinct()))) or 0
