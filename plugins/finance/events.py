"""Events that finance emits; payloads are JSON with ids as text and amounts in dong."""

from __future__ import annotations

from core.sdk import EventType, _

ROUND_PUBLISHED = "finance.round.published"
"""`round_id, bills, total`: bills that were added by this run."""
ROUND_WITHDRAWN = "finance.round.withdrawn"
"""`round_id, bills`"""
BILL_CANCELLED = "finance.bill.cancelled"
"""`bill_id, person_id, reason`"""
BILL_ISSUED = "finance.bill.issued"
"""`bill_id, person_id, total`: one bill issued again after a cancellation."""
EXEMPTION_APPROVED = "finance.exemption.approved"
"""`exemption_id, person_id`"""
MEALS_CLOSED = "finance.meals.closed"
"""`month, lines, credited, asked_again`: a month of meals was closed, or corrected later; amounts in dong."""
PAYOUT_PAID = "finance.payout.paid"
"""`payout_id, person_id, amount`"""
DRAWER_CLOSED = "finance.drawer.closed"
"""`drawer_id, amount, difference`: a day close was confirmed by a second person."""
RECEIPT_ISSUED = "finance.receipt.issued"
"""`receipt_id, person_id, amount, year, number`"""
RECEIPT_CANCELLED = "finance.receipt.cancelled"
"""`receipt_id, reason`"""
EINVOICE_VALID = "finance.einvoice.valid"
"""`invoice_id, person_id, amount, number`: the tax authority's code is there."""
EINVOICE_REFUSED = "finance.einvoice.refused"
"""`invoice_id, number`"""

EVENTS = [
    EventType(ROUND_PUBLISHED, _("Collection round published"),
              {"round_id": "id", "bills": "integer", "total": "integer"}),
    EventType(ROUND_WITHDRAWN, _("Collection round withdrawn"), {"round_id": "id", "bills": "integer"}),
    EventType(BILL_CANCELLED, _("Bill cancelled"), {"bill_id": "id", "person_id": "id"}),
    EventType(BILL_ISSUED, _("Bill issued again"), {"bill_id": "id", "person_id": "id", "total": "integer"}),
    EventType(EXEMPTION_APPROVED, _("Exemption approved"), {"exemption_id": "id", "person_id": "id"}),
    EventType(MEALS_CLOSED, _("Meals of a month closed"),
              {"month": "text", "lines": "integer", "credited": "integer", "asked_again": "integer"}),
    EventType(PAYOUT_PAID, _("Money given back"), {"payout_id": "id", "person_id": "id", "amount": "integer"}),
    EventType(DRAWER_CLOSED, _("Drawer closed for the day"),
              {"drawer_id": "id", "amount": "integer", "difference": "integer"}),
    EventType(EINVOICE_VALID, _("E-invoice in force"),
              {"invoice_id": "id", "person_id": "id", "amount": "integer", "number": "text"}),
    EventType(EINVOICE_REFUSED, _("E-invoice refused"), {"invoice_id": "id", "number": "text"}),
    EventType(RECEIPT_ISSUED, _("Receipt issued"),
              {"receipt_id": "id", "person_id": "id", "amount": "integer", "year": "integer", "number": "integer"}),
    EventType(RECEIPT_CANCELLED, _("Receipt cancelled"), {"receipt_id": "id"}),
]  # fmt: skip

PAYMENTS_COLLECTED = "payments.collected"
"""Of the core: money was posted. `entry, person, amount, charges, allocated, evidence, attempt`."""
PAYMENTS_OWN_REVERSED = "payments.own.reversed"
"""Of the core: the bank took back a credit that was the school's own. `case, amount, evidence`."""
