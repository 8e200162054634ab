"""Bills, lines and charges for many pupils at once, set-based."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    and_,
    cast,
    func,
    insert,
    literal,
    null,
    select,
    text,
)

from core.sdk import Context
from core.sdk.ledger import Charge, charges
from plugins.finance.models import Bill, BillLine, Item, Round

from .drafts import Draft

ORIGIN = "finance"
CHARGE_OF_BILL = and_(Charge.school_id == Bill.school_id, Charge.origin == ORIGIN, Charge.origin_id == Bill.id)
"""How lists join a bill to what the core knows of it."""
_ROOM = text("SET LOCAL work_mem = '64MB'")
"""Sorting and joining a whole school in memory, for this transaction only."""
Values = dict[str, ColumnElement[Any]]


def issue(ctx: Context, row: Round, draft: Draft, moment: datetime) -> None:
    """Insert bills and lines for the pupils of a draft as one statement, then open the charges as another.

    Args:
        moment: of issue; it names the bills of this run.
    """
    ctx.session.execute(_ROOM)
    bills = _bills(row, draft, moment)
    lines: Values = _line_values(row, draft).copy()
    lines["bill_id"] = bills.c.id
    source = select(*lines.values()).join_from(draft.lines, bills, bills.c.person_id == draft.lines.c.person_id)
    ctx.session.execute(insert(BillLine).from_select(list(lines), source, include_defaults=False))
    charges.open_many(ctx, ORIGIN, _charges(row, moment), memo=row.title)


def _bills(row: Round, draft: Draft, moment: datetime) -> Any:
    """The inserted bills, as a common table expression with `id` and `person_id`."""
    pupils, lines = draft.pupils, draft.lines
    total = cast(func.sum(lines.c.amount), BigInteger).label("total")
    sums = select(lines.c.person_id, total).group_by(lines.c.person_id).cte("sums")
    values: Values = {
        "id": func.uuidv7(),
        "school_id": literal(row.school_id),
        "round_id": literal(row.id),
        "person_id": pupils.c.person_id,
        "code": pupils.c.code,
        "full_name": pupils.c.full_name,
        "sort_key": pupils.c.sort_key,
        "search_text": pupils.c.search_text,
        "class_id": pupils.c.class_id,
        "class_name": pupils.c.class_name,
        "total": sums.c.total,
        "state": literal("published"),
        "issued_at": literal(moment, Bill.issued_at.type),
        "cancel_reason": literal(""),
    }
    source = select(*values.values()).join_from(pupils, sums, sums.c.person_id == pupils.c.person_id)
    return (
        insert(Bill)
        .from_select(list(values), source, include_defaults=False)
        .returning(Bill.id, Bill.person_id)
        .cte("bill")
    )


def _line_values(row: Round, draft: Draft) -> Values:
    lines = draft.lines
    names = ("item_id", "position", "quantity", "unit_price", "gross", "amount", "percent", "exemption_id")
    return {
        "school_id": literal(row.school_id),
        **{name: lines.c[name] for name in (*names, "reason", "scope")},
        "reduction": lines.c.gross - lines.c.amount,
    }


def of_run(row: Round, moment: datetime) -> ColumnElement[bool]:
    """The bills that were issued at one moment and that ask for money."""
    return and_(
        Bill.round_id == row.id,
        Bill.school_id == row.school_id,
        Bill.issued_at == moment,
        Bill.state == "published",
        Bill.total > 0,
    )


def _charges(row: Round, moment: datetime) -> Select[*tuple[Any, ...]]:
    """The charges of this run, with the accounts that each due belongs to.

    One pass over bills and their lines, grouped twice: rows this fresh have no statistics, and a join of two
    aggregates would be planned as a loop in a loop.
    """
    kept = (Bill.id, Bill.person_id, Bill.total, Bill.code, Bill.class_name)
    part = (
        select(*kept, Item.account, func.sum(BillLine.amount).label("amount"))
        .join(BillLine, BillLine.bill_id == Bill.id)
        .join(Item, Item.id == BillLine.item_id)
        .where(of_run(row, moment), BillLine.amount > 0)
        .group_by(*kept, Item.account)
        .subquery("part")
    )
    bill = part.c
    return select(
        bill.person_id,
        bill.id.label("origin_id"),
        bill.total.label("due"),
        literal(row.due_on).label("due_on"),
        literal(row.title).label("label"),
        func.jsonb_object_agg(bill.account, bill.amount).label("credits"),
        cast(null(), Text).label("reference"),
        func.jsonb_build_object("code", bill.code, "class_name", bill.class_name).label("hints"),
    ).group_by(bill.id, bill.person_id, bill.total, bill.code, bill.class_name)
