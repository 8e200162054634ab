"""The prices of a round as the grid that an accountant fills in: a row a class, a column an item.

What is typed stays typed: a cell that cannot be read keeps its text beside its error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from core.sdk import Context, Message, _
from core.sdk.errors import Invalid
from plugins.finance.models import Item, Round
from plugins.finance.roll import SchoolClass, classes
from plugins.finance.rules.paste import Pasted, read_price

from .prices import PriceInput, prices, read_table, set_prices
from .rounds import round_items

_SAID: dict[str, Message] = {
    "W_AMOUNT_K": _("“%(text)s” was read as thousands."),
    "E_AMOUNT_UNREADABLE": _("“%(text)s” is not an amount."),
    "E_AMOUNT_TOO_SMALL": _("“%(text)s” is below 1,000 dong: the thousands seem to be lost."),
}


@dataclass(frozen=True, slots=True)
class GridRow:
    """The whole school, a grade, or a class."""

    key: str
    """`all`, `g<grade>` or the id of the class."""
    label: Message | str
    kind: str
    """`school`, `grade` or `class`."""
    above: tuple[str, ...] = ()
    """Rows whose price holds when this one has none, the nearest first."""


@dataclass(slots=True)
class Grid:
    """Rows and columns with what stands in the cells. Cells are named `p:<item>:<row>`, days `d:<item>:<row>`."""

    rows: list[GridRow]
    items: list[Item]
    cells: dict[str, str] = field(default_factory=dict)
    faults: dict[str, Message] = field(default_factory=dict)
    """By the name of the cell."""
    notes: list[Message] = field(default_factory=list)
    """What was read with a doubt, for the whole table."""

    def inherited(self, row: GridRow, item: Item, kind: str = "p") -> str:
        """What holds when the cell stays empty."""
        found = (self.cells.get(f"{kind}:{item.id}:{key}", "") for key in row.above)
        return next((text for text in found if text), "")


def grid(ctx: Context, round_id: UUID) -> Grid:
    """The grid as it is stored."""
    found = _empty(ctx, round_id)
    by_day = {item.id for item in found.items if item.unit == "day"}
    for price in prices(ctx, round_id):
        key = str(price.class_id) if price.class_id else f"g{price.grade}" if price.grade is not None else "all"
        found.cells[f"p:{price.item_id}:{key}"] = _written(price.unit_price)
        if price.item_id in by_day:
            found.cells[f"d:{price.item_id}:{key}"] = str(price.quantity)
    return found


def typed_grid(ctx: Context, round_id: UUID, cells: Mapping[str, str]) -> Grid:
    """The grid as it was typed."""
    found = _empty(ctx, round_id)
    found.cells = {name: text.strip()[:40] for name, text in cells.items() if name[:2] in ("p:", "d:") and text.strip()}
    return found


def paste(ctx: Context, round_id: UUID, cells: Mapping[str, str], text: str) -> tuple[Grid, Pasted]:
    """The typed grid with a pasted table put into it. Stores nothing.

    Returns:
        the grid, and the remarks on the pasted text.
    """
    found = typed_grid(ctx, round_id, cells)
    pasted, entries = read_table(ctx, round_id, text)
    by_day = {item.id for item in found.items if item.unit == "day"}
    for entry in entries:
        found.cells[f"p:{entry.item_id}:{entry.class_id}"] = _written(entry.unit_price)
        if entry.item_id in by_day and entry.quantity > 1:
            found.cells[f"d:{entry.item_id}:{entry.class_id}"] = str(entry.quantity)
    return found, pasted


def save_grid(ctx: Context, round_id: UUID, cells: Mapping[str, str], version: int | None = None) -> tuple[Round, Grid]:
    """Store what was typed; cells that are empty have no price of their own.

    Raises:
        Invalid: cells that cannot be read or break a rule, by the name of the cell.
        Conflict, PreconditionFailed: as `set_prices`.
    """
    found = typed_grid(ctx, round_id, cells)
    entries = _entries(found)
    if found.faults:
        raise Invalid(_("Some prices need another look."), fields=found.faults)
    try:
        row = set_prices(ctx, round_id, entries, version=version, replace=True)
    except Invalid as refused:
        raise Invalid(refused.message, fields=_by_cell(found, refused.fields)) from refused
    return row, found


def _empty(ctx: Context, round_id: UUID) -> Grid:
    return Grid(_rows(classes(ctx)), round_items(ctx, round_id))


def _rows(here: list[SchoolClass]) -> list[GridRow]:
    rows = [GridRow("all", _("Whole school"), "school")]
    grades = sorted({c.grade for c in here})
    for grade in grades:
        rows.append(GridRow(f"g{grade}", _("Grade %(grade)s", grade=grade), "grade", ("all",)))
        rows += [GridRow(str(c.id), c.name, "class", (f"g{grade}", "all")) for c in here if c.grade == grade]
    return rows


def _entries(found: Grid) -> list[PriceInput]:
    entries = []
    for row in found.rows:
        for item in found.items:
            name = f"p:{item.id}:{row.key}"
            text = found.cells.get(name, "")
            if not text:
                continue
            amount, code = read_price(text)
            if code is not None:
                said = Message(_SAID[code].msgid, {"text": text})
                if amount is None:
                    found.faults[name] = said
                    continue
                found.notes.append(said)
            if amount is not None and (days := _days(found, row, item)) is not None:
                entries.append(_entry(row, item, amount, days))
    return entries


def _days(found: Grid, row: GridRow, item: Item) -> int | None:
    """How often the price is asked: days of items that are counted by day, else once."""
    if item.unit != "day":
        return 1
    name = f"d:{item.id}:{row.key}"
    text = found.cells.get(name, "") or found.inherited(row, item, "d")
    if text.isdecimal() and len(text) <= 3:
        return int(text)
    found.faults[name] = (
        _("Say for how many days.") if not text else _("“%(text)s” is not a number of days.", text=text)
    )
    return None


def _entry(row: GridRow, item: Item, amount: int, quantity: int) -> PriceInput:
    if row.kind == "school":
        return PriceInput(item.id, amount, quantity)
    if row.kind == "grade":
        return PriceInput(item.id, amount, quantity, grade=int(row.key[1:]))
    return PriceInput(item.id, amount, quantity, class_id=UUID(row.key))


def _by_cell(found: Grid, fields: Mapping[str, Message]) -> dict[str, Message]:
    """Faults that the service names `<item code>:<class, grade or *>`, by the names of cells."""
    names: dict[str, str] = {}
    for row in found.rows:
        place = "*" if row.kind == "school" else row.key[1:] if row.kind == "grade" else str(row.label)
        names |= {f"{item.code}:{place}": f"p:{item.id}:{row.key}" for item in found.items}
    return {names.get(place, ""): message for place, message in fields.items()}


def _written(amount: int) -> str:
    return f"{amount:,}".replace(",", ".")
