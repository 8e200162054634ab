"""The payment provider port, as adapters see it."""

from core.payments.port import (
    Answer,
    Attempt,
    Config,
    Fact,
    FactKind,
    Field,
    Notice,
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
    "Fact",
    "FactKind",
    "Field",
    "HttpAnswer",
    "HttpClient",
    "HttpFailure",
    "Notice",
    "Outcome",
    "PaymentProvider",
    "Probe",
    "Probing",
    "Redirect",
    "RefundOrder",
    "Refusal",
    "Refused",
    "Transfer",
    "Unknown",
    "Verified",
]
