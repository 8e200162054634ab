"""Prices of a round by class, grade or whole school, and the pasted table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from core.sdk import Context, Message, _
from core.sdk.data import format_vnd, new_id
from core.sdk.errors import Invalid
from core.sdk.school import school_of
from plugins.finance.models import Item, Price, Round
from plugins.finance.roll import classes
from plugins.finance.rules.exemptions import last_day
from plugins.finance.rules.law import Maximum, ceiling, refusal
from plugins.finance.rules.paste import ColumnItem, Pasted, parse

from ._trail import note
from .items import maxima
from .rounds import changed, draft, round_, round_items


@dataclass(frozen=True, slots=True)
class PriceInput:
    """A unit price in dong for a class, else a grade, else the whole school."""

    item_id: UUID
    unit_price: int
    quantity: int = 1
    class_id: UUID | None = None
    grade: int | None = None


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A stored price."""

    id: UUID
    item_id: UUID
    class_id: UUID | None
    grade: int | None
    unit_price: int
    quantity: int


def prices(ctx: Context, round_id: UUID) -> list[PriceRow]:
    """Every price of a round."""
    ctx.require("finance.round.read")
    query = select(Price.id, Price.item_id, Price.class_id, Price.grade, Price.unit_price, Price.quantity)
    rows = ctx.session.execute(query.where(Price.round_id == round_id).order_by(Price.item_id, Price.id))
    return [PriceRow(*row) for row in rows]


def set_prices(
    ctx: Context,
    round_id: UUID,
    entries: Sequence[PriceInput],
    *,
    version: int | None = None,
    replace: bool = False,
) -> Round:
    """Set prices of a draft round; with `replace`, prices that are not named go.

    Raises:
        Invalid: an unknown item or class, a negative amount, a price above the ceiling; `fields` names each
            cell as `<item code>:<class, grade or *>`.
        Conflict: the round has been published.
    """
    ctx.require("finance.round.edit")
    row = draft(ctx, round_id, version)
    items = {item.id: item for item in round_items(ctx, round_id)}
    _check(ctx, row, items, entries)
    if replace:
        ctx.session.execute(delete(Price).where(Price.round_id == round_id))
    if entries:
        _store(ctx, round_id, entries)
    changed(row)
    note(ctx, "finance.round.prices", ("finance_round", row.id), {"prices": len(entries), "replaced": replace})
    return row


def _store(ctx: Context, round_id: UUID, entries: Sequence[PriceInput]) -> None:
    values = [
        {
            "id": new_id(),
            "school_id": ctx.school_id,
            "round_id": round_id,
            "item_id": e.item_id,
            "class_id": e.class_id,
            "grade": e.grade,
            "unit_price": e.unit_price,
            "quantity": e.quantity,
        }
        for e in entries
    ]
    statement = insert(Price)
    ctx.session.execute(
        statement.on_conflict_do_update(
            index_elements=["round_id", "item_id", "class_id", "grade"],
            set_={"unit_price": statement.excluded.unit_price, "quantity": statement.excluded.quantity},
        ),
        values,
    )


def _check(ctx: Context, row: Round, items: dict[UUID, Item], entries: Sequence[PriceInput]) -> None:
    known = {c.id: c.name for c in classes(ctx)}
    limits = maxima(ctx, set(items))
    faults: dict[str, Message] = {}
    for entry in entries:
        item = items.get(entry.item_id)
        place = known.get(entry.class_id, "?") if entry.class_id else str(entry.grade or "*")
        cell = f"{item.code if item else '?'}:{place}"
        if item is None:
            faults[cell] = _("This item is not part of the round.")
        elif entry.class_id is not None and entry.class_id not in known:
            faults[cell] = _("This class does not exist in the current year.")
        elif entry.unit_price < 0 or entry.quantity < 0:
            faults[cell] = _("An amount cannot be negative.")
        elif fault := _above(item, entry.unit_price, limits, row):
            faults[cell] = fault
    if faults:
        raise Invalid(_("Some prices need another look."), fields=faults)


def _above(item: Item, price: int, limits: dict[UUID, list[Maximum]], row: Round) -> Message | None:
    top = ceiling(limits.get(item.id, []), last_day(row.period))
    if top is None or price <= top.amount:
        return None
    return _("Above the ceiling of %(maximum)s (%(basis)s).", maximum=format_vnd(top.amount), basis=top.legal_basis)


_ALWAYS_THERE = (
    ("quy_tu_nguyen", "donation", ("Quỹ tự nguyện", "Ủng hộ", "Tài trợ")),
    ("hoc_phi", "tuition", ("Học phí",)),
)
"""Columns of school lists that are no items of a round."""


def _never_collected(ownership: str, on: date) -> list[ColumnItem]:
    found = [(code, kind, labels, refusal(kind, ownership, on)) for code, kind, labels in _ALWAYS_THERE]
    return [ColumnItem(code, labels, "once", kind, why) for code, kind, labels, why in found if why is not None]


def read_table(ctx: Context, round_id: UUID, text: str) -> tuple[Pasted, list[PriceInput]]:
    """Read a pasted table without storing it: what was understood, and prices to hand to `set_prices`."""
    row = round_(ctx, round_id)
    items = round_items(ctx, round_id)
    here = classes(ctx)
    columns = [ColumnItem(i.code, (i.label_vi, i.label_en), i.unit, i.kind) for i in items]
    columns += _never_collected(school_of(ctx).ownership, last_day(row.period))
    pasted = parse(text, columns, [c.name for c in here])
    item_ids = {i.code: i.id for i in items}
    class_ids = {c.name: c.id for c in here}
    entries = [
        PriceInput(item_ids[p.item_code], p.unit_price, p.quantity or 1, class_ids[p.class_name]) for p in pasted.prices
    ]
    return pasted, entries
