"""Events that finance emits; payloads are JSON with ids as text and amounts in dong."""

from __future__ import annotations

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
RECEIPT_ISSUED = "finance.receipt.issued"
"""`receipt_id, person_id, amount, year, number`"""
RECEIPT_CANCELLED = "finance.receipt.cancelled"
"""`receipt_id, reason`"""

PAYMENTS_COLLECTED = "payments.collected"
"""Of the core: money was posted. `entry, person, amount, charges, allocated, evidence, attempt`."""
