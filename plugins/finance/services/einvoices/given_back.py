"""Meals that were given back, by the bill that had asked for them: what was not eaten is not sold."""

from __future__ import annotations

from sqlalchemy import BigInteger, Subquery, cast, func, select

from core.sdk import Context
from plugins.finance.models import Bill, BillLine, Credit, Round


def given_back(ctx: Context) -> Subquery:
    """`bill_id, item_id, amount` in dong.

    Credits of a month belong to its bills in their order, as closing the month counts them. What a correction asks
    again stands on a later bill, so only what was given counts.
    """
    credit = (
        select(Credit.person_id, Credit.item_id, Credit.month, func.sum(Credit.amount).label("amount"))
        .where(Credit.school_id == ctx.school_id, Credit.amount > 0)
        .group_by(Credit.person_id, Credit.item_id, Credit.month)
        .subquery("credit")
        .c
    )
    net = cast(func.sum(BillLine.amount), BigInteger)
    upto = func.sum(func.sum(BillLine.amount)).over(
        partition_by=(Bill.person_id, BillLine.item_id, credit.month), order_by=Bill.id
    )
    asked = (
        select(
            Bill.id.label("bill_id"), BillLine.item_id, net.label("net"), credit.amount, (upto - net).label("before")
        )
        .join(Round, (Round.school_id == ctx.school_id) & (Round.period == credit.month))
        .join(Bill, (Bill.round_id == Round.id) & (Bill.person_id == credit.person_id) & (Bill.state == "published"))
        .join(BillLine, (BillLine.bill_id == Bill.id) & (BillLine.item_id == credit.item_id))
        .where(BillLine.part == 0, BillLine.scope != "exception")
        .group_by(Bill.id, Bill.person_id, BillLine.item_id, credit.month, credit.amount)
        .subquery("asked")
        .c
    )
    amount = cast(func.least(asked.net, func.greatest(0, asked.amount - asked.before)), BigInteger)
    return select(asked.bill_id, asked.item_id, amount.label("amount")).subquery("given_back")
