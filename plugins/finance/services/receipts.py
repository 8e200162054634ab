"""Receipts: one for each posted collection, with a gapless number that a crash cannot lose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import false, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from core.sdk import Context, Payload, _, access, fold
from core.sdk.data import local_date, new_id
from core.sdk.errors import Conflict, Invalid, NotFound
from plugins.finance.events import RECEIPT_CANCELLED, RECEIPT_ISSUED
from plugins.finance.models import Receipt, ReceiptSeries

from ._page import Page
from ._receipt_content import content_of, payer_of
from ._trail import note


@dataclass(frozen=True, slots=True)
class Collection:
    """A posted collection, as `payments.collected` tells it. Amounts in dong."""

    entry_id: UUID
    person_id: UUID
    amount: int
    allocated: Mapping[UUID, int]
    """What each charge received; the rest stays as the pupil's balance."""
    attempt_id: UUID | None = None
    """The payment that was begun for it, if there was one: its payer may be somebody else than the guardian."""

    @classmethod
    def from_payload(cls, payload: Payload) -> Collection:
        allocated = {UUID(charge): int(amount) for charge, amount in payload["allocated"].items()}
        attempt = UUID(payload["attempt"]) if payload.get("attempt") else None
        return cls(UUID(payload["entry"]), UUID(payload["person"]), int(payload["amount"]), allocated, attempt)


def issue_receipt(ctx: Context, collection: Collection) -> UUID:
    """Issue the receipt of a collection; a repeated call gives the same one.

    The row of the year's counter is locked until the transaction ends: two workers take turns, and a number
    of a transaction that does not commit is taken by the next one.
    """
    day = local_date(ctx.now())
    _lock_series(ctx, day.year)
    known = ctx.session.scalar(
        select(Receipt.id).where(Receipt.entry_id == collection.entry_id, Receipt.person_id == collection.person_id)
    )
    if known is not None:
        return known
    number = _next(ctx, day.year)
    row = Receipt(
        id=new_id(),
        year=day.year,
        number=number,
        entry_id=collection.entry_id,
        person_id=collection.person_id,
        amount=collection.amount,
        received_at=ctx.now(),
        issued_at=ctx.now(),
        content=content_of(ctx, collection.person_id, collection.amount, collection.allocated, day, number)
        | payer_of(ctx, collection.attempt_id),
    )
    ctx.session.add(row)
    ctx.session.flush()
    facts = {
        "receipt_id": str(row.id),
        "person_id": str(row.person_id),
        "amount": row.amount,
        "year": row.year,
        "number": row.number,
    }
    note(ctx, RECEIPT_ISSUED, ("finance_receipt", row.id), facts, event=True)
    return row.id


def _lock_series(ctx: Context, year: int) -> None:
    ctx.session.execute(
        insert(ReceiptSeries).values(school_id=ctx.school_id, year=year, last_number=0).on_conflict_do_nothing()
    )
    ctx.session.execute(select(ReceiptSeries.last_number).where(ReceiptSeries.year == year).with_for_update())


def _next(ctx: Context, year: int) -> int:
    series = ctx.session.scalars(
        select(ReceiptSeries).where(ReceiptSeries.year == year).execution_options(populate_existing=True)
    ).one()
    series.last_number += 1
    return series.last_number


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A line of a list of receipts."""

    id: UUID
    label: str
    """`2026/000123`"""
    person_id: UUID
    full_name: str
    class_name: str
    amount: int
    issued_at: datetime
    state: str


def number_label(year: int, number: int) -> str:
    """A receipt number as people read it: `2026/000123`."""
    return f"{year}/{number:06d}"


_COLUMNS = (
    Receipt.id,
    Receipt.year,
    Receipt.number,
    Receipt.person_id,
    Receipt.content["pupil"]["name"].astext,
    Receipt.content["pupil"]["class"].astext,
    Receipt.amount,
    Receipt.issued_at,
    Receipt.state,
)


def _row(row: Any) -> ReceiptRow:
    receipt_id, year, number, *rest = row
    return ReceiptRow(receipt_id, number_label(year, number), *rest)


def receipts(
    ctx: Context,
    *,
    search: str = "",
    year: int | None = None,
    after: tuple[str, ...] | None = None,
    limit: int = 50,
) -> Page[ReceiptRow]:
    """Receipts, the newest first. `search` is a number, or a name or code without marks."""
    ctx.require("finance.receipt.read")
    query = select(*_COLUMNS)
    if year is not None:
        query = query.where(Receipt.year == year)
    text = fold(search)
    if text.isdecimal():
        number = Receipt.number == int(text) if len(text) < 10 else false()  # a longer one is no number of ours
        query = query.where(number | (Receipt.content["pupil"]["code"].astext == text))
    elif text:
        query = query.where(Receipt.content["search"].astext.contains(text, autoescape=True))
    if after is not None:
        query = query.where(tuple_(Receipt.year, Receipt.number) < tuple_(int(after[0]), int(after[1])))
    rows = ctx.session.execute(query.order_by(Receipt.year.desc(), Receipt.number.desc()).limit(limit + 1)).all()
    last = (str(rows[limit - 1].year), str(rows[limit - 1].number)) if len(rows) > limit else None
    return Page(tuple(_row(r) for r in rows[:limit]), last)


def receipts_of(ctx: Context, person_id: UUID) -> list[ReceiptRow]:
    """The receipts of one pupil, the newest first."""
    access.require_for(ctx, "finance.receipt.read", person_id)
    query = select(*_COLUMNS).where(Receipt.person_id == person_id).order_by(Receipt.id.desc())
    return [_row(row) for row in ctx.session.execute(query)]


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """One receipt as issued."""

    id: UUID
    label: str
    person_id: UUID
    amount: int
    issued_at: datetime
    state: str
    cancelled_at: datetime | None
    cancel_reason: str
    content: dict[str, Any]


def receipt(ctx: Context, receipt_id: UUID) -> ReceiptView:
    """One receipt.

    Raises:
        NotFound: no such receipt, or not one that this reader may see.
    """
    return view(find_receipt(ctx, receipt_id))


def find_receipt(ctx: Context, receipt_id: UUID) -> Receipt:
    """The stored receipt, for a reader who may see it."""
    row = _find(ctx, receipt_id)
    access.require_for(ctx, "finance.receipt.read", row.person_id)
    return row


def view(row: Receipt) -> ReceiptView:
    return ReceiptView(
        row.id,
        number_label(row.year, row.number),
        row.person_id,
        row.amount,
        row.issued_at,
        row.state,
        row.cancelled_at,
        row.cancel_reason,
        row.content,
    )


def _find(ctx: Context, receipt_id: UUID, *, lock: bool = False) -> Receipt:
    query = select(Receipt).where(Receipt.id == receipt_id)
    row = ctx.session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NotFound()
    return row


def cancel_receipt(ctx: Context, receipt_id: UUID, reason: str) -> ReceiptView:
    """Cancel a receipt; it keeps its number and prints as cancelled. The money is not touched.

    Raises:
        Invalid: no reason is given.
        Conflict: it is cancelled already.
    """
    ctx.require("finance.receipt.cancel")
    if not reason.strip():
        message = _("Please give the reason.")
        raise Invalid(message, fields={"reason": message})
    row = _find(ctx, receipt_id, lock=True)
    if row.state == "cancelled":
        raise Conflict(_("This receipt has been cancelled already."))
    row.state, row.cancelled_at, row.cancel_reason = "cancelled", ctx.now(), reason.strip()
    ctx.session.flush()
    facts = {"receipt_id": str(row.id), "reason": reason.strip()}
    note(ctx, RECEIPT_CANCELLED, ("finance_receipt", row.id), facts, event=True)
    return view(row)


def gaps(ctx: Context, year: int) -> list[int]:
    """Numbers that are missing in a year's series: always empty (fees.md C6); `doctor` asks."""
    last = ctx.session.scalar(select(ReceiptSeries.last_number).where(ReceiptSeries.year == year)) or 0
    there = set(ctx.session.scalars(select(Receipt.number).where(Receipt.year == year)))
    return [n for n in range(1, last + 1) if n not in there]


__all__ = [
    "Collection",
    "ReceiptRow",
    "ReceiptView",
    "cancel_receipt",
    "find_receipt",
    "gaps",
    "issue_receipt",
    "number_label",
    "receipt",
    "receipts",
    "receipts_of",
    "view",
]
