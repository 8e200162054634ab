"""What this module holds on a person. Books are kept: the Law on Accounting wants their papers for ten years."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from core.sdk import Context, Erasure, Held, Kept, Message, PersonalData, PersonReference, _
from core.sdk.data import format_vnd, local_date

from .models import Absence, Bill, Exemption, Payout, Receipt, Round

YEARS = 10
"""Law on Accounting 88/2015/QH13, article 41: papers that books are written from."""
_REASON = _("Papers of the books are kept for at least ten years (Law on Accounting 88/2015/QH13, article 41).")
_MOST = 200


def show(ctx: Context, person_id: UUID) -> Sequence[Held]:
    """Bills, receipts and exemptions."""
    bills = (
        select(Round.title, Bill.total)
        .join(Round, Round.id == Bill.round_id)
        .where(Bill.school_id == ctx.school_id, Bill.person_id == person_id)
        .order_by(Bill.id.desc())
        .limit(_MOST)
    )
    receipts = (
        select(Receipt.year, Receipt.number, Receipt.amount)
        .where(Receipt.school_id == ctx.school_id, Receipt.person_id == person_id)
        .order_by(Receipt.id.desc())
        .limit(_MOST)
    )
    exemptions = select(Exemption.group_code, Exemption.evidence).where(
        Exemption.school_id == ctx.school_id, Exemption.person_id == person_id
    )
    facts: list[tuple[Message, str]] = []
    facts += [(_("Bill"), f"{row.title}: {format_vnd(row.total)}") for row in ctx.session.execute(bills)]
    facts += [
        (_("Receipt"), f"{row.number}/{row.year}: {format_vnd(row.amount)}") for row in ctx.session.execute(receipts)
    ]
    facts += _meals_and_payouts(ctx, person_id)
    facts += [(_("Exemption"), f"{row.group_code}: {row.evidence}") for row in ctx.session.execute(exemptions)]
    return [Held(_("Fees"), facts)] if facts else []


def _meals_and_payouts(ctx: Context, person_id: UUID) -> list[tuple[Message, str]]:
    away = (
        select(Absence.day)
        .where(Absence.school_id == ctx.school_id, Absence.person_id == person_id)
        .order_by(Absence.day.desc())
        .limit(_MOST)
    )
    paid = (
        select(Payout.amount, Payout.to_whom)
        .where(Payout.school_id == ctx.school_id, Payout.person_id == person_id)
        .order_by(Payout.id.desc())
        .limit(_MOST)
    )
    facts = [(_("Day without a meal"), f"{day:%d/%m/%Y}") for day in ctx.session.scalars(away)]
    return facts + [(_("Payout"), f"{format_vnd(row.amount)}: {row.to_whom}") for row in ctx.session.execute(paid)]


def erase(ctx: Context, person_id: UUID, really: bool) -> Erasure:
    """Nothing goes before its time."""
    last = ctx.session.execute(
        select(func.max(Bill.issued_at)).where(Bill.school_id == ctx.school_id, Bill.person_id == person_id)
    ).scalar_one()
    if last is None and not show(ctx, person_id):
        return Erasure()
    until = date(local_date(last).year + YEARS, 12, 31) if last else None
    return Erasure(kept=[Kept(_("Bills, receipts, exemptions"), _REASON, until)])


PERSONAL = [
    PersonalData(
        "finance.books",
        _("Fees"),
        purpose=_("To ask for fees, to prove what was paid."),
        basis=_("Law on Accounting 88/2015/QH13; Decree 238/2025/ND-CP on tuition"),
        retention=_("At least ten years after the year of the payment"),
        data_classes=("identity", "finance"),
        show=show,
        erase=erase,
        order=200,
    )
]

REFERENCES = [
    PersonReference("finance_bill", "person_id", "stay"),
    PersonReference("finance_receipt", "person_id", "stay"),
    PersonReference("finance_einvoice", "person_id", "stay"),
    PersonReference("finance_exemption", "person_id"),
    PersonReference("finance_exception", "person_id", same=("round_id", "item_id"), refuse_same=True),
    PersonReference("finance_absence", "person_id", same=("day",), key=("person_id", "day")),
    PersonReference("finance_credit", "person_id", "stay"),
    PersonReference("finance_payout", "person_id", "stay"),
    PersonReference("finance_link_stop", "person_id", "stay"),
    PersonReference("finance_drawer_move", "person_id", "stay"),
    PersonReference("finance_opening_line", "person_id", "stay"),
]
"""Papers and money stay with the record for which they were made; their charges (core) say whether one is open."""
