"""Bills, lines and charges for many pupils at once, set-based."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
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
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from core.sdk import Context
from core.sdk.ledger import SUBSIDY, Charge, charges
from plugins.finance.models import Bill, BillLine, Credit, Item, Round, RoundItem

from .drafts import Draft, waits_for_bill

ORIGIN = "finance"
CHARGE_OF_BILL = and_(Charge.school_id == Bill.school_id, Charge.origin == ORIGIN, Charge.origin_id == Bill.id)
"""How lists join a bill to what the core knows of it."""
_ROOM = text("SET LOCAL work_mem = '128MB'")
"""Sorting and joining a whole school in memory, for this transaction only."""
Values = dict[str, ColumnElement[Any]]


def issue(ctx: Context, row: Round, draft: Draft, moment: datetime) -> None:
    """Insert bills and lines for the pupils of a draft and open their charges, in one pass over the draft.

    Rows go in by bill and pupil, as the draft has them: neighbours meet on the same pages of the indexes.

    Args:
        moment: of issue; it names the bills of this run.
    """
    ctx.session.execute(_ROOM)
    asked = _asked(ctx, row, draft)
    bills = _bills(row, draft, asked, moment)
    issued = _issued_lines(row, draft, bills)
    charges.open_many(ctx, ORIGIN, _charges(row, bills, asked).add_cte(issued), memo=row.title)
    _carry(ctx, row, moment)


def _carry(ctx: Context, row: Round, moment: datetime) -> None:
    """Meals of months before are now shown, or asked again, on these bills."""
    new = and_(Bill.round_id == row.id, Bill.issued_at == moment, Bill.person_id == Credit.person_id)
    statement = (
        update(Credit)
        .values(on_bill_id=Bill.id)
        .where(waits_for_bill(row), Credit.month < row.period, new, Bill.state == "published")
        .execution_options(synchronize_session=False)
    )
    ctx.session.execute(statement)


def uncarried(ctx: Context, bills: ColumnElement[bool]) -> None:
    """Bills are taken back: the next one shows the meals that they carried."""
    statement = (
        update(Credit)
        .values(on_bill_id=None)
        .where(Credit.school_id == ctx.school_id, Credit.on_bill_id == Bill.id, bills)
        .execution_options(synchronize_session=False)
    )
    ctx.session.execute(statement)


def _asked(ctx: Context, row: Round, draft: Draft) -> CTE:
    """What each pupil is asked: `person_id`, `total`, and `credits`, the accounts of it (NULL without any).

    What the state pays is earned as well: it is owed by the state, so its account is debited. The accounts of a round
    are few and known, so that each is a sum of its own in one pass.
    """
    mine = select(RoundItem.item_id).where(RoundItem.round_id == row.id)
    names = sorted(set(ctx.session.scalars(select(Item.account).where(Item.id.in_(mine)))) - {SUBSIDY})
    lines = draft.lines
    of_account = [(name, and_(lines.c.amount > 0, Item.account == name)) for name in names]
    of_state = or_(lines.c.amount < 0, Item.account == SUBSIDY)
    parts = [
        (literal(name, Text), func.sum(lines.c.amount).filter(of)) for name, of in [*of_account, (SUBSIDY, of_state)]
    ]
    given = func.jsonb_strip_nulls(
        func.jsonb_build_object(*(value for name, part in parts for value in (name, func.nullif(part, 0))))
    )
    total = cast(func.sum(lines.c.amount), BigInteger)
    return (
        select(lines.c.person_id, total.label("total"), func.nullif(given, cast({}, JSONB)).label("credits"))
        .join(Item, Item.id == lines.c.item_id)
        .group_by(lines.c.person_id)
        .cte("asked")
    )


def _bills(row: Round, draft: Draft, asked: CTE, moment: datetime) -> CTE:
    """The inserted bills, as a common table expression with `id`, `person_id`, `code` and `class_name`."""
    pupils = draft.pupils
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
        "total": asked.c.total,
        "state": literal("published"),
        "issued_at": literal(moment, Bill.issued_at.type),
        "cancel_reason": literal(""),
    }
    source = select(*values.values()).join_from(pupils, asked, asked.c.person_id == pupils.c.person_id)
    return (
        insert(Bill)
        .from_select(list(values), source, include_defaults=False)
        .returning(Bill.id, Bill.person_id, Bill.code, Bill.class_name)
        .cte("bill")
    )


def _issued_lines(row: Round, draft: Draft, bills: CTE) -> CTE:
    """The lines, inserted on the way; nothing of them is needed any more."""
    lines = draft.lines
    names = ("item_id", "part", "position", "quantity", "unit_price", "gross", "amount", "percent", "exemption_id")
    values: Values = {
        "school_id": literal(row.school_id),
        **{name: lines.c[name] for name in (*names, "rule_id", "reason", "scope")},
        "reduction": lines.c.gross - lines.c.amount,
        "bill_id": bills.c.id,
    }
    source = select(*values.values()).join_from(lines, bills, bills.c.person_id == lines.c.person_id)
    return insert(BillLine).from_select(list(values), source, include_defaults=False).cte("issued")


def _charges(row: Round, bills: CTE, asked: CTE) -> Select[*tuple[Any, ...]]:
    """A charge for each bill that asks for money, of the family or of the state."""
    return (
        select(
            bills.c.person_id,
            bills.c.id.label("origin_id"),
            asked.c.total.label("due"),
            literal(row.due_on).label("due_on"),
            literal(row.title).label("label"),
            asked.c.credits,
            cast(null(), Text).label("reference"),
            func.jsonb_build_object("code", bills.c.code, "class_name", bills.c.class_name).label("hints"),
        )
        .join_from(bills, asked, asked.c.person_id == bills.c.person_id)
        .where(asked.c.credits.is_not(None))
    )
