"""What the API answers of e-invoices. Money is whole dong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from .services.einvoices import Due, InvoiceView


class IssuedAnswer(TypedDict):
    """How many invoices are on their way."""

    made: int


class InvoiceBuyer(TypedDict):
    """Who buys."""

    name: str
    tax_code: str
    address: str
    email: str


class InvoiceLine(TypedDict):
    """One line as it went out; lines of an adjustment are below zero."""

    label: str
    unit: str
    quantity: int
    unit_price: int
    amount: int
    vat: str


class InvoiceLink(TypedDict):
    """Another invoice that belongs to it."""

    id: UUID
    number: str
    kind: str
    state: str


class EInvoiceAnswer(TypedDict):
    """One invoice."""

    id: UUID
    number: str
    key: str
    kind: str
    state: str
    person_id: UUID
    buyer: InvoiceBuyer
    lines: list[InvoiceLine]
    total: int
    reason: str
    error: str
    receipt_id: UUID | None
    symbol: str
    official_number: str
    retrieval_code: str
    authority_code: str
    url: str
    created_at: datetime
    valid_at: datetime | None
    original: InvoiceLink | None
    followed: list[InvoiceLink]


@dataclass(frozen=True, slots=True)
class InvoiceDue:
    """What one item of a bill lacks."""

    bill_id: UUID
    person_id: UUID
    item_id: UUID
    label: str
    amount: int

    @classmethod
    def of(cls, due: Due) -> InvoiceDue:
        """As the API tells it."""
        return cls(due.bill_id, due.person_id, due.item_id, due.label, due.amount)


def einvoice_answer(view: InvoiceView) -> EInvoiceAnswer:
    """One invoice as the API tells it."""
    row = view.row
    links = [InvoiceLink(id=o.id, number=o.label, kind=o.kind, state=o.state) for o in view.followed]
    first = view.original
    return {
        "id": row.id,
        "number": row.label,
        "key": row.key,
        "kind": row.kind,
        "state": row.state,
        "person_id": row.person_id,
        "buyer": row.content["buyer"],
        "lines": row.content["lines"],
        "total": row.total,
        "reason": row.reason,
        "error": row.error,
        "receipt_id": row.receipt_id,
        "symbol": row.symbol,
        "official_number": row.official_number,
        "retrieval_code": row.retrieval_code,
        "authority_code": row.authority_code,
        "url": row.url,
        "created_at": row.created_at,
        "valid_at": row.valid_at,
        "original": InvoiceLink(id=first.id, number=first.label, kind=first.kind, state=first.state) if first else None,
        "followed": links,
    }
