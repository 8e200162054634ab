"""What finance records in the audit trail, in plain words, and the pages of the records it happened to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from core.sdk import AuditAction, AuditTarget, Context, Message, _
from core.sdk.audit import names_of, uuids
from core.sdk.data import format_vnd
from core.sdk.people import Person

from . import events
from .models import (
    Bill,
    Deposit,
    Drawer,
    EInvoice,
    Exemption,
    Fund,
    Item,
    OpeningBatch,
    Payout,
    Receipt,
    Round,
    StatementUpload,
)
from .services.receipts import number_label


def _bills(detail: Mapping[str, Any]) -> Message | None:
    if "total" not in detail:
        return _("%(count)s bills", count=detail.get("bills", 0))
    return _("%(count)s bills, %(total)s", count=detail["bills"], total=format_vnd(detail["total"]))


def _amount(detail: Mapping[str, Any]) -> Message | None:
    amount = detail.get("amount", detail.get("total", detail.get("maximum")))
    return _("Amount: %(amount)s", amount=format_vnd(amount)) if isinstance(amount, int) else None


def _percent(detail: Mapping[str, Any]) -> Message | None:
    return _("%(percent)s%% off", percent=detail["percent"])


ACTIONS = [
    AuditAction("finance.item.saved", _("Fee item saved")),
    AuditAction("finance.catalogue.taken", _("List of the province taken over")),
    AuditAction("finance.ceiling.set", _("Ceiling of a fee item set"), _amount),
    AuditAction("finance.round.opened", _("Collection round prepared")),
    AuditAction("finance.round.changed", _("Collection round changed")),
    AuditAction("finance.round.items", _("Items of a round chosen")),
    AuditAction("finance.round.prices", _("Prices of a round set")),
    AuditAction("finance.round.exceptions", _("Exceptions of pupils entered")),
    AuditAction("finance.round.exception_removed", _("Exception of a pupil removed")),
    AuditAction("finance.round.closed", _("Collection round closed")),
    AuditAction(events.ROUND_PUBLISHED, _("Collection round published"), _bills),
    AuditAction(events.ROUND_WITHDRAWN, _("Collection round withdrawn"), _bills),
    AuditAction(events.BILL_CANCELLED, _("Bill cancelled")),
    AuditAction(events.BILL_ISSUED, _("Bill issued again"), _amount),
    AuditAction("finance.exemption.added", _("Exemption entered"), _percent),
    AuditAction(events.EXEMPTION_APPROVED, _("Exemption approved")),
    AuditAction("finance.exemption.ended", _("Exemption ended earlier")),
    AuditAction("finance.einvoice.issue", _("E-invoice made"), _amount),
    AuditAction("finance.einvoice.adjust", _("Adjusting e-invoice made"), _amount),
    AuditAction("finance.einvoice.replace", _("Replacing e-invoice made"), _amount),
    AuditAction("finance.einvoice.cancel", _("Cancelling of an e-invoice asked for")),
    AuditAction("finance.einvoice.corrected", _("Refused e-invoice corrected")),
    AuditAction("finance.einvoice.dropped", _("Refused e-invoice given up")),
    AuditAction(events.EINVOICE_VALID, _("E-invoice in force"), _amount),
    AuditAction(events.EINVOICE_REFUSED, _("E-invoice refused")),
    AuditAction("finance.insurance.start", _("First day of health insurance set")),
    AuditAction("finance.bill.split", _("Bill to be paid in parts")),
    AuditAction("finance.bill.joined", _("Parts of a bill taken back")),
    AuditAction("finance.rule.saved", _("Rule of reduction entered")),
    AuditAction("finance.rule.ended", _("Rule of reduction ended")),
    AuditAction("finance.fund.opened", _("Fund of donations opened")),
    AuditAction("finance.fund.booked", _("Gift or use of a fund booked"), _amount),
    AuditAction("finance.fund.taken_back", _("Line of a fund taken back"), _amount),
    AuditAction("finance.fund.published", _("Report of a fund published")),
    AuditAction("finance.fund.closed", _("Fund of donations closed")),
    AuditAction("finance.opening.planned", _("List of opening balances read in")),
    AuditAction("finance.opening.confirmed", _("Opening balances taken over")),
    AuditAction("finance.opening.undone", _("Opening balances taken back")),
    AuditAction("finance.payout.requested", _("Payout of a balance asked for"), _amount),
    AuditAction("finance.payout.approved", _("Payout of a balance approved"), _amount),
    AuditAction("finance.payout.refused", _("Payout of a balance refused"), _amount),
    AuditAction(events.PAYOUT_PAID, _("Money given back"), _amount),
    AuditAction("finance.period.closed", _("Accounting period closed")),
    AuditAction("finance.meals.absences", _("Days without meals taken over or typed")),
    AuditAction(events.MEALS_CLOSED, _("Meals of a month closed")),
    AuditAction("finance.drawer.opened", _("Drawer of cash opened")),
    AuditAction("finance.drawer.counted", _("Drawer of cash counted"), _amount),
    AuditAction("finance.drawer.reopened", _("Drawer of cash opened again after a count")),
    AuditAction(events.DRAWER_CLOSED, _("Day close of a drawer confirmed"), _amount),
    AuditAction("finance.statement.columns", _("Columns of statement files named")),
    AuditAction("finance.chart.checked", _("Numbers of accounts entered as checked")),
    AuditAction("finance.deposit.handed", _("Cash handed to the bank"), _amount),
    AuditAction("finance.deposit.arrived", _("Cash arrived at the bank"), _amount),
    AuditAction("finance.deposit.returned", _("The bank took a cash deposit back"), _amount),
    AuditAction(events.RECEIPT_ISSUED, _("Receipt issued"), _amount),
    AuditAction(events.RECEIPT_CANCELLED, _("Receipt cancelled")),
    AuditAction("finance.links.ended", _("Pay links of a pupil ended")),
    AuditAction("finance.share.made", _("Pay link for another payer made")),
    AuditAction("finance.share.ended", _("Pay link for another payer ended")),
    AuditAction("finance.notices.printed", _("Payment notices printed")),
    AuditAction("finance.statement.uploaded", _("Bank statement read in")),
    AuditAction("finance.statement.discarded", _("Bank statement set aside")),
]


def _exemptions(ctx: Context, ids: Sequence[str]) -> Mapping[str, str | Message]:
    """An exemption is called after its pupil."""
    query = select(Exemption.id, Person.full_name).join(Person, Person.id == Exemption.person_id)
    return {str(i): name for i, name in ctx.session.execute(query.where(Exemption.id.in_(uuids(ids))))}


def _einvoices(ctx: Context, ids: Sequence[str]) -> Mapping[str, str]:
    rows = ctx.session.scalars(select(EInvoice).where(EInvoice.id.in_(uuids(ids))))
    return {str(row.id): row.label for row in rows}


def _receipts(ctx: Context, ids: Sequence[str]) -> Mapping[str, str | Message]:
    query = select(Receipt.id, Receipt.year, Receipt.number).where(Receipt.id.in_(uuids(ids)))
    return {str(i): number_label(year, number) for i, year, number in ctx.session.execute(query)}


def _months(ctx: Context, ids: Sequence[str]) -> Mapping[str, str | Message]:
    """A month of meals is named by its digits: 202609 is 09/2026."""
    return {str(i): f"{i.int % 100:02d}/{i.int // 100}" for i in uuids(ids)}


def _payouts(ctx: Context, ids: Sequence[str]) -> Mapping[str, str | Message]:
    query = select(Payout.id, Person.full_name).join(Person, Person.id == Payout.person_id)
    return {str(i): name for i, name in ctx.session.execute(query.where(Payout.id.in_(uuids(ids))))}


def _drawers(ctx: Context, ids: Sequence[str]) -> Mapping[str, str | Message]:
    query = select(Drawer.id, Drawer.number, Drawer.cashier_name).where(Drawer.id.in_(uuids(ids)))
    return {str(i): f"{number} · {name}" for i, number, name in ctx.session.execute(query)}


TARGETS = [
    AuditTarget("finance_meals", _("Meals of a month"), "finance.round.read", _months),
    AuditTarget(
        "finance_round",
        _("Collection round"),
        "finance.round.read",
        names_of(Round.id, Round.title),
        "finance.round_page",
        "round_id",
    ),
    AuditTarget(
        "finance_item",
        _("Fee item"),
        "finance.round.read",
        names_of(Item.id, Item.label_vi),
        "finance.item",
        "item_id",
    ),
    AuditTarget(
        "finance_bill",
        _("Bill"),
        "finance.bill.read",
        names_of(Bill.id, Bill.full_name),
        "finance.bill",
        "bill_id",
    ),
    AuditTarget(
        "finance_exemption",
        _("Exemption"),
        "finance.exemption.read",
        _exemptions,
        "finance.exemption",
        "exemption_id",
    ),
    AuditTarget(
        "finance_fund",
        _("Fund of donations"),
        "finance.fund.read",
        names_of(Fund.id, Fund.label),
        "finance.fund",
        "fund_id",
    ),
    AuditTarget(
        "finance_opening",
        _("Opening balances"),
        "finance.opening.import",
        names_of(OpeningBatch.id, OpeningBatch.name),
        "finance.opening",
        "batch_id",
    ),
    AuditTarget("finance_catalogue", _("List of the province"), "finance.round.read"),
    AuditTarget("finance_chart", _("Chart of accounts"), "payments.ledger.read"),
    AuditTarget("finance_period", _("Accounting period"), "payments.ledger.read"),
    AuditTarget(
        "finance_einvoice",
        _("E-invoice"),
        "finance.einvoice.read",
        _einvoices,
        "finance.einvoice",
        "invoice_id",
    ),
    AuditTarget("finance_payout", _("Payout"), "payments.refund.request", _payouts),
    AuditTarget(
        "finance_receipt",
        _("Receipt"),
        "finance.receipt.read",
        _receipts,
        "finance.receipt",
        "receipt_id",
    ),
    AuditTarget("finance_drawer", _("Drawer of cash"), "finance.cash.read", _drawers, "finance.drawer", "drawer_id"),
    AuditTarget(
        "finance_deposit", _("Cash handed to the bank"), "finance.cash.read", names_of(Deposit.id, Deposit.slip)
    ),
    AuditTarget("finance_share", _("Pay link for another payer"), "finance.bill.read"),
    AuditTarget(
        "finance_statement",
        _("Bank statement"),
        "payments.statement.import",
        names_of(StatementUpload.id, StatementUpload.name),
        "finance.statement",
        "upload_id",
    ),
    AuditTarget("payment_case", _("Case"), endpoint="finance.case", argument="case_id"),
]
