"""What is paid and not invoiced, by bill and item, in one statement. Meals that were given back are not sold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Row, cast, func, select

from core.sdk import Context
from core.sdk.ledger import Charge
from plugins.finance.models import Bill, BillLine, EInvoice, EInvoiceLine, Item, Round

from ..issue import CHARGE_OF_BILL
from .given_back import given_back

COUNTING = ("waiting", "sending", "unknown", "taken", "valid", "refused")
"""States in which an invoice stands for its lines; a refused one keeps its number and will be sent again."""


@dataclass(frozen=True, slots=True)
class Due:
    """What one item of a bill lacks. Dong; below zero where more is invoiced than is paid by now."""

    bill_id: UUID
    person_id: UUID
    item_id: UUID
    round_title: str
    label: str
    unit: str
    vat: str
    quantity: int
    unit_price: int
    amount: int


_NAMES = tuple(field.name for field in fields(Due))


def due_of(ctx: Context, bill_ids: Sequence[UUID] | None = None) -> list[Due]:
    """The differences, of some bills or of the whole school, in the order of pupils and bills.

    A part payment pays the lines in their order: line by line, and payment by payment, the sums are exact.
    """
    line = (
        select(
            BillLine.bill_id,
            BillLine.item_id,
            func.min(BillLine.position).label("position"),
            cast(func.sum(BillLine.amount), BigInteger).label("net"),
            func.max(BillLine.quantity).label("quantity"),
            func.max(BillLine.unit_price).label("unit_price"),
            (func.sum(BillLine.amount) == func.max(BillLine.quantity * BillLine.unit_price)).label("plain"),
        )
        .where(BillLine.school_id == ctx.school_id)
        .group_by(BillLine.bill_id, BillLine.item_id)
    )
    if bill_ids is not None:
        line = line.where(BillLine.bill_id.in_(bill_ids))
    else:  # only bills that have such an item at all
        wanted = select(BillLine.bill_id).join(Item, Item.id == BillLine.item_id).where(Item.document == "invoice")
        line = line.where(BillLine.bill_id.in_(wanted.where(BillLine.school_id == ctx.school_id)))
    lines = line.subquery("line").c
    before = func.sum(lines.net).over(partition_by=lines.bill_id, order_by=(lines.position, lines.item_id)) - lines.net
    run = select(*lines, cast(before, BigInteger).label("before")).subquery("run").c
    done = (
        select(EInvoiceLine.bill_id, EInvoiceLine.item_id, func.sum(EInvoiceLine.amount).label("amount"))
        .join(EInvoice, EInvoice.id == EInvoiceLine.invoice_id)
        .where(EInvoiceLine.school_id == ctx.school_id, EInvoice.state.in_(COUNTING))
        .group_by(EInvoiceLine.bill_id, EInvoiceLine.item_id)
        .subquery("done")
        .c
    )
    given = given_back(ctx)
    back = given.c
    eaten = run.net - func.coalesce(back.amount, 0)
    paid = func.least(eaten, func.greatest(0, func.coalesce(Charge.allocated, 0) - run.before))
    amount = cast(paid - func.coalesce(done.amount, 0), BigInteger)
    query = (
        select(
            Bill.id.label("bill_id"), Bill.person_id, Item.id.label("item_id"), Round.title.label("round_title"),
            Item.label_vi.label("label"), Item.unit, Item.vat_label.label("vat"),
            run.quantity, run.unit_price, amount.label("amount"), (run.plain & (amount == run.net)).label("whole"),
        )
        .join_from(Bill, run.bill_id.table, run.bill_id == Bill.id)
        .join(Item, Item.id == run.item_id)
        .join(Round, Round.id == Bill.round_id)
        .outerjoin(Charge, CHARGE_OF_BILL)
        .outerjoin(done.bill_id.table, (done.bill_id == run.bill_id) & (done.item_id == run.item_id))
        .outerjoin(given, (back.bill_id == run.bill_id) & (back.item_id == run.item_id))
        .where(Bill.school_id == ctx.school_id, Item.document == "invoice", amount != 0)
        .order_by(Bill.sort_key, Bill.person_id, Round.period, Bill.id, run.position)
    )  # fmt: skip
    return [_due(row) for row in ctx.session.execute(query)]


def _due(row: Row[*tuple[Any, ...]]) -> Due:
    """Quantity and price are told where the whole line is meant; a part of it is one sum."""
    found = Due(**{name: getattr(row, name) for name in _NAMES})
    return found if row.whole else replace(found, quantity=1, unit_price=found.amount)
