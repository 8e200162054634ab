"""Rights of the finance module and the roles that have them by default."""

from __future__ import annotations

from core.sdk import Permission, RoleGrant, _

PERMISSIONS = [
    Permission("finance.item.edit", _("Edit the list of fee items and their ceilings")),
    Permission("finance.round.read", _("See collection rounds and their previews")),
    Permission("finance.round.edit", _("Prepare collection rounds: prices and exceptions")),
    Permission("finance.round.publish", _("Publish, withdraw and close collection rounds")),
    Permission("finance.bill.read", _("See every bill of the school")),
    Permission("finance.bill.read.own", _("See the bills of one's own children")),
    Permission("finance.bill.cancel", _("Cancel and reissue bills")),
    Permission("finance.bill.split", _("Agree with families to pay a bill in parts")),
    Permission("finance.bill.pay", _("Begin payments for every bill of the school")),
    Permission("finance.bill.pay.own", _("Pay the bills of one's own children")),
    Permission("finance.einvoice.read", _("See every e-invoice of the school")),
    Permission("finance.einvoice.issue", _("Issue, adjust, replace and cancel e-invoices")),
    Permission("finance.exemption.read", _("See exemptions and their papers")),
    Permission("finance.exemption.edit", _("Enter exemptions")),
    Permission("finance.exemption.approve", _("Approve exemptions")),
    Permission("finance.fund.read", _("See every fund of donations with the names of donors")),
    Permission("finance.fund.report", _("Read the published reports on donations")),
    Permission("finance.fund.edit", _("Keep funds of donations: gifts, uses, publishing")),
    Permission("finance.opening.import", _("Take over balances from an older system")),
    Permission("finance.receipt.read", _("See every receipt of the school")),
    Permission("finance.receipt.read.own", _("See the receipts of one's own children")),
    Permission("finance.receipt.cancel", _("Cancel receipts")),
    Permission("finance.cash.read", _("See every drawer, its day close, and deposits at the bank")),
    Permission("finance.cash.confirm", _("Confirm the day close of somebody else's drawer")),
    Permission("finance.debtor.read", _("See who owes money, and for how long")),
]

_READ = frozenset(
    {
        "finance.round.read",
        "finance.bill.read",
        "finance.exemption.read",
        "finance.receipt.read",
        "finance.einvoice.read",
        "finance.debtor.read",
        "finance.cash.read",
        "finance.cash.confirm",
        "finance.fund.read",
        "finance.fund.report",
    }
)
ROLES = [
    RoleGrant(
        "accountant",
        _READ
        | {
            "finance.item.edit",
            "finance.round.edit",
            "finance.round.publish",
            "finance.bill.cancel",
            "finance.exemption.edit",
            "finance.receipt.cancel",
            "finance.einvoice.issue",
            "finance.bill.split",
            "finance.fund.edit",
            "finance.opening.import",
        },
    ),
    RoleGrant("head", _READ | {"finance.exemption.approve"}),
    RoleGrant("office", frozenset({"finance.round.read", "finance.bill.read", "finance.fund.report"})),
    RoleGrant("teacher", frozenset({"finance.fund.report"})),
    RoleGrant(
        "parent",
        frozenset({"finance.bill.read.own", "finance.bill.pay.own", "finance.receipt.read.own", "finance.fund.report"}),
    ),
]
"""The head approves what the accountant enters: nobody reduces a fee alone."""
