"""How much of each item of a bill is paid: money pays the lines in the order in which they stand on the bill.

Money belongs to the bill, not to a line; this is how lists of items are made, always in the same way.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, ColumnElement, Subquery, and_, cast, func, select

from core.sdk.ledger import Charge
from plugins.finance.models import Bill, BillLine, Round
from plugins.finance.services.issue import CHARGE_OF_BILL


def paid_items(*chosen: ColumnElement[bool]) -> Subquery:
    """Items of live bills: `school_id, bill_id, round_id, person_id, item_id, quantity, price, amount, paid`.

    What the state pays and what a correction asks again count with their item.

    Args:
        chosen: conditions on `Bill`, `Round` and `Charge`.
    """
    line = (
        select(
            Bill.school_id,
            Bill.id.label("bill_id"),
            Bill.round_id,
            Bill.person_id,
            BillLine.item_id,
            func.min(BillLine.position).label("position"),
            func.max(BillLine.unit_price).filter(BillLine.part == 0, BillLine.scope != "exception").label("price"),
            cast(func.sum(BillLine.amount), BigInteger).label("amount"),
            func.coalesce(func.max(Charge.allocated), 0).label("allocated"),
            func.max(Charge.due_on).label("due_on"),
        )
        .join(Round, Round.id == Bill.round_id)
        .join(BillLine, and_(BillLine.bill_id == Bill.id, BillLine.school_id == Bill.school_id))
        .outerjoin(Charge, CHARGE_OF_BILL)
        .where(Bill.state == "published", *chosen)
        .group_by(Bill.school_id, Bill.id, Bill.round_id, Bill.person_id, BillLine.item_id)
        .subquery("line")
        .c
    )
    before = func.sum(line.amount).over(partition_by=line.bill_id, order_by=(line.position, line.item_id)) - line.amount
    paid = cast(func.greatest(0, func.least(line.amount, line.allocated - before)), BigInteger)
    return select(*line, paid.label("paid")).subquery("paid_item")
