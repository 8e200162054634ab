"""Printed notices for a class: each pupil's bill with two codes, the pay link and the transfer."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context
from core.sdk.ledger import Charge, charges, payers
from core.sdk.payments import Transfer
from plugins.finance.models import Bill
from plugins.finance.rules.explain import ExplainedLine

from . import links
from ._explained import lines_of
from .bills import BillRow, open_of_class
from .issue import CHARGE_OF_BILL


@dataclass(frozen=True, slots=True)
class PaperBill:
    """One notice. `transfer` is None when nothing is owed or the school has no account without a surcharge."""

    bill: BillRow
    lines: tuple[ExplainedLine, ...]
    token: str
    transfer: Transfer | None


def class_notices(ctx: Context, round_id: UUID, class_name: str) -> list[PaperBill]:
    """The notices of a class for the bills that are still to pay, by name of the pupil."""
    ctx.require("finance.round.publish")
    rows = open_of_class(ctx, round_id, class_name)
    ids = [row.id for row in rows]
    lines = lines_of(ctx, ids)
    owed = {row.origin_id: row for row in charges.get(ctx, charges_of(ctx, ids))}
    return [
        PaperBill(
            row,
            lines.get(row.id, ()),
            links.pay_link(ctx, row.id),
            payers.transfer_code(ctx, owed[row.id]) if row.id in owed else None,
        )
        for row in rows
    ]


def charges_of(ctx: Context, bill_ids: list[UUID]) -> list[UUID]:
    """The charges of bills, for services that have asked for the right."""
    query = select(Charge.id).select_from(Bill).join(Charge, CHARGE_OF_BILL).where(Bill.id.in_(bill_ids))
    return list(ctx.session.scalars(query))
