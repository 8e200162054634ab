"""The printed receipt, rendered once and kept in the file store until content, state or template change."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from core.sdk import Context, files
from plugins.finance.documents import receipt as document

from .einvoices.reading import of_receipt
from .receipts import find_receipt, number_label


def receipt_pdf(ctx: Context, receipt_id: UUID) -> tuple[str, bytes]:
    """File name and PDF/A document of a receipt.

    Raises:
        NotFound: no such receipt, or not one that this reader may see.
    """
    row = find_receipt(ctx, receipt_id)
    name = f"bien-lai-{number_label(row.year, row.number).replace('/', '-')}.pdf"
    text = document.inputs(
        row.content,
        cancelled=row.state == "cancelled",
        cancel_reason=row.cancel_reason,
        einvoices=_invoices(ctx, row.id),
    )
    key = document.key_of(text)
    if row.file_id is not None and row.file_key == key:
        with files.open(ctx, row.file_id) as content:
            return name, content.read()
    pdf = document.render(text, row.issued_at)
    stored = files.store(ctx, pdf, name=name, media_type="application/pdf", purpose="finance.receipt")
    row.file_id = stored.id
    row.file_key = key
    return name, pdf


def receipts_pdf(ctx: Context, receipt_ids: Sequence[UUID]) -> bytes:
    """Several receipts as one document, a page each, for one print. Not kept.

    Raises:
        NotFound: one of them is not there, or not for this reader.
    """
    rows = [find_receipt(ctx, receipt_id) for receipt_id in receipt_ids]
    texts = [
        document.inputs(
            row.content,
            cancelled=row.state == "cancelled",
            cancel_reason=row.cancel_reason,
            einvoices=_invoices(ctx, row.id),
        )
        for row in rows
    ]
    return document.render(f"[{','.join(texts)}]", rows[0].issued_at)


def private_receipt_pdf(ctx: Context, receipt_id: UUID) -> tuple[str, bytes]:
    """The same document for somebody who has only a pay link: initials for the name. Not kept: it is quickly made.

    Raises:
        NotFound: no such receipt.
    """
    row = find_receipt(ctx, receipt_id)
    name = f"bien-lai-{number_label(row.year, row.number).replace('/', '-')}.pdf"
    cancelled = row.state == "cancelled"
    text = document.inputs(
        row.content,
        cancelled=cancelled,
        cancel_reason=row.cancel_reason,
        private=True,
        einvoices=_invoices(ctx, row.id),
    )
    return name, document.render(text, row.issued_at)


def _invoices(ctx: Context, receipt_id: UUID) -> list[str]:
    """The invoices in force that belong to a receipt, as the buyer looks them up."""
    found = [row for row in of_receipt(ctx, receipt_id) if row.state in ("taken", "valid")]
    return [f"{row.symbol} số {row.official_number}, mã tra cứu {row.retrieval_code}" for row in found]
