"""The events of payments, with their payloads: ids as text, amounts in whole dong."""

from __future__ import annotations

from core.types.contributions import EventType
from core.types.message import _

EVENTS = [
    EventType("payments.collected", _("Money came in"), {"entry": "id", "person": "id", "amount": "integer"}),
    EventType("payments.unmatched", _("Money came in that nobody could be found for"),
              {"evidence": "id", "amount": "integer"}),
    EventType("payments.reversed", _("Money was taken back"),
              {"person": "id", "amount": "integer", "evidence": "id"}),
    EventType("payments.own.reversed", _("The bank took back money of the school's own"),
              {"case": "id", "amount": "integer", "evidence": "id"}),
    EventType("payments.charges.opened", _("Charges opened"), {"batch": "id", "origin": "text", "count": "integer"}),
    EventType("payments.charges.cancelled", _("Charges cancelled"), {"batch": "id", "count": "integer"}),
    EventType("payments.charge.cancelled", _("Charge cancelled"), {"charge": "id", "person": "id"}),
    EventType("payments.case.refused", _("Money not accepted, to be paid back"), {"case": "id"}),
    EventType("payments.refund.done", _("Refund carried out"), {"refund": "id", "amount": "integer"}),
    EventType("payments.refund.sent", _("Refund handed to the payment service"), {"refund": "id", "amount": "integer"}),
    EventType("payments.refund.unknown", _("Refund without an answer yet"), {"refund": "id", "amount": "integer"}),
    EventType("payments.refund.failed", _("Refund failed"), {"refund": "id", "amount": "integer"}),
]  # fmt: skip
