"""The payment provider port, as adapters see it."""

from core.payments.abilities import Fetching, Limited, Ordering, Recalling, RefundAsking
from core.payments.port import (
    Answer,
    Attempt,
    Config,
    Declined,
    Fact,
    FactKind,
    Field,
    Notice,
    Order,
    Outcome,
    PaymentProvider,
    Redirect,
    RefundOrder,
    Refusal,
    Refused,
    Transfer,
    Unknown,
    Verified,
)
from core.payments.probing import Probing
from core.types.http import HttpAnswer, HttpClient, HttpFailure
from core.types.probe import Probe

__all__ = [
    "Answer",
    "Attempt",
    "Config",
    "Declined",
    "Fact",
    "FactKind",
    "Fetching",
    "Field",
    "HttpAnswer",
    "HttpClient",
    "HttpFailure",
    "Limited",
    "Notice",
    "Order",
    "Ordering",
    "Outcome",
    "PaymentProvider",
    "Probe",
    "Probing",
    "Recalling",
    "Redirect",
    "RefundAsking",
    "RefundOrder",
    "Refusal",
    "Refused",
    "Transfer",
    "Unknown",
    "Verified",
]
