"""Invoices as the accountant, the receipt and the family see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_

from core.sdk import Context, Message, _, fold
from core.sdk.errors import NotFound
from plugins.finance.models import EInvoice, EInvoiceSeries, Receipt

from .._page import Page
from ..receipts import number_label

STATES: dict[str, tuple[str, Message]] = {
    "waiting": ("wait", _("To be sent")),
    "sending": ("wait", _("Being sent")),
    "unknown": ("attention", _("No answer yet")),
    "taken": ("wait", _("Waits for the tax authority's code")),
    "valid": ("ok", _("Valid")),
    "refused": ("attention", _("Refused by the service")),
    "replaced": ("stop", _("Replaced")),
    "cancelled": ("stop", _("Cancelled")),
    "dropped": ("stop", _("Given up")),
}
KINDS: dict[str, Message] = {
    "issue": _("Invoice"),
    "adjust": _("Adjusting invoice"),
    "replace": _("Replacing invoice"),
    "cancel": _("Cancellation"),
}
VIEWS: dict[str, tuple[str, ...]] = {
    "open": ("waiting", "sending", "unknown", "taken"),
    "refused": ("refused",),
    "valid": ("valid",),
    "ended": ("replaced", "cancelled", "dropped"),
}
"""Filters of the list."""


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """A line of a list."""

    id: UUID
    key: str
    label: str
    kind: str
    pupil: str
    class_name: str
    buyer: str
    total: int
    symbol: str
    official_number: str
    state: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Linked:
    """Another invoice that belongs to this one."""

    id: UUID
    label: str
    kind: str
    state: str


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """One invoice with everything about it."""

    row: EInvoice
    receipt_label: str
    original: Linked | None
    followed: tuple[Linked, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many invoices are where."""

    open: int
    unknown: int
    refused: int
    valid: int


def counts(ctx: Context) -> Counts:
    """For the top of the page."""
    ctx.require("finance.einvoice.read")
    query = select(EInvoice.state, func.count()).where(EInvoice.school_id == ctx.school_id).group_by(EInvoice.state)
    found: dict[str, int] = {row[0]: row[1] for row in ctx.session.execute(query)}
    open_ = sum(found.get(state, 0) for state in VIEWS["open"])
    return Counts(open_, found.get("unknown", 0), found.get("refused", 0), found.get("valid", 0))


def invoices(
    ctx: Context, *, view: str = "", search: str = "", after: tuple[str, ...] | None = None, limit: int = 50
) -> Page[InvoiceRow]:
    """The newest first. `search`: our number, the official one, a name or code."""
    ctx.require("finance.einvoice.read")
    query = select(EInvoice).where(EInvoice.school_id == ctx.school_id)
    if view in VIEWS:
        query = query.where(EInvoice.state.in_(VIEWS[view]))
    if text := fold(search):
        named = EInvoice.content["search"].astext.contains(text, autoescape=True)
        number = EInvoice.official_number == search.strip()
        query = query.where(named | number | (func.lower(EInvoice.key).contains(text, autoescape=True)))
    if after is not None:
        place = tuple_(datetime.fromisoformat(after[0]), UUID(after[1]))
        query = query.where(tuple_(EInvoice.created_at, EInvoice.id) < place)
    query = query.order_by(EInvoice.created_at.desc(), EInvoice.id.desc()).limit(limit + 1)
    rows = list(ctx.session.scalars(query))
    last = rows[limit - 1] if len(rows) > limit else None
    next_ = (last.created_at.isoformat(), str(last.id)) if last else None
    return Page(tuple(_row(row) for row in rows[:limit]), next_)


def _row(row: EInvoice) -> InvoiceRow:
    content: dict[str, Any] = row.content
    return InvoiceRow(
        row.id, row.key, row.label, row.kind, content["pupil"]["name"], content["pupil"]["class"],
        content["buyer"]["name"], row.total, row.symbol, row.official_number, row.state, row.created_at,
    )  # fmt: skip


def invoice(ctx: Context, invoice_id: UUID) -> InvoiceView:
    """One invoice.

    Raises:
        NotFound: no such invoice at this school.
    """
    ctx.require("finance.einvoice.read")
    mine = EInvoice.school_id == ctx.school_id
    row = ctx.session.scalar(select(EInvoice).where(mine, EInvoice.id == invoice_id))
    if row is None:
        raise NotFound()
    original = ctx.session.scalar(select(EInvoice).where(mine, EInvoice.id == row.original_id))
    followed = ctx.session.scalars(select(EInvoice).where(mine, EInvoice.original_id == row.id).order_by(EInvoice.id))
    receipt = ctx.session.scalar(select(Receipt).where(Receipt.id == row.receipt_id)) if row.receipt_id else None
    label = number_label(receipt.year, receipt.number) if receipt else ""
    return InvoiceView(row, label, _linked(original) if original else None, tuple(_linked(r) for r in followed))


def _linked(row: EInvoice) -> Linked:
    return Linked(row.id, row.label, row.kind, row.state)


def of_receipt(ctx: Context, receipt_id: UUID) -> list[EInvoice]:
    """The invoices of a payment and those that stand for them now. The caller may see the receipt."""
    own = select(EInvoice).where(EInvoice.school_id == ctx.school_id, EInvoice.receipt_id == receipt_id)
    found = list(ctx.session.scalars(own.order_by(EInvoice.id)))
    ids = [row.id for row in found]
    following = select(EInvoice).where(
        EInvoice.school_id == ctx.school_id, EInvoice.original_id.in_(ids), EInvoice.kind != "cancel"
    )
    return found + (list(ctx.session.scalars(following.order_by(EInvoice.id))) if ids else [])


def gaps(ctx: Context, year: int) -> list[int]:
    """Numbers that are missing in a year's series: always empty."""
    series = select(EInvoiceSeries.last_number).where(EInvoiceSeries.school_id == ctx.school_id)
    last = ctx.session.scalar(series.where(EInvoiceSeries.year == year)) or 0
    mine = select(EInvoice.number).where(EInvoice.school_id == ctx.school_id, EInvoice.year == year)
    there = set(ctx.session.scalars(mine))
    return [number for number in range(1, last + 1) if number not in there]
