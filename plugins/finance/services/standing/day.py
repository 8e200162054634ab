"""The accountant's day: what came in, what waits for somebody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select

from core.sdk import Context
from core.sdk.data import LOCAL_TZ, local_date
from core.sdk.ledger import Charge, Refund, cases
from plugins.finance.models import Deposit, Drawer, Exemption, Payout, Receipt, Round

from .rails import Rail, rails


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for somebody, in numbers; sums in dong."""

    cases: Mapping[str, int]
    """Open cases by kind."""
    drawers_open: int
    drawers_counted: int
    deposits: int
    payouts_asked: int
    payouts_to_pay: int
    refunds: int
    exemptions: int
    drafts: int
    overdue: int
    overdue_amount: int


@dataclass(frozen=True, slots=True)
class Day:
    """One day."""

    on: date
    rails: tuple[Rail, ...]
    receipts: int
    cancelled: int
    """Receipts that were cancelled on the day."""
    waiting: Waiting

    @property
    def came_in(self) -> int:
        return sum(rail.came_in for rail in self.rails)

    @property
    def went_back(self) -> int:
        return sum(rail.went_back for rail in self.rails)

    @property
    def payments(self) -> int:
        return sum(rail.payments for rail in self.rails)


def day(ctx: Context, on: date) -> Day:
    """A day by rail, and what waits now: a fixed number of counts."""
    ctx.require("finance.bill.read")
    begin = datetime.combine(on, time(), LOCAL_TZ)
    end = begin + timedelta(days=1)
    receipts, cancelled = ctx.session.execute(
        select(
            func.count().filter(Receipt.issued_at >= begin, Receipt.issued_at < end),
            func.count().filter(Receipt.cancelled_at >= begin, Receipt.cancelled_at < end),
        ).where(Receipt.school_id == ctx.school_id, Receipt.year.in_((on.year, on.year - 1)))
    ).one()
    return Day(on, tuple(rails(ctx, on, on)), receipts, cancelled, _waiting(ctx))


def _waiting(ctx: Context) -> Waiting:
    here = ctx.school_id
    today = local_date(ctx.now())
    counts = (
        select(func.count()).where(Drawer.school_id == here, Drawer.state == "open"),
        select(func.count()).where(Drawer.school_id == here, Drawer.state == "counted"),
        select(func.count()).where(Deposit.school_id == here, Deposit.arrived_at.is_(None)),
        select(func.count()).where(Payout.school_id == here, Payout.state == "requested"),
        select(func.count()).where(Payout.school_id == here, Payout.state == "approved"),
        select(func.count()).where(Refund.school_id == here, Refund.state.in_(("requested", "unknown"))),
        select(func.count()).where(Exemption.school_id == here, Exemption.approved_at.is_(None)),
        select(func.count()).where(Round.school_id == here, Round.state == "draft"),
    )
    row = ctx.session.execute(select(*(query.scalar_subquery() for query in counts))).one()
    opened, counted, carried, asked, agreed, refunds, exemptions, drafts = (int(number) for number in row)
    overdue, amount = ctx.session.execute(
        select(func.count(), func.coalesce(func.sum(Charge.due - Charge.allocated), 0)).where(
            Charge.school_id == here, Charge.state == "open", Charge.due_on < today
        )
    ).one()
    known = cases.open_counts(ctx) if ctx.actor.has("payments.case.read") else {}
    return Waiting(known, opened, counted, carried, asked, agreed, refunds, exemptions, drafts, overdue, int(amount))
