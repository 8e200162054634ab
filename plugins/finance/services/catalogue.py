"""Taking over the province's list: missing items and dated ceilings, as often as one likes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context, _
from core.sdk.errors import Invalid
from core.sdk.imports import UnreadableFile, read_tables
from core.sdk.school import school_of
from plugins.finance.models import Ceiling, Item
from plugins.finance.rules.catalogue import CatalogueRow, chosen, read_rows

from ._trail import note
from .items import ItemInput, save_item, set_ceiling


@dataclass(frozen=True, slots=True)
class Taken:
    """What a list has brought."""

    items: int
    """Items that the school did not have."""
    ceilings: int
    same: int
    """Lines that stood here already."""
    others: int
    """Lines of other provinces, levels or groups."""


def read_catalogue(data: bytes) -> list[CatalogueRow]:
    """The rows of an uploaded workbook or CSV.

    Raises:
        Invalid: it cannot be read, no sheet is such a list, or a line is faulty (named with its row and column).
    """
    try:
        sheets = read_tables(data).sheets
    except UnreadableFile as error:
        raise Invalid(error.message, fields={"file": error.message}) from error
    rows = next((found for sheet in sheets if sheet.visible and (found := read_rows(sheet))), None)
    if rows is None:
        message = _("No list was found: it needs the columns code, item, maximum, from and legal basis.")
        raise Invalid(message, fields={"file": message})
    wrong = next((row for row in rows if row.fault), None)
    if wrong is not None:
        message = _(
            "Row %(row)s cannot be read (%(column)s). Nothing was taken over.", row=wrong.number, column=wrong.fault
        )
        raise Invalid(message, fields={"file": message})
    return rows


def groups(rows: Sequence[CatalogueRow]) -> list[str]:
    """Groups of schools that the list tells apart."""
    return sorted({row.group for row in rows if row.group})


def take_catalogue(ctx: Context, rows: Sequence[CatalogueRow], group: str = "") -> Taken:
    """Take over what holds for this school. Needs `finance.item.edit`.

    Earlier ceilings stay: of several, the one that began last counts. An item that is there keeps its name and kind.

    Raises:
        Invalid: the list tells groups apart and none of them was chosen, or no line is for this school.
    """
    ctx.require("finance.item.edit")
    school = school_of(ctx)
    known_groups = groups(rows)
    if known_groups and group not in known_groups:
        message = _("This list tells groups of schools apart: %(groups)s.", groups=", ".join(known_groups))
        raise Invalid(message, fields={"group": message})
    mine = chosen(rows, school.province, school.level, group)
    if not mine:
        message = _("No line of this list is for this school's province and level.")
        raise Invalid(message, fields={"file": message})
    known: dict[str, UUID] = {row.code: row.id for row in ctx.session.execute(select(Item.code, Item.id))}
    stand = {tuple(row) for row in ctx.session.execute(_STANDING)}
    made = put = 0
    for row in mine:
        if row.code not in known:
            known[row.code] = _add(ctx, row)
            made += 1
        if row.valid_from is None or (known[row.code], row.valid_from, row.maximum, row.valid_to) in stand:
            continue
        set_ceiling(
            ctx,
            known[row.code],
            maximum=row.maximum,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            legal_basis=row.legal_basis,
        )
        put += 1
    found = Taken(made, put, len(mine) - put, len(rows) - len(mine))
    facts = {"items": found.items, "ceilings": found.ceilings, "group": group}
    note(ctx, "finance.catalogue.taken", ("finance_catalogue", ctx.school_id), facts)
    return found


_STANDING = select(Ceiling.item_id, Ceiling.valid_from, Ceiling.maximum, Ceiling.valid_to)


def _add(ctx: Context, row: CatalogueRow) -> UUID:
    entry = ItemInput(row.code, row.label, row.label, row.kind, row.unit, row.legal_basis)
    return save_item(ctx, entry).id
