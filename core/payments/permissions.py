"""The rights on payments and who has them."""

from __future__ import annotations

from core.types.contributions import Permission, RoleGrant
from core.types.message import _

PERMISSIONS = [
    Permission("payments.pay", _("Start an online payment")),
    Permission("payments.channel.manage", _("Set up payment channels")),
    Permission("payments.case.read", _("See payments that need a decision")),
    Permission("payments.case.resolve", _("Decide on payments that could not be matched")),
    Permission("payments.cash.collect", _("Take cash at the counter")),
    Permission("payments.statement.import", _("Import bank statements")),
    Permission("payments.refund.request", _("Ask for a refund")),
    Permission("payments.refund.approve", _("Approve refunds")),
    Permission("payments.ledger.read", _("Read the payment books")),
    Permission("payments.period.close", _("Close an accounting period")),
]
_DESK = {
    "payments.pay",
    "payments.case.read",
    "payments.case.resolve",
    "payments.cash.collect",
    "payments.statement.import",
    "payments.refund.request",
    "payments.ledger.read",
    "payments.period.close",
}
_HEAD = {"payments.case.read", "payments.refund.approve", "payments.ledger.read", "payments.channel.manage"}
ROLES = [
    RoleGrant("accountant", frozenset(_DESK)),
    RoleGrant("head", frozenset(_HEAD)),
    RoleGrant("parent", frozenset({"payments.pay"})),
    RoleGrant("operator", frozenset({"payments.channel.manage"})),
]
