"""What the module adds to the web: pages, menu, cards of the start page, search, a tab on the pupil's page."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, url_for
from markupsafe import Markup

from core.sdk import Card, Context, NavItem, RecordTab, SearchHit, SearchSource, _
from core.sdk.ledger import balance_of
from core.sdk.web import render

from .pages import BLUEPRINTS
from .pages.rounds import bill_list_values
from .services import bills, households, today

PAGES: list[Blueprint] = list(BLUEPRINTS)

_MONEY = _("Collecting money")
_SETUP = _("Settings of fees")
NAV = [
    NavItem(_("Children's fees"), "finance.family", "people", "finance.bill.read.own", None, 50, bottom=True),
    NavItem(_("The day"), "finance.day", "check", "payments.ledger.read", _MONEY, 90),
    NavItem(_("Money of the school year"), "finance.overview", "chart", "finance.debtor.read", _MONEY, 95),
    NavItem(_("Collection rounds"), "finance.rounds", "calendar", "finance.round.read", _MONEY, 100, bottom=True),
    NavItem(_("Bills"), "finance.bills", "money", "finance.bill.read", _MONEY, 110, bottom=True),
    NavItem(_("Debts"), "finance.debts", "alert", "finance.debtor.read", _MONEY, 112),
    NavItem(_("To reconcile"), "finance.desk", "alert", "payments.case.read", _MONEY, 120, bottom=True),
    NavItem(_("Cash desk"), "finance.cash_desk", "receipt", "payments.cash.collect", _MONEY, 115),
    NavItem(_("Drawers and day closes"), "finance.drawers", "check", "finance.cash.read", _MONEY, 117),
    NavItem(_("Reconciliation"), "finance.reconciliation", "check", "payments.case.read", _MONEY, 122),
    NavItem(_("Bank statements"), "finance.statements", "bank", "payments.statement.import", _MONEY, 130),
    NavItem(_("Meals"), "finance.meals", "calendar", "finance.round.read", _MONEY, 125),
    NavItem(_("Receipts"), "finance.receipts", "receipt", "finance.receipt.read", _MONEY, 140, bottom=True),
    NavItem(_("E-invoices"), "finance.einvoices_page", "file", "finance.einvoice.read", _MONEY, 142),
    NavItem(_("Exemptions"), "finance.exemptions", "star", "finance.exemption.read", _MONEY, 150),
    NavItem(_("Money to give back"), "finance.payouts", "undo", "finance.bill.read", _MONEY, 155),
    NavItem(_("Donations"), "finance.funds", "star", "finance.fund.report", _MONEY, 157),
    NavItem(_("Books"), "finance.books", "book", "payments.ledger.read", _MONEY, 160),
    NavItem(_("Fee items"), "finance.items", "file", "finance.round.read", _SETUP, 170),
    NavItem(_("Rules of reduction"), "finance.rules", "people", "finance.round.read", _SETUP, 172),
    NavItem(_("Opening balances"), "finance.openings", "upload", "finance.opening.import", _SETUP, 174),
    NavItem(_("Payment channels"), "finance.channels", "qr", "payments.channel.manage", _SETUP, 180),
]
"""The menu; each role sees what it may use."""


def _today(ctx: Context) -> Markup | None:
    found = today.today(ctx)
    return Markup(render("finance/cards/today.html", today=found, may=ctx.actor.has))  # noqa: S704  # a template


def _family(ctx: Context) -> Markup | None:
    found = households.today(ctx)
    if found is None:
        return None
    return Markup(render("finance/cards/family.html", today=found))  # noqa: S704  # a template


CARDS = [
    Card("finance.today", "finance.bill.read", _today, order=20),
    Card("finance.family", "finance.bill.read.own", _family, order=10),
]


def _find(ctx: Context, words: str, limit: int) -> Sequence[SearchHit]:
    found = bills.bills(ctx, bills.BillFilter(search=words), limit=limit).rows
    return [
        SearchHit(
            row.full_name,
            f"{row.class_name} · {row.round_title} · {row.reference}",
            url_for("finance.bill", bill_id=row.id),
            "money",
        )
        for row in found
    ]


SEARCH = [SearchSource("finance.bills", _("Bills"), "finance.bill.read", _find)]


def _tab(ctx: Context, person_id: UUID) -> Markup:
    rows = bills.bills_of(ctx, person_id)
    values = {"bills": rows, "balance": balance_of(ctx, person_id), "person_id": person_id}
    return Markup(render("finance/tab.html", **values, **bill_list_values()))  # noqa: S704  # a template


TABS = [RecordTab("learner", "bills", _("Bills"), "finance.bill.read", _tab, order=50)]
