"""The printed receipt, rendered once and kept in the file store until content, state or template change."""

from __future__ import annotations

from uuid import UUID

from core.sdk import Context, files
from plugins.finance.documents import receipt as document

from .receipts import find_receipt, number_label


def receipt_pdf(ctx: Context, receipt_id: UUID) -> tuple[str, bytes]:
    """File name and PDF/A document of a receipt.

    Raises:
        NotFound: no such receipt, or not one that this reader may see.
    """
    row = find_receipt(ctx, receipt_id)
    name = f"bien-lai-{number_label(row.year, row.number).replace('/', '-')}.pdf"
    text = document.inputs(row.content, cancelled=row.state == "cancelled", cancel_reason=row.cancel_reason)
    key = document.key_of(text)
    if row.file_id is not None and row.file_key == key:
        with files.open(ctx, row.file_id) as content:
            return name, content.read()
    pdf = document.render(text, row.issued_at)
    stored = files.store(ctx, pdf, name=name, media_type="application/pdf", purpose="finance.receipt")
    row.file_id = stored.id
    row.file_key = key
    return name, pdf


def private_receipt_pdf(ctx: Context, receipt_id: UUID) -> tuple[str, bytes]:
    """The same document for somebody who has only a pay link: initials for the name. Not kept: it is quickly made.

    Raises:
        NotFound: no such receipt.
    """
    row = find_receipt(ctx, receipt_id)
    name = f"bien-lai-{number_label(row.year, row.number).replace('/', '-')}.pdf"
    cancelled = row.state == "cancelled"
    text = document.inputs(row.content, cancelled=cancelled, cancel_reason=row.cancel_reason, private=True)
    return name, document.render(text, row.issued_at)
