"""What a parent with an account sees: all children, what is to pay, what was paid."""

from __future__ import annotations

from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.web import file_response, page, render, see_other
from plugins.finance.services import bills, households, receipt_files

from .site import blueprint


@blueprint.get("/family")
@page("finance.bill.read.own")
def family(ctx: Context) -> str:
    """Each child with open bills, balance and receipts."""
    children = households.household(ctx)
    return render(
        "finance/family.html",
        children=children,
        open=sum(entry.child.open for entry in children),
        labels=bills.STATE_LABELS,
    )


@blueprint.get("/family/bills/<uuid:bill_id>")
@page("finance.bill.read.own")
def family_bill(ctx: Context, bill_id: UUID) -> ResponseReturnValue:
    """A bill of one's own child: the same page that a link opens."""
    return see_other(url_for("finance_pay.bill", token=households.own_link(ctx, bill_id)))


@blueprint.get("/family/receipts/<uuid:receipt_id>")
@page("finance.receipt.read.own")
def family_receipt(ctx: Context, receipt_id: UUID) -> ResponseReturnValue:
    """A receipt of one's own child as PDF."""
    name, content = receipt_files.receipt_pdf(ctx, receipt_id)
    return file_response(content, name, "application/pdf", inline=True)
