"""Collection by item against the ceilings over many schools: for departments, without names and small numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, and_, cast, func, or_, select

from core.sdk import Cell, Context, Message, _
from core.sdk.school import School
from plugins.finance.models import Bill, Ceiling, Item, Round

from .by_item import paid_items

FEWEST = 10
"""Below so many pupils a sum tells of each of them."""
_MONTHS = 24
_ABOVE = _("Above the ceiling")


def months(ctx: Context) -> list[tuple[str, str | Message]]:
    """The months with published rounds, the latest first: of all schools, so that nothing of one follows."""
    query = select(Round.period).where(Round.state != "draft").distinct().order_by(Round.period.desc()).limit(_MONTHS)
    return [(day.isoformat(), f"{day:%m/%Y}") for day in ctx.session.scalars(query)]


def by_item(ctx: Context, schools: Sequence[UUID], values: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    """One row a school and item of a month, those above their ceiling first, then by item.

    `school, item, price, ceiling, over, pupils, asked, paid, percent`. The price is the highest of the price list; of
    items with fewer than `FEWEST` pupils the numbers stay away. One statement.
    """
    chosen = values.get("month") or next((value for value, _label in months(ctx)), "")
    if not chosen:
        return
    month = date.fromisoformat(chosen)
    line = paid_items(Bill.school_id.in_(schools), Round.period == month)
    ceiling = (
        select(func.min(Ceiling.maximum))
        .where(
            Ceiling.item_id == Item.id,
            Ceiling.school_id == Item.school_id,
            Ceiling.valid_from <= month,
            or_(Ceiling.valid_to.is_(None), Ceiling.valid_to >= month),
        )
        .correlate(Item)
        .scalar_subquery()
    )
    price = func.max(line.c.price)
    rows = ctx.session.execute(
        select(
            School.name,
            Item.label_vi,
            price.label("price"),
            ceiling.label("ceiling"),
            func.count(line.c.person_id.distinct()).label("pupils"),
            cast(func.sum(line.c.amount), BigInteger).label("asked"),
            cast(func.sum(line.c.paid), BigInteger).label("paid"),
        )
        .join(Item, and_(Item.id == line.c.item_id, Item.school_id == line.c.school_id))
        .join(School, School.id == line.c.school_id)
        .where(Item.kind != "donation")
        .group_by(School.id, Item.id)
        .order_by(func.coalesce(price > ceiling, False).desc(), Item.code, School.name, School.id)
    )
    for row in rows:
        over = row.ceiling is not None and row.price is not None and row.price > row.ceiling
        said = _ABOVE if over else _("No ceiling") if row.ceiling is None else _("Within the ceiling")
        numbers: tuple[Cell, ...] = (_("Fewer than %(count)s", count=FEWEST), None, None, None)
        if row.pupils >= FEWEST:
            numbers = (str(row.pupils), row.asked, row.paid, f"{100 * row.paid // row.asked} %" if row.asked else None)
        yield (row.name, row.label_vi, row.price, row.ceiling, said, *numbers)
