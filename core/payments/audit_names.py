"""What payments record in the audit trail, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.audit.words import names_of
from core.types.contributions import AuditAction, AuditTarget
from core.types.message import Message, _
from core.types.money import format_vnd

from .models import Charge, PaymentAttempt, PaymentChannel


def _amount(detail: Mapping[str, Any]) -> Message | None:
    amount = detail.get("amount")
    return _("Amount: %(amount)s", amount=format_vnd(amount)) if isinstance(amount, int) else None


def _charges(detail: Mapping[str, Any]) -> Message | None:
    return _("%(count)s charges, %(amount)s", count=detail["count"], amount=format_vnd(detail["due"]))


def _statement(detail: Mapping[str, Any]) -> Message | None:
    return _("%(name)s: %(count)s lines", name=detail["name"], count=detail["lines"])


def _day(detail: Mapping[str, Any]) -> Message | None:
    return _("%(name)s: %(amount)s", name=detail["name"], amount=format_vnd(detail["gross"]))


ACTIONS = [
    AuditAction("payments.channel.tested", _("Connection of a payment channel tested")),
    AuditAction("payments.attempt.started", _("Payment begun"), _amount),
    AuditAction("payments.cash.collected", _("Cash taken"), _amount),
    AuditAction("payments.cash.returned", _("Cash given back"), _amount),
    AuditAction("payments.settlement.booked", _("Payout of a payment service booked"), _amount),
    AuditAction("payments.charges.opened", _("Charges opened"), _charges),
    AuditAction("payments.credits.booked", _("Money given back to balances"), _amount),
    AuditAction("payments.charge.postponed", _("Due date of a charge moved")),
    AuditAction("payments.charge.cancelled", _("Charge cancelled")),
    AuditAction("payments.charges.cancelled", _("Charges cancelled"), _charges),
    AuditAction("payments.statement.imported", _("Bank statement taken over"), _statement),
    AuditAction("payments.settlement.imported", _("Day file of a payment service imported"), _day),
    AuditAction("payments.channel.configured", _("Payment channel set up")),
    AuditAction("payments.case.claimed", _("A family says that it has paid"), _amount),
    AuditAction("payments.case.assigned", _("Money given to a pupil"), _amount),
    AuditAction("payments.case.refused", _("Money not accepted, to be paid back"), _amount),
    AuditAction("payments.case.closed", _("Case noted and closed"), _amount),
    AuditAction("payments.case.owned", _("Somebody looks after a case")),
    AuditAction("payments.case.undone", _("Decision on a case taken back")),
    AuditAction("payments.refund.requested", _("Refund asked for"), _amount),
    AuditAction("payments.refund.approved", _("Refund approved"), _amount),
    AuditAction("payments.refund.rejected", _("Refund not approved")),
    AuditAction("payments.refund.paid_out", _("Refund paid by hand")),
]

TARGETS = [
    AuditTarget(
        "payment_attempt",
        _("Payment"),
        "payments.case.read",
        names_of(PaymentAttempt.id, PaymentAttempt.reference),
    ),
    AuditTarget(
        "payment_channel",
        _("Payment channel"),
        "core.home.see",
        names_of(PaymentChannel.id, PaymentChannel.label),
    ),
    AuditTarget("charge", _("Charge"), "payments.case.read", names_of(Charge.id, Charge.reference)),
    AuditTarget("charge_batch", _("Charges")),
    AuditTarget("journal_entry", _("Entry in the books")),
    AuditTarget("payment_case", _("Case")),
    AuditTarget("refund", _("Refund")),
]
